package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
)

// namedPage is who has answered in an open round.
type namedPage struct {
	Round  round.Round
	Units  []org.Unit // that can be chosen
	Unit   string     // id, "" for all
	People []invited
	More   bool
}

// answersPage is what one person has answered in an open round.
type answersPage struct {
	*round.Sheet
	Unit org.Unit
}

// belowPage is who is below the level that the role requires, by name.
type belowPage struct {
	Round, Now, Unit, UnitID string
	Area                     string // the item that is asked for, "" for all
	Choices                  []link // areas to choose from
	Areas                    []belowArea
}

type belowArea struct {
	ID, Name string
	People   []belowRow
}

type belowRow struct {
	round.Below
	Href, UnitName string
}

// Steps returns how many levels are missing.
func (r belowRow) Steps() int { return r.Required - r.Level }

// answersOf finds the round that the address names, when the signed-in person may
// read answers by name in some unit of it; false when it has answered. Which rounds
// show names is for round.Service to say.
func (s *Server) answersOf(c *gin.Context) (r round.Round, tree *org.Tree, who access.Identity, ok bool) {
	r, err := s.rounds.Round(c, c.Param("round"))
	if err == nil && r.Units == "" {
		err = store.ErrNotFound
	}
	if err == nil {
		tree, err = s.rounds.Tree(c, r)
	}
	if err == nil {
		who, err = s.identity(c)
	}
	if err == nil && len(who.Top(access.ReadAnswers, tree)) == 0 {
		err = store.ErrNotFound // as where there is no such round
	}
	if err != nil {
		s.failed(c, err)
		return r, nil, who, false
	}
	return r, tree, who, true
}

// namedPeople lists those who have submitted in the units that the reader may
// read answers of.
func (s *Server) namedPeople(c *gin.Context) {
	r, tree, who, ok := s.answersOf(c)
	if !ok {
		return
	}
	people, err := s.rounds.NamedPeople(c, r.ID)
	if err != nil {
		s.failed(c, err)
		return
	}
	page := namedPage{Round: r, Unit: c.Query("enhet")}
	if page.Unit != "" && !s.unit(c, access.ReadAnswers, page.Unit, tree) {
		return
	}
	for _, u := range tree.Units() {
		if who.May(access.ReadAnswers, u.ID, tree) {
			page.Units = append(page.Units, u)
		}
	}
	for _, inv := range people {
		if !who.May(access.ReadAnswers, inv.Unit, tree) || page.Unit != "" && !tree.Within(inv.Unit, page.Unit) {
			continue
		}
		if page.More = len(page.People) == peopleShown; page.More {
			break
		}
		unit, _ := tree.Unit(inv.Unit)
		page.People = append(page.People, invited{inv, unit})
	}
	s.render(c, http.StatusOK, "svar-namn", page)
}

// namedAnswers shows what one of them has answered.
func (s *Server) namedAnswers(c *gin.Context) {
	r, tree, who, ok := s.answersOf(c)
	if !ok {
		return
	}
	people, err := s.rounds.NamedPeople(c, r.ID) // refuses a confidential round before a person is looked for
	if err != nil {
		s.failed(c, err)
		return
	}
	for _, inv := range people {
		if inv.Person != c.Param("person") || !who.May(access.ReadAnswers, inv.Unit, tree) {
			continue
		}
		sheet, err := s.rounds.Named(c, who.Account, r.ID, inv.Person)
		if err != nil {
			s.failed(c, err)
			return
		}
		unit, _ := tree.Unit(inv.Unit)
		s.render(c, http.StatusOK, "svar-person", answersPage{sheet, unit})
		return
	}
	s.failed(c, store.ErrNotFound) // whether the person has not answered or is another's
}

// namedBelow lists who is below the required level in ?enhet= and ?omrade=.
func (s *Server) namedBelow(c *gin.Context) {
	p, ok := s.published(c, c.Query("omgang"))
	if !ok {
		return
	}
	tops := p.who.Top(access.ReadAnswers, p.tree)
	unit := c.Query("enhet")
	if unit == "" && len(tops) > 0 {
		unit = tops[0].ID
	}
	if !s.unit(c, access.ReadAnswers, unit, p.tree) {
		return
	}
	below, err := s.rounds.NamedBelow(c, p.who.Account, p.round.ID, unit, c.Query("omrade"))
	if err != nil {
		s.failed(c, err)
		return
	}
	u, _ := p.tree.Unit(unit)
	page := belowPage{Round: p.round.ID, Now: label(p.round), Unit: u.Name, UnitID: unit, Area: c.Query("omrade")}
	page.fill(p, below)
	s.render(c, http.StatusOK, "kompetens-namn", page)
}

// fill puts the people under their areas.
func (page *belowPage) fill(p published, below []round.Below) {
	names := finding.NamesOf(p.views.set)
	for _, it := range p.views.set.Items {
		if !it.OwnCompetence() {
			continue
		}
		area := belowArea{ID: it.ID, Name: names.Competence(it.ID, p.views.lang)}
		page.Choices = append(page.Choices, link{area.Name, it.ID, it.ID == page.Area})
		for _, b := range below {
			if b.Item != it.ID {
				continue
			}
			unit, _ := p.tree.Unit(b.Unit)
			area.People = append(area.People, belowRow{b, "/omgangar/" + url.PathEscape(p.round.ID) + "/svar/" + url.PathEscape(b.Person), unit.Name})
		}
		if page.Area == "" || page.Area == it.ID {
			page.Areas = append(page.Areas, area)
		}
	}
}
