package web

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/round"
)

// compareAsk is what a reader asks to see of a comparison. It only chooses among
// what the frozen documents show.
type compareAsk struct {
	area    string // an area's id, "" for the whole
	sort    string // sortPlace, sortName, sortChange or the id of a column
	up      bool   // lowest first
	page    int    // from 1
	against string // id of the round beside, "" for the one before
}

// The orders that are not a column's.
const (
	sortPlace  = ""
	sortName   = "namn"
	sortChange = "andring"
)

func asked(c *gin.Context) compareAsk {
	a := compareAsk{area: c.Query("omrade"), sort: c.Query("sortera"), up: c.Query("ordning") == "upp", against: c.Query("mot")}
	if c.Query("ordning") == "" {
		a.up = a.sort == sortName
	}
	a.page, _ = strconv.Atoi(c.Query("sida"))
	return a
}

// compare sets the units below ?enhet= side by side; without it those below the
// highest unit that the reader may see.
func (s *Server) compare(c *gin.Context) {
	p, h, unit, ok := s.compared(c)
	if !ok {
		return
	}
	s.frozen(c, p, "jamfor", func() (any, error) { return s.comparePage(c, p, h, unit) })
}

// compared finds what is to be compared, and what with. It has answered where ok is
// false.
func (s *Server) compared(c *gin.Context) (p published, h *round.History, unit string, ok bool) {
	if p, h, unit, ok = s.overRounds(c); !ok {
		return p, nil, "", false
	}
	if against := asked(c).against; against != "" && !slices.ContainsFunc(h.Rounds[:len(h.Rounds)-1], func(r round.Round) bool { return r.ID == against }) {
		s.failed(c, errNoEarlier)
		return p, nil, "", false
	}
	return p, h, unit, true
}

// compareViews prepares the comparison of the units below one.
func (s *Server) compareViews(c *gin.Context, p published, h *round.History, unit string) (compareViews, error) {
	d, err := s.rounds.Document(c, p.round, unit)
	if err != nil {
		return compareViews{}, err
	}
	v := newCompareViews(p.views, d, label(p.round), p.then(d), asked(c))
	return v, s.beside(c, &v, h, unit)
}

func (s *Server) comparePage(c *gin.Context, p published, h *round.History, unit string) (any, error) {
	v, err := s.compareViews(c, p, h, unit)
	if err != nil {
		return nil, err
	}
	page := v.page()
	s.compareWays(&page, v, p, h)
	for i := range page.Radars {
		if page.Radars[i].Chart, err = s.childRadar(c, v, page.Radars[i].Unit); err != nil {
			return nil, err
		}
	}
	return page, nil
}

// beside finds the document of the round that the children are compared with:
// the one asked for, else the one before.
func (s *Server) beside(c context.Context, v *compareViews, h *round.History, unit string) error {
	at := len(h.Rounds) - 2
	if v.ask.against != "" {
		at = slices.IndexFunc(h.Rounds, func(r round.Round) bool { return r.ID == v.ask.against })
	}
	if at < 0 {
		return nil
	}
	v.then = label(h.Rounds[at])
	was, _ := h.Was(unit, at)
	if was == "" {
		return nil
	}
	before, err := s.rounds.Document(c, h.Rounds[at], was)
	if err != nil {
		return err
	}
	v.before, v.was = before, func(child string) string { id, _ := h.Was(child, at); return id }
	return nil
}

// address is a comparison's, with what is changed of it; what is "" is left out.
func (v compareViews) address(p published, unit string, change map[string]string) string {
	q := url.Values{"enhet": {unit}}
	set := func(key, value string) {
		if value != "" {
			q.Set(key, value)
		} else {
			q.Del(key)
		}
	}
	if !p.newest {
		set("omgang", p.round.ID)
	}
	set("omrade", v.ask.area)
	set("mot", v.ask.against)
	set("sortera", v.ask.sort)
	if v.ask.sort != sortPlace && v.ask.up != (v.ask.sort == sortName) {
		set("ordning", map[bool]string{true: "upp", false: "ned"}[v.ask.up])
	}
	for key, value := range change {
		set(key, value)
	}
	return "/jamfor?" + q.Encode()
}

