package opendata_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/opendata"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/trail"
)

// A round is given by nobody until somebody decides, in each step with a line in
// the log, and withheld again when it is taken back.
func TestGiveAndTakeBack(t *testing.T) {
	store, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	log := trail.New(store, keys.New(), time.Now)
	s, ctx := opendata.New(store, log, time.Now), t.Context()
	published := round.Round{ID: "2025", State: round.Published, Top: "kommun"}
	withheld := func(when string) {
		t.Helper()
		if _, err := s.Given(ctx, published); !fail.Is(err, fail.NotFound) {
			t.Errorf("%s: %v", when, err)
		}
	}
	withheld("before")
	for _, state := range []round.State{round.Draft, round.Open, round.Closed} {
		if err := s.Give(ctx, "anna", round.Round{ID: "2026", State: state}, 1, true); !fail.Is(err, fail.Conflict) {
			t.Errorf("a round that is %s: %v", state, err)
		}
	}
	for _, depth := range []int{-1, opendata.MaxDepth + 1} {
		if err := s.Give(ctx, "anna", published, depth, true); !fail.Is(err, fail.Invalid) {
			t.Errorf("depth %d: %v", depth, err)
		}
	}
	if err := s.Give(ctx, "anna", published, 1, false); !fail.Is(err, fail.Invalid) {
		t.Errorf("not sure: %v", err)
	}
	withheld("after refusals")
	if err := s.TakeBack(ctx, "bo", published); err != nil { // nothing, so no line in the log
		t.Fatal(err)
	}
	if err := s.Give(ctx, "anna", published, 1, true); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Given(ctx, published); err != nil || !r.On || r.Depth != 1 || r.By != "anna" || r.At.IsZero() {
		t.Errorf("given: %+v, %v", r, err)
	}
	if _, err := s.Given(ctx, round.Round{ID: "2025", State: round.Closed}); !fail.Is(err, fail.NotFound) {
		t.Errorf("not published, and given: %v", err)
	}
	if err := s.TakeBack(ctx, "bo", published); err != nil {
		t.Fatal(err)
	}
	withheld("taken back")
	var lines []string
	for e, err := range log.Events(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, e.Actor+" "+e.Action+" "+e.Unit+" "+e.Round)
	}
	if want := []string{"bo opendata.takeback kommun 2025", "anna opendata.give kommun 2025"}; !slices.Equal(lines, want) {
		t.Errorf("logged %q", lines)
	}
}
