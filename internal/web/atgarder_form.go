package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/recommend"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// actionForm is the form of a new action, or of one that is changed, as typed.
type actionForm struct {
	action.Action
	New            bool
	Back           link
	Now            string // what the round is called whose levels are shown
	Rows           []actionItemRow
	Units          []orgUnit
	Choices        []itemGroup
	Taken          string // title of the recommendation that it takes up
	Problem, Field string
	Moved          string // address of the action as another has left it, "" where nobody has
}

// actionItemRow is an item to lift, as typed; an empty one can be filled in.
type actionItemRow struct {
	Item, Expected string
	Level          string // in the round, "" where it is not shown
	N              int
}

type itemGroup struct {
	Name  string
	Items []itemChoice
}

type itemChoice struct{ ID, Text string }

// spareRows is how many empty rows a form has for more items.
const spareRows = 2

// Statuses are those that the form offers.
func (actionForm) Statuses() []action.Status { return action.Statuses }

// OwnerRoles are suggestions of whom to name.
func (actionForm) OwnerRoles() []org.Role { return org.Roles }

// actionNew shows the form of a new action: of a recommendation, of one item, or
// empty.
func (s *Server) actionNew(c *gin.Context) {
	p, unit, ok := s.actionUnit(c)
	if !ok || !s.unit(c, access.ManageActions, unit, p.tree) {
		return
	}
	levels, err := s.itemLevels(c, p.who, p.round, p.tree, unit)
	if err != nil {
		s.failed(c, err)
		return
	}
	f := actionForm{New: true, Action: action.Action{Unit: unit, Round: p.round.ID, Start: s.today(), Status: action.Planned}}
	if r, ok := s.config.Recommendations.Find(c.Query("rekommendation")); ok {
		s.fromRecommendation(&f, p.views, r, levels)
	}
	if it, ok := p.views.set.Item(c.Query("item")); ok {
		f.Rows = append(f.Rows, actionItemRow{Item: it.ID, Expected: p.views.aim(it, it.Target, levels)})
	}
	s.showActionForm(c, http.StatusOK, p, f, levels)
}

// aim is what may be expected of an item: a level, where the item is below it.
func (v views) aim(it *survey.Item, level float64, levels itemLevels) string {
	if now, _ := levels.now(it); now > level {
		return ""
	}
	return v.level(level, it.Kind == survey.Fact)
}

// fromRecommendation fills in what a recommendation says, with those of its items
// that are below its limit.
func (s *Server) fromRecommendation(f *actionForm, v views, r recommend.Recommendation, levels itemLevels) {
	f.Recommendation, f.Title = r.ID, r.Title.In(v.lang)
	f.Owner = s.pages.say(v.lang, "org.role."+string(r.Owner))
	f.What = strings.Join([]string{r.FirstStep.In(v.lang), r.Why.In(v.lang), r.Good.In(v.lang)}, "\n\n")
	for _, id := range r.Items {
		it, ok := v.set.Item(id)
		if !ok {
			continue
		}
		if now, _ := levels.now(it); now > 0 && now < r.Below {
			f.Rows = append(f.Rows, actionItemRow{Item: id, Expected: v.level(r.Below, r.Facts)})
		}
	}
	if f.Rows == nil { // the audit's verdict asked for it, or nothing is shown
		for _, id := range r.Items {
			f.Rows = append(f.Rows, actionItemRow{Item: id})
		}
	}
}

