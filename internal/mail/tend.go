package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/mail"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/metrics"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

const (
	tendLease = "mail"
	leaseLife = 30 * time.Second
	// A letter being sent that no process has told of for so long is unknown. It
	// is far longer than a server may take over it.
	sendLife = 5 * time.Minute
	// How long a letter waits for the new link that it is to carry.
	linkLife = time.Minute
	// How long a server that could not be used is left alone.
	restTime = time.Minute
)

// retries are the waits before another attempt: a day in all.
var retries = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 8 * time.Hour}

// Tend queues the letters that plans say are due, and sends what is in the queue
// and the reminders of actions, until nothing is due or ctx ends. Several processes may call it at once: one of
// them does it.
func (s *Service) Tend(ctx context.Context) error {
	if s == nil {
		return nil
	}
	held, err := s.store.Lease(ctx, tendLease, s.holder, leaseLife)
	if err != nil || !held {
		return err
	}
	defer func() {
		if _, err := s.store.Lease(context.WithoutCancel(ctx), tendLease, s.holder, 0); err != nil {
			slog.WarnContext(ctx, "lease not given back", "of", tendLease, "err", err) // it runs out
		}
	}()
	return errors.Join(s.dispatch(ctx), s.sendDue(ctx), s.remindOwners(ctx))
}

// sendDue sends what is due, keeping the lease; of a process that stood still
// for longer another may have gone on, and so it stops. What fails with one round
// does not keep it from the others.
func (s *Service) sendDue(ctx context.Context) error {
	var ids []string
	for c, err := range s.store.DueCards(ctx, queueKind, s.now()) {
		if err != nil {
			return err
		}
		ids = append(ids, c.ID)
	}
	metrics.LettersDue(len(ids))
	renewed := s.now()
	failed := map[string]error{} // by round
	for n, id := range ids {
		roundID, _ := split(id)
		if failed[roundID] != nil {
			continue
		}
		if s.now().Before(s.rest) {
			break
		}
		if s.now().Sub(renewed) > leaseLife/3 {
			if held, err := s.store.Lease(ctx, tendLease, s.holder, leaseLife); err != nil || !held {
				return errors.Join(err, faults(failed))
			}
			renewed = s.now()
		}
		if err := s.one(ctx, id); err != nil {
			failed[roundID] = fmt.Errorf("letters of round %s: %w", roundID, err)
		}
		metrics.LettersDue(len(ids) - n - 1)
	}
	return faults(failed)
}

func faults(byRound map[string]error) error {
	return errors.Join(slices.Collect(maps.Values(byRound))...)
}

