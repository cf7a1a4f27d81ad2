package audit_test

import (
	"reflect"
	"testing"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/audit"
)

// What a round says of each kind of item: a shown mean, a hidden one, a fact as
// stated, and what the round did not ask.
func TestObserve(t *testing.T) {
	rule := &audit.Rule{
		Thresholds: audit.Thresholds{Met: 50, Partly: 25, Core: 3, Unverified: 2, Coverage: .1, Response: .6, EvidenceYears: 4},
		Questions: []audit.Question{{ID: "rf1", Requirements: []audit.Requirement{
			{Item: "shown", Weight: 1}, {Item: "small", Weight: 1}, {Item: "none", Weight: 1}, {Item: "absent", Weight: 1},
			{Item: "fact", Fact: true, Weight: 1}, {Item: "silent", Fact: true, Weight: 1},
		}, Knockouts: []audit.Knockout{{Item: "knock", Below: 2, AtMost: audit.NotMet}}}},
	}
	d := &analysis.Document{MinGroup: 5,
		Figures: []analysis.Figure{
			{Level: analysis.LevelItem, ID: "shown", Invited: 20, N: 15, Mean: 2.6},
			{Level: analysis.LevelItem, ID: "small", Invited: 20, Suppressed: analysis.Small},
			{Level: analysis.LevelItem, ID: "none", Invited: 20, Suppressed: analysis.None},
			{Level: analysis.LevelItem, ID: "knock", Invited: 20, N: 20, Mean: 1.5},
		},
		Facts: []analysis.FactFigure{{Item: "fact", Invited: 3, N: 1, Level: 4}, {Item: "silent", Invited: 3}},
	}
	verdict := rule.Judge(rule.Observe(d, "2026-11-01"))
	q := verdict.Questions[0]
	want := []audit.Finding{
		{Level: 2.6, Basis: audit.Answers, N: 15, Response: .75, CountsAs: 2.6},
		{NoLevel: audit.TooFew, Basis: audit.Answers},
		{NoLevel: audit.Unanswered},
		{NoLevel: audit.Unanswered},
		{Fact: true, Level: 4, Basis: audit.Stated, N: 1, CountsAs: 2, Capped: audit.CapUnverified},
		{Fact: true, NoLevel: audit.Unanswered, Basis: audit.Stated},
	}
	for i, w := range want {
		got := q.Requirements[i].Finding
		w.Item = rule.Questions[0].Requirements[i].Item
		if !reflect.DeepEqual(got, w) {
			t.Errorf("%s: %+v, want %+v", w.Item, got, w)
		}
	}
	if k := q.Knockouts[0]; !k.Struck || k.N != 20 {
		t.Errorf("the knock-out: %+v", k)
	}
	if verdict.AsOf != "2026-11-01" {
		t.Errorf("assessed as of %q", verdict.AsOf)
	}
}
