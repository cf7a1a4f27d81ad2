package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
	"golang.org/x/image/math/fixed"
)

// The most dots of a bitmap, for each takes four bytes while it is drawn, and the
// fewest dots a unit that can still be read.
const (
	mostDots   = 16_000_000
	leastScale = 0.2
)

// PNG draws a picture that Frame.Around has made as a bitmap, scale dots a unit,
// or as many as mostDots allow. It knows the elements that ECharts and this package write, and no others: an
// unknown one is an error, so that no picture lacks something unnoticed.
func PNG(svg []byte, scale float64) ([]byte, error) {
	c := canvas{scale: scale}
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	stack := []matrix{rasterx.Identity}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("picture: %w", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			a := attributesOf(e)
			m, err := a.matrix(stack[len(stack)-1])
			if err == nil {
				err = c.element(e.Name.Local, a, m, decoder)
			}
			if err != nil {
				return nil, fmt.Errorf("picture, <%s>: %w", e.Name.Local, err)
			}
			if e.Name.Local == "text" || e.Name.Local == "title" {
				continue // read to its end
			}
			if e.Name.Local == "svg" {
				m = m.Scale(c.scale, c.scale)
			}
			stack = append(stack, m)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
	if c.image == nil {
		return nil, errors.New("picture: no svg element")
	}
	var out bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, c.image)
	return out.Bytes(), err
}

type matrix = rasterx.Matrix2D

// canvas is what is drawn on.
type canvas struct {
	scale  float64
	image  *image.RGBA
	dasher *rasterx.Dasher
}

// attrs are an element's.
type attrs map[string]string

func attributesOf(e xml.StartElement) attrs {
	a := attrs{}
	for _, x := range e.Attr {
		a[x.Name.Local] = x.Value
	}
	return a
}

// number returns a number, def where there is none.
func (a attrs) number(name string, def float64) float64 {
	x, err := strconv.ParseFloat(strings.TrimSuffix(a[name], "px"), 64)
	if err != nil {
		return def
	}
	return x
}

// numbers returns those of a list with blanks or commas between.
func numbers(text string) (out []float64, err error) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
		x, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// matrix returns an element's own, within that of what it stands in.
func (a attrs) matrix(m matrix) (matrix, error) {
	if a["transform"] == "" {
		return m, nil
	}
	name, rest, _ := strings.Cut(a["transform"], "(")
	v, err := numbers(strings.TrimSuffix(rest, ")"))
	switch {
	case err != nil:
		return m, err
	case name == "matrix" && len(v) == 6:
		return m.Mult(matrix{A: v[0], B: v[1], C: v[2], D: v[3], E: v[4], F: v[5]}), nil
	case name == "translate" && len(v) == 2:
		return m.Translate(v[0], v[1]), nil
	}
	return m, fmt.Errorf("transform %q", a["transform"])
}

// element draws one.
func (c *canvas) element(name string, a attrs, m matrix, d *xml.Decoder) error {
	if name == "svg" {
		width, height := a.number("width", 0), a.number("height", 0)
		c.scale = min(c.scale, math.Sqrt(mostDots/(width*height)))
		if c.image != nil || width <= 0 || height <= 0 || c.scale < leastScale {
			return fmt.Errorf("size %g × %g", width, height)
		}
		w, h := int(math.Ceil(width*c.scale)), int(math.Ceil(height*c.scale))
		c.image = image.NewRGBA(image.Rect(0, 0, w, h))
		c.dasher = rasterx.NewDasher(w, h, &scanner{image: c.image})
		return nil
	}
	if c.image == nil {
		return errors.New("outside of svg")
	}
	switch name {
	case "g":
		return nil
	case "title":
		return d.Skip()
	case "text":
		return c.text(a, m, d)
	}
	path, err := outline(name, a)
	if err != nil {
		return err
	}
	return c.paint(path, a, m)
}

// outline is the path of a shape.
func outline(name string, a attrs) (rasterx.Path, error) {
	var data string
	switch name {
	case "path":
		data = a["d"]
	case "polygon", "polyline":
		data = "M" + a["points"]
		if name == "polygon" {
			data += "Z"
		}
	case "line":
		data = fmt.Sprintf("M%s %sL%s %s", a["x1"], a["y1"], a["x2"], a["y2"])
	case "rect":
		x, y := a.number("x", 0), a.number("y", 0)
		data = fmt.Sprintf("M%g %gh%sv%sh-%sZ", x, y, a["width"], a["height"], a["width"])
	case "circle":
		r := a.number("r", 0)
		data = fmt.Sprintf("M%g %sa%g %g 0 1 0 %g 0a%g %g 0 1 0 -%g 0Z", a.number("cx", 0)-r, a["cy"], r, r, 2*r, r, r, 2*r)
	default:
		return nil, errors.New("not known")
	}
	var cursor oksvg.PathCursor
	err := cursor.CompilePath(data)
	return cursor.Path, err
}

// paint fills a path and strokes it.
func (c *canvas) paint(path rasterx.Path, a attrs, m matrix) error {
	fill := a["fill"]
	if fill == "" {
		fill = "#000000"
	}
	opacity := a.number("opacity", 1)
	colour, drawn, err := colourOf(fill, opacity*a.number("fill-opacity", 1))
	if err != nil {
		return err
	}
	if drawn {
		filler := &c.dasher.Filler
		filler.Clear()
		filler.SetColor(colour)
		path.AddTo(&rasterx.MatrixAdder{Adder: filler, M: m})
		filler.Draw()
	}
	return c.stroke(path, a, m)
}

func (c *canvas) stroke(path rasterx.Path, a attrs, m matrix) error {
	colour, drawn, err := colourOf(a["stroke"], a.number("opacity", 1)*a.number("stroke-opacity", 1))
	width := a.number("stroke-width", 1)
	if err != nil || !drawn || width == 0 {
		return err
	}
	by := math.Sqrt(math.Abs(m.A*m.D - m.B*m.C))
	gaps, err := numbers(a["stroke-dasharray"])
	if err != nil {
		return err
	}
	for i := range gaps {
		gaps[i] *= by
	}
	ends := rasterx.ButtCap
	if a["stroke-linecap"] == "round" {
		ends = rasterx.RoundCap
	}
	join := rasterx.MiterClip
	if a["stroke-linejoin"] == "round" {
		join = rasterx.Round
	}
	fixedOf := func(x float64) fixed.Int26_6 { return fixed.Int26_6(math.Round(x * 64)) }
	c.dasher.Clear()
	c.dasher.SetStroke(max(fixedOf(width*by), 1), fixedOf(4), ends, nil, rasterx.FlatGap, join, gaps, 0)
	c.dasher.SetColor(colour)
	path.AddTo(&rasterx.MatrixAdder{Adder: c.dasher, M: m})
	c.dasher.Draw()
	return nil
}

// colourOf reads a colour, as #abc or #aabbcc; drawn is false for none.
func colourOf(text string, opacity float64) (colour color.Color, drawn bool, err error) {
	if text == "" || text == "none" {
		return nil, false, nil
	}
	digits := strings.TrimPrefix(text, "#")
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	x, err := strconv.ParseUint(digits, 16, 24)
	if err != nil || len(digits) != 6 {
		return nil, false, fmt.Errorf("colour %q", text)
	}
	return color.NRGBA{R: uint8(x >> 16), G: uint8(x >> 8), B: uint8(x), A: uint8(math.Round(opacity * 255))}, true, nil
}
