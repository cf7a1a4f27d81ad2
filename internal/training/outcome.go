package training

import (
	"math"
	"slices"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/fail"
)

// Wish is what somebody plans with: how much may be spent, in kronor, and what
// each area counts (1 where it is not named, 0 for not at all).
type Wish struct {
	Budget   float64            `json:"budget"`
	Priority map[string]float64 `json:"priority,omitempty"`
}

// What a wish may be at the most.
const (
	MostBudget   = 100_000_000
	MostPriority = 3
)

var errBudget = fail.New(fail.Invalid, "Skriv budgeten i hela kronor, från 0 till 100 000 000, till exempel 250 000.",
	"Write the budget in whole kronor, from 0 to 100,000,000, for example 250,000.").At("budget")

// Check tells what is wrong with a wish, as a fail.Error at its field.
func (w Wish) Check() error {
	if !(w.Budget >= 0 && w.Budget <= MostBudget) || w.Budget != math.Trunc(w.Budget) {
		return errBudget
	}
	for area, p := range w.Priority {
		if !(p >= 0 && p <= MostPriority) || p != math.Trunc(p) {
			return fail.New(fail.Invalid, "Välj en av prioriteringarna i listan.", "Choose one of the priorities in the list.").At("prioritet." + area)
		}
	}
	return nil
}

// Outcome is a plan and what it does, area by area: what may be shown and stored.
// The levels that people have are not in it.
type Outcome struct {
	Effects  []Effect `json:"effects"`
	People   int      `json:"people"` // places, not persons
	Sessions int      `json:"sessions"`
	Hours    float64  `json:"hours"`
	Cost     float64  `json:"cost"`
	Steps    int      `json:"steps"`
	Areas    []Area   `json:"areas"` // that were planned for, in survey order
	Out      []Out    `json:"out,omitempty"`
}

// Area is one competence area before the plan and after it.
type Area struct {
	Item       string  `json:"item"`
	Rated      int     `json:"rated"`
	Below      int     `json:"below"`
	Steps      int     `json:"steps"`
	BelowAfter int     `json:"below_after"`
	StepsAfter int     `json:"steps_after"`
	Beyond     int     `json:"beyond"` // of StepsAfter, those that no activity closes whatever it costs
	Priority   float64 `json:"priority"`
}

// Out is a competence area that no plan may be worked out for.
type Out struct {
	Item   string `json:"item"`
	Reason Reason `json:"reason"`
}

// Reason is why an area is left out.
type Reason string

// The reasons (docs/method.md, Competence gap).
const (
	Hidden Reason = "hidden" // its figure is not shown
	Few    Reason = "few"    // fewer than ten have rated
	Alone  Reason = "alone"  // too few have the same required level, here or in the rest beside those planned for
)

// WorkOut returns the best plan for a unit: figures are those of its document, counts
// those of round.Service.LevelCounts, the catalogue in the order to be shown.
func WorkOut(figures []analysis.CompetenceFigure, counts []analysis.LevelCount, catalogue []Activity, w Wish) Outcome {
	needs := map[string]Need{}
	for _, c := range counts {
		n := needs[c.Item]
		n[c.Required-1][c.Level-1] += c.People
		needs[c.Item] = n
	}
	best := Best(needs, catalogue, w.Priority, w.Budget)
	all := Best(needs, catalogue, nil, math.Inf(1))
	o := Outcome{Effects: byWorth(best.Effects, w.Priority), People: best.People, Hours: best.Hours, Cost: best.Cost, Steps: best.Steps}
	for _, e := range best.Effects {
		o.Sessions += e.Sessions
	}
	for _, f := range figures {
		if _, ok := needs[f.Item]; !ok {
			o.Out = append(o.Out, Out{f.Item, reason(f)})
			continue
		}
		a := Area{Item: f.Item, Rated: f.Rated, Below: f.Below, Steps: f.Steps, Priority: weight(w.Priority, f.Item)}
		a.BelowAfter, a.StepsAfter = best.Left[f.Item].Below()
		_, a.Beyond = all.Left[f.Item].Below()
		o.Areas = append(o.Areas, a)
	}
	return o
}

// byWorth puts the effects in the order in which to begin: what closes most
// weighted steps for the money first, but in one area never ahead of what it builds
// on, which counts together with what it leads to.
func byWorth(effects []Effect, priority map[string]float64) (out []Effect) {
	left := slices.Clone(effects)
	for len(left) > 0 {
		next, best := 0, -1.0
		cost, yield := map[string]float64{}, map[string]float64{}
		first := map[string]int{}
		for i, e := range left {
			area := e.Activity.Area
			if _, begun := first[area]; !begun {
				first[area] = i
			}
			cost[area] += e.Cost
			yield[area] += float64(e.Steps) * weight(priority, area)
			worth := math.Inf(1)
			if cost[area] > 0 {
				worth = yield[area] / cost[area]
			}
			if worth > best {
				next, best = first[area], worth
			}
		}
		out, left = append(out, left[next]), slices.Delete(left, next, next+1)
	}
	return out
}

func reason(f analysis.CompetenceFigure) Reason {
	switch {
	case f.Suppressed != analysis.Shown:
		return Hidden
	case f.Rated < analysis.LeastDistribution:
		return Few
	}
	return Alone
}

// Missing returns how many steps the areas lack together, before the plan and
// after it.
func (o Outcome) Missing() (before, after int) {
	for _, a := range o.Areas {
		before, after = before+a.Steps, after+a.StepsAfter
	}
	return before, after
}

// Why tells why an area still lacks steps: "" where it lacks none.
func (a Area) Why() string {
	switch {
	case a.StepsAfter == 0:
		return ""
	case a.Beyond >= a.StepsAfter:
		return "activity"
	case a.Priority == 0:
		return "priority"
	case a.Beyond > 0:
		return "both"
	}
	return "budget"
}
