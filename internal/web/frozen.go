package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/round"
)

// frozenBytes is how much is kept of drawn pages and of open data, as they go over
// the wire: a page is some 10 to 50 kB.
const frozenBytes = 48 << 20

// frozen answers with a page of a published round that the reader may see. It is
// drawn from frozen documents, so it is the same until another round is
// published, and for everybody with the same grants: it is drawn and compressed
// once. What it shows is the data that see returns, and what it shows besides that
// can change is told by also; an error is answered.
func (s *Server) frozen(c *gin.Context, p published, page string, see func() (any, error), also ...any) {
	for _, r := range slices.Concat(p.all, p.also) {
		if r.State == round.Published {
			also = append(also, r.ID, r.Analysis)
		}
	}
	s.kept(c, p.who, page, see, also...)
}

// kept answers with a page that is drawn and compressed once for everybody with
// the same grants, as long as what it shows is the same: JSON has to tell in from
// all of that which can change. What it shows is the data that see returns; an
// error is answered.
func (s *Server) kept(c *gin.Context, who access.Identity, page string, see func() (any, error), from ...any) {
	content, err := json.Marshal([]any{page, c.Request.URL.RequestURI(), language(c), who.Grants, s.owner(c), from})
	if err != nil {
		s.failed(c, err)
		return
	}
	sum := sha256.Sum256(content)
	key := string(sum[:])
	packed, ok := s.drawn.Get(key)
	if !ok {
		data, err := see()
		if err != nil {
			s.failed(c, err)
			return
		}
		out, err := s.html(c, page, data)
		if err == nil {
			packed, err = pack(out)
		}
		if err != nil {
			s.failed(c, err)
			return
		}
		s.drawn.Add(key, packed)
	}
	s.sendPacked(c, packed)
}

// seals are those that of gives of each published round.
func (s *Server) seals(c *gin.Context, p published, of func(ctx context.Context, round string) (string, error)) (out []string, err error) {
	for _, r := range p.all {
		if r.State != round.Published {
			continue
		}
		seal, err := of(c, r.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, seal)
	}
	return out, nil
}

// sendPacked answers with a page that is compressed: as it is to whoever takes
// it so, which browsers do.
func (s *Server) sendPacked(c *gin.Context, packed []byte) {
	if acceptsGzip(c.GetHeader("Accept-Encoding")) {
		c.Header("Content-Encoding", "gzip") // and so it is not compressed once more
		s.send(c, http.StatusOK, packed)
		return
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err == nil {
		var out []byte
		if out, err = io.ReadAll(r); err == nil {
			s.send(c, http.StatusOK, out)
			return
		}
	}
	s.failed(c, err)
}

// acceptsGzip tells whether an Accept-Encoding names gzip, and not with q=0.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		weight, given := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(parameters, " ", "")), "q=")
		if !given {
			return true
		}
		q, err := strconv.ParseFloat(weight, 64)
		return err == nil && q > 0
	}
	return false
}
