package action_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
)

type world struct {
	*action.Service
	store *sqlite.Store
	now   time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	must(t, err)
	t.Cleanup(func() { st.Close() })
	w := &world{store: st, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return w.now }
	w.Service = action.New(st, trail.New(st, keys.New(), clock), clock)
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func known(item string) bool { return strings.HasPrefix(item, "a.") }

func good() action.Action {
	return action.Action{Unit: "k", Round: "2025", Title: "Mät  nyttan\nav tillsyn ", What: " Ta en satsning.\r\nMät. ", Owner: "avdelningschef", Email: " eva@kommun.se ",
		Start: "2026-03-02", Due: "2026-12-18", Status: action.Planned, Items: []action.Item{{ID: "a.1", From: 1.8, Expected: 2.6}}}
}

func TestCreate(t *testing.T) {
	w := newWorld(t)
	a, err := w.Create(t.Context(), "eva", good(), known)
	must(t, err)
	if a.ID == "" || a.Revision != 1 || a.Title != "Mät nyttan av tillsyn" || a.What != "Ta en satsning.\nMät." || a.Email != "eva@kommun.se" {
		t.Errorf("%+v", a)
	}
	got, err := w.Action(t.Context(), a.ID)
	must(t, err)
	if got.Title != a.Title || len(got.Items) != 1 || got.Items[0] != a.Items[0] {
		t.Errorf("%+v", got)
	}
	if _, err := w.Action(t.Context(), "x"); !fail.Is(err, fail.NotFound) {
		t.Errorf("an unknown one: %v", err)
	}
}

// What is at its limits is taken.
func TestAtTheLimits(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*action.Action){
		"texts": func(a *action.Action) {
			a.Title, a.What, a.Owner = strings.Repeat("å", action.MaxTitle), strings.Repeat("å", action.MaxText), strings.Repeat("å", action.MaxOwner)
		},
		"level 5":      func(a *action.Action) { a.Items[0].Expected = 5 },
		"level 1":      func(a *action.Action) { a.Items[0].From, a.Items[0].Expected = 1, 1 },
		"hidden now":   func(a *action.Action) { a.Items[0].From, a.Items[0].Expected = 0, 1 },
		"as it is now": func(a *action.Action) { a.Items[0].Expected = a.Items[0].From },
		"today":        func(a *action.Action) { a.Due = a.Start },
	} {
		a := good()
		change(&a)
		if _, err := w.Create(t.Context(), "eva", a, known); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every fault names its field, and nothing is stored.
func TestFaults(t *testing.T) {
	w := newWorld(t)
	for name, tt := range map[string]struct {
		field  string
		change func(*action.Action)
	}{
		"no unit":        {"unit", func(a *action.Action) { a.Unit = "" }},
		"no title":       {"title", func(a *action.Action) { a.Title = " \x00 " }},
		"long title":     {"title", func(a *action.Action) { a.Title = strings.Repeat("å", action.MaxTitle+1) }},
		"nothing to do":  {"what", func(a *action.Action) { a.What = "\n" }},
		"long text":      {"what", func(a *action.Action) { a.What = strings.Repeat("å", action.MaxText+1) }},
		"no owner":       {"owner", func(a *action.Action) { a.Owner = "" }},
		"long owner":     {"owner", func(a *action.Action) { a.Owner = strings.Repeat("å", action.MaxOwner+1) }},
		"address":        {"email", func(a *action.Action) { a.Email = "eva" }},
		"two addresses":  {"email", func(a *action.Action) { a.Email = "eva@k.se, bo@k.se" }},
		"no start":       {"start", func(a *action.Action) { a.Start = "" }},
		"no such day":    {"due", func(a *action.Action) { a.Due = "2026-02-30" }},
		"ends first":     {"due", func(a *action.Action) { a.Start, a.Due = "2026-12-19", "2026-12-18" }},
		"has passed":     {"due", func(a *action.Action) { a.Start, a.Due = "2026-01-01", "2026-03-01" }},
		"status":         {"status", func(a *action.Action) { a.Status = "x" }},
		"no items":       {"item-0", func(a *action.Action) { a.Items = nil }},
		"unknown item":   {"item-0", func(a *action.Action) { a.Items[0].ID = "b.1" }},
		"item twice":     {"item-1", func(a *action.Action) { a.Items = append(a.Items, a.Items[0]) }},
		"level 0":        {"item-0", func(a *action.Action) { a.Items[0].Expected = 0 }},
		"level 5.1":      {"item-0", func(a *action.Action) { a.Items[0].Expected = 5.1 }},
		"no number":      {"item-0", func(a *action.Action) { a.Items[0].Expected = nan() }},
		"lower than now": {"item-0", func(a *action.Action) { a.Items[0].Expected = 1.7 }},
		"too many":       {"item-0", func(a *action.Action) { a.Items = slices.Repeat(a.Items, action.MaxItems+1) }},
	} {
		a := good()
		tt.change(&a)
		_, err := w.Create(t.Context(), "eva", a, known)
		e, ok := err.(*fail.Error)
		if !ok || e.Code != fail.Invalid || e.Field != tt.field || e.SV == "" || e.EN == "" || strings.Contains(e.SV+e.EN, "%!") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := w.All(t.Context(), func(action.Action) bool { return true }); err != nil || len(all) != 0 {
		t.Errorf("stored: %v, %v", all, err)
	}
}

func nan() float64 { zero := 0.0; return zero / zero }

// Of two who change an action the second is told, and neither's follow-up is lost.
func TestChangeAndFollow(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	a, err := w.Create(ctx, "eva", good(), known)
	must(t, err)
	b := good()
	b.Title, b.Round = "Annat namn", "2024"
	changed, err := w.Change(ctx, "bo", a.ID, a.Revision, b, known)
	must(t, err)
	if changed.Title != "Annat namn" || changed.Round != "2025" || changed.Revision != 2 {
		t.Errorf("%+v", changed)
	}
	if _, err := w.Change(ctx, "eva", a.ID, a.Revision, good(), known); !fail.Is(err, fail.Conflict) {
		t.Errorf("over another's change: %v", err)
	}
	if _, err := w.Follow(ctx, "eva", a.ID, a.Revision, action.Underway, "Börjat"); !fail.Is(err, fail.Conflict) {
		t.Errorf("a follow-up of what is no longer so: %v", err)
	}
	if _, err := w.Change(ctx, "eva", "x", 0, good(), known); !fail.Is(err, fail.NotFound) {
		t.Errorf("an unknown one: %v", err)
	}
	if _, err := w.Follow(ctx, "eva", a.ID, 2, action.Planned, " "); !fail.Is(err, fail.Invalid) {
		t.Errorf("nothing new: %v", err)
	}
	if _, err := w.Follow(ctx, "eva", a.ID, 2, "x", "text"); !fail.Is(err, fail.Invalid) {
		t.Errorf("an unknown status: %v", err)
	}
	_, err = w.Follow(ctx, "eva", a.ID, 2, action.Underway, "Börjat")
	must(t, err)
	done, err := w.Follow(ctx, "bo", a.ID, 3, action.Done, "")
	must(t, err)
	if len(done.Log) != 2 || done.Log[0].Text != "Börjat" || done.Log[1].By != "bo" || done.Status != action.Done || done.Email != "" {
		t.Errorf("%+v", done)
	}
	if done.Late("2030-01-01") {
		t.Error("what is done is late")
	}
	w.now = w.now.AddDate(1, 0, 0)
	kept := good()
	kept.Title = "Ny rubrik" // the last day has passed, and nobody has set it anew
	if _, err := w.Change(ctx, "eva", a.ID, 4, kept, known); err != nil {
		t.Errorf("a change of what is late: %v", err)
	}
}

func TestAllInOrder(t *testing.T) {
	w := newWorld(t)
	for title, change := range map[string]func(*action.Action){
		"c": func(a *action.Action) { a.Due = "2026-12-01" }, "b": func(a *action.Action) { a.Due = "2026-05-01" },
		"d": func(a *action.Action) { a.Due, a.Status = "2026-04-01", action.Done }, "a": func(a *action.Action) { a.Due = "2026-04-01" },
		"x": func(a *action.Action) { a.Unit = "annan" },
	} {
		a := good()
		a.Title = title
		change(&a)
		_, err := w.Create(t.Context(), "eva", a, known)
		must(t, err)
	}
	all, err := w.All(t.Context(), func(a action.Action) bool { return a.Unit == "k" })
	must(t, err)
	var got string
	for _, a := range all {
		got += a.Title
	}
	if got != "abcd" {
		t.Errorf("in the order %s", got)
	}
}

// The owner is told once that the last day is near and once that it has passed;
// when the day is moved, anew.
func TestReminders(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	a, err := w.Create(ctx, "eva", good(), known)
	must(t, err)
	due := func(at string, want string) action.Reminder {
		t.Helper()
		w.now, err = time.Parse(time.RFC3339, at)
		must(t, err)
		all, err := w.Due(ctx)
		must(t, err)
		got, r := "", action.Reminder{}
		for _, d := range all {
			var ok bool
			if r, ok = d.Reminder(w.now); ok {
				got += r.ID()
			}
		}
		if got != want {
			t.Fatalf("%s: %q, want %q", at, got, want)
		}
		return r
	}
	due("2026-12-11T07:59:00+01:00", "")
	r := due("2026-12-11T08:00:00+01:00", "soon 2026-12-18")
	begin := func(r action.Reminder, want bool) {
		t.Helper()
		if _, first, err := w.Begin(ctx, a.ID, r); err != nil || first != want {
			t.Fatalf("begun: %v, %v", first, err)
		}
	}
	begin(r, true)
	begin(r, false) // another process
	must(t, w.Sent(ctx, a, r, survey.Text{SV: "Full.", EN: "Full."}, time.Hour))
	due("2026-12-11T08:59:00+01:00", "")
	due("2026-12-11T09:00:00+01:00", "soon 2026-12-18")
	begin(r, true)
	due("2026-12-18T12:00:00+01:00", "")
	r = due("2026-12-19T08:00:00+01:00", "late 2026-12-18")
	begin(r, true)
	due("2027-01-19T08:00:00+01:00", "")

	moved := good()
	moved.Due = "2027-06-30"
	a, err = w.Change(ctx, "eva", a.ID, 1, moved, known)
	must(t, err)
	due("2027-06-23T08:00:00+02:00", "soon 2027-06-30")
	due("2027-07-01T08:00:00+02:00", "late 2027-06-30") // nobody was reminded in between
	_, err = w.Follow(ctx, "eva", a.ID, 2, action.Done, "")
	must(t, err)
	due("2027-07-02T08:00:00+02:00", "")
}

// Who sets a last day that is near knows it; without an address nobody is told.
func TestNoNeedToRemind(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	near := good()
	near.Due = "2026-03-05"
	_, err := w.Create(ctx, "eva", near, known)
	must(t, err)
	bare := good()
	bare.Email = ""
	_, err = w.Create(ctx, "eva", bare, known)
	must(t, err)
	if all, err := w.Due(ctx); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
	n, err := w.Forget(ctx, func(a action.Action) bool { return a.Email == "eva@kommun.se" })
	if err != nil || n != 1 {
		t.Errorf("%d forgotten, %v", n, err)
	}
	w.now = w.now.AddDate(1, 0, 0)
	if all, err := w.Due(ctx); err != nil || len(all) != 0 {
		t.Errorf("without an address: %v, %v", all, err)
	}
}

func TestOutcome(t *testing.T) {
	figure := func(mean, se float64, n int) analysis.Figure {
		return analysis.Figure{Mean: mean, SE: se, N: n, CILow: mean - se, CIHigh: mean + se}
	}
	hidden := analysis.Figure{Suppressed: analysis.Small}
	it := action.Item{ID: "a.1", From: 1.8, Expected: 2.6}
	for name, tt := range map[string]struct {
		m    action.Measured
		want action.Outcome
	}{
		"at what was expected":   {action.OfRating(figure(1.8, .1, 20), figure(2.6, .1, 20)), action.Reached},
		"as it is written":       {action.OfRating(figure(1.8, .1, 20), figure(2.56, .1, 20)), action.Reached},
		"just short":             {action.OfRating(figure(1.8, .1, 20), figure(2.54, .1, 20)), action.OnTheWay},
		"higher, not confirmed":  {action.OfRating(figure(1.8, .4, 20), figure(2.2, .4, 20)), action.NotYet},
		"lower":                  {action.OfRating(figure(1.8, .1, 20), figure(1.2, .1, 20)), action.NotYet},
		"hidden now":             {action.OfRating(figure(1.8, .1, 20), hidden), action.NotShown},
		"hidden then":            {action.OfRating(hidden, figure(2.2, .1, 20)), action.NotYet},
		"hidden then, reached":   {action.OfRating(hidden, figure(3, .1, 20)), action.Reached},
		"fact reached":           {action.OfFact(2, 3, 4), action.Reached},
		"fact the same":          {action.OfFact(2, 2, 4), action.NotYet},
		"fact without level":     {action.OfFact(2, 0, 4), action.NotShown},
		"fact that had no level": {action.OfFact(0, 2, 4), action.NotYet},
		"nothing":                {action.Measured{}, action.NotShown},
	} {
		if got := it.Outcome(tt.m); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	higher := action.Item{ID: "a.2", Expected: 4}
	if got := higher.Outcome(action.OfFact(2, 3, 4)); got != action.OnTheWay {
		t.Errorf("a fact on the way: %s", got)
	}
	withFigures := figure(4, .1, 3)
	withFigures.Suppressed = analysis.Small
	for name, now := range map[string]analysis.Figure{"hidden": hidden, "hidden, with figures": withFigures, "nobody's": figure(4, .1, 0)} {
		if m := action.OfRating(figure(1.8, .1, 20), now); m != (action.Measured{}) {
			t.Errorf("a figure that is %s tells %+v", name, m)
		}
	}
	withFigures.Mean = 1
	for name, then := range map[string]analysis.Figure{"hidden, with figures": withFigures, "nobody's": figure(1, .1, 0)} {
		if m := action.OfRating(then, figure(2, .1, 20)); m.Rise {
			t.Errorf("a rise from a figure that is %s", name)
		}
	}
}

// There is an end to how many follow-ups one can have, so that a card can be read.
func TestFollowUpsHaveALimit(t *testing.T) {
	w := newWorld(t)
	a, err := w.Create(t.Context(), "eva", good(), known)
	must(t, err)
	for range action.MaxLog {
		a, err = w.Follow(t.Context(), "eva", a.ID, a.Revision, action.Underway, "x")
		must(t, err)
	}
	if _, err := w.Follow(t.Context(), "eva", a.ID, a.Revision, action.Underway, "x"); !fail.Is(err, fail.Invalid) {
		t.Errorf("one more: %v", err)
	}
}

func TestActionsOfAUnitHaveALimit(t *testing.T) {
	w := newWorld(t)
	for range action.MaxActions {
		_, err := w.Create(t.Context(), "eva", good(), known)
		must(t, err)
	}
	_, err := w.Create(t.Context(), "eva", good(), known)
	if e, ok := err.(*fail.Error); !ok || e.Code != fail.Invalid || e.Field != "unit" {
		t.Errorf("one more: %v", err)
	}
	for _, change := range []func(*action.Action){func(a *action.Action) { a.Unit = "o" }, func(a *action.Action) { a.Round = "2026" }} {
		a := good()
		change(&a)
		_, err := w.Create(t.Context(), "eva", a, known)
		must(t, err)
	}
}
