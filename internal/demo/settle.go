package demo

import (
	"math"
	"math/rand/v2"

	"github.com/mognad/mognad/internal/survey"
)

// aim is where a förvaltning's answers in a theme are to lie: the mean of the
// people's theme scores, and each item so far from it.
type aim struct {
	rand   *rand.Rand
	sheets []*sheet
	items  []*survey.Item
	shifts []float64 // by item
	want   float64
}

// near is how near the story's mean a theme is brought, in levels.
const near = 0.02

// steps bounds each climb; they end long before.
const steps = 2000

// settle moves single answers a level at a time until the mean is the story's,
// each time in the item that is furthest off; then it moves answers between the
// items of one person, which leaves the theme score as it was.
func (a *aim) settle() {
	a.reach()
	for range steps {
		if !a.exchange() {
			break
		}
	}
	a.reach() // where items weigh differently the scores have moved
}

func (a *aim) reach() {
	for range steps {
		off := a.mean() - a.want
		if len(a.sheets) == 0 || math.Abs(off) <= near {
			return
		}
		step := 1
		if off > 0 {
			step = -1
		}
		item, most := -1, 0.0
		for i := range a.items {
			if d := -float64(step) * a.off(i); len(a.movable(i, step)) > 0 && (item < 0 || d > most) {
				item, most = i, d
			}
		}
		if item < 0 {
			return
		}
		may := a.movable(item, step)
		a.move(may[a.rand.IntN(len(may))], item, step)
	}
}

// exchange lowers the item that lies highest and raises the one that lies
// lowest, in the person whose two answers differ most. It reports whether that
// has brought them nearer.
func (a *aim) exchange() bool {
	high, low := 0, 0
	for i := range a.items {
		if a.off(i) > a.off(high) {
			high = i
		}
		if a.off(i) < a.off(low) {
			low = i
		}
	}
	if len(a.sheets) == 0 || a.off(high)-a.off(low) <= 2/float64(len(a.sheets)) {
		return false
	}
	h, l := a.items[high].ID, a.items[low].ID
	var by *sheet
	for _, s := range a.sheets {
		if s.level(h) > 1 && s.level(l) > 0 && s.level(l) < survey.Levels &&
			(by == nil || s.level(h)-s.level(l) > by.level(h)-by.level(l)) {
			by = s
		}
	}
	if by == nil {
		return false
	}
	a.move(by, high, -1)
	a.move(by, low, 1)
	return true
}

func (a *aim) move(s *sheet, item, step int) {
	id := a.items[item].ID
	s.put(id, survey.Answer(s.level(id)+step))
}

// movable are the sheets whose level of an item can go a step.
func (a *aim) movable(item, step int) []*sheet {
	var out []*sheet
	for _, s := range a.sheets {
		if now := s.level(a.items[item].ID); now > 0 && now+step >= 1 && now+step <= survey.Levels {
			out = append(out, s)
		}
	}
	return out
}

// off is how far an item's mean lies above where the story has it.
func (a *aim) off(item int) float64 {
	sum, n := 0.0, 0.0
	for _, s := range a.sheets {
		if l := s.level(a.items[item].ID); l > 0 {
			sum += float64(l)
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum/n - a.want - a.shifts[item]
}

// mean is the mean of the people's theme scores.
func (a *aim) mean() float64 {
	sum, n := 0.0, 0.0
	for _, s := range a.sheets {
		if score, ok := a.score(s); ok {
			sum += score
			n++
		}
	}
	if n == 0 {
		return a.want
	}
	return sum / n
}

// score is a person's theme score (docs/method.md, A person's scores).
func (a *aim) score(s *sheet) (float64, bool) {
	sum, answered, asked := 0.0, 0.0, 0.0
	for _, it := range a.items {
		if !it.AskedTo(s.person.Roles) || s.entries[it.ID].Answer == survey.NotApplicable {
			continue
		}
		asked += it.Weight
		if l := s.level(it.ID); l > 0 {
			answered += it.Weight
			sum += it.Weight * float64(l)
		}
	}
	return sum / answered, answered > 0 && answered >= asked/2
}
