package web

import (
	"slices"
	"strconv"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/survey"
)

// comparePage sets the units directly below one unit side by side.
type comparePage struct {
	Unit      string
	Href      string // the unit's own page
	Now, Then string
	MinGroup  int
	Kind      finding.Kind
	KindName  string // "Förvaltningen"
	Rounds    []link
	Units     []link // units that can be compared within
	Headline  string
	Lede      []string
	Groups    []rankGroup
	RankTitle string
	Scale     scale
	Ticks     []tick
	Target    string // the whole unit's, on the axis
	TargetAt  string
	Hidden    []childRow // units that are not shown
	Radars    []smallRadar
	RadarText string // title
	HeatText  string // title
	Columns   []heatColumn
	Themes    []heatGroup
	Nothing   string // key of the reason why there is nothing to compare, "" where there is
}

// rankGroup is units that can share a place, in alphabetical order.
type rankGroup struct {
	Low, High int // the places, 0 for the unit that all are parts of
	Rows      []rankRow
}

type rankRow struct {
	Name     string
	Href     string
	Unit     string
	Answered int
	Invited  int
	Figure   figureView
	Mark     mark
	Then     string // last year's place on the axis
	Low      int
	High     int
	Change   changeView
}

type smallRadar struct {
	Unit, Name, Href string
	N, Invited       int
	Chart            radarView
	Best, Worst      []themeRow // as the unit's own page names them
}

type heatColumn struct {
	Name     string
	Answered int
	Invited  int
}

type heatGroup struct {
	Name string
	Rows []heatRow
}

type heatRow struct {
	Name  string
	Cells []heatCell
	Whole figureView
}

type heatCell struct {
	Figure figureView
	Change changeView
}

type compareViews struct {
	views
	doc *analysis.Document
	say finding.Comparison
	now string
}

func newCompareViews(v views, d *analysis.Document, now, then string) compareViews {
	return compareViews{v, d, finding.Comparison{Doc: d, Names: v.names, Then: then, Lang: v.lang}, now}
}

// page fills in what comes from the document; the handler adds charts and the
// ways to other pages.
func (v compareViews) page() comparePage {
	d := v.doc
	p := comparePage{Unit: d.Unit.Name, Now: v.now, Then: v.say.Then, MinGroup: d.MinGroup, Kind: finding.Unit{Doc: d, Lang: v.lang}.Kind()}
	p.KindName = finding.Capital(p.Kind.The)
	shown := v.shown()
	for i := range d.Children {
		if c := &d.Children[i]; !slices.Contains(shown, c) {
			p.Hidden = append(p.Hidden, childRow{Name: soft(c.Unit.Name), Unit: c.Unit.ID, Answered: c.Submitted, Invited: c.Invited, Hidden: hiddenBy(c)})
		}
	}
	switch {
	case d.Suppressed != analysis.Shown:
		p.Nothing = "hidden"
	case len(d.Children) == 0:
		p.Nothing = "leaf"
	case len(shown) == 0:
		p.Nothing = "none"
	case len(shown) == 1:
		p.Nothing = "one"
	}
	if p.Nothing != "" {
		return p
	}
	p.Headline, p.Lede = v.say.Headline(), v.say.Lede()
	p.RankTitle, p.RadarText, p.HeatText = v.say.RanksTitle(), v.say.RadarsTitle(), v.say.ThemesTitle()
	v.ranks(&p, shown)
	v.radars(&p, shown)
	v.heat(&p, shown)
	return p
}

// shown returns the children whose index is shown.
func (v compareViews) shown() []*analysis.Child {
	var out []*analysis.Child
	for i := range v.doc.Children {
		if hiddenBy(&v.doc.Children[i]) == "" {
			out = append(out, &v.doc.Children[i])
		}
	}
	return out
}

// hiddenBy tells why a unit's index is not shown, "" where it is.
func hiddenBy(c *analysis.Child) string {
	total, ok := c.Figure(analysis.TotalID)
	switch {
	case c.Suppressed != analysis.Shown:
		return string(c.Suppressed)
	case !ok || total.Suppressed == analysis.Shown && total.N == 0:
		return string(analysis.None)
	}
	return string(total.Suppressed)
}

func (v compareViews) ranks(p *comparePage, shown []*analysis.Child) {
	total, _ := v.doc.Figure(analysis.TotalID)
	values := []float64{survey.Index(total.Target), survey.Index(total.CILow), survey.Index(total.CIHigh)}
	for _, c := range shown {
		f, _ := c.Figure(analysis.TotalID)
		values = append(values, survey.Index(f.CILow), survey.Index(f.CIHigh))
		if change, ok := c.Change(analysis.TotalID); ok {
			values = append(values, survey.Index(f.Mean-change.Delta))
		}
	}
	p.Scale = indexScale(values...)
	p.Ticks, p.Target, p.TargetAt = p.Scale.ticks(), v.number(survey.Index(total.Target)), p.Scale.at(survey.Index(total.Target))
	for _, group := range together(shown) {
		g := rankGroup{Low: len(shown), High: 1}
		for _, c := range group {
			r := v.rank(p, c)
			g.Low, g.High = min(g.Low, r.Low), max(g.High, r.High)
			g.Rows = append(g.Rows, r)
		}
		p.Groups = append(p.Groups, g)
	}
	change, compared := v.doc.Previous.Change(analysis.TotalID)
	whole := rankRow{Name: v.doc.Unit.Name, Unit: v.doc.Unit.ID, Answered: v.doc.Submitted, Invited: v.doc.Invited, Figure: v.figure(total, true),
		Mark: p.Scale.indexMark("kom", total), Change: v.change(change, compared, indexStep)}
	if compared {
		whole.Then = p.Scale.at(survey.Index(total.Mean - change.Delta))
	}
	p.Groups = append(p.Groups, rankGroup{Rows: []rankRow{whole}})
}

