package oidc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
)

// claims returns what the id token says, once its signature, issuer, audience,
// times and nonce have been checked; what it lacks is asked of the provider.
func (p *Provider) claims(ctx context.Context, found *oidc.Provider, token *oauth2.Token, nonce string) (map[string]any, error) {
	raw, _ := token.Extra("id_token").(string)
	id, err := found.VerifierContext(ctx, &oidc.Config{ClientID: p.settings.ClientID, Now: p.now}).Verify(ctx, raw)
	if err != nil {
		return nil, refused(err)
	}
	if id.Nonce != nonce {
		return nil, refused(errors.New("the nonce is another"))
	}
	said := map[string]any{}
	if err := id.Claims(&said); err != nil {
		return nil, refused(err)
	}
	if azp, _ := said["azp"].(string); azp != p.settings.ClientID && (azp != "" || len(id.Audience) > 1) {
		return nil, refused(errors.New("the token was made for another program"))
	}
	_, hasPerson := said[p.settings.PersonClaim]
	_, hasGroups := said[p.settings.GroupsClaim]
	if hasPerson && hasGroups || found.UserInfoEndpoint() == "" {
		return said, nil
	}
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, down(err)
	}
	if info.Subject != id.Subject {
		return nil, refused(errors.New("the provider tells of somebody else"))
	}
	more := map[string]any{}
	if err := info.Claims(&more); err != nil {
		return nil, refused(err)
	}
	for k, v := range more {
		if _, has := said[k]; !has {
			said[k] = v
		}
	}
	return said, nil
}

// person returns who the claims tell of; fail.Forbidden when they do not tell it
// well enough.
func (p *Provider) person(said map[string]any) (Person, error) {
	text := func(claim string) string {
		v, _ := said[claim].(string)
		return strings.TrimSpace(v)
	}
	// Some say "true" as a text.
	verified := p.settings.TrustEmail || said["email_verified"] == true || said["email_verified"] == "true"
	who := Person{Email: strings.ToLower(text(Email))}
	if !verified || !org.ValidAddress(who.Email) {
		who.Email = ""
	}
	switch v := text(p.settings.PersonClaim); {
	case v == "":
		return Person{}, refused(fmt.Errorf("the provider tells no %q", p.settings.PersonClaim))
	case p.settings.PersonClaim == Email && who.Email == "":
		return Person{}, errUnverified
	case p.settings.PersonClaim == Email:
		who.ID = who.Email
	case p.settings.PersonClaim == PreferredUsername:
		if strings.Contains(v, ":") { // would be taken for an id of another kind
			return Person{}, refused(errors.New("the user name has a colon"))
		}
		who.ID = strings.ToLower(v)
		if who.Email == "" && org.ValidAddress(who.ID) {
			who.Email = who.ID
		}
	default:
		who.ID = p.settings.PersonClaim + ":" + v
	}
	who.Name = cmp.Or(text("name"), who.Email, who.ID)
	var err error
	who.Groups, err = p.groups(said)
	return who, err
}

var errUnverified = fail.New(fail.Forbidden, "Din organisations inloggning säger inte att din e-postadress är bekräftad, så du släpps inte in med den. Be den som sköter inloggningen att bekräfta adressen.",
	"Your organisation's sign-in does not say that your e-mail address is verified, so you are not let in with it. Ask whoever runs the sign-in to verify the address.")

// groups returns somebody's groups. None told is none; but where the provider
// says that they were too many to tell, nobody must lose a role for that.
func (p *Provider) groups(said map[string]any) ([]string, error) {
	if elsewhere, ok := said["_claim_names"].(map[string]any); ok && elsewhere[p.settings.GroupsClaim] != nil {
		return nil, fail.New(fail.Forbidden, "Du är med i så många grupper att din organisations inloggning inte räknar upp dem. Be den som sköter inloggningen att bara skicka de grupper som gäller mognad.",
			"You are in so many groups that your organisation's sign-in does not list them. Ask whoever runs the sign-in to send only the groups that concern mognad.")
	}
	switch v := said[p.settings.GroupsClaim].(type) {
	case nil:
		return nil, nil
	case string:
		return []string{v}, nil
	case []any:
		var out []string
		for _, g := range v {
			name, ok := g.(string)
			if !ok {
				return nil, refused(fmt.Errorf("%q holds what is no text", p.settings.GroupsClaim))
			}
			out = append(out, name)
		}
		return out, nil
	default:
		return nil, refused(fmt.Errorf("%q is no list of texts", p.settings.GroupsClaim))
	}
}
