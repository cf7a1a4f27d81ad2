package oidc

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/oidc/oidctest"
)

const callback = "http://127.0.0.1:1/logga-in/klar"

var anna = map[string]any{"email": "Anna.Berg@Example.org", "email_verified": true, "name": "Anna Berg", "groups": []string{"chefer", "it"}}

// trial is a provider with Anna signed in, and the settings that go with it.
type trial struct {
	*oidctest.Provider
	settings Settings
	now      time.Time
}

func newTrial(t *testing.T) *trial {
	p := oidctest.New(t, callback)
	p.Tell(anna, false)
	return &trial{p, Settings{Issuer: p.Issuer, ClientID: oidctest.Client, ClientSecret: oidctest.Secret, Callback: callback,
		GroupsClaim: "groups", PersonClaim: Email}, time.Now()}
}

func (r *trial) provider(t *testing.T) *Provider {
	t.Helper()
	p, err := New(r.settings, func() time.Time { return r.now })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// there goes to the provider and back.
func (r *trial) there(t *testing.T, p *Provider) (Attempt, url.Values) {
	t.Helper()
	address, a, err := p.Begin("/resultat")
	if err != nil {
		t.Fatal(err)
	}
	return a, r.Visit(t, address).Query()
}

func (r *trial) signIn(t *testing.T) (Person, error) {
	t.Helper()
	p := r.provider(t)
	a, answer := r.there(t, p)
	return p.Finish(t.Context(), a, answer)
}

// TestSignIn: the attempt comes back as text, to another process.
func TestSignIn(t *testing.T) {
	r := newTrial(t)
	a, answer := r.there(t, r.provider(t))
	kept, err := Parse(a.String())
	if err != nil || kept.Next != "/resultat" {
		t.Fatalf("%+v, %v", kept, err)
	}
	for _, late := range []bool{false, true} {
		r.Tell(anna, late)
		if late {
			a, answer = r.there(t, r.provider(t))
			kept = a
		}
		got, err := r.provider(t).Finish(t.Context(), kept, answer)
		want := Person{ID: "anna.berg@example.org", Name: "Anna Berg", Email: "anna.berg@example.org", Groups: []string{"chefer", "it"}}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("late %v: got %+v, %v", late, got, err)
		}
	}
}

