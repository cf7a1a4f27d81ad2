package chart

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/mognad/mognad/static"
)

// The picture's colours are the pages', and each is told by a figure as well.
func TestTintsAreThePages(t *testing.T) {
	css, err := fs.ReadFile(static.FS, "css/resultat.css")
	if err != nil {
		t.Fatal(err)
	}
	for name, colours := range tints {
		if want := fmt.Sprintf("--%s: %s;", name, colours[0]); name != "" && !strings.Contains(string(css), want) {
			t.Errorf("the style sheet lacks %q", want)
		}
	}
}

func TestHeatTellsWhatIsHidden(t *testing.T) {
	h := Heat{Heads: []Head{{"", 1}, {"Ledning & styrning", 2}}, Columns: []string{"Index", "Mål och budget", "Förutsättningar"}, Of: "Nivå", Key: []Cell{{Value: "under 2,0", Tint: "h1"}, {Value: "4,0 och över", Tint: "h6"}}}
	for i, name := range []string{"Omsorgsförvaltningen", "Kultur och fritid i hela kommunen med ett långt namn"} {
		row := HeatRow{Name: name, Under: "31 av 36", Cells: []Cell{{Value: "47,9"}, {Value: "2,9", Change: 1, Under: []string{"2,8–3,0", "n = 31"}, Tint: "h3"}, {Value: "4,1", Tint: "h6"}}}
		if i == 1 {
			row.Cells[2] = Cell{Value: "1,1", Tint: "h6", Hidden: "för få svar"}
		}
		h.Rows = append(h.Rows, row)
	}
	svg, width, height := h.SVG()
	got := string(svg)
	for want, n := range map[string]int{"för få": 1, ">1,1<": 0, ">2,9<": 2, "<path": 2, ">n = 31<": 2, "Ledning &amp; styrning": 1, `fill="#0d4f5f"`: 2, ">under 2,0<": 1} {
		if strings.Count(got, want) != n {
			t.Errorf("%q stands %d times, want %d", want, strings.Count(got, want), n)
		}
	}
	if wide := 190 + 3*leastColumn; width < wide || height < 2*heatRow {
		t.Errorf("%d × %d", width, height)
	}
	framed, err := Frame{Title: "Nivå", Source: "mognad"}.Around(svg, width, height)
	if err != nil {
		t.Fatal(err)
	}
	shapes(t, framed, 0)
	decoded(t, framed, 1)
}

// A picture that is large is drawn with fewer dots, not refused.
func TestLargePNG(t *testing.T) {
	p := decoded(t, []byte(`<svg width="1000" height="20000"><rect width="1000" height="20000" fill="#fff"/><rect x="0" y="19000" width="1000" height="1000" fill="#000"/></svg>`), 2)
	size := p.Bounds()
	if dots := size.Dx() * size.Dy(); dots > mostDots*11/10 || dots < mostDots*9/10 {
		t.Errorf("%v", size)
	}
	if r, _, _, _ := p.At(size.Dx()/2, size.Dy()-10).RGBA(); r != 0 {
		t.Error("the lower end is not drawn")
	}
}
