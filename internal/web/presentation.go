package web

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/chart"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/finding"
)

// slidePage is one slide of a unit's result, for a projector.
type slidePage struct {
	resultPage
	Owner      string // the topmost unit's name
	Slide      string // what it shows: title, whole, themes, strong, gap, change, child, hidden, read or none
	Title      string
	At, Of     int
	Way        slideWay
	Exit       string
	Radar      radarView
	Name       string   // of the unit below that the slide is of
	Sentences  []string // of it
	ChildN     int      // answers of it
	ChildOf    int
	HiddenRows []childRow
	Rows       []themeRow // themes: of the unit below, or those that have changed
}

// slideWay is the addresses of the slides to go to, "" where there is none.
type slideWay struct{ First, Previous, Next, Last string }

// slideRef is a slide that there is: child is the unit below that it is of.
type slideRef struct{ kind, child string }

var errNoSlide = fail.New(fail.NotFound, "Bilden finns inte. Börja om från den första.", "There is no such slide. Begin again from the first.")

// present shows slide ?bild= of a unit's result, the first without.
func (s *Server) present(c *gin.Context) {
	p, ok := s.published(c, c.Query("omgang"))
	unit := c.Param("unit")
	if !ok || !s.unit(c, access.ReadResults, unit, p.tree) {
		return
	}
	at, err := strconv.Atoi(c.DefaultQuery("bild", "1"))
	if err != nil || at < 1 {
		s.failed(c, errNoSlide)
		return
	}
	s.frozen(c, p, "presentation", func() (any, error) { return s.slidePage(c, p, unit, at) })
}

func (s *Server) slidePage(c *gin.Context, p published, unit string, at int) (any, error) {
	d, err := s.rounds.Document(c, p.round, unit)
	if err != nil {
		return nil, err
	}
	slides := slidesOf(d)
	if at > len(slides) {
		return nil, errNoSlide
	}
	u := newUnitViews(p.views, d, label(p.round), p.then(d))
	page := slidePage{resultPage: u.page(), Slide: slides[at-1].kind, At: at, Of: len(slides), Exit: p.href(unit), Owner: p.tree.Root().Name}
	page.Opens, page.Closes = p.round.OpensOn, p.round.ClosesOn
	way := func(n int) string {
		if n < 1 || n > len(slides) {
			return ""
		}
		return p.under(unit, "presentation") + map[bool]string{true: "?", false: "&"}[p.newest] + "bild=" + strconv.Itoa(n)
	}
	page.Way = slideWay{way(1), way(at - 1), way(at + 1), way(len(slides))}
	return page, s.fillSlide(c, p, u, &page, slides[at-1].child)
}

// fillSlide puts in what the kind of slide shows.
func (s *Server) fillSlide(c *gin.Context, p published, u unitViews, page *slidePage, child string) (err error) {
	switch page.Slide {
	case "none":
		page.Title = page.Headline
		page.Up, err = s.shownAbove(c, p, u.doc, "presentation")
	case "title":
		page.Title = page.Unit
	case "whole":
		page.Title = page.Headline
	case "themes":
		page.Title = page.Themes.Title
		if err = s.unitRadar(c, u, page.Themes); err == nil {
			page.Radar = page.Themes.Radar
		}
	case "gap":
		page.Title = page.Areas.Title
	case "change":
		page.Title = u.say.ChangesTitle()
		for _, g := range page.Themes.Groups {
			for _, r := range g.Rows {
				if r.Change.Sign != "" && r.Now.Shown && r.Then.Shown {
					page.Rows = append(page.Rows, r)
				}
			}
		}
	case "child":
		ch, _ := u.doc.Child(child)
		page.Title, page.Name, page.ChildN, page.ChildOf = ch.Unit.Name, ch.Unit.Name, ch.Submitted, ch.Invited
		page.Sentences = u.say.OfChild(ch)
		_, ids := u.axes(u.doc)
		for _, id := range ids {
			f, ok := ch.Figure(id)
			page.Rows = append(page.Rows, themeRow{Name: u.names.Of(id, u.lang), Now: u.figure(f, ok)})
		}
		page.Radar, err = s.slideRadar(c, u, ch)
	case "hidden":
		for _, r := range page.Children.Rows {
			if r.Hidden != "" {
				page.HiddenRows = append(page.HiddenRows, r)
			}
		}
	}
	return err
}

// slidesOf are the slides that a unit has something for.
func slidesOf(d *analysis.Document) []slideRef {
	if d.Suppressed != analysis.Shown {
		return []slideRef{{kind: "none"}}
	}
	out := []slideRef{{kind: "title"}, {kind: "whole"}, {kind: "themes"}, {kind: "strong"}, {kind: "gap"}}
	if d.Previous != nil {
		out = append(out, slideRef{kind: "change"})
	}
	hidden := false
	for _, ch := range d.Children {
		if ch.Suppressed == analysis.Shown {
			out = append(out, slideRef{"child", ch.Unit.ID})
		} else {
			hidden = true
		}
	}
	if hidden {
		out = append(out, slideRef{kind: "hidden"})
	}
	return append(out, slideRef{kind: "read"})
}

// slideRadar draws a unit below as large as its own page does, with the unit that
// it is part of and the target.
func (s *Server) slideRadar(c *gin.Context, u unitViews, ch *analysis.Child) (radarView, error) {
	axes, ids := u.axes(u.doc)
	return s.draw(c, chart.Radar{Title: finding.RadarLabel(ch.Unit.Name, u.lang), Axes: axes, Series: []chart.Series{
		line(ch.Unit.Name+" "+u.now, chart.ThisYear, ids, ch.Figure, mean),
		line(u.doc.Unit.Name+" "+u.now, chart.Parent, ids, u.doc.Figure, mean),
		line(finding.Target(u.lang), chart.Target, ids, ch.Figure, target),
	}}, radarWidth, radarHeight)
}
