package web

import (
	"slices"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/survey"
)

// comparePage sets the units directly below one unit side by side.
type comparePage struct {
	Unit      string
	Href      string // the unit's own page
	Now, Then string // what the rounds are called; Then is "" where there is none
	Area      string // title of the area that is compared, "" for the whole
	MinGroup  int
	Kind      finding.Kind
	KindName  string // "Förvaltningen"
	Rounds    []link
	Path      []link // from the top down to the unit
	Below     []link // units below that can be compared within
	Tops      []link // units that the reader begins at
	Areas     []link // the first for the whole, without a name
	Versus    []link // rounds that can stand beside
	Alone     string // address without a round beside, "" where there is none
	Orders    []orderView
	Order     string // the current one's key of text
	Headline  string
	Lede      []string
	Groups    []rankGroup
	RankTitle string
	Scale     scale
	Ticks     []tick
	Target    string // the whole unit's, on the axis
	TargetAt  string
	Hidden    []childRow // units that are not shown
	HiddenAll int
	Radars    []smallRadar
	RadarText string // title
	HeatText  string // title
	Heads     []heatHead
	Columns   []heatColumn
	ByName    orderView
	Whole     heatRow
	Rows      []heatRow
	Between   []betweenRow
	Within    []withinRow
	Spread    []string // columns of Within
	Page      int
	Pages     int
	From, To  int // units on this page, of All
	All       int
	Numbers   []link // pages
	Charts    savedCharts
	Nothing   string // key of the reason why there is nothing to compare, "" where there is
}

// orderView is a way to sort the units.
type orderView struct {
	Key, Text string // of the address; of the text, where it is not a column's
	Href      string
	Current   bool
	Sorted    string // ascending, descending or ""
}

// rankGroup is units that can share a place, in alphabetical order.
type rankGroup struct {
	Low, High int // the places, 0 where the rows stand in another order
	Whole     bool
	Rows      []rankRow
}

type rankRow struct {
	Name     string
	Href     string
	Within   string // address of the comparison of the units in it
	Unit     string
	Answered int
	Invited  int
	Figure   figureView
	Before   figureView
	Mark     mark
	Then     string // its place on the axis in the round beside
	Low      int
	High     int
	Change   changeView
}

type smallRadar struct {
	Unit, Name, Href string
	SVG, PNG         string // where its unit's own can be had
	N, Invited       int
	Chart            radarView
	Best, Worst      []themeRow // as the unit's own page names them
}

type compareViews struct {
	views
	doc    *analysis.Document
	say    finding.Comparison
	now    string
	then   string // what the round beside is called
	ask    compareAsk
	areas  []string           // ids
	before *analysis.Document // of the round beside, nil for none
	was    func(child string) string
}

func newCompareViews(v views, d *analysis.Document, now, then string, ask compareAsk) compareViews {
	out := compareViews{views: v, doc: d, now: now, ask: ask, was: func(child string) string { return child }}
	for _, f := range d.Of(analysis.LevelArea) {
		out.areas = append(out.areas, f.ID)
	}
	if !slices.Contains(out.areas, ask.area) {
		out.ask.area = ""
	}
	out.say = finding.Comparison{Doc: d, Stat: out.stat(), Names: v.names, Then: then, Lang: v.lang}
	return out
}

// stat is what is compared: the total, or the area that was asked for.
func (v compareViews) stat() string {
	if v.ask.area != "" {
		return v.ask.area
	}
	return analysis.TotalID
}

// page fills in what comes from the document; the handler adds charts and the
// ways to other pages.
func (v *compareViews) page() comparePage {
	d := v.doc
	p := comparePage{Unit: d.Unit.Name, Now: v.now, Then: v.then, MinGroup: d.MinGroup, Kind: finding.Unit{Doc: d, Lang: v.lang}.Kind()}
	p.KindName = finding.Capital(p.Kind.The)
	if v.ask.area != "" {
		p.Area = v.names.Of(v.ask.area, v.lang)
	}
	shown := v.shown()
	v.hidden(&p, shown)
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
	v.heads(&p)
	v.orders(&p)
	sorted := v.sorted(shown)
	v.turn(&p, len(sorted))
	here := sorted[p.From-1 : p.To]
	v.axis(&p, shown)
	v.ranks(&p, here, len(shown))
	v.radars(&p, here)
	v.heat(&p, here)
	v.between(&p, shown)
	v.within(&p, here)
	return p
}

// perPage is how many units stand on a page: what a reader can take in, and a
// page can hold charts of.
const perPage = 24

// turn finds the page that was asked for.
func (v compareViews) turn(p *comparePage, units int) {
	p.All, p.Pages = units, (units+perPage-1)/perPage
	p.Page = min(max(v.ask.page, 1), p.Pages)
	p.From, p.To = (p.Page-1)*perPage+1, min(p.Page*perPage, units)
}

func (v compareViews) hidden(p *comparePage, shown []*analysis.Child) {
	is := map[string]bool{}
	for _, c := range shown {
		is[c.Unit.ID] = true
	}
	for i := range v.doc.Children {
		c := &v.doc.Children[i]
		if is[c.Unit.ID] {
			continue
		}
		if p.HiddenAll++; len(p.Hidden) < perPage {
			p.Hidden = append(p.Hidden, childRow{Name: soft(c.Unit.Name), Unit: c.Unit.ID, Answered: c.Submitted, Invited: c.Invited, Hidden: v.hiddenBy(c)})
		}
	}
}

