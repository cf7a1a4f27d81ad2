package web

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
)

// openPaths are all addresses below a round that is given.
var openPaths = []string{"", "/mognad.csv", "/mognad.json"}

// give gives 2025 to everybody.
func (r *results) give(t *testing.T, depth string) {
	t.Helper()
	who := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "kommun"})
	if status, body := r.send("/oppna-data/2025/ge", who, url.Values{"depth": {depth}, "sure": {"ja"}}); status != http.StatusSeeOther {
		t.Fatalf("status %d, %s", status, mainOf(body))
	}
}

// Nobody has a round until somebody with the right gives it, to everybody without
// signing in, and nobody has it when it is taken back.
func TestOpenDataIsGiven(t *testing.T) {
	r := newResults(t)
	all := func(when string, want int) {
		t.Helper()
		for _, path := range openPaths {
			for _, round := range []string{"2025", "2024"} {
				want := want
				if round == "2024" {
					want = http.StatusNotFound
				}
				if w := r.fetched("/oppna-data/"+round+path, "sv", nil); w.Code != want {
					t.Errorf("%s: %s%s answers %d, want %d", when, round, path, w.Code, want)
				}
			}
		}
		_, page := r.get("/oppna-data", "sv", nil)
		catalogue := r.fetched("/oppna-data/katalog.jsonld", "sv", nil).Body.String()
		for name, body := range map[string]string{"page": page, "catalogue": catalogue} {
			if has := strings.Contains(body, "/oppna-data/2025"); has != (want == http.StatusOK) || strings.Contains(body, "/oppna-data/2024") {
				t.Errorf("%s: the %s has the round: %v", when, name, has)
			}
		}
	}
	all("before", http.StatusNotFound)
	for role, want := range map[access.Role]int{access.Chef: 403, access.HR: 403, access.Ledning: 403, access.Revisor: 403, access.Administrator: 403} {
		who := r.signIn(t, access.Grant{Role: role, Unit: "kommun"})
		if status, _ := r.send("/oppna-data/2025/ge", who, url.Values{"depth": {"1"}, "sure": {"ja"}}); status != want {
			t.Errorf("%s gives: status %d", role, status)
		}
	}
	part := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "omsorg"}) // of a part alone
	if status, _ := r.send("/oppna-data/2025/ge", part, url.Values{"depth": {"1"}, "sure": {"ja"}}); status != http.StatusForbidden {
		t.Errorf("the coordinator of a part gives the whole: status %d", status)
	}
	who := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "kommun"})
	for _, form := range []url.Values{{"depth": {"1"}}, {"depth": {"3"}, "sure": {"ja"}}, {"sure": {"ja"}}} {
		status, body := r.send("/oppna-data/2025/ge", who, form)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, "m-errors") || strings.Contains(body, "%!") {
			t.Errorf("%v: status %d, %s", form, status, mainOf(body))
		}
		if form.Get("sure") != "" && !strings.Contains(body, `name="sure" value="ja" required checked`) || form.Get("sure") == "" && !strings.Contains(body, `href="#sure-2025"`) {
			t.Errorf("%v is not kept, or not named: %s", form, mainOf(body))
		}
	}
	if status, _ := r.send("/oppna-data/2026/ge", who, url.Values{"depth": {"1"}, "sure": {"ja"}}); status < 400 {
		t.Errorf("a round that is open: status %d", status)
	}
	all("after refusals", http.StatusNotFound)
	r.give(t, "1")
	all("given", http.StatusOK)
	if status, _ := r.send("/oppna-data/2025/ta-tillbaka", part, nil); status != http.StatusForbidden {
		t.Errorf("the coordinator of a part takes the whole back: status %d", status)
	}
	if status, _ := r.send("/oppna-data/2025/ta-tillbaka", who, nil); status != http.StatusSeeOther {
		t.Errorf("taken back: status %d", status)
	}
	all("taken back", http.StatusNotFound)
	logged := map[string]int{}
	for e, err := range r.log.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		logged[e.Action]++
	}
	if logged["opendata.give"] != 1 || logged["opendata.takeback"] != 1 {
		t.Errorf("logged: %v", logged)
	}
}

