package web

import (
	"encoding/json"
	"fmt"
	"html"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/export"
	"github.com/mognad/mognad/internal/round"
)

// fetched asks for a file, as it comes.
func (r *results) fetched(path, lang string, who *http.Cookie) *httptest.ResponseRecorder {
	q := httptest.NewRequest(http.MethodGet, path, nil)
	if who != nil {
		q.AddCookie(who)
	}
	q.AddCookie(&http.Cookie{Name: languageCookie, Value: lang})
	w := httptest.NewRecorder()
	r.ServeHTTP(w, q)
	return w
}

// takenFiles are all that a unit's result can be taken along as.
var takenFiles = []string{"resultat.xlsx", "resultat.csv", "resultat.json"}

// The page links to every file, each of which can be fetched, in a round that is
// not the newest too.
func TestTakeAlong(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	for _, lang := range []string{"sv", "en"} {
		for _, round := range []string{"", "?omgang=2024"} {
			status, body := r.get("/resultat/omsorg/ta-med"+round, lang, who)
			body = html.UnescapeString(mainOf(body))
			if status != http.StatusOK || strings.Contains(body, "%!") {
				t.Fatalf("%s%s: status %d, %s", lang, round, status, body)
			}
			for _, name := range takenFiles {
				path := "/resultat/omsorg/" + name + round
				if !strings.Contains(body, `href="`+path+`"`) {
					t.Errorf("no link to %s", path)
				}
				w := r.fetched(path, lang, who)
				if w.Code != http.StatusOK || w.Body.Len() < 1000 || w.Header().Get("Cache-Control") != "no-store" {
					t.Errorf("%s: status %d, %d bytes, %v", path, w.Code, w.Body.Len(), w.Header())
				}
				year := map[string]string{"": "2025", "?omgang=2024": "2024"}[round]
				if want := `attachment; filename="mognad-` + year + "-omsorg" + name[strings.LastIndex(name, "."):] + `"`; w.Header().Get("Content-Disposition") != want {
					t.Errorf("%s: %q, want %q", path, w.Header().Get("Content-Disposition"), want)
				}
			}
		}
	}
	if _, body := r.get("/resultat/omsorg", "sv", who); !strings.Contains(body, `href="/resultat/omsorg/ta-med"`) {
		t.Error("the result has no link to its files")
	}
}

// Who may not read a unit gets no file of it, and a file has no unit beyond those
// that its reader may see.
func TestFilesAreForReaders(t *testing.T) {
	r := newResults(t)
	chef := r.signIn(t, access.Grant{Role: access.Chef, Unit: "omsorg"})
	admin := r.signIn(t, access.Grant{Role: access.Administrator, Unit: "kommun"})
	for _, name := range append([]string{"ta-med"}, takenFiles...) {
		for unit, want := range map[string]int{"omsorg": http.StatusOK, "hem": http.StatusOK, "kommun": http.StatusForbidden, "bygg": http.StatusForbidden, "finns-inte": http.StatusForbidden} {
			if w := r.fetched("/resultat/"+unit+"/"+name, "sv", chef); w.Code != want {
				t.Errorf("a manager asks for %s of %s: status %d, want %d", name, unit, w.Code, want)
			}
		}
		for who, cookie := range map[string]*http.Cookie{"nobody": nil, "administrator": admin} {
			if w := r.fetched("/resultat/omsorg/"+name, "sv", cookie); w.Code != http.StatusForbidden && w.Code != http.StatusUnauthorized {
				t.Errorf("%s gets %s: status %d", who, name, w.Code)
			}
		}
		for path, want := range map[string]int{"/resultat/omsorg/" + name + "?omgang=2026": http.StatusConflict, "/resultat/omsorg/" + name + "?omgang=1999": http.StatusNotFound, "/resultat/omsorg/x" + name: http.StatusNotFound} {
			if w := r.fetched(path, "sv", chef); w.Code != want {
				t.Errorf("%s: status %d, want %d", path, w.Code, want)
			}
		}
	}
	text := r.fetched("/resultat/omsorg/resultat.csv", "sv", chef).Body.String()
	if !strings.Contains(text, "Hemtjänst") || strings.Contains(text, "Samhällsbyggnad") || strings.Contains(text, "Grundskola") {
		t.Error("a manager's file has another unit, or lacks an own one")
	}
}

// A hidden unit's files give the reason, and no figure.
func TestFilesOfHiddenUnits(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	for _, unit := range []string{"plan", "gata", "tyst", "dold"} {
		d, err := r.rounds.Document(t.Context(), must1(r.rounds.Round(t.Context(), "2025")), unit)
		check(t, err)
		why := export.Why("sv", d.Suppressed, 5)
		if why == "" {
			t.Fatalf("%s is shown", unit)
		}
		f, err := excelize.OpenReader(r.fetched("/resultat/"+unit+"/resultat.xlsx", "sv", who).Body)
		check(t, err)
		rows, err := f.GetRows("Enheter")
		check(t, err)
		for _, row := range rows[1:] {
			if mean, n := row[slices.Index(rows[0], "Medel")], row[slices.Index(rows[0], "n")]; mean != "" || n != "" {
				t.Errorf("%s has mean %q, n %q", unit, mean, n)
			}
		}
		if text := strings.Join(slices.Concat(rows...), " "); !strings.Contains(text, why) {
			t.Errorf("%s: no reason in the workbook", unit)
		}
		if text := r.fetched("/resultat/"+unit+"/resultat.csv", "sv", who).Body.String(); !strings.Contains(text, why) {
			t.Errorf("%s: no reason in the CSV", unit)
		}
		var got struct {
			Units []struct {
				Results []map[string]any `json:"results"`
			} `json:"units"`
		}
		check(t, json.Unmarshal(r.fetched("/resultat/"+unit+"/resultat.json", "sv", who).Body.Bytes(), &got))
		for _, row := range got.Units[0].Results {
			if row["suppressed"] == nil || row["mean"] != nil || row["n"] != nil {
				t.Errorf("%s: %v", unit, row)
			}
		}
		if _, body := r.get("/resultat/"+unit+"/ta-med", "sv", who); !strings.Contains(mainOf(body), "r-caution") {
			t.Errorf("%s: the page does not say that it is hidden", unit)
		}
	}
}