// shown returns the children whose figure is shown.
func (v compareViews) shown() []*analysis.Child {
	var out []*analysis.Child
	for i := range v.doc.Children {
		if v.hiddenBy(&v.doc.Children[i]) == "" {
			out = append(out, &v.doc.Children[i])
		}
	}
	return out
}

// hiddenBy tells why a unit's figure is not shown, "" where it is.
func (v compareViews) hiddenBy(c *analysis.Child) string {
	f, ok := c.Figure(v.stat())
	switch {
	case c.Suppressed != analysis.Shown:
		return string(c.Suppressed)
	case !ok || f.Suppressed == analysis.Shown && f.N == 0:
		return string(analysis.None)
	}
	return string(f.Suppressed)
}

// axis holds every unit's interval, whatever page it stands on, so that the pages
// are drawn on one scale.
func (v compareViews) axis(p *comparePage, shown []*analysis.Child) {
	whole, ok := v.doc.Figure(v.stat())
	var values []float64
	if ok && whole.Suppressed == analysis.Shown {
		values = append(values, survey.Index(whole.Target), survey.Index(whole.CILow), survey.Index(whole.CIHigh))
	}
	for _, c := range shown {
		f, _ := c.Figure(v.stat())
		values = append(values, survey.Index(f.CILow), survey.Index(f.CIHigh))
		if _, _, change, ok := v.figureBefore(c, v.stat()); ok {
			values = append(values, survey.Index(f.Mean-change.Delta))
		}
	}
	p.Scale = indexScale(values...)
	p.Ticks, p.Target, p.TargetAt = p.Scale.ticks(), v.number(survey.Index(whole.Target)), p.Scale.at(survey.Index(whole.Target))
}

func (v compareViews) ranks(p *comparePage, here []*analysis.Child, all int) {
	groups := [][]*analysis.Child{here}
	if v.ask.sort == sortPlace {
		groups = v.together(here)
	}
	for _, group := range groups {
		g := rankGroup{Low: all, High: 1}
		for _, c := range group {
			r := v.rank(p, c)
			g.Low, g.High = min(g.Low, r.Low), max(g.High, r.High)
			g.Rows = append(g.Rows, r)
		}
		if v.ask.sort != sortPlace {
			g.Low, g.High = 0, 0
		}
		p.Groups = append(p.Groups, g)
	}
	id := v.stat()
	f, ok := v.doc.Figure(id)
	whole := rankRow{Name: v.doc.Unit.Name, Unit: v.doc.Unit.ID, Answered: v.doc.Submitted, Invited: v.doc.Invited, Figure: v.figure(f, ok)}
	if whole.Figure.Shown {
		whole.Mark = p.Scale.indexMark("kom", f)
	}
	if v.before != nil {
		then, had := v.before.Figure(id)
		change, compared := analysis.Between(v.before, v.doc, id)
		whole.Before, whole.Change = v.figure(then, had), v.change(change, compared, indexStep)
		if compared {
			whole.Then = p.Scale.at(then.Index)
		}
	}
	p.Groups = append(p.Groups, rankGroup{Whole: true, Rows: []rankRow{whole}})
}

// together gathers units that can share a place, alphabetically
// (docs/method.md, Possible rank).
func (v compareViews) together(shown []*analysis.Child) [][]*analysis.Child {
	rank := func(c *analysis.Child) analysis.Rank { return c.Ranks[v.stat()] }
	sorted := slices.Clone(shown)
	slices.SortStableFunc(sorted, func(a, b *analysis.Child) int { return rank(a).Low - rank(b).Low })
	var out [][]*analysis.Child
	worst := 0 // place that the group so far can have
	for _, c := range sorted {
		if rank(c).Low > worst {
			out = append(out, nil)
		}
		worst = max(worst, rank(c).High)
		out[len(out)-1] = append(out[len(out)-1], c)
	}
	for _, group := range out {
		finding.ByName(group, nameOf)
	}
	return out
}

func nameOf(c *analysis.Child) string { return c.Unit.Name }

func (v compareViews) rank(p *comparePage, c *analysis.Child) rankRow {
	id := v.stat()
	f, _ := c.Figure(id)
	places := c.Ranks[id]
	then, had, change, compared := v.figureBefore(c, id)
	r := rankRow{Name: soft(c.Unit.Name), Unit: c.Unit.ID, Answered: c.Submitted, Invited: c.Invited, Figure: v.figure(f, true), Before: v.figure(then, had),
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

func (v compareViews) radars(p *comparePage, here []*analysis.Child) {
	for _, c := range here {
		r := smallRadar{Unit: c.Unit.ID, Name: soft(c.Unit.Name), N: c.Submitted, Invited: c.Invited}
		strong, weak := finding.Outstanding(c.Figures)
		r.Best, r.Worst = v.named(strong), v.named(weak)
		p.Radars = append(p.Radars, r)
	}
}

// named are themes with their figures, without another round's.
func (v compareViews) named(themes []analysis.Figure) []themeRow {
	var out []themeRow
	for _, f := range themes {
		out = append(out, themeRow{Name: v.names.Of(f.ID, v.lang), Now: v.figure(f, true)})
	}
	return out
}

// mostPlaces is how many places have a number each in the row that shows which
// are possible.
const mostPlaces = 9

// Places are the places 1–n, none where they are too many for a row.
func (p comparePage) Places() []int {
	if p.All > mostPlaces {
		return nil
	}
	out := make([]int, p.All)
	for i := range out {
		out[i] = i + 1
	}
	return out
}
