package web

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
)

// rule lets a request in to its handler, or answers it. Which units a signed-in
// person may see is asked of access.Identity.May by the handler, through
// Server.unit, when it knows the unit.
type rule func(*Server, gin.HandlerFunc) gin.HandlerFunc

// open lets anybody in.
func open(_ *Server, h gin.HandlerFunc) gin.HandlerFunc { return h }

const respondentKey = "invitation"

// respondent lets in whoever has a personal link's session.
func respondent(s *Server, h gin.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		id, person, err := s.access.Respondent(c, cookie(c, answerCookie))
		if err != nil {
			s.failed(c, err)
			return
		}
		if id == "" {
			s.failed(c, errNeedLink)
			return
		}
		c.Header("Cache-Control", "no-store")
		c.Set(respondentKey, round.Invitation{Round: id, Person: person})
		h(c)
	}
}

// sheet returns the respondent's questionnaire; false when it has answered.
func (s *Server) sheet(c *gin.Context) (*round.Sheet, bool) {
	who := c.MustGet(respondentKey).(round.Invitation)
	sheet, err := s.rounds.Sheet(c, who.Round, who.Person)
	if err != nil {
		s.failed(c, err)
		return nil, false
	}
	return sheet, true
}

const identityKey = "identity"

// may lets in whoever may do action with some unit.
func may(action access.Action) rule {
	return func(s *Server, h gin.HandlerFunc) gin.HandlerFunc {
		return func(c *gin.Context) {
			id, err := s.identity(c)
			if err != nil {
				s.failed(c, err)
				return
			}
			if id.Account == "" {
				s.failed(c, errNeedSignIn)
				return
			}
			if !id.Has(action) {
				s.failed(c, errNotYours)
				return
			}
			c.Header("Cache-Control", "no-store")
			h(c)
		}
	}
}

// renewalHeader is sent by a page that renews itself.
const renewalHeader = "X-Mognad-Renewal"

// identity returns who is signed in, asked of the store once a request.
func (s *Server) identity(c *gin.Context) (access.Identity, error) {
	if id, ok := c.Get(identityKey); ok {
		return id.(access.Identity), nil
	}
	if c.GetBool(outOfReachKey) {
		return access.Identity{}, nil
	}
	ctx := context.Context(c)
	if c.GetHeader(renewalHeader) != "" {
		ctx = access.Unattended(ctx)
	}
	id, err := s.access.Identity(ctx, cookie(c, accountCookie))
	if err == nil {
		c.Set(identityKey, id)
	}
	return id, err
}

// unit tells whether the signed-in person may do action with a unit of a tree;
// when not, it has answered. An unknown unit is answered as a forbidden one,
// so that the answer tells nobody which units there are.
func (s *Server) unit(c *gin.Context, action access.Action, unit string, tree *org.Tree) bool {
	id, err := s.identity(c)
	if err == nil && !id.May(action, unit, tree) {
		err = errNotYours
	}
	if err != nil {
		s.failed(c, err)
		return false
	}
	return true
}

var (
	errNoPage     = fail.New(fail.NotFound, "Sidan finns inte. Kontrollera adressen, eller börja om från startsidan.", "There is no such page. Check the address, or begin again from the start page.")
	errNeedLink   = fail.New(fail.Forbidden, "Öppna din personliga länk igen. Den finns i mejlet med inbjudan. Det du redan har svarat är sparat.", "Open your personal link again. It is in the invitation. What you have answered is saved.")
	errNeedSignIn = fail.New(fail.Forbidden, "Logga in för att se den här sidan.", "Sign in to see this page.")
	errNotYours   = fail.New(fail.Forbidden, "Din roll ger inte tillgång till den här sidan. Fråga samordnaren om du behöver den.", "Your role does not give access to this page. Ask the coordinator if you need it.")
)

// The cookies: one of who answers, one of who is signed in, so that a manager
// who also reads results need not choose.
const (
	answerCookie   = "mognad_svar"
	accountCookie  = "mognad"
	languageCookie = "mognad_sprak"
)

// secureKey tells whether people come over https.
const secureKey = "secure"

// cookieName is what the browser knows a cookie by. Over https it begins with
// what makes browsers take it from this host alone, and never in the clear.
func cookieName(c *gin.Context, name string) string {
	if c.GetBool(secureKey) {
		return "__Host-" + name
	}
	return name
}

func cookie(c *gin.Context, name string) string {
	v, err := c.Cookie(cookieName(c, name))
	if err != nil {
		return ""
	}
	return v
}

// setCookie keeps a session's name in the browser: out of reach of scripts, sent
// to this host alone, and not with what other sites make the browser send.
func (s *Server) setCookie(c *gin.Context, name, value string, seconds int) {
	http.SetCookie(c.Writer, &http.Cookie{Name: cookieName(c, name), Value: value, Path: "/", MaxAge: seconds, HttpOnly: true,
		Secure: s.config.BaseURL.Scheme == "https", SameSite: http.SameSiteLaxMode})
}
