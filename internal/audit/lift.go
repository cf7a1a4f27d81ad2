package audit

import (
	"cmp"
	"math"
	"slices"

	"github.com/mognad/mognad/internal/survey"
)

// Lift is the smallest change that lifts a question's outcome one step: the
// fewest requirements raised, then the least raised in all; among equals the
// one that gives the highest index. A
// fact is raised to a whole level, a rating to a tenth, as levels are shown.
//
// For a question that cannot be assessed it is the fewest requirements that
// must get a level for the coverage to suffice; To is then "" and the raises
// have no To.
type Lift struct {
	To     Outcome `json:"to,omitempty"` // what the question becomes
	Raises []Raise `json:"raises"`
}

// Raise is one requirement that must count as more. From and To are what it
// counts as, level 1–5; From is 0 where it has no level.
type Raise struct {
	Item string      `json:"item"`
	Text survey.Text `json:"text"`
	Fact bool        `json:"fact"`
	From float64     `json:"from,omitempty"`
	To   float64     `json:"to,omitempty"`
	// Evidence: a reviewer must confirm the fact on current evidence.
	Evidence bool `json:"evidence,omitempty"`
	// LevelHeld: the level is reached already, and only the evidence lacks.
	LevelHeld bool `json:"level_held,omitempty"`
}

// candidate is an item that may be raised. Costs and steps are tenths of a
// level, gains are index times weight above the threshold aimed at.
type candidate struct {
	*Finding
	weight float64
	least  float64 // what it must count as if the step is to be reached; 0: nothing
	forced bool    // it must be raised
	values []float64
	costs  []int
	gains  []float64
}

func (v *QuestionVerdict) lift() *Lift {
	switch v.Outcome {
	case Met:
		return nil
	case NotAssessable:
		return v.liftCoverage()
	case PartlyMet:
		return v.liftTo(Met, v.Thresholds.Met)
	}
	return v.liftTo(PartlyMet, v.Thresholds.Partly)
}

// liftCoverage takes the heaviest requirements without level until the
// coverage suffices: no fewer can do it.
func (v *QuestionVerdict) liftCoverage() *Lift {
	weight, covered, without := 0.0, 0.0, []*RequirementVerdict(nil)
	for i := range v.Requirements {
		req := &v.Requirements[i]
		weight += req.Weight
		if req.HasLevel() {
			covered += req.Weight
		} else {
			without = append(without, req)
		}
	}
	slices.SortStableFunc(without, func(a, b *RequirementVerdict) int { return cmp.Compare(b.Weight, a.Weight) })
	out := &Lift{}
	for _, req := range without {
		if covered > 0 && reaches(covered/weight, v.Thresholds.Coverage) {
			break
		}
		covered += req.Weight
		out.Raises = append(out.Raises, Raise{Item: req.Item, Text: req.Text, Fact: req.Fact})
	}
	return out
}

// liftTo searches all ways of raising requirements for the smallest that gives
// at least goal, whose index threshold is given. There is always one: all at
// level 5, verified.
func (v *QuestionVerdict) liftTo(goal Outcome, threshold float64) *Lift {
	cs := v.candidates(goal, threshold)
	// The index reaches the threshold when the weighted sum above it is ≥ 0.
	lack, covered := 0.0, 0.0
	for i := range v.Requirements {
		if req := &v.Requirements[i]; req.HasLevel() {
			lack -= req.Weight * (survey.Index(req.CountsAs) - threshold)
			covered += req.Weight
		}
	}
	chosen := smallest(cs, lack-covered*tolerance/2)
	if chosen == nil {
		return nil
	}
	out := &Lift{}
	for i, value := range chosen {
		if value == 0 {
			continue
		}
		c := cs[i]
		r := Raise{Item: c.Item, Text: c.Text, Fact: c.Fact, From: c.CountsAs, To: value}
		if c.Fact && !reaches(v.Thresholds.Unverified, value) {
			r.Evidence, r.LevelHeld = true, c.HasLevel() && reaches(c.Level, value)
		}
		out.Raises = append(out.Raises, r)
	}
	raised := v.raised(out.Raises)
	out.To = raised.Outcome
	return out
}

