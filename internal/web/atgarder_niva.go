package web

import (
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/recommend"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// itemLevels is what a published round shows a reader of items: of ratings the
// figures of one unit, of facts what they count as in the audit verdict of the
// whole organisation.
type itemLevels struct {
	unit    *analysis.Document // nil where the reader may not see it, or it was not in the round
	verdict *audit.Verdict     // nil for one who may not read the audit
}

// itemLevels reads them for a unit of the round's tree.
func (s *Server) itemLevels(c *gin.Context, who access.Identity, r round.Round, tree *org.Tree, unit string) (l itemLevels, err error) {
	if who.May(access.ReadResults, unit, tree) {
		if l.unit, err = s.rounds.Document(c, r, unit); err != nil && !fail.Is(err, fail.NotFound) {
			return l, err
		}
	}
	root := tree.Root().ID
	if s.config.Audit == nil || !who.May(access.ReadAudit, root, tree) {
		return l, nil
	}
	whole, err := s.rounds.Document(c, r, root)
	if err != nil {
		return l, err
	}
	l.verdict, err = s.verdict(c, r, whole)
	return l, err
}

// countsAs tells what facts count as in a verdict; nil without one.
func countsAs(v *audit.Verdict) recommend.CountsAs {
	if v == nil {
		return nil
	}
	return func(item string) (float64, int, bool) {
		f, ok := v.Finding(item)
		return f.CountsAs, f.N, ok && f.Fact && f.HasLevel()
	}
}

// rating returns the unit's figure of an item; one that is not there is hidden.
func (l itemLevels) rating(item string) analysis.Figure {
	if l.unit != nil && l.unit.Suppressed == analysis.Shown {
		if f, ok := l.unit.Figure(item); ok {
			return f
		}
	}
	return analysis.Figure{Suppressed: analysis.None}
}

func (l itemLevels) fact(item string) (level float64, n int) {
	if f, ok := l.verdict.Finding(item); ok && f.Fact && f.HasLevel() {
		return f.CountsAs, f.N
	}
	return 0, 0
}

// now is the level of an item and of how many people; 0 where it is not shown.
func (l itemLevels) now(it *survey.Item) (level float64, n int) {
	if it.Kind == survey.Fact {
		return l.fact(it.ID)
	}
	if f := l.rating(it.ID); f.Suppressed == analysis.Shown {
		return f.Mean, f.N
	}
	return 0, 0
}

// measured is what the round shows of an item since then.
func (l itemLevels) measured(it *survey.Item, then itemLevels) action.Measured {
	if it.Kind == survey.Fact {
		before, _ := then.fact(it.ID)
		level, n := l.fact(it.ID)
		return action.OfFact(before, level, n)
	}
	was := then.rating(it.ID)
	if then.unit == nil || l.unit == nil || !analysis.SameItems(then.unit, l.unit, analysis.LevelItem, it.ID) {
		was = analysis.Figure{Suppressed: analysis.None} // nothing that it compares with
	}
	return action.OfRating(was, l.rating(it.ID))
}

// laterRound is a published round that has closed since an action began, and the
// unit that the action's unit is in it.
type laterRound struct {
	round.Round
	levels itemLevels
}

// laterRounds returns the rounds that show what became of an action, the oldest
// first, and what the round showed that it comes from.
func (s *Server) laterRounds(c *gin.Context, p published, a action.Action) (then itemLevels, later []laterRound, err error) {
	unit, from := a.Unit, slices.IndexFunc(p.all, func(r round.Round) bool { return r.ID == a.Round })
	for i, r := range slices.Backward(p.all) {
		if r.State != round.Published {
			continue
		}
		if next, ok := r.Successors[unit]; ok && i < from { // the organisation has changed since
			unit = next
		}
		if i != from && closedOn(r) <= a.Start {
			continue
		}
		tree, err := s.rounds.Tree(c, r)
		if err != nil {
			return then, nil, err
		}
		if _, ok := tree.Unit(unit); !ok {
			continue
		}
		same, err := s.became(c, r, unit, a.Round, a.Unit)
		if err != nil {
			return then, nil, err
		}
		if !same {
			continue
		}
		l, err := s.itemLevels(c, p.who, r, tree, unit)
		if err != nil {
			return then, nil, err
		}
		if i == from {
			then = l
		} else {
			later = append(later, laterRound{r, l})
		}
	}
	return then, later, nil
}

// became tells whether a unit of a round is what another was in an earlier round,
// and that alone: a unit that followed several is none of them (docs/method.md,
// Change between years).
func (s *Server) became(c *gin.Context, r round.Round, unit, earlier, was string) (bool, error) {
	h, err := s.rounds.History(c, r)
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(h.Rounds, func(o round.Round) bool { return o.ID == earlier })
	if i < 0 {
		return false, nil
	}
	then, _ := h.Was(unit, i)
	return then == was, nil
}

// closedOn is the day on which a round took its last answers.
func closedOn(r round.Round) string {
	if day := dayOf(r.ClosedAt); day != "" {
		return day
	}
	return r.ClosesOn
}
