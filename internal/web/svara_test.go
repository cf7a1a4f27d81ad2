package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/chart"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/survey"
)

// TestAnswerWithoutScript goes all the way with forms alone.
func TestAnswerWithoutScript(t *testing.T) {
	k := newKommun(t, round.Confidential)
	v := k.arrive("2025", "chef")
	_, page := v.get("/svara")
	includes(t, page, "Börja svara", "36 frågor, ungefär 25 minuter", "enhetschef för Hemtjänst norr", "i Omsorgsförvaltningen", "minst fem har svarat", "visas från tio svar", "Den som driver tjänsten har nycklarna och kan läsa allt.", "Är det fel?</a> Svara inte än", "Fyra områden och 13 teman", "torsdag 11 december", "Dina och 2 andra chefers svar", "allmän handling")
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
	includes(t, page, "Tack. Dina svar är inlämnade.", "Du har svarat på 35 av 36 frågor och lämnat in", "Alla teman ligger lika, på 3,0.", `<svg class="m-chart"`, "3 av 4", "Samma siffror i tabell")
	if !v.mine().Submitted {
		t.Error("not submitted")
	}
	_, page = v.get("/svara")
	includes(t, page, "Dina svar är inlämnade", "/svara/kvitto", "Ändra mina svar", "Är det fel?</a> Hör av dig till samordnaren.")
	excludes(t, page, "Svara inte än")

	// A vet ej is an answer, on the receipt as in the review.
	change := func(theme, item, answer string) {
		_, page := v.get(theme)
		f := formOf(page)
		f.Set(item, answer)
		v.post(theme, f)
	}
	change("/svara/ledning/strategi", "led.strategi.plan", "vet_ej")
	counts := regexp.MustCompile(`(\d) av (\d)( besvarade|<)`)
	for _, at := range []string{"/svara/granska", "/svara/kvitto"} {
		_, page = v.get(at)
		includes(t, page, "Du har svarat på 35 av 36 frågor och lämnat in")
		left := 0
		for _, m := range counts.FindAllStringSubmatch(page, -1) {
			if m[1] != m[2] {
				left++
			}
		}
		if left != 1 {
			t.Errorf("%s: %d themes have something left, want the one with the question not answered", at, left)
		}
	}
	change("/svara/ledning/strategi", "led.strategi.plan", "3")

	// A change after submitting counts, and the year after the answer is shown.
	change("/svara/kompetens/digital", "kom.digital.data", "5")
	_, page = v.get("/svara/kvitto")
	includes(t, page, "Du har svarat på 36 av 36 frågor och lämnat in", "Högst ligger <b>Digital kunskap</b>, lägst tolv teman")
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
	includes(t, page, "Du svarade på 1 av 36 frågor", "Mätomgången är stängd")
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

func (b *brokenStore) SaveItems(ctx context.Context, v round.SaveItems) (int64, error) {
	if b.broken {
		return 0, context.DeadlineExceeded
	}
	return b.Store.SaveItems(ctx, v)
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
	s.Config.Handler, err = New(Config{BaseURL: base, Surveys: k.set}, broken, k.rounds, access.NewService(broken, keys.New(), time.Now), charts, time.Now)
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
