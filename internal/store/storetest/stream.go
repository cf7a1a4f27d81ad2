package storetest

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
)

// streamed is how many responses the largest round has.
const streamed = 100_000

// Answered is how many of them are saved and submitted one by one, as people do.
// A store where that takes more than a minute sets a lower number in its own
// test; the rest are put there as copies.
var Answered = streamed

// recordSize is about what the answers of a person take, sealed.
const recordSize = 200

// testManyResponses streams all responses of the largest round: in order, each
// whole and once, in memory that does not grow with how many they are.
func testManyResponses(t *testing.T, open Open) {
	if testing.Short() {
		t.Skipf("storing %d responses takes long", streamed)
	}
	// 64 MB is what may be taken. But what a store took that held all of them
	// would be less; so a half of their records, which no page is near.
	limit := min(64<<20, streamed*recordSize/2)
	s := opened(t, open)
	letAnswer(t, s, "2026")
	began := time.Now()
	answer(t, s, Answered)
	answered := time.Since(began)
	ok(t, s.PutResponses(t.Context(), func(yield func(round.Response) bool) {
		for i := Answered; i < streamed && yield(round.Response{Round: "2026", Respondent: scattered(i), Version: 2, Submitted: true, Day: "2026-11-03", Record: numbered(i)}); i++ {
		}
	}))
	copied := time.Since(began) - answered

	seen, count, last, grown := make([]bool, streamed), 0, "", 0
	began = time.Now()
	before := heap()
	for v, err := range s.Responses(t.Context(), "2026") {
		ok(t, err)
		i, err := strconv.Atoi(strings.TrimSpace(string(v.Record)))
		if err != nil || i < 0 || i >= streamed || len(v.Record) != recordSize || v.Respondent != scattered(i) || v.Version != 2 || !v.Submitted || v.Day != "2026-11-03" || len(v.Items) != 0 {
			t.Fatalf("got %+v, %v", v, err)
		}
		if v.Respondent <= last || seen[i] {
			t.Fatalf("%s comes after %s", v.Respondent, last)
		}
		seen[i], last = true, v.Respondent
		if count++; count%10_000 == 0 {
			grown = max(grown, heap()-before)
		}
	}
	if count != streamed {
		t.Errorf("%d responses of %d", count, streamed)
	}
	if grown > limit {
		t.Errorf("the heap grew by %d bytes, more than %d", grown, limit)
	}
	t.Logf("%d responses: %d submitted in %v, the rest copied in %v, all streamed in %v; the heap grew by %d kB",
		streamed, Answered, answered.Round(time.Millisecond), copied.Round(time.Millisecond), time.Since(began).Round(time.Millisecond), grown>>10)
}

// numbered is the record of response i.
func numbered(i int) []byte { return fmt.Appendf(nil, "%*d", recordSize, i) }

// answer submits n responses, as many at once as share a commit well.
func answer(t *testing.T, s store.Store, n int) {
	t.Helper()
	const writers = 256
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			for i := w; i < n && !t.Failed(); i += writers {
				name := scattered(i)
				version, err := s.SaveItems(t.Context(), save("2026", name, "", items("i", "x")))
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := s.Submit(t.Context(), round.Submission{Round: "2026", Respondent: name, Version: version, Day: "2026-11-03", Record: numbered(i)}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	running.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

// heap is how many bytes are in use. What lies in a sync.Pool outlives one
// collection, not two.
func heap() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
