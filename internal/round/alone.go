package round

import (
	"context"
	"log/slog"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
)

// What one process at a time does with a round, it does under a lease. A process
// that dies leaves the lease for so long, then another may go on.
const (
	leaseLife  = 6 * time.Second
	leaseRenew = 2 * time.Second
)

func leaseOf(round string) string { return "round/" + round }

// alone does work on a round while no other process does any; fail.Conflict when
// one does. Should this process stand still for longer than the lease's life,
// another may begin: so the work must bear to be done twice at once.
func (s *Service) alone(ctx context.Context, round string, work func() error) error {
	holder := keys.Random()
	held, err := s.store.Lease(ctx, leaseOf(round), holder, leaseLife)
	if err != nil {
		return err
	}
	if !held {
		return errBusy
	}
	ctx, done := context.WithCancel(context.WithoutCancel(ctx))
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		for tick := time.NewTicker(leaseRenew); ; {
			select {
			case <-ctx.Done():
				tick.Stop()
				return
			case <-tick.C:
				if _, err := s.store.Lease(ctx, leaseOf(round), holder, leaseLife); err != nil && ctx.Err() == nil {
					slog.WarnContext(ctx, "lease not renewed", "round", round, "err", err)
				}
			}
		}
	}()
	err = work()
	done()
	<-kept
	if _, leaseErr := s.store.Lease(context.WithoutCancel(ctx), leaseOf(round), holder, 0); leaseErr != nil {
		slog.WarnContext(ctx, "lease not given back", "round", round, "err", leaseErr) // it runs out
	}
	return err
}

var errBusy = fail.New(fail.Conflict, "Omgången öppnas eller räknas redan. Vänta en stund och ladda om sidan.", "The round is being opened or computed already. Wait a while and reload the page.")

// Working reports whether somebody is opening the round or computing its
// results.
func (s *Service) Working(ctx context.Context, id string) (bool, error) {
	return s.store.Leased(ctx, leaseOf(id))
}
