package web

import (
	"net/http"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"
)

// language returns "sv" or "en": what the person has chosen, else Swedish. The
// browser is not asked: in a Swedish kommun many are set to English.
func language(c *gin.Context) string {
	if v := cookie(c, languageCookie); v == "en" || v == "sv" {
		return v
	}
	if q := c.Query("lang"); q == "en" || q == "sv" {
		return q
	}
	return "sv"
}

// setLanguage keeps the language chosen and goes back to where it was chosen.
func (s *Server) setLanguage(c *gin.Context) {
	s.chooseLanguage(c, c.Param("lang"))
	c.Redirect(http.StatusSeeOther, local(c.Query("till")))
}

func (s *Server) chooseLanguage(c *gin.Context, lang string) {
	if lang == "sv" || lang == "en" {
		s.setCookie(c, languageCookie, lang, 365*24*3600)
	}
}

// local returns a path on this site: where it is none, the start page, so that
// nobody is sent to another site (open redirect).
func local(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) || strings.ContainsFunc(path, unicode.IsControl) {
		return "/"
	}
	return path
}
