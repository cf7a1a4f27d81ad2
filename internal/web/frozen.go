package web

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/round"
)

// frozenPages is how many drawn pages are kept, of some 100 kB each.
const frozenPages = 256

// frozen answers with a page of a published round that the reader may see. It is
// drawn from frozen documents, so it is the same until another round is
// published, and for everybody with the same grants: it is drawn once. What it
// shows is the data that see returns; an error is answered.
func (s *Server) frozen(c *gin.Context, p published, page string, see func() (any, error)) {
	key := fmt.Sprint(page, c.Request.URL.RequestURI(), language(c), p.who.Grants, s.owner(c))
	for _, r := range slices.Concat(p.all, p.also) {
		if r.State == round.Published {
			key += " " + r.ID + " " + r.Analysis
		}
	}
	if out, ok := s.drawn.Get(key); ok {
		s.send(c, http.StatusOK, out)
		return
	}
	data, err := see()
	if err != nil {
		s.failed(c, err)
		return
	}
	out, err := s.html(c, page, data)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.drawn.Add(key, out)
	s.send(c, http.StatusOK, out)
}
