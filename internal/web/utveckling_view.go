package web

import (
	"math"
	"slices"
	"strconv"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/survey"
)

// trendPage is a unit over the rounds.
type trendPage struct {
	Unit      string
	Own       string // address of the unit's own page
	Now       string
	MinGroup  int
	Path      []link
	Below     []link
	MoreBelow bool
	Rounds    []link // that the page can end with
	Headline  string
	Lede      []string
	Hidden    string // why nothing is shown, "" where it is
	Years     []trendYear
	Before    string // what the round before the last is called, "" for none
	First     string // the first, "" where it is the one before
	Total     trendStat
	Areas     []trendStat
	Themes    []trendGroup
	Versus    []link // earlier rounds to compare the last with
	Against   string
	Moves     string // title
	Rose      []moveRow
	Fell      []moveRow
	All       string // address of the page with every move
	More      int    // moves left out
	Changed   []changedItems
	Charts    savedCharts
}

// trendYear is the head of a round's column.
type trendYear struct {
	Name     string
	Was      string // what the unit was called then, where it was another
	Answered int
	Invited  int
	Missing  string // why it has no column of figures: a key under trend.cell
}

// trendStat is one statistic over the rounds.
type trendStat struct {
	ID, Name    string
	Cells       []trendCell // by round
	SinceBefore trendChange
	SinceFirst  trendChange
	Chart       radarView
	Scale       scale
	Ticks       []float64
}

type trendCell struct {
	Figure  figureView
	Missing string // why there is no figure: a key under trend.cell
	Changed bool   // made of other items than the round before that asked it
}

// trendChange is a change, or the key of why there is none.
type trendChange struct {
	changeView
	Why string
}

type trendGroup struct {
	Name string
	Rows []trendStat
}

// moveRow is a theme or a question that has moved.
type moveRow struct {
	Name   string
	Theme  string // of a question; "" for a theme
	Then   figureView
	Now    figureView
	Change changeView
}

// changedItems is what a round asked that the one before did not, and the other
// way round.
type changedItems struct {
	Year, Before string
	New, Gone    []string
	Broken       []string // areas and themes whose figures do not compare
	Total        bool     // nor the index
}

type trendViews struct {
	views
	index   string // what the index is called
	docs    []*analysis.Document
	sets    []*survey.Set
	years   []string
	merged  []bool
	against int
	all     bool // every move
}

func (v trendViews) last() *analysis.Document { return v.docs[len(v.docs)-1] }

// most is how many moves each way the page names, unless all are asked for.
const most = 6

func (v trendViews) page() trendPage {
	d, n := v.last(), len(v.docs)
	say := finding.Trend{Docs: v.docs, Years: v.years, Names: v.names, Lang: v.lang}
	p := trendPage{Unit: d.Unit.Name, Now: v.years[n-1], MinGroup: d.MinGroup, Headline: say.Headline(), Lede: say.Lede(), Hidden: string(d.Suppressed)}
	if d.Suppressed != analysis.Shown {
		return p
	}
	if n > 1 {
		p.Before = v.years[n-2]
	}
	if n > 2 {
		p.First = v.years[0]
	}
	for i, d := range v.docs {
		p.Years = append(p.Years, v.year(i, d))
	}
	p.Total = v.stat(analysis.LevelTotal, analysis.TotalID, indexStep)
	p.Total.Name = v.index
	p.Total.Scale, p.Total.Ticks = v.indexAxis()
	for _, f := range d.Of(analysis.LevelArea) {
		p.Areas = append(p.Areas, v.stat(f.Level, f.ID, 1))
	}
	v.levelAxes(p.Areas)
	themes := themesOf(v.set, d)
	for _, q := range v.set.Questionnaires {
		g := trendGroup{Name: q.Title.In(v.lang)}
		for _, id := range themes[q.ID] {
			g.Rows = append(g.Rows, v.stat(analysis.LevelTheme, id, 1))
		}
		if len(g.Rows) > 0 {
			p.Themes = append(p.Themes, g)
		}
	}
	v.moves(&p)
	p.Changed = v.changed()
	return p
}

func (v trendViews) year(i int, d *analysis.Document) trendYear {
	y := trendYear{Name: v.years[i]}
	if d == nil || d.Suppressed != analysis.Shown {
		y.Missing = v.missing(i, analysis.Figure{}, false)
	}
	if d == nil {
		return y
	}
	if d.Unit.ID != v.last().Unit.ID || d.Unit.Name != v.last().Unit.Name {
		y.Was = d.Unit.Name
	}
	y.Answered, y.Invited = d.Submitted, d.Invited
	return y
}

// missing tells why a round has no figure of a statistic.
func (v trendViews) missing(i int, f analysis.Figure, asked bool) string {
	d := v.docs[i]
	switch {
	case d == nil && v.merged[i]:
		return "merged"
	case d == nil:
		return "absent"
	case d.Suppressed != analysis.Shown:
		return string(d.Suppressed)
	case !asked:
		return "unasked"
	case f.Suppressed != analysis.Shown:
		return string(f.Suppressed)
	}
	return string(analysis.None)
}

