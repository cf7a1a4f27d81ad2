package sqlite

import (
	"context"
	"crypto/rand"
	"fmt"
	"iter"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/mognad/mognad/internal/round"
)

const (
	savers      = 64
	respondents = 5000
	asked       = 40 // items a respondent
)

// sizes of what is saved: an answer alone, with a comment, with a long one.
var sizes = []int{60, 600, 4096}

func bench(b *testing.B) *Store {
	b.Helper()
	s, err := Open(filepath.Join(b.TempDir(), "mognad.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

func sealed(size int) []byte {
	out := make([]byte, size)
	rand.Read(out)
	return out
}

// respondent is as long and as scattered as the real name, an HMAC.
func respondent(i uint64) string { return fmt.Sprintf("%016x%027d", i*0x9e3779b97f4a7c15, i) }

func parallel(b *testing.B, save func(i uint64) error) {
	var next atomic.Uint64
	b.SetParallelism((savers + 1) / 2)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := save(next.Add(1)); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "saves/s")
}

func openRound(b *testing.B, s *Store, people int) {
	b.Helper()
	if err := s.CreateRound(b.Context(), round.Round{ID: "2026", State: round.Open, OpensOn: "2026-11-02"}); err != nil {
		b.Fatal(err)
	}
	var seq iter.Seq[round.Invitation] = func(yield func(round.Invitation) bool) {
		for i := range people {
			if !yield(round.Invitation{Person: fmt.Sprint("p", i), Unit: fmt.Sprint("u", i%300), Counts: true, Link: fmt.Append(nil, "link", i)}) {
				return
			}
		}
	}
	if err := s.PutInvitations(b.Context(), "2026", seq); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSaveItems is 64 respondents saving at once; BenchmarkBareCommits is
// what SQLite does of the same documents when nothing is asked of it.
func BenchmarkSaveItems(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := bench(b)
			openRound(b, s, respondents)
			box := sealed(size)
			parallel(b, func(i uint64) error {
				who := i % respondents
				_, err := s.SaveItems(context.Background(), round.SaveItems{Round: "2026", Respondent: respondent(who), Person: fmt.Sprint("p", who),
					Day: "2026-11-03", Items: map[string][]byte{fmt.Sprint("led.strategi.item", i/respondents%asked): box}})
				return err
			})
		})
	}
}

func BenchmarkBareCommits(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := bench(b)
			if err := s.writer.do(b.Context(), func(t *tx) error {
				return t.exec("CREATE TABLE bare (id TEXT PRIMARY KEY, doc BLOB NOT NULL) WITHOUT ROWID")
			}); err != nil {
				b.Fatal(err)
			}
			box := sealed(size)
			parallel(b, func(i uint64) error {
				id := fmt.Sprint(respondent(i%respondents), "/led.strategi.item", i/respondents%asked)
				return s.writer.do(context.Background(), func(t *tx) error {
					return t.exec("INSERT INTO bare (id, doc) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc", id, box)
				})
			})
		})
	}
}

// fill stores n submitted responses of real size.
func fill(b *testing.B, s *Store, n int) {
	b.Helper()
	openRound(b, s, 0)
	record := sealed(180)
	seq := func(yield func(uint64) bool) {
		for i := range n {
			if !yield(uint64(i)) {
				return
			}
		}
	}
	err := chunked(b.Context(), s.writer, seq, func(uint64) int { return 0 }, func(t *tx, i uint64) error {
		return t.exec("INSERT INTO response (round, respondent, item, version, submitted, day, sealed) VALUES ('2026', ?, '', 42, 1, '2026-11-03', ?)", respondent(i), record)
	})
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkResponses(b *testing.B) {
	const n = 200_000
	s := bench(b)
	fill(b, s, n)
	b.ReportAllocs()
	for b.Loop() {
		got := 0
		for v, err := range s.Responses(b.Context(), "2026") {
			if err != nil || len(v.Record) != 180 {
				b.Fatal(err, len(v.Record))
			}
			got++
		}
		if got != n {
			b.Fatal(got)
		}
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "responses/s")
}
