package org

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Organisation is units and the people placed in them. The part of it below a
// unit, the unit included, is one too; there the top has its parent still.
type Organisation struct {
	Units  []Unit   `json:"units"`
	People []Person `json:"people"`
}

// Hash names the organisation as it stands: it is another when anything is.
func (o Organisation) Hash() string {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(o); err != nil {
		panic(err) // there is nothing in it that JSON can't hold
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Part returns the units within top, in the order of the tree, and their people.
func (o Organisation) Part(tree *Tree, top string) Organisation {
	var part Organisation
	for _, u := range tree.Units() {
		if tree.Within(u.ID, top) {
			part.Units = append(part.Units, u)
		}
	}
	for _, p := range o.People {
		if tree.Within(p.Unit, top) {
			part.People = append(part.People, p)
		}
	}
	return part
}

// Replace returns the organisation with the part below top exchanged for
// another. The error names what can't be: a part without top, or one with an id
// that somebody outside it has.
func (o Organisation) Replace(tree *Tree, top string, part Organisation) (Organisation, error) {
	was, ok := tree.Unit(top)
	if !ok {
		return Organisation{}, fmt.Errorf("unit %q: there is no such unit", top)
	}
	out := Organisation{Units: make([]Unit, 0, len(o.Units)), People: make([]Person, 0, len(o.People))}
	taken, names := map[string]bool{}, map[string]bool{}
	for _, u := range tree.Units() {
		switch {
		case u.ID == top:
			out.Units = append(out.Units, part.Units...)
		case !tree.Within(u.ID, top):
			out.Units, taken[u.ID] = append(out.Units, u), true
		}
	}
	for _, p := range o.People {
		if !tree.Within(p.Unit, top) {
			out.People, names[p.ID] = append(out.People, p), true
		}
	}
	out.People = append(out.People, part.People...)
	for _, u := range part.Units {
		if taken[u.ID] {
			return Organisation{}, fmt.Errorf("unit %q: the id is used elsewhere in the installation", u.ID)
		}
	}
	for _, p := range part.People {
		if names[p.ID] {
			return Organisation{}, fmt.Errorf("person %q: the id is used elsewhere in the installation", p.ID)
		}
	}
	whole, err := NewTree(out.Units)
	if err != nil {
		return Organisation{}, err
	}
	if now, ok := whole.Unit(top); !ok || now.Parent != was.Parent {
		return Organisation{}, fmt.Errorf("unit %q: the top unit must stay where it is", top)
	}
	for _, p := range part.People {
		if !whole.Within(p.Unit, top) {
			return Organisation{}, fmt.Errorf("person %q: unknown unit %q", p.ID, p.Unit)
		}
	}
	return out, nil
}

// Change is what something with an id was and is; nil for none.
type Change[T any] struct{ Was, Is *T }

// Added reports whether it is new.
func (c Change[T]) Added() bool { return c.Was == nil }

// Removed reports whether it is gone.
func (c Change[T]) Removed() bool { return c.Is == nil }

// Changes is all that one organisation has otherwise than another: what is new
// and what is changed in the order of the new one, then what is gone in the order
// of the old. The order of units and people is no change.
type Changes struct {
	Units  []Change[Unit]
	People []Change[Person]
}

// Empty reports whether nothing is changed.
func (c Changes) Empty() bool { return len(c.Units) == 0 && len(c.People) == 0 }

// Compare returns what must be changed in was for it to be is. Ids stand once in
// each.
func Compare(was, is Organisation) Changes {
	return Changes{
		compare(was.Units, is.Units, func(u Unit) string { return u.ID }, func(a, b Unit) bool { return a == b }),
		compare(was.People, is.People, func(p Person) string { return p.ID }, func(a, b Person) bool {
			return a.Name == b.Name && a.Email == b.Email && a.Unit == b.Unit && slices.Equal(slices.Sorted(slices.Values(a.Roles)), slices.Sorted(slices.Values(b.Roles)))
		}),
	}
}

func compare[T any](was, is []T, id func(T) string, same func(a, b T) bool) []Change[T] {
	before := make(map[string]*T, len(was))
	for i := range was {
		before[id(was[i])] = &was[i]
	}
	gone := maps.Clone(before)
	var out []Change[T]
	for i := range is {
		old := before[id(is[i])]
		delete(gone, id(is[i]))
		if old == nil || !same(*old, is[i]) {
			out = append(out, Change[T]{old, &is[i]})
		}
	}
	for i := range was {
		if _, ok := gone[id(was[i])]; ok {
			out = append(out, Change[T]{&was[i], nil})
		}
	}
	return out
}
