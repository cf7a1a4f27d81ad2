package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/survey"
)

// actionView is the page of one action.
type actionView struct {
	action.Action
	UnitName, From string
	Back           link
	Late           bool
	Edit           string // address of the form, "" for one who may not
	Taken          string // title of the recommendation that it took up
	Columns        []string
	Effects        []actionEffect
	Follow         []actionEntry // the newest first
	Mail           bool
	Text           string        // of a follow-up, as typed
	Set            action.Status // likewise
	Done           string
	Problem, Field string
}

// Statuses are those that the form offers.
func (actionView) Statuses() []action.Status { return action.Statuses }

// actionEffect is what one item was, is expected to be, and was in later rounds.
type actionEffect struct {
	Text     string
	Fact     bool
	From     string // "" where it is not shown
	Expected string
	Cells    []actionCell
}

// actionCell is an item in a later round.
type actionCell struct {
	Outcome          action.Outcome
	Level, Low, High string
	N                int
}

type actionEntry struct {
	action.Entry
	Day, Name string
}

func (s *Server) actionPage(c *gin.Context) {
	if p, a, ok := s.actionOf(c, access.ReadActions); ok {
		s.showAction(c, http.StatusOK, p, a, actionView{Set: a.Status, Done: actionDone[c.Query("klart")]})
	}
}

// showAction fills in all but what is typed, which v has.
func (s *Server) showAction(c *gin.Context, status int, p published, a placedAction, v actionView) {
	v.Action, v.Late, v.Mail = a.Action, a.Late(s.today()), s.config.Mail != nil
	unit, _ := a.tree.Unit(a.Unit)
	v.UnitName, v.From = unit.Name, label(p.roundOf(a.Round))
	v.Back = link{Name: unit.Name, Href: "/atgarder"}
	if _, ok := p.tree.Unit(a.Unit); ok {
		v.Back.Href = actionsPath(a.Unit, p.round.ID)
	}
	if r, ok := s.config.Recommendations.Find(a.Recommendation); ok {
		v.Taken = r.Title.In(language(c))
	}
	if p.who.May(access.ManageActions, a.Unit, a.tree) {
		v.Edit = actionPath(a.ID) + "/andra"
	}
	if err := cmp.Or(s.effects(c, p, a.Action, &v), s.followUps(c, a.Action, &v)); err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, status, "atgard", v)
}

// effects sets what was expected beside what was measured.
func (s *Server) effects(c *gin.Context, p published, a action.Action, v *actionView) error {
	columns, lifts, err := s.lifts(c, p, a)
	v.Columns = columns
	for _, l := range lifts {
		e := actionEffect{Text: p.views.names.Of(l.ID, p.views.lang), Fact: l.Fact, Expected: p.views.level(l.Expected, l.Fact)}
		if l.From > 0 {
			e.From = p.views.level(l.From, l.Fact)
		}
		for _, m := range l.Later {
			cell := actionCell{Outcome: l.Outcome(m)}
			if m.Shown {
				cell.Level, cell.N = p.views.level(m.Level, l.Fact), m.N
			}
			if m.Shown && !l.Fact {
				cell.Low, cell.High = p.views.number(m.Low), p.views.number(m.High)
			}
			e.Cells = append(e.Cells, cell)
		}
		v.Effects = append(v.Effects, e)
	}
	return err
}

// lift is one of an action's items, as a reader may see it: From is 0 where that
// is hidden from the reader.
type lift struct {
	action.Item
	Fact  bool
	Later []action.Measured // in each of the rounds since
}

// lifts returns what the rounds since show of an action's items, and what they are
// called, the oldest first.
func (s *Server) lifts(c *gin.Context, p published, a action.Action) (rounds []string, lifts []lift, err error) {
	then, later, err := s.laterRounds(c, p, a)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range later {
		rounds = append(rounds, label(r.Round))
	}
	for _, item := range a.Items {
		of, ok := p.views.set.Item(item.ID)
		if !ok { // the newest questionnaires have it no longer
			of = &survey.Item{ID: item.ID}
		}
		l := lift{Item: item, Fact: of.Kind == survey.Fact}
		if l.Fact && then.verdict == nil || !l.Fact && then.unit == nil {
			l.From = 0
		}
		for _, r := range later {
			l.Later = append(l.Later, r.levels.measured(of, then))
		}
		lifts = append(lifts, l)
	}
	return rounds, lifts, nil
}

// followUps tells of each by whom it was written.
func (s *Server) followUps(c *gin.Context, a action.Action, v *actionView) error {
	names, err := s.accountNames(c)
	for _, e := range slices.Backward(a.Log) {
		v.Follow = append(v.Follow, actionEntry{e, dayOf(e.At), cmp.Or(names[e.By], e.By)})
	}
	return err
}

// Newest is the last of the rounds that have measured since, "" for none.
func (v actionView) Newest() string {
	if len(v.Columns) == 0 {
		return ""
	}
	return v.Columns[len(v.Columns)-1]
}

// Reached is how many items had reached what was expected in that round.
func (v actionView) Reached() (n int) {
	for _, e := range v.Effects {
		if len(e.Cells) > 0 && e.Cells[len(e.Cells)-1].Outcome == action.Reached {
			n++
		}
	}
	return n
}

// actionFollow adds a follow-up.
func (s *Server) actionFollow(c *gin.Context) {
	p, a, ok := s.actionOf(c, access.ManageActions)
	if !ok {
		return
	}
	v := actionView{Text: c.PostForm("text"), Set: action.Status(c.PostForm("status"))}
	seen, _ := strconv.Atoi(c.PostForm("revision"))
	_, err := s.actions.Follow(c, p.who.Account, a.ID, seen, v.Set, v.Text)
	if problem, ok := errors.AsType[*fail.Error](err); ok && (problem.Code == fail.Invalid || problem.Code == fail.Conflict) {
		v.Problem, v.Field = problem.In(language(c)), problem.Field
		s.showAction(c, statusOf[problem.Code], p, a, v)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, actionPath(a.ID)+"?klart=uppfoljd")
}
