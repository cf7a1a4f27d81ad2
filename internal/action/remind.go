package action

import (
	"context"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// Ahead is how many days before the last one its owner is reminded; Hour is when
// on the day, Swedish time. When it is late they are told the day after.
const (
	Ahead = 7
	Hour  = 8
)

// Reminder is one letter to the owner: that the last day is near, or has passed.
// Each is sent once for a last day; when that is moved, they begin anew.
type Reminder struct {
	Late bool
	Day  string // the last day that it is about
}

// ID names the reminder among those of its action.
func (r Reminder) ID() string {
	if r.Late {
		return "late " + r.Day
	}
	return "soon " + r.Day
}

// at is when the reminder is to go.
func (r Reminder) at() time.Time {
	day, err := time.ParseInLocation(round.DayFormat, r.Day, round.Sweden)
	if err != nil {
		return time.Time{}
	}
	by := -Ahead
	if r.Late {
		by = 1
	}
	return day.AddDate(0, 0, by).Add(Hour * time.Hour)
}

// reminders are those of the action, in order.
func (a Action) reminders() []Reminder { return []Reminder{{false, a.Due}, {true, a.Due}} }

// Wants reports whether a reminder is one that the owner is to have: it has an
// address, is not over, and its last day is the one that the reminder is about.
func (a Action) Wants(r Reminder) bool { return a.Email != "" && !a.Status.Over() && a.Due == r.Day }

// Reminder returns what is to be sent at a moment, false for nothing. Once the
// last day has passed nobody is told that it is near.
func (a Action) Reminder(now time.Time) (Reminder, bool) {
	if now.Before(a.Wait) {
		return Reminder{}, false
	}
	for _, r := range slices.Backward(a.reminders()) {
		if !now.Before(r.at()) {
			return r, a.Wants(r) && !slices.Contains(a.Told, r.ID())
		}
	}
	return Reminder{}, false
}

// due is when the action is next to be looked at; the zero time for never. A
// reminder that another has overtaken is not sent any more, so it is not due.
func (a Action) due() time.Time {
	if slices.Contains(a.Told, a.reminders()[1].ID()) {
		return time.Time{}
	}
	for _, r := range a.reminders() {
		if at := r.at(); a.Wants(r) && !slices.Contains(a.Told, r.ID()) {
			if at.Before(a.Wait) {
				return a.Wait
			}
			return at
		}
	}
	return time.Time{}
}

// skipPassed leaves out the reminder that the last day is near, where it is that
// already when somebody sets it: they know.
func (a *Action) skipPassed(now time.Time) {
	if soon := a.reminders()[0]; !now.Before(soon.at()) && !slices.Contains(a.Told, soon.ID()) {
		a.Told = append(a.Told, soon.ID())
	}
}

// Due returns the actions whose owner is to be reminded.
func (s *Service) Due(ctx context.Context) (out []Action, err error) {
	var ids []string // first read, then write: a store may not take both at once
	for c, err := range s.store.DueCards(ctx, cardKind, s.now()) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, c.ID)
	}
	for _, id := range ids {
		a, err := card.Get[Action](ctx, s.store, cardKind, id)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// Begin notes that a reminder is being sent, and returns the action as it is then;
// false where it is no longer to be sent, or another process is at it. It is noted
// first, so that nobody gets it twice should the process die in between.
func (s *Service) Begin(ctx context.Context, id string, r Reminder) (a Action, first bool, err error) {
	a, err = s.put(ctx, id, func(a *Action) error {
		if now, ok := a.Reminder(s.now()); a.ID == "" || !ok || now != r {
			return errMoved
		}
		a.Told = append(a.Told, r.ID())
		return nil
	})
	if fail.Is(err, fail.Conflict) {
		return a, false, nil
	}
	return a, err == nil, err
}

// Sent notes how it went with a reminder that was begun: fault is why the mail
// server did not take it, zero where it did, and again how long it is until it is
// tried again, 0 for never.
func (s *Service) Sent(ctx context.Context, begun Action, r Reminder, fault survey.Text, again time.Duration) error {
	_, err := s.put(ctx, begun.ID, func(a *Action) error {
		if a.ID == "" {
			return errGone
		}
		if again > 0 {
			a.Told = slices.DeleteFunc(a.Told, func(told string) bool { return told == r.ID() })
			a.Wait = s.now().Add(again).UTC()
		}
		if a.Email == begun.Email { // else it went to an address that has been changed meanwhile
			a.Letter = &Letter{r.ID(), s.today(), fault, again > 0}
		}
		return nil
	})
	return err
}

// newAddress forgets how it went with the old one. What the mail server did not
// take is sent to the new.
func (a *Action) newAddress() {
	if l := a.Letter; l != nil && l.Fault != (survey.Text{}) {
		a.Told = slices.DeleteFunc(slices.Clone(a.Told), func(told string) bool { return told == l.Reminder })
		a.Wait = time.Time{}
	}
	a.Letter = nil
}
