package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/intake"
	"github.com/mognad/mognad/internal/org"
)

// importPath is where files are sent; limited lets more through there.
const importPath = "/organisation/import"

// uploadView is what the page for choosing files shows.
type uploadView struct {
	Tops     []org.Unit
	Top      string
	Problem  string
	UnderWay []string // files of an import that can be gone on with
}

func (s *Server) importPage(c *gin.Context) { s.showUpload(c, http.StatusOK, "", nil) }

func (s *Server) showUpload(c *gin.Context, status int, top string, problem *fail.Error) {
	tops, _, _, ok := s.organisationTops(c)
	if !ok {
		return
	}
	v := uploadView{Tops: tops, Top: top}
	if top == "" {
		v.Top = tops[0].ID
	}
	if problem != nil {
		v.Problem = problem.In(language(c))
	}
	id, _ := s.identity(c) // organisationTops has asked
	session, err := s.intake.Session(c, id.Account)
	if err != nil && !fail.Is(err, fail.NotFound) {
		s.failed(c, err)
		return
	}
	if session != nil {
		v.UnderWay = session.Files
	}
	s.render(c, status, "organisation-import", v)
}

var errNoFile = fail.New(fail.Invalid, "Välj en fil att läsa in.", "Choose a file to import.")
var errLargeFile = fail.New(fail.Invalid, "Filen är för stor: högst 10 MB. Ta bort blad och kolumner som inte behövs.", "The file is too large: at most 10 MB. Remove sheets and columns that are not needed.")

// uploads reads the files of a form.
func uploads(c *gin.Context) ([]intake.Upload, error) {
	form, err := c.MultipartForm()
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, errLargeFile
	}
	if err != nil {
		return nil, errNoFile
	}
	defer form.RemoveAll()
	var out []intake.Upload
	for _, h := range form.File["files"] {
		f, err := h.Open()
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(f)
		f.Close()
		if err != nil {
			return nil, err
		}
		if len(content) > 0 || h.Filename != "" {
			out = append(out, intake.Upload{Name: h.Filename, Content: content})
		}
	}
	if len(out) == 0 {
		return nil, errNoFile
	}
	return out, nil
}

func (s *Server) importStart(c *gin.Context) {
	files, err := uploads(c)
	top := c.PostForm("top")
	if err == nil {
		var ok bool
		if top == "" {
			var tops []org.Unit
			if tops, _, _, ok = s.organisationTops(c); !ok {
				return
			}
			top = tops[0].ID
		}
		tree, ok := s.units(c)
		if !ok || !s.unit(c, access.ManagePeople, top, tree) {
			return
		}
		id, _ := s.identity(c) // s.unit has asked
		err = s.intake.Start(c, id.Account, top, files)
	}
	if fail.Is(err, fail.Invalid) {
		status, e := s.problem(c, err)
		s.showUpload(c, status, top, e)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, importPath+"/kolumner")
}

// importing returns the import under way of the signed-in person, who may look
// after its top unit still; false when it has answered.
func (s *Server) importing(c *gin.Context) (*intake.Session, string, *org.Tree, bool) {
	id, err := s.identity(c)
	if err != nil {
		s.failed(c, err)
		return nil, "", nil, false
	}
	session, err := s.intake.Session(c, id.Account)
	if err != nil {
		s.failed(c, err)
		return nil, "", nil, false
	}
	tree, ok := s.units(c)
	if !ok || !s.unit(c, access.ManagePeople, session.Top, tree) {
		return nil, "", nil, false
	}
	return session, id.Account, tree, true
}

// columnsView is what the page that matches columns shows.
type columnsView struct {
	Sheets  []sheetView
	Problem string
	Field   string
}

type sheetView struct {
	Index, Rows int
	Name        string
	Match       intake.SheetMatch
	Columns     []columnView
	Fields      []string
}

// Drawn names what the sheet's columns on the page belong to; the form says it
// back, as a choice is not stored before all of it is right.
func (v sheetView) Drawn() string { return columnsOf(v.Match.Use, v.Match.Heading) }

