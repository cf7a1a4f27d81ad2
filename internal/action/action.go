// Package action holds what is done because of a result (åtgärder): what, by whom
// and when, which items it is expected to lift, how it goes, and what the rounds
// that follow show. Who may see one is for its unit to decide.
package action

import (
	"context"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
)

// Status is how far an action has come.
type Status string

// The statuses.
const (
	Planned  Status = "planerad"
	Underway Status = "pagar"
	Done     Status = "klar"
	Stopped  Status = "avbruten"
)

// Statuses lists every status, in the order in which they follow.
var Statuses = []Status{Planned, Underway, Done, Stopped}

// Over reports whether nothing more is to be done.
func (s Status) Over() bool { return s == Done || s == Stopped }

// Action is something that is done. Days are written 2006-01-02.
type Action struct {
	ID             string    `json:"id"`
	Unit           string    `json:"unit"`
	Round          string    `json:"round"` // whose result it comes from, and its items' From
	Title          string    `json:"title"`
	Recommendation string    `json:"recommendation,omitempty"` // id, "" for one thought of by somebody
	What           string    `json:"what"`
	Owner          string    `json:"owner"`           // a role, as it is called there
	Email          string    `json:"email,omitempty"` // for reminders; forgotten when the action is over
	Start          string    `json:"start"`
	Due            string    `json:"due"` // last day
	Status         Status    `json:"status"`
	Items          []Item    `json:"items"`
	Log            []Entry   `json:"log,omitempty"`    // follow-ups, the oldest first
	Told           []string  `json:"told,omitempty"`   // ids of reminders that have been sent
	Wait           time.Time `json:"wait,omitzero"`    // until when no reminder is tried again
	Letter         *Letter   `json:"letter,omitempty"` // the last reminder to Email, nil for none yet
	Revision       int       `json:"revision"`         // one more at every change by a person
}

// Letter is how it went with a reminder.
type Letter struct {
	Reminder string      `json:"reminder"` // id
	Day      string      `json:"day"`
	Fault    survey.Text `json:"fault,omitzero"` // why the mail server did not take it
	Again    bool        `json:"again,omitempty"`
}

// Item is what the action is expected to lift.
type Item struct {
	ID       string  `json:"id"`
	From     float64 `json:"from,omitempty"` // level in Round, 0 where it is not shown
	Expected float64 `json:"expected"`       // level 1–5, with one decimal
}

// Entry is a follow-up.
type Entry struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"` // account id
	Text   string    `json:"text"`
	Status Status    `json:"status"` // as it was set
}

// Late reports whether the last day has passed on a day, and it is not over.
func (a Action) Late(today string) bool { return !a.Status.Over() && a.Due < today }

// cardKind is what an action's card is under; its id is the action's.
const cardKind = "action"

// Service keeps the actions of every organisation.
type Service struct {
	store card.Store
	log   *trail.Log
	now   func() time.Time
}

// New ties the actions to a store and the audit log.
func New(store card.Store, log *trail.Log, now func() time.Time) *Service {
	return &Service{store, log, now}
}

// today is the Swedish day.
func (s *Service) today() string { return s.now().In(round.Sweden).Format(round.DayFormat) }

// All returns those that a reader may see, which may tells, by last day; those
// that are over after the others.
func (s *Service) All(ctx context.Context, may func(Action) bool) ([]Action, error) {
	all, err := card.All[Action](ctx, s.store, cardKind, "")
	all = slices.DeleteFunc(all, func(a Action) bool { return !may(a) })
	slices.SortStableFunc(all, compare)
	return all, err
}

// Seal tells one state of all actions from any other.
func (s *Service) Seal(ctx context.Context) (string, error) {
	return card.SealAll(ctx, s.store, cardKind, "")
}

// Action returns one; fail.NotFound.
func (s *Service) Action(ctx context.Context, id string) (Action, error) {
	a, err := card.Get[Action](ctx, s.store, cardKind, id)
	if err == nil && a.ID == "" {
		err = errGone
	}
	return a, err
}

