package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
)

func level(v float64) *float64 { return &v }

func radar() Radar {
	r := Radar{Title: `Nivå per tema, "Omsorg" & Co`}
	for i := range 13 {
		r.Axes = append(r.Axes, Axis{fmt.Sprintf("Tema nummer %d med långt namn", i), fmt.Sprintf("Tema %d", i), fmt.Sprintf("Område %d", i/4)})
	}
	for k, name := range []string{"Omsorg 2026", "Omsorg 2025", "Mål", "Kommunen"} {
		s := Series{Name: name, Kind: Kind(k)}
		for i := range 13 {
			s.Values = append(s.Values, level(1+float64((i*7+k*3)%9)/2))
		}
		r.Series = append(r.Series, s)
	}
	return r
}

func draw(t testing.TB, r *Renderer, c Radar) []byte {
	t.Helper()
	option, err := c.Option()
	if err != nil {
		t.Fatal(err)
	}
	svg, err := r.SVG(t.Context(), option, 640, 600)
	if err != nil {
		t.Fatal(err)
	}
	return svg
}

// strokes counts the shapes drawn in each colour.
func strokes(t *testing.T, svg []byte) map[string]int {
	t.Helper()
	out := map[string]int{}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("not XML: %v\n%s", err, svg)
		}
		if e, ok := token.(xml.StartElement); ok {
			for _, a := range e.Attr {
				if a.Name.Local == "stroke" {
					out[a.Value]++
				}
				if a.Name.Local == "style" || a.Name.Local == "class" && a.Value != "m-chart" {
					t.Errorf("<%s %s=%q>", e.Name.Local, a.Name.Local, a.Value)
				}
			}
			if e.Name.Local == "style" || e.Name.Local == "script" {
				t.Errorf("a <%s> in the picture", e.Name.Local)
			}
		}
	}
}

func TestRadarDrawsEachSeriesInItsLook(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	svg := draw(t, r, radar())
	got := strokes(t, svg)
	for kind, l := range looks {
		if got[l.line.Color] == 0 {
			t.Errorf("kind %d (%s) is not drawn: %v", kind, l.line.Color, got)
		}
	}
	if got[looks[LastYear].line.Color] < 1+13 {
		t.Errorf("last year has %d shapes, want a line and 13 diamonds", got[looks[LastYear].line.Color])
	}
	for _, want := range []string{`role="img"`, `aria-label="Nivå per tema, &#34;Omsorg&#34; &amp; Co"`, "Område 0", "stroke-dasharray"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("no %s in the picture", want)
		}
	}
}

func TestRadarLeavesOutWhatIsHidden(t *testing.T) {
	c := radar()
	c.Series[0].Values[2] = nil // hidden this year: the axis goes
	c.Series[1].Values[5] = nil // hidden last year: the line goes
	option, err := c.Option()
	if err != nil {
		t.Fatal(err)
	}
	if s := string(option); strings.Contains(s, "Tema 2\"") || strings.Contains(s, "Omsorg 2025") || !strings.Contains(s, "Tema 5\"") {
		t.Errorf("option %s", s)
	}
	for i := range 11 {
		c.Series[0].Values[i] = nil
	}
	if _, err := c.Option(); !errors.Is(err, ErrTooFew) {
		t.Errorf("two axes: %v", err)
	}
}

func TestSameOptionSameBytes(t *testing.T) {
	first, err := New()
	if err != nil {
		t.Fatal(err)
	}
	want := draw(t, first, radar())
	other := radar()
	other.Series[0].Values[0] = level(5)
	different := draw(t, first, other)
	if bytes.Equal(want, different) {
		t.Error("other figures, the same picture")
	}
	again, err := New()
	if err != nil {
		t.Fatal(err)
	}
	draw(t, again, other)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if !bytes.Equal(draw(t, again, radar()), want) {
				t.Error("the same option, another picture")
			}
		})
	}
	wg.Wait()
}

func TestFaultyOptionIsAnError(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, option := range []string{"", "{}", `{"mognad":{"axes":[],"groups":[]}}`, `{"radar":7}`} {
		if svg, err := r.SVG(t.Context(), []byte(option), 100, 100); err == nil {
			t.Errorf("%q was drawn: %s", option, svg)
		}
	}
	draw(t, r, radar()) // and the renderer goes on
}

func TestWrap(t *testing.T) {
	for in, want := range map[string]string{"Mål och budget": "Mål och budget", "Styrdokument och säkerhet": "Styrdokument\noch säkerhet", "": ""} {
		if got := wrap(in); got != want {
			t.Errorf("wrap(%q) = %q", in, got)
		}
	}
}

func BenchmarkSVGCold(b *testing.B) {
	r, err := New()
	if err != nil {
		b.Fatal(err)
	}
	draw(b, r, radar())
	for i := 0; b.Loop(); i++ {
		c := radar()
		c.Title = fmt.Sprint(i)
		draw(b, r, c)
	}
}

func BenchmarkSVGCached(b *testing.B) {
	r, err := New()
	if err != nil {
		b.Fatal(err)
	}
	draw(b, r, radar())
	for b.Loop() {
		draw(b, r, radar())
	}
}
