package review_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/review"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
	"github.com/mognad/mognad/surveys"
)

const fact = "led.strategi.antagen"

type world struct {
	*review.Service
	log   *trail.Log
	store *sqlite.Store
}

func newWorld(t *testing.T) *world {
	t.Helper()
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { now = now.Add(time.Second); return now }
	log := trail.New(st, keys.New(), clock)
	return &world{review.New(st, log, clock), log, st}
}

// set stores a review, replacing the one that stands.
func (w *world) set(t *testing.T, item string, r review.Review) {
	t.Helper()
	all, err := w.Of(t.Context(), "2026")
	if err == nil {
		err = w.Set(t.Context(), "rev", "kommun", "2026", item, all[item].Version(), r)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) get(t *testing.T, item string) review.Review {
	t.Helper()
	all, err := w.Of(t.Context(), "2026")
	if err != nil {
		t.Fatal(err)
	}
	return all[item]
}

// TestSetAndRemove: a review is of one fact in one round, is told in the log, and
// nobody's is written over unseen.
func TestSetAndRemove(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.set(t, "sty.mal.matbara", review.Review{Level: 2})
	w.set(t, fact, review.Review{Level: 3, Note: "Sedd"})
	first := w.get(t, fact)
	if first.Level != 3 || first.By != "rev" || first.At.IsZero() || first.Note != "Sedd" {
		t.Fatalf("stored %+v", first)
	}
	if all, err := w.Of(ctx, "2025"); err != nil || len(all) != 0 {
		t.Errorf("of another round: %v, %v", all, err)
	}
	for _, version := range []string{"", "2026-01-01T00:00:00Z"} {
		if err := w.Set(ctx, "other", "kommun", "2026", fact, version, review.Review{Level: 5}); !fail.Is(err, fail.Conflict) {
			t.Errorf("over version %q: %v", version, err)
		}
		if err := w.Remove(ctx, "other", "kommun", "2026", fact, version); !fail.Is(err, fail.Conflict) {
			t.Errorf("away with version %q: %v", version, err)
		}
	}
	w.set(t, fact, review.Review{Level: 4})
	if err := w.Remove(ctx, "rev", "kommun", "2026", fact, first.Version()); !fail.Is(err, fail.Conflict) {
		t.Errorf("away as it was: %v", err)
	}
	if err := w.Remove(ctx, "rev", "kommun", "2026", fact, w.get(t, fact).Version()); err != nil {
		t.Fatal(err)
	}
	if w.get(t, fact).Level != 0 || w.get(t, "sty.mal.matbara").Level != 2 {
		t.Error("the wrong one was removed")
	}
	var told []string
	for e, err := range w.log.Events(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, e.Action+" "+e.Round+" "+e.Subject+" "+e.Detail)
	}
	if got, want := strings.Join(told, ", "), "review.remove 2026 "+fact+" , review.set 2026 "+fact+" 4, review.set 2026 "+fact+" 3, review.set 2026 sty.mal.matbara 2"; got != want {
		t.Errorf("log %s, want %s", got, want)
	}
}

func TestFaultyReviews(t *testing.T) {
	w := newWorld(t)
	for field, r := range map[string]review.Review{"level": {Level: 6}, "note": {Level: 3, Note: strings.Repeat("å", review.MaxNote+1)}} {
		if err := w.Set(t.Context(), "rev", "kommun", "2026", fact, "", r); !fail.Is(err, fail.Invalid) {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := w.Set(t.Context(), "rev", "kommun", "2026", fact, "", review.Review{}); !fail.Is(err, fail.Invalid) {
		t.Errorf("no level: %v", err)
	}
	w.set(t, fact, review.Review{Level: 1, Note: strings.Repeat("å", review.MaxNote)})
	w.set(t, fact, review.Review{Level: survey.Levels})
}

// TestVerdict: a reviewed fact counts in full where something named is current,
// as it was when it was named; without it, and unreviewed, no more than the rule
// lets it.
func TestVerdict(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	set, err := survey.LoadDir(surveys.FS)
	if err != nil {
		t.Fatal(err)
	}
	rule, err := audit.Load(surveys.FS, set)
	if err != nil {
		t.Fatal(err)
	}
	reg := register.New(w.store, w.log)
	strategy := register.Entry{ID: "strategi", Unit: "kommun", Kind: register.Document, Name: "Strategi", Status: register.Decided, Decided: "2025-03-24"}
	if err := reg.Save(ctx, "sam", register.Change{Is: strategy}); err != nil {
		t.Fatal(err)
	}
	doc := &analysis.Document{MinGroup: 5, Facts: []analysis.FactFigure{{Item: fact, N: 3, Level: 4}}}
	of := func() audit.RequirementVerdict {
		all, err := w.Of(ctx, "2026")
		if err != nil {
			t.Fatal(err)
		}
		return review.Verdict(rule, doc, "2026-11-30", all).Questions[0].Requirements[0]
	}
	if f := of(); f.Item != fact || f.Level != 4 || f.Basis != audit.Stated || f.CountsAs != 2 {
		t.Errorf("unreviewed: %+v", f)
	}
	w.set(t, fact, review.Review{Level: 3})
	if f := of(); f.Level != 3 || f.Basis != audit.Verified || f.CountsAs != 2 || f.Capped != audit.CapNoEvidence {
		t.Errorf("nothing named: %+v", f)
	}
	r := review.Review{Level: 3}
	r.Name(strategy)
	w.set(t, fact, r)
	seen := strategy.Seal()
	strategy.Status = register.Repealed
	if err := reg.Save(ctx, "sam", register.Change{Is: strategy, Seen: seen}); err != nil {
		t.Fatal(err)
	}
	if f := of(); f.CountsAs != 3 || len(f.Evidence) != 1 || f.Evidence[0].Name != "Strategi" || f.Evidence[0].State != audit.Current {
		t.Errorf("named and current: %+v", f)
	}
	doc.Facts = nil // nobody answered, yet a reviewer has seen it
	if f := of(); f.CountsAs != 3 {
		t.Errorf("unanswered and reviewed: %+v", f)
	}
}
