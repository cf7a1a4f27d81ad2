package demo

import (
	"cmp"
	"math"
	"slices"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// How a person's answers in a theme lie about the unit's level: so much by the
// own level, the rest by the theme; and each item about them.
const (
	byOwn   = 0.8
	byTheme = 0.6
	byItem  = 0.35
	rounded = 1.0 / 12 // the variance that rounding to whole levels adds
	least   = 0.1      // the least variance that is left to people
)

// draw gives everybody of a förvaltning the levels of one theme, about what the
// story says of the unit, the role and the item, so that the theme scores have
// the story's spread.
func (g *generator) draw(y, d int, in []*sheet, area string, th *survey.Theme, own map[string]float64) {
	fixed := make([]float64, len(in))
	for i, s := range in {
		fixed[i] = shift[s.group][y] + byRole(s.person, th.ID)
		if s.group == camps {
			fixed[i] += g.camp(s.person.Unit, area)
		}
	}
	mean, variance := moments(fixed)
	ratings := 0.0
	for _, it := range th.Items {
		if it.Kind == survey.Rating {
			ratings++
		}
	}
	sd := math.Sqrt(max(least, spread[y][d]*spread[y][d]-variance-(byItem*byItem+rounded)/max(ratings, 1)))
	for i, s := range in {
		level := means[th.ID][y][d] + fixed[i] - mean + sd*(byOwn*own[s.person.ID]+byTheme*g.rand.NormFloat64())
		for _, it := range th.Items {
			if it.Kind != survey.Rating || !it.AskedTo(s.person.Roles) || s.entries[it.ID].Answer != survey.None {
				continue
			}
			drawn := math.Round(level + itemShiftOf(y, d, it.ID) + byItem*g.rand.NormFloat64())
			s.put(it.ID, survey.Answer(min(max(drawn, 1), survey.Levels)))
		}
	}
}

func moments(values []float64) (mean, variance float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		variance += (v - mean) * (v - mean) / float64(len(values))
	}
	return mean, variance
}

// byRole is how those higher up see what is theirs to lead.
func byRole(p org.Person, theme string) float64 {
	switch {
	case !slices.Contains([]string{"strategi", "engagemang", "mal", "leda"}, theme), slices.Contains(p.Roles, org.Enhetschef):
		return 0
	case slices.Contains(p.Roles, org.Avdelningschef):
		return 0.2
	}
	return 0.4
}

func (g *generator) camp(unit, area string) float64 {
	apart := campsApart
	if area == "organisation" {
		apart = campsOrganisation
	}
	if g.ahead[unit] {
		return apart
	}
	return -apart
}

func itemShiftOf(y, department int, item string) float64 {
	if v, ok := buildingItemShift[item]; ok && y > 0 && departments[department] == "samhallsbyggnad" {
		return v
	}
	return itemShift[item]
}

// withhold lets as many as the story says answer an item without a level, and
// nobody more than one item of a theme, so that all have a theme score.
func (g *generator) withhold(y int, sheets []*sheet) {
	for _, it := range g.set.Items {
		if it.Kind != survey.Rating {
			continue
		}
		var asked, preschool, others []*sheet
		free := 0.0 // those asked who never answer vet ej
		for _, s := range sheets {
			if !it.AskedTo(s.person.Roles) {
				continue
			}
			asked = append(asked, s)
			switch {
			case neverDontKnow[s.group] || slices.Contains(departments, s.group):
				free++
			case s.group == "utbildning-forskola":
				preschool = append(preschool, s)
			default:
				others = append(others, s)
			}
		}
		if it.NA {
			g.mark(it, survey.NotApplicable, between(notApplicable[it.ID], y)*float64(len(asked)), asked)
		}
		if it.OwnCompetence() || !it.Takes(survey.DontKnow) {
			continue
		}
		share := dontKnowElse
		if v, ok := dontKnow[it.ID]; ok {
			share = between(v, y)
		}
		g.mark(it, survey.DontKnow, 2*share*float64(len(preschool)), preschool)
		g.mark(it, survey.DontKnow, share*(float64(len(others))+free), others)
	}
}

// mark gives about number of the sheets, drawn by lot, an answer without level.
func (g *generator) mark(it *survey.Item, a survey.Answer, number float64, sheets []*sheet) {
	left := int(number + g.rand.Float64()) // right in the long run
	for _, i := range g.rand.Perm(len(sheets)) {
		taken := slices.ContainsFunc(g.set.Items, func(o *survey.Item) bool {
			return o.ThemeID() == it.ThemeID() && sheets[i].entries[o.ID].Answer != survey.None
		})
		if left > 0 && !taken {
			sheets[i].put(it.ID, a)
			left--
		}
	}
}

// between is a share in year y that goes from the first to the last.
func between(share [2]float64, y int) float64 {
	return share[0] + (share[1]-share[0])*float64(y)/float64(len(years)-1)
}

// answerFacts gives each fact levels whose lower median is the story's, and one
// or two vet ej.
func (g *generator) answerFacts(y int, done []*sheet) {
	var asked []*sheet
	for _, s := range done {
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
			a, rests := f.level[y], ""
			switch place := (i + n) % len(asked); {
			case place == 1, place == 4 && n%3 == 0:
				a = survey.DontKnow
			case place == 2:
				a = max(1, a-1)
			case place == 3:
				a = min(survey.Levels, a+1)
			default:
				rests = f.evidence[y]
			}
			s.put(it.ID, a)
			e := s.entries[it.ID]
			e.Evidence = rests
			s.entries[it.ID] = e
		}
	}
}

// comment lets one in the comment's avdelning write it, whose level to the item
// lies nearest to what the words say, and who has written least before.
func (g *generator) comment(y int, done []*sheet) {
	written := map[*sheet]int{}
	for _, c := range comments {
		if c.year != years[y] {
			continue
		}
		var may []*sheet
		for _, s := range done {
			if s.group == c.group && s.level(c.item) > 0 && s.entries[c.item].Comment == "" {
				may = append(may, s)
			}
		}
		if len(may) == 0 { // the tests count the comments
			continue
		}
		off := func(s *sheet) int { return max(s.level(c.item)-c.level, c.level-s.level(c.item)) }
		by := slices.MinFunc(may, func(a, b *sheet) int {
			return cmp.Or(cmp.Compare(written[a], written[b]), cmp.Compare(off(a), off(b)))
		})
		e := by.entries[c.item]
		e.Comment = c.text
		by.entries[c.item] = e
		written[by]++
	}
}
