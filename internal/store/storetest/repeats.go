package storetest

import (
	"bytes"
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
)

// testDuplicateSubmits sends a submission twice, as an impatient finger or a
// proxy does: at once through two instances, and again when one is answered. It
// takes effect once. Every other time the two have different records, as of two
// tabs: the stored one is of whoever was acknowledged.
func testDuplicateSubmits(t *testing.T, open Open) {
	stores, ctx := []store.Store{opened(t, open), opened(t, open)}, t.Context()
	letAnswer(t, stores[0], "2026", invite("p", "u"))
	for try := range 20 {
		version, err := stores[try%2].SaveItems(ctx, save("2026", "r", "p", items(fmt.Sprint("i", try), "x")))
		ok(t, err)
		sent := []round.Submission{{}, {}}
		for i := range sent {
			sent[i] = round.Submission{Round: "2026", Respondent: "r", Person: "p", Day: fmt.Sprintf("2026-11-%02d", 1+try), Version: version, Record: fmt.Append(nil, "record ", try, i*(try%2))}
		}
		won := submitAtOnce(t, stores, sent)
		want := round.Response{Version: version + 1, Submitted: true, Day: sent[won].Day, Record: sent[won].Record}
		wantResponse(t, fmt.Sprint("sent twice at once, ", try), stores[try%2], want)
		for i, s := range stores {
			_, err := s.Submit(ctx, sent[i])
			wantCode(t, "sent once more", err, fail.Conflict)
		}
		wantResponse(t, fmt.Sprint("sent once more, ", try), stores[1-try%2], want)
		again := sent[won]
		again.Version = version + 1
		if v, err := stores[1].Submit(ctx, again); err != nil || v != version+2 {
			t.Errorf("submitted again as it now is: version %d after %d, %v", v, version+1, err)
		}
		want.Version++
		wantResponse(t, fmt.Sprint("submitted again as it now is, ", try), stores[0], want)
	}
	if got := all(t, stores[1].Responses(ctx, "2026")); len(got) != 1 {
		t.Errorf("%d responses, want 1", len(got))
	}
	if inv, err := stores[1].Invitation(ctx, "2026", "p"); err != nil || inv.Status != round.Submitted {
		t.Errorf("status %v, %v", inv.Status, err)
	}
}

// submitAtOnce submits to every store at the same time, and tells which one took
// effect; the others are to be conflicts.
func submitAtOnce(t *testing.T, stores []store.Store, sent []round.Submission) (won int) {
	t.Helper()
	errs, start := make([]error, len(sent)), make(chan struct{})
	var running sync.WaitGroup
	for i, s := range stores {
		running.Go(func() {
			<-start
			var version int64
			if version, errs[i] = s.Submit(t.Context(), sent[i]); errs[i] == nil && version != sent[i].Version+1 {
				t.Errorf("version %d after %d", version, sent[i].Version)
			}
		})
	}
	close(start)
	running.Wait()
	effects := 0
	for i, err := range errs {
		if err == nil {
			won = i
			effects++
		} else {
			wantCode(t, "the other of two at once", err, fail.Conflict)
		}
	}
	if effects != 1 {
		t.Fatalf("%d of %d took effect: %v", effects, len(sent), errs)
	}
	return won
}

// testStaleVersions makes a response in steps, and after each submits every
// version that it has had, and some that it has not: nothing changes.
func testStaleVersions(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	letAnswer(t, s, "2026", invite("p", "u"))
	want := round.Response{Day: "2026-11-03", Items: map[string][]byte{}}
	for step := range 12 {
		what := fmt.Sprint("step ", step)
		if step%3 == 2 {
			want.Submitted, want.Record, want.Items = true, fmt.Append(nil, "record ", step), map[string][]byte{}
			_, err := s.Submit(ctx, round.Submission{Round: "2026", Respondent: "r", Person: "p", Day: want.Day, Version: want.Version, Record: want.Record})
			ok(t, err)
		} else {
			want.Items[fmt.Sprint("i", step)] = []byte(what)
			_, err := s.SaveItems(ctx, save("2026", "r", "p", items(fmt.Sprint("i", step), what)))
			ok(t, err)
		}
		want.Version++
		stale := []int64{math.MinInt64, -want.Version, -1, want.Version + 1, want.Version + 1<<32, math.MaxInt64}
		for v := range want.Version {
			stale = append(stale, v)
		}
		for _, v := range stale {
			_, err := s.Submit(ctx, round.Submission{Round: "2026", Respondent: "r", Person: "p", Day: "2026-11-23", Version: v, Record: []byte("stale")})
			wantCode(t, fmt.Sprint(what, ", version ", v), err, fail.Conflict)
		}
		wantResponse(t, what, s, want)
		status := round.Started
		if want.Submitted {
			status = round.Submitted
		}
		if inv, err := s.Invitation(ctx, "2026", "p"); err != nil || inv.Status != status {
			t.Errorf("%s: status %v, want %v, %v", what, inv.Status, status, err)
		}
	}
}

// wantResponse compares the response r of 2026 but for its names.
func wantResponse(t *testing.T, what string, s store.Store, want round.Response) {
	t.Helper()
	got, err := s.Response(t.Context(), "2026", "r")
	ok(t, err)
	if got.Version != want.Version || got.Submitted != want.Submitted || got.Day != want.Day || !bytes.Equal(got.Record, want.Record) {
		t.Errorf("%s: version %d, submitted %v, day %q, record %.20q; want %d, %v, %q, %.20q", what,
			got.Version, got.Submitted, got.Day, got.Record, want.Version, want.Submitted, want.Day, want.Record)
	}
	wantItems(t, what, got.Items, want.Items)
}