var (
	errGone  = fail.New(fail.NotFound, "Åtgärden finns inte.", "There is no such action.")
	errFull  = invalid("text", "Åtgärden har redan %d uppföljningar. Avsluta den, och ta upp det som återstår som en ny.", "The action has %d follow-ups already. End it, and take up what remains as a new one.", MaxLog)
	errMany  = invalid("unit", "Enheten har redan %d åtgärder ur den här mätningen. Slå ihop det som hör samman i en av dem.", "The unit has %d actions from this survey already. Put together in one of them what belongs together.", MaxActions)
	errMoved = fail.New(fail.Conflict, "Någon annan har ändrat åtgärden sedan du öppnade den. Det du skrev står kvar här. Jämför med åtgärden som den är nu, och spara igen om din ändring ska gälla.",
		"Somebody else has changed the action since you opened it. What you typed is still here. Compare it with the action as it is now, and save again if your change is to hold.")
)

// Create stores a new action and returns it with its id. known tells which items
// there are. fail.Invalid, At the field, for what is faulty.
func (s *Service) Create(ctx context.Context, actor string, a Action, known func(item string) bool) (Action, error) {
	a.tidy()
	if err := a.check(s.today(), true, known); err != nil {
		return a, err
	}
	same, err := s.All(ctx, func(other Action) bool { return other.Unit == a.Unit && other.Round == a.Round })
	if err != nil {
		return a, err
	}
	if len(same) >= MaxActions {
		return a, errMany
	}
	a.ID, a.Revision, a.Log, a.Told = keys.Random(), 1, nil, nil
	a.skipPassed(s.now())
	a, err = s.put(ctx, a.ID, func(now *Action) error { *now = a; return nil })
	s.note(ctx, err, actor, "action.create", a)
	return a, err
}

// Change stores what an action is to be, in place of the one whose revision was
// seen; its follow-ups stay. Errors are those of Create, fail.NotFound, and
// fail.Conflict when somebody else has changed it.
func (s *Service) Change(ctx context.Context, actor, id string, seen int, a Action, known func(item string) bool) (Action, error) {
	a.tidy()
	a, err := s.put(ctx, id, func(now *Action) error {
		if err := now.still(seen); err != nil {
			return err
		}
		if err := a.check(s.today(), a.Due != now.Due, known); err != nil {
			return err
		}
		a.ID, a.Round, a.Revision, a.Log, a.Told = now.ID, now.Round, now.Revision+1, now.Log, now.Told
		a.Wait, a.Letter = now.Wait, now.Letter
		if a.Email != now.Email {
			a.newAddress()
		}
		if a.Due != now.Due {
			a.skipPassed(s.now())
		}
		*now = a
		return nil
	})
	s.note(ctx, err, actor, "action.change", a)
	return a, err
}

// Follow adds a follow-up and sets the status. Errors are those of Change.
func (s *Service) Follow(ctx context.Context, actor, id string, seen int, status Status, text string) (Action, error) {
	text = lines(text)
	a, err := s.put(ctx, id, func(now *Action) error {
		if err := now.still(seen); err != nil {
			return err
		}
		if err := checkFollow(now.Status, status, text); err != nil {
			return err
		}
		if len(now.Log) >= MaxLog {
			return errFull
		}
		now.Status = status
		now.Log = append(now.Log, Entry{At: s.now().UTC().Truncate(time.Second), By: actor, Text: text, Status: status})
		now.Revision++
		return nil
	})
	s.note(ctx, err, actor, "action.follow", a)
	return a, err
}

// still reports with an error that an action is not the one that was seen.
func (a *Action) still(seen int) error {
	switch {
	case a.ID == "":
		return errGone
	case a.Revision != seen:
		return errMoved
	}
	return nil
}

// put changes an action's card, which is due when somebody is to be reminded.
func (s *Service) put(ctx context.Context, id string, change func(*Action) error) (Action, error) {
	return card.Update(ctx, s.store, cardKind, id, func(a *Action) (time.Time, error) {
		if err := change(a); err != nil {
			return time.Time{}, err
		}
		if a.Status.Over() {
			a.Email, a.Letter = "", nil
		}
		return a.due(), nil
	})
}

func (s *Service) note(ctx context.Context, err error, actor, action string, a Action) {
	if err == nil {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: action, Unit: a.Unit, Round: a.Round, Detail: a.ID})
	}
}

// Forget takes the owner's address away from the actions that match, and returns
// how many that were.
func (s *Service) Forget(ctx context.Context, match func(Action) bool) (n int, err error) {
	found, err := s.All(ctx, func(a Action) bool { return a.Email != "" && match(a) })
	for _, a := range found {
		if _, err := s.put(ctx, a.ID, func(now *Action) error {
			if now.ID != "" && match(*now) {
				now.Email, now.Letter = "", nil
			}
			return nil
		}); err != nil {
			return n, err
		}
		n++
	}
	return n, err
}
