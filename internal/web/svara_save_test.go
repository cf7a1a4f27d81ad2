package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/round"
)

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
	long := strings.Repeat("å", round.MaxNote+1)
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
	if status, _, _ := v.post("/svara/ledning/strategi", back); status != 200 {
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

// TestTwoDevicesOneItem: a page that changes an item's answer does not take back
// the comment that another device has given to it since the page was drawn.
func TestTwoDevicesOneItem(t *testing.T) {
	for name, touch := range map[string]func(url.Values, string){
		"without script": func(url.Values, string) {},
		"with script":    func(f url.Values, item string) { f.Set(item+".fran", "-.0.0") },
	} {
		k := newKommun(t, round.Confidential)
		item := "led.strategi.plan"
		a, b := k.arrive("2025", "chef"), k.arrive("2025", "chef")
		_, page := a.get("/svara/ledning/strategi")
		form := formOf(page)
		b.save(`{"item":"` + item + `","answer":"2","comment":"Bs kommentar","evidence":"Bs underlag"}`)
		touch(form, item)
		form.Set(item, "3")
		a.post("/svara/ledning/strategi", form)
		if got, want := a.own(item), (ownAnswer{item, "3", "Bs kommentar", "Bs underlag"}); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

// TestSavedIsDrawnFrom: a page that has saved an answer, and sends its form after
// another device has given a newer one, leaves that.
func TestSavedIsDrawnFrom(t *testing.T) {
	k := newKommun(t, round.Confidential)
	item := "led.strategi.plan"
	v := k.arrive("2025", "chef")
	_, page := v.get("/svara/ledning/strategi")
	form := formOf(page)
	_, saved := v.save(`{"item":"` + item + `","answer":"2","comment":"min"}`)
	drawn := saved["drawn"].([]any)
	if drawn[2] != nil {
		t.Errorf("the evidence was not saved: %v", drawn)
	}
	v.save(`{"item":"` + item + `","answer":"4","comment":"en annan"}`)
	form.Set(item, "2")
	form.Set(item+".kommentar", "min")
	form.Set(item+".fran", drawn[0].(string)+"."+drawn[1].(string)+".0")
	v.post("/svara/ledning/strategi", form)
	if got := v.own(item); got.Answer != "4" || got.Comment != "en annan" {
		t.Errorf("%+v", got)
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
