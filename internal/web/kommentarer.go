package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/fulltext"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// commentsPage is what has been written and published, by theme.
type commentsPage struct {
	Unit, UnitID, Now, Round string
	Href                     string // the unit's result
	MinGroup                 int
	Rounds, Units            []link
	Themes                   []commentTheme // those with published comments
	Theme                    string         // the one that is asked for, "" for all
	Search                   string
	All                      int // published under the unit
	Found                    int
	Kept                     bool // closing kept some, wherever: they may be waiting
	Moderate                 string
}

// commentTheme is a theme with its comments by item.
type commentTheme struct {
	ID, Name string
	All      int // published
	Items    []commentItem
}

type commentItem struct {
	Name string
	Said []commentSaid
}

// commentSaid is one comment; Unit names where it is from when that is a unit below.
type commentSaid struct {
	Parts []fulltext.Part
	Unit  string
}

// commentsRead shows the comments of ?enhet=; without it those of the highest
// unit whose comments the reader may see.
func (s *Server) commentsRead(c *gin.Context) {
	p, unit, ok := s.commentsUnit(c, c.Query("omgang"), c.Query("enhet"))
	if !ok {
		return
	}
	seal, err := s.rounds.CommentsSeal(c, p.round)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.frozen(c, p, "kommentarer", func() (any, error) { return s.commentsPage(c, p, unit, c.Query("tema"), "") }, p.round.Comments, seal)
}

// commentsFind searches them. It is a POST, so that what somebody searches for
// stands in no address.
func (s *Server) commentsFind(c *gin.Context) {
	p, unit, ok := s.commentsUnit(c, c.PostForm("omgang"), c.PostForm("enhet"))
	if !ok {
		return
	}
	page, err := s.commentsPage(c, p, unit, c.PostForm("tema"), strings.TrimSpace(c.PostForm("sok")))
	if err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, http.StatusOK, "kommentarer", page)
}

// commentsUnit returns the round and the unit whose comments are asked for; false
// when it has answered.
func (s *Server) commentsUnit(c *gin.Context, id, unit string) (published, string, bool) {
	p, ok := s.published(c, id)
	if !ok {
		return p, "", false
	}
	if unit == "" {
		tops := p.who.Top(access.ReadComments, p.tree)
		if len(tops) == 0 {
			s.failed(c, errNoUnitThen)
			return p, "", false
		}
		unit = slices.MinFunc(tops, func(a, b org.Unit) int { return len(p.tree.Path(a.ID)) - len(p.tree.Path(b.ID)) }).ID
	}
	return p, unit, s.unit(c, access.ReadComments, unit, p.tree)
}

func (s *Server) commentsPage(c *gin.Context, p published, unit, theme, search string) (commentsPage, error) {
	all, err := s.rounds.PublishedComments(c, p.round)
	if err != nil {
		return commentsPage{}, err
	}
	u, _ := p.tree.Unit(unit)
	page := commentsPage{Unit: u.Name, UnitID: unit, Now: label(p.round), Round: p.round.ID, MinGroup: p.round.MinGroup,
		Theme: theme, Search: search, Kept: p.round.Comments != ""}
	if p.who.May(access.ReadResults, unit, p.tree) {
		page.Href = p.href(unit)
	}
	if len(p.who.Top(access.ModerateComments, p.tree)) > 0 {
		page.Moderate = "/kommentarer/granska?omgang=" + url.QueryEscape(p.round.ID)
	}
	page.ways(p)
	page.fill(p, all)
	return page, nil
}

// ways lists the rounds and units that can be chosen instead.
func (page *commentsPage) ways(p published) {
	address := func(unit string) string { return "/kommentarer?enhet=" + url.QueryEscape(unit) }
	page.Rounds = p.rounds(page.UnitID, asking("/kommentarer"))
	root := p.tree.Root()
	units := append([]org.Unit{root}, p.tree.Children(root.ID)...)
	if own, _ := p.tree.Unit(page.UnitID); !slices.Contains(units, own) {
		units = append(units, own)
	}
	for _, u := range units {
		if p.who.May(access.ReadComments, u.ID, p.tree) {
			page.Units = append(page.Units, link{u.Name, address(u.ID) + p.query("&"), u.ID == page.UnitID})
		}
	}
}

// fill puts in the comments that may be read under the unit, in the order of the
// questionnaires; within an item in that of closing, which tells nothing.
func (page *commentsPage) fill(p published, all []round.Comment) {
	under := map[string][]round.Comment{} // by item
	for _, c := range all {
		if p.tree.Within(c.Unit, page.UnitID) {
			under[c.Item] = append(under[c.Item], c)
		}
	}
	query := fulltext.Parse(page.Search)
	for _, q := range p.views.set.Questionnaires {
		for _, th := range q.Themes {
			one := commentTheme{ID: q.ID + "." + th.ID, Name: th.Title.In(p.views.lang)}
			for _, it := range th.Items {
				one.All += len(under[it.ID])
				if item := page.item(p, it, under[it.ID], query); len(item.Said) > 0 && (page.Theme == "" || page.Theme == one.ID) {
					one.Items = append(one.Items, item)
					page.Found += len(item.Said)
				}
			}
			if page.All += one.All; one.All > 0 {
				page.Themes = append(page.Themes, one)
			}
		}
	}
}

func (page *commentsPage) item(p published, it *survey.Item, comments []round.Comment, query fulltext.Query) commentItem {
	item := commentItem{Name: p.views.names.Of(it.ID, p.views.lang)}
	for _, c := range comments {
		parts, ok := query.Find(c.Text)
		if !ok {
			continue
		}
		one := commentSaid{Parts: parts}
		if u, _ := p.tree.Unit(c.Unit); u.ID != page.UnitID {
			one.Unit = u.Name
		}
		item.Said = append(item.Said, one)
	}
	return item
}

// commentsLink is the way from a unit's result to its comments, called by how many
// there are, for those who may read them; none where there are none.
func (s *Server) commentsLink(c *gin.Context, p published, unit string) (link, error) {
	if !p.who.May(access.ReadComments, unit, p.tree) {
		return link{}, nil
	}
	all, err := s.rounds.PublishedComments(c, p.round)
	n := 0
	for _, one := range all {
		if p.tree.Within(one.Unit, unit) {
			n++
		}
	}
	if err != nil || n == 0 {
		return link{}, err
	}
	return link{Name: format.Count(n, language(c)), Href: "/kommentarer?enhet=" + url.QueryEscape(unit) + p.query("&")}, nil
}
