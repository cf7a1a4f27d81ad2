package e2e

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/demo"
)

// everybody is who may come: without a link, with a personal link, or with a role.
var everybody = append([]string{"nobody"}, roles...)

// expect is the status each of everybody is answered with.
type expect map[string]int

// all expects the same for everybody.
func all(status int) expect {
	e := expect{}
	for _, who := range everybody {
		e[who] = status
	}
	return e
}

// only expects status for those named; others are asked to sign in or, if they
// have, refused.
func only(status int, named ...string) expect {
	e := all(http.StatusForbidden)
	e["nobody"], e["respondent"] = http.StatusUnauthorized, http.StatusUnauthorized
	for _, who := range named {
		e[who] = status
	}
	return e
}

// answering expects status for one with a personal link; nobody else gets in.
func answering(status int) expect {
	e := all(http.StatusForbidden)
	e["respondent"] = status
	return e
}

// probe is a request to a route, and how it is to be answered.
type probe struct {
	route string // as in internal/web/routes.go
	path  string
	want  expect
}

var (
	readers   = []string{"hr", "ledning", "revisor", "samordnare"}
	followers = append([]string{"administrator"}, readers...)
	managers  = []string{"samordnare", "administrator"}
	doers     = []string{"chef", "hr", "ledning", "samordnare"}
	planners  = []string{"hr", "samordnare"}
)

