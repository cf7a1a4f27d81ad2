package e2e

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/mognad/mognad/internal/demo"
)

//go:embed testdata/axe/axe.min.js
var axe string

// pages are to be walked in one browser session: whoever has followed the links
// first sees each of the paths, answered with the status given.
type pages struct {
	name  string
	links []string
	paths map[string]int64
}

// TestPages opens every page, in both languages, at 1280 and 390 px: axe-core
// finds nothing, and at 320 px (WCAG 1.4.10), or with letters twice as large on a
// phone (1.4.4), nothing has to be scrolled sideways. That no page
// asks another host for anything or breaks its content policy, every tab checks.
func TestPages(t *testing.T) {
	t.Parallel()
	p := ownDemo(t)
	coordinator := as(t, p, "samordnare")
	year := publishedRound(t, coordinator)
	hidden := hiddenUnit(t, coordinator, year, demo.Root)
	if hidden == "" {
		t.Fatal("the demo has no unit with too few answers")
	}
	draft(t, coordinator)
	untouched, err := unanswered(p, 1)
	if err != nil {
		t.Fatal(err)
	}
	theme := firstTheme(t, as(t, p, untouched[0]))
	action := firstLink(t, as(t, p, "ledning"), "/atgarder", `/atgarder/[\w-]{20,}`)
	groups := []pages{
		{"nobody", nil, map[string]int64{"/logga-in": 200, "/om/hjalp": 200, "/om/skydd": 200, "/om/tillganglighet": 200, "/om/integritet": 200, "/oppna-data": 200, "/oppna-data/" + demo.Given: 200,
			"/finns-inte": 404, "/e/fel": 404, "/in/fel": 404, "/resultat": 401, "/svara": 403, signInLink(t, p): 200}},
		{"respondent", []string{untouched[0]}, map[string]int64{"/svara": 200, theme: 200, "/svara/granska": 200, "/svara/finns/inte": 404}},
		{"respondent begun", []string{p.links["respondent"]}, map[string]int64{"/svara": 200, theme: 200, "/svara/granska": 200}},
		{"respondent done", []string{submitted(t, p)}, map[string]int64{"/svara": 200, theme: 200, "/svara/granska": 200, "/svara/kvitto": 200, "/svara/sparat": 200}},
		{"samordnare", []string{p.links["samordnare"]}, map[string]int64{"/omgangar": 200, "/omgangar/" + demo.Open: 200, "/omgangar/" + year: 200,
			"/omgangar/utkast": 200, "/omgangar/finns-inte": 404, "/omgangar/utkast/installningar": 200, "/omgangar/" + demo.Open + "/installningar": 200,
			"/omgangar/" + demo.Open + "/personer": 200, "/omgangar/" + demo.Open + "/personer/" + demo.Respondent: 200, "/omgangar/" + demo.Open + "/brev": 200,
			"/kommentarer/granska?omgang=2025&visa=publicerade": 200, "/kommentarer/granska?omgang=2025": 200, "/omgangar/utkast/forhandsgranska/enhetschef": 200, "/omgangar/utkast/forhandsgranska/enhetschef" + strings.TrimPrefix(theme, "/svara"): 200}},
		{"samordnare, administration", []string{p.links["samordnare"]}, map[string]int64{"/administration": 200, "/oppna-data": 200, "/organisation": 200, "/organisation/enhet": 200,
			"/organisation/enhet?id=" + demo.Chef: 200, "/organisation/person": 200, "/organisation/import": 200, "/konto": 200, "/logg": 200, "/personuppgifter": 200,
			"/personuppgifter/" + demo.Respondent: 200, "/texter": 200, "/texter/integritet": 200, "/texter/tillganglighet": 200, "/texter/kontakt": 200, "/texter/gallring": 200}},
		{"samordnare, register", []string{p.links["samordnare"]}, map[string]int64{"/register": 200, "/register?slag=eservice": 200, "/register?slag=eservice&vy=tavla": 200,
			"/register?slag=fragor": 200, "/register/post?slag=minutes": 200, "/register/post?id=it-reglemente": 200, "/register/post?id=finns-inte": 404, "/register/import": 200}},
		{"administrator", []string{p.links["administrator"]}, map[string]int64{"/administration": 200, "/behorigheter": 200, "/konto": 200}},
		{"ledning", []string{p.links["ledning"]}, map[string]int64{"/omgangar": 200, "/omgangar/" + demo.Open: 200, "/resultat": 200, "/resultat/" + demo.Chef: 200,
			"/resultat/" + hidden: 200, "/resultat/" + demo.Chef + "/ta-med": 200, "/resultat/" + hidden + "/ta-med": 200, "/resultat?omgang=" + demo.Open: 409, "/kommentarer": 200, "/kommentarer?enhet=" + demo.Chef: 200, "/kommentarer?enhet=" + hidden: 200, "/jamfor": 200, "/jamfor?enhet=" + demo.Chef: 200, "/utveckling": 200, "/utveckling?enhet=" + hidden: 200, "/utveckling?alla=1&enhet=" + demo.Chef: 200, "/revision": 200, "/kompetens": 200, "/kompetens?enhet=" + hidden: 200}},
		{"ledning, jämförelse", []string{p.links["ledning"]}, map[string]int64{"/jamfor?omrade=styrning&mot=2024&sortera=styrning.mal&ordning=upp": 200}},
		{"ledning, möten", []string{p.links["ledning"]}, map[string]int64{"/resultat/" + demo.Chef + "/samtal": 200, "/resultat/" + hidden + "/samtal": 200,
			"/resultat/" + demo.Chef + "/presentation": 200, "/resultat/" + demo.Chef + "/presentation?bild=3": 200, "/resultat/" + demo.Chef + "/presentation?bild=7": 200, "/resultat/" + hidden + "/presentation": 200,
			"/resultat/" + demo.Root + "/rapport": 200, "/resultat/" + demo.Chef + "/rapport": 200, "/resultat/" + hidden + "/rapport": 200}},
		{"hr", []string{p.links["hr"]}, map[string]int64{"/kompetens": 200, "/kompetens/plan": 200, "/kompetens/plan?budget=mycket": 422, "/kompetens/plan?enhet=" + demo.Chef: 200, "/kompetens/planer": 200,
			"/kompetens/insatser": 200, "/kompetens/insatser/insats": 200, "/kompetens/krav": 200, firstLink(t, as(t, p, "hr"), "/kompetens/planer", `/kompetens/planer/2025/[0-9a-f]+`): 200}},
		{"ledning, åtgärder", []string{p.links["ledning"]}, map[string]int64{"/atgarder": 200, "/atgarder?enhet=" + demo.Chef: 200, "/atgarder?enhet=" + hidden: 200, "/atgarder?lage=klar": 200,
			"/atgarder/ny": 200, "/atgarder/ny?rekommendation=kunskap": 200, action: 200, action + "/andra": 200, "/atgarder/finns-inte": 403}},
		{"revisor", []string{p.links["revisor"]}, map[string]int64{"/revision": 200, "/revision/exempel": 200, "/revision/fakta/led.strategi.antagen": 200, "/revision/fakta/finns.inte": 404}},
		{"chef", []string{p.links["chef"]}, map[string]int64{"/resultat": 200, "/jamfor": 200, "/utveckling": 200, "/resultat/" + demo.Root: 403, "/revision": 403, "/kompetens": 200}},
	}
	t.Run("open", func(t *testing.T) {
		for _, g := range groups {
			t.Run(g.name, func(t *testing.T) { t.Parallel(); g.walk(t, p) })
		}
	})
	if a, err := coordinator.post("/omgangar/"+demo.Open+"/stang", nil); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("close the round: %d, %v", a.status, err)
	}
	for _, g := range []pages{
		{"closed", []string{p.links["samordnare"], p.links["respondent"]}, map[string]int64{"/omgangar/" + demo.Open: 200, "/kommentarer/granska": 200, "/svara": 200, "/svara/granska": 200}},
		{"closed done", groups[3].links, map[string]int64{"/svara": 200, "/svara/kvitto": 200}},
	} {
		t.Run(g.name, func(t *testing.T) { t.Parallel(); g.walk(t, p) })
	}
}

