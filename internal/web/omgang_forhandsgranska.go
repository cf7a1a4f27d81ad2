package web

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// preview returns the questionnaire of a round as a role is asked it, on the
// pages that answer it; false when it has answered.
func (s *Server) preview(c *gin.Context) (sheet *round.Sheet, tree *org.Tree, a answering, ok bool) {
	r, tree, ok := s.followed(c, access.ManageRound)
	if !ok {
		return nil, nil, a, false
	}
	set, counted, err := s.asked(c, r)
	if err != nil {
		s.failed(c, err)
		return nil, nil, a, false
	}
	role := org.Role(c.Param("role"))
	sheet = round.Preview(r, set, tree, role, counted)
	if !role.Known() || len(sheet.Items) == 0 {
		s.failed(c, errNoPage)
		return nil, nil, a, false
	}
	a = s.answering(c, sheet)
	a.Base = "/omgangar/" + r.ID + "/forhandsgranska/" + string(role)
	a.Preview = string(role)
	return sheet, tree, a, true
}

// asked returns what a round asks, and of how many that count.
func (s *Server) asked(ctx context.Context, r round.Round) (*survey.Set, int, error) {
	if r.State != round.Draft {
		set, err := s.rounds.Set(ctx, r)
		return set, r.Invited, err
	}
	units, people, err := s.store.Organisation(ctx)
	if err != nil {
		return nil, 0, err
	}
	check, err := round.Check(r, s.config.Surveys, units, people)
	return r.Asks(s.config.Surveys), check.Counted, err
}

func (s *Server) previewStart(c *gin.Context) {
	sheet, tree, a, ok := s.preview(c)
	if !ok {
		return
	}
	v := s.startView(c, sheet, tree)
	v.answering = a
	s.render(c, http.StatusOK, "svara-start", v)
}

func (s *Server) previewTheme(c *gin.Context) {
	sheet, _, a, ok := s.preview(c)
	if !ok {
		return
	}
	v, ok := s.themeView(c, sheet)
	if !ok {
		s.failed(c, errNoPage)
		return
	}
	v.answering = a
	if c.Request.Method == http.MethodPost {
		c.Redirect(http.StatusSeeOther, s.onward(c, v, c.PostForm("till"))) // nothing is saved
		return
	}
	s.render(c, http.StatusOK, "svara-tema", v)
}
