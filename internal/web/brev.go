package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/mail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/safecsv"
	"github.com/mognad/mognad/internal/trail"
)

// lettersView is the page of a round's letters.
type lettersView struct {
	Round     round.Round
	Ready     bool // there is a mail server
	From      string
	Past      []pastDispatch   // what has gone by plan or press, the newest first
	Invite    bool             // as typed
	Reminders []reminderField  // as typed, and one empty
	Kinds     []letterKind     // with any letter, for the table
	Waits     string           // why some still wait
	Look      []letterPerson   // whose letters failed; nil for one who may not read names
	Search    string           // for one person
	Found     []letterPerson   //
	More      bool             // there are more than are shown
	Texts     []letterTextLink // each with whether it is the kommun's own
	Done      string           // what has just been done, a text's key
	Problem   string
	Field     string
}

// reminderField is a planned reminder, as a form has it.
type reminderField struct{ On, Time string }

// stored puts what is planned in the form.
func (v *lettersView) stored(p mail.Plan) {
	v.Invite = p.Invite
	for _, at := range p.Coming() {
		at = at.In(round.Sweden)
		v.Reminders = append(v.Reminders, reminderField{at.Format(round.DayFormat), at.Format(round.TimeFormat)})
	}
}

// pastDispatch is letters that were put in the queue together.
type pastDispatch struct {
	Kind   mail.Kind
	At     string
	Queued int
}

// past lists what has been sent of a plan.
func past(p mail.Plan) (out []pastDispatch) {
	for _, d := range slices.Backward(p.Dispatches) {
		if !d.Done.IsZero() {
			out = append(out, pastDispatch{d.Kind, momentOf(d.Done), d.Queued})
		}
	}
	return out
}

// letterKind is a row of the table of how letters stand.
type letterKind struct {
	Kind                          mail.Kind
	Queued, Sent, Failed, Unknown int
}

type letterPerson struct {
	round.Invitation
	Letter *mail.Entry // the latest, nil for none
}

type letterTextLink struct {
	Slug string
	Kind mail.Kind
	Own  bool
}

// letterSlugs are the kinds in addresses.
var letterSlugs = []struct {
	slug string
	kind mail.Kind
}{{"inbjudan", mail.Invitation}, {"paminnelse", mail.Reminder}, {"ny-lank", mail.NewLink}}

func letterKindOf(slug string) (mail.Kind, bool) {
	for _, l := range letterSlugs {
		if l.slug == slug {
			return l.kind, true
		}
	}
	return "", false
}

// lettersDone is what can have just been done.
var lettersDone = map[string]string{"plan": "letter.done.plan", "skicka": "letter.done.now", "igen": "letter.done.again", "ny-lank": "letter.done.link", "text": "letter.done.text"}

func (s *Server) letters(c *gin.Context) {
	r, tree, ok := s.followed(c, access.ManageRound)
	if !ok {
		return
	}
	v := lettersView{Round: r, Done: lettersDone[c.Query("klart")]}
	if s.config.Mail != nil {
		plan, err := s.config.Mail.Plan(c, r.ID)
		if err != nil {
			s.failed(c, err)
			return
		}
		v.stored(plan)
	}
	s.showLetters(c, http.StatusOK, v, tree, nil)
}

// showLetters fills in what stands in the store; v has what is typed.
func (s *Server) showLetters(c *gin.Context, status int, v lettersView, tree *org.Tree, problem *fail.Error) {
	v.Ready, v.Search = s.config.Mail != nil, strings.TrimSpace(c.Query("sok"))
	if problem != nil {
		v.Problem, v.Field = problem.In(language(c)), problem.Field
	}
	if v.Ready {
		v.From = s.config.Mail.Sender("").Address
		if len(v.Reminders) < mail.MaxReminders {
			v.Reminders = append(v.Reminders, reminderField{Time: "08:00"})
		}
		if err := s.letterState(c, &v, tree); err != nil {
			s.failed(c, err)
			return
		}
	}
	s.render(c, status, "brev", v)
}

