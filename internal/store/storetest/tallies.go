package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/card"
)

// tally counts once more and compares.
func tally(t *testing.T, s card.Store, name string, life time.Duration, want int64) {
	t.Helper()
	if n, err := s.Tally(t.Context(), name, life); err != nil || n != want {
		t.Errorf("%.20q: counted to %d, %v, want %d", name, n, err, want)
	}
}

func testTallies(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	if got := all(t, s.Tallies(ctx, "")); len(got) != 0 {
		t.Errorf("of an empty store: %v", got)
	}
	before := time.Now().Truncate(time.Millisecond)
	for i := range 3 {
		tally(t, s, "a/1", time.Hour, int64(i+1))
	}
	tally(t, s, "a/2", 24*365*3*time.Hour, 1)
	tally(t, s, "b", time.Hour, 1)
	tally(t, s, "a/1", time.Minute, 4) // the life is that of the first
	got := all(t, s.Tallies(ctx, "a/"))
	if len(got) != 2 || got[0].Name != "a/1" || got[0].N != 4 || got[1].Name != "a/2" || got[1].N != 1 {
		t.Fatalf("got %+v", got)
	}
	if until := got[0].Until; until.Before(before.Add(time.Hour)) || until.After(time.Now().Add(time.Hour)) {
		t.Errorf("the count begins anew at %v, an hour after %v", until, before)
	}
	put := []card.Tally{{Name: "a/1", N: 40, Until: got[1].Until}, {Name: "c", N: 7, Until: got[1].Until}, {Name: "past", N: 7, Until: before}}
	for range 2 {
		ok(t, s.PutTallies(ctx, slices.Values(put)))
	}
	tally(t, s, "a/1", time.Hour, 41)
	tally(t, s, "c", time.Hour, 8)
	tally(t, s, "past", time.Hour, 1)
	for _, v := range all(t, s.Tallies(ctx, "a/1")) {
		if !v.Until.Equal(got[1].Until) {
			t.Errorf("put until %v, got %v", got[1].Until, v.Until)
		}
	}
}

func testOddTallies(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	for i, name := range oddIDs {
		ok(t, s.PutTallies(ctx, slices.Values([]card.Tally{{Name: name, N: int64(i), Until: time.Now().Add(time.Hour)}})))
		tally(t, s, name, time.Hour, int64(i+1))
	}
	for _, prefix := range append([]string{"", "nul\x00", "%", "nobody's", "😀."}, oddIDs...) {
		var want []string
		for _, name := range slices.Sorted(slices.Values(oddIDs)) {
			if strings.HasPrefix(name, prefix) {
				want = append(want, name)
			}
		}
		var got []string
		for v, err := range s.Tallies(ctx, prefix) {
			ok(t, err)
			got = append(got, v.Name)
			if i := slices.Index(oddIDs, v.Name); v.N != int64(i+1) {
				t.Errorf("%.20q has %d, want %d", v.Name, v.N, i+1)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("prefix %.20q: got %.40q, want %.40q", prefix, got, want)
		}
	}
}

// testTallyEnds counts up to the end of a count and on: no count has more than
// those that came in its life, and those that have run out are not told of.
func testTallyEnds(t *testing.T, open Open) {
	const life = 300 * time.Millisecond
	s, ctx := opened(t, open), t.Context()
	for i := range 5000 {
		ok(t, s.PutTallies(ctx, slices.Values([]card.Tally{{Name: fmt.Sprint("old/", i%10), N: 9, Until: time.UnixMilli(int64(i))}})))
		if i > 10 {
			break
		}
	}
	begun, last, begins := time.Now(), int64(0), 0
	for time.Since(begun) < 4*life {
		n, err := s.Tally(ctx, "t", life)
		ok(t, err)
		switch {
		case n == 1:
			begins++
		case n != last+1:
			t.Fatalf("counted to %d after %d", n, last)
		}
		last = n
		time.Sleep(5 * time.Millisecond)
	}
	if begins < 3 || begins > 5 {
		t.Errorf("the count has begun %d times in four lives", begins)
	}
	tally(t, s, "other", time.Hour, 1)
	time.Sleep(life + 10*time.Millisecond)
	if got := all(t, s.Tallies(ctx, "")); len(got) != 1 || got[0].Name != "other" {
		t.Errorf("under way: %+v", got)
	}
}

// testRacingTallies counts by many at once from two instances: each gets a
// number of its own.
func testRacingTallies(t *testing.T, open Open) {
	const writers, each = 32, 8
	stores, ctx := []card.Store{opened(t, open), opened(t, open)}, t.Context()
	numbers := make([][]int64, writers)
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			for range each {
				n, err := stores[w%2].Tally(ctx, "shared", time.Hour)
				if err != nil {
					t.Error(err)
				}
				numbers[w] = append(numbers[w], n)
			}
		})
	}
	running.Wait()
	got := slices.Sorted(slices.Values(slices.Concat(numbers...)))
	for i, n := range got {
		if n != int64(i+1) {
			t.Fatalf("the numbers are %v", got)
		}
	}
}
