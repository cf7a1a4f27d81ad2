package personal_test

import (
	"slices"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/personal"
	"github.com/mognad/mognad/internal/trail"
)

func TestSetRules(t *testing.T) {
	w := newWorld(t)
	if r, err := w.Rules(t.Context()); err != nil || r != personal.DefaultRules {
		t.Fatalf("%+v, %v", r, err)
	}
	for field, r := range map[string]personal.Rules{
		"responses": {Letters: 1, Log: 1}, "letters": {Responses: 1, Letters: 121, Log: 1}, "log": {Responses: 1, Letters: 1, Log: 21},
	} {
		err := w.SetRules(t.Context(), "eva", r)
		if e, ok := err.(*fail.Error); !ok || e.Code != fail.Invalid || e.Field != field {
			t.Errorf("%+v: %v", r, err)
		}
	}
	want := personal.Rules{Responses: 6, Letters: 3, Log: 2}
	w.check(w.SetRules(t.Context(), "eva", want))
	if r, err := w.Rules(t.Context()); err != nil || r != want {
		t.Errorf("%+v, %v", r, err)
	}
	if a := w.actions(); a[0] != "retention.change" {
		t.Errorf("the log has %v", a)
	}
}

// What is stored goes in the month when its time is out, and not before.
func TestRetain(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.letter("a26", "a1")
	w.letter("b26", "b1")
	w.answer("a26", "a1")
	_, err := w.rounds.Close(ctx, "eva", "a26")
	w.check(err)
	published := w.at
	_, err = w.rounds.Publish(ctx, "eva", "a26")
	w.check(err)
	letters := func() (n int) {
		t.Helper()
		for _, err := range w.store.Cards(ctx, personal.LetterCards, "") {
			w.check(err)
			n++
		}
		return n
	}
	retain := func(at time.Time) personal.Run {
		t.Helper()
		w.at = at
		run, err := w.Retain(ctx)
		w.check(err)
		return run
	}
	closes := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC) // after the last moment of the last day
	if run := retain(closes.AddDate(0, 12, -1)); run.Letters != 0 || len(run.Rounds) != 0 || letters() != 2 {
		t.Errorf("too early: %+v, %d letters", run, letters())
	}
	if run := retain(closes.AddDate(0, 12, 1)); run.Letters != 2 || len(run.Rounds) != 0 || letters() != 0 {
		t.Errorf("letters: %+v, %d left", run, letters())
	}
	if run := retain(published.AddDate(0, 24, -1)); len(run.Rounds) != 0 {
		t.Errorf("too early: %+v", run)
	}
	if run := retain(published.AddDate(0, 24, 1)); !slices.Equal(run.Rounds, []string{"a26"}) {
		t.Errorf("people and answers: %+v", run)
	}
	if _, err := w.rounds.Person(ctx, "a26", "a1"); !fail.Is(err, fail.NotFound) {
		t.Errorf("an invitation is there: %v", err)
	}
	if _, err := w.rounds.Person(ctx, "b26", "b1"); err != nil {
		t.Errorf("that of a round that is not published is gone: %v", err)
	}
	if run := retain(published.AddDate(5, 0, 1)); run.Lines == 0 {
		t.Errorf("no line of the log went: %+v", run)
	}
	if r, err := w.rounds.Log().Verify(ctx, ""); err != nil || len(r.Faults) > 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// Once a day what is due is done, and it is told when.
func TestTendDaily(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.check(w.Tend(ctx))
	first, err := w.LogChecked(ctx)
	w.check(err)
	run, err := w.LastRun(ctx)
	w.check(err)
	if !first.At.Equal(w.at) || !run.At.Equal(w.at) || first.Lines == 0 || len(first.Faults) > 0 || first.Seal == "" {
		t.Fatalf("%+v, %+v", first, run)
	}
	w.check(w.rounds.Log().Append(ctx, trail.Event{Actor: "x", Action: "test"}))
	w.at = w.at.Add(23 * time.Hour)
	w.check(w.Tend(ctx))
	if again, _ := w.LogChecked(ctx); again.Lines != first.Lines {
		t.Errorf("twice a day: %+v", again)
	}
	w.at = w.at.Add(time.Hour)
	w.check(w.Tend(ctx))
	if again, _ := w.LogChecked(ctx); again.Lines != first.Lines+1 {
		t.Errorf("not the day after: %+v", again)
	}
}

// A line that yesterday was the last, and is not there today, was cut off.
func TestTendSeesThatTheEndIsCutOff(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	_, err := card.Update(ctx, w.store, "tended", "log", func(c *personal.LogCheck) (time.Time, error) {
		c.At, c.Last, c.Seal = w.at, 99, "of a line that is gone"
		return w.at, nil
	})
	w.check(err)
	w.at = w.at.Add(time.Second)
	w.check(w.Tend(ctx))
	if c, err := w.LogChecked(ctx); err != nil || len(c.Faults) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
}
