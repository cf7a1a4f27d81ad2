package analysis_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mognad/mognad/internal/analysis"
)

// TestOrderAndSplitChangeNothing: not a bit of any document depends on the
// order of people, nor on how they are split between accumulators.
func TestOrderAndSplitChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := randomKommun.Draw(t, "kommun")
		want := k.result(t, k.sheets).Result()
		mixed := rapid.Permutation(k.sheets).Draw(t, "order")
		cut := rapid.IntRange(0, len(mixed)).Draw(t, "cut")
		a, b := k.result(t, mixed[:cut]), k.result(t, mixed[cut:])
		a.Merge(b)
		got := a.Result()
		for _, u := range k.tree.Units() {
			if w, g := want.Document(u.ID, nil), got.Document(u.ID, nil); !reflect.DeepEqual(w, g) {
				t.Fatalf("%s differs:\n%+v\n%+v", u.ID, w, g)
			}
		}
	})
}

// TestDocumentAsJSON: what is read back is what was written, and a hidden
// figure carries no number but the people asked.
func TestDocumentAsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := randomKommun.Draw(t, "kommun")
		r := k.result(t, k.sheets).Result()
		for _, u := range k.tree.Units() {
			before := r.Document(u.ID, nil)
			d := r.Document(u.ID, &before)
			content, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			var back analysis.Document
			if err := json.Unmarshal(content, &back); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(d, back) {
				t.Fatalf("%s came back different:\n%+v\n%+v", u.ID, d, back)
			}
		}
		rows, competence := r.Rows()
		for _, row := range rows {
			numbers(t, row, row.Suppressed, "unit", "level", "id", "invited", "suppressed")
		}
		for _, row := range competence {
			numbers(t, row, row.Suppressed, "unit", "item", "suppressed")
		}
	})
}

// numbers fails if a suppressed row has another field than those allowed, or a
// shown one lacks a figure that is zero.
func numbers(t *rapid.T, row any, reason analysis.Reason, allowed ...string) {
	content, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(content, &fields); err != nil {
		t.Fatal(err)
	}
	if reason != analysis.Shown {
		for _, name := range allowed {
			delete(fields, name)
		}
		if len(fields) > 0 {
			t.Fatalf("hidden, with %v", fields)
		}
		return
	}
	need := "rated below share steps mean_gap"
	if level, ok := fields["level"]; ok {
		need = "invited n mean index sd se ci_low ci_high target gap"
		if level == analysis.LevelItem {
			need += " dont_know not_applicable"
		}
	}
	for name := range strings.SplitSeq(need, " ") {
		if _, ok := fields[name]; !ok {
			t.Fatalf("shown, without %s: %s", name, content)
		}
	}
}
