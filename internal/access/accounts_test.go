package access_test

import (
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
)

var region = func() *org.Tree {
	tree, err := org.NewTree([]org.Unit{{ID: "region"}, {ID: "kommun", Parent: "region"}, {ID: "omsorg", Parent: "kommun"}, {ID: "annan", Parent: "region"}})
	if err != nil {
		panic(err)
	}
	return tree
}()

// office gives an account a role to manage access with, and returns it at work.
func (s timed) office(t *testing.T, who, unit string) access.Office {
	t.Helper()
	g := access.Grant{Role: access.Administrator, Unit: unit}
	ok[string](t)(s.Grant(t.Context(), who, g))
	return access.Office{Service: s.Service, By: access.Identity{Account: who, Grants: []access.Grant{g}}, Tree: region}
}

func (s timed) given(t *testing.T, id string) []access.Grant {
	t.Helper()
	a, err := s.store.Account(t.Context(), id)
	if err != nil && !fail.Is(err, fail.NotFound) {
		t.Fatal(err)
	}
	return a.Grants
}

func key(t *testing.T, o access.Office, id string) string {
	t.Helper()
	all, err := o.Entries(t.Context())
	i := slices.IndexFunc(all, func(e access.Entry) bool { return e.ID == id })
	if err != nil || i < 0 {
		t.Fatalf("%s is not in the list: %v", id, err)
	}
	return all[i].Key
}

