package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/trail"
)

func numbers(t *testing.T, s store.Store) (out []int64) {
	t.Helper()
	for _, e := range all(t, s.Log(t.Context())) {
		out = append(out, e.Number)
	}
	return out
}

// testLogPlaces: a place is taken once.
func testLogPlaces(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	ok(t, s.AppendLog(ctx, trail.Event{Number: 1, Action: "first"}))
	wantCode(t, "a place that is taken", s.AppendLog(ctx, trail.Event{Number: 1, Action: "second"}), fail.Conflict)
	ok(t, s.AppendLog(ctx, trail.Event{Number: 3, Action: "third"}))
	ok(t, s.AppendLog(ctx, trail.Event{Number: 2, Action: "second", Before: "b", Seal: "s", Unit: "u", Subject: "p", From: "::1"}))
	got := all(t, s.Log(ctx))
	if len(got) != 3 || got[0].Action != "third" || got[2].Action != "first" || got[1] != (trail.Event{Number: 2, Action: "second", Before: "b", Seal: "s", Unit: "u", Subject: "p", From: "::1"}) {
		t.Errorf("got %+v", got)
	}
}

func testDropLog(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	ok(t, s.DropLog(ctx, 10))
	for i := range 9 {
		ok(t, s.AppendLog(ctx, trail.Event{Number: int64(i + 1)}))
	}
	for _, c := range []struct{ before, oldest, lines int64 }{{0, 1, 9}, {1, 1, 9}, {4, 4, 6}, {2, 4, 6}, {9, 9, 1}} {
		ok(t, s.DropLog(ctx, c.before))
		if got := numbers(t, s); int64(len(got)) != c.lines || got[0] != 9 || got[len(got)-1] != c.oldest {
			t.Errorf("without those before %d: %v", c.before, got)
		}
	}
	wantCode(t, "the place of the last", s.AppendLog(ctx, trail.Event{Number: 9, Action: "x"}), fail.Conflict)
	ok(t, s.AppendLog(ctx, trail.Event{Number: 10}))
	ok(t, s.DropLog(ctx, 11))
	if got := numbers(t, s); len(got) != 0 {
		t.Errorf("after all was dropped: %v", got)
	}
}

// testRacingLog writes to the sealed log by 16 at once from two instances, while
// it is pruned: every line is there once, without a gap, and the log is whole.
func testRacingLog(t *testing.T, open Open) {
	const writers, each = 16, 10
	stores, ring, ctx := []store.Store{opened(t, open), opened(t, open)}, keys.New(), t.Context()
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			log := trail.New(stores[w%2], ring, time.Now)
			for i := range each {
				if err := log.Append(ctx, trail.Event{Actor: fmt.Sprint("w", w), Action: fmt.Sprint(i)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	got := numbers(t, stores[0])
	for i, n := range got {
		if n != int64(len(got)-i) {
			t.Fatalf("the numbers are %v", got)
		}
	}
	next := map[string]int{}
	for _, e := range all(t, stores[1].Log(ctx)) {
		next[e.Actor]++
		if want := fmt.Sprint(each - next[e.Actor]); e.Action != want {
			t.Errorf("%s wrote %s where %s was to be", e.Actor, e.Action, want)
		}
	}
	if len(got) != writers*each || len(next) != writers {
		t.Errorf("%d lines of %d writers", len(got), len(next))
	}
	log := trail.New(stores[0], ring, time.Now)
	if r, err := log.Verify(ctx, ""); err != nil || r.Lines != writers*each || len(r.Faults) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if n, err := log.Prune(ctx, time.Now().Add(time.Hour)); err != nil || n != writers*each-1 {
		t.Errorf("%d lines went, %v", n, err)
	}
	if r, err := log.Verify(ctx, ""); err != nil || r.Lines != 2 || len(r.Faults) != 0 {
		t.Errorf("pruned: %+v, %v", r, err)
	}
}
