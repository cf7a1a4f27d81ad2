package round

import (
	"testing"

	"github.com/mognad/mognad/internal/org"
)

// A unit is followed back by its id, else as the only one that it followed.
func TestWas(t *testing.T) {
	tree := func(ids ...string) *org.Tree {
		units := []org.Unit{{ID: "k", Name: "k"}}
		for _, id := range ids {
			units = append(units, org.Unit{ID: id, Name: id, Parent: "k"})
		}
		out, err := org.NewTree(units)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	type step struct {
		units      []string
		successors map[string]string
	}
	for name, c := range map[string]struct {
		steps  []step // the oldest first
		want   []string
		merged int // the newest round, of those with "", where several became one; -1 for none
	}{
		"itself":           {[]step{{units: []string{"u"}}, {units: []string{"u"}}, {units: []string{"u"}}}, []string{"u", "u", "u"}, -1},
		"a chain":          {[]step{{units: []string{"a"}}, {[]string{"b"}, map[string]string{"a": "b"}}, {[]string{"u"}, map[string]string{"a": "u", "b": "u"}}}, []string{"a", "b", "u"}, -1},
		"new":              {[]step{{units: []string{"x"}}, {units: []string{"u"}}, {units: []string{"u"}}}, []string{"", "u", "u"}, -1},
		"away for a year":  {[]step{{units: []string{"u"}}, {units: []string{"x"}}, {units: []string{"u"}}}, []string{"u", "", "u"}, -1},
		"followed over it": {[]step{{units: []string{"a"}}, {units: []string{"x"}}, {[]string{"u"}, map[string]string{"a": "u"}}}, []string{"a", "", "u"}, -1},
		"of two":           {[]step{{units: []string{"a", "b"}}, {[]string{"u"}, map[string]string{"a": "u", "b": "u"}}, {units: []string{"u"}}}, []string{"", "u", "u"}, 0},
		"of two, then one": {[]step{{units: []string{"a"}}, {units: []string{"a", "b"}}, {[]string{"u"}, map[string]string{"a": "u", "b": "u"}}}, []string{"", "", "u"}, 1},
		"kept its id though another went into it": {[]step{{units: []string{"a", "u"}}, {[]string{"u"}, map[string]string{"a": "u"}}}, []string{"u", "u"}, -1},
	} {
		var h History
		for _, s := range c.steps {
			h.Rounds, h.trees = append(h.Rounds, Round{Successors: s.successors}), append(h.trees, tree(s.units...))
		}
		for i, want := range c.want {
			got, merged := h.Was("u", i)
			if got != want || merged != (i <= c.merged) {
				t.Errorf("%s: in round %d it was %q (merged %v), want %q", name, i, got, merged, want)
			}
		}
	}
}
