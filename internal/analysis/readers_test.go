package analysis_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/survey"
)

// TestReadersLearnNotWhoAnswered: of a unit of one manager a reader gets the
// same document whether that manager has submitted or not, on the unit's own
// page and on the page above it.
func TestReadersLearnNotWhoAnswered(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("q", item("q.x.1", "x"))})
	var own, above []string
	for _, one := range []string{"!", "3"} {
		sheets := []sheet{{"a", chef, one}, {"b", chef, "3"}, {"b", chef, "!"}}
		for range 6 {
			sheets = append(sheets, sheet{"r", chef, "3"}, sheet{"c", chef, "3"})
		}
		r := analyse(t, set, tree(t, "r", "a r", "b r", "c r"), analysis.Options{MinGroup: 5}, sheets...)
		d := r.Document("a", nil)
		d.Root = nil // the whole's own figures move with each answer
		d.ForReaders()
		own = append(own, written(t, d))
		d = r.Document("r", nil)
		if d.Children[0].Suppressed == analysis.Shown || d.Children[2].Submitted != 6 {
			t.Fatalf("the test's children: %+v", d.Children)
		}
		d.ForReaders()
		above = append(above, written(t, d.Children[0]))
		if d.Children[2].Submitted != 6 || d.Submitted == 0 {
			t.Errorf("a shown unit's answers are forgotten: %+v", d.Children[2])
		}
	}
	if own[0] != own[1] || above[0] != above[1] {
		t.Errorf("documents differ by whether one manager has answered:\n%s\n%s\n%s\n%s", own[0], own[1], above[0], above[1])
	}
}

// TestReadersLearnNotLastYear: nor does the comparison with last year tell.
func TestReadersLearnNotLastYear(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("q", item("q.x.1", "x"))})
	var before, now []sheet
	for i := range 6 {
		now = append(now, sheet{"r", chef, "3"})
		before = append(before, sheet{"r", chef, map[bool]string{true: "3", false: "!"}[i < 2]})
	}
	r := tree(t, "r")
	prev := analyse(t, set, r, analysis.Options{MinGroup: 5}, before...).Document("r", nil)
	d := analyse(t, set, r, analysis.Options{MinGroup: 5}, now...).Document("r", &prev)
	d.ForReaders()
	if d.Submitted != 6 || d.Previous.Submitted != 0 {
		t.Errorf("%d submitted, last year %d", d.Submitted, d.Previous.Submitted)
	}
}

// TestDontKnowWithItsDistribution: "vet ej" is counted out from ten answers on,
// as the levels are.
func TestDontKnowWithItsDistribution(t *testing.T) {
	for levels, want := range map[int]bool{9: false, 10: true} {
		sheets := []sheet{{"r", chef, "?"}}
		for range levels {
			sheets = append(sheets, sheet{"r", chef, "3"})
		}
		d := analyse(t, survey.NewSet([]*survey.Questionnaire{questionnaire("q", item("q.x.1", "x"))}), tree(t, "r"), analysis.Options{MinGroup: 5}, sheets...).Document("r", nil)
		d.ForReaders()
		f, _ := d.Figure("q.x.1")
		if f.N != levels || (f.DontKnow != nil) != want || (f.NotApplicable != nil) != want {
			t.Errorf("of %d: %+v", levels, f)
		}
	}
}

// What is asked of nobody is still told apart: there is nobody to protect.
func TestNobodyAsked(t *testing.T) {
	var sheets []sheet
	for range 5 {
		sheets = append(sheets, sheet{"r", chef, "3"})
	}
	d := analyse(t, survey.NewSet([]*survey.Questionnaire{questionnaire("q", item("q.x.1", "x"))}), tree(t, "r", "a r"), analysis.Options{MinGroup: 5}, sheets...).Document("r", nil)
	before := d.Children[0]
	d.ForReaders()
	if d.Children[0].Suppressed != analysis.None || !reflect.DeepEqual(d.Children[0], before) {
		t.Errorf("a unit of nobody: %+v", d.Children[0])
	}
}

func written(t *testing.T, v any) string {
	t.Helper()
	content, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
