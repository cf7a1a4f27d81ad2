package round_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
)

func (w *world) source(context.Context) (*survey.Set, []org.Unit, []org.Person, error) {
	return w.set, w.units, w.people, nil
}

// tendAt sets the clock and does what is due.
func (w *world) tendAt(t *testing.T, at string) {
	t.Helper()
	now, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	w.now = now
	if err := w.Tend(t.Context(), w.source); err != nil {
		t.Fatal(err)
	}
}

func (w *world) wantState(t *testing.T, id string, want round.State) round.Round {
	t.Helper()
	r, err := w.Round(t.Context(), id)
	if err != nil || r.State != want {
		t.Fatalf("at %v the round %s is %s, %v, want %s", w.now, id, r.State, err, want)
	}
	return r
}

// TestOpensAndClosesByItself: at the Swedish minute, also when clocks are set
// between; one that is not scheduled waits for somebody to open it.
func TestOpensAndClosesByItself(t *testing.T) {
	for _, c := range []struct{ opens, closes, before, at, last, end string }{ // the days and times; UTC
		{"2026-11-02 08:00", "2026-11-23 16:30", "2026-11-02T06:59:59Z", "2026-11-02T07:00:00Z", "2026-11-23T15:29:59Z", "2026-11-23T15:30:00Z"},
		{"2026-03-28 03:30", "2026-03-29 03:30", "2026-03-28T02:29:59Z", "2026-03-28T02:30:00Z", "2026-03-29T01:29:59Z", "2026-03-29T01:30:00Z"},
		{"2026-10-24 12:00", "2026-10-25 ", "2026-10-24T09:59:59Z", "2026-10-24T10:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"},
	} {
		w, ctx := newWorld(t), t.Context()
		w.now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		r := round.Round{ID: "2026", OpensOn: c.opens[:10], OpensTime: c.opens[11:], ClosesOn: c.closes[:10], ClosesTime: c.closes[11:]}
		w.draft(t, r)
		r.ID = "by-hand"
		w.draft(t, r)
		if r, err := w.Schedule(ctx, "sam", "2026", true); err != nil || !r.Scheduled {
			t.Fatalf("%+v, %v", r, err)
		}
		w.tendAt(t, c.before)
		w.wantState(t, "2026", round.Draft)
		w.tendAt(t, c.at)
		if r := w.wantState(t, "2026", round.Open); r.Scheduled || r.Invited != 12 || !r.OpenedAt.Equal(w.now) {
			t.Errorf("opened as %+v", r)
		}
		w.everybody(t, "2026", 3)
		w.tendAt(t, c.last)
		w.wantState(t, "2026", round.Open)
		w.tendAt(t, c.end)
		if r := w.wantState(t, "2026", round.Closed); r.Analysis == "" || !r.ClosedAt.Equal(w.now) {
			t.Errorf("closed as %+v", r)
		}
		w.wantState(t, "by-hand", round.Draft)
		wantLogged(t, w, "sam round.schedule 2026", "system round.open 2026", "system round.close 2026", "system round.analyse 2026")
	}
}

func TestSchedule(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.draft(t, round.Round{ID: "2026", OpensOn: "2026-11-10", ClosesOn: "2026-11-23"})
	for _, on := range []bool{true, false} {
		if r, err := w.Schedule(ctx, "sam", "2026", on); err != nil || r.Scheduled != on {
			t.Errorf("%v: %+v, %v", on, r, err)
		}
	}
	w.tendAt(t, "2026-11-11T00:00:00Z")
	w.wantState(t, "2026", round.Draft)
	if _, err := w.Schedule(ctx, "sam", "2026", true); !fail.Is(err, fail.Conflict) {
		t.Errorf("when the day is here: %v", err)
	}
	w.open(t, "2027")
	if _, err := w.Schedule(ctx, "sam", "2027", true); !fail.Is(err, fail.Conflict) {
		t.Errorf("an open round: %v", err)
	}
	if _, err := w.Schedule(ctx, "sam", "x", true); !fail.Is(err, fail.NotFound) {
		t.Errorf("no round: %v", err)
	}
}

