package web

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/training"
)

// trainingUnit is whose catalogue and required levels a page is about.
type trainingUnit struct {
	Unit org.Unit
	Tops []link   // the choices, where there are several
	Own  bool     // they are the unit's own, and not those of a unit above or the installation
	path []string // the unit and those above it, from the top down
	tree *org.Tree
	who  access.Identity
}

// whoseTraining returns the unit that ?enhet= names, the first of the signed-in
// person's own without; false when it has answered.
func (s *Server) whoseTraining(c *gin.Context) (u trainingUnit, ok bool) {
	tree, ok := s.units(c)
	if !ok {
		return u, false
	}
	id, err := s.identity(c)
	var tops []org.Unit
	if err == nil && tree != nil {
		tops = id.Top(access.PlanTraining, tree)
	}
	i := slices.IndexFunc(tops, func(top org.Unit) bool { return top.ID == c.Query("enhet") || c.Query("enhet") == "" })
	if err == nil && i < 0 {
		err = errNotYours
	}
	if err != nil {
		s.failed(c, err)
		return u, false
	}
	u = trainingUnit{Unit: tops[i], path: append(tree.Above(tops[i].ID), tops[i].ID), tree: tree, who: id}
	if len(tops) > 1 {
		for _, top := range tops {
			u.Tops = append(u.Tops, link{top.Name, c.Request.URL.Path + "?enhet=" + url.QueryEscape(top.ID), top.ID == u.Unit.ID})
		}
	}
	return u, true
}

// Query names the unit in an address.
func (u trainingUnit) Query() string { return "?enhet=" + url.QueryEscape(u.Unit.ID) }

// catalogueView is the page of the catalogue of activities.
type catalogueView struct {
	trainingUnit
	Areas []catalogueArea
	Of    string // the unit whose catalogue applies, "" for the installation's
	Seen  string // the seal of its activities
}

type catalogueArea struct {
	Item, Name string
	Full       bool
	Rows       []catalogueRow
}

type catalogueRow struct {
	training.Activity
	Hours, Cost string
}

func (s *Server) activityList(c *gin.Context) {
	u, ok := s.whoseTraining(c)
	if !ok {
		return
	}
	activities, of, err := s.training.Activities(c, u.path)
	if err != nil {
		s.failed(c, err)
		return
	}
	v := catalogueView{trainingUnit: u, Seen: card.Seal(activities)}
	v.Own = of == u.Unit.ID
	if above, ok := u.tree.Unit(of); ok {
		v.Of = above.Name
	}
	lang := language(c)
	for _, area := range s.competenceAreas(lang) {
		a := catalogueArea{Item: area.Item, Name: area.Name}
		for _, one := range activities {
			if one.Area == area.Item {
				a.Rows = append(a.Rows, catalogueRow{one, hours(one.Hours, lang), kronor(one.Cost, lang)})
			}
		}
		a.Full = len(a.Rows) >= training.MostInArea
		v.Areas = append(v.Areas, a)
	}
	s.kept(c, u.who, "kompetens-insatser", func() (any, error) { return v, nil }, v)
}

// competenceAreas are the areas that new rounds ask.
func (s *Server) competenceAreas(lang string) (out []planArea) {
	names := finding.NamesOf(s.config.Surveys)
	for _, it := range s.config.Surveys.Items {
		if it.OwnCompetence() {
			out = append(out, planArea{Item: it.ID, Name: names.Competence(it.ID, lang)})
		}
	}
	return out
}

// activityForm is the form of an activity, as typed.
type activityForm struct {
	trainingUnit
	ID, Area             string
	Seen                 string // the seal of the activity that it was drawn from
	Areas                []planArea
	From, To             string
	TitleSV, TitleEN     string
	FormSV, FormEN       string
	SummarySV, SummaryEN string
	FollowSV, FollowEN   string
	Audience             []string
	Hours, Seats, Cost   string
	Problem, Field       string
	Moved                bool // another has changed it meanwhile
}

// Levels are the choices of a level.
func (activityForm) Levels() []string { return []string{"1", "2", "3", "4", "5"} }

// Roles are the roles that an activity can be for.
func (activityForm) Roles() []org.Role { return org.Roles }

// Has tells whether the activity is for a role.
func (f activityForm) Has(r org.Role) bool { return slices.Contains(f.Audience, string(r)) }

