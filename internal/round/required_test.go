package round_test

import (
	"maps"
	"testing"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// A round is opened with the levels that the nearest unit requires, and keeps them.
func TestRequiredLevels(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	const area = "kom.digital.data"
	all := func(level int) survey.Requirements {
		it, _ := w.set.Item(area)
		levels := map[org.Role]int{}
		for _, role := range survey.RolesAsked(it) {
			levels[role] = level
		}
		return survey.Requirements{area: levels}
	}
	opened := func(id, top string) map[org.Role]int {
		t.Helper()
		w.draft(t, round.Round{ID: id, Top: top, OpensOn: id + "-11-02", ClosesOn: id + "-11-23"})
		r, err := w.Open(ctx, "sam", id, w.set, w.units, w.people)
		if err != nil {
			t.Fatal(err)
		}
		set, err := w.Set(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		it, _ := set.Item(area)
		return it.Required
	}
	own, _ := w.set.Item(area)
	if got := opened("2026", ""); !maps.Equal(got, own.Required) {
		t.Errorf("nobody has changed them: %v, the questionnaire has %v", got, own.Required)
	}
	for unit, level := range map[string]int{"k": 2, "b": 5} {
		if err := w.SetRequired(ctx, "hr", unit, w.set, all(level), ""); err != nil {
			t.Fatal(err)
		}
	}
	for id, c := range map[string]struct {
		top  string
		want int
	}{"2027": {"a", 2}, "2028": {"b", 5}} {
		if got := opened(id, c.top); !maps.Equal(got, all(c.want)[area]) {
			t.Errorf("a round of %s requires %v, want %d", c.top, got, c.want)
		}
	}
	if err := w.SetRequired(ctx, "hr", "b", w.set, nil, card.Seal(all(5))); err != nil {
		t.Fatal(err)
	}
	if _, of, err := w.Required(ctx, []string{"k", "b"}); err != nil || of != "k" {
		t.Errorf("b's own are taken away: those of %q apply, %v", of, err)
	}
	for name, change := range map[string]func(map[org.Role]int){
		"one role without": func(l map[org.Role]int) { delete(l, org.Enhetschef) },
		"level 0":          func(l map[org.Role]int) { l[org.Enhetschef] = 0 },
		"level 6":          func(l map[org.Role]int) { l[org.Enhetschef] = 6 },
		"no manager":       func(l map[org.Role]int) { l[org.Samordnare] = 3 },
	} {
		levels := all(3)
		change(levels[area])
		if err := w.SetRequired(ctx, "hr", "k", w.set, levels, card.Seal(all(2))); !fail.Is(err, fail.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
