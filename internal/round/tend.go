package round

import (
	"context"
	"errors"
	"fmt"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
)

// Source is what a round opens with: what is asked, and of whom, as it is now.
type Source func(context.Context) (*survey.Set, []org.Unit, []org.Person, error)

// Tend does what is due: it opens scheduled drafts, closes rounds whose time is
// out, and computes what a process that died left uncomputed. Several processes
// may do so at once. What fails with one round does not keep it from the others.
func (s *Service) Tend(ctx context.Context, source Source) error {
	rounds, err := s.store.Rounds(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for _, r := range rounds {
		var err error
		switch {
		case r.State == Draft && r.Scheduled && !s.now().Before(r.OpensAt()):
			err = s.openScheduled(ctx, r, source)
		case s.timeIsOut(r): // unless it has been extended since it was read
			_, err = s.closeIf(ctx, trail.System, r.ID, s.timeIsOut)
		case r.State == Closed && r.Analysis == "":
			_, err = unlessBusy(s.analyse(ctx, r))
		}
		if err != nil && !fail.Is(err, fail.Conflict) { // another process was first
			faults = append(faults, fmt.Errorf("round %s: %w", r.ID, err))
		}
	}
	return errors.Join(faults...)
}

func (s *Service) timeIsOut(r Round) bool { return r.State == Open && !s.now().Before(r.ClosesAt()) }

// openScheduled opens a draft. One that can't be opened is tried no more: its
// page tells why, until the coordinator has mended it.
func (s *Service) openScheduled(ctx context.Context, r Round, source Source) error {
	set, units, people, err := source(ctx)
	if err != nil {
		return err
	}
	if !s.now().Before(r.ClosesAt()) {
		err = fail.New(fail.Invalid, "Sista svarsdag passerade innan omgången kunde öppnas. Välj nya dagar.", "The last day to answer passed before the round could be opened. Choose new days.")
	} else {
		_, err = s.openDraft(ctx, trail.System, r, set, units, people)
	}
	text, faulty := errors.AsType[*fail.Error](err)
	if !faulty || text.Code != fail.Invalid {
		return err
	}
	r, err = s.store.UpdateRound(ctx, r.ID, func(r *Round) error {
		if r.State != Draft {
			return notFrom(*r, "öppnas", "opened")
		}
		r.Scheduled, r.Hindrance = false, &Text{SV: text.SV, EN: text.EN}
		return nil
	})
	if err == nil {
		s.note(ctx, trail.System, "round.open.failed", r, text.EN)
	}
	return err
}
