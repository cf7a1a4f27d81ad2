package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/oidc"
	"github.com/mognad/mognad/internal/oidc/oidctest"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/static"
)

// sent keeps the letters that would have been sent.
type sent struct {
	mu    sync.Mutex
	links map[string][]string // by address
}

func (s *sent) SignIn(_ context.Context, to, _, link string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.links[to] = append(s.links[to], link)
	return nil
}

// newOffice is a service with units, letters and an administrator's cookie.
func newOffice(t *testing.T) (*results, *sent, *http.Cookie) {
	t.Helper()
	r := newEmpty(t)
	var units []org.Unit
	for _, g := range organisation {
		units = append(units, org.Unit{ID: g.id, Name: g.name, Parent: g.parent, Kind: g.kind})
	}
	check(t, r.store.PutOrganisation(t.Context(), units, nil))
	letters := &sent{links: map[string][]string{}}
	r.config.Letters = letters
	return r, letters, r.signIn(t, access.Grant{Role: access.Administrator, Unit: "kommun"})
}

// ask sends a request as one browser would, with the Host it was told.
func (r *results) ask(method, path, host string, form url.Values, cookies ...*http.Cookie) *http.Response {
	q := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if host != "" {
		q.Host = host
		q.Header.Set("X-Forwarded-Host", host)
	}
	for _, c := range cookies {
		q.AddCookie(c)
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, q)
	return w.Result()
}

func given(t *testing.T, a *http.Response, name string) *http.Cookie {
	t.Helper()
	for _, c := range a.Cookies() {
		if strings.TrimPrefix(c.Name, "__Host-") == name && c.MaxAge >= 0 {
			return c
		}
	}
	t.Fatalf("no cookie %s: %d, %v", name, a.StatusCode, a.Cookies())
	return nil
}

// TestSignInByMail: the answer is the same whether anybody has the address; the
// link is made of the address that people use, whatever Host a request names,
// and leads on to the page that was wanted.
func TestSignInByMail(t *testing.T) {
	r, letters, _ := newOffice(t)
	_, err := r.access.Grant(t.Context(), "eva@example.org", access.Grant{Role: access.Ledning, Unit: "kommun"})
	check(t, err)
	var pages []string
	for _, email := range []string{"eva@example.org", "nix@example.org"} {
		a := r.ask(http.MethodPost, "/logga-in", "ond.example", url.Values{"email": {email}, "till": {"/jamfor?a=b"}})
		page := strings.ReplaceAll(text(t, a), email, "ADDRESS")
		if a.StatusCode != http.StatusOK || !strings.Contains(page, "ADDRESS") {
			t.Errorf("%s: %d", email, a.StatusCode)
		}
		pages = append(pages, page)
	}
	if pages[0] != pages[1] {
		t.Error("the answers differ")
	}
	r.Wait()
	if len(letters.links) != 1 || len(letters.links["eva@example.org"]) != 1 {
		t.Fatalf("sent: %v", letters.links)
	}
	link := letters.links["eva@example.org"][0]
	path, ours := strings.CutPrefix(link, "http://example.test/in/")
	if !ours || !strings.HasSuffix(path, "?till=%2Fjamfor%3Fa%3Db") {
		t.Fatalf("the link is %s", link)
	}
	page := text(t, r.ask(http.MethodGet, "/in/"+path, "", nil))
	action := regexp.MustCompile(`action="(/in/[^"]+)"`).FindStringSubmatch(page)
	if action == nil {
		t.Fatalf("no form: %s", page)
	}
	a := r.ask(http.MethodPost, action[1], "", nil)
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/jamfor?a=b" {
		t.Errorf("led to %q", a.Header.Get("Location"))
	}
	if page := text(t, r.ask(http.MethodGet, "/konto", "", nil, given(t, a, accountCookie))); !strings.Contains(page, "Ledning för Testkommun") {
		t.Errorf("own account: %s", page)
	}
	if a := r.ask(http.MethodPost, action[1], "", nil); a.StatusCode != http.StatusNotFound {
		t.Errorf("the link again: %d", a.StatusCode)
	}
	a = r.ask(http.MethodPost, "/logga-in", "", url.Values{"email": {"eva@"}, "till": {"/jamfor"}})
	includes(t, text(t, a), `value="eva@"`, `value="/jamfor"`, `aria-invalid="true"`, "<title>Fel: ")
	if a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("half an address: %d", a.StatusCode)
	}
	for range 4 {
		a = r.ask(http.MethodPost, "/logga-in", "", url.Values{"email": {"nix@example.org"}})
	}
	if a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") != "900" {
		t.Errorf("asked too often: %d, Retry-After %q", a.StatusCode, a.Header.Get("Retry-After"))
	}
	r.config.Letters = nil
	if page := text(t, r.ask(http.MethodGet, "/logga-in", "", nil)); !strings.Contains(page, "Be kommunens administratör om en") || strings.Contains(page, `name="email"`) {
		t.Errorf("without mail: %s", page)
	}
}

