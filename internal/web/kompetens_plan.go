package web

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/training"
)

// planPage is the training plan of a unit, worked out for what is asked for.
type planPage struct {
	Unit, Now, Href string
	UnitID, RoundID string
	Rounds, Units   []link
	Budget          string     // as typed
	Areas           []planArea // that are counted
	All             int        // areas that the unit has figures of
	Least           int        // with the same requirement, for an area to be counted
	Plan            *planView
	Name            string // typed for a plan that is to be saved
	Problem, Field  string
}

// planArea is a competence area to give a priority.
type planArea struct {
	Item, Name, Value string
	Choices           []string
}

// priorities are the choices of what an area counts.
var priorities = []string{"0", "1", "2", "3"}

// firstBudget is what a plan begins with, in kronor, before anybody has written one.
const firstBudget = "100000"

// trainingPlan shows a plan. For the same wish and the same catalogue it is the
// same, so it is kept as frozen pages are; what is wrong in a wish is not.
func (s *Server) trainingPlan(c *gin.Context) {
	p, unit, ok := s.plannedUnit(c, c.Query("omgang"), c.Query("enhet"))
	if !ok {
		return
	}
	catalogue, _, err := s.training.Activities(c, p.up(unit))
	if err != nil {
		s.failed(c, err)
		return
	}
	read := wishOf(c)
	if wished(c.Request.URL.Query(), read("budget")).Check() != nil {
		page, _, err := s.planPage(c, p, unit, catalogue, read)
		s.showPlan(c, page, err)
		return
	}
	s.frozen(c, p, "kompetens-plan", func() (any, error) {
		page, _, err := s.planPage(c, p, unit, catalogue, read)
		return page, err
	}, catalogue)
}