func (s *Server) activityEdit(c *gin.Context) {
	u, ok := s.whoseTraining(c)
	if !ok {
		return
	}
	f := activityForm{trainingUnit: u, Area: c.Query("omrade"), Areas: s.competenceAreas(language(c)), From: "1", To: "2"}
	if id := c.Query("id"); id != "" {
		a, err := s.training.Activity(c, u.path, id)
		if err != nil {
			s.failed(c, err)
			return
		}
		f.fill(a, language(c))
	}
	s.render(c, http.StatusOK, "kompetens-insats", f)
}

// fill puts an activity into the form, numbers without thousands apart.
func (f *activityForm) fill(a training.Activity, lang string) {
	f.Seen = card.Seal(a)
	f.ID, f.Area, f.From, f.To = a.ID, a.Area, strconv.Itoa(a.From), strconv.Itoa(a.To)
	f.TitleSV, f.TitleEN, f.FormSV, f.FormEN = a.Title.SV, a.Title.EN, a.Form.SV, a.Form.EN
	f.SummarySV, f.SummaryEN, f.FollowSV, f.FollowEN = a.Summary.SV, a.Summary.EN, a.FollowUp.SV, a.FollowUp.EN
	for _, r := range a.Audience {
		f.Audience = append(f.Audience, string(r))
	}
	f.Hours, f.Seats, f.Cost = exact(a.Hours, lang), strconv.Itoa(a.Seats), exact(a.Cost, lang)
}

// activity reads the form. What is no number is one that no rule lets through.
func (f activityForm) activity() training.Activity {
	whole := func(typed string) int {
		if v := number(typed); v == math.Trunc(v) && math.Abs(v) < 1e9 {
			return int(v)
		}
		return 0
	}
	a := training.Activity{ID: f.ID, Area: f.Area, From: whole(f.From), To: whole(f.To), Title: survey.Text{SV: f.TitleSV, EN: f.TitleEN}, Form: survey.Text{SV: f.FormSV, EN: f.FormEN},
		Summary: survey.Text{SV: f.SummarySV, EN: f.SummaryEN}, FollowUp: survey.Text{SV: f.FollowSV, EN: f.FollowEN}, Hours: number(f.Hours), Seats: whole(f.Seats), Cost: number(f.Cost)}
	for _, r := range f.Audience {
		a.Audience = append(a.Audience, org.Role(r))
	}
	return a
}

