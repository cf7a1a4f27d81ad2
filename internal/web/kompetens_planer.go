package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/training"
)

func savedPath(p training.Saved) string {
	return "/kompetens/planer/" + url.PathEscape(p.Round) + "/" + url.PathEscape(p.ID)
}

// savedPlans is the page of plans that have been saved.
type savedPlans struct {
	Plans    []savedRow
	Compared []savedRow   // side by side
	Areas    []savedTotal // what each of them leaves, by area
}

// savedRow is a saved plan in a list.
type savedRow struct {
	training.Saved
	Path, UnitName, RoundName  string
	Cost, Budget, Hours        string
	Missing, Left, HeldOf, All int
	Chosen                     bool
}

// Key tells one plan from others in the form that compares them.
func (r savedRow) Key() string { return r.Round + "/" + r.ID }

// savedTotal is an area in the plans that are compared: nil where one does not count it.
type savedTotal struct {
	Name string
	Of   []*planAreaView
}

// fewestCompared is how many plans make a comparison.
const fewestCompared = 2

func (s *Server) planList(c *gin.Context) {
	p, ok := s.published(c, "")
	if !ok {
		return
	}
	seals, err := s.seals(c, p, s.training.PlansSeal)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.frozen(c, p, "kompetens-planer", func() (any, error) { return s.plansPage(c, p) }, seals)
}

func (s *Server) plansPage(c *gin.Context, p published) (page savedPlans, err error) {
	for _, r := range p.all {
		if r.State != round.Published {
			continue
		}
		tree, err := s.rounds.Tree(c, r)
		if err != nil {
			return page, err
		}
		plans, err := s.training.Plans(c, r.ID)
		if err != nil {
			return page, err
		}
		for _, saved := range plans {
			if p.who.May(access.PlanTraining, saved.Unit, tree) {
				page.Plans = append(page.Plans, savedRowOf(saved, r, tree, language(c)))
			}
		}
	}
	for _, key := range c.QueryArray("plan") {
		if i := slices.IndexFunc(page.Plans, func(r savedRow) bool { return r.Key() == key }); i >= 0 && !page.Plans[i].Chosen {
			page.Plans[i].Chosen = true
			page.Compared = append(page.Compared, page.Plans[i])
		}
	}
	if len(page.Compared) < fewestCompared {
		page.Compared = nil
	}
	page.compare(p.views)
	return page, nil
}

func savedRowOf(p training.Saved, r round.Round, tree *org.Tree, lang string) savedRow {
	unit, _ := tree.Unit(p.Unit)
	row := savedRow{Saved: p, Path: savedPath(p), UnitName: unit.Name, RoundName: label(r), Cost: kronor(p.Outcome.Cost, lang), Budget: kronor(p.Wish.Budget, lang),
		Hours: hours(p.Outcome.Hours, lang), HeldOf: len(p.Held), All: len(p.Effects)}
	row.Missing, row.Left = p.Missing()
	return row
}

// compare lists the areas of the plans that are compared.
func (page *savedPlans) compare(v views) {
	at := map[string]int{}
	for i, plan := range page.Compared {
		for _, a := range plan.Areas {
			place, ok := at[a.Item]
			if !ok {
				place = len(page.Areas)
				at[a.Item] = place
				page.Areas = append(page.Areas, savedTotal{v.names.Competence(a.Item, v.lang), make([]*planAreaView, len(page.Compared))})
			}
			page.Areas[place].Of[i] = &planAreaView{Area: a}
		}
	}
}

// savedPage is one saved plan.
type savedPage struct {
	savedRow
	Plan           *planView
	Later          string // the round that it is followed up in, "" for none yet
	LaterUnit      string // what the unit is called in it
	Followed       []followedRow
	Shut           int // areas where nobody is below any longer
	Activity       string
	Problem, Field string
	Least          int // with the same requirement, for an area to be counted
}

// followedRow is what became of a gap.
type followedRow struct {
	training.Followed
	Name string
}

// savedPlan finds the plan that the address names; it has answered where ok is
// false. One that the signed-in person may not plan for is answered as one that
// is not there.
func (s *Server) savedPlan(c *gin.Context) (p published, plan training.Saved, ok bool) {
	if p, ok = s.published(c, c.Param("round")); !ok {
		return p, plan, false
	}
	plan, err := s.training.Plan(c, p.round.ID, c.Param("plan"))
	if err != nil {
		s.failed(c, err)
		return p, plan, false
	}
	return p, plan, s.unit(c, access.PlanTraining, plan.Unit, p.tree)
}

func (s *Server) planSaved(c *gin.Context) {
	if p, plan, ok := s.savedPlan(c); ok {
		s.showSaved(c, http.StatusOK, p, plan, savedPage{})
	}
}

