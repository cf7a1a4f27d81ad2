package storetest

import (
	"bytes"
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
)

func testInvitations(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	full := round.Invitation{Round: "2026", Person: "p.1$", Name: "Åsa\x00😀", Email: "asa@example.org", Unit: "u.1", Counts: true,
		Roles: []org.Role{org.Samordnare, org.Enhetschef}, Link: []byte{0, 255, 1}, Issue: 3, Status: round.Invited}
	other := invite("p2", "u.1")
	other.Round, other.Counts, other.Roles = "2026", false, []org.Role{org.Kommunledning}
	letAnswer(t, s, "2026", full, other)
	letAnswer(t, s, "2025", round.Invitation{Person: "p.1$", Unit: "u9", Link: []byte("2025")})

	if got, err := s.Invitation(ctx, "2026", "p.1$"); err != nil || !reflect.DeepEqual(got, full) {
		t.Errorf("got %+v, %v, want %+v", got, err, full)
	}
	if got, err := s.InvitationByLink(ctx, full.Link); err != nil || !reflect.DeepEqual(got, full) {
		t.Errorf("by link: got %+v, %v", got, err)
	}
	if got, err := s.InvitationByLink(ctx, []byte("2025")); err != nil || got.Round != "2025" || got.Status != round.Invited {
		t.Errorf("the other round's: got %+v, %v", got, err)
	}
	for what, find := range map[string]func() error{
		"unknown person": func() error { _, err := s.Invitation(ctx, "2026", "p3"); return err },
		"unknown round":  func() error { _, err := s.Invitation(ctx, "2027", "p2"); return err },
		"unknown link":   func() error { _, err := s.InvitationByLink(ctx, []byte("x")); return err },
		"no link":        func() error { _, err := s.InvitationByLink(ctx, nil); return err },
	} {
		wantCode(t, what, find(), fail.NotFound)
	}

	// Put again: everything but the status is replaced, and the others stay.
	_, err := s.SaveItems(ctx, save("2026", "r", "p.1$", items("i", "x")))
	ok(t, err)
	next := full
	next.Link, next.Issue, next.Unit, next.Name, next.Roles = []byte("new"), 4, "u.2", "Åsa B", []org.Role{org.Avdelningschef}
	ok(t, s.PutInvitations(ctx, "2026", slices.Values([]round.Invitation{next})))
	next.Status = round.Started
	if got, err := s.Invitation(ctx, "2026", "p.1$"); err != nil || !reflect.DeepEqual(got, next) {
		t.Errorf("put again: got %+v, %v, want %+v", got, err, next)
	}
	_, err = s.InvitationByLink(ctx, full.Link)
	wantCode(t, "the replaced link", err, fail.NotFound)
	if got := all(t, s.Invitations(ctx, "2026")); len(got) != 2 {
		t.Errorf("%d people, want 2", len(got))
	}
	ok(t, s.PutInvitations(ctx, "2026", slices.Values([]round.Invitation(nil))))
}

// testDropInvitations forgets those of a draft, and nobody else's.
func testDropInvitations(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	letAnswer(t, s, "2025", invite("a", "u"))
	ok(t, s.CreateRound(ctx, round.Round{ID: "2026", State: round.Draft, Version: 1}))
	ok(t, s.DropInvitations(ctx, "2026"))
	left, stays := invite("a", "u"), invite("b", "u")
	left.Link, stays.Link = []byte("left"), []byte("stays")
	ok(t, s.PutInvitations(ctx, "2026", slices.Values([]round.Invitation{left, stays})))
	ok(t, s.DropInvitations(ctx, "2026"))
	ok(t, s.PutInvitations(ctx, "2026", slices.Values([]round.Invitation{stays})))
	if got := all(t, s.Invitations(ctx, "2026")); len(got) != 1 || got[0].Person != "b" {
		t.Errorf("invited: %+v", got)
	}
	_, err := s.InvitationByLink(ctx, left.Link)
	wantCode(t, "the link of one who is no longer invited", err, fail.NotFound)
	wantCode(t, "of an open round", s.DropInvitations(ctx, "2025"), fail.Conflict)
	wantCode(t, "of an unknown round", s.DropInvitations(ctx, "2024"), fail.NotFound)
	if got := all(t, s.Invitations(ctx, "2025")); len(got) != 1 {
		t.Errorf("the other round's: %+v", got)
	}
}

// testInvitationStream has more people than a page, and ends the stream early.
func testInvitationStream(t *testing.T, open Open) {
	const n = 9000
	s, ctx := opened(t, open), t.Context()
	var people []round.Invitation
	for i := range n {
		v := invite(scattered(i), fmt.Sprint("u", i%7))
		v.Link = fmt.Append(nil, "link ", i)
		people = append(people, v)
	}
	letAnswer(t, s, "2026", people...)
	letAnswer(t, s, "2025", round.Invitation{Person: "a", Unit: "u0", Link: []byte("2025")})
	slices.SortFunc(people, func(a, b round.Invitation) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Person, b.Person))
	})
	i := 0
	for v, err := range s.Invitations(ctx, "2026") {
		ok(t, err)
		if i == n || v.Person != people[i].Person || v.Unit != people[i].Unit || v.Round != "2026" || !bytes.Equal(v.Link, people[i].Link) {
			t.Fatalf("place %d: got %+v", i, v)
		}
		i++
	}
	if i != n {
		t.Errorf("%d people, want %d", i, n)
	}
	for range 20 {
		for _, err := range s.Invitations(ctx, "2026") {
			ok(t, err)
			break
		}
	}
	for range s.Invitations(ctx, "2027") {
		t.Error("somebody in a round that doesn't exist")
	}
}

func testCounts(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	aside := invite("aside", "a")
	aside.Counts = false
	letAnswer(t, s, "2026", invite("a1", "a"), invite("a2", "a"), invite("a3", "a"), invite("b.1", "b.$"), aside)
	letAnswer(t, s, "2025", round.Invitation{Person: "a1", Unit: "a", Counts: true, Link: []byte("2025")})
	want := func(when string, want ...round.UnitCount) {
		t.Helper()
		got, err := s.Counts(ctx, "2026")
		ok(t, err)
		got = slices.DeleteFunc(got, func(c round.UnitCount) bool { return c.Invited == 0 })
		slices.SortFunc(got, func(a, b round.UnitCount) int { return cmp.Compare(a.Unit, b.Unit) })
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %+v, want %+v", when, got, want)
		}
	}
	want("at first", round.UnitCount{Unit: "a", Invited: 3}, round.UnitCount{Unit: "b.$", Invited: 1})
	for _, person := range []string{"a1", "a2", "aside", "b.1"} {
		_, err := s.SaveItems(ctx, save("2026", "of "+person, person, items("i", "x")))
		ok(t, err)
	}
	want("started", round.UnitCount{Unit: "a", Invited: 3, Started: 2}, round.UnitCount{Unit: "b.$", Invited: 1, Started: 1})
	for _, person := range []string{"a2", "aside", "b.1"} {
		_, err := s.Submit(ctx, round.Submission{Round: "2026", Respondent: "of " + person, Person: person, Version: 1, Record: []byte("r")})
		ok(t, err)
	}
	want("submitted", round.UnitCount{Unit: "a", Invited: 3, Started: 2, Submitted: 1}, round.UnitCount{Unit: "b.$", Invited: 1, Started: 1, Submitted: 1})
	if got, err := s.Counts(ctx, "2027"); err != nil || len(got) != 0 {
		t.Errorf("of no round: %v, %v", got, err)
	}
}
