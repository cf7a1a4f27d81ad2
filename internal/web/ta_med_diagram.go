package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/chart"
	"github.com/mognad/mognad/internal/export"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
)

// The pictures of a unit's result, by the name of their files. Their titles are
// "take.chart.NAME".
const (
	themesChart   = "teman"
	areasChart    = "omraden"
	childrenChart = "enheter"
)

// takeChart is a picture that can be taken along.
type takeChart struct{ Name, SVG, PNG string }

// charts are the pictures that there are of a unit.
func (u unitViews) charts() (names []string) {
	d := u.doc
	if d.Suppressed != analysis.Shown {
		return nil
	}
	axes, ids := u.axes(d)
	own := chart.Radar{Axes: axes, Series: []chart.Series{line(d.Unit.Name, chart.ThisYear, ids, d.Figure, mean)}}
	if _, err := own.Option(); err == nil {
		names = append(names, themesChart)
	}
	shown := func(f analysis.Figure) bool { return f.Suppressed == analysis.Shown && f.N > 0 }
	if slices.ContainsFunc(d.Of(analysis.LevelArea), shown) {
		names = append(names, areasChart)
	}
	if slices.ContainsFunc(d.Children, func(c analysis.Child) bool {
		f, ok := c.Figure(analysis.TotalID)
		return ok && shown(f)
	}) {
		names = append(names, childrenChart)
	}
	return names
}

// pictures are the addresses of a unit's pictures, by name.
func (p published) pictures(u unitViews) []takeChart {
	var out []takeChart
	for _, name := range u.charts() {
		at := func(kind string) string { return p.under(u.doc.Unit.ID, "diagram/"+name+"."+kind) }
		out = append(out, takeChart{name, at("svg"), at("png")})
	}
	return out
}

// Chart returns the addresses of one of the page's pictures.
func (p resultPage) Chart(name string) takeChart {
	for _, c := range p.Charts {
		if c.Name == name {
			return c
		}
	}
	return takeChart{}
}

