package storetest

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
)

func testRounds(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	if got, err := s.Rounds(ctx); err != nil || len(got) != 0 {
		t.Errorf("rounds of an empty store: %v, %v", got, err)
	}
	_, err := s.Round(ctx, "2026")
	wantCode(t, "unknown round", err, fail.NotFound)
	at := time.Date(2026, 11, 2, 8, 30, 15, 123e6, time.UTC)
	full := round.Round{ID: "2026", Name: "Mätning 😀", State: round.Published, Mode: round.Named, MinGroup: 7, OpensOn: "2026-11-02", ClosesOn: "2026-11-23",
		Previous: "2025", Survey: "s", Units: "u", Invited: 12, Analysis: "g", OpenedAt: at, ClosedAt: at.Add(time.Hour), PublishedAt: at.Add(2 * time.Hour), Version: 3}
	ok(t, s.CreateRound(ctx, full))
	for _, r := range []round.Round{{ID: "2024", OpensOn: "2024-01-01"}, {ID: "a.b$c", OpensOn: "2027-01-01"}, {ID: "2025", OpensOn: "2025-06-01"}} {
		ok(t, s.CreateRound(ctx, r))
	}
	got, err := s.Round(ctx, "2026")
	ok(t, err)
	if !got.OpenedAt.Equal(full.OpenedAt) || !got.ClosedAt.Equal(full.ClosedAt) || !got.PublishedAt.Equal(full.PublishedAt) {
		t.Errorf("times: got %+v", got)
	}
	got.OpenedAt, got.ClosedAt, got.PublishedAt = full.OpenedAt, full.ClosedAt, full.PublishedAt
	if !reflect.DeepEqual(got, full) {
		t.Errorf("got %+v, want %+v", got, full)
	}
	wantCode(t, "the same id again", s.CreateRound(ctx, round.Round{ID: "2026", Name: "other"}), fail.Conflict)
	if again, err := s.Round(ctx, "2026"); err != nil || again.Name != full.Name {
		t.Errorf("after a conflict: %+v, %v", again, err)
	}
	if r, err := s.Round(ctx, "2024"); err != nil || !r.OpenedAt.IsZero() {
		t.Errorf("a time that is not set: %v, %v", r.OpenedAt, err)
	}
	rounds, err := s.Rounds(ctx)
	ok(t, err)
	var ids []string
	for _, r := range rounds {
		ids = append(ids, r.ID)
	}
	if want := []string{"a.b$c", "2026", "2025", "2024"}; !slices.Equal(ids, want) {
		t.Errorf("rounds %v, want %v", ids, want)
	}
	ok(t, s.Ping(ctx))
}

func testUpdateRound(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	ok(t, s.CreateRound(ctx, round.Round{ID: "2026", State: round.Draft, OpensOn: "2026-11-02", Version: 1}))
	r, err := s.UpdateRound(ctx, "2026", func(r *round.Round) error {
		r.State, r.OpensOn, r.Invited = round.Open, "2020-01-01", 5
		return nil
	})
	ok(t, err)
	stored, err := s.Round(ctx, "2026")
	ok(t, err)
	if !reflect.DeepEqual(r, stored) || r.Version != 2 || r.State != round.Open || r.Invited != 5 {
		t.Errorf("returned %+v, stored %+v", r, stored)
	}
	ok(t, s.CreateRound(ctx, round.Round{ID: "2021", OpensOn: "2021-01-01"}))
	if rounds, err := s.Rounds(ctx); err != nil || rounds[0].ID != "2021" {
		t.Errorf("the order follows a changed day: %v, %v", rounds, err)
	}
	no := errors.New("no")
	_, err = s.UpdateRound(ctx, "2026", func(r *round.Round) error {
		r.State = round.Closed
		return no
	})
	if !errors.Is(err, no) {
		t.Errorf("the change's own error: got %v", err)
	}
	refusal := fail.New(fail.Forbidden, "nej", "no")
	_, err = s.UpdateRound(ctx, "2026", func(*round.Round) error { return refusal })
	wantCode(t, "the change's refusal", err, fail.Forbidden)
	if again, err := s.Round(ctx, "2026"); err != nil || !reflect.DeepEqual(again, stored) {
		t.Errorf("stored after a refusal: %+v, %v", again, err)
	}
	_, err = s.UpdateRound(ctx, "x", func(*round.Round) error { t.Error("a change of no round"); return nil })
	wantCode(t, "unknown round", err, fail.NotFound)
}

func testBlobs(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	_, err := s.Blob(ctx, "x")
	wantCode(t, "unknown blob", err, fail.NotFound)
	large := bytes.Repeat([]byte("mognad\x00"), 200_000)
	for hash, content := range map[string][]byte{"small": {0, 1, 255}, "large": large} {
		ok(t, s.PutBlob(ctx, hash, content))
		ok(t, s.PutBlob(ctx, hash, content))
		if got, err := s.Blob(ctx, hash); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %d bytes, %v", hash, len(got), err)
		}
	}
}
