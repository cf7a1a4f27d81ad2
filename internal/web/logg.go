package web

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/personal"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/safecsv"
	"github.com/mognad/mognad/internal/trail"
)

// logLines is how many lines of the log a page shows.
const logLines = 50

// logFilter is which lines were asked for.
type logFilter struct {
	Group string // first part of the action, "" for all
	Who   string // the actor's or the subject's id, "" for everybody
	Day   string // round.DayFormat, Swedish time; "" for every day
}

// logView is the page of the audit log.
type logView struct {
	logFilter
	Groups  []string
	Lines   []logLine
	Older   string // address of the page after, "" for none
	CSV     string // address of the same lines as a file
	Checked personal.LogCheck
	Whole   bool // the reader sees every line there is
}

// logLine is a line as it is shown.
type logLine struct {
	trail.Event
	Time string // Swedish
	By   string // who, in words
	Text string // what, in words
}

// logReach tells which lines the signed-in person may read: those of a unit
// where the grant reaches, and the installation's own when it reaches the top.
// False when it has answered.
func (s *Server) logReach(c *gin.Context) (sees func(trail.Event) bool, whole, ok bool) {
	tree, ok := s.units(c)
	if !ok {
		return nil, false, false
	}
	id, err := s.identity(c)
	if err == nil && (tree == nil || len(id.Top(access.ReadLog, tree)) == 0) {
		err = errNotYours
	}
	if err != nil {
		s.failed(c, err)
		return nil, false, false
	}
	return reachOf(id, access.ReadLog, tree), id.May(access.ReadLog, tree.Root().ID, tree), true
}

// reachOf returns which lines of the log lie where somebody may do action.
func reachOf(id access.Identity, action access.Action, tree *org.Tree) func(trail.Event) bool {
	whole := id.May(action, tree.Root().ID, tree)
	return func(e trail.Event) bool { return whole || e.Unit != "" && id.May(action, e.Unit, tree) }
}

func readLogFilter(c *gin.Context) logFilter {
	f := logFilter{Group: c.Query("grupp"), Who: strings.TrimSpace(c.Query("vem")), Day: c.Query("dag")}
	if _, err := time.Parse(round.DayFormat, f.Day); err != nil {
		f.Day = ""
	}
	return f
}

// wants tells whether a line is one that was asked for.
func (f logFilter) wants(e trail.Event) bool {
	return (f.Group == "" || logGroup(e.Action) == f.Group) &&
		(f.Who == "" || strings.EqualFold(e.Actor, f.Who) || strings.EqualFold(e.Subject, f.Who)) &&
		(f.Day == "" || e.At.In(round.Sweden).Format(round.DayFormat) == f.Day)
}