// compareWays are the ways to other units, rounds, areas, orders and pages.
func (s *Server) compareWays(page *comparePage, v compareViews, p published, h *round.History) {
	unit := v.doc.Unit.ID
	here := func(change map[string]string) string { return v.address(p, unit, change) }
	page.Href = p.href(unit)
	page.Rounds = p.rounds(unit, func(unit, round string) string {
		return here(map[string]string{"enhet": unit, "omgang": round, "mot": ""})
	})
	for _, u := range p.tree.Path(unit) {
		l := link{Name: u.Name, Current: u.ID == unit}
		if !l.Current && p.who.May(access.ReadResults, u.ID, p.tree) {
			l.Href = v.address(p, u.ID, nil)
		}
		page.Path = append(page.Path, l)
	}
	for _, u := range p.tree.Children(unit) {
		if len(p.tree.Children(u.ID)) > 1 && len(page.Below) < mostBelow {
			page.Below = append(page.Below, link{Name: u.Name, Href: v.address(p, u.ID, nil)})
		}
	}
	for _, u := range p.who.Top(access.ReadResults, p.tree) {
		page.Tops = append(page.Tops, link{u.Name, v.address(p, u.ID, nil), u.ID == unit})
	}
	if page.Nothing != "" {
		return
	}
	page.Areas = append(page.Areas, link{Href: here(map[string]string{"omrade": "", "sortera": ""}), Current: v.ask.area == ""})
	for _, id := range v.areas {
		page.Areas = append(page.Areas, link{v.names.Of(id, v.lang), here(map[string]string{"omrade": id, "sortera": ""}), v.ask.area == id})
	}
	for i := len(h.Rounds) - 2; i >= 0; i-- {
		r := h.Rounds[i]
		page.Versus = append(page.Versus, link{label(r), here(map[string]string{"mot": r.ID}), v.ask.against == r.ID})
	}
	if v.ask.against != "" {
		page.Alone = here(map[string]string{"mot": ""})
	}
	for i, o := range page.Orders {
		page.Orders[i].Href = here(map[string]string{"sortera": o.Key, "ordning": ""})
	}
	turn := func(o *orderView) {
		up := o.Key == sortName
		if o.Sorted != "" {
			up = o.Sorted == "descending" // the other way
		}
		o.Href = here(map[string]string{"sortera": o.Key, "ordning": map[bool]string{true: "upp", false: "ned"}[up]}) + "#heat"
	}
	turn(&page.ByName)
	for i := range page.Columns {
		turn(&page.Columns[i].Order)
	}
	for n := 1; n <= page.Pages && page.Pages > 1; n++ {
		page.Numbers = append(page.Numbers, link{strconv.Itoa(n), here(map[string]string{"sida": strconv.Itoa(n)}), n == page.Page})
	}
	page.unitWays(v, p)
	number := ""
	if page.Page > 1 {
		number = strconv.Itoa(page.Page)
	}
	page.Charts = saved(here(map[string]string{"sida": number}), s.compareDiagrams(v, *page))
}

// unitWays are the ways from each unit on the page.
func (page *comparePage) unitWays(v compareViews, p published) {
	for g := range page.Groups {
		for i := range page.Groups[g].Rows {
			r := &page.Groups[g].Rows[i]
			r.Href = p.href(r.Unit)
			if r.Unit != v.doc.Unit.ID && len(p.tree.Children(r.Unit)) > 1 {
				r.Within = v.address(p, r.Unit, nil)
			}
		}
	}
	for i := range page.Rows {
		page.Rows[i].Href = p.href(page.Rows[i].Unit)
	}
	for i := range page.Radars {
		r := &page.Radars[i]
		r.Href, r.SVG, r.PNG = p.href(r.Unit), p.under(r.Unit, "diagram/"+themesChart+".svg"), p.under(r.Unit, "diagram/"+themesChart+".png")
	}
}

// figureBefore is a child's figure in the round beside, with the change since;
// compared is false where it is not shown in both, or made of other items.
func (v compareViews) figureBefore(c *analysis.Child, id string) (then analysis.Figure, had bool, change analysis.Change, compared bool) {
	if v.before == nil {
		return then, false, change, false
	}
	was, ok := v.before.Child(v.was(c.Unit.ID))
	if !ok {
		return then, false, change, false
	}
	then, had = was.Figure(id)
	change, compared = analysis.BetweenChildren(v.before, v.doc, was, c, id)
	return then, had, change, compared
}
