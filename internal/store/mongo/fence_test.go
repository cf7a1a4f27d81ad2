//go:build mongo && linux

package mongo

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
)

// openRound stores an open round, in which "p" is invited.
func openRound(t *testing.T, s *Store) {
	t.Helper()
	if err := s.CreateRound(t.Context(), round.Round{ID: "2026", State: round.Open, Version: 1}); err != nil {
		t.Fatal(err)
	}
	invited := []round.Invitation{{Person: "p", Unit: "u", Counts: true, Link: []byte("l")}}
	if err := s.PutInvitations(t.Context(), "2026", slices.Values(invited)); err != nil {
		t.Fatal(err)
	}
}

func setState(t *testing.T, s *Store, state round.State) {
	t.Helper()
	if _, err := s.UpdateRound(t.Context(), "2026", func(r *round.Round) error {
		r.State = state
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func save(t *testing.T, s *Store, respondent string) error {
	t.Helper()
	_, err := s.SaveItems(t.Context(), round.SaveItems{Round: "2026", Respondent: respondent, Person: "p", Items: map[string][]byte{"i": []byte("x")}})
	return err
}

// lateSave is the last step of a save that read the round at opening.
func lateSave(t *testing.T, s *Store, respondent string, opening int64) error {
	t.Helper()
	_, err := s.changeResponse(t.Context(), saveFilter("2026", respondent, opening, false), bson.M{"$inc": bson.M{"version": 1}})
	return err
}

// cutOff closes the round as a process does that dies before it fences, and
// returns the round as it left it.
func cutOff(t *testing.T, s *Store) roundDoc {
	t.Helper()
	d, err := find[roundDoc](t.Context(), s.round, bson.M{"_id": "2026"})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.put(round.Round{ID: "2026", State: round.Closed, Version: d.Version + 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.round.ReplaceOne(t.Context(), bson.M{"_id": "2026"}, d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestClosingCutOff has a process die between closing and fencing: whoever reads
// the round next sees it closed only when no save can come any more.
func TestClosingCutOff(t *testing.T) {
	for name, read := range map[string]func(*Store) (round.State, error){
		"Round":  func(s *Store) (round.State, error) { r, err := s.Round(t.Context(), "2026"); return r.State, err },
		"Rounds": func(s *Store) (round.State, error) { r, err := s.Rounds(t.Context()); return r[0].State, err },
		"UpdateRound": func(s *Store) (round.State, error) {
			r, err := s.UpdateRound(t.Context(), "2026", func(*round.Round) error { return nil })
			return r.State, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, other := opened(t), opened(t)
			openRound(t, s)
			if err := save(t, s, "r"); err != nil {
				t.Fatal(err)
			}
			cutOff(t, s)
			if err := lateSave(t, s, "r", 1); err != nil {
				t.Errorf("a save under way, before anybody was told: %v", err)
			}
			if state, err := read(other); err != nil || state != round.Closed {
				t.Fatalf("%s, %v", state, err)
			}
			if err := lateSave(t, s, "r", 1); !fail.Is(err, fail.NotFound) {
				t.Errorf("a save under way, after: %v", err)
			}
			if err := save(t, s, "r"); !fail.Is(err, fail.Closed) {
				t.Errorf("a save that begins after: %v", err)
			}
			if r, err := other.Response(t.Context(), "2026", "r"); err != nil || r.Version != 2 {
				t.Errorf("the response: %+v, %v", r, err)
			}
		})
	}
}

// TestResponseMadeAfterFence has two devices save the first answer of somebody
// while the round closes: one makes the response when the fences are set, and the
// other must not take it for one of the open round.
func TestResponseMadeAfterFence(t *testing.T) {
	s := opened(t)
	openRound(t, s)
	setState(t, s, round.Closed)
	if _, err := s.response.InsertOne(t.Context(), response{ID: key("2026", "r"), Round: "2026", Respondent: "r"}); err != nil {
		t.Fatal(err)
	}
	if err := lateSave(t, s, "r", 1); !fail.Is(err, fail.NotFound) {
		t.Errorf("saved in the response that another made: %v", err)
	}
	if _, err := s.Response(t.Context(), "2026", "r"); !fail.Is(err, fail.NotFound) {
		t.Errorf("a response without a save: %v", err)
	}
	if err := save(t, s, "r"); !fail.Is(err, fail.Closed) {
		t.Errorf("after: %v", err)
	}
	setState(t, s, round.Open)
	if err := save(t, s, "r"); err != nil {
		t.Errorf("opened again: %v", err)
	}
}

// TestLateFence sets the fences of a closing when the round is open again.
func TestLateFence(t *testing.T) {
	s := opened(t)
	openRound(t, s)
	if err := save(t, s, "r"); err != nil {
		t.Fatal(err)
	}
	late := cutOff(t, s)
	setState(t, s, round.Open)
	if err := s.fence(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	if err := save(t, s, "r"); err != nil {
		t.Errorf("a save in the round that is open again: %v", err)
	}
	setState(t, s, round.Closed)
	for _, opening := range []int64{1, 2} {
		if err := lateSave(t, s, "r", opening); !fail.Is(err, fail.NotFound) {
			t.Errorf("a late save of opening %d: %v", opening, err)
		}
	}
}

// TestOpeningAndClosing opens and closes from two processes among devices that
// share responses and make new ones: while the round is closed nothing changes.
func TestOpeningAndClosing(t *testing.T) {
	const savers, closings = 16, 12
	stores := []*Store{opened(t), opened(t), opened(t)}
	openRound(t, stores[0])
	var running sync.WaitGroup
	var stop atomic.Bool
	var turn, saved atomic.Int64
	for w := range savers {
		running.Go(func() {
			for i := 0; !stop.Load(); i++ {
				// A new response at every turn, and an old one; four devices each.
				respondent := fmt.Sprint("r", w/4, ".", int64(i%2)*turn.Load())
				switch err := save(t, stores[w%2], respondent); {
				case err == nil:
					saved.Add(1)
				case !fail.Is(err, fail.Closed):
					t.Error(err)
					return
				}
			}
		})
	}
	versions := func() (sum int64) {
		for v, err := range stream(t.Context(), query[response]{stores[2].response, func(*response) bson.M { return bson.M{} }, sorted("_id", 1)},
			func(r *response) (int64, error) { return r.Version, nil }) {
			if err != nil {
				t.Error(err)
			}
			sum += v
		}
		return sum
	}
	for i := range closings {
		turn.Add(1)
		for before := saved.Load(); saved.Load() < before+20 && !t.Failed(); {
			time.Sleep(time.Millisecond)
		}
		setState(t, stores[1+i%2], round.Closed)
		closed := versions()
		time.Sleep(20 * time.Millisecond)
		if after := versions(); after != closed {
			t.Errorf("closing %d: %d saves after it", i, after-closed)
		}
		setState(t, stores[2-i%2], round.Open)
	}
	stop.Store(true)
	running.Wait()
	if sum := versions(); sum != saved.Load() {
		t.Errorf("%d saves are stored, %d were acknowledged", sum, saved.Load())
	}
}
