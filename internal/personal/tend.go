package personal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/trail"
)

// LogCheck is what the last check of the audit log found; the zero LogCheck
// when there has been none.
type LogCheck struct {
	At time.Time `json:"at"`
	trail.Report
}

// Day is the Swedish day of the check.
func (c LogCheck) Day() string { return c.At.In(round.Sweden).Format(round.DayFormat) }

// LogChecked returns the last check.
func (s *Service) LogChecked(ctx context.Context) (LogCheck, error) {
	return card.Get[LogCheck](ctx, s.store, tendedCards, "log")
}

// checkLog reads the audit log through.
func (s *Service) checkLog(ctx context.Context) (LogCheck, error) {
	c := LogCheck{At: s.now().UTC()}
	before, err := s.LogChecked(ctx)
	if err != nil {
		return c, err
	}
	expect := ""
	if before.Seal != "" && len(before.Faults) == 0 {
		expect = fmt.Sprint(before.Last, " ", before.Seal)
	}
	if c.Report, err = s.log.Verify(ctx, expect); err != nil {
		return c, err
	}
	if len(c.Faults) > 0 {
		slog.ErrorContext(ctx, "the audit log is not as it was written", "faults", len(c.Faults), "first", c.Faults[0])
	}
	return c, nil
}

// How often what is done daily is done, and when again after it has failed.
const (
	daily = 24 * time.Hour
	soon  = time.Hour
)

// Tend does what is due: erasures once more, and once a day the retention and a
// check of the audit log. Several processes may call it at once, and often; one
// of them does the work.
func (s *Service) Tend(ctx context.Context) error {
	return errors.Join(s.eraseAgain(ctx), everyDay(ctx, s, "log", s.checkLog), everyDay(ctx, s, "retention", s.Retain))
}

// everyDay does work when the card of its name is due, under a lease, and keeps
// in the card what it returned.
func everyDay[T any](ctx context.Context, s *Service, name string, work func(context.Context) (T, error)) error {
	due := func() (bool, error) {
		c, err := s.store.Card(ctx, tendedCards, name)
		if fail.Is(err, fail.NotFound) {
			return true, nil
		}
		return !c.Due.After(s.now()), err
	}
	if now, err := due(); err != nil || !now {
		return err
	}
	lease, holder := "tend/"+name, keys.Random()
	held, err := s.store.Lease(ctx, lease, holder, soon)
	if err != nil || !held {
		return err
	}
	defer func() {
		if _, err := s.store.Lease(context.WithoutCancel(ctx), lease, holder, 0); err != nil {
			slog.WarnContext(ctx, "lease not given back", "lease", lease, "err", err) // it runs out
		}
	}()
	if now, err := due(); err != nil || !now { // another process has done it meanwhile
		return err
	}
	done, failed := work(ctx)
	_, err = card.Update(ctx, s.store, tendedCards, name, func(was *T) (time.Time, error) {
		if failed != nil {
			return s.now().Add(soon), nil // what the last whole one returned is kept
		}
		*was = done
		return s.now().Add(daily), nil
	})
	if failed != nil {
		failed = fmt.Errorf("%s: %w", name, failed)
	}
	return errors.Join(failed, err)
}
