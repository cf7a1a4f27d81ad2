package intake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
)

// What a sheet can hold.
const (
	Unused = ""
	Units  = "units"
	People = "people"
)

// levels is how many columns can tell the way down to a person's unit.
const levels = 5

// Fields returns what a column of a sheet can hold, by the sheet's use: fields of
// org.Unit and org.Person in JSON, a given and a family name, a role or title, and
// the unit's name on each level below the top (level1 …).
func Fields(use string) []string {
	switch use {
	case Units:
		return []string{"id", "name", "parent", "kind"}
	case People:
		fields := []string{"id", "name", "given", "family", "email", "unit", "role"}
		for i := range levels {
			fields = append(fields, fmt.Sprintf("level%d", i+1))
		}
		return fields
	}
	return nil
}

// SheetMatch says what a sheet holds: Heading is the number of the row of
// headings, and Fields the field of each column, "" for one that is not used.
type SheetMatch struct {
	Use     string   `json:"use"`
	Heading int      `json:"heading"`
	Fields  []string `json:"fields"`
}

// Match says what everything in some sheets means. Titles has, for each title in
// lower case, a role, or Nobody.
type Match struct {
	Sheets []SheetMatch      `json:"sheets"`
	Titles map[string]string `json:"titles"`
}

// Nobody is what a title means whose people are not asked.
const Nobody = "-"

// memory is how a kommun's files were matched last.
type memory struct {
	Sheets  map[string]string `json:"sheets"`  // sheet, in lower case → use
	Columns map[string]string `json:"columns"` // use and heading, in lower case → field, or Nobody
	Titles  map[string]string `json:"titles"`
}

