package web

import (
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/round"
)

var errNoAudit = fail.New(fail.NotFound, "Installationen har inga revisionsfrågor. De står i filen audit.yaml bland frågeformulären.",
	"The installation has no audit questions. They are in the file audit.yaml beside the questionnaires.")

// auditPage is the verdict of a round, question by question, and of the rounds
// before it.
type auditPage struct {
	Unit, Now, AsOf string
	Whole           audit.Whole
	WholeWords      string
	Source          string
	Lede            []string
	Rounds          []link
	Columns         []string   // the rounds set side by side, the oldest first
	Rows            []auditRow // the questions over the years
	Overall         []string   // the whole, by column
	Questions       []auditQuestion
	Thresholds      audit.Thresholds
	MetAt, PartlyAt string // index 0–100
	ResponsePercent string // least share of those asked, in per cent
}

type auditRow struct {
	Text  string
	Cells []auditCell
}

// auditCell is one outcome; Sign is what its mark is drawn by.
type auditCell struct{ Sign, Words string }

type auditQuestion struct {
	ID, Text string
	Outcome  auditCell
	Index    string // 0–100, "" where there is none
	Words    audit.Explanation
}

// audited shows the verdict of the audit questions of a published round
// (docs/method.md, Audit verdict) to those who may see the whole organisation's.
func (s *Server) audited(c *gin.Context) {
	if s.config.Audit == nil {
		s.failed(c, errNoAudit)
		return
	}
	p, ok := s.published(c, c.Query("omgang"))
	if !ok || !s.unit(c, access.ReadAudit, p.tree.Root().ID, p.tree) {
		return
	}
	s.frozen(c, p, "revision", func() (any, error) { return s.auditPage(c, p) })
}

func (s *Server) auditPage(c *gin.Context, p published) (any, error) {
	lang, rule, root := language(c), s.config.Audit, p.tree.Root()
	page := auditPage{Unit: root.Name, Now: label(p.round), AsOf: dayOf(p.round.ClosedAt), Source: rule.Source.In(lang), Thresholds: rule.Thresholds,
		MetAt: format.Decimal(rule.Thresholds.Met, 0, lang), PartlyAt: format.Decimal(rule.Thresholds.Partly, 0, lang),
		ResponsePercent: format.Decimal(100*rule.Thresholds.Response, 0, lang)}
	for _, q := range rule.Questions {
		page.Rows = append(page.Rows, auditRow{Text: q.Text.In(lang)})
	}
	for _, r := range slices.Backward(p.all) {
		if r.State != round.Published {
			continue
		}
		tree, err := s.rounds.Tree(c, r)
		if err != nil {
			return nil, err
		}
		if tree.Root().ID != root.ID || !p.who.May(access.ReadAudit, root.ID, tree) {
			continue
		}
		page.Rounds = append(page.Rounds, link{label(r), "/revision?omgang=" + url.QueryEscape(r.ID), r.ID == p.round.ID})
		if page.Questions != nil {
			continue // what came after is not that round's
		}
		d, err := s.rounds.Document(c, r, root.ID)
		if err != nil {
			return nil, err
		}
		verdict := rule.Judge(rule.Observe(d, dayOf(r.ClosedAt)))
		page.Columns = append(page.Columns, label(r))
		page.Overall = append(page.Overall, verdict.Overall.In(lang))
		for q := range verdict.Questions {
			page.Rows[q].Cells = append(page.Rows[q].Cells, outcomeCell(verdict.Questions[q].Outcome, lang))
		}
		if r.ID == p.round.ID {
			page.judged(verdict, lang)
		}
	}
	return page, nil
}

// judged puts in the verdict that the page is about.
func (p *auditPage) judged(v *audit.Verdict, lang string) {
	p.Whole, p.WholeWords, p.Lede = v.Overall, v.Overall.In(lang), v.Motivation(lang)[1:]
	for i := range v.Questions {
		q := &v.Questions[i]
		view := auditQuestion{ID: q.ID, Text: q.Text.In(lang), Outcome: outcomeCell(q.Outcome, lang), Words: q.Explain(lang)}
		if q.Index != nil {
			view.Index = format.Decimal(*q.Index, 1, lang)
		}
		p.Questions = append(p.Questions, view)
	}
}

func outcomeCell(o audit.Outcome, lang string) auditCell { return auditCell{string(o), o.In(lang)} }
