package analysis

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// Accumulator adds up people and responses, each in the cells of the unit that
// the person is placed in; Result rolls the cells up the tree. All cells are
// whole numbers, so neither the order of people nor how they are split between
// accumulators changes a single bit of the result. It is for one goroutine.
type Accumulator struct {
	*layout
	tree *org.Tree
	opt  Options
	own  cells // of the people placed in each unit itself
}

// cells are counts by unit, flat: unit × what is counted.
type cells struct {
	invited    []uint32  // × role set
	submitted  []uint32  // × role set
	answers    []uint32  // × item × answer, of items that the person was asked
	scores     []moments // × score
	cases      []int64   // × area × (caseHead, then sum and sum of squares of each core item)
	competence []uint32  // × competence area × required level × level
}

// The first cells of an area's complete cases: how many, and of the sum over
// the items of a case its sum and sum of squares.
const (
	caseN = iota
	caseSum
	caseSquare
	caseHead
)

const competenceCells = survey.Levels * survey.Levels

// moments are the sums of one score, in fixed point around the middle of the
// scale so that squares stay small and sums exact.
type moments struct {
	n      int64
	sum    int64
	hi, lo uint64 // sum of squares
}

// middle and quantum are the fixed point's zero and its steps a level: a score
// is off by at most 2^-31 of a level.
const (
	middle  = 3
	quantum = 1 << 30
)

func (m *moments) add(score float64) {
	d := int64(math.Round((score - middle) * quantum))
	m.n++
	m.sum += d
	if d < 0 {
		d = -d
	}
	hi, lo := bits.Mul64(uint64(d), uint64(d))
	var carry uint64
	m.lo, carry = bits.Add64(m.lo, lo, 0)
	m.hi, _ = bits.Add64(m.hi, hi, carry)
}

func (m *moments) merge(b moments) {
	m.n += b.n
	m.sum += b.sum
	var carry uint64
	m.lo, carry = bits.Add64(m.lo, b.lo, 0)
	m.hi, _ = bits.Add64(m.hi, b.hi, carry)
}

// New returns an empty accumulator for the questionnaires and the tree, neither
// of which may change afterwards.
func New(set *survey.Set, tree *org.Tree, opt Options) *Accumulator {
	opt.MinGroup = max(opt.MinGroup, 1)
	l := newLayout(set)
	return &Accumulator{layout: l, tree: tree, opt: opt, own: cells{
		invited:    make([]uint32, tree.Len()*roleSets),
		submitted:  make([]uint32, tree.Len()*roleSets),
		answers:    make([]uint32, tree.Len()*len(set.Items)*answerKinds),
		scores:     make([]moments, tree.Len()*l.nScores),
		cases:      make([]int64, tree.Len()*l.caseCells),
		competence: make([]uint32, tree.Len()*len(l.competence)*competenceCells),
	}}
}

// Invite counts one person of the population, placed in unit. The error is an
// unknown unit.
func (a *Accumulator) Invite(unit string, roles []org.Role) error {
	u, ok := a.tree.Index(unit)
	if !ok {
		return fmt.Errorf("unknown unit %q", unit)
	}
	a.own.invited[u*roleSets+roleSet(roles)]++
	return nil
}

// Add counts one submitted response of a person who is invited: answers by
// Item.Index, one for every item of the set. An answer to an item that the
// roles are not asked counts for nothing. The error, an unknown unit or an
// answer that its item does not offer, leaves everything as it was.
func (a *Accumulator) Add(unit string, roles []org.Role, answers []survey.Answer) error {
	u, ok := a.tree.Index(unit)
	if !ok {
		return fmt.Errorf("unknown unit %q", unit)
	}
	if len(answers) != len(a.takes) {
		return fmt.Errorf("%d answers to %d items", len(answers), len(a.takes))
	}
	for i, x := range answers {
		if a.takes[i]>>x&1 == 0 {
			return fmt.Errorf("item %q does not offer the answer %d", a.set.Items[i].ID, x)
		}
	}
	m := roleSet(roles)
	a.own.submitted[u*roleSets+m]++
	ask := &a.asks[m]
	counts := a.own.answers[u*len(a.takes)*answerKinds:]
	for _, i := range ask.facts {
		counts[i*answerKinds+int(answers[i])]++
	}
	scores := a.own.scores[u*a.nScores : (u+1)*a.nScores]
	total, n := 0.0, 0
	for i := range ask.areas {
		if s, ok := a.addArea(&ask.areas[i], answers, counts, scores); ok {
			total, n = total+s, n+1
		}
		if ask.areas[i].core {
			a.addCase(u, &a.areas[ask.areas[i].area], answers)
		}
	}
	if n > 0 && 2*n >= len(a.areas) {
		scores[0].add(total / float64(n))
	}
	for _, c := range ask.competence {
		if level := a.levels[c.index][answers[c.index]]; level > 0 {
			a.own.competence[(u*len(a.competence)+c.place)*competenceCells+(c.required-1)*survey.Levels+level-1]++
		}
	}
	return nil
}

