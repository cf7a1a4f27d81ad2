package audit

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// drawQuestion draws a question of at most n requirements with levels, some
// missing, some capped, and knock-outs.
func drawQuestion(t *rapid.T, n int) (Question, map[string]Coded) {
	q, items := Question{ID: "q"}, map[string]Coded{}
	for i := range rapid.IntRange(1, n).Draw(t, "requirements") {
		id := fmt.Sprintf("i%d", i)
		r := Requirement{Item: id, Fact: rapid.Bool().Draw(t, "fact"), Core: rapid.IntRange(0, 2).Draw(t, "core") == 0,
			Weight: rapid.SampledFrom([]float64{0.1, 0.3, 1, 1, 2, 3}).Draw(t, "weight")}
		q.Requirements = append(q.Requirements, r)
		items[id] = drawCoded(t, r.Fact)
		if rapid.IntRange(0, 3).Draw(t, "knockout") == 0 {
			q.Knockouts = append(q.Knockouts, Knockout{Item: id, Fact: r.Fact,
				Below:  rapid.SampledFrom([]float64{2, 2.5, 3}).Draw(t, "below"),
				AtMost: rapid.SampledFrom([]Outcome{PartlyMet, NotMet}).Draw(t, "at most")})
		}
	}
	return q, items
}

func drawCoded(t *rapid.T, fact bool) Coded {
	if rapid.IntRange(0, 5).Draw(t, "missing") == 0 {
		return Coded{}
	}
	if !fact {
		return Coded{Level: rapid.Float64Range(1, 5).Draw(t, "mean"), Basis: Answers, N: 9,
			Response: rapid.SampledFrom([]float64{0.5, 0.6, 0.9, 1}).Draw(t, "response")}
	}
	c := Coded{Level: float64(rapid.IntRange(1, 5).Draw(t, "level")), Basis: rapid.SampledFrom([]Basis{Verified, Stated}).Draw(t, "basis")}
	if rapid.Bool().Draw(t, "evidence") {
		c.Evidence = decided
	}
	return c
}

func (q Question) judged(items map[string]Coded) QuestionVerdict {
	rule := Rule{Thresholds: thresholds, Questions: []Question{q}, Overall: []OverallRow{{DoesNotEnsure, 0, ""}}}
	return rule.Judge(Coding{AsOf: asOf, MinN: 5, Items: items}).Questions[0]
}

// Raising a level, or getting a fact confirmed, never worsens an outcome.
func TestRaisingNeverWorsens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, items := drawQuestion(t, 8)
		before := q.judged(items)
		at := rapid.IntRange(0, len(q.Requirements)-1).Draw(t, "raised")
		r := before.Requirements[at]
		if !r.HasLevel() {
			return
		}
		coded := items[r.Item]
		coded.Level = rapid.Float64Range(coded.Level, 5).Draw(t, "to")
		if r.Fact && rapid.Bool().Draw(t, "confirm") {
			coded.Basis, coded.Evidence = Verified, decided
		}
		items[r.Item] = coded
		if after := q.judged(items); after.Outcome.rank() < before.Outcome.rank() || after.Outcome == NotAssessable && before.Outcome != NotAssessable {
			t.Errorf("%s became %s when %s was raised to %v", before.Outcome, after.Outcome, r.Item, coded.Level)
		}
	})
}

// The lift lifts when it is carried out in the coding itself, and nothing
// smaller does: neither fewer requirements, nor as many raised less.
func TestLiftIsSmallest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, items := drawQuestion(t, 5)
		v := q.judged(items)
		if v.Outcome == Met {
			if v.Lift != nil {
				t.Fatalf("a lift of what is met: %+v", v.Lift)
			}
			return
		}
		checkLifts(t, q, items, &v)
		if v.Outcome == NotAssessable {
			return
		}
		number, cost := smallestByTrial(&v)
		sum := 0
		for _, r := range v.Lift.Raises {
			sum += tenths(max(r.From, 1), r.To)
		}
		if len(v.Lift.Raises) != number || sum != cost {
			t.Errorf("%d raised by %d tenths, trial finds %d by %d: %+v", len(v.Lift.Raises), sum, number, cost, v.Lift)
		}
	})
}

