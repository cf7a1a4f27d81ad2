package access_test

import (
	"context"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/store/sqlite"
)

// meanwhile is a store in which something is done just before an account that may
// do nothing is forgotten.
type meanwhile struct {
	*sqlite.Store
	do func()
}

func (m meanwhile) DeleteAccount(ctx context.Context, id string) error {
	m.do()
	return m.Store.DeleteAccount(ctx, id)
}

// TestGivenWhileTaken: a role that is given while the last is taken away is there
// afterwards.
func TestGivenWhileTaken(t *testing.T) {
	s, ctx := newTimed(t), t.Context()
	a, b := s.office(t, "a@example.org", "region"), s.office(t, "b@example.org", "region")
	given := make(chan error, 1)
	a.Service = access.NewService(meanwhile{s.store, func() {
		go func() {
			given <- b.Give(ctx, "eva@example.org", "Eva", access.Grant{Role: access.HR, Unit: "kommun"})
		}()
		time.Sleep(100 * time.Millisecond)
	}}, keys.New(), time.Now)
	if err := b.Give(ctx, "eva@example.org", "Eva", access.Grant{Role: access.Chef, Unit: "kommun"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Take(ctx, key(t, a, "eva@example.org"), access.Grant{}, false); err != nil {
		t.Fatal(err)
	}
	if err := <-given; err != nil {
		t.Fatal(err)
	}
	if got := s.given(t, "eva@example.org"); len(got) != 1 || got[0].Role != access.HR {
		t.Errorf("%v", got)
	}
}
