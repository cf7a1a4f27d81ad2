package access

import (
	"context"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
)

// GroupGrant gives a role to everybody in a group of the organisation's own
// sign-in.
type GroupGrant struct {
	Group string `json:"group"`
	Grant
}

// groupMap is what the groups give, stored as one card.
type groupMap struct {
	Rows []GroupGrant `json:"rows"`
}

const (
	groupKind = "access"
	groupID   = "groups"
)

func (s *Service) groups(ctx context.Context) ([]GroupGrant, error) {
	m, err := card.Get[groupMap](ctx, s.store, groupKind, groupID)
	return m.Rows, err
}

// grants returns all that an account may do: what it has been given by hand, and
// what its groups give. What groups give ends with the sign-in that told of them,
// so that nobody who has left a group keeps it by signing in another way.
func (s *Service) grants(ctx context.Context, a Account) ([]Grant, error) {
	if len(a.Groups) == 0 || s.now().After(a.GroupsAt.Add(AccountSession)) {
		return a.Grants, nil
	}
	rows, err := s.groups(ctx)
	if err != nil {
		return nil, err
	}
	return join(a.Grants, byGroup(a.Groups, rows)), nil
}

func byGroup(groups []string, rows []GroupGrant) (out []Grant) {
	for _, r := range rows {
		if slices.Contains(groups, r.Group) && !slices.Contains(out, r.Grant) {
			out = append(out, r.Grant)
		}
	}
	return out
}

func join(a, b []Grant) []Grant {
	out := slices.Clone(a)
	for _, g := range b {
		if !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out
}

// External is who the organisation's own sign-in says somebody is.
type External struct {
	ID     string // account id
	Name   string
	Email  string // "" where it is not told
	Groups []string
}

// ErrNoRole is what SignInAs answers somebody who may do nothing here.
var ErrNoRole = fail.New(fail.Forbidden, "Du har ingen roll här. Be kommunens samordnare om en.", "You have no role here. Ask the municipality's coordinator for one.")

// SignInAs begins a session for whoever the organisation's own sign-in has
// vouched for, and returns the cookie's value. Of the groups only those are kept
// that give a role; the roles of groups that are gone are gone. ErrNoRole where
// none is left: nothing is stored of a person who is new.
func (s *Service) SignInAs(ctx context.Context, who External) (cookie string, err error) {
	rows, err := s.groups(ctx)
	if err != nil {
		return "", err
	}
	known := slices.DeleteFunc(slices.Clone(who.Groups), func(g string) bool {
		return !slices.ContainsFunc(rows, func(r GroupGrant) bool { return r.Group == g })
	})
	var had []Grant
	a, err := s.store.UpdateAccount(ctx, who.ID, func(a *Account) error {
		had = held(*a, rows)
		if len(known) == 0 && len(a.Grants) == 0 && len(a.Groups) == 0 {
			return ErrNoRole
		}
		a.Name = who.Name
		if who.Email != "" {
			a.Email = who.Email
		}
		a.Groups, a.GroupsAt = known, time.Time{}
		if len(known) > 0 {
			a.GroupsAt = s.now()
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if len(a.Grants) == 0 && len(known) == 0 {
		return "", ErrNoRole
	}
	if err := s.endWidened(ctx, a.ID, had, held(a, rows), nil); err != nil {
		return "", err
	}
	return s.startAccount(ctx, a.ID, "oidc")
}
