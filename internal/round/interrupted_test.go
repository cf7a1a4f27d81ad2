package round_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
)

// TestResumeCompletesAClosingThatWasCutOff: a closed round without analysis is
// what a process that died leaves.
func TestResumeCompletesAClosingThatWasCutOff(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2026")
	w.everybody(t, "2026", 3)
	if _, err := w.store.UpdateRound(ctx, "2026", func(r *round.Round) error { r.State, r.ClosedAt = round.Closed, w.now; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Publish(ctx, "sam", "2026"); !fail.Is(err, fail.Conflict) {
		t.Errorf("published without analysis: %v", err)
	}
	if err := w.Tend(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if r, err := w.Publish(ctx, "sam", "2026"); err != nil || r.Analysis == "" {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestOpenAfterAnOpeningThatWasCutOff: nobody from the first try stays invited.
func TestOpenAfterAnOpeningThatWasCutOff(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	if _, err := w.Create(ctx, "sam", round.Round{ID: "2026", OpensOn: "2026-11-02", ClosesOn: "2026-11-23"}); err != nil {
		t.Fatal(err)
	}
	gone := round.Invitation{Round: "2026", Person: "gone", Unit: "gone", Counts: true, Link: []byte("gone")}
	if err := w.store.PutInvitations(ctx, "2026", slices.Values([]round.Invitation{gone})); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Open(ctx, "sam", "2026", w.set, w.units, w.people); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.InvitationByLink(ctx, gone.Link); !fail.Is(err, fail.NotFound) {
		t.Errorf("invited by the first try: %v", err)
	}
	w.everybody(t, "2026", 3)
	if _, err := w.Close(ctx, "sam", "2026"); err != nil {
		t.Fatal(err)
	}
}

// TestPreviousIsThePublishedOne: a round that never came to anything is not what
// the next is compared with.
func TestPreviousIsThePublishedOne(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2024")
	w.everybody(t, "2024", 2)
	if _, err := w.Close(ctx, "sam", "2024"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Publish(ctx, "sam", "2024"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Create(ctx, "sam", round.Round{ID: "2025", OpensOn: "2025-11-02", ClosesOn: "2025-11-23"}); err != nil {
		t.Fatal(err)
	}
	if r := w.open(t, "2026"); r.Previous != "2024" {
		t.Errorf("previous is %q", r.Previous)
	}
}

// TestCloseAgainComputesWhatWasCutOff, by whoever asks first; and one who was
// slower takes nothing of it away, though the round is published meanwhile.
func TestCloseAgainComputesWhatWasCutOff(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2026")
	w.everybody(t, "2026", 3)
	if _, err := w.store.UpdateRound(ctx, "2026", func(r *round.Round) error { r.State, r.ClosedAt = round.Closed, w.now; return nil }); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 2 { // two processes, as far as the store can tell
		other := round.NewService(w.store, w.keys, func() time.Time { return w.now })
		wg.Go(func() {
			if _, err := other.Close(ctx, "sam", "2026"); err != nil {
				t.Error(err)
				return
			}
			if _, err := other.Publish(ctx, "sam", "2026"); err != nil && !fail.Is(err, fail.Conflict) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	r, err := w.Service.Round(ctx, "2026")
	if err != nil || r.State != round.Published {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := w.Document(ctx, r, "a"); err != nil {
		t.Error(err)
	}
}

// TestReopenAfterAClosingThatWasCutOff: of a closing that nobody came to see
// nothing is left.
func TestReopenAfterAClosingThatWasCutOff(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2026")
	w.everybody(t, "2026", 3)
	var generation string
	dying := round.NewService(dying{w.store, &generation}, w.keys, func() time.Time { return w.now })
	if _, err := dying.Close(ctx, "sam", "2026"); err == nil {
		t.Fatal("the closing was not cut off")
	}
	if _, err := w.store.Document(ctx, "2026", generation, "k"); err != nil {
		t.Fatalf("it was cut off before it had stored anything: %v", err)
	}
	if _, err := w.Reopen(ctx, "sam", "2026"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Document(ctx, "2026", generation, "k"); !fail.Is(err, fail.NotFound) {
		t.Errorf("a discarded result is still there: %v", err)
	}
}

// dying is a store that can't be written once the documents are.
type dying struct {
	store.Store
	generation *string
}

func (d dying) PutDocuments(ctx context.Context, id, generation string, docs iter.Seq2[string, []byte]) error {
	*d.generation = generation
	return d.Store.PutDocuments(ctx, id, generation, docs)
}

func (d dying) UpdateRound(ctx context.Context, id string, change func(*round.Round) error) (round.Round, error) {
	if *d.generation != "" {
		return round.Round{}, errors.New("gone")
	}
	return d.Store.UpdateRound(ctx, id, change)
}

// TestItemsOfSchema1 reads what a database of schema 1 holds of an item: answer,
// comment and evidence sealed in one; and a later part of it over that.
func TestItemsOfSchema1(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2026")
	w.everybody(t, "2026", 2)
	item, name := "led.strategi.plan", w.keys.Respondent("2026", "a1")
	box, err := w.keys.Seal([]byte("\x05\x03Ja!\x04Plan"), "2026", name, item)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.SaveItems(ctx, round.SaveItems{Round: "2026", Respondent: name, Person: "a1", Day: "2026-11-03", Items: map[string][]byte{item: box}}); err != nil {
		t.Fatal(err)
	}
	inv, err := w.Invitation(ctx, "2026", "a1")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.give(ctx, inv, round.Entry{Item: item, Comment: "Nej!"}); err != nil {
		t.Fatal(err)
	}
	sheet, err := w.Sheet(ctx, "2026", "a1")
	if err != nil {
		t.Fatal(err)
	}
	if e := sheet.Entry(item); e != (round.Entry{Item: item, Answer: 5, Comment: "Nej!", Evidence: "Plan"}) {
		t.Errorf("got %+v", e)
	}
	d := w.result(t, "2026")
	if f, _ := d.Figure(item); f.N != 12 || f.Mean != 2.25 {
		t.Errorf("got %+v", f)
	}
}

// TestLogOutlivesItsRequest: what was done is told, though nobody waits for it.
func TestLogOutlivesItsRequest(t *testing.T) {
	w := newWorld(t)
	w.open(t, "2026")
	ctx, cancel := context.WithCancel(t.Context())
	left := round.NewService(leaving{w.store, cancel}, w.keys, func() time.Time { return w.now })
	if _, err := left.Close(ctx, "sam", "2026"); err == nil {
		t.Error("the closing went on without its caller")
	}
	for e, err := range w.store.Log(t.Context()) {
		if err != nil || e.Action != "round.close" {
			t.Errorf("the last line tells of %q, %v", e.Action, err)
		}
		return
	}
	t.Error("nothing in the log")
}

// leaving is a store whose caller leaves when a round has changed.
type leaving struct {
	store.Store
	leave func()
}

func (l leaving) UpdateRound(ctx context.Context, id string, change func(*round.Round) error) (round.Round, error) {
	defer l.leave()
	return l.Store.UpdateRound(ctx, id, change)
}
