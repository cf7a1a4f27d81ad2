package main

import (
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/mognad/mognad/internal/oidc"
	"github.com/mognad/mognad/internal/web"
)

// signIn is how people sign in with their organisation's own accounts. The
// client's secret is given in the environment alone: flags can be read by others
// on the machine.
type signIn struct {
	Issuer      string `name:"oidc-issuer" placeholder:"URL" help:"Let people sign in with OpenID Connect at this provider. The client's secret is read from MOGNAD_OIDC_CLIENT_SECRET; the address to send people back to is BASE-URL/logga-in/klar."`
	ClientID    string `name:"oidc-client-id" placeholder:"ID" help:"What the provider knows this program as."`
	GroupsClaim string `name:"oidc-groups-claim" default:"groups" placeholder:"CLAIM" help:"Claim that tells somebody's groups; what each gives is chosen in the browser."`
	PersonClaim string `name:"oidc-person-claim" default:"email" enum:"email,preferred_username,oid,sub" help:"Claim that tells who somebody is, one of ${enum}. With Entra ID: preferred_username, where only the organisation chooses it, or oid."`
	TrustEmail  bool   `name:"oidc-trust-email" help:"Take e-mail addresses that the provider does not say are verified: where only the organisation sets them."`
	Name        string `name:"oidc-name" placeholder:"TEXT" help:"What the button says, for example \"Logga in med Exempelkommuns konto\"."`
}

// provider returns the organisation's own sign-in; nil where none is told of. It
// is not asked for anything yet.
func (s signIn) provider(base *url.URL) (*oidc.Provider, error) {
	if s.Issuer == "" {
		return nil, nil
	}
	p, err := oidc.New(oidc.Settings{Issuer: s.Issuer, ClientID: s.ClientID, ClientSecret: os.Getenv("MOGNAD_OIDC_CLIENT_SECRET"),
		Callback: base.String() + web.OIDCCallback, Name: s.Name, GroupsClaim: s.GroupsClaim, PersonClaim: s.PersonClaim, TrustEmail: s.TrustEmail}, time.Now)
	if err != nil {
		return nil, fmt.Errorf("--oidc: %w", err)
	}
	return p, nil
}
