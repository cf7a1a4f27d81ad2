package analysis

import "github.com/mognad/mognad/internal/survey"

// LeastPlanned is how many people with the same required level a training plan is
// worked out for, at the least, in a round whose smallest group is minGroup: what
// plans tell of them is how many stand on which level, a distribution.
func LeastPlanned(minGroup int) int { return max(minGroup, LeastDistribution) }

// planRule applies the rule to what a training plan tells of competence area c
// (docs/method.md, Competence gap): how many stand on which level by required
// level. rated is the number of people rated by unit.
func (r *Result) planRule(c int, rated []int) []bool {
	out := r.cutRule(c, rated, LeastPlanned(r.opt.MinGroup))
	for u, n := range rated {
		above := r.tree.ParentIndex(u)
		out[u] = out[u] || n < LeastDistribution || above >= 0 && out[above]
	}
	return out
}

// spreadRule applies the rule to the distribution of an item, n being the number
// of people by unit: it takes LeastDistribution, in what subtraction gives too.
func (r *Result) spreadRule(s int, n []int) []bool {
	if r.stats[s].item == nil {
		return nil
	}
	out := make([]bool, len(n))
	for u, reason := range suppress(r.tree, n, LeastPlanned(r.opt.MinGroup), r.units) {
		out[u] = reason != Shown
	}
	return out
}

// cutRule applies the rule, with k people, to each required level of competence
// area c: the figures of an area cut the people by what is required of them, and so
// by role. rated is the number of people rated by unit.
func (r *Result) cutRule(c int, rated []int, k int) []bool {
	out := make([]bool, len(rated))
	hide := func(reasons []Reason, n []int) {
		for u, reason := range reasons {
			out[u] = out[u] || reason != Shown && n[u] > 0
		}
	}
	hide(r.hiddenComp[c], rated)
	n := make([]int, len(rated))
	for required := range survey.Levels {
		for u := range n {
			n[u] = 0
			for _, x := range part(part(part(r.all.competence, u, len(n)), c, len(r.competence)), required, survey.Levels) {
				n[u] += int(x)
			}
		}
		hide(suppress(r.tree, n, k, r.units), n)
	}
	for u := range out { // what is hidden for one level hides all below it, as it does for one figure
		if above := r.tree.ParentIndex(u); above >= 0 {
			out[u] = out[u] || out[above]
		}
	}
	return out
}

// dontKnowRule applies the rule to the numbers of "vet ej" and "ej relevant":
// they are of the people asked who submitted, so where these leave a few between
// a shown unit and its shown children the numbers would tell what those few
// answered, though none of them rated.
func (r *Result) dontKnowRule(s int) []Reason {
	if r.stats[s].item == nil {
		return nil
	}
	n := make([]int, r.tree.Len())
	for u := range n {
		n[u] = people(part(r.all.submitted, u, len(n)), &r.stats[s].asked)
	}
	return suppress(r.tree, n, r.opt.MinGroup, r.hidden[s])
}
