package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/survey"
)

// registerForm is what the page of one entry shows: a form to those who keep the
// registers, else what it says.
type registerForm struct {
	Unit, ID, Kind string
	Seen           string // seal of the entry as the form was drawn from
	Name           string
	Back           string
	Several        bool // units, so that the form must say which
	New, Manage    bool
	Fields         []registerField
	Facts          []registerChoice
	Areas          []registerArea
	Flag           registerFlag
	Problems       []registerProblem
	Moved          []registerMoved // where another has changed the entry meanwhile
	Gone           bool            // another has removed it
}

// registerField is a field with what stands in it.
type registerField struct {
	register.Field
	Name, Value string // Value as typed, or as a reader knows it
	Options     []registerOption
	Problem     string
}

// Dated reports whether a browser's own field for days can show the value.
func (f registerField) Dated() bool {
	_, err := time.Parse(time.DateOnly, f.Value)
	return f.Value == "" || err == nil
}

type registerOption struct {
	Value, Label string
	Chosen       bool
}

// registerChoice is an item that the entry can support.
type registerChoice struct {
	ID, Text string
	Chosen   bool
}

// registerArea is the items of a questionnaire that are no facts.
type registerArea struct {
	Title  string
	Chosen int
	Themes []registerTheme
}

type registerTheme struct {
	Title string
	Items []registerChoice
}

type registerProblem struct{ Field, Text string }

// registerMoved is a value that differs: as it is now, and as it is typed.
type registerMoved struct{ Label, Now, Typed string }

// entryForm makes the form of an entry.
func (d registerDrawing) entryForm(e register.Entry, isNew bool) registerForm {
	f := registerForm{Unit: d.unit.ID, ID: e.ID, Kind: string(e.Kind), Seen: e.Seal(), Name: e.Name, New: isNew, Manage: d.manage, Several: len(d.tops) > 1,
		Back: d.address("/register", url.Values{"slag": {string(e.Kind)}}), Flag: d.row(e).Flag}
	for _, field := range register.Fields(e.Kind) {
		if field.Type == register.Items {
			continue
		}
		rf := registerField{Field: field, Name: field.Label.In(d.lang), Value: e.Get(field.Key)}
		for _, o := range field.Choices {
			rf.Options = append(rf.Options, registerOption{o.Value, o.Label.In(d.lang), o.Value == rf.Value})
		}
		if field.Type == register.Suggest || !d.manage {
			rf.Value = field.Show(rf.Value, d.lang)
		}
		f.Fields = append(f.Fields, rf)
	}
	d.choices(&f, e.Supports)
	return f
}

// choices fills in the items that an entry can support.
func (d registerDrawing) choices(f *registerForm, chosen []string) {
	for _, q := range d.server.config.Surveys.Questionnaires {
		area := registerArea{Title: q.Title.In(d.lang)}
		for _, th := range q.Themes {
			theme := registerTheme{Title: th.Title.In(d.lang)}
			for _, it := range th.Items {
				choice := registerChoice{it.ID, it.Text.In(d.lang), slices.Contains(chosen, it.ID)}
				if it.Kind == survey.Fact {
					f.Facts = append(f.Facts, choice)
					continue
				}
				if theme.Items = append(theme.Items, choice); choice.Chosen {
					area.Chosen++
				}
			}
			if len(theme.Items) > 0 {
				area.Themes = append(area.Themes, theme)
			}
		}
		f.Areas = append(f.Areas, area)
	}
}

// Supports lists the items that the entry supports, facts first.
func (f registerForm) Supports() (out []string) {
	add := func(choices []registerChoice) {
		for _, c := range choices {
			if c.Chosen {
				out = append(out, c.Text)
			}
		}
	}
	add(f.Facts)
	for _, a := range f.Areas {
		for _, t := range a.Themes {
			add(t.Items)
		}
	}
	return out
}

// drawing returns what draws a register for the request.
func (s *Server) drawing(c *gin.Context, r registers) registerDrawing {
	today, years := s.judging()
	return registerDrawing{r, today, years, language(c), s}
}

func (s *Server) registerEntry(c *gin.Context) {
	r, ok := s.registersOf(c, access.ReadRegisters, c.Query("enhet"))
	if !ok {
		return
	}
	id := c.Query("id")
	if id == "" {
		if !r.manage {
			s.failed(c, errNotYours)
			return
		}
		k := register.Kind(c.Query("slag"))
		if register.Fields(k) == nil {
			k = register.Document
		}
		s.render(c, http.StatusOK, "register-post", s.drawing(c, r).entryForm(register.Entry{Kind: k}, true))
		return
	}
	e, err := s.register.Entry(c, r.unit.ID, id)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, http.StatusOK, "register-post", s.drawing(c, r).entryForm(e, false))
}

