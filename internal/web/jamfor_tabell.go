package web

import (
	"cmp"
	"slices"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/format"
)

// heatHead is an area over its themes' columns.
type heatHead struct {
	Name string
	Span int
}

// heatColumn is one statistic of the table of units and themes.
type heatColumn struct {
	ID          string
	Name, Short string // the title, and one word of it where there is no room; "" for the index
	Order       orderView
}

// heatRow is a unit.
type heatRow struct {
	Name, Unit, Href  string
	Answered, Invited int
	Cells             []heatCell
}

type heatCell struct {
	Figure figureView
	Before figureView // where a round beside was asked for
	Change changeView
	Index  bool
}

// heads are the columns: the index and every theme; of an area itself and its
// themes.
func (v compareViews) heads(p *comparePage) {
	p.Columns = append(p.Columns, heatColumn{ID: v.stat(), Name: p.Area})
	p.Heads = append(p.Heads, heatHead{Span: 1})
	themes := themesOf(v.set, v.doc)
	for _, area := range v.areas {
		if v.ask.area != "" && v.ask.area != area {
			continue
		}
		for _, id := range themes[area] {
			name := v.names.Of(id, v.lang)
			col := heatColumn{ID: id, Name: name}
			if v.ask.area == "" && short(name) != name {
				col.Short = short(name)
			}
			p.Columns = append(p.Columns, col)
		}
		if n := len(themes[area]); n > 0 {
			p.Heads = append(p.Heads, heatHead{v.names.Of(area, v.lang), n})
		}
	}
}

// orders are the ways to sort; one that is asked for and is none of them is as
// none asked for.
func (v *compareViews) orders(p *comparePage) {
	known := v.ask.sort == sortPlace || v.ask.sort == sortName || v.ask.sort == sortChange && v.before != nil ||
		slices.ContainsFunc(p.Columns, func(c heatColumn) bool { return c.ID == v.ask.sort })
	if !known {
		v.ask.sort, v.ask.up = sortPlace, false
	}
	sorted := map[bool]string{true: "ascending", false: "descending"}[v.ask.up]
	mark := func(key string) orderView {
		o := orderView{Key: key, Current: v.ask.sort == key}
		if o.Current {
			o.Sorted = sorted
		}
		return o
	}
	p.ByName = mark(sortName)
	for i := range p.Columns {
		p.Columns[i].Order = mark(p.Columns[i].ID)
	}
	for _, o := range []struct{ key, text string }{{sortPlace, "place"}, {sortName, "name"}, {v.stat(), "figure"}, {sortChange, "change"}} {
		if o.key == sortChange && v.before == nil {
			continue
		}
		order := orderView{Key: o.key, Text: o.text, Current: v.ask.sort == o.key}
		p.Orders = append(p.Orders, order)
	}
	p.Order = "column"
	for _, o := range p.Orders {
		if o.Current {
			p.Order = o.Text
		}
	}
}

// sorted orders the shown units as asked; those that lack the figure come last,
// alphabetically, so that their order tells nothing.
func (v compareViews) sorted(shown []*analysis.Child) []*analysis.Child {
	if v.ask.sort == sortPlace {
		return slices.Concat(v.together(shown)...)
	}
	out := slices.Clone(shown)
	finding.ByName(out, nameOf)
	value := func(c *analysis.Child) (float64, bool) {
		if v.ask.sort == sortChange {
			_, _, change, ok := v.figureBefore(c, v.stat())
			return change.Delta, ok
		}
		f, ok := c.Figure(v.ask.sort)
		return f.Mean, ok && f.Suppressed == analysis.Shown && f.N > 0
	}
	if v.ask.sort == sortName {
		if !v.ask.up {
			slices.Reverse(out)
		}
		return out
	}
	slices.SortStableFunc(out, func(a, b *analysis.Child) int {
		x, has := value(a)
		y, had := value(b)
		switch {
		case !has || !had:
			return cmp.Compare(rankOf(had), rankOf(has))
		case v.ask.up:
			return cmp.Compare(x, y)
		}
		return cmp.Compare(y, x)
	})
	return out
}

func rankOf(there bool) int {
	if there {
		return 1
	}
	return 0
}

