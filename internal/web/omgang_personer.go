package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
)

// peopleShown is how many of a round's people a page lists; a search finds the
// others.
const peopleShown = 200

// peopleView is the page of a round's people.
type peopleView struct {
	Round     round.Round
	MayManage bool
	Show      string // "kvar", "alla" or "slutat"
	Search    string
	People    []invited
	More      bool // there are more than are shown
	Late      []org.Person
	Problem   string // with who was chosen of them
	Field     string
}

// invited is one of the people, and where they are placed.
type invited struct {
	round.Invitation
	Unit org.Unit
}

func (s *Server) roundPeople(c *gin.Context) { s.showPeople(c, http.StatusOK, nil) }

func (s *Server) showPeople(c *gin.Context, status int, problem *fail.Error) {
	r, tree, ok := s.followed(c, access.ReadNames)
	if !ok {
		return
	}
	id, _ := s.identity(c) // s.followed has asked
	v := peopleView{Round: r, MayManage: id.May(access.ManageRound, tree.Root().ID, tree), Show: c.Query("visa"),
		Search: strings.TrimSpace(c.Query("sok"))}
	if problem != nil {
		v.Problem, v.Field = problem.In(language(c)), problem.Field
	}
	if shows := v.Shows(); !slices.Contains(shows, v.Show) {
		v.Show = shows[0]
	}
	there := map[string]bool{}
	for inv, err := range s.rounds.Invitations(c, r.ID) {
		if err != nil {
			s.failed(c, err)
			return
		}
		there[inv.Person] = !inv.Left
		unit, _ := tree.Unit(inv.Unit)
		if !v.wants(inv, unit) {
			continue
		}
		if len(v.People) == peopleShown {
			v.More = true
			continue
		}
		v.People = append(v.People, invited{inv, unit})
	}
	if r.State == round.Open && v.MayManage {
		_, people, err := s.store.Organisation(c)
		if err != nil {
			s.failed(c, err)
			return
		}
		v.Late = slices.DeleteFunc(tree.PeopleIn(people), func(p org.Person) bool { return there[p.ID] })
	}
	s.render(c, status, "omgang-personer", v)
}

// Shows lists what Show can be.
func (peopleView) Shows() []string { return []string{"kvar", "alla", "slutat"} }

// wants tells whether a person is among those that the page was asked for.
func (v peopleView) wants(inv round.Invitation, unit org.Unit) bool {
	has := func(text string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(v.Search)) }
	if v.Search != "" && !has(inv.Name) && !has(inv.Email) && !has(inv.Person) && !has(unit.Name) {
		return false
	}
	switch v.Show {
	case "kvar":
		return inv.Status != round.Submitted && !inv.Left
	case "slutat":
		return inv.Left
	}
	return true
}

// personView is the page of one person in a round.
type personView struct {
	Round     round.Round
	Person    invited
	Units     []org.Unit
	MayManage bool
	Link      string // the new personal link, shown once
	Mailed    string // the address that it is on its way to
	Problem   string
	Field     string
	Name      string // as typed
	Email     string
}

func (s *Server) roundPerson(c *gin.Context) { s.showPerson(c, http.StatusOK, personView{}, nil) }

func (s *Server) showPerson(c *gin.Context, status int, v personView, problem *fail.Error) {
	r, tree, ok := s.followed(c, access.ReadNames)
	if !ok {
		return
	}
	inv, err := s.rounds.Person(c, r.ID, c.Param("person"))
	if err != nil {
		s.failed(c, err)
		return
	}
	id, _ := s.identity(c) // s.followed has asked
	unit, _ := tree.Unit(inv.Unit)
	v.Round, v.Person, v.Units, v.MayManage = r, invited{inv, unit}, tree.Units(), r.State == round.Open && id.May(access.ManageRound, tree.Root().ID, tree)
	if problem != nil {
		v.Problem, v.Field = problem.In(language(c)), problem.Field
	}
	if v.Field != "name" && v.Field != "email" { // what was typed is of another form
		v.Name, v.Email = inv.Name, inv.Email
	}
	s.render(c, status, "omgang-person", v)
}

