package round

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

func testSet(items int) *survey.Set {
	q := &survey.Questionnaire{ID: "led", Themes: []*survey.Theme{{ID: "t"}}}
	for i := range items {
		q.Items = append(q.Items, &survey.Item{ID: "led.t." + string(rune('a'+i)), Theme: "t", Kind: survey.Rating, NA: true})
	}
	return survey.NewSet([]*survey.Questionnaire{q})
}

// TestRecordGivesBackWhatItWasMadeOf: any unit, roles, answers and notes.
func TestRecordGivesBackWhatItWasMadeOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := testSet(rapid.IntRange(1, 20).Draw(t, "items"))
		unit := rapid.String().Draw(t, "unit")
		roles := rapid.SliceOfNDistinct(rapid.SampledFrom(org.Roles), 1, len(org.Roles), rapid.ID).Draw(t, "roles")
		entries := map[string]Entry{}
		for _, it := range set.Items {
			if rapid.Bool().Draw(t, "given") {
				entries[it.ID] = Entry{Item: it.ID, Answer: survey.Answer(rapid.IntRange(0, 7).Draw(t, "answer")),
					Comment: rapid.String().Draw(t, "comment"), Evidence: rapid.String().Draw(t, "evidence")}
			}
		}
		var rec record
		rest, err := decodeAnswers(encodeRecord(set, unit, roles, entries), &rec)
		if err != nil {
			t.Fatal(err)
		}
		notes, err := decodeNotes(set, rest)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(roles, func(a, b org.Role) int { return slices.Index(org.Roles, a) - slices.Index(org.Roles, b) })
		if rec.unit != unit || !slices.Equal(rec.roles, roles) {
			t.Fatalf("unit %q roles %v, want %q %v", rec.unit, rec.roles, unit, roles)
		}
		got := map[string]Entry{}
		for i, a := range rec.answers {
			got[set.Items[i].ID] = Entry{Item: set.Items[i].ID, Answer: a}
		}
		for _, n := range notes {
			n.Answer = got[n.Item].Answer
			got[n.Item] = n
		}
		for _, it := range set.Items {
			want := entries[it.ID]
			want.Item = it.ID
			if got[it.ID] != want {
				t.Fatalf("%s: %+v, want %+v", it.ID, got[it.ID], want)
			}
		}
	})
}
