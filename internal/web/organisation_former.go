package web

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
)

// unitForm returns the form of a unit: the one with an id, or a new one below
// another; false when it has answered.
func (s *Server) unitForm(c *gin.Context, id, under string) (f orgForm, top string, ok bool) {
	at := id
	if id == "" {
		f.New, at = true, under
	}
	if at == "" { // a new one, below what is not chosen yet
		tops, _, _, ok := s.organisationTops(c)
		if !ok {
			return f, "", false
		}
		at, under = tops[0].ID, tops[0].ID
	}
	top, tree, people, ok := s.topOf(c, at)
	if !ok {
		return f, "", false
	}
	f.Unit = org.Unit{Parent: under}
	if !f.New {
		f.Unit, _ = tree.Unit(id)
		f.IsTop = id == top
		f.Holds = len(tree.Children(id))
		for _, p := range people {
			if p.Unit == id {
				f.Holds++
			}
		}
	}
	for _, u := range within(tree, top) {
		if f.New || !tree.Within(u.ID, id) {
			f.Choices = append(f.Choices, u)
		}
	}
	return f, top, true
}

func (s *Server) orgUnitPage(c *gin.Context) {
	if f, _, ok := s.unitForm(c, c.Query("id"), c.Query("under")); ok {
		s.render(c, http.StatusOK, "organisation-enhet", f)
	}
}

func (s *Server) orgUnitSave(c *gin.Context) {
	f, top, ok := s.unitForm(c, c.PostForm("id"), c.PostForm("parent"))
	if !ok {
		return
	}
	f.Unit.Name, f.Unit.Kind = c.PostForm("name"), c.PostForm("kind")
	if !f.IsTop {
		f.Unit.Parent = c.PostForm("parent")
	}
	who, _ := s.identity(c) // unitForm has asked
	id, err := s.intake.PutUnit(c, who.Account, top, f.Unit)
	if s.problemForm(c, "organisation-enhet", f, err) {
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, backTo(id, "sparat"))
}

func (s *Server) orgUnitRemove(c *gin.Context) {
	f, top, ok := s.unitForm(c, c.PostForm("id"), "")
	if !ok {
		return
	}
	if f.New {
		s.failed(c, errNotYours)
		return
	}
	f.Follower, f.Removing = c.PostForm("follower"), true
	who, _ := s.identity(c) // unitForm has asked
	err := s.intake.RemoveUnit(c, who.Account, top, f.Unit.ID, f.Follower)
	if s.problemForm(c, "organisation-enhet", f, err) {
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/organisation?klart=borttaget")
}

// personForm returns the form of a person: the one with an id, or a new one in a
// unit; false when it has answered. Somebody unknown is answered as one elsewhere.
func (s *Server) personForm(c *gin.Context, id, unit string) (f orgForm, top string, ok bool) {
	f.Person = org.Person{Unit: unit}
	if f.New = id == ""; f.New && unit == "" {
		tops, _, _, ok := s.organisationTops(c)
		if !ok {
			return f, "", false
		}
		f.Person.Unit = tops[0].ID
	}
	if !f.New {
		_, people, ok := s.organisation(c)
		if !ok {
			return f, "", false
		}
		i := slices.IndexFunc(people, func(p org.Person) bool { return p.ID == id })
		if i < 0 {
			s.failed(c, errNotYours)
			return f, "", false
		}
		f.Person = people[i]
	}
	top, tree, _, ok := s.topOf(c, f.Person.Unit)
	if ok {
		f.Choices = within(tree, top)
	}
	return f, top, ok
}

func (s *Server) orgPersonPage(c *gin.Context) {
	if f, _, ok := s.personForm(c, c.Query("id"), c.Query("enhet")); ok {
		s.render(c, http.StatusOK, "organisation-person", f)
	}
}

func (s *Server) orgPersonSave(c *gin.Context) {
	f, top, ok := s.personForm(c, c.PostForm("id"), c.PostForm("unit"))
	if !ok {
		return
	}
	f.Person.Name, f.Person.Email, f.Person.Unit = c.PostForm("name"), c.PostForm("email"), c.PostForm("unit")
	f.Person.Roles = nil
	for _, r := range c.PostFormArray("role") {
		f.Person.Roles = append(f.Person.Roles, org.Role(r))
	}
	who, _ := s.identity(c) // personForm has asked
	_, err := s.intake.PutPerson(c, who.Account, top, f.Person)
	if s.problemForm(c, "organisation-person", f, err) {
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, backTo(f.Person.Unit, "sparat"))
}

func (s *Server) orgPersonRemove(c *gin.Context) {
	f, top, ok := s.personForm(c, c.PostForm("id"), "")
	if !ok {
		return
	}
	if f.New {
		s.failed(c, fail.New(fail.Invalid, "Ingen person är vald.", "No person is chosen."))
		return
	}
	who, _ := s.identity(c) // personForm has asked
	if err := s.intake.RemovePerson(c, who.Account, top, f.Person.ID); err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, backTo(f.Person.Unit, "borttaget"))
}
