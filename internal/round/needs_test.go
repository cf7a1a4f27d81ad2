package round_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// TestLevelCounts of a round are for the one who plans: sealed in the store, in
// no document, and not there before the round is published.
func TestLevelCounts(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	for i := range 4 { // ten in a, and beside it: fewer are not planned for
		for _, unit := range []string{"a", "k"} {
			w.people = append(w.people, org.Person{ID: fmt.Sprintf("%s1%d", unit, i), Unit: unit, Roles: []org.Role{org.Enhetschef}})
		}
	}
	w.open(t, "2026")
	of := map[string]int{}
	for _, p := range w.people {
		w.answer(t, "2026", p.ID, survey.Answer(1+of[p.Unit]%2))
		of[p.Unit]++
	}
	r, err := w.Close(ctx, "sam", "2026")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.LevelCounts(ctx, r, "a"); !fail.Is(err, fail.Conflict) {
		t.Errorf("before it is published: %v", err)
	}
	if r, err = w.Publish(ctx, "sam", "2026"); err != nil {
		t.Fatal(err)
	}
	if counts, err := w.LevelCounts(ctx, r, "b"); err != nil || counts != nil {
		t.Errorf("counts of six people: %v, %v", counts, err)
	}
	const area = "kom.leda.mojligheter"
	counts, err := w.LevelCounts(ctx, r, "a")
	if err != nil {
		t.Fatal(err)
	}
	counts = slices.DeleteFunc(counts, func(c analysis.LevelCount) bool { return c.Item != area })
	if want := []analysis.LevelCount{{Item: area, Required: 3, Level: 1, People: 5}, {Item: area, Required: 3, Level: 2, People: 5}}; !slices.Equal(counts, want) {
		t.Errorf("counts %+v, want %+v", counts, want)
	}
	if _, err := w.LevelCounts(ctx, r, "unknown"); !fail.Is(err, fail.NotFound) {
		t.Errorf("of an unknown unit: %v", err)
	}
	stored, err := w.store.Document(ctx, r.ID, r.Analysis, "a")
	if err != nil || bytes.Contains(stored, []byte(`"required"`)) || !bytes.Contains(stored, []byte(`"needs"`)) {
		t.Errorf("stored in the clear, or not at all: %v", err)
	}
}
