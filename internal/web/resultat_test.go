package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/recent"
)

func blobName(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// pagesUnderTest are all pages of results that somebody with every unit can open.
func pagesUnderTest() []string {
	out := []string{"/resultat", "/resultat?omgang=2024", "/jamfor", "/jamfor?omgang=2024",
		"/jamfor?omrade=styrning&mot=2024&sortera=andring", "/jamfor?sortera=namn&ordning=ned", "/utveckling", "/utveckling?enhet=omsorg&alla=1", "/utveckling?enhet=plan"}
	for _, g := range organisation {
		out = append(out, "/resultat/"+g.id, "/jamfor?enhet="+g.id, "/resultat/"+g.id+"/samtal", "/resultat/"+g.id+"/samtal?omgang=2024", "/resultat/"+g.id+"/presentation")
	}
	return out
}

var (
	inlineScript = regexp.MustCompile(`<script(?:[^>]*)>`)
	brokenText   = regexp.MustCompile(`%![a-zA-Z(]|<no value>|(?:result|compare|talk|slide|trend)\.[a-z]`)
)

// Every page, in both languages: it comes, nothing in it needs a weaker
// Content-Security-Policy, no text is broken, and one h1 states the finding.
func TestEveryPageInBothLanguages(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	for _, path := range pagesUnderTest() {
		for _, lang := range []string{"sv", "en"} {
			status, body := r.get(path, lang, who)
			if dir := os.Getenv("MOGNAD_PAGES"); dir != "" {
				keep(t, dir, path+"-"+lang, body)
			}
			if status != http.StatusOK {
				t.Errorf("%s %s: status %d", path, lang, status)
				continue
			}
			if strings.Contains(body, " style=") || strings.Contains(body, "<style") || regexp.MustCompile(` on[a-z]+="`).MatchString(body) {
				t.Errorf("%s %s: inline style or handler", path, lang)
			}
			for _, tag := range inlineScript.FindAllString(body, -1) {
				if !strings.Contains(tag, "src=") && !strings.Contains(tag, `type="application/json"`) {
					t.Errorf("%s %s: inline script %s", path, lang, tag)
				}
			}
			if found := brokenText.FindString(body); found != "" {
				t.Errorf("%s %s: broken text %q", path, lang, found)
			}
			if strings.Count(body, "<h1") != 1 || strings.Contains(body, "<h1></h1>") {
				t.Errorf("%s %s: not one headline", path, lang)
			}
			if lang == "sv" && regexp.MustCompile(`>\d+\.\d`).MatchString(body) {
				t.Errorf("%s: a decimal point in Swedish", path)
			}
		}
	}
}

// What is hidden is told in words where its figure would have stood, and no
// figure of it is anywhere in the page.
func TestHiddenUnitsInWords(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	want := map[string]analysis.Reason{"plan": analysis.Small, "gata": analysis.Complementary, "tyst": analysis.None, "dold": analysis.Parent}
	for unit, reason := range want {
		if got := r.docs[unit].Suppressed; got != reason {
			t.Fatalf("the test's %s is hidden by %q, want %q", unit, got, reason)
		}
		status, body := r.get("/resultat/"+unit, "sv", who)
		if status != http.StatusOK {
			t.Errorf("%s: status %d", unit, status)
		}
		if regexp.MustCompile(`n =|\d,\d|data-chart|<table|%</b>`).MatchString(mainOf(body)) {
			t.Errorf("%s: a figure on a hidden unit's page:\n%s", unit, mainOf(body))
		}
		if _, method, _ := strings.Cut(body, `class="r-method"`); !strings.Contains(method, "färre än 5 svar visas aldrig") || regexp.MustCompile("Index|intervall|har svarat").MatchString(method) {
			t.Errorf("%s: the method tells of what the page does not show:\n%s", unit, method)
		}
		if !strings.Contains(body, `href="/resultat/bygg"`) || !strings.Contains(body, "Visa resultatet för Samhällsbyggnad") {
			t.Errorf("%s: no way to the unit above", unit)
		}
	}
	_, body := r.get("/resultat/bygg", "sv", who)
	for name, words := range map[string]string{"Plan och mark": "färre än 5 svar", "Gata, park och hamn": "räknas fram", "Förråd": "färre än 5 svar"} {
		text := row(t, body, name)
		if !strings.Contains(text, words) || regexp.MustCompile(`\d,\d|n =`).MatchString(text) {
			t.Errorf("%s: %s", name, text)
		}
	}
	_, body = r.get("/resultat/skola", "sv", who)
	if text := row(t, body, "Övriga tillsammans"); !strings.Contains(text, "n = 6") || !strings.Contains(text, "direkt i Barn- och utbildningsförvaltningen") {
		t.Errorf("övriga tillsammans: %s", text)
	}
}

// Who has answered in a hidden unit, which may be one manager, is not for those
// who read results: no page or answer of the API says how many did, nor that
// nobody did.
func TestWhoAnsweredIsNotToldOfHidden(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	told := regexp.MustCompile(`\d+ av \d+|\d+ of \d+|ingen har svarat|inga svar|nobody has`)
	hiddenIn := func(body, name string) string {
		_, text, ok := strings.Cut(body, "<b>"+name+"</b>")
		text, _, _ = strings.Cut(text, "</li>")
		if !ok {
			t.Fatalf("no %s among the hidden", name)
		}
		return text
	}
	for _, lang := range []string{"sv", "en"} {
		for unit, name := range map[string]string{"plan": "Plan och mark", "gata": "Gata, park och hamn", "tyst": "Förråd"} {
			_, own := r.get("/resultat/"+unit, lang, who)
			_, above := r.get("/resultat/bygg", lang, who)
			_, beside := r.get("/jamfor?enhet=bygg", lang, who)
			main, _, _ := strings.Cut(own[strings.Index(own, "<main"):], "</main>")
			for where, text := range map[string]string{"own page": main, "page above": row(t, above, name), "comparison": hiddenIn(beside, name)} {
				if found := told.FindString(text); found != "" {
					t.Errorf("%s: the %s in %s says %q", name, where, lang, found)
				}
			}
		}
	}
	_, body := r.get("/api/v1/rounds/2025/results?unit=bygg", "sv", who)
	if strings.Contains(body, `"none"`) || strings.Contains(body, "submitted") {
		t.Errorf("the API tells who has answered: %s", body)
	}
}

// How many chose "vet ej" is part of the distribution: neither is shown of fewer
// than ten. Where it is, the page says of whom.
func TestDontKnowWithTheDistribution(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	for _, g := range organisation {
		_, body := r.get("/resultat/"+g.id, "sv", who)
		for _, item := range regexp.MustCompile(`(?s)<li><div class="q">.*?</li>`).FindAllString(body, -1) {
			few := strings.Contains(item, "Fördelningen visas från tio svar")
			if few == strings.Contains(item, "<svg") || few && strings.Contains(item, "vet ej") {
				t.Errorf("%s: %s", g.id, item)
			}
			if strings.Contains(item, "vet ej") && !regexp.MustCompile(`Av \d+ som fick frågan och svarade på den valde \d+ vet ej`).MatchString(item) {
				t.Errorf("%s: of whom? %s", g.id, item)
			}
		}
		_, body = r.get("/api/v1/rounds/2025/results?unit="+g.id, "sv", who)
		for _, f := range regexp.MustCompile(`\{[^{}]*"dont_know"[^{}]*\}`).FindAllString(body, -1) {
			if !strings.Contains(f, "histogram") {
				t.Errorf("%s: the API gives %s", g.id, f)
			}
		}
	}
}

// The mark of a change stands with this year's figure, in words too.
func TestChangeStandsWithThisYear(t *testing.T) {
	r := newResults(t)
	_, body := r.get("/resultat/omsorg", "sv", r.signIn(t, everything))
	_, table, _ := strings.Cut(body, `class="r-tbl themes"`)
	table, _, _ = strings.Cut(table, "</table>")
	marks := 0
	for _, cell := range cells.FindAllString(table, -1) {
		if !strings.Contains(cell, `class="mk"><`) || strings.Contains(cell, `aria-hidden="true"></span>`) {
			continue
		}
		marks++
		if !strings.HasPrefix(cell, `<td class="b">`) || !regexp.MustCompile(`>\d,\d<span class="mk"><span aria-hidden="true">[▲▼]</span><span class="vh"> säkerställd (ökning|minskning)</span>`).MatchString(cell) {
			t.Errorf("a mark in %s", cell)
		}
	}
	if marks == 0 {
		t.Fatal("no theme of the test's has changed")
	}
}

// Every distribution has a legend of its own kind's levels.
func TestLegendsOfDistributions(t *testing.T) {
	r := newResults(t)
	_, body := r.get("/resultat/kommun", "sv", r.signIn(t, everything))
	_, section, _ := strings.Cut(body, `aria-labelledby="fr"`)
	section, _, _ = strings.Cut(section, "</section>")
	for ladder, word := range map[string]string{"Verksamheten": "Uppföljt", "Egen kompetens": "Gör själv"} {
		used := regexp.MustCompile(`aria-label="[^"]*` + word).MatchString(section)
		if told := strings.Contains(section, "<span>"+ladder+"</span>") && strings.Contains(section, "4 "+word+"</span>"); told != used {
			t.Errorf("%s: bars %v, legend %v", ladder, used, told)
		}
	}
	if narrow := strings.Count(section, "<text") < strings.Count(section, `<rect class="d`); narrow != strings.Contains(section, "får den inte plats") {
		t.Errorf("figures missing in bars: %v", narrow)
	}
}

// Where fewer have answered than the audit verdict asks for, one caution stands
// by the headline.
func TestCautionWhereFewHaveAnswered(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	d := r.docs["omsorg"]
	share := float64(d.Submitted) / float64(d.Invited)
	for limit, want := range map[float64]bool{share: false, share + 0.01: true} {
		r.config.Audit = &audit.Rule{}
		r.config.Audit.Thresholds.Response = limit
		r.drawn = recent.NewBytes(frozenBytes)
		_, body := r.get("/resultat/omsorg", "sv", who)
		head, _, _ := strings.Cut(body[strings.Index(body, "<h1"):], "</header>")
		if got := regexp.MustCompile(`Bara \d+ % har svarat`).MatchString(head); got != want {
			t.Errorf("limit %v: %s", limit, head)
		}
		if _, body = r.get("/resultat/plan", "sv", who); strings.Contains(body, "Bara ") {
			t.Error("a caution on a hidden unit's page tells how many have answered")
		}
	}
}

// The comparison names the themes that a unit's own page does.
func TestComparisonNamesWhatTheUnitsPageDoes(t *testing.T) {
	r := newResults(t)
	d := r.docs["kommun"]
	v := newCompareViews(views{"sv", r.set, finding.NamesOf(r.set)}, &d, "2025", "2024", compareAsk{})
	page := v.page()
	ties := 0
	for _, radar := range page.Radars {
		child := r.docs[radar.Unit]
		strong, weak := finding.Outstanding(child.Figures)
		names := func(rows []themeRow) (out []string) {
			for _, r := range rows {
				out = append(out, r.Name)
			}
			return out
		}
		of := func(figures []analysis.Figure) (out []string) {
			for _, f := range figures {
				out = append(out, finding.NamesOf(r.set).Of(f.ID, "sv"))
			}
			return out
		}
		if !slices.Equal(names(radar.Best), of(strong)) || !slices.Equal(names(radar.Worst), of(weak)) {
			t.Errorf("%s: %v and %v, on its own page %v and %v", radar.Unit, names(radar.Best), names(radar.Worst), of(strong), of(weak))
		}
		ties += len(strong) + len(weak)
	}
	if ties == 0 {
		t.Fatal("no theme of the test's stands out")
	}
}

func mainOf(body string) string {
	_, body, _ = strings.Cut(body, "<main")
	body, _, _ = strings.Cut(body, `<section class="r-method"`)
	return body
}

var cells = regexp.MustCompile(`(?s)<t[dh][^>]*>.*?</t[dh]>`)

// No level or index stands in a table without an n in its row.
func TestNoFigureWithoutN(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	for _, path := range pagesUnderTest() {
		_, body := r.get(path, "sv", who)
		for _, text := range strings.Split(mainOf(body), "<tr")[1:] {
			text, _, _ = strings.Cut(text, "</tr>")
			figures := 0
			for _, cell := range cells.FindAllString(text, -1) {
				if regexp.MustCompile(`>\s*\d+,\d`).MatchString(cell) {
					figures++
				}
			}
			if figures > 0 && !strings.Contains(text, "n = ") {
				t.Errorf("%s: figures without n: %s", path, text)
			}
		}
		for _, item := range regexp.MustCompile(`(?s)<li><div class="q">.*?</li>`).FindAllString(body, -1) {
			if !strings.Contains(item, "n = ") {
				t.Errorf("%s: an item without n", path)
			}
		}
	}
}

func TestAccessToResults(t *testing.T) {
	r := newResults(t)
	chef := r.signIn(t, access.Grant{Role: access.Chef, Unit: "omsorg"})
	admin := r.signIn(t, access.Grant{Role: access.Administrator, Unit: "kommun"})
	for _, c := range []struct {
		path   string
		who    *http.Cookie
		status int
	}{
		{"/resultat", nil, http.StatusUnauthorized}, {"/jamfor", nil, http.StatusUnauthorized}, {"/api/v1/rounds/2025/results", nil, http.StatusUnauthorized},
		{"/resultat", admin, http.StatusForbidden}, {"/resultat/omsorg", admin, http.StatusForbidden}, {"/jamfor", admin, http.StatusForbidden},
		{"/resultat", chef, http.StatusOK}, {"/resultat/omsorg", chef, http.StatusOK}, {"/resultat/hem", chef, http.StatusOK},
		{"/resultat/kommun", chef, http.StatusForbidden}, {"/resultat/skola", chef, http.StatusForbidden}, {"/resultat/finns-inte", chef, http.StatusForbidden},
		{"/jamfor?enhet=kommun", chef, http.StatusForbidden}, {"/jamfor?enhet=skola", chef, http.StatusForbidden},
		{"/api/v1/rounds/2025/results?unit=skola", chef, http.StatusForbidden}, {"/api/v1/rounds/2025/results?unit=hem", chef, http.StatusOK},
		{"/resultat?omgang=2026", chef, http.StatusConflict}, {"/resultat?omgang=1999", chef, http.StatusNotFound},
		{"/api/v1/rounds/2026/results", chef, http.StatusConflict}, {"/api/v1/rounds/1999/results", chef, http.StatusNotFound},
		{"/api/v1/openapi.json", nil, http.StatusOK},
	} {
		if status, _ := r.get(c.path, "sv", c.who); status != c.status {
			t.Errorf("%s: status %d, want %d", c.path, status, c.status)
		}
	}
	_, foreign := r.get("/resultat/skola", "sv", chef)
	_, unknown := r.get("/resultat/finns-inte", "sv", chef)
	number := regexp.MustCompile(`ärendenummer [^ <]+|till=[^"]+`)
	if number.ReplaceAllString(foreign, "") != number.ReplaceAllString(unknown, "") {
		t.Error("an unknown unit is answered in another way than a forbidden one")
	}
	if _, body := r.get("/resultat", "sv", chef); !strings.Contains(body, ">Omsorgsförvaltningen ") || strings.Contains(body, `href="/resultat/kommun"`) {
		t.Error("a manager does not begin at the highest unit of their own")
	}
}

// The API gives the rows of the frozen document, and of hidden ones no figure.
func TestAPI(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	_, body := r.get("/api/v1/rounds/2025/results?unit=bygg", "sv", who)
	var got struct {
		MinGroup   int                      `json:"min_group"`
		Results    []map[string]any         `json:"results"`
		Competence []analysis.CompetenceRow `json:"competence"`
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	d := r.docs["bygg"]
	rows := len(d.Figures)
	for _, c := range d.Children {
		rows += len(c.Figures)
	}
	if len(got.Results) != rows || got.MinGroup != 5 || len(got.Competence) != 5*len(d.Competence) {
		t.Errorf("%d rows, want %d; min_group %d; %d competence rows", len(got.Results), rows, got.MinGroup, len(got.Competence))
	}
	total, _ := d.Figure(analysis.TotalID)
	if first := got.Results[0]; first["unit"] != "bygg" || first["id"] != "total" || first["mean"] != total.Mean || first["ci_low"] != total.CILow {
		t.Errorf("first row %v, want %+v", first, total)
	}
	hidden := 0
	for _, row := range got.Results {
		if row["suppressed"] == nil {
			continue
		}
		hidden++
		for key := range row {
			if !strings.Contains(" unit level id invited suppressed ", " "+key+" ") {
				t.Errorf("a hidden row has %s: %v", key, row)
			}
		}
	}
	if hidden == 0 {
		t.Error("no row of the hidden units")
	}
	if _, body := r.get("/api/v1/rounds/2025/results?unit=finns-inte", "sv", who); !strings.HasPrefix(body, `{"error":`) {
		t.Errorf("a fault is not JSON: %s", body)
	}
	_, description := r.get("/api/v1/openapi.json", "sv", nil)
	if !json.Valid([]byte(description)) {
		t.Error("openapi.json is no JSON")
	}
}

// Before anything is published the page says when results come.
func TestNothingPublished(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	_, body := r.get("/resultat", "sv", who)
	if strings.Contains(body, "Inget resultat än") {
		t.Fatal("results are published")
	}
	empty := newEmpty(t)
	who = empty.signIn(t, everything)
	for _, path := range []string{"/resultat", "/jamfor"} {
		status, body := empty.get(path, "sv", who)
		if status != http.StatusOK || !strings.Contains(body, "Mätomgången 2026 är öppen för svar till och med 23 oktober") {
			t.Errorf("%s: status %d: %s", path, status, mainOf(body))
		}
	}
}
