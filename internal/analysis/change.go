package analysis

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// certain is the difference between two means, in levels, below which they are
// the same number written by two sums.
const certain = 1e-8

// Welch compares two means with standard errors, from n1 and n2 people
// (docs/method.md, Change between years): Delta = m2 − m1, with the degrees of
// freedom of Welch–Satterthwaite and the 95 % interval. Where both standard
// errors are 0 the difference is certain: SE and DF are 0 and the interval is
// Delta itself. Level and ID are left empty.
func Welch(m1, se1 float64, n1 int, m2, se2 float64, n2 int) Change {
	c := Change{Delta: m2 - m1}
	c.SE, c.DF = welch(se1, n1, se2, n2)
	if c.SE == 0 {
		c.CILow, c.CIHigh = c.Delta, c.Delta
		c.Confirmed = math.Abs(c.Delta) > certain
		return c
	}
	half := tQuantile(c.DF) * c.SE
	c.CILow, c.CIHigh = c.Delta-half, c.Delta+half
	c.Confirmed = c.CILow > 0 || c.CIHigh < 0
	return c
}

// compared is the change between two figures of one statistic, made of the same
// items; ok is false where one is not shown.
func compared(then, now Figure) (c Change, ok bool) {
	if then.Suppressed != Shown || now.Suppressed != Shown {
		return c, false
	}
	c = Welch(then.Mean, then.SE, then.N, now.Mean, now.SE, now.N)
	c.Level, c.ID = now.Level, now.ID
	return c, true
}

// SameItems tells whether a statistic was made of the same items in both
// documents: only then do they compare (docs/method.md, Change between years).
func SameItems(then, now *Document, level, id string) bool {
	key := statKey(level, id)
	was, ok := then.Signature[key]
	return ok && was == now.Signature[key]
}

// Between is the change of the statistic with id between two documents of a
// unit, of any two rounds; ok is false where it is not shown in both, or was made
// of other items.
func Between(then, now *Document, id string) (c Change, ok bool) {
	b, had := then.Figure(id)
	f, has := now.Figure(id)
	if !had || !has || b.Level != f.Level || !SameItems(then, now, f.Level, id) {
		return c, false
	}
	return compared(b, f)
}

// BetweenChildren is Between for a unit in its parent's document, and what it was
// in that of an earlier round.
func BetweenChildren(then, now *Document, was, is *Child, id string) (c Change, ok bool) {
	b, had := was.Figure(id)
	f, has := is.Figure(id)
	if !had || !has || b.Level != f.Level || !SameItems(then, now, f.Level, id) {
		return c, false
	}
	return compared(b, f)
}

// welch returns the standard error of a difference and its degrees of freedom;
// a standard error of 0 adds nothing to either.
func welch(se1 float64, n1 int, se2 float64, n2 int) (se, df float64) {
	v1, v2 := se1*se1, se2*se2
	below := 0.0
	if v1 > 0 {
		below += v1 * v1 / float64(n1-1)
	}
	if v2 > 0 {
		below += v2 * v2 / float64(n2-1)
	}
	if below == 0 {
		return 0, 0
	}
	return math.Sqrt(v1 + v2), (v1 + v2) * (v1 + v2) / below
}

// tQuantile is the 0.975 quantile of Student's t.
func tQuantile(df float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(0.975)
}

// significance is the level of the tests behind possible ranks.
const significance = 0.05

// PossibleRanks gives each figure's possible places, in the order given:
// pairwise differences, Holm's correction over all pairs at 5 %
// (docs/method.md, Possible rank). Suppressed figures take no part and get the
// zero Rank.
func PossibleRanks(figures []Figure) []Rank {
	type pair struct {
		low, high int // the one with the lower mean, with the higher
		p         float64
	}
	var shown []int
	for i, f := range figures {
		if f.Suppressed == Shown {
			shown = append(shown, i)
		}
	}
	var pairs []pair // those that may be confirmed
	for x, i := range shown {
		for _, j := range shown[x+1:] {
			a, b := i, j
			if figures[a].Mean > figures[b].Mean {
				a, b = b, a
			}
			if p := pValue(figures[a], figures[b]); p <= significance {
				pairs = append(pairs, pair{a, b, p})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.p, b.p) })
	out := make([]Rank, len(figures))
	for _, i := range shown {
		out[i] = Rank{Low: 1, High: len(shown)}
	}
	left := len(shown) * (len(shown) - 1) / 2
	for _, pr := range pairs {
		if pr.p > significance/float64(left) {
			break
		}
		left--
		out[pr.low].Low++
		out[pr.high].High--
	}
	return out
}

// pValue is the two-sided p-value of the difference between two means.
func pValue(a, b Figure) float64 {
	delta := math.Abs(b.Mean - a.Mean)
	se, df := welch(a.SE, a.N, b.SE, b.N)
	switch {
	case se == 0 && delta > certain:
		return 0
	case se == 0:
		return 1
	case delta < 1.9599*se: // below the normal quantile no t is significant
		return 1
	}
	return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.CDF(-delta/se)
}
