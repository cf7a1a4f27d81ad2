package web

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/export"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/trail"
)

// takePage is what a unit's result can be taken along as.
type takePage struct {
	Unit, Now, Href string
	Path            []link
	MinGroup        int
	Hidden          string
	Meet            []takeFile
	Files           []takeFile
	Charts          savedCharts
}

// takeFile is one file; its texts are "take.KIND" and "take.KIND.for".
type takeFile struct {
	Kind, Href string
	Units      int
	Rows       int // 0 where it has no rows to count
}

// takeAlong is the page that lists the files.
func (s *Server) takeAlong(c *gin.Context) {
	p, unit, ok := s.requested(c, c.Query("omgang"), c.Param("unit"))
	if !ok {
		return
	}
	s.frozen(c, p, "ta-med", func() (any, error) { return s.takePage(c, p, unit) })
}

func (s *Server) takePage(c *gin.Context, p published, unit string) (any, error) {
	d, err := s.rounds.Document(c, p.round, unit)
	if err != nil {
		return nil, err
	}
	page := takePage{Unit: d.Unit.Name, Now: label(p.round), Href: p.href(unit), Path: p.path(d), MinGroup: d.MinGroup, Hidden: string(d.Suppressed)}
	if page.Hidden == "" {
		page.Meet = p.meetings(unit)
	}
	units := len(p.below(unit))
	for _, kind := range []string{"xlsx", "csv", "json"} {
		page.Files = append(page.Files, takeFile{kind, p.under(unit, "resultat."+kind), units, units * len(d.Figures)})
	}
	page.Charts = saved(p.href(unit), s.unitDiagrams(newUnitViews(p.views, d, label(p.round), p.then(d))))
	return page, nil
}

// meetings are the ways to read a unit's result together; their texts are
// "take.meet.KIND", with ".for" and ".open".
func (p published) meetings(unit string) (out []takeFile) {
	for _, kind := range []string{"rapport", "samtal", "presentation"} {
		out = append(out, takeFile{Kind: kind, Href: p.under(unit, kind)})
	}
	return out
}

// under is the address of something that belongs to a unit's result.
func (p published) under(unit, name string) string {
	path, _, _ := strings.Cut(p.href(unit), "?")
	return path + "/" + name + p.query("?")
}

// below are the ids of a unit and of those below it that the reader may see,
// parents before children.
func (p published) below(unit string) (ids []string) {
	for _, u := range p.tree.Units() {
		if p.tree.Within(u.ID, unit) && p.who.May(access.ReadResults, u.ID, p.tree) {
			ids = append(ids, u.ID)
		}
	}
	return ids
}

// exported is the result of a unit, and of those below it, as files are made of it.
func (s *Server) exported(c *gin.Context, p published, top *analysis.Document) export.Result {
	return export.Result{Lang: language(c), Owner: s.owner(c), Round: label(p.round), Then: p.then(top), Opens: p.round.OpensOn, Closes: p.round.ClosesOn,
		Day: s.now().In(round.Sweden).Format(round.DayFormat), Set: p.views.set, Documents: s.rounds.Each(c, p.round, p.below(top.Unit.ID))}
}

// take begins a file of a unit's result: the unit's document, and a line in the
// log. It has answered where ok is false.
func (s *Server) take(c *gin.Context, e trail.Event) (p published, d *analysis.Document, ok bool) {
	if p, d, ok = s.document(c, c.Query("omgang"), c.Param("unit")); !ok {
		return p, nil, false
	}
	e.Actor, e.Unit, e.Round = p.who.Account, d.Unit.ID, p.round.ID
	if err := s.log.Append(c, e); err != nil { // what leaves untold does not leave
		s.failed(c, err)
		return p, nil, false
	}
	return p, d, true
}

var unsafeName = regexp.MustCompile(`[^a-z0-9-]+`)

// plain is a name in the letters that files are named by everywhere.
func plain(name string) string {
	return strings.Trim(unsafeName.ReplaceAllString(strings.ToLower(name), "-"), "-")
}

// attach says what the file is called when it is saved: names of ours, with the
// round's and the unit's id in plain letters.
func attach(c *gin.Context, round, unit, rest string) {
	c.Header("Content-Disposition", `attachment; filename="`+plain("mognad-"+round+"-"+unit)+rest+`"`)
}

// alone does what takes much memory: one at a time, and without waiting for a slow
// reader to get what was made.
func (s *Server) alone(c *gin.Context, do func() error) error {
	select {
	case s.making <- struct{}{}:
		defer func() { <-s.making }()
		return do()
	case <-c.Request.Context().Done():
		return c.Request.Context().Err() // the browser has gone
	}
}

// takeWorkbook gives the workbook.
func (s *Server) takeWorkbook(c *gin.Context) {
	p, d, ok := s.take(c, trail.Event{Action: "export.xlsx"})
	if !ok {
		return
	}
	var out bytes.Buffer
	err := s.alone(c, func() (err error) {
		result := s.exported(c, p, d)
		if result.Actions, err = s.exportedActions(c, p, d.Unit.ID); err == nil {
			err = result.Workbook(&out)
		}
		return err
	})
	if err != nil {
		s.failed(c, err)
		return
	}
	attach(c, p.round.ID, d.Unit.ID, ".xlsx")
	c.Data(http.StatusOK, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", out.Bytes())
}

func (s *Server) takeCSV(c *gin.Context) {
	if p, d, ok := s.take(c, trail.Event{Action: "export.csv"}); ok {
		attach(c, p.round.ID, d.Unit.ID, ".csv")
		stream(c, "text/csv; charset=utf-8", s.exported(c, p, d).CSV)
	}
}

func (s *Server) takeJSON(c *gin.Context) {
	if p, d, ok := s.take(c, trail.Event{Action: "export.json"}); ok {
		attach(c, p.round.ID, d.Unit.ID, ".json")
		stream(c, "application/json; charset=utf-8", s.exported(c, p, d).JSON)
	}
}

// stream sends a file as it is made. Should it fail midway the connection is
// broken off, so that nobody takes half a file for a whole.
func stream(c *gin.Context, kind string, write func(io.Writer) error) {
	c.Header("Content-Type", kind)
	if err := write(c.Writer); err != nil {
		slog.ErrorContext(c, "file broken off", "route", c.FullPath(), "err", err)
		panic(http.ErrAbortHandler)
	}
}
