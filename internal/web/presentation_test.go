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
)

// Every slide of every unit comes in both languages, leads to the next and back,
// has one headline and no level without an n; each shown child has its slide.
func TestSlides(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	for unit, d := range r.docs {
		slides := slidesOf(&d)
		for i, slide := range slides {
			path := fmt.Sprintf("/resultat/%s/presentation?bild=%d", unit, i+1)
			for _, lang := range []string{"sv", "en"} {
				status, body := r.get(path, lang, who)
				if status != http.StatusOK || strings.Count(body, "<h1") != 1 || strings.Contains(body, "<h1></h1>") || brokenText.MatchString(body) {
					t.Errorf("%s %s: status %d, or no headline, or broken text", path, lang, status)
				}
				for n, rel := range map[int]string{i: "prev", i + 2: "next"} {
					href := fmt.Sprintf(`href="/resultat/%s/presentation?bild=%d"`, unit, n)
					if there := n >= 1 && n <= len(slides); there != strings.Contains(body, `rel="`+rel+`"`) || there && !strings.Contains(body, href) {
						t.Errorf("%s: the way to slide %d", path, n)
					}
				}
				main := html.UnescapeString(mainOf(body))
				if regexp.MustCompile(`\d[.,]\d`).MatchString(main) && !regexp.MustCompile(`n = \d|scope="col">n<`).MatchString(main) && slide.kind != "title" {
					t.Errorf("%s %s: a figure without n", path, slide.kind)
				}
			}
			if slide.kind != "child" {
				continue
			}
			ch, _ := d.Child(slide.child)
			if _, body := r.get(path, "sv", who); ch.Suppressed != analysis.Shown || !strings.Contains(html.UnescapeString(body), ch.Unit.Name+"</h1>") {
				t.Errorf("%s is not the slide of %s", path, slide.child)
			}
		}
		if status, _ := r.get(fmt.Sprintf("/resultat/%s/presentation?bild=%d", unit, len(slides)+1), "sv", who); status != http.StatusNotFound {
			t.Errorf("%s: a slide after the last: %d", unit, status)
		}
	}
}

// What is hidden is named with its reason and has no figure; a presentation is
// for those who may read the unit.
func TestSlidesHide(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	at := slideOfKind(r.docs["bygg"], "hidden")
	_, body := r.get(fmt.Sprintf("/resultat/bygg/presentation?bild=%d", at), "sv", who)
	for _, name := range []string{"Gata, park och hamn", "Plan och mark", "Förråd"} {
		if !strings.Contains(mainOf(body), name) {
			t.Errorf("the hidden %s is not named", name)
		}
	}
	if found := regexp.MustCompile(`\d,\d|n = \d`).FindString(mainOf(body)); found != "" {
		t.Errorf("beside what is hidden stands %q", found)
	}
	if _, body = r.get("/resultat/plan/presentation", "sv", who); !strings.Contains(body, `href="/resultat/bygg/presentation"`) || regexp.MustCompile(`\d,\d|n = \d`).MatchString(mainOf(body)) {
		t.Error("a hidden unit has no way up, or a figure")
	}
	chef := r.signIn(t, access.Grant{Role: access.Chef, Unit: "bygg"})
	for path, want := range map[string]int{"bygg/presentation": 200, "kommun/presentation": 403, "finns-inte/presentation": 403, "bygg/presentation?bild=0": 404, "bygg/presentation?bild=x": 404, "bygg/presentation?omgang=2026": 409} {
		if status, _ := r.get("/resultat/"+path, "sv", chef); status != want {
			t.Errorf("%s answers %d, want %d", path, status, want)
		}
	}
}

// slideOfKind is the number of the first slide of a kind, from 1.
func slideOfKind(d analysis.Document, kind string) int {
	for i, s := range slidesOf(&d) {
		if s.kind == kind {
			return i + 1
		}
	}
	return 0
}
