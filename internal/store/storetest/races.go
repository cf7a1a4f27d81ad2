package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
)

// testRacingSaves lets 64 devices save in one response through two instances:
// nothing is lost, the later wins per item, and every save has its own version.
func testRacingSaves(t *testing.T, open Open) {
	const writers, each = 64, 8
	ctx := t.Context()
	stores := []round.Store{opened(t, open), opened(t, open)}
	letAnswer(t, opened(t, open), "2026", invite("p", "u"))
	versions := make([][]int64, writers)
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			for i := range each {
				value := fmt.Sprintf("%d.%d", w, i)
				v, err := stores[w%2].SaveItems(ctx, save("2026", "r", "p", items(fmt.Sprintf("own.%d.%d", w, i), value, "shared", value)))
				if err != nil {
					t.Error(err)
				}
				versions[w] = append(versions[w], v)
			}
		})
	}
	running.Wait()
	got, err := stores[0].Response(ctx, "2026", "r")
	ok(t, err)
	want := map[string][]byte{}
	seen := map[int64]bool{}
	for w := range writers {
		if !slices.IsSorted(versions[w]) {
			t.Errorf("writer %d got the versions %v", w, versions[w])
		}
		for i, v := range versions[w] {
			if seen[v] || v < 1 || v > writers*each {
				t.Errorf("version %d twice or out of range", v)
			}
			seen[v] = true
			value := fmt.Sprintf("%d.%d", w, i)
			want[fmt.Sprintf("own.%d.%d", w, i)] = []byte(value)
			if v == writers*each {
				want["shared"] = []byte(value)
			}
		}
	}
	wantItems(t, "after all", got.Items, want)
	if got.Version != writers*each {
		t.Errorf("version %d, want %d", got.Version, writers*each)
	}
}