// typedEntry returns the entry as a form says it, laid over the one that is there.
func typedEntry(c *gin.Context, base register.Entry) register.Entry {
	e := base.Copy()
	for _, f := range register.Fields(e.Kind) {
		if f.Type == register.Items {
			e.Set(f.Key, strings.Join(c.PostFormArray(f.Key), ","))
			continue
		}
		e.Set(f.Key, c.PostForm(f.Key))
	}
	e.Tidy()
	return e
}

func (s *Server) registerSave(c *gin.Context) {
	r, ok := s.registersOf(c, access.ManageRegisters, c.PostForm("enhet"))
	if !ok {
		return
	}
	entries, err := s.register.Entries(c, r.unit.ID)
	if err != nil {
		s.failed(c, err)
		return
	}
	id, kind := c.PostForm("id"), register.Kind(c.PostForm("slag"))
	base := register.Entry{Unit: r.unit.ID, ID: id, Kind: kind}
	if i := slices.IndexFunc(entries, func(e register.Entry) bool { return e.ID == id }); id != "" && i >= 0 {
		base = entries[i]
	}
	if register.Fields(base.Kind) == nil {
		s.failed(c, fail.New(fail.Invalid, "Välj vilket register posten hör till, och försök igen.", "Choose which register the entry belongs to, and try again."))
		return
	}
	e := typedEntry(c, base)
	seen := c.PostForm("seen")
	form := s.drawing(c, r).entryForm(e, id == "")
	form.Seen, form.Name = seen, base.Name
	faults := e.Check(s.known)
	if len(faults) > 0 {
		form.mark(faults, language(c))
		s.render(c, http.StatusUnprocessableEntity, "register-post", form)
		return
	}
	if id == "" {
		e.ID = register.NewID(e.Name, register.IDs(entries))
	}
	err = s.register.Save(c, r.who.Account, register.Change{Is: e, Seen: seen})
	if fail.Is(err, fail.Conflict) && id != "" {
		s.registerMoved(c, r, form, e, err)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, r.address("/register", url.Values{"slag": {string(e.Kind)}, "klart": {"sparat"}})+"#"+e.ID)
}

// registerMoved shows the form again, as typed, beside the entry as another has
// left it: saved once more it holds.
func (s *Server) registerMoved(c *gin.Context, r registers, form registerForm, typed register.Entry, err error) {
	status, problem := s.problem(c, err)
	form.Problems = []registerProblem{{"", problem.In(language(c))}}
	now, err := s.register.Entry(c, r.unit.ID, typed.ID)
	if form.Gone = fail.Is(err, fail.NotFound); err != nil && !form.Gone {
		s.failed(c, err)
		return
	}
	form.Seen = now.Seal()
	if !form.Gone {
		for _, f := range register.Fields(typed.Kind) {
			if a, b := now.Get(f.Key), typed.Get(f.Key); a != b {
				form.Moved = append(form.Moved, registerMoved{f.Label.In(language(c)), f.Show(a, language(c)), f.Show(b, language(c))})
			}
		}
	}
	s.render(c, status, "register-post", form)
}

// mark tells what is wrong, at the top and beside each field.
func (f *registerForm) mark(faults []*fail.Error, lang string) {
	for _, fault := range faults {
		f.Problems = append(f.Problems, registerProblem{fault.Field, fault.In(lang)})
		for i := range f.Fields {
			if f.Fields[i].Key == fault.Field {
				f.Fields[i].Problem = fault.In(lang)
			}
		}
	}
}

func (s *Server) registerRemove(c *gin.Context) {
	r, ok := s.registersOf(c, access.ManageRegisters, c.PostForm("enhet"))
	if !ok {
		return
	}
	e, err := s.register.Entry(c, r.unit.ID, c.PostForm("id"))
	if err == nil {
		err = s.register.Remove(c, r.who.Account, register.Change{Is: e, Seen: c.PostForm("seen")})
	}
	if fail.Is(err, fail.Conflict) {
		form := s.drawing(c, r).entryForm(e, false)
		status, problem := s.problem(c, err)
		form.Problems = []registerProblem{{"", problem.In(language(c))}}
		s.render(c, status, "register-post", form)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, r.address("/register", url.Values{"slag": {string(e.Kind)}, "klart": {"borttaget"}}))
}