func checkLifts(t *rapid.T, q Question, items map[string]Coded, v *QuestionVerdict) {
	for _, r := range v.Lift.Raises {
		if v.Outcome == NotAssessable {
			items[r.Item] = Coded{Level: 1, Basis: Answers, Response: 1, N: 9}
			continue
		}
		c := Coded{Level: r.To, Basis: Stated, Response: 1, N: 9}
		if r.Evidence {
			c.Basis, c.Evidence = Verified, decided
		}
		if r.LevelHeld && v.requirement(r.Item).Level < r.To {
			t.Errorf("%s is said to be at %v already", r.Item, r.To)
		}
		items[r.Item] = c
	}
	after := q.judged(items)
	if v.Outcome == NotAssessable {
		if after.Outcome == NotAssessable {
			t.Errorf("still not assessable: covered %v", after.Covered)
		}
		return
	}
	if after.Outcome != v.Lift.To || after.Outcome.rank() <= v.Outcome.rank() {
		t.Errorf("%s became %s, the lift says %s", v.Outcome, after.Outcome, v.Lift.To)
	}
}

func (v *QuestionVerdict) requirement(item string) *RequirementVerdict {
	for i := range v.Requirements {
		if v.Requirements[i].Item == item {
			return &v.Requirements[i]
		}
	}
	return nil
}

func tenths(from, to float64) int { return int(math.Ceil((to-from)*10 - tolerance)) }

// smallestByTrial tries every set of requirements with every value: whole
// levels for facts, tenths for ratings. It returns how many must be raised and
// by how many tenths in all.
func smallestByTrial(v *QuestionVerdict) (number, cost int) {
	for mask := 1; mask < 1<<len(v.Requirements); mask++ {
		n := 0
		for m := mask; m > 0; m &= m - 1 {
			n++
		}
		if number > 0 && n > number {
			continue
		}
		limit := math.MaxInt
		if n == number {
			limit = cost
		}
		if best := cheapest(v, mask, 0, nil, 0, limit); best < limit {
			number, cost = n, best
		}
	}
	return number, cost
}

// cheapest returns the least cost at which the requirements in mask, from i on
// given raises before it, lift v; limit if not below it.
func cheapest(v *QuestionVerdict, mask, i int, raises []Raise, spent, limit int) int {
	if spent >= limit {
		return limit
	}
	if i == len(v.Requirements) {
		if v.raised(raises).Outcome.rank() > v.Outcome.rank() {
			return spent
		}
		return limit
	}
	if mask&(1<<i) == 0 {
		return cheapest(v, mask, i+1, raises, spent, limit)
	}
	// Even with all that is left at level 5?
	all := append([]Raise(nil), raises...)
	for j := i; j < len(v.Requirements); j++ {
		if mask&(1<<j) != 0 {
			all = append(all, Raise{Item: v.Requirements[j].Item, To: 5})
		}
	}
	if v.raised(all).Outcome.rank() <= v.Outcome.rank() {
		return limit
	}
	r := &v.Requirements[i]
	step := 1
	if r.Fact {
		step = 10
	}
	for to := 10; to <= 50; to += step {
		value := float64(to) / 10
		if r.HasLevel() && reaches(r.CountsAs, value) {
			continue
		}
		limit = cheapest(v, mask, i+1, append(raises[:len(raises):len(raises)], Raise{Item: r.Item, To: value}),
			spent+tenths(max(r.CountsAs, 1), value), limit)
	}
	return limit
}

// A knock-out on an item that is no requirement can stand in the way too.
func TestLiftOfForeignKnockout(t *testing.T) {
	q := Question{Requirements: []Requirement{{Item: "r1", Weight: 1}}, Knockouts: []Knockout{{Item: "f2", Below: 3, AtMost: PartlyMet}}}
	v := judgeOne(t, q, map[string]Coded{"r1": rating(5), "f2": {Level: 4, Basis: Stated}})
	if v.Lift == nil || v.Lift.To != Met || len(v.Lift.Raises) != 1 {
		t.Fatalf("lift %+v", v.Lift)
	}
	want := Raise{Item: "f2", Fact: true, From: 2, To: 3, Evidence: true, LevelHeld: true}
	if got := v.Lift.Raises[0]; got != want {
		t.Errorf("raise %+v, want %+v", got, want)
	}
}

func BenchmarkLift30(b *testing.B) {
	q, items := Question{}, map[string]Coded{}
	for i := range maxRequirements {
		id := fmt.Sprintf("r%d", i)
		q.Requirements = append(q.Requirements, Requirement{Item: id, Weight: float64(1 + i%3)})
		items[id] = Coded{Level: 1 + float64(i)/17, Basis: Answers, Response: 1, N: 9}
	}
	for b.Loop() {
		q.judged(items)
	}
}
