package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
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

// diagram is a chart of a page as it can be taken along: a picture that says by
// itself what it shows.
type diagram struct {
	name   string // of its file
	label  string // what the page calls it
	title  string
	of     *analysis.Figure // the statistic that it is of, nil for the page's total
	legend []chart.Series
	draw   func(context.Context) (svg []byte, width, height int, err error)
}

// savedChart is where a chart can be had as a file.
type savedChart struct{ Name, Label, SVG, PNG string }

// savedCharts are those of a page.
type savedCharts []savedChart

// Named returns one, empty where there is none.
func (all savedCharts) Named(name string) savedChart {
	for _, c := range all {
		if c.Name == name {
			return c
		}
	}
	return savedChart{}
}

// saved tells where the charts of the page with an address are.
func saved(page string, all []diagram) (out savedCharts) {
	path, query, _ := strings.Cut(page, "?")
	if query != "" {
		query = "?" + query
	}
	for _, d := range all {
		at := path + "/diagram/" + d.name
		out = append(out, savedChart{d.name, d.label, at + ".svg" + query, at + ".png" + query})
	}
	return out
}

// errNoChart is for a chart that the page does not have.
var errNoChart = fail.New(fail.NotFound, "Diagrammet finns inte: för få siffror visas för enheten.", "There is no such chart: too few figures of the unit are shown.")

// sendChart answers with the chart that is asked for, of those of a page of d: as
// SVG or PNG, framed, with what it shows, of how many, when and from where.
func (s *Server) sendChart(c *gin.Context, p published, d *analysis.Document, all []diagram) {
	name, kind, _ := strings.Cut(c.Param("chart"), ".")
	if kind != "svg" && kind != "png" {
		s.failed(c, errNoPage)
		return
	}
	at := slices.IndexFunc(all, func(g diagram) bool { return g.name == name })
	if at < 0 {
		s.failed(c, errNoChart)
		return
	}
	out, err := s.framed(c, p, d, all[at])
	if err == nil && kind == "png" {
		err = s.alone(c, func() (err error) {
			out, err = chart.PNG(out, 2)
			return err
		})
	}
	if err == nil {
		err = s.log.Append(c, trail.Event{Actor: p.who.Account, Action: "export.chart", Unit: d.Unit.ID, Round: p.round.ID, Detail: name + "." + kind}) // what leaves untold does not leave
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	attach(c, p.round.ID, d.Unit.ID, "-"+plain(name)+"."+kind)
	c.Data(http.StatusOK, map[string]string{"svg": "image/svg+xml; charset=utf-8", "png": "image/png"}[kind], out)
}

// framed draws a chart as a whole SVG file.
func (s *Server) framed(c *gin.Context, p published, d *analysis.Document, g diagram) ([]byte, error) {
	n, invited := d.Submitted, d.Invited
	of, ok := d.Figure(analysis.TotalID)
	if g.of != nil {
		of, ok = *g.of, true
	}
	if ok && of.Suppressed == analysis.Shown {
		n, invited = of.N, of.Invited
	}
	lang, now := p.views.lang, label(p.round)
	frame := chart.Frame{Title: g.title, Subtitle: fmt.Sprintf(s.pages.say(lang, "take.chart.of"), d.Unit.Name, now, n, invited), Legend: g.legend,
		Source: fmt.Sprintf(s.pages.say(lang, "take.chart.source"), export.Source(lang, s.owner(c), now), s.now().In(round.Sweden).Format(round.DayFormat))}
	svg, width, height, err := g.draw(c)
	if err != nil {
		return nil, err
	}
	return frame.Around(svg, width, height)
}

// drawOption draws with ECharts.
func (s *Server) drawOption(option drawable, width, height int) func(context.Context) ([]byte, int, int, error) {
	return func(ctx context.Context) ([]byte, int, int, error) {
		o, err := option.Option()
		if err != nil {
			return nil, 0, 0, err
		}
		svg, err := s.charts.SVG(ctx, o, width, height)
		return svg, width, height, err
	}
}

// rowsDrawing draws figures below each other.
func rowsDrawing(rows chart.Rows) func(context.Context) ([]byte, int, int, error) {
	return func(context.Context) ([]byte, int, int, error) {
		svg, height := rows.SVG()
		return svg, chart.RowsWidth, height, nil
	}
}

// heatDrawing draws a table of figures.
func heatDrawing(h chart.Heat) func(context.Context) ([]byte, int, int, error) {
	return func(context.Context) ([]byte, int, int, error) {
		svg, width, height := h.SVG()
		return svg, width, height, nil
	}
}

// rowsLegend tells what the marks of figures on a scale are.
func (s *Server) rowsLegend(lang, then, whole string) []chart.Series {
	out := []chart.Series{{Name: s.pages.say(lang, "take.chart.mean"), Kind: chart.ThisYear}, {Name: finding.Target(lang), Kind: chart.Target}}
	if then != "" {
		out = append(out, chart.Series{Name: then, Kind: chart.LastYear})
	}
	if whole != "" {
		out = append(out, chart.Series{Name: whole, Kind: chart.Parent})
	}
	return out
}

// marks are the lines of an axis of whole numbers.
func marks(from, to, step int) (out []chart.Mark) {
	for x := from; x <= to; x += step {
		out = append(out, chart.Mark{At: float64(x), Label: fmt.Sprint(x)})
	}
	return out
}

// chartRow is a figure in levels, written as (level + shift) × scale.
func (v views) chartRow(name string, f analysis.Figure, least int, scale, shift float64) chart.Row {
	if f.Suppressed == analysis.Shown && f.N == 0 {
		f.Suppressed = analysis.None
	}
	if f.Suppressed != analysis.Shown {
		return chart.Row{Name: name, Hidden: export.Why(v.lang, f.Suppressed, least)}
	}
	on := func(level float64) float64 { return (level + shift) * scale }
	return chart.Row{Name: name, Value: v.number(on(f.Mean)), Under: v.interval(on(f.CILow), on(f.CIHigh)) + ", n = " + fmt.Sprint(f.N),
		Mean: on(f.Mean), Low: on(f.CILow), High: on(f.CIHigh), Target: on(f.Target)}
}

// chartIndex is a figure as index.
func (v views) chartIndex(name string, f analysis.Figure, least int) chart.Row {
	return v.chartRow(name, f, least, indexStep, -1)
}

// heatKey is what the tints of a heat table stand for: texts under a key, of 1–6.
func (s *Server) heatKey(lang, tint, key string) (out []chart.Cell) {
	for i := 1; i <= 6; i++ {
		out = append(out, chart.Cell{Tint: fmt.Sprint(tint, i), Value: s.pages.say(lang, fmt.Sprint(key, i))})
	}
	return out
}

// levelScale is the whole scale of levels, with its marks.
func levelScale() chart.Rows {
	return chart.Rows{From: 1, To: survey.Levels, Ticks: marks(1, survey.Levels, 1)}
}
