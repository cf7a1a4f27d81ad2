package demo

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// sheet is what one person gives in one year.
type sheet struct {
	person    org.Person
	group     string // the unit of submitted that the person belongs to
	entries   map[string]round.Entry
	submitted bool
}

// generator draws the made-up answers. The same seed gives the same answers.
type generator struct {
	rand   *rand.Rand
	set    *survey.Set
	tree   *org.Tree
	people []org.Person
	own    map[string]float64 // a person's own level, carried from year to year
	ahead  map[string]bool    // which camp a head of school is in
}

// carried is how a person's own level of one year goes with the next (r).
const carried = 0.6

// generate draws everybody's sheets, year by year.
func generate(set *survey.Set, tree *org.Tree, people []org.Person) [3][]*sheet {
	g := &generator{rand: rand.New(rand.NewPCG(2026, 11)), set: set, tree: tree, people: people, own: map[string]float64{}, ahead: map[string]bool{}}
	schools := 0
	for _, p := range people {
		g.own[p.ID] = g.rand.NormFloat64()
		if g.group(p) == camps {
			g.ahead[p.ID] = schools%2 == 0
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

// group is the unit of the story's table that a person is counted in: the
// förvaltning for those placed in it, else the avdelning.
func (g *generator) group(p org.Person) string {
	path := g.tree.Path(p.Unit)
	return path[min(len(path)-1, 2)].ID
}

func (g *generator) year(y int) []*sheet {
	var sheets []*sheet
	for _, p := range g.choose(y) {
		s := &sheet{person: p, group: g.group(p), entries: map[string]round.Entry{}, submitted: true}
		g.answer(y, s)
		sheets = append(sheets, s)
	}
	for d, id := range departments {
		for _, q := range g.set.Questionnaires {
			for _, th := range q.Themes {
				g.settle(sheets, id, th.ID, means[th.ID][y][d])
			}
		}
	}
	g.answerFacts(y, sheets)
	g.comment(y, sheets)
	if years[y] == Open {
		sheets = append(sheets, g.begun(y, sheets)...)
	}
	return sheets
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
		slices.SortStableFunc(people, func(a, b org.Person) int { return g.eager(a, y) - g.eager(b, y) })
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
func (g *generator) eager(p org.Person, y int) int {
	switch {
	case p.ID == Respondent && years[y] == Open:
		return 2
	case p.ID == Respondent || slices.Contains(p.Roles, org.Kommunledning):
		return 0
	}
	return 1
}

// answer draws a person's ratings around what the story says of the unit, the
// role and the item.
func (g *generator) answer(y int, s *sheet) {
	d := slices.IndexFunc(departments, func(id string) bool { return g.tree.Within(s.person.Unit, id) })
	for _, q := range g.set.Questionnaires {
		for _, th := range q.Themes {
			level := means[th.ID][y][max(d, 0)] + shift[s.group][y] + g.byRole(s.person, th.ID) +
				spread[y][max(d, 0)]*(0.75*g.own[s.person.ID]+0.5*g.rand.NormFloat64())
			if s.group == camps {
				level += g.camp(s.person.ID, q.ID)
			}
			left := false // one item a theme at most, so that its score stays
			for _, it := range th.Items {
				if it.Kind != survey.Rating || !it.AskedTo(s.person.Roles) {
					continue
				}
				a := g.withoutLevel(y, s, it)
				if a != survey.None && !left {
					left = true
				} else {
					a = survey.Answer(min(max(int(math.Round(level+g.itemShift(y, d, it.ID)+0.45*g.rand.NormFloat64())), 1), survey.Levels))
				}
				s.entries[it.ID] = round.Entry{Item: it.ID, Answer: a}
			}
		}
	}
}

func (g *generator) byRole(p org.Person, theme string) float64 {
	switch {
	case slices.Contains(p.Roles, org.Avdelningschef):
		return 0.2
	case slices.Contains(p.Roles, org.Enhetschef) || !slices.Contains([]string{"strategi", "engagemang", "mal", "leda"}, theme):
		return 0
	}
	return 0.4
}

func (g *generator) camp(person, area string) float64 {
	apart := campsApart
	if area == "organisation" {
		apart = campsOrganisation
	}
	if g.ahead[person] {
		return apart
	}
	return -apart
}

func (g *generator) itemShift(y, department int, item string) float64 {
	if v, ok := buildingItemShift[item]; ok && y > 0 && department >= 0 && departments[department] == "samhallsbyggnad" {
		return v
	}
	return itemShift[item]
}

// withoutLevel draws whether the item is answered with vet ej or ej relevant;
// None when with a level.
func (g *generator) withoutLevel(y int, s *sheet, it *survey.Item) survey.Answer {
	if share, ok := notApplicable[it.ID]; ok && it.NA && g.rand.Float64() < between(share, y) {
		return survey.NotApplicable
	}
	if it.OwnCompetence() || neverDontKnow[s.group] || slices.Contains(departments, s.group) {
		return survey.None
	}
	share := dontKnowElse
	if v, ok := dontKnow[it.ID]; ok {
		share = between(v, y)
	}
	if s.group == "utbildning-forskola" {
		share *= 2
	}
	if g.rand.Float64() < share && it.Takes(survey.DontKnow) {
		return survey.DontKnow
	}
	return survey.None
}

// between is a share in year y that goes from the first to the last.
func between(share [2]float64, y int) float64 {
	return share[0] + (share[1]-share[0])*float64(y)/float64(len(years)-1)
}

// settled is how near the story's mean a förvaltning's theme is brought.
const settled = 0.02

// settle moves single answers a step at a time until the mean of a förvaltning's
// theme scores is the story's.
func (g *generator) settle(sheets []*sheet, department, theme string, want float64) {
	var in []*sheet
	for _, s := range sheets {
		if g.tree.Within(s.person.Unit, department) && len(g.rated(s, theme)) > 0 {
			in = append(in, s)
		}
	}
	for range 4000 {
		sum := 0.0
		for _, s := range in {
			sum += g.score(s, theme)
		}
		off := sum/float64(max(len(in), 1)) - want
		if len(in) == 0 || math.Abs(off) <= settled {
			return
		}
		s := in[g.rand.IntN(len(in))]
		items := g.rated(s, theme)
		e := s.entries[items[g.rand.IntN(len(items))].ID]
		switch {
		case off > 0 && e.Answer > 1:
			e.Answer--
		case off < 0 && e.Answer < survey.Levels:
			e.Answer++
		}
		s.entries[e.Item] = e
	}
}

// rated returns the rating items of a theme that the sheet has a level for.
func (g *generator) rated(s *sheet, theme string) []*survey.Item {
	var out []*survey.Item
	for _, it := range g.set.Items {
		if it.Theme == theme && it.Kind == survey.Rating && s.entries[it.ID].Answer.Level() > 0 {
			out = append(out, it)
		}
	}
	return out
}

// score is the sheet's theme score (docs/method.md, A person's scores).
func (g *generator) score(s *sheet, theme string) float64 {
	sum, weight := 0.0, 0.0
	for _, it := range g.rated(s, theme) {
		sum += it.Weight * float64(s.entries[it.ID].Answer.Level())
		weight += it.Weight
	}
	return sum / weight
}

// answerFacts gives each fact levels whose lower median is the story's, and one
// vet ej.
func (g *generator) answerFacts(y int, sheets []*sheet) {
	var asked []*sheet
	for _, s := range sheets {
		if slices.Contains(s.person.Roles, org.Kommunledning) || slices.Contains(s.person.Roles, org.Samordnare) {
			asked = append(asked, s)
		}
	}
	for n, it := range g.set.Items {
		f, ok := facts[it.ID]
		if !ok || it.Kind != survey.Fact {
			continue
		}
		for i, s := range asked {
			e := round.Entry{Item: it.ID, Answer: f.level[y]}
			switch (i + n) % len(asked) {
			case 1:
				e.Answer = survey.DontKnow
			case 2:
				e.Answer = max(1, f.level[y]-1)
			case 3:
				e.Answer = min(survey.Levels, f.level[y]+1)
			default:
				e.Evidence = f.evidence[y]
			}
			s.entries[it.ID] = e
		}
	}
}

// comment lets somebody of the right förvaltning write each of the year's
// comments, to an item that they have given a level.
func (g *generator) comment(y int, sheets []*sheet) {
	for _, c := range comments {
		if c.year != years[y] {
			continue
		}
		i := slices.IndexFunc(sheets, func(s *sheet) bool {
			e := s.entries[c.item]
			return g.tree.Within(s.person.Unit, c.department) && e.Answer.Level() > 0 && e.Comment == "" &&
				strings.Count(s.person.Unit, "-") > 0 && g.rand.IntN(3) == 0
		})
		if i < 0 {
			i = slices.IndexFunc(sheets, func(s *sheet) bool {
				return g.tree.Within(s.person.Unit, c.department) && s.entries[c.item].Answer.Level() > 0
			})
		}
		if i >= 0 {
			e := sheets[i].entries[c.item]
			e.Comment = c.text
			sheets[i].entries[c.item] = e
		}
	}
}

// begun are some who have answered the first half of the open round.
func (g *generator) begun(y int, done []*sheet) []*sheet {
	var out []*sheet
	for i, p := range g.people {
		taken := slices.ContainsFunc(done, func(s *sheet) bool { return s.person.ID == p.ID })
		if taken || p.ID == Respondent || i%4 != 0 || len(out) == begun || !slices.ContainsFunc(p.Roles, org.Role.Manager) {
			continue
		}
		s := &sheet{person: p, group: g.group(p), entries: map[string]round.Entry{}}
		g.answer(y, s)
		for _, it := range g.set.Items[len(g.set.Items)/2:] {
			delete(s.entries, it.ID)
		}
		out = append(out, s)
	}
	return out
}
