package org

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Field returns what a heading of the plain form means, in Swedish or English: a
// field of Unit or Person in JSON, or role; "" for an unknown one.
func Field(heading string) string { return headings[strings.ToLower(Clean(heading))] }

// headings maps what a column may be called, in lower case, to its name here.
var headings = map[string]string{
	"id": "id", "name": "name", "parent": "parent", "kind": "kind", "email": "email", "unit": "unit", "role": "role",
	"namn": "name", "överordnad": "parent", "överordnad enhet": "parent", "förälder": "parent", "typ": "kind", "slag": "kind",
	"e-post": "email", "epost": "email", "e-postadress": "email", "mejl": "email", "enhet": "unit", "enhets-id": "unit", "roll": "role", "roller": "role",
}

// plain is a sheet in the plain form, whose heading says what is what.
type plain struct {
	Draft
	from Source
	rows []map[string]string // field → cell
	row  []int               // the number of each
}

// readPlain reads CSV whose heading must have the columns of need.
func readPlain(file string, in io.Reader, need ...string) *plain {
	t := &plain{from: Source{Sheet: file, Names: map[string]string{}}}
	sheet, err := ReadCSV(file, in)
	if err != nil {
		t.faults, _ = err.(Faults)
		return t
	}
	if len(sheet.Rows) == 0 {
		t.Fault(&t.from, 1, "", "filen har ingen rubrikrad", "the file has no heading")
		return t
	}
	columns := t.heading(sheet.Rows[0].Cells, need)
	if t.Faulty() {
		return t
	}
	for _, r := range sheet.Rows[1:] {
		cells := map[string]string{}
		for i, c := range r.Cells {
			if i < len(columns) {
				cells[columns[i]] = c
			} else if c != "" {
				t.Fault(&t.from, r.Number, "", "raden har fler celler än rubriken", "the row has more cells than the heading")
				break
			}
		}
		t.rows, t.row = append(t.rows, cells), append(t.row, r.Number)
	}
	return t
}

func (t *plain) heading(names, need []string) []string {
	columns := make([]string, len(names))
	for i, n := range names {
		column := Field(n)
		if column != "" && slices.Contains(columns, column) {
			t.Fault(&t.from, 1, n, "kolumnen finns två gånger", "the column is there twice")
		} else if column != "" {
			columns[i] = column
			t.from.Names[column] = n
		}
	}
	for _, n := range need {
		if !slices.Contains(columns, n) {
			t.Fault(&t.from, 1, n, "kolumnen saknas i rubriken", "the column is missing in the heading")
		}
	}
	return columns
}

// ReadUnits reads units (id, name, parent, kind). Every fault of the file is
// told, as Faults with row and column; name is what they call the file.
func ReadUnits(name string, in io.Reader) ([]Unit, error) {
	t := readPlain(name, in, "id", "name", "parent")
	if len(t.rows) == 0 && !t.Faulty() {
		t.Fault(&t.from, 1, "parent", "ingen enhet saknar överordnad: en enhet ska vara överst", "no unit is without parent: one must be at the top")
	}
	for i, r := range t.rows {
		t.AddUnit(&t.from, t.row[i], Unit{ID: r["id"], Name: r["name"], Parent: r["parent"], Kind: NormalKind(r["kind"])})
	}
	units := t.Units()
	if err := t.Err(); err != nil {
		return nil, err
	}
	return units, nil
}

// ReadPeople reads people (id, name, email, unit, role; several roles with
// ';') placed in the tree's units. Faults as ReadUnits.
func ReadPeople(name string, in io.Reader, tree *Tree) ([]Person, error) {
	t := readPlain(name, in, "id", "email", "unit", "role")
	for i, r := range t.rows {
		roles, err := ParseRoles(r["role"])
		if err != nil {
			t.Fault(&t.from, t.row[i], "role", fmt.Sprintf("okänd roll %q; en av %s", r["role"], roleNames()), err.Error())
		}
		t.AddPerson(&t.from, t.row[i], Person{ID: r["id"], Name: r["name"], Email: r["email"], Unit: r["unit"], Roles: roles})
	}
	people := t.People(func(unit string) bool { _, ok := tree.Unit(unit); return ok })
	if err := t.Err(); err != nil {
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
