package chart

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
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

// shape is one element of a picture; outline says that it goes round all axes.
type shape struct {
	stroke, fill, dash string
	outline            bool
}

// shapes reads a picture, and fails where it has what a page's
// Content-Security-Policy would not let it have.
func shapes(t *testing.T, svg []byte, axes int) []shape {
	t.Helper()
	var out []shape
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("not XML: %v\n%s", err, svg)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if e.Name.Local == "style" || e.Name.Local == "script" {
			t.Errorf("a <%s> in the picture", e.Name.Local)
		}
		var s shape
		for _, a := range e.Attr {
			switch a.Name.Local {
			case "stroke":
				s.stroke = a.Value
			case "fill":
				s.fill = a.Value
			case "stroke-dasharray":
				s.dash = a.Value
			case "points":
				s.outline = len(strings.Fields(a.Value)) == 2*(axes+1) // back to the first
			case "style", "onload", "href":
				t.Errorf("<%s %s=%q>", e.Name.Local, a.Name.Local, a.Value)
			}
		}
		out = append(out, s)
	}
}

func TestRadarDrawsEachSeriesInItsLook(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	svg := draw(t, r, radar())
	lines, fills, dashes, diamonds := map[string]int{}, 0, map[string]bool{}, 0
	for _, s := range shapes(t, svg, 13) {
		switch {
		case s.outline && s.fill == "none":
			lines[s.stroke]++
			dashes[s.dash] = true
		case s.outline && s.fill == looks[ThisYear].area.Color:
			fills++
		case s.stroke == looks[LastYear].line.Color:
			diamonds++
		}
	}
	for kind, l := range looks {
		if lines[l.line.Color] != 1 {
			t.Errorf("kind %d (%s) has %d lines, want 1", kind, l.line.Color, lines[l.line.Color])
		}
	}
	if fills != 1 || diamonds != 13 || len(dashes) != 3 {
		t.Errorf("%d filled, %d diamonds, lines %v; want 1, 13, and solid, dotted and dashed", fills, diamonds, dashes)
	}
	for _, want := range []string{`role="img"`, `aria-label="Nivå per tema, &#34;Omsorg&#34; &amp; Co"`, `font-family="&#39;Source Sans 3`, ">Område 0<"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("no %s in the picture", want)
		}
	}
}

func TestLevelsStandAtTheAxesInTheReadersLanguage(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	c := radar()
	for lang, want := range map[string]bool{"sv": true, "en": false, "": false} {
		c.Lang = lang
		svg := string(draw(t, r, c))
		if got := strings.Contains(svg, ">4,5<"); got != want {
			t.Errorf("%q: 4,5 in the picture is %v", lang, got)
		}
		if got := strings.Contains(svg, ">4.5<"); got != (lang == "en") {
			t.Errorf("%q: 4.5 in the picture is %v", lang, got)
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

func TestEndedContextIsAnErrorAndFreesItsPlace(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	option, err := radar().Option()
	if err != nil {
		t.Fatal(err)
	}
	draw(t, r, func() Radar { c := radar(); c.Title = "first"; return c }())
	for range 2 * cap(r.slots) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		if _, err := r.SVG(ctx, option, 640, 600); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		cancel()
	}
	draw(t, r, radar())
	if len(r.idle) > cap(r.slots) {
		t.Errorf("%d machines for %d places", len(r.idle), cap(r.slots))
	}
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

// Shares have rings of their own, the same drawing otherwise.
func TestRadarOfShares(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	c := Radar{Title: "Andel", Percent: true, Lang: "sv", Series: []Series{{Name: "Efter", Kind: ThisYear}}}
	for i := range 4 {
		c.Axes = append(c.Axes, Axis{fmt.Sprint("Område ", i), fmt.Sprint("Område ", i), "Alla"})
		c.Series[0].Values = append(c.Series[0].Values, level(float64(30*i)))
	}
	svg := string(draw(t, r, c))
	for _, want := range []string{"25\u00a0%", "100\u00a0%", ">30\u00a0%<", ">90\u00a0%<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
}
