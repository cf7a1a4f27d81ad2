package web

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/oidc"
	"github.com/mognad/mognad/internal/org"
)

// Letters sends what signing in needs sent.
type Letters interface {
	// SignIn sends a sign-in link to an address; name is what the person is
	// called. The letter is on its way when it returns, not delivered.
	SignIn(ctx context.Context, to, name, link string) error
}

// OIDCCallback is the path that the organisation's own sign-in sends browsers
// back to.
const OIDCCallback = "/logga-in/klar"

// signInView is the page to sign in on.
type signInView struct {
	Next    string // where to go afterwards
	Mail    bool   // links can be sent
	OIDC    bool   // the organisation's own sign-in can be used
	Name    string // of it, "" for the program's own words
	Email   string // as typed
	Problem string
	Sent    bool
}

func (s *Server) signInView(next string) signInView {
	v := signInView{Next: local(next), Mail: s.config.Letters != nil, OIDC: s.config.OIDC != nil}
	if v.OIDC {
		v.Name = s.config.OIDC.Name()
	}
	return v
}

// signInHelp is the page with the ways to sign in.
func (s *Server) signInHelp(c *gin.Context) {
	s.render(c, http.StatusOK, "logga-in", s.signInView(c.Query("till")))
}

// signInAsk sends a sign-in link to whoever has the address typed. The answer is
// the same whether anybody has, and does not wait for finding out.
func (s *Server) signInAsk(c *gin.Context) {
	v := s.signInView(c.PostForm("till"))
	v.Email = c.PostForm("email")
	if !v.Mail {
		s.failed(c, errNoLetters)
		return
	}
	var err error
	if v.Email == "" || !org.ValidAddress(v.Email) {
		err = errAddress
	} else {
		err = s.access.Asked(c, v.Email)
	}
	switch {
	case fail.Is(err, fail.Invalid):
		status, e := s.problem(c, err)
		v.Problem = e.In(language(c))
		s.render(c, status, "logga-in", v)
		return
	case err != nil:
		s.failed(c, err)
		return
	}
	ctx := context.WithoutCancel(c.Request.Context())
	s.background.Go(func() { s.sendLink(ctx, v.Email, v.Next) })
	v.Sent = true
	c.Header("Cache-Control", "no-store")
	s.render(c, http.StatusOK, "logga-in", v)
}

// letterTime is how long a letter may take to be handed over.
const letterTime = time.Minute

func (s *Server) sendLink(ctx context.Context, email, next string) {
	ctx, cancel := context.WithTimeout(ctx, letterTime)
	defer cancel()
	a, token, err := s.access.LinkFor(ctx, email)
	if fail.Is(err, fail.NotFound) {
		return // nobody has the address, and nobody is told so
	}
	if err == nil {
		err = s.config.Letters.SignIn(ctx, a.Email, a.Name, s.signInLink(token, next))
	}
	if err != nil { // a mail server's answer may hold the address
		slog.ErrorContext(ctx, "sign-in link not sent", "kind", fail.CodeOf(err))
	}
}

// signInLink is the whole address of a sign-in link: made of the address that
// people use, never of what a request says it was sent to.
func (s *Server) signInLink(token, next string) string {
	link := s.config.BaseURL.String() + "/in/" + token
	if next != "/" {
		link += "?" + url.Values{"till": {next}}.Encode()
	}
	return link
}

var (
	errAddress   = fail.New(fail.Invalid, "Skriv en hel e-postadress, till exempel anna.berg@kommunen.se.", "Write a whole e-mail address, for example anna.berg@kommunen.se.")
	errNoLetters = fail.New(fail.Conflict, "Programmet skickar ingen e-post. Be kommunens administratör om en länk.", "The program sends no mail. Ask your municipality's administrator for a link.")
	errNoOIDC    = fail.New(fail.NotFound, "Inloggning med organisationens konto är inte påslagen. Gå till sidan Logga in.", "Signing in with the organisation's account is not turned on. Go to the page Sign in.")
)