func columnsOf(use string, heading int) string { return fmt.Sprint(use, " ", heading) }

type columnView struct {
	intake.Column
	Index int
	Field string
}

func (s *Server) importColumns(c *gin.Context) {
	if session, _, _, ok := s.importing(c); ok {
		s.showColumns(c, http.StatusOK, session, nil)
	}
}

func (s *Server) showColumns(c *gin.Context, status int, session *intake.Session, problem *fail.Error) {
	v := columnsView{}
	if problem != nil {
		v.Problem, v.Field = problem.In(language(c)), problem.Field
	}
	for i, sheet := range session.Sheets {
		m := session.Match.Sheets[i]
		sv := sheetView{Index: i, Name: sheet.Name, Match: m, Rows: len(m.Body(sheet)), Fields: intake.Fields(m.Use)}
		for j, column := range m.Columns(sheet) {
			cv := columnView{Column: column, Index: j}
			if j < len(m.Fields) {
				cv.Field = m.Fields[j]
			}
			sv.Columns = append(sv.Columns, cv)
		}
		v.Sheets = append(v.Sheets, sv)
	}
	s.render(c, status, "organisation-kolumner", v)
}

func (s *Server) importColumnsSave(c *gin.Context) {
	session, account, _, ok := s.importing(c)
	if !ok {
		return
	}
	anew := c.PostForm("visa") != "" // what a sheet holds is chosen: show its columns
	for i, sheet := range session.Sheets {
		use, heading := c.PostForm(fmt.Sprintf("use%d", i)), session.Match.Sheets[i].Heading
		if n, err := strconv.Atoi(c.PostForm(fmt.Sprintf("heading%d", i))); err == nil && n > 0 {
			heading = n
		}
		if use != intake.Units && use != intake.People {
			use = intake.Unused
		}
		if c.PostForm(fmt.Sprintf("drawn%d", i)) != columnsOf(use, heading) {
			anew = anew || use != intake.Unused
			session.Use(i, use, heading)
			continue
		}
		m := intake.SheetMatch{Use: use, Heading: heading}
		for j := range m.Columns(sheet) {
			field := c.PostForm(fmt.Sprintf("field%d-%d", i, j))
			if !slices.Contains(intake.Fields(use), field) {
				field = ""
			}
			m.Fields = append(m.Fields, field)
		}
		session.Match.Sheets[i] = m
	}
	if anew {
		s.showColumns(c, http.StatusOK, session, nil)
		return
	}
	err := s.intake.Keep(c, account, session)
	if fail.Is(err, fail.Invalid) {
		status, e := s.problem(c, err)
		s.showColumns(c, status, session, e)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, importPath+"/roller")
}

func (s *Server) importRoles(c *gin.Context) {
	session, _, _, ok := s.importing(c)
	if !ok {
		return
	}
	titles := session.Titles()
	if len(titles) == 0 {
		c.Redirect(http.StatusSeeOther, importPath+"/granska")
		return
	}
	s.render(c, http.StatusOK, "organisation-roller", rolesView{Titles: titles, Roles: org.Roles})
}

// rolesView is what the page that maps titles to roles shows.
type rolesView struct {
	Titles  []intake.Title
	Roles   []org.Role
	Missing int // that nothing is chosen for
	First   int // the first of them
}

func (s *Server) importRolesSave(c *gin.Context) {
	session, account, _, ok := s.importing(c)
	if !ok {
		return
	}
	v := rolesView{Titles: session.Titles(), Roles: org.Roles}
	for i, t := range v.Titles {
		role := c.PostForm("title-" + t.Key)
		if role != intake.Nobody && !org.Role(role).Known() {
			if role = ""; v.Missing == 0 {
				v.First = i
			}
			v.Missing++
		}
		v.Titles[i].Role = role
		session.Match.Titles[t.Key] = role
	}
	if v.Missing > 0 {
		s.render(c, http.StatusUnprocessableEntity, "organisation-roller", v)
		return
	}
	if err := s.intake.Keep(c, account, session); err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, importPath+"/granska")
}
