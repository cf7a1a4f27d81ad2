package chart

import "fmt"

// Row is a figure on a scale with its interval; or, where nothing of it is shown,
// the reason.
type Row struct {
	Name, Note              string // Note stands below the name
	Value, Under            string // as people read them: "2,9", "2,8–3,0, n = 31"
	Mean, Low, High, Target float64
	Whole, Then             *float64 // of the whole organisation, and of another round; nil where it is not drawn
	Hidden                  string   // why there is no figure
}

// Rows is figures below each other on one scale, as a picture.
type Rows struct {
	From, To float64
	Ticks    []Mark
	Rows     []Row
}

// Mark is a line across all rows.
type Mark struct {
	At    float64
	Label string
}

// The columns of Rows, in units.
const (
	RowsWidth = 660
	rowHeight = 54
	rowsHead  = 28
	rowsName  = 216
	rowsPlot  = 300 // from rowsName + 12
	left      = rowsName + 12.0
)

// SVG draws the rows, and returns how high the picture is.
func (r Rows) SVG() (svg []byte, height int) {
	height = rowsHead + rowHeight*len(r.Rows)
	p := pen{width: RowsWidth}
	at := func(v float64) float64 { return left + (v-r.From)/(r.To-r.From)*rowsPlot }
	for _, t := range r.Ticks {
		p.text(t.Label, at(t.At), 16, sourceSize, 400, "#4a5a60", "middle")
		p.line(at(t.At), rowsHead-4, at(t.At), float64(height), "#dde3e1", 1, "")
	}
	for i, row := range r.Rows {
		p.row(row, float64(rowsHead+i*rowHeight), at)
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d">%s</svg>`, RowsWidth, height, p.b.String()), height
}

func (p *pen) line(x1, y1, x2, y2 float64, colour string, width float64, dash string) {
	if dash != "" {
		dash = ` stroke-dasharray="` + dash + `"`
	}
	fmt.Fprintf(&p.b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="%g"%s/>`, x1, y1, x2, y2, colour, width, dash)
}

func (p *pen) row(r Row, top float64, at func(float64) float64) {
	p.line(0, top, RowsWidth, top, "#c6cfcd", 1, "")
	name := broken(r.Name, textSize, 600, rowsName)
	name = name[:min(len(name), 2)]
	lines := len(name)
	if r.Note != "" {
		lines++
	}
	y := top + rowHeight/2 + 5 - 8.5*float64(lines-1)
	for i, text := range name {
		p.text(text, 0, y+17*float64(i), textSize, 600, "#14242a", "start")
	}
	p.text(r.Note, 0, y+17*float64(len(name)), sourceSize, 400, "#4a5a60", "start")
	if r.Hidden != "" {
		reason := broken(r.Hidden, sourceSize, 400, RowsWidth-left)
		y := top + rowHeight/2 + 5 - 8*float64(min(len(reason), 2)-1)
		for i, text := range reason[:min(len(reason), 2)] {
			p.text(text, left, y+float64(i)*16, sourceSize, 400, "#4a5a60", "start")
		}
		return
	}
	middle := top + rowHeight/2
	target, unit, parent, then := looks[Target].line.Color, looks[ThisYear].line.Color, looks[Parent].line.Color, looks[LastYear].line.Color
	p.line(at(r.Target), top+6, at(r.Target), top+rowHeight-6, target, 2, "5,4")
	if r.Whole != nil {
		p.line(at(*r.Whole), top+12, at(*r.Whole), top+rowHeight-12, parent, 3, "")
	}
	if r.Then != nil {
		p.line(at(*r.Then), middle, at(r.Mean), middle, then, 1.5, "")
		fmt.Fprintf(&p.b, `<path d="M%.1f %.1fl6 6l-6 6l-6 -6Z" fill="#ffffff" stroke="%s" stroke-width="2"/>`, at(*r.Then), middle-6, then)
	}
	fmt.Fprintf(&p.b, `<rect x="%.1f" y="%.1f" width="%.1f" height="11" fill="%s" fill-opacity="0.32"/>`, at(r.Low), middle-5.5, at(r.High)-at(r.Low), unit)
	fmt.Fprintf(&p.b, `<circle cx="%.1f" cy="%.1f" r="6.5" fill="%s" stroke="#ffffff" stroke-width="1.5"/>`, at(r.Mean), middle, unit)
	p.text(r.Value, RowsWidth, middle, 17, 600, "#14242a", "end")
	p.text(r.Under, RowsWidth, middle+17, sourceSize-1, 400, "#4a5a60", "end")
}
