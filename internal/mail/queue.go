package mail

import (
	"context"
	"strings"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
)

// queueKind is the kind of the cards that the letters of one person in one round
// stand on, under ROUND/PERSON. A card is due when one of its letters is.
const queueKind = round.LetterCards

func cardID(round, person string) string { return round + "/" + person }

// Status is how far a letter has come.
type Status string

// The statuses.
const (
	Queued  Status = "queued"
	Sending Status = "sending"
	Sent    Status = "sent"
	Failed  Status = "failed"
	Unknown Status = "unknown" // handed over, perhaps: never sent again by itself
	Dropped Status = "dropped" // no longer needed when its time came
)

// Entry is one letter to one person.
type Entry struct {
	Kind     Kind        `json:"kind"`
	Status   Status      `json:"status"`
	Asked    time.Time   `json:"asked"`              // when it was put in the queue
	At       time.Time   `json:"at"`                 // when Status was last changed
	Next     time.Time   `json:"next,omitzero"`      // when to try, or, of one being sent, to give it up
	Attempts int         `json:"attempts,omitempty"` // so far
	Fault    survey.Text `json:"fault,omitzero"`     // why it was not sent
	Dispatch string      `json:"dispatch,omitempty"` // of the plan, that it is one of
	Issue    int         `json:"issue,omitempty"`    // the personal link must be at least this one
}

// Person is the letters of one person in a round.
type Person struct {
	Round   string  `json:"round"`
	Person  string  `json:"person"`
	Letters []Entry `json:"letters"` // as they were put in the queue
}

// Last returns the latest letter of a kind, "" for any; nil for none.
func (p *Person) Last(kind Kind) *Entry {
	for i := len(p.Letters) - 1; i >= 0; i-- {
		if kind == "" || p.Letters[i].Kind == kind {
			return &p.Letters[i]
		}
	}
	return nil
}

// due is when the first of the letters is to be looked at.
func (p *Person) due() (due time.Time) {
	for _, e := range p.Letters {
		if (e.Status == Queued || e.Status == Sending) && (due.IsZero() || e.Next.Before(due)) {
			due = e.Next
		}
	}
	return due
}

// apart is how long it is between two letters of a kind to one person.
const apart = time.Hour

// may tells whether another letter of a kind may be put in the queue now; what
// has not reached anybody does not count.
func (p *Person) may(kind Kind, now time.Time) bool {
	for _, e := range p.Letters {
		if e.Kind != kind {
			continue
		}
		switch e.Status {
		case Queued, Sending:
			return false
		case Sent, Unknown:
			if now.Sub(e.At) < apart {
				return false
			}
		}
	}
	return true
}

var errSoon = fail.New(fail.Conflict, "Personen har fått ett sådant brev den senaste timmen, eller får det strax. Vänta en timme och försök igen.",
	"The person has had such a letter within the hour, or is about to. Wait an hour and try again.")

// put adds a letter to the queue. fail.Conflict when the person has had one of
// its kind within the hour; this is decided in the step that stores it.
func (s *Service) put(ctx context.Context, round, person string, e Entry) error {
	_, err := card.Update(ctx, s.store, queueKind, cardID(round, person), func(p *Person) (time.Time, error) {
		now := s.now()
		if !p.may(e.Kind, now) {
			return time.Time{}, errSoon
		}
		p.Round, p.Person = round, person
		e.Status, e.Asked, e.At, e.Next = Queued, now, now, now
		p.Letters = append(p.Letters, e)
		return p.due(), nil
	})
	return err
}

// Again puts a person's latest letter in the queue again: after its address was
// corrected, or when it is unknown whether it arrived. fail.Conflict within the
// hour of one that may have arrived, fail.NotFound where there is none.
func (s *Service) Again(ctx context.Context, actor string, r round.Round, person string) error {
	if r.State != round.Open {
		return errNotOpen
	}
	p, err := s.Letters(ctx, r.ID, person)
	if err != nil {
		return err
	}
	last := p.Last("")
	if last == nil {
		return fail.New(fail.NotFound, "Personen har inte fått något brev i omgången.", "The person has had no letter in the round.")
	}
	if err := s.put(ctx, r.ID, person, Entry{Kind: last.Kind}); err != nil {
		return err
	}
	s.note(ctx, actor, "letter.again", r, person, string(last.Kind))
	return nil
}

var errNotOpen = fail.New(fail.Conflict, "Brev skickas bara när omgången är öppen.", "Letters are sent only while the round is open.")

// Replace gives a person a new personal link and sends it. The letter stands in
// the queue first, and waits for the link: so a second press changes nothing.
func (s *Service) Replace(ctx context.Context, actor string, r round.Round, person string) error {
	inv, err := s.rounds.Person(ctx, r.ID, person)
	if err != nil {
		return err
	}
	if r.State != round.Open {
		return errNotOpen
	}
	if inv.Left || inv.Email == "" {
		return fail.New(fail.Conflict, "Personen har slutat eller saknar e-postadress. Rätta det på personens sida först.", "The person has left or has no e-mail address. Correct that on the person's page first.")
	}
	if err := s.put(ctx, r.ID, person, Entry{Kind: NewLink, Issue: inv.Issue + 1}); err != nil {
		return err
	}
	_, err = s.rounds.ReplaceLink(ctx, actor, r.ID, person)
	return err
}

// Line is a letter for the list of those that need a look.
type Line struct {
	Person string
	Entry
}

// Overview is how a round's letters stand.
type Overview struct {
	Counts map[Kind]map[Status]int // the latest of each kind to each person
	Waits  survey.Text             // why some still wait, if they have been tried
	Look   []Line                  // latest letters that failed or are unknown
}

// Count returns how many people's latest letter of a kind has a status; one
// being sent counts as queued.
func (o Overview) Count(kind Kind, status Status) int { return o.Counts[kind][status] }

// Letters returns the letters of one person in a round, none where there are none.
func (s *Service) Letters(ctx context.Context, round, person string) (Person, error) {
	return card.Get[Person](ctx, s.store, queueKind, cardID(round, person))
}

// Overview returns how a round's letters stand.
func (s *Service) Overview(ctx context.Context, round string) (o Overview, err error) {
	people, err := card.All[Person](ctx, s.store, queueKind, round+"/")
	o.Counts = map[Kind]map[Status]int{}
	for _, p := range people {
		for _, kind := range Kinds {
			e := p.Last(kind)
			if e == nil {
				continue
			}
			if o.Counts[kind] == nil {
				o.Counts[kind] = map[Status]int{}
			}
			status := e.Status
			if status == Sending {
				status = Queued
			}
			o.Counts[kind][status]++
			if status == Queued && e.Fault.SV != "" {
				o.Waits = e.Fault
			}
		}
		if last := p.Last(""); last != nil && (last.Status == Failed || last.Status == Unknown) {
			o.Look = append(o.Look, Line{p.Person, *last})
		}
	}
	return o, err
}

func (s *Service) note(ctx context.Context, actor, action string, r round.Round, subject, detail string) {
	s.log.Note(ctx, trail.Event{Actor: actor, Action: action, Unit: r.Top, Round: r.ID, Subject: subject, Detail: detail})
}

// split is the reverse of cardID: a round's id has no slash.
func split(id string) (round, person string) {
	round, person, _ = strings.Cut(id, "/")
	return round, person
}
