package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
)

func testUpdateAccount(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	until := time.Now().Add(time.Hour).Truncate(time.Second)
	want := access.Account{ID: "a.$", Name: "Åsa", Grants: []access.Grant{{Role: access.HR, Unit: "k"}}, Link: []byte("link"), LinkUntil: until, LinkAgain: true}
	got, err := s.UpdateAccount(ctx, "a.$", func(a *access.Account) error {
		if !sameAccount(*a, access.Account{ID: "a.$"}) {
			t.Errorf("a new account is %+v", a)
		}
		*a = want
		return nil
	})
	if err != nil || !sameAccount(got, want) {
		t.Errorf("made: %+v, %v", got, err)
	}
	for i, change := range []func(*access.Account){
		func(a *access.Account) { a.Groups = []string{"chefer"} }, func(a *access.Account) { a.Link = []byte("other") },
		func(a *access.Account) { a.LinkUntil = until.Add(time.Hour) }, func(a *access.Account) { a.LinkAgain = false },
		func(a *access.Account) { a.Grants = nil }, func(a *access.Account) { a.Link = nil }, func(a *access.Account) { a.Link = []byte("third") },
	} {
		change(&want)
		got, err := s.UpdateAccount(ctx, "a.$", func(a *access.Account) error { change(a); return nil })
		stored, err2 := s.Account(ctx, "a.$")
		if err := errors.Join(err, err2); err != nil || !sameAccount(got, want) || !sameAccount(stored, want) || !slices.Equal(stored.Groups, want.Groups) {
			t.Errorf("change %d: returned %+v, stored %+v, %v, want %+v", i, got, stored, err, want)
		}
	}
	no, refusal := errors.New("no"), fail.New(fail.Forbidden, "nej", "no")
	for _, id := range []string{"a.$", "new"} {
		for _, err := range []error{no, refusal} {
			_, got := s.UpdateAccount(ctx, id, func(a *access.Account) error { a.Name, a.Link = "changed", []byte("changed"); return err })
			if !errors.Is(got, err) {
				t.Errorf("the change's own error: %v, want %v", got, err)
			}
		}
	}
	if all, err := s.Accounts(ctx); err != nil || len(all) != 1 || !sameAccount(all[0], want) {
		t.Errorf("after refusals: %+v, %v", all, err)
	}
}

// testRacingAccounts changes an account in all its parts by many at once, from
// two instances: nothing is lost.
func testRacingAccounts(t *testing.T, open Open) {
	const writers, each = 16, 5
	stores, ctx := []access.Store{opened(t, open), opened(t, open)}, t.Context()
	start := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	ok(t, stores[0].PutAccount(ctx, access.Account{ID: "a", LinkUntil: start}))
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			for i := range each {
				_, err := stores[w%2].UpdateAccount(ctx, "a", func(a *access.Account) error {
					switch w % 4 {
					case 0:
						a.Groups = append(a.Groups, fmt.Sprint(w, ".", i))
					case 1:
						a.LinkUntil = a.LinkUntil.Add(time.Second)
					case 2:
						a.Link = append(slices.Clone(a.Link), 'x')
					case 3: // the last in turn is counted in the name
						a.LinkAgain, a.Name = !a.LinkAgain, a.Name+"n"
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	const n = writers / 4 * each
	got, err := stores[1].Account(ctx, "a")
	if err != nil || len(got.Groups) != n || !got.LinkUntil.Equal(start.Add(n*time.Second)) || len(got.Link) != n || got.LinkAgain != (n%2 == 1) || len(got.Name) != n {
		t.Errorf("got %+v, %v", got, err)
	}
	for w := range writers { // of many that make one, too
		running.Go(func() {
			if _, err := stores[w%2].UpdateAccount(ctx, "new", func(a *access.Account) error { a.Name += "n"; return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	if got, err := stores[0].Account(ctx, "new"); err != nil || len(got.Name) != writers {
		t.Errorf("got %+v, %v", got, err)
	}
}

func testDeleteAccount(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	until := time.Now().Add(time.Hour)
	for _, id := range []string{"a", "b"} {
		ok(t, s.PutAccount(ctx, access.Account{ID: id, Link: []byte(id)}))
		ok(t, s.PutSession(ctx, access.Session{Hash: []byte(id + "1"), Account: id, Until: until, Ends: until}))
		ok(t, s.PutSession(ctx, access.Session{Hash: []byte(id + "2"), Account: id, Until: until, Ends: until}))
	}
	ok(t, s.PutSession(ctx, access.Session{Hash: []byte("respondent"), Round: "2026", Person: "a", Until: until, Ends: until}))
	for range 2 {
		ok(t, s.DeleteAccount(ctx, "a"))
	}
	_, err := s.Account(ctx, "a")
	wantCode(t, "a forgotten account", err, fail.NotFound)
	_, err = s.AccountByLink(ctx, []byte("a"))
	wantCode(t, "by the link of a forgotten account", err, fail.NotFound)
	if got := all(t, s.Sessions(ctx)); len(got) != 3 {
		t.Errorf("%d sessions are left: %+v", len(got), got)
	}
	if other, err := s.Account(ctx, "b"); err != nil || other.ID != "b" {
		t.Errorf("the other account: %+v, %v", other, err)
	}
}

func testDropAnswering(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	until := time.Now().Add(time.Hour)
	for _, v := range []access.Session{
		{Hash: []byte("1"), Round: "2026", Person: "p"}, {Hash: []byte("2"), Round: "2026", Person: "p"}, {Hash: []byte("3"), Round: "2026", Person: "q"},
		{Hash: []byte("4"), Round: "2025", Person: "p"}, {Hash: []byte("5"), Account: "p"}, {Hash: []byte("6"), Account: "a", Round: "2026", Person: "p"},
	} {
		v.Until, v.Ends = until, until
		ok(t, s.PutSession(ctx, v))
	}
	for range 2 {
		ok(t, s.DropAnswering(ctx, "2026", "p"))
	}
	var left string
	for _, v := range all(t, s.Sessions(ctx)) {
		left += string(v.Hash)
	}
	if left != "3456" {
		t.Errorf("the sessions %s are left, want 3456", left)
	}
}