// TestWhatIsToldOfThePerson decides who it is, or that it can't be told.
func TestWhatIsToldOfThePerson(t *testing.T) {
	r := newTrial(t)
	for name, c := range map[string]struct {
		claim, groups string
		trust         bool
		told          map[string]any
		want          Person
		refused       bool
	}{
		"not verified":           {claim: Email, told: map[string]any{"email": "a@example.org", "email_verified": false}, refused: true},
		"not said whether":       {claim: Email, told: map[string]any{"email": "a@example.org"}, refused: true},
		"trusted":                {claim: Email, trust: true, told: map[string]any{"email": "a@example.org"}, want: Person{ID: "a@example.org", Name: "a@example.org", Email: "a@example.org"}},
		"verified as a text":     {claim: Email, told: map[string]any{"email": "a@example.org", "email_verified": "true"}, want: Person{ID: "a@example.org", Name: "a@example.org", Email: "a@example.org"}},
		"no address":             {claim: Email, told: map[string]any{"email_verified": true}, refused: true},
		"no address, but a name": {claim: Email, trust: true, told: map[string]any{"email": "anna"}, refused: true},
		"user name":              {claim: PreferredUsername, told: map[string]any{"preferred_username": "Anna@Example.org", "name": "Anna"}, want: Person{ID: "anna@example.org", Name: "Anna", Email: "anna@example.org"}},
		"user name of no mail":   {claim: PreferredUsername, told: map[string]any{"preferred_username": "annab"}, want: Person{ID: "annab", Name: "annab"}},
		"another's id":           {claim: PreferredUsername, told: map[string]any{"preferred_username": "oid:1"}, refused: true},
		"object":                 {claim: ObjectID, told: map[string]any{"oid": "1-2", "name": "Anna", "email": "a@example.org"}, want: Person{ID: "oid:1-2", Name: "Anna"}},
		"no object":              {claim: ObjectID, told: anna, refused: true},
		"subject":                {claim: Subject, told: map[string]any{}, want: Person{ID: "sub:anna", Name: "sub:anna"}},
		"one group":              {claim: Subject, groups: "roles", told: map[string]any{"roles": "it", "groups": []string{"x"}}, want: Person{ID: "sub:anna", Name: "sub:anna", Groups: []string{"it"}}},
		"groups of numbers":      {claim: Subject, told: map[string]any{"groups": []int{1}}, refused: true},
		"groups in a map":        {claim: Subject, told: map[string]any{"groups": map[string]any{"a": 1}}, refused: true},
		"too many groups":        {claim: Subject, told: map[string]any{"_claim_names": map[string]any{"groups": "src1"}}, refused: true},
	} {
		r.settings.PersonClaim, r.settings.TrustEmail, r.settings.GroupsClaim = c.claim, c.trust, "groups"
		if c.groups != "" {
			r.settings.GroupsClaim = c.groups
		}
		r.Tell(c.told, false)
		got, err := r.signIn(t)
		if c.refused {
			if !fail.Is(err, fail.Forbidden) {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

// TestLies: a token that is sealed with the right key, but was made for another
// sign-in, another program or another time, is refused.
func TestLies(t *testing.T) {
	r := newTrial(t)
	for name, lie := range map[string]func(map[string]any){
		"another nonce":               func(c map[string]any) { c["nonce"] = "another" },
		"no nonce":                    func(c map[string]any) { delete(c, "nonce") },
		"another issuer":              func(c map[string]any) { c["iss"] = "https://login.example.org" },
		"foreign audience":            func(c map[string]any) { c["aud"] = []string{"another"} },
		"made for another, read here": func(c map[string]any) { c["aud"], c["azp"] = []string{oidctest.Client, "another"}, "another" },
		"expired":                     func(c map[string]any) { c["exp"] = time.Now().Add(-time.Minute).Unix() },
		"not yet":                     func(c map[string]any) { c["nbf"] = time.Now().Add(time.Hour).Unix() },
		"somebody else in userinfo":   func(c map[string]any) { delete(c, "groups"); c["sub"] = "bo" },
	} {
		r.Lie(lie)
		if got, err := r.signIn(t); !fail.Is(err, fail.Forbidden) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	r.Lie(func(map[string]any) {}) // sealed anew, but true
	if _, err := r.signIn(t); err != nil {
		t.Errorf("the truth: %v", err)
	}
	r.now = time.Now().Add(24 * time.Hour)
	if _, err := r.signIn(t); !fail.Is(err, fail.Forbidden) {
		t.Errorf("a day later by our clock: %v", err)
	}
}

// TestAnswersThatAreNotTheBrowsersOwn are refused.
func TestAnswersThatAreNotTheBrowsersOwn(t *testing.T) {
	r := newTrial(t)
	p := r.provider(t)
	a, answer := r.there(t, p)
	other, _ := r.there(t, p)
	with := func(field, value string) url.Values {
		v := url.Values{"state": {answer.Get("state")}, "code": {answer.Get("code")}}
		v.Set(field, value)
		return v
	}
	verifier := a
	verifier.Verifier = other.Verifier
	for _, c := range []struct {
		name   string
		a      Attempt
		answer url.Values
		want   fail.Code
	}{
		{"another browser", other, answer, fail.Conflict},
		{"wrong state", a, with("state", "x"), fail.Conflict},
		{"no state", a, with("state", ""), fail.Conflict},
		{"no attempt", Attempt{}, with("state", ""), fail.Conflict},
		{"made-up code", a, with("code", "x"), fail.Conflict},
		{"another issuer", a, with("iss", "https://login.example.org"), fail.Forbidden},
		{"refused there", a, with("error", "access_denied"), fail.Forbidden},
	} {
		if got, err := p.Finish(t.Context(), c.a, c.answer); !fail.Is(err, c.want) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	if _, err := p.Finish(t.Context(), a, with("iss", r.Issuer)); err != nil {
		t.Fatalf("the right one: %v", err)
	}
	if got, err := p.Finish(t.Context(), a, answer); !fail.Is(err, fail.Conflict) {
		t.Errorf("the code again: %+v, %v", got, err)
	}
	a, answer = r.there(t, p)
	a.Verifier = other.Verifier
	if got, err := p.Finish(t.Context(), a, answer); !fail.Is(err, fail.Conflict) {
		t.Errorf("a stolen code, without its verifier: %+v, %v", got, err)
	}
	for _, cookie := range []string{"", "x", "e30", a.String()[1:]} {
		if got, err := Parse(cookie); !fail.Is(err, fail.Conflict) {
			t.Errorf("cookie %q: %+v, %v", cookie, got, err)
		}
	}
}

// TestProviderDown stops nobody's start, and is over when it is over.
func TestProviderDown(t *testing.T) {
	r := newTrial(t)
	r.Down(true)
	p := r.provider(t)
	if _, _, err := p.Begin("/"); !fail.Is(err, fail.Unavailable) {
		t.Errorf("down: %v", err)
	}
	r.Down(false)
	if _, _, err := p.Begin("/"); !fail.Is(err, fail.Unavailable) {
		t.Errorf("it was asked again at once: %v", err)
	}
	r.now = r.now.Add(pause)
	a, answer := r.there(t, p)
	r.Down(true)
	if _, err := p.Finish(t.Context(), a, answer); !fail.Is(err, fail.Unavailable) {
		t.Errorf("down at the way back: %v", err)
	}
	r.Down(false)
	if _, err := p.Finish(t.Context(), a, answer); err != nil {
		t.Errorf("up again: %v", err)
	}
	r.settings.ClientSecret = "another"
	if _, err := r.signIn(t); !fail.Is(err, fail.Forbidden) {
		t.Errorf("a wrong secret: %v", err)
	}
}

// TestDiscoveryNamesTheIssuer: a provider that calls itself something else is
// not taken.
func TestDiscoveryNamesTheIssuer(t *testing.T) {
	r := newTrial(t)
	mirror := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		http.Redirect(w, q, r.Issuer+q.URL.Path, http.StatusFound)
	}))
	defer mirror.Close()
	r.settings.Issuer = mirror.URL
	if _, _, err := r.provider(t).Begin("/"); !fail.Is(err, fail.Unavailable) {
		t.Errorf("got %v", err)
	}
}

func TestSettings(t *testing.T) {
	for _, s := range []Settings{{Issuer: "login.example.org", ClientID: "x"}, {Issuer: "http://login.example.org", ClientID: "x"},
		{Issuer: "ftp://x", ClientID: "x"}, {Issuer: "https://login.example.org"}, {}} {
		if _, err := New(s, time.Now); err == nil {
			t.Errorf("%+v is taken", s)
		}
	}
	if _, err := New(Settings{Issuer: "https://login.example.org/x", ClientID: "x"}, time.Now); err != nil {
		t.Error(err)
	}
}
