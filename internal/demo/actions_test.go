package demo

import (
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/recommend"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/surveys"
)

// The story's three actions are under way, from the levels that it tells of; each
// takes up a recommendation that the figures do trigger, and built twice none is
// there twice.
func TestActions(t *testing.T) {
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	set, err := survey.LoadDir(surveys.FS)
	if err != nil {
		t.Fatal(err)
	}
	book, err := recommend.Load(surveys.FS, set)
	if err != nil {
		t.Fatal(err)
	}
	ring, clock := keys.New(), func() time.Time { return today }
	for range 2 {
		if err := Build(t.Context(), st, ring, set, today); err != nil {
			t.Fatal(err)
		}
		if err := st.SetSetting(t.Context(), builtKey, ""); err != nil { // as if it had been cut off at the end
			t.Fatal(err)
		}
	}
	rounds := round.NewService(st, ring, clock)
	all, err := action.New(st, rounds.Log(), clock).All(t.Context(), func(action.Action) bool { return true })
	if err != nil || len(all) != 3 {
		t.Fatalf("%d actions, %v", len(all), err)
	}
	from := map[string]float64{"sty.prioritering.helhet": 2, "sty.uppfoljning.effekt": 1.8, "kom.leda.mojligheter": 2.7}
	for _, a := range all {
		if a.Status != action.Underway || a.Late(today.Format(time.DateOnly)) || math.Abs(a.Items[0].From-from[a.Items[0].ID]) > 0.11 {
			t.Errorf("%s: %s, %+v", a.Title, a.Status, a.Items)
		}
		for i := 1; i < len(a.Log); i++ {
			if !a.Log[i-1].At.Before(a.Log[i].At) {
				t.Errorf("%s: follow-ups out of order", a.Title)
			}
		}
		if len(a.Log) < 2 {
			t.Errorf("%s: %d follow-ups", a.Title, len(a.Log))
		}
		r, ok := book.Find(a.Recommendation)
		if !ok || len(r.Items) == 0 {
			t.Errorf("%s takes up %q, which is not there", a.Title, a.Recommendation)
		}
	}
	r, err := rounds.Round(t.Context(), "2025")
	if err != nil {
		t.Fatal(err)
	}
	d, err := rounds.Document(t.Context(), r, "utbildning")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(book.Trigger(d, nil)); n < 10 {
		t.Errorf("%d recommendations in barn och utbildning", n)
	}
}
