package training_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/training"
)

// outcome is a plan for a of fifteen people and b of ten, where c is not to be
// planned for.
func outcome(w training.Wish) training.Outcome {
	figures := []analysis.CompetenceFigure{
		{Item: "a", Rated: 15, Below: 12, Steps: 20}, {Item: "b", Rated: 10, Below: 4, Steps: 4},
		{Item: "c", Rated: analysis.LeastDistribution - 1, Below: 2, Steps: 2}, {Item: "d", Rated: analysis.LeastDistribution, Below: 2, Steps: 2}, {Item: "e", Suppressed: analysis.Small}}
	counts := []analysis.LevelCount{{Item: "a", Required: 4, Level: 2, People: 8}, {Item: "a", Required: 4, Level: 3, People: 4}, {Item: "a", Required: 4, Level: 4, People: 3},
		{Item: "b", Required: 3, Level: 2, People: 4}, {Item: "b", Required: 3, Level: 3, People: 6}}
	catalogue := []training.Activity{
		{ID: "a2", Area: "a", From: 2, To: 3, Seats: 10, Cost: 8000, Hours: 2}, {ID: "a3", Area: "a", From: 3, To: 4, Seats: 12, Cost: 1000, Hours: 1},
		{ID: "b2", Area: "b", From: 2, To: 3, Seats: 4, Cost: 2000, Hours: 1}, {ID: "c2", Area: "c", From: 1, To: 5, Seats: 4, Cost: 1, Hours: 1}}
	return training.WorkOut(figures, counts, catalogue, w)
}

func TestWorkOut(t *testing.T) {
	for _, c := range []struct {
		wish  training.Wish
		order string
		left  string // steps after, and why, of a and b
	}{
		{training.Wish{}, "[]", "20 budget, 4 budget"},
		{training.Wish{Budget: 3000}, "[a3 b2]", "16 budget, 0 "}, // a3 for the four at level 3
		{training.Wish{Budget: 11_000}, "[a2 a3 b2]", "0 , 0 "},   // a3 closes most for the money, but builds on a2: 20 steps for 9,000 together, against 4 for 2,000
		{training.Wish{Budget: 11_000, Priority: map[string]float64{"b": 0}}, "[a2 a3]", "0 , 4 priority"},
		{training.Wish{Budget: 2000, Priority: map[string]float64{"a": 3}}, "[a3]", "16 budget, 4 budget"},
	} {
		o := outcome(c.wish)
		order := []string{}
		for _, e := range o.Effects {
			order = append(order, e.Activity.ID)
		}
		left := fmt.Sprintf("%d %s, %d %s", o.Areas[0].StepsAfter, o.Areas[0].Why(), o.Areas[1].StepsAfter, o.Areas[1].Why())
		if fmt.Sprint(order) != c.order || left != c.left {
			t.Errorf("%+v: %v leaves %s, want %s and %s", c.wish, order, left, c.order, c.left)
		}
		if before, after := o.Missing(); before != 24 || after != 24-o.Steps {
			t.Errorf("%+v: %d steps before, %d after, %d closed", c.wish, before, after, o.Steps)
		}
	}
	want := []training.Out{{Item: "c", Reason: training.Few}, {Item: "d", Reason: training.Alone}, {Item: "e", Reason: training.Hidden}}
	if o := outcome(training.Wish{}); len(o.Areas) != 2 || !slices.Equal(o.Out, want) {
		t.Errorf("areas %+v, left out %+v, want %+v", o.Areas, o.Out, want)
	}
}

// Steps beyond every activity are not for money to close.
func TestBeyondTheCatalogue(t *testing.T) {
	figures := []analysis.CompetenceFigure{{Item: "a", Rated: 10, Below: 10, Steps: 20}}
	counts := []analysis.LevelCount{{Item: "a", Required: 4, Level: 2, People: 10}}
	catalogue := []training.Activity{{ID: "a2", Area: "a", From: 2, To: 3, Seats: 10, Cost: 8000, Hours: 2}}
	for budget, want := range map[float64]string{0: "both", 8000: "activity"} {
		if a := training.WorkOut(figures, counts, catalogue, training.Wish{Budget: budget}).Areas[0]; a.Why() != want || a.Beyond != 10 {
			t.Errorf("%v kr: %+v, %s, want %s", budget, a, a.Why(), want)
		}
	}
}