func (g pages) walk(t *testing.T, p *program) {
	b := newTab(t, p)
	for _, link := range g.links {
		b.visit(link)
	}
	for _, lang := range []string{"sv", "en"} {
		b.visit("/sprak/" + lang + "?till=/om/hjalp")
		for path, status := range g.paths {
			b.width(1280)
			if got := b.visit(path); got != status {
				b.t.Errorf("%s answers %d, want %d", path, got, status)
			}
			if got := value[string](b, "document.documentElement.lang"); got != lang {
				t.Errorf("%s is in %q, want %q", path, got, lang)
			}
			b.checkPage(path + " " + lang)
		}
	}
}

// checkPage looks at the page that is open, as it stands at 1280 px, and with
// everything unfolded at 390, at 320, at 390 with letters twice as large, and at
// 390 with names of units as long as they come.
func (b *tab) checkPage(name string) {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](axe))
	b.unrolled(1280)
	b.checkAccess(name + " 1280")
	b.width(390)
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach(d => d.open = true)`))
	b.unrolled(390)
	b.checkAccess(name + " 390")
	b.width(320)
	if wide := b.tooWide(); len(wide) > 0 {
		b.t.Errorf("%s is wider than 320 px:\n%s", name, strings.Join(wide, "\n"))
	}
	b.letters(2)
	b.width(390)
	if wide := b.tooWide(); len(wide) > 0 {
		b.t.Errorf("%s with letters twice as large is wider than 390 px:\n%s", name, strings.Join(wide, "\n"))
	}
	b.letters(1)
	b.do(chromedp.Evaluate[chromedp.Void](lengthen))
	if wide := b.tooWide(); len(wide) > 0 {
		b.t.Errorf("%s with long names is wider than 390 px:\n%s", name, strings.Join(wide, "\n"))
	}
}

// lengthen gives units of the demo one word of 46 letters as a name, wherever they
// are named.
const lengthen = `(() => {
	const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const was = walk.currentNode.data, plain = was.replaceAll("\u00ad", "");
		const long = plain.replace(/\p{L}+förvaltningen|Hemtjänst|Förskola|Räddningstjänsten|Särskilt boende/gu, "Ungdomsarbetsmarknadsåtgärdssamordningsenheten");
		if (long !== plain) walk.currentNode.data = long;
	}
})()`

// tooWide returns what makes the page wider than its window; none when it is not.
func (b *tab) tooWide() []string {
	b.t.Helper()
	return value[[]string](b, `(() => {
		if (document.documentElement.scrollWidth <= innerWidth) return [];
		const scrolls = e => e && e !== document.body && (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement));
		const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 0.5 && !scrolls(e.parentElement));
		return ["scrolls to " + document.documentElement.scrollWidth, ...wide.slice(0, 5).map(e => Math.round(e.getBoundingClientRect().right) + " " + e.outerHTML.slice(0, 100))];
	})()`)
}

// unrolled makes the window so wide, and as tall as the page: what scrolls in
// under the dock is no small target.
func (b *tab) unrolled(px int64) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(px, value[int64](b, "document.documentElement.scrollHeight")))
}

// checkAccess runs axe-core's rules on the page that is open.
func (b *tab) checkAccess(name string) {
	b.t.Helper()
	for _, v := range b.violations() {
		b.t.Errorf("%s: axe %s", name, v)
	}
}

// violations are what axe-core finds wrong with the page that is open.
func (b *tab) violations() []string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`axe.run(document, {resultTypes: ["violations"], rules: {"target-size": {enabled: true}}})
		.then(r => r.violations.map(v => v.id + ": " + v.help + "\n" + v.nodes.slice(0, 4).map(n => n.html.slice(0, 160)).join("\n")))`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("axe on %s: %v", b.where(), err)
	}
	return found
}

// TestChecksCanFail shows pages with known faults to what checks the others.
func TestChecksCanFail(t *testing.T) {
	t.Parallel()
	b := newTab(t, shared)
	b.visit("/om/hjalp")
	b.do(chromedp.Evaluate[chromedp.Void](axe))
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("main").insertAdjacentHTML("beforeend",
		"<img src='/static/img/icons.svg'><input><table width='900'><td>wide</table>"); new Image().src = "http://127.0.0.1:9/"`))
	if got := b.violations(); len(got) < 2 {
		t.Errorf("of an image and a field without names axe-core finds only %q", got)
	}
	b.width(320)
	if len(b.tooWide()) < 2 {
		t.Error("a table of 900 px fits in 320")
	}
	for deadline := time.Now().Add(patience); len(b.faults()) == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a request to another host goes unheard")
		}
	}
	b.mu.Lock()
	b.bad = nil
	b.mu.Unlock()
}

