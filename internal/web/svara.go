package web

import "github.com/gin-gonic/gin"

func (s *Server) answerStart(c *gin.Context)     { s.failed(c, errNoPage) }
func (s *Server) answerTheme(c *gin.Context)     { s.failed(c, errNoPage) }
func (s *Server) answerThemePost(c *gin.Context) { s.failed(c, errNoPage) }
func (s *Server) answerSave(c *gin.Context)      { s.failed(c, errNoPage) }
func (s *Server) answerMine(c *gin.Context)      { s.failed(c, errNoPage) }
func (s *Server) answerReview(c *gin.Context)    { s.failed(c, errNoPage) }
func (s *Server) answerSubmit(c *gin.Context)    { s.failed(c, errNoPage) }
func (s *Server) answerReceipt(c *gin.Context)   { s.failed(c, errNoPage) }