// address returns the address of a page with the same filter.
func (f logFilter) address(path string, before int64) string {
	q := url.Values{}
	for key, value := range map[string]string{"grupp": f.Group, "vem": f.Who, "dag": f.Day} {
		if value != "" {
			q.Set(key, value)
		}
	}
	if before > 0 {
		q.Set("fore", strconv.FormatInt(before, 10))
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// logGroup returns the group that an action belongs to.
func logGroup(action string) string {
	group, _, _ := strings.Cut(action, ".")
	return group
}

func (s *Server) logPage(c *gin.Context) {
	sees, whole, ok := s.logReach(c)
	if !ok {
		return
	}
	v := logView{logFilter: readLogFilter(c), Whole: whole, Groups: s.pages.logGroups}
	v.CSV = v.address("/logg.csv", 0)
	before, err := strconv.ParseInt(c.Query("fore"), 10, 64)
	if err != nil {
		before = 1<<63 - 1
	}
	names, err := s.accountNames(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	for e, err := range s.log.Events(c) {
		if err != nil {
			s.failed(c, err)
			return
		}
		if e.Number >= before || !v.wants(e) || !sees(e) {
			continue
		}
		if len(v.Lines) == logLines {
			v.Older = v.address("/logg", v.Lines[logLines-1].Number)
			break
		}
		v.Lines = append(v.Lines, s.logLine(e, language(c), names))
	}
	if v.Checked, err = s.personal.LogChecked(c); err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, http.StatusOK, "logg", v)
}

// logFile gives the lines as CSV. That they were taken out is itself a line.
func (s *Server) logFile(c *gin.Context) {
	sees, _, ok := s.logReach(c)
	if !ok {
		return
	}
	f, lang := readLogFilter(c), language(c)
	names, err := s.accountNames(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	head := []string{}
	for _, column := range []string{"number", "time", "actor", "what", "action", "unit", "round", "subject", "detail", "from", "seal"} {
		head = append(head, s.pages.say(lang, "log.csv."+column))
	}
	rows := [][]string{head}
	for e, err := range s.log.Events(c) {
		if err != nil {
			s.failed(c, err)
			return
		}
		if f.wants(e) && sees(e) {
			l := s.logLine(e, lang, names)
			rows = append(rows, []string{strconv.FormatInt(e.Number, 10), l.At.In(round.Sweden).Format("2006-01-02 15:04:05"), l.By, l.Text, e.Action, e.Unit, e.Round, e.Subject, e.Detail, e.From, e.Seal})
		}
	}
	var out bytes.Buffer
	if err := safecsv.Write(&out, rows); err != nil {
		s.failed(c, err)
		return
	}
	id, _ := s.identity(c) // s.logReach has asked
	if err := s.log.Append(c, trail.Event{Actor: id.Account, Action: "log.export", Unit: s.ownUnit(c, access.ReadLog), Subject: f.Who,
		Detail: strings.TrimSpace(fmt.Sprintf("%d lines %s %s", len(rows)-1, f.Group, f.Day))}); err != nil {
		s.failed(c, err) // what leaves untold does not leave
		return
	}
	c.Header("Content-Disposition", `attachment; filename="logg.csv"`)
	c.Data(http.StatusOK, "text/csv; charset=utf-8", out.Bytes())
}

// ownUnit returns the unit under which the log tells of what somebody does as a
// whole: the topmost where they may do action, "" for the organisation's top.
func (s *Server) ownUnit(c *gin.Context, action access.Action) string {
	id, err := s.identity(c)
	tree, ok := s.units(c)
	if err != nil || !ok || tree == nil {
		return ""
	}
	return logUnit(id.Top(action, tree), tree)
}

func logUnit(tops []org.Unit, tree *org.Tree) string {
	if len(tops) == 0 || tops[0].ID == tree.Root().ID {
		return ""
	}
	return tops[0].ID
}

// accountNames returns what the accounts' people are called, by id.
func (s *Server) accountNames(c *gin.Context) (map[string]string, error) {
	accounts, err := s.store.Accounts(c)
	names := make(map[string]string, len(accounts))
	for _, a := range accounts {
		names[a.ID] = a.Name
	}
	return names, err
}

// logLine puts a line into words. An action that the texts don't know is shown
// by its name: a line must never be hidden.
func (s *Server) logLine(e trail.Event, lang string, names map[string]string) logLine {
	l := logLine{Event: e, Time: e.At.In(round.Sweden).Format("15:04"), By: e.Actor, Text: e.Action}
	switch name := names[e.Actor]; {
	case e.Actor == trail.System:
		l.By = s.pages.say(lang, "log.by.system")
	case e.Actor == "command line":
		l.By = s.pages.say(lang, "log.by.command")
	case name != "" && name != e.Actor:
		l.By = name + " (" + e.Actor + ")"
	}
	if text, ok := s.pages.texts["log.action."+e.Action]; ok {
		if strings.Contains(text.SV, "{detail}") {
			l.Detail = "" // it is told in the sentence
		}
		l.Text = strings.NewReplacer("{round}", cmp.Or(e.Round, "–"), "{subject}", cmp.Or(e.Subject, "–"), "{unit}", cmp.Or(e.Unit, "–"), "{detail}", cmp.Or(e.Detail, "–")).Replace(text.In(lang))
	}
	return l
}

// Day is the Swedish day of the line.
func (l logLine) Day() string { return l.At.In(round.Sweden).Format(round.DayFormat) }

// say returns a text without arguments; its key where there is none.
func (p *pages) say(lang, key string) string {
	if text, ok := p.texts[key]; ok {
		return text.In(lang)
	}
	return key
}

// logGroupsOf returns the groups of actions that there are texts for.
func logGroupsOf(t texts) []string {
	var groups []string
	for key := range t {
		if action, ok := strings.CutPrefix(key, "log.action."); ok && !slices.Contains(groups, logGroup(action)) {
			groups = append(groups, logGroup(action))
		}
	}
	slices.Sort(groups)
	return groups
}
