package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/trail"
)

// testCancelled calls everything with a context that has ended: the error says
// so, and nothing is stored.
func testCancelled(t *testing.T, open Open) {
	s := opened(t, open)
	letAnswer(t, s, "2026", invite("p", "u"))
	_, err := s.SaveItems(t.Context(), save("2026", "r", "p", items("a", "1")))
	ok(t, err)
	ok(t, s.CreateRound(t.Context(), round.Round{ID: "draft", State: round.Draft}))
	ok(t, s.PutInvitations(t.Context(), "draft", slices.Values([]round.Invitation{{Person: "p", Link: []byte("draft")}})))
	ok(t, s.PutCard(t.Context(), card.Card{Kind: "k", ID: "x", Body: []byte("1")}))
	_, err = s.Tally(t.Context(), "t", time.Hour)
	ok(t, err)
	ok(t, s.PutAccount(t.Context(), access.Account{ID: "kept"}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	calls := everyCall(ctx, s)
	for method := range reflect.TypeFor[store.Store]().Methods() {
		if calls[method.Name] == nil && method.Name != "Close" {
			t.Errorf("%s is not called here", method.Name)
		}
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v though its context has ended", name, err)
		}
	}
	if r, err := s.Round(t.Context(), "2026"); err != nil || r.State != round.Open {
		t.Errorf("the round: %+v, %v", r, err)
	}
	if _, err := s.Round(t.Context(), "2027"); err == nil {
		t.Error("a round was made")
	}
	if resp, err := s.Response(t.Context(), "2026", "r"); err != nil || resp.Version != 1 || !bytes.Equal(resp.Items["a"], []byte("1")) {
		t.Errorf("the response: %+v, %v", resp, err)
	}
	for _, id := range []string{"2026", "draft"} {
		if n := len(all(t, s.Invitations(t.Context(), id))); n != 1 {
			t.Errorf("%d people in %s", n, id)
		}
	}
	if n := len(all(t, s.Log(t.Context()))); n != 0 {
		t.Errorf("%d lines in the log", n)
	}
	if got := all(t, s.Cards(t.Context(), "", "")); len(got) != 1 || got[0].ID != "x" || got[0].Version != 1 {
		t.Errorf("cards %+v", got)
	}
	if got := all(t, s.Tallies(t.Context(), "")); len(got) != 1 || got[0].N != 1 {
		t.Errorf("tallies %+v", got)
	}
	if got, err := s.Accounts(t.Context()); err != nil || len(got) != 1 || got[0].ID != "kept" {
		t.Errorf("accounts %+v, %v", got, err)
	}
}

// everyCall calls each method of the interface but Close, by its name.
func everyCall(ctx context.Context, s store.Store) map[string]func() error {
	return map[string]func() error{
		"CreateRound":     func() error { return s.CreateRound(ctx, round.Round{ID: "2027"}) },
		"Round":           func() error { _, err := s.Round(ctx, "2026"); return err },
		"Rounds":          func() error { _, err := s.Rounds(ctx); return err },
		"UpdateRound":     func() error { return setState(ctx, s, "2026", round.Closed) },
		"PutBlob":         func() error { return s.PutBlob(ctx, "h", []byte("x")) },
		"Blob":            func() error { _, err := s.Blob(ctx, "h"); return err },
		"DropInvitations": func() error { return s.DropInvitations(ctx, "draft") },
		"PutInvitations": func() error {
			return s.PutInvitations(ctx, "2026", slices.Values([]round.Invitation{invite("q", "u")}))
		},
		"Invitation":       func() error { _, err := s.Invitation(ctx, "2026", "p"); return err },
		"InvitationByLink": func() error { _, err := s.InvitationByLink(ctx, []byte("link of p")); return err },
		"Counts":           func() error { _, err := s.Counts(ctx, "2026"); return err },
		"SaveItems":        func() error { _, err := s.SaveItems(ctx, save("2026", "r", "p", items("a", "2"))); return err },
		"Submit": func() error {
			_, err := s.Submit(ctx, round.Submission{Round: "2026", Respondent: "r", Person: "p", Version: 1, Record: []byte("x")})
			return err
		},
		"Response": func() error { _, err := s.Response(ctx, "2026", "r"); return err },
		"PutResponses": func() error {
			return s.PutResponses(ctx, slices.Values([]round.Response{{Round: "2026", Respondent: "q", Version: 1}}))
		},
		"EveryResponse": func() error { return lastError(s.EveryResponse(ctx, "2026")) },
		"Sessions":      func() error { return lastError(s.Sessions(ctx)) },
		"Lease":         func() error { _, err := s.Lease(ctx, "x", "y", time.Hour); return err },
		"Leased":        func() error { _, err := s.Leased(ctx, "x"); return err },
		"ClaimSetting":  func() error { _, err := s.ClaimSetting(ctx, "x", "y"); return err },
		"DropSessions":  func() error { return s.DropSessions(ctx, "a") },
		"Settings":      func() error { _, err := s.Settings(ctx); return err },
		"PutDocuments": func() error {
			return s.PutDocuments(ctx, "2026", "g", maps.All(map[string][]byte{"u": []byte("x")}))
		},
		"Document":            func() error { _, err := s.Document(ctx, "2026", "g", "u"); return err },
		"DropDocuments":       func() error { return s.DropDocuments(ctx, "2026", "") },
		"AppendLog":           func() error { return s.AppendLog(ctx, trail.Event{Number: 1, Action: "x"}) },
		"PutAccount":          func() error { return s.PutAccount(ctx, access.Account{ID: "a"}) },
		"Account":             func() error { _, err := s.Account(ctx, "a"); return err },
		"Accounts":            func() error { _, err := s.Accounts(ctx); return err },
		"AccountByLink":       func() error { _, err := s.AccountByLink(ctx, []byte("x")); return err },
		"PutSession":          func() error { return s.PutSession(ctx, access.Session{Hash: []byte("x"), Until: time.Now()}) },
		"Session":             func() error { _, err := s.Session(ctx, []byte("x")); return err },
		"DeleteSession":       func() error { return s.DeleteSession(ctx, []byte("x")) },
		"PutOrganisation":     func() error { return s.PutOrganisation(ctx, []org.Unit{{ID: "k"}}, nil) },
		"Organisation":        func() error { _, _, err := s.Organisation(ctx); return err },
		"OrganisationVersion": func() error { _, err := s.OrganisationVersion(ctx); return err },
		"Setting":             func() error { _, err := s.Setting(ctx, "x"); return err },
		"SetSetting":          func() error { return s.SetSetting(ctx, "x", "y") },
		"Ping":                func() error { return s.Ping(ctx) },
		"Invitations":         func() error { return lastError(s.Invitations(ctx, "2026")) },
		"Responses":           func() error { return lastError(s.Responses(ctx, "2026")) },
		"Log":                 func() error { return lastError(s.Log(ctx)) },

		"DeleteRound":  func() error { return s.DeleteRound(ctx, "draft") },
		"ForgetPerson": func() error { return s.ForgetPerson(ctx, "2026", "p", "r") },
		"ForgetPeople": func() error { return s.ForgetPeople(ctx, "2026") },
		"DropLog":      func() error { return s.DropLog(ctx, 1) },
		"UpdateAccount": func() error {
			_, err := s.UpdateAccount(ctx, "a", func(*access.Account) error { return nil })
			return err
		},
		"DeleteAccount": func() error { return s.DeleteAccount(ctx, "a") },
		"TouchSession":  func() error { return s.TouchSession(ctx, []byte("x"), time.Now()) },
		"DropAnswering": func() error { return s.DropAnswering(ctx, "2026", "p") },
		"PutCard":       func() error { return s.PutCard(ctx, card.Card{Kind: "k", ID: "new"}) },
		"PutCards":      func() error { return s.PutCards(ctx, slices.Values([]card.Card{{Kind: "k", ID: "new", Version: 1}})) },
		"Card":          func() error { _, err := s.Card(ctx, "k", "x"); return err },
		"Cards":         func() error { return lastError(s.Cards(ctx, "k", "")) },
		"DueCards":      func() error { return lastError(s.DueCards(ctx, "k", time.Now())) },
		"DeleteCard":    func() error { return s.DeleteCard(ctx, "k", "x") },
		"Tally":         func() error { _, err := s.Tally(ctx, "t", time.Hour); return err },
		"Tallies":       func() error { return lastError(s.Tallies(ctx, "")) },
		"PutTallies": func() error {
			return s.PutTallies(ctx, slices.Values([]card.Tally{{Name: "t", N: 9, Until: time.Now().Add(time.Hour)}}))
		},
	}
}

func lastError[T any](stream func(func(T, error) bool)) (last error) {
	for _, err := range stream {
		last = err
	}
	return last
}

// testCancelledStream ends the context in the middle of a stream, which must not
// look as if it had come to its end.
func testCancelledStream(t *testing.T, open Open) {
	const n = 9000
	s := opened(t, open)
	var people []round.Invitation
	for i := range n {
		people = append(people, invite(fmt.Sprint("p", i), "u"))
	}
	letAnswer(t, s, "2026", people...)
	for _, after := range []int{1, 100, 5000} {
		ctx, cancel := context.WithCancel(t.Context())
		got, ended := 0, error(nil)
		for _, err := range s.Invitations(ctx, "2026") {
			if ended != nil {
				t.Fatal("the stream went on after an error")
			}
			if ended = err; err == nil {
				got++
			}
			if got == after {
				cancel()
			}
		}
		cancel()
		if ended == nil && got != n {
			t.Errorf("cancelled after %d: the stream ended after %d of %d without an error", after, got, n)
		}
	}
	if n2 := len(all(t, s.Invitations(t.Context(), "2026"))); n2 != n {
		t.Errorf("%d people, want %d", n2, n)
	}
}

// testReopen closes the store and opens it again: everything is there.
func testReopen(t *testing.T, open Open) {
	s, ctx := open(t), t.Context()
	letAnswer(t, s, "2026", invite("p1", "u"), invite("p2", "u"))
	ok(t, s.PutBlob(ctx, "h", []byte("blob")))
	submitOne(t, s, "r1", "p1", "record")
	version, err := s.SaveItems(ctx, save("2026", "r2", "p2", items("a", "1")))
	ok(t, err)
	ok(t, s.PutDocuments(ctx, "2026", "g", maps.All(map[string][]byte{"u": []byte("document")})))
	ok(t, s.AppendLog(ctx, trail.Event{Number: 1, Action: "x"}))
	ok(t, s.PutAccount(ctx, access.Account{ID: "a", Link: []byte("l")}))
	ok(t, s.PutSession(ctx, access.Session{Hash: []byte("s"), Account: "a", Until: time.Now().Add(time.Hour)}))
	ok(t, s.PutOrganisation(ctx, []org.Unit{{ID: "k"}}, []org.Person{{ID: "p"}}))
	ok(t, s.SetSetting(ctx, "x", "y"))
	ok(t, s.PutCard(ctx, card.Card{Kind: "k", ID: "c", Body: []byte("card")}))
	_, err = s.Tally(ctx, "t", time.Hour)
	ok(t, err)
	ok(t, s.Close())
	ok(t, s.Close()) // once more is no error

	s = opened(t, open)
	ok(t, s.Ping(ctx))
	if got := all(t, s.Responses(ctx, "2026")); len(got) != 1 || string(got[0].Record) != "record" {
		t.Errorf("responses %+v", got)
	}
	if next, err := s.SaveItems(ctx, save("2026", "r2", "p2", items("b", "2"))); err != nil || next != version+1 {
		t.Errorf("version %d after %d, %v", next, version, err)
	}
	resp, err := s.Response(ctx, "2026", "r2")
	ok(t, err)
	wantItems(t, "r2", resp.Items, items("a", "1", "b", "2"))
	people := all(t, s.Invitations(ctx, "2026"))
	if len(people) != 2 || people[0].Status != round.Submitted || people[1].Status != round.Started {
		t.Errorf("people %+v", people)
	}
	blob, err1 := s.Blob(ctx, "h")
	doc, err2 := s.Document(ctx, "2026", "g", "u")
	account, err3 := s.AccountByLink(ctx, []byte("l"))
	session, err4 := s.Session(ctx, []byte("s"))
	units, staff, err5 := s.Organisation(ctx)
	value, err6 := s.Setting(ctx, "x")
	for _, err := range []error{err1, err2, err3, err4, err5, err6} {
		ok(t, err)
	}
	if string(blob) != "blob" || string(doc) != "document" || account.ID != "a" || session.Account != "a" || len(units) != 1 || len(staff) != 1 || value != "y" {
		t.Errorf("got %q %q %+v %+v %v %v %q", blob, doc, account, session, units, staff, value)
	}
	if log := all(t, s.Log(ctx)); len(log) != 1 {
		t.Errorf("log %v", log)
	}
	if c, err := s.Card(ctx, "k", "c"); err != nil || string(c.Body) != "card" || c.Version != 1 {
		t.Errorf("card %+v, %v", c, err)
	}
	if n, err := s.Tally(ctx, "t", time.Hour); err != nil || n != 2 {
		t.Errorf("tally %d, %v", n, err)
	}
}
