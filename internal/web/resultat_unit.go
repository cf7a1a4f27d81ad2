package web

import (
	"slices"
	"strconv"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/survey"
)

// resultPage is a unit's result.
type resultPage struct {
	Unit, Kind  string // name, and "förvaltningen"
	Now, Then   string // what this round and the previous are called
	Opens       string // days, of the round
	Closes      string
	MinGroup    int
	Path        []link     // from the top down to the unit
	Rounds      []link     // published rounds to choose from
	Tops        []link     // other units that the reader begins at
	Take        string     // address of the page of files to take along
	Meet        []takeFile // ways to read it together
	Charts      savedCharts
	Headline    string
	Lede        []string
	Answered    int
	Invited     int
	Rate        string
	Caution     bool   // fewer have answered than the audit verdict asks for
	Hidden      string // why nothing is shown, "" where it is
	Up          link   // nearest unit above that is shown
	Index       *indexView
	Themes      *themesView
	Areas       *areasView
	Children    *childrenView
	Items       *itemsView
	HasPrevious bool
	Whole       string // "hela kommunen", "" for the whole itself
	WholeName   string
}

// indexView is the index with what it is compared with.
type indexView struct {
	Total    figureView
	Rows     []indexRow
	Scale    scale
	Ticks    []tick
	Target   string // its place on the axis
	Change   changeView
	Then     figureView
	ThenRate string
	ThenN    int
	ThenOf   int
	Versus   changeView
	Root     figureView
}

// indexRow is one line of the index chart.
type indexRow struct {
	Name    string
	Round   string
	Figure  figureView
	Mark    mark
	Kommun  bool
	Earlier bool
}

// unitViews prepares the page of one document.
type unitViews struct {
	views
	doc *analysis.Document
	say finding.Unit
	now string
}

func newUnitViews(v views, d *analysis.Document, now, then string) unitViews {
	return unitViews{v, d, finding.Unit{Doc: d, Names: v.names, Then: then, Lang: v.lang}, now}
}

// page fills in what comes from the document; the handler adds the ways to
// other pages.
func (u unitViews) page() resultPage {
	d := u.doc
	p := resultPage{
		Unit: d.Unit.Name, Kind: finding.KindOf(u.lang, d.Unit.Kind).The, Now: u.now, Then: u.say.Then, MinGroup: d.MinGroup,
		Headline: u.say.Headline(), Lede: u.say.Lede(), Whole: u.say.Whole(),
		Answered: d.Submitted, Invited: d.Invited, Rate: format.Percent(d.Submitted, d.Invited, u.lang),
		HasPrevious: d.Previous != nil, Hidden: string(d.Suppressed),
	}
	if d.Suppressed != analysis.Shown {
		return p
	}
	if d.Root != nil {
		p.WholeName = d.Root.Unit.Name
	}
	p.Index, p.Themes, p.Areas = u.index(), u.themes(), u.areas()
	p.Children, p.Items = u.children(), u.items()
	return p
}

func (u unitViews) index() *indexView {
	d := u.doc
	total, ok := d.Figure(analysis.TotalID)
	v := &indexView{Total: u.figure(total, ok)}
	if d.Previous != nil {
		v.ThenN, v.ThenOf = d.Previous.Submitted, d.Previous.Invited
		v.ThenRate = format.Percent(v.ThenN, v.ThenOf, u.lang)
	}
	if !v.Total.Shown {
		return v
	}
	then, hasThen := d.Previous.Figure(analysis.TotalID)
	root, hasRoot := d.Root.Figure(analysis.TotalID)
	v.Then, v.Root = u.figure(then, hasThen), u.figure(root, hasRoot)
	values := []float64{survey.Index(total.CILow), survey.Index(total.CIHigh), survey.Index(total.Target)}
	if v.Then.Shown {
		values = append(values, survey.Index(then.CILow), survey.Index(then.CIHigh))
	}
	if v.Root.Shown {
		values = append(values, survey.Index(root.CILow), survey.Index(root.CIHigh))
	}
	v.Scale = indexScale(values...)
	v.Ticks, v.Target = v.Scale.ticks(), v.Scale.at(survey.Index(total.Target))
	v.Rows = append(v.Rows, indexRow{Name: soft(d.Unit.Name), Round: u.now, Figure: v.Total, Mark: v.Scale.indexMark("unit", total)})
	if v.Then.Shown {
		v.Rows = append(v.Rows, indexRow{Name: soft(d.Previous.Unit.Name), Round: u.say.Then, Figure: v.Then, Mark: v.Scale.indexMark("old", then), Earlier: true})
	}
	if v.Root.Shown {
		v.Rows = append(v.Rows, indexRow{Name: soft(d.Root.Unit.Name), Round: u.now, Figure: v.Root, Mark: v.Scale.indexMark("kom", root), Kommun: true})
	}
	change, compared := d.Previous.Change(analysis.TotalID)
	v.Change = u.change(change, compared, indexStep)
	versus, certain := finding.Versus(total, root)
	v.Versus = u.change(versus, certain, indexStep)
	return v
}

