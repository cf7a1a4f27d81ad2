package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
)

// TestAccess: an administrator gives a role, shows a link that signs in, and
// takes the role away; what was typed wrong comes back with its field named.
func TestAccess(t *testing.T) {
	r, letters, admin := newOffice(t)
	typed := url.Values{"email": {"eva@example.org"}, "name": {"Eva Ek"}, "role": {"hr"}, "unit": {"omsorg"}}
	for field, wrong := range map[string]string{"email": "eva", "role": "kung", "unit": "finns-inte"} {
		form := url.Values{}
		for k, v := range typed {
			form[k] = v
		}
		form.Set(field, wrong)
		status, page := r.send("/behorigheter", admin, form)
		if status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", field, status)
		}
		includes(t, page, "<title>Fel: Behörigheter", `<a href="#`+field+`">`, `id="`+field+`-e"`, `value="Eva Ek"`)
		if n := strings.Count(page, `aria-invalid="true"`); n != 1 {
			t.Errorf("%s: %d fields are marked", field, n)
		}
	}
	if status, _ := r.send("/behorigheter", admin, typed); status != http.StatusSeeOther {
		t.Fatalf("given: %d", status)
	}
	_, page := r.get("/behorigheter", "sv", admin)
	includes(t, page, "Eva Ek", "eva@example.org", "HR för Omsorgsförvaltningen")
	at := regexp.MustCompile(`<a href="(/behorigheter/konto/[0-9a-f]+)">Eva Ek`).FindStringSubmatch(page)
	if at == nil || strings.Contains(at[1], "eva") {
		t.Fatalf("the account's page: %v", at)
	}
	status, page := r.send(at[1]+"/visa-lank", admin, nil)
	link := regexp.MustCompile(`http://example\.test(/in/[A-Za-z0-9_-]+)`).FindStringSubmatch(page)
	if status != http.StatusOK || link == nil {
		t.Fatalf("the link: %d", status)
	}
	eva := given(t, r.ask(http.MethodPost, link[1], "", nil), accountCookie)
	_, page = r.get(at[1], "sv", admin)
	excludes(t, page, "/in/") // shown once
	if status, _ := r.send(at[1]+"/skicka", admin, nil); status != http.StatusOK || len(letters.links["eva@example.org"]) != 1 {
		t.Errorf("sent: %d, %v", status, letters.links)
	}
	for _, path := range []string{"/behorigheter", at[1]} {
		if status, _ := r.get(path, "sv", eva); status != http.StatusForbidden {
			t.Errorf("HR sees %s: %d", path, status)
		}
	}
	if status, _ := r.send(at[1]+"/logga-ut", admin, nil); status != http.StatusSeeOther {
		t.Errorf("signed out: %d", status)
	}
	if status, _ := r.get("/konto", "sv", eva); status != http.StatusUnauthorized {
		t.Errorf("still signed in: %d", status)
	}
	if status, _ := r.send(at[1]+"/ta-bort", admin, url.Values{}); status != http.StatusForbidden {
		t.Errorf("no role named: %d", status)
	}
	if status, _ := r.send(at[1]+"/ta-bort", admin, url.Values{"role": {"hr"}, "unit": {"omsorg"}}); status != http.StatusSeeOther {
		t.Errorf("taken: %d", status)
	}
	if status, _ := r.get(at[1], "sv", admin); status != http.StatusForbidden {
		t.Errorf("the account is still there: %d", status)
	}
	actions := ""
	for e, err := range r.store.Log(t.Context()) {
		check(t, err)
		actions = e.Action + " " + actions
	}
	for _, want := range []string{"access.grant", "access.link access.signin", "access.sessions.end", "access.take"} {
		if !strings.Contains(actions, want) {
			t.Errorf("%s is not in the log: %s", want, actions)
		}
	}
}

// TestTwoKommunersAccess: one's administrators neither see nor change the other's.
func TestTwoKommunersAccess(t *testing.T) {
	r, _, whole := newOffice(t)
	other := r.signIn(t, access.Grant{Role: access.Administrator, Unit: "bygg"})
	_, err := r.access.Grant(t.Context(), "eva@example.org", access.Grant{Role: access.HR, Unit: "omsorg"})
	check(t, err)
	_, page := r.get("/behorigheter", "sv", whole)
	at := regexp.MustCompile(`<a href="(/behorigheter/konto/[0-9a-f]+)">eva@example.org`).FindStringSubmatch(page)
	if at == nil {
		t.Fatal("not in the list of who manages all")
	}
	_, page = r.get("/behorigheter", "sv", other)
	excludes(t, page, "eva@example.org", "Omsorgsförvaltningen", "Testkommun</option>")
	for _, step := range []string{"/ge", "/ta-bort-alla", "/logga-ut", "/skicka", "/visa-lank"} {
		if status, _ := r.send(at[1]+step, other, url.Values{"role": {"hr"}, "unit": {"bygg"}, "sure": {"ja"}}); status != http.StatusForbidden {
			t.Errorf("%s: %d", step, status)
		}
	}
	if status, _ := r.send("/behorigheter", other, url.Values{"email": {"bo@example.org"}, "role": {"hr"}, "unit": {"omsorg"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("given what is another's: %d", status)
	}
	if status, page := r.send("/behorigheter/grupper/ny", other, url.Values{"group": {"it"}, "role": {"hr"}, "unit": {"omsorg"}}); status != http.StatusUnprocessableEntity || !strings.Contains(page, `id="g-unit-e"`) {
		t.Errorf("a group given what is another's: %d", status)
	}
}

// Who takes from themselves is asked at the box that belongs to it.
func TestOwnRoleIsAskedAboutWhereItStands(t *testing.T) {
	r, _, admin := newOffice(t)
	_, page := r.get("/behorigheter", "sv", admin)
	at := regexp.MustCompile(`<a href="(/behorigheter/konto/[0-9a-f]+)">account`).FindStringSubmatch(page)
	if at == nil {
		t.Fatal("oneself is not in the list")
	}
	for step, box := range map[string]string{"/ta-bort": "sure-administrator-kommun", "/ta-bort-alla": "sure"} {
		status, page := r.send(at[1]+step, admin, url.Values{"role": {"administrator"}, "unit": {"kommun"}})
		open := regexp.MustCompile(`(?s)<details class="r-step" open>.*?id="([^"]*)"`).FindStringSubmatch(page)
		if status != http.StatusUnprocessableEntity || !strings.Contains(page, `href="#`+box+`"`) || open == nil || open[1] != box {
			t.Errorf("%s: %d, open %v", step, status, open)
		}
	}
}