// learn adds what a match says to the memory.
func (m *memory) learn(sheets []org.Sheet, match Match) {
	for _, p := range []*map[string]string{&m.Sheets, &m.Columns, &m.Titles} {
		if *p == nil {
			*p = map[string]string{}
		}
	}
	for i, s := range sheets {
		sm := match.Sheets[i]
		if s.Book {
			m.Sheets[strings.ToLower(s.Name)] = cmpOr(sm.Use, Nobody)
		}
		if sm.Use == Unused {
			continue
		}
		for j, h := range headingRow(s, sm.Heading).Cells {
			if h != "" && j < len(sm.Fields) {
				m.Columns[sm.Use+" "+strings.ToLower(h)] = cmpOr(sm.Fields[j], Nobody)
			}
		}
	}
	for title, role := range match.Titles {
		m.Titles[title] = role
	}
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// headingRow returns the row with a number; a blank one where there is none.
func headingRow(s org.Sheet, number int) org.Row {
	if i, ok := slices.BinarySearchFunc(s.Rows, number, func(r org.Row, n int) int { return r.Number - n }); ok {
		return s.Rows[i]
	}
	return org.Row{Number: number}
}

// Body returns the rows below the heading.
func (m SheetMatch) Body(s org.Sheet) []org.Row {
	i, found := slices.BinarySearchFunc(s.Rows, m.Heading, func(r org.Row, n int) int { return r.Number - n })
	if found {
		i++
	}
	return s.Rows[i:]
}

// Column is a column of a sheet: what it is called, and some of what it holds.
type Column struct {
	Heading string
	Sample  []string
}

// Columns returns the columns of a sheet, up to the last that has a cell.
func (m SheetMatch) Columns(s org.Sheet) []Column {
	heading, body := headingRow(s, m.Heading).Cells, m.Body(s)
	width := len(heading)
	for _, r := range body {
		width = max(width, len(r.Cells))
	}
	out := make([]Column, width)
	for i := range out {
		if i < len(heading) {
			out[i].Heading = heading[i]
		}
		for _, r := range body {
			if c := r.Cell(i); c != "" && !slices.Contains(out[i].Sample, c) {
				if out[i].Sample = append(out[i].Sample, c); len(out[i].Sample) == 3 {
					break
				}
			}
		}
	}
	return out
}

// names are other words that kommuner and their systems for salaries have for the
// fields of people, in lower case.
var names = map[string]string{
	"anställningsnummer": "id", "anstnr": "id", "anst.nr": "id", "anst nr": "id", "användarnamn": "id", "användarid": "id", "signatur": "id", "person-id": "id", "username": "id",
	"förnamn": "given", "tilltalsnamn": "given", "first name": "given", "given name": "given", "efternamn": "family", "last name": "family", "family name": "family", "surname": "family",
	"chef": "name", "namn på chef": "name", "chefens namn": "name", "fullständigt namn": "name", "full name": "name", "anställd": "name",
	"mail": "email", "e-mail": "email", "epostadress": "email", "mejladress": "email", "mailadress": "email", "e-mail address": "email", "email address": "email",
	"befattning": "role", "titel": "role", "yrkestitel": "role", "befattningsbenämning": "role", "tjänst": "role", "chefsnivå": "role", "title": "role", "position": "role",
	"organisationsenhet": "unit", "arbetsplats": "unit", "organisation": "unit", "enhetsnamn": "unit", "department": "unit",
}

// unitNames are other words for the fields of units.
var unitNames = map[string]string{
	"enhet": "name", "enhetsnamn": "name", "benämning": "name", "enhets-id": "id", "enhetsid": "id", "kod": "id", "organisationsnummer": "id", "orgid": "id", "nummer": "id",
	"tillhör": "parent", "överenhet": "parent", "ligger under": "parent", "överordnad enhets-id": "parent", "belongs to": "parent", "nivå": "kind", "enhetstyp": "kind",
}

// levelNames are the headings of columns that tell the way down, from the top.
var levelNames = [][]string{
	{"förvaltning", "sektor", "bolag", "förvaltning/bolag", "nivå 1", "department"},
	{"avdelning", "verksamhetsområde", "verksamhet", "område", "nivå 2", "division"},
	{"enhet", "sektion", "nivå 3", "unit"},
	{"grupp", "arbetslag", "nivå 4"},
	{"nivå 5"},
}

// Guess proposes what sheets mean: as they were matched last where that says
// something, else from their headings. Titles has those that are known.
func (m *memory) guess(sheets []org.Sheet) Match {
	match := Match{Titles: map[string]string{}}
	for _, s := range sheets {
		match.Sheets = append(match.Sheets, m.guessSheet(s))
	}
	return match
}

// lookAt is how many rows are looked at for headings: there may be a title above.
const lookAt = 10

func (m *memory) guessSheet(s org.Sheet) SheetMatch {
	best, bestScore := SheetMatch{}, 0
	for _, r := range s.Rows[:min(len(s.Rows), lookAt)] {
		for _, use := range []string{Units, People} {
			sm := SheetMatch{use, r.Number, m.guessFields(use, r.Cells)}
			if score := sm.score(); score > bestScore {
				best, bestScore = sm, score
			}
		}
	}
	if bestScore < 2 {
		best = SheetMatch{Unused, s.Rows[0].Number, nil}
	}
	switch use := m.Sheets[strings.ToLower(s.Name)]; {
	case use == Nobody:
		best.Use, best.Fields = Unused, nil
	case use != "" && use != best.Use:
		best.Use, best.Fields = use, m.guessFields(use, headingRow(s, best.Heading).Cells)
	}
	return best
}

// score is how much speaks for a guess: one for each field that was found, more
// for those that only one use has.
func (m SheetMatch) score() int {
	score := 0
	for _, f := range m.Fields {
		switch f {
		case "":
		case "parent", "email", "role":
			score += 3
		default:
			score++
		}
	}
	return score
}

func (m *memory) guessFields(use string, headings []string) []string {
	fields := make([]string, len(headings))
	levelled := use == People && slices.ContainsFunc(headings, func(h string) bool {
		return slices.ContainsFunc(levelNames[:2], func(n []string) bool { return slices.Contains(n, strings.ToLower(h)) })
	})
	next := 0 // the level that a heading can be at least
	for i, h := range headings {
		h = strings.ToLower(h)
		field, known := m.Columns[use+" "+h]
		if !known {
			field = guessField(use, h)
			if at := slices.IndexFunc(levelNames, func(n []string) bool { return slices.Contains(n, h) }); levelled && at >= 0 && next < levels {
				next++
				field = fmt.Sprintf("level%d", next)
			}
		}
		if field != Nobody && slices.Contains(Fields(use), field) && !slices.Contains(fields, field) {
			fields[i] = field
		}
	}
	return fields
}

func guessField(use, heading string) string {
	words := names
	if use == Units {
		words = unitNames
	}
	if f, ok := words[heading]; ok {
		return f
	}
	return org.Field(heading)
}

// Check tells what is missing in a match before it can be used: a fail.Error
// whose Field is the name of the sheet's part of the form (sheet0 …).
func (m Match) Check(sheets []org.Sheet) error {
	used := false
	for i, s := range sheets {
		sm := m.Sheets[i]
		if sm.Use == Unused {
			continue
		}
		used = true
		at := func(sv, en string) error {
			where := org.Fault{File: s.Name, Book: s.Book, Row: sm.Heading}
			return fail.New(fail.Invalid, where.Where("sv")+": "+sv, where.Where("en")+": "+en).At(fmt.Sprintf("sheet%d", i))
		}
		has := func(fields ...string) bool {
			return slices.ContainsFunc(fields, func(f string) bool { return slices.Contains(sm.Fields, f) })
		}
		seen := map[string]bool{}
		for _, f := range sm.Fields {
			if f != "" && seen[f] {
				return at("två kolumner är valda som samma sak. Välj en av dem.", "two columns are chosen as the same thing. Choose one of them.")
			}
			seen[f] = true
		}
		switch {
		case sm.Use == Units && !has("name"):
			return at("välj vilken kolumn som är enhetens namn.", "choose which column is the unit's name.")
		case sm.Use == People && !has("id", "email"):
			return at("välj vilken kolumn som är e-post eller id. Utan det går personer inte att skilja åt.", "choose which column is the e-mail or id. Without it people can't be told apart.")
		case sm.Use == People && !has("role"):
			return at("välj vilken kolumn som är roll eller titel.", "choose which column is the role or title.")
		case sm.Use == People && !has("unit", "level1"):
			return at("välj vilken kolumn som är personens enhet, eller vilka som är nivåerna ner till den.", "choose which column is the person's unit, or which are the levels down to it.")
		}
	}
	if !used {
		return fail.New(fail.Invalid, "Välj minst ett blad med enheter eller personer.", "Choose at least one sheet of units or people.").At("sheet0")
	}
	return nil
}
