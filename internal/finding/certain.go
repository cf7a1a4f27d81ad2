package finding

import (
	"math"
	"slices"

	"github.com/mognad/mognad/internal/analysis"
)

// Versus is a unit's difference from another, in levels: the unit's mean less
// the other's, as docs/method.md, Change between years, compares two rounds.
// Where the unit is a part of the other (a förvaltning of its kommun) the test
// takes them as apart, which makes the interval too wide rather than too narrow:
// with w the unit's share of the people, the true variance of the difference is
// (1−w)²·(se² of the unit + se² of the rest), the one used is
// (1+w²)·(se² of the unit) + (1−w)²·(se² of the rest). So what is called higher
// or lower here would also be so by the exact test.
// ok is false where one of the two is not shown.
func Versus(unit, other analysis.Figure) (diff analysis.Change, ok bool) {
	if unit.Suppressed != analysis.Shown || other.Suppressed != analysis.Shown || unit.N == 0 || other.N == 0 {
		return analysis.Change{}, false
	}
	diff = analysis.Welch(other.Mean, other.SE, other.N, unit.Mean, unit.SE, unit.N)
	diff.Level, diff.ID = unit.Level, unit.ID
	return diff, true
}

// Extremes returns the statistics that can be the highest and those that can be
// the lowest: by docs/method.md, Possible rank, taken over the statistics of one
// unit instead of over units. Figures that are shown alike stand together, so
// that no sentence tells apart what the page does not. The people are the same
// in all of them; their answers go together more often than against each other,
// and then the test is on the careful side.
func Extremes(figures []analysis.Figure) (highest, lowest []analysis.Figure) {
	var shown []analysis.Figure
	for _, f := range figures {
		if f.Suppressed == analysis.Shown {
			shown = append(shown, f)
		}
	}
	top, bottom := math.Inf(-1), math.Inf(1)
	for _, f := range shown {
		top, bottom = max(top, tenths(f.Mean)), min(bottom, tenths(f.Mean))
	}
	for i, place := range analysis.PossibleRanks(shown) {
		f := shown[i]
		if place.Low == 1 || tenths(f.Mean) == top {
			highest = append(highest, f)
		}
		if place.High == len(shown) || tenths(f.Mean) == bottom {
			lowest = append(lowest, f)
		}
	}
	return highest, lowest
}

// Outstanding returns the themes among a unit's statistics that stand out as
// strongest and as weakest, none where no or too many do.
func Outstanding(figures []analysis.Figure) (strong, weak []analysis.Figure) {
	themes := slices.DeleteFunc(shown(figures), func(f analysis.Figure) bool { return f.Level != analysis.LevelTheme })
	strong, weak = Extremes(themes)
	return standOut(strong, len(themes)), standOut(weak, len(themes))
}

// standOut keeps a group of extremes only if it is worth a sentence: at most
// two, and at most half of all.
func standOut(group []analysis.Figure, of int) []analysis.Figure {
	if len(group) > 2 || 2*len(group) > of {
		return nil
	}
	return group
}

// byGap turns the figures so that Extremes sorts them by what is left to the
// target: a target is a number that was decided, so the standard error is the
// mean's.
func byGap(figures []analysis.Figure) []analysis.Figure {
	out := make([]analysis.Figure, len(figures))
	for i, f := range figures {
		f.Mean = f.Gap
		out[i] = f
	}
	return out
}

// shown returns the figures that are not suppressed.
func shown(figures []analysis.Figure) []analysis.Figure {
	var out []analysis.Figure
	for _, f := range figures {
		if f.Suppressed == analysis.Shown {
			out = append(out, f)
		}
	}
	return out
}

// tenths is a level or index as a page shows it: with one decimal, rounded half
// away from zero.
func tenths(v float64) float64 { return math.Round(v*10+math.Copysign(1e-9, v)) / 10 }

// seen is a difference as the page shows it: of the total in index points, of
// all else in levels.
func seen(c analysis.Change) float64 {
	if c.Level == analysis.LevelTotal {
		return tenths(c.Delta * indexStep)
	}
	return tenths(c.Delta)
}

// indexStep is index points a level (docs/method.md, Answers).
const indexStep = 25

// up and down report a confirmed difference that is also seen on the page.
func up(c analysis.Change) bool   { return c.Confirmed && seen(c) > 0 }
func down(c analysis.Change) bool { return c.Confirmed && seen(c) < 0 }

// Agreement is r_WG of one item: docs/method.md's r_WG(J) with J = 1, which is
// q = 1 − s²/2, 0 where that is negative (A unit's figures).
func Agreement(item analysis.Figure) float64 { return max(0, 1-item.SD*item.SD/2) }
