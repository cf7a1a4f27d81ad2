package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
)

// newCoordinator is a service whose organisation is imported, with one round
// open, and its coordinator's cookie.
func newCoordinator(t *testing.T) (*results, *http.Cookie) {
	t.Helper()
	r := newEmpty(t)
	var units []org.Unit
	for _, g := range organisation {
		units = append(units, org.Unit{ID: g.id, Name: g.name, Parent: g.parent, Kind: g.kind})
	}
	var people []org.Person
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		people = append(people, org.Person{ID: id, Name: id, Unit: "hem", Roles: []org.Role{org.Enhetschef}})
	}
	check(t, r.store.PutOrganisation(t.Context(), units, people))
	_, err := r.rounds.Create(t.Context(), "test", round.Round{ID: "2027", OpensOn: "2027-01-01", ClosesOn: "2027-02-01"})
	check(t, err)
	_, err = r.rounds.Open(t.Context(), "test", "2027", r.set, units, people)
	check(t, err)
	return r, r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "kommun"})
}

func (r *results) send(path string, who *http.Cookie, form url.Values) (int, string) {
	q := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.AddCookie(who)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, q)
	return w.Code, w.Body.String()
}

// A faulty round comes back with all that was typed, the fault first, and said
// of its field.
func TestFaultyRoundNamesItsField(t *testing.T) {
	r, who := newCoordinator(t)
	good := map[string]string{"id": "2028", "name": "Mitt namn", "opens_on": "2028-03-02", "closes_on": "2028-03-20", "min_group": "5", "mode": "confidential"}
	for _, c := range []struct{ field, typed string }{{"id", "Hösten!"}, {"id", "2027"}, {"opens_on", "i morgon"}, {"closes_on", "sen"}, {"closes_on", "2028-03-01"}, {"min_group", "4"}, {"min_group", "många"}} {
		form := url.Values{}
		for field, text := range good {
			form.Set(field, text)
		}
		form.Set(c.field, c.typed)
		status, page := r.send("/omgangar", who, form)
		if status < 400 {
			t.Fatalf("%s %q: status %d", c.field, c.typed, status)
		}
		includes(t, page, "<title>Fel: Mätomgångar", `<a href="#`+c.field+`">`, `value="Mitt namn"`, `value="`+c.typed+`"`)
		if box := regexp.MustCompile(`(?s)<div class="m-errors" role="alert" tabindex="-1" autofocus>.*?</div>`).FindString(page); !strings.Contains(box, "Mätomgången skapades inte") {
			t.Errorf("%s: no summary: %s", c.field, box)
		}
		bad := regexp.MustCompile(`<input[^>]*aria-invalid="true"[^>]*>`).FindAllString(page, -1)
		if len(bad) != 1 || !strings.Contains(bad[0], `name="`+c.field+`"`) || !strings.Contains(bad[0], `aria-describedby="`+c.field+`-e`) || !strings.Contains(page, `id="`+c.field+`-e"`) {
			t.Errorf("%s: marked are %q", c.field, bad)
		}
	}
	_, page := r.get("/omgangar", "sv", who)
	excludes(t, page, "Fel:", "aria-invalid", "m-errors")
}

// Who closes or publishes is told first when too few have answered for the
// audit questions; afterwards it is too late for more to.
func TestTooFewForTheAuditIsToldBeforeClosing(t *testing.T) {
	r, who := newCoordinator(t)
	r.config.Audit = &audit.Rule{}
	r.config.Audit.Thresholds.Response = 0.6
	step := func(page, name string) string {
		_, form, _ := strings.Cut(page, `action="/omgangar/2027/`+name+`"`)
		form, _, _ = strings.Cut(form, "</form>")
		return form
	}
	const few, after = "Färre än 60 % har svarat. Då kan revisionsfrågorna inte bedömas.", "Färre än 60 % svarade, och det är för få"
	_, page := r.get("/omgangar/2027", "sv", who)
	includes(t, step(page, "stang"), few)
	includes(t, page, "3 svar till behövs")
	_, err := r.rounds.Close(t.Context(), "test", "2027")
	check(t, err)
	_, page = r.get("/omgangar/2027", "sv", who)
	includes(t, step(page, "publicera"), few)
	excludes(t, step(page, "oppna-igen"), few)
	includes(t, page, after)
	excludes(t, page, "svar till behövs")
	_, err = r.rounds.Publish(t.Context(), "test", "2027")
	check(t, err)
	_, page = r.get("/omgangar/2027", "sv", who)
	includes(t, page, after)
	excludes(t, page, "svar till behövs", few)
	r.config.Audit.Thresholds.Response = 0
	_, page = r.get("/omgangar/2027", "sv", who)
	excludes(t, page, after, few)
}
