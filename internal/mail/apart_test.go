package mail

import (
	"testing"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
)

// What fails with one kommun's letters keeps no other kommun's waiting.
func TestOneRoundsFaultIsNoOthers(t *testing.T) {
	w := newWorld(t, "anna", "bo", "eva")
	w.units = []org.Unit{{ID: "k", Name: "Alla"}, {ID: "a", Name: "A", Parent: "k"}, {ID: "b", Name: "B", Parent: "k"}, {ID: "c", Name: "C", Parent: "k"}}
	for i, top := range []string{"a", "b", "c"} {
		w.people[i].Unit = top
		_, err := w.rounds.Create(t.Context(), "sam", round.Round{ID: top, Top: top, OpensOn: "2026-11-02", ClosesOn: "2026-11-23"})
		must(t, err)
		r, err := w.rounds.Open(t.Context(), "sam", top, w.set, w.units, w.people)
		must(t, err)
		must(t, w.SetPlan(t.Context(), "sam", r, true, nil))
	}
	for _, c := range []card.Card{{Kind: textsKind, ID: "a"}, {Kind: queueKind, ID: "c/annan"}} {
		c.Body = []byte("no JSON")
		must(t, w.store.PutCard(t.Context(), c))
	}
	if err := w.Tend(t.Context()); err == nil {
		t.Error("the faults are not told")
	}
	w.want("at once", map[string]int{"bo": 1})
	w.pass(time.Minute)
	if err := w.Tend(t.Context()); err == nil {
		t.Error("the faults are not told again")
	}
	w.want("later", map[string]int{"bo": 1})
}
