package web

import (
	_ "embed"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/analysis"
)

//go:embed openapi.json
var openAPI []byte

// apiAnswer is what the API gives of a unit: the rows of `mognad analyse` for
// it and the units directly below.
type apiAnswer struct {
	Round      string                   `json:"round"`
	Unit       string                   `json:"unit"`
	MinGroup   int                      `json:"min_group"`
	Results    []analysis.Row           `json:"results"`
	Competence []analysis.CompetenceRow `json:"competence"`
}

func (s *Server) apiResults(c *gin.Context) {
	p, unit, ok := s.requested(c, c.Param("round"), c.Query("unit"))
	if !ok {
		return
	}
	d, err := s.rounds.Document(c, p.round, unit)
	if err != nil {
		s.failed(c, err)
		return
	}
	c.JSON(http.StatusOK, answerOf(d))
}

// answerOf writes a frozen document as rows: the unit's first, then those of
// each unit below, without items.
func answerOf(d *analysis.Document) apiAnswer {
	out := apiAnswer{Round: d.Round, Unit: d.Unit.ID, MinGroup: d.MinGroup, Results: []analysis.Row{}, Competence: []analysis.CompetenceRow{}}
	add := func(unit string, figures []analysis.Figure, competence []analysis.CompetenceFigure) {
		for _, f := range figures {
			out.Results = append(out.Results, analysis.Row{Unit: unit, Figure: f})
		}
		for _, f := range competence {
			out.Competence = append(out.Competence, analysis.CompetenceRow{Unit: unit, CompetenceFigure: f})
		}
	}
	add(d.Unit.ID, d.Figures, d.Competence)
	for _, c := range d.Children {
		add(c.Unit.ID, c.Figures, c.Competence)
	}
	return out
}

func (s *Server) apiDescription(c *gin.Context) {
	c.Data(http.StatusOK, "application/json; charset=utf-8", openAPI)
}
