package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
)

func blobName(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// pagesUnderTest are all pages of results that somebody with every unit can open.
func pagesUnderTest() []string {
	out := []string{"/resultat", "/resultat?omgang=2024", "/jamfor", "/jamfor?omgang=2024"}
	for _, g := range organisation {
		out = append(out, "/resultat/"+g.id, "/jamfor?enhet="+g.id)
	}
	return out
}

var (
	inlineScript = regexp.MustCompile(`<script(?:[^>]*)>`)
	brokenText   = regexp.MustCompile(`%![a-zA-Z(]|<no value>|result\.[a-z]|compare\.[a-z]`)
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
		if !strings.Contains(body, `href="/resultat/bygg"`) || !strings.Contains(body, "Visa resultatet för Samhällsbyggnad") {
			t.Errorf("%s: no way to the unit above", unit)
		}
	}
	_, body := r.get("/resultat/bygg", "sv", who)
	for name, words := range map[string]string{"Plan och mark": "färre än 5 svar", "Gata, park och hamn": "räknas fram", "Förråd": "ingen har svarat"} {
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
