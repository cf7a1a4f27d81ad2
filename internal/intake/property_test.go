package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mognad/mognad/internal/org"
)

// organisations draws parts below a, with names that may be the same.
func organisations(t *rapid.T, label string) org.Organisation {
	o := org.Organisation{Units: []org.Unit{{ID: "a", Name: "Akommun", Parent: "alla", Kind: "kommun"}}}
	for i := range rapid.IntRange(0, 8).Draw(t, label+" units") {
		o.Units = append(o.Units, org.Unit{ID: fmt.Sprint("u", rapid.IntRange(0, 3).Draw(t, "gap")+i*4), Name: rapid.SampledFrom([]string{"Stab", "Vård", "Skola", "Bygg"}).Draw(t, "name"),
			Parent: o.Units[rapid.IntRange(0, i).Draw(t, "parent")].ID, Kind: rapid.SampledFrom([]string{"", "enhet", "avdelning"}).Draw(t, "kind")})
	}
	for i := range rapid.IntRange(0, 8).Draw(t, label+" people") {
		p := org.Person{ID: fmt.Sprint("p", rapid.IntRange(0, 2).Draw(t, "gap")+i*3), Name: rapid.SampledFrom([]string{"Anna", "Bo"}).Draw(t, "name"), Unit: rapid.SampledFrom(o.Units).Draw(t, "unit").ID,
			Roles: rapid.SampledFrom([][]org.Role{{org.Enhetschef}, {org.Samordnare, org.Enhetschef}, {org.Kommunledning}}).Draw(t, "roles")}
		if rapid.Bool().Draw(t, "address") {
			p.Email = p.ID + "@a.example"
		}
		o.People = append(o.People, p)
	}
	return o
}

// sheets are the plain form of an organisation.
func sheetsOf(o org.Organisation) []org.Sheet {
	units, people := org.Sheet{Name: "Enheter", Book: true}, org.Sheet{Name: "Personer", Book: true}
	units.Rows = append(units.Rows, org.Row{Number: 1, Cells: []string{"id", "namn", "överordnad", "slag"}})
	people.Rows = append(people.Rows, org.Row{Number: 1, Cells: []string{"id", "namn", "e-post", "enhet", "roll"}})
	for i, u := range o.Units {
		if u.ID == "a" {
			u.Parent = ""
		}
		units.Rows = append(units.Rows, org.Row{Number: i + 2, Cells: []string{u.ID, u.Name, u.Parent, u.Kind}})
	}
	for i, p := range o.People {
		var roles []string
		for _, r := range p.Roles {
			roles = append(roles, string(r))
		}
		people.Rows = append(people.Rows, org.Row{Number: i + 2, Cells: []string{p.ID, p.Name, p.Email, p.Unit, strings.Join(roles, ";")}})
	}
	return []org.Sheet{units, people}
}

// An organisation written as sheets is read as it was, whatever was there before;
// and the changes that are shown make the one of the other.
func TestSheetsSayAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		was, is := organisations(t, "was"), organisations(t, "is")
		sheets := sheetsOf(is)
		m := (&memory{}).guess(sheets)
		for _, title := range m.titles(sheets, nil) {
			m.Titles[title.Key] = title.Role
		}
		if err := m.Check(sheets); err != nil {
			t.Fatal(err)
		}
		p := Build(&Scope{Top: was.Units[0], Now: was, units: map[string]bool{}, people: map[string]bool{}}, sheets, m)
		if len(p.Faults) > 0 {
			t.Fatal(p.Faults)
		}
		if c := org.Compare(is, p.Is); !c.Empty() {
			t.Fatalf("read otherwise than written: %+v", c)
		}
		if got := apply(was, p.Changes); !org.Compare(is, got).Empty() || !org.Compare(got, is).Empty() {
			t.Fatalf("the changes shown make %+v of %+v, not %+v", got, was, is)
		}
	})
}

// apply makes changes.
func apply(o org.Organisation, c org.Changes) org.Organisation {
	return org.Organisation{Units: applied(o.Units, c.Units, func(u org.Unit) string { return u.ID }), People: applied(o.People, c.People, func(p org.Person) string { return p.ID })}
}

func applied[T any](values []T, changes []org.Change[T], id func(T) string) []T {
	out := slices.Clone(values)
	for _, c := range changes {
		if c.Was != nil {
			out = slices.DeleteFunc(out, func(v T) bool { return id(v) == id(*c.Was) })
		}
		if c.Is != nil {
			out = append(out, *c.Is)
		}
	}
	return out
}

// Units told by people's columns keep their ids from one import to the next.
func TestLevelsKeepIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := org.Sheet{Name: "Lista", Rows: []org.Row{{Number: 1, Cells: []string{"e-post", "förvaltning", "avdelning", "enhet", "roll"}}}}
		for i := range rapid.IntRange(1, 10).Draw(t, "rows") {
			cells := []string{fmt.Sprintf("p%d@a.example", i)}
			for range 3 {
				cells = append(cells, rapid.SampledFrom([]string{"", "Stab", "Vård", "Å & Ä"}).Draw(t, "level"))
			}
			if strings.Join(cells[1:], "") == "" {
				cells[1] = "Stab"
			}
			s.Rows = append(s.Rows, org.Row{Number: i + 2, Cells: append(cells, "enhetschef")})
		}
		sheets := []org.Sheet{s}
		m := (&memory{}).guess(sheets)
		m.Titles["enhetschef"] = "enhetschef"
		sc := &Scope{Top: org.Unit{ID: "a", Name: "Akommun"}, Now: org.Organisation{Units: []org.Unit{{ID: "a", Name: "Akommun"}}}}
		p := Build(sc, sheets, m)
		if len(p.Faults) > 0 {
			t.Fatal(p.Faults)
		}
		again := Build(&Scope{Top: sc.Top, Now: p.Is}, sheets, m)
		if len(again.Faults) > 0 || !again.Changes.Empty() {
			t.Fatalf("the same list again changes %+v, %v", again.Changes, again.Faults)
		}
	})
}