// one sends the letters of one person that are due.
func (s *Service) one(ctx context.Context, id string) error {
	for range 4 { // a kind each, at most
		more, err := s.next(ctx, id)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// errNone tells that no letter of a card is due: another was first.
var errNone = errors.New("no letter is due")

// next sends one letter of a card, if one is due.
func (s *Service) next(ctx context.Context, id string) (more bool, err error) {
	roundID, person := split(id)
	j, skip, err := s.prepare(ctx, roundID, person)
	if err == nil && j.due != nil && skip == nil {
		if err := s.limit.Wait(ctx); err != nil {
			return false, nil // the program is ending; nothing is marked
		}
		j, skip, err = s.prepare(ctx, roundID, person) // somebody may have submitted meanwhile
	}
	if err != nil || j.due == nil {
		return false, err
	}
	if skip != nil {
		return true, s.settle(ctx, id, *j.due, *skip)
	}
	// From here on the letter is either told of or unknown.
	marked, err := s.mark(ctx, id, *j.due)
	if errors.Is(err, errNone) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	ctx = context.WithoutCancel(ctx)
	d := s.config.Server.send(ctx, j.message)
	s.count(marked.Kind, d.outcome)
	if d.outcome != sent {
		slog.WarnContext(ctx, "letter not sent", "kind", marked.Kind, "attempt", marked.Attempts, "err", d.err)
	}
	if d.outcome == away {
		s.rest = s.now().Add(restTime)
	}
	return d.outcome != away, s.settle(ctx, id, marked, s.after(marked, d))
}

// job is a letter that is due, ready to be sent.
type job struct {
	due     *Entry // nil when none is
	message Message
}

// prepare judges, at the moment of sending, whether the first due letter of a
// person is to be sent; skip is what becomes of it otherwise.
func (s *Service) prepare(ctx context.Context, roundID, person string) (j job, skip *change, err error) {
	p, err := card.Get[Person](ctx, s.store, queueKind, cardID(roundID, person))
	if err != nil {
		return j, nil, err
	}
	if j.due = p.firstDue(s.now()); j.due == nil {
		return j, nil, nil
	}
	e := *j.due
	if e.Status == Sending {
		return j, &change{status: Unknown, fault: faultCut}, nil
	}
	r, err := s.rounds.Round(ctx, roundID)
	if err == nil && r.State != round.Open {
		return j, &change{status: Dropped}, nil
	}
	var inv round.Invitation
	if err == nil {
		inv, err = s.rounds.Person(ctx, roundID, person)
	}
	switch {
	case fail.Is(err, fail.NotFound): // forgotten meanwhile
		return j, &change{status: Dropped}, nil
	case err != nil:
		return j, nil, err
	case inv.Left || e.Kind == Reminder && inv.Status == round.Submitted:
		return j, &change{status: Dropped}, nil
	case inv.Email == "":
		return j, &change{status: Failed, fault: survey.Text{SV: "E-postadress saknas.", EN: "There is no e-mail address."}}, nil
	case inv.Issue < e.Issue && s.now().Sub(e.Asked) < linkLife:
		return j, &change{status: Queued, next: s.now().Add(tick)}, nil
	case inv.Issue < e.Issue:
		return j, &change{status: Failed, fault: survey.Text{SV: "Länken blev inte utbytt. Byt den igen.", EN: "The link was not replaced. Replace it again."}}, nil
	}
	j.message, err = s.compose(ctx, r, inv, e.Kind)
	return j, nil, err
}

var faultCut = survey.Text{SV: "Programmet avbröts medan brevet skickades. Det är okänt om det kom fram.", EN: "The program was cut off while the letter was being sent. Whether it arrived is unknown."}

// firstDue returns the first letter to look at, nil for none.
func (p *Person) firstDue(now time.Time) *Entry {
	for i, e := range p.Letters {
		if (e.Status == Queued || e.Status == Sending) && !e.Next.After(now) {
			return &p.Letters[i]
		}
	}
	return nil
}

// compose writes a letter to one person. The link is made here, and stands in no
// queue.
func (s *Service) compose(ctx context.Context, r round.Round, inv round.Invitation, kind Kind) (Message, error) {
	tree, err := s.rounds.Tree(ctx, r)
	if err != nil {
		return Message{}, err
	}
	texts, _, err := s.Texts(ctx, tree.Root().ID)
	if err != nil {
		return Message{}, err
	}
	l, contact, err := s.Write(ctx, r, tree, texts[kind], inv.Name, s.config.BaseURL.String()+"/e/"+s.rounds.LinkToken(inv))
	return s.message(l, tree.Root().Name, contact, mail.Address{Name: inv.Name, Address: inv.Email}), err
}

// mark tells that a letter is being sent. errNone when it is not as it was: then
// another process has it.
func (s *Service) mark(ctx context.Context, id string, e Entry) (Entry, error) {
	marked := e
	marked.Status, marked.At = Sending, s.now()
	marked.Next, marked.Attempts = marked.At.Add(sendLife), e.Attempts+1
	return marked, s.swap(ctx, id, e, marked)
}

// change is what becomes of a letter.
type change struct {
	status Status
	next   time.Time
	fault  survey.Text
}

// after tells what becomes of a letter after an attempt.
func (s *Service) after(e Entry, d delivery) change {
	switch d.outcome {
	case sent:
		return change{status: Sent}
	case uncertain:
		return change{status: Unknown, fault: d.fault}
	case refused:
		return change{status: Failed, fault: d.fault}
	}
	if e.Attempts > len(retries) {
		return change{status: Failed, fault: survey.Text{SV: "Gav upp efter ett dygn. " + d.fault.SV, EN: "Gave up after a day. " + d.fault.EN}}
	}
	return change{status: Queued, next: s.now().Add(retries[e.Attempts-1]), fault: d.fault}
}

// settle stores what has become of a letter.
func (s *Service) settle(ctx context.Context, id string, e Entry, c change) error {
	next := e
	next.Status, next.Next, next.Fault, next.At = c.status, c.next, c.fault, s.now()
	if c.status == Unknown {
		next.At = e.At // when it may have gone
	}
	if err := s.swap(ctx, id, e, next); !errors.Is(err, errNone) {
		return err
	}
	return nil
}

// swap puts a letter in another's place, if that stands as it was; errNone
// otherwise.
func (s *Service) swap(ctx context.Context, id string, was, is Entry) error {
	_, err := card.Update(ctx, s.store, queueKind, id, func(p *Person) (time.Time, error) {
		for i, e := range p.Letters {
			if e.same(was) {
				p.Letters[i] = is
				return p.due(), nil
			}
		}
		return time.Time{}, errNone
	})
	return err
}

// same tells whether two are the same letter in the same state. One that has
// been given up as unknown is still the one that was being sent, should its
// process come back and tell.
func (e Entry) same(o Entry) bool {
	status := e.Status == o.Status || e.Status == Unknown && o.Status == Sending
	return status && e.Kind == o.Kind && e.Attempts == o.Attempts && e.Asked.Equal(o.Asked)
}
