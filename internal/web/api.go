package web

import (
	_ "embed"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/export"
)

//go:embed openapi.json
var openAPI []byte

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
	c.JSON(http.StatusOK, export.AnswerOf(d))
}

func (s *Server) apiDescription(c *gin.Context) {
	c.Data(http.StatusOK, "application/json; charset=utf-8", openAPI)
}