func (s *Server) letterState(c *gin.Context, v *lettersView, tree *org.Tree) error {
	plan, err := s.config.Mail.Plan(c, v.Round.ID)
	if err != nil {
		return err
	}
	v.Past = past(plan)
	o, err := s.config.Mail.Overview(c, v.Round.ID)
	if err != nil {
		return err
	}
	v.Waits = o.Waits.In(language(c))
	_, own, err := s.config.Mail.Texts(c, tree.Root().ID)
	if err != nil {
		return err
	}
	for _, l := range letterSlugs {
		k := letterKind{l.kind, o.Count(l.kind, mail.Queued), o.Count(l.kind, mail.Sent), o.Count(l.kind, mail.Failed), o.Count(l.kind, mail.Unknown)}
		if k.Queued+k.Sent+k.Failed+k.Unknown > 0 {
			v.Kinds = append(v.Kinds, k)
		}
		v.Texts = append(v.Texts, letterTextLink{l.slug, l.kind, own[l.kind]})
	}
	id, err := s.identity(c)
	if err != nil || !id.May(access.ReadNames, tree.Root().ID, tree) || v.Round.Units == "" {
		return err
	}
	return s.letterPeople(c, v, o)
}

// letterPeople fills in whose letters need a look, and who was searched for.
func (s *Server) letterPeople(c *gin.Context, v *lettersView, o mail.Overview) error {
	for i, line := range o.Look {
		if len(v.Look) == peopleShown {
			v.More = true
			break
		}
		inv, err := s.rounds.Person(c, v.Round.ID, line.Person)
		if fail.Is(err, fail.NotFound) || err == nil && inv.Left {
			continue
		}
		if err != nil {
			return err
		}
		v.Look = append(v.Look, letterPerson{inv, &o.Look[i].Entry})
	}
	if v.Search == "" {
		return nil
	}
	for inv, err := range s.rounds.Invitations(c, v.Round.ID) {
		if err != nil {
			return err
		}
		if !inv.Left && (holds(inv.Name, v.Search) || holds(inv.Email, v.Search) || holds(inv.Person, v.Search)) {
			v.Found = append(v.Found, letterPerson{Invitation: inv})
		}
		if len(v.Found) == lettersFound {
			break
		}
	}
	for i := range v.Found {
		p, err := s.config.Mail.Letters(c, v.Round.ID, v.Found[i].Person)
		if err != nil {
			return err
		}
		v.Found[i].Letter = p.Last("")
	}
	return nil
}

// lettersFound is how many a search for one person shows.
const lettersFound = 20