func must1[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Each file that leaves is a line of the log, told in words.
func TestFilesAreLogged(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	for _, name := range takenFiles {
		r.fetched("/resultat/omsorg/"+name, "sv", who)
	}
	var found []string
	for e, err := range r.rounds.Log().Events(t.Context()) {
		check(t, err)
		if strings.HasPrefix(e.Action, "export.") {
			found = append(found, e.Action+" "+e.Unit+" "+e.Round)
		}
	}
	slices.Reverse(found)
	var want []string
	for _, name := range takenFiles {
		want = append(want, "export."+name[strings.LastIndex(name, ".")+1:]+" omsorg 2025")
	}
	if !slices.Equal(found, want) {
		t.Errorf("logged %q, want %q", found, want)
	}
}

// The API gives of a unit what its file does.
func TestJSONFileIsTheAPIs(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	var file struct{ Units []export.Answer }
	var api export.Answer
	check(t, json.Unmarshal(r.fetched("/resultat/omsorg/resultat.json", "sv", who).Body.Bytes(), &file))
	check(t, json.Unmarshal(r.fetched("/api/v1/rounds/2025/results?unit="+url.QueryEscape("omsorg"), "sv", who).Body.Bytes(), &api))
	own := func(rows []analysis.Row) (out []string) {
		for _, row := range rows {
			if row.Unit == "omsorg" {
				text, err := json.Marshal(row)
				check(t, err)
				out = append(out, string(text))
			}
		}
		return out
	}
	if a, b := own(file.Units[0].Results), own(api.Results); len(a) == 0 || !slices.Equal(a, b) {
		t.Errorf("the file has %v, the API %v", a, b)
	}
}

// Every picture says what it shows, of how many, when and from where; what is
// hidden in it has a reason; and a name that is none is not there.
func TestPictures(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	for _, lang := range []string{"sv", "en"} {
		for _, unit := range []string{"kommun", "omsorg", "bygg"} {
			d := r.docs[unit]
			total, _ := d.Figure(analysis.TotalID)
			for _, name := range []string{"teman", "omraden", "enheter"} {
				path := "/resultat/" + unit + "/diagram/" + name
				if _, body := r.get("/resultat/"+unit, lang, who); !strings.Contains(body, `href="`+path+`.svg"`) || !strings.Contains(body, `href="`+path+`.png"`) {
					t.Errorf("the result has no link to %s", path)
				}
				w := r.fetched(path+".svg", lang, who)
				text := html.UnescapeString(w.Body.String())
				if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/svg+xml; charset=utf-8" {
					t.Fatalf("%s.svg: status %d, %v", path, w.Code, w.Header())
				}
				for _, want := range []string{r.docs[unit].Unit.Name, fmt.Sprintf("n = %d %s %d", total.N, map[string]string{"sv": "av", "en": "of"}[lang], total.Invited), export.Source(lang, "Testkommun", "2025"), time.Now().In(round.Sweden).Format(round.DayFormat)} {
					if !strings.Contains(text, want) {
						t.Errorf("%s %s.svg lacks %q", lang, path, want)
					}
				}
				if strings.Contains(text, "%!") {
					t.Errorf("%s.svg: %s", path, text)
				}
				if name == "enheter" && unit == "bygg" && (strings.Count(text, "<circle") != 3 || !strings.Contains(strings.ReplaceAll(text, "</text>", ""), export.Why(lang, analysis.Small, 5)[:20])) {
					t.Errorf("%s: want the unit, the one that is shown and the legend: %s", path, text)
				}
				p := r.fetched(path+".png", lang, who)
				picture, err := png.Decode(p.Body)
				if err != nil || picture.Bounds().Dx() < 1000 {
					t.Errorf("%s.png: %v", path, err)
				}
			}
		}
	}
	for path, want := range map[string]int{"/resultat/omsorg/diagram/finns-inte.svg": 404, "/resultat/omsorg/diagram/teman": 404, "/resultat/omsorg/diagram/teman.gif": 404, "/resultat/omsorg/diagram/teman.svg.png": 404,
		"/resultat/plan/diagram/teman.svg": 404, "/resultat/hem/diagram/enheter.svg": 404, "/resultat/finns-inte/diagram/teman.svg": 403, "/resultat/omsorg/diagram/teman.svg?omgang=2026": 409} {
		if w := r.fetched(path, "sv", who); w.Code != want {
			t.Errorf("%s: status %d, want %d", path, w.Code, want)
		}
	}
	chef := r.signIn(t, access.Grant{Role: access.Chef, Unit: "omsorg"})
	if w := r.fetched("/resultat/bygg/diagram/teman.svg", "sv", chef); w.Code != http.StatusForbidden {
		t.Errorf("a manager gets another unit's picture: status %d", w.Code)
	}
}
