package web

import (
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/chart"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// The sizes in units of a trend's own, large and one of several.
const (
	trendWidth, trendHeight           = 640, 330
	smallTrendWidth, smallTrendHeight = 380, 230
)

// trend shows the unit of ?enhet= over the published rounds up to ?omgang=, and
// what has moved most since the round of ?mot=; without them the highest unit
// that the reader may see, up to the newest round, and since the one before.
func (s *Server) trend(c *gin.Context) {
	p, h, unit, ok := s.overRounds(c)
	if !ok {
		return
	}
	against := max(len(h.Rounds)-2, 0)
	if id := c.Query("mot"); id != "" && len(h.Rounds) > 1 {
		if against = slices.IndexFunc(h.Rounds[:len(h.Rounds)-1], func(r round.Round) bool { return r.ID == id }); against < 0 {
			s.failed(c, errNoEarlier)
			return
		}
	}
	s.frozen(c, p, "utveckling", func() (any, error) { return s.trendPage(c, p, h, unit, against) })
}

// overRounds finds the unit that is asked for over the rounds. It has answered where
// ok is false.
func (s *Server) overRounds(c *gin.Context) (p published, h *round.History, unit string, ok bool) {
	if p, unit, ok = s.requested(c, c.Query("omgang"), c.Query("enhet")); !ok {
		return p, nil, "", false
	}
	h, err := s.rounds.History(c, p.round)
	if err != nil {
		s.failed(c, err)
		return p, nil, "", false
	}
	p.also = h.Rounds
	return p, h, unit, true
}

var errNoEarlier = fail.New(fail.NotFound, "Mätomgången finns inte bland de tidigare. Välj en på sidan.", "There is no such earlier round. Choose one on the page.")

// trendViews prepares a unit over the rounds.
func (s *Server) trendViews(c *gin.Context, p published, h *round.History, unit string, against int) (v trendViews, err error) {
	v = trendViews{views: p.views, index: s.pages.say(p.views.lang, "result.index"), against: against, all: c.Query("alla") != ""}
	if v.docs, err = s.rounds.Documents(c, h, unit); err != nil {
		return v, err
	}
	for i, r := range h.Rounds {
		v.years = append(v.years, label(r))
		_, merged := h.Was(unit, i)
		v.merged = append(v.merged, merged)
		set, err := s.rounds.Set(c, r)
		if err != nil {
			return v, err
		}
		v.sets = append(v.sets, set)
	}
	return v, nil
}

// trendChart answers with a chart of a unit over the rounds.
func (s *Server) trendChart(c *gin.Context) {
	p, h, unit, ok := s.overRounds(c)
	if !ok {
		return
	}
	v, err := s.trendViews(c, p, h, unit, 0)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.sendChart(c, p, v.last(), s.trendDiagrams(v, v.page()))
}

// trendDiagrams are the index and each area over the rounds.
func (s *Server) trendDiagrams(v trendViews, p trendPage) (out []diagram) {
	if p.Hidden != "" {
		return nil
	}
	for i, st := range append([]trendStat{p.Total}, p.Areas...) {
		t := s.trendOf(v, st)
		if t.Size = chart.Large; !t.Drawable() {
			continue
		}
		name := st.ID
		if i == 0 {
			name = "index"
		}
		d := diagram{name: name, label: st.Name, title: st.Name + ", " + p.Unit, legend: s.rowsLegend(v.lang, "", ""), draw: s.drawOption(t, trendWidth, trendHeight)}
		if f, ok := v.last().Figure(st.ID); ok {
			d.of = &f
		}
		out = append(out, d)
	}
	return out
}

func (s *Server) trendPage(c *gin.Context, p published, h *round.History, unit string, against int) (any, error) {
	v, err := s.trendViews(c, p, h, unit, against)
	if err != nil {
		return nil, err
	}
	page := v.page()
	s.trendWays(&page, v, p, h, unit, against)
	if page.Hidden != "" {
		return page, nil
	}
	if page.Total.Chart, err = s.draw(c, s.trendOf(v, page.Total), trendWidth, trendHeight); err != nil {
		return nil, err
	}
	for i := range page.Areas {
		if page.Areas[i].Chart, err = s.draw(c, s.trendOf(v, page.Areas[i]), smallTrendWidth, smallTrendHeight); err != nil {
			return nil, err
		}
	}
	return page, nil
}

// trendWays are the ways to other units, rounds and years.
func (s *Server) trendWays(page *trendPage, v trendViews, p published, h *round.History, unit string, against int) {
	address := func(unit string, more ...string) string {
		q := url.Values{"enhet": {unit}}
		if !p.newest {
			q.Set("omgang", p.round.ID)
		}
		for i := 0; i+1 < len(more); i += 2 {
			q.Set(more[i], more[i+1])
		}
		return "/utveckling?" + q.Encode()
	}
	page.Own, page.Charts = p.href(unit), saved(address(unit), s.trendDiagrams(v, *page))
	for _, u := range p.tree.Path(unit) {
		l := link{Name: u.Name, Current: u.ID == unit}
		if !l.Current && p.who.May(access.ReadResults, u.ID, p.tree) {
			l.Href = address(u.ID)
		}
		page.Path = append(page.Path, l)
	}
	below := p.tree.Children(unit)
	for _, u := range below[:min(len(below), mostBelow)] {
		page.Below = append(page.Below, link{Name: u.Name, Href: address(u.ID)})
	}
	page.MoreBelow = len(below) > mostBelow
	page.Rounds = p.rounds(unit, asking("/utveckling"))
	for i, r := range h.Rounds[:len(h.Rounds)-1] {
		page.Versus = append(page.Versus, link{label(r), address(unit, "mot", r.ID), i == against})
	}
	slices.Reverse(page.Versus)
	if len(h.Rounds) > 1 {
		page.All = address(unit, "mot", h.Rounds[against].ID, "alla", "1")
	}
}

// mostBelow is how many units directly below are linked to; the rest are reached
// from the unit's own page.
const mostBelow = 24

// trendOf is a statistic over the rounds as a chart: the total as index, another
// as levels.
func (s *Server) trendOf(v trendViews, st trendStat) chart.Trend {
	say := func(key string, args ...any) string {
		text, err := s.pages.texts.say(v.lang, key, args...)
		if err != nil {
			panic(err) // a key of the program's own
		}
		return text
	}
	t := chart.Trend{Title: finding.TrendLabel(st.Name, v.last().Unit.Name, v.lang), Target: say("result.target"), Broken: say("trend.broken")}
	value := func(level float64) float64 { return level }
	if st.ID == analysis.TotalID {
		value = survey.Index
	} else {
		t.Size = chart.Small
	}
	for i, d := range v.docs {
		cell := st.Cells[i]
		p := chart.Point{Year: v.years[i], Shown: cell.Figure.Shown, Changed: cell.Changed}
		if !p.Shown {
			p.Note = say("trend.cell." + cell.Missing)
			t.Points = append(t.Points, p)
			continue
		}
		f, _ := d.Figure(st.ID)
		p.Note, p.Text, p.Interval = say("trend.n", f.N), cell.Figure.Level, cell.Figure.Interval
		if st.ID == analysis.TotalID {
			p.Text, p.Interval = cell.Figure.Index, cell.Figure.IndexInterval
		}
		p.Value, p.Low, p.High, p.Target = value(f.Mean), value(f.CILow), value(f.CIHigh), value(f.Target)
		t.Points = append(t.Points, p)
	}
	t.Low, t.High = st.Scale.Low, st.Scale.High
	for _, tick := range st.Ticks {
		t.Ticks = append(t.Ticks, chart.Tick{At: tick, Text: v.number0(tick)})
	}
	return t
}
