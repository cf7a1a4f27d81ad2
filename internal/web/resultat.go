package web

import "github.com/gin-gonic/gin"

func (s *Server) resultHome(c *gin.Context)     { s.failed(c, errNoPage) }
func (s *Server) result(c *gin.Context)         { s.failed(c, errNoPage) }
func (s *Server) compare(c *gin.Context)        { s.failed(c, errNoPage) }
func (s *Server) apiResults(c *gin.Context)     { s.failed(c, errNoPage) }
func (s *Server) apiDescription(c *gin.Context) { s.failed(c, errNoPage) }
