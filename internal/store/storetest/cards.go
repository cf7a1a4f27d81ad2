package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/store"
)

func testCards(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	_, err := s.Card(ctx, "letter", "x")
	wantCode(t, "unknown card", err, fail.NotFound)
	if got := all(t, s.Cards(ctx, "letter", "")); len(got) != 0 {
		t.Errorf("cards of an empty store: %v", got)
	}
	due := time.Date(2026, 11, 3, 9, 0, 0, 123e6, time.UTC)
	c := card.Card{Kind: "letter", ID: "x", Due: due, Body: []byte(`{"a":1}`)}
	ok(t, s.PutCard(ctx, c))
	wantCode(t, "made twice", s.PutCard(ctx, c), fail.Conflict)
	c.Version = 1
	wantCard(t, s, c)
	wantCode(t, "changed from a version to come", s.PutCard(ctx, card.Card{Kind: "letter", ID: "x", Version: 2, Body: []byte("no")}), fail.Conflict)
	wantCode(t, "changed though there is none", s.PutCard(ctx, card.Card{Kind: "letter", ID: "y", Version: 1, Body: []byte("no")}), fail.Conflict)
	wantCode(t, "changed under another kind", s.PutCard(ctx, card.Card{Kind: "text", ID: "x", Version: 1, Body: []byte("no")}), fail.Conflict)
	wantCard(t, s, c)
	for i, change := range []card.Card{{Due: time.Time{}, Body: []byte("")}, {Due: due.Add(time.Millisecond), Body: []byte("\x00\xff")}, {Body: bytes.Repeat([]byte("mognad "), 1<<20)}, {Due: due, Body: []byte("1")}} {
		change.Kind, change.ID, change.Version = "letter", "x", int64(i+1)
		ok(t, s.PutCard(ctx, change))
		wantCode(t, "changed from a version that has passed", s.PutCard(ctx, change), fail.Conflict)
		change.Version++
		wantCard(t, s, change)
	}
	ok(t, s.PutCard(ctx, card.Card{Kind: "text", ID: "x", Body: []byte("another kind")}))
	for range 2 {
		ok(t, s.DeleteCard(ctx, "letter", "x"))
	}
	_, err = s.Card(ctx, "letter", "x")
	wantCode(t, "forgotten card", err, fail.NotFound)
	wantCard(t, s, card.Card{Kind: "text", ID: "x", Version: 1, Body: []byte("another kind")})
	wantCode(t, "changed when it is forgotten", s.PutCard(ctx, card.Card{Kind: "letter", ID: "x", Version: 5}), fail.Conflict)
	ok(t, s.PutCard(ctx, card.Card{Kind: "letter", ID: "x", Body: []byte("anew")}))
	wantCard(t, s, card.Card{Kind: "letter", ID: "x", Version: 1, Body: []byte("anew")})
}

func wantCard(t *testing.T, s store.Store, want card.Card) {
	t.Helper()
	got, err := s.Card(t.Context(), want.Kind, want.ID)
	if err != nil || !sameCard(got, want) {
		t.Errorf("got version %d due %v of %d bytes, %v, want version %d due %v of %d bytes", got.Version, got.Due, len(got.Body), err, want.Version, want.Due, len(want.Body))
	}
}

func sameCard(a, b card.Card) bool {
	return a.Kind == b.Kind && a.ID == b.ID && a.Version == b.Version && a.Due.Equal(b.Due) && bytes.Equal(a.Body, b.Body)
}

