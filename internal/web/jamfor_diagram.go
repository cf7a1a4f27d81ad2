package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/chart"
	"github.com/mognad/mognad/internal/export"
	"github.com/mognad/mognad/internal/survey"
)

// compareChart answers with a chart of a comparison.
func (s *Server) compareChart(c *gin.Context) {
	p, h, unit, ok := s.compared(c)
	if !ok {
		return
	}
	v, err := s.compareViews(c, p, h, unit)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.sendChart(c, p, v.doc, s.compareDiagrams(v, v.page()))
}

// compareDiagrams are the charts of a comparison, apart from each unit's radar,
// which is that of its own result.
func (s *Server) compareDiagrams(v compareViews, p comparePage) []diagram {
	if p.Nothing != "" {
		return nil
	}
	ranks, themes := s.compareNamed(v, "plats"), s.compareNamed(v, "varme")
	ranks.legend, ranks.draw = s.rowsLegend(v.lang, p.Then, ""), rowsDrawing(s.rankRows(v, p))
	themes.draw = heatDrawing(s.heatTable(v, p))
	return []diagram{ranks, themes}
}

// compareNamed is a chart with its titles: of the whole, or of the area that is compared.
func (s *Server) compareNamed(v compareViews, name string) diagram {
	key := "compare.chart." + name
	d := diagram{name: name, label: s.pages.say(v.lang, key)}
	d.title = d.label + ", " + v.doc.Unit.Name
	if f, ok := v.doc.Figure(v.stat()); ok {
		d.of = &f
	}
	if v.ask.area != "" {
		d.title = v.names.Of(v.ask.area, v.lang) + ": " + d.title
	}
	return d
}

// rankRows are the units with their possible places, in the page's order, and the
// whole.
func (s *Server) rankRows(v compareViews, p comparePage) chart.Rows {
	low, high := int(p.Scale.Low), int(p.Scale.High)
	step := 10
	if high-low > 60 {
		step = 20
	}
	out := chart.Rows{From: p.Scale.Low, To: p.Scale.High, Ticks: marks(low, high, step)}
	for _, g := range p.Groups {
		for _, r := range g.Rows {
			name := hard(r.Name)
			if g.Whole {
				f, _ := v.doc.Figure(v.stat())
				out.Rows = append(out.Rows, v.chartIndex(name, f, v.doc.MinGroup))
				continue
			}
			child, _ := v.doc.Child(r.Unit)
			f, _ := child.Figure(v.stat())
			row := v.chartIndex(name, f, v.doc.MinGroup)
			row.Note = fmt.Sprintf(s.pages.say(v.lang, "compare.rank.range"), r.Low, r.High)
			if r.Low == r.High {
				row.Note = fmt.Sprintf(s.pages.say(v.lang, "compare.rank.one"), r.Low)
			}
			if _, _, change, ok := v.figureBefore(child, v.stat()); ok {
				then := survey.Index(f.Mean - change.Delta)
				row.Then = &then
			}
			out.Rows = append(out.Rows, row)
		}
	}
	for _, r := range p.Hidden {
		out.Rows = append(out.Rows, chart.Row{Name: hard(r.Name), Hidden: export.Why(v.lang, analysis.Reason(r.Hidden), p.MinGroup)})
	}
	return out
}

// heatTable is the page's table of units and themes.
func (s *Server) heatTable(v compareViews, p comparePage) chart.Heat {
	out := chart.Heat{Key: s.heatKey(v.lang, "h", "result.key."), Of: s.pages.say(v.lang, "result.level")}
	if p.Then != "" {
		out.Note = fmt.Sprintf(s.pages.say(v.lang, "compare.chart.signs"), p.Then)
	}
	for _, h := range p.Heads {
		out.Heads = append(out.Heads, chart.Head{Name: h.Name, Columns: h.Span})
	}
	for _, col := range p.Columns {
		out.Columns = append(out.Columns, cmp.Or(col.Short, col.Name, s.pages.say(v.lang, "result.index.short")))
	}
	for _, r := range append(slices.Clone(p.Rows), p.Whole) {
		row := chart.HeatRow{Name: hard(r.Name), Under: fmt.Sprintf(s.pages.say(v.lang, "result.of"), r.Answered, r.Invited)}
		for _, cell := range r.Cells {
			f, change := cell.Figure, map[string]int{"▲": 1, "▼": -1}[cell.Change.Sign]
			switch {
			case !f.Shown:
				row.Cells = append(row.Cells, chart.Cell{Hidden: s.pages.say(v.lang, "result.cell."+f.Reason)})
			case cell.Index:
				row.Cells = append(row.Cells, chart.Cell{Value: f.Index, Change: change, Under: []string{f.IndexInterval, "n = " + strconv.Itoa(f.N)}})
			default:
				row.Cells = append(row.Cells, chart.Cell{Value: f.Level, Change: change, Under: []string{f.Interval, "n = " + strconv.Itoa(f.N)}, Tint: f.Class})
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
