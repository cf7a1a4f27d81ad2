package chart

import (
	"bytes"
	_ "embed"
	"encoding/xml"
	"strings"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/srwiley/rasterx"
	"golang.org/x/image/math/fixed"
)

// The pages' typeface, unpacked from static/fonts/source-sans-3.woff2: PNG draws
// its letters, and pictures are laid out by their widths.
//
//go:embed source-sans-3.ttf
var typeface []byte

// weights are the typeface's in use, each made once.
var weights sync.Map

// face returns the typeface in a weight. It is not safe for concurrent use, so
// letters are taken one at a time.
func face(weight int) *letters {
	if l, ok := weights.Load(weight); ok {
		return l.(*letters)
	}
	f, err := font.ParseTTF(bytes.NewReader(typeface))
	if err != nil {
		panic(err) // the file is ours, and a test reads it
	}
	f.SetVariations([]font.Variation{{Tag: opentype.MustNewTag("wght"), Value: float32(weight)}})
	l, _ := weights.LoadOrStore(weight, &letters{face: f, known: map[rune]letter{}})
	return l.(*letters)
}

// letters are those of one weight, on a square of so many units.
type letters struct {
	mu    sync.Mutex
	face  *font.Face
	known map[rune]letter
}

type letter struct {
	advance float64 // of the letter's size
	outline []opentype.Segment
}

// of returns a letter.
func (l *letters) of(r rune) letter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if g, ok := l.known[r]; ok {
		return g
	}
	id, ok := l.face.NominalGlyph(r)
	if !ok {
		id, _ = l.face.NominalGlyph('?')
	}
	g := letter{advance: float64(l.face.HorizontalAdvance(id)) / float64(l.face.Upem())}
	if o, ok := l.face.GlyphDataOutline(id); ok {
		g.outline = o.Segments
	}
	l.known[r] = g
	return g
}

// Width is how wide a text is in the pages' typeface, in the units of size.
func Width(text string, size float64, weight int) (wide float64) {
	l := face(weight)
	for _, r := range text {
		wide += l.of(r).advance
	}
	return wide * size
}

// middle is how far the middle of a text lies above its baseline, as a part of
// its size.
const middle = 0.33

// text draws a text element, reading it to its end.
func (c *canvas) text(a attrs, m matrix, d *xml.Decoder) error {
	var content struct {
		Text string `xml:",chardata"`
	}
	if err := d.DecodeElement(&content, &xml.StartElement{Name: xml.Name{Local: "text"}}); err != nil {
		return err
	}
	size, weight := a.number("font-size", 16), int(a.number("font-weight", 400))
	text := strings.ReplaceAll(content.Text, "\u00ad", "")
	x, y := a.number("x", 0), a.number("y", 0)
	switch wide := Width(text, size, weight); a["text-anchor"] {
	case "middle":
		x -= wide / 2
	case "end":
		x -= wide
	}
	if a["dominant-baseline"] == "central" {
		y += middle * size
	}
	l := face(weight)
	scale := size / float64(l.face.Upem())
	var path rasterx.Path
	for _, r := range text {
		g := l.of(r)
		trace(&path, g.outline, x, y, scale)
		x += g.advance * size
	}
	if a["paint-order"] == "stroke" { // a halo: below the letters
		if err := c.stroke(path, a, m); err != nil {
			return err
		}
		delete(a, "stroke")
	}
	return c.paint(path, a, m)
}

// trace adds a letter's outline to a path.
func trace(path *rasterx.Path, outline []opentype.Segment, x, y, scale float64) {
	at := func(p opentype.SegmentPoint) fixed.Point26_6 {
		return rasterx.ToFixedP(x+float64(p.X)*scale, y-float64(p.Y)*scale)
	}
	open := false
	for _, s := range outline {
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			if open {
				path.Stop(true)
			}
			path.Start(at(s.Args[0]))
			open = true
		case opentype.SegmentOpLineTo:
			path.Line(at(s.Args[0]))
		case opentype.SegmentOpQuadTo:
			path.QuadBezier(at(s.Args[0]), at(s.Args[1]))
		case opentype.SegmentOpCubeTo:
			path.CubeBezier(at(s.Args[0]), at(s.Args[1]), at(s.Args[2]))
		}
	}
	if open {
		path.Stop(true)
	}
}