// testOddCards has cards whose kinds and ids look like something else, or like
// each other: each is found by itself, by every prefix that it begins with, and
// among all.
func testOddCards(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	kinds := []string{"k", "k/", "k\x00", "k\x00\x00", "K", "k%2F", "$k", "k.x", "😀"}
	for _, kind := range kinds {
		for _, id := range oddIDs {
			ok(t, s.PutCard(ctx, card.Card{Kind: kind, ID: id, Body: []byte(kind + " " + id)}))
		}
	}
	sorted := slices.Sorted(slices.Values(oddIDs))
	prefixes := append([]string{"", "nul\x00", "\x00", "a.$", "😀.", "%", "/", "nobody's"}, oddIDs...)
	for _, kind := range kinds {
		for _, prefix := range prefixes {
			var want []string
			for _, id := range sorted {
				if strings.HasPrefix(id, prefix) {
					want = append(want, id)
				}
			}
			if kind != "k" && prefix != "nul\x00" && prefix != "" {
				continue // once is enough
			}
			var got []string
			for c, err := range s.Cards(ctx, kind, prefix) {
				ok(t, err)
				got = append(got, c.ID)
				if c.Kind != kind || string(c.Body) != kind+" "+c.ID {
					t.Errorf("%q: got %.40q of %q with %.40q", kind, c.ID, c.Kind, c.Body)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q, prefix %.20q: got %.40q, want %.40q", kind, prefix, got, want)
			}
		}
	}
	slices.Sort(kinds)
	i := 0
	for c, err := range s.Cards(ctx, "", "") {
		ok(t, err)
		if i < len(kinds)*len(sorted) && (c.Kind != kinds[i/len(sorted)] || c.ID != sorted[i%len(sorted)]) {
			t.Fatalf("of all, number %d is %q %.20q", i, c.Kind, c.ID)
		}
		i++
	}
	if i != len(kinds)*len(sorted) {
		t.Errorf("%d cards of all kinds, want %d", i, len(kinds)*len(sorted))
	}
	ok(t, s.DeleteCard(ctx, "k", "nul\x00"))
	if got := all(t, s.Cards(ctx, "k", "nul")); len(got) != 7 {
		t.Errorf("%d cards are left", len(got))
	}
}

// testDueCards: those that are due, the longest due first, those of the same
// moment by id; also before 1970, and to and from never.
func testDueCards(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	now := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	dues := map[string]time.Time{"never": {}, "now": now, "b": now.Add(-time.Millisecond), "a": now.Add(-time.Millisecond), "c\x00": now.Add(-time.Millisecond), "c": now.Add(-time.Millisecond),
		"soon": now.Add(time.Millisecond), "1970": time.Unix(0, 0), "1969": time.Unix(-1, 0), "1900": time.Date(1900, 1, 1, 0, 0, 0, 1e6, time.UTC), "9999": time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}
	for id, due := range dues {
		ok(t, s.PutCard(ctx, card.Card{Kind: "k", ID: id, Due: due, Body: []byte("x")}))
		ok(t, s.PutCard(ctx, card.Card{Kind: "other", ID: id, Due: due, Body: []byte("other")}))
	}
	want := func(at time.Time, ids ...string) {
		t.Helper()
		var got []string
		for c, err := range s.DueCards(ctx, "k", at) {
			ok(t, err)
			got = append(got, c.ID)
			if c.Kind != "k" || !c.Due.Equal(dues[c.ID]) || string(c.Body) != "x" {
				t.Errorf("got %+v", c)
			}
		}
		if !slices.Equal(got, ids) {
			t.Errorf("due at %v: %q, want %q", at, got, ids)
		}
	}
	want(now, "1900", "1969", "1970", "a", "b", "c", "c\x00", "now")
	want(now.In(time.FixedZone("", 3600)).Add(time.Microsecond), "1900", "1969", "1970", "a", "b", "c", "c\x00", "now")
	want(time.Unix(-1, 0), "1900", "1969")
	want(time.Date(1899, 1, 1, 0, 0, 0, 0, time.UTC))
	want(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), "1900", "1969", "1970", "a", "b", "c", "c\x00", "now", "soon", "9999")
	change := func(id string, version int64, due time.Time) {
		t.Helper()
		dues[id] = due
		ok(t, s.PutCard(ctx, card.Card{Kind: "k", ID: id, Version: version, Due: due, Body: []byte("x")}))
	}
	change("never", 1, now)
	change("a", 1, time.Time{})
	change("1900", 1, now.Add(time.Hour))
	want(now, "1969", "1970", "b", "c", "c\x00", "never", "now")
	change("a", 2, now.Add(-time.Hour))
	ok(t, s.DeleteCard(ctx, "k", "1970"))
	want(now, "1969", "a", "b", "c", "c\x00", "never", "now")
}