// planChart answers with a chart of the plan that is asked for.
func (s *Server) planChart(c *gin.Context) {
	p, unit, ok := s.plannedUnit(c, c.Query("omgang"), c.Query("enhet"))
	if !ok {
		return
	}
	var page *planPage
	catalogue, _, err := s.training.Activities(c, p.up(unit))
	if err == nil {
		page, _, err = s.planPage(c, p, unit, catalogue, wishOf(c))
	}
	var d *analysis.Document
	if err == nil {
		d, err = s.rounds.Document(c, p.round, unit)
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	s.sendChart(c, p, d, s.planDiagrams(p.views.lang, page.Plan))
}

// wishOf reads the wish of an address, where no budget is that of firstBudget.
func wishOf(c *gin.Context) func(key string) string {
	return func(key string) string {
		if _, asked := c.GetQuery("budget"); key == "budget" && !asked {
			return firstBudget
		}
		return c.Query(key)
	}
}

// wished is the wish of an address, whatever areas it names.
func wished(query url.Values, budget string) training.Wish {
	w := training.Wish{Budget: number(budget), Priority: map[string]float64{}}
	for key, value := range query {
		if area, ok := strings.CutPrefix(key, "prioritet."); ok && value[0] != "" {
			w.Priority[area] = number(value[0])
		}
	}
	return w
}

// showPlan answers with the page of a plan, with what is wrong in what was typed
// where err says so.
func (s *Server) showPlan(c *gin.Context, page *planPage, err error) {
	status := http.StatusOK
	if problem, field, ok := invalidIn(c, err); ok && page != nil {
		page.Problem, page.Field = problem, field
		status, err = http.StatusUnprocessableEntity, nil
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, status, "kompetens-plan", page)
}

// plannedUnit finds a published round, and in it the unit that was asked for and
// that the signed-in person may plan for; "" is the newest round and the highest
// unit. It has answered where ok is false.
func (s *Server) plannedUnit(c *gin.Context, round, unit string) (p published, _ string, ok bool) {
	if p, ok = s.published(c, round); !ok {
		return p, "", false
	}
	if unit == "" {
		tops := p.who.Top(access.PlanTraining, p.tree)
		if len(tops) == 0 {
			s.failed(c, errNoUnitThen)
			return p, "", false
		}
		unit = slices.MinFunc(tops, func(a, b org.Unit) int { return len(p.tree.Path(a.ID)) - len(p.tree.Path(b.ID)) }).ID
	}
	return p, unit, s.unit(c, access.PlanTraining, unit, p.tree)
}

// up returns the ids of a unit and those above it, from the top down, those above
// the round's own top too.
func (p published) up(unit string) []string {
	return append(slices.Clone(p.round.Above), unitPath(p.tree, unit)...)
}

// planPage works the plan out of a catalogue for what read returns of the form. A fail.Invalid
// beside the page says what is wrong in it.
func (s *Server) planPage(c *gin.Context, p published, unit string, catalogue []training.Activity, read func(string) string) (*planPage, training.Saved, error) {
	saved := training.Saved{Round: p.round.ID, Unit: unit}
	d, err := s.rounds.Document(c, p.round, unit)
	if err != nil {
		return nil, saved, err
	}
	page := &planPage{Unit: d.Unit.Name, Now: label(p.round), Href: "/kompetens?enhet=" + url.QueryEscape(unit) + p.query("&"), UnitID: unit, RoundID: p.round.ID,
		Least: analysis.LeastPlanned(d.MinGroup), Budget: read("budget"), Name: strings.TrimSpace(read("namn"))}
	page.ways(p, unit)
	counts, err := s.rounds.LevelCounts(c, p.round, unit)
	if err != nil {
		return nil, saved, err
	}
	page.All = len(d.Competence)
	for _, f := range d.Competence {
		if !slices.ContainsFunc(counts, func(n analysis.LevelCount) bool { return n.Item == f.Item }) {
			continue
		}
		a := planArea{f.Item, p.views.names.Competence(f.Item, p.views.lang), read("prioritet." + f.Item), priorities}
		if a.Value == "" {
			a.Value = "1"
		}
		page.Areas = append(page.Areas, a)
	}
	if saved.Wish, err = page.wish(); err != nil {
		return page, saved, err
	}
	if len(d.Competence) > 0 {
		saved.Outcome = training.WorkOut(d.Competence, counts, catalogue, saved.Wish)
		page.Plan, err = s.planView(c, p.views, saved, page.Now, page.address())
	}
	return page, saved, err
}

// address is that of a plan with its wish.
func (page *planPage) address() string {
	q := url.Values{"enhet": {page.UnitID}, "omgang": {page.RoundID}, "budget": {page.Budget}}
	for _, a := range page.Areas {
		q.Set("prioritet."+a.Item, a.Value)
	}
	return "/kompetens/plan?" + q.Encode()
}

// ways are the other rounds and units that a plan can be worked out for.
func (page *planPage) ways(p published, unit string) {
	address := func(unit string) string { return "/kompetens/plan?enhet=" + url.QueryEscape(unit) }
	page.Rounds = p.rounds(unit, asking("/kompetens/plan"))
	root := p.tree.Root()
	for _, u := range append([]org.Unit{root}, p.tree.Children(root.ID)...) {
		if p.who.May(access.PlanTraining, u.ID, p.tree) {
			page.Units = append(page.Units, link{u.Name, address(u.ID) + p.query("&"), u.ID == unit})
		}
	}
}

// wish reads the budget and the priorities as they were typed.
func (page *planPage) wish() (training.Wish, error) {
	w := training.Wish{Budget: number(page.Budget), Priority: map[string]float64{}}
	for _, a := range page.Areas {
		if p := number(a.Value); p != 1 {
			w.Priority[a.Item] = p
		}
	}
	return w, w.Check()
}

// thousands is a number with points between its thousands.
var thousands = regexp.MustCompile(`^\d{1,3}(\.\d{3})+$`)

// number reads a number as people write it, with a comma or a point, spaces or
// points between thousands, and kronor after it; NaN for what is none, so that no
// rule lets it through.
func number(typed string) float64 {
	typed = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(typed), "kr"))
	if thousands.MatchString(typed) {
		typed = strings.ReplaceAll(typed, ".", "")
	}
	typed = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".").Replace(strings.TrimSpace(typed))
	if typed == "" || strings.Trim(typed, "0123456789.-") != "" { // ParseFloat takes "inf" and "0x1p4" too
		return math.NaN()
	}
	v, err := strconv.ParseFloat(typed, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// planSave keeps the plan that the page shows, worked out anew.
func (s *Server) planSave(c *gin.Context) {
	p, unit, ok := s.plannedUnit(c, c.PostForm("omgang"), c.PostForm("enhet"))
	if !ok {
		return
	}
	catalogue, _, err := s.training.Activities(c, p.up(unit))
	if err != nil {
		s.failed(c, err)
		return
	}
	page, saved, err := s.planPage(c, p, unit, catalogue, c.PostForm)
	if err == nil {
		saved.Name = page.Name
		saved, err = s.training.Save(c, p.who.Account, saved)
	}
	if err != nil {
		s.showPlan(c, page, err)
		return
	}
	c.Redirect(http.StatusSeeOther, savedPath(saved))
}

// competenceFigures returns a unit's competence figures in a published round; none
// where it was not in it.
func (s *Server) competenceFigures(c *gin.Context, r round.Round, unit string) ([]analysis.CompetenceFigure, error) {
	d, err := s.rounds.Document(c, r, unit)
	if fail.Is(err, fail.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return d.Competence, nil
}

// themeOf is the title of an item's theme.
func themeOf(set *survey.Set, item, lang string) string {
	if it, ok := set.Item(item); ok {
		for _, q := range set.Questionnaires {
			for _, th := range q.Themes {
				if q.ID+"."+th.ID == it.ThemeID() {
					return th.Title.In(lang)
				}
			}
		}
	}
	return ""
}

// invalidIn returns what is wrong in a form, and in which field, where err is that.
func invalidIn(c *gin.Context, err error) (problem, field string, ok bool) {
	e, ok := errors.AsType[*fail.Error](err)
	if !ok || e.Code != fail.Invalid {
		return "", "", false
	}
	return e.In(language(c)), e.Field, true
}
