package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/notice"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/personal"
	"github.com/mognad/mognad/internal/round"
)

// noticeNames are the kinds of text by their names in addresses.
var noticeNames = map[string]notice.Kind{"integritet": notice.Privacy, "tillganglighet": notice.Accessibility, "kontakt": notice.Contact}

// textsView is the page that lists the kommun's texts.
type textsView struct {
	Units []textsUnit
	Whole bool // the one who reads may change how long things are kept
	Rules personal.Rules
	Run   personal.Run
}

// textsUnit is the texts of one unit.
type textsUnit struct {
	Unit  org.Unit
	Whole bool // it is the organisation's top: the texts apply where there are no others
	Texts []textState
}

// textState is how far one text has come.
type textState struct {
	Name, Path string
	Own        bool   // it is the unit's own, and not what it begins with or another's
	Gaps       int    // to fill in
	Day        string // of the last change
}

// Day is the Swedish day of the last run.
func (v textsView) Day() string { return dayOf(v.Run.At) }

func (s *Server) textList(c *gin.Context) {
	tree, tops, ok := s.textTops(c)
	if !ok {
		return
	}
	v := textsView{}
	for _, top := range tops {
		unit := textsUnit{Unit: top, Whole: top.ID == tree.Root().ID}
		v.Whole = v.Whole || unit.Whole
		for _, name := range []string{"integritet", "tillganglighet", "kontakt"} {
			n, err := s.ownOrNearest(c, noticeNames[name], tree, top.ID)
			if err != nil {
				s.failed(c, err)
				return
			}
			state := textState{Name: name, Path: textPath(name, tree, top.ID), Gaps: n.Gaps(n.Kind), Own: len(n.Versions) > 0 && n.Unit == textUnit(tree, top.ID)}
			if state.Own {
				state.Day = dayOf(n.Versions[0].At)
			}
			unit.Texts = append(unit.Texts, state)
		}
		v.Units = append(v.Units, unit)
	}
	var err error
	if v.Rules, err = s.personal.Rules(c); err == nil {
		v.Run, err = s.personal.LastRun(c)
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, http.StatusOK, "texter", v)
}

// textTops returns the highest units whose texts the signed-in person may
// change; false when it has answered.
func (s *Server) textTops(c *gin.Context) (*org.Tree, []org.Unit, bool) {
	tree, ok := s.units(c)
	if !ok {
		return nil, nil, false
	}
	id, err := s.identity(c)
	if err == nil && tree == nil {
		err = errNotYours
	}
	if err != nil {
		s.failed(c, err)
		return nil, nil, false
	}
	tops := id.Top(access.ManageTexts, tree)
	if len(tops) == 0 {
		s.failed(c, errNotYours)
		return nil, nil, false
	}
	return tree, tops, true
}

// textUnit is how a unit's texts are stored: the organisation's top is the
// installation's, so that they are there though the top is exchanged.
func textUnit(tree *org.Tree, unit string) string {
	if unit == tree.Root().ID {
		return ""
	}
	return unit
}

func textPath(name string, tree *org.Tree, unit string) string {
	if textUnit(tree, unit) == "" {
		return "/texter/" + name
	}
	return "/texter/" + name + "?enhet=" + url.QueryEscape(unit)
}

// ownOrNearest returns what a unit's text is, or would begin with: that of the
// nearest unit above.
func (s *Server) ownOrNearest(c *gin.Context, kind notice.Kind, tree *org.Tree, unit string) (notice.Notice, error) {
	own, err := s.notices.Own(c, kind, textUnit(tree, unit))
	if err != nil || len(own.Versions) > 0 {
		return own, err
	}
	return s.notices.Nearest(c, kind, unitPath(tree, unit))
}

// textView is the page of one text.
type textView struct {
	Name    string // in the address
	Kind    notice.Kind
	Unit    org.Unit
	Action  string // the form's address
	Number  string // of the version that is written over
	Text    notice.Text
	Gaps    int
	Default bool // nobody has changed it yet
	Preview map[string]template.HTML
	Before  []version
	Rules   personal.Rules
	Problem string
	Field   string
}

// version is an earlier version of a text.
type version struct {
	notice.Version
	Day, Time, Path string
	Number          int
}

