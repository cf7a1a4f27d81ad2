package web

import (
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/notice"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/personal"
)

// aboutView is a page that shows a text of the kommun's own.
type aboutView struct {
	HTML    template.HTML
	Gaps    bool           // something in it is still to be filled in
	Rules   personal.Rules // of the privacy notice
	Contact notice.Text
	Answers bool // who reads has a personal link
}

func (s *Server) aboutNotice(c *gin.Context) {
	s.showAbout(c, "om-integritet", notice.Privacy)
}

func (s *Server) aboutAccessibility(c *gin.Context) {
	s.showAbout(c, "om-tillganglighet", notice.Accessibility)
}

func (s *Server) showAbout(c *gin.Context, page string, kind notice.Kind) {
	path, _, err := s.whose(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	var v aboutView
	n, err := s.notices.Nearest(c, kind, path)
	if err == nil {
		v.Gaps = n.Gaps(kind) > 0
		v.HTML, err = notice.HTML(n.In(language(c)))
	}
	if err == nil && kind == notice.Privacy {
		v.Rules, err = s.personal.Rules(c)
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, http.StatusOK, page, v)
}

func (s *Server) aboutHelp(c *gin.Context) {
	path, _, err := s.whose(c)
	var v aboutView
	if err == nil {
		v.Contact, err = s.notices.Contact(c, path)
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, http.StatusOK, "om-hjalp", v)
}

func (s *Server) aboutPrivacy(c *gin.Context) {
	_, answers, err := s.whose(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, http.StatusOK, "om-skydd", aboutView{Answers: answers})
}

// whose returns the units, from the top down, of the part of the organisation
// that a visitor belongs to: what is measured in the round of one with a personal
// link, what the role is for of one who is signed in; none for a stranger, who is
// shown the installation's own texts.
func (s *Server) whose(c *gin.Context) (path []string, answers bool, err error) {
	id, _, err := s.access.Respondent(c, cookie(c, answerCookie))
	if err != nil {
		return nil, false, err
	}
	if id != "" {
		r, err := s.rounds.Round(c, id)
		if err != nil || r.Top == "" {
			return nil, true, err
		}
		return append(r.Above, r.Top), true, nil
	}
	who, err := s.identity(c)
	if err != nil || len(who.Grants) == 0 {
		return nil, false, err
	}
	units, _, err := s.store.Organisation(c)
	if err != nil || len(units) == 0 {
		return nil, false, err
	}
	tree, err := org.NewTree(units)
	if err != nil {
		return nil, false, err
	}
	return unitPath(tree, who.Grants[0].Unit), false, nil
}

// unitPath returns the ids of a unit and those above it, from the top down.
func unitPath(tree *org.Tree, unit string) (path []string) {
	for _, u := range tree.Path(unit) {
		path = append(path, u.ID)
	}
	return path
}
