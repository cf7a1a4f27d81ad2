package round

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/survey"
)

// Submit hands in the person's response: from now on it counts. It can be
// changed until the round closes. fail.Invalid when nothing is answered.
func (s *Service) Submit(ctx context.Context, inv Invitation) error {
	_, set, err := s.answering(ctx, inv.Round)
	if err != nil {
		return err
	}
	if inv, err = s.store.Invitation(ctx, inv.Round, inv.Person); err != nil { // the unit and roles that count are those of now
		return err
	}
	if inv.Left {
		return errLeft
	}
	first := false
	err = s.pack(ctx, set, inv, func(resp opened) (string, error) {
		for _, e := range resp.entries {
			if e.Answer != survey.None {
				first = !resp.Submitted
				return s.today(), nil
			}
		}
		return "", fail.New(fail.Invalid, "Svara på minst en fråga innan du lämnar in.", "Answer at least one question before you submit.")
	})
	if err != nil {
		return err
	}
	if first && inv.Counts {
		// For the curve of the round's page. It is of days, and of nobody.
		if _, err := s.store.Tally(ctx, submittedOn(inv.Round)+s.today(), tallyLife); err != nil {
			slog.WarnContext(ctx, "submission not counted by day", "round", inv.Round, "err", err)
		}
	}
	// Who moved the person meanwhile may have seen nothing submitted yet.
	now, err := s.store.Invitation(ctx, inv.Round, inv.Person)
	if err == nil && now.Unit != inv.Unit {
		_, err = s.settle(ctx, set, now)
	}
	return err
}

// pack puts one sealed record in place of all that a response holds, of the day
// that may tells, unless that refuses it.
func (s *Service) pack(ctx context.Context, set *survey.Set, inv Invitation, may func(opened) (day string, err error)) error {
	for range 5 { // another tab or device may be saving
		resp, err := s.load(ctx, set, inv.Round, inv.Person)
		if err != nil {
			return err
		}
		day, err := may(resp)
		if err != nil {
			return err
		}
		name := s.keys.Respondent(inv.Round, inv.Person)
		box, err := s.keys.Seal(encodeRecord(set, inv.Unit, inv.Roles, resp.entries), inv.Round, name, recordName)
		if err != nil {
			return err
		}
		_, err = s.store.Submit(ctx, Submission{Round: inv.Round, Respondent: name, Person: inv.Person, Day: day, Version: resp.Version, Record: box})
		count("submit", err)
		if !fail.Is(err, fail.Conflict) {
			return err
		}
	}
	return errors.New("submit: the response kept changing")
}

// submittedOn begins the names of the tallies of a round's submissions by day.
func submittedOn(round string) string { return "submitted/" + round + "/" }

// tallyLife is as long as years are compared.
const tallyLife = 3 * 366 * 24 * time.Hour

// SubmittedByDay returns how many have submitted for the first time on each day.
func (s *Service) SubmittedByDay(ctx context.Context, round string) (map[string]int, error) {
	days := map[string]int{}
	for tally, err := range s.store.Tallies(ctx, submittedOn(round)) {
		if err != nil {
			return nil, err
		}
		days[strings.TrimPrefix(tally.Name, submittedOn(round))] = int(tally.N)
	}
	return days, nil
}
