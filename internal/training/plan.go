package training

import (
	"cmp"
	"math"
	"slices"

	"github.com/mognad/mognad/internal/survey"
)

// Need is how many people of a competence area there are by the level required of
// them and their own: Need[required-1][own-1] (docs/method.md, Competence gap).
type Need [survey.Levels][survey.Levels]int

// Below returns how many people are below the level required of them, and how
// many steps they lack together.
func (n Need) Below() (people, steps int) {
	for required := range n {
		for own := range required {
			people += n[required][own]
			steps += n[required][own] * (required - own)
		}
	}
	return people, steps
}

// Effect is what an activity does for those it is for.
type Effect struct {
	Activity Activity `json:"activity"`
	People   int      `json:"people"`
	Sessions int      `json:"sessions"`
	Hours    float64  `json:"hours"` // of all participants together
	Cost     float64  `json:"cost"`  // kronor
	Steps    int      `json:"steps"` // closed
}

// PerThousand returns the steps closed per 1,000 kronor; infinite for what costs
// nothing, 0 for what closes nothing.
func (e Effect) PerThousand() float64 {
	switch {
	case e.Steps == 0:
		return 0
	case e.Cost == 0:
		return math.Inf(1)
	}
	return 1000 * float64(e.Steps) / e.Cost
}

// Apply returns what the activity does where the need is n, and the need that is
// left. It is for those whose own level is at least From and below both To and
// what is required; afterwards they count as To.
func (a Activity) Apply(n Need) (Effect, Need) {
	e, left := Effect{Activity: a}, n
	for required := range n {
		for own := a.From - 1; own < min(a.To-1, required); own++ {
			people := n[required][own]
			e.People += people
			e.Steps += people * (min(a.To-1, required) - own)
			left[required][own] -= people
			left[required][a.To-1] += people
		}
	}
	if a.Seats > 0 {
		e.Sessions = (e.People + a.Seats - 1) / a.Seats
	}
	e.Hours, e.Cost = float64(e.People)*a.Hours, float64(e.Sessions)*a.Cost
	return e, left
}

// Plan is a set of activities, and what they do together.
type Plan struct {
	Effects  []Effect // in the order of the catalogue's areas, in each by From
	People   int      // places, not persons: one may take part in several
	Hours    float64
	Cost     float64
	Steps    int
	Weighted float64         // steps, each area's times its priority
	Left     map[string]Need // by area
}

// Make returns the plan of the activities chosen, whatever they cost. Those that
// are for nobody are left out.
func Make(needs map[string]Need, chosen []Activity, priority map[string]float64) Plan {
	p := Plan{Left: map[string]Need{}}
	for area, need := range needs {
		p.Left[area] = need
	}
	for _, area := range areas(chosen) {
		need, known := needs[area]
		if !known {
			continue
		}
		for _, a := range inOrder(chosen, area) {
			var e Effect
			if e, need = a.Apply(need); e.People == 0 {
				continue
			}
			p.Effects = append(p.Effects, e)
			p.People, p.Hours, p.Cost, p.Steps = p.People+e.People, p.Hours+e.Hours, p.Cost+e.Cost, p.Steps+e.Steps
			p.Weighted += float64(e.Steps) * weight(priority, area)
		}
		p.Left[area] = need
	}
	return p
}

// weight is an area's priority: 1 unless set.
func weight(priority map[string]float64, area string) float64 {
	if w, ok := priority[area]; ok {
		return w
	}
	return 1
}

// areas returns the areas of activities, in the order in which they first stand.
func areas(activities []Activity) (out []string) {
	for _, a := range activities {
		if !slices.Contains(out, a.Area) {
			out = append(out, a.Area)
		}
	}
	return out
}

// inOrder returns the activities of an area by From; of the same From the one
// that reaches less first.
func inOrder(activities []Activity, area string) (out []Activity) {
	for _, a := range activities {
		if a.Area == area {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b Activity) int { return cmp.Or(a.From-b.From, a.To-b.To) })
	return out
}
