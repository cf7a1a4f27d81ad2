package round_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// openRound is a round where answers are shown by name: two in a have submitted,
// one of them since left, one has only begun.
func openRound(t *testing.T) *world {
	t.Helper()
	w, ctx := newWorld(t), t.Context()
	if _, err := w.Create(ctx, "sam", round.Round{ID: "2026", Mode: round.Named, OpensOn: "2026-11-02", ClosesOn: "2026-11-23"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Open(ctx, "sam", "2026", w.set, w.units, w.people); err != nil {
		t.Fatal(err)
	}
	w.answer(t, "2026", "a0", 2)
	w.say(t, "2026", "a0", plan, "Min kommentar")
	w.answer(t, "2026", "a1", 1)
	w.answer(t, "2026", "b0", 5)
	w.say(t, "2026", "a2", plan, "Bara påbörjat")
	if _, err := w.Leave(ctx, "sam", "2026", "a1"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(ctx, "sam", "2026"); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestNamed shows what was submitted, after publishing alone, and never unlogged.
func TestNamed(t *testing.T) {
	w, ctx := openRound(t), t.Context()
	if _, err := w.Named(ctx, "hr", "2026", "a0"); !fail.Is(err, fail.Conflict) {
		t.Errorf("before it is published: %v", err)
	}
	if _, err := w.Publish(ctx, "sam", "2026"); err != nil {
		t.Fatal(err)
	}
	people, err := w.NamedPeople(ctx, "2026")
	var ids []string
	for _, p := range people {
		ids = append(ids, p.Person)
	}
	if err != nil || !slices.Equal(ids, []string{"a0", "a1", "b0"}) {
		t.Errorf("submitted %v, %v", ids, err)
	}
	sheet, err := w.Named(ctx, "hr", "2026", "a0")
	if err != nil {
		t.Fatal(err)
	}
	if e := sheet.Entry(plan); e.Answer != 2 || e.Comment != "Min kommentar" || sheet.Answered() != len(sheet.Items) {
		t.Errorf("%+v", e)
	}
	if _, err := w.Named(ctx, "hr", "2026", "a1"); err != nil {
		t.Errorf("one who has left: %v", err)
	}
	for _, person := range []string{"a2", "a3", "nobody"} {
		if _, err := w.Named(ctx, "hr", "2026", person); !fail.Is(err, fail.NotFound) {
			t.Errorf("%s, who has submitted nothing: %v", person, err)
		}
	}
	read := []string{}
	for e, err := range w.store.Log(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Action == "answers.read" {
			read = append(read, e.Actor+" "+e.Subject)
		}
	}
	if !slices.Equal(read, []string{"hr a1", "hr a0"}) {
		t.Errorf("the log has %v", read)
	}
}

// TestNamedBelow lists by area, the furthest below first, of the unit alone.
func TestNamedBelow(t *testing.T) {
	w, ctx := openRound(t), t.Context()
	if _, err := w.Publish(ctx, "sam", "2026"); err != nil {
		t.Fatal(err)
	}
	const area = "kom.leda.mojligheter" // 3 is required of them
	below, err := w.NamedBelow(ctx, "hr", "2026", "k", area)
	var got []string
	for _, b := range below {
		got = append(got, fmt.Sprint(b.Person, " ", b.Item, " ", b.Level, " ", b.Required))
	}
	if want := []string{"a1 " + area + " 1 3", "a0 " + area + " 2 3"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if some, err := w.NamedBelow(ctx, "hr", "2026", "b", ""); err != nil || len(some) != 0 {
		t.Errorf("another unit: %v, %v", some, err)
	}
	all, err := w.NamedBelow(ctx, "hr", "2026", "a", "")
	if err != nil || len(all) <= len(below) || !slices.IsSortedFunc(all, func(a, b round.Below) int { return place(w.set, a.Item) - place(w.set, b.Item) }) {
		t.Errorf("all areas: %d, %v", len(all), err)
	}
}

func place(set *survey.Set, item string) int { it, _ := set.Item(item); return it.Index }

// TestConfidentialAnswersHaveNoName: whatever the round has gone through and
// whoever asks for whatever, a confidential one gives nobody's answers.
func TestConfidentialAnswersHaveNoName(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2026")
	w.everybody(t, "2026", 2)
	if _, err := w.Close(ctx, "sam", "2026"); err != nil {
		t.Fatal(err)
	}
	published, err := w.Publish(ctx, "sam", "2026")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		_, err := w.store.UpdateRound(ctx, "2026", func(r *round.Round) error {
			*r = published
			r.State = rapid.SampledFrom([]round.State{round.Open, round.Closed, round.Published, round.Published}).Draw(t, "state")
			r.Mode = rapid.SampledFrom([]round.Mode{round.Confidential, "", "Open", "named"}).Draw(t, "mode")
			r.Moderating, r.MinGroup = rapid.Bool().Draw(t, "moderating"), rapid.IntRange(0, 9).Draw(t, "k")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		actor := rapid.SampledFrom([]string{"hr", "sam", "a0", ""}).Draw(t, "actor")
		person := rapid.OneOf(rapid.SampledFrom([]string{"a0", "b5", "sam"}), rapid.String()).Draw(t, "person")
		unit := rapid.SampledFrom([]string{"k", "a", "b", ""}).Draw(t, "unit")
		if sheet, err := w.Named(ctx, actor, "2026", person); sheet != nil || !fail.Is(err, fail.Forbidden) {
			t.Fatalf("Named: %v, %v", sheet, err)
		}
		if people, err := w.NamedPeople(ctx, "2026"); people != nil || !fail.Is(err, fail.Forbidden) {
			t.Fatalf("NamedPeople: %v, %v", people, err)
		}
		if below, err := w.NamedBelow(ctx, actor, "2026", unit, ""); below != nil || !fail.Is(err, fail.Forbidden) {
			t.Fatalf("NamedBelow: %v, %v", below, err)
		}
	})
}
