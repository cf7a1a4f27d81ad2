package web

import (
	"bytes"
	"context"
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
	"slices"
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
	if server.Config.Handler, err = New(Config{BaseURL: base, Surveys: set}, st, k.rounds, access.NewService(st, time.Now), charts, time.Now); err != nil {
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

func check(t *testing.T, err error) {
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

// TestAnswerWithoutScript goes all the way with forms alone.
func TestAnswerWithoutScript(t *testing.T) {
	k := newKommun(t, round.Confidential)
	v := k.arrive("2025", "chef")
	_, page := v.get("/svara")
	includes(t, page, "Börja svara", "36 frågor, ungefär 25 minuter", "enhetschef för Hemtjänst norr", "i Omsorgsförvaltningen", "minst fem har svarat", "Fyra områden och 13 teman", "torsdag 11 december", "Dina och 2 andra chefers svar", "allmän handling")
	excludes(t, page, "hela kommunen. Nivån")

	at := "/svara/ledning/strategi"
	for n := 1; at != "/svara/granska"; n++ {
		if n > 13 {
			t.Fatalf("still at %s after 13 themes", at)
		}
		_, page = v.get(at)
		f := formOf(page)
		for name := range f {
			if item, ok := strings.CutSuffix(name, ".fran"); ok && item != "kom.digital.data" {
				f.Set(item, "3")
				f.Set(item+".kommentar", "Så här är det.\r\nAndra raden.")
			}
		}
		f.Set("till", "nasta")
		var status int
		if status, at, page = v.post(at, f); status != http.StatusOK {
			t.Fatalf("%s: %d\n%s", at, status, page)
		}
	}
	includes(t, page, "Du har svarat på 35 av 36 frågor", "En fråga är obesvarad", `href="/svara/kompetens/digital#kom.digital.data"`, "Den obesvarade frågan räknas inte", "Andra raden.", "Gör med stöd", "Fastställt")
	if a := v.own("led.strategi.plan"); a.Answer != "3" || a.Comment != "Så här är det.\nAndra raden." {
		t.Errorf("stored %+v", a)
	}
	if v.mine().Submitted {
		t.Error("submitted before it was")
	}
	_, at, page = v.post("/svara/lamna-in", nil)
	if at != "/svara/kvitto" {
		t.Errorf("submitting leads to %s", at)
	}
	includes(t, page, "Tack. Dina svar är inlämnade.", "Du har lämnat in 35 svar", "Alla teman ligger lika, på 3,0.", `<svg class="m-chart"`, "3 av 4", "Samma siffror i tabell")
	if !v.mine().Submitted {
		t.Error("not submitted")
	}
	_, page = v.get("/svara")
	includes(t, page, "Dina svar är inlämnade", "/svara/kvitto", "Ändra mina svar")

	// A change after submitting counts, and the year after the answer is shown.
	_, page = v.get("/svara/kompetens/digital")
	f := formOf(page)
	f.Set("kom.digital.data", "5")
	v.post("/svara/kompetens/digital", f)
	_, page = v.get("/svara/kvitto")
	includes(t, page, "Du har lämnat in 36 svar", "Högst ligger <b>Digital kunskap</b>, lägst tolv teman")
	_, err := k.rounds.Close(t.Context(), "test", "2025")
	check(t, err)
	k.open("2026", round.Confidential)
	_, page = k.arrive("2026", "chef").get("/svara/kompetens/digital")
	includes(t, page, "Ditt svar 2025")
}

func TestAnswerEnglish(t *testing.T) {
	v := newKommun(t, round.Named).arrive("2025", "direktor")
	v.get("/sprak/en?till=/svara")
	_, page := v.get("/svara")
	includes(t, page, "The round is open. That means three things.", "47 questions, about 35 minutes", "member of the municipal management, Sölvesborgs kommun", "Thursday 11 December")
	v.get("/sprak/sv?till=/svara")
	_, page = v.get("/svara/ledning/strategi")
	f := formOf(page)
	f.Set("led.strategi.antagen", "vet_ej")
	f.Set("till", "en")
	_, at, page := v.post("/svara/ledning/strategi", f)
	if at != "/svara/ledning/strategi" {
		t.Errorf("the language button leads to %s", at)
	}
	includes(t, page, `<html lang="en">`, "Has the municipality adopted a strategy", "Don&#39;t know", "Question 1 of 4, whole municipality", "value=\"vet_ej\" checked", "Their level", "Next<span")
	v.post("/svara/ledning/strategi", url.Values{"till": {"sv"}})
	_, page = v.get("/svara/granska")
	includes(t, page, `<html lang="sv">`, "Granska och lämna in")
	for key, text := range mustTexts(t) {
		if strings.HasPrefix(key, "answer.") && strings.Count(text.SV, "%") != strings.Count(text.EN, "%") {
			t.Errorf("%s: not the same figures in both languages", key)
		}
	}
}

func mustTexts(t *testing.T) texts {
	t.Helper()
	all, err := readTexts(textFiles)
	check(t, err)
	return all
}

// TestAnswerOffers checks which answers a page offers: those the item takes.
func TestAnswerOffers(t *testing.T) {
	k := newKommun(t, round.Confidential)
	v := k.arrive("2025", "direktor")
	for _, q := range k.set.Questionnaires {
		for _, th := range q.Themes {
			_, page := v.get("/svara/" + q.ID + "/" + th.ID)
			for _, it := range th.Items {
				for answer, a := range map[string]survey.Answer{"1": 1, "5": 5, "vet_ej": survey.DontKnow, "ej_relevant": survey.NotApplicable, "": survey.None} {
					if offered := strings.Contains(page, `name="`+it.ID+`" value="`+answer+`"`); offered != it.Takes(a) {
						t.Errorf("%s: %q offered %v, taken %v", it.ID, answer, offered, it.Takes(a))
					}
				}
				if hasField := strings.Contains(page, `name="`+it.ID+`.underlag"`); hasField != (it.Evidence.SV != "") {
					t.Errorf("%s: a field for evidence: %v", it.ID, hasField)
				}
			}
		}
	}
	_, page := k.arrive("2025", "it").get("/svara")
	includes(t, page, "11 frågor, ungefär 10 minuter", "samordnare, Sölvesborgs kommun", "Elva av frågorna gäller hela kommunen", "Du ser kommunen som helhet")
	_, page = k.arrive("2025", "it").get("/svara/ledning/strategi")
	includes(t, page, "gäller kommunen, inte bara din verksamhet", "Fråga 1 av 2, hela kommunen")
	excludes(t, page, "led.strategi.plan")
	_, page = k.arrive("2025", "chef").get("/svara/kompetens/leda")
	includes(t, page, "Har inte börjat", "Lär andra")
	excludes(t, page, "Vet ej", "Saknas")
}

func TestSaveJSON(t *testing.T) {
	k := newKommun(t, round.Confidential)
	v := k.arrive("2025", "chef")
	status, a := v.save(`{"item":"led.strategi.plan","answer":"2","comment":"Ja","evidence":"Planen"}`)
	if status != http.StatusOK || a["version"] != 1.0 {
		t.Fatalf("%d %v", status, a)
	}
	if at, err := time.Parse(time.RFC3339, a["saved_at"].(string)); err != nil || time.Since(at) > time.Minute {
		t.Errorf("saved_at %v", a["saved_at"])
	}
	v.save(`{"item":"led.strategi.plan","answer":"4"}`)
	if got, want := v.own("led.strategi.plan"), (ownAnswer{"led.strategi.plan", "4", "Ja", "Planen"}); got != want {
		t.Errorf("what was left out has changed: %+v", got)
	}
	v.save(`{"item":"led.strategi.plan","answer":"","comment":null,"evidence":""}`)
	if got, want := v.own("led.strategi.plan"), (ownAnswer{"led.strategi.plan", "", "Ja", ""}); got != want {
		t.Errorf("taken back: %+v", got)
	}
	res := v.send(http.MethodPost, "/svara/spara", "application/x-www-form-urlencoded", "item=led.strategi.plan&answer=5", "Accept", "*/*")
	includes(t, bodyOf(t, res), `"version":4`)
	res = v.send(http.MethodPost, "/svara/spara", "application/x-www-form-urlencoded", "item=led.strategi.plan&answer=1")
	if at := res.Request.URL.Path; at != "/svara/ledning/strategi" {
		t.Errorf("the form leads to %s", at)
	}
	if got := v.own("led.strategi.plan"); got.Answer != "1" || got.Comment != "Ja" {
		t.Errorf("by form: %+v", got)
	}
	if res.Header.Get("Cache-Control") != "no-store" {
		t.Error("the answer may be kept by a cache")
	}
}

func TestSaveRefuses(t *testing.T) {
	k := newKommun(t, round.Confidential)
	v := k.arrive("2025", "chef")
	secret := "Hemligheten"
	for name, test := range map[string]struct {
		body   string
		status int
	}{
		"foreign item":       {`{"item":"led.strategi.antagen","answer":"3","comment":"` + secret + `"}`, 403},
		"unknown item":       {`{"item":"` + secret + `","answer":"3"}`, 422},
		"unknown answer":     {`{"item":"led.strategi.plan","answer":"` + secret + `"}`, 422},
		"answer not offered": {`{"item":"kom.leda.nytta","answer":"vet_ej"}`, 422},
		"text too long":      {`{"item":"led.strategi.plan","comment":"` + strings.Repeat("x", round.MaxNote+1) + `"}`, 422},
		"no JSON":            {`{"item":` + secret, 422},
		"other JSON":         {`{"item":["` + secret + `"]}`, 422},
		"over 1 MB":          {`{"item":"led.strategi.plan","comment":"` + strings.Repeat(secret, 100000) + `"}`, 422},
	} {
		if status, a := v.save(test.body); status != test.status || a["error"] == "" {
			t.Errorf("%s: %d %v", name, status, a)
		}
	}
	if n := len(v.mine().Answers); n != 0 {
		t.Errorf("%d answers stored", n)
	}
	v.get("/sprak/en")
	if _, a := v.save(`{"item":"x"}`); a["error"] != "There is no such question in this round." {
		t.Errorf("in English: %v", a["error"])
	}
	stranger := visitor{k, &http.Client{}}
	if status, _ := stranger.save(`{"item":"led.strategi.plan","answer":"3"}`); status != 403 {
		t.Errorf("without a session: %d", status)
	}
	if res := v.send(http.MethodPost, "/svara/spara", "application/json", `{"item":"led.strategi.plan","answer":"3"}`, "Origin", "https://annan.example", "Sec-Fetch-Site", "cross-site"); res.StatusCode != 403 {
		t.Errorf("from another site: %d", res.StatusCode)
	}
	excludes(t, k.log.String(), secret)
}

// TestOthersAnswers: nobody sees or changes what another has answered.
func TestOthersAnswers(t *testing.T) {
	k := newKommun(t, round.Confidential)
	one, other := k.arrive("2025", "chef"), k.arrive("2025", "annan")
	one.save(`{"item":"led.strategi.plan","answer":"5","comment":"Bara mitt"}`)
	other.save(`{"item":"led.strategi.plan","answer":"1"}`)
	for _, path := range []string{"/svara", "/svara/ledning/strategi", "/svara/granska", "/svara/mina.json"} {
		_, page := other.get(path)
		excludes(t, page, "Bara mitt")
	}
	if a := one.own("led.strategi.plan"); a.Answer != "5" || a.Comment != "Bara mitt" {
		t.Errorf("%+v", a)
	}
	owner := regexp.MustCompile(`data-owner="([^"]+)"`)
	name := func(v visitor) string {
		_, page := v.get("/svara/ledning/strategi")
		return owner.FindStringSubmatch(page)[1]
	}
	if name(one) == name(other) {
		t.Error("two people share the browser's storage")
	}
	if name(one) != name(k.arrive("2025", "chef")) {
		t.Error("what waits in the browser is not found again in a new session")
	}

	// A tab left open from before another person's link was opened in the same
	// browser saves nothing as that person.
	_, page := one.get("/svara/ledning/strategi")
	stale := formOf(page)
	stale.Set("led.strategi.riktning", "5")
	if status, _ := other.save(`{"owner":"` + stale.Get("owner") + `","item":"led.strategi.riktning","answer":"5"}`); status != 403 {
		t.Errorf("saving as another: %d", status)
	}
	if status, _ := one.save(`{"owner":"` + stale.Get("owner") + `","item":"led.strategi.riktning","answer":"4"}`); status != 200 {
		t.Errorf("saving as oneself: %d", status)
	}
	if status, _, page := other.post("/svara/ledning/strategi", stale); status != 403 || formOf(page).Get("led.strategi.riktning") != "5" {
		t.Errorf("sending as another: %d", status)
	}
	if status, _, _ := other.post("/svara/lamna-in", url.Values{"owner": stale["owner"]}); status != 403 || other.mine().Submitted {
		t.Errorf("submitting as another: %d", status)
	}
	if len(other.mine().Answers) != 1 {
		t.Error("saved as another")
	}
	if status, _ := one.get("/svara/ledning/finns-inte"); status != 404 {
		t.Errorf("unknown theme: %d", status)
	}
}

// TestTypedIsKept: whatever is wrong, the page comes back with all that was typed.
func TestTypedIsKept(t *testing.T) {
	k := newKommun(t, round.Confidential)
	v := k.arrive("2025", "chef")
	_, page := v.get("/svara/ledning/strategi")
	f := formOf(page)
	odd := "\nFörst en tom rad, sedan 👩🏽‍💻 och <script>alert(1)</script> & \"citat\""
	long := strings.Repeat("å", round.MaxNote)
	f.Set("led.strategi.riktning", "4")
	f.Set("led.strategi.riktning.kommentar", odd)
	f.Set("led.strategi.plan", "2")
	f.Set("led.strategi.plan.kommentar", long)
	f.Set("till", "nasta")
	status, at, page := v.post("/svara/ledning/strategi", f)
	if status != 422 || at != "/svara/ledning/strategi" {
		t.Fatalf("%d at %s", status, at)
	}
	includes(t, page, "Allt är inte sparat", `<a href="#led.strategi.plan">Fråga 2: Texten är för lång`, long, "<title>Fel: Strategi och riktning", html.EscapeString("👩🏽‍💻 och <script>"))
	excludes(t, page, "<script>alert")
	back := formOf(page)
	for _, name := range []string{"led.strategi.riktning", "led.strategi.plan"} {
		if back.Get(name) != f.Get(name) || newlines(back.Get(name+".kommentar")) != f.Get(name+".kommentar") {
			t.Errorf("%s: typed text is gone", name)
		}
	}
	if a := v.own("led.strategi.riktning"); a.Answer != "4" || a.Comment != odd {
		t.Errorf("the faultless answer was not saved: %+v", a)
	}
	if a := v.own("led.strategi.plan"); a.Answer != "" {
		t.Errorf("the faulty answer was saved: %+v", a)
	}
	back.Set("led.strategi.plan.kommentar", "Kort")
	back.Set("till", "stanna")
	if status, _, page = v.post("/svara/ledning/strategi", back); status != 200 {
		t.Fatalf("corrected: %d", status)
	}
	if a := v.own("led.strategi.plan"); a.Answer != "2" || a.Comment != "Kort" {
		t.Errorf("corrected: %+v", a)
	}

	// Twenty thousand letters are no fault.
	fits := strings.Repeat("x", round.MaxNote)
	if status, _ := v.save(`{"item":"led.strategi.plan","comment":"` + fits + `"}`); status != 200 || v.own("led.strategi.plan").Comment != fits {
		t.Errorf("20 kB: %d", status)
	}
	// A forged field is refused, and told.
	status, _, page = v.post("/svara/ledning/strategi", url.Values{"led.strategi.antagen": {"5"}, "led.strategi.riktning.kommentar": {"Kvar"}})
	if status != 403 {
		t.Errorf("foreign item by form: %d", status)
	}
	includes(t, page, "Frågan ställs inte till din roll", "Kvar")
	if status, _, _ = v.post("/svara/ledning/strategi", url.Values{"led.strategi.riktning.kommentar": {strings.Repeat("x", maxBody)}}); status != 422 {
		t.Errorf("over 1 MB by form: %d", status)
	}
}

// TestLaterWinsPerItem: a page open in another tab undoes nothing but what was
// changed on it.
func TestLaterWinsPerItem(t *testing.T) {
	v := newKommun(t, round.Confidential).arrive("2025", "chef")
	v.save(`{"item":"led.strategi.plan","answer":"2","comment":"Från början"}`)
	_, page := v.get("/svara/ledning/strategi")
	stale := formOf(page)
	v.save(`{"item":"led.strategi.plan","answer":"5","comment":"Från en annan flik"}`)
	stale.Set("led.strategi.riktning", "3")
	v.post("/svara/ledning/strategi", stale)
	if a := v.own("led.strategi.plan"); a.Answer != "5" || a.Comment != "Från en annan flik" {
		t.Errorf("undone by a stale page: %+v", a)
	}
	stale.Set("led.strategi.plan", "")
	v.post("/svara/ledning/strategi", stale)
	if a := v.own("led.strategi.plan"); a.Answer != "" {
		t.Errorf("not taken back: %+v", a)
	}
	if a := v.own("led.strategi.riktning"); a.Answer != "3" {
		t.Errorf("%+v", a)
	}
}

func TestWaysOut(t *testing.T) {
	v := newKommun(t, round.Confidential).arrive("2025", "chef")
	for till, want := range map[string]string{
		"": "/svara/ledning/engagemang", "stanna": "/svara/ledning/engagemang", "paus": "/svara", "granska": "/svara/granska", "nasta": "/svara/ledning/forandring",
		"foregaende": "/svara/ledning/strategi", "kompetens/digital": "/svara/kompetens/digital", "sv": "/svara/ledning/engagemang",
		"//evil.example/x": "/svara/ledning/engagemang", "https://evil.example": "/svara/ledning/engagemang",
	} {
		if _, at, _ := v.post("/svara/ledning/engagemang", url.Values{"till": {till}, "led.engagemang.agenda": {"3"}}); at != want {
			t.Errorf("%q leads to %s, not %s", till, at, want)
		}
	}
	if _, at, _ := v.post("/svara/ledning/strategi", url.Values{"till": {"foregaende"}}); at != "/svara" {
		t.Errorf("before the first theme: %s", at)
	}
	_, page := v.get("/svara/ledning/strategi")
	first := regexp.MustCompile(`<button[^>]*>`).FindString(page)
	includes(t, first, `value="stanna"`, `form="svar"`)
	for _, link := range regexp.MustCompile(`<a [^>]*href="([^"#]+)"`).FindAllStringSubmatch(page, -1) {
		if link[1] != "/svara" {
			t.Errorf("a link to %s leaves the page without saving", link[1])
		}
	}
	_, page = v.get("/svara")
	includes(t, page, "<b>1</b> av 36 besvarade", "Fortsätt", "Härnäst: Strategi och riktning")
}

func TestClosedRound(t *testing.T) {
	k := newKommun(t, round.Confidential)
	v, begun, none := k.arrive("2025", "chef"), k.arrive("2025", "annan"), k.arrive("2025", "it")
	_, page := v.get("/svara/ledning/strategi")
	f := formOf(page)
	v.save(`{"item":"led.strategi.plan","answer":"2","comment":"Mitt"}`)
	v.post("/svara/lamna-in", nil)
	begun.save(`{"item":"led.strategi.plan","answer":"2"}`)
	_, err := k.rounds.Close(t.Context(), "test", "2025")
	check(t, err)

	if status, a := v.save(`{"item":"led.strategi.plan","answer":"3"}`); status != 409 || !strings.Contains(a["error"].(string), "stängd") {
		t.Errorf("saving: %d %v", status, a)
	}
	f.Set("led.strategi.riktning.kommentar", "Skrivet för sent")
	status, _, page := v.post("/svara/ledning/strategi", f)
	if status != 409 {
		t.Errorf("saving by form: %d", status)
	}
	includes(t, page, "Mätomgången är stängd", "Skrivet för sent")
	if status, _, page = begun.post("/svara/lamna-in", nil); status != 409 {
		t.Errorf("submitting: %d", status)
	}
	includes(t, page, "stängd")
	_, page = v.get("/svara")
	includes(t, page, "Mätomgången är stängd", "räknas med", "/svara/kvitto")
	excludes(t, page, "Börja svara")
	_, page = v.get("/svara/kvitto")
	includes(t, page, "Du lämnade in 1 svar", "Mätomgången är stängd")
	_, page = v.get("/svara/granska")
	includes(t, page, "Mitt", "kan inte ändras")
	excludes(t, page, "Lämna in mina svar", ">Ändra<")
	_, page = begun.get("/svara")
	includes(t, page, "Du lämnade inte in", "Läs dina svar")
	_, page = none.get("/svara/ledning/strategi")
	includes(t, page, "Det går inte längre att svara")
}

func TestReceiptOfFacts(t *testing.T) {
	v := newKommun(t, round.Confidential).arrive("2025", "it")
	if _, at, page := v.post("/svara/lamna-in", nil); at != "/svara/lamna-in" || !strings.Contains(page, "Svara på minst en fråga") {
		t.Errorf("nothing answered: %s", at)
	}
	if _, at, _ := v.post("/svara/ledning/strategi", url.Values{"led.strategi.antagen": {"3"}, "till": {"granska"}}); at != "/svara/granska" {
		t.Error(at)
	}
	_, _, page := v.post("/svara/lamna-in", nil)
	includes(t, page, "Dina svar gäller hela kommunen och ger inget eget medelvärde")
	excludes(t, page, "<table", "m-chart")
}

// brokenStore fails as a database out of reach does.
type brokenStore struct {
	store.Store
	broken bool
}

func (b *brokenStore) Response(ctx context.Context, r, who string) (round.Response, error) {
	if b.broken {
		return round.Response{}, context.DeadlineExceeded
	}
	return b.Store.Response(ctx, r, who)
}

// TestStoreOutOfReach: a form sent in vain can be sent again whole.
func TestStoreOutOfReach(t *testing.T) {
	k := newKommun(t, round.Confidential)
	broken := &brokenStore{Store: k.store}
	s := httptest.NewUnstartedServer(nil)
	charts, err := chart.New()
	check(t, err)
	ring := keys.New()
	k.rounds = round.NewService(broken, ring, time.Now)
	k.open("2026", round.Confidential) // its links are of this ring
	base := &url.URL{Scheme: "http", Host: s.Listener.Addr().String()}
	s.Config.Handler, err = New(Config{BaseURL: base, Surveys: k.set}, broken, k.rounds, access.NewService(broken, time.Now), charts, time.Now)
	check(t, err)
	s.Start()
	t.Cleanup(s.Close)
	k.url = s.URL
	v := k.arrive("2026", "chef")
	broken.broken = true
	f := url.Values{"led.strategi.plan": {"4"}, "led.strategi.plan.kommentar": {"Två\r\nrader <b>"}, "till": {"nasta"}}
	status, _, page := v.post("/svara/ledning/strategi", f)
	if status != 500 {
		t.Errorf("status %d", status)
	}
	if status, _ := v.save(`{"item":"led.strategi.plan","answer":"4"}`); status != 500 {
		t.Errorf("by JSON: %d", status)
	}
	broken.broken = false
	again := formOf(page)
	if !slices.Equal(again["till"], f["till"]) {
		t.Fatalf("the page holds %v", again)
	}
	if _, at, _ := v.post("/svara/ledning/strategi", again); at != "/svara/ledning/engagemang" {
		t.Errorf("sent again it leads to %s", at)
	}
	if a := v.own("led.strategi.plan"); a.Answer != "4" || a.Comment != "Två\nrader <b>" {
		t.Errorf("%+v", a)
	}
}

// TestSmallPages: what a page weighs on the wire.
func TestSmallPages(t *testing.T) {
	k := newKommun(t, round.Confidential)
	v := k.arrive("2025", "direktor")
	size := func(path string) int {
		res := v.send(http.MethodGet, path, "", "", "Accept-Encoding", "gzip")
		if res.StatusCode != 200 {
			t.Fatalf("%s: %d", path, res.StatusCode)
		}
		return len(bodyOf(t, res))
	}
	for _, q := range k.set.Questionnaires {
		for _, th := range q.Themes {
			if n := size("/svara/" + q.ID + "/" + th.ID); n > 12<<10 {
				t.Errorf("%s/%s: %d bytes", q.ID, th.ID, n)
			}
		}
	}
	_, page := v.get("/svara")
	total, files := size("/svara"), map[string]bool{}
	for _, m := range regexp.MustCompile(`(?:href|src)="(/static/[^"#]+)`).FindAllStringSubmatch(page, -1) {
		if !files[m[1]] {
			files[m[1]] = true
			total += size(m[1])
		}
	}
	t.Logf("first visit: %d bytes, %d requests", total, len(files)+1)
	if total > 130_000 || len(files)+1 > 8 {
		t.Errorf("first visit: %d bytes, %d requests", total, len(files)+1)
	}
}
