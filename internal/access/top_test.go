package access

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mognad/mognad/internal/org"
)

// Top returns what asking May of every unit gives, of whole trees and of parts
// that lie below others.
func TestTopIsWhatMayAllows(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 9))
	for range 2000 {
		units := []org.Unit{{ID: "u0", Name: "u0"}}
		for i := 1; i < 1+random.IntN(12); i++ {
			units = append(units, org.Unit{ID: fmt.Sprint("u", i), Name: "x", Parent: fmt.Sprint("u", random.IntN(i))})
		}
		tree, err := org.NewTree(units)
		if err != nil {
			t.Fatal(err)
		}
		if random.IntN(2) == 0 {
			tree = tree.Subtree(fmt.Sprint("u", random.IntN(len(units))))
		}
		var id Identity
		for range random.IntN(4) {
			id.Grants = append(id.Grants, Grant{Roles[random.IntN(len(Roles))], fmt.Sprint("u", random.IntN(14))})
		}
		var want []org.Unit
		for _, u := range tree.Units() {
			if id.May(ReadResults, u.ID, tree) && !slices.ContainsFunc(want, func(o org.Unit) bool { return tree.Within(u.ID, o.ID) }) {
				want = append(want, u)
			}
		}
		if got := id.Top(ReadResults, tree); !slices.Equal(got, want) {
			t.Fatalf("%+v in %+v: %v, want %v", id.Grants, tree.Units(), got, want)
		}
	}
}
