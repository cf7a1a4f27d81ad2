package intake

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/org"
)

// The id of a unit that is gone is never another kommun's: roles and results that
// are under it would be theirs too.
func TestAnothersGoneUnit(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	id, err := f.PutUnit(ctx, "me", "a", org.Unit{Name: "Hemtjänst", Parent: "vo"})
	must(t, err)
	must(t, f.RemoveUnit(ctx, "me", "a", id, ""))
	must(t, f.RemoveUnit(ctx, "me", "a", "hn", "vo"))
	if got, err := f.PutUnit(ctx, "me", "b", org.Unit{Name: "Hemtjänst", Parent: "b"}); err != nil || got == id {
		t.Errorf("another kommun's new unit has the id %q, %v", got, err)
	}
	for top, faulty := range map[string]bool{"a": false, "vo": false, "bu": true, "b": true, "alla": false} {
		sc, err := f.Scope(ctx, top)
		must(t, err)
		sheets, err := Read([]Upload{{"lista.csv", []byte("id,namn,överordnad\nhn,Hemtjänst,\n")}})
		must(t, err)
		p := Build(sc, sheets, (&memory{}).guess(sheets))
		told := false
		for _, fault := range p.Faults {
			told = told || strings.Contains(fault.EN, "can't be used")
		}
		if told != faulty {
			t.Errorf("below %s: %v", top, p.Faults)
		}
	}
	if got, err := f.PutUnit(ctx, "me", "a", org.Unit{Name: "Hemtjänst", Parent: "bu"}); err != nil || got != id {
		t.Errorf("the kommun's own unit is back with the id %q, %v", got, err)
	}
	// The command on the server takes units away too, and may give them to anybody.
	tree, err := org.NewTree(two.Units[:2])
	must(t, err)
	must(t, f.ReplaceAll(ctx, "me", tree, nil))
	tree, err = org.NewTree(two.Units)
	must(t, err)
	must(t, f.ReplaceAll(ctx, "me", tree, two.People))
	must(t, f.RemoveUnit(ctx, "me", "a", "bu", ""))
	if sc, err := f.Scope(ctx, "b"); err != nil || sc.units["hn"] != true || !sc.units["bu"] || sc.units["bygg"] {
		t.Errorf("%+v, %v", sc.units, err)
	}
}

// The command on the server replaces all, so that nothing can be undone: what
// imports replaced is not kept.
func TestReplaceAllKeepsNobody(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	must(t, f.RemovePerson(ctx, "me", "a", "anna"))
	s := f.begin(t, "me", merged)
	_, seal, err := f.Propose(ctx, s)
	must(t, err)
	must(t, f.Accept(ctx, "me", s, seal, nil))
	tree, err := org.NewTree(two.Units)
	must(t, err)
	must(t, f.ReplaceAll(ctx, "me", tree, nil))
	if kept, err := card.All[Undo](ctx, f.st, undoCards, ""); err != nil || len(kept) > 0 {
		t.Errorf("%d are kept, %v", len(kept), err)
	}
}

// interrupted is a store that is lost once the organisation has been changed.
type interrupted struct{ Store }

func (interrupted) Cards(_ context.Context, kind, _ string) iter.Seq2[card.Card, error] {
	return func(yield func(card.Card, error) bool) {
		if kind == undoCards {
			yield(card.Card{}, errors.New("lost"))
		}
	}
}

// What has been changed is in the log, though something after it failed.
func TestChangedIsLogged(t *testing.T) {
	f := newFixture(t)
	broken := New(interrupted{f.st}, f.log, f.Service.now)
	if err := broken.RemovePerson(t.Context(), "me", "a", "anna"); err == nil {
		t.Error("nothing failed")
	}
	for e, err := range f.st.Log(t.Context()) {
		must(t, err)
		if e.Action == "person.remove" && e.Subject == "anna" {
			return
		}
	}
	t.Errorf("changed, untold: %+v", f.organisation(t).People)
}
