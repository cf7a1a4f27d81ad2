package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
)

// roundsView is what the list of rounds shows.
type roundsView struct {
	Rounds    []round.Round
	MayManage bool
	Tops      []org.Unit // whose rounds one may make
	People    int        // imported, who could be asked
	Units     int
	New       newRound // as typed, kept when it was faulty
	Problem   string   // what is wrong with it
	Field     string   // and in which field, "" where it is not one
}

// newRound is the form of a new round.
type newRound struct {
	ID, Top, From string // From is the round whose questionnaires and targets are taken over
	Settings      settings
}

func (s *Server) roundList(c *gin.Context) {
	today := s.now().In(round.Sweden)
	// What is proposed can be changed; a name that is taken is told when it is sent.
	s.showRounds(c, http.StatusOK, newRound{ID: strconv.Itoa(today.Year()), Settings: settings{Mode: string(round.Confidential), MinGroup: strconv.Itoa(round.LeastGroup),
		OpensOn: today.Format(round.DayFormat), OpensTime: "08:00", ClosesOn: today.AddDate(0, 0, 21).Format(round.DayFormat), ClosesTime: "17:00"}}, nil)
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
	v := roundsView{New: typed}
	if problem != nil {
		v.Problem, v.Field = problem.In(language(c)), problem.Field
	}
	id, err := s.identity(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	if tree != nil {
		v.Tops = id.Top(access.ManageRound, tree)
		v.MayManage = len(v.Tops) > 0
		for _, u := range tree.Units() { // no other kommun's are told of
			if id.May(access.ManageRound, u.ID, tree) {
				v.Units++
			}
		}
		for _, p := range people {
			if id.May(access.ManageRound, p.Unit, tree) {
				v.People++
			}
		}
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

// units returns the units as they stand now; nil when none are imported. False when
// it has answered. They are read anew when the organisation has another version.
func (s *Server) units(c *gin.Context) (*org.Tree, bool) {
	version, err := s.store.OrganisationVersion(c)
	if err != nil {
		s.failed(c, err)
		return nil, false
	}
	if known := s.tree.Load(); known != nil && known.version == version {
		return known.tree, true
	}
	tree, _, ok := s.organisation(c)
	if ok {
		s.tree.Store(&knownUnits{version, tree})
	}
	return tree, ok
}

// knownUnits is the units of a version of the organisation, or of a later one.
type knownUnits struct {
	version string
	tree    *org.Tree
}

// roundTree returns the units of a round: frozen since it opened, as they stand
// now before; nil where there are none.
func (s *Server) roundTree(ctx context.Context, r round.Round, now *org.Tree) (*org.Tree, error) {
	switch {
	case r.Units != "":
		return s.rounds.Tree(ctx, r)
	case now == nil || r.Top == "":
		return now, nil
	}
	return now.Subtree(r.Top), nil
}

func (s *Server) roundCreate(c *gin.Context) {
	tree, ok := s.units(c)
	if !ok {
		return
	}
	if tree == nil {
		s.failed(c, errNobody)
		return
	}
	typed := newRound{c.PostForm("id"), c.PostForm("top"), c.PostForm("from"), readSettings(c)}
	id, err := s.identity(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	tops := id.Top(access.ManageRound, tree)
	if typed.Top == "" && len(tops) > 0 {
		typed.Top = tops[0].ID
	}
	if !s.unit(c, access.ManageRound, typed.Top, tree) {
		return
	}
	next := round.Round{ID: typed.ID}
	if typed.Top != tree.Root().ID {
		next.Top = typed.Top
	}
	typed.Settings.over(&next)
	if typed.From != "" {
		last, ok := s.managed(c, typed.From)
		if !ok {
			return
		}
		next.Questionnaires, next.Targets = last.Questionnaires, last.Targets
	}
	r, err := s.rounds.Create(c, id.Account, next)
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

var errNobody = fail.New(fail.Conflict, "Läs in enheter och chefer först, under Administration.", "Import units and people first, under Administration.")
