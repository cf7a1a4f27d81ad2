package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/personal"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/trail"
)

// searchView is the page where a person is searched for.
type searchView struct {
	Search string
	Hits   []personal.Hit
	More   bool
	Erased *personal.Erased // shown after an erasure
	Limit  int
}

// peopleReach returns how far the signed-in person's right to manage people
// goes; false when it has answered.
func (s *Server) peopleReach(c *gin.Context) (*personal.Reach, *org.Tree, access.Identity, bool) {
	tree, ok := s.units(c)
	if !ok {
		return nil, nil, access.Identity{}, false
	}
	id, err := s.identity(c)
	if err == nil && (tree == nil || len(id.Top(access.ManagePeople, tree)) == 0) {
		err = errNotYours
	}
	var reach *personal.Reach
	if err == nil {
		reach, err = s.personal.Reach(c, id)
	}
	if err != nil {
		s.failed(c, err)
		return nil, nil, id, false
	}
	return reach, tree, id, true
}

func (s *Server) personSearch(c *gin.Context) {
	if _, _, _, ok := s.peopleReach(c); ok {
		s.render(c, http.StatusOK, "personuppgifter", searchView{})
	}
}

// personFind searches. It is a POST, so that no name stands in an address, which
// servers on the way and the browser keep.
func (s *Server) personFind(c *gin.Context) {
	reach, _, _, ok := s.peopleReach(c)
	if !ok {
		return
	}
	v := searchView{Search: strings.TrimSpace(c.PostForm("sok")), Limit: personal.SearchLimit}
	var err error
	if v.Hits, v.More, err = s.personal.Search(c, reach, v.Search); err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, http.StatusOK, "personuppgifter", v)
}

// recordView is the page of all that is stored of a person.
type recordView struct {
	*personal.Record
	Lines          []logLine
	Own            bool // the person is who reads
	Path           string
	Open           bool // some round is open, so that a correction is made there too
	Name, Email    string
	Problem, Field string
	Confirm        string // what must be written to erase
}

// letter is a letter as it is told of.
type letter struct {
	Kind, Status string
	At           time.Time
}

// Day is the Swedish day on which the letter came so far.
func (l letter) Day() string { return dayOf(l.At) }

// Letters returns the letters of a round.
func (v recordView) Letters(in personal.InRound) ([]letter, error) {
	var card struct{ Letters []letter }
	err := json.Unmarshal(in.Letters, &card)
	return card.Letters, err
}

// Title is what the person is called.
func (v recordView) Title() string {
	switch {
	case v.Organisation != nil:
		return v.Organisation.Name
	case len(v.Rounds) > 0:
		return v.Rounds[0].Invitation.Name
	case v.Account != nil:
		return v.Account.Name
	}
	return v.Person
}

// Address is the newest e-mail address that is stored.
func (v recordView) Address() string {
	switch {
	case v.Organisation != nil:
		return v.Organisation.Email
	case len(v.Rounds) > 0:
		return v.Rounds[0].Invitation.Email
	}
	return ""
}

// People tells whether there is more than an account.
func (v recordView) People() bool { return v.Organisation != nil || len(v.Rounds) > 0 }

func (s *Server) recordView(c *gin.Context, r *personal.Record) (recordView, error) {
	names, err := s.accountNames(c)
	v := recordView{Record: r, Path: personRecordPath(r.Person), Open: slices.ContainsFunc(r.Rounds, func(in personal.InRound) bool { return in.State == round.Open })}
	for _, e := range r.Log {
		v.Lines = append(v.Lines, s.logLine(e, language(c), names))
	}
	v.Name, v.Email = v.Title(), v.Address()
	return v, err
}

func personRecordPath(person string) string { return "/personuppgifter/" + url.PathEscape(person) }

// personRecord shows all that is stored of a person. That somebody has looked is
// itself a line of the log.
func (s *Server) personRecord(c *gin.Context) {
	s.showRecord(c, http.StatusOK, func(*recordView) {})
}

