package web

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/chart"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/round"
)

// competencePage is who lacks what competence: the unit and those directly below
// it against the levels that the roles require (docs/method.md, Competence gap).
type competencePage struct {
	Unit, Now, Href string
	Named           string // to who is below, in an open round, for those who may know
	MinGroup        int
	Rounds, Units   []link
	Widest          *competenceCell // the area with the largest share below
	Steps, Areas    int             // missing in all shown areas
	Columns         []competenceColumn
	Rows            []competenceRow
	Hidden          []childRow // units that are not shown
	Plan            string     // where a training plan is worked out, "" for those who may not
	Charts          savedCharts
}

type competenceColumn struct{ Name, Href string }

type competenceRow struct {
	Text     string
	Cells    []competenceCell // the unit itself first
	Question string           // what was asked, "" where that is the text
}

type competenceCell struct {
	Area         string
	Below, Rated int
	Steps        int
	Tint         int    // 1–6, the larger the share below
	Hidden       string // why there is no figure
}

// competences shows the competence gaps of ?enhet=; without it those of the
// highest unit that the reader may see.
func (s *Server) competences(c *gin.Context) {
	p, unit, ok := s.requested(c, c.Query("omgang"), c.Query("enhet"))
	if !ok {
		return
	}
	s.frozen(c, p, "kompetens", func() (any, error) { return s.competencePage(c, p, unit) })
}

func (s *Server) competencePage(c *gin.Context, p published, unit string) (any, error) {
	d, err := s.rounds.Document(c, p.round, unit)
	if err != nil {
		return nil, err
	}
	address := func(unit string) string { return "/kompetens?enhet=" + url.QueryEscape(unit) }
	page := competencePage{Unit: d.Unit.Name, Now: label(p.round), Href: p.href(unit), MinGroup: d.MinGroup}
	page.Rounds = p.rounds(unit, asking("/kompetens"))
	for _, u := range p.tree.Units() {
		if len(p.tree.Children(u.ID)) > 0 && len(p.tree.Path(u.ID)) <= 2 && p.who.May(access.ReadResults, u.ID, p.tree) {
			page.Units = append(page.Units, link{u.Name, address(u.ID) + p.query("&"), u.ID == unit})
		}
	}
	if p.round.Mode == round.Named && p.who.May(access.ReadAnswers, unit, p.tree) {
		page.Named = "/kompetens/namn?enhet=" + url.QueryEscape(unit) + "&omgang=" + url.QueryEscape(p.round.ID)
	}
	if p.who.May(access.PlanTraining, unit, p.tree) {
		page.Plan = "/kompetens/plan?enhet=" + url.QueryEscape(unit) + p.query("&")
	}
	page.fill(d, p.views)
	page.Charts = saved(address(unit)+p.query("&"), s.competenceDiagrams(p.views, page))
	for i := range page.Columns {
		page.Columns[i].Href = p.href(page.Columns[i].Href)
	}
	return page, nil
}

// competenceChart answers with the matrix of competence gaps as a chart.
func (s *Server) competenceChart(c *gin.Context) {
	p, d, ok := s.document(c, c.Query("omgang"), c.Query("enhet"))
	if !ok {
		return
	}
	page := competencePage{Unit: d.Unit.Name}
	page.fill(d, p.views)
	s.sendChart(c, p, d, s.competenceDiagrams(p.views, page))
}

// competenceDiagrams is the matrix, with a row for each unit: there can be many.
func (s *Server) competenceDiagrams(v views, p competencePage) []diagram {
	if p.Areas == 0 {
		return nil
	}
	h := chart.Heat{Key: s.heatKey(v.lang, "g", "competence.key."), Of: s.pages.say(v.lang, "competence.key")}
	for i, column := range p.Columns {
		row := chart.HeatRow{Name: hard(column.Name)}
		for _, r := range p.Rows {
			if i == 0 {
				h.Columns = append(h.Columns, r.Text)
			}
			cell := r.Cells[i]
			if cell.Hidden != "" {
				row.Cells = append(row.Cells, chart.Cell{Hidden: s.pages.say(v.lang, "competence."+cell.Hidden)})
				continue
			}
			row.Cells = append(row.Cells, chart.Cell{Value: format.Percent(cell.Below, cell.Rated, v.lang), Under: []string{fmt.Sprintf(s.pages.say(v.lang, "competence.cell"), cell.Below, cell.Rated)}, Tint: "g" + strconv.Itoa(cell.Tint)})
		}
		h.Rows = append(h.Rows, row)
	}
	label := s.pages.say(v.lang, "competence.matrix")
	return []diagram{{name: "matris", label: label, title: label + ", " + p.Unit, draw: heatDrawing(h)}}
}

// fill puts in the figures of the unit and of its shown children; Href of a
// column is the unit's id.
func (p *competencePage) fill(d *analysis.Document, v views) {
	if d.Suppressed != analysis.Shown || len(d.Competence) == 0 {
		return
	}
	p.Columns = []competenceColumn{{soft(d.Unit.Name), d.Unit.ID}}
	shown := []*analysis.Child{}
	for i := range d.Children {
		ch := &d.Children[i]
		if ch.Suppressed != analysis.Shown {
			p.Hidden = append(p.Hidden, childRow{Name: ch.Unit.Name, Hidden: string(ch.Suppressed)})
			continue
		}
		p.Columns, shown = append(p.Columns, competenceColumn{soft(ch.Unit.Name), ch.Unit.ID}), append(shown, ch)
	}
	for _, f := range d.Competence {
		row := competenceRow{Text: v.names.Competence(f.Item, v.lang), Cells: []competenceCell{cellOf(f, v)}}
		if q := v.names.Of(f.Item, v.lang); q != row.Text {
			row.Question = q
		}
		for _, ch := range shown {
			cell := competenceCell{Hidden: string(analysis.None)}
			for _, g := range ch.Competence {
				if g.Item == f.Item {
					cell = cellOf(g, v)
				}
			}
			row.Cells = append(row.Cells, cell)
		}
		p.Rows = append(p.Rows, row)
		if own := &row.Cells[0]; own.Hidden == "" {
			p.Steps, p.Areas = p.Steps+own.Steps, p.Areas+1
			if own.Below > 0 && (p.Widest == nil || own.Below*p.Widest.Rated > p.Widest.Below*own.Rated) {
				p.Widest = own
			}
		}
	}
}

func cellOf(f analysis.CompetenceFigure, v views) competenceCell {
	if f.Suppressed != analysis.Shown {
		return competenceCell{Hidden: string(f.Suppressed)}
	}
	tint := 1
	for _, from := range []float64{.10, .25, .40, .60, .75} {
		if f.Share >= from {
			tint++
		}
	}
	return competenceCell{Area: v.names.Competence(f.Item, v.lang), Below: f.Below, Rated: f.Rated, Steps: f.Steps, Tint: tint}
}
