package org

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a file of units or people: far above any kommun, far below what
// would fill the memory.
const (
	maxFileSize = 200 << 20
	maxFaults   = 100
)

// Fault is one fault in a file of units or people. Row counts from 1, the
// heading included, as a spreadsheet shows it; Column is the heading's own name.
type Fault struct {
	File   string
	Row    int
	Column string
	SV, EN string
}

func (f Fault) String() string {
	if f.Column == "" {
		return fmt.Sprintf("%s:%d: %s", f.File, f.Row, f.EN)
	}
	return fmt.Sprintf("%s:%d: %s: %s", f.File, f.Row, f.Column, f.EN)
}

// Faults is every fault found in a file; nothing of a faulty file is used.
type Faults []Fault

func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// headings maps what a column may be called, in lower case, to its name here.
var headings = map[string]string{
	"id": "id", "name": "name", "parent": "parent", "kind": "kind", "email": "email", "unit": "unit", "role": "role",
	"namn": "name", "överordnad": "parent", "överordnad enhet": "parent", "förälder": "parent", "typ": "kind", "slag": "kind",
	"e-post": "email", "epost": "email", "e-postadress": "email", "mejl": "email", "enhet": "unit", "enhets-id": "unit", "roll": "role", "roller": "role",
}

// table is a file read as rows of named columns, with the faults found so far.
type table struct {
	file   string
	rows   []row
	names  map[string]string // column → heading as the file has it
	faults Faults
}

type row struct {
	number int
	cells  map[string]string
}

func (t *table) fault(r int, column, sv, en string) {
	if len(t.faults) < maxFaults {
		if name, ok := t.names[column]; ok {
			column = name
		}
		t.faults = append(t.faults, Fault{t.file, r, column, sv, en})
	}
}

func (t *table) err() error {
	if len(t.faults) == 0 {
		return nil
	}
	slices.SortStableFunc(t.faults, func(a, b Fault) int { return a.Row - b.Row })
	return t.faults
}

// readTable reads CSV (comma, semicolon or tab, told by the heading; UTF-8 with
// or without byte order mark) whose heading must have the columns of need.
func readTable(file string, in io.Reader, need ...string) *table {
	t := &table{file: file, names: map[string]string{}}
	content, err := io.ReadAll(io.LimitReader(in, maxFileSize+1))
	switch {
	case err != nil:
		t.fault(1, "", "filen går inte att läsa: "+err.Error(), "the file can't be read: "+err.Error())
		return t
	case len(content) > maxFileSize:
		t.fault(1, "", "filen är för stor", "the file is too large")
		return t
	case !utf8.Valid(content):
		t.fault(1, "", "filen är inte UTF-8; spara den som ”CSV UTF-8”", "the file is not UTF-8; save it as \"CSV UTF-8\"")
		return t
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	first, _, _ := bytes.Cut(content, []byte("\n"))
	reader := csv.NewReader(bytes.NewReader(content))
	reader.FieldsPerRecord = -1
	for _, comma := range []byte{';', '\t'} {
		if bytes.Count(first, []byte{comma}) > bytes.Count(first, []byte{byte(reader.Comma)}) {
			reader.Comma = rune(comma)
		}
	}
	columns := t.heading(reader, need)
	for columns != nil {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line := 0
			if p, ok := errors.AsType[*csv.ParseError](err); ok {
				line = p.Line
			}
			t.fault(line, "", "raden går inte att läsa; kontrollera citattecknen", "the row can't be read; check its quotation marks")
			break
		}
		line, _ := reader.FieldPos(0)
		r := row{number: line, cells: map[string]string{}}
		for i, c := range cells {
			if i < len(columns) {
				r.cells[columns[i]] = strings.TrimSpace(c)
			} else if strings.TrimSpace(c) != "" {
				t.fault(line, "", "raden har fler celler än rubriken", "the row has more cells than the heading")
				break
			}
		}
		if strings.Join(cells, "") != "" {
			t.rows = append(t.rows, r)
		}
	}
	return t
}

func (t *table) heading(reader *csv.Reader, need []string) []string {
	names, err := reader.Read()
	if err != nil {
		t.fault(1, "", "filen har ingen rubrikrad", "the file has no heading")
		return nil
	}
	columns := make([]string, len(names))
	for i, n := range names {
		column, known := headings[strings.ToLower(strings.TrimSpace(n))]
		if known && slices.Contains(columns, column) {
			t.fault(1, n, "kolumnen finns två gånger", "the column is there twice")
		}
		if known {
			columns[i] = column
			t.names[column] = strings.TrimSpace(n)
		}
	}
	for _, n := range need {
		if !slices.Contains(columns, n) {
			t.fault(1, n, "kolumnen saknas i rubriken", "the column is missing in the heading")
		}
	}
	if len(t.faults) > 0 {
		return nil
	}
	return columns
}

