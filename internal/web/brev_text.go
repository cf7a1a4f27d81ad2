package web

import (
	"errors"
	"net/http"
	netmail "net/mail"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/mail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// letterTextView is the page where a letter's text is changed.
type letterTextView struct {
	Round   round.Round
	Slug    string
	Kind    mail.Kind
	Unit    org.Unit // whose rounds have the text
	Own     bool
	Text    mail.Template // as typed
	Seen    string        // the seal of the text that it was drawn from
	Moved   bool          // another has changed it meanwhile
	Preview *mail.Letter  // nil while the text is faulty
	From    netmail.Address
	Email   string // where a test letter goes, "" for nowhere
	Name    string
	Tested  bool
	Problem string
	Field   string
}

// Placeholders are those that a text may have.
func (letterTextView) Placeholders() []string { return mail.Placeholders }

// Fields are the form's.
func (v letterTextView) Fields() []letterField {
	return []letterField{
		{"subject_sv", "sv", v.Text.Subject.SV, mail.MaxSubject, false}, {"body_sv", "sv", v.Text.Body.SV, mail.MaxBody, true},
		{"subject_en", "en", v.Text.Subject.EN, mail.MaxSubject, false}, {"body_en", "en", v.Text.Body.EN, mail.MaxBody, true},
	}
}

type letterField struct {
	ID, Lang, Value string
	Max             int
	Long            bool
}

// letterText returns the letter that the address names, with the text that is
// used now; false when it has answered.
func (s *Server) letterText(c *gin.Context) (letterTextView, *org.Tree, bool) {
	r, tree, ok := s.followed(c, access.ManageRound)
	if !ok || !s.mailReady(c) {
		return letterTextView{}, nil, false
	}
	kind, known := letterKindOf(c.Param("kind"))
	if !known {
		s.failed(c, errNoPage)
		return letterTextView{}, nil, false
	}
	texts, own, err := s.config.Mail.Texts(c, tree.Root().ID)
	if err != nil {
		s.failed(c, err)
		return letterTextView{}, nil, false
	}
	id, _ := s.identity(c) // s.followed has asked
	account, err := s.store.Account(c, id.Account)
	if err != nil {
		s.failed(c, err)
		return letterTextView{}, nil, false
	}
	return letterTextView{Round: r, Slug: c.Param("kind"), Kind: kind, Unit: tree.Root(), Own: own[kind], Text: texts[kind], Seen: card.Seal(texts[kind]), Email: account.Email, Name: id.Name,
		From: s.config.Mail.Sender(tree.Root().Name)}, tree, true
}

func (s *Server) lettersText(c *gin.Context) {
	if v, tree, ok := s.letterText(c); ok {
		s.showLetterText(c, http.StatusOK, v, tree, nil)
	}
}

func (s *Server) showLetterText(c *gin.Context, status int, v letterTextView, tree *org.Tree, problem *fail.Error) {
	if problem != nil {
		v.Problem, v.Field = problem.In(language(c)), problem.Field
	}
	if v.Text.Check() == nil {
		link := s.config.BaseURL.String() + "/e/…"
		l, _, err := s.config.Mail.Write(c, v.Round, tree, v.Text, v.Name, link)
		if err != nil {
			s.failed(c, err)
			return
		}
		v.Preview = &l
	}
	s.render(c, status, "brev-text", v)
}

// lettersTextPost stores a text, or shows or tries it without storing it.
func (s *Server) lettersTextPost(c *gin.Context) {
	v, tree, ok := s.letterText(c)
	if !ok {
		return
	}
	id, _ := s.identity(c) // s.followed has asked
	typed := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(c.PostForm(name), "\r\n", "\n"))
	}
	now, seen := v.Seen, c.PostForm("seen")
	v.Seen = seen
	v.Text = mail.Template{Subject: survey.Text{SV: typed("subject_sv"), EN: typed("subject_en")}, Body: survey.Text{SV: typed("body_sv"), EN: typed("body_en")}}
	var err error
	do := c.PostForm("do")
	switch do {
	case "visa":
		err = v.Text.Check()
	case "prov":
		err = s.config.Mail.Test(c, v.Round, tree, v.Text, id.Account, id.Name, v.Email)
		v.Tested = err == nil
	case "standard":
		err = s.config.Mail.SetText(c, id.Account, v.Unit.ID, v.Kind, nil, seen)
	default:
		err = s.config.Mail.SetText(c, id.Account, v.Unit.ID, v.Kind, &v.Text, seen)
	}
	if _, ok := errors.AsType[*fail.Error](err); ok {
		status, problem := s.problem(c, err)
		if v.Moved = problem.Code == fail.Conflict && do != "prov"; v.Moved {
			v.Seen = now
		}
		s.showLetterText(c, status, v, tree, problem)
		return
	}
	switch {
	case err != nil:
		s.failed(c, err)
	case do == "visa" || v.Tested:
		s.showLetterText(c, http.StatusOK, v, tree, nil)
	default:
		c.Redirect(http.StatusSeeOther, lettersPath(v.Round.ID)+"?klart=text")
	}
}
