package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
)

// home sends people to where their work is.
func (s *Server) home(c *gin.Context) {
	id, err := s.identity(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	round, _, err := s.access.Respondent(c, cookie(c, answerCookie))
	if err != nil {
		s.failed(c, err)
		return
	}
	switch {
	case id.Has(access.ManageRound):
		c.Redirect(http.StatusSeeOther, "/omgangar")
	case id.Has(access.ReadResults):
		c.Redirect(http.StatusSeeOther, "/resultat")
	case round != "":
		c.Redirect(http.StatusSeeOther, "/svara")
	default:
		c.Redirect(http.StatusSeeOther, "/logga-in")
	}
}

// arrive exchanges a personal link for a session, and so takes the token out of
// the address bar. The link works again: it is in a letter that people come
// back to.
func (s *Server) arrive(c *gin.Context) {
	inv, err := s.rounds.Arrive(c, keys.Hash(c.Param("token")))
	if fail.Is(err, fail.NotFound) {
		err = errBadLink
	}
	if err != nil {
		s.unknownLink(c, err)
		return
	}
	value, err := s.access.StartAnswering(c, inv.Round, inv.Person)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.setCookie(c, answerCookie, value, int(access.AnswerSession.Seconds()))
	c.Redirect(http.StatusSeeOther, "/svara")
}

var errBadLink = fail.New(fail.NotFound, "Länken känns inte igen. Öppna den direkt från mejlet, så att hela adressen kommer med. Annars ber du samordnaren om den igen.",
	"The link is not recognised. Open it from the letter, so that the whole address comes along. Else ask the coordinator for it again.")

// signInPage signs in with a link that works again and again. One that works
// once waits for a press of the button: programs that scan mail for harmful
// links open them too, and must not use it up.
func (s *Server) signInPage(c *gin.Context) {
	again, err := s.access.LinkAgain(c, c.Param("token"))
	if err != nil {
		s.unknownLink(c, err)
		return
	}
	if again {
		s.signIn(c)
		return
	}
	c.Header("Cache-Control", "no-store")
	s.render(c, http.StatusOK, "logga-in-lank", gin.H{"Token": c.Param("token"), "Next": local(c.Query("till"))})
}

func (s *Server) signIn(c *gin.Context) {
	value, err := s.access.SignIn(c, c.Param("token"))
	if err != nil {
		s.unknownLink(c, err)
		return
	}
	s.welcome(c, value, c.Query("till"))
}

// signOut ends both sessions of the browser: on a shared computer nothing is
// left for the next person.
func (s *Server) signOut(c *gin.Context) {
	for _, name := range []string{accountCookie, answerCookie} {
		if err := s.access.SignOut(c, cookie(c, name)); err != nil {
			s.failed(c, err)
			return
		}
		s.setCookie(c, name, "", -1)
	}
	c.Redirect(http.StatusSeeOther, "/logga-in")
}

func (s *Server) healthz(c *gin.Context) { c.String(http.StatusOK, "ok\n") }

func (s *Server) readyz(c *gin.Context) {
	if err := s.ready(c); err != nil {
		s.problem(c, err)
		c.String(http.StatusServiceUnavailable, "store out of reach\n")
		return
	}
	c.String(http.StatusOK, "ok\n")
}