// unknownLink answers a link that there is not: always the same, and past a
// limit with how long to wait. One that works never comes here.
func (s *Server) unknownLink(c *gin.Context, err error) {
	if fail.Is(err, fail.NotFound) {
		if many := s.access.Unknown(c); many != nil {
			err = many
		}
	}
	s.failed(c, err)
}

// attemptCookie keeps the way to the organisation's own sign-in and back.
const (
	attemptCookie = "mognad_inloggning"
	attemptLife   = 10 * time.Minute
)

// oidcBegin sends the browser to the organisation's own sign-in.
func (s *Server) oidcBegin(c *gin.Context) {
	if s.config.OIDC == nil {
		s.failed(c, errNoOIDC)
		return
	}
	address, attempt, err := s.config.OIDC.Begin(local(c.Query("till")))
	if err != nil {
		s.failed(c, err)
		return
	}
	s.setCookie(c, attemptCookie, attempt.String(), int(attemptLife.Seconds()))
	c.Header("Cache-Control", "no-store")
	c.Redirect(http.StatusSeeOther, address)
}

// oidcEnd signs in whoever comes back from there.
func (s *Server) oidcEnd(c *gin.Context) {
	if s.config.OIDC == nil {
		s.failed(c, errNoOIDC)
		return
	}
	c.Header("Cache-Control", "no-store")
	attempt, err := oidc.Parse(cookie(c, attemptCookie))
	if err != nil {
		s.failed(c, err)
		return
	}
	s.setCookie(c, attemptCookie, "", -1)
	who, err := s.config.OIDC.Finish(c, attempt, c.Request.URL.Query())
	if err != nil {
		s.failed(c, err)
		return
	}
	value, err := s.access.SignInAs(c, access.External(who))
	if errors.Is(err, access.ErrNoRole) {
		s.render(c, http.StatusForbidden, "logga-in-roll", cmp.Or(who.Email, who.Name))
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	s.welcome(c, value, attempt.Next)
}

// welcome gives the browser its session, and sends it on.
func (s *Server) welcome(c *gin.Context, value, next string) {
	s.setCookie(c, accountCookie, value, int(access.AccountSession.Seconds()))
	c.Redirect(http.StatusSeeOther, local(next))
}

// signedIn lets in whoever is signed in, whatever they may do.
func signedIn(s *Server, h gin.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		id, err := s.identity(c)
		if err == nil && id.Account == "" {
			err = errNeedSignIn
		}
		if err != nil {
			s.failed(c, err)
			return
		}
		c.Header("Cache-Control", "no-store")
		h(c)
	}
}

// accountView is one's own account.
type accountView struct {
	Roles []roleLine
	Since string // day and hour
}

// roleLine is a role, and the name of its unit.
type roleLine struct {
	access.Grant
	Name string
}

func roleLines(tree *org.Tree, grants []access.Grant) (out []roleLine) {
	for _, g := range grants {
		name := g.Unit
		if tree != nil {
			if u, ok := tree.Unit(g.Unit); ok {
				name = u.Name
			}
		}
		out = append(out, roleLine{g, name})
	}
	return out
}

func (s *Server) accountPage(c *gin.Context) {
	tree, ok := s.units(c)
	if !ok {
		return
	}
	id, _ := s.identity(c) // the rule has asked
	s.render(c, http.StatusOK, "konto", accountView{roleLines(tree, id.Grants), momentOf(id.Since)})
}

// signOutEverywhere ends every session of the account, in all browsers.
func (s *Server) signOutEverywhere(c *gin.Context) {
	id, _ := s.identity(c) // the rule has asked
	if err := s.access.SignOutEverywhere(c, id.Account); err != nil {
		s.failed(c, err)
		return
	}
	s.setCookie(c, accountCookie, "", -1)
	c.Redirect(http.StatusSeeOther, "/logga-in")
}
