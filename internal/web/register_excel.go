package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/intake"
	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/trail"
)

// registerImportPath is where workbooks with entries are sent; limited lets more
// through there.
const registerImportPath = "/register/import"

// registerFile gives the whole register as a workbook.
func (s *Server) registerFile(c *gin.Context) {
	r, ok := s.registersOf(c, access.ReadRegisters, c.Query("enhet"))
	if !ok {
		return
	}
	entries, err := s.register.Entries(c, r.unit.ID)
	var content []byte
	if err == nil {
		content, err = register.Workbook(entries, s.config.Surveys.Items, language(c))
	}
	if err == nil {
		err = s.log.Append(c, trail.Event{Actor: r.who.Account, Action: "export.register", Unit: r.unit.ID}) // what leaves untold does not leave
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="register.xlsx"`)
	c.Data(http.StatusOK, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", content)
}

// registerUpload is what the page for choosing a file shows.
type registerUpload struct {
	Unit, Name, Back, File string
	Problem                string
	UnderWay               []string // files that can be gone on with
}

func (s *Server) registerImport(c *gin.Context) {
	if r, ok := s.registersOf(c, access.ManageRegisters, c.Query("enhet")); ok {
		s.showRegisterUpload(c, http.StatusOK, r, nil)
	}
}

func (s *Server) showRegisterUpload(c *gin.Context, status int, r registers, problem *fail.Error) {
	v := registerUpload{Unit: r.unit.ID, Name: r.unit.Name, Back: r.address("/register", url.Values{}), File: r.address("/register/register.xlsx", url.Values{})}
	if problem != nil {
		v.Problem = problem.In(language(c))
	}
	under, err := s.register.Uploaded(c, r.who.Account, s.now())
	if err != nil && !fail.Is(err, fail.NotFound) {
		s.failed(c, err)
		return
	}
	if under.Unit == r.unit.ID {
		v.UnderWay = under.Files
	}
	s.render(c, status, "register-import", v)
}

func (s *Server) registerImportStart(c *gin.Context) {
	files, err := uploads(c)
	r, ok := s.registersOf(c, access.ManageRegisters, c.PostForm("enhet"))
	if !ok {
		return
	}
	if err == nil {
		err = s.keepRegisterFiles(c, r, files)
	}
	if fail.Is(err, fail.Invalid) {
		status, e := s.problem(c, err)
		s.showRegisterUpload(c, status, r, e)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, registerImportPath+"/granska")
}

// keepRegisterFiles reads files and keeps what they hold until it is accepted.
func (s *Server) keepRegisterFiles(c *gin.Context, r registers, files []intake.Upload) error {
	sheets, err := intake.Read(files)
	if err != nil {
		return err
	}
	up := register.Upload{Unit: r.unit.ID}
	for _, f := range files {
		up.Files = append(up.Files, f.Name)
	}
	if up.Rows, up.Unread, err = register.Read(sheets); err != nil {
		return err
	}
	return s.register.Keep(c, r.who.Account, up, s.now())
}

// registerReview is what the page of all that a file would do shows.
type registerReview struct {
	Unit, Name, Seal, Problem string
	Files                     []string
	Unread                    []register.Unread
	Groups                    []registerGroup // added, changed
	Faults                    []reviewFault
	Faulty                    int // rows
	Same                      int
	Changes                   int
}

// registerGroup is the entries that are new, or changed.
type registerGroup struct {
	Kind string
	Rows []registerPlanned
}

type registerPlanned struct {
	Name, Part, Where string
	Values            []registerMoved // Now as it was, Typed as it will be
}

// planned returns the file under way of the signed-in person, with what it would
// do to the register as it stands; false when it has answered.
func (s *Server) planned(c *gin.Context) (up register.Upload, r registers, plan register.Plan, ok bool) {
	who, err := s.identity(c)
	if err == nil {
		up, err = s.register.Uploaded(c, who.Account, s.now())
	}
	if err != nil {
		s.failed(c, err)
		return up, r, nil, false
	}
	if r, ok = s.registersOf(c, access.ManageRegisters, up.Unit); !ok {
		return up, r, nil, false
	}
	entries, err := s.register.Entries(c, r.unit.ID)
	if err != nil {
		s.failed(c, err)
		return up, r, nil, false
	}
	return up, r, register.Propose(up.Rows, r.unit.ID, entries, s.known), true
}

// known tells whether there is an item with an id.
func (s *Server) known(item string) bool {
	_, ok := s.config.Surveys.Item(item)
	return ok
}

func (s *Server) registerImportReview(c *gin.Context) {
	if up, r, plan, ok := s.planned(c); ok {
		s.showRegisterReview(c, http.StatusOK, up, r, plan, nil)
	}
}

func (s *Server) showRegisterReview(c *gin.Context, status int, up register.Upload, r registers, plan register.Plan, problem *fail.Error) {
	lang := language(c)
	v := registerReview{Unit: r.unit.ID, Name: r.unit.Name, Seal: plan.Seal(), Files: up.Files, Unread: up.Unread, Changes: len(plan.Changes())}
	if problem != nil {
		v.Problem = problem.In(lang)
	}
	added, changed := registerGroup{Kind: "added"}, registerGroup{Kind: "changed"}
	for _, p := range plan {
		switch {
		case p.Faulty():
			v.Faulty++
			for _, f := range p.Faults {
				v.Faults = append(v.Faults, reviewFault{p.Row.Where(f.Field, lang), f.In(lang)})
			}
		case p.Added():
			added.Rows = append(added.Rows, plannedRow(p, lang))
		case p.Changed():
			changed.Rows = append(changed.Rows, plannedRow(p, lang))
		default:
			v.Same++
		}
	}
	for _, g := range []registerGroup{added, changed} {
		if len(g.Rows) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	s.render(c, status, "register-granska", v)
}

func plannedRow(p register.Planned, lang string) registerPlanned {
	row := registerPlanned{Name: p.Is.Name, Part: string(p.Is.Kind), Where: p.Row.Where("", lang)}
	for _, f := range register.Fields(p.Is.Kind) {
		if was, is := p.Was.Get(f.Key), p.Is.Get(f.Key); was != is && (f.Key != "name" || was != "") {
			row.Values = append(row.Values, registerMoved{f.Label.In(lang), f.Show(was, lang), f.Show(is, lang)})
		}
	}
	return row
}

var errPlanMoved = fail.New(fail.Conflict, "Registret har ändrats sedan du granskade. Här är det som filen skulle göra nu. Granska det på nytt innan du godkänner.", "The register has been changed since your review. This is what the file would do now. Review it again before you accept.")

func (s *Server) registerImportAccept(c *gin.Context) {
	up, r, plan, ok := s.planned(c)
	if !ok {
		return
	}
	who, _ := s.identity(c) // planned has asked
	var err error = errPlanMoved
	if plan.Seal() == c.PostForm("seal") {
		err = s.register.Import(c, who.Account, r.unit.ID, plan.Changes())
	}
	if fail.Is(err, fail.Conflict) {
		status, e := s.problem(c, errPlanMoved)
		if _, r, plan, ok = s.planned(c); ok { // as it stands by now
			s.showRegisterReview(c, status, up, r, plan, e)
		}
		return
	}
	if err == nil {
		err = s.register.Drop(c, who.Account)
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, r.address("/register", url.Values{"slag": {string(up.Rows[0].Kind)}, "klart": {"import"}}))
}

func (s *Server) registerImportAbandon(c *gin.Context) {
	_, r, _, ok := s.planned(c)
	if !ok {
		return
	}
	who, _ := s.identity(c) // planned has asked
	if err := s.register.Drop(c, who.Account); err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, r.address("/register", url.Values{}))
}
