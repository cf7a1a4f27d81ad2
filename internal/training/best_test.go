package training_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/training"
)

// costs are catalogues that are hard to choose from: what a session costs of what
// the activity yields. Nearly every choice is as good as the next.
var costs = []struct {
	name string
	of   func(yield float64, random *rand.Rand) float64
}{
	{"in proportion", func(y float64, _ *rand.Rand) float64 { return 2 * y }},
	{"and a bit", func(y float64, _ *rand.Rand) float64 { return 10*y + 100 }},
	{"less a bit", func(y float64, _ *rand.Rand) float64 { return max(10*y-100, 0) }},
	{"more or less", func(y float64, random *rand.Rand) float64 {
		return max(10*y+float64(random.IntN(21)-10), 0)
	}},
	{"all alike", func(y float64, _ *rand.Rand) float64 { return 1000 + y }},
}

// hard draws a catalogue of 40 activities, so many in each area, with less than
// people of each pair of levels; total is what all of it costs.
func hard(random *rand.Rand, perArea, people int, cost func(float64, *rand.Rand) float64) (needs map[string]training.Need, catalogue []training.Activity, priority map[string]float64, total float64) {
	needs, priority = map[string]training.Need{}, map[string]float64{}
	for i := range 40 {
		area := fmt.Sprint("area", i/perArea)
		if _, ok := needs[area]; !ok {
			var n training.Need
			for required := 2; required < len(n); required++ {
				for own := range required {
					n[required][own] = random.IntN(people)
				}
			}
			needs[area], priority[area] = n, float64(1+random.IntN(3))
		}
		from := 1 + random.IntN(4)
		a := training.Activity{ID: fmt.Sprint(i), Area: area, From: from, To: from + 1 + random.IntN(5-from), Seats: 1_000_000, Hours: 2}
		e, _ := a.Apply(needs[area])
		a.Cost = cost(float64(e.Steps)*priority[area], random)
		total, catalogue = total+a.Cost, append(catalogue, a)
	}
	return needs, catalogue, priority, total
}

// cheapest is another way to the best plan: the least that each sum of weighted
// steps costs, area by area.
func cheapest(needs map[string]training.Need, catalogue []training.Activity, priority map[string]float64, budget float64) (yield int, cost float64) {
	least := map[int]float64{0: 0}
	for i := 0; i < len(catalogue); {
		end := i
		for end < len(catalogue) && catalogue[end].Area == catalogue[i].Area {
			end++
		}
		next := map[int]float64{}
		for set := range 1 << (end - i) {
			var chosen []training.Activity
			for k := range end - i {
				if set&(1<<k) != 0 {
					chosen = append(chosen, catalogue[i+k])
				}
			}
			p := training.Make(needs, chosen, priority)
			for y, c := range least {
				sum := y + int(p.Weighted)
				if was, ok := next[sum]; (!ok || c+p.Cost < was) && c+p.Cost <= budget {
					next[sum] = c + p.Cost
				}
			}
		}
		least, i = next, end
	}
	for y := range least {
		yield = max(y, yield)
	}
	return yield, least[yield]
}

// The best plan of forty activities is what another method finds too.
func TestBestOfForty(t *testing.T) {
	for _, of := range costs {
		for _, perArea := range []int{1, 3, 6} {
			random := rand.New(rand.NewPCG(1, uint64(perArea)))
			needs, catalogue, priority, total := hard(random, perArea, 6, of.of)
			for _, part := range []float64{.1, .5, .9} {
				budget := math.Floor(total*part/2)*2 + 1
				p := training.Best(needs, catalogue, priority, budget)
				if yield, cost := cheapest(needs, catalogue, priority, budget); p.Weighted != float64(yield) || math.Abs(p.Cost-cost) > 1e-6 || p.Cost > budget {
					t.Errorf("%s, %d in an area, %v kr: best yields %v for %v, the other way %d for %v", of.name, perArea, budget, p.Weighted, p.Cost, yield, cost)
				}
			}
		}
	}
}

// The hardest catalogues of a large organisation, too, are worked out while
// somebody waits; the limit is far from what it takes (BenchmarkBest), so that only
// a method that tries too much reaches it.
func TestBestOfHardIsQuick(t *testing.T) {
	for _, of := range costs {
		for _, perArea := range []int{1, 2, 5, 6} {
			needs, catalogue, priority, total := hard(rand.New(rand.NewPCG(2, uint64(perArea))), perArea, 300, of.of)
			for _, part := range []float64{.05, .5, .95, 100} {
				start := time.Now()
				p := training.Best(needs, catalogue, priority, math.Floor(total*part/2)*2+1)
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("%s, %d in an area, %v of the cost: %v", of.name, perArea, part, took)
				}
				if p.Cost > total*part+1 {
					t.Errorf("%s, %d in an area: %v kr of %v", of.name, perArea, p.Cost, total*part)
				}
			}
		}
	}
}

func BenchmarkBest(b *testing.B) {
	for _, of := range costs {
		for _, perArea := range []int{1, 5} {
			b.Run(fmt.Sprint(of.name, " ", perArea), func(b *testing.B) {
				needs, catalogue, priority, total := hard(rand.New(rand.NewPCG(2, uint64(perArea))), perArea, 300, of.of)
				for b.Loop() {
					training.Best(needs, catalogue, priority, math.Floor(total/4)*2+1)
				}
			})
		}
	}
}
