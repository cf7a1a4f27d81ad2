package analysis

import (
	"cmp"
	"slices"

	"github.com/mognad/mognad/internal/org"
)

// Remark is a comment as far as the rule needs to know it.
type Remark struct {
	Person int // tells those who wrote apart
	Roles  []org.Role
	Unit   string // that the person is placed in
	Item   string // that it was written to
}

// Attribute returns, for each remark, the unit under which it may be read; ""
// where it may be read nowhere (docs/method.md, Comments). Theme by theme those
// whose remarks are read under a unit itself, not in a unit below it, are nobody
// or at least k people; and a remark is read only where its item's figure and the
// numbers beside it are shown.
func (r *Result) Attribute(remarks []Remark) []string {
	stats := map[string]int{}
	for s, st := range r.stats {
		if st.item != nil {
			stats[st.id] = s
		}
	}
	places := make([]int, len(remarks))
	themes := map[string][]int{} // theme → places in remarks
	for i, m := range remarks {
		s, known := stats[m.Item]
		if places[i] = -1; !known || !r.stats[s].item.AskedTo(m.Roles) {
			continue
		}
		if places[i] = r.lowest(m.Unit, s); places[i] >= 0 {
			theme := r.stats[s].item.ThemeID()
			themes[theme] = append(themes[theme], i)
		}
	}
	for _, of := range themes {
		r.gather(remarks, places, of)
	}
	out := make([]string, len(remarks))
	for i, u := range places {
		if u >= 0 {
			out[i] = r.tree.Units()[u].ID
		}
	}
	return out
}

// lowest returns the lowest unit from unit upwards where the number of people
// asked an item who submitted may be told: of those who can have written to it
// there too none of few are told apart. -1 where there is no such unit.
func (r *Result) lowest(unit string, s int) int {
	u, ok := r.tree.Index(unit)
	if !ok {
		return -1
	}
	for ; u > 0; u = r.tree.ParentIndex(u) {
		if r.uncounted[s][u] == Shown {
			return u
		}
	}
	if r.uncounted[s][0] == Shown {
		return 0
	}
	return -1
}

// gather moves the remarks of one theme up from units under which fewer than k
// people's would be read. Where it leaves fewer than k at the top, the smallest
// groups right below join them; where that is not enough, they are read nowhere.
// So a remark is read under the lowest unit at or above its own place where any
// of the theme is: what is read above it tells nothing of who is below.
func (r *Result) gather(remarks []Remark, places, of []int) {
	at := map[int][]int{}
	for _, i := range of {
		at[places[i]] = append(at[places[i]], i)
	}
	people := func(u int) int {
		who := map[int]bool{}
		for _, i := range at[u] {
			who[remarks[i].Person] = true
		}
		return len(who)
	}
	move := func(u, to int) {
		for _, i := range at[u] {
			places[i] = to
		}
		if to >= 0 {
			at[to] = append(at[to], at[u]...)
		}
		delete(at, u)
	}
	few := func(u int) bool { return len(at[u]) > 0 && people(u) < r.opt.MinGroup }
	for u := r.tree.Len() - 1; u > 0; u-- { // children before their parents
		if few(u) {
			move(u, r.tree.ParentIndex(u))
		}
	}
	for few(0) && len(at) > 1 {
		var groups []int // none of them has another above it
		for u := range at {
			up := r.tree.ParentIndex(u)
			for up > 0 && len(at[up]) == 0 {
				up = r.tree.ParentIndex(up)
			}
			if u > 0 && up == 0 {
				groups = append(groups, u)
			}
		}
		move(slices.MinFunc(groups, func(a, b int) int { return cmp.Or(cmp.Compare(people(a), people(b)), cmp.Compare(a, b)) }), 0)
	}
	if few(0) {
		move(0, -1)
	}
}
