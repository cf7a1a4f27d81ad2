package web

import (
	"net/http"
	netmail "net/mail"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/mail"
	"github.com/mognad/mognad/internal/mail/mailtest"
	"github.com/mognad/mognad/internal/round"
)

// newMailing is newCoordinator with a mail server; everybody has an address.
func newMailing(t *testing.T) (*results, *http.Cookie, *mailtest.Server) {
	t.Helper()
	r, who := newCoordinator(t)
	ms := mailtest.Start(t, mailtest.Plain)
	server, err := mail.ParseServer("smtp://" + ms.Addr + "?tls=none")
	check(t, err)
	r.config.Mail, err = mail.New(mail.Config{Server: server, From: netmail.Address{Address: "mognad@kommun.example"}, Rate: 1e6, BaseURL: r.config.BaseURL}, r.store, r.rounds, time.Now)
	check(t, err)
	for person, address := range map[string]string{"a": "anna", "b": "bo", "c": "okand", "d": "dora", "e": "erik"} {
		_, err := r.rounds.Correct(t.Context(), "test", "2027", person, strings.ToUpper(address), address+"@kommun.example")
		check(t, err)
	}
	return r, who, ms
}

const lettersPage = "/omgangar/2027/brev"

func TestLettersWithoutServer(t *testing.T) {
	r, who := newCoordinator(t)
	status, body := r.get(lettersPage, "sv", who)
	if status != 200 || !strings.Contains(body, "har ingen mejlserver") || !strings.Contains(body, "lankar.csv") || strings.Contains(body, `name="reminder_on"`) {
		t.Errorf("%d\n%s", status, body)
	}
	for _, path := range []string{"", "/skicka", "/text/inbjudan"} {
		if status, body := r.send(lettersPage+path, who, nil); status != http.StatusConflict || !strings.Contains(body, "--smtp") {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestLinksAsFile(t *testing.T) {
	r, who, _ := newMailing(t)
	r.config.Mail = nil
	_, err := r.rounds.Leave(t.Context(), "test", "2027", "e")
	check(t, err)
	status, body := r.get(lettersPage+"/lankar.csv", "sv", who)
	inv, err := r.rounds.Person(t.Context(), "2027", "a")
	check(t, err)
	if status != 200 || strings.Count(body, "/e/") != 4 || !strings.Contains(body, "ANNA;anna@kommun.example;") || !strings.Contains(body, "http://example.test/e/"+r.rounds.LinkToken(inv)) || strings.Contains(body, "erik") {
		t.Errorf("%d\n%s", status, body)
	}
	for e, err := range r.log.Events(t.Context()) {
		if err != nil || e.Action != "link.export" || e.Round != "2027" {
			t.Errorf("logged %+v, %v", e, err)
		}
		break
	}
}

func TestPlanIsKeptAsTyped(t *testing.T) {
	r, who, _ := newMailing(t)
	for _, c := range []struct {
		on, time, told string
	}{{"2027-01-10", "", "både dag och klockslag"}, {"2026-01-10", "08:00", "har passerat"}, {"2027-03-01", "08:00", "mellan första och sista"}} {
		status, body := r.send(lettersPage, who, url.Values{"invite": {"ja"}, "reminder_on": {"2027-01-20", c.on}, "reminder_time": {"07:30", c.time}})
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, c.told) || !strings.Contains(body, `href="#reminder-1"`) || !strings.Contains(body, `id="reminder-1" name="reminder_on" type="date" value="`+c.on+`" aria-invalid`) ||
			!strings.Contains(body, `value="2027-01-20"`) || !strings.Contains(body, `value="07:30"`) || !strings.Contains(body, `value="ja" checked`) {
			t.Errorf("%+v: %d\n%s", c, status, body)
		}
	}
	if status, _ := r.send(lettersPage, who, url.Values{"reminder_on": {"", "2027-01-20", "2027-01-25"}, "reminder_time": {"08:00", "07:30", "08:00"}}); status != http.StatusSeeOther {
		t.Errorf("good: %d", status)
	}
	plan, err := r.config.Mail.Plan(t.Context(), "2027")
	if err != nil || plan.Invite || len(plan.Coming()) != 2 || plan.Coming()[0].In(round.Sweden).Format("2006-01-02 15:04") != "2027-01-20 07:30" {
		t.Errorf("%+v, %v", plan, err)
	}
	if _, body := r.get(lettersPage, "sv", who); !strings.Contains(body, `value="2027-01-25"`) || !strings.Contains(body, `id="reminder-2"`) || strings.Contains(body, `value="ja" checked`) {
		t.Errorf("the page does not show the plan:\n%s", body)
	}
}

func TestSendingFromThePage(t *testing.T) {
	r, who, ms := newMailing(t)
	invite := url.Values{"kind": {"inbjudan"}}
	if status, _ := r.send(lettersPage+"/skicka", who, invite); status != http.StatusSeeOther {
		t.Fatalf("%d", status)
	}
	if status, body := r.send(lettersPage+"/skicka", who, invite); status != http.StatusConflict || !strings.Contains(body, "redan på väg") {
		t.Errorf("a second press: %d", status)
	}
	check(t, r.config.Mail.Tend(t.Context()))
	if n := len(ms.Letters()); n != 4 {
		t.Errorf("%d letters", n)
	}
	_, body := r.get(lettersPage, "sv", who)
	if !strings.Contains(body, `<td role="cell">0</td><td role="cell">4</td><td role="cell">1</td>`) || !strings.Contains(body, "okand@kommun.example") || !strings.Contains(body, "550") {
		t.Errorf("%s", body)
	}
	_, err := r.rounds.Correct(t.Context(), "test", "2027", "c", "Cia", "cia@kommun.example")
	check(t, err)
	if status, _ := r.send(lettersPage+"/igen", who, url.Values{"person": {"c"}}); status != http.StatusSeeOther {
		t.Errorf("again: %d", status)
	}
	if status, _ := r.send(lettersPage+"/igen", who, url.Values{"person": {"a"}}); status != http.StatusConflict {
		t.Errorf("again within the hour: %d", status)
	}
	if status, _ := r.send(lettersPage+"/ny-lank", who, url.Values{"person": {"b"}}); status != http.StatusSeeOther {
		t.Errorf("new link: %d", status)
	}
	check(t, r.config.Mail.Tend(t.Context()))
	if len(ms.To("cia@kommun.example")) != 1 || len(ms.To("bo@kommun.example")) != 2 || len(ms.To("anna@kommun.example")) != 1 {
		t.Errorf("%+v", ms.Letters())
	}
	if status, body := r.get(lettersPage+"?sok=BO%40", "sv", who); status != 200 || !strings.Contains(body, "Ny personlig länk, skickad.") || strings.Contains(body, "anna@") {
		t.Errorf("search: %d\n%s", status, body)
	}
}

func TestLetterText(t *testing.T) {
	r, who, ms := newMailing(t)
	page := lettersPage + "/text/inbjudan"
	text := url.Values{"subject_sv": {"Nu börjar {{omgång}}"}, "body_sv": {"Hej <b>{{namn}}</b>!\r\n\r\n{{länk}}"}, "do": {"visa"}}
	status, body := r.send(page, who, text)
	if status != 200 || !strings.Contains(body, "Nu börjar 2027") || !strings.Contains(body, "Hej &lt;b&gt;") || !strings.Contains(body, "http://example.test/e/…") {
		t.Errorf("preview: %d\n%s", status, body)
	}
	bad := url.Values{"subject_sv": {"Hej"}, "body_sv": {"Hej {{losenord}} {{länk}}"}, "do": {"spara"}}
	if status, body := r.send(page, who, bad); status != http.StatusUnprocessableEntity || !strings.Contains(body, "har {{losenord}}, som inte finns") || !strings.Contains(body, "Hej {{losenord}} {{länk}}</textarea>") || !strings.Contains(body, `href="#body_sv"`) {
		t.Errorf("faulty: %d\n%s", status, body)
	}

	text.Set("do", "prov")
	if status, body := r.send(page, who, text); status != http.StatusUnprocessableEntity || !strings.Contains(body, "ingen e-postadress") {
		t.Errorf("test without an address: %d", status)
	}
	accounts, err := r.store.Accounts(t.Context())
	check(t, err)
	for _, a := range accounts {
		_, err := r.store.UpdateAccount(t.Context(), a.ID, func(a *access.Account) error { a.Email = "eva@kommun.example"; return nil })
		check(t, err)
	}
	if status, body := r.send(page, who, text); status != 200 || !strings.Contains(body, "eva@kommun.example") || len(ms.To("eva@kommun.example")) != 1 || len(ms.Letters()) != 1 {
		t.Errorf("test letter: %d, %d letters", status, len(ms.Letters()))
	}
	if _, own, err := r.config.Mail.Texts(t.Context(), "kommun"); err != nil || own[mail.Invitation] {
		t.Errorf("a preview or a test letter stored the text: %v", err)
	}

	_, body = r.get(page, "sv", who)
	seen := seal(t, body)
	text.Set("seen", seen)
	text.Set("do", "spara")
	if status, _ := r.send(page, who, text); status != http.StatusSeeOther {
		t.Errorf("save: %d", status)
	}
	// A colleague who opened the page before is told, keeps what was typed, and has it in the end.
	late := url.Values{"seen": {seen}, "subject_sv": {"Dags"}, "body_sv": {"Kollegans {{länk}}"}, "do": {"spara"}}
	status, body = r.send(page, who, late)
	if status != http.StatusConflict || !strings.Contains(body, "Någon annan har ändrat brevets text") || !strings.Contains(body, "Kollegans {{länk}}</textarea>") || !strings.Contains(body, "Texten som den är nu") {
		t.Errorf("saved unseen: %d\n%s", status, mainOf(body))
	}
	late.Set("do", "standard")
	if status, _ := r.send(page, who, late); status != http.StatusConflict {
		t.Errorf("the default over a text unseen: %d", status)
	}
	if texts, own, err := r.config.Mail.Texts(t.Context(), "kommun"); err != nil || !own[mail.Invitation] || texts[mail.Invitation].Body.SV != "Hej <b>{{namn}}</b>!\n\n{{länk}}" {
		t.Errorf("stored %+v, %v", texts[mail.Invitation], err)
	}
	_, body = r.get(page, "sv", who)
	_, apart, _ := strings.Cut(body, `value="visa"`)
	_, apart, _ = strings.Cut(apart, "</form>")
	includes(t, apart, "<details", "Er text tas bort", `name="do" value="standard"`) // apart from the text, and asked about
	text.Set("do", "standard")
	text.Set("seen", seal(t, apart))
	r.send(page, who, text)
	if _, own, err := r.config.Mail.Texts(t.Context(), "kommun"); err != nil || own[mail.Invitation] {
		t.Errorf("back to the default: %v", err)
	}
	if status, _ := r.get(lettersPage+"/text/signin", "sv", who); status != http.StatusNotFound {
		t.Errorf("an unknown kind: %d", status)
	}
}

// TestLettersAreForTheCoordinator asks as those who may only read.
func TestLettersAreForTheCoordinator(t *testing.T) {
	r, _, ms := newMailing(t)
	for _, g := range []access.Grant{{Role: access.Ledning, Unit: "kommun"}, {Role: access.Samordnare, Unit: "hem"}} {
		who := r.signIn(t, g)
		for _, path := range []string{"", "/lankar.csv", "/text/inbjudan"} {
			if status, body := r.get(lettersPage+path, "sv", who); status < 403 || status > 404 || strings.Contains(body, "/e/") {
				t.Errorf("%v: GET %s %d", g, path, status)
			}
		}
		for _, path := range []string{"", "/skicka", "/igen", "/ny-lank", "/text/inbjudan"} {
			if status, _ := r.send(lettersPage+path, who, url.Values{"kind": {"inbjudan"}, "person": {"a"}}); status < 403 || status > 404 {
				t.Errorf("%v: POST %s %d", g, path, status)
			}
		}
	}
	check(t, r.config.Mail.Tend(t.Context()))
	if len(ms.Letters()) != 0 {
		t.Errorf("%d letters", len(ms.Letters()))
	}
}

// Where letters go out, nobody is shown the link of somebody who has an address:
// one could read that person's answers with it.
func TestLinksAreShownOnlyWhereTheyCanNotBeMailed(t *testing.T) {
	r, who, ms := newMailing(t)
	_, err := r.rounds.Correct(t.Context(), "test", "2027", "e", "Erik", "")
	check(t, err)
	_, file := r.get(lettersPage+"/lankar.csv", "sv", who)
	if strings.Count(file, "/e/") != 1 || !strings.Contains(file, "Erik") {
		t.Errorf("the file: %s", file)
	}
	status, page := r.send("/omgangar/2027/personer/a/ny-lank", who, nil)
	if status != http.StatusOK || strings.Contains(page, "/e/") || !strings.Contains(page, "på väg till anna@kommun.example") {
		t.Errorf("%d %s", status, page)
	}
	check(t, r.config.Mail.Tend(t.Context()))
	if got := len(ms.To("anna@kommun.example")); got != 1 {
		t.Errorf("%d letters with the new link", got)
	}
	status, page = r.send("/omgangar/2027/personer/e/ny-lank", who, nil)
	if status != http.StatusOK || !strings.Contains(page, "http://example.test/e/") {
		t.Errorf("of one without an address: %d %s", status, page)
	}
}