func TestFollow(t *testing.T) {
	asked := func(level int) *survey.Set {
		return survey.NewSet([]*survey.Questionnaire{{ID: "q", Themes: []*survey.Theme{{ID: "x"}}, Items: []*survey.Item{
			{ID: "a", Theme: "x", Kind: survey.Rating, Required: map[org.Role]int{org.Enhetschef: level}}}}})
	}
	area := training.Area{Item: "a", Rated: 20, Below: 10, Steps: 20, BelowAfter: 10, StepsAfter: 12}
	plan := training.Saved{Outcome: training.Outcome{Areas: []training.Area{area}, Effects: []training.Effect{{Activity: training.Activity{ID: "a2", Area: "a"}}}}}
	for _, c := range []struct {
		name                string
		rated, below, steps int
		want                training.Verdict
	}{
		{"nobody below", 40, 0, 0, training.Closed},
		{"as planned", 20, 10, 12, training.Reached},
		{"of twice as many", 40, 20, 24, training.Reached},
		{"fewer, but more steps left than planned", 20, 9, 18, training.Smaller},
		{"as many, fewer steps", 20, 10, 19, training.Smaller},
		{"the same", 10, 5, 10, training.Same},
		{"as many, more steps", 20, 10, 21, training.Larger},
		{"more", 20, 11, 11, training.Larger},
	} {
		f := training.Follow(plan, []analysis.CompetenceFigure{{Item: "a", Rated: c.rated, Below: c.below, Steps: c.steps}}, asked(3), asked(3))
		if len(f) != 1 || f[0].Verdict != c.want || !f[0].Planned || f[0].HeldThere {
			t.Errorf("%s: %+v, want %s", c.name, f, c.want)
		}
	}
	figure := []analysis.CompetenceFigure{{Item: "a", Rated: 20, Below: 9, Steps: 9}}
	if f := training.Follow(plan, figure, asked(3), asked(4)); f[0].Verdict != training.Incomparable {
		t.Errorf("another requirement: %s", f[0].Verdict)
	}
	if f := training.Follow(plan, nil, asked(3), asked(3)); f[0].Verdict != training.NotShown || f[0].Now.Suppressed == analysis.Shown {
		t.Errorf("no figure: %+v", f[0])
	}
	plan.Held = map[string]training.Held{"a2": {Day: "2026-01-01", People: 3}}
	if f := training.Follow(plan, figure, asked(3), asked(3)); !f[0].HeldThere {
		t.Error("what has been held is not told")
	}
	plan.Effects = nil
	if f := training.Follow(plan, figure, asked(3), asked(3)); f[0].Verdict != training.Smaller || f[0].Planned {
		t.Errorf("nothing was planned: %+v", f[0])
	}
}

func TestWishFaults(t *testing.T) {
	for name, c := range map[string]struct {
		w     training.Wish
		field string // "" for none
	}{
		"nothing":            {training.Wish{}, ""},
		"the most":           {training.Wish{Budget: training.MostBudget, Priority: map[string]float64{"a": 0, "b": training.MostPriority}}, ""},
		"one krona":          {training.Wish{Budget: 1}, ""},
		"less than nothing":  {training.Wish{Budget: -1}, "budget"},
		"more than the most": {training.Wish{Budget: training.MostBudget + 1}, "budget"},
		"half a krona":       {training.Wish{Budget: 0.5}, "budget"},
		"no number":          {training.Wish{Budget: math.NaN()}, "budget"},
		"priority too high":  {training.Wish{Priority: map[string]float64{"a": training.MostPriority + 1}}, "prioritet.a"},
		"priority too low":   {training.Wish{Priority: map[string]float64{"a": -1}}, "prioritet.a"},
		"half a priority":    {training.Wish{Priority: map[string]float64{"a": 1.5}}, "prioritet.a"},
		"priority no number": {training.Wish{Priority: map[string]float64{"a": math.NaN()}}, "prioritet.a"},
	} {
		if err := c.w.Check(); c.field != "" {
			fault(t, name, err, fail.Invalid, c.field)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