// TestHindrance: what keeps a scheduled round from opening stands on it, and it
// is tried again when it has been mended and scheduled anew.
func TestHindrance(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	people := w.people
	w.people = nil
	w.draft(t, round.Round{ID: "2026", OpensOn: "2026-11-10", ClosesOn: "2026-11-23"})
	w.draft(t, round.Round{ID: "other", Top: "a", OpensOn: "2026-11-10", ClosesOn: "2026-11-23"})
	schedule := func() {
		t.Helper()
		if r, err := w.Schedule(ctx, "sam", "2026", true); err != nil || r.Hindrance != nil {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	schedule()
	w.tendAt(t, "2026-11-09T23:00:00Z")
	r := w.wantState(t, "2026", round.Draft)
	if r.Scheduled || r.Hindrance == nil || !strings.Contains(r.Hindrance.SV, "Ingen chef") || !strings.Contains(r.Hindrance.EN, "No manager") {
		t.Errorf("got %+v", r)
	}
	wantLogged(t, w, "system round.open.failed 2026  No manager")
	w.people = people
	w.tendAt(t, "2026-11-10T00:00:00Z") // nobody has said that it is mended
	w.wantState(t, "2026", round.Draft)
	if _, err := w.Change(ctx, "sam", "2026", func(r *round.Round) { r.OpensOn = "2026-11-12" }); err != nil {
		t.Fatal(err)
	}
	schedule()
	w.tendAt(t, "2026-11-12T08:00:00Z")
	if r := w.wantState(t, "2026", round.Open); r.Hindrance != nil {
		t.Errorf("got %+v", r)
	}

	w.draft(t, round.Round{ID: "late", OpensOn: "2026-12-01", ClosesOn: "2026-12-02"})
	if _, err := w.Schedule(ctx, "sam", "late", true); err != nil {
		t.Fatal(err)
	}
	w.tendAt(t, "2026-12-02T23:00:00Z") // nothing ran in the meantime
	if r := w.wantState(t, "late", round.Draft); r.Scheduled || r.Hindrance == nil || !strings.Contains(r.Hindrance.SV, "passerade") {
		t.Errorf("got %+v", r)
	}
}

// TestTendGoesOn: what fails with one round, or in the database, is told and
// tried again, and does not keep the other rounds waiting.
func TestTendGoesOn(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.draft(t, round.Round{ID: "2026", OpensOn: "2026-11-10", ClosesOn: "2026-11-23"})
	if _, err := w.Schedule(ctx, "sam", "2026", true); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Create(ctx, "sam", round.Round{ID: "2025", OpensOn: "2025-11-02", ClosesOn: "2026-11-09"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Open(ctx, "sam", "2025", w.set, w.units, w.people); err != nil {
		t.Fatal(err)
	}
	w.now = time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC)
	broken := errors.New("the disk is away")
	err := w.Tend(ctx, func(context.Context) (*survey.Set, []org.Unit, []org.Person, error) { return nil, nil, nil, broken })
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "2026") {
		t.Errorf("got %v", err)
	}
	if r := w.wantState(t, "2026", round.Draft); !r.Scheduled || r.Hindrance != nil {
		t.Errorf("got %+v", r)
	}
	w.wantState(t, "2025", round.Closed)
	w.tendAt(t, "2026-11-10T09:01:00Z")
	w.wantState(t, "2026", round.Open)
}

// between is a store where somebody does something when the rounds have been
// listed.
type between struct {
	store.Store
	then func()
}

func (b *between) Rounds(ctx context.Context) ([]round.Round, error) {
	rounds, err := b.Store.Rounds(ctx)
	if b.then != nil {
		then := b.then
		b.then = nil
		then()
	}
	return rounds, err
}

// TestChangedMeanwhile: a round is opened and closed as it stands in that step,
// not as it was listed.
func TestChangedMeanwhile(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	b := &between{Store: w.store}
	tending := round.NewService(b, w.keys, func() time.Time { return w.now })
	w.open(t, "2026")
	w.draft(t, round.Round{ID: "2027", OpensOn: "2026-11-24", ClosesOn: "2026-12-23"})
	w.draft(t, round.Round{ID: "2028", OpensOn: "2026-11-24", ClosesOn: "2026-12-23"})
	for _, id := range []string{"2027", "2028"} {
		if _, err := w.Schedule(ctx, "sam", id, true); err != nil {
			t.Fatal(err)
		}
	}
	w.now = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	b.then = func() {
		_, err1 := w.Change(ctx, "sam", "2026", func(r *round.Round) { r.ClosesOn = "2026-11-30" })
		_, err2 := w.Schedule(ctx, "sam", "2027", false)
		_, err3 := w.Change(ctx, "sam", "2028", func(r *round.Round) { r.OpensOn = "2026-12-01" })
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Error(err)
		}
	}
	if err := tending.Tend(ctx, w.source); err != nil {
		t.Fatal(err)
	}
	w.wantState(t, "2026", round.Open)
	w.wantState(t, "2027", round.Draft)
	w.wantState(t, "2028", round.Draft)
	w.tendAt(t, "2026-11-30T23:00:00Z")
	w.wantState(t, "2026", round.Closed)
	w.wantState(t, "2027", round.Draft)
	w.wantState(t, "2028", round.Open)
}

// TestReopenedWhenTimeIsOut stays open, for a week; one whose time is not out
// closes when it was to.
func TestReopenedWhenTimeIsOut(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2026") // to the end of 23 November
	w.everybody(t, "2026", 3)
	if _, err := w.Close(ctx, "sam", "2026"); err != nil {
		t.Fatal(err)
	}
	if r, err := w.Reopen(ctx, "sam", "2026"); err != nil || r.ClosesOn != "2026-11-23" {
		t.Errorf("before its time was out: %+v, %v", r, err)
	}
	w.tendAt(t, "2026-11-23T23:00:00Z")
	w.wantState(t, "2026", round.Closed)
	if r, err := w.Reopen(ctx, "sam", "2026"); err != nil || r.ClosesOn != "2026-12-01" {
		t.Errorf("when its time was out: %+v, %v", r, err)
	}
	w.tendAt(t, "2026-12-01T22:59:59Z")
	w.wantState(t, "2026", round.Open)
	w.tendAt(t, "2026-12-01T23:00:00Z")
	w.wantState(t, "2026", round.Closed)
	wantLogged(t, w, ", closes 2026-12-02T00:00:00+01:00")
}

// TestTwoTend: several processes that do what is due at once do it once.
func TestTwoTend(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mognad.db")
	w, ctx := newWorld(t), t.Context()
	var services []*round.Service
	for range 4 {
		st, err := sqlite.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { st.Close() })
		w.store = st
		services = append(services, round.NewService(st, w.keys, func() time.Time { return w.now }))
	}
	w.Service = services[0]
	w.draft(t, round.Round{ID: "2026", OpensOn: "2026-11-10", ClosesOn: "2026-11-23"})
	if _, err := w.Schedule(ctx, "sam", "2026", true); err != nil {
		t.Fatal(err)
	}
	all := func(at time.Time) {
		t.Helper()
		w.now = at
		var running sync.WaitGroup
		for _, s := range services {
			running.Go(func() {
				for range 3 {
					if err := s.Tend(ctx, w.source); err != nil {
						t.Error(err)
					}
				}
			})
		}
		running.Wait()
	}
	all(time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC))
	if r := w.wantState(t, "2026", round.Open); r.Invited != 12 {
		t.Errorf("opened as %+v", r)
	}
	w.everybody(t, "2026", 3)
	all(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	if r := w.wantState(t, "2026", round.Closed); r.Analysis == "" {
		t.Errorf("closed as %+v", r)
	}
	log := w.logged(t)
	for _, action := range []string{"round.open 2026", "round.close 2026", "round.analyse 2026"} {
		if n := strings.Count(log, "system "+action); n != 1 {
			t.Errorf("%s %d times:\n%s", action, n, log)
		}
	}
}