// The files hold what the frozen documents show and no more, whoever asks and
// however they are sent.
func TestOpenDataFiles(t *testing.T) {
	r := newResults(t)
	r.give(t, "2")
	plain := r.fetched("/oppna-data/2025/mognad.csv", "sv", nil)
	rows, err := csv.NewReader(plain.Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, key := range rows[0] {
		column[key] = i
	}
	units, hidden := map[string]bool{}, 0
	for _, row := range rows[1:] {
		id := row[column["unit_id"]]
		units[id] = true
		d := r.docs[id]
		f, ok := d.Figure(row[column["statistic_id"]])
		if !ok || f.Level == analysis.LevelItem {
			t.Errorf("%v is no figure of %s", row, id)
		}
		if f.Suppressed != analysis.Shown || f.N == 0 {
			hidden++
			if row[column["n"]]+row[column["mean"]]+row[column["invited"]] != "" || row[column["reason"]] == "" {
				t.Errorf("hidden, and told: %v", row)
			}
		}
	}
	if len(units) != 13 || units["dold"] || hidden == 0 { // three steps down
		t.Errorf("%d units, %d hidden figures: %v", len(units), hidden, units)
	}
	english := r.fetched("/oppna-data/2025/mognad.json", "en", nil)
	var object struct {
		License string           `json:"license"`
		Fields  []map[string]any `json:"fields"`
		Data    []map[string]any `json:"data"`
	}
	if err := json.Unmarshal(english.Body.Bytes(), &object); err != nil || len(object.Data) != len(rows)-1 || len(object.Fields) != len(rows[0]) || object.License == "" {
		t.Errorf("%v, %d objects of %d rows", err, len(object.Data), len(rows)-1)
	}
	q := httptest.NewRequest(http.MethodGet, "/oppna-data/2025/mognad.csv", nil)
	q.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	r.ServeHTTP(w, q)
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if packed, err := csv.NewReader(z).ReadAll(); err != nil || len(packed) != len(rows) {
		t.Errorf("%v, %d rows compressed", err, len(packed))
	}
	for tag, want := range map[string]int{w.Header().Get("ETag"): http.StatusNotModified, `W/"x"`: http.StatusOK} {
		q := httptest.NewRequest(http.MethodGet, "/oppna-data/2025/mognad.csv", nil)
		q.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		if r.ServeHTTP(w, q); w.Code != want {
			t.Errorf("If-None-Match %s: status %d", tag, w.Code)
		}
	}
	r.give(t, "0")
	if after := r.fetched("/oppna-data/2025/mognad.csv", "sv", nil); strings.Contains(after.Body.String(), "omsorg") || after.Header().Get("ETag") == w.Header().Get("ETag") {
		t.Error("changed to the topmost unit alone, and the file is as it was")
	}
	for _, path := range []string{"/oppna-data/2025/mognad.xlsx", "/oppna-data/2026", "/oppna-data/finns-inte/mognad.csv"} {
		if status, _ := r.get(path, "sv", nil); status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, status)
		}
	}
}

// The page of a round names each unit that has no figures, with the reason and no
// number but that of the rule, and each field.
func TestOpenDataPage(t *testing.T) {
	r := newResults(t)
	r.give(t, "2")
	for _, lang := range []string{"sv", "en"} {
		_, body := r.get("/oppna-data/2025", lang, nil)
		body = html.UnescapeString(mainOf(body))
		if strings.Contains(body, "%!") || !strings.Contains(body, "<code>reason</code>") || !strings.Contains(body, "http://example.test/oppna-data/2025/mognad.csv") {
			t.Errorf("%s: %s", lang, body)
		}
		for _, g := range organisation {
			d := r.docs[g.id]
			if named := strings.Contains(body, "<dt>"+g.name+" "); named != (d.Suppressed != analysis.Shown && g.id != "dold") {
				t.Errorf("%s: %s is named: %v", lang, g.id, named)
			}
		}
	}
}

// The catalogue is as DCAT-AP-SE asks: what a set and a file must have.
func TestOpenDataCatalogue(t *testing.T) {
	r := newResults(t)
	r.give(t, "1")
	w := r.fetched("/oppna-data/katalog.jsonld", "sv", nil)
	var got struct {
		Graph []map[string]any `json:"@graph"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Header().Get("Content-Type") != "application/ld+json" {
		t.Fatalf("%v, %v", err, w.Header())
	}
	must := map[string][]string{
		"dcat:Catalog":      {"dcterms:title", "dcterms:description", "dcterms:publisher", "dcterms:license", "dcat:dataset"},
		"dcat:Dataset":      {"dcterms:title", "dcterms:description", "dcterms:publisher", "dcat:distribution", "dcterms:temporal"},
		"dcat:Distribution": {"dcat:accessURL", "dcterms:license", "dcterms:format"},
		"foaf:Agent":        {"foaf:name", "dcterms:type"},
	}
	found, ids := map[string]int{}, map[string]bool{}
	for _, n := range got.Graph {
		kind := n["@type"].(string)
		found[kind]++
		ids[n["@id"].(string)] = true
		for _, key := range must[kind] {
			if n[key] == nil || n[key] == "" {
				t.Errorf("%s %v has no %s", kind, n["@id"], key)
			}
		}
	}
	if found["dcat:Catalog"] != 1 || found["dcat:Dataset"] != 1 || found["dcat:Distribution"] != 2 || found["foaf:Agent"] != 2 || strings.Contains(w.Body.String(), "%!") {
		t.Errorf("found %v in %s", found, w.Body)
	}
	for _, n := range got.Graph {
		for _, key := range []string{"dcterms:publisher", "dcat:dataset", "dcat:distribution"} {
			refs, _ := n[key].([]any)
			if one, ok := n[key].(map[string]any); ok {
				refs = []any{one}
			}
			for _, ref := range refs {
				if id := ref.(map[string]any)["@id"].(string); !ids[id] {
					t.Errorf("%v: %s is %s, which is not there", n["@id"], key, id)
				}
			}
		}
	}
}
