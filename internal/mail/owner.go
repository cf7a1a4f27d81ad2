package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"net/url"
	"time"

	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
)

// ownerWait is how long it is until a reminder of an action is tried again that
// the server did not take: it is about days.
const ownerWait = 30 * time.Minute

// remindOwners reminds those who are responsible for actions whose last day is
// near or has passed. What fails with one does not keep it from the others.
func (s *Service) remindOwners(ctx context.Context) error {
	due, err := s.actions.Due(ctx)
	faults := []error{err}
	for _, a := range due {
		if s.now().Before(s.rest) || ctx.Err() != nil {
			break
		}
		if r, ok := a.Reminder(s.now()); ok {
			if err := s.remindOwner(ctx, a, r); err != nil {
				faults = append(faults, fmt.Errorf("reminder of an action of round %s: %w", a.Round, err))
			}
		}
	}
	return errors.Join(faults...)
}

func (s *Service) remindOwner(ctx context.Context, a action.Action, r action.Reminder) error {
	if err := s.limit.Wait(ctx); err != nil {
		return nil // the program is ending; nothing is marked
	}
	m, err := s.composeOwner(ctx, a, r)
	if fail.Is(err, fail.NotFound) { // its round is gone
		_, _, err = s.actions.Begin(ctx, a.ID, r)
		return err
	}
	if err != nil {
		return err
	}
	a, first, err := s.actions.Begin(ctx, a.ID, r)
	if err != nil || !first {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	d := s.config.Server.send(ctx, m)
	s.count(ownerKind(r), d.outcome)
	if d.outcome == sent {
		s.log.Note(ctx, trail.Event{Actor: trail.System, Action: "action.remind", Unit: a.Unit, Round: a.Round, Detail: a.ID})
		return s.actions.Sent(ctx, a, r, survey.Text{}, 0)
	}
	slog.WarnContext(ctx, "reminder of an action not sent", "err", d.err)
	wait := time.Duration(0)
	if d.outcome == away || d.outcome == later {
		wait = ownerWait
	}
	if d.outcome == away {
		s.rest = s.now().Add(restTime)
	}
	return s.actions.Sent(ctx, a, r, d.fault, wait)
}

func ownerKind(r action.Reminder) Kind {
	if r.Late {
		return ActionLate
	}
	return ActionSoon
}

// composeOwner writes a reminder to who is responsible. Its link leads to the
// action, for those who may sign in.
func (s *Service) composeOwner(ctx context.Context, a action.Action, r action.Reminder) (Message, error) {
	of, err := s.rounds.Round(ctx, a.Round)
	if err != nil {
		return Message{}, err
	}
	tree, err := s.rounds.Tree(ctx, of)
	if err != nil {
		return Message{}, err
	}
	contact, err := s.contact(ctx, tree)
	if err != nil {
		return Message{}, err
	}
	sender, unit := tree.Root().Name, a.Unit
	if u, ok := tree.Unit(a.Unit); ok {
		unit = u.Name
	}
	link := s.config.BaseURL.String() + "/atgarder/" + url.PathEscape(a.ID)
	l, err := s.defaults[ownerKind(r)].Render(Values{
		"åtgärd": same(a.Title), "enhet": same(unit), "ansvarig": same(a.Owner), Link: same(link), "avsändare": same(sender), "kontakt": same(contact.words()),
		"sista dag": survey.Text{SV: format.Weekday(a.Due, "sv"), EN: format.Weekday(a.Due, "en")},
	})
	return s.message(l, sender, contact, mail.Address{Address: a.Email}), err
}
