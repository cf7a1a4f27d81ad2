package chart

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func trend(shown, changed string) Trend {
	t := Trend{Title: "Index över åren", Low: 20, High: 80, Ticks: []Tick{{20, "20"}, {80, "80"}}, Target: "Mål", Broken: "frågorna ändrades"}
	for i, s := range shown {
		t.Points = append(t.Points, Point{Year: string(rune('A' + i)), Note: "n = 28", Shown: s == 'x', Value: 40 + float64(i), Low: 38, High: 52, Target: 70, Text: "41,5", Interval: "38,0–52,0", Changed: changed[i] == 'x'})
	}
	return t
}

// The line joins points next to each other that are made of the same items, and
// only those.
func TestTrendIsBroken(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		shown, changed         string
		bands, circles, breaks int
	}{
		{"xxx", "---", 1, 3, 0},
		{"x-x", "---", 0, 2, 0},
		{"xxxx", "--x-", 2, 4, 1},
		{"xx-x", "----", 1, 3, 0},
		{"x", "-", 0, 1, 0},
		{"-xx", "x--", 1, 2, 0},
	} {
		option, err := trend(c.shown, c.changed).Option()
		if err != nil {
			t.Fatal(err)
		}
		svg, err := r.SVG(t.Context(), option, 640, 330)
		if err != nil {
			t.Fatal(err)
		}
		shapes(t, svg, 0)
		bands, circles := strings.Count(string(svg), "<polygon"), strings.Count(string(svg), "<circle")
		if breaks := strings.Count(string(svg), "frågorna ändrades"); breaks != c.breaks {
			t.Errorf("%+v: %d breaks", c, breaks)
		}
		if bands != c.bands || circles != c.circles {
			t.Errorf("%+v: %d bands, %d points\n%s", c, bands, circles, svg)
		}
	}
	if _, err := trend("---", "---").Option(); !errors.Is(err, ErrTooFew) {
		t.Errorf("a trend of nothing: %v", err)
	}
}

// A point that is not shown holds nothing, whoever made it.
func TestTrendHoldsNothingHidden(t *testing.T) {
	option, err := trend("x-x", "---").Option()
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		Mognad struct{ Points []Point }
	}
	if err := json.Unmarshal(option, &o); err != nil {
		t.Fatal(err)
	}
	if got, want := o.Mognad.Points[1], (Point{Year: "B", Note: "n = 28"}); got != want {
		t.Errorf("%+v", got)
	}
}
