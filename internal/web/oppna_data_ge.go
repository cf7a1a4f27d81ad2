package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
)

// givable finds the round that an address names, and tells whether the reader may
// give it; when not, it has answered.
func (s *Server) givable(c *gin.Context) (o openSet, account string, ok bool) {
	r, err := s.rounds.Round(c, c.Param("round"))
	if fail.Is(err, fail.NotFound) || err == nil && r.Units == "" {
		err = errNotYours // as of one that is another's
	}
	if err == nil {
		o, err = s.openSet(c, r)
	}
	if err != nil {
		s.failed(c, err)
		return o, "", false
	}
	id, _ := s.identity(c) // the rule has asked
	return o, id.Account, s.unit(c, access.GiveOpenData, o.Tree.Root().ID, o.Tree)
}

// openGive gives a round to everybody.
func (s *Server) openGive(c *gin.Context) {
	o, account, ok := s.givable(c)
	if !ok {
		return
	}
	depth, err := strconv.Atoi(c.PostForm("depth"))
	if err != nil {
		depth = -1
	}
	typed := openOwn{openSet: o, Depth: depth, Sure: c.PostForm("sure") == "ja"}
	err = s.opendata.Give(c, account, o.Round, depth, typed.Sure)
	if fail.Is(err, fail.Invalid) {
		status, problem := s.problem(c, err)
		s.showOpenData(c, status, typed, problem)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, openDataPath)
}

// openTakeBack ends it.
func (s *Server) openTakeBack(c *gin.Context) {
	o, account, ok := s.givable(c)
	if !ok {
		return
	}
	if err := s.opendata.TakeBack(c, account, o.Round); err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, openDataPath)
}