// signInLink returns the path of a sign-in link that works once: its page waits
// for a press of the button.
func signInLink(t *testing.T, p *program) string {
	t.Helper()
	out, err := exec.Command(binary, append([]string{"admin", "add", "--base-url", p.base, "--role", "hr", "ny@example.org"}, at(p.data)...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	_, link, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	return strings.TrimPrefix(link, p.base)
}

// draft makes a round that is not open.
func draft(t *testing.T, c *client) {
	t.Helper()
	a, err := c.post("/omgangar", url.Values{"id": {"utkast"}, "name": {"Mätomgång med ett ganska långt namn"}, "opens_on": {"2030-01-01"},
		"closes_on": {"2030-02-01"}, "min_group": {"5"}, "mode": {"confidential"}})
	if err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("make a draft: %d, %v", a.status, err)
	}
}

// submitted returns the path of the link of somebody who has answered a little
// and submitted.
func submitted(t *testing.T, p *program) string {
	t.Helper()
	links, err := unanswered(p, 2)
	if err != nil {
		t.Fatal(err)
	}
	c := as(t, p, links[1])
	if err := c.save(unansweredItems(t, c)[0], "3"); err != nil {
		t.Fatal(err)
	}
	if a, err := c.post("/svara/lamna-in", nil); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("submit: %d, %v", a.status, err)
	}
	return links[1]
}

