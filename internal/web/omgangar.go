package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
)

// roundsView is what the list of rounds shows.
type roundsView struct {
	Rounds    []round.Round
	MayManage bool
	People    int // imported, who could be asked
	Units     int
	New       newRound // as typed, kept when it was faulty
	Problem   string   // what is wrong with it
	Field     string   // and in which field, "" where it is not one
}

// newRound is the form of a new round.
type newRound struct{ ID, Name, Mode, MinGroup, OpensOn, ClosesOn string }

// round is the form as a round; what is no number is told as too small a group.
func (f newRound) round() round.Round {
	group, err := strconv.Atoi(f.MinGroup)
	if err != nil {
		group = -1
	}
	return round.Round{ID: f.ID, Name: f.Name, Mode: round.Mode(f.Mode), MinGroup: group, OpensOn: f.OpensOn, ClosesOn: f.ClosesOn}
}

func (s *Server) roundList(c *gin.Context) {
	today := s.now().In(round.Sweden)
	// What is proposed can be changed; a name that is taken is told when it is sent.
	s.showRounds(c, http.StatusOK, newRound{ID: strconv.Itoa(today.Year()), Mode: string(round.Confidential), MinGroup: strconv.Itoa(round.LeastGroup),
		OpensOn: today.Format(round.DayFormat), ClosesOn: today.AddDate(0, 0, 21).Format(round.DayFormat)}, nil)
}