// editedText returns the unit and text that the address names; false when it has
// answered.
func (s *Server) editedText(c *gin.Context) (v textView, unit string, ok bool) {
	kind, known := noticeNames[c.Param("text")]
	if !known {
		s.failed(c, errNoPage)
		return v, "", false
	}
	tree, tops, ok := s.textTops(c)
	if !ok {
		return v, "", false
	}
	id := c.Query("enhet")
	if id == "" && tops[0].ID == tree.Root().ID {
		id = tree.Root().ID
	}
	if id == "" {
		id = tops[0].ID
	}
	if !s.unit(c, access.ManageTexts, id, tree) {
		return v, "", false
	}
	n, err := s.ownOrNearest(c, kind, tree, id)
	if err != nil {
		s.failed(c, err)
		return v, "", false
	}
	unit = textUnit(tree, id)
	v = textView{Name: c.Param("text"), Kind: kind, Action: textPath(c.Param("text"), tree, id), Text: n.Text, Default: n.Unit != unit || len(n.Versions) == 0}
	v.Unit, _ = tree.Unit(id)
	if !v.Default {
		v.Number = n.Number()
		for i, old := range n.Versions {
			at := old.At.In(round.Sweden)
			sep := "?"
			if strings.Contains(v.Action, "?") {
				sep = "&"
			}
			v.Before = append(v.Before, version{old, at.Format(round.DayFormat), at.Format(round.TimeFormat), v.Action + sep + "fran=" + strconv.Itoa(i), i})
		}
	}
	if v.Rules, err = s.personal.Rules(c); err != nil {
		s.failed(c, err)
		return v, "", false
	}
	return v, unit, true
}

func (s *Server) textEdit(c *gin.Context) {
	v, _, ok := s.editedText(c)
	if !ok {
		return
	}
	if i, err := strconv.Atoi(c.Query("fran")); err == nil && i >= 0 && i < len(v.Before) {
		v.Text = v.Before[i].Text // to begin with; nothing is changed until it is saved
	}
	s.showText(c, http.StatusOK, v)
}

func (s *Server) showText(c *gin.Context, status int, v textView) {
	v.Gaps = v.Text.Gaps(v.Kind)
	s.render(c, status, "texter-text", v)
}

// textSave saves a text, or shows what it would look like.
func (s *Server) textSave(c *gin.Context) {
	v, unit, ok := s.editedText(c)
	if !ok {
		return
	}
	v.Text = notice.Text{SV: newlines(c.PostForm("sv")), EN: newlines(c.PostForm("en")), Name: c.PostForm("name"), Email: c.PostForm("email"), Phone: c.PostForm("phone")}
	v.Number = c.PostForm("number")
	if c.PostForm("do") == "visa" {
		v.Preview = map[string]template.HTML{}
		for _, lang := range []string{"sv", "en"} {
			html, err := notice.HTML(v.Text.In(lang))
			if err != nil {
				s.failed(c, err)
				return
			}
			v.Preview[lang] = html
		}
		s.showText(c, http.StatusOK, v)
		return
	}
	id, _ := s.identity(c) // s.editedText has asked
	err := s.notices.Put(c, id.Account, v.Kind, unit, v.Number, v.Text)
	if problem, ok := errors.AsType[*fail.Error](err); ok && (problem.Code == fail.Invalid || problem.Code == fail.Conflict) {
		v.Problem, v.Field = problem.In(language(c)), problem.Field
		s.showText(c, statusOf[problem.Code], v)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/texter")
}

// rulesView is the form of how long things are kept, as typed.
type rulesView struct {
	Responses, Letters, Log string
	Problem, Field          string
}

// rulesReach lets in those who may change the texts of the whole organisation.
func (s *Server) rulesReach(c *gin.Context) bool {
	tree, _, ok := s.textTops(c)
	return ok && s.unit(c, access.ManageTexts, tree.Root().ID, tree)
}

func (s *Server) rulesEdit(c *gin.Context) {
	if !s.rulesReach(c) {
		return
	}
	r, err := s.personal.Rules(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, http.StatusOK, "texter-gallring", rulesView{Responses: strconv.Itoa(r.Responses), Letters: strconv.Itoa(r.Letters), Log: strconv.Itoa(r.Log)})
}

func (s *Server) rulesSave(c *gin.Context) {
	if !s.rulesReach(c) {
		return
	}
	v := rulesView{Responses: c.PostForm("responses"), Letters: c.PostForm("letters"), Log: c.PostForm("log")}
	number := func(text string) int {
		n, _ := strconv.Atoi(strings.TrimSpace(text)) // 0, which no rule may be, for what is no number
		return n
	}
	id, _ := s.identity(c) // s.rulesReach has asked
	err := s.personal.SetRules(c, id.Account, personal.Rules{Responses: number(v.Responses), Letters: number(v.Letters), Log: number(v.Log)})
	if problem, ok := errors.AsType[*fail.Error](err); ok && problem.Code == fail.Invalid {
		v.Problem, v.Field = problem.In(language(c)), problem.Field
		s.render(c, http.StatusUnprocessableEntity, "texter-gallring", v)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/texter")
}
