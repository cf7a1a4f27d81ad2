package chart

import (
	"image"
	"image/color"

	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// scanner fills the outlines that rasterx makes, looking at no more of the image
// than an outline reaches: rasterx's own goes over the whole for each.
type scanner struct {
	image  *image.RGBA
	colour color.Color
	raster vector.Rasterizer
	steps  []step
	extent fixed.Rectangle26_6
}

// step is a line to a point, or where one begins.
type step struct {
	begins bool
	to     fixed.Point26_6
}

func (s *scanner) Start(a fixed.Point26_6) { s.add(step{true, a}) }
func (s *scanner) Line(b fixed.Point26_6)  { s.add(step{false, b}) }

func (s *scanner) add(p step) {
	at := fixed.Rectangle26_6{Min: p.to, Max: fixed.Point26_6{X: p.to.X + 1, Y: p.to.Y + 1}}
	if len(s.steps) == 0 {
		s.extent = at
	} else {
		s.extent = s.extent.Union(at)
	}
	s.steps = append(s.steps, p)
}

// Draw fills what has been outlined.
func (s *scanner) Draw() {
	part := image.Rect(s.extent.Min.X.Floor(), s.extent.Min.Y.Floor(), s.extent.Max.X.Ceil(), s.extent.Max.Y.Ceil()).Intersect(s.image.Bounds())
	if len(s.steps) == 0 || part.Empty() {
		return
	}
	s.raster.Reset(part.Dx(), part.Dy())
	for _, p := range s.steps { // edges, which close outlines in any order
		x, y := float32(p.to.X)/64-float32(part.Min.X), float32(p.to.Y)/64-float32(part.Min.Y)
		if p.begins {
			s.raster.MoveTo(x, y)
		} else {
			s.raster.LineTo(x, y)
		}
	}
	s.raster.Draw(s.image, part, image.NewUniform(s.colour), image.Point{})
}

func (s *scanner) Clear() { s.steps = s.steps[:0] }

// SetColor takes a color.Color, as all of this package are.
func (s *scanner) SetColor(c any) { s.colour, _ = c.(color.Color) }

func (s *scanner) GetPathExtent() fixed.Rectangle26_6 { return s.extent }

// What else rasterx asks of a scanner: outlines are filled where they wind at
// all, in the whole of the image.
func (*scanner) SetBounds(int, int)      {}
func (*scanner) SetWinding(bool)         {}
func (*scanner) SetClip(image.Rectangle) {}
