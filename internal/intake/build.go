package intake

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"

	"github.com/mognad/mognad/internal/org"
)

// Scope is what somebody may change: the top unit and all below it, as it stands,
// and which ids are used elsewhere in the installation.
type Scope struct {
	Top           org.Unit
	Now           org.Organisation
	Hash          string // of Now
	units, people map[string]bool
}

// Proposal is what files would make of an organisation.
type Proposal struct {
	Is      org.Organisation // when there are no Faults
	Faults  org.Faults
	Changes org.Changes
	Skipped int      // rows of people whose titles are asked nothing
	Kinds   []string // kinds of unit that texts don't know how to speak of
}

// builder makes a proposal.
type builder struct {
	scope  *Scope
	sheets []org.Sheet
	match  Match
	draft  org.Draft
	forest *forest
	out    Proposal

	byEmail map[string]org.Person // as they stand
	byID    map[string]org.Person
	hasUnit bool // a sheet of units
	levels  bool // a sheet of people tells units
	people  bool // a sheet of people
}

// Build returns what the sheets, matched, would make of what scope has. A match
// that Check refuses gives no sensible proposal.
func Build(scope *Scope, sheets []org.Sheet, match Match) Proposal {
	b := &builder{scope: scope, sheets: sheets, match: match, byEmail: map[string]org.Person{}, byID: map[string]org.Person{}}
	for _, p := range scope.Now.People {
		b.byID[p.ID] = p
		if p.Email != "" {
			b.byEmail[strings.ToLower(p.Email)] = p
		}
	}
	for _, sm := range match.Sheets {
		b.hasUnit = b.hasUnit || sm.Use == Units
		b.people = b.people || sm.Use == People
		b.levels = b.levels || sm.Use == People && slices.Contains(sm.Fields, "level1")
	}
	b.forest = newForest(&b.draft, scope.Top, scope.Now.Units, func(id string) bool { return scope.units[id] })
	if !b.hasUnit && !b.levels {
		b.forest.stand(scope.Now.Units)
	}
	b.each(Units, b.forest.sheet)
	if b.hasUnit {
		b.forest.hang()
	}
	var placed []placing
	b.each(People, func(from *org.Source, sm SheetMatch, rows []org.Row) {
		for _, r := range rows {
			placed = append(placed, placing{from, r, sm, b.unitOf(from, sm, r)})
		}
	})
	b.forest.settle()
	for _, p := range placed {
		b.person(p)
	}
	return b.finish()
}

// each calls take for every sheet of a use.
func (b *builder) each(use string, take func(*org.Source, SheetMatch, []org.Row)) {
	for i, s := range b.sheets {
		sm := b.match.Sheets[i]
		if sm.Use != use {
			continue
		}
		from := &org.Source{Sheet: s.Name, Book: s.Book, Names: map[string]string{}}
		for j, c := range sm.Columns(s) {
			if j < len(sm.Fields) && sm.Fields[j] != "" {
				from.Names[sm.Fields[j]] = cmp.Or(c.Heading, fmt.Sprint(j+1))
			}
		}
		take(from, sm, sm.Body(s))
	}
}

// placing is a row of people, and the entry of the unit it names; -1 for none.
type placing struct {
	from *org.Source
	row  org.Row
	sm   SheetMatch
	unit int
}

func (p placing) cell(field string) string { return p.row.Cell(slices.Index(p.sm.Fields, field)) }

func (b *builder) unitOf(from *org.Source, sm SheetMatch, r org.Row) int {
	p := placing{from, r, sm, -1}
	var steps []step
	for i := range levels {
		field := fmt.Sprintf("level%d", i+1)
		if name := p.cell(field); name != "" {
			steps = append(steps, step{field, name, org.NormalKind(strings.ToLower(from.Names[field]))})
		}
	}
	unit := p.cell("unit")
	if len(steps) == 0 {
		if unit != "" {
			return b.forest.find(unit, from, r.Number, "unit")
		}
		field := "unit"
		if !slices.Contains(sm.Fields, "unit") {
			field = "level1"
		}
		if !b.nobody(p) { // an empty place does not matter to one who is not asked
			b.draft.Fault(from, r.Number, field, "enheten saknas", "the unit is missing")
		}
		return -1
	}
	if unit != "" {
		steps = append(steps, step{"unit", unit, "enhet"})
	}
	return b.forest.way(steps, !b.hasUnit, from, r.Number)
}