// together gathers units that can share a place, alphabetically
// (docs/method.md, Possible rank).
func together(shown []*analysis.Child) [][]*analysis.Child {
	rank := func(c *analysis.Child) analysis.Rank { return c.Ranks[analysis.TotalID] }
	sorted := slices.Clone(shown)
	slices.SortStableFunc(sorted, func(a, b *analysis.Child) int { return rank(a).Low - rank(b).Low })
	var out [][]*analysis.Child
	for last, c := range sorted {
		if last == 0 || rank(c).Low > slices.MaxFunc(out[len(out)-1], func(a, b *analysis.Child) int { return rank(a).High - rank(b).High }).Ranks[analysis.TotalID].High {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], c)
	}
	for _, group := range out {
		slices.SortFunc(group, func(a, b *analysis.Child) int { return finding.CompareNames(a.Unit.Name, b.Unit.Name) })
	}
	return out
}

func (v compareViews) rank(p *comparePage, c *analysis.Child) rankRow {
	f, _ := c.Figure(analysis.TotalID)
	places := c.Ranks[analysis.TotalID]
	change, compared := c.Change(analysis.TotalID)
	r := rankRow{Name: soft(c.Unit.Name), Unit: c.Unit.ID, Answered: c.Submitted, Invited: c.Invited, Figure: v.figure(f, true),
		Mark: p.Scale.indexMark("unit", f), Low: places.Low, High: places.High, Change: v.change(change, compared, indexStep)}
	if compared {
		r.Then = p.Scale.at(survey.Index(f.Mean - change.Delta))
	}
	return r
}

// themesOf returns the ids of the themes that have a statistic, by area.
func themesOf(set *survey.Set, d *analysis.Document) map[string][]string {
	out := map[string][]string{}
	for _, q := range set.Questionnaires {
		for _, th := range q.Themes {
			if _, ok := d.Figure(q.ID + "." + th.ID); ok {
				out[q.ID] = append(out[q.ID], q.ID+"."+th.ID)
			}
		}
	}
	return out
}

func (v compareViews) radars(p *comparePage, shown []*analysis.Child) {
	for _, c := range shown {
		r := smallRadar{Unit: c.Unit.ID, Name: soft(c.Unit.Name), N: c.Submitted, Invited: c.Invited}
		strong, weak := finding.Outstanding(c.Figures)
		r.Best, r.Worst = v.named(strong), v.named(weak)
		p.Radars = append(p.Radars, r)
	}
}

// named are themes with their figures, without last year's.
func (v compareViews) named(themes []analysis.Figure) []themeRow {
	var out []themeRow
	for _, f := range themes {
		out = append(out, themeRow{Name: v.names.Of(f.ID, v.lang), Now: v.figure(f, true)})
	}
	return out
}

func (v compareViews) heat(p *comparePage, shown []*analysis.Child) {
	for _, c := range shown {
		p.Columns = append(p.Columns, heatColumn{soft(c.Unit.Name), c.Submitted, c.Invited})
	}
	themes := themesOf(v.set, v.doc)
	for _, q := range v.set.Questionnaires {
		g := heatGroup{Name: q.Title.In(v.lang)}
		for _, id := range themes[q.ID] {
			whole, ok := v.doc.Figure(id)
			row := heatRow{Name: v.names.Of(id, v.lang), Whole: v.figure(whole, ok)}
			for _, c := range shown {
				f, ok := c.Figure(id)
				change, compared := c.Change(id)
				row.Cells = append(row.Cells, heatCell{v.figure(f, ok), v.change(change, compared, 1)})
			}
			g.Rows = append(g.Rows, row)
		}
		if len(g.Rows) > 0 {
			p.Themes = append(p.Themes, g)
		}
	}
}

// Places are the places 1–n, for the row of numbers that shows which are
// possible.
func (p comparePage) Places() []int {
	n := 0
	for _, g := range p.Groups {
		if g.Low > 0 {
			n += len(g.Rows)
		}
	}
	out := make([]int, n)
	for i := range out {
		out[i] = i + 1
	}
	return out
}

// Wide is the class of the heat table, by how many columns it has.
func (p comparePage) Wide() string { return "cols-" + strconv.Itoa(min(len(p.Columns)+1, 9)) }