// showActionForm fills in what is to choose among and how levels stand.
func (s *Server) showActionForm(c *gin.Context, status int, p published, f actionForm, levels itemLevels) {
	v := p.views
	f.Now, f.Choices = label(p.round), v.itemChoices()
	if _, ok := p.tree.Unit(f.Unit); ok {
		f.Units = near(p, access.ManageActions, f.Unit)
	} else {
		for _, top := range p.who.Top(access.ManageActions, p.tree) {
			f.Units = append(f.Units, near(p, access.ManageActions, top.ID)...)
		}
		if f.Unit != "" && !f.New { // it is no longer there: it may stay where it was
			f.Units = append(f.Units, orgUnit{Unit: org.Unit{ID: f.Unit, Name: f.Unit}})
		}
	}
	if r, ok := s.config.Recommendations.Find(f.Recommendation); ok {
		f.Taken = r.Title.In(v.lang)
	}
	if f.New {
		f.Back = link{Href: actionsPath(f.Unit, p.round.ID)}
	}
	for i := range f.Rows {
		row := &f.Rows[i]
		if it, ok := v.set.Item(row.Item); ok {
			if level, n := levels.now(it); level > 0 {
				row.Level, row.N = v.level(level, it.Kind == survey.Fact), n
			}
		}
	}
	for spare := max(spareRows, 1-len(f.Rows)); spare > 0 && len(f.Rows) < action.MaxItems; spare-- {
		f.Rows = append(f.Rows, actionItemRow{})
	}
	s.render(c, status, "atgard-formular", f)
}

// typedAction reads the form; the levels that items start from are the round's.
func typedAction(c *gin.Context, v views, levels itemLevels) (f actionForm) {
	f.Action = action.Action{Unit: c.PostForm("unit"), Title: c.PostForm("title"), What: c.PostForm("what"), Owner: c.PostForm("owner"), Email: c.PostForm("email"),
		Start: c.PostForm("start"), Due: c.PostForm("due"), Status: action.Status(c.PostForm("status")), Recommendation: c.PostForm("recommendation")}
	f.Revision, _ = strconv.Atoi(c.PostForm("revision"))
	expected := c.PostFormArray("expected")
	for i, item := range c.PostFormArray("item") {
		row := actionItemRow{Item: item}
		if i < len(expected) {
			row.Expected = strings.TrimSpace(expected[i])
		}
		if item == "" && row.Expected == "" {
			continue
		}
		of := action.Item{ID: item, Expected: readLevel(row.Expected)}
		if it, ok := v.set.Item(item); ok {
			if from, _ := levels.now(it); from > 0 {
				of.From = tenths(from)
			}
		}
		f.Rows, f.Items = append(f.Rows, row), append(f.Items, of)
	}
	return f
}

// readLevel reads a level as people write it, with one decimal; 0 for what is none.
func readLevel(text string) float64 {
	level, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	if err != nil || level < 0 || level > 100 {
		return 0
	}
	return tenths(level)
}

// managedUnit tells whether the form's unit is one that the signed-in person may
// manage the actions of; when not, it has answered. That none is chosen is a fault
// of the form.
func (s *Server) managedUnit(c *gin.Context, unit string, tree *org.Tree) bool {
	return unit == "" || s.unit(c, access.ManageActions, unit, tree)
}

// actionCreate takes up a new action.
func (s *Server) actionCreate(c *gin.Context) {
	p, ok := s.published(c, c.PostForm("round"))
	if !ok || !s.managedUnit(c, c.PostForm("unit"), p.tree) {
		return
	}
	levels, err := s.itemLevels(c, p.who, p.round, p.tree, c.PostForm("unit"))
	if err != nil {
		s.failed(c, err)
		return
	}
	f := typedAction(c, p.views, levels)
	f.New, f.Round = true, p.round.ID
	if _, ok := s.config.Recommendations.Find(f.Recommendation); !ok {
		f.Recommendation = ""
	}
	a, err := s.actions.Create(c, p.who.Account, f.Action, known(p.views.set))
	if problem, ok := errors.AsType[*fail.Error](err); ok && problem.Code == fail.Invalid {
		f.Problem, f.Field = problem.In(language(c)), problem.Field
		s.showActionForm(c, http.StatusUnprocessableEntity, p, f, levels)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, actionPath(a.ID)+"?klart=ny")
}

func known(set *survey.Set) func(string) bool {
	return func(item string) bool { _, ok := set.Item(item); return ok }
}