func (v compareViews) heat(p *comparePage, here []*analysis.Child) {
	beside := v.ask.against != ""
	for _, c := range here {
		row := heatRow{Name: soft(c.Unit.Name), Unit: c.Unit.ID, Answered: c.Submitted, Invited: c.Invited}
		for _, col := range p.Columns {
			f, ok := c.Figure(col.ID)
			then, had, change, compared := v.figureBefore(c, col.ID)
			cell := heatCell{Figure: v.figure(f, ok), Change: v.change(change, compared, 1), Index: col.ID == analysis.TotalID}
			if beside {
				cell.Before = v.figure(then, had)
			}
			row.Cells = append(row.Cells, cell)
		}
		p.Rows = append(p.Rows, row)
	}
	p.Whole = heatRow{Name: v.doc.Unit.Name, Unit: v.doc.Unit.ID, Answered: v.doc.Submitted, Invited: v.doc.Invited}
	for _, col := range p.Columns {
		f, ok := v.doc.Figure(col.ID)
		cell := heatCell{Figure: v.figure(f, ok), Index: col.ID == analysis.TotalID}
		if v.before != nil {
			then, had := v.before.Figure(col.ID)
			change, compared := analysis.Between(v.before, v.doc, col.ID)
			cell.Change = v.change(change, compared, 1)
			if beside {
				cell.Before = v.figure(then, had)
			}
		}
		p.Whole.Cells = append(p.Whole.Cells, cell)
	}
}

// Wide is the class of the table, by how many columns it has.
func (p comparePage) Wide() string {
	if len(p.Columns) > 7 {
		return "j-wide"
	}
	return "j-narrow"
}

// betweenRow is how far apart the units are in one statistic: the highest and the
// lowest that is shown.
type betweenRow struct {
	Name          string
	Index         bool
	High, Low     string // units
	HighF, LowF   figureView
	HighR, LowR   analysis.Rank
	Apart         string // levels, or index points
	Units, Hidden int    // with a figure, and without
}

// withinRow is how far apart the people of one unit are, by area.
type withinRow struct {
	Name, Unit string
	Cells      []withinCell
}

type withinCell struct {
	Figure    figureView
	SD        string
	Agreement string // r_WG(J), "" where there is none
	Agree     bool
}

// spread are the statistics whose spread is told: the total and the areas, or the
// one area.
func (v compareViews) spread() []string {
	if v.ask.area != "" {
		return []string{v.ask.area}
	}
	return append([]string{analysis.TotalID}, v.areas...)
}

func (v compareViews) between(p *comparePage, shown []*analysis.Child) {
	for _, id := range v.spread() {
		r := betweenRow{Index: id == analysis.TotalID, Name: v.names.Of(id, v.lang)}
		var low, high *analysis.Child
		var least, most analysis.Figure
		for _, c := range shown {
			f, ok := c.Figure(id)
			if !ok || f.Suppressed != analysis.Shown || f.N == 0 {
				r.Hidden++
				continue
			}
			if r.Units++; low == nil || f.Mean < least.Mean {
				low, least = c, f
			}
			if high == nil || f.Mean > most.Mean {
				high, most = c, f
			}
		}
		if r.Units < 2 {
			continue
		}
		r.High, r.HighF, r.HighR = soft(high.Unit.Name), v.figure(most, true), high.Ranks[id]
		r.Low, r.LowF, r.LowR = soft(low.Unit.Name), v.figure(least, true), low.Ranks[id]
		r.Apart = v.number(most.Mean - least.Mean)
		if r.Index {
			r.Apart = v.number(most.Index - least.Index)
		}
		p.Between = append(p.Between, r)
	}
}

func (v compareViews) within(p *comparePage, here []*analysis.Child) {
	ids := v.areas
	if v.ask.area != "" {
		ids = []string{v.ask.area}
	}
	for _, id := range ids {
		p.Spread = append(p.Spread, v.names.Of(id, v.lang))
	}
	row := func(unit analysis.UnitRef, figure func(string) (analysis.Figure, bool)) withinRow {
		r := withinRow{Name: soft(unit.Name), Unit: unit.ID}
		for _, id := range ids {
			f, ok := figure(id)
			cell := withinCell{Figure: v.figure(f, ok)}
			if cell.Figure.Shown {
				cell.SD = v.number(f.SD)
				if f.RWG != nil {
					cell.Agreement, cell.Agree = format.Decimal(*f.RWG, 2, v.lang), *f.RWG >= agreed
				}
			}
			r.Cells = append(r.Cells, cell)
		}
		return r
	}
	for _, c := range here {
		p.Within = append(p.Within, row(c.Unit, c.Figure))
	}
	p.Within = append(p.Within, row(v.doc.Unit, v.doc.Figure))
}
