package training_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/mognad/mognad/internal/training"
	"github.com/mognad/mognad/surveys"
)

// need makes a Need from "required, own, people".
func need(rows ...[3]int) (n training.Need) {
	for _, r := range rows {
		n[r[0]-1][r[1]-1] += r[2]
	}
	return n
}

func TestActivityTakesThoseItIsFor(t *testing.T) {
	a := training.Activity{From: 2, To: 4, Seats: 10, Hours: 3, Cost: 1000}
	n := need(
		[3]int{4, 1, 7},                                    // below From
		[3]int{4, 2, 11}, [3]int{4, 3, 2}, [3]int{3, 2, 4}, // for them
		[3]int{3, 3, 5}, [3]int{5, 4, 6}) // there already, or at To
	e, left := a.Apply(n)
	if e.People != 17 || e.Sessions != 2 || e.Hours != 51 || e.Cost != 2000 || e.Steps != 11*2+2*1+4*1 || e.PerThousand() != 14 {
		t.Errorf("%+v, %v a thousand", e, e.PerThousand())
	}
	if want := need([3]int{4, 1, 7}, [3]int{4, 4, 13}, [3]int{3, 4, 4}, [3]int{3, 3, 5}, [3]int{5, 4, 6}); left != want {
		t.Errorf("left %v, want %v", left, want)
	}
	if people, steps := n.Below(); people != 7+11+2+4+6 || steps != 7*3+11*2+2+4+6 {
		t.Errorf("%d below, %d steps", people, steps)
	}
	if e, same := a.Apply(left); e.People != 0 || e.Cost != 0 || e.PerThousand() != 0 || same != left {
		t.Errorf("again: %+v", e)
	}
}

// A second activity works on the levels that the first left.
func TestActivitiesFollowOnEachOther(t *testing.T) {
	first, second := training.Activity{ID: "1", Area: "x", From: 1, To: 2, Seats: 5, Cost: 100}, training.Activity{ID: "2", Area: "x", From: 2, To: 3, Seats: 5, Cost: 100}
	p := training.Make(map[string]training.Need{"x": need([3]int{3, 1, 5})}, []training.Activity{second, first}, nil)
	if len(p.Effects) != 2 || p.Effects[0].Activity.ID != "1" || p.Steps != 10 || p.Cost != 200 || p.People != 10 || p.Left["x"] != need([3]int{3, 3, 5}) {
		t.Errorf("%+v", p)
	}
}

// drawn makes small needs and catalogues of two areas.
func drawn(t *rapid.T) (needs map[string]training.Need, catalogue []training.Activity, priority map[string]float64) {
	needs, priority = map[string]training.Need{}, map[string]float64{}
	for _, area := range []string{"x", "y", "z"} {
		var n training.Need
		for range 4 {
			n[rapid.IntRange(0, 4).Draw(t, "required")][rapid.IntRange(0, 4).Draw(t, "own")] += rapid.IntRange(0, 30).Draw(t, "people")
		}
		needs[area] = n
		if rapid.Bool().Draw(t, "set") {
			priority[area] = float64(rapid.IntRange(0, 6).Draw(t, "priority")) / 2
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "activities") {
			from := rapid.IntRange(1, 4).Draw(t, "from")
			catalogue = append(catalogue, training.Activity{ID: fmt.Sprint(area, i), Area: area, From: from, To: rapid.IntRange(from+1, 5).Draw(t, "to"),
				Seats: rapid.IntRange(1, 20).Draw(t, "seats"), Cost: float64(rapid.IntRange(0, 9).Draw(t, "cost")) * 1000, Hours: 2})
		}
	}
	return needs, catalogue, priority
}

// The best plan is the best of all plans: every choice of activities is tried.
func TestBestPlanIsTheBestOfAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		needs, catalogue, priority := drawn(t)
		budget := float64(rapid.IntRange(0, 60).Draw(t, "budget")) * 1000
		got := training.Best(needs, catalogue, priority, budget)
		best := training.Plan{}
		for set := range 1 << len(catalogue) {
			var chosen []training.Activity
			for i, a := range catalogue {
				if set&(1<<i) != 0 {
					chosen = append(chosen, a)
				}
			}
			p := training.Make(needs, chosen, priority)
			if p.Cost <= budget && (p.Weighted > best.Weighted+1e-9 || math.Abs(p.Weighted-best.Weighted) < 1e-9 && p.Cost < best.Cost) {
				best = p
			}
		}
		if got.Cost > budget || math.Abs(got.Weighted-best.Weighted) > 1e-9 || got.Cost != best.Cost {
			t.Errorf("best yields %v for %v, all tried %v for %v", got.Weighted, got.Cost, best.Weighted, best.Cost)
		}
	})
}

// What a plan does adds up: the steps it closes are those that are gone, nobody
// is lost, and nobody falls.
func TestPlanAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		needs, catalogue, priority := drawn(t)
		p := training.Best(needs, catalogue, priority, 1e9)
		before, after, people, still := 0, 0, 0, 0
		for area, n := range needs {
			_, b := n.Below()
			_, a := p.Left[area].Below()
			before, after = before+b, after+a
			for r := range n {
				for o := range n[r] {
					people += n[r][o]
					still += p.Left[area][r][o]
				}
			}
		}
		if before-after != p.Steps || people != still {
			t.Errorf("%d steps before, %d after, %d closed; %d people, then %d", before, after, p.Steps, people, still)
		}
	})
}

// Forty activities are worked out at once, the shipped ones too.
func TestBestOfManyActivities(t *testing.T) {
	c, err := training.Load(surveys.FS, shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	catalogue := c.Activities
	needs := map[string]training.Need{}
	for i := len(catalogue); i < 40; i++ {
		catalogue = append(catalogue, training.Activity{ID: fmt.Sprint(i), Area: fmt.Sprint("area", i/5), From: 1 + i%4, To: 2 + i%4, Seats: 8 + i, Hours: 3, Cost: float64(7001 + 137*i)})
	}
	for i, a := range catalogue {
		needs[a.Area] = need([3]int{4, 1, 20 + i}, [3]int{4, 2, 31}, [3]int{3, 1, 9 + i}, [3]int{5, 3, 12})
	}
	p := training.Best(needs, catalogue, nil, 400_000)
	if p.Cost > 400_000 || p.Cost < 300_000 || p.Steps == 0 {
		t.Errorf("%v kr, %d steps", p.Cost, p.Steps)
	}
}