// stat gathers a statistic over the rounds; step is indexStep for index points.
func (v trendViews) stat(level, id string, step float64) trendStat {
	st := trendStat{ID: id, Name: v.names.Of(id, v.lang)}
	var asked *analysis.Document // the round before that asked it
	for i, d := range v.docs {
		var cell trendCell
		var f analysis.Figure
		ok := false
		if d != nil {
			if f, ok = d.Figure(id); ok && f.Level == level {
				cell.Changed = asked != nil && !analysis.SameItems(asked, d, level, id)
				asked = d
			}
		}
		if cell.Figure = v.figure(f, ok); !cell.Figure.Shown {
			cell.Missing = v.missing(i, f, ok)
		}
		st.Cells = append(st.Cells, cell)
	}
	if n := len(v.docs); n > 1 {
		st.SinceBefore = v.since(n-2, level, id, step)
		st.SinceFirst = v.since(0, level, id, step)
	}
	return st
}

// since is the change of a statistic from round i to the last.
func (v trendViews) since(i int, level, id string, step float64) trendChange {
	then, now := v.docs[i], v.last()
	if then == nil {
		return trendChange{Why: "gap"}
	}
	c, ok := analysis.Between(then, now, id)
	if !ok {
		if _, asked := then.Figure(id); asked && !analysis.SameItems(then, now, level, id) {
			return trendChange{Why: "items"}
		}
		return trendChange{Why: "gap"}
	}
	return trendChange{changeView: v.change(c, true, step)}
}

// indexAxis holds every index that is drawn, and its target.
func (v trendViews) indexAxis() (scale, []float64) {
	var values []float64
	for _, d := range v.docs {
		if d == nil {
			continue
		}
		if f, ok := d.Figure(analysis.TotalID); ok && f.Suppressed == analysis.Shown {
			values = append(values, survey.Index(f.CILow), survey.Index(f.CIHigh), survey.Index(f.Target))
		}
	}
	if len(values) == 0 {
		return scale{0, 100}, nil
	}
	s := indexScale(values...)
	return s, steps(s, 10)
}

// levelAxes gives the areas one scale of whole levels that holds them all.
func (v trendViews) levelAxes(areas []trendStat) {
	s := scale{survey.Levels, 1}
	for _, st := range areas {
		for _, d := range v.docs {
			if d == nil {
				continue
			}
			if f, ok := d.Figure(st.ID); ok && f.Suppressed == analysis.Shown {
				s.Low, s.High = min(s.Low, f.CILow), max(s.High, f.CIHigh, f.Target)
			}
		}
	}
	s = scale{max(1, math.Floor(s.Low-.1)), min(survey.Levels, math.Ceil(s.High+.1))}
	for i := range areas {
		areas[i].Scale, areas[i].Ticks = s, steps(s, 1)
	}
}

func steps(s scale, by float64) (out []float64) {
	for x := s.Low; x <= s.High+1e-9; x += by {
		out = append(out, x)
	}
	return out
}

// number0 is a number without decimals.
func (v views) number0(x float64) string { return format.Decimal(x, 0, v.lang) }

func (v trendViews) moves(p *trendPage) {
	if len(v.docs) < 2 || v.docs[v.against] == nil || v.docs[v.against].Suppressed != analysis.Shown {
		if len(v.docs) > 1 {
			p.Against = v.years[v.against]
		}
		return
	}
	p.Against = v.years[v.against]
	rose, fell := finding.Moves(v.docs[v.against], v.last(), v.set)
	p.Moves = finding.MovesTitle(rose, fell, p.Against, v.lang)
	for _, side := range []struct {
		from []finding.Move
		to   *[]moveRow
	}{{rose, &p.Rose}, {fell, &p.Fell}} {
		for i, m := range side.from {
			if i >= most && !v.all {
				p.More += len(side.from) - i
				break
			}
			r := moveRow{Name: v.names.Of(m.Now.ID, v.lang), Then: v.figure(m.Then, true), Now: v.figure(m.Now, true), Change: v.change(m.Change, true, 1)}
			if it, ok := v.set.Item(m.Now.ID); ok && m.Now.Level == analysis.LevelItem {
				r.Theme = v.names.Of(it.ThemeID(), v.lang)
			}
			*side.to = append(*side.to, r)
		}
	}
}

// changed tells round by round what was asked anew and what no more, and which
// figures do not compare for it.
func (v trendViews) changed() (out []changedItems) {
	for i := 1; i < len(v.sets); i++ {
		before, now := v.sets[i-1], v.sets[i]
		c := changedItems{Year: v.years[i], Before: v.years[i-1], New: v.onlyIn(now, before), Gone: v.onlyIn(before, now)}
		if then, d := v.docs[i-1], v.docs[i]; then != nil && d != nil {
			names := finding.NamesOf(now)
			for _, f := range d.Figures {
				if _, was := then.Figure(f.ID); !was || f.Level == analysis.LevelItem || analysis.SameItems(then, d, f.Level, f.ID) {
					continue
				}
				if f.Level == analysis.LevelTotal {
					c.Total = true
				} else if name := names.Of(f.ID, v.lang); !slices.Contains(c.Broken, name) {
					c.Broken = append(c.Broken, name)
				}
			}
		}
		if len(c.New)+len(c.Gone)+len(c.Broken) > 0 || c.Total {
			out = append(out, c)
		}
	}
	return out
}

// onlyIn are the questions that one round rated and another did not.
func (v trendViews) onlyIn(set, other *survey.Set) (out []string) {
	for _, it := range set.Items {
		if was, ok := other.Item(it.ID); it.Kind == survey.Rating && (!ok || was.Kind != survey.Rating) {
			out = append(out, it.Text.In(v.lang))
		}
	}
	return out
}

// Columns is the class of a table by how many rounds it has.
func (p trendPage) Columns() string { return "y-" + strconv.Itoa(min(len(p.Years), 6)) }