// raised returns the question with the raises made.
func (v *QuestionVerdict) raised(raises []Raise) *QuestionVerdict {
	out := *v
	out.Requirements, out.Knockouts = slices.Clone(v.Requirements), slices.Clone(v.Knockouts)
	for _, r := range raises {
		for i := range out.Requirements {
			if f := &out.Requirements[i].Finding; f.Item == r.Item {
				f.CountsAs, f.NoLevel = r.To, ""
			}
		}
		for i := range out.Knockouts {
			if f := &out.Knockouts[i].Finding; f.Item == r.Item {
				f.CountsAs, f.NoLevel = r.To, ""
			}
		}
	}
	out.settle()
	return &out
}

func (v *QuestionVerdict) candidates(goal Outcome, threshold float64) []candidate {
	var cs []candidate
	for i := range v.Requirements {
		req := &v.Requirements[i]
		c := candidate{Finding: &req.Finding, weight: req.Weight}
		if goal == Met && req.Core {
			c.least, c.forced = v.Thresholds.Core, !req.HasLevel()
		}
		cs = append(cs, c)
	}
	for i := range v.Knockouts {
		k := &v.Knockouts[i]
		if k.AtMost.rank() >= goal.rank() {
			continue
		}
		at := slices.IndexFunc(cs, func(c candidate) bool { return c.Item == k.Item })
		if at < 0 && k.Struck { // a knock-out on an item that is no requirement
			at, cs = len(cs), append(cs, candidate{Finding: &k.Finding})
		}
		if at >= 0 {
			cs[at].least = max(cs[at].least, k.Below)
		}
	}
	for i := range cs {
		cs[i].choices(threshold)
	}
	return cs
}

// choices lists the values that the item may be raised to.
func (c *candidate) choices(threshold float64) {
	from, step := 1.0, 1
	if c.HasLevel() {
		from = c.CountsAs
		c.forced = c.forced || !reaches(from, c.least)
	}
	if c.Fact {
		step = 10
	}
	for tenths := 10; tenths <= 10*survey.Levels; tenths += step {
		value := float64(tenths) / 10
		if c.HasLevel() && reaches(from, value) || !reaches(value, c.least) {
			continue
		}
		gain := c.weight * (survey.Index(value) - threshold)
		if c.HasLevel() {
			gain = c.weight * (survey.Index(value) - survey.Index(from))
		}
		c.values = append(c.values, value)
		c.costs = append(c.costs, int(math.Ceil((value-from)*10-tolerance)))
		c.gains = append(c.gains, gain)
	}
}

// smallest chooses a value for the fewest candidates, at the least cost, such
// that their gains sum to at least lack and all that are forced are chosen; 0
// stands for a candidate left as it is. It is exact: best[n][t] is the highest
// gain of n candidates raised at the cost t, candidate by candidate (a
// knapsack), and pick remembers how it came about.
func smallest(cs []candidate, lack float64) []float64 {
	most := 10*(survey.Levels-1)*len(cs) + 1
	best := table(len(cs)+1, most, math.Inf(-1))
	best[0][0] = 0
	picks := make([][][]int16, len(cs)) // index into values + 1, 0: left
	for i := range cs {
		next := table(len(cs)+1, most, math.Inf(-1))
		picks[i] = table(len(cs)+1, most, int16(0))
		for n := 0; n <= i; n++ {
			for t, gain := range best[n] {
				if math.IsInf(gain, -1) {
					continue
				}
				if !cs[i].forced && gain > next[n][t] {
					next[n][t], picks[i][n][t] = gain, 0
				}
				for j, cost := range cs[i].costs {
					if sum := gain + cs[i].gains[j]; sum > next[n+1][t+cost] {
						next[n+1][t+cost], picks[i][n+1][t+cost] = sum, int16(j+1)
					}
				}
			}
		}
		best = next
	}
	for n := range best {
		for t, gain := range best[n] {
			if gain >= lack {
				return trace(cs, picks, n, t)
			}
		}
	}
	return nil
}

func trace(cs []candidate, picks [][][]int16, n, t int) []float64 {
	out := make([]float64, len(cs))
	for i := len(cs) - 1; i >= 0; i-- {
		if j := picks[i][n][t]; j > 0 {
			out[i] = cs[i].values[j-1]
			n, t = n-1, t-cs[i].costs[j-1]
		}
	}
	return out
}

func table[T any](rows, columns int, fill T) [][]T {
	out := make([][]T, rows)
	for i := range out {
		out[i] = slices.Repeat([]T{fill}, columns)
	}
	return out
}
