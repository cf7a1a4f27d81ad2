package web

import (
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/org"
)

// A coordinator is told how many units and people there are to ask in their own part, and
// of no other kommun's.
func TestRoundsCountOnesOwn(t *testing.T) {
	r, _, _ := newOffice(t)
	check(t, r.store.PutOrganisation(t.Context(), []org.Unit{
		{ID: "alla", Name: "Alla"}, {ID: "a", Name: "A", Parent: "alla"}, {ID: "a-1", Name: "A 1", Parent: "a"}, {ID: "b", Name: "B", Parent: "alla"}, {ID: "c", Name: "C", Parent: "alla"},
	}, []org.Person{
		{ID: "1", Name: "Ett", Unit: "a", Roles: []org.Role{org.Enhetschef}}, {ID: "2", Name: "Två", Unit: "a-1", Roles: []org.Role{org.Enhetschef}},
		{ID: "3", Name: "Tre", Unit: "b", Roles: []org.Role{org.Enhetschef}},
	}))
	for unit, want := range map[string]string{"alla": "3 people in 5 units have", "a": "2 people in 2 units have", "c": "Import units and"} {
		if _, page := r.get("/omgangar", "en", r.signIn(t, access.Grant{Role: access.Samordnare, Unit: unit})); !strings.Contains(page, want) {
			t.Errorf("%s: not %q", unit, want)
		}
	}
}