// themesView is the radar and its table.
type themesView struct {
	Title      string
	Radar      radarView
	Groups     []themeGroup
	Parent     string // name of the unit that the radar compares with, "" for none
	Short      string // its kind, for the head of a column: "Kommunen"
	Columns    int    // of the table
	ThenDrawn  bool   // last year is in the radar: nothing of it is hidden
	OtherDrawn bool
	Comments   link // to what was written, called by how many there are
}

type themeGroup struct {
	Name string
	Rows []themeRow
}

type themeRow struct {
	Name   string
	Now    figureView
	Then   figureView
	Other  figureView // of the unit that is compared with
	Change changeView
}

// other is the unit to compare with: the one above, else the whole.
func (u unitViews) other() *analysis.Reference {
	if u.doc.Parent != nil {
		return u.doc.Parent
	}
	return u.doc.Root
}

func (u unitViews) themes() *themesView {
	d, other := u.doc, u.other()
	v := &themesView{Title: u.say.ThemesTitle(), Columns: 4}
	if other != nil {
		v.Parent, v.Short = other.Unit.Name, finding.Capital(finding.KindOf(u.lang, other.Unit.Kind).The)
		v.Columns++
	}
	if d.Previous != nil {
		v.Columns++
	}
	for _, q := range u.set.Questionnaires {
		g := themeGroup{Name: q.Title.In(u.lang)}
		for _, th := range q.Themes {
			id := q.ID + "." + th.ID
			now, ok := d.Figure(id)
			if !ok { // facts alone
				continue
			}
			then, had := d.Previous.Figure(id)
			ref, has := other.Figure(id)
			change, compared := d.Previous.Change(id)
			g.Rows = append(g.Rows, themeRow{th.Title.In(u.lang), u.figure(now, true), u.figure(then, had), u.figure(ref, has), u.change(change, compared, 1)})
		}
		if len(g.Rows) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	return v
}

// areasView is the areas on the scale of levels.
type areasView struct {
	Title string
	Ticks []tick
	Rows  []areaRow
	Whole bool // whether a whole to compare with is drawn
}

type areaRow struct {
	Name      string
	Themes    int
	Items     int
	Figure    figureView
	Mark      mark
	Target    string // places on the scale
	Whole     string
	Change    changeView
	Agreement string // r_WG, "" where there is none
	Agree     bool
}

// agreed is the r_WG from which managers are read as agreeing
// (docs/method.md, A unit's figures).
const agreed = finding.Agreed

func (u unitViews) areas() *areasView {
	v := &areasView{Title: u.say.AreasTitle(), Ticks: levelTicks()}
	for _, q := range u.set.Questionnaires {
		f, ok := u.doc.Figure(q.ID)
		if !ok {
			continue
		}
		r := areaRow{Name: q.Title.In(u.lang), Figure: u.figure(f, true)}
		for _, th := range q.Themes {
			asked := 0
			for _, it := range th.Items {
				if it.Kind == survey.Rating {
					asked++
				}
			}
			if asked > 0 {
				r.Themes, r.Items = r.Themes+1, r.Items+asked
			}
		}
		if r.Figure.Shown {
			r.Mark, r.Target = levels.mark("unit", f.Mean, f.CILow, f.CIHigh), levels.at(f.Target)
			if whole, ok := u.doc.Root.Figure(q.ID); ok && whole.Suppressed == analysis.Shown {
				r.Whole, v.Whole = levels.at(whole.Mean), true
			}
			change, compared := u.doc.Previous.Change(q.ID)
			r.Change = u.change(change, compared, 1)
			if f.RWG != nil {
				r.Agreement, r.Agree = format.Decimal(*f.RWG, 2, u.lang), *f.RWG >= agreed
			}
		}
		v.Rows = append(v.Rows, r)
	}
	return v
}

// itemsView is the strongest and weakest items.
type itemsView struct {
	Title        string
	All          int
	Strong, Weak []itemRow
	Bars         bool     // some has a distribution
	Narrow       bool     // some part of one has no room for its figure
	Ladders      []ladder // of the distributions
	OwnUntold    bool     // some is about the manager's own competence, and no ladder says what its levels are
}

// ladder is what the levels are called in one kind of item: keys of texts.
type ladder struct {
	Name  string
	Words []string
}

func ladderOf(own bool) ladder {
	l, word := ladder{Name: "result.items.ladder"}, "level."
	if own {
		l.Name, word = "result.items.ladder.own", "own."
	}
	for i := range survey.Levels {
		l.Words = append(l.Words, word+strconv.Itoa(i+1))
	}
	return l
}

type itemRow struct {
	Text, Theme string
	Figure      figureView
	Own         bool
	Bars        []bar
	DontKnow    int
	DontKnowOf  int
	Share       string
	Agreement   string // "" where the distribution is not shown
	Agree       bool
}

// bar is the people at one level, as a part of the row's width.
type bar struct {
	Level  int
	Word   string // key of the level's name
	People int
	At     string
	Width  string
	Wide   bool // room for the figure
}

// strongest is how many items each way the page names.
const strongest = 3

func (u unitViews) items() *itemsView {
	strong, weak := finding.Items(u.doc, u.set, strongest)
	v := &itemsView{Title: u.say.ItemsTitle(u.set, weak)}
	for _, it := range u.set.Items {
		if it.Kind == survey.Rating {
			v.All++
		}
	}
	for _, f := range strong {
		v.Strong = append(v.Strong, u.item(f))
	}
	for _, f := range weak {
		v.Weak = append(v.Weak, u.item(f))
	}
	kinds := map[bool]bool{} // of items with a distribution: about the manager's own competence or not
	for _, r := range slices.Concat(v.Strong, v.Weak) {
		v.OwnUntold = v.OwnUntold || r.Own
		if len(r.Bars) > 0 {
			kinds[r.Own], v.Bars = true, true
		}
		v.Narrow = v.Narrow || slices.ContainsFunc(r.Bars, func(b bar) bool { return !b.Wide })
	}
	v.OwnUntold = v.OwnUntold && !kinds[true]
	for _, own := range []bool{false, true} {
		if kinds[own] {
			v.Ladders = append(v.Ladders, ladderOf(own))
		}
	}
	return v
}

func (u unitViews) item(f analysis.Figure) itemRow {
	it, _ := u.set.Item(f.ID)
	r := itemRow{Text: it.Text.In(u.lang), Theme: u.names.Of(it.ThemeID(), u.lang), Figure: u.figure(f, true), Own: it.OwnCompetence()}
	if len(f.Histogram) > 0 { // with the mean it tells the distribution, where that is of few
		agreement := finding.Agreement(f)
		r.Agreement, r.Agree = format.Decimal(agreement, 2, u.lang), agreement >= agreed
	}
	if f.DontKnow != nil && *f.DontKnow > 0 {
		r.DontKnow, r.DontKnowOf = *f.DontKnow, f.N+*f.DontKnow
		if it.DontKnow == survey.Level1 { // counted among those with a level
			r.DontKnowOf = f.N
		}
		r.Share = format.Percent(r.DontKnow, r.DontKnowOf, u.lang)
	}
	people, words := 0, ladderOf(r.Own).Words
	for _, n := range f.Histogram {
		people += n
	}
	before := 0
	for i, n := range f.Histogram {
		if n > 0 {
			s := scale{0, float64(people)}
			r.Bars = append(r.Bars, bar{Level: i + 1, Word: words[i], People: n,
				At: s.at(float64(before)), Width: s.at(float64(n)), Wide: 40*n >= people})
		}
		before += n
	}
	return r
}
