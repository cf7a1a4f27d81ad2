package mail

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
)

// planKind is the kind of the cards that hold the plans, under the round's id.
const planKind = round.PlanCards

// tick is how often Tend is to be called, and so how exact a plan is.
const tick = 3 * time.Second

// Every is how often Tend is to be called.
const Every = tick

// Plan is which letters of a round go out by themselves.
type Plan struct {
	Invite     bool       `json:"invite,omitempty"`     // invitations, at opening and to those who come later
	Invited    int64      `json:"invited,omitempty"`    // version of the round whose people have been looked through
	Dispatches []Dispatch `json:"dispatches,omitempty"` // by time
}

// Dispatch is letters of a kind, at a time, to all who are to have one then.
type Dispatch struct {
	Kind   Kind      `json:"kind"` // Invitation or Reminder
	At     time.Time `json:"at"`
	By     string    `json:"by"` // account that asked for it
	Done   time.Time `json:"done,omitzero"`
	Queued int       `json:"queued,omitempty"` // how many it was
}

func (d Dispatch) id() string { return fmt.Sprintf("%s %d", d.Kind, d.At.UnixMilli()) }

// Coming returns the reminders that are still to be sent.
func (p Plan) Coming() (at []time.Time) {
	for _, d := range p.Dispatches {
		if d.Kind == Reminder && d.Done.IsZero() {
			at = append(at, d.At)
		}
	}
	return at
}

// MaxReminders is how many reminders a plan may have ahead.
const MaxReminders = 6

// Plan returns a round's plan.
func (s *Service) Plan(ctx context.Context, round string) (Plan, error) {
	return card.Get[Plan](ctx, s.store, planKind, round)
}

// SetPlan sets whether invitations go out by themselves, and when reminders do,
// in place of those that were still to come. fail.Invalid, At the number of the
// reminder that is faulty ("reminder-0"), for one that has passed, that lies
// outside the days to answer, or within a day of another.
func (s *Service) SetPlan(ctx context.Context, actor string, r round.Round, invite bool, reminders []time.Time) error {
	if r.State != round.Draft && r.State != round.Open {
		return errOver
	}
	if len(reminders) > MaxReminders {
		return fail.New(fail.Invalid, fmt.Sprintf("Högst %d påminnelser kan planeras.", MaxReminders), fmt.Sprintf("At most %d reminders can be planned.", MaxReminders))
	}
	for i, at := range reminders {
		if err := s.checkReminder(r, at, reminders[:i]); err != nil {
			return err.At(fmt.Sprintf("reminder-%d", i))
		}
	}
	_, err := card.Update(ctx, s.store, planKind, r.ID, func(p *Plan) (time.Time, error) {
		p.Invite = invite
		p.Dispatches = slices.DeleteFunc(p.Dispatches, func(d Dispatch) bool { return d.Kind == Reminder && d.Done.IsZero() })
		for _, at := range reminders {
			p.Dispatches = append(p.Dispatches, Dispatch{Kind: Reminder, At: at, By: actor})
		}
		slices.SortFunc(p.Dispatches, func(a, b Dispatch) int { return a.At.Compare(b.At) })
		return time.Time{}, nil
	})
	if err == nil {
		s.note(ctx, actor, "letter.plan", r, "", fmt.Sprintf("invitations: %t, reminders: %d", invite, len(reminders)))
	}
	return err
}

func (s *Service) checkReminder(r round.Round, at time.Time, before []time.Time) *fail.Error {
	switch {
	case !at.After(s.now()):
		return fail.New(fail.Invalid, "Påminnelsens tid har passerat. Välj en senare tid, eller skicka den nu.", "The reminder's time has passed. Choose a later one, or send it now.")
	case at.Before(r.OpensAt()) || !at.Before(r.ClosesAt()):
		return fail.New(fail.Invalid, "Påminnelsen måste ligga mellan första och sista svarsdag.", "The reminder must be between the first and last day to answer.")
	case slices.ContainsFunc(before, func(b time.Time) bool { return at.Sub(b).Abs() < 24*time.Hour }):
		return fail.New(fail.Invalid, "Två påminnelser ligger närmare varandra än ett dygn. Flytta den ena.", "Two reminders are less than a day apart. Move one of them.")
	}
	return nil
}

var errOver = fail.New(fail.Conflict, "Omgången är stängd, så inga brev skickas.", "The round is closed, so no letters are sent.")