func (s *Server) showRecord(c *gin.Context, status int, over func(*recordView)) {
	record, _, ok := s.readRecord(c)
	if !ok {
		return
	}
	v, err := s.recordView(c, record)
	if err != nil {
		s.failed(c, err)
		return
	}
	over(&v)
	s.render(c, status, "personuppgifter-person", v)
}

// readRecord gathers what is stored of the person in the address, and notes that
// it was read; false when it has answered.
func (s *Server) readRecord(c *gin.Context) (*personal.Record, access.Identity, bool) {
	reach, tree, id, ok := s.peopleReach(c)
	if !ok {
		return nil, id, false
	}
	record, err := s.personal.Record(c, reach, c.Param("person"))
	if err == nil {
		err = s.log.Append(c, trail.Event{Actor: id.Account, Action: "person.read", Unit: logUnit(id.Top(access.ManagePeople, tree), tree), Subject: record.Person})
	}
	if err != nil {
		s.failed(c, err)
		return nil, id, false
	}
	return record, id, true
}

func (s *Server) personFile(c *gin.Context) {
	if record, _, ok := s.readRecord(c); ok {
		s.sendRecord(c, record)
	}
}

func (s *Server) sendRecord(c *gin.Context, record *personal.Record) {
	content, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="personuppgifter.json"`)
	c.Data(http.StatusOK, "application/json; charset=utf-8", content)
}

// personChange corrects or erases.
func (s *Server) personChange(c *gin.Context) {
	reach, _, id, ok := s.peopleReach(c)
	if !ok {
		return
	}
	person := c.Param("person")
	refused := func(err error, over func(*recordView)) {
		problem, ok := errors.AsType[*fail.Error](err)
		if !ok || problem.Code != fail.Invalid {
			s.failed(c, err)
			return
		}
		s.showRecord(c, http.StatusUnprocessableEntity, func(v *recordView) {
			v.Problem, v.Field = problem.In(language(c)), problem.Field
			over(v)
		})
	}
	switch c.Param("step") {
	case "ratta":
		name, email := c.PostForm("name"), c.PostForm("email")
		if _, err := s.personal.Correct(c, id.Account, reach, person, name, email); err != nil {
			refused(err, func(v *recordView) { v.Name, v.Email = name, email })
			return
		}
		c.Redirect(http.StatusSeeOther, personRecordPath(person))
	case "radera":
		if c.PostForm("sure") != person {
			refused(errNotSure, func(v *recordView) { v.Confirm = c.PostForm("sure") })
			return
		}
		erased, err := s.personal.Erase(c, id.Account, reach, person, c.PostForm("account") != "")
		if err != nil {
			refused(err, func(*recordView) {})
			return
		}
		s.render(c, http.StatusOK, "personuppgifter", searchView{Erased: &erased})
	default:
		s.failed(c, errNoPage)
	}
}

var errNotSure = fail.New(fail.Invalid, "Skriv personens id precis som det står, så att inte fel person raderas.", "Write the person's id exactly as it stands, so that the wrong person is not erased.").At("sure")

// ownRecord returns what is stored of the respondent; false when it has answered.
func (s *Server) ownRecord(c *gin.Context) (*personal.Record, bool) {
	who := c.MustGet(respondentKey).(round.Invitation)
	reach, err := s.personal.Own(c, who.Round, who.Person)
	var record *personal.Record
	if err == nil {
		record, err = s.personal.Record(c, reach, who.Person)
	}
	if err != nil {
		s.failed(c, err)
		return nil, false
	}
	for i := range record.Log { // who handled it is another's personal data
		record.Log[i].Actor, record.Log[i].From = "", ""
	}
	return record, true
}

func (s *Server) answerStored(c *gin.Context) {
	record, ok := s.ownRecord(c)
	if !ok {
		return
	}
	v, err := s.recordView(c, record)
	if err != nil {
		s.failed(c, err)
		return
	}
	v.Own = true
	s.render(c, http.StatusOK, "svara-sparat", v)
}

func (s *Server) answerStoredFile(c *gin.Context) {
	if record, ok := s.ownRecord(c); ok {
		s.sendRecord(c, record)
	}
}
