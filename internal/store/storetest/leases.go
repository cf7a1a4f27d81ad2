package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
)

// testLeases: one holder at a time, until it gives the lease back or its time
// has run out; the holder itself may ask again.
func testLeases(t *testing.T, open Open) {
	s, other, ctx := opened(t, open), opened(t, open), t.Context()
	ask := func(st round.Store, holder string, life time.Duration, want bool) {
		t.Helper()
		if held, err := st.Lease(ctx, "round/2026", holder, life); err != nil || held != want {
			t.Errorf("%s asks for %v: %v, %v, want %v", holder, life, held, err, want)
		}
	}
	leased := func(want bool) {
		t.Helper()
		if held, err := other.Leased(ctx, "round/2026"); err != nil || held != want {
			t.Errorf("leased: %v, %v, want %v", held, err, want)
		}
	}
	leased(false)
	ask(s, "a", time.Hour, true)
	leased(true)
	ask(other, "b", time.Hour, false)
	ask(s, "a", time.Hour, true)
	ask(other, "b", 0, false) // gives nothing back that is another's
	ask(s, "a", 0, true)
	leased(false)
	ask(other, "b", 50*time.Millisecond, true)
	ask(s, "a", time.Hour, false)
	time.Sleep(60 * time.Millisecond)
	leased(false)
	ask(s, "a", time.Hour, true)
	if held, err := other.Lease(ctx, "round/2025", "b", time.Hour); err != nil || !held {
		t.Errorf("another lease: %v, %v", held, err)
	}
}

func testRacingLeases(t *testing.T, open Open) {
	stores, ctx := []round.Store{opened(t, open), opened(t, open)}, t.Context()
	for try := range 5 {
		var running sync.WaitGroup
		var won atomic.Int32
		for i := range 16 {
			running.Go(func() {
				held, err := stores[i%2].Lease(ctx, fmt.Sprint("try ", try), fmt.Sprint("holder ", i), time.Hour)
				if err != nil {
					t.Error(err)
				}
				if held {
					won.Add(1)
				}
			})
		}
		running.Wait()
		if won.Load() != 1 {
			t.Errorf("%d of 16 got the lease", won.Load())
		}
	}
}

// testRacingClaims: all who claim a setting at once get the same.
func testRacingClaims(t *testing.T, open Open) {
	stores, ctx := []store.Store{opened(t, open), opened(t, open)}, t.Context()
	for try := range 10 {
		var running sync.WaitGroup
		got := make([]string, 16)
		for i := range got {
			running.Go(func() {
				var err error
				if got[i], err = stores[i%2].ClaimSetting(ctx, fmt.Sprint("keys ", try), fmt.Sprint(i)); err != nil {
					t.Error(err)
				}
			})
		}
		running.Wait()
		for i := range got {
			if got[i] != got[0] || got[i] == "" {
				t.Fatalf("got %q", got)
			}
		}
	}
}

// testDropSessions ends those of one account and no other.
func testDropSessions(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	until := time.Now().Add(time.Hour)
	for _, v := range []access.Session{{Hash: []byte("1"), Account: "a"}, {Hash: []byte("2"), Account: "a"}, {Hash: []byte("3"), Account: "b"}, {Hash: []byte("4"), Round: "2026", Person: "a"}} {
		v.Until = until
		ok(t, s.PutSession(ctx, v))
	}
	ok(t, s.DropSessions(ctx, "a"))
	if left := all(t, s.Sessions(ctx)); len(left) != 2 || left[0].Account != "b" || left[1].Person != "a" {
		t.Errorf("left: %+v", left)
	}
}
