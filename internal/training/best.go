package training

import (
	"cmp"
	"slices"
	"sort"
)

// Best returns the plan within a budget (kronor) that has the largest weighted
// sum of steps closed, on a tie the cheapest. It is exact. What an area can reach
// for each cost is worked out from every choice of its few activities. Then the
// areas are joined one by one, and of what they reach together is left out what
// costs more and yields no more than something else, and what could not, even if
// activities could be bought in parts, yield as much with the money left as a
// plan already known: a catalogue of 40 is worked out in moments.
func Best(needs map[string]Need, catalogue []Activity, priority map[string]float64, budget float64) Plan {
	var all [][]choice
	for _, area := range areas(catalogue) {
		if need, known := needs[area]; known {
			all = append(all, choicesOf(need, inOrder(catalogue, area), weight(priority, area)))
		}
	}
	chosen := []Activity{}
	for i, c := range choose(all, budget) {
		chosen = append(chosen, all[i][c].chosen...)
	}
	return Make(needs, chosen, priority)
}

// choice is what a choice of an area's activities costs and yields.
type choice struct {
	cost, yield float64
	chosen      []Activity
}

// Sums of the same kronor and steps in another order differ by less.
const (
	costNoise  = 1e-6
	yieldNoise = 1e-9
	boundNoise = 1e-6  // of the bound, a sum of quotients
	alike      = 1e-12 // slopes that differ by less count as the same
)

// choicesOf returns what an area's activities reach, every choice of them tried,
// by cost: what costs nothing first, and each yields more than the one before.
func choicesOf(need Need, activities []Activity, weight float64) []choice {
	var all, out []choice
	for set := range 1 << len(activities) {
		left, c := need, choice{}
		for i, a := range activities {
			if set&(1<<i) == 0 {
				continue
			}
			var e Effect
			e, left = a.Apply(left)
			c.cost += e.Cost
			c.yield += float64(e.Steps) * weight
			c.chosen = append(c.chosen, a)
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b choice) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(b.yield, a.yield), cmp.Compare(len(a.chosen), len(b.chosen)))
	})
	for _, c := range all {
		if len(out) == 0 || c.yield > out[len(out)-1].yield+yieldNoise {
			out = append(out, c)
		}
	}
	return out
}

// reached is what the areas so far cost and yield together: the choice of the
// last of them, and where in the ones before it began.
type reached struct {
	cost, yield float64
	from, last  int32
}

// choose returns which choice of each area is in the best plan.
func choose(areas [][]choice, budget float64) []int32 {
	layers := [][]reached{{{}}}
	known, _ := boundOf(areas).yields(budget) // what some plan yields
	for i, choices := range areas {
		rest := boundOf(areas[i+1:])
		before := layers[len(layers)-1]
		var now []reached
		for last, c := range choices {
			now = merged(now, before, c, int32(last), budget)
		}
		for _, r := range now {
			least, _ := rest.yields(budget - r.cost)
			known = max(known, r.yield+least)
		}
		now = slices.DeleteFunc(now, func(r reached) bool {
			_, most := rest.yields(budget - r.cost)
			return r.yield+most < known-boundNoise
		})
		layers = append(layers, now)
	}
	out := make([]int32, len(areas))
	at := int32(len(layers[len(areas)]) - 1) // the dearest yields the most
	for i := len(areas); i > 0; i-- {
		r := layers[i][at]
		out[i-1], at = r.last, r.from
	}
	return out
}

// merged joins two lists, each by cost and with a larger yield from one to the
// next, into one of the kind: so far, and before with a choice of the next area
// added to each that leaves it within budget.
func merged(soFar, before []reached, c choice, last int32, budget float64) (out []reached) {
	out = make([]reached, 0, len(soFar)+len(before))
	put := func(r reached) {
		if len(out) == 0 || r.yield > out[len(out)-1].yield+yieldNoise {
			out = append(out, r)
		}
	}
	for i, r := range before {
		next := reached{r.cost + c.cost, r.yield + c.yield, int32(i), last}
		if next.cost > budget+costNoise {
			break
		}
		for len(soFar) > 0 && (soFar[0].cost < next.cost || soFar[0].cost == next.cost && soFar[0].yield >= next.yield) {
			put(soFar[0])
			soFar = soFar[1:]
		}
		put(next)
	}
	for _, r := range soFar {
		put(r)
	}
	return out
}

// bound tells what areas can yield for a cost: the steps from choice to choice
// along the upper edge of each, the most for the money first, summed up.
type bound struct{ cost, yield []float64 }

func boundOf(areas [][]choice) bound {
	type step struct{ cost, yield float64 }
	var steps []step
	free := 0.0
	for _, choices := range areas {
		free += choices[0].yield
		edge := choices[:1:1]
		for _, c := range choices[1:] {
			for n := len(edge); n > 1 && (c.yield-edge[n-1].yield)*(edge[n-1].cost-edge[n-2].cost) >= (1-alike)*(edge[n-1].yield-edge[n-2].yield)*(c.cost-edge[n-1].cost); n-- {
				edge = edge[:n-1]
			}
			edge = append(edge, c)
		}
		for i, c := range edge[1:] {
			steps = append(steps, step{c.cost - edge[i].cost, c.yield - edge[i].yield})
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(b.yield*a.cost, a.yield*b.cost) })
	out := bound{[]float64{0}, []float64{free}}
	for i, s := range steps {
		out.cost, out.yield = append(out.cost, out.cost[i]+s.cost), append(out.yield, out.yield[i]+s.yield)
	}
	return out
}

// yields returns what is certainly had for so much money, and what no plan goes
// beyond.
func (b bound) yields(money float64) (least, most float64) {
	next := sort.Search(len(b.cost), func(i int) bool { return b.cost[i] > money })
	next = max(next, 1) // noise may leave less than nothing
	least = b.yield[next-1]
	if next == len(b.cost) || money <= b.cost[next-1] {
		return least, least
	}
	return least, least + (b.yield[next]-least)*(money-b.cost[next-1])/(b.cost[next]-b.cost[next-1])
}
