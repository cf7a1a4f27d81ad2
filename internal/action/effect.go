package action

import (
	"math"

	"github.com/mognad/mognad/internal/analysis"
)

// Outcome is how what a later round shows of an item stands to what was expected.
type Outcome string

// The outcomes.
const (
	Reached  Outcome = "nadd"
	OnTheWay Outcome = "pa_vag"
	NotYet   Outcome = "inte_an"
	NotShown Outcome = "kan_inte_visas"
)

// Measured is what a later round shows of an item; the zero Measured is nothing.
type Measured struct {
	Shown     bool
	Level     float64
	Low, High float64 // 95 % interval of a rating; both 0 for a fact
	N         int
	Rise      bool // certainly above what the action started from
}

// OfRating is what a round shows of a rating that was then in the round that the
// action comes from; a rise is certain where the change is confirmed
// (docs/method.md, Change between years).
func OfRating(then, now analysis.Figure) Measured {
	if now.Suppressed != analysis.Shown || now.N == 0 {
		return Measured{}
	}
	m := Measured{Shown: true, Level: now.Mean, Low: now.CILow, High: now.CIHigh, N: now.N}
	if then.Suppressed == analysis.Shown && then.N > 0 {
		c := analysis.Welch(then.Mean, then.SE, then.N, now.Mean, now.SE, now.N)
		m.Rise = c.Confirmed && c.Delta > 0
	}
	return m
}

// OfFact is what a fact counts as, that n have answered, where it counted as then
// before (0: it had no level).
func OfFact(then, now float64, n int) Measured {
	if now == 0 {
		return Measured{}
	}
	return Measured{Shown: true, Level: now, N: n, Rise: then > 0 && now > then}
}

// Outcome judges what was measured. Levels are expected and shown with one
// decimal, and so they are compared.
func (i Item) Outcome(m Measured) Outcome {
	switch {
	case !m.Shown:
		return NotShown
	case math.Round(m.Level*10+1e-9) >= math.Round(i.Expected*10):
		return Reached
	case m.Rise:
		return OnTheWay
	}
	return NotYet
}
