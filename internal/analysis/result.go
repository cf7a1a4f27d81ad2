package analysis

import (
	"math"
	"sync"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// Result holds the sums of every unit with everything below it, and what of
// them may be shown. Figures are worked out when they are asked for. It may be
// used by several goroutines at once.
type Result struct {
	*layout
	tree       *org.Tree
	opt        Options
	all        cells
	invited    []int      // by unit: people who count
	submitted  []int      // of them
	units      []Reason   // by unit, from the number who submitted
	hidden     [][]Reason // by statistic and unit
	uncounted  [][]Reason // by statistic and unit, of an item: why "don't know" is not counted out
	hiddenComp [][]Reason // by competence area and unit
	cut        [][]bool   // by competence area and unit: its figure would tell what a few with one requirement answered
	unplanned  [][]bool   // by competence area and unit: no plan may be worked out of it
	unspread   [][]bool   // by statistic and unit, of an item: its distribution may not be told
	quantiles  sync.Map   // n → t quantile at n − 1 degrees of freedom
}

// Result rolls up what has been counted so far; the accumulator may go on.
func (a *Accumulator) Result() *Result {
	r := &Result{layout: a.layout, tree: a.tree, opt: a.opt, all: a.rolledUp()}
	units := a.tree.Len()
	r.invited, r.submitted = make([]int, units), make([]int, units)
	for u := range units {
		r.invited[u] = people(part(r.all.invited, u, units), &a.counts)
		r.submitted[u] = people(part(r.all.submitted, u, units), &a.counts)
	}
	r.units = suppress(a.tree, r.submitted, a.opt.MinGroup, nil)
	n := make([]int, units)
	for s := range a.stats {
		for u := range n {
			n[u] = r.count(u, s)
		}
		r.hidden = append(r.hidden, suppress(a.tree, n, a.opt.MinGroup, r.units))
		r.uncounted = append(r.uncounted, r.dontKnowRule(s))
		r.unspread = append(r.unspread, r.spreadRule(s, n))
	}
	for c := range a.competence {
		for u := range n {
			n[u] = r.competenceSums(u, c).Rated
		}
		r.hiddenComp = append(r.hiddenComp, suppress(a.tree, n, a.opt.MinGroup, r.units))
		r.cut = append(r.cut, r.cutRule(c, n, a.opt.MinGroup))
		r.unplanned = append(r.unplanned, r.planRule(c, n))
	}
	return r
}

// people counts those whose role set is in which.
func people(bySet []uint32, which *[roleSets]bool) int {
	n := 0
	for m, x := range bySet {
		if which[m] {
			n += int(x)
		}
	}
	return n
}

// Rows returns every unit's every statistic, and every competence area, in
// survey order and within it in the tree's.
func (r *Result) Rows() ([]Row, []CompetenceRow) {
	units := r.tree.Units()
	rows := make([]Row, 0, len(units)*len(r.stats))
	for s := range r.stats {
		for u := range units {
			rows = append(rows, Row{units[u].ID, r.figure(u, s)})
		}
	}
	comp := make([]CompetenceRow, 0, len(units)*len(r.competence))
	for c := range r.competence {
		for u := range units {
			comp = append(comp, CompetenceRow{units[u].ID, r.competenceFigure(u, c)})
		}
	}
	return rows, comp
}

// answersTo returns how many answered what to an item in unit u.
func (r *Result) answersTo(u int, it *survey.Item) []uint32 {
	return part(part(r.all.answers, u, r.tree.Len()), it.Index, len(r.set.Items))
}

// histogram counts people by level, as the answers count
// (docs/method.md, Answers).
func (r *Result) histogram(u int, it *survey.Item) (h [survey.Levels]int) {
	for a, n := range r.answersTo(u, it) {
		if level := r.levels[it.Index][a]; level > 0 {
			h[level-1] += int(n)
		}
	}
	return h
}

func (r *Result) score(u int, s stat) moments { return r.all.scores[u*r.nScores+s.score] }

// count is the number of people with a score in statistic s.
func (r *Result) count(u, s int) int {
	if st := r.stats[s]; st.item == nil {
		return int(r.score(u, st).n)
	}
	n := 0
	for _, x := range r.histogram(u, r.stats[s].item) {
		n += x
	}
	return n
}

// figure works out statistic s of unit u, shown or suppressed
// (docs/method.md, A unit's figures).
func (r *Result) figure(u, s int) Figure {
	st := &r.stats[s]
	f := Figure{
		Level: st.level, ID: st.id, Suppressed: r.hidden[s][u],
		Invited: people(part(r.all.invited, u, r.tree.Len()), &st.asked),
	}
	if f.Suppressed != Shown {
		return f
	}
	var variance float64
	if st.item != nil {
		h := r.histogram(u, st.item)
		f.N, f.Mean, variance = spread(h)
		if f.N >= LeastDistribution {
			f.Histogram = h[:]
		}
		a := r.answersTo(u, st.item)
		dk, na := int(a[survey.DontKnow]), int(a[survey.NotApplicable])
		f.DontKnow, f.NotApplicable = &dk, &na
	} else {
		m := r.score(u, *st)
		f.N, f.Mean, variance = int(m.n), m.mean(), m.variance()
	}
	f.Index = survey.Index(f.Mean)
	f.SD = math.Sqrt(variance)
	// Cochran, Sampling Techniques, 1977, ch. 2.
	f.SE = math.Sqrt(max(0, 1-float64(f.N)/float64(max(f.Invited, 1))) * variance / float64(f.N))
	f.CILow, f.CIHigh = f.Mean, f.Mean
	if f.SE > 0 {
		half := r.quantile(f.N) * f.SE
		f.CILow, f.CIHigh = max(1, f.Mean-half), min(survey.Levels, f.Mean+half)
	}
	f.Target = r.target(u, st)
	f.Gap = f.Target - f.Mean
	if st.area >= 0 {
		f.RWG, f.Alpha = r.agreement(u, st), r.reliability(u, &r.areas[st.area])
	}
	return f
}

// quantile is the t quantile for the interval of a mean of n people.
func (r *Result) quantile(n int) float64 {
	if q, ok := r.quantiles.Load(n); ok {
		return q.(float64)
	}
	q := tQuantile(float64(n - 1))
	r.quantiles.Store(n, q)
	return q
}

func (m *moments) mean() float64 { return middle + float64(m.sum)/quantum/float64(m.n) }

// variance is the sample variance (n − 1), 0 for one person. What is left of
// equal scores is the rounding of the subtraction, far below what one person
// in a million can make.
func (m *moments) variance() float64 {
	if m.n < 2 {
		return 0
	}
	n, sum := float64(m.n), float64(m.sum)/quantum
	squares := (float64(m.hi)*(1<<64) + float64(m.lo)) / (quantum * quantum)
	v := (squares - sum*sum/n) / (n - 1)
	if v < 1e-13 {
		return 0
	}
	return v
}

// spread returns number, mean and sample variance of levels counted in h.
func spread(h [survey.Levels]int) (n int, mean, variance float64) {
	sum, squares := 0, 0
	for i, x := range h {
		level := i + 1
		n, sum, squares = n+x, sum+level*x, squares+level*level*x
	}
	if n == 0 {
		return 0, 0, 0
	}
	mean = float64(sum) / float64(n)
	if n > 1 {
		variance = float64(n*squares-sum*sum) / (float64(n) * float64(n-1))
	}
	return n, mean, variance
}

// target is the wanted level (önskad nivå) of a statistic in unit u
// (docs/method.md, A unit's figures).
func (r *Result) target(u int, st *stat) float64 {
	own := r.opt.Targets[r.tree.Units()[u].ID]
	if t, ok := own[st.id]; ok {
		return t
	}
	switch st.level {
	case LevelItem:
		return st.item.Target
	case LevelTotal:
		sum := 0.0
		for _, a := range r.areas {
			sum += r.target(u, &r.stats[a.stat])
		}
		return sum / float64(len(r.areas))
	}
	sum, weight := 0.0, 0.0
	for _, it := range st.rating {
		t, ok := own[it.ID]
		if !ok {
			t = it.Target
		}
		sum, weight = sum+it.Weight*t, weight+it.Weight
	}
	return sum / weight
}

// expectedVariance is that of five levels chosen blindly: (5² − 1)/12.
const expectedVariance = (survey.Levels*survey.Levels - 1) / 12.0

// agreement is r_WG(J) (James, Demaree & Wolf, J. Applied Psychology 69, 1984;
// docs/method.md, A unit's figures); nil where no item has two answers.
func (r *Result) agreement(u int, st *stat) *float64 {
	items, sum := 0.0, 0.0
	for _, it := range st.rating {
		if n, _, v := spread(r.histogram(u, it)); n >= 2 {
			items, sum = items+1, sum+v
		}
	}
	if items == 0 {
		return nil
	}
	q := max(0, 1-sum/items/expectedVariance)
	rwg := items * q / (items*q + 1 - q)
	return &rwg
}

// leastCases is the number of complete cases that Cronbach's alpha asks for.
const leastCases = 10

// reliability is Cronbach's alpha (Psychometrika 16, 1951; docs/method.md, A
// unit's figures); nil with too few cases, or where an item does not vary.
func (r *Result) reliability(u int, ar *area) *float64 {
	cell := part(r.all.cases, u, r.tree.Len())[ar.caseAt:]
	n, items := cell[caseN], len(ar.core)
	if n < leastCases || items < 2 {
		return nil
	}
	// n(n−1) times a variance: whole numbers, so that "does not vary" is exact.
	spreadOf := func(sum, squares int64) int64 { return n*squares - sum*sum }
	var each int64
	for j := range items {
		v := spreadOf(cell[caseHead+2*j], cell[caseHead+2*j+1])
		if v == 0 {
			return nil
		}
		each += v
	}
	whole := spreadOf(cell[caseSum], cell[caseSquare])
	if whole == 0 {
		return nil
	}
	alpha := float64(items) / float64(items-1) * (1 - float64(each)/float64(whole))
	return &alpha
}
