package chart

import (
	"fmt"
	"html"
	"math"
)

// Heat is a table of figures, each tinted by its size, as a picture. Nothing in it
// is told by the tint alone.
type Heat struct {
	Heads   []Head // over the columns; none where they have none in common
	Columns []string
	Rows    []HeatRow
	Key     []Cell // what each tint stands for
	Of      string // what the tints tell
	Note    string // below, "" for none
}

// Head stands over so many columns.
type Head struct {
	Name    string
	Columns int
}

// HeatRow is a row: of what, and a cell for each column.
type HeatRow struct {
	Name, Under string
	Cells       []Cell
}

// Cell is a figure as people read it, with what belongs to it below; or, where
// nothing of it is shown, the reason alone.
type Cell struct {
	Value  string
	Change int      // more than 0 for a confirmed rise, less for a fall
	Under  []string // two at most
	Tint   string   // "h1"–"h6" for levels, "g1"–"g6" for gaps, as the pages' style sheet names them; "" for none
	Hidden string
}

// The measures of a heat table, in units.
const (
	leastName   = 190
	heatRow     = 58
	heatGap     = 2 // between cells
	leastColumn = 76
	headSize    = 13
	headLine    = 16
	keyWidth    = 92
	keyHeight   = 26
)

const ink, dimmed = "#14242a", "#4a5a60"

// tints are the style sheet's colours, with the colour that is read on them.
var tints = map[string][2]string{
	"h1": {"#ffffff", ink}, "h2": {"#e1ecec", ink}, "h3": {"#bfd8da", ink}, "h4": {"#8fbac0", ink}, "h5": {"#2f7686", "#ffffff"}, "h6": {"#0d4f5f", "#ffffff"},
	"g1": {"#ffffff", ink}, "g2": {"#f6eef3", ink}, "g3": {"#e8d3e0", ink}, "g4": {"#cfa5c0", ink}, "g5": {"#8c4a7c", "#ffffff"}, "g6": {"#5a1f50", "#ffffff"},
	"": {"#ffffff", ink},
}

// SVG draws the table, and returns how large the picture is.
func (h Heat) SVG() (svg []byte, width, height int) {
	column, lines := float64(leastColumn), 1
	for _, name := range h.Columns {
		for _, word := range broken(name, headSize, 600, 1) {
			column = max(column, Width(word, headSize, 600)+10)
		}
	}
	for _, name := range h.Columns {
		lines = max(lines, len(broken(name, headSize, 600, column-6)))
	}
	names := float64(leastName)
	for _, row := range h.Rows {
		for _, word := range broken(row.Name, textSize, 600, 1) {
			names = max(names, Width(word, textSize, 600)+12)
		}
	}
	column, names = math.Ceil(column), math.Ceil(names)
	at := func(i int) float64 { return names + float64(i)*column }
	width = max(int(at(len(h.Columns))), RowsWidth)
	p := pen{width: width}
	top := 0.0
	if len(h.Heads) > 0 {
		top = 24
		x := 0
		for _, head := range h.Heads {
			if head.Name != "" {
				p.line(at(x)+heatGap, 20, at(x+head.Columns)-heatGap, 20, "#c6cfcd", 1, "")
				p.text(head.Name, at(x)+heatGap, 14, headSize, 600, ink, "start")
			}
			x += head.Columns
		}
	}
	for i, name := range h.Columns {
		words := broken(name, headSize, 600, column-6)
		for j, line := range words {
			p.text(line, at(i)+column/2, top+float64(headLine*(lines-len(words)+j+1)), headSize, 600, ink, "middle")
		}
	}
	top += float64(headLine*lines + 8)
	for _, row := range h.Rows {
		p.line(0, top, float64(width), top, "#dde3e1", 1, "")
		p.lead(row, top, names-12)
		for i, c := range row.Cells {
			p.cell(c, at(i)+heatGap/2, top+heatGap/2, column-heatGap)
		}
		top += heatRow
	}
	if len(h.Key) > 0 {
		top += 12
		p.text(h.Of, 0, top+18, headSize, 400, dimmed, "start")
		x := Width(h.Of, headSize, 400) + 14
		for _, c := range h.Key {
			p.tinted(c.Tint, x, top, keyWidth, keyHeight)
			p.text(c.Value, x+keyWidth/2, top+18, headSize, 400, tints[c.Tint][1], "middle")
			x += keyWidth + heatGap
		}
		top += keyHeight
	}
	if h.Note != "" {
		top += 20
		p.text(h.Note, 0, top, headSize, 400, dimmed, "start")
	}
	height = int(top) + 6
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d">%s</svg>`, width, height, p.b.String()), width, height
}

// lead writes what a row is of.
func (p *pen) lead(row HeatRow, top, width float64) {
	name := broken(row.Name, textSize, 600, width)
	name = name[:min(len(name), 2)]
	y := top + heatRow/2 + 5 - 8*float64(len(name))
	if row.Under == "" {
		y += 8
	}
	for _, line := range name {
		p.text(line, 0, y, textSize, 600, ink, "start")
		y += 17
	}
	p.text(row.Under, 0, y, sourceSize, 400, dimmed, "start")
}

func (p *pen) tinted(tint string, x, y, width, height float64) {
	fmt.Fprintf(&p.b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s" stroke="#c3cdcb" stroke-width="0.75"/>`, x, y, width, height, html.EscapeString(tints[tint][0]))
}

func (p *pen) cell(c Cell, x, y, width float64) {
	middle := x + width/2
	if c.Hidden != "" {
		fmt.Fprintf(&p.b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="#e6ebe9"/>`, x, y, width, heatRow-heatGap)
		lines := broken(c.Hidden, sourceSize-1, 400, width-4)
		lines = lines[:min(len(lines), 3)]
		for i, line := range lines {
			p.text(line, middle, y+heatRow/2+4-7.5*float64(len(lines)-1)+15*float64(i), sourceSize-1, 400, dimmed, "middle")
		}
		return
	}
	colour := tints[c.Tint][1]
	if c.Tint != "" {
		p.tinted(c.Tint, x, y, width, heatRow-heatGap)
	}
	y += heatRow/2 + 5 - 7*float64(len(c.Under))
	p.text(c.Value, middle, y, 17, 600, colour, "middle")
	if c.Change != 0 { // a triangle, for the typeface has none
		p.triangle(middle+Width(c.Value, 17, 600)/2+4, y-6, c.Change, colour)
	}
	for i, line := range c.Under {
		p.text(line, middle, y+15*float64(i+1), sourceSize-1, 400, colour, "middle")
	}
}

// triangle points up or down, with its left corner and its middle in a place.
func (p *pen) triangle(x, y float64, way int, colour string) {
	base, point := y+4, y-4
	if way < 0 {
		base, point = point, base
	}
	fmt.Fprintf(&p.b, `<path d="M%.1f %.1fL%.1f %.1fL%.1f %.1fZ" fill="%s"/>`, x, base, x+9, base, x+4.5, point, colour)
}
