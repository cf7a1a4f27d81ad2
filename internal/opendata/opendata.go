// Package opendata keeps which published rounds a kommun gives to everybody as
// open data, and how far down in its units. A round is given by nobody but the
// one who decides so, and can be taken back.
package opendata

import (
	"context"
	"fmt"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/trail"
)

// Release is a round that is given as open data.
type Release struct {
	On    bool      `json:"on"`
	Depth int       `json:"depth"` // how many steps below the topmost unit, 0–MaxDepth
	By    string    `json:"by"`    // account id of who decided
	At    time.Time `json:"at"`
}

// MaxDepth is how far down a release may go; DefaultDepth is the topmost unit and
// those directly below.
const (
	MaxDepth     = 2
	DefaultDepth = 1
)

// Store is what open data needs of a database.
type Store interface{ card.Store }

// Service gives rounds and takes them back.
type Service struct {
	store Store
	log   *trail.Log
	now   func() time.Time
}

// New ties the service to a store and the audit log.
func New(store Store, log *trail.Log, now func() time.Time) *Service {
	return &Service{store, log, now}
}

const kind = "open-data"

var (
	errUnpublished = fail.New(fail.Conflict, "Bara en publicerad omgång kan lämnas ut som öppna data. Publicera resultatet först.", "Only a published round can be given as open data. Publish the results first.")
	errDepth       = fail.New(fail.Invalid, "Välj hur långt ner i organisationen datan ska gå.", "Choose how far down in the organisation the data are to go.").At("depth")
	errNotSure     = fail.New(fail.Invalid, "Kryssa i att siffrorna får lämnas till vem som helst.", "Tick that anybody may have the figures.").At("sure")
	errWithheld    = fail.New(fail.NotFound, "Sidan finns inte. Kontrollera adressen, eller börja om från startsidan.", "There is no such page. Check the address, or begin again from the start page.")
)

// Give releases a published round down to a depth, for whoever has said to be
// sure: what somebody has fetched can't be had back. fail.Conflict for a round
// that is not published, fail.Invalid for another depth and for one not sure.
func (s *Service) Give(ctx context.Context, by string, r round.Round, depth int, sure bool) error {
	if r.State != round.Published {
		return errUnpublished
	}
	if depth < 0 || depth > MaxDepth {
		return errDepth
	}
	if !sure {
		return errNotSure
	}
	if err := s.change(ctx, r.ID, Release{true, depth, by, s.now().UTC()}); err != nil {
		return err
	}
	s.log.Note(ctx, trail.Event{Actor: by, Action: "opendata.give", Unit: r.Top, Round: r.ID, Detail: fmt.Sprintf("depth %d", depth)})
	return nil
}

// TakeBack ends a release; of a round that is not given it is no error.
func (s *Service) TakeBack(ctx context.Context, by string, r round.Round) error {
	if was, err := s.Of(ctx, r.ID); err != nil || !was.On {
		return err
	}
	if err := s.change(ctx, r.ID, Release{By: by, At: s.now().UTC()}); err != nil {
		return err
	}
	s.log.Note(ctx, trail.Event{Actor: by, Action: "opendata.takeback", Unit: r.Top, Round: r.ID})
	return nil
}

func (s *Service) change(ctx context.Context, id string, to Release) error {
	_, err := card.Update(ctx, s.store, kind, id, func(r *Release) (time.Time, error) {
		*r = to
		return time.Time{}, nil
	})
	return err
}

// Of returns what was decided of a round; Release.On is false where nothing was.
func (s *Service) Of(ctx context.Context, id string) (Release, error) {
	return card.Get[Release](ctx, s.store, kind, id)
}

// Given returns the release of a round that everybody may read; fail.NotFound, as
// where there is no such round, of one that is not given.
func (s *Service) Given(ctx context.Context, r round.Round) (Release, error) {
	release, err := s.Of(ctx, r.ID)
	if err == nil && (!release.On || r.State != round.Published) {
		err = errWithheld
	}
	return release, err
}
