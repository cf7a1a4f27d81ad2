package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
)

// accountsView is the list of accounts, and what can be given.
type accountsView struct {
	Entries []accountLine
	Groups  []groupLine
	Units   []unitOption
	Roles   []access.Role
	OIDC    bool
	Mail    bool
	New     newAccount // as typed, kept when it was faulty
	Problem string
	Field   string // which field it is of; those of a group begin with "g-"
}

// newAccount is the forms for a role: for an account or a group.
type newAccount struct{ Email, Name, Role, Unit, Group string }

func (f newAccount) grant() access.Grant {
	return access.Grant{Role: access.Role(f.Role), Unit: f.Unit}
}

// accountLine is one account; Given and ByGroup are its roles within reach.
type accountLine struct {
	access.Entry
	Given, ByGroup []roleLine
}

type groupLine struct {
	access.GroupGrant
	Name string // of the unit
}

// unitOption is a unit to choose, further in the lower it lies.
type unitOption struct{ ID, Name, Indent string }

// office is the signed-in administrator at work; false when it has answered.
func (s *Server) office(c *gin.Context) (access.Office, bool) {
	tree, ok := s.units(c)
	if !ok {
		return access.Office{}, false
	}
	id, err := s.identity(c)
	if err == nil && tree == nil {
		err = errNoUnits
	}
	if err == nil && len(id.Top(access.ManageAccounts, tree)) == 0 {
		err = errNotYours
	}
	if err != nil {
		s.failed(c, err)
		return access.Office{}, false
	}
	return access.Office{Service: s.access, By: id, Tree: tree}, true
}

var errNoUnits = fail.New(fail.Conflict, "Läs in organisationens enheter först, på sidan Enheter och personer. En roll gäller alltid en enhet.", "Import the organisation's units first, on the page Units and people. A role is always for a unit.")

func (s *Server) accountList(c *gin.Context) {
	if o, ok := s.office(c); ok {
		s.showAccounts(c, o, http.StatusOK, accountsView{})
	}
}

