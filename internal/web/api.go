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
	if _, d, ok := s.document(c, c.Param("round"), c.Query("unit")); ok {
		c.JSON(http.StatusOK, export.AnswerOf(d))
	}
}

func (s *Server) apiDescription(c *gin.Context) {
	c.Data(http.StatusOK, "application/json; charset=utf-8", openAPI)
}