func probes(theme string) []probe {
	allReaders := append([]string{"chef"}, readers...)
	const round = "/omgangar/" + demo.Open
	return []probe{
		{"GET /", "/", all(303)},
		{"GET /healthz", "/healthz", all(200)},
		{"GET /readyz", "/readyz", all(200)},
		{"GET /metrics", "/metrics", all(200)},
		{"GET /static/*file", "/static/css/mognad.css", all(200)},
		{"GET /static/*file", "/static/../go.mod", all(404)},
		{"HEAD /static/*file", "/static/css/mognad.css", all(200)},
		{"GET /favicon.ico", "/favicon.ico", all(301)},
		{"GET /sprak/:lang", "/sprak/sv", all(303)},
		{"GET /e/:token", "/e/fel", all(404)},
		{"GET /in/:token", "/in/fel", all(404)},
		{"POST /in/:token", "/in/fel", all(404)},
		{"GET /logga-in", "/logga-in", all(200)},
		{"POST /logga-in", "/logga-in", all(409)}, // the demo sends no mail
		{"GET /logga-in/konto", "/logga-in/konto", all(404)},
		{"GET /logga-in/klar", "/logga-in/klar", all(404)},
		{"GET /konto", "/konto", only(200, append([]string{"administrator"}, allReaders...)...)},
		{"GET /om/skydd", "/om/skydd", all(200)},
		{"GET /om/integritet", "/om/integritet", all(200)},
		{"GET /om/tillganglighet", "/om/tillganglighet", all(200)},
		{"GET /om/hjalp", "/om/hjalp", all(200)},
		{"GET /api/v1/openapi.json", "/api/v1/openapi.json", all(200)},

		{"GET /svara", "/svara", answering(200)},
		{"GET /svara/:area/:theme", theme, answering(200)},
		{"GET /svara/:area/:theme", "/svara/finns/inte", answering(404)},
		{"POST /svara/:area/:theme", theme, answering(303)},
		{"POST /svara/spara", "/svara/spara", answering(422)},
		{"GET /svara/mina.json", "/svara/mina.json", answering(200)},
		{"GET /svara/sparat", "/svara/sparat", answering(200)},
		{"GET /svara/sparat.json", "/svara/sparat.json", answering(200)},
		{"GET /svara/granska", "/svara/granska", answering(200)},
		{"GET /svara/kvitto", "/svara/kvitto", answering(303)},
		{"POST /svara/lamna-in", "/svara/lamna-in", answering(422)},

		{"GET /resultat", "/resultat", only(200, allReaders...)},
		{"GET /resultat/:unit", "/resultat/" + demo.Chef, only(200, allReaders...)},
		{"GET /resultat/:unit", "/resultat/" + demo.Root, only(200, readers...)},
		{"GET /resultat/:unit", "/resultat/finns-inte", only(403)},
		{"GET /resultat/:unit/ta-med", "/resultat/" + demo.Chef + "/ta-med", only(200, allReaders...)},
		{"GET /resultat/:unit/ta-med", "/resultat/" + demo.Root + "/ta-med", only(200, readers...)},
		{"GET /resultat/:unit/resultat.xlsx", "/resultat/" + demo.Chef + "/resultat.xlsx", only(200, allReaders...)},
		{"GET /resultat/:unit/resultat.xlsx", "/resultat/finns-inte/resultat.xlsx", only(403)},
		{"GET /resultat/:unit/resultat.csv", "/resultat/" + demo.Chef + "/resultat.csv", only(200, allReaders...)},
		{"GET /resultat/:unit/resultat.json", "/resultat/" + demo.Chef + "/resultat.json", only(200, allReaders...)},
		{"GET /resultat/:unit/samtal", "/resultat/" + demo.Chef + "/samtal", only(200, allReaders...)},
		{"GET /resultat/:unit/samtal", "/resultat/" + demo.Root + "/samtal", only(200, readers...)},
		{"GET /resultat/:unit/diagram/:chart", "/resultat/" + demo.Chef + "/diagram/teman.svg", only(200, allReaders...)},
		{"GET /resultat/:unit/diagram/:chart", "/resultat/" + demo.Root + "/diagram/enheter.png", only(200, readers...)},
		{"GET /resultat/:unit/diagram/:chart", "/resultat/" + demo.Chef + "/diagram/finns-inte.svg", only(404, allReaders...)},
		{"GET /resultat/:unit/presentation", "/resultat/" + demo.Chef + "/presentation", only(200, allReaders...)},
		{"GET /resultat/:unit/presentation", "/resultat/" + demo.Root + "/presentation", only(200, readers...)},
		{"GET /resultat/:unit/presentation", "/resultat/" + demo.Chef + "/presentation?bild=99", only(404, allReaders...)},
		{"GET /resultat/:unit/rapport", "/resultat/" + demo.Chef + "/rapport", only(200, allReaders...)},
		{"GET /resultat/:unit/rapport", "/resultat/" + demo.Root + "/rapport", only(200, readers...)},
		{"GET /resultat/:unit/rapport.pdf", "/resultat/finns-inte/rapport.pdf", only(403)}, // TestReportAsPDF has those that are made
		{"GET /jamfor", "/jamfor", only(200, allReaders...)},
		{"GET /jamfor", "/jamfor?enhet=" + demo.Root, only(200, readers...)},
		{"GET /jamfor", "/jamfor?mot=" + demo.Open, only(404, allReaders...)},
		{"GET /jamfor/diagram/:chart", "/jamfor/diagram/plats.svg?enhet=" + demo.Root, only(200, readers...)},
		{"GET /jamfor/diagram/:chart", "/jamfor/diagram/varme.png?enhet=" + demo.Root, only(200, readers...)},
		{"GET /utveckling", "/utveckling", only(200, allReaders...)},
		{"GET /utveckling", "/utveckling?enhet=" + demo.Root, only(200, readers...)},
		{"GET /utveckling", "/utveckling?omgang=" + demo.Open, only(409, allReaders...)},
		{"GET /utveckling/diagram/:chart", "/utveckling/diagram/index.svg", only(200, allReaders...)},
		{"GET /utveckling/diagram/:chart", "/utveckling/diagram/index.svg?enhet=" + demo.Root, only(200, readers...)},
		{"GET /kompetens", "/kompetens", only(200, allReaders...)},
		{"GET /kompetens", "/kompetens?enhet=" + demo.Root, only(200, readers...)},
		{"GET /kompetens/diagram/:chart", "/kompetens/diagram/matris.svg?enhet=" + demo.Root, only(200, readers...)},
		{"GET /kompetens/namn", "/kompetens/namn", only(403)}, // the demo's rounds are confidential
		{"GET /omgangar/:round/svar", "/omgangar/2025/svar", only(403)},
		{"GET /omgangar/:round/svar/:person", "/omgangar/2025/svar/" + demo.Respondent, only(403)},
		{"GET /kommentarer", "/kommentarer", only(200, readers...)},
		{"GET /kommentarer", "/kommentarer?omgang=" + demo.Open, only(409, readers...)},
		{"POST /kommentarer", "/kommentarer", only(200, readers...)},
		{"GET /kommentarer/granska", "/kommentarer/granska", only(200, "samordnare")},
		{"POST /kommentarer/granska", "/kommentarer/granska", only(303, "samordnare")},
		{"POST /kommentarer/granska/borja", "/kommentarer/granska/borja", only(303, "samordnare")},
		{"GET /kompetens/plan", "/kompetens/plan", only(200, planners...)},
		{"GET /kompetens/plan", "/kompetens/plan?budget=-1", only(422, planners...)},
		{"GET /kompetens/plan", "/kompetens/plan?enhet=finns-inte", only(403)},
		{"GET /kompetens/plan", "/kompetens/plan?omgang=" + demo.Open, only(409, planners...)},
		{"GET /kompetens/plan/diagram/:chart", "/kompetens/plan/diagram/fore-efter.svg", only(200, planners...)},
		{"GET /kompetens/planer", "/kompetens/planer", only(200, planners...)},
		{"POST /kompetens/planer", "/kompetens/planer", only(422, planners...)},
		{"GET /kompetens/planer/:round/:plan", "/kompetens/planer/2025/finns-inte", only(404, planners...)},
		{"GET /kompetens/planer/:round/:plan/diagram/:chart", "/kompetens/planer/2025/finns-inte/diagram/fore-efter.svg", only(404, planners...)},
		{"POST /kompetens/planer/:round/:plan/:step", "/kompetens/planer/2025/finns-inte/ta-bort", only(404, planners...)},
		{"GET /kompetens/insatser", "/kompetens/insatser", only(200, planners...)},
		{"GET /kompetens/insatser", "/kompetens/insatser?enhet=finns-inte", only(403)},
		{"GET /kompetens/insatser/insats", "/kompetens/insatser/insats", only(200, planners...)},
		{"GET /kompetens/insatser/insats", "/kompetens/insatser/insats?id=finns-inte", only(404, planners...)},
		{"POST /kompetens/insatser/:step", "/kompetens/insatser/spara", only(422, planners...)},
		{"GET /kompetens/krav", "/kompetens/krav", only(200, planners...)},
		{"POST /kompetens/krav", "/kompetens/krav?enhet=finns-inte", only(403)},
		{"GET /revision", "/revision", only(200, "hr", "ledning", "revisor", "samordnare")},
		{"GET /revision/exempel", "/revision/exempel", only(200, "hr", "ledning", "revisor", "samordnare")},
		{"GET /revision/fakta/:item", "/revision/fakta/led.strategi.antagen", only(200, "revisor", "samordnare")},
		{"GET /revision/fakta/:item", "/revision/fakta/led.strategi.plan", only(404, "revisor", "samordnare")},
		{"POST /revision/fakta/:item", "/revision/fakta/led.strategi.antagen", only(422, "revisor", "samordnare")},
		{"GET /revision", "/revision?omgang=" + demo.Open, only(409, "hr", "ledning", "revisor", "samordnare")},
		{"GET /atgarder", "/atgarder", only(200, allReaders...)},
		{"GET /atgarder", "/atgarder?enhet=" + demo.Root, only(200, readers...)},
		{"GET /atgarder", "/atgarder?omgang=" + demo.Open, only(409, allReaders...)},
		{"POST /atgarder", "/atgarder", only(422, doers...)},
		{"GET /atgarder/ny", "/atgarder/ny", only(200, doers...)},
		{"GET /atgarder/ny", "/atgarder/ny?enhet=finns-inte", only(403)},
		{"GET /atgarder/:action", "/atgarder/finns-inte", only(403)},
		{"GET /atgarder/:action/andra", "/atgarder/finns-inte/andra", only(403)},
		{"POST /atgarder/:action/andra", "/atgarder/finns-inte/andra", only(403)},
		{"POST /atgarder/:action/folj-upp", "/atgarder/finns-inte/folj-upp", only(403)},
		{"GET /oppna-data", "/oppna-data", all(200)},
		{"GET /oppna-data/katalog.jsonld", "/oppna-data/katalog.jsonld", all(200)},
		{"GET /oppna-data/:round", "/oppna-data/" + demo.Given, all(200)},
		{"GET /oppna-data/:round", "/oppna-data/" + demo.Open, all(404)},
		{"GET /oppna-data/:round/:file", "/oppna-data/" + demo.Given + "/mognad.csv", all(200)},
		{"GET /oppna-data/:round/:file", "/oppna-data/" + demo.Given + "/mognad.xlsx", all(404)},
		{"HEAD /oppna-data/:round/:file", "/oppna-data/" + demo.Given + "/mognad.json", all(200)},
		{"POST /oppna-data/:round/ge", "/oppna-data/" + demo.Given + "/ge", only(422, "samordnare")},
		{"POST /oppna-data/:round/ta-tillbaka", "/oppna-data/" + demo.Open + "/ta-tillbaka", only(303, "samordnare")},
		{"GET /register", "/register", only(200, readers...)},
		{"GET /register", "/register?enhet=finns-inte", only(403)},
		{"GET /register/post", "/register/post?id=it-reglemente", only(200, readers...)},
		{"GET /register/post", "/register/post", only(200, "samordnare")},
		{"POST /register/post", "/register/post", only(422, "samordnare")},
		{"POST /register/post/ta-bort", "/register/post/ta-bort", only(404, "samordnare")},
		{"GET /register/register.xlsx", "/register/register.xlsx", only(200, readers...)},
		{"GET /register/import", "/register/import", only(200, "samordnare")},
		{"POST /register/import", "/register/import", only(422, "samordnare")},
		{"GET /register/import/granska", "/register/import/granska", only(404, "samordnare")},
		{"POST /register/import/granska", "/register/import/granska", only(404, "samordnare")},
		{"POST /register/import/avbryt", "/register/import/avbryt", only(404, "samordnare")},
		{"GET /api/v1/rounds/:round/results", "/api/v1/rounds/2025/results", only(200, allReaders...)},
		{"GET /api/v1/rounds/:round/results", "/api/v1/rounds/2025/results?unit=" + demo.Root, only(200, readers...)},
		{"GET /api/v1/rounds/:round/results", "/api/v1/rounds/" + demo.Open + "/results", only(409, allReaders...)},
		{"GET /api/v1/rounds/:round/results", "/api/v1/rounds/finns-inte/results", only(404, allReaders...)},

		{"GET /administration", "/administration", only(200, "revisor", "samordnare", "administrator")},
		{"GET /logg", "/logg", only(200, "revisor", "samordnare", "administrator")},
		{"GET /logg.csv", "/logg.csv", only(200, "revisor", "samordnare", "administrator")},
		{"GET /personuppgifter", "/personuppgifter", only(200, managers...)},
		{"POST /personuppgifter", "/personuppgifter", only(200, managers...)},
		{"GET /personuppgifter/:person", "/personuppgifter/" + demo.Respondent, only(200, managers...)},
		{"GET /personuppgifter/:person", "/personuppgifter/finns-inte", only(404, managers...)},
		{"GET /personuppgifter/:person/personuppgifter.json", "/personuppgifter/" + demo.Respondent + "/personuppgifter.json", only(200, managers...)},
		{"POST /personuppgifter/:person/:step", "/personuppgifter/" + demo.Respondent + "/radera", only(422, managers...)},
		{"POST /personuppgifter/:person/:step", "/personuppgifter/" + demo.Respondent + "/ratta", only(422, managers...)},
		{"GET /texter", "/texter", only(200, managers...)},
		{"GET /texter/gallring", "/texter/gallring", only(200, managers...)},
		{"POST /texter/gallring", "/texter/gallring", only(422, managers...)},
		{"GET /texter/:text", "/texter/integritet", only(200, managers...)},
		{"GET /texter/:text", "/texter/integritet?enhet=finns-inte", only(403)},
		{"GET /texter/:text", "/texter/finns-inte", only(404, managers...)},
		{"POST /texter/:text", "/texter/kontakt", only(422, managers...)},

		{"GET /omgangar", "/omgangar", only(200, followers...)},
		{"GET /omgangar/:round", round, only(200, followers...)},
		{"GET /omgangar/:round", "/omgangar/finns-inte", only(404, followers...)},
		{"POST /omgangar", "/omgangar", only(422, managers...)},
		{"POST /omgangar/:round/:step", round + "/finns-inte", only(404, managers...)},
		{"POST /omgangar/:round/:step", round + "/publicera", only(409, managers...)},
		{"GET /omgangar/:round/installningar", round + "/installningar", only(200, managers...)},
		{"POST /omgangar/:round/installningar", round + "/installningar", only(422, managers...)},
		{"GET /omgangar/:round/brev", round + "/brev", only(200, managers...)},
		{"POST /omgangar/:round/brev", round + "/brev", only(409, managers...)}, // the demo has no mail server
		{"POST /omgangar/:round/brev/:step", round + "/brev/skicka", only(409, managers...)},
		{"GET /omgangar/:round/brev/lankar.csv", round + "/brev/lankar.csv", only(200, managers...)},
		{"GET /omgangar/:round/brev/text/:kind", round + "/brev/text/inbjudan", only(409, managers...)},
		{"POST /omgangar/:round/brev/text/:kind", round + "/brev/text/inbjudan", only(409, managers...)},
		{"GET /omgangar/:round/personer", round + "/personer", only(200, managers...)},
		{"POST /omgangar/:round/personer", round + "/personer", only(422, managers...)},
		{"GET /omgangar/:round/personer/:person", round + "/personer/" + demo.Respondent, only(200, managers...)},
		{"GET /omgangar/:round/personer/:person", round + "/personer/finns-inte", only(404, managers...)},
		{"POST /omgangar/:round/personer/:person/:step", round + "/personer/" + demo.Respondent + "/ratta", only(422, managers...)},
		{"GET /omgangar/:round/forhandsgranska/:role", round + "/forhandsgranska/enhetschef", only(200, managers...)},
		{"GET /omgangar/:round/forhandsgranska/:role", round + "/forhandsgranska/finns-inte", only(404, managers...)},
		{"GET /omgangar/:round/forhandsgranska/:role/:area/:theme", round + "/forhandsgranska/enhetschef" + strings.TrimPrefix(theme, "/svara"), only(200, managers...)},
		{"POST /omgangar/:round/forhandsgranska/:role/:area/:theme", round + "/forhandsgranska/enhetschef" + strings.TrimPrefix(theme, "/svara"), only(303, managers...)},

		{"GET /organisation", "/organisation", only(200, managers...)},
		{"GET /organisation/enhet", "/organisation/enhet?id=" + demo.Root, only(200, managers...)},
		{"GET /organisation/enhet", "/organisation/enhet?id=finns-inte", only(403)},
		{"POST /organisation/enhet", "/organisation/enhet", only(422, managers...)},
		{"POST /organisation/enhet/ta-bort", "/organisation/enhet/ta-bort", only(403)},
		{"GET /organisation/person", "/organisation/person", only(200, managers...)},
		{"GET /organisation/person", "/organisation/person?id=finns-inte", only(403)},
		{"POST /organisation/person", "/organisation/person", only(422, managers...)},
		{"POST /organisation/person/ta-bort", "/organisation/person/ta-bort", only(422, managers...)},
		{"GET /organisation/import", "/organisation/import", only(200, managers...)},
		{"POST /organisation/import", "/organisation/import", only(422, managers...)},
		{"GET /organisation/import/kolumner", "/organisation/import/kolumner", only(404, managers...)},
		{"POST /organisation/import/kolumner", "/organisation/import/kolumner", only(404, managers...)},
		{"GET /organisation/import/roller", "/organisation/import/roller", only(404, managers...)},
		{"POST /organisation/import/roller", "/organisation/import/roller", only(404, managers...)},
		{"GET /organisation/import/granska", "/organisation/import/granska", only(404, managers...)},
		{"POST /organisation/import/granska", "/organisation/import/granska", only(404, managers...)},
		{"POST /organisation/import/avbryt", "/organisation/import/avbryt", only(404, managers...)},
		{"POST /organisation/angra", "/organisation/angra", only(403)},

		{"GET /behorigheter", "/behorigheter", only(200, "administrator")},
		{"POST /behorigheter", "/behorigheter", only(422, "administrator")},
		{"GET /behorigheter/konto/:account", "/behorigheter/konto/finns-inte", only(403)},
		{"POST /behorigheter/konto/:account/:step", "/behorigheter/konto/finns-inte/logga-ut", only(403)},
		{"POST /behorigheter/grupper/:step", "/behorigheter/grupper/ny", only(422, "administrator")},

		{"POST /konto/logga-ut-overallt", "/konto/logga-ut-overallt", only(303, append([]string{"administrator"}, allReaders...)...)},
		{"POST /logga-ut", "/logga-ut", all(303)}, // last: it ends the session
	}
}

