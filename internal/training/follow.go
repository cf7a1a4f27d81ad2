package training

import (
	"cmp"
	"maps"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/survey"
)

// Followed is what became of a gap that a plan was made for, in a later round.
type Followed struct {
	Area      // before, and as the plan has it
	Now       analysis.CompetenceFigure
	Verdict   Verdict
	Planned   bool // an activity of the plan is for the area
	HeldThere bool // and has been held
}

// Verdict is what the later round says of a gap.
type Verdict string

// The verdicts. A hidden figure, and one against another requirement, say nothing.
const (
	Closed       Verdict = "closed"  // nobody is below any longer
	Reached      Verdict = "reached" // it is as small as the plan has it, or smaller
	Smaller      Verdict = "smaller"
	Same         Verdict = "same"
	Larger       Verdict = "larger"
	NotShown     Verdict = "hidden"
	Incomparable Verdict = "changed" // the required levels are others
)

// Follow compares a saved plan's areas with the figures of the same unit in a
// later round; then and now are what the two rounds asked.
func Follow(p Saved, now []analysis.CompetenceFigure, then, asked *survey.Set) (out []Followed) {
	for _, a := range p.Areas {
		f := Followed{Area: a, Verdict: NotShown, Now: analysis.CompetenceFigure{Item: a.Item, Suppressed: analysis.None}}
		for _, e := range p.Effects {
			if e.Activity.Area == a.Item {
				_, held := p.Held[e.Activity.ID]
				f.Planned, f.HeldThere = true, f.HeldThere || held
			}
		}
		for _, g := range now {
			if g.Item == a.Item {
				f.Now = g
			}
		}
		switch {
		case f.Now.Suppressed != analysis.Shown:
		case !sameRequirement(a.Item, then, asked):
			f.Verdict = Incomparable
		default:
			if f.Verdict = verdict(a, f.Now); f.Verdict == Reached && !f.Planned {
				f.Verdict = Smaller
			}
		}
		out = append(out, f)
	}
	return out
}

func sameRequirement(item string, then, now *survey.Set) bool {
	a, ok := then.Item(item)
	b, both := now.Item(item)
	return ok && both && maps.Equal(a.Required, b.Required)
}

// verdict compares shares below, and with equal shares the steps missing per
// person, of different numbers of people without rounding.
func verdict(a Area, now analysis.CompetenceFigure) Verdict {
	than := func(below, steps int) (share, missing int) {
		return cmp.Compare(now.Below*a.Rated, below*now.Rated), cmp.Compare(now.Steps*a.Rated, steps*now.Rated)
	}
	share, missing := than(a.Below, a.Steps)
	planned, left := than(a.BelowAfter, a.StepsAfter)
	switch change := cmp.Or(share, missing); {
	case now.Below == 0:
		return Closed
	case change < 0 && planned <= 0 && left <= 0:
		return Reached
	case change < 0:
		return Smaller
	case change == 0:
		return Same
	}
	return Larger
}
