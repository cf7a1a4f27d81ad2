package analysis

import "slices"

// Document is what closing a round freezes for one unit: everything that a
// page, an export or the API may show of it, and nothing more. Every figure in
// it has passed the rule of docs/method.md, What may be shown. Counts of people
// asked and of people who submitted stand for hidden units too, until
// ForReaders takes the latter out.
type Document struct {
	Round      string    `json:"round"` // Options.Round
	Unit       UnitRef   `json:"unit"`
	Path       []UnitRef `json:"path"` // from the root down to the unit itself
	MinGroup   int       `json:"min_group"`
	Invited    int       `json:"invited"`   // people who count: asked at least one rating item
	Submitted  int       `json:"submitted"` // of them, who submitted
	Suppressed Reason    `json:"suppressed,omitempty"`

	Figures    []Figure           `json:"figures"`              // total, areas, themes, items, in survey order
	Competence []CompetenceFigure `json:"competence,omitempty"` // in survey order
	Facts      []FactFigure       `json:"facts,omitempty"`      // the root's document alone

	Parent   *Reference   `json:"parent,omitempty"` // nil for the root, and where the parent is the root
	Root     *Reference   `json:"root,omitempty"`   // nil for the root
	Previous *Previous    `json:"previous,omitempty"`
	Children []Child      `json:"children,omitempty"` // in the tree's order
	Rest     []RestFigure `json:"rest,omitempty"`

	// Signature tells, by level and id of a statistic, which items it was made
	// of; two rounds compare where it is the same (docs/method.md, Change
	// between years).
	Signature map[string]string `json:"signature"`
}

// UnitRef names a unit.
type UnitRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// Reference is another unit to compare with: total, areas and themes.
type Reference struct {
	Unit      UnitRef  `json:"unit"`
	Invited   int      `json:"invited"`
	Submitted int      `json:"submitted"`
	Figures   []Figure `json:"figures"`
}

// Child is a unit directly below: total, areas, themes and competence.
type Child struct {
	Unit       UnitRef            `json:"unit"`
	Invited    int                `json:"invited"`
	Submitted  int                `json:"submitted"`
	Suppressed Reason             `json:"suppressed,omitempty"`
	Figures    []Figure           `json:"figures"`
	Competence []CompetenceFigure `json:"competence,omitempty"`
	Changes    []Change           `json:"changes,omitempty"`
	Ranks      map[string]Rank    `json:"ranks,omitempty"` // by statistic id, where shown
}

// Rank is the possible places (möjlig plats) among the shown children, 1 the
// highest mean (docs/method.md, Possible rank).
type Rank struct {
	Low  int `json:"low"`  // the best place that the unit can have
	High int `json:"high"` // the worst
}

// Previous is the last published round's figures of the same unit, and what has
// changed since in statistics shown in both rounds and made of the same items.
type Previous struct {
	Round     string   `json:"round"`
	Unit      UnitRef  `json:"unit"` // as it was then
	Invited   int      `json:"invited"`
	Submitted int      `json:"submitted"`
	Figures   []Figure `json:"figures"` // total, areas, themes, items
	Changes   []Change `json:"changes,omitempty"`
	RootTotal *Figure  `json:"root_total,omitempty"` // the whole organisation's total then
}

// Change is the difference between two rounds, in levels
// (docs/method.md, Change between years).
type Change struct {
	Level     string  `json:"level"`
	ID        string  `json:"id"`
	Delta     float64 `json:"delta"` // now − then
	SE        float64 `json:"se"`
	DF        float64 `json:"df"` // 0 where SE is 0: the difference is certain
	CILow     float64 `json:"ci_low"`
	CIHigh    float64 `json:"ci_high"`
	Confirmed bool    `json:"confirmed"`
}

// RestFigure is "övriga tillsammans": the people of a shown unit who are in no
// shown child, for one statistic (docs/method.md, What may be shown, 5).
type RestFigure struct {
	Level   string   `json:"level"`
	ID      string   `json:"id"`
	Invited int      `json:"invited"`
	N       int      `json:"n"`
	Mean    float64  `json:"mean"`
	Index   float64  `json:"index"`
	Units   []string `json:"units,omitempty"` // ids of the hidden children in it; the others are placed in the unit itself
}

// FactFigure is what the organisation answered to a fact: the lower median of
// the levels, shown however few answered (docs/method.md, Audit verdict, 1).
type FactFigure struct {
	Item    string `json:"item"`
	Invited int    `json:"invited"`
	N       int    `json:"n"`
	Level   int    `json:"level"` // 1–5, 0 where nobody answered
}

// Figure returns the unit's statistic with id: "total", an area, "area.theme"
// or an item. It is found where the statistic exists, shown or not.
func (d *Document) Figure(id string) (Figure, bool) { return figureByID(d.Figures, id) }

// Figure returns the reference's statistic with id.
func (r *Reference) Figure(id string) (Figure, bool) {
	if r == nil {
		return Figure{}, false
	}
	return figureByID(r.Figures, id)
}

// Figure returns the child's statistic with id.
func (c *Child) Figure(id string) (Figure, bool) { return figureByID(c.Figures, id) }

// Change returns the child's change in the statistic with id.
func (c *Child) Change(id string) (Change, bool) { return changeByID(c.Changes, id) }

// Figure returns the statistic with id as it was in the previous round.
func (p *Previous) Figure(id string) (Figure, bool) {
	if p == nil {
		return Figure{}, false
	}
	return figureByID(p.Figures, id)
}

// Change returns the change since the previous round in the statistic with id.
func (p *Previous) Change(id string) (Change, bool) {
	if p == nil {
		return Change{}, false
	}
	return changeByID(p.Changes, id)
}

// Of returns the unit's statistics of one level, in survey order.
func (d *Document) Of(level string) []Figure {
	var out []Figure
	for _, f := range d.Figures {
		if f.Level == level {
			out = append(out, f)
		}
	}
	return out
}

// Child returns the child with the unit id.
func (d *Document) Child(unit string) (*Child, bool) {
	for i := range d.Children {
		if d.Children[i].Unit.ID == unit {
			return &d.Children[i], true
		}
	}
	return nil, false
}

// RestOf returns "övriga tillsammans" in the statistic with id.
func (d *Document) RestOf(id string) (RestFigure, bool) {
	i := slices.IndexFunc(d.Rest, func(r RestFigure) bool { return r.ID == id })
	if i < 0 {
		return RestFigure{}, false
	}
	return d.Rest[i], true
}

// CompetenceOf returns the unit's figures in the competence area of item.
func (d *Document) CompetenceOf(item string) (CompetenceFigure, bool) {
	i := slices.IndexFunc(d.Competence, func(c CompetenceFigure) bool { return c.Item == item })
	if i < 0 {
		return CompetenceFigure{}, false
	}
	return d.Competence[i], true
}

// Fact returns what was answered to the fact item.
func (d *Document) Fact(item string) (FactFigure, bool) {
	i := slices.IndexFunc(d.Facts, func(f FactFigure) bool { return f.Item == item })
	if i < 0 {
		return FactFigure{}, false
	}
	return d.Facts[i], true
}

func figureByID(fs []Figure, id string) (Figure, bool) {
	i := slices.IndexFunc(fs, func(f Figure) bool { return f.ID == id })
	if i < 0 {
		return Figure{}, false
	}
	return fs[i], true
}

func changeByID(cs []Change, id string) (Change, bool) {
	i := slices.IndexFunc(cs, func(c Change) bool { return c.ID == id })
	if i < 0 {
		return Change{}, false
	}
	return cs[i], true
}
