package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
)

// What the kommun writes is shown to everybody, and no script in it is run.
func TestNoticeOnThePage(t *testing.T) {
	r, who := newCoordinator(t)
	_, page := r.get("/om/integritet", "sv", nil)
	includes(t, page, `<mark class="m-gap">[kommunens namn]</mark>`, "Kommunen har inte fyllt i hela texten", "24 månader")
	hostile := "## Ansvar\n\nVi <script>alert(1)</script> [länk](javascript:alert(1)) **fet**"
	form := url.Values{"sv": {hostile}, "en": {"English"}, "number": {""}, "do": {"visa"}}
	status, page := r.send("/texter/integritet", who, form)
	if status != http.StatusOK {
		t.Fatalf("preview: %d", status)
	}
	includes(t, page, "<strong>fet</strong>", "&lt;script&gt;alert(1)&lt;/script&gt;")
	excludes(t, page, "<script>alert", `="javascript:`)
	if _, page := r.get("/om/integritet", "sv", nil); strings.Contains(page, "<strong>fet") {
		t.Error("a preview is shown to everybody")
	}
	form.Set("do", "spara")
	if status, _ := r.send("/texter/integritet", who, form); status != http.StatusSeeOther {
		t.Fatalf("saving: %d", status)
	}
	_, page = r.get("/om/integritet", "sv", nil)
	includes(t, page, "<h2>Ansvar</h2>", "<strong>fet</strong>")
	excludes(t, page, "<script>alert", `="javascript:`, "m-gap")
	_, page = r.get("/om/integritet", "en", nil)
	includes(t, page, "<p>English</p>")
	status, page = r.send("/texter/integritet", who, form) // as one who opened the page before
	if status != http.StatusConflict || !strings.Contains(page, "## Ansvar") {
		t.Errorf("written over unseen: %d", status)
	}
	_, page = r.get("/texter/integritet", "sv", who)
	number := regexp.MustCompile(`name="number" value="([^"]+)"`).FindStringSubmatch(page)
	if len(number) != 2 {
		t.Fatal("the page does not tell which version it shows")
	}
	form.Set("sv", " ")
	form.Set("number", number[1])
	status, page = r.send("/texter/integritet", who, form)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("an empty text: %d", status)
	}
	includes(t, page, `<a href="#sv">`, ">English</textarea>")
}

// Texts of a part of the organisation are its own; another part can't touch them.
func TestNoticesOfParts(t *testing.T) {
	r, _ := newCoordinator(t)
	omsorg, skola := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "omsorg"}), r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "skola"})
	contact := url.Values{"name": {"Anna på omsorgen"}, "phone": {"0456-1"}}
	for path, want := range map[string]int{"/texter/kontakt?enhet=omsorg": http.StatusForbidden, "/texter/kontakt?enhet=kommun": http.StatusForbidden, "/texter/gallring": http.StatusForbidden} {
		if status, _ := r.send(path, skola, contact); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _ := r.send("/texter/kontakt", omsorg, contact); status != http.StatusSeeOther {
		t.Fatalf("own contact: %d", status)
	}
	_, page := r.get("/om/hjalp", "sv", omsorg)
	includes(t, page, "Anna på omsorgen", "0456-1")
	for _, who := range []*http.Cookie{skola, nil} {
		_, page = r.get("/om/hjalp", "sv", who)
		excludes(t, page, "Anna på omsorgen")
	}
	status, page := r.send("/texter/kontakt", skola, url.Values{"name": {"Bo"}, "email": {"fel"}})
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a faulty address: %d", status)
	}
	includes(t, page, `value="Bo"`, `value="fel"`, `<a href="#email">`)
}

func TestRetentionForm(t *testing.T) {
	r, who := newCoordinator(t)
	status, page := r.send("/texter/gallring", who, url.Values{"responses": {"12"}, "letters": {"många"}, "log": {"3"}})
	if status != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", status)
	}
	includes(t, page, `<a href="#letters">`, `value="många"`, `value="12"`, "Skriv ett helt tal från 1 till 120.")
	if status, _ := r.send("/texter/gallring", who, url.Values{"responses": {"12"}, "letters": {" 6 "}, "log": {"3"}}); status != http.StatusSeeOther {
		t.Fatalf("status %d", status)
	}
	_, page = r.get("/om/integritet", "sv", nil)
	includes(t, page, "Tas bort 12 månader efter", "Tas bort 6 månader efter", "Tas bort efter 3 år")
}
