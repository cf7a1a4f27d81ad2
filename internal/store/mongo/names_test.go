package mongo

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestFields gives every item a field of its own whose name MongoDB gives no
// meaning.
func TestFields(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.String().Draw(t, "item")
		name := field(id)
		if strings.ContainsAny(name, ".$\x00") {
			t.Errorf("%q is named %q", id, name)
		}
		if got, err := item(name); err != nil || got != id {
			t.Errorf("%q is read back as %q, %v", id, got, err)
		}
	})
}

// TestKeys takes names apart that stand in the same letters.
func TestKeys(t *testing.T) {
	seen := map[string]bool{}
	for _, names := range [][]string{{"a", "b"}, {"a/b"}, {"a%2Fb"}, {"a", "", "b"}, {"a", "b", ""}, {"", "a", "b"}, {"a%2Fb", ""}} {
		if id := key(names...); seen[id] {
			t.Errorf("%q has the key %s of others", names, id)
		} else {
			seen[id] = true
		}
	}
}

// TestPlaces orders places as the names that they are of, and takes all apart.
func TestPlaces(t *testing.T) {
	names := rapid.SliceOfN(rapid.StringOf(rapid.SampledFrom([]rune{0, 1, 2, 'a', 'å', '😀'})), 3, 3)
	rapid.Check(t, func(t *rapid.T) {
		a, b := names.Draw(t, "a"), names.Draw(t, "b")
		if got, want := strings.Compare(place(a...), place(b...)), slices.Compare(a, b); got != want {
			t.Errorf("%q and %q are ordered %d, want %d", a, b, got, want)
		}
	})
}
