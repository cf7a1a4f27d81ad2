package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/export"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/opendata"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// openDataPath is where everybody finds what is given as open data. The addresses
// below it are stable: others' programs read them.
const openDataPath = "/oppna-data"

// openSet is a round that is given.
type openSet struct {
	Round   round.Round
	Release opendata.Release
	Tree    *org.Tree
}

func (o openSet) Owner() string { return o.Tree.Root().Name }
func (o openSet) Now() string   { return label(o.Round) }
func (o openSet) Href() string  { return openDataPath + "/" + url.PathEscape(o.Round.ID) }
func (o openSet) Units() int    { return unitsDown(o.Tree)[o.Release.Depth] }
func (o openSet) Given() string { return o.Release.At.In(round.Sweden).Format(round.DayFormat) }

// File is the address of one of its files.
func (o openSet) File(kind string) string { return o.Href() + "/mognad." + kind }

// unitsDown are how many units a tree has down to each depth.
func unitsDown(tree *org.Tree) (n [opendata.MaxDepth + 1]int) {
	depth := make([]int, tree.Len())
	for i := range tree.Units() {
		if parent := tree.ParentIndex(i); parent >= 0 {
			depth[i] = depth[parent] + 1
		}
		for d := depth[i]; d < len(n); d++ {
			n[d]++
		}
	}
	return n
}

// openDataPage is the page of all that is given, and of what the reader may give.
type openDataPage struct {
	Given          []openSet
	May            bool // the reader may give rounds
	Own            []openOwn
	Problem, Field string
}

// openOwn is a published round that the reader may give, and the form for it.
type openOwn struct {
	openSet
	Down  [opendata.MaxDepth + 1]int // units down to each depth
	Depth int                        // chosen; -1 for no choice
	Sure  bool
	Wrong bool // it is this form that is faulty
}

func (s *Server) openData(c *gin.Context) { s.showOpenData(c, http.StatusOK, openOwn{}, nil) }

