package storetest

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
)

func testAccounts(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	if got, err := s.Accounts(ctx); err != nil || len(got) != 0 {
		t.Errorf("accounts of an empty store: %v, %v", got, err)
	}
	_, err := s.Account(ctx, "x")
	wantCode(t, "unknown account", err, fail.NotFound)
	_, err = s.AccountByLink(ctx, []byte("x"))
	wantCode(t, "unknown link", err, fail.NotFound)
	accounts := []access.Account{
		{ID: "a.b$", Name: "Åsa\x00😀", Email: "asa@example.org", Grants: []access.Grant{{Role: access.Chef, Unit: "u.1"}, {Role: access.HR, Unit: "k"}}},
		{ID: "b", Name: "", Link: []byte("link b"), LinkUntil: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)},
		{ID: "c", Grants: []access.Grant{{Role: access.Revisor, Unit: "k"}}},
	}
	for _, i := range []int{2, 0, 1} {
		ok(t, s.PutAccount(ctx, accounts[i]))
	}
	got, err := s.Accounts(ctx)
	if err != nil || !slices.EqualFunc(got, accounts, sameAccount) {
		t.Errorf("got %+v, %v", got, err)
	}
	changed := accounts[0]
	changed.Name, changed.Grants, changed.Link, changed.LinkAgain = "Åsa B", []access.Grant{{Role: access.Ledning, Unit: "k"}}, []byte("link a"), true
	changed.LinkUntil = time.Date(2126, 11, 3, 9, 0, 0, 0, time.UTC)
	ok(t, s.PutAccount(ctx, changed))
	if got, err := s.Account(ctx, "a.b$"); err != nil || !sameAccount(got, changed) {
		t.Errorf("changed: got %+v, %v", got, err)
	}
	if got, err := s.AccountByLink(ctx, []byte("link a")); err != nil || !sameAccount(got, changed) {
		t.Errorf("by link: got %+v, %v", got, err)
	}
	changed.Link = nil
	ok(t, s.PutAccount(ctx, changed))
	for what, link := range map[string][]byte{"a link taken away": []byte("link a"), "no link": nil, "an empty link": {}} {
		_, err := s.AccountByLink(ctx, link)
		wantCode(t, what, err, fail.NotFound)
	}
}

func sameAccount(a, b access.Account) bool {
	return a.ID == b.ID && a.Name == b.Name && a.Email == b.Email && slices.Equal(a.Grants, b.Grants) && slices.Equal(a.Link, b.Link) &&
		a.LinkAgain == b.LinkAgain && (a.LinkUntil.Equal(b.LinkUntil) || a.Link == nil)
}

func testSessions(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	until := time.Now().Add(time.Hour).Truncate(time.Second)
	of := access.Session{Hash: []byte{0, 1, 255}, Account: "a.$", Until: until, Ends: until.Add(time.Hour)}
	respondent := access.Session{Hash: []byte("respondent"), Round: "2026", Person: "p.1", Until: until, Ends: until.Add(2 * time.Hour)}
	past := access.Session{Hash: []byte("past"), Account: "a", Until: time.Now().Add(-time.Minute)}
	for _, v := range []access.Session{past, of, respondent} {
		ok(t, s.PutSession(ctx, v))
	}
	for _, want := range []access.Session{of, respondent} {
		got, err := s.Session(ctx, want.Hash)
		ok(t, err)
		if !got.Until.Equal(want.Until) || !got.Ends.Equal(want.Ends) {
			t.Errorf("until %v and %v, want %v and %v", got.Until, got.Ends, want.Until, want.Ends)
		}
		got.Until, got.Ends = want.Until, want.Ends
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	_, err := s.Session(ctx, past.Hash)
	wantCode(t, "a session that has run out", err, fail.NotFound)
	_, err = s.Session(ctx, []byte("unknown"))
	wantCode(t, "unknown session", err, fail.NotFound)
	of.Account, of.Ends = "b", until
	ok(t, s.PutSession(ctx, of))
	if got, err := s.Session(ctx, of.Hash); err != nil || got.Account != "b" || !got.Ends.Equal(of.Ends) {
		t.Errorf("put again: %+v, %v", got, err)
	}
	ok(t, s.TouchSession(ctx, of.Hash, until.Add(time.Hour)))
	if got, err := s.Session(ctx, of.Hash); err != nil || !got.Until.Equal(until.Add(time.Hour)) || got.Account != "b" {
		t.Errorf("touched: %+v, %v", got, err)
	}
	for range 2 {
		ok(t, s.DeleteSession(ctx, of.Hash))
	}
	ok(t, s.TouchSession(ctx, of.Hash, until.Add(time.Hour)))
	_, err = s.Session(ctx, of.Hash)
	wantCode(t, "an ended session", err, fail.NotFound)
	if _, err := s.Session(ctx, respondent.Hash); err != nil {
		t.Errorf("the other session: %v", err)
	}
}

func testOrganisation(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	if units, people, err := s.Organisation(ctx); err != nil || len(units) != 0 || len(people) != 0 {
		t.Errorf("of an empty store: %v, %v, %v", units, people, err)
	}
	versions := map[string]bool{}
	for _, n := range []int{3000, 40, 40, 0} {
		for range 2 { // the same until the next is put
			version, err := s.OrganisationVersion(ctx)
			ok(t, err)
			versions[version] = true
		}
		var units []org.Unit
		var people []org.Person
		for i := range n {
			text := oddTexts[i%len(oddTexts)]
			if i >= 40 {
				text = fmt.Sprint("text ", i) // a few long ones are enough
			}
			units = append(units, org.Unit{ID: scattered(i), Name: text, Parent: cmp.Or(text, "p"), Kind: "enhet"})
			people = append(people, org.Person{ID: scattered(i + 1), Name: text, Email: text, Unit: scattered(i), Roles: []org.Role{org.Enhetschef, org.Samordnare}})
		}
		ok(t, s.PutOrganisation(ctx, units, people))
		gotUnits, gotPeople, err := s.Organisation(ctx)
		ok(t, err)
		if !slices.Equal(gotUnits, units) || !slices.EqualFunc(gotPeople, people, func(a, b org.Person) bool { return reflect.DeepEqual(a, b) }) {
			t.Errorf("%d units and people: not what was stored, or in another order", n)
		}
	}
	if len(versions) != 4 {
		t.Errorf("four organisations have %d versions", len(versions))
	}
}

func testSettings(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	if v, err := s.Setting(ctx, "x"); err != nil || v != "" {
		t.Errorf("a setting that is not set: %q, %v", v, err)
	}
	for i, key := range oddIDs {
		ok(t, s.SetSetting(ctx, key, "first"))
		ok(t, s.SetSetting(ctx, key, oddTexts[i%len(oddTexts)]))
	}
	for i, key := range oddIDs {
		if v, err := s.Setting(ctx, key); err != nil || v != oddTexts[i%len(oddTexts)] {
			t.Errorf("setting %.20q: %.20q, %v", key, v, err)
		}
	}
	got, err := s.Settings(ctx)
	ok(t, err)
	for i, key := range oddIDs {
		if v, there := got[key]; !there || v != oddTexts[i%len(oddTexts)] {
			t.Errorf("of all settings, %.20q: %.20q, %v", key, v, there)
		}
	}
	if len(got) != len(oddIDs) {
		t.Errorf("%d settings, want %d", len(got), len(oddIDs))
	}
}
