package web

import (
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/round"
)

// compare sets the units below ?enhet= side by side; without it those below the
// highest unit that the reader may see.
func (s *Server) compare(c *gin.Context) {
	p, unit, ok := s.requested(c, c.Query("omgang"), c.Query("enhet"))
	if !ok {
		return
	}
	s.frozen(c, p, "jamfor", func() (any, error) { return s.comparePage(c, p, unit) })
}

func (s *Server) comparePage(c *gin.Context, p published, unit string) (any, error) {
	d, err := s.rounds.Document(c, p.round, unit)
	if err != nil {
		return nil, err
	}
	v := newCompareViews(p.views, d, label(p.round), p.then(d))
	page := v.page()
	page.Href = p.href(unit)
	for _, r := range p.all {
		if r.State == round.Published {
			page.Rounds = append(page.Rounds, link{label(r), "/jamfor?enhet=" + url.QueryEscape(unit) + "&omgang=" + url.QueryEscape(r.ID), r.ID == p.round.ID})
		}
	}
	for _, u := range p.tree.Units() {
		if len(p.tree.Children(u.ID)) > 1 && len(p.tree.Path(u.ID)) <= 2 && p.who.May(access.ReadResults, u.ID, p.tree) {
			page.Units = append(page.Units, link{u.Name, "/jamfor?enhet=" + url.QueryEscape(u.ID) + p.query("&"), u.ID == unit})
		}
	}
	for g := range page.Groups {
		for i := range page.Groups[g].Rows {
			page.Groups[g].Rows[i].Href = p.href(page.Groups[g].Rows[i].Unit)
		}
	}
	for i := range page.Radars {
		page.Radars[i].Href = p.href(page.Radars[i].Unit)
		if page.Radars[i].Chart, err = s.childRadar(c, v, page.Radars[i].Unit); err != nil {
			return nil, err
		}
	}
	return page, nil
}
