package web

import (
	"html"
	"image/png"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/export"
)

var chartLink = regexp.MustCompile(`href="([^"]*/diagram/[^"]*)"`)

// Every chart of every page can be saved as SVG and PNG, each with what it shows,
// of how many, when and from where in it; in the language and with the choices of
// the page.
func TestEveryChartCanBeSaved(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, planner)
	r.send("/kompetens/planer", who, url.Values{"enhet": {"kommun"}, "omgang": {"2025"}, "budget": {"200000"}, "namn": {"Vår plan"}})
	plans, err := r.training.Plans(t.Context(), "2025")
	check(t, err)
	pages := map[string]int{ // how many charts
		"/jamfor?enhet=kommun":                       2 + 3,
		"/jamfor?enhet=omsorg&sortera=namn&mot=2024": 2 + 3,
		"/jamfor?enhet=kommun&omrade=styrning":       2 + 3,
		"/utveckling?enhet=omsorg":                   1 + 4,
		"/utveckling?enhet=kommun&omgang=2024":       1,
		"/kompetens?enhet=kommun":                    1,
		"/kompetens?enhet=omsorg&omgang=2024":        1,
		"/kompetens/plan?enhet=kommun&budget=200000": 1,
		"/kompetens/planer/2025/" + plans[0].ID:      1,
	}
	for page, charts := range pages {
		for _, lang := range []string{"sv", "en"} {
			status, body := r.get(page, lang, who)
			if status != http.StatusOK {
				t.Fatalf("%s: status %d", page, status)
			}
			var links []string
			for _, m := range chartLink.FindAllStringSubmatch(body, -1) {
				links = append(links, html.UnescapeString(m[1]))
			}
			if len(links) != 2*charts || len(slices.Compact(slices.Sorted(slices.Values(links)))) != len(links) {
				t.Errorf("%s: %d links, want %d: %q", page, len(links), 2*charts, links)
			}
			for _, link := range links {
				if lang == "en" && strings.Contains(link, ".png") {
					continue // it is drawn of the same SVG
				}
				w := r.fetched(link, lang, who)
				if w.Code != http.StatusOK {
					t.Errorf("%s of %s: status %d", link, page, w.Code)
					continue
				}
				if at, _, _ := strings.Cut(link, "?"); strings.HasSuffix(at, ".png") {
					if _, err := png.Decode(w.Body); err != nil {
						t.Errorf("%s: %v", link, err)
					}
					continue
				}
				text := html.UnescapeString(w.Body.String())
				year := "2025"
				if strings.Contains(link, "2024") && !strings.Contains(link, "mot=2024") {
					year = "2024"
				}
				for _, want := range []string{"<title>", "n = ", export.Source(lang, "Testkommun", year)} {
					if !strings.Contains(text, want) {
						t.Errorf("%s lacks %q", link, want)
					}
				}
				if strings.Contains(text, "%!") || strings.Contains(text, "\u00ad") {
					t.Errorf("%s: %s", link, text)
				}
			}
		}
	}
}

// A chart that leaves is in the log, with who took it.
func TestSavedChartIsLogged(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	r.fetched("/jamfor/diagram/varme.svg?enhet=omsorg", "sv", who)
	for e, err := range r.rounds.Log().Events(t.Context()) {
		check(t, err)
		if e.Action == "export.chart" {
			if e.Actor == "" || e.Unit != "omsorg" || e.Round != "2025" || e.Detail != "varme.svg" {
				t.Errorf("logged %+v", e)
			}
			return
		}
	}
	t.Error("a saved chart is not in the log")
}

// A picture of a comparison has a mark for each unit that is shown, and a reason
// for each that is not.
func TestPicturesHide(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	_, body := r.get("/jamfor?enhet=omsorg", "sv", who)
	_, list, _ := strings.Cut(body, "r-hidlist")
	list, _, _ = strings.Cut(list, "</ul>")
	hidden := strings.Count(list, "<li>")
	shown := strings.Count(body, `class="mini"`)
	text := r.fetched("/jamfor/diagram/plats.svg?enhet=omsorg", "sv", who).Body.String()
	if marks := strings.Count(text, "<circle"); shown < 2 || marks != shown+2 { // and the whole's, and the legend's
		t.Errorf("%d marks of %d units", marks, shown)
	}
	if reasons := strings.Count(text, "Visas inte"); hidden == 0 || reasons != hidden {
		t.Errorf("%d reasons of %d hidden units: %s", reasons, hidden, text)
	}
}

// Who may not read the page gets none of its charts, and there are none but its own.
func TestChartsAreForReaders(t *testing.T) {
	r := newResults(t)
	who, chef := r.signIn(t, everything), r.signIn(t, access.Grant{Role: access.Chef, Unit: "omsorg"})
	for path, want := range map[string]int{"/jamfor/diagram/plats.svg": 200, "/jamfor/diagram/plats.gif": 404, "/jamfor/diagram/finns-inte.svg": 404, "/jamfor/diagram/plats.svg?enhet=hem": 404, "/jamfor/diagram/plats.svg?mot=1999": 404,
		"/utveckling/diagram/index.png": 200, "/utveckling/diagram/index.svg?enhet=plan": 404, "/kompetens/diagram/matris.svg?omgang=2026": 409, "/kompetens/plan/diagram/fore-efter.svg": 403} {
		if w := r.fetched(path, "sv", who); w.Code != want {
			t.Errorf("%s: status %d, want %d", path, w.Code, want)
		}
	}
	for _, path := range []string{"/jamfor/diagram/plats.svg?enhet=", "/utveckling/diagram/index.svg?enhet=", "/kompetens/diagram/matris.svg?enhet="} {
		for unit, want := range map[string]int{"omsorg": 200, "kommun": 403, "bygg": 403} {
			if w := r.fetched(path+unit, "sv", chef); w.Code != want {
				t.Errorf("a manager asks for %s%s: status %d, want %d", path, unit, w.Code, want)
			}
		}
	}
}
