package round_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
)

// draft makes a draft and leaves out what is said to be changed.
func (w *world) draft(t *testing.T, r round.Round) round.Round {
	t.Helper()
	r, err := w.Create(t.Context(), "sam", r)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// logged returns the log as "actor action round subject detail", the oldest
// first.
func (w *world) logged(t *testing.T) string {
	t.Helper()
	var lines []string
	for e, err := range w.store.Log(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append([]string{strings.Join([]string{e.Actor, e.Action, e.Round, e.Subject, e.Detail}, " ")}, lines...)
	}
	return strings.Join(lines, "\n")
}

func wantLogged(t *testing.T, w *world, parts ...string) {
	t.Helper()
	log := w.logged(t)
	for _, part := range parts {
		if !strings.Contains(log, part) {
			t.Errorf("the log lacks %q:\n%s", part, log)
		}
	}
}

// TestMoments: a round opens and closes at Swedish times, on the days when clocks
// are set too.
func TestMoments(t *testing.T) {
	for _, c := range []struct {
		round         round.Round
		opens, closes string // UTC
	}{
		{round.Round{OpensOn: "2026-11-02", ClosesOn: "2026-11-23"}, "2026-11-01T23:00:00Z", "2026-11-23T23:00:00Z"},
		{round.Round{OpensOn: "2026-06-01", OpensTime: "08:00", ClosesOn: "2026-11-23", ClosesTime: "16:30"}, "2026-06-01T06:00:00Z", "2026-11-23T15:30:00Z"},
		{round.Round{OpensOn: "2026-03-29", ClosesOn: "2026-03-29"}, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"}, // 23 hours
		{round.Round{OpensOn: "2026-10-25", ClosesOn: "2026-10-25"}, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"}, // 25 hours
		{round.Round{OpensOn: "2026-03-29", OpensTime: "01:59", ClosesOn: "2026-03-29", ClosesTime: "03:00"}, "2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z"},
		{round.Round{OpensOn: "2026-12-31", OpensTime: "23:59", ClosesOn: "2026-12-31"}, "2026-12-31T22:59:00Z", "2026-12-31T23:00:00Z"},
	} {
		if got := c.round.OpensAt().UTC().Format(time.RFC3339); got != c.opens {
			t.Errorf("%+v opens at %s, want %s", c.round, got, c.opens)
		}
		if got := c.round.ClosesAt().UTC().Format(time.RFC3339); got != c.closes {
			t.Errorf("%+v closes at %s, want %s", c.round, got, c.closes)
		}
	}
}

func TestTimesRefused(t *testing.T) {
	w := newWorld(t)
	for field, r := range map[string]round.Round{
		"opens_on":    {OpensOn: "2026-02-30", ClosesOn: "2026-11-23"},
		"closes_on":   {OpensOn: "2026-11-02", ClosesOn: ""},
		"opens_time":  {OpensOn: "2026-11-02", ClosesOn: "2026-11-23", OpensTime: "8"},
		"closes_time": {OpensOn: "2026-11-02", ClosesOn: "2026-11-23", ClosesTime: "24:00"},
		"target-a.b":  {OpensOn: "2026-11-02", ClosesOn: "2026-11-23", Targets: map[string]float64{"a.b": 5.1}},
	} {
		r.ID = "2026"
		_, err := w.Create(t.Context(), "sam", r)
		if text, ok := err.(*fail.Error); !ok || text.Code != fail.Invalid || text.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, r := range []round.Round{{OpensTime: "12:00", ClosesTime: "11:59"}, {OpensTime: "12:00", ClosesTime: "12:00"}} {
		r.ID, r.OpensOn, r.ClosesOn = "2026", "2026-11-02", "2026-11-02"
		if _, err := w.Create(t.Context(), "sam", r); !fail.Is(err, fail.Invalid) {
			t.Errorf("from %s to %s: %v", r.OpensTime, r.ClosesTime, err)
		}
	}
	if rounds, err := w.Rounds(t.Context()); err != nil || len(rounds) != 0 {
		t.Errorf("%d rounds were made, %v", len(rounds), err)
	}
}

// TestChange: what may be changed of a draft, of an open round and of a closed
// one, and nothing else.
func TestChange(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.draft(t, round.Round{ID: "2026", OpensOn: "2026-11-02", ClosesOn: "2026-11-23"})
	everything := func(r *round.Round) {
		r.ID, r.State, r.Top, r.Version, r.Invited = "x", round.Published, "a", 99, 1000
		r.Name, r.Mode, r.MinGroup, r.OpensOn, r.ClosesOn, r.ClosesTime = "Ny", round.Named, 7, "2026-11-01", "2026-12-24", "15:00"
		r.Questionnaires = []string{"ledning"}
	}
	r, err := w.Change(ctx, "sam", "2026", everything)
	if err != nil || r.ID != "2026" || r.State != round.Draft || r.Top != "" || r.Version != 2 || r.Name != "Ny" || r.Mode != round.Named || r.MinGroup != 7 || r.OpensOn != "2026-11-01" || r.ClosesTime != "15:00" {
		t.Fatalf("a draft: %+v, %v", r, err)
	}
	for field, change := range map[string]func(*round.Round){
		"mode": func(r *round.Round) { r.Mode = "hemlig" }, "min_group": func(r *round.Round) { r.MinGroup = 2 }, "closes_on": func(r *round.Round) { r.ClosesOn = "2026-10-31" },
	} {
		_, err := w.Change(ctx, "sam", "2026", change)
		if text, ok := err.(*fail.Error); !ok || text.Code != fail.Invalid || text.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if now, err := w.Round(ctx, "2026"); err != nil || !reflect.DeepEqual(now, r) {
		t.Errorf("a refused change left %+v, %v", now, err)
	}
	if _, err := w.Open(ctx, "sam", "2026", w.set, w.units, w.people); err != nil {
		t.Fatal(err)
	}
	opened, err := w.Round(ctx, "2026")
	if err != nil {
		t.Fatal(err)
	}
	r, err = w.Change(ctx, "sam", "2026", func(r *round.Round) {
		everything(r)
		r.Mode, r.MinGroup, r.OpensOn, r.Survey, r.Name, r.ClosesOn = round.Confidential, 5, "2026-01-01", "x", "Nyare", "2026-12-01"
	})
	want := opened
	want.Name, want.ClosesOn, want.Version = "Nyare", "2026-12-01", opened.Version+1
	if err != nil || !reflect.DeepEqual(r, want) {
		t.Errorf("an open round: %+v, %v, want %+v", r, err, want)
	}
	if _, err := w.Change(ctx, "sam", "2026", func(r *round.Round) { r.ClosesOn = "2026-11-02" }); !fail.Is(err, fail.Invalid) {
		t.Errorf("to a time that has passed: %v", err)
	}
	if _, err := w.Close(ctx, "sam", "2026"); err != nil {
		t.Fatal(err)
	}
	r, err = w.Change(ctx, "sam", "2026", everything)
	if err != nil || r.Name != "Ny" || r.ClosesOn != "2026-12-01" || r.State != round.Closed || r.Mode != round.Named {
		t.Errorf("a closed round: %+v, %v", r, err)
	}
	if _, err := w.Change(ctx, "sam", "2025", everything); !fail.Is(err, fail.NotFound) {
		t.Errorf("no round: %v", err)
	}
	wantLogged(t, w, "sam round.change 2026  closes 2026-12-24T15:00:00+01:00, before 2026-11-24T00:00:00+01:00", "sam round.change 2026  closes 2026-12-01T15:00:00+01:00, before 2026-12-24")
}

// A round opened by hand before its time can be closed before that time.
func TestClosesBeforeItWasToOpen(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	now := w.now.In(round.Sweden)
	w.draft(t, round.Round{ID: "2026", OpensOn: now.AddDate(0, 0, 7).Format(round.DayFormat), ClosesOn: now.AddDate(0, 0, 14).Format(round.DayFormat)})
	if _, err := w.Open(ctx, "sam", "2026", w.set, w.units, w.people); err != nil {
		t.Fatal(err)
	}
	day := now.AddDate(0, 0, 2).Format(round.DayFormat)
	if r, err := w.Change(ctx, "sam", "2026", func(r *round.Round) { r.ClosesOn = day }); err != nil || r.ClosesOn != day {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestDelete(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.draft(t, round.Round{ID: "2025", OpensOn: "2025-11-02", ClosesOn: "2025-11-23"})
	w.open(t, "2026")
	if err := w.Delete(ctx, "sam", "2025"); err != nil {
		t.Fatal(err)
	}
	if err := w.Delete(ctx, "sam", "2025"); !fail.Is(err, fail.NotFound) {
		t.Errorf("twice: %v", err)
	}
	if err := w.Delete(ctx, "sam", "2026"); !fail.Is(err, fail.Conflict) {
		t.Errorf("an open round: %v", err)
	}
	if rounds, err := w.Rounds(ctx); err != nil || len(rounds) != 1 || rounds[0].ID != "2026" {
		t.Errorf("left are %+v, %v", rounds, err)
	}
	wantLogged(t, w, "sam round.delete 2025")
	w.draft(t, round.Round{ID: "2025", OpensOn: "2025-11-02", ClosesOn: "2025-11-23"})
}

// TestChosenQuestionnaires: a round asks what was chosen when it opened, and
// holds it against its own targets.
func TestChosenQuestionnaires(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	q := w.set.Questionnaires[0]
	theme := q.ID + "." + q.Themes[0].ID
	w.draft(t, round.Round{ID: "2026", OpensOn: "2026-11-02", ClosesOn: "2026-11-23", Questionnaires: []string{q.ID}, Targets: map[string]float64{theme: 4.5}})
	r, err := w.Open(ctx, "sam", "2026", w.set, w.units, w.people)
	if err != nil {
		t.Fatal(err)
	}
	set, err := w.Set(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Questionnaires) != 1 || set.Questionnaires[0].ID != q.ID || len(w.set.Questionnaires) < 2 {
		t.Errorf("asked are %d of %d questionnaires", len(set.Questionnaires), len(w.set.Questionnaires))
	}
	if target, same := set.Questionnaires[0].Themes[0].ThemeTarget(); !same || target != 4.5 {
		t.Errorf("the target is %v, %v", target, same)
	}
	if own, _ := w.set.Questionnaires[0].Themes[0].ThemeTarget(); own == 4.5 {
		t.Error("the program's own questionnaire was changed")
	}
	w.everybody(t, "2026", 3)
	d := w.result(t, "2026")
	if f, ok := d.Figure(theme); !ok || f.Mean != 3 || f.Target != 4.5 {
		t.Errorf("%s: %+v, %v", theme, f, ok)
	}
	if _, ok := d.Figure(w.set.Questionnaires[1].ID + "." + w.set.Questionnaires[1].Themes[0].ID); ok {
		t.Error("there is a figure of what was not asked")
	}
	w.draft(t, round.Round{ID: "none", OpensOn: "2026-11-02", ClosesOn: "2026-11-23", Questionnaires: []string{"no such"}})
	if _, err := w.Open(ctx, "sam", "none", w.set, w.units, w.people); !fail.Is(err, fail.Invalid) {
		t.Errorf("opened a round that asks nothing: %v", err)
	}
}

// TestSubtree: of two kommuner in one installation each has rounds of its own:
// people, units, the round before and who followed whom.
func TestSubtree(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.units = append([]org.Unit{{ID: "region", Name: "Regionen"}, {ID: "other", Name: "Grannen", Parent: "region"}, {ID: "o1", Name: "Skola", Parent: "other"}}, w.units...)
	w.units[3].Parent = "region"
	for _, id := range []string{"x", "y"} {
		w.people = append(w.people, org.Person{ID: id, Unit: "o1", Roles: []org.Role{org.Enhetschef}})
	}
	of := func(id, top, year string) round.Round {
		w.draft(t, round.Round{ID: id, Top: top, OpensOn: year + "-11-02", ClosesOn: year + "-11-23"})
		r, err := w.Open(ctx, "sam", id, w.set, w.units, w.people)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if _, err := card.Update(ctx, w.store, round.SuccessorCards, "k", func(m *map[string]string) (time.Time, error) {
		*m = map[string]string{"old-a": "a"}
		return time.Time{}, nil
	}); err != nil {
		t.Fatal(err)
	}
	of("o2024", "other", "2024")
	k2025 := of("k2025", "k", "2025")
	of("o2025", "other", "2025")
	r := of("k2026", "k", "2026")
	if k2025.Previous != "" || r.Previous != "k2025" || r.Invited != 12 || !reflect.DeepEqual(r.Above, []string{"region"}) || !reflect.DeepEqual(r.Successors, map[string]string{"old-a": "a"}) {
		t.Errorf("opened as %+v after %+v", r, k2025)
	}
	if other, err := w.Round(ctx, "o2025"); err != nil || other.Previous != "o2024" || other.Invited != 2 || len(other.Successors) != 0 {
		t.Errorf("the other's: %+v, %v", other, err)
	}
	tree, err := w.Tree(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	if tree.Len() != 3 || tree.Root().ID != "k" || !tree.Within("a", "region") || tree.Within("a", "other") {
		t.Errorf("%d units under %s", tree.Len(), tree.Root().ID)
	}
	if _, err := w.Sheet(ctx, "k2026", "x"); !fail.Is(err, fail.NotFound) {
		t.Errorf("a person of the other: %v", err)
	}
	if _, err := w.Move(ctx, "sam", "k2026", "a0", "o1"); !fail.Is(err, fail.Invalid) {
		t.Errorf("moved to the other: %v", err)
	}
	for _, p := range w.people[:12] {
		w.answer(t, "k2026", p.ID, 4)
	}
	if d := w.result(t, "k2026"); d.Invited != 12 || d.Submitted != 12 {
		t.Errorf("%d of %d", d.Submitted, d.Invited)
	} else if total, ok := d.Figure(analysis.TotalID); !ok || total.Mean != 4 {
		t.Errorf("got %+v", total)
	}
	published, err := w.Round(ctx, "k2026")
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []string{"region", "other", "o1"} {
		if _, err := w.Document(ctx, published, unit); !fail.Is(err, fail.NotFound) {
			t.Errorf("a document of %s: %v", unit, err)
		}
	}
	w.draft(t, round.Round{ID: "gone", Top: "gone", OpensOn: "2026-11-02", ClosesOn: "2026-11-23"})
	if _, err := w.Open(ctx, "sam", "gone", w.set, w.units, w.people); !fail.Is(err, fail.Invalid) {
		t.Errorf("of a unit that is not there: %v", err)
	}
	for e, err := range w.store.Log(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if want := map[byte]string{'k': "k", 'o': "other", 'g': "gone"}[e.Round[0]]; e.Unit != want {
			t.Errorf("the line %+v is of %q, want %q", e, e.Unit, want)
		}
	}
}