func text(t *testing.T, a *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(a.Body)
	check(t, err)
	return string(body)
}

// TestComingBack leads to this site alone.
func TestComingBack(t *testing.T) {
	r, _, _ := newOffice(t)
	for _, till := range []string{"https://ond.example/", "//ond.example", `/\ond.example`, "ond.example", "javascript:alert(1)", "/\t/ond.example", ""} {
		token, err := r.access.Grant(t.Context(), "eva@example.org", access.Grant{Role: access.Ledning, Unit: "kommun"})
		check(t, err)
		a := r.ask(http.MethodPost, "/in/"+token+"?"+url.Values{"till": {till}}.Encode(), "", nil)
		if got := a.Header.Get("Location"); got != "/" {
			t.Errorf("%q leads to %q", till, got)
		}
	}
	page := text(t, r.ask(http.MethodGet, "/resultat?omgang=2025", "", nil))
	if !strings.Contains(page, `href="/logga-in?till=%2fresultat%3fomgang%3d2025"`) && !strings.Contains(page, `href="/logga-in?till=%2Fresultat%3Fomgang%3D2025"`) {
		t.Errorf("the page that asks to sign in does not lead back: %s", page)
	}
}

// TestUnknownLinks are refused past a limit, and right ones never.
func TestUnknownLinks(t *testing.T) {
	r, _, _ := newOffice(t)
	token, err := r.access.Grant(t.Context(), "eva@example.org", access.Grant{Role: access.Ledning, Unit: "kommun"})
	check(t, err)
	for i := 0; i < 1000 && r.access.Unknown(t.Context()) == nil; i++ {
	}
	for _, path := range []string{"/e/fel", "/in/fel"} {
		if a := r.ask(http.MethodGet, path, "", nil); a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	if a := r.ask(http.MethodGet, "/in/"+token, "", nil); a.StatusCode != http.StatusOK {
		t.Errorf("the right link's page: %d", a.StatusCode)
	}
	if a := r.ask(http.MethodPost, "/in/"+token, "", nil); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the right link: %d", a.StatusCode)
	}
}