func holds(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// lettersPlan stores which letters go out by themselves.
func (s *Server) lettersPlan(c *gin.Context) {
	r, tree, ok := s.followed(c, access.ManageRound)
	if !ok || !s.mailReady(c) {
		return
	}
	v := lettersView{Round: r, Invite: c.PostForm("invite") != ""}
	times := c.PostFormArray("reminder_time")
	var at []time.Time
	var err error
	for i, on := range c.PostFormArray("reminder_on") {
		f := reminderField{On: strings.TrimSpace(on)}
		if i < len(times) {
			f.Time = strings.TrimSpace(times[i])
		}
		if f.On == "" { // an empty row is no reminder
			continue
		}
		t, wrong := time.ParseInLocation(round.DayFormat+" "+round.TimeFormat, f.On+" "+f.Time, round.Sweden)
		if wrong != nil && err == nil {
			err = fail.New(fail.Invalid, "Skriv både dag och klockslag för påminnelsen, till exempel 2026-10-12 och 08:00.",
				"Write both the day and the time of the reminder, for example 2026-10-12 and 08:00.").At(fmt.Sprintf("reminder-%d", len(at)))
		}
		at, v.Reminders = append(at, t), append(v.Reminders, f)
	}
	id, _ := s.identity(c) // s.followed has asked
	if err == nil {
		err = s.config.Mail.SetPlan(c, id.Account, r, v.Invite, at)
	}
	s.lettersAnswer(c, v, tree, "plan", err)
}

// lettersStep sends letters: to many, or to one person again.
func (s *Server) lettersStep(c *gin.Context) {
	r, tree, ok := s.followed(c, access.ManageRound)
	if !ok || !s.mailReady(c) {
		return
	}
	id, _ := s.identity(c) // s.followed has asked
	step, person := c.Param("step"), c.PostForm("person")
	var err error
	switch step {
	case "skicka":
		kind, _ := letterKindOf(c.PostForm("kind"))
		err = s.config.Mail.Now(c, id.Account, r, kind)
	case "igen":
		err = s.config.Mail.Again(c, id.Account, r, person)
	case "ny-lank":
		if err = s.config.Mail.Replace(c, id.Account, r, person); err == nil {
			err = s.store.DropAnswering(c, r.ID, person) // whoever has followed the old one
		}
	default:
		err = errNoPage
	}
	if err != nil && !fail.Is(err, fail.Conflict) {
		s.failed(c, err)
		return
	}
	v := lettersView{Round: r}
	plan, planErr := s.config.Mail.Plan(c, r.ID)
	if planErr != nil {
		s.failed(c, planErr)
		return
	}
	v.stored(plan)
	s.lettersAnswer(c, v, tree, step, err)
}

// lettersAnswer goes back to the page when what was asked is done, and tells on
// it what kept it from being done.
func (s *Server) lettersAnswer(c *gin.Context, v lettersView, tree *org.Tree, done string, err error) {
	if e, ok := errors.AsType[*fail.Error](err); ok && (e.Code == fail.Invalid || e.Code == fail.Conflict) {
		s.showLetters(c, statusOf[e.Code], v, tree, e)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, lettersPath(v.Round.ID)+"?klart="+url.QueryEscape(done))
}

func lettersPath(id string) string { return "/omgangar/" + id + "/brev" }

// mailReady tells whether there is a mail server; when not, it has answered.
func (s *Server) mailReady(c *gin.Context) bool {
	if s.config.Mail == nil {
		s.failed(c, errNoMail)
		return false
	}
	return true
}

var errNoMail = fail.New(fail.Conflict, "Programmet har ingen mejlserver, så brev kan inte skickas. Hämta länkarna som fil på sidan Inbjudan och påminnelser, eller be den som sköter mognad att ange --smtp.",
	"The program has no mail server, so letters can't be sent. Download the links on the page Invitations and reminders, or ask whoever runs mognad to set --smtp.")

// lettersLinks is the personal links that are to be sent in another way: where
// letters go out, of those who have no address. Whoever has a link can read and
// answer in that person's name, so nobody is shown one without need, and that
// they were fetched is logged.
func (s *Server) lettersLinks(c *gin.Context) {
	r, tree, ok := s.followed(c, access.ManageRound)
	if !ok || !s.unit(c, access.ReadNames, tree.Root().ID, tree) {
		return
	}
	if r.State != round.Open {
		s.failed(c, fail.New(fail.Conflict, "Länkarna finns när omgången är öppen.", "There are links while the round is open."))
		return
	}
	rows := [][]string{{"person", "namn", "e-post", "enhet", "länk"}}
	for inv, err := range s.rounds.Invitations(c, r.ID) {
		if err != nil {
			s.failed(c, err)
			return
		}
		if inv.Left || s.config.Mail != nil && inv.Email != "" {
			continue
		}
		unit, _ := tree.Unit(inv.Unit)
		rows = append(rows, []string{inv.Person, inv.Name, inv.Email, unit.Name, s.config.BaseURL.String() + "/e/" + s.rounds.LinkToken(inv)})
	}
	id, _ := s.identity(c) // s.followed has asked
	// Before they go: links that nobody knows have been given out must not be.
	if err := s.log.Append(c, trail.Event{Actor: id.Account, Action: "link.export", Unit: r.Top, Round: r.ID, Detail: fmt.Sprint(len(rows) - 1)}); err != nil {
		s.failed(c, err)
		return
	}
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", `attachment; filename="lankar-`+r.ID+`.csv"`)
	_ = safecsv.Write(c.Writer, rows) // the browser has gone
}

// Statuses are the columns of the table of how letters stand.
func (lettersView) Statuses() []mail.Status {
	return []mail.Status{mail.Queued, mail.Sent, mail.Failed, mail.Unknown}
}
