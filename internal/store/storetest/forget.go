package storetest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
)

func testDeleteRound(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	wantCode(t, "unknown round", s.DeleteRound(ctx, "2026"), fail.NotFound)
	for _, state := range []round.State{round.Draft, round.Open, round.Closed, round.Published} {
		ok(t, s.CreateRound(ctx, round.Round{ID: string(state), State: state}))
	}
	for _, state := range []round.State{round.Open, round.Closed, round.Published} {
		wantCode(t, "a round that is "+string(state), s.DeleteRound(ctx, string(state)), fail.Conflict)
	}
	ok(t, s.DeleteRound(ctx, "draft"))
	wantCode(t, "a draft again", s.DeleteRound(ctx, "draft"), fail.NotFound)
	rounds, err := s.Rounds(ctx)
	ok(t, err)
	if len(rounds) != 3 {
		t.Errorf("%d rounds are left", len(rounds))
	}
	ok(t, s.CreateRound(ctx, round.Round{ID: "draft", State: round.Draft, Name: "anew"}))
	if r, err := s.Round(ctx, "draft"); err != nil || r.Name != "anew" {
		t.Errorf("made anew: %+v, %v", r, err)
	}
	ok(t, s.PutInvitations(ctx, "draft", slices.Values([]round.Invitation{invite("p", "u")})))
	ok(t, setState(ctx, s, "draft", round.Open))
	if _, err := s.SaveItems(ctx, save("draft", "r", "p", items("a", "1"))); err != nil {
		t.Errorf("a save in the round that was made anew: %v", err)
	}
}

// answered has two rounds where p and q have answered, p only begun.
func answered(t *testing.T, s store.Store) {
	t.Helper()
	for _, id := range []string{"2025", "2026"} {
		people := []round.Invitation{invite("p", "u"), invite("q", "u")}
		for i := range people {
			people[i].Link = fmt.Append(nil, id, i)
		}
		letAnswer(t, s, id, people...)
		_, err := s.SaveItems(t.Context(), save(id, "rp", "p", items("a", "1", "b", "2")))
		ok(t, err)
		version, err := s.SaveItems(t.Context(), save(id, "rq", "q", items("a", "1")))
		ok(t, err)
		_, err = s.Submit(t.Context(), round.Submission{Round: id, Respondent: "rq", Person: "q", Version: version, Record: []byte("record")})
		ok(t, err)
		ok(t, s.PutDocuments(t.Context(), id, "g", maps.All(map[string][]byte{"u": []byte("document")})))
	}
}

// held tells what is there of a round's people: names of the invited and of the
// respondents, and the counts.
func held(t *testing.T, s store.Store, id string) string {
	t.Helper()
	var people, responses []string
	for _, v := range all(t, s.Invitations(t.Context(), id)) {
		people = append(people, v.Person)
	}
	for _, v := range all(t, s.EveryResponse(t.Context(), id)) {
		responses = append(responses, fmt.Sprint(v.Respondent, len(v.Items)))
	}
	counts, err := s.Counts(t.Context(), id)
	ok(t, err)
	return fmt.Sprint(people, responses, counts)
}

func testForgetPerson(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	answered(t, s)
	whole := held(t, s, "2025")
	for range 2 {
		ok(t, s.ForgetPerson(ctx, "2026", "p", "rp"))
		if got, want := held(t, s, "2026"), "[q] [rq0] [{u 1 1 1}]"; got != want {
			t.Errorf("without p: %s, want %s", got, want)
		}
	}
	_, err := s.InvitationByLink(ctx, []byte("20260"))
	wantCode(t, "by the link of one forgotten", err, fail.NotFound)
	ok(t, s.ForgetPerson(ctx, "2026", "nobody", "nobody"))
	ok(t, s.ForgetPerson(ctx, "nowhere", "q", "rq"))
	if got := held(t, s, "2025"); got != whole {
		t.Errorf("the other round: %s, want %s", got, whole)
	}
	ok(t, s.PutInvitations(ctx, "2026", slices.Values([]round.Invitation{invite("p", "u2")})))
	if version, err := s.SaveItems(ctx, save("2026", "rp", "p", items("c", "3"))); err != nil || version != 1 {
		t.Errorf("a save of one invited anew: version %d, %v", version, err)
	}
	if got, want := held(t, s, "2026"), "[q p] [rp1 rq0] [{u 1 1 1} {u2 1 1 0}]"; got != want {
		t.Errorf("with p anew: %s, want %s", got, want)
	}
}

func testForgetPeople(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	answered(t, s)
	whole := held(t, s, "2025")
	ok(t, setState(ctx, s, "2026", round.Published))
	for range 2 {
		ok(t, s.ForgetPeople(ctx, "2026"))
		if got, want := held(t, s, "2026"), "[] [] []"; got != want {
			t.Errorf("without anybody: %s, want %s", got, want)
		}
	}
	if got := held(t, s, "2025"); got != whole {
		t.Errorf("the other round: %s, want %s", got, whole)
	}
	if doc, err := s.Document(ctx, "2026", "g", "u"); err != nil || string(doc) != "document" {
		t.Errorf("the document: %s, %v", doc, err)
	}
	if r, err := s.Round(ctx, "2026"); err != nil || r.State != round.Published {
		t.Errorf("the round: %+v, %v", r, err)
	}
	ok(t, s.ForgetPeople(ctx, "nowhere"))
}

// testLeft: what an invitation says is replaced, but for how far the person has
// come.
func testLeft(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	answered(t, s)
	for _, left := range []bool{true, true, false, true} {
		v := invite("q", "u")
		v.Left, v.Counts, v.Name, v.Link, v.Issue = left, !left, fmt.Sprint("left ", left), fmt.Append(nil, "new ", left), 4
		ok(t, s.PutInvitations(ctx, "2026", slices.Values([]round.Invitation{v})))
		v.Round, v.Status = "2026", round.Submitted
		one, err := s.Invitation(ctx, "2026", "q")
		ok(t, err)
		linked, err := s.InvitationByLink(ctx, v.Link)
		ok(t, err)
		streamed := all(t, s.Invitations(ctx, "2026"))
		if len(streamed) != 2 {
			t.Fatalf("%d people", len(streamed))
		}
		for _, got := range []round.Invitation{one, linked, streamed[1]} {
			if !reflect.DeepEqual(got, v) {
				t.Errorf("got %+v, want %+v", got, v)
			}
		}
		_, err = s.InvitationByLink(ctx, []byte("20261"))
		wantCode(t, "by the link before", err, fail.NotFound)
		want := []round.UnitCount{{Unit: "u", Invited: 2, Started: 2, Submitted: 1}}
		if left {
			want = []round.UnitCount{{Unit: "u", Invited: 1, Started: 1}}
		}
		if got, err := s.Counts(ctx, "2026"); err != nil || !slices.Equal(got, want) {
			t.Errorf("left %v: counts %+v, %v, want %+v", left, got, err, want)
		}
	}
	if other, err := s.Invitation(ctx, "2025", "q"); err != nil || other.Left {
		t.Errorf("in the other round: %+v, %v", other, err)
	}
}
