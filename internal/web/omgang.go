package web

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/survey"
)

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

	ReadsNames bool
	Named      bool             // answers can be read by name
	Comments   int              // that wait for review, for those who moderate
	Check      *round.Checklist // of a draft
	Gaps       int              // places left to fill in in the kommun's own texts
	Mails      bool             // there is a mail server to send letters with
	Hindered   string           // why it can't open, "" where it can
	Roles      []org.Role       // whose questionnaires can be previewed
	Future     bool             // its first day is still to come
	Curve      *curve           // of submissions, nil before the second day
}

// followed returns the round that the address names, and its tree, when the
// signed-in person may do action with its root; false when it has answered.
func (s *Server) followed(c *gin.Context, action access.Action) (round.Round, *org.Tree, bool) {
	return s.roundFor(c, c.Param("round"), action)
}

// managed returns a round that the signed-in person may manage.
func (s *Server) managed(c *gin.Context, id string) (round.Round, bool) {
	r, _, ok := s.roundFor(c, id, access.ManageRound)
	return r, ok
}

func (s *Server) roundFor(c *gin.Context, id string, action access.Action) (round.Round, *org.Tree, bool) {
	r, err := s.rounds.Round(c, id)
	if err != nil {
		s.failed(c, err)
		return r, nil, false
	}
	now, ok := s.units(c)
	if !ok {
		return r, nil, false
	}
	tree, err := s.roundTree(c, r, now)
	var who access.Identity
	if err == nil {
		who, err = s.identity(c)
	}
	if err == nil && (tree == nil || !who.May(action, tree.Root().ID, tree)) {
		err = store.ErrNotFound // as where there is no such round: ids tell nobody which there are
	}
	if err != nil {
		s.failed(c, err)
		return r, nil, false
	}
	return r, tree, true
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
		ReadsNames: id.May(access.ReadNames, tree.Root().ID, tree),
		Closed:     dayOf(r.ClosedAt), Published: dayOf(r.PublishedAt), Items: len(r.Asks(s.config.Surveys).Items)}
	v.Named = r.Mode == round.Named && r.State == round.Published && len(id.Top(access.ReadAnswers, tree)) > 0
	if id.May(access.ModerateComments, tree.Root().ID, tree) {
		if v.Comments, err = s.rounds.CommentsLeft(c, r); err != nil {
			s.failed(c, err)
			return
		}
	}
	if err := s.prepared(c, &v, tree); err != nil {
		s.failed(c, err)
		return
	}
	if s.config.Audit != nil {
		v.Share = s.config.Audit.Thresholds.Response
		v.At = fmt.Sprintf("%.0f%%", 100*v.Share)
		v.ShareText = format.Percent(int(100*v.Share+0.5), 100, language(c))
	}
	if units := round.Roll(tree, counts, 2); len(units) > 0 {
		v.Whole, v.Units = units[0], units[1:]
		v.Missing = v.Whole.Missing(v.Share)
	}
	v.DaysLeft = max(0, int(math.Ceil(r.ClosesAt().Sub(s.now()).Hours()/24)))
	s.render(c, http.StatusOK, "omgang", v)
}

// prepared fills in what a draft opens with, and of a later round the curve of
// submissions.
func (s *Server) prepared(c *gin.Context, v *roundView, tree *org.Tree) error {
	r, set := v.Round, v.Round.Asks(s.config.Surveys)
	for _, role := range org.Roles {
		if slices.ContainsFunc(set.Items, func(it *survey.Item) bool { return it.AskedTo([]org.Role{role}) }) {
			v.Roles = append(v.Roles, role)
		}
	}
	if r.State != round.Draft {
		var err error
		v.Curve, err = s.curve(c, r)
		return err
	}
	v.Future, v.Mails = r.OpensAt().After(s.now()), s.config.Mail != nil
	gaps, err := s.notices.Missing(c, append(tree.Above(tree.Root().ID), tree.Root().ID))
	if err != nil {
		return err
	}
	for _, g := range gaps {
		v.Gaps += g.Count
	}
	units, people, err := s.store.Organisation(c)
	if err != nil {
		return err
	}
	check, err := round.Check(r, s.config.Surveys, units, people)
	if hindrance, ok := errors.AsType[*fail.Error](err); ok {
		v.Hindered, err = hindrance.In(language(c)), nil
	}
	v.Check = &check
	if r.Hindrance != nil {
		v.Hindered = survey.Text{SV: r.Hindrance.SV, EN: r.Hindrance.EN}.In(language(c))
	}
	return err
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

// roundStep takes a round one step through its life.
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
	case "planera", "avplanera":
		_, err = s.rounds.Schedule(c, id.Account, r.ID, c.Param("step") == "planera")
	case "ta-bort":
		if err = s.rounds.Delete(c, id.Account, r.ID); err == nil {
			c.Redirect(http.StatusSeeOther, "/omgangar")
			return
		}
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
