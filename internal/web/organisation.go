package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/intake"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
)

// orgView is what the page of units and people shows: a part for each topmost unit
// that the signed-in person looks after.
type orgView struct {
	Parts   []orgPart
	Query   string // what is searched for
	Bare    bool   // those without address
	In      org.Unit
	Listed  bool // some people are asked for
	Found   []orgPerson
	More    int // that are not shown
	Done    string
	Units   int
	People  int
	Without int // people without address
}

// orgPart is a topmost unit and all below it.
type orgPart struct {
	Top   org.Unit
	Units []orgUnit
	Last  orgImport
}

// orgImport is an import that can be undone; the zero one is none.
type orgImport struct{ Day, Time, Actor string }

// orgUnit is a unit as the list shows it: how far down, and how many are in it.
type orgUnit struct {
	org.Unit
	Depth  int
	People int
}

// Indent is what stands before the unit's name in a list of choices.
func (u orgUnit) Indent() string { return strings.Repeat("\u00a0\u00a0", u.Depth) }

type orgPerson struct {
	org.Person
	In org.Unit
}

// orgShown is how many people a search shows.
const orgShown = 200

// organisationTops returns the topmost units whose people the signed-in person
// looks after, with the organisation; false when it has answered.
func (s *Server) organisationTops(c *gin.Context) (tops []org.Unit, tree *org.Tree, people []org.Person, ok bool) {
	tree, people, ok = s.organisation(c)
	if !ok {
		return nil, nil, nil, false
	}
	id, err := s.identity(c)
	if err == nil && tree == nil {
		err = fail.New(fail.Conflict, "Det finns inga enheter än. Den som driver tjänsten lägger in den översta med mognad import.", "There are no units yet. Whoever runs the service adds the topmost with mognad import.")
	}
	if err == nil {
		if tops = id.Top(access.ManagePeople, tree); len(tops) == 0 {
			err = errNotYours
		}
	}
	if err != nil {
		s.failed(c, err)
		return nil, nil, nil, false
	}
	return tops, tree, people, true
}

// topOf returns the topmost unit that the signed-in person looks after and a unit
// lies within; false when it has answered. An unknown unit is answered as a
// forbidden one.
func (s *Server) topOf(c *gin.Context, unit string) (string, *org.Tree, []org.Person, bool) {
	tops, tree, people, ok := s.organisationTops(c)
	if !ok || !s.unit(c, access.ManagePeople, unit, tree) {
		return "", nil, nil, false
	}
	for _, top := range tops {
		if tree.Within(unit, top.ID) {
			return top.ID, tree, people, true
		}
	}
	s.failed(c, errNotYours)
	return "", nil, nil, false
}

func (s *Server) organisationPage(c *gin.Context) {
	tops, tree, people, ok := s.organisationTops(c)
	if !ok {
		return
	}
	v := orgView{Query: strings.TrimSpace(c.Query("q")), Bare: c.Query("utan") != ""}
	if done := c.Query("klart"); slices.Contains([]string{"import", "angra", "sparat", "borttaget"}, done) {
		v.Done = done
	}
	id, _ := s.identity(c) // organisationTops has asked
	if in, ok := tree.Unit(c.Query("enhet")); ok && id.May(access.ManagePeople, in.ID, tree) {
		v.In = in
	}
	v.Listed = v.Query != "" || v.Bare || v.In.ID != ""
	count := map[string]int{}
	for _, p := range people {
		if !id.May(access.ManagePeople, p.Unit, tree) {
			continue
		}
		count[p.Unit]++
		v.People++
		if p.Email == "" {
			v.Without++
		}
		if v.Listed && v.wants(p) {
			unit, _ := tree.Unit(p.Unit)
			v.Found = append(v.Found, orgPerson{p, unit})
		}
	}
	if v.More = max(0, len(v.Found)-orgShown); v.More > 0 {
		v.Found = v.Found[:orgShown]
	}
	for _, top := range tops {
		part := orgPart{Top: top}
		above := len(tree.Path(top.ID))
		for _, u := range tree.Units() {
			if tree.Within(u.ID, top.ID) {
				part.Units = append(part.Units, orgUnit{u, len(tree.Path(u.ID)) - above, count[u.ID]})
			}
		}
		v.Units += len(part.Units)
		if !s.lastImport(c, &part) {
			return
		}
		v.Parts = append(v.Parts, part)
	}
	s.render(c, http.StatusOK, "organisation", v)
}

// wants reports whether somebody is among those asked for.
func (v orgView) wants(p org.Person) bool {
	q := strings.ToLower(v.Query)
	return (!v.Bare || p.Email == "") && (v.In.ID == "" || p.Unit == v.In.ID) &&
		(q == "" || strings.Contains(strings.ToLower(p.Name), q) || strings.Contains(strings.ToLower(p.Email), q))
}

// lastImport fills in the import that can be undone; false when it has answered.
func (s *Server) lastImport(c *gin.Context, part *orgPart) bool {
	scope, err := s.intake.Scope(c, part.Top.ID)
	if err == nil {
		var last intake.Undo
		if last, err = s.intake.LastImport(c, scope); err == nil && !last.At.IsZero() {
			at := last.At.In(round.Sweden)
			part.Last = orgImport{at.Format(round.DayFormat), at.Format("15.04"), last.Actor}
		}
	}
	if err != nil {
		s.failed(c, err)
		return false
	}
	return true
}

func (s *Server) organisationUndo(c *gin.Context) {
	top, _, _, ok := s.topOf(c, c.PostForm("top"))
	if !ok {
		return
	}
	id, _ := s.identity(c) // topOf has asked
	if err := s.intake.Undo(c, id.Account, top); err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/organisation?klart=angra")
}

// orgForm is what the form of a unit or a person shows. Unit, Person and Follower
// are as typed.
type orgForm struct {
	New      bool
	Unit     org.Unit
	Person   org.Person
	Follower string
	Choices  []orgUnit // units that it can lie in
	Holds    int       // units and people that lie in the unit
	IsTop    bool
	Problem  string
	Field    string
	Removing bool // the problem is with taking it away
}

// Has reports whether the person has a role.
func (f orgForm) Has(role org.Role) bool { return slices.Contains(f.Person.Roles, role) }

// Roles lists the roles there are.
func (f orgForm) Roles() []org.Role { return org.Roles }

// within returns the units within top, with how far down each is.
func within(tree *org.Tree, top string) (out []orgUnit) {
	above := len(tree.Path(top))
	for _, u := range tree.Units() {
		if tree.Within(u.ID, top) {
			out = append(out, orgUnit{Unit: u, Depth: len(tree.Path(u.ID)) - above})
		}
	}
	return out
}

// problemForm shows a form again with what is wrong in it; true when err is of
// that kind.
func (s *Server) problemForm(c *gin.Context, page string, f orgForm, err error) bool {
	if !fail.Is(err, fail.Invalid) && !fail.Is(err, fail.Conflict) {
		return false
	}
	status, e := s.problem(c, err)
	f.Problem, f.Field = e.In(language(c)), e.Field
	s.render(c, status, page, f)
	return true
}

// backTo is the page of units and people, at those of a unit, saying what is done.
func backTo(unit, done string) string {
	return "/organisation?" + url.Values{"enhet": {unit}, "klart": {done}}.Encode()
}
