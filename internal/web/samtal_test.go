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
	"github.com/mognad/mognad/internal/format"
)

// The sheet of a shown unit has what the rule chooses, each with its figure and
// n, and the words of the level that it is at and of the next.
func TestTalkPage(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	names := finding.NamesOf(r.set)
	for unit, d := range r.docs {
		if d.Suppressed != analysis.Shown {
			continue
		}
		talk := finding.Unit{Doc: &d, Names: names, Lang: "sv"}.Talk(r.set)
		if len(talk.Points) == 0 {
			t.Fatalf("%s: nothing to talk of", unit)
		}
		_, body := r.get("/resultat/"+unit+"/samtal", "sv", who)
		body = html.UnescapeString(mainOf(body))
		for _, p := range append(talk.Proud, talk.Points...) {
			_, part, ok := strings.Cut(body, names.Of(p.Figure.ID, "sv"))
			if !ok {
				t.Errorf("%s: lacks %s", unit, p.Figure.ID)
			}
			if figure := fmt.Sprintf("<b>%s</b> <small>n = %d<", format.Decimal(p.Figure.Mean, 1, "sv"), p.Figure.N); !strings.Contains(body, figure) {
				t.Errorf("%s: lacks %s of %s", unit, figure, p.Figure.ID)
			}
			if it, ok := r.set.Item(p.Figure.ID); ok && p.Concern != finding.Highest && p.Concern != finding.Rose {
				part, _, _ = strings.Cut(part, "<li>")
				for _, level := range []int{p.Step, p.Step + 1} {
					if want := "<dd>" + it.Levels[level-1].SV; !strings.Contains(part, want) {
						t.Errorf("%s: %s lacks the words of level %d", unit, it.ID, level)
					}
				}
			}
		}
		if got := strings.Count(body, `class="t-lines"`); got != len(talk.Points) {
			t.Errorf("%s: room for %d decisions on %d points", unit, got, len(talk.Points))
		}
	}
}

// A hidden unit has a reason and a way to the nearest shown sheet above, and no
// figure; and a sheet is for those who may read the unit.
func TestTalkPageHides(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	for unit, up := range map[string]string{"plan": "bygg", "gata": "bygg", "tyst": "bygg", "dold": "bygg"} {
		_, body := r.get("/resultat/"+unit+"/samtal", "sv", who)
		body = mainOf(body)
		if !strings.Contains(body, `href="/resultat/`+up+`/samtal"`) {
			t.Errorf("%s: no way to %s", unit, up)
		}
		if found := regexp.MustCompile(`\d,\d|n = \d|\d+ av \d`).FindString(body); found != "" {
			t.Errorf("%s: tells %q", unit, found)
		}
	}
	chef := r.signIn(t, access.Grant{Role: access.Chef, Unit: "bygg"})
	for path, want := range map[string]int{"bygg": 200, "lov": 200, "kommun": 403, "skola": 403, "finns-inte": 403, "bygg/samtal?omgang=2026": 409, "bygg/samtal?omgang=1900": 404} {
		if !strings.Contains(path, "/") {
			path += "/samtal"
		}
		if status, _ := r.get("/resultat/"+path, "sv", chef); status != want {
			t.Errorf("%s answers %d, want %d", path, status, want)
		}
	}
	if status, _ := r.get("/resultat/bygg/samtal", "sv", nil); status != http.StatusUnauthorized {
		t.Errorf("nobody gets %d", status)
	}
}
