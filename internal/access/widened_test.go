package access_test

import (
	"testing"

	"github.com/mognad/mognad/internal/access"
)

// TestNobodyIsLetInBeyondTheirReach: who was once shown a link to an account,
// since all that it might do was theirs to manage, has no session or link left
// when it gets a role elsewhere.
func TestNobodyIsLetInBeyondTheirReach(t *testing.T) {
	chef := access.Grant{Role: access.Chef, Unit: "kommun"}
	hr := access.Grant{Role: access.HR, Unit: "annan"}
	eva := access.External{ID: "eva@example.org", Name: "Eva", Email: "eva@example.org", Groups: []string{"hr", "it"}}
	for name, widen := range map[string]func(s timed, whole, annan access.Office) error{
		"given by hand": func(s timed, _, annan access.Office) error { return annan.Give(t.Context(), eva.ID, "", hr) },
		"given by who manages both": func(s timed, whole, _ access.Office) error {
			return whole.GiveTo(t.Context(), key(t, whole, eva.ID), hr)
		},
		"given on the server": func(s timed, _, _ access.Office) error { _, err := s.Grant(t.Context(), eva.ID, hr); return err },
		"given by a group": func(s timed, _, annan access.Office) error {
			if err := annan.AddGroup(t.Context(), access.GroupGrant{Group: "hr", Grant: hr}); err != nil {
				return err
			}
			_, err := s.SignInAs(t.Context(), eva)
			return err
		},
		"given to a group": func(s timed, whole, annan access.Office) error {
			if err := whole.AddGroup(t.Context(), access.GroupGrant{Group: "it", Grant: chef}); err != nil {
				return err
			}
			if _, err := s.SignInAs(t.Context(), eva); err != nil {
				return err
			}
			return annan.AddGroup(t.Context(), access.GroupGrant{Group: "it", Grant: hr})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, ctx := newTimed(t), t.Context()
			whole, kommun, annan := s.office(t, "root@example.org", "region"), s.office(t, "k@example.org", "kommun"), s.office(t, "a@example.org", "annan")
			if err := kommun.Give(ctx, eva.ID, "Eva", chef); err != nil {
				t.Fatal(err)
			}
			link := func() string {
				_, token, err := kommun.Link(ctx, key(t, kommun, eva.ID), true)
				if err != nil {
					t.Fatal(err)
				}
				return token
			}
			cookie, later := ok[string](t)(s.SignIn(ctx, link())), link()
			if err := kommun.Give(ctx, eva.ID, "", access.Grant{Role: access.HR, Unit: "omsorg"}); err != nil || !s.may(t, cookie) {
				t.Fatalf("a role below those it has ends the session: %v", err)
			}
			if err := widen(s, whole, annan); err != nil {
				t.Fatal(err)
			}
			if s.may(t, cookie) {
				t.Error("the session from before is let in elsewhere")
			}
			if _, err := s.SignIn(ctx, later); err == nil {
				t.Error("the link from before is let in elsewhere")
			}
		})
	}
}

// TestGroupsOfYesterdayAreOutOfReach: what an account's groups give elsewhere
// comes back when its owner signs in, so nobody else is shown a link to it.
func TestGroupsOfYesterdayAreOutOfReach(t *testing.T) {
	s, ctx := newTimed(t), t.Context()
	kommun, annan := s.office(t, "k@example.org", "kommun"), s.office(t, "a@example.org", "annan")
	if err := kommun.Give(ctx, "eva@example.org", "Eva", access.Grant{Role: access.Chef, Unit: "kommun"}); err != nil {
		t.Fatal(err)
	}
	if err := annan.AddGroup(ctx, access.GroupGrant{Group: "hr", Grant: access.Grant{Role: access.HR, Unit: "annan"}}); err != nil {
		t.Fatal(err)
	}
	ok[string](t)(s.SignInAs(ctx, access.External{ID: "eva@example.org", Name: "Eva", Groups: []string{"hr"}}))
	s.pass(access.AccountSession * 2)
	if e, err := kommun.Entry(ctx, key(t, kommun, "eva@example.org")); err != nil || e.Whole || len(e.ByGroup) != 0 {
		t.Errorf("%+v, %v", e, err)
	}
}
