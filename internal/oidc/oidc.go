// Package oidc lets people sign in with their organisation's own sign-in, by
// OpenID Connect: the authorization code flow with PKCE. What ties an answer to
// the browser that asked stands in that browser's cookie, so that it may come to
// another process than the question did.
package oidc

import (
	"cmp"
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
)

// Claims that can tell who somebody is.
const (
	Email             = "email"
	PreferredUsername = "preferred_username"
	ObjectID          = "oid"
	Subject           = "sub"
)

// Settings is what an installation is told of its organisation's sign-in.
type Settings struct {
	Issuer       string // address of the provider, as it stands in its tokens
	ClientID     string
	ClientSecret string
	Callback     string // whole address that the provider sends the browser back to
	Name         string // what the button says; "" for the program's own words
	GroupsClaim  string // what somebody's groups stand under
	PersonClaim  string // what tells who somebody is: Email, PreferredUsername, ObjectID or Subject
	TrustEmail   bool   // take an address that the provider does not say is verified
}

// Person is who the provider says has signed in.
type Person struct {
	ID     string // account id: an address in lower case, or "oid:…" and "sub:…"
	Name   string
	Email  string // "" where it is not told
	Groups []string
}

// Attempt is one person's way to the provider and back, kept by the browser.
type Attempt struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	Next     string `json:"t,omitempty"` // where to go afterwards, as asked for
}

// String returns what Parse reads: letters, digits, - and _.
func (a Attempt) String() string {
	text, _ := json.Marshal(a) // strings alone
	return base64.RawURLEncoding.EncodeToString(text)
}

// Parse reads an attempt from a cookie; fail.Conflict when it is none.
func Parse(cookie string) (a Attempt, err error) {
	text, err := base64.RawURLEncoding.DecodeString(cookie)
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	if err != nil || a.State == "" || a.Nonce == "" || a.Verifier == "" {
		return Attempt{}, errAgain
	}
	return a, nil
}

// Provider is the organisation's sign-in. It is asked for its addresses and keys
// when somebody signs in, so that the program starts without it.
type Provider struct {
	settings Settings
	client   *http.Client
	now      func() time.Time

	mu     sync.Mutex
	found  *oidc.Provider // nil until it has answered
	failed time.Time      // when it last did not
	why    error
}

const (
	// patience is how long the provider may take to answer.
	patience = 8 * time.Second
	// pause is how long after it has failed it is not asked again: those who wait
	// get their answer together.
	pause = 5 * time.Second
)

// New makes a provider of its settings, asking nobody yet; an error tells which
// setting is wrong.
func New(s Settings, now func() time.Time) (*Provider, error) {
	u, err := url.Parse(s.Issuer)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("issuer %q: write it whole, for example https://login.kommunen.se", s.Issuer)
	case u.Scheme == "http" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" && u.Hostname() != "::1":
		return nil, fmt.Errorf("issuer %q: http is for this machine alone, write https", s.Issuer)
	case s.ClientID == "":
		return nil, errors.New("the client id is missing")
	}
	return &Provider{settings: s, client: &http.Client{Timeout: patience}, now: now}, nil
}

// Name is what the button to sign in says; "" for the program's own words.
func (p *Provider) Name() string { return p.settings.Name }

// discover returns what the provider tells of itself, asked once.
func (p *Provider) discover() (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	if p.why != nil && p.now().Sub(p.failed) < pause {
		return nil, down(p.why)
	}
	// The keys are fetched anew with this context for as long as the program runs.
	found, err := oidc.NewProvider(oidc.ClientContext(context.Background(), p.client), p.settings.Issuer)
	if err != nil {
		p.failed, p.why = p.now(), err
		return nil, down(err)
	}
	p.found, p.why = found, nil
	return found, nil
}

func (p *Provider) config(found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: p.settings.ClientID, ClientSecret: p.settings.ClientSecret, Endpoint: found.Endpoint(),
		RedirectURL: p.settings.Callback, Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}
}

// Begin returns the address at the provider to send a browser to, and what the
// browser is to keep; fail.Unavailable when the provider does not answer.
func (p *Provider) Begin(next string) (address string, a Attempt, err error) {
	found, err := p.discover()
	if err != nil {
		return "", a, err
	}
	a = Attempt{State: keys.Random(), Nonce: keys.Random(), Verifier: oauth2.GenerateVerifier(), Next: next}
	return p.config(found).AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), a, nil
}

// Finish takes what the provider sent the browser back with, and returns who it
// is. Errors are fail.Conflict when the way has to be begun again,
// fail.Forbidden when the provider or what it says is not accepted, and
// fail.Unavailable when it does not answer.
func (p *Provider) Finish(ctx context.Context, a Attempt, answer url.Values) (Person, error) {
	if a.State == "" || subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(a.State)) != 1 {
		return Person{}, errAgain
	}
	// RFC 9207: an answer that says whose it is must say ours.
	if issuer := answer.Get("iss"); issuer != "" && issuer != p.settings.Issuer {
		return Person{}, refused(fmt.Errorf("the answer is from another issuer"))
	}
	if code := answer.Get("error"); code != "" {
		return Person{}, fail.Wrap(fmt.Errorf("provider answers %q", code), fail.Forbidden,
			"Inloggningen avbröts eller nekades hos din organisation. Försök igen, eller fråga den som sköter inloggningen där.",
			"Signing in was cancelled or refused by your organisation. Try again, or ask whoever runs the sign-in there.")
	}
	found, err := p.discover()
	if err != nil {
		return Person{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := p.config(found).Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return Person{}, exchangeFault(err)
	}
	said, err := p.claims(ctx, found, token, a.Nonce)
	if err != nil {
		return Person{}, err
	}
	return p.person(said)
}

// exchangeFault tells an answer that says no (a code used before, too old, made
// up; or wrong settings) from no answer.
func exchangeFault(err error) error {
	no, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok || no.Response != nil && no.Response.StatusCode >= http.StatusInternalServerError {
		return down(err)
	}
	if no.ErrorCode == "invalid_grant" {
		return fail.Wrap(errors.New("invalid_grant"), fail.Conflict, errAgain.SV, errAgain.EN)
	}
	return refused(fmt.Errorf("provider answers %q", cmp.Or(no.ErrorCode, "no token")))
}

var errAgain = fail.New(fail.Conflict, "Inloggningen tog för lång tid, eller började i en annan webbläsare. Börja om från sidan Logga in.",
	"Signing in took too long, or began in another browser. Begin again from the page Sign in.")

func refused(err error) error {
	return fail.Wrap(err, fail.Forbidden, "Svaret från din organisations inloggning gick inte att lita på, så du är inte inloggad. Försök igen. Hjälper det inte, säg till den som sköter mognad.",
		"The answer from your organisation's sign-in could not be trusted, so you are not signed in. Try again. If that does not help, tell whoever looks after mognad.")
}

func down(err error) error {
	return fail.Wrap(err, fail.Unavailable, "Din organisations inloggning svarar inte just nu. Vänta en stund och försök igen.",
		"Your organisation's sign-in does not answer right now. Wait a while and try again.")
}