// actionOf finds the action in the address for somebody who may do what with it;
// false when it has answered. One that is not there is answered as a forbidden one.
func (s *Server) actionOf(c *gin.Context, may access.Action) (p published, a placedAction, ok bool) {
	if p, ok = s.published(c, ""); !ok {
		return p, a, false
	}
	var err error
	if a.Action, err = s.actions.Action(c, c.Param("action")); fail.Is(err, fail.NotFound) {
		err = errNotYours
	}
	if err == nil {
		a.tree, err = s.actionTree(c, p, a.Action)
	}
	if err != nil {
		s.failed(c, err)
		return p, a, false
	}
	return p, a, s.unit(c, may, a.Unit, a.tree)
}

// changedAction finds an action to change, and the round that it comes from.
func (s *Server) changedAction(c *gin.Context) (from published, a placedAction, ok bool) {
	if from, a, ok = s.actionOf(c, access.ManageActions); !ok {
		return from, a, false
	}
	from, ok = s.published(c, a.Round)
	return from, a, ok
}

func (s *Server) actionEdit(c *gin.Context) {
	from, a, ok := s.changedAction(c)
	if !ok {
		return
	}
	levels, err := s.itemLevels(c, from.who, from.round, from.tree, a.Unit)
	if err != nil {
		s.failed(c, err)
		return
	}
	f := actionForm{Action: a.Action, Back: link{Name: a.Title, Href: actionPath(a.ID)}}
	for _, it := range a.Items {
		of, ok := from.views.set.Item(it.ID)
		f.Rows = append(f.Rows, actionItemRow{Item: it.ID, Expected: from.views.level(it.Expected, ok && of.Kind == survey.Fact)})
	}
	s.showActionForm(c, http.StatusOK, from, f, levels)
}

func (s *Server) actionChange(c *gin.Context) {
	from, a, ok := s.changedAction(c)
	if !ok {
		return
	}
	tree := from.tree
	if c.PostForm("unit") == a.Unit {
		tree = a.tree
	}
	if !s.managedUnit(c, c.PostForm("unit"), tree) {
		return
	}
	levels, err := s.itemLevels(c, from.who, from.round, from.tree, c.PostForm("unit"))
	if err != nil {
		s.failed(c, err)
		return
	}
	f := typedAction(c, from.views, levels)
	f.keepFrom(a.Action)
	f.Back = link{Name: a.Title, Href: actionPath(a.ID)}
	_, err = s.actions.Change(c, from.who.Account, a.ID, f.Revision, f.Action, known(from.views.set))
	if problem, ok := errors.AsType[*fail.Error](err); ok && (problem.Code == fail.Invalid || problem.Code == fail.Conflict) {
		f.Problem, f.Field, f.Revision = problem.In(language(c)), problem.Field, a.Revision
		if problem.Code == fail.Conflict {
			f.Moved = f.Back.Href
		}
		s.showActionForm(c, statusOf[problem.Code], from, f, levels)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, actionPath(a.ID)+"?klart=andrad")
}

// keepFrom keeps what no form changes; and, where the unit is the same, what an
// item started from though the one who changes it may not see that.
func (f *actionForm) keepFrom(a action.Action) {
	f.ID, f.Round, f.Recommendation, f.Log = a.ID, a.Round, a.Recommendation, a.Log
	for i := range f.Items {
		for _, was := range a.Items {
			if was.ID == f.Items[i].ID && a.Unit == f.Unit && f.Items[i].From == 0 {
				f.Items[i].From = was.From
			}
		}
	}
}

// actionDone is what can have just been done.
var actionDone = map[string]string{"ny": "action.done.new", "andrad": "action.done.changed", "uppfoljd": "action.done.followed"}

// roundOf returns the round with an id, the zero Round for one that the reader
// does not know.
func (p published) roundOf(id string) round.Round {
	for _, r := range p.all {
		if r.ID == id {
			return r
		}
	}
	return round.Round{ID: id}
}