// Now asks for letters of a kind at once: invitations to those who have not had
// one, or reminders to those who have not submitted. fail.Conflict where that
// was asked within the hour.
func (s *Service) Now(ctx context.Context, actor string, r round.Round, kind Kind) error {
	if kind != Invitation && kind != Reminder {
		return errNoKind
	}
	if r.State != round.Open {
		return errNotOpen
	}
	_, err := card.Update(ctx, s.store, planKind, r.ID, func(p *Plan) (time.Time, error) {
		now := s.now()
		for _, d := range p.Dispatches {
			if d.Kind == kind && !d.At.After(now) && now.Sub(d.At) < apart && (kind == Reminder || d.Done.IsZero()) {
				return time.Time{}, fail.New(fail.Conflict, "Utskicket är redan på väg, eller gick den senaste timmen.", "The letters are on their way already, or went within the hour.")
			}
		}
		p.Dispatches = append(p.Dispatches, Dispatch{Kind: kind, At: now, By: actor})
		slices.SortFunc(p.Dispatches, func(a, b Dispatch) int { return a.At.Compare(b.At) })
		return time.Time{}, nil
	})
	if err == nil {
		s.note(ctx, actor, "letter.now", r, "", string(kind))
	}
	return err
}

// dispatch puts in the queue what the plans of open rounds say is due. Cut off
// halfway it begins again, and who has got the letter does not get it twice.
func (s *Service) dispatch(ctx context.Context) error {
	rounds, err := s.rounds.Rounds(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for _, r := range rounds {
		if r.State == round.Open && s.now().Before(r.ClosesAt()) {
			if err := s.dispatchRound(ctx, r); err != nil {
				faults = append(faults, fmt.Errorf("letters of round %s: %w", r.ID, err))
			}
		}
	}
	return errors.Join(faults...)
}

func (s *Service) dispatchRound(ctx context.Context, r round.Round) error {
	p, err := s.Plan(ctx, r.ID)
	if err != nil {
		return err
	}
	if p.Invite && p.Invited != r.Version { // whoever comes later changes the round
		if _, err := s.queue(ctx, r, Dispatch{Kind: Invitation}); err != nil {
			return err
		}
		if _, err := card.Update(ctx, s.store, planKind, r.ID, func(p *Plan) (time.Time, error) {
			p.Invited = r.Version
			return time.Time{}, nil
		}); err != nil {
			return err
		}
	}
	for _, d := range p.Dispatches {
		if !d.Done.IsZero() || d.At.After(s.now()) {
			continue
		}
		n, err := s.queue(ctx, r, d)
		if err != nil {
			return err
		}
		if _, err := card.Update(ctx, s.store, planKind, r.ID, func(p *Plan) (time.Time, error) {
			for i := range p.Dispatches {
				if p.Dispatches[i].id() == d.id() && p.Dispatches[i].Done.IsZero() {
					p.Dispatches[i].Done, p.Dispatches[i].Queued = s.now(), n
				}
			}
			return time.Time{}, nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// queue puts a letter in the queue for everybody who is to have it, and returns
// how many that are.
func (s *Service) queue(ctx context.Context, r round.Round, d Dispatch) (n int, err error) {
	had := map[string]Person{}
	people, err := card.All[Person](ctx, s.store, queueKind, r.ID+"/")
	if err != nil {
		return 0, err
	}
	for _, p := range people {
		had[p.Person] = p
	}
	var to []string // first read, then write: a store may not take both at once
	for inv, err := range s.rounds.Invitations(ctx, r.ID) {
		if err != nil {
			return 0, err
		}
		if p := had[inv.Person]; !inv.Left && p.wants(d, inv, s.now()) {
			to = append(to, inv.Person)
		}
	}
	for _, person := range to {
		err := s.put(ctx, r.ID, person, Entry{Kind: d.Kind, Dispatch: d.id()})
		if err == nil {
			n++
		} else if !fail.Is(err, fail.Conflict) {
			return n, err
		}
	}
	return n, nil
}

// wants tells whether a dispatch has a letter for a person.
func (p *Person) wants(d Dispatch, inv round.Invitation, now time.Time) bool {
	last := p.Last(d.Kind)
	if d.Kind == Invitation {
		return last == nil || last.Status == Dropped // who had left, or a round that was closed
	}
	if inv.Status == round.Submitted || last != nil && last.Dispatch == d.id() {
		return false
	}
	// One who was invited a moment ago is not reminded.
	return p.may(Invitation, now) && p.may(NewLink, now)
}
