package org

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
)

// MaxFaults is how many faults are told at once: with more, something is wrong
// with the whole file.
const MaxFaults = 100

// maxText is the longest id, name or address, in bytes.
const maxText = 200

// Source is a sheet, and what its columns are called in it: field → heading.
// The fields are those of Unit and Person in JSON, and role.
type Source struct {
	Sheet string
	Book  bool
	Names map[string]string
}

// Draft is units and people as they were read, each with the row it stood in, so
// that what is wrong is told of its place. It is where an organisation is
// checked. The zero Draft is ready to use.
type Draft struct {
	units  []placed[Unit]
	people []placed[Person]
	faults Faults
}

type placed[T any] struct {
	from  *Source // nil for what stood in no file
	row   int
	value T
}

// Fault tells of a fault in a field of a row; field is "" for the whole row.
func (d *Draft) Fault(from *Source, row int, field, sv, en string) {
	if len(d.faults) >= MaxFaults {
		return
	}
	f := Fault{Row: row, Column: field, SV: sv, EN: en}
	if from != nil {
		f.File, f.Book = from.Sheet, from.Book
		if name, ok := from.Names[field]; ok {
			f.Column = name
		}
	}
	d.faults = append(d.faults, f)
}

// Faulty reports whether a fault has been found.
func (d *Draft) Faulty() bool { return len(d.faults) > 0 }

// Err returns the faults found so far as Faults, sheet by sheet and row by row;
// nil for none.
func (d *Draft) Err() error {
	if len(d.faults) == 0 {
		return nil
	}
	order := map[string]int{}
	for _, f := range d.faults {
		if _, ok := order[f.File]; !ok {
			order[f.File] = len(order)
		}
	}
	slices.SortStableFunc(d.faults, func(a, b Fault) int {
		if a.File != b.File {
			return order[a.File] - order[b.File]
		}
		return a.Row - b.Row
	})
	return d.faults
}

// AddUnit takes a unit that stood in a row.
func (d *Draft) AddUnit(from *Source, row int, u Unit) {
	d.units = append(d.units, placed[Unit]{from, row, u})
}

// AddPerson takes a person who stood in a row.
func (d *Draft) AddPerson(from *Source, row int, p Person) {
	d.people = append(d.people, placed[Person]{from, row, p})
}

// Units checks the units: ids and names, and that they form one tree. It returns
// those that have an id of their own, though something else is wrong.
func (d *Draft) Units() []Unit {
	first := map[string]placed[Unit]{}
	var units []Unit
	for _, p := range d.units {
		u := p.value
		switch before, twice := first[u.ID]; {
		case u.ID == "":
			d.Fault(p.from, p.row, "id", "id saknas", "the id is missing")
			continue
		case twice:
			d.Fault(p.from, p.row, "id", fmt.Sprintf("id %q finns redan på rad %d", u.ID, before.row), fmt.Sprintf("id %q stands on row %d already", u.ID, before.row))
			continue
		case u.Name == "":
			d.Fault(p.from, p.row, "name", "namnet saknas", "the name is missing")
		}
		d.short(p.from, p.row, "id", u.ID)
		d.short(p.from, p.row, "name", u.Name)
		d.short(p.from, p.row, "kind", u.Kind)
		first[u.ID] = p
		units = append(units, u)
	}
	d.checkTree(units, first)
	return units
}

func (d *Draft) short(from *Source, row int, field, text string) {
	if len(text) > maxText {
		d.Fault(from, row, field, fmt.Sprintf("texten är för lång; högst %d tecken", maxText), fmt.Sprintf("the text is too long; at most %d characters", maxText))
	}
}

func (d *Draft) checkTree(units []Unit, at map[string]placed[Unit]) {
	parent := make(map[string]string, len(units))
	root := ""
	for _, u := range units {
		p := at[u.ID]
		parent[u.ID] = u.Parent
		switch _, known := at[u.Parent]; {
		case u.Parent == "" && root != "":
			d.Fault(p.from, p.row, "parent", fmt.Sprintf("två enheter utan överordnad: %q på rad %d och den här", root, at[root].row), fmt.Sprintf("two units without parent: %q on row %d and this one", root, at[root].row))
		case u.Parent == "":
			root = u.ID
		case !known:
			d.Fault(p.from, p.row, "parent", fmt.Sprintf("okänd överordnad enhet %q", u.Parent), fmt.Sprintf("unknown parent %q", u.Parent))
		}
	}
	if d.Faulty() {
		return
	}
	reaches := map[string]bool{"": true} // ids whose parents end at a root
	for _, u := range units {
		var way []string
		on := map[string]bool{}
		for id := u.ID; !reaches[id]; id = parent[id] {
			if on[id] {
				d.Fault(at[u.ID].from, at[u.ID].row, "parent", "de överordnade enheterna går i en ring", "the parents form a cycle")
				return
			}
			on[id], way = true, append(way, id)
		}
		for _, id := range way {
			reaches[id] = true
		}
	}
	if root == "" {
		var from *Source
		if len(d.units) > 0 {
			from = d.units[0].from
		}
		d.Fault(from, 1, "parent", "ingen enhet saknar överordnad: en enhet ska vara överst", "no unit is without parent: one must be at the top")
	}
}

// People checks the people: ids, addresses, roles, and that known has each one's
// unit. A person without roles is a fault unless the one who reads has told why.
func (d *Draft) People(known func(unit string) bool) []Person {
	people := make([]Person, 0, len(d.people))
	byID, byEmail := map[string]placed[Person]{}, map[string]placed[Person]{}
	for _, at := range d.people {
		p := at.value
		// An id that the address stands in for is told of as the address.
		named := at.from == nil || at.from.Names["id"] != ""
		switch first, twice := byID[p.ID]; {
		case p.ID == "":
			d.Fault(at.from, at.row, "id", "id saknas", "the id is missing")
		case twice && named:
			d.Fault(at.from, at.row, "id", fmt.Sprintf("id %q finns redan på rad %d", p.ID, first.row), fmt.Sprintf("id %q stands on row %d already", p.ID, first.row))
		}
		byID[p.ID] = at
		email := strings.ToLower(p.Email)
		first, twice := byEmail[email]
		switch {
		case !ValidAddress(p.Email):
			d.Fault(at.from, at.row, "email", fmt.Sprintf("%q är ingen e-postadress", p.Email), fmt.Sprintf("%q is not an e-mail address", p.Email))
		case email != "" && twice && (!named || first.value.ID != p.ID):
			d.Fault(at.from, at.row, "email", fmt.Sprintf("adressen %q finns redan på rad %d; var och en ska ha sin egen", p.Email, first.row), fmt.Sprintf("the address %q stands on row %d already; each must have their own", p.Email, first.row))
		}
		byEmail[email] = at
		if !known(p.Unit) {
			d.Fault(at.from, at.row, "unit", fmt.Sprintf("okänd enhet %q", p.Unit), fmt.Sprintf("unknown unit %q", p.Unit))
		}
		d.short(at.from, at.row, "id", p.ID)
		d.short(at.from, at.row, "name", p.Name)
		people = append(people, p)
	}
	return people
}

// ValidAddress reports whether s is one bare address, as RFC 5322 has it, with
// a dot in its domain. No address at all is allowed: some get their link by hand.
func ValidAddress(s string) bool {
	if s == "" {
		return true
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > maxText {
		return false
	}
	_, domain, _ := strings.Cut(s, "@")
	return strings.Contains(domain, ".")
}
