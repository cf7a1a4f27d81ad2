package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/intake"
	"github.com/mognad/mognad/internal/org"
)

// changesView is what the page of all that an import would change shows.
type changesView struct {
	Files    []string
	Faults   []reviewFault
	Many     bool // more faults than are told
	Units    []reviewGroup
	People   []reviewGroup
	Skipped  int
	Kinds    []string
	Seal     string
	Stay     []orgUnit // units that can follow one that is removed
	Problem  string
	Top      org.Unit
	Units0   int // how many there will be
	People0  int
	NoChange bool
}

type reviewFault struct{ Where, Text string }

// reviewGroup is changes of one kind: new, changed, moved or gone.
type reviewGroup struct {
	Kind string // added, changed, removed
	Rows []reviewRow
}

// reviewRow is one change: of whom, and each value that is another.
type reviewRow struct {
	ID, Name string
	Parts    []reviewPart
	Follower string // chosen or proposed, for a unit that is removed
}

// reviewPart is a value as it was and will be; Was is "" in what is new.
type reviewPart struct {
	Field, Was, Is  string
	WasRoles, Roles []org.Role
}

func (s *Server) importReview(c *gin.Context) {
	if session, _, tree, ok := s.importing(c); ok {
		s.showReview(c, http.StatusOK, session, tree, nil, nil)
	}
}

// showReview shows what would be changed; chosen are the units to follow those
// that are removed, where somebody has chosen.
func (s *Server) showReview(c *gin.Context, status int, session *intake.Session, tree *org.Tree, chosen map[string]string, problem *fail.Error) {
	p, seal, err := s.intake.Propose(c, session)
	if err != nil {
		s.failed(c, err)
		return
	}
	v := changesView{Files: session.Files, Skipped: p.Skipped, Kinds: p.Kinds, Seal: seal, NoChange: p.Changes.Empty(), Units0: len(p.Is.Units), People0: len(p.Is.People)}
	v.Top, _ = tree.Unit(session.Top)
	if problem != nil {
		v.Problem = problem.In(language(c))
	}
	lang := language(c)
	for _, f := range p.Faults {
		v.Faults = append(v.Faults, reviewFault{f.Where(lang), f.In(lang)})
	}
	v.Many = len(p.Faults) >= org.MaxFaults
	if len(v.Faults) == 0 {
		changesOf(&v, p, tree, chosen)
	}
	s.render(c, status, "organisation-granska", v)
}

// changesOf fills in what would be changed, in words.
func changesOf(v *changesView, p intake.Proposal, tree *org.Tree, chosen map[string]string) {
	names := map[string]string{}
	for _, u := range tree.Units() {
		names[u.ID] = u.Name
	}
	// The top's parent is outside: nothing is said of it.
	stays := make([]org.Unit, len(p.Is.Units))
	for i, u := range p.Is.Units {
		names[u.ID] = u.Name
		if stays[i] = u; u.ID == v.Top.ID {
			stays[i].Parent = ""
		}
	}
	if next, err := org.NewTree(stays); err == nil {
		v.Stay = within(next, v.Top.ID)
	}
	units := map[string][]reviewRow{}
	for _, c := range p.Changes.Units {
		kind, r := changeKind(c), reviewRow{}
		was, is := c.Was, c.Is
		if was == nil {
			was = &org.Unit{}
		}
		if is == nil {
			is = &org.Unit{}
			var typed bool
			if r.Follower, typed = chosen[was.ID]; !typed {
				r.Follower = p.Follower(*was)
			}
		}
		r.ID, r.Name = cmp.Or(is.ID, was.ID), cmp.Or(is.Name, was.Name)
		r.part("name", was.Name, is.Name)
		r.part("parent", names[was.Parent], names[is.Parent])
		r.part("kind", was.Kind, is.Kind)
		r.part("id", was.ID, is.ID)
		units[kind] = append(units[kind], r)
	}
	people := map[string][]reviewRow{}
	for _, c := range p.Changes.People {
		kind, r := changeKind(c), reviewRow{}
		was, is := c.Was, c.Is
		if was == nil {
			was = &org.Person{}
		}
		if is == nil {
			is = &org.Person{}
		}
		r.ID, r.Name = cmp.Or(is.ID, was.ID), cmp.Or(is.Name, was.Name, is.ID, was.ID)
		r.part("name", was.Name, is.Name)
		r.part("email", was.Email, is.Email)
		r.part("unit", unitText(names, was.Unit), unitText(names, is.Unit))
		if a, b := slices.Sorted(slices.Values(was.Roles)), slices.Sorted(slices.Values(is.Roles)); !slices.Equal(a, b) {
			r.Parts = append(r.Parts, reviewPart{Field: "role", WasRoles: a, Roles: b})
		}
		r.part("id", was.ID, is.ID)
		people[kind] = append(people[kind], r)
	}
	for _, kind := range []string{"added", "changed", "moved", "removed"} {
		if rows := units[kind]; len(rows) > 0 {
			v.Units = append(v.Units, reviewGroup{kind, rows})
		}
		if rows := people[kind]; len(rows) > 0 {
			v.People = append(v.People, reviewGroup{kind, rows})
		}
	}
}

// unitText is a unit's name with its id, as two units can have one name.
func unitText(names map[string]string, id string) string {
	if id == "" {
		return ""
	}
	return names[id] + " (" + id + ")"
}

// changeKind sorts a change: what lies elsewhere than before has moved.
func changeKind[T org.Unit | org.Person](c org.Change[T]) string {
	switch {
	case c.Added():
		return "added"
	case c.Removed():
		return "removed"
	}
	switch was := any(c.Was).(type) {
	case *org.Unit:
		if is := any(c.Is).(*org.Unit); was.Parent != is.Parent {
			return "moved"
		}
	case *org.Person:
		if is := any(c.Is).(*org.Person); was.Unit != is.Unit {
			return "moved"
		}
	}
	return "changed"
}

// part adds a value, if it differs.
func (r *reviewRow) part(field, was, is string) {
	if was != is {
		r.Parts = append(r.Parts, reviewPart{Field: field, Was: was, Is: is})
	}
}

func (s *Server) importAccept(c *gin.Context) {
	session, account, tree, ok := s.importing(c)
	if !ok {
		return
	}
	seal, successors := c.PostForm("seal"), map[string]string{}
	for field, values := range c.Request.PostForm {
		if old, ok := strings.CutPrefix(field, "follower-"); ok {
			successors[old] = values[0]
		}
	}
	err := s.intake.Accept(c, account, session, seal, successors)
	if fail.Is(err, fail.Conflict) || fail.Is(err, fail.Invalid) {
		status, e := s.problem(c, err)
		s.showReview(c, status, session, tree, successors, e)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/organisation?klart=import")
}

func (s *Server) importAbandon(c *gin.Context) {
	_, account, _, ok := s.importing(c)
	if !ok {
		return
	}
	if err := s.intake.Abandon(c, account); err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/organisation")
}
