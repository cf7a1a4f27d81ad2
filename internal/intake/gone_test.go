package intake

import (
	"strings"
	"testing"

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
