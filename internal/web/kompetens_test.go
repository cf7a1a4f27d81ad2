package web

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
)

// Every shown gap stands in its area's row, and nothing of a hidden unit.
func TestCompetencePage(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	names := finding.NamesOf(r.set)
	for _, unit := range []string{"kommun", "bygg", "skola"} {
		d := r.docs[unit]
		if len(d.Competence) == 0 {
			t.Fatalf("%s has no competence areas", unit)
		}
		for lang, of := range map[string]string{"sv": "%d av %d", "en": "%d of %d"} {
			status, body := r.get("/kompetens?enhet="+unit, lang, who)
			body = html.UnescapeString(mainOf(body))
			if status != http.StatusOK {
				t.Fatalf("%s %s: status %d", unit, lang, status)
			}
			if found := regexp.MustCompile(`%!|<no value>|competence\.[a-z]`).FindString(body); found != "" {
				t.Errorf("%s %s: broken text %q", unit, lang, found)
			}
			for _, f := range d.Competence {
				_, line, _ := strings.Cut(body, `scope="row">`+names.Competence(f.Item, lang)+"<small>"+names.Of(f.Item, lang)+"</small></th>")
				line, _, _ = strings.Cut(line, "</tr>")
				want := 0
				figures := []analysis.CompetenceFigure{f}
				for _, ch := range d.Children {
					if ch.Suppressed == analysis.Shown {
						figures = append(figures, ch.Competence...)
					}
				}
				for _, g := range figures {
					if g.Item != f.Item || g.Suppressed != analysis.Shown {
						continue
					}
					want++
					if cell := "<small>" + fmt.Sprintf(of, g.Below, g.Rated) + "</small>"; !strings.Contains(line, cell) {
						t.Errorf("%s %s: %s lacks %s", unit, lang, f.Item, cell)
					}
				}
				if got := strings.Count(line, "<b>"); got != want {
					t.Errorf("%s %s: %s has %d figures, want %d", unit, lang, f.Item, got, want)
				}
			}
		}
	}
}

// A hidden unit has no gaps, and a manager gets no unit but the own ones.
func TestCompetencePageHides(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	for _, unit := range []string{"plan", "gata", "tyst", "dold"} {
		status, body := r.get("/kompetens?enhet="+unit, "sv", who)
		if status != http.StatusOK || strings.Contains(mainOf(body), "<table") || regexp.MustCompile(`\d+ av \d+`).MatchString(mainOf(body)) {
			t.Errorf("%s: status %d, or a figure of a hidden unit", unit, status)
		}
	}
	chef := r.signIn(t, access.Grant{Role: access.Chef, Unit: "omsorg"})
	for unit, want := range map[string]int{"omsorg": http.StatusOK, "kommun": http.StatusForbidden, "bygg": http.StatusForbidden, "finns-inte": http.StatusForbidden} {
		if status, _ := r.get("/kompetens?enhet="+unit, "sv", chef); status != want {
			t.Errorf("a manager asks for %s: status %d, want %d", unit, status, want)
		}
	}
}