// roundPersonStep changes one person of an open round.
func (s *Server) roundPersonStep(c *gin.Context) {
	r, _, ok := s.followed(c, access.ManageRound)
	if !ok {
		return
	}
	id, _ := s.identity(c) // s.followed has asked
	person := c.Param("person")
	v := personView{Name: strings.TrimSpace(c.PostForm("name")), Email: strings.TrimSpace(c.PostForm("email"))}
	var err error
	switch c.Param("step") {
	case "flytta":
		_, err = s.rounds.Move(c, id.Account, r.ID, person, c.PostForm("unit"))
	case "slutat":
		if _, err = s.rounds.Leave(c, id.Account, r.ID, person); err == nil {
			err = s.store.DropAnswering(c, r.ID, person)
		}
	case "tillbaka":
		_, err = s.rounds.Return(c, id.Account, r.ID, person)
	case "ratta":
		if v.Name == "" {
			err = fail.New(fail.Invalid, "Skriv personens namn.", "Write the person's name.").At("name")
			break
		}
		if !org.ValidAddress(v.Email) {
			err = fail.New(fail.Invalid, "Skriv en hel e-postadress, till exempel anna@kommunen.se.", "Write a whole e-mail address, for example anna@kommunen.se.").At("email")
			break
		}
		_, err = s.rounds.Correct(c, id.Account, r.ID, person, v.Name, v.Email)
	case "ny-lank":
		if v.Link, v.Mailed, err = s.newLink(c, id.Account, r, person); err == nil {
			s.showPerson(c, http.StatusOK, v, nil)
			return
		}
	default:
		err = errNoPage
	}
	if problem, ok := errors.AsType[*fail.Error](err); ok && problem.Code == fail.Invalid {
		s.showPerson(c, http.StatusUnprocessableEntity, v, problem)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, personPath(r.ID, person))
}

// newLink replaces a personal link. It is sent to the person where letters go out,
// and shown to the coordinator, who could read the person's answers with it, only
// where there is no other way.
func (s *Server) newLink(c *gin.Context, actor string, r round.Round, person string) (link, mailed string, err error) {
	inv, err := s.rounds.Person(c, r.ID, person)
	if err != nil {
		return "", "", err
	}
	if s.config.Mail != nil && inv.Email != "" {
		mailed, err = inv.Email, s.config.Mail.Replace(c, actor, r, person)
	} else if inv, err = s.rounds.ReplaceLink(c, actor, r.ID, person); err == nil {
		link = s.config.BaseURL.String() + "/e/" + s.rounds.LinkToken(inv)
	}
	if err != nil {
		return "", "", err
	}
	return link, mailed, s.store.DropAnswering(c, r.ID, person) // whoever has followed the old one
}

// roundInvite invites somebody of the organisation who was not there when the
// round opened.
func (s *Server) roundInvite(c *gin.Context) {
	r, tree, ok := s.followed(c, access.ManageRound)
	if !ok {
		return
	}
	_, people, err := s.store.Organisation(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	people = tree.PeopleIn(people)
	i := slices.IndexFunc(people, func(p org.Person) bool { return p.ID == c.PostForm("id") })
	if i < 0 {
		status, problem := s.problem(c, errNotLate)
		s.showPeople(c, status, problem)
		return
	}
	id, _ := s.identity(c) // s.followed has asked
	if _, err := s.rounds.Invite(c, id.Account, r.ID, people[i]); err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, personPath(r.ID, people[i].ID))
}

var errNotLate = fail.New(fail.Invalid, "Välj en person i listan. Den som saknas där lägger du först till under Administration, Enheter och personer.",
	"Choose a person from the list. Add whoever is missing there first under Administration, Units and people.").At("id")

func personPath(id, person string) string {
	return "/omgangar/" + id + "/personer/" + url.PathEscape(person)
}