// TestNobodyGivesWhatIsNotTheirs: roles are given, seen and taken away within
// one's own part of the tree alone.
func TestNobodyGivesWhatIsNotTheirs(t *testing.T) {
	s, ctx := newTimed(t), t.Context()
	whole, kommun, annan := s.office(t, "root@example.org", "region"), s.office(t, "k@example.org", "kommun"), s.office(t, "a@example.org", "annan")
	chef := func(unit string) access.Grant { return access.Grant{Role: access.Chef, Unit: unit} }
	for _, c := range []struct {
		email, field string
		g            access.Grant
	}{
		{"eva@example.org", "unit", chef("region")}, {"eva@example.org", "unit", chef("annan")}, {"eva@example.org", "unit", chef("finns-inte")},
		{"eva@example.org", "unit", chef("")}, {"eva@example.org", "role", access.Grant{Role: "kung", Unit: "kommun"}},
		{"", "email", chef("kommun")}, {"eva", "email", chef("kommun")}, {"Eva <eva@example.org>", "email", chef("kommun")},
	} {
		err := kommun.Give(ctx, c.email, "Eva", c.g)
		if e, is := err.(*fail.Error); !is || e.Code != fail.Invalid || e.Field != c.field {
			t.Errorf("%q %v: %v", c.email, c.g, err)
		}
	}
	if got := s.given(t, "eva@example.org"); got != nil {
		t.Fatalf("given: %v", got)
	}
	for o, g := range map[*access.Office]access.Grant{&kommun: chef("omsorg"), &annan: chef("annan")} {
		if err := o.Give(ctx, " Eva@example.org", "Eva "+g.Unit, g); err != nil {
			t.Fatal(err)
		}
	}
	e, err := kommun.Entry(ctx, key(t, kommun, "eva@example.org"))
	if err != nil || !reflect.DeepEqual(e.Given, []access.Grant{chef("omsorg")}) || e.Whole {
		t.Errorf("the kommun sees %+v, %v", e, err)
	}
	if _, _, err := kommun.Link(ctx, e.Key, true); !fail.Is(err, fail.Forbidden) {
		t.Errorf("a link to more than one's own: %v", err)
	}
	if _, token, err := kommun.Link(ctx, e.Key, false); err != nil || token == "" {
		t.Errorf("a link that is sent: %v", err)
	}
	if _, token, err := whole.Link(ctx, e.Key, true); err != nil || token == "" {
		t.Errorf("a link for who manages all: %v", err)
	}
	if err := kommun.Take(ctx, e.Key, chef("annan"), false); !fail.Is(err, fail.Conflict) {
		t.Errorf("another's role: %v", err)
	}
	if err := kommun.Take(ctx, e.Key, access.Grant{}, false); err != nil {
		t.Fatal(err)
	}
	if got := s.given(t, "eva@example.org"); !reflect.DeepEqual(got, []access.Grant{chef("annan")}) {
		t.Errorf("after all was taken: %v", got)
	}
	if _, err := kommun.Entry(ctx, e.Key); !fail.Is(err, fail.Forbidden) {
		t.Errorf("it is still seen: %v", err)
	}
	for name, do := range map[string]func() error{
		"end": func() error { return kommun.EndSessions(ctx, e.Key) }, "take": func() error { return kommun.Take(ctx, e.Key, access.Grant{}, true) },
		"give": func() error { return kommun.GiveTo(ctx, e.Key, chef("kommun")) }, "unknown": func() error { return kommun.EndSessions(ctx, "x") },
	} {
		if err := do(); !fail.Is(err, fail.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := annan.Take(ctx, e.Key, chef("annan"), false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.Account(ctx, "eva@example.org"); !fail.Is(err, fail.NotFound) {
		t.Errorf("an account that may nothing is kept: %v", err)
	}
}

// TestTheLastAdministrator can't be taken away, nor one's own role by mistake.
func TestTheLastAdministrator(t *testing.T) {
	s, ctx := newTimed(t), t.Context()
	whole, kommun := s.office(t, "root@example.org", "region"), s.office(t, "k@example.org", "kommun")
	own := key(t, whole, "root@example.org")
	for _, g := range []access.Grant{{}, whole.By.Grants[0]} {
		if err := whole.Take(ctx, own, g, false); !fail.Is(err, fail.Invalid) {
			t.Errorf("own role, by mistake: %v", err)
		}
		if err := whole.Take(ctx, own, g, true); !fail.Is(err, fail.Conflict) {
			t.Errorf("the last: %v", err)
		}
	}
	if err := whole.AddGroup(ctx, access.GroupGrant{Group: "it", Grant: whole.By.Grants[0]}); err != nil {
		t.Fatal(err)
	}
	ok[string](t)(s.SignInAs(ctx, access.External{ID: "bo@example.org", Name: "Bo", Groups: []string{"it"}}))
	if err := whole.Take(ctx, own, access.Grant{}, true); !fail.Is(err, fail.Conflict) {
		t.Errorf("the last by hand: %v", err)
	}
	if err := kommun.Take(ctx, key(t, kommun, "k@example.org"), access.Grant{}, true); err != nil {
		t.Errorf("not the last, the one above is left: %v", err)
	}
	other := s.office(t, "other@example.org", "region")
	one, two := key(t, other, "root@example.org"), key(t, whole, "other@example.org")
	var both sync.WaitGroup
	var errs [2]error
	both.Go(func() { errs[0] = other.Take(ctx, one, access.Grant{}, false) })
	both.Go(func() { errs[1] = whole.Take(ctx, two, access.Grant{}, false) })
	both.Wait()
	if left := len(s.given(t, "root@example.org")) + len(s.given(t, "other@example.org")); left != 1 {
		t.Errorf("of two who take from each other %d are left: %v", left, errs)
	}
}

// TestTwoAdministratorsAtOnce lose nothing.
func TestTwoAdministratorsAtOnce(t *testing.T) {
	s, ctx := newTimed(t), t.Context()
	offices := []access.Office{s.office(t, "a@example.org", "region"), s.office(t, "b@example.org", "region")}
	var all sync.WaitGroup
	for i, role := range access.Roles {
		all.Go(func() {
			if err := offices[i%2].Give(ctx, "eva@example.org", "Eva", access.Grant{Role: role, Unit: "omsorg"}); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if err := offices[i%2].AddGroup(ctx, access.GroupGrant{Group: "g", Grant: access.Grant{Role: role, Unit: "omsorg"}}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := s.given(t, "eva@example.org"); len(got) != len(access.Roles) {
		t.Errorf("given: %v", got)
	}
	if rows, err := offices[0].Groups(ctx); err != nil || len(rows) != len(access.Roles) {
		t.Errorf("groups: %v, %v", rows, err)
	}
}

// TestGroups: what they give is counted anew at each sign-in, and what was given
// by hand stays.
func TestGroups(t *testing.T) {
	s, ctx := newTimed(t), t.Context()
	o, annan := s.office(t, "root@example.org", "region"), s.office(t, "a@example.org", "annan")
	hr, chef := access.Grant{Role: access.HR, Unit: "kommun"}, access.Grant{Role: access.Chef, Unit: "omsorg"}
	eva := access.External{ID: "eva@example.org", Name: "Eva", Email: "eva@example.org", Groups: []string{"hr", "annat"}}
	if _, err := s.SignInAs(ctx, eva); err != access.ErrNoRole {
		t.Errorf("without any role: %v", err)
	}
	if _, err := s.store.Account(ctx, eva.ID); !fail.Is(err, fail.NotFound) {
		t.Errorf("something is kept of who has no role: %v", err)
	}
	for _, o := range []access.Office{annan} {
		if err := o.AddGroup(ctx, access.GroupGrant{Group: "hr", Grant: hr}); !fail.Is(err, fail.Invalid) {
			t.Errorf("a group given what is out of reach: %v", err)
		}
	}
	row := access.GroupGrant{Group: " hr ", Grant: hr}
	if err := o.AddGroup(ctx, row); err != nil {
		t.Fatal(err)
	}
	row.Group = "hr"
	grants := func(cookie string) []access.Grant {
		t.Helper()
		id, err := s.Identity(ctx, cookie)
		if err != nil {
			t.Fatal(err)
		}
		return id.Grants
	}
	first := ok[string](t)(s.SignInAs(ctx, eva))
	if got := grants(first); !reflect.DeepEqual(got, []access.Grant{hr}) {
		t.Errorf("by group: %v", got)
	}
	if a, _ := s.store.Account(ctx, eva.ID); !slices.Equal(a.Groups, []string{"hr"}) || len(a.Grants) != 0 {
		t.Errorf("kept: %+v", a)
	}
	if err := o.Give(ctx, eva.ID, "", chef); err != nil {
		t.Fatal(err)
	}
	if got := grants(first); !reflect.DeepEqual(got, []access.Grant{chef, hr}) {
		t.Errorf("both: %v", got)
	}
	if err := annan.RemoveGroup(ctx, row); !fail.Is(err, fail.Forbidden) {
		t.Errorf("another's group taken away: %v", err)
	}
	eva.Groups = nil
	second := ok[string](t)(s.SignInAs(ctx, eva))
	for _, cookie := range []string{first, second} {
		if got := grants(cookie); !reflect.DeepEqual(got, []access.Grant{chef}) {
			t.Errorf("the group is gone: %v", got)
		}
	}
	eva.Groups = []string{"hr"}
	third := ok[string](t)(s.SignInAs(ctx, eva))
	if err := o.RemoveGroup(ctx, row); err != nil {
		t.Fatal(err)
	}
	if got := grants(third); !reflect.DeepEqual(got, []access.Grant{chef}) {
		t.Errorf("the group gives nothing any more: %v", got)
	}
}

// TestGroupsEndWithTheSignIn that told of them: a link by mail, long after, does
// not bring them back.
func TestGroupsEndWithTheSignIn(t *testing.T) {
	s, ctx := newTimed(t), t.Context()
	o := s.office(t, "root@example.org", "region")
	if err := o.AddGroup(ctx, access.GroupGrant{Group: "it", Grant: access.Grant{Role: access.Administrator, Unit: "region"}}); err != nil {
		t.Fatal(err)
	}
	ok[string](t)(s.SignInAs(ctx, access.External{ID: "bo@example.org", Name: "Bo", Email: "bo@example.org", Groups: []string{"it"}}))
	if _, _, err := s.LinkFor(ctx, "bo@example.org"); err != nil {
		t.Errorf("the same day: %v", err)
	}
	s.pass(access.AccountSession + time.Minute)
	if _, _, err := s.LinkFor(ctx, "bo@example.org"); !fail.Is(err, fail.NotFound) {
		t.Errorf("the next day: %v", err)
	}
	token := ok[string](t)(s.Grant(ctx, "bo@example.org", access.Grant{Role: access.Chef, Unit: "omsorg"}))
	id, err := s.Identity(ctx, ok[string](t)(s.SignIn(ctx, token)))
	if err != nil || len(id.Grants) != 1 || id.Grants[0].Role != access.Chef {
		t.Errorf("%+v, %v", id, err)
	}
}
