package demo

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// sheet is what one person gives in one year.
type sheet struct {
	person     org.Person
	group      string // the unit of submitted that the person belongs to
	department int    // its place in departments
	entries    map[string]round.Entry
	submitted  bool
}

// level returns the level given to an item, 0 where there is none.
func (s *sheet) level(item string) int { return s.entries[item].Answer.Level() }

// put gives an item a level, whatever else is written to it.
func (s *sheet) put(item string, a survey.Answer) {
	e := s.entries[item]
	e.Item, e.Answer = item, a
	s.entries[item] = e
}

// generator draws the made-up answers. The same seed gives the same answers.
type generator struct {
	rand   *rand.Rand
	set    *survey.Set
	tree   *org.Tree
	people []org.Person
	own    map[string]float64 // a person's own level, carried from year to year
	ahead  map[string]bool    // by unit: which camp a school is in
}

// carried is how a person's own level of one year goes with the next (r).
const carried = 0.6

// generate draws everybody's sheets, year by year.
func generate(set *survey.Set, tree *org.Tree, people []org.Person) [3][]*sheet {
	g := &generator{rand: rand.New(rand.NewPCG(2026, 11)), set: set, tree: tree, people: people, own: map[string]float64{}, ahead: map[string]bool{}}
	for _, p := range people {
		g.own[p.ID] = g.rand.NormFloat64()
	}
	schools := 0
	for _, u := range tree.Units() {
		if tree.Within(u.ID, camps) {
			g.ahead[u.ID] = schools%2 == 0
			schools++
		}
	}
	var out [3][]*sheet
	for y := range years {
		if y > 0 {
			for _, p := range people {
				g.own[p.ID] = carried*g.own[p.ID] + math.Sqrt(1-carried*carried)*g.rand.NormFloat64()
			}
		}
		out[y] = g.year(y)
	}
	return out
}

func (g *generator) year(y int) []*sheet {
	var done, all []*sheet
	for _, p := range g.choose(y) {
		done = append(done, g.sheet(p, true))
	}
	all = done
	if years[y] == Open {
		all = append(slices.Clip(done), g.begin(done)...)
	}
	g.withhold(y, done)
	g.withhold(y, all[len(done):])
	own := g.centred(done)
	for d := range departments {
		in := within(all, d)
		for _, q := range g.set.Questionnaires {
			for _, th := range q.Themes {
				g.draw(y, d, in, q.ID, th, own)
				settled := &aim{rand: g.rand, sheets: within(done, d), want: means[th.ID][y][d]}
				for _, it := range th.Items {
					if it.Kind == survey.Rating {
						settled.items = append(settled.items, it)
						settled.shifts = append(settled.shifts, itemShiftOf(y, d, it.ID))
					}
				}
				settled.settle()
			}
		}
	}
	g.answerFacts(y, done)
	g.comment(y, done)
	for _, s := range all[len(done):] {
		g.leaveHalf(s)
	}
	return all
}

func (g *generator) sheet(p org.Person, submitted bool) *sheet {
	d := slices.IndexFunc(departments, func(id string) bool { return g.tree.Within(p.Unit, id) })
	return &sheet{person: p, group: g.group(p), department: d, entries: map[string]round.Entry{}, submitted: submitted}
}

// group is the unit of the story's table that a person is counted in: the
// förvaltning for those placed in it, else the avdelning.
func (g *generator) group(p org.Person) string {
	path := g.tree.Path(p.Unit)
	return path[min(len(path)-1, 2)].ID
}

func within(sheets []*sheet, department int) []*sheet {
	var in []*sheet
	for _, s := range sheets {
		if s.department == department {
			in = append(in, s)
		}
	}
	return in
}

// choose picks who submits: as many of each group as the story says. The demo's
// respondent has submitted in the years before and not yet in the open round.
func (g *generator) choose(y int) []org.Person {
	groups := map[string][]org.Person{}
	var coordinators []org.Person
	for _, p := range g.people {
		if slices.ContainsFunc(p.Roles, org.Role.Manager) {
			groups[g.group(p)] = append(groups[g.group(p)], p)
		} else {
			coordinators = append(coordinators, p)
		}
	}
	var chosen []org.Person
	executives := 0
	for _, unit := range g.tree.Units() {
		people := groups[unit.ID]
		g.rand.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
		slices.SortStableFunc(people, func(a, b org.Person) int { return eager(a, y) - eager(b, y) })
		for _, p := range people[:submitted[unit.ID][y]] {
			chosen = append(chosen, p)
			if slices.Contains(p.Roles, org.Kommunledning) {
				executives++
			}
		}
	}
	return append(chosen, coordinators[:factsAnswered[y]-executives]...)
}

// eager orders who submits first: lower is earlier.
func eager(p org.Person, y int) int {
	switch {
	case p.ID == Respondent && years[y] == Open:
		return 2
	case p.ID == Respondent || slices.Contains(p.Roles, org.Kommunledning):
		return 0
	}
	return 1
}

// centred returns the own levels with those of each group who submitted about
// nought, so that chance does not move an avdelning from where the story has it.
func (g *generator) centred(done []*sheet) map[string]float64 {
	sum, n := map[string]float64{}, map[string]float64{}
	for _, s := range done {
		sum[s.group] += g.own[s.person.ID]
		n[s.group]++
	}
	out := make(map[string]float64, len(g.people))
	for _, p := range g.people {
		group := g.group(p)
		out[p.ID] = g.own[p.ID] - sum[group]/max(n[group], 1)
	}
	return out
}

// begin picks some managers who have not submitted, every few in the tree's
// order; never the demo's respondent, who has not begun.
func (g *generator) begin(done []*sheet) []*sheet {
	var out []*sheet
	for i, p := range g.people {
		taken := slices.ContainsFunc(done, func(s *sheet) bool { return s.person.ID == p.ID })
		if !taken && p.ID != Respondent && i%4 == 0 && len(out) < begun && slices.ContainsFunc(p.Roles, org.Role.Manager) {
			out = append(out, g.sheet(p, false))
		}
	}
	return out
}

// leaveHalf takes away what somebody has not come to yet: the themes from one
// on, and perhaps some of the one before.
func (g *generator) leaveHalf(s *sheet) {
	stop := 4 + g.rand.IntN(len(g.set.Items)*3/5)
	for _, it := range g.set.Items[stop:] {
		delete(s.entries, it.ID)
	}
}