// results asks the API for a unit's results.
func results(t *testing.T, c *client, round, unit string) []row {
	t.Helper()
	a, err := c.get("/api/v1/rounds/" + round + "/results?unit=" + url.QueryEscape(unit))
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("results of %s: %d, %v", unit, a.status, err)
	}
	var got struct{ Results []row }
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		t.Fatal(err)
	}
	return got.Results
}

type row struct{ Unit, Level, Suppressed string }

// hiddenUnit returns a unit below the given one that is hidden; "" when there is
// none.
func hiddenUnit(t *testing.T, c *client, round, unit string) string {
	t.Helper()
	for _, r := range results(t, c, round, unit) {
		if r.Level != "total" || r.Unit == unit {
			continue
		}
		if r.Suppressed != "" {
			return r.Unit
		}
		if below := hiddenUnit(t, c, round, r.Unit); below != "" {
			return below
		}
	}
	return ""
}

// publishedRound returns the id of the newest round that is published.
func publishedRound(t *testing.T, c *client) string {
	t.Helper()
	a, err := c.get("/resultat")
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("/resultat: %d, %v", a.status, err)
	}
	for _, year := range []string{"2025", "2024"} {
		if a, err := c.get("/api/v1/rounds/" + year + "/results"); err == nil && a.status == http.StatusOK {
			return year
		}
	}
	t.Fatal(fmt.Errorf("the demo has no published round"))
	return ""
}

// firstLink returns the first address on a page of the demo that looks as told.
func firstLink(t *testing.T, c *client, page, like string) string {
	t.Helper()
	a, err := c.get(page)
	if err != nil {
		t.Fatal(err)
	}
	path := regexp.MustCompile(like).FindString(a.body)
	if path == "" {
		t.Fatalf("%s of the demo has no link like %s", page, like)
	}
	return path
}
