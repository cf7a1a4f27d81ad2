package chart

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"
)

// framed is a radar that is ready to leave the page.
func framed(t testing.TB) []byte {
	t.Helper()
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	c := radar()
	c.Lang = "sv"
	svg, err := Frame{"Digital mognad per tema, Omsorg & <Co>", "Omsorg, mätomgång 2025. n = 31 av 36.", c.Drawn(), "Källa: mognad, Testkommun, mätomgång 2025. 2026-11-26"}.Around(draw(t, r, c), 640, 600)
	if err != nil {
		t.Fatal(err)
	}
	return svg
}

func decoded(t testing.TB, svg []byte, scale float64) image.Image {
	t.Helper()
	out, err := PNG(svg, scale)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// inked counts the dots of a part of a picture that are not white.
func inked(p image.Image, part image.Rectangle) (n int) {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if r, g, b, _ := p.At(x, y).RGBA(); r+g+b < 3*0xf000 {
				n++
			}
		}
	}
	return n
}

// A picture that leaves the page says by itself what it is, and is drawn alike as
// a bitmap: with its title, its lines and its source.
func TestPictureSaysWhatItIs(t *testing.T) {
	svg := framed(t)
	for _, want := range []string{"Digital mognad per tema, Omsorg &amp; &lt;Co&gt;", "n = 31 av 36", "Omsorg 2025", "Källa: mognad", "<title>", `role="img"`} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("no %s in the picture", want)
		}
	}
	shapes(t, svg, 13) // is XML, without style or script
	p := decoded(t, svg, 2)
	if p.Bounds().Dx() != 2*(640+2*margin) {
		t.Errorf("%v large", p.Bounds())
	}
	whole := p.Bounds()
	for name, part := range map[string]image.Rectangle{"title": image.Rect(2*margin, 2*margin, whole.Dx()/2, 2*margin+60), "source": image.Rect(2*margin, whole.Dy()-2*margin-2*sourceSize, whole.Dx()/2, whole.Dy()-20),
		"chart": image.Rect(whole.Dx()/2-200, whole.Dy()/2-200, whole.Dx()/2+200, whole.Dy()/2+200)} {
		if n := inked(p, part); n < 200 {
			t.Errorf("%d dots of the %s", n, name)
		}
	}
	if n := inked(p, image.Rect(0, 0, whole.Dx(), margin)); n != 0 {
		t.Errorf("%d dots in the margin", n)
	}
}

// Shapes and letters stand where the SVG says: colours, dashes, turned text.
func TestPNG(t *testing.T) {
	draw := func(content string) image.Image {
		return decoded(t, fmt.Appendf(nil, `<svg width="100" height="50"><rect width="100" height="50" fill="#fff"/>%s</svg>`, content), 1)
	}
	all, right := image.Rect(0, 0, 100, 50), image.Rect(50, 0, 100, 50)
	for name, c := range map[string]struct {
		content     string
		whole, half [2]int // fewest and most dots, in all and to the right
	}{
		"rect":   {`<rect x="10" y="10" width="20" height="10" fill="#0d4f5f"/>`, [2]int{200, 200}, [2]int{0, 0}},
		"none":   {`<rect x="10" y="10" width="20" height="10" fill="none"/>`, [2]int{0, 0}, [2]int{0, 0}},
		"moved":  {`<g transform="translate(50,0)"><rect x="10" y="10" width="20" height="10"/></g>`, [2]int{200, 200}, [2]int{200, 200}},
		"matrix": {`<path d="M0 0L10 0L10 10L0 10Z" transform="matrix(2,0,0,2,60,10)" fill="#000"/>`, [2]int{400, 400}, [2]int{400, 400}},
		"line":   {`<line x1="0" y1="20" x2="100" y2="20" stroke="#000" stroke-width="2"/>`, [2]int{200, 200}, [2]int{100, 100}},
		"dashed": {`<line x1="0" y1="20" x2="100" y2="20" stroke="#000" stroke-width="2" stroke-dasharray="5,5"/>`, [2]int{90, 110}, [2]int{45, 55}},
		"circle": {`<circle cx="75" cy="25" r="10" fill="#000"/>`, [2]int{300, 340}, [2]int{300, 340}},
		"start":  {`<text x="50" y="30" font-size="20px">Åäö</text>`, [2]int{80, 400}, [2]int{80, 400}},
		"end":    {`<text x="50" y="30" font-size="20px" text-anchor="end">Åäö</text>`, [2]int{80, 400}, [2]int{0, 3}},
		"turned": {`<text transform="matrix(0,1,-1,0,75,2)" font-size="16px">Åäö</text>`, [2]int{60, 300}, [2]int{60, 300}},
	} {
		p := draw(c.content)
		if n := inked(p, all); n < c.whole[0] || n > c.whole[1] {
			t.Errorf("%s: %d dots, want %v", name, n, c.whole)
		}
		if n := inked(p, right); n < c.half[0] || n > c.half[1] {
			t.Errorf("%s: %d dots to the right, want %v", name, n, c.half)
		}
	}
	bold := draw(`<text x="10" y="30" font-size="20px" font-weight="700">Omsorg</text>`)
	light := draw(`<text x="10" y="30" font-size="20px" font-weight="400">Omsorg</text>`)
	if b, l := inked(bold, all), inked(light, all); b <= l {
		t.Errorf("bold has %d dots, not bold %d", b, l)
	}
	for _, faulty := range []string{"", "<p/>", `<svg width="10" height="10"><ellipse/></svg>`, `<svg width="10" height="10"><rect fill="red"/></svg>`, `<svg width="10" height="10"><rect transform="skewX(3)"/></svg>`,
		`<svg width="99999" height="99999"/>`, `<svg width="10" height="10"><path d="M1"/>`, `<svg width="10" height="10"><g>`} {
		if _, err := PNG([]byte(faulty), 1); err == nil {
			t.Errorf("%s was drawn", faulty)
		}
	}
}

func TestRowsTellWhatIsHidden(t *testing.T) {
	whole := 3.0
	r := Rows{From: 1, To: 5, Ticks: []Mark{{1, "1"}, {5, "5"}}, Rows: []Row{
		{Name: "Ledning", Value: "2,9", Under: "2,8–3,0, n = 31", Mean: 2.9, Low: 2.8, High: 3, Target: 4, Whole: &whole},
		{Name: "Styrning", Hidden: "Visas inte: färre än 5 svar."}}}
	svg, height := r.SVG()
	if got := string(svg); strings.Count(got, "<circle") != 1 || !strings.Contains(got, "färre än 5 svar") || !strings.Contains(got, "n = 31") || height != rowsHead+2*rowHeight {
		t.Errorf("%d high: %s", height, got)
	}
	framed, err := Frame{Title: "Nivå", Source: "mognad"}.Around(svg, RowsWidth, height)
	if err != nil {
		t.Fatal(err)
	}
	decoded(t, framed, 1)
}

func TestBroken(t *testing.T) {
	for _, c := range []struct {
		text  string
		width float64
		lines int
	}{{"", 100, 0}, {"kort", 100, 1}, {"två ord som inte ryms på en rad", 100, 3}, {"ettordsomärmycketlängre", 20, 1}} {
		lines := broken(c.text, 15, 400, c.width)
		if len(lines) != c.lines || strings.Join(lines, " ") != c.text {
			t.Errorf("%q at %g: %q", c.text, c.width, lines)
		}
	}
}

func BenchmarkPNG(b *testing.B) {
	svg := framed(b)
	for b.Loop() {
		if _, err := PNG(svg, 2); err != nil {
			b.Fatal(err)
		}
	}
}
