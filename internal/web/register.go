package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/survey"
)

// itemsTab is the part of the registers that goes by item instead of kind.
const itemsTab = "fragor"

// registerView is what a part of the registers shows: the entries of a kind, or
// what each item has as evidence.
type registerView struct {
	Unit     org.Unit
	Tops     []link
	Tabs     []registerTab
	Part     string // a kind, or itemsTab
	Manage   bool
	Years    int // how old a decision may be
	Good, Of int // how many are as they should be, of all in the part
	Wanted   register.Wanted
	Flags    []register.Flag
	Orders   []string
	Columns  []string
	Flagged  bool // a column of flags
	Rows     []registerRow
	Board    []registerState // e-services by state; nil where the table is asked for
	Views    []link
	Items    []registerItem
	Done     string
}

// Narrowed reports whether not all of the part is asked for.
func (v registerView) Narrowed() bool { return v.Wanted.Flag != "" || v.Wanted.Query != "" }

type registerTab struct {
	Part, Href string
	Count      int
	Current    bool
}

// registerRow is an entry as a list shows it.
type registerRow struct {
	ID, Name, Href, Note string
	Cells                []registerCell
	Flag                 registerFlag
}

type registerCell struct {
	Label, Text string
	Day         bool
}

// registerFlag is a flag with the entry's age: in years, in months of the first
// year, or Aged false where its day isn't known.
type registerFlag struct {
	Flag          register.Flag
	Years, Months int
	Aged          bool
	Since         string // the day of the review that it is counted from, "" for that of the decision
}

// registerState is a column of the board.
type registerState struct {
	Label string
	Rows  []registerRow
}

// registerItem is an item with what supports it.
type registerItem struct {
	Text   string
	Fact   bool
	Rows   []registerRow
	Counts bool // one of them counts
}

// registers is a register that the signed-in person has asked for.
type registers struct {
	unit   org.Unit
	tops   []org.Unit
	manage bool
	who    access.Identity
}

// registersOf returns the register of a unit ("": of the first there is) for
// action; false when it has answered. The units are the topmost that the person
// reads or keeps registers of.
func (s *Server) registersOf(c *gin.Context, action access.Action, unit string) (r registers, ok bool) {
	tree, ok := s.units(c)
	if !ok {
		return r, false
	}
	who, err := s.identity(c)
	if err == nil && tree == nil {
		err = errNotYours
	}
	if err != nil {
		s.failed(c, err)
		return r, false
	}
	for _, a := range []access.Action{access.ReadRegisters, access.ManageRegisters} {
		for _, top := range who.Top(a, tree) {
			if !slices.Contains(r.tops, top) && who.May(action, top.ID, tree) {
				r.tops = append(r.tops, top)
			}
		}
	}
	i := 0
	if unit != "" {
		i = slices.IndexFunc(r.tops, func(u org.Unit) bool { return u.ID == unit })
	}
	if i < 0 || len(r.tops) == 0 {
		s.failed(c, errNotYours)
		return r, false
	}
	r.unit, r.who = r.tops[i], who
	r.manage = who.May(access.ManageRegisters, r.unit.ID, tree)
	return r, true
}