func (s *Server) showAccounts(c *gin.Context, o access.Office, status int, v accountsView) {
	entries, err := o.Entries(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	groups, err := o.Groups(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	for _, e := range entries {
		v.Entries = append(v.Entries, lineOf(o, e))
	}
	for _, g := range groups {
		v.Groups = append(v.Groups, groupLine{g, roleLines(o.Tree, []access.Grant{g.Grant})[0].Name})
	}
	v.Units, v.Roles, v.OIDC, v.Mail = unitOptions(o), access.Roles, s.config.OIDC != nil, s.config.Letters != nil
	s.render(c, status, "behorigheter", v)
}

func lineOf(o access.Office, e access.Entry) accountLine {
	return accountLine{e, roleLines(o.Tree, e.Given), roleLines(o.Tree, e.ByGroup)}
}

// unitOptions are the units whose roles the administrator may give.
func unitOptions(o access.Office) (out []unitOption) {
	for _, u := range o.Tree.Units() {
		if !o.By.May(access.ManageAccounts, u.ID, o.Tree) {
			continue
		}
		depth := slices.DeleteFunc(o.Tree.Above(u.ID), func(above string) bool { return !o.By.May(access.ManageAccounts, above, o.Tree) })
		indent := ""
		for range depth {
			indent += "\u2003"
		}
		out = append(out, unitOption{u.ID, u.Name, indent})
	}
	return out
}

func typedAccount(c *gin.Context) newAccount {
	return newAccount{c.PostForm("email"), c.PostForm("name"), c.PostForm("role"), c.PostForm("unit"), c.PostForm("group")}
}

// accountGive gives a role to whoever has an address.
func (s *Server) accountGive(c *gin.Context) {
	o, ok := s.office(c)
	if !ok {
		return
	}
	typed := typedAccount(c)
	if err := o.Give(c, typed.Email, typed.Name, typed.grant()); err != nil {
		s.faultyAccounts(c, o, err, typed, "")
		return
	}
	c.Redirect(http.StatusSeeOther, "/behorigheter")
}

// groupStep lets a group give a role (ny), or ends that it does (ta-bort).
func (s *Server) groupStep(c *gin.Context) {
	o, ok := s.office(c)
	if !ok {
		return
	}
	typed := typedAccount(c)
	row, err := access.GroupGrant{Group: typed.Group, Grant: typed.grant()}, error(errNoPage)
	switch c.Param("step") {
	case "ny":
		err = o.AddGroup(c, row)
	case "ta-bort":
		err = o.RemoveGroup(c, row)
	}
	if err != nil {
		s.faultyAccounts(c, o, err, typed, "g-")
		return
	}
	c.Redirect(http.StatusSeeOther, "/behorigheter#grupper")
}

// faultyAccounts shows the list again with what was typed and what is wrong.
func (s *Server) faultyAccounts(c *gin.Context, o access.Office, err error, typed newAccount, form string) {
	if !fail.Is(err, fail.Invalid) {
		s.failed(c, err)
		return
	}
	status, e := s.problem(c, err)
	s.showAccounts(c, o, status, accountsView{New: typed, Problem: e.In(language(c)), Field: form + e.Field})
}

// accountPageView is one account.
type accountPageView struct {
	accountLine
	Own     bool
	Units   []unitOption
	Roles   []access.Role
	New     newAccount
	Mail    bool
	Link    string // to show once
	Until   string // when it ceases to work
	Sent    bool
	Problem string
	Field   string
}

func (s *Server) accountEdit(c *gin.Context) {
	if o, ok := s.office(c); ok {
		s.showAccount(c, o, http.StatusOK, accountPageView{})
	}
}

func (s *Server) showAccount(c *gin.Context, o access.Office, status int, v accountPageView) {
	e, err := o.Entry(c, c.Param("account"))
	if err != nil {
		s.failed(c, err)
		return
	}
	v.accountLine, v.Own, v.Mail = lineOf(o, e), e.ID == o.By.Account, s.config.Letters != nil && e.Email != ""
	v.Units, v.Roles = unitOptions(o), access.Roles
	s.render(c, status, "behorigheter-konto", v)
}

// accountStep changes one account: ge, ta-bort, ta-bort-alla, logga-ut, skicka
// or visa-lank.
func (s *Server) accountStep(c *gin.Context) {
	o, ok := s.office(c)
	if !ok {
		return
	}
	key, typed, sure := c.Param("account"), typedAccount(c), c.PostForm("sure") == "ja"
	err := error(errNoPage)
	switch step := c.Param("step"); step {
	case "ge":
		err = o.GiveTo(c, key, typed.grant())
	case "ta-bort":
		if typed.grant() == (access.Grant{}) {
			err = errNotYours
			break
		}
		err = o.Take(c, key, typed.grant(), sure)
	case "ta-bort-alla":
		err = o.Take(c, key, access.Grant{}, sure)
	case "logga-ut":
		err = o.EndSessions(c, key)
	case "skicka", "visa-lank":
		s.accountLink(c, o, key, step == "visa-lank")
		return
	}
	if fail.Is(err, fail.Invalid) {
		status, e := s.problem(c, err)
		v := accountPageView{New: typed, Problem: e.In(language(c)), Field: e.Field}
		if c.Param("step") == "ta-bort" && v.Field == "sure" { // each role has a box of its own
			v.Field += "-" + typed.Role + "-" + typed.Unit
		}
		s.showAccount(c, o, status, v)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	next := "/behorigheter/konto/" + key
	if _, err := o.Entry(c, key); err != nil { // its last role is gone
		next = "/behorigheter"
	}
	c.Redirect(http.StatusSeeOther, next)
}

// accountLink makes a sign-in link, and shows it once or sends it.
func (s *Server) accountLink(c *gin.Context, o access.Office, key string, shown bool) {
	if !shown && s.config.Letters == nil {
		s.failed(c, errNoLetters)
		return
	}
	e, token, err := o.Link(c, key, shown)
	if err == nil && !shown {
		err = s.config.Letters.SignIn(c, e.Email, e.Name, s.signInLink(token, "/"))
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	v := accountPageView{Sent: !shown}
	if shown {
		v.Link, v.Until = s.signInLink(token, "/"), s.now().Add(access.LinkLife).In(round.Sweden).Format("15:04")
	}
	s.showAccount(c, o, http.StatusOK, v)
}

// momentOf is a moment in Sweden, to the minute: "2026-11-03 09:30".
func momentOf(t time.Time) string { return t.In(round.Sweden).Format("2006-01-02 15:04") }