// testRacingSubmit submits again and again while others save: each item that
// was acknowledged is in the record or beside it.
func testRacingSubmit(t *testing.T, open Open) {
	const savers, each = 8, 25
	s, ctx := opened(t, open), t.Context()
	letAnswer(t, s, "2026", invite("p", "u"))
	_, err := s.SaveItems(ctx, save("2026", "r", "p", items("first", "x")))
	ok(t, err)
	var saving, submitting sync.WaitGroup
	var stop atomic.Bool
	var submitted atomic.Int32
	submitting.Go(func() {
		for !stop.Load() || submitted.Load() == 0 {
			resp, err := s.Response(ctx, "2026", "r")
			if err != nil {
				t.Error(err)
				return
			}
			lines := strings.Fields(string(resp.Record))
			for item := range resp.Items {
				if !slices.Contains(lines, item) {
					lines = append(lines, item)
				}
			}
			version, err := s.Submit(ctx, round.Submission{Round: "2026", Respondent: "r", Person: "p", Version: resp.Version, Record: []byte(strings.Join(lines, " "))})
			switch {
			case err == nil && version != resp.Version+1:
				t.Errorf("version %d after %d", version, resp.Version)
			case err == nil:
				submitted.Add(1)
			case !fail.Is(err, fail.Conflict):
				t.Error(err)
				return
			}
		}
	})
	for w := range savers {
		saving.Go(func() {
			for i := range each {
				if _, err := s.SaveItems(ctx, save("2026", "r", "p", items(fmt.Sprintf("i%d.%d", w, i), "x"))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	saving.Wait()
	stop.Store(true)
	submitting.Wait()
	got, err := s.Response(ctx, "2026", "r")
	ok(t, err)
	have := map[string]bool{}
	for _, item := range strings.Fields(string(got.Record)) {
		have[item] = true
	}
	for item := range got.Items {
		have[item] = true
	}
	if len(have) != savers*each+1 || !got.Submitted {
		t.Errorf("%d items of %d, submitted %v", len(have), savers*each+1, got.Submitted)
	}
	if want := int64(1 + savers*each + int(submitted.Load())); got.Version != want {
		t.Errorf("version %d, want %d", got.Version, want)
	}
}

// testSaveWhileClosing closes the round, from another instance, among saves: what
// was acknowledged is there, and nothing comes after.
func testSaveWhileClosing(t *testing.T, open Open) {
	const savers = 16
	s, other, ctx := opened(t, open), opened(t, open), t.Context()
	letAnswer(t, s, "2026")
	var running sync.WaitGroup
	var acknowledged, closed atomic.Int64
	stored := make([]int64, savers)
	for w := range savers {
		running.Go(func() {
			for i := 0; ; i++ {
				wasClosed := closed.Load() == 1
				_, err := s.SaveItems(ctx, save("2026", fmt.Sprint("r", w), "", items(fmt.Sprint("i", i), "x")))
				switch {
				case fail.Is(err, fail.Closed):
					return
				case err != nil:
					t.Error(err)
					return
				case wasClosed:
					t.Error("a save that began after the round was closed was acknowledged")
					return
				}
				stored[w]++
				acknowledged.Add(1)
			}
		})
	}
	for deadline := time.Now().Add(10 * time.Second); acknowledged.Load() < 200 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	err := setState(ctx, other, "2026", round.Closed)
	closed.Store(1)
	ok(t, err)
	atClose := make([]int64, savers)
	for w := range savers {
		if resp, err := other.Response(ctx, "2026", fmt.Sprint("r", w)); err == nil {
			atClose[w] = resp.Version
		}
	}
	running.Wait()
	for w := range savers {
		resp, err := other.Response(ctx, "2026", fmt.Sprint("r", w))
		ok(t, err)
		if int64(len(resp.Items)) != stored[w] || resp.Version != stored[w] || atClose[w] != stored[w] {
			t.Errorf("response %d: %d items, version %d, %d when it was closed; %d acknowledged", w, len(resp.Items), resp.Version, atClose[w], stored[w])
		}
	}
}

// testRacingUpdates counts up in one round from two instances.
func testRacingUpdates(t *testing.T, open Open) {
	const writers, each = 8, 10
	stores, ctx := []round.Store{opened(t, open), opened(t, open)}, t.Context()
	ok(t, stores[0].CreateRound(ctx, round.Round{ID: "2026", Version: 1}))
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			for range each {
				_, err := stores[w%2].UpdateRound(ctx, "2026", func(r *round.Round) error {
					r.Invited++
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	if r, err := stores[1].Round(ctx, "2026"); err != nil || r.Invited != writers*each || r.Version != 1+writers*each {
		t.Errorf("got %+v, %v", r, err)
	}
}

// testAbandonedSaves ends contexts in the middle of saves: one that was
// acknowledged is there, and one whose caller gave up may be, whole.
func testAbandonedSaves(t *testing.T, open Open) {
	const savers, each = 16, 20
	s := opened(t, open)
	letAnswer(t, s, "2026")
	var running sync.WaitGroup
	acknowledged := make([]map[string]bool, savers)
	for w := range savers {
		acknowledged[w] = map[string]bool{}
		running.Go(func() {
			for i := range each {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i*40)*time.Microsecond)
				_, err := s.SaveItems(ctx, save("2026", fmt.Sprint("r", w), "", items(fmt.Sprint("a", i), "x", fmt.Sprint("b", i), "x")))
				cancel()
				if err == nil {
					acknowledged[w][fmt.Sprint("a", i)] = true
				} else if !errors.Is(err, context.DeadlineExceeded) && !fail.Is(err, fail.Unavailable) {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	for w := range savers {
		version, err := s.SaveItems(t.Context(), save("2026", fmt.Sprint("r", w), "", items("last", "x")))
		ok(t, err)
		resp, err := s.Response(t.Context(), "2026", fmt.Sprint("r", w))
		ok(t, err)
		for item := range acknowledged[w] {
			if resp.Items[item] == nil {
				t.Errorf("response %d has lost %s", w, item)
			}
		}
		if int64(len(resp.Items)) != 2*version-1 {
			t.Errorf("response %d has %d items after %d saves", w, len(resp.Items), version)
		}
	}
}
