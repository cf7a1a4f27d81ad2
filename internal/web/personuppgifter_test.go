package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/personal"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// answersOnce gives the person an answer with a comment that nobody else may read.
func answersOnce(t *testing.T, r *results, person string) {
	t.Helper()
	inv, err := r.rounds.Person(t.Context(), "2027", person)
	check(t, err)
	level, comment := survey.Answer(3), "hemlig kommentar"
	for _, it := range r.set.Items {
		if it.Kind == survey.Rating && it.AskedTo(inv.Roles) {
			_, err = r.rounds.Save(t.Context(), inv, []round.Amendment{{Item: it.ID, Answer: &level, Comment: &comment}})
			check(t, err)
			return
		}
	}
	t.Fatal("nothing is asked")
}

func TestPersonRecordPage(t *testing.T) {
	r, who := newCoordinator(t)
	answersOnce(t, r, "a")
	check(t, r.store.PutCard(t.Context(), card.Card{Kind: personal.LetterCards, ID: "2027/a", Body: []byte(`{"letters":[{"kind":"invitation","status":"sent","at":"2027-01-02T08:00:00Z"},{"kind":"reminder","status":"queued","at":"2027-01-09T08:00:00Z"}]}`)}))
	_, first := r.get("/personuppgifter/a", "sv", r.signIn(t, access.Grant{Role: access.Administrator, Unit: "omsorg"}))
	includes(t, first, "Inbjudan, 2027-01-02 (skickat)", "Påminnelse, 2027-01-09 (väntar på att skickas)")
	for _, path := range []string{"/personuppgifter/a", "/personuppgifter/a/personuppgifter.json"} {
		status, page := r.get(path, "sv", who)
		if status != http.StatusOK {
			t.Fatalf("%s: %d", path, status)
		}
		includes(t, page, "Hemtjänst")
		excludes(t, page, "hemlig")
	}
	_, page := r.get("/logg?vem=a", "sv", who)
	if n := strings.Count(page, "Läste vad som finns sparat om a<"); n != 3 {
		t.Errorf("%d lines tell who has looked", n)
	}
	part := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "skola"})
	if status, _ := r.get("/personuppgifter/a", "sv", part); status != http.StatusNotFound {
		t.Errorf("one from another part reads it: %d", status)
	}
	if status, page := r.send("/personuppgifter", part, url.Values{"sok": {"a"}}); status != http.StatusOK || strings.Contains(page, `href="/personuppgifter/a"`) {
		t.Errorf("one from another part finds it: %d", status)
	}
	_, page = r.send("/personuppgifter", who, url.Values{"sok": {"A"}})
	includes(t, page, `href="/personuppgifter/a"`)
}

func TestPersonCorrection(t *testing.T) {
	r, who := newCoordinator(t)
	status, page := r.send("/personuppgifter/a/ratta", who, url.Values{"name": {"Nya Namnet"}, "email": {"fel adress"}})
	if status != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", status)
	}
	includes(t, page, "<title>Fel:", `<a href="#email">`, `value="Nya Namnet"`, `value="fel adress"`, `aria-invalid="true"`)
	if status, _ := r.send("/personuppgifter/a/ratta", who, url.Values{"name": {"Nya Namnet"}, "email": {"ny@kommunen.example"}}); status != http.StatusSeeOther {
		t.Fatalf("status %d", status)
	}
	inv, err := r.rounds.Person(t.Context(), "2027", "a")
	if err != nil || inv.Name != "Nya Namnet" || inv.Email != "ny@kommunen.example" {
		t.Errorf("%+v, %v", inv, err)
	}
}

func TestPersonErasure(t *testing.T) {
	r, who := newCoordinator(t)
	answersOnce(t, r, "a")
	status, page := r.send("/personuppgifter/a/radera", who, url.Values{"sure": {"b"}})
	if status != http.StatusUnprocessableEntity {
		t.Fatalf("not sure, and status %d", status)
	}
	includes(t, page, `<a href="#sure">`, "<details class=\"r-step\" open>", `value="b"`)
	if _, err := r.rounds.Person(t.Context(), "2027", "a"); err != nil {
		t.Fatal("erased by one who was not sure")
	}
	status, page = r.send("/personuppgifter/a/radera", who, url.Values{"sure": {"a"}})
	if status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	includes(t, page, "Personen är raderad", "Borttagen ur organisationen", "2027")
	if status, _ := r.get("/personuppgifter/a", "sv", who); status != http.StatusNotFound {
		t.Errorf("still there: %d", status)
	}
	if status, _ := r.get("/personuppgifter/b", "sv", who); status != http.StatusOK {
		t.Errorf("another is gone: %d", status)
	}
}

// A respondent sees what is stored of oneself, and of nobody else.
func TestOwnRecordPage(t *testing.T) {
	r, coordinator := newCoordinator(t)
	answersOnce(t, r, "a")
	r.get("/personuppgifter/a", "sv", coordinator)
	value, err := r.access.StartAnswering(t.Context(), "2027", "a")
	check(t, err)
	who := &http.Cookie{Name: answerCookie, Value: value}
	status, page := r.get("/svara/sparat", "sv", who)
	if status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	includes(t, page, "Sparat om dig", "Hemtjänst", `href="/svara/mina.json"`)
	excludes(t, page, "account ", "192.0.2.1")
	status, file := r.get("/svara/sparat.json", "sv", who)
	if status != http.StatusOK || !strings.Contains(file, `"person": "a"`) || strings.Contains(file, "account ") {
		t.Errorf("%d: %s", status, file)
	}
	_, page = r.get("/om/skydd", "sv", who)
	includes(t, page, `href="/svara/sparat"`)
	_, page = r.get("/om/skydd", "sv", nil)
	excludes(t, page, `href="/svara/sparat"`)
}
