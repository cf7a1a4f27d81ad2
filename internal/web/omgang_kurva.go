package web

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/round"
)

// The curve's own measures; the page stretches it to its width.
const (
	curveWidth  = 1000
	curveHeight = 260
)

// curve is the share that has submitted, day by day, of a round and the one
// before it.
type curve struct {
	Now, Before   string // points of the lines, "" for none
	NowText       string
	BeforeText    string
	BeforeName    string
	EndX, EndY    string // where the line of this round ends, in per cent
	Mark          string // how high the share that the audit asks for lies, "" for none
	Days          []curveDay
	Submitted     int
	SubmittedThen int // in the round before, on the same day of the round
}

// curveDay is a row of the table beside the curve.
type curveDay struct {
	Day           string
	Submitted     int // since the first day
	Share, Before string
}

// curve makes the curve of a round from its first day on; nil where there is
// no more than one day, or where days were not counted.
func (s *Server) curve(c *gin.Context, r round.Round) (*curve, error) {
	now, err := s.submissions(c, r)
	if err != nil || len(now) < 2 {
		return nil, err
	}
	lang := language(c)
	v := &curve{Now: points(now, length(r), r.Invited), NowText: format.Percent(now[len(now)-1], r.Invited, lang), Submitted: now[len(now)-1]}
	v.EndX = fmt.Sprintf("%.1f%%", 100*float64(len(now)-1)/float64(length(r)))
	v.EndY = fmt.Sprintf("%.1f%%", 100-100*float64(v.Submitted)/float64(max(r.Invited, 1)))
	if s.config.Audit != nil {
		v.Mark = fmt.Sprintf("%.1f", curveHeight*(1-s.config.Audit.Thresholds.Response))
	}
	var then []int
	var last round.Round
	if r.Previous != "" {
		if last, err = s.rounds.Round(c, r.Previous); err != nil {
			return nil, err
		}
		if then, err = s.submissions(c, last); err != nil {
			return nil, err
		}
	}
	if len(then) > 1 {
		v.Before, v.BeforeName = points(then, length(r), last.Invited), last.Name
		v.SubmittedThen = then[min(len(now), len(then))-1]
		v.BeforeText = format.Percent(v.SubmittedThen, last.Invited, lang)
	}
	for i, n := range now {
		day := curveDay{Day: r.OpensAt().AddDate(0, 0, i).Format(round.DayFormat), Submitted: n, Share: format.Percent(n, r.Invited, lang)}
		if i < len(then) {
			day.Before = format.Percent(then[i], last.Invited, lang)
		}
		v.Days = append(v.Days, day)
	}
	return v, nil
}

// submissions returns how many had submitted by the end of each day of a round,
// up to today; nil where they do not add up to those who have.
func (s *Server) submissions(ctx context.Context, r round.Round) ([]int, error) {
	days, err := s.rounds.SubmittedByDay(ctx, r.ID)
	if err != nil || len(days) == 0 || r.OpensAt().After(s.now()) {
		return nil, err
	}
	var out []int
	sum := 0
	end := min(length(r), int(s.now().Sub(r.OpensAt()).Hours()/24)+1)
	for i := range end + 1 {
		day := r.OpensAt().AddDate(0, 0, i)
		if day.In(round.Sweden).Format(round.DayFormat) > s.now().In(round.Sweden).Format(round.DayFormat) {
			break
		}
		sum += days[day.Format(round.DayFormat)]
		out = append(out, sum)
	}
	return out, nil
}

// length is how many days lie between a round's first and last.
func length(r round.Round) int {
	return max(1, int(r.ClosesAt().Add(-time.Second).Sub(r.OpensAt()).Hours()/24))
}

func points(sums []int, days, invited int) string {
	var b strings.Builder
	for i, n := range sums {
		if i <= days {
			fmt.Fprintf(&b, "%.1f,%.1f ", float64(i)/float64(days)*curveWidth, curveHeight*(1-float64(n)/float64(max(invited, 1))))
		}
	}
	return strings.TrimSpace(b.String())
}
