package export

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/format"
)

// line is one series of the charts: its name, how it is drawn, and a figure's
// value in it, an empty cell where it is not shown.
type line struct {
	name, colour, dash string
	width              int // in EMU, 12,700 a point
	value              func(id string) any
}

// seriesOf are the unit's levels, its target, and those of the whole.
func (w *workbook) seriesOf() []line {
	d := w.top
	level := func(find func(string) (analysis.Figure, bool), of func(analysis.Figure) float64) func(string) any {
		return func(id string) any {
			f, ok := find(id)
			if !ok || f.Suppressed != analysis.Shown || f.N == 0 {
				return nil
			}
			return of(f)
		}
	}
	mean := func(f analysis.Figure) float64 { return f.Mean }
	out := []line{{d.Unit.Name, "0D4F5F", "solid", 31750, level(d.Figure, mean)},
		{say(w.Lang, "target"), "14242A", "dash", 19050, level(d.Figure, func(f analysis.Figure) float64 { return f.Target })}}
	if d.Root != nil {
		out = append(out, line{d.Root.Unit.Name, "63747A", "solid", 15875, level(d.Root.Figure, mean)})
	}
	return out
}

// chartRows is the height of a chart in rows of a sheet.
const chartRows = 26

// charts writes the tables of areas and themes, with a radar of each beside it.
func (w *workbook) charts() error {
	name, lines := say(w.Lang, "sheet.charts"), w.seriesOf()
	var areas, themes []string
	for _, f := range w.top.Figures {
		switch f.Level {
		case analysis.LevelArea:
			areas = append(areas, f.ID)
		case analysis.LevelTheme:
			themes = append(themes, f.ID)
		}
	}
	total, _ := w.top.Figure(analysis.TotalID)
	under := Why(w.Lang, w.top.Suppressed, w.top.MinGroup)
	if under == "" {
		under = say(w.Lang, "asof", total.N, total.Invited, w.source(), w.Day)
	}
	from := 1
	for _, part := range []struct {
		title string
		ids   []string
	}{{"chart.themes", themes}, {"chart.areas", areas}} {
		if err := w.chartTable(name, from, say(w.Lang, part.title), under, part.ids, lines); err != nil {
			return err
		}
		if err := w.radar(name, from, say(w.Lang, part.title), under, part.ids, lines); err != nil {
			return err
		}
		from += max(chartRows, len(part.ids)+4)
	}
	return w.file.SetColWidth(name, "A", "A", 34)
}

// chartTable writes a table from a row on: its title, its head, a line a figure.
func (w *workbook) chartTable(name string, from int, title, under string, ids []string, lines []line) error {
	bold, err := w.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 13, Color: "0D4F5F"}})
	if err != nil {
		return err
	}
	head := []any{title}
	for _, l := range lines {
		head = append(head, l.name)
	}
	rows := [][]any{{title + ", " + w.top.Unit.Name}, {under}, head}
	for _, id := range ids {
		values := []any{w.names.Of(id, w.Lang)}
		for _, l := range lines {
			values = append(values, l.value(id))
		}
		rows = append(rows, values)
	}
	for i, values := range rows {
		if err := w.file.SetSheetRow(name, at(1, from+i), &values); err != nil {
			return err
		}
	}
	last := at(1+len(lines), from+len(rows)-1)
	for _, s := range []struct {
		a, b  string
		style int
	}{{at(1, from), at(1, from), bold}, {at(1, from+2), at(1+len(lines), from+2), w.head}, {at(2, from+3), last, w.styles[oneDecimal]}} {
		if err := w.file.SetCellStyle(name, s.a, s.b, s.style); err != nil {
			return err
		}
	}
	return w.file.SetColWidth(name, "B", "D", 16)
}

// leastAxes is how few axes still make a shape.
const leastAxes = 3

// radar adds a chart of the table that begins at a row, where enough is shown.
func (w *workbook) radar(name string, from int, title, under string, ids []string, lines []line) error {
	shown := 0
	for _, id := range ids {
		if lines[0].value(id) != nil {
			shown++
		}
	}
	if shown < leastAxes {
		return nil
	}
	first, last := from+3, from+2+len(ids)
	ref := func(column, a, b int) string {
		s := "'" + name + "'!" + absolute(column, a)
		if b > a {
			s += ":" + absolute(column, b)
		}
		return s
	}
	var series []excelize.ChartSeries
	for i := range lines {
		series = append(series, excelize.ChartSeries{Name: ref(2+i, from+2, 0), Categories: ref(1, first, last), Values: ref(2+i, first, last)})
	}
	least, most := 1.0, 5.0
	heading := []excelize.RichTextRun{{Text: title + ", " + w.top.Unit.Name, Font: &excelize.Font{Bold: true, Size: 13}}, {Text: under, Font: &excelize.Font{Size: 9}}}
	if err := w.file.AddChart(name, at(2+len(lines)+1, from), &excelize.Chart{Type: excelize.Radar, Series: series, ShowBlanksAs: "gap",
		Title: excelize.ChartTitle{Paragraph: heading}, Legend: excelize.ChartLegend{Position: "bottom"}, Dimension: excelize.ChartDimension{Width: 640, Height: 500},
		YAxis:  excelize.ChartAxis{Minimum: &least, Maximum: &most, MajorUnit: 1, MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "0"}},
		Format: excelize.GraphicOptions{AltText: say(w.Lang, "chart.alt", format.And([]string{w.top.Unit.Name, w.Round}, w.Lang))}}); err != nil {
		return err
	}
	w.drawn++
	return w.look(lines)
}

// look gives the lines of the chart that was added last their looks, which
// excelize has for other kinds of charts alone.
func (w *workbook) look(lines []line) error {
	path := fmt.Sprintf("xl/charts/chart%d.xml", w.drawn)
	content, ok := w.file.Pkg.Load(path)
	text, is := content.([]byte)
	parts := strings.Split(string(text), "<ser>")
	if !ok || !is || len(parts) != len(lines)+1 {
		return fmt.Errorf("%s is not as it was made", path)
	}
	for i, l := range lines {
		look := fmt.Sprintf(`</tx><spPr><a:ln w="%d" cap="rnd"><a:solidFill><a:srgbClr val="%s"/></a:solidFill><a:prstDash val="%s"/><a:round/></a:ln></spPr><marker><symbol val="none"/></marker>`, l.width, l.colour, l.dash)
		parts[i+1] = strings.Replace(parts[i+1], "</tx>", look, 1)
	}
	w.file.Pkg.Store(path, []byte(strings.Join(parts, "<ser>")))
	return nil
}

func absolute(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row, true)
	if err != nil {
		panic(err) // columns and rows of ours, counted from 1
	}
	return name
}