// takePicture gives a picture as SVG or PNG, with what it shows, of how many, when
// and from where written in it.
func (s *Server) takePicture(c *gin.Context) {
	name, kind, _ := strings.Cut(c.Param("chart"), ".")
	if kind != "svg" && kind != "png" || !slices.Contains([]string{themesChart, areasChart, childrenChart}, name) {
		s.failed(c, errNoPage)
		return
	}
	p, unit, ok := s.requested(c, c.Query("omgang"), c.Param("unit"))
	if !ok {
		return
	}
	d, err := s.rounds.Document(c, p.round, unit)
	if err != nil {
		s.failed(c, err)
		return
	}
	u := newUnitViews(p.views, d, label(p.round), p.then(d))
	if !slices.Contains(u.charts(), name) {
		s.failed(c, errNoChart)
		return
	}
	svg, err := s.picture(c, p, u, name)
	if err == nil && kind == "png" {
		svg, err = chart.PNG(svg, 2)
	}
	if err == nil {
		err = s.log.Append(c, trail.Event{Actor: p.who.Account, Action: "export.chart", Unit: unit, Round: p.round.ID, Detail: name + "." + kind}) // what leaves untold does not leave
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	attach(c, p.round.ID, unit, "-"+name+"."+kind)
	c.Data(http.StatusOK, map[string]string{"svg": "image/svg+xml; charset=utf-8", "png": "image/png"}[kind], svg)
}

var errNoChart = fail.New(fail.NotFound, "Diagrammet finns inte: för få siffror visas för enheten.", "There is no such chart: too few figures of the unit are shown.")

// picture draws one as a whole SVG file.
func (s *Server) picture(c *gin.Context, p published, u unitViews, name string) ([]byte, error) {
	d, lang := u.doc, u.lang
	total, _ := d.Figure(analysis.TotalID)
	n, invited := total.N, total.Invited
	if total.Suppressed != analysis.Shown {
		n, invited = d.Submitted, d.Invited
	}
	frame := chart.Frame{Title: fmt.Sprintf(s.pages.say(lang, "take.chart."+name), d.Unit.Name),
		Subtitle: fmt.Sprintf(s.pages.say(lang, "take.chart.of"), d.Unit.Name, u.now, n, invited),
		Source:   fmt.Sprintf(s.pages.say(lang, "take.chart.source"), export.Source(lang, s.owner(c), u.now), s.now().In(round.Sweden).Format(round.DayFormat))}
	if name != themesChart {
		rows := u.areaRows()
		if name == childrenChart {
			rows = u.childRows()
		}
		frame.Legend = []chart.Series{{Name: s.pages.say(lang, "take.chart.mean"), Kind: chart.ThisYear}, {Name: finding.Target(lang), Kind: chart.Target}}
		if slices.ContainsFunc(rows.Rows, func(r chart.Row) bool { return r.Whole != nil }) {
			frame.Legend = append(frame.Legend, chart.Series{Name: finding.Capital(u.say.Whole()), Kind: chart.Parent})
		}
		svg, height := rows.SVG()
		return frame.Around(svg, chart.RowsWidth, height)
	}
	radar, _, _ := u.radar()
	radar.Lang = lang
	frame.Legend = radar.Drawn()
	option, err := radar.Option()
	if err != nil {
		return nil, err
	}
	svg, err := s.charts.SVG(c, option, radarWidth, radarHeight)
	if err != nil {
		return nil, err
	}
	return frame.Around(svg, radarWidth, radarHeight)
}

// areaRows are the areas' levels.
func (u unitViews) areaRows() chart.Rows {
	out := chart.Rows{From: 1, To: survey.Levels}
	for l := 1; l <= survey.Levels; l++ {
		out.Ticks = append(out.Ticks, chart.Mark{At: float64(l), Label: strconv.Itoa(l)})
	}
	for _, f := range u.doc.Of(analysis.LevelArea) {
		r := u.chartRow(u.names.Of(f.ID, u.lang), f, 1, 0)
		if whole, ok := u.doc.Root.Figure(f.ID); ok && whole.Suppressed == analysis.Shown && whole.N > 0 {
			r.Whole = &whole.Mean
		}
		out.Rows = append(out.Rows, r)
	}
	return out
}

// childRows are the index of the unit and of those directly below.
func (u unitViews) childRows() chart.Rows {
	out := chart.Rows{From: 0, To: 100}
	for x := 0; x <= 100; x += 20 {
		out.Ticks = append(out.Ticks, chart.Mark{At: float64(x), Label: strconv.Itoa(x)})
	}
	total, _ := u.doc.Figure(analysis.TotalID)
	out.Rows = append(out.Rows, u.chartRow(u.doc.Unit.Name, total, indexStep, -1))
	for i := range u.doc.Children {
		child := &u.doc.Children[i]
		f, _ := child.Figure(analysis.TotalID)
		if f.Suppressed == analysis.Shown {
			f.Suppressed = child.Suppressed
		}
		out.Rows = append(out.Rows, u.chartRow(child.Unit.Name, f, indexStep, -1))
	}
	return out
}

// chartRow is a figure in levels, written as (level + shift) × scale.
func (u unitViews) chartRow(name string, f analysis.Figure, scale, shift float64) chart.Row {
	if f.Suppressed == analysis.Shown && f.N == 0 {
		f.Suppressed = analysis.None
	}
	if f.Suppressed != analysis.Shown {
		return chart.Row{Name: name, Hidden: export.Why(u.lang, f.Suppressed, u.doc.MinGroup)}
	}
	on := func(level float64) float64 { return (level + shift) * scale }
	return chart.Row{Name: name, Value: u.number(on(f.Mean)), Under: u.interval(on(f.CILow), on(f.CIHigh)) + ", n = " + strconv.Itoa(f.N),
		Mean: on(f.Mean), Low: on(f.CILow), High: on(f.CIHigh), Target: on(f.Target)}
}
