package org

import "slices"

// Subtree returns the unit with everything below it as a tree of its own, which
// remembers the units above: who may do something with one of those may do it
// here too. nil for an unknown unit.
func (t *Tree) Subtree(id string) *Tree {
	i, ok := t.index[id]
	if !ok {
		return nil
	}
	units := slices.Clone(t.units[i:t.end[i]])
	units[0].Parent = ""
	sub, err := NewTree(units)
	if err != nil {
		panic(err) // a part of a checked tree is one
	}
	return sub.Under(t.Above(id))
}

// Above returns the ids of the units above one, from the top down.
func (t *Tree) Above(id string) []string {
	path := t.Path(id)
	if len(path) == 0 {
		return nil
	}
	above := slices.Clone(t.above)
	for _, u := range path[:len(path)-1] {
		above = append(above, u.ID)
	}
	return above
}

// Under returns the tree, remembering which units of a larger one it lay below.
func (t *Tree) Under(above []string) *Tree {
	under := *t
	under.above = above
	return &under
}

// PeopleIn returns those who are placed in the tree.
func (t *Tree) PeopleIn(people []Person) []Person {
	return slices.DeleteFunc(slices.Clone(people), func(p Person) bool { _, ok := t.index[p.Unit]; return !ok })
}
