package analysis

import (
	"cmp"
	"slices"

	"github.com/mognad/mognad/internal/org"
)

// suppress applies the rule of docs/method.md, What may be shown, to one
// statistic: n is the number of people in it by unit, everybody below counted
// in; units holds the reasons why whole units are hidden by the number who
// submitted, nil when that number is the statistic. It returns a reason a unit.
//
// What is shown is the top of the tree, and each shown unit's people outside its
// shown children (h) are none or at least k. Every sum or difference of shown
// figures is made of such rests, so none is of fewer than k people. A unit
// hidden as a whole on top of that adds its own n to h: it is k or more, or
// was in h already.
func suppress(tree *org.Tree, n []int, k int, units []Reason) []Reason {
	out := make([]Reason, tree.Len())
	small := func(u int) Reason {
		switch {
		case n[u] == 0:
			return None
		case n[u] < k:
			return Small
		}
		return Shown
	}
	out[0] = small(0)
	var candidates []int
	for u := range out { // parents first: out[u] is final when its children are judged
		children := tree.ChildIndexes(u)
		if out[u] != Shown {
			for _, c := range children {
				out[c] = Parent
			}
			continue
		}
		candidates = candidates[:0]
		h := n[u]
		for _, c := range children {
			if out[c] = small(c); out[c] == Shown {
				candidates = append(candidates, c)
				h -= n[c]
			}
		}
		if h <= 0 || h >= k {
			continue
		}
		slices.SortFunc(candidates, func(a, b int) int {
			return cmp.Or(cmp.Compare(n[a], n[b]), cmp.Compare(tree.Units()[a].ID, tree.Units()[b].ID))
		})
		for _, c := range candidates {
			if h >= k {
				break
			}
			out[c] = Complementary
			h += n[c]
		}
	}
	for u, whole := range units {
		if whole != Shown {
			out[u] = whole
		}
	}
	return out
}
