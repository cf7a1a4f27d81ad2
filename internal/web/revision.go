package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/recommend"
	"github.com/mognad/mognad/internal/review"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

var errNoAudit = fail.New(fail.NotFound, "Installationen har inga revisionsfrågor. De står i filen audit.yaml bland frågeformulären.",
	"The installation has no audit questions. They are in the file audit.yaml beside the questionnaires.")

// auditPage is the verdict of a round, question by question, and of the rounds
// before it; or of the worked example, which has no round.
type auditPage struct {
	Example         bool
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
	Unreviewed      int  // facts that nobody has reviewed
	May             bool // the reader may review facts
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
	ID, Text     string
	Outcome      auditCell
	Index        string // 0–100, "" where there is none
	Words        audit.Explanation
	Requirements []auditRequirement
	Recommended  []auditRecommendation // where it is not met
}

// auditRecommendation is what helps to lift a question.
type auditRecommendation struct {
	Title, FirstStep string
	Href             string // where it is taken up as an action, "" for one who may not
}

// auditRequirement is one requirement with its level as bars.
type auditRequirement struct {
	audit.RequirementWords
	Item     string
	Bars     []auditBar // of what it counts as; none where it has no level
	Passage  string     // of the report, in the worked example
	Href     string     // where the fact is reviewed, "" for a rating
	Reviewed string     // day of the review
	Note     string     // the reviewer's
}

// auditBar is one of five, filled as far as the level reaches; lengths in an SVG.
type auditBar struct{ X, Filled string }

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
	reviews, err := s.seals(c, p, s.reviews.Seal)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.frozen(c, p, "revision", func() (any, error) { return s.auditPage(c, p) }, reviews)
}

// verdict judges a published round as of the day it closed; d is the document of
// the whole organisation.
func (s *Server) verdict(ctx context.Context, r round.Round, d *analysis.Document) (*audit.Verdict, error) {
	reviews, err := s.reviews.Of(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return review.Verdict(s.config.Audit, d, dayOf(r.ClosedAt), reviews), nil
}

func (s *Server) newAuditPage(lang string) auditPage {
	rule := s.config.Audit
	page := auditPage{Source: rule.Source.In(lang), Thresholds: rule.Thresholds,
		MetAt: format.Decimal(rule.Thresholds.Met, 0, lang), PartlyAt: format.Decimal(rule.Thresholds.Partly, 0, lang),
		ResponsePercent: format.Decimal(100*rule.Thresholds.Response, 0, lang)}
	for _, q := range rule.Questions {
		page.Rows = append(page.Rows, auditRow{Text: q.Text.In(lang)})
	}
	return page
}

func (s *Server) auditPage(c *gin.Context, p published) (any, error) {
	lang, root := language(c), p.tree.Root()
	page := s.newAuditPage(lang)
	page.Unit, page.Now, page.AsOf = root.Name, label(p.round), dayOf(p.round.ClosedAt)
	page.May = p.who.May(access.ReviewFacts, root.ID, p.tree)
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
		reviews, err := s.reviews.Of(c, r.ID)
		if err != nil {
			return nil, err
		}
		verdict := review.Verdict(s.config.Audit, d, dayOf(r.ClosedAt), reviews)
		page.column(label(r), verdict, lang)
		if r.ID == p.round.ID {
			page.judged(verdict, lang)
			page.recommended(s.config.Recommendations, verdict, d, lang, newActionPath(p, root.ID))
			page.reviewed(verdict, p, reviews)
		}
	}
	return page, nil
}

// auditExample shows the worked example: what an audit observed in 2020, each
// observation with its passage, judged by the rule in use.
func (s *Server) auditExample(c *gin.Context) {
	if s.config.Audit == nil {
		s.failed(c, errNoAudit)
		return
	}
	coding, err := audit.Example(s.config.Surveys)
	if err != nil {
		s.failed(c, fail.Wrap(err, fail.NotFound, "Exemplet passar inte installationens egna frågeformulär.", "The example does not fit the installation's own questionnaires."))
		return
	}
	lang := language(c)
	page := s.newAuditPage(lang)
	page.Example, page.AsOf, page.Unit = true, coding.AsOf, "Sölvesborgs kommun"
	verdict := s.config.Audit.Judge(*coding)
	page.column(coding.AsOf[:4], verdict, lang)
	page.judged(verdict, lang)
	page.recommended(s.config.Recommendations, verdict, &analysis.Document{}, lang, "")
	for q := range page.Questions {
		for i := range page.Questions[q].Requirements {
			r := &page.Questions[q].Requirements[i]
			r.Passage = coding.Items[r.Item].Passage
		}
	}
	s.render(c, http.StatusOK, "revision", page)
}

// column sets the verdict of a round beside those before it.
func (p *auditPage) column(name string, v *audit.Verdict, lang string) {
	p.Columns, p.Overall = append(p.Columns, name), append(p.Overall, v.Overall.In(lang))
	for q := range v.Questions {
		p.Rows[q].Cells = append(p.Rows[q].Cells, outcomeCell(v.Questions[q].Outcome, lang))
	}
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
		for j, words := range view.Words.Requirements {
			view.Requirements = append(view.Requirements, auditRequirement{RequirementWords: words, Item: q.Requirements[j].Item, Bars: barsOf(q.Requirements[j].CountsAs)})
		}
		p.Questions = append(p.Questions, view)
	}
}

// recommended puts in what is recommended for each question that is not met; take
// is the address where it is taken up as an action, "" for one who may not.
func (p *auditPage) recommended(book *recommend.Book, v *audit.Verdict, d *analysis.Document, lang, take string) {
	for i := range v.Questions {
		q := &v.Questions[i]
		if q.Outcome != audit.PartlyMet && q.Outcome != audit.NotMet {
			continue
		}
		for _, r := range book.ForAudit(q.ID, d, countsAs(v)) {
			view := auditRecommendation{Title: r.Title.In(lang), FirstStep: r.FirstStep.In(lang)}
			if take != "" {
				view.Href = take + "&rekommendation=" + url.QueryEscape(r.ID)
			}
			p.Questions[i].Recommended = append(p.Questions[i].Recommended, view)
		}
	}
}

// reviewed tells which facts have been reviewed, and where it is done.
func (p *auditPage) reviewed(v *audit.Verdict, of published, reviews map[string]review.Review) {
	waiting := map[string]bool{}
	for i := range v.Questions {
		for j, req := range v.Questions[i].Requirements {
			if !req.Fact {
				continue
			}
			view := &p.Questions[i].Requirements[j]
			r, done := reviews[req.Item]
			if done {
				view.Reviewed, view.Note = dayOf(r.At), r.Note
			} else {
				waiting[req.Item] = true
			}
			if p.May {
				view.Href = "/revision/fakta/" + url.PathEscape(req.Item) + "?omgang=" + url.QueryEscape(of.round.ID)
			}
		}
	}
	p.Unreviewed = len(waiting)
}

// The five bars of a level, each of barWidth, barStep apart.
const barWidth, barStep = 18.0, 20.5

// barsOf draws a level 1–5; none for 0.
func barsOf(level float64) (bars []auditBar) {
	if level == 0 {
		return nil
	}
	for i := range survey.Levels {
		filled := min(max(level-float64(i), 0), 1) * barWidth
		bars = append(bars, auditBar{strconv.FormatFloat(float64(i)*barStep, 'f', 1, 64), strconv.FormatFloat(filled, 'f', 1, 64)})
	}
	return bars
}

func outcomeCell(o audit.Outcome, lang string) auditCell { return auditCell{string(o), o.In(lang)} }
