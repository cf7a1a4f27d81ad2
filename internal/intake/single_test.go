package intake

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
)

func field(err error) string {
	if e, ok := errors.AsType[*fail.Error](err); ok {
		return e.Field
	}
	return ""
}

func TestOneUnit(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	id, err := f.PutUnit(ctx, "me", "a", org.Unit{Name: "  Hemtjänst  norr ", Kind: "Enhet", Parent: "bu"})
	must(t, err)
	if id != "hemtjanst-norr" {
		t.Errorf("id %q", id)
	}
	if other, err := f.PutUnit(ctx, "me", "a", org.Unit{Name: "Bygg", Parent: "bu"}); err != nil || other != "bygg-2" {
		t.Errorf("an id that another kommun has: %q, %v", other, err)
	}
	for _, c := range []struct {
		unit  org.Unit
		field string
	}{
		{org.Unit{Name: " ", Parent: "a"}, "name"}, {org.Unit{Name: "X", Parent: "bygg"}, "parent"}, {org.Unit{Name: "X"}, "parent"},
		{org.Unit{ID: "vo", Name: "X", Parent: "hn"}, "parent"}, {org.Unit{ID: "vo", Name: "X", Parent: "vo"}, "parent"},
	} {
		if _, err := f.PutUnit(ctx, "me", "a", c.unit); field(err) != c.field {
			t.Errorf("%+v: %v", c.unit, err)
		}
	}
	if _, err := f.PutUnit(ctx, "me", "a", org.Unit{ID: "bygg", Name: "X", Parent: "a"}); !fail.Is(err, fail.NotFound) {
		t.Errorf("another kommun's unit: %v", err)
	}
	_, err = f.PutUnit(ctx, "me", "a", org.Unit{ID: "a", Name: "Nya A", Kind: "kommun", Parent: "hn"})
	must(t, err)
	if o := f.organisation(t); o.Units[unitAt(o, "a")].Parent != "alla" || o.Units[unitAt(o, "a")].Name != "Nya A" {
		t.Errorf("top: %+v", o.Units)
	}
}

// What lies in a unit goes to the one that follows it, through several years.
func TestRemoveUnit(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	for _, follower := range []string{"", "hn", "vo", "bygg"} {
		if err := f.RemoveUnit(ctx, "me", "a", "vo", follower); field(err) != "follower" {
			t.Errorf("follower %q: %v", follower, err)
		}
	}
	if err := f.RemoveUnit(ctx, "me", "a", "a", "vo"); field(err) != "follower" {
		t.Errorf("the top: %v", err)
	}
	must(t, f.RemoveUnit(ctx, "me", "a", "hn", "vo"))
	must(t, f.RemoveUnit(ctx, "me", "a", "vo", "bu"))
	o := f.organisation(t)
	if o.People[personAt(o, "anna")].Unit != "bu" || unitAt(o, "hn") >= 0 {
		t.Errorf("%+v", o)
	}
	if got := successors(t, f, "a"); got["hn"] != "bu" || got["vo"] != "bu" || len(got) != 2 {
		t.Errorf("successors: %v", got)
	}
}

func TestOnePerson(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	good := org.Person{Name: "Eva Ek", Email: "Eva@a.example", Unit: "vo", Roles: []org.Role{org.Enhetschef}}
	id, err := f.PutPerson(ctx, "me", "a", good)
	if err != nil || id != madeID("a", "eva@A.example") || strings.Contains(id, "eva") {
		t.Fatalf("%q, %v", id, err)
	}
	for want, change := range map[string]func(*org.Person){
		"name": func(p *org.Person) { p.Name = "" }, "email": func(p *org.Person) { p.Email = "eva" }, "unit": func(p *org.Person) { p.Unit = "bygg" }, "role": func(p *org.Person) { p.Roles = nil },
	} {
		p := good
		p.Email = "ny@a.example"
		change(&p)
		if _, err := f.PutPerson(ctx, "me", "a", p); field(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := f.PutPerson(ctx, "me", "a", good); field(err) != "email" {
		t.Errorf("the same address again: %v", err)
	}
	if err := f.RemovePerson(ctx, "me", "a", "bo@b.example"); !fail.Is(err, fail.NotFound) {
		t.Errorf("another kommun's person: %v", err)
	}
	must(t, f.RemovePerson(ctx, "me", "a", id))
	if personAt(f.organisation(t), id) >= 0 {
		t.Error("still there")
	}
}

// Two at once: both changes are there afterwards.
func TestChangesAtOnce(t *testing.T) {
	f := newFixture(t)
	done := make(chan error)
	for i := range 8 {
		go func() {
			_, err := f.PutUnit(context.Background(), "me", []string{"a", "b"}[i%2], org.Unit{Name: "Enhet " + string(rune('A'+i)), Parent: []string{"a", "b"}[i%2]})
			done <- err
		}()
	}
	for range 8 {
		must(t, <-done)
	}
	if got := len(f.organisation(t).Units); got != len(two.Units)+8 {
		t.Errorf("%d units", got)
	}
}
