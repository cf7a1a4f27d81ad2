package analysis_test

import (
	"math"
	"slices"
	"testing"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// TestWelch works docs/method.md, Change between years, by hand: standard
// errors 0.3 and 0.4 give 0.5, and df = 0.25²/(0.09²/9 + 0.16²/16).
func TestWelch(t *testing.T) {
	c := analysis.Welch(2, .3, 10, 3.2, .4, 17)
	const df = 25
	isNear(t, "delta", c.Delta, 1.2)
	isNear(t, "se", c.SE, .5)
	isNear(t, "df", c.DF, df)
	isNear(t, "low", c.CILow, 1.2-2.059538552753294*.5) // t(0.975, 25)
	if !c.Confirmed {
		t.Error("1.2 ± 1.03 is not confirmed")
	}
	for _, c := range []struct {
		m1, se1, m2, se2 float64
		confirmed        bool
		df               float64
	}{
		{2, .3, 2.5, .4, false, df},
		{3.2, .3, 2, .4, true, df},
		{2, .3, 2.1, .4, false, df},
		{2.1, .3, 2, .4, false, df},
		{2, .03, 2.1, .04, false, df}, // 0.1 ± 0.103
		{2.1, .03, 2, .04, false, df},
		{2, .03, 2.11, .04, true, df},
		{2.11, .03, 2, .04, true, df},
		{2, 0, 3, .4, true, 16},
		{2, 0, 2.001, 0, true, 0},
		{2, 0, 2, 0, false, 0},
		{2, 0, 2 + 1e-10, 0, false, 0}, // the same number by two sums
	} {
		got := analysis.Welch(c.m1, c.se1, 10, c.m2, c.se2, 17)
		if got.Confirmed != c.confirmed || math.Abs(got.DF-c.df) > 1e-9 || got.CILow > got.Delta || got.CIHigh < got.Delta {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

// TestPossibleRanks is docs/method.md, Possible rank.
func TestPossibleRanks(t *testing.T) {
	f := func(mean, se float64) analysis.Figure { return analysis.Figure{Mean: mean, SE: se, N: 1001} }
	hidden := analysis.Figure{Suppressed: analysis.Small}
	for _, c := range []struct {
		name    string
		figures []analysis.Figure
		want    []analysis.Rank
	}{
		{"none", nil, []analysis.Rank{}},
		{"alone", []analysis.Figure{f(3, .1)}, []analysis.Rank{{1, 1}}},
		{"no difference confirmed", []analysis.Figure{f(3, .1), f(3.1, .1), f(2.9, .1)}, []analysis.Rank{{1, 3}, {1, 3}, {1, 3}}},
		{"all certain", []analysis.Figure{f(3, 0), f(4, 0), f(2, 0)}, []analysis.Rank{{2, 2}, {1, 1}, {3, 3}}},
		{"certain and equal", []analysis.Figure{f(3, 0), f(3, 0), f(2, 0)}, []analysis.Rank{{1, 2}, {1, 2}, {3, 3}}},
		{"one apart", []analysis.Figure{f(3, .1), f(3.1, .1), f(4.5, .1)}, []analysis.Rank{{2, 3}, {2, 3}, {1, 1}}},
		{"hidden take no part", []analysis.Figure{hidden, f(2, 0), hidden, f(4, 0)}, []analysis.Rank{{}, {2, 2}, {}, {1, 1}}},
		// t = 2.2, p = 0.028: confirmed alone, not among three pairs (0.05/3).
		{"a pair", []analysis.Figure{f(3, .1), f(3+.22*math.Sqrt2, .1)}, []analysis.Rank{{2, 2}, {1, 1}}},
		{"the same pair of three", []analysis.Figure{f(3, .1), f(3+.22*math.Sqrt2, .1), f(3.1, .1)}, []analysis.Rank{{1, 3}, {1, 3}, {1, 3}}},
		// Holm's second step: after two certain pairs the last is tested at 5 %.
		{"Holm's steps", []analysis.Figure{f(3, .1), f(3+.22*math.Sqrt2, .1), f(5, 0)}, []analysis.Rank{{3, 3}, {2, 2}, {1, 1}}},
	} {
		if got := analysis.PossibleRanks(c.figures); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// twoRounds is a unit tree r > a, b with five people in each child.
func twoRounds(t *testing.T, set *survey.Set, unitB string, opt analysis.Options, level string) *analysis.Result {
	var sheets []sheet
	for _, u := range []string{"a", unitB} {
		for range 5 {
			sheets = append(sheets, sheet{u, chef, level})
		}
	}
	return analyse(t, set, tree(t, "r", "a r", unitB+" r"), opt, sheets...)
}

// TestPrevious: what a document tells of the round before, and that statistics
// compare only where they are made of the same items.
func TestPrevious(t *testing.T) {
	set := func(items ...*survey.Item) *survey.Set {
		return survey.NewSet([]*survey.Questionnaire{questionnaire("q", items...)})
	}
	first := set(item("q.x.1", "x"), item("q.y.1", "y"), item("q.y.old", "y"))
	second := set(item("q.x.1", "x"), item("q.y.1", "y"), item("q.y.new", "y"))
	then := twoRounds(t, first, "b", analysis.Options{Round: "2025", MinGroup: 5}, "222")
	now := twoRounds(t, second, "c", analysis.Options{Round: "2026", MinGroup: 5, Successors: map[string]string{"b": "c"}}, "444")

	before := then.Document("r", nil)
	d := now.Document("r", &before)
	var changed []string
	for _, c := range d.Previous.Changes {
		changed = append(changed, c.ID)
		if c.Delta != 2 || !c.Confirmed {
			t.Errorf("change %+v", c)
		}
	}
	if want := []string{"q.x", "q.x.1", "q.y.1"}; !slices.Equal(changed, want) {
		t.Errorf("changes in %v, want %v", changed, want)
	}
	if d.Round != "2026" || d.Previous.Round != "2025" || d.Previous.Submitted != 10 || d.Previous.RootTotal.Mean != 2 {
		t.Errorf("previous %+v", d.Previous)
	}
	for _, id := range []string{"a", "c"} { // c followed b
		child, _ := d.Child(id)
		if c, ok := child.Change("q.x"); !ok || c.Delta != 2 || len(child.Changes) != 1 {
			t.Errorf("%s: changes %+v", id, child.Changes)
		}
	}
	merged := twoRounds(t, second, "c", analysis.Options{MinGroup: 5, Successors: map[string]string{"b": "c", "a": "c"}}, "444")
	before = then.Document("r", nil)
	d = merged.Document("r", &before)
	if c, _ := d.Child("c"); c.Changes != nil {
		t.Errorf("c followed two units, yet changes by %+v", c.Changes)
	}
	before = then.Document("b", nil)
	d = now.Document("c", &before)
	if c, ok := d.Previous.Change("q.x.1"); !ok || c.Delta != 2 || d.Previous.RootTotal.Mean != 2 || d.Previous.Unit.ID != "b" {
		t.Errorf("successor: %+v", d.Previous)
	}
	hidden := twoRounds(t, second, "b", analysis.Options{MinGroup: 6}, "444")
	d = hidden.Document("a", &before)
	if d.Previous.Changes != nil {
		t.Errorf("changes of a hidden unit: %+v", d.Previous.Changes)
	}
}

// TestSignature: a mean also moves by weights and by what don't know counts as.
func TestSignature(t *testing.T) {
	of := func(change func(*survey.Item)) map[string]string {
		set := survey.NewSet([]*survey.Questionnaire{questionnaire("q", item("q.x.1", "x"), with(item("q.x.2", "x"), change))})
		d := analysis.New(set, tree(t, "r"), analysis.Options{}).Result().Document("r", nil)
		return d.Signature
	}
	same := of(func(*survey.Item) {})
	for name, c := range map[string]struct {
		change func(*survey.Item)
		theme  bool
		item   bool
	}{
		"target":     {func(it *survey.Item) { it.Target = 5 }, true, true},
		"weight":     {func(it *survey.Item) { it.Weight = 2 }, false, true},
		"don't know": {func(it *survey.Item) { it.DontKnow = survey.Level1 }, false, false},
		"kind":       {func(it *survey.Item) { it.Kind = survey.Fact }, false, true},
		"roles":      {func(it *survey.Item) { it.Roles = []org.Role{org.Enhetschef} }, true, true},
	} {
		got := of(c.change)
		if (got["theme q.x"] == same["theme q.x"]) != c.theme || (got["item q.x.2"] == same["item q.x.2"]) != c.item {
			t.Errorf("%s: %v against %v", name, got, same)
		}
	}
}
