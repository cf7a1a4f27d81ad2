package training_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
	"github.com/mognad/mognad/internal/training"
	"github.com/mognad/mognad/surveys"
)

// service keeps the shipped catalogue's first two areas with two activities each,
// on 2 March 2026.
func service(t *testing.T) (s *training.Service, shipped []training.Activity, logged func() string) {
	t.Helper()
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	must(t, err)
	t.Cleanup(func() { st.Close() })
	set, err := survey.LoadDir(surveys.FS, "insatser.yaml", "register.yaml", "rekommendationer.yaml")
	must(t, err)
	of := func(id, area string, from int) training.Activity {
		title := survey.Text{SV: id, EN: id}
		return training.Activity{ID: id, Area: area, From: from, To: from + 1, Title: title, Form: title, Hours: 2, Seats: 10, Cost: 1000}
	}
	c := &training.Catalogue{Activities: []training.Activity{of("a1", "kom.digital.data", 1), of("a2", "kom.digital.data", 2), of("b1", "kom.digital.upphandling", 1), of("b2", "kom.digital.upphandling", 2)}}
	now := func() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }
	return training.NewService(st, trail.New(st, keys.New(), now), set, c, now), c.Activities, func() string {
		var out []string
		for e, err := range st.Log(t.Context()) {
			must(t, err)
			out = append(out, e.Action+" "+e.Unit)
		}
		slices.Reverse(out) // the log is read from its end
		return strings.Join(out, ", ")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fault fails the test unless err is a fault of the code at the field.
func fault(t *testing.T, name string, err error, code fail.Code, field string) {
	t.Helper()
	if e, ok := err.(*fail.Error); !ok || e.Code != code || e.Field != field {
		t.Errorf("%s: %v, want %v at %q", name, err, code, field)
	}
}

// names are those of the catalogue that applies to the unit that path ends in.
func names(t *testing.T, s *training.Service, path ...string) string {
	t.Helper()
	all, of, err := s.Activities(t.Context(), path)
	must(t, err)
	var out []string
	for _, a := range all {
		out = append(out, a.Title.SV)
	}
	return of + ": " + strings.Join(out, " ")
}

// The first change makes a catalogue the unit's own, below which it applies, until
// it is restored. What another has changed meanwhile is neither overwritten, nor
// removed, nor restored.
func TestOwnCatalogue(t *testing.T) {
	s, shipped, logged := service(t)
	ctx, k, f := t.Context(), []string{"k"}, []string{"k", "f"}
	change := func(want string, path ...string) {
		t.Helper()
		if got := names(t, s, path...); got != want {
			t.Fatalf("%v has %q, want %q", path, got, want)
		}
	}
	change(": a1 a2 b1 b2", f...)
	a := shipped[1]
	a.Title.SV = "A2"
	_, err := s.SaveActivity(ctx, "hr", k, a, "")
	fault(t, "changed unseen", err, fail.Conflict, "")
	_, err = s.SaveActivity(ctx, "hr", k, a, card.Seal(shipped[1]))
	must(t, err)
	change("k: a1 A2 b1 b2", f...)
	_, err = s.SaveActivity(ctx, "hr", k, a, card.Seal(shipped[1]))
	fault(t, "changed by another", err, fail.Conflict, "")
	fault(t, "removed by one who saw another", s.RemoveActivity(ctx, "hr", k, "a2", card.Seal(shipped[1])), fail.Conflict, "")
	must(t, s.RemoveActivity(ctx, "hr", f, "a2", card.Seal(a)))
	change("f: a1 b1 b2", f...)
	change("k: a1 A2 b1 b2", k...)
	must(t, s.RemoveActivity(ctx, "hr", f, "a1", card.Seal(shipped[0])))
	change("f: b1 b2", f...)
	fault(t, "removed already", s.RemoveActivity(ctx, "hr", f, "a2", card.Seal(a)), fail.NotFound, "")
	_, err = s.SaveActivity(ctx, "hr", f, a, card.Seal(a))
	fault(t, "changed when it is gone", err, fail.NotFound, "")

	fresh := a
	fresh.ID, fresh.Title.SV = "", "ny"
	fresh, err = s.SaveActivity(ctx, "hr", f, fresh, "")
	must(t, err)
	change("f: b1 b2 ny", f...)
	if got, err := s.Activity(ctx, f, fresh.ID); err != nil || got.Title.SV != "ny" {
		t.Errorf("the new one: %+v, %v", got, err)
	}
	_, err = s.Activity(ctx, k, fresh.ID)
	fault(t, "the new one in the unit above", err, fail.NotFound, "")

	own, _, err := s.Activities(ctx, f)
	must(t, err)
	fault(t, "restored by one who saw another", s.Reset(ctx, "hr", "f", card.Seal(shipped)), fail.Conflict, "")
	must(t, s.Reset(ctx, "hr", "f", card.Seal(own)))
	change("k: a1 A2 b1 b2", f...)
	must(t, s.Reset(ctx, "hr", "f", "")) // by one who did not know that it had been
	again, _, err := s.Activities(ctx, k)
	must(t, err)
	must(t, s.Reset(ctx, "hr", "k", card.Seal(again)))
	change(": a1 a2 b1 b2", f...)
	first := shipped[0]
	first.Title.SV = "A1"
	_, err = s.SaveActivity(ctx, "hr", k, first, card.Seal(again))
	fault(t, "the first, changed unseen", err, fail.Conflict, "")
	_, err = s.SaveActivity(ctx, "hr", k, first, card.Seal(shipped[0]))
	must(t, err)
	change("k: A1 a2 b1 b2", k...)
	if got, want := logged(), "training.save k, training.remove f, training.remove f, training.save f, training.reset f, training.reset f, training.reset k, training.save k"; got != want {
		t.Errorf("the log has %s, want %s", got, want)
	}
}

// An area holds as many activities as every choice of can be tried.
func TestAreaHasALimit(t *testing.T) {
	s, shipped, _ := service(t)
	a := shipped[0]
	for n := 2; n < training.MostInArea; n++ {
		a.ID, a.Title.SV = "", fmt.Sprint("ny ", n)
		_, err := s.SaveActivity(t.Context(), "hr", []string{"k"}, a, "")
		must(t, err)
	}
	a.ID = ""
	_, err := s.SaveActivity(t.Context(), "hr", []string{"k"}, a, "")
	fault(t, "one more", err, fail.Invalid, "area")
	a = shipped[1]
	a.Hours = 3
	_, err = s.SaveActivity(t.Context(), "hr", []string{"k"}, a, card.Seal(shipped[1]))
	must(t, err) // it is there already
	a = shipped[3]
	a.Area = shipped[0].Area
	_, err = s.SaveActivity(t.Context(), "hr", []string{"k"}, a, card.Seal(shipped[3]))
	fault(t, "moved into a full area", err, fail.Invalid, "area")
}

func TestSaveFaults(t *testing.T) {
	s, shipped, _ := service(t)
	a := shipped[0]
	a.Title.EN = ""
	_, err := s.SaveActivity(t.Context(), "hr", []string{"k"}, a, card.Seal(shipped[0]))
	fault(t, "no title in English", err, fail.Invalid, "title_en")
	if e, ok := err.(*fail.Error); ok && (e.SV[:1] != strings.ToUpper(e.SV[:1]) || !strings.HasSuffix(e.SV, ".")) {
		t.Errorf("%q is no sentence", e.SV)
	}
	if got := names(t, s, "k"); got != ": a1 a2 b1 b2" {
		t.Errorf("stored all the same: %s", got)
	}
}

// saved is a plan of the activities, not yet saved.
func saved(name string, activities ...training.Activity) training.Saved {
	p := training.Saved{Name: name, Round: "2025", Unit: "k"}
	for _, a := range activities {
		p.Effects = append(p.Effects, training.Effect{Activity: a, People: 3, Sessions: 1})
	}
	return p
}

func TestPlansAreKept(t *testing.T) {
	s, shipped, logged := service(t)
	ctx := t.Context()
	for name, c := range map[string]struct {
		p     training.Saved
		field string
	}{"no name": {saved("", shipped[0]), "namn"}, "a long name": {saved(strings.Repeat("å", 81), shipped[0]), "namn"}, "no activity": {saved("x"), "budget"}} {
		_, err := s.Save(ctx, "hr", c.p)
		fault(t, name, err, fail.Invalid, c.field)
	}
	long, err := s.Save(ctx, "hr", saved(strings.Repeat("å", 80), shipped[0]))
	must(t, err)
	p, err := s.Save(ctx, "hr", saved("En plan", shipped[0], shipped[2]))
	must(t, err)
	if p.At != "2026-03-02" || p.ID == "" || p.ID == long.ID {
		t.Errorf("%+v", p)
	}
	if all, err := s.Plans(ctx, "2025"); err != nil || len(all) != 2 {
		t.Errorf("%d plans, %v", len(all), err)
	}
	if all, err := s.Plans(ctx, "202"); err != nil || len(all) != 0 {
		t.Errorf("%d plans of another round, %v", len(all), err)
	}
	must(t, s.Remove(ctx, "hr", p))
	_, err = s.Plan(ctx, "2025", p.ID)
	fault(t, "a removed plan", err, fail.NotFound, "")
	_, err = s.Plan(ctx, "2025", long.ID)
	must(t, err)
	if got, want := logged(), "plan.save k, plan.save k, plan.remove k"; got != want {
		t.Errorf("the log has %s, want %s", got, want)
	}
}

func TestPlansHaveALimit(t *testing.T) {
	s, shipped, _ := service(t)
	for n := range 200 {
		_, err := s.Save(t.Context(), "hr", saved(fmt.Sprint("plan ", n), shipped[0]))
		must(t, err)
	}
	_, err := s.Save(t.Context(), "hr", saved("en till", shipped[0]))
	fault(t, "one more", err, fail.Invalid, "namn")
}

func TestHeld(t *testing.T) {
	s, shipped, logged := service(t)
	ctx := t.Context()
	p, err := s.Save(ctx, "hr", saved("En plan", shipped[0], shipped[2]))
	must(t, err)
	for name, c := range map[string]struct {
		h     training.Held
		field string // "" for none
	}{
		"no day":           {training.Held{Day: "", People: 3}, "dag"},
		"no such day":      {training.Held{Day: "2026-02-30", People: 3}, "dag"},
		"tomorrow":         {training.Held{Day: "2026-03-03", People: 3}, "dag"},
		"today":            {training.Held{Day: "2026-03-02", People: 3}, ""},
		"the last century": {training.Held{Day: "1999-12-31", People: 3}, "dag"},
		"this century":     {training.Held{Day: "2000-01-01", People: 3}, ""},
		"nobody":           {training.Held{Day: "2026-03-01", People: 0}, "antal"},
		"one":              {training.Held{Day: "2026-03-01", People: 1}, ""},
		"the most":         {training.Held{Day: "2026-03-01", People: 100_000}, ""},
		"more":             {training.Held{Day: "2026-03-01", People: 100_001}, "antal"},
	} {
		err := s.MarkHeld(ctx, "hr", "2025", p.ID, "b1", c.h)
		if c.field != "" {
			fault(t, name, err, fail.Invalid, c.field)
			continue
		}
		must(t, err)
		if got, err := s.Plan(ctx, "2025", p.ID); err != nil || len(got.Held) != 1 || got.Held["b1"] != c.h {
			t.Errorf("%s: %+v, %v", name, got.Held, err)
		}
	}
	h := training.Held{Day: "2026-03-01", People: 4}
	fault(t, "not in the plan", s.MarkHeld(ctx, "hr", "2025", p.ID, "a2", h), fail.NotFound, "")
	fault(t, "no such plan", s.MarkHeld(ctx, "hr", "2025", "x", "b1", h), fail.NotFound, "")
	must(t, s.MarkHeld(ctx, "hr", "2025", p.ID, "a1", h))
	must(t, s.MarkHeld(ctx, "hr", "2025", p.ID, "b1", training.Held{}))
	if got, err := s.Plan(ctx, "2025", p.ID); err != nil || len(got.Held) != 1 || got.Held["a1"] != h {
		t.Errorf("one taken back: %+v, %v", got.Held, err)
	}
	if got, want := logged(), "plan.save k"+strings.Repeat(", plan.held k", 6); got != want {
		t.Errorf("the log has %s, want %s", got, want)
	}
}