// showOpenData renders the page, with a form as it was typed where it was faulty.
func (s *Server) showOpenData(c *gin.Context, status int, typed openOwn, problem *fail.Error) {
	var page openDataPage
	id, err := s.identity(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	page.May = id.Has(access.GiveOpenData)
	rounds, err := s.rounds.Rounds(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	for _, r := range rounds {
		if r.State != round.Published {
			continue
		}
		o, err := s.openSet(c, r)
		if err != nil {
			s.failed(c, err)
			return
		}
		if o.Release.On {
			page.Given = append(page.Given, o)
		}
		if id.May(access.GiveOpenData, o.Tree.Root().ID, o.Tree) {
			own := openOwn{openSet: o, Down: unitsDown(o.Tree), Depth: opendata.DefaultDepth}
			if problem != nil && r.ID == typed.Round.ID {
				own.Depth, own.Sure, own.Wrong = typed.Depth, typed.Sure, true
				page.Problem, page.Field = problem.In(language(c)), problem.Field+"-"+r.ID
			}
			page.Own = append(page.Own, own)
		}
	}
	s.render(c, status, "oppna-data", page)
}

func (s *Server) openSet(c *gin.Context, r round.Round) (o openSet, err error) {
	o.Round = r
	if o.Release, err = s.opendata.Of(c, r.ID); err == nil {
		o.Tree, err = s.rounds.Tree(c, r)
	}
	return o, err
}

// givenSet finds the round that an address names, if it is given; else it has
// answered, as of one that is not there.
func (s *Server) givenSet(c *gin.Context) (o openSet, ok bool) {
	r, err := s.rounds.Round(c, c.Param("round"))
	if fail.Is(err, fail.NotFound) {
		err = errNoPage
	}
	if err == nil {
		o.Round = r
		o.Release, err = s.opendata.Given(c, r)
	}
	if err == nil {
		o.Tree, err = s.rounds.Tree(c, r)
	}
	if err != nil {
		s.failed(c, err)
		return o, false
	}
	return o, true
}

// openRoundPage tells of one round that is given.
type openRoundPage struct {
	openSet
	Base               string
	Hidden             []openHidden
	Fields             []export.Column
	Licence, LicenceAt string
	Source             string
}

// Kinds are those of the files.
func (p openRoundPage) Kinds() []string { return openKinds }

var openKinds = []string{"csv", "json"}

// openHidden is a unit with no figures, and why.
type openHidden struct{ Name, Above, Why string }

func (s *Server) openRound(c *gin.Context) {
	o, ok := s.givenSet(c)
	if !ok {
		return
	}
	hidden, err := s.hiddenUnits(c, o)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, http.StatusOK, "oppna-data-omgang", openRoundPage{openSet: o, Base: s.config.BaseURL.String(), Hidden: hidden, Fields: export.Fields(),
		Licence: export.Licence, LicenceAt: export.LicenceURL, Source: export.Source(language(c), o.Owner(), o.Now())})
}

// hiddenUnits are those down to the depth that show nothing, parents before
// children. A document has its children, so those of the lowest are not read.
func (s *Server) hiddenUnits(c *gin.Context, o openSet) (out []openHidden, err error) {
	add := func(name, above string, why analysis.Reason) {
		if why != analysis.Shown {
			out = append(out, openHidden{name, above, export.Why(language(c), why, o.Round.MinGroup)})
		}
	}
	var walk func(id string, depth int) error
	walk = func(id string, depth int) error {
		d, err := s.rounds.Document(c, o.Round, id)
		if err != nil {
			return err
		}
		if depth == 0 {
			add(d.Unit.Name, "", d.Suppressed)
		}
		if depth == o.Release.Depth {
			return nil
		}
		for _, child := range d.Children {
			add(child.Unit.Name, d.Unit.Name, child.Suppressed)
			if depth+1 < o.Release.Depth {
				if err := walk(child.Unit.ID, depth+1); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return out, walk(o.Tree.Root().ID, 0)
}

// openMedia are the kinds of files.
var openMedia = map[string]string{"mognad.csv": "text/csv", "mognad.json": "application/json"}

// openFile gives a file. It is made once and kept compressed: how often strangers
// ask for it costs next to nothing.
func (s *Server) openFile(c *gin.Context) {
	o, ok := s.givenSet(c)
	if !ok {
		return
	}
	name := c.Param("file")
	media, ok := openMedia[name]
	if !ok {
		s.failed(c, errNoPage)
		return
	}
	key := fmt.Sprint("open ", name, " ", o.Round.ID, " ", o.Round.Analysis, " ", o.Release, s.config.BaseURL)
	sum := sha256.Sum256([]byte(key))
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
	packed, err := s.openPacked(c, key, o, name)
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Header("ETag", tag)
	openToAll(c)
	if strings.Contains(c.GetHeader("If-None-Match"), tag) {
		c.Status(http.StatusNotModified)
		return
	}
	c.Header("Content-Disposition", `inline; filename="mognad-`+plain(o.Round.ID)+strings.TrimPrefix(name, "mognad")+`"`)
	s.sendOpen(c, media+"; charset=utf-8", packed)
}

// openToAll lets pages and programs of other hosts read the answer, which may be
// kept but is to be asked for again, since it can be taken back.
func openToAll(c *gin.Context) {
	c.Header("Cache-Control", "no-cache")
	c.Header("Access-Control-Allow-Origin", "*")
	c.Header("Cross-Origin-Resource-Policy", "cross-origin")
}

// openPacked returns a file compressed, made by one at a time.
func (s *Server) openPacked(c *gin.Context, key string, o openSet, name string) ([]byte, error) {
	if packed, ok := s.drawn.Get(key); ok {
		return packed, nil
	}
	select {
	case s.making <- struct{}{}:
		defer func() { <-s.making }()
	case <-c.Request.Context().Done():
		return nil, c.Request.Context().Err()
	}
	if packed, ok := s.drawn.Get(key); ok {
		return packed, nil
	}
	file, err := s.openExport(c, o)
	if err != nil {
		return nil, err
	}
	write := file.CSV
	if name == "mognad.json" {
		write = file.JSON
	}
	var out bytes.Buffer
	pack := gzip.NewWriter(&out)
	if err := errors.Join(write(pack), pack.Close()); err != nil {
		return nil, err
	}
	s.drawn.Add(key, out.Bytes())
	return out.Bytes(), nil
}

// openExport is a given round as its files are made of it: in Swedish, whoever
// asks, so that an address always has the same content.
func (s *Server) openExport(ctx context.Context, o openSet) (export.Open, error) {
	set, err := s.rounds.Set(ctx, o.Round)
	if err != nil {
		return export.Open{}, err
	}
	var ids []string
	depth := make([]int, o.Tree.Len())
	for i, u := range o.Tree.Units() {
		if parent := o.Tree.ParentIndex(i); parent >= 0 {
			depth[i] = depth[parent] + 1
		}
		if depth[i] <= o.Release.Depth {
			ids = append(ids, u.ID)
		}
	}
	return export.Open{Depth: o.Release.Depth, Given: o.Given(), Result: export.Result{Lang: "sv", Owner: o.Owner(), Round: o.Now(), Opens: o.Round.OpensOn, Closes: o.Round.ClosesOn, Set: set,
		Documents: s.rounds.Each(ctx, o.Round, ids)}}, nil
}

// sendOpen answers with compressed content: as it is to whoever takes it so.
func (s *Server) sendOpen(c *gin.Context, media string, packed []byte) {
	c.Header("Content-Type", media)
	c.Header("Vary", "Accept-Encoding")
	if acceptsGzip(c.GetHeader("Accept-Encoding")) {
		c.Header("Content-Encoding", "gzip")
		c.Data(http.StatusOK, media, packed)
		return
	}
	stream(c, media, func(w io.Writer) error {
		r, err := gzip.NewReader(bytes.NewReader(packed))
		if err == nil {
			_, err = io.Copy(w, r)
		}
		return err
	})
}

// openCatalogue tells other catalogues what is given.
func (s *Server) openCatalogue(c *gin.Context) {
	rounds, err := s.rounds.Rounds(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	base := s.config.BaseURL.String()
	var sets []opendata.Dataset
	for _, r := range rounds {
		if r.State != round.Published {
			continue
		}
		o, err := s.openSet(c, r)
		if err == nil && o.Release.On {
			var d opendata.Dataset
			d, err = s.dataset(c, base, o)
			sets = append(sets, d)
		}
		if err != nil {
			s.failed(c, err)
			return
		}
	}
	out, err := opendata.Catalogue(base+openDataPath, s.owner(c), export.LicenceURL, sets)
	if err != nil {
		s.failed(c, err)
		return
	}
	openToAll(c)
	c.Data(http.StatusOK, "application/ld+json", out)
}

func (s *Server) dataset(c *gin.Context, base string, o openSet) (opendata.Dataset, error) {
	contact, err := s.notices.Contact(c, append(o.Round.Above, o.Tree.Root().ID))
	in := func(key string, args ...any) survey.Text {
		return survey.Text{SV: fmt.Sprintf(s.pages.say("sv", key), args...), EN: fmt.Sprintf(s.pages.say("en", key), args...)}
	}
	d := opendata.Dataset{Address: base + o.Href(), Title: in("open.set", o.Owner(), o.Now()), Meaning: in("open.meaning", o.Owner(), o.Round.MinGroup), Publisher: o.Owner(), PublisherID: url.PathEscape(o.Tree.Root().ID),
		Opens: o.Round.OpensOn, Closes: o.Round.ClosesOn, Given: o.Given(), Contact: contact.Name, Email: contact.Email}
	for _, kind := range openKinds {
		d.Files = append(d.Files, opendata.File{Address: base + o.File(kind), Title: in("open." + kind), Media: openMedia["mognad."+kind]})
	}
	return d, err
}
