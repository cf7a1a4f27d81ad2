// Package oidctest runs a real OpenID Connect provider on loopback for tests,
// and can make it lie.
package oidctest

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// Client and Secret are those of the program that the provider knows.
const (
	Client = "mognad"
	Secret = "hemligt & långt"
)

// Provider is a provider with one user, whom it signs in without asking.
type Provider struct {
	Issuer string

	mu     sync.Mutex
	claims map[string]any              // of the user
	late   bool                        // the claims stand in the userinfo alone
	lie    func(claims map[string]any) // what is changed in an id token before it is sealed
	down   bool
	server *httptest.Server
}

// New starts a provider that sends browsers back to callback. It ends with the
// test.
func New(t testing.TB, callback string) *Provider {
	t.Helper()
	p := &Provider{}
	var handler http.Handler
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.isDown() {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(p.server.Close)
	p.Issuer = p.server.URL
	users := users{"anna": {ID: "anna", Username: "anna", Password: "anna"}}
	kept := &keeper{storage.NewStorageWithClients(users, map[string]*storage.Client{Client: storage.WebClient(Client, Secret, callback)}), p}
	provider, err := op.NewProvider(&op.Config{CodeMethodS256: true, AuthMethodPost: true}, kept, op.StaticIssuer(p.Issuer), op.WithAllowInsecure())
	if err != nil {
		t.Fatal(err)
	}
	back := op.AuthCallbackURL(provider)
	mux := http.NewServeMux()
	mux.HandleFunc("/login/username", func(w http.ResponseWriter, r *http.Request) {
		id := r.FormValue("authRequestID")
		if err := kept.CheckUsernamePassword("anna", "anna", id); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		http.Redirect(w, r, back(op.ContextWithIssuer(r.Context(), p.Issuer), id), http.StatusFound)
	})
	mux.Handle("/", p.lying(provider, kept))
	handler = mux
	return p
}

// Tell sets what is told of the user beside the subject: in the id token, or
// where late in the userinfo alone.
func (p *Provider) Tell(claims map[string]any, late bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.claims, p.late = claims, late
}

// Lie has every id token changed before it is sealed with the provider's key;
// nil for the truth.
func (p *Provider) Lie(lie func(claims map[string]any)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lie = lie
}

// Down has every request answered with 502, or not any more.
func (p *Provider) Down(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

func (p *Provider) isDown() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.down
}

// Visit goes as a browser from an address at the provider to where it sends the
// browser back, and returns that address, which has not been asked for.
func (p *Provider) Visit(t testing.TB, address string) *url.URL {
	t.Helper()
	client := &http.Client{CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), p.Issuer) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	resp, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		text, _ := io.ReadAll(resp.Body)
		t.Fatalf("the provider answers %d: %s", resp.StatusCode, text)
	}
	return back
}

// lying changes the id token in answers to /oauth/token when told to lie.
func (p *Provider) lying(h http.Handler, kept *keeper) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		lie := p.lie
		p.mu.Unlock()
		if lie == nil || r.URL.Path != "/oauth/token" {
			h.ServeHTTP(w, r)
			return
		}
		seen := httptest.NewRecorder()
		h.ServeHTTP(seen, r)
		body := seen.Body.Bytes()
		var answer map[string]any
		if err := json.Unmarshal(body, &answer); err == nil && answer["id_token"] != nil {
			answer["id_token"] = kept.seal(answer["id_token"].(string), lie)
			body, _ = json.Marshal(answer)
		}
		maps.Copy(w.Header(), seen.Header())
		w.Header().Del("Content-Length")
		w.WriteHeader(seen.Code)
		w.Write(body)
	})
}

// keeper is the provider's memory, which tells of the user what the test says.
type keeper struct {
	*storage.Storage
	p *Provider
}

func (k *keeper) seal(token string, lie func(map[string]any)) string {
	was, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		panic(err)
	}
	claims := map[string]any{}
	if err := json.Unmarshal(was.UnsafePayloadWithoutVerification(), &claims); err != nil {
		panic(err)
	}
	lie(claims)
	content, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	key, err := k.SigningKey(context.Background())
	if err != nil {
		panic(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: key.SignatureAlgorithm(), Key: jose.JSONWebKey{Key: key.Key(), KeyID: key.ID()}}, nil)
	if err != nil {
		panic(err)
	}
	sealed, err := signer.Sign(content)
	if err != nil {
		panic(err)
	}
	text, err := sealed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return text
}

// SetUserinfoFromRequest fills the id token.
func (k *keeper) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, request op.IDTokenRequest, _ []string) error {
	k.p.mu.Lock()
	defer k.p.mu.Unlock()
	info.Subject = request.GetSubject()
	if !k.p.late {
		k.p.fill(info)
	}
	return nil
}

// SetUserinfoFromToken fills the userinfo.
func (k *keeper) SetUserinfoFromToken(_ context.Context, info *oidc.UserInfo, _, subject, _ string) error {
	k.p.mu.Lock()
	defer k.p.mu.Unlock()
	info.Subject = subject
	k.p.fill(info)
	return nil
}

func (p *Provider) fill(info *oidc.UserInfo) {
	for name, v := range p.claims {
		info.AppendClaims(name, v)
	}
}

type users map[string]*storage.User

func (u users) GetUserByID(id string) *storage.User         { return u[id] }
func (u users) GetUserByUsername(name string) *storage.User { return u[name] }
func (u users) ExampleClientID() string                     { return "service" }