// nobody reports whether all of a person's titles are asked nothing.
func (b *builder) nobody(p placing) bool {
	titles := titlesIn(p.cell("role"))
	return len(titles) > 0 && !slices.ContainsFunc(titles, func(t string) bool { return b.match.Titles[strings.ToLower(t)] != Nobody })
}

func (b *builder) person(p placing) {
	if b.nobody(p) {
		b.out.Skipped++
		return
	}
	name := p.cell("name")
	if name == "" {
		name = strings.TrimSpace(p.cell("given") + " " + p.cell("family"))
	}
	v := org.Person{ID: p.cell("id"), Name: name, Email: strings.TrimPrefix(p.cell("email"), "mailto:")}
	if v.ID == "" && v.Email != "" {
		v.ID = b.personID(v.Email)
	} else if b.scope.people[v.ID] {
		b.draft.Fault(p.from, p.row.Number, "id", fmt.Sprintf("id %q går inte att använda; välj ett annat", v.ID), fmt.Sprintf("the id %q can't be used; choose another", v.ID))
	}
	was := b.byID[v.ID]
	if !slices.Contains(p.sm.Fields, "email") {
		v.Email = was.Email
	}
	v.Name = cmp.Or(v.Name, was.Name)
	if p.unit >= 0 {
		v.Unit = b.forest.entries[p.unit].unit.ID
	}
	titles := titlesIn(p.cell("role"))
	if len(titles) == 0 {
		b.draft.Fault(p.from, p.row.Number, "role", "rollen saknas", "the role is missing")
	}
	for _, title := range titles {
		switch role := org.Role(b.match.Titles[strings.ToLower(title)]); {
		case role.Known() && !slices.Contains(v.Roles, role):
			v.Roles = append(v.Roles, role)
		case !role.Known() && role != Nobody:
			b.draft.Fault(p.from, p.row.Number, "role", fmt.Sprintf("okänd roll eller titel %q", title), fmt.Sprintf("unknown role or title %q", title))
		}
	}
	b.draft.AddPerson(p.from, p.row.Number, v)
}

// personID returns the id of somebody who has an address alone: the one they have
// already, or one made of the address.
func (b *builder) personID(email string) string {
	if was, ok := b.byEmail[strings.ToLower(email)]; ok {
		return was.ID
	}
	return madeID(b.scope.Top.ID, email)
}

// madeID returns the id of a new person, made of an address or a name: the same
// every time, so that a list without ids means the same people next year, and
// not the address itself, since ids stand in addresses and in the log, which
// keeps them when the person is erased.
func madeID(top, of string) string {
	sum := sha256.Sum256([]byte(top + "/" + strings.ToLower(of)))
	return "p-" + strings.ToLower(base32.HexEncoding.EncodeToString(sum[:])[:12])
}

// finish checks the draft and compares what it makes with what there is.
func (b *builder) finish() Proposal {
	units := b.draft.Units()
	known := map[string]bool{"": true} // which has been told of
	for i, u := range units {
		known[u.ID] = true
		if u.ID == b.scope.Top.ID {
			units[i].Parent = b.scope.Top.Parent
		}
		if !org.KnownKind(u.Kind) && !slices.Contains(b.out.Kinds, u.Kind) {
			b.out.Kinds = append(b.out.Kinds, u.Kind)
		}
	}
	people := b.scope.Now.People
	if b.people {
		people = b.draft.People(func(unit string) bool { return known[unit] })
	} else {
		b.homeless(known)
	}
	if faults, ok := b.draft.Err().(org.Faults); ok {
		b.out.Faults = faults
		return b.out
	}
	b.out.Is = org.Organisation{Units: units, People: people}
	b.out.Changes = org.Compare(b.scope.Now, b.out.Is)
	return b.out
}

// homeless tells of the units that people are placed in and the files lack.
func (b *builder) homeless(known map[string]bool) {
	count := map[string]int{}
	for _, p := range b.scope.Now.People {
		if !known[p.Unit] {
			count[p.Unit]++
		}
	}
	for _, u := range b.scope.Now.Units {
		if n := count[u.ID]; n > 0 {
			b.draft.Fault(nil, 0, "", fmt.Sprintf("%d personer finns i enheten %q, som inte är med i filen; ta med den, eller läs in personerna också", n, u.Name),
				fmt.Sprintf("%d people are in the unit %q, which the file lacks; add it, or import the people too", n, u.Name))
		}
	}
}