// planSavedChart answers with a chart of a saved plan.
func (s *Server) planSavedChart(c *gin.Context) {
	p, plan, ok := s.savedPlan(c)
	if !ok {
		return
	}
	d, err := s.rounds.Document(c, p.round, plan.Unit)
	var view *planView
	if err == nil {
		view, err = s.planView(c, p.views, plan, label(p.round), savedPath(plan))
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	s.sendChart(c, p, d, s.planDiagrams(p.views.lang, view))
}

// showSaved answers with the page of a saved plan; page has what was typed and
// what is wrong with it.
func (s *Server) showSaved(c *gin.Context, status int, p published, plan training.Saved, page savedPage) {
	d, err := s.rounds.Document(c, p.round, plan.Unit)
	if err == nil {
		page.Least = analysis.LeastPlanned(d.MinGroup)
		page.savedRow = savedRowOf(plan, p.round, p.tree, language(c))
		var view *planView
		if view, err = s.planView(c, p.views, plan, label(p.round), savedPath(plan)); err == nil {
			if page.Plan != nil { // what was typed
				for i := range view.Rows {
					if view.Rows[i].ID == page.Activity {
						view.Rows[i].TypedDay, view.Rows[i].TypedPeople = page.Plan.Rows[0].TypedDay, page.Plan.Rows[0].TypedPeople
					}
				}
			}
			page.Plan = view
			err = s.follow(c, p, plan, &page)
		}
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, status, "kompetens-planen", page)
}

// follow fills in what the newest later round says of the plan's gaps.
func (s *Server) follow(c *gin.Context, p published, plan training.Saved, page *savedPage) error {
	now, unit, tree, err := s.laterUnit(c, p, plan.Unit)
	if err != nil || now.ID == "" || !p.who.May(access.PlanTraining, unit, tree) {
		return err
	}
	var figures []analysis.CompetenceFigure
	var set *survey.Set
	if figures, err = s.competenceFigures(c, now, unit); err == nil {
		set, err = s.rounds.Set(c, now)
	}
	if err != nil {
		return err
	}
	u, _ := tree.Unit(unit)
	page.Later, page.LaterUnit = label(now), u.Name
	for _, f := range training.Follow(plan, figures, p.views.set, set) {
		page.Followed = append(page.Followed, followedRow{f, p.views.names.Competence(f.Item, p.views.lang)})
		if f.Verdict == training.Closed {
			page.Shut++
		}
	}
	return nil
}

// laterUnit finds the newest round published after p's in which a unit, or the one
// that followed it, was measured; the zero round where there is none.
func (s *Server) laterUnit(c *gin.Context, p published, unit string) (found round.Round, in string, tree *org.Tree, err error) {
	at, was := slices.IndexFunc(p.all, func(r round.Round) bool { return r.ID == p.round.ID }), unit
	for _, r := range slices.Backward(p.all[:at]) { // the nearest first
		if r.State != round.Published {
			continue
		}
		units, err := s.rounds.Tree(c, r)
		if err != nil {
			return found, in, tree, err
		}
		if next, ok := r.Successors[unit]; ok {
			unit = next
		}
		if _, ok := units.Unit(unit); !ok {
			continue
		}
		same, err := s.became(c, r, unit, p.round.ID, was)
		if err != nil {
			return found, in, tree, err
		}
		if same {
			found, in, tree = r, unit, units
		}
	}
	return found, in, tree, nil
}

// planStep marks an activity of a plan as held, takes the mark away, or removes
// the plan.
func (s *Server) planStep(c *gin.Context) {
	p, plan, ok := s.savedPlan(c)
	if !ok {
		return
	}
	to, err := savedPath(plan), error(nil)
	activity, day, people := c.PostForm("insats"), strings.TrimSpace(c.PostForm("dag")), strings.TrimSpace(c.PostForm("antal"))
	switch c.Param("step") {
	case "genomford":
		n, _ := strconv.Atoi(people) // 0, which is no number of participants, for what is none
		err = s.training.MarkHeld(c, p.who.Account, plan.Round, plan.ID, activity, training.Held{Day: day, People: n})
	case "inte-genomford":
		err = s.training.MarkHeld(c, p.who.Account, plan.Round, plan.ID, activity, training.Held{})
	case "ta-bort":
		to, err = "/kompetens/planer", s.training.Remove(c, p.who.Account, plan)
	default:
		err = errNoPage
	}
	if problem, field, ok := invalidIn(c, err); ok {
		typed := &planView{Rows: []planRow{{TypedDay: day, TypedPeople: people}}}
		s.showSaved(c, http.StatusUnprocessableEntity, p, plan, savedPage{Activity: activity, Problem: problem, Field: field, Plan: typed})
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, to)
}
