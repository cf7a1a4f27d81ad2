package web

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/round"
)

func TestHeatGoesByTheFigureShown(t *testing.T) {
	for mean, want := range map[float64]string{1: "h1", 1.94: "h1", 1.95: "h2", 2: "h2", 2.44: "h2", 2.45: "h3", 2.5: "h3", 3: "h4", 3.5: "h5", 3.94: "h5", 3.95: "h6", 5: "h6"} {
		if got := heat(mean); got != want {
			t.Errorf("heat(%v) = %s, want %s", mean, got, want)
		}
	}
}

func TestScales(t *testing.T) {
	for _, c := range []struct {
		s    scale
		at   float64
		want string
	}{{levels, 1, "0.00%"}, {levels, 3, "50.00%"}, {levels, 5, "100.00%"}, {scale{30, 80}, 70.5, "81.00%"}, {scale{30, 80}, 10, "0.00%"}} {
		if got := c.s.at(c.at); got != c.want {
			t.Errorf("%v at %v: %s, want %s", c.s, c.at, got, c.want)
		}
	}
	for _, values := range [][]float64{{43, 70.5}, {0, 100}, {50}, {1, 99}} {
		s := indexScale(values...)
		for _, x := range values {
			if x < s.Low || x > s.High {
				t.Errorf("%v lies outside %v", x, s)
			}
		}
		ticks := s.ticks()
		if s.Low < 0 || s.High > 100 || len(ticks) < 2 || ticks[0].Anchor != "start" {
			t.Errorf("scale of %v: %v with %v", values, s, ticks)
		}
	}
}

func TestNamesOfThings(t *testing.T) {
	for got, want := range map[string]string{
		short("Ledningens engagemang"):                       "Engagemang",
		short("Mål och budget"):                              "Mål",
		short("Förutsättningar att lära"):                    "Lära",
		short("Uppföljning"):                                 "Uppföljning",
		soft("Kommunledningsförvaltningen"):                  "Kommunlednings\u00adförvaltningen",
		soft("Förvaltning"):                                  "Förvaltning",
		label(round.Round{ID: "2025", Name: "Mätning 2025"}): "2025",
		label(round.Round{ID: "h25", Name: "Hösten 2025"}):   "Hösten 2025",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// Units that can share a place stand together, alphabetically, also where the
// sharing goes through a third.
func TestTogether(t *testing.T) {
	child := func(name string, low, high int) *analysis.Child {
		return &analysis.Child{Unit: analysis.UnitRef{Name: name}, Ranks: map[string]analysis.Rank{"total": {Low: low, High: high}}}
	}
	var got []string
	for _, group := range (compareViews{}).together([]*analysis.Child{child("Ö", 1, 2), child("A", 3, 3), child("B", 2, 2), child("Ä", 1, 2), child("C", 4, 5), child("D", 5, 5)}) {
		names := ""
		for _, c := range group {
			names += c.Unit.Name
		}
		got = append(got, names)
	}
	if strings.Join(got, " ") != "BÄÖ A CD" {
		t.Errorf("groups %v", got)
	}
}

// A unit that is shown while its index is hidden, or one of its themes, or last
// year's: words stand where the figures would, and nothing is compared.
func TestPartlyHidden(t *testing.T) {
	r := newResults(t)
	draw := func(change func(*analysis.Document)) string {
		d := r.docs["omsorg"]
		d.Figures = append([]analysis.Figure(nil), d.Figures...)
		previous := *d.Previous
		previous.Figures = append([]analysis.Figure(nil), previous.Figures...)
		d.Previous = &previous
		change(&d)
		u := newUnitViews(views{"sv", r.set, finding.NamesOf(r.set)}, &d, "2025", "2024")
		var out bytes.Buffer
		if err := r.pages.byLang["sv"]["resultat"].ExecuteTemplate(&out, "layout", view{Lang: "sv", Page: "resultat", Data: u.page()}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	hide := func(figures []analysis.Figure, id string, reason analysis.Reason) {
		for i, f := range figures {
			if f.ID == id {
				figures[i] = analysis.Figure{Level: f.Level, ID: f.ID, Invited: f.Invited, Suppressed: reason}
			}
		}
	}
	body := draw(func(d *analysis.Document) {
		hide(d.Figures, analysis.TotalID, analysis.Small)
		d.Previous.Changes = nil
	})
	heroOf := func(body string) string {
		hero, _, _ := strings.Cut(body[strings.Index(body, `class="r-hero"`):], "</section>")
		return hero
	}
	hero := heroOf(body)
	if !strings.Contains(body, "har för få svar för ett mognadsindex") || !strings.Contains(hero, "för få svar") || regexp.MustCompile(`\d,\d`).MatchString(hero) {
		t.Errorf("a hidden index: %s", hero)
	}
	body = draw(func(d *analysis.Document) { hide(d.Figures, "styrning.uppfoljning", analysis.Complementary) })
	if text := row(t, body, "Uppföljning"); !strings.Contains(text, "visas inte") || strings.Contains(text, "2,3") {
		t.Errorf("a hidden theme: %s", text)
	}
	body = draw(func(d *analysis.Document) {
		hide(d.Previous.Figures, analysis.TotalID, analysis.Small)
		d.Previous.Changes = nil
	})
	if hero = heroOf(body); !strings.Contains(hero, "2024 visades ingen siffra") || strings.Contains(hero, "▲") {
		t.Error("last year's hidden index is compared with")
	}
}