func (s *Server) showRounds(c *gin.Context, status int, typed newRound, problem *fail.Error) {
	tree, people, ok := s.organisation(c)
	if !ok {
		return
	}
	rounds, err := s.rounds.Rounds(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	v := roundsView{People: len(people), New: typed}
	if problem != nil {
		v.Problem, v.Field = problem.In(language(c)), problem.Field
	}
	id, err := s.identity(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	if tree != nil {
		v.Units = tree.Len()
		v.MayManage = id.May(access.ManageRound, tree.Root().ID, tree)
	}
	for _, r := range rounds {
		t, err := s.roundTree(c, r, tree)
		if err != nil {
			s.failed(c, err)
			return
		}
		if t != nil && id.May(access.FollowRound, t.Root().ID, t) {
			v.Rounds = append(v.Rounds, r)
		}
	}
	s.render(c, status, "omgangar", v)
}

// organisation returns the units and people as they stand now; a nil tree when
// none are imported. False when it has answered.
func (s *Server) organisation(c *gin.Context) (*org.Tree, []org.Person, bool) {
	units, people, err := s.store.Organisation(c)
	if err != nil {
		s.failed(c, err)
		return nil, nil, false
	}
	if len(units) == 0 {
		return nil, nil, true
	}
	tree, err := org.NewTree(units)
	if err != nil {
		s.failed(c, err)
		return nil, nil, false
	}
	return tree, people, true
}

// roundTree returns the units of a round: frozen since it opened, as they stand
// now before.
func (s *Server) roundTree(ctx context.Context, r round.Round, now *org.Tree) (*org.Tree, error) {
	if r.Units == "" {
		return now, nil
	}
	return s.rounds.Tree(ctx, r)
}

func (s *Server) roundCreate(c *gin.Context) {
	tree, _, ok := s.organisation(c)
	if !ok {
		return
	}
	if tree == nil {
		s.failed(c, fail.New(fail.Conflict, "Läs in enheter och chefer först: mognad import.", "Import units and people first: mognad import."))
		return
	}
	if !s.unit(c, access.ManageRound, tree.Root().ID, tree) {
		return
	}
	typed := newRound{c.PostForm("id"), c.PostForm("name"), c.PostForm("mode"), c.PostForm("min_group"), c.PostForm("opens_on"), c.PostForm("closes_on")}
	id, _ := s.identity(c) // s.unit has asked
	r, err := s.rounds.Create(c, id.Account, typed.round())
	if fail.Is(err, fail.Invalid) || fail.Is(err, fail.Conflict) {
		status, e := s.problem(c, err)
		s.showRounds(c, status, typed, e)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/omgangar/"+r.ID)
}

// roundView is what the page of one round shows.
type roundView struct {
	Round     round.Round
	MayManage bool
	Whole     round.Progress
	Units     []round.Progress // below the root
	DaysLeft  int
	Share     float64 // of those invited, that the audit verdict asks for; 0 where no audit is
	ShareText string  // the same in words
	At        string  // and as a place in the chart
	Missing   int     // how many more before Share is reached
	Computing bool    // the results, at this moment
	Closed    string  // days, "" for not yet
	Published string
	Items     int
}

// followed returns a round and its tree when the signed-in person may do action
// with its root; false when it has answered.
func (s *Server) followed(c *gin.Context, action access.Action) (round.Round, *org.Tree, bool) {
	r, err := s.rounds.Round(c, c.Param("round"))
	if err != nil {
		s.failed(c, err)
		return r, nil, false
	}
	now, _, ok := s.organisation(c)
	if !ok {
		return r, nil, false
	}
	tree, err := s.roundTree(c, r, now)
	if err == nil && tree == nil {
		err = errNotYours
	}
	if err != nil {
		s.failed(c, err)
		return r, nil, false
	}
	return r, tree, s.unit(c, action, tree.Root().ID, tree)
}

func (s *Server) roundPage(c *gin.Context) {
	r, tree, ok := s.followed(c, access.FollowRound)
	if !ok {
		return
	}
	counts, err := s.rounds.Counts(c, r.ID)
	if err != nil {
		s.failed(c, err)
		return
	}
	working, err := s.rounds.Working(c, r.ID)
	if err != nil {
		s.failed(c, err)
		return
	}
	id, _ := s.identity(c) // s.followed has asked
	v := roundView{Round: r, MayManage: id.May(access.ManageRound, tree.Root().ID, tree), Computing: working,
		Closed: dayOf(r.ClosedAt), Published: dayOf(r.PublishedAt), Items: len(s.config.Surveys.Items)}
	if s.config.Audit != nil {
		v.Share = s.config.Audit.Thresholds.Response
		v.At = fmt.Sprintf("%.0f%%", 100*v.Share)
		v.ShareText = format.Percent(int(100*v.Share+0.5), 100, language(c))
	}
	if units := round.Roll(tree, counts, 2); len(units) > 0 {
		v.Whole, v.Units = units[0], units[1:]
		v.Missing = v.Whole.Missing(v.Share)
	}
	if last, err := time.ParseInLocation(round.DayFormat, r.ClosesOn, round.Sweden); err == nil {
		v.DaysLeft = max(0, int(last.AddDate(0, 0, 1).Sub(s.now()).Hours()/24))
	}
	s.render(c, http.StatusOK, "omgang", v)
}

// dayOf is the Swedish day of a moment, "" for none.
func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(round.Sweden).Format(round.DayFormat)
}

// closingWait is how long the page waits for a closing to be computed before it
// shows that it goes on.
const closingWait = 2 * time.Second

// roundStep takes a round one step through its life: oppna, stang, oppna-igen,
// publicera.
func (s *Server) roundStep(c *gin.Context) {
	r, _, ok := s.followed(c, access.ManageRound)
	if !ok {
		return
	}
	id, _ := s.identity(c) // s.followed has asked
	var err error
	switch c.Param("step") {
	case "oppna":
		var units []org.Unit
		var people []org.Person
		if units, people, err = s.store.Organisation(c); err == nil {
			_, err = s.rounds.Open(c, id.Account, r.ID, s.config.Surveys, units, people)
		}
	case "stang":
		err = s.close(c, id.Account, r.ID)
	case "oppna-igen":
		_, err = s.rounds.Reopen(c, id.Account, r.ID)
	case "publicera":
		_, err = s.rounds.Publish(c, id.Account, r.ID)
	default:
		err = errNoPage
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/omgangar/"+r.ID)
}

// close computes a large round on, though the browser has gone: its page shows
// when it is done.
func (s *Server) close(c *gin.Context, actor, id string) error {
	done := make(chan error, 1)
	ctx := context.WithoutCancel(c.Request.Context())
	s.background.Go(func() {
		_, err := s.rounds.Close(ctx, actor, id)
		if err != nil {
			s.problemLog(ctx, "close round", err)
		}
		done <- err
	})
	select {
	case err := <-done:
		return err
	case <-time.After(closingWait):
		return nil
	}
}