// address is a page of the registers in the unit that is shown.
func (r registers) address(path string, values url.Values) string {
	if len(r.tops) > 1 {
		values.Set("enhet", r.unit.ID)
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// entryHref is the page of an entry.
func (r registers) entryHref(e register.Entry) string {
	return r.address("/register/post", url.Values{"id": {e.ID}})
}

// judging is the day and the age that entries are judged by.
func (s *Server) judging() (today string, years int) {
	if s.config.Audit != nil {
		years = s.config.Audit.Thresholds.EvidenceYears
	}
	return dayOf(s.now()), years
}

func (s *Server) registerPage(c *gin.Context) {
	r, ok := s.registersOf(c, access.ReadRegisters, c.Query("enhet"))
	if !ok {
		return
	}
	part := c.DefaultQuery("slag", string(register.Document))
	if part != itemsTab && !slices.Contains(register.Kinds, register.Kind(part)) {
		s.failed(c, errNoPage)
		return
	}
	seal, err := s.register.Seal(c, r.unit.ID)
	if err != nil {
		s.failed(c, err)
		return
	}
	d := s.drawing(c, r)
	s.kept(c, r.who, "register", func() (any, error) {
		entries, err := s.register.Entries(c, r.unit.ID)
		return d.page(part, entries, c), err
	}, d.today, r.unit, r.tops, r.manage, seal)
}

// registerDrawing turns entries into what templates show.
type registerDrawing struct {
	registers
	today  string
	years  int
	lang   string
	server *Server
}

// page is a part of the registers.
func (d registerDrawing) page(part string, entries []register.Entry, c *gin.Context) registerView {
	v := registerView{Unit: d.unit, Part: part, Manage: d.manage, Years: d.years, Flags: register.Flags, Orders: register.Orders}
	if done := c.Query("klart"); slices.Contains([]string{"sparat", "borttaget", "import"}, done) {
		v.Done = done
	}
	for _, top := range d.tops {
		v.Tops = append(v.Tops, link{top.Name, "/register?" + url.Values{"slag": {part}, "enhet": {top.ID}}.Encode(), top.ID == d.unit.ID})
	}
	for _, k := range register.Kinds {
		n := len(register.Select(entries, register.Wanted{Kind: k}, d.today, d.years))
		v.Tabs = append(v.Tabs, registerTab{string(k), d.address("/register", url.Values{"slag": {string(k)}}), n, string(k) == part})
	}
	facts := 0
	for _, it := range d.server.config.Surveys.Items {
		if it.Kind == survey.Fact {
			facts++
		}
	}
	v.Tabs = append(v.Tabs, registerTab{itemsTab, d.address("/register", url.Values{"slag": {itemsTab}}), facts, part == itemsTab})
	if part == itemsTab {
		d.items(&v, entries)
	} else {
		d.kind(&v, entries, c)
	}
	return v
}

// registerColumns are the fields that a list of a kind shows beside the name;
// place is förvaltning and avdelning together, as a kommun's plan has them.
var registerColumns = map[register.Kind][]string{
	register.Document: {"decided_by", "decided", "review_by", "sort"},
	register.EService: {"place", "orderer", "developer", "state", "year"},
	register.Role:     {"responsibility", "documented", "documented_in"},
	register.Goal:     {"body", "measure", "target", "document"},
	register.Training: {"state", "when", "audience", "held_by"},
	register.Minutes:  {"date", "scope", "participants", "frequency"},
}

const place = "place"

// kind fills in the entries of a kind that are wanted.
func (d registerDrawing) kind(v *registerView, entries []register.Entry, c *gin.Context) {
	k := register.Kind(v.Part)
	v.Wanted = register.Wanted{Kind: k, Query: strings.TrimSpace(c.Query("q"))}
	if f := register.Flag(c.Query("flagga")); slices.Contains(register.Flags, f) {
		v.Wanted.Flag = f
	}
	if o := c.Query("ordning"); slices.Contains(register.Orders, o) {
		v.Wanted.Order = o
	}
	for _, e := range register.Select(entries, register.Wanted{Kind: k}, d.today, d.years) {
		v.Of++
		if e.Fulfils(d.today, d.years) {
			v.Good++
		}
		v.Flagged = v.Flagged || k == register.Document || e.Status != ""
	}
	for _, key := range registerColumns[k] {
		v.Columns = append(v.Columns, d.label(k, key))
	}
	shown := register.Select(entries, v.Wanted, d.today, d.years)
	for _, e := range shown {
		v.Rows = append(v.Rows, d.row(e))
	}
	if k == register.EService {
		board := c.Query("vy") == "tavla"
		v.Views = []link{{d.say("register.view.table"), d.address("/register", url.Values{"slag": {v.Part}}), !board},
			{d.say("register.view.board"), d.address("/register", url.Values{"slag": {v.Part}, "vy": {"tavla"}}), board}}
		if board {
			v.Board = d.board(shown)
		}
	}
}

func (d registerDrawing) say(key string) string {
	text, _ := d.server.pages.texts.say(d.lang, key) // a test finds a key that is no text
	return text
}

func (d registerDrawing) label(k register.Kind, key string) string {
	if key == place {
		return d.label(k, "forvaltning") + ", " + strings.ToLower(d.label(k, "avdelning"))
	}
	return register.FieldOf(k, key).Label.In(d.lang)
}

func (d registerDrawing) row(e register.Entry) registerRow {
	row := registerRow{ID: e.ID, Name: e.Name, Href: d.entryHref(e), Note: e.Note, Flag: registerFlag{Flag: e.Flag(d.today, d.years)}}
	if months, ok := e.Age(d.today); ok {
		row.Flag.Aged, row.Flag.Years, row.Flag.Months = true, months/12, months
		if e.Reviewed != e.Decided {
			row.Flag.Since = e.Reviewed
		}
	}
	for _, key := range registerColumns[e.Kind] {
		text := register.FieldOf(e.Kind, key).Show(e.Get(key), d.lang)
		switch {
		case key == place:
			text = strings.Trim(e.Get("forvaltning")+", "+e.Get("avdelning"), ", ")
		case key == "decided" && e.Paragraph != "":
			text = strings.TrimSpace(text + " §\u00a0" + e.Paragraph)
		}
		row.Cells = append(row.Cells, registerCell{d.label(e.Kind, key), text, register.FieldOf(e.Kind, key).Type == register.Day})
	}
	return row
}

// board sorts e-services by state; those without one last, where there are any.
func (d registerDrawing) board(entries []register.Entry) []registerState {
	var out []registerState
	for _, o := range append(slices.Clone(register.States), register.Option{Label: survey.Text{SV: d.say("register.state.none"), EN: d.say("register.state.none")}}) {
		col := registerState{Label: o.Label.In(d.lang)}
		for _, e := range entries {
			if e.Details["state"] == o.Value {
				col.Rows = append(col.Rows, d.row(e))
			}
		}
		if o.Value != "" || len(col.Rows) > 0 {
			out = append(out, col)
		}
	}
	return out
}

// items fills in what each item has as evidence: the facts, which the audit
// counts, and others that an entry supports.
func (d registerDrawing) items(v *registerView, entries []register.Entry) {
	items := slices.Clone(d.server.config.Surveys.Items)
	slices.SortStableFunc(items, func(a, b *survey.Item) int {
		return cmp.Compare(order(a.Kind == survey.Fact), order(b.Kind == survey.Fact))
	})
	for _, it := range items {
		item := registerItem{Text: it.Text.In(d.lang), Fact: it.Kind == survey.Fact}
		for _, e := range register.For(entries, it.ID, d.today, d.years) {
			item.Counts = item.Counts || e.Flag(d.today, d.years) == register.Counts
			item.Rows = append(item.Rows, d.row(e))
		}
		if item.Fact {
			v.Of++
			if item.Counts {
				v.Good++
			}
		}
		if item.Fact || len(item.Rows) > 0 {
			v.Items = append(v.Items, item)
		}
	}
}

// order puts what is first before what is not.
func order(first bool) int {
	if first {
		return 0
	}
	return 1
}
