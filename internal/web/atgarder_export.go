package web

import (
	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/export"
)

// exportedActions returns the actions of a unit and below it as a workbook tells of
// them: nil for one who may see none.
func (s *Server) exportedActions(c *gin.Context, p published, unit string) ([]export.Action, error) {
	if !p.who.May(access.ReadActions, unit, p.tree) {
		return nil, nil
	}
	within, err := s.actionsWithin(c, p, unit)
	if err != nil {
		return nil, err
	}
	out := []export.Action{}
	for _, a := range within {
		of, _ := a.tree.Unit(a.Unit)
		row := export.Action{Title: a.Title, What: a.What, Unit: of.Name, Owner: a.Owner, Start: a.Start, Due: a.Due, ID: a.ID, Late: a.Late(s.today()),
			Status: s.pages.say(p.views.lang, "action.status."+string(a.Status)), FromRound: label(p.roundOf(a.Round))}
		rounds, lifts, err := s.lifts(c, p, a.Action)
		if err != nil {
			return nil, err
		}
		for _, l := range lifts {
			out = append(out, s.exportedLift(row, p.views, rounds, l))
		}
	}
	return out, nil
}

// exportedLift fills in one of the items.
func (s *Server) exportedLift(row export.Action, v views, rounds []string, l lift) export.Action {
	row.Question, row.Expected = v.names.Of(l.ID, v.lang), l.Expected
	if l.From > 0 {
		row.From = &l.From
	}
	if n := len(rounds); n > 0 {
		m := l.Later[n-1]
		row.MeasuredRound, row.Outcome = rounds[n-1], s.pages.say(v.lang, "action.outcome."+string(l.Outcome(m)))
		if m.Shown {
			row.Measured, row.N = &m.Level, m.N
		}
	}
	return row
}
