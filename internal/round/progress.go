package round

import "github.com/mognad/mognad/internal/org"

// Progress is how far the people of a unit, with everything below it, have come.
type Progress struct {
	Unit                        org.Unit
	Depth                       int // 0 for the root
	Invited, Started, Submitted int // as UnitCount
}

// Left returns how many have not submitted.
func (p Progress) Left() int { return p.Invited - p.Submitted }

// Missing returns how many more must submit before the share of those invited
// who have is at least share (0–1).
func (p Progress) Missing(share float64) int {
	for n := p.Submitted; n <= p.Invited; n++ {
		if float64(n) >= share*float64(p.Invited)-1e-9 {
			return n - p.Submitted
		}
	}
	return 0
}

// Roll adds the counts of each unit's own people up the tree, and returns the
// units that anybody is invited in, parents first, down to depth.
func Roll(tree *org.Tree, counts []UnitCount, depth int) []Progress {
	sums := make([]Progress, tree.Len())
	for _, c := range counts {
		i, ok := tree.Index(c.Unit)
		for ; ok && i >= 0; i = tree.ParentIndex(i) {
			sums[i].Invited += c.Invited
			sums[i].Started += c.Started
			sums[i].Submitted += c.Submitted
		}
	}
	var out []Progress
	for i, u := range tree.Units() {
		if p := tree.ParentIndex(i); p >= 0 {
			sums[i].Depth = sums[p].Depth + 1
		}
		sums[i].Unit = u
		if sums[i].Depth <= depth && sums[i].Invited > 0 {
			out = append(out, sums[i])
		}
	}
	return out
}
