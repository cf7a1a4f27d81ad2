package intake

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
)

var (
	errNoUnit   = fail.New(fail.NotFound, "Enheten finns inte längre. Gå tillbaka till organisationen.", "There is no such unit any more. Go back to the organisation.")
	errNoPerson = fail.New(fail.NotFound, "Personen finns inte längre. Gå tillbaka till organisationen.", "There is no such person any more. Go back to the organisation.")
)

func faulty(field, sv, en string) error { return fail.New(fail.Invalid, sv, en).At(field) }

// PutUnit stores one unit below top: a new one, which gets an id after its name,
// when u.ID is "". It returns the id. The error's Field is name, kind or parent.
func (s *Service) PutUnit(ctx context.Context, actor, top string, u org.Unit) (string, error) {
	u.Name, u.Kind = org.Clean(u.Name), org.NormalKind(u.Kind)
	d := Doing{Actor: actor, Top: top, Action: "unit.change", Subject: u.ID}
	if u.ID == "" {
		d.Action = "unit.add"
	}
	scope, err := s.Scope(ctx, top)
	if err != nil {
		return "", err
	}
	if u.ID == "" {
		f := newForest(&org.Draft{}, scope.Top, nil, func(id string) bool { _, used := scope.units[id]; return used })
		u.ID = f.name(org.Unit{Name: u.Name, Parent: u.Parent})
		d.Subject = u.ID
	}
	return u.ID, s.change(ctx, d, func(scope *Scope) (org.Organisation, error) {
		o := scope.Now
		at := unitAt(o, u.ID)
		switch {
		case u.Name == "" || utf8.RuneCountInString(u.Name) > 200:
			return o, faulty("name", "Skriv enhetens namn, med högst 200 tecken.", "Write the unit's name, at most 200 characters.")
		case len(u.Kind) > 40:
			return o, faulty("kind", "Slaget är för långt; högst 40 tecken.", "The kind is too long; at most 40 characters.")
		case at < 0 && d.Action == "unit.change":
			return o, errNoUnit
		case d.Action == "unit.add" && (at >= 0 || scope.units[u.ID]): // another has taken the id meanwhile
			return o, errBusy
		case u.ID == top:
			u.Parent = scope.Top.Parent
		case unitAt(o, u.Parent) < 0:
			return o, faulty("parent", "Välj en enhet som den ska ligga under.", "Choose a unit for it to lie below.")
		}
		o.Units = slices.Clone(o.Units)
		if at < 0 {
			o.Units = append(o.Units, u)
		} else {
			o.Units[at] = u
		}
		if at >= 0 && below(o, u.Parent, u.ID) {
			return o, faulty("parent", "En enhet kan inte ligga under sig själv eller någon av sina egna enheter.", "A unit can't lie below itself or any of its own units.")
		}
		return o, nil
	})
}

// below reports whether a unit is another or lies below it, in a part that may
// have a cycle.
func below(o org.Organisation, id, top string) bool {
	parent := map[string]string{}
	for _, u := range o.Units {
		parent[u.ID] = u.Parent
	}
	for range len(o.Units) + 1 {
		if id == top {
			return true
		}
		if id = parent[id]; id == "" {
			return false
		}
	}
	return true
}

// RemoveUnit takes a unit away. What lies in it, people and units, goes to the
// unit that follows it, which must be named when there is anything; the results of
// the next round are compared with those of the unit that is gone.
func (s *Service) RemoveUnit(ctx context.Context, actor, top, id, follower string) error {
	d := Doing{Actor: actor, Top: top, Action: "unit.remove", Subject: id}
	if follower != "" {
		d.Successors = map[string]string{id: follower}
		d.Detail = "followed by " + follower
	}
	return s.change(ctx, d, func(scope *Scope) (org.Organisation, error) {
		o := scope.Now
		switch {
		case unitAt(o, id) < 0:
			return o, errNoUnit
		case id == top:
			return o, faulty("follower", "Den översta enheten kan inte tas bort.", "The topmost unit can't be removed.")
		case follower != "" && (unitAt(o, follower) < 0 || below(o, follower, id)):
			return o, faulty("follower", "Välj en enhet som finns kvar.", "Choose a unit that stays.")
		}
		var next org.Organisation
		used := false
		for _, u := range o.Units {
			if u.Parent == id {
				used, u.Parent = true, follower
			}
			if u.ID != id {
				next.Units = append(next.Units, u)
			}
		}
		for _, p := range o.People {
			if p.Unit == id {
				used, p.Unit = true, follower
			}
			next.People = append(next.People, p)
		}
		if used && follower == "" {
			return o, faulty("follower", "Det finns personer eller enheter i den. Välj vart de ska flyttas.", "There are people or units in it. Choose where they are to be moved.")
		}
		return next, nil
	})
}

// PutPerson stores one person below top: a new one, which gets an id, when p.ID is
// "". The error's Field is name, email, unit or role.
func (s *Service) PutPerson(ctx context.Context, actor, top string, p org.Person) (string, error) {
	p.Name, p.Email = org.Clean(p.Name), org.Clean(p.Email)
	d := Doing{Actor: actor, Top: top, Action: "person.change", Subject: p.ID}
	if p.ID == "" {
		d.Action = "person.add"
		d.Subject = madeID(top, cmp.Or(p.Email, p.Name))
	}
	return d.Subject, s.change(ctx, d, func(scope *Scope) (org.Organisation, error) {
		o := scope.Now
		at := personAt(o, d.Subject)
		same := slices.IndexFunc(o.People, func(q org.Person) bool {
			return p.Email != "" && strings.EqualFold(q.Email, p.Email) && q.ID != p.ID
		})
		switch {
		case at < 0 && p.ID != "":
			return o, errNoPerson
		case p.Name == "" || utf8.RuneCountInString(p.Name) > 200:
			return o, faulty("name", "Skriv namnet, med högst 200 tecken.", "Write the name, at most 200 characters.")
		case !org.ValidAddress(p.Email):
			return o, faulty("email", "Skriv e-postadressen som namn@kommunen.se.", "Write the e-mail address as name@kommunen.se.")
		case same >= 0:
			return o, faulty("email", "Någon annan har redan den adressen.", "Somebody else has that address already.")
		case at >= 0 && p.ID == "" || scope.people[d.Subject]:
			return o, faulty("name", "Det finns redan någon med det id:t. Skriv en e-postadress, eller skilj namnen åt.", "There is somebody with that id already. Write an e-mail address, or make the names differ.")
		case unitAt(o, p.Unit) < 0:
			return o, faulty("unit", "Välj en enhet.", "Choose a unit.")
		case len(p.Roles) == 0 || slices.ContainsFunc(p.Roles, func(r org.Role) bool { return !r.Known() }):
			return o, faulty("role", "Välj minst en roll.", "Choose at least one role.")
		}
		p.ID = d.Subject
		o.People = slices.Clone(o.People)
		if at < 0 {
			o.People = append(o.People, p)
		} else {
			o.People[at] = p
		}
		return o, nil
	})
}

// RemovePerson takes a person away; what they have answered in a round stays.
func (s *Service) RemovePerson(ctx context.Context, actor, top, id string) error {
	return s.change(ctx, Doing{Actor: actor, Top: top, Action: "person.remove", Subject: id}, func(scope *Scope) (org.Organisation, error) {
		o := scope.Now
		at := personAt(o, id)
		if at < 0 {
			return o, errNoPerson
		}
		o.People = slices.Delete(slices.Clone(o.People), at, at+1)
		return o, nil
	})
}
