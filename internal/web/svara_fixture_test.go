package web

import (
	"bytes"
	"encoding/json"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/chart"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/surveys"
)

// kommun is a small running installation with one round open.
type kommun struct {
	t      *testing.T
	url    string
	store  store.Store
	rounds *round.Service
	set    *survey.Set
	log    *bytes.Buffer
}

func newKommun(t *testing.T, mode round.Mode) *kommun {
	t.Helper()
	set, err := survey.LoadDir(surveys.FS)
	check(t, err)
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	check(t, err)
	t.Cleanup(func() { st.Close() })
	charts, err := chart.New()
	check(t, err)
	k := &kommun{t: t, store: st, set: set, log: &bytes.Buffer{}, rounds: round.NewService(st, keys.New(), time.Now)}
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(k.log, nil)))
	t.Cleanup(func() { slog.SetDefault(old) })
	server := httptest.NewUnstartedServer(nil)
	base := &url.URL{Scheme: "http", Host: server.Listener.Addr().String()}
	if server.Config.Handler, err = New(Config{BaseURL: base, Surveys: set}, st, k.rounds, access.NewService(st, keys.New(), time.Now), charts, time.Now); err != nil {
		t.Fatal(err)
	}
	server.Start()
	t.Cleanup(server.Close)
	k.url = server.URL
	k.open("2025", mode)
	return k
}

var smallUnits = []org.Unit{{ID: "k", Name: "Sölvesborgs kommun", Kind: "kommun"}, {ID: "o", Name: "Omsorgsförvaltningen", Parent: "k", Kind: "forvaltning"}, {ID: "h", Name: "Hemtjänst norr", Parent: "o", Kind: "enhet"}}

var smallPeople = []org.Person{
	{ID: "chef", Name: "Enhetschef", Unit: "h", Roles: []org.Role{org.Enhetschef}}, {ID: "annan", Name: "Annan chef", Unit: "h", Roles: []org.Role{org.Enhetschef}},
	{ID: "direktor", Name: "Kommundirektör", Unit: "k", Roles: []org.Role{org.Kommunledning}}, {ID: "it", Name: "Samordnare", Unit: "k", Roles: []org.Role{org.Samordnare}},
}

func (k *kommun) open(id string, mode round.Mode) {
	k.t.Helper()
	_, err := k.rounds.Create(k.t.Context(), "test", round.Round{ID: id, Mode: mode, OpensOn: id + "-11-02", ClosesOn: id + "-12-11"})
	check(k.t, err)
	_, err = k.rounds.Open(k.t.Context(), "test", id, k.set, smallUnits, smallPeople)
	check(k.t, err)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// visitor is one browser.
type visitor struct {
	*kommun
	client *http.Client
}

// arrive opens a person's personal link in a new browser.
func (k *kommun) arrive(id, person string) visitor {
	k.t.Helper()
	inv, err := k.store.Invitation(k.t.Context(), id, person)
	check(k.t, err)
	jar, _ := cookiejar.New(nil)
	v := visitor{k, &http.Client{Jar: jar}}
	if status, page := v.get("/e/" + k.rounds.LinkToken(inv)); status != http.StatusOK {
		k.t.Fatalf("personal link: %d\n%s", status, page)
	}
	return v
}

func (v visitor) send(method, path, kind, body string, header ...string) *http.Response {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.url+path, strings.NewReader(body))
	check(v.t, err)
	req.Header.Set("Accept", "text/html")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := v.client.Do(req)
	check(v.t, err)
	v.t.Cleanup(func() { res.Body.Close() })
	return res
}

func (v visitor) get(path string) (int, string) {
	v.t.Helper()
	res := v.send(http.MethodGet, path, "", "")
	return res.StatusCode, bodyOf(v.t, res)
}

func bodyOf(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	check(t, err)
	return string(b)
}

// post sends a form and follows where it leads.
func (v visitor) post(path string, form url.Values) (status int, at, page string) {
	v.t.Helper()
	res := v.send(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode())
	return res.StatusCode, res.Request.URL.Path, bodyOf(v.t, res)
}

func (v visitor) save(body string) (status int, answer map[string]any) {
	v.t.Helper()
	res := v.send(http.MethodPost, "/svara/spara", "application/json", body, "Accept", "*/*")
	if err := json.Unmarshal([]byte(bodyOf(v.t, res)), &answer); err != nil {
		v.t.Fatalf("%s: %d and no JSON: %v", body, res.StatusCode, err)
	}
	return res.StatusCode, answer
}

type mine struct {
	Submitted bool
	Answers   []ownAnswer
}

func (v visitor) mine() (m mine) {
	v.t.Helper()
	_, page := v.get("/svara/mina.json")
	check(v.t, json.Unmarshal([]byte(page), &m))
	return m
}

func (v visitor) own(item string) ownAnswer {
	v.t.Helper()
	for _, a := range v.mine().Answers {
		if a.Item == item {
			return a
		}
	}
	return ownAnswer{Item: item}
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// formOf returns a theme page's fields as the browser would send them untouched.
func formOf(page string) url.Values {
	f := url.Values{}
	for _, m := range hiddenInput.FindAllStringSubmatch(page, -1) {
		f.Add(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range regexp.MustCompile(`<input[^>]* type="radio" name="([^"]+)" value="([^"]*)" checked>`).FindAllStringSubmatch(page, -1) {
		f.Set(m[1], m[2])
	}
	for _, m := range regexp.MustCompile(`(?s)<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>`).FindAllStringSubmatch(page, -1) {
		f.Set(m[1], strings.ReplaceAll(html.UnescapeString(m[2]), "\n", "\r\n"))
	}
	for _, m := range regexp.MustCompile(`<input id="u[^>]* name="([^"]+)"[^>]* value="([^"]*)">`).FindAllStringSubmatch(page, -1) {
		f.Set(m[1], html.UnescapeString(m[2]))
	}
	return f
}

func includes(t *testing.T, page string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(page, w) {
			t.Errorf("page lacks %q", w)
		}
	}
}

func excludes(t *testing.T, page string, unwanted ...string) {
	t.Helper()
	for _, w := range unwanted {
		if strings.Contains(page, w) {
			t.Errorf("page has %q", w)
		}
	}
}
