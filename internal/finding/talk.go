package finding

import (
	"math"
	"slices"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/survey"
)

// Concern is why something is worth a unit's talk about its result.
type Concern string

// The concerns: the first two are to be proud of, the others to talk about.
const (
	Highest  Concern = "highest"  // highest level
	Rose     Concern = "rose"     // largest confirmed rise
	Gap      Concern = "gap"      // most left to the target
	Disagree Concern = "disagree" // the answers diverge most
	Fell     Concern = "fell"     // largest confirmed fall
)

// Agreed is the r_WG from which answers are read as agreeing
// (docs/method.md, A unit's figures).
const Agreed = 0.70

// Point is one thing to bring up: an item, or a theme or area where no item
// can be told of.
type Point struct {
	Concern   Concern
	Figure    analysis.Figure
	Then      analysis.Figure // the last round's, where Change tells of it
	Change    analysis.Change // confirmed and seen on the page; the zero Change where there is none
	Agreement float64         // r_WG, of Disagree
	Step      int             // of an item the level 1–4 that it is at as shown, below the next one; else 0
}

// Talk is what a meeting on a unit's result begins from: at most two things to
// be proud of and three to talk about, fewer where there is less to say.
// Nothing is in it twice.
type Talk struct{ Proud, Points []Point }

// Talk chooses from what is shown of the unit, rating items first: a question
// that was answered is easier to talk about than a mean over many.
// What is chosen first is not chosen again: the gap, then the fall (which is
// rare), then what to be proud of, last the disagreement. Of equals the first in
// survey order is taken.
func (u Unit) Talk(set *survey.Set) Talk {
	var t Talk
	if u.Doc.Suppressed != analysis.Shown {
		return t
	}
	c := chooser{u: u, taken: map[string]bool{}, areas: shown(u.Doc.Of(analysis.LevelArea)), themes: shown(u.Doc.Of(analysis.LevelTheme))}
	for _, f := range shown(u.Doc.Of(analysis.LevelItem)) {
		if it, ok := set.Item(f.ID); ok && it.Kind == survey.Rating && f.N > 0 {
			c.items = append(c.items, f)
		}
	}
	gap := c.first(Gap, c.items, func(f analysis.Figure) (float64, bool) { return f.Gap, tenths(f.Gap) > 0 })
	fell := c.moved(Fell, down)
	t.Proud = append(c.first(Highest, c.items, func(f analysis.Figure) (float64, bool) { return f.Mean, true }), c.moved(Rose, up)...)
	t.Points = slices.Concat(gap, c.disagreement(), fell)
	return t
}

// chooser holds what a talk can be about, and what has been taken of it.
type chooser struct {
	u                    Unit
	items, themes, areas []analysis.Figure
	taken                map[string]bool
}

// first returns the figure of most weight that is not taken, none where none
// qualifies.
func (c *chooser) first(why Concern, of []analysis.Figure, weight func(analysis.Figure) (float64, bool)) []Point {
	var best *analysis.Figure
	most := math.Inf(-1)
	for i := range of {
		if w, ok := weight(of[i]); ok && !c.taken[of[i].ID] && w > most+1e-9 {
			best, most = &of[i], w
		}
	}
	if best == nil {
		return nil
	}
	c.taken[best.ID] = true
	p := Point{Concern: why, Figure: *best}
	if change := c.u.change(*best); up(change) || down(change) {
		p.Change = change
		p.Then, _ = c.u.Doc.Previous.Figure(best.ID)
	}
	if best.Level == analysis.LevelItem {
		p.Step = min(max(int(tenths(best.Mean)), 1), survey.Levels-1)
	}
	return []Point{p}
}

// moved returns the largest confirmed change of an item, else of a theme.
func (c *chooser) moved(why Concern, as func(analysis.Change) bool) []Point {
	size := func(f analysis.Figure) (float64, bool) {
		change := c.u.change(f)
		return math.Abs(change.Delta), as(change)
	}
	if p := c.first(why, c.items, size); p != nil {
		return p
	}
	return c.first(why, c.themes, size)
}

// disagreement returns the item that the answers diverge most on. Where the
// distribution of no item is shown, since with the mean an item's agreement
// tells of few, it is an area.
func (c *chooser) disagreement() []Point {
	item := func(f analysis.Figure) (float64, bool) { return f.SD, len(f.Histogram) > 0 && Agreement(f) < Agreed }
	if p := c.first(Disagree, c.items, item); p != nil {
		p[0].Agreement = Agreement(p[0].Figure)
		return p
	}
	area := func(f analysis.Figure) (float64, bool) {
		if f.RWG == nil {
			return 0, false
		}
		return -*f.RWG, *f.RWG < Agreed
	}
	p := c.first(Disagree, c.areas, area)
	if p != nil {
		p[0].Agreement = *p[0].Figure.RWG
	}
	return p
}