// TestRoutes sends everybody through every route: what the table does not let
// in is refused. A route that is not in the table fails the test.
func TestRoutes(t *testing.T) {
	t.Parallel()
	p := ownDemo(t)
	table := probes(firstTheme(t, as(t, p, "respondent")))
	source, err := os.ReadFile("../web/routes.go")
	if err != nil {
		t.Fatal(err)
	}
	routes := regexp.MustCompile(`\{http\.Method(\w+), "([^"]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(routes) < 30 {
		t.Fatalf("found %d routes in routes.go", len(routes))
	}
	for _, r := range routes {
		name := strings.ToUpper(r[1]) + " " + r[2]
		if !slices.ContainsFunc(table, func(p probe) bool { return p.route == name }) {
			t.Errorf("%s is not in the table", name)
		}
	}
	for _, who := range everybody {
		c := newClient(p)
		if who != "nobody" {
			c = as(t, p, who)
		}
		for _, probe := range table {
			method, _, _ := strings.Cut(probe.route, " ")
			a, err := c.do(method, probe.path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, "")
			if err != nil {
				t.Fatal(err)
			}
			if a.status != probe.want[who] {
				t.Errorf("%s: %s %s answers %d, want %d", who, method, probe.path, a.status, probe.want[who])
			}
		}
		if a, err := c.get("/svara"); err != nil || a.status != http.StatusForbidden {
			t.Errorf("%s: signed out, /svara answers %d, %v", who, a.status, err)
		}
	}
}

// TestCrossSite sends what another site could make a browser send: it is
// refused, and nothing is changed.
func TestCrossSite(t *testing.T) {
	t.Parallel()
	p := ownDemo(t)
	respondent, coordinator := as(t, p, "respondent"), as(t, p, "samordnare")
	item := unansweredItems(t, respondent)[0]
	before, err := respondent.mine()
	if err != nil {
		t.Fatal(err)
	}
	for _, foreign := range []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://example.org"}}, {"Origin": {"null"}},
	} {
		foreign.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, try := range []struct {
			c    *client
			path string
			form url.Values
		}{
			{respondent, "/svara/spara", url.Values{"item": {item}, "answer": {"vet_ej"}}},
			{respondent, "/svara/lamna-in", nil},
			{coordinator, "/omgangar/" + demo.Open + "/stang", nil},
			{coordinator, "/omgangar", url.Values{"id": {"x"}, "opens_on": {"2030-01-01"}, "closes_on": {"2030-02-01"}}},
			{coordinator, "/logga-ut", nil},
		} {
			a, err := try.c.do(http.MethodPost, try.path, foreign, try.form.Encode())
			if err != nil || a.status != http.StatusForbidden {
				t.Errorf("%v %s: %d, %v", foreign, try.path, a.status, err)
			}
		}
	}
	after, err := respondent.mine()
	if err != nil || after.Submitted != before.Submitted || after.byItem()[item] != before.byItem()[item] {
		t.Errorf("changed: %+v, %v", after, err)
	}
	if a, err := coordinator.get("/omgangar/x"); err != nil || a.status != http.StatusNotFound {
		t.Errorf("the round was made: %d, %v", a.status, err)
	}
	if err := respondent.save(item, "2"); err != nil {
		t.Errorf("the same from the site itself: %v", err)
	}
}
