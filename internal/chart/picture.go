package chart

import (
	"fmt"
	"html"
	"regexp"
	"strings"
)

// Frame is what stands around a picture that leaves the page, so that it says by
// itself what it shows.
type Frame struct {
	Title    string
	Subtitle string // of whom, when, and of how many
	Legend   []Series
	Source   string // where it comes from, and the day
}

// everywhere is the pages' typeface, and what stands in for it on machines that
// lack it.
const everywhere = "'Source Sans 3', 'Source Sans Pro', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"

const (
	margin      = 28
	titleSize   = 22
	textSize    = 15
	sourceSize  = 13
	legendEntry = 22 // height of a row of the legend
)

var inner = regexp.MustCompile(`(?s)^<svg[^>]*>(.*)</svg>\s*$`)

// Around returns a picture of its own, of a chart that is width × height units
// large: a whole SVG file with title, subtitle, legend and source in it.
func (f Frame) Around(svg []byte, width, height int) ([]byte, error) {
	content := inner.FindSubmatch(svg)
	if content == nil {
		return nil, fmt.Errorf("a picture that is no svg element")
	}
	p := pen{width: width + 2*margin}
	y := p.lines(f.Title, margin, margin+titleSize, titleSize, 600, "#14242a")
	y = p.lines(f.Subtitle, margin, y+6, textSize, 400, "#4a5a60")
	y = p.legend(f.Legend, y+10)
	top := y + 4
	fmt.Fprintf(&p.b, `<g transform="translate(%d,%d)">%s</g>`, margin, top, content[1])
	y = p.lines(f.Source, margin, top+height+sourceSize+10, sourceSize, 400, "#4a5a60")
	tall := y - sourceSize + margin
	label := html.EscapeString(f.Title + ". " + f.Subtitle + " " + f.Source)
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="%s" role="img" aria-label="%s"><title>%s</title><rect width="%d" height="%d" fill="#ffffff"/>%s</svg>`,
		p.width, tall, p.width, tall, html.EscapeString(everywhere), label, html.EscapeString(f.Title), p.width, tall, p.b.String()), nil
}

// pen writes elements of a picture.
type pen struct {
	b     strings.Builder
	width int
}

func (p *pen) text(text string, x, y float64, size, weight int, colour, anchor string) {
	fmt.Fprintf(&p.b, `<text x="%g" y="%g" font-size="%dpx" font-weight="%d" fill="%s" text-anchor="%s">%s</text>`, x, y, size, weight, colour, anchor, html.EscapeString(text))
}

// lines writes a text from a baseline on, broken to fit, and returns the
// baseline after it.
func (p *pen) lines(text string, x, y, size, weight int, colour string) int {
	for _, line := range broken(text, float64(size), weight, float64(p.width-x-margin)) {
		p.text(line, float64(x), float64(y), size, weight, colour, "start")
		y += size * 13 / 10
	}
	return y
}

// broken breaks a text into lines no wider than width, where words allow.
func broken(text string, size float64, weight int, width float64) (out []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && Width(line+" "+word, size, weight) > width {
			out, line = append(out, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}

// legend writes what each series looks like, and returns the baseline after it.
func (p *pen) legend(series []Series, y int) int {
	if len(series) == 0 {
		return y
	}
	const sample, gap, between = 34.0, 8.0, 24.0
	x := float64(margin)
	for _, s := range series {
		wide := sample + gap + Width(s.Name, textSize, 400)
		if x > margin && x+wide > float64(p.width-margin) {
			x, y = margin, y+legendEntry
		}
		p.sample(s.Kind, x, float64(y)-5, sample)
		p.text(s.Name, x+sample+gap, float64(y), textSize, 400, "#14242a", "start")
		x += wide + between
	}
	return y + legendEntry
}

var dashes = map[string]string{"dashed": "6,4", "dotted": "2,4"}

// sample draws a short piece of a series.
func (p *pen) sample(kind Kind, x, y, width float64) {
	l := looks[kind]
	dash := ""
	if d := dashes[l.line.Type]; d != "" {
		dash = ` stroke-dasharray="` + d + `"`
	}
	fmt.Fprintf(&p.b, `<line x1="%g" y1="%g" x2="%g" y2="%g" stroke="%s" stroke-width="%g"%s/>`, x, y, x+width, y, l.line.Color, l.line.Width, dash)
	switch l.symbol {
	case "circle":
		fmt.Fprintf(&p.b, `<circle cx="%g" cy="%g" r="4.5" fill="%s"/>`, x+width/2, y, l.line.Color)
	case "emptyDiamond":
		fmt.Fprintf(&p.b, `<path d="M%g %gl5 5l-5 5l-5 -5Z" fill="#ffffff" stroke="%s" stroke-width="2"/>`, x+width/2, y-5, l.line.Color)
	}
}

// Drawable tells whether there are figures enough for Option.
func (r Radar) Drawable() bool {
	r = r.withoutGaps()
	return len(r.Axes) >= leastAxes && len(r.Series) > 0
}

// Drawn are the series that Option draws.
func (r Radar) Drawn() []Series { return r.withoutGaps().Series }
