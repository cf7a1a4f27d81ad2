package web

import (
	"fmt"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/chart"
	"github.com/mognad/mognad/internal/finding"
)

// themesChart is the name of a unit's radar.
const themesChart = "teman"

// unitChart answers with a chart of a unit's result.
func (s *Server) unitChart(c *gin.Context) {
	if p, d, ok := s.document(c, c.Query("omgang"), c.Param("unit")); ok {
		s.sendChart(c, p, d, s.unitDiagrams(newUnitViews(p.views, d, label(p.round), p.then(d))))
	}
}

// unitDiagrams are the charts that there are of a unit's result.
func (s *Server) unitDiagrams(u unitViews) (out []diagram) {
	d := u.doc
	if d.Suppressed != analysis.Shown {
		return nil
	}
	named := func(name string) diagram {
		return diagram{name: name, label: s.pages.say(u.lang, "take.chart."+name+".h"), title: fmt.Sprintf(s.pages.say(u.lang, "take.chart."+name), d.Unit.Name)}
	}
	radar, _, _ := u.radar()
	radar.Lang = u.lang
	if radar.Drawable() {
		g := named(themesChart)
		g.legend, g.draw = radar.Drawn(), s.drawOption(radar, radarWidth, radarHeight)
		out = append(out, g)
	}
	rows := func(name string, rows chart.Rows) {
		whole := ""
		if slices.ContainsFunc(rows.Rows, func(r chart.Row) bool { return r.Whole != nil }) {
			whole = finding.Capital(u.say.Whole())
		}
		g := named(name)
		g.legend, g.draw = s.rowsLegend(u.lang, "", whole), rowsDrawing(rows)
		out = append(out, g)
	}
	shown := func(f analysis.Figure) bool { return f.Suppressed == analysis.Shown && f.N > 0 }
	if slices.ContainsFunc(d.Of(analysis.LevelArea), shown) {
		rows("omraden", u.areaRows())
	}
	if slices.ContainsFunc(d.Children, func(c analysis.Child) bool {
		f, ok := c.Figure(analysis.TotalID)
		return ok && shown(f)
	}) {
		rows("enheter", u.childRows())
	}
	return out
}

// areaRows are the areas' levels.
func (u unitViews) areaRows() chart.Rows {
	out := levelScale()
	for _, f := range u.doc.Of(analysis.LevelArea) {
		r := u.chartRow(u.names.Of(f.ID, u.lang), f, u.doc.MinGroup, 1, 0)
		if whole, ok := u.doc.Root.Figure(f.ID); ok && whole.Suppressed == analysis.Shown && whole.N > 0 {
			r.Whole = &whole.Mean
		}
		out.Rows = append(out.Rows, r)
	}
	return out
}

// childRows are the index of the unit and of those directly below.
func (u unitViews) childRows() chart.Rows {
	out := chart.Rows{From: 0, To: 100, Ticks: marks(0, 100, 20)}
	total, _ := u.doc.Figure(analysis.TotalID)
	out.Rows = append(out.Rows, u.chartIndex(u.doc.Unit.Name, total, u.doc.MinGroup))
	for i := range u.doc.Children {
		child := &u.doc.Children[i]
		f, _ := child.Figure(analysis.TotalID)
		if f.Suppressed == analysis.Shown {
			f.Suppressed = child.Suppressed
		}
		out.Rows = append(out.Rows, u.chartIndex(child.Unit.Name, f, u.doc.MinGroup))
	}
	return out
}