// weighed is the weight asked and answered so far, and the weighted levels.
type weighed struct{ asked, answered, sum float64 }

// score is the weighted mean, where at least half of the weight is answered
// (docs/method.md, A person's scores). The slack is for weights such as 0.1,
// whose sums are not exact.
func (w weighed) score() (float64, bool) {
	if w.answered <= 0 || 2*w.answered < w.asked*(1-1e-9) {
		return 0, false
	}
	return w.sum / w.answered, true
}

// addArea counts the answers to one area's rating items and the scores of its
// themes and itself, and returns the person's area score where there is one.
func (a *Accumulator) addArea(ask *askArea, answers []survey.Answer, counts []uint32, scores []moments) (float64, bool) {
	var whole weighed
	for t := range ask.themes {
		var th weighed
		for _, it := range ask.themes[t].items {
			x := answers[it.index]
			counts[it.index*answerKinds+int(x)]++
			if x == survey.NotApplicable {
				continue
			}
			th.asked += it.weight
			if level := a.levels[it.index][x]; level > 0 {
				th.answered += it.weight
				th.sum += it.weight * float64(level)
			}
		}
		if s, ok := th.score(); ok {
			scores[ask.themes[t].score].add(s)
		}
		whole.asked += th.asked
		whole.answered += th.answered
		whole.sum += th.sum
	}
	s, ok := whole.score()
	if ok {
		scores[ask.score].add(s)
	}
	return s, ok
}

// addCase counts the response towards Cronbach's alpha if it has a level for
// every core item.
func (a *Accumulator) addCase(u int, ar *area, answers []survey.Answer) {
	sum := 0
	for _, it := range ar.core {
		level := a.levels[it.Index][answers[it.Index]]
		if level == 0 {
			return
		}
		sum += level
	}
	cell := a.own.cases[u*a.caseCells+ar.caseAt:]
	cell[caseN]++
	cell[caseSum] += int64(sum)
	cell[caseSquare] += int64(sum * sum)
	for j, it := range ar.core {
		level := int64(a.levels[it.Index][answers[it.Index]])
		cell[caseHead+2*j] += level
		cell[caseHead+2*j+1] += level * level
	}
}

// Merge adds what b has counted. Both must be made from the same questionnaires
// and tree.
func (a *Accumulator) Merge(b *Accumulator) { a.own.add(&b.own) }

func (c *cells) add(b *cells) {
	addAll(c.invited, b.invited)
	addAll(c.submitted, b.submitted)
	addAll(c.answers, b.answers)
	addAll(c.cases, b.cases)
	addAll(c.competence, b.competence)
	for i := range c.scores {
		c.scores[i].merge(b.scores[i])
	}
}

func addAll[T uint32 | int64](to, from []T) {
	for i, x := range from {
		to[i] += x
	}
}

// rolledUp returns the cells with every unit's people added to all units above.
func (a *Accumulator) rolledUp() cells {
	units := a.tree.Len()
	all := cells{
		invited:    slices.Clone(a.own.invited),
		submitted:  slices.Clone(a.own.submitted),
		answers:    slices.Clone(a.own.answers),
		scores:     slices.Clone(a.own.scores),
		cases:      slices.Clone(a.own.cases),
		competence: slices.Clone(a.own.competence),
	}
	for u := units - 1; u > 0; u-- { // children come after their parents
		up, own := all.of(a.tree.ParentIndex(u), units), all.of(u, units)
		up.add(&own)
	}
	return all
}

// of returns the cells of unit u, where there are units of them.
func (c *cells) of(u, units int) cells {
	return cells{
		invited:    part(c.invited, u, units),
		submitted:  part(c.submitted, u, units),
		answers:    part(c.answers, u, units),
		scores:     part(c.scores, u, units),
		cases:      part(c.cases, u, units),
		competence: part(c.competence, u, units),
	}
}

func part[T any](all []T, u, units int) []T {
	n := len(all) / units
	return all[u*n : (u+1)*n : (u+1)*n]
}
