package web

import (
	"cmp"
	"math"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// reviewView is every answer on one page, what is left, and submitting.
type reviewView struct {
	answering
	Areas []areaView
	Left  []leftView // while they can be answered
	First string     // address of the first theme
	Fault string
}

// leftView is an item without answer, and where it is asked.
type leftView struct {
	*survey.Item
	Theme round.SheetTheme
}

func (s *Server) answerReview(c *gin.Context) {
	if sheet, ok := s.sheet(c); ok {
		s.renderReview(c, http.StatusOK, sheet, "")
	}
}

func (s *Server) renderReview(c *gin.Context, status int, sheet *round.Sheet, fault string) {
	themes := sheet.Themes()
	v := reviewView{answering: s.answering(c, sheet), Areas: areasOf(themes), Fault: fault}
	v.First = "/svara/" + themes[0].Area.ID + "/" + themes[0].Theme.ID
	for _, th := range themes {
		for _, it := range th.Items {
			if v.Open && sheet.Entry(it.ID).Answer == survey.None {
				v.Left = append(v.Left, leftView{it, th})
			}
		}
	}
	s.render(c, status, "svara-granska", v)
}

func (s *Server) answerSubmit(c *gin.Context) {
	sheet, ok := s.sheet(c)
	if !ok {
		return
	}
	if owner := c.PostForm(ownerField); owner != "" && !ours(&owner, sheet.Invitation) {
		s.failed(c, errOther)
		return
	}
	err := s.rounds.Submit(c, sheet.Invitation)
	if err == nil {
		c.Redirect(http.StatusSeeOther, "/svara/kvitto")
		return
	}
	status, e := s.problem(c, err)
	if !fail.Is(err, fail.Invalid) && !fail.Is(err, fail.Closed) {
		s.failed(c, err)
		return
	}
	s.renderReview(c, status, sheet, e.In(language(c)))
}

// receiptView is the person's own result.
type receiptView struct {
	answering
	Themes    []ownTheme
	Shown     int // themes that have a figure
	High, Low []string
	Even      string    // the figure that every theme has
	Moved     *ownTheme // changed most since last year
	AnyBefore bool
	Rated     bool // the person is asked ratings at all
	Chart     *receiptChart
}

// Join writes names as a sentence does.
func (v receiptView) Join(names []string) string { return format.And(names, v.lang) }

// ownTheme is a row of the table: the person's own figures, in levels 1–5.
type ownTheme struct {
	Number       int
	Area, Title  survey.Text
	Now, Before  *float64
	Target       float64
	Answered, Of int // as the review counts: items answered, vet ej too, and items asked
}

func (s *Server) answerReceipt(c *gin.Context) {
	sheet, ok := s.sheet(c)
	if !ok {
		return
	}
	if !sheet.Submitted {
		c.Redirect(http.StatusSeeOther, "/svara/granska")
		return
	}
	own, err := sheet.Own()
	if err != nil {
		s.failed(c, err)
		return
	}
	v := receiptView{answering: s.answering(c, sheet), Themes: ownThemes(sheet, own)}
	v.Rated = len(v.Themes) > 0
	v.sum()
	if v.Chart, err = s.receiptChart(c, v); err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, http.StatusOK, "svara-kvitto", v)
}

// ownThemes returns the themes in which the person is asked ratings.
func ownThemes(sheet *round.Sheet, own *analysis.Document) []ownTheme {
	var out []ownTheme
	for _, th := range sheet.Themes() {
		row, weight := ownTheme{Number: len(out) + 1, Area: th.Area.Title, Title: th.Theme.Title, Answered: th.Answered, Of: len(th.Items)}, 0.0
		for _, it := range th.Items {
			if it.Kind != survey.Rating {
				continue
			}
			row.Target, weight = row.Target+it.Target*it.Weight, weight+it.Weight
		}
		if weight == 0 {
			continue
		}
		if f, ok := own.Figure(th.ID()); ok && f.Suppressed == analysis.Shown {
			row.Now, row.Target = &f.Mean, f.Target
		} else {
			row.Target /= weight // the chart's line of targets goes all the way round
		}
		if f, ok := own.Previous.Figure(th.ID()); ok && f.Suppressed == analysis.Shown {
			row.Before = &f.Mean
		}
		out = append(out, row)
	}
	return out
}

// sum finds what the sentence over the chart says: which themes are highest and
// lowest, of figures as they are shown, and which has changed most.
func (v *receiptView) sum() {
	shown := slices.DeleteFunc(slices.Clone(v.Themes), func(t ownTheme) bool { return t.Now == nil })
	v.Shown = len(shown)
	written := func(level *float64) string { return format.Decimal(*level, 1, v.lang) }
	for i, t := range shown {
		if t.Before == nil {
			continue
		}
		v.AnyBefore = true
		if written(t.Now) != written(t.Before) && (v.Moved == nil || math.Abs(*t.Now-*t.Before) > math.Abs(*v.Moved.Now-*v.Moved.Before)) {
			v.Moved = &shown[i]
		}
	}
	if len(shown) < 2 {
		return
	}
	byLevel := func(a, b ownTheme) int { return cmp.Compare(*a.Now, *b.Now) }
	top, bottom := written(slices.MaxFunc(shown, byLevel).Now), written(slices.MinFunc(shown, byLevel).Now)
	if top == bottom {
		v.Even = top
		return
	}
	for _, t := range shown {
		switch written(t.Now) {
		case top:
			v.High = append(v.High, t.Title.In(v.lang))
		case bottom:
			v.Low = append(v.Low, t.Title.In(v.lang))
		}
	}
}