// ReadUnits reads units (id, name, parent, kind). Every fault of the file is
// told, as Faults with row and column; name is what they call the file.
func ReadUnits(name string, in io.Reader) ([]Unit, error) {
	t := readTable(name, in, "id", "name", "parent")
	var units []Unit
	rowOf := map[string]int{}
	for _, r := range t.rows {
		u := Unit{ID: r.cells["id"], Name: r.cells["name"], Parent: r.cells["parent"], Kind: r.cells["kind"]}
		switch first, twice := rowOf[u.ID]; {
		case u.ID == "":
			t.fault(r.number, "id", "id saknas", "the id is missing")
			continue
		case twice:
			t.fault(r.number, "id", fmt.Sprintf("id %q finns redan på rad %d", u.ID, first), fmt.Sprintf("id %q stands on row %d already", u.ID, first))
			continue
		case u.Name == "":
			t.fault(r.number, "name", "namnet saknas", "the name is missing")
		}
		rowOf[u.ID] = r.number
		units = append(units, u)
	}
	if t.names["parent"] != "" {
		t.checkTree(units, rowOf)
	}
	if err := t.err(); err != nil {
		return nil, err
	}
	return units, nil
}

func (t *table) checkTree(units []Unit, rowOf map[string]int) {
	parent := make(map[string]string, len(units))
	root := ""
	for _, u := range units {
		parent[u.ID] = u.Parent
		switch _, known := rowOf[u.Parent]; {
		case u.Parent == "" && root != "":
			t.fault(rowOf[u.ID], "parent", fmt.Sprintf("två enheter utan överordnad: %q på rad %d och den här", root, rowOf[root]), fmt.Sprintf("two units without parent: %q on row %d and this one", root, rowOf[root]))
		case u.Parent == "":
			root = u.ID
		case !known:
			t.fault(rowOf[u.ID], "parent", fmt.Sprintf("okänd överordnad enhet %q", u.Parent), fmt.Sprintf("unknown parent %q", u.Parent))
		}
	}
	if len(t.faults) > 0 {
		return
	}
	reaches := map[string]bool{"": true} // ids whose parents end at a root
	for _, u := range units {
		var way []string
		for id := u.ID; !reaches[id]; id = parent[id] {
			if slices.Contains(way, id) {
				t.fault(rowOf[u.ID], "parent", "de överordnade enheterna går i en ring", "the parents form a cycle")
				return
			}
			way = append(way, id)
		}
		for _, id := range way {
			reaches[id] = true
		}
	}
	if root == "" {
		t.fault(1, "parent", "ingen enhet saknar överordnad: en enhet ska vara överst", "no unit is without parent: one must be at the top")
	}
}

// ReadPeople reads people (id, name, email, unit, role; several roles with
// ';') placed in the tree's units. Faults as ReadUnits.
func ReadPeople(name string, in io.Reader, tree *Tree) ([]Person, error) {
	t := readTable(name, in, "id", "email", "unit", "role")
	var people []Person
	rowOf := map[string]int{}
	for _, r := range t.rows {
		p := Person{ID: r.cells["id"], Name: r.cells["name"], Email: r.cells["email"], Unit: r.cells["unit"]}
		first, twice := rowOf[p.ID]
		switch {
		case p.ID == "":
			t.fault(r.number, "id", "id saknas", "the id is missing")
		case twice:
			t.fault(r.number, "id", fmt.Sprintf("id %q finns redan på rad %d", p.ID, first), fmt.Sprintf("id %q stands on row %d already", p.ID, first))
		}
		rowOf[p.ID] = r.number
		if !validAddress(p.Email) {
			t.fault(r.number, "email", fmt.Sprintf("%q är ingen e-postadress", p.Email), fmt.Sprintf("%q is not an e-mail address", p.Email))
		}
		if _, ok := tree.Unit(p.Unit); !ok {
			t.fault(r.number, "unit", fmt.Sprintf("okänd enhet %q", p.Unit), fmt.Sprintf("unknown unit %q", p.Unit))
		}
		roles, err := ParseRoles(r.cells["role"])
		if err != nil {
			t.fault(r.number, "role", fmt.Sprintf("okänd roll %q; en av %s", r.cells["role"], roleNames()), err.Error())
		}
		p.Roles = roles
		people = append(people, p)
	}
	if err := t.err(); err != nil {
		return nil, err
	}
	return people, nil
}

func roleNames() string {
	names := make([]string, len(Roles))
	for i, r := range Roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

// validAddress reports whether s is one bare address, as RFC 5322 has it, with
// a dot in its domain. No address at all is allowed: some get their link by hand.
func validAddress(s string) bool {
	if s == "" {
		return true
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s {
		return false
	}
	_, domain, _ := strings.Cut(s, "@")
	return strings.Contains(domain, ".")
}