// testManyCards streams more than a page, of many that are due at the same
// moment, while those that have been read are changed.
func testManyCards(t *testing.T, open Open) {
	const n = 9000
	s, ctx := opened(t, open), t.Context()
	at := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	cards := func(yield func(card.Card) bool) {
		for i := range n {
			if !yield(card.Card{Kind: "k", ID: scattered(i), Version: 3, Due: at.Add(time.Duration(i%3) * time.Second), Body: []byte(scattered(i))}) {
				return
			}
		}
	}
	ok(t, s.PutCards(ctx, cards))
	ids := []string{}
	for c, err := range s.Cards(ctx, "k", "") {
		ok(t, err)
		ids = append(ids, c.ID)
	}
	if len(ids) != n || !slices.IsSorted(ids) || len(slices.Compact(ids)) != n {
		t.Errorf("%d cards, or not in order", len(ids))
	}
	seen, last := map[string]bool{}, card.Card{}
	for c, err := range s.DueCards(ctx, "k", at.Add(time.Second)) {
		ok(t, err)
		if seen[c.ID] || c.Due.Before(last.Due) || c.Due.Equal(last.Due) && c.ID < last.ID {
			t.Fatalf("%+v comes after %+v", c, last)
		}
		seen[c.ID], last = true, c
		if len(seen)%100 == 0 { // as who is done with one
			c.Due = time.Time{}
			ok(t, s.PutCard(ctx, c))
		}
	}
	if len(seen) != n/3*2 {
		t.Errorf("%d are due, want %d", len(seen), n/3*2)
	}
	if got := len(all(t, s.DueCards(ctx, "k", at.Add(time.Second)))); got != n/3*2-n/3*2/100 {
		t.Errorf("%d are due after", got)
	}
}

// testPutCards stores cards as they are, over what is there.
func testPutCards(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	ok(t, s.PutCard(ctx, card.Card{Kind: "k", ID: "a", Due: time.Unix(1, 0), Body: []byte("old")}))
	want := []card.Card{{Kind: "k", ID: "a", Version: 7, Body: []byte("a")}, {Kind: "k", ID: "b", Version: 2, Due: time.Unix(-5, 0), Body: []byte("b")}, {Kind: "l", ID: "a", Version: 1, Body: []byte("l")}}
	for range 2 { // twice the same is once
		ok(t, s.PutCards(ctx, slices.Values(want)))
	}
	if got := all(t, s.Cards(ctx, "", "")); !slices.EqualFunc(got, want, sameCard) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := all(t, s.DueCards(ctx, "k", time.Unix(2, 0))); len(got) != 1 || got[0].ID != "b" {
		t.Errorf("due: %+v", got)
	}
	want[0].Body = []byte("changed")
	ok(t, s.PutCard(ctx, want[0]))
	want[0].Version = 8
	wantCard(t, s, want[0])
}

// testRacingCards changes a card by 64 at once from two instances: of those that
// have the same version one is let through, and card.Update loses nothing, nor
// stores what its change refuses.
func testRacingCards(t *testing.T, open Open) {
	const writers = 64
	stores, ctx := []card.Store{opened(t, open), opened(t, open)}, t.Context()
	for version := range int64(3) {
		var running sync.WaitGroup
		var won, winner atomic.Int64
		for w := range writers {
			running.Go(func() {
				switch err := stores[w%2].PutCard(ctx, card.Card{Kind: "k", ID: "one", Version: version, Body: fmt.Append(nil, w)}); {
				case err == nil:
					won.Add(1)
					winner.Store(int64(w))
				case !fail.Is(err, fail.Conflict):
					t.Error(err)
				}
			})
		}
		running.Wait()
		got, err := stores[0].Card(ctx, "k", "one")
		if err != nil || won.Load() != 1 || got.Version != version+1 || string(got.Body) != fmt.Sprint(winner.Load()) {
			t.Errorf("%d of %d were let through; %+v, %v", won.Load(), writers, got, err)
		}
	}
	no := errors.New("no")
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			_, err := card.Update(ctx, stores[w%2], "k", "all", func(list *[]int) (time.Time, error) {
				if *list = append(*list, w); w%4 == 3 {
					return time.Time{}, no
				}
				return time.Unix(int64(len(*list)), 0), nil
			})
			if w%4 == 3 != errors.Is(err, no) || w%4 != 3 && err != nil {
				t.Errorf("writer %d: %v", w, err)
			}
		})
	}
	running.Wait()
	list, err := card.Get[[]int](ctx, stores[1], "k", "all")
	ok(t, err)
	slices.Sort(list)
	var want []int
	for w := range writers {
		if w%4 != 3 {
			want = append(want, w)
		}
	}
	if !reflect.DeepEqual(list, want) {
		t.Errorf("got %v, want %v", list, want)
	}
	c, err := stores[0].Card(ctx, "k", "all")
	if err != nil || c.Version != int64(len(want)) || !c.Due.Equal(time.Unix(int64(len(want)), 0)) {
		t.Errorf("got %+v, %v", c, err)
	}
	if none, err := card.Get[[]int](context.WithoutCancel(ctx), stores[0], "k", "nobody's"); err != nil || none != nil {
		t.Errorf("of no card: %v, %v", none, err)
	}
}
