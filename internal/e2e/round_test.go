package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/mognad/mognad/internal/demo"
)

// stepOf presses one of the buttons that take a round further, and confirms.
func (b *tab) stepOf(round, name string) {
	b.t.Helper()
	form := `form[action="/omgangar/` + round + `/` + name + `"]`
	for deadline := time.Now().Add(time.Minute); b.count(form) == 0; b.do(chromedp.Reload()) { // while results are computed
		if time.Now().After(deadline) {
			b.t.Fatalf("%s has no way to %s: %s", b.where(), name, b.text("main"))
		}
	}
	b.click(`.r-step:has(` + form + `) summary`)
	b.press(form + " button")
}

// TestCloseAndPublish takes the open round to its published result as the
// coordinator does, in the browser.
func TestCloseAndPublish(t *testing.T) {
	t.Parallel()
	p := ownDemo(t)
	respondent := as(t, p, "respondent")
	item := unansweredItems(t, respondent)[0]

	b := newTab(t, p)
	b.visit(p.links["samordnare"])
	b.press(`a[href="/omgangar/` + demo.Open + `"]`)
	b.stepOf(demo.Open, "stang")
	if err := respondent.save(item, "3"); err == nil || !strings.Contains(err.Error(), "409") {
		t.Errorf("a save in a closed round: %v", err)
	}
	closed := newTab(t, p)
	closed.visit(p.links["respondent"])
	if got := closed.text("h1"); !strings.Contains(got, "stängd") && !strings.Contains(got, "slut") {
		t.Errorf("a respondent is told of the closed round: %q", got)
	}

	ledning := newTab(t, p)
	ledning.visit(p.links["ledning"])
	if status := ledning.visit("/resultat?omgang=" + demo.Open); status != http.StatusConflict {
		t.Errorf("before publishing, the result answers %d", status)
	}
	b.stepOf(demo.Open, "publicera")
	b.press(`main a[href="/resultat?omgang=` + demo.Open + `"]`)
	b.checkRadar(3)
	ledning.visit("/resultat?omgang=" + demo.Open)
	ledning.checkRadar(3)
}

// checkRadar checks the result page of a unit: the radar with so many series at
// least as the server draws it, then as the browser does, and the table beside.
func (b *tab) checkRadar(least int) {
	b.t.Helper()
	series := value[int](b, `JSON.parse(document.querySelector("[data-chart] script").textContent).series.flatMap(s => s.data).length`)
	if series < least {
		b.t.Errorf("%s: the radar has %d series", b.where(), series)
	}
	if n := b.count("[data-chart] svg path"); n < series {
		b.t.Errorf("%s: the server's radar has %d lines for %d series", b.where(), n, series)
	}
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[data-chart]").scrollIntoView()`))
	b.until("the browser to draw the radar", `document.querySelector("[data-chart] .m-live svg path")`)
	if !value[bool](b, `[...document.querySelectorAll("[data-chart] > svg, [data-chart] :not(.m-live *) > svg")].some(s => s.hasAttribute("hidden"))`) {
		b.t.Errorf("%s: both radars are shown", b.where())
	}
	// As much in the browser's as in the server's, also when it has been drawn anew.
	const marks = `(s => ["text", '[fill="#0d4f5f"]'].map(e => document.querySelector(s).querySelectorAll(e).length).join())`
	server := value[string](b, marks+`("[data-chart] svg[hidden]")`)
	if live := value[string](b, marks+`("[data-chart] .m-live svg")`); live != server || strings.HasPrefix(server, "0") {
		b.t.Errorf("%s: %s texts and marks in the browser's radar, %s in the server's", b.where(), live, server)
	}
	b.width(700)
	b.until("a radar with short names", marks+`("[data-chart] .m-live svg") != "`+server+`"`)
	b.width(1280)
	b.until("the radar as it was", marks+`("[data-chart] .m-live svg") == "`+server+`"`)
	if n := b.count("table.themes tbody tr"); n < 10 {
		b.t.Errorf("%s: the table beside the radar has %d rows", b.where(), n)
	}
}
