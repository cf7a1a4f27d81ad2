package web

import (
	"html/template"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
)

// reportPage is a unit's result as a report: to read, print, and take along as PDF.
type reportPage struct {
	resultPage
	Owner         string // the topmost unit's name, "" for its own report
	Made          string // day
	PDF           string // address, "" where the machine has no Chromium
	Contents      []link
	Proud, Points []talkPoint
	Below         string       // what the units below are called: "Förvaltningarna"
	Told          []reportUnit // they in words
	ChangesTitle  string
	Changes       []reportChange
	Competence    competencePage
	Gaps          []competencePage // its table, in as many parts as paper needs
	Audit         *auditPage       // of the whole organisation, for those who may read it
	Actions       []actionRow
	Style         template.CSS // the PDF's
}

// reportUnit is a unit below in words.
type reportUnit struct {
	Name              string
	Answered, Invited int
	Sentences         []string
}

// reportChange is one statistic then and now.
type reportChange struct {
	Name      string
	Level     string // analysis.Level…
	Now, Then figureView
	Change    changeView
}

// report shows a unit's report.
func (s *Server) report(c *gin.Context) {
	p, unit, ok := s.requested(c, c.Query("omgang"), c.Param("unit"))
	if !ok {
		return
	}
	seals, err := s.followUpSeals(c, p)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.frozen(c, p, "rapport", func() (any, error) { return s.reportPage(c, p, unit) }, s.today(), seals)
}

func (s *Server) reportPage(c *gin.Context, p published, unit string) (reportPage, error) {
	d, err := s.rounds.Document(c, p.round, unit)
	if err != nil {
		return reportPage{}, err
	}
	u := newUnitViews(p.views, d, label(p.round), p.then(d))
	page := reportPage{resultPage: u.page(), Made: s.today(), ChangesTitle: u.say.ChangesTitle()}
	page.Opens, page.Closes, page.Caution = p.round.OpensOn, p.closed(), s.fewAnswered(d)
	page.Path, page.Rounds = p.path(d), p.rounds(unit, inResult("rapport"))
	if d.Suppressed != analysis.Shown {
		page.Up, err = s.shownAbove(c, p, d, "rapport")
		return page, err
	}
	if root := p.tree.Root(); root.ID != unit {
		page.Owner = root.Name
	}
	if s.config.Paper != nil {
		page.PDF = p.under(unit, "rapport.pdf")
	}
	if err := s.unitRadar(c, u, page.Themes); err != nil {
		return page, err
	}
	page.fill(u)
	if err := s.reportAudit(c, p, unit, &page); err != nil {
		return page, err
	}
	actions, err := s.actionsWithin(c, p, unit)
	if err != nil {
		return page, err
	}
	page.reportActions(p, actions)
	page.Contents = page.contents()
	return page, nil
}

// reportAudit puts the verdict in the report of the whole organisation.
func (s *Server) reportAudit(c *gin.Context, p published, unit string, page *reportPage) error {
	if s.config.Audit == nil || unit != p.tree.Root().ID || !p.who.May(access.ReadAudit, unit, p.tree) {
		return nil
	}
	judged, err := s.auditPage(c, p)
	if err != nil {
		return err
	}
	whole := judged.(auditPage)
	page.Audit = &whole
	return nil
}

// reportActions puts in those of a unit's actions that were decided because of the
// round.
func (page *reportPage) reportActions(p published, actions []placedAction) {
	for _, a := range actions {
		if a.Round == p.round.ID {
			at, _ := a.tree.Unit(a.Unit)
			page.Actions = append(page.Actions, actionRow{a.Action, at.Name, "", a.Late(page.Made)})
		}
	}
}

// fill puts in what the document shows besides what its page does.
func (r *reportPage) fill(u unitViews) {
	talk := u.say.Talk(u.set)
	for _, point := range talk.Proud {
		r.Proud = append(r.Proud, u.talkPoint(point))
	}
	for _, point := range talk.Points {
		r.Points = append(r.Points, u.talkPoint(point))
	}
	r.Below = finding.Capital(u.say.Kind().Many)
	for i := range u.doc.Children {
		if ch := &u.doc.Children[i]; ch.Suppressed == analysis.Shown {
			if said := u.say.OfChild(ch); len(said) > 0 {
				r.Told = append(r.Told, reportUnit{ch.Unit.Name, ch.Submitted, ch.Invited, said})
			}
		}
	}
	if u.doc.Previous != nil {
		r.Changes = u.changes()
	}
	r.Competence = competencePage{Unit: u.doc.Unit.Name, Now: u.now, MinGroup: u.doc.MinGroup}
	r.Competence.fill(u.doc, u.views)
	r.Gaps = r.Competence.parts(gapColumns)
}

// changes are the total, the areas and their themes beside the last round.
func (u unitViews) changes() (out []reportChange) {
	row := func(id, name string) {
		f, ok := u.doc.Figure(id)
		if !ok {
			return
		}
		scale := 1.0
		if id == analysis.TotalID {
			scale = indexStep
		}
		then, had := u.doc.Previous.Figure(id)
		change, compared := u.doc.Previous.Change(id)
		out = append(out, reportChange{name, f.Level, u.figure(f, true), u.figure(then, had), u.change(change, compared, scale)})
	}
	row(analysis.TotalID, "")
	for _, q := range u.set.Questionnaires {
		row(q.ID, q.Title.In(u.lang))
		for _, th := range q.Themes {
			row(q.ID+"."+th.ID, th.Title.In(u.lang))
		}
	}
	return out
}

// contents are the report's parts, as their headings call them.
func (r reportPage) contents() (out []link) {
	add := func(there bool, id, name string) {
		if there && name != "" {
			out = append(out, link{Name: name, Href: "#" + id})
		}
	}
	add(true, "tema", r.Themes.Title)
	add(true, "omr", r.Areas.Title)
	if r.Children != nil {
		add(true, "enh", r.Children.Title)
	}
	add(len(r.Changes) > 0, "andring", r.ChangesTitle)
	add(len(r.Items.Strong) > 0, "fr", r.Items.Title)
	return out
}

// gapColumns is how many units' gaps there is room for beside the unit's own on
// the width of a page.
const gapColumns = 5

// parts divides the table of gaps: the unit's own column stands first in each.
func (p competencePage) parts(most int) (out []competencePage) {
	if len(p.Rows) == 0 {
		return nil
	}
	for from := 1; ; from += most {
		to := min(from+most, len(p.Columns))
		part := competencePage{Columns: append(p.Columns[:1:1], p.Columns[from:to]...)}
		for _, row := range p.Rows {
			part.Rows = append(part.Rows, competenceRow{Text: row.Text, Cells: append(row.Cells[:1:1], row.Cells[from:to]...)})
		}
		if out = append(out, part); to == len(p.Columns) {
			return out
		}
	}
}
