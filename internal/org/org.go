// Package org holds who is asked: the tree of units, and the people placed in
// it with their roles; and reads both from a kommun's own files.
package org

import (
	"fmt"
	"slices"
	"strings"
)

// Role is what a person is in the organisation; items are asked by role.
type Role string

// The roles. All but Samordnare are managers (docs/method.md, Answers).
const (
	Kommunledning    Role = "kommunledning"
	Forvaltningschef Role = "forvaltningschef"
	Avdelningschef   Role = "avdelningschef"
	Enhetschef       Role = "enhetschef"
	Samordnare       Role = "samordnare"
)

// Roles lists every role, from the top of the organisation down.
var Roles = []Role{Kommunledning, Forvaltningschef, Avdelningschef, Enhetschef, Samordnare}

// Known reports whether r is one of Roles.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// Manager reports whether r is a manager's role.
func (r Role) Manager() bool { return r.Known() && r != Samordnare }

// Unit is a part of the organisation. Kind is free text for people to read
// (kommun, forvaltning, avdelning, enhet); Parent is "" for the root alone.
type Unit struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Parent string `json:"parent,omitempty"`
	Kind   string `json:"kind"`
}

// Person is somebody who can be asked, placed in one unit.
type Person struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Unit  string `json:"unit"`
	Roles []Role `json:"roles"`
}

// Tree is a checked tree of units. The zero Tree has no unit.
type Tree struct {
	units    []Unit // preorder, children in the order they were given
	index    map[string]int
	parent   []int // -1 for the root
	children [][]int
	end      []int // units[i:end[i]] is i with everything below it
	above    []string
}

// NewTree checks that units form one tree and orders them parents first. The
// error names the first unit at fault: an empty or repeated id, an unknown
// parent, a second root, no root, or a cycle.
func NewTree(units []Unit) (*Tree, error) {
	at := make(map[string]int, len(units))
	for i, u := range units {
		if u.ID == "" {
			return nil, fmt.Errorf("unit %d has no id", i+1)
		}
		if _, twice := at[u.ID]; twice {
			return nil, fmt.Errorf("unit %q: the id is used twice", u.ID)
		}
		at[u.ID] = i
	}
	root, below := -1, make([][]int, len(units))
	for i, u := range units {
		switch p, ok := at[u.Parent]; {
		case u.Parent == "" && root >= 0:
			return nil, fmt.Errorf("unit %q: a second root beside %q", u.ID, units[root].ID)
		case u.Parent == "":
			root = i
		case !ok:
			return nil, fmt.Errorf("unit %q: unknown parent %q", u.ID, u.Parent)
		default:
			below[p] = append(below[p], i)
		}
	}
	if root < 0 {
		return nil, fmt.Errorf("no unit without parent: the tree has no root")
	}
	t := &Tree{index: make(map[string]int, len(units))}
	t.add(units, below, root, -1)
	if len(t.units) < len(units) {
		for _, u := range units {
			if _, ok := t.index[u.ID]; !ok {
				return nil, fmt.Errorf("unit %q: its parents form a cycle", u.ID)
			}
		}
	}
	return t, nil
}

func (t *Tree) add(units []Unit, below [][]int, from, parent int) {
	i := len(t.units)
	t.index[units[from].ID] = i
	t.units = append(t.units, units[from])
	t.parent = append(t.parent, parent)
	t.children = append(t.children, nil)
	t.end = append(t.end, 0)
	if parent >= 0 {
		t.children[parent] = append(t.children[parent], i)
	}
	for _, c := range below[from] {
		t.add(units, below, c, i)
	}
	t.end[i] = len(t.units)
}

// Units returns every unit, parents before children. Not to be changed.
func (t *Tree) Units() []Unit { return t.units }

// Len returns the number of units.
func (t *Tree) Len() int { return len(t.units) }

// Index returns the unit's place in Units.
func (t *Tree) Index(id string) (int, bool) { i, ok := t.index[id]; return i, ok }

// ParentIndex returns the place of the parent of the unit at i; -1 for the root.
func (t *Tree) ParentIndex(i int) int { return t.parent[i] }

// ChildIndexes returns the places of the children of the unit at i.
func (t *Tree) ChildIndexes(i int) []int { return t.children[i] }

// Unit returns the unit with id.
func (t *Tree) Unit(id string) (Unit, bool) {
	i, ok := t.index[id]
	if !ok {
		return Unit{}, false
	}
	return t.units[i], true
}

// Root returns the unit above all others.
func (t *Tree) Root() Unit { return t.units[0] }

// Children returns the units directly below id, none for an unknown one.
func (t *Tree) Children(id string) []Unit {
	i, ok := t.index[id]
	if !ok {
		return nil
	}
	out := make([]Unit, len(t.children[i]))
	for j, c := range t.children[i] {
		out[j] = t.units[c]
	}
	return out
}

// Path returns the units from the root down to id, none for an unknown one.
func (t *Tree) Path(id string) []Unit {
	i, ok := t.index[id]
	if !ok {
		return nil
	}
	var out []Unit
	for ; i >= 0; i = t.parent[i] {
		out = append(out, t.units[i])
	}
	slices.Reverse(out)
	return out
}

// Within reports whether id is top or lies anywhere below it.
func (t *Tree) Within(id, top string) bool {
	i, ok := t.index[id]
	if ok && slices.Contains(t.above, top) {
		return true
	}
	j, ok2 := t.index[top]
	return ok && ok2 && j <= i && i < t.end[j]
}

// ParseRoles reads roles joined by ';'. The error names an unknown one.
func ParseRoles(s string) ([]Role, error) {
	var out []Role
	for part := range strings.SplitSeq(s, ";") {
		r := Role(strings.ToLower(strings.TrimSpace(part)))
		if r == "" {
			continue
		}
		if !r.Known() {
			return nil, fmt.Errorf("unknown role %q (one of %v)", part, Roles)
		}
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no role")
	}
	return out, nil
}