// TestSignInWithTheOrganisationsAccount goes all the way, over https, to a real
// provider and back.
func TestSignInWithTheOrganisationsAccount(t *testing.T) {
	r, _, _ := newOffice(t)
	r.config.BaseURL, _ = url.Parse("https://mognad.example")
	p := oidctest.New(t, "https://mognad.example"+OIDCCallback)
	var err error
	r.config.OIDC, err = oidc.New(oidc.Settings{Issuer: p.Issuer, ClientID: oidctest.Client, ClientSecret: oidctest.Secret,
		Callback: "https://mognad.example" + OIDCCallback, GroupsClaim: "groups", PersonClaim: oidc.Email, Name: "Logga in med Testkommuns konto"}, time.Now)
	check(t, err)
	includes(t, text(t, r.ask(http.MethodGet, "/logga-in", "", nil)), "Logga in med Testkommuns konto", `href="/logga-in/konto?till=`)
	p.Tell(map[string]any{"email": "eva@example.org", "email_verified": true, "name": "Eva", "groups": []string{"hr"}}, false)
	come := func(till string) (back string, attempt *http.Cookie) {
		t.Helper()
		a := r.ask(http.MethodGet, "/logga-in/konto?"+url.Values{"till": {till}}.Encode(), "", nil)
		attempt = given(t, a, attemptCookie)
		if !attempt.Secure || !attempt.HttpOnly || !strings.HasPrefix(attempt.Name, "__Host-") || attempt.SameSite != http.SameSiteLaxMode {
			t.Errorf("the cookie is %v", attempt)
		}
		return p.Visit(t, a.Header.Get("Location")).RequestURI(), attempt
	}
	back, attempt := come("/jamfor")
	a := r.ask(http.MethodGet, back, "", nil, attempt)
	if page := text(t, a); a.StatusCode != http.StatusForbidden || !strings.Contains(page, "Du har ingen roll här") || !strings.Contains(page, "eva@example.org") {
		t.Errorf("without a role: %d %s", a.StatusCode, page)
	}
	tree, err := org.NewTree([]org.Unit{{ID: "kommun"}})
	check(t, err)
	office := access.Office{Service: r.access, Tree: tree, By: access.Identity{Account: "admin", Grants: []access.Grant{{Role: access.Administrator, Unit: "kommun"}}}}
	check(t, office.AddGroup(t.Context(), access.GroupGrant{Group: "hr", Grant: access.Grant{Role: access.HR, Unit: "kommun"}}))
	back, attempt = come("/jamfor")
	_, other := come("/jamfor")
	for what, cookies := range map[string][]*http.Cookie{"no cookie": nil, "another browser's": {other}} {
		if a := r.ask(http.MethodGet, back, "", nil, cookies...); a.StatusCode != http.StatusConflict {
			t.Errorf("%s: %d", what, a.StatusCode)
		}
	}
	a = r.ask(http.MethodGet, back, "", nil, attempt)
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/jamfor" {
		t.Fatalf("%d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	session := given(t, a, accountCookie)
	if !strings.HasPrefix(session.Name, "__Host-") || !session.Secure {
		t.Errorf("the session is %v", session)
	}
	includes(t, text(t, r.ask(http.MethodGet, "/konto", "", nil, session)), "HR för Testkommun")
	if a := r.ask(http.MethodGet, back, "", nil, attempt); a.StatusCode != http.StatusConflict {
		t.Errorf("the code again: %d", a.StatusCode)
	}
	if a := r.ask(http.MethodPost, "/konto/logga-ut-overallt", "", nil, session); a.StatusCode != http.StatusSeeOther {
		t.Errorf("out: %d", a.StatusCode)
	}
	if a := r.ask(http.MethodGet, "/konto", "", nil, session); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("after that: %d", a.StatusCode)
	}
}

// A page that renews itself keeps nobody signed in: an hour unused is an hour
// without somebody there.
func TestRenewalIsNoUse(t *testing.T) {
	r, who := newCoordinator(t)
	session, err := r.store.Session(t.Context(), keys.Hash(who.Value))
	check(t, err)
	soon := time.Now().Add(20 * time.Minute).Truncate(time.Second)
	session.Until = soon
	check(t, r.store.PutSession(t.Context(), session))
	for _, renewal := range []bool{true, false} {
		q := httptest.NewRequest(http.MethodGet, "/omgangar/2027", nil)
		q.AddCookie(who)
		if renewal {
			q.Header.Set(renewalHeader, "1")
		}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, q)
		session, err := r.store.Session(t.Context(), keys.Hash(who.Value))
		check(t, err)
		if w.Code != http.StatusOK || session.Until.Equal(soon) != renewal {
			t.Errorf("renewal %v: %d, until %v", renewal, w.Code, session.Until)
		}
	}
	script, err := static.FS.ReadFile("js/omgang.js")
	check(t, err)
	includes(t, string(script), renewalHeader)
}
