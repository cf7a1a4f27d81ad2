package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// settings are the fields of a round's form, as typed.
type settings struct {
	Name, Mode, MinGroup                     string
	OpensOn, OpensTime, ClosesOn, ClosesTime string
	Areas                                    []string          // questionnaires chosen
	Targets                                  map[string]string // by theme; "" for the questionnaire's own
}

func readSettings(c *gin.Context) settings {
	f := settings{Name: strings.TrimSpace(c.PostForm("name")), Mode: c.PostForm("mode"), MinGroup: c.PostForm("min_group"),
		OpensOn: c.PostForm("opens_on"), OpensTime: c.PostForm("opens_time"), ClosesOn: c.PostForm("closes_on"), ClosesTime: c.PostForm("closes_time"),
		Areas: c.PostFormArray("area"), Targets: map[string]string{}}
	for name, values := range c.Request.PostForm {
		if theme, ok := strings.CutPrefix(name, targetField); ok && len(values) > 0 {
			f.Targets[theme] = strings.TrimSpace(values[0])
		}
	}
	return f
}

const targetField = "target-"

// over lays the form over a round; what is no number is told as out of bounds.
func (f settings) over(r *round.Round) {
	group, err := strconv.Atoi(f.MinGroup)
	if err != nil {
		group = -1
	}
	r.Name, r.Mode, r.MinGroup = f.Name, round.Mode(f.Mode), group
	r.OpensOn, r.OpensTime, r.ClosesOn, r.ClosesTime = f.OpensOn, f.OpensTime, f.ClosesOn, f.ClosesTime
}

// content lays over a round which questionnaires are asked, and the targets that
// differ from the questionnaires' own.
func (f settings) content(r *round.Round, set *survey.Set) error {
	r.Questionnaires, r.Targets = nil, nil
	for _, q := range set.Questionnaires {
		if slices.Contains(f.Areas, q.ID) {
			r.Questionnaires = append(r.Questionnaires, q.ID)
		}
		for _, th := range q.Themes {
			id := q.ID + "." + th.ID
			typed := f.Targets[id]
			own, same := th.ThemeTarget()
			target, err := strconv.ParseFloat(strings.Replace(typed, ",", ".", 1), 64)
			switch {
			case typed == "" || err == nil && same && target == own:
			case err != nil:
				return errTarget.At(targetField + id)
			default:
				if r.Targets == nil {
					r.Targets = map[string]float64{}
				}
				r.Targets[id] = target
			}
		}
	}
	if len(r.Questionnaires) == 0 {
		return fail.New(fail.Invalid, "Välj minst ett frågeformulär.", "Choose at least one questionnaire.").At("area")
	}
	if len(r.Questionnaires) == len(set.Questionnaires) {
		r.Questionnaires = nil // all, also those that come later
	}
	return nil
}

var errTarget = fail.New(fail.Invalid, "Önskad nivå är ett tal från 1 till 5.", "A target is a number from 1 to 5.")

// settingsOf are the fields as a round has them.
func settingsOf(r round.Round, set *survey.Set, lang string) settings {
	f := settings{Name: r.Name, Mode: string(r.Mode), MinGroup: strconv.Itoa(r.MinGroup), OpensOn: r.OpensOn, OpensTime: r.OpensTime,
		ClosesOn: r.ClosesOn, ClosesTime: r.ClosesTime, Areas: r.Questionnaires, Targets: map[string]string{}}
	if len(f.Areas) == 0 {
		for _, q := range set.Questionnaires {
			f.Areas = append(f.Areas, q.ID)
		}
	}
	for theme, target := range r.Targets {
		f.Targets[theme] = exact(target, lang)
	}
	return f
}

// exact writes a target with all its decimals, so that saving changes none.
func exact(target float64, lang string) string {
	text := strconv.FormatFloat(target, 'f', -1, 64)
	if lang == "sv" {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

// settingsView is the form of a round that is there.
type settingsView struct {
	Round    round.Round
	Form     settings
	Set      *survey.Set
	Problem  string
	Field    string
	Changing bool // a draft: more than when it closes can be changed
	Lang     string
}

// Chosen tells whether a questionnaire is asked.
func (v settingsView) Chosen(id string) bool { return slices.Contains(v.Form.Areas, id) }

// Own is the target that a theme has in its questionnaire, "" where its items
// differ.
func (v settingsView) Own(th *survey.Theme) string {
	if t, ok := th.ThemeTarget(); ok {
		return exact(t, v.Lang)
	}
	return ""
}

func (s *Server) roundSettings(c *gin.Context) {
	if r, ok := s.managed(c, c.Param("round")); ok {
		s.showSettings(c, http.StatusOK, r, settingsOf(r, s.config.Surveys, language(c)), nil)
	}
}

func (s *Server) showSettings(c *gin.Context, status int, r round.Round, f settings, problem *fail.Error) {
	v := settingsView{Round: r, Form: f, Set: s.config.Surveys, Changing: r.State == round.Draft, Lang: language(c)}
	if problem != nil {
		v.Problem, v.Field = problem.In(language(c)), problem.Field
	}
	s.render(c, status, "omgang-installningar", v)
}

func (s *Server) roundSettingsPost(c *gin.Context) {
	r, _, ok := s.followed(c, access.ManageRound)
	if !ok {
		return
	}
	id, _ := s.identity(c) // s.followed has asked
	f := readSettings(c)
	next := r
	var err error
	if r.State == round.Draft {
		f.over(&next)
		err = f.content(&next, s.config.Surveys)
	} else {
		next.Name = f.Name
		next.ClosesOn, next.ClosesTime = f.ClosesOn, f.ClosesTime
	}
	if err == nil {
		_, err = s.rounds.Change(c, id.Account, r.ID, func(r *round.Round) {
			r.Name, r.Mode, r.MinGroup, r.Questionnaires, r.Targets = next.Name, next.Mode, next.MinGroup, next.Questionnaires, next.Targets
			r.OpensOn, r.OpensTime, r.ClosesOn, r.ClosesTime = next.OpensOn, next.OpensTime, next.ClosesOn, next.ClosesTime
		})
	}
	if fail.Is(err, fail.Invalid) {
		status, e := s.problem(c, err)
		s.showSettings(c, status, r, f, e)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/omgangar/"+r.ID)
}
