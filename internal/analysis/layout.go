package analysis

import (
	"slices"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// A person's roles are kept as a set of bits, one a role of org.Roles: what is
// asked depends on nothing else, so it is worked out once for each set.
const roleSets = 1 << 5

// roleSet returns the set of roles as bits. A role that is not in org.Roles is
// asked nothing.
func roleSet(roles []org.Role) int {
	set := 0
	for _, r := range roles {
		for i, known := range org.Roles {
			if r == known {
				set |= 1 << i
			}
		}
	}
	return set
}

// answerKinds is the number of values of survey.Answer.
const answerKinds = int(survey.NotApplicable) + 1

// stat is one statistic: total, an area, a theme or an item.
type stat struct {
	level, id string
	score     int            // place among the scores; -1 for an item
	item      *survey.Item   // nil for a score
	rating    []*survey.Item // what a score is made of
	area      int            // place in layout.areas; -1 for other than areas
	asked     [roleSets]bool // who is asked at least one of its items
}

// area is a questionnaire with at least one rating item.
type area struct {
	stat   int
	core   []*survey.Item // rating items that every manager is asked: Cronbach's alpha
	caseAt int            // place of its complete cases in a unit's cells
}

// ask is what people with one set of roles are asked.
type ask struct {
	counts     bool // at least one rating item
	facts      []int
	areas      []askArea
	competence []askCompetence
}

type askArea struct {
	score  int
	themes []askTheme
	area   int // place in layout.areas
	core   bool
}

type askTheme struct {
	score int
	items []askItem
}

type askItem struct {
	index  int
	weight float64
}

type askCompetence struct {
	place    int // in layout.competence
	index    int // Item.Index
	required int
}

// layout is what follows from the questionnaires and the tree alone.
type layout struct {
	set        *survey.Set
	stats      []stat // in survey order
	nScores    int    // how many of stats are scores; the total is the first
	areas      []area
	competence []*survey.Item
	asks       [roleSets]ask
	takes      []uint8            // per item, a bit for each answer that it offers
	levels     [][answerKinds]int // per item, the level that an answer counts as, 0 for none
	counts     [roleSets]bool     // who counts in invited and submitted
	caseCells  int                // cells of complete cases a unit
	signature  map[string]string  // by statKey
}

func newLayout(set *survey.Set) *layout {
	l := &layout{set: set}
	for _, it := range set.Items {
		var takes uint8
		var levels [answerKinds]int
		for a := range survey.Answer(answerKinds) {
			if it.Takes(a) {
				takes |= 1 << a
			}
			levels[a] = a.Level()
		}
		if it.DontKnow == survey.Level1 {
			levels[survey.DontKnow] = 1
		}
		l.takes = append(l.takes, takes)
		l.levels = append(l.levels, levels)
		if it.OwnCompetence() {
			l.competence = append(l.competence, it)
		}
	}
	l.addStats()
	for m := range roleSets {
		l.addAsk(m)
	}
	l.signature = signatures(l.stats)
	return l
}

// addStats lists the statistics. A theme or area without rating items has no
// score, hence no statistic; its facts have theirs.
func (l *layout) addStats() {
	l.addScore(LevelTotal, TotalID, ratings(l.set.Items))
	for _, q := range l.set.Questionnaires {
		var items []*survey.Item
		for _, th := range q.Themes {
			items = append(items, th.Items...)
		}
		if rating := ratings(items); len(rating) > 0 {
			a := area{stat: l.addScore(LevelArea, q.ID, rating), caseAt: l.caseCells}
			for _, it := range rating {
				if everyManager(it) {
					a.core = append(a.core, it)
				}
			}
			l.stats[a.stat].area = len(l.areas)
			l.areas = append(l.areas, a)
			l.caseCells += caseHead + 2*len(a.core)
		}
		for _, th := range q.Themes {
			if rating := ratings(th.Items); len(rating) > 0 {
				l.addScore(LevelTheme, q.ID+"."+th.ID, rating)
			}
			for _, it := range th.Items {
				s := stat{level: LevelItem, id: it.ID, score: -1, item: it, area: -1}
				s.askedAny([]*survey.Item{it})
				l.stats = append(l.stats, s)
			}
		}
	}
}

func (l *layout) addScore(level, id string, rating []*survey.Item) int {
	s := stat{level: level, id: id, score: l.nScores, rating: rating, area: -1}
	s.askedAny(rating)
	l.nScores++
	l.stats = append(l.stats, s)
	return len(l.stats) - 1
}

func (s *stat) askedAny(items []*survey.Item) {
	for m := range roleSets {
		roles := rolesOf(m)
		s.asked[m] = slices.ContainsFunc(items, func(it *survey.Item) bool { return it.AskedTo(roles) })
	}
}

// addAsk works out what people with the role set m are asked.
func (l *layout) addAsk(m int) {
	roles, a := rolesOf(m), &l.asks[m]
	scoreOf := map[string]int{}
	for _, s := range l.stats {
		if s.score >= 0 {
			scoreOf[statKey(s.level, s.id)] = s.score
		}
	}
	for i, ar := range l.areas {
		st := l.stats[ar.stat]
		aa := askArea{score: st.score, area: i, core: len(ar.core) > 1}
		for _, it := range ar.core {
			aa.core = aa.core && it.AskedTo(roles)
		}
		for _, it := range st.rating { // theme by theme
			if !it.AskedTo(roles) {
				continue
			}
			score := scoreOf[statKey(LevelTheme, it.ThemeID())]
			if n := len(aa.themes); n == 0 || aa.themes[n-1].score != score {
				aa.themes = append(aa.themes, askTheme{score: score})
			}
			th := &aa.themes[len(aa.themes)-1]
			th.items = append(th.items, askItem{it.Index, it.Weight})
		}
		if len(aa.themes) > 0 {
			a.areas, a.counts = append(a.areas, aa), true
		}
	}
	for _, it := range l.set.Items {
		if it.Kind == survey.Fact && it.AskedTo(roles) {
			a.facts = append(a.facts, it.Index)
		}
	}
	for i, it := range l.competence {
		if req := it.RequiredOf(roles); req > 0 && it.AskedTo(roles) {
			a.competence = append(a.competence, askCompetence{i, it.Index, min(req, survey.Levels)})
		}
	}
	l.counts[m] = a.counts
}

func rolesOf(m int) []org.Role {
	var out []org.Role
	for i, r := range org.Roles {
		if m&(1<<i) != 0 {
			out = append(out, r)
		}
	}
	return out
}

func ratings(items []*survey.Item) []*survey.Item {
	var out []*survey.Item
	for _, it := range items {
		if it.Kind != survey.Fact {
			out = append(out, it)
		}
	}
	return out
}

func everyManager(it *survey.Item) bool {
	for _, r := range org.Roles {
		if r.Manager() && !it.AskedTo([]org.Role{r}) {
			return false
		}
	}
	return true
}

func statKey(level, id string) string { return level + " " + id }
