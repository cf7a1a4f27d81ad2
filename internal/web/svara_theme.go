package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// What follows an item's id in the name of a form's field. The last tells what
// the page was drawn from: a field that still says the same is no change, so
// that it doesn't undo what was answered meanwhile in another tab.
const (
	commentField  = ".kommentar"
	evidenceField = ".underlag"
	fromField     = ".fran"
)

// ownerField says whose page a form was sent from.
const ownerField = "owner"

// themeView is one theme to answer.
type themeView struct {
	answering
	Areas    []areaView
	Themes   []round.SheetTheme
	Theme    round.SheetTheme
	Prev     *round.SheetTheme
	Next     *round.SheetTheme
	Purpose  survey.Text // of the area, on its first page
	How      string      // key of the text on what to go by
	HasFacts bool
	Items    []itemView
	Fault    string // of the page as a whole
	Faults   bool
}

// itemView is one item of the page.
type itemView struct {
	*survey.Item
	Number, Of int
	Entry      round.Entry
	Choice     string // the answer that is chosen, as the form says it
	From       string
	Before     survey.Answer
	LastYear   string
	Fault      string
	Mode       round.Mode
}

// Chosen reports whether the answer named is the one given.
func (v itemView) Chosen(answer string) bool { return v.Choice == answer && answer != "" }

// Last reports whether the answer named was the person's last year.
func (v itemView) Last(answer string) bool {
	return v.Before != survey.None && v.Before.String() == answer
}

// Fact reports whether the item is about the whole kommun.
func (v itemView) Fact() bool { return v.Kind == survey.Fact }

// MayNotKnow reports whether "vet ej" is offered.
func (v itemView) MayNotKnow() bool { return v.DontKnow != survey.NotOffered }

// HasEvidence reports whether the item asks for evidence.
func (v itemView) HasEvidence() bool { return v.Evidence.SV != "" || v.Entry.Evidence != "" }

// Written reports whether there is text to show unfolded.
func (v itemView) Written() bool { return v.Entry.Comment != "" || v.Entry.Evidence != "" }

// Mark returns the icon of a theme's state.
func (themeView) Mark(th round.SheetTheme) string {
	switch th.Answered {
	case 0:
		return "m-none"
	case len(th.Items):
		return "m-done"
	}
	return "m-part"
}

// Tick returns the class of a theme's state in the row of ticks.
func (themeView) Tick(th round.SheetTheme) string {
	switch th.Answered {
	case 0:
		return ""
	case len(th.Items):
		return "is-done"
	}
	return "is-part"
}

// typed is what a form says of one item.
type typed struct {
	change itemChange
	from   string // "" where the form does not say
}

// readTheme returns what the form says of each item it names, whosever it is:
// whether the person may answer it is for round.Service to tell.
func readTheme(form map[string][]string, set *survey.Set) map[string]typed {
	out := map[string]typed{}
	for _, it := range set.Items {
		ch := itemChange{Item: it.ID, Answer: field(form, it.ID), Comment: field(form, it.ID+commentField), Evidence: field(form, it.ID+evidenceField)}
		if ch.Answer != nil || ch.Comment != nil || ch.Evidence != nil {
			out[it.ID] = typed{ch, url.Values(form).Get(it.ID + fromField)}
		}
	}
	return out
}

// fingerprint tells of a page what an item's answer, comment and evidence were
// drawn from: short, and of a text no more than that it is another. The script
// puts a dash for what has been touched since.
func fingerprint(e round.Entry) string {
	return e.Answer.String() + "." + brief(e.Comment) + "." + brief(e.Evidence)
}