// activityStep saves or removes an activity, or puts the catalogue back.
func (s *Server) activityStep(c *gin.Context) {
	u, ok := s.whoseTraining(c)
	if !ok {
		return
	}
	var err error
	switch c.Param("step") {
	case "spara":
		f := activityForm{trainingUnit: u, Seen: c.PostForm("seen"), Areas: s.competenceAreas(language(c)), Audience: c.PostFormArray("audience")}
		for name, field := range map[string]*string{"id": &f.ID, "area": &f.Area, "from": &f.From, "to": &f.To, "title_sv": &f.TitleSV, "title_en": &f.TitleEN, "form_sv": &f.FormSV, "form_en": &f.FormEN,
			"summary_sv": &f.SummarySV, "summary_en": &f.SummaryEN, "follow_up_sv": &f.FollowSV, "follow_up_en": &f.FollowEN, "hours": &f.Hours, "seats": &f.Seats, "cost": &f.Cost} {
			*field = strings.TrimSpace(newlines(c.PostForm(name)))
		}
		if _, err = s.training.SaveActivity(c, u.who.Account, u.path, f.activity(), f.Seen); err != nil {
			s.activityRefused(c, f, err)
			return
		}
	case "ta-bort":
		err = s.training.RemoveActivity(c, u.who.Account, u.path, c.PostForm("id"), c.PostForm("seen"))
		if now, gone := s.training.Activity(c, u.path, c.PostForm("id")); gone == nil && fail.Is(err, fail.Conflict) {
			f := activityForm{trainingUnit: u, Areas: s.competenceAreas(language(c))}
			f.fill(now, language(c))
			status, problem := s.problem(c, err)
			f.Problem = problem.In(language(c))
			s.render(c, status, "kompetens-insats", f)
			return
		}
	case "aterstall":
		err = s.training.Reset(c, u.who.Account, u.Unit.ID, c.PostForm("seen"))
	default:
		err = errNoPage
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/kompetens/insatser"+u.Query())
}

// activityRefused shows the form again, as typed, with why it was not saved. What
// another has changed meanwhile is replaced when it is saved once more, and what
// another has removed is added anew.
func (s *Server) activityRefused(c *gin.Context, f activityForm, err error) {
	problem, ok := errors.AsType[*fail.Error](err)
	switch {
	case ok && problem.Code == fail.Invalid:
	case ok && problem.Code == fail.Conflict:
		now, err := s.training.Activity(c, f.path, f.ID)
		if err != nil {
			s.failed(c, err)
			return
		}
		f.Moved, f.Seen = true, card.Seal(now)
	case ok && problem.Code == fail.NotFound:
		problem, f.ID, f.Seen = errActivityGone, "", ""
	default:
		s.failed(c, err)
		return
	}
	f.Problem, f.Field = problem.In(language(c)), problem.Field
	s.render(c, statusOf[problem.Code], "kompetens-insats", f)
}

var errActivityGone = fail.New(fail.Conflict, "Någon annan har tagit bort insatsen sedan du öppnade den. Det du skrev står kvar här. Spara för att lägga till den som en ny.",
	"Somebody else has removed the activity since you opened it. What you typed is still here. Save to add it as a new one.")

// requiredView is the page of required levels.
type requiredView struct {
	trainingUnit
	Of             string // the unit whose levels apply, "" for the questionnaires'
	Roles          []org.Role
	Rows           []requiredRow
	Problem, Field string
	Seen           string // the seal of the unit's own levels, "" for none
	Moved          bool   // another has changed them meanwhile
}

type requiredRow struct {
	Item, Name string
	Cells      []requiredCell
}

type requiredCell struct {
	Field, Value, Label string
	Role                org.Role
	Asked               bool
}

// Levels are the choices of a required level, "" for none.
func (requiredView) Levels() []string { return []string{"", "1", "2", "3", "4", "5"} }

// required returns the page with the levels that apply to the next round; false
// when it has answered.
func (s *Server) required(c *gin.Context) (v requiredView, ok bool) {
	u, ok := s.whoseTraining(c)
	if !ok {
		return v, false
	}
	levels, of, err := s.rounds.Required(c, u.path)
	if err != nil {
		s.failed(c, err)
		return v, false
	}
	v.trainingUnit = u
	if v.Own = of == u.Unit.ID; v.Own {
		v.Seen = card.Seal(levels)
	}
	if above, ok := u.tree.Unit(of); ok {
		v.Of = above.Name
	}
	for _, r := range org.Roles {
		if r.Manager() {
			v.Roles = append(v.Roles, r)
		}
	}
	set := s.config.Surveys.Requiring(levels)
	for _, area := range s.competenceAreas(language(c)) {
		it, _ := set.Item(area.Item) // it is in the set that the areas come from
		asked := survey.RolesAsked(it)
		row := requiredRow{Item: area.Item, Name: area.Name}
		for _, r := range v.Roles {
			cell := requiredCell{Field: it.ID + "." + string(r), Label: area.Name, Role: r, Asked: slices.Contains(asked, r)}
			if level := it.Required[r]; level > 0 {
				cell.Value = strconv.Itoa(level)
			}
			row.Cells = append(row.Cells, cell)
		}
		v.Rows = append(v.Rows, row)
	}
	return v, true
}

func (s *Server) requiredEdit(c *gin.Context) {
	if v, ok := s.required(c); ok {
		s.kept(c, v.who, "kompetens-krav", func() (any, error) { return v, nil }, v)
	}
}

func (s *Server) requiredSave(c *gin.Context) {
	v, ok := s.required(c)
	if !ok {
		return
	}
	var levels survey.Requirements
	if c.PostForm("do") != "aterstall" {
		levels = v.read(c.PostForm)
	}
	err := s.rounds.SetRequired(c, v.who.Account, v.Unit.ID, s.config.Surveys, levels, c.PostForm("seen"))
	if problem, ok := errors.AsType[*fail.Error](err); ok && (problem.Code == fail.Invalid || problem.Code == fail.Conflict) {
		v.Problem, v.Field, v.Moved = problem.In(language(c)), problem.Field, problem.Code == fail.Conflict
		if !v.Moved {
			v.Seen = c.PostForm("seen")
		}
		s.render(c, statusOf[problem.Code], "kompetens-krav", v)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/kompetens/krav"+v.Query())
}

// read reads the levels that were chosen, and keeps them in the page.
func (v *requiredView) read(form func(string) string) survey.Requirements {
	out := survey.Requirements{}
	for i := range v.Rows {
		levels := map[org.Role]int{}
		for k := range v.Rows[i].Cells {
			cell := &v.Rows[i].Cells[k]
			if !cell.Asked {
				continue
			}
			if cell.Value = form(cell.Field); cell.Value != "" {
				level, err := strconv.Atoi(cell.Value)
				if err != nil {
					level = -1
				}
				levels[cell.Role] = level
			}
		}
		out[v.Rows[i].Item] = levels
	}
	return out
}