func brief(text string) string {
	if text == "" {
		return "0"
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

// drawnFrom is the fingerprint of what is saved of an amendment; nil for what it
// leaves: so a page that saved knows what it shows is from.
func drawnFrom(a round.Amendment) [3]*string {
	var out [3]*string
	if a.Answer != nil {
		s := a.Answer.String()
		out[0] = &s
	}
	for i, text := range []*string{a.Comment, a.Evidence} {
		if text != nil {
			s := brief(*text)
			out[i+1] = &s
		}
	}
	return out
}

// since leaves of an amendment what differs from what the page was drawn from,
// and from what is stored: another device may have changed the rest meanwhile.
func since(a round.Amendment, from string, stored round.Entry) round.Amendment {
	drawn := strings.Split(from, ".")
	is := func(part int, text string) bool { return len(drawn) == 3 && drawn[part] == text }
	if a.Answer != nil && (is(0, a.Answer.String()) || *a.Answer == stored.Answer) {
		a.Answer = nil
	}
	if a.Comment != nil && (is(1, brief(*a.Comment)) || *a.Comment == stored.Comment) {
		a.Comment = nil
	}
	if a.Evidence != nil && (is(2, brief(*a.Evidence)) || *a.Evidence == stored.Evidence) {
		a.Evidence = nil
	}
	return a
}

// changes returns what is to be saved of what the form says, and by item what
// is wrong with the rest.
func changes(given map[string]typed, sheet *round.Sheet) (save []round.Amendment, faults map[string]error) {
	faults = map[string]error{}
	for _, it := range sheet.Set.Items {
		g, ok := given[it.ID]
		if !ok {
			continue
		}
		amendment, err := g.change.amendment()
		if err != nil {
			faults[it.ID] = err
			continue
		}
		if a := since(amendment, g.from, sheet.Entry(it.ID)); a != (round.Amendment{Item: it.ID}) {
			save = append(save, a)
		}
	}
	return save, faults
}

func (s *Server) answerTheme(c *gin.Context) {
	sheet, ok := s.sheet(c)
	if !ok {
		return
	}
	if sheet.Round.State != round.Open {
		c.Redirect(http.StatusSeeOther, "/svara")
		return
	}
	v, ok := s.themeView(c, sheet)
	if !ok {
		s.failed(c, errNoPage)
		return
	}
	s.render(c, http.StatusOK, "svara-tema", v)
}

// themeView makes the page that the address names; false when there is none
// for this person.
func (s *Server) themeView(c *gin.Context, sheet *round.Sheet) (*themeView, bool) {
	themes := sheet.Themes()
	at := slices.IndexFunc(themes, func(th round.SheetTheme) bool {
		return th.Area.ID == c.Param("area") && th.Theme.ID == c.Param("theme")
	})
	if at < 0 {
		return nil, false
	}
	v := &themeView{answering: s.answering(c, sheet), Areas: areasOf(themes), Themes: themes, Theme: themes[at], How: "answer.theme.how"}
	if at > 0 {
		v.Prev = &themes[at-1]
	}
	if at+1 < len(themes) {
		v.Next = &themes[at+1]
	}
	if v.Prev == nil || v.Prev.Area != v.Theme.Area {
		v.Purpose = v.Theme.Area.Purpose
	}
	own, facts := 0, 0
	for i, it := range v.Theme.Items {
		e := sheet.Entry(it.ID)
		v.Items = append(v.Items, itemView{Item: it, Number: i + 1, Of: len(v.Theme.Items), Entry: e, Choice: e.Answer.String(), From: fingerprint(e),
			Before: sheet.Before[it.ID], LastYear: v.LastYear, Mode: sheet.Round.Mode})
		if it.OwnCompetence() {
			own++
		}
		if it.Kind == survey.Fact {
			facts++
		}
	}
	v.HasFacts = facts > 0
	switch len(v.Items) {
	case own:
		v.How = "answer.theme.how.own"
	case facts:
		v.How = "answer.theme.how.facts"
	}
	return v, true
}

// answerThemePost saves what the form says that is new, and goes where the
// button leads; or shows the page again with what is wrong and all that was
// typed.
func (s *Server) answerThemePost(c *gin.Context) {
	if err := c.Request.ParseForm(); err != nil {
		s.failed(c, errBadForm)
		return
	}
	who := c.MustGet(respondentKey).(round.Invitation)
	sheet, err := s.rounds.Sheet(c, who.Round, who.Person)
	if err != nil {
		s.sendAgain(c, err)
		return
	}
	if !ours(field(c.Request.PostForm, ownerField), sheet.Invitation) {
		s.sendAgain(c, errOther)
		return
	}
	v, ok := s.themeView(c, sheet)
	if !ok {
		s.failed(c, errNoPage)
		return
	}
	given := readTheme(c.Request.PostForm, sheet.Set)
	save, faults := changes(given, sheet)
	err = s.saveAll(c, sheet.Invitation, save, faults)
	if err == nil && len(faults) == 0 {
		c.Redirect(http.StatusSeeOther, s.onward(c, v, c.PostForm("till")))
		return
	}
	status := http.StatusUnprocessableEntity
	if err != nil {
		var e *fail.Error
		status, e = s.problem(c, err)
		v.Fault = e.In(v.lang)
	} else if now, err := s.rounds.Sheet(c, who.Round, who.Person); err == nil {
		v, _ = s.themeView(c, now) // the faultless ones are saved: counted, and what is typed is compared with them
	}
	v.Faults = len(faults) > 0
	for i := range v.Items {
		item := &v.Items[i]
		item.keep(given[item.ID])
		if err := faults[item.ID]; err != nil {
			_, e := s.problem(c, err)
			item.Fault = e.In(v.lang)
		}
	}
	s.render(c, status, "svara-tema", v)
}

// sendAgain keeps what was typed when not even the questions can be read: the
// page holds the form as it was sent, and a button that sends it again.
func (s *Server) sendAgain(c *gin.Context, err error) {
	status, e := s.problem(c, err)
	s.render(c, status, "svara-igen", gin.H{"Text": e.In(language(c)), "Action": c.Request.URL.Path, "Form": c.Request.PostForm})
}

var errBadForm = fail.New(fail.Invalid, "Sidan innehöll mer text än vad som går att ta emot. Gå tillbaka i webbläsaren och korta kommentarerna.",
	"The page held more text than can be received. Go back in the browser and shorten the comments.")

// saveAll saves the changes together; where one is faulty, one by one, so that
// the others are saved and the faulty one can be named.
func (s *Server) saveAll(c *gin.Context, inv round.Invitation, save []round.Amendment, faults map[string]error) error {
	if len(save) == 0 {
		return nil
	}
	_, err := s.rounds.Save(c, inv, save)
	if !fail.Is(err, fail.Invalid) {
		return err
	}
	for _, a := range save {
		_, err := s.rounds.Save(c, inv, []round.Amendment{a})
		if fail.Is(err, fail.Invalid) {
			faults[a.Item] = err
		} else if err != nil {
			return err
		}
	}
	return nil
}

// keep shows what was typed, faulty or not.
func (v *itemView) keep(t typed) {
	if t.change.Answer != nil {
		v.Choice = *t.change.Answer
	}
	if t.change.Comment != nil {
		v.Entry.Comment = newlines(*t.change.Comment)
	}
	if t.change.Evidence != nil {
		v.Entry.Evidence = newlines(*t.change.Evidence)
	}
}

// onward returns where the button that sent the form leads.
func (s *Server) onward(c *gin.Context, v *themeView, to string) string {
	at := func(th *round.SheetTheme) string { return v.Base + "/" + th.Area.ID + "/" + th.Theme.ID }
	review := v.Base + "/granska"
	if v.Preview != "" {
		review = v.Base // it has no answers to look through
	}
	switch to {
	case "paus":
		return v.Base
	case "granska":
		return review
	case "sv", "en":
		s.chooseLanguage(c, to)
	case "nasta":
		if v.Next == nil {
			return review
		}
		return at(v.Next)
	case "foregaende":
		if v.Prev == nil {
			return v.Base
		}
		return at(v.Prev)
	}
	for i := range v.Themes {
		if th := &v.Themes[i]; th.Area.ID+"/"+th.Theme.ID == to {
			return at(th)
		}
	}
	return at(&v.Theme)
}
