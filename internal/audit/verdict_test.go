package audit

import (
	"fmt"
	"math"
	"testing"
)

// thresholds are those of the shipped audit.yaml.
var thresholds = Thresholds{Met: 50, Partly: 25, Core: 3, Unverified: 2, Coverage: 0.6, Response: 0.6, EvidenceYears: 4}

const asOf = "2024-06-15"

var decided = []Evidence{{Name: "Beslut", Adopted: "2023-01-01", Status: StatusDecided}}

func fact(level float64) Coded {
	return Coded{Level: level, Basis: Verified, Evidence: decided}
}

func rating(level float64) Coded {
	return Coded{Level: level, Basis: Answers, Response: 1, N: 20}
}

// judgeOne judges a question on facts f1… and ratings r1… as named.
func judgeOne(t *testing.T, q Question, items map[string]Coded) QuestionVerdict {
	t.Helper()
	for i := range q.Requirements {
		q.Requirements[i].Fact = q.Requirements[i].Item[0] == 'f'
	}
	for i := range q.Knockouts {
		q.Knockouts[i].Fact = q.Knockouts[i].Item[0] == 'f'
	}
	rule := Rule{Thresholds: thresholds, Questions: []Question{q}, Overall: []OverallRow{{DoesNotEnsure, 0, ""}}}
	return rule.Judge(Coding{AsOf: asOf, MinN: 5, Items: items}).Questions[0]
}

// Rule 1: which requirements have a level.
func TestLevel(t *testing.T) {
	tests := []struct {
		name  string
		item  string
		coded *Coded
		want  NoLevel
	}{
		{"nothing known", "r1", nil, Unanswered},
		{"no level", "r1", &Coded{Basis: Answers, Response: 1, N: 20}, Unanswered},
		{"k answered", "r1", &Coded{Level: 3, Response: 1, N: 5}, ""},
		{"fewer than k", "r1", &Coded{Level: 3, Response: 1, N: 4}, TooFew},
		{"response on the threshold", "r1", &Coded{Level: 3, Response: 0.6, N: 20}, ""},
		{"response on the threshold but for a binary fraction", "r1", &Coded{Level: 3, Response: 0.5999999999999999, N: 20}, ""},
		{"response below", "r1", &Coded{Level: 3, Response: 0.59, N: 20}, LowResponse},
		{"a fact, however few", "f1", &Coded{Level: 3, Basis: Stated, N: 1}, ""},
		{"a fact that nobody answered", "f1", &Coded{}, Unanswered},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			items := map[string]Coded{}
			if tt.coded != nil {
				items[tt.item] = *tt.coded
			}
			got := judgeOne(t, Question{Requirements: []Requirement{{Item: tt.item, Weight: 1}}}, items).Requirements[0]
			if got.NoLevel != tt.want {
				t.Errorf("no level: %q, want %q", got.NoLevel, tt.want)
			}
			if tt.want == TooFew && (got.Level != 0 || got.N != 0 || got.Response != 0) {
				t.Errorf("figures of fewer than k are given away: %+v", got)
			}
		})
	}
}

// Rule 2: what counts in full, and what is capped.
func TestCountsAs(t *testing.T) {
	old := []Evidence{{Name: "Gammalt", Adopted: "1997-02-24", Status: StatusDecided}}
	tests := []struct {
		name  string
		item  string
		coded Coded
		want  float64
		cap   Cap
	}{
		{"confirmed on current evidence", "f1", fact(4), 4, ""},
		{"confirmed without evidence", "f1", Coded{Level: 4, Basis: Verified}, 2, CapNoEvidence},
		{"confirmed on aged evidence", "f1", Coded{Level: 4, Basis: Verified, Evidence: old}, 2, CapNoEvidence},
		{"one current among aged", "f1", Coded{Level: 4, Basis: Verified, Evidence: append(old, decided...)}, 4, ""},
		{"stated, with evidence", "f1", Coded{Level: 4, Basis: Stated, Evidence: decided}, 2, CapUnverified},
		{"answers are no confirmation of a fact", "f1", Coded{Level: 4, Basis: Answers, Evidence: decided}, 2, CapUnverified},
		{"at the cap nothing is needed", "f1", Coded{Level: 2, Basis: Stated}, 2, ""},
		{"below the cap neither", "f1", Coded{Level: 1, Basis: Verified}, 1, ""},
		{"a rating needs no evidence", "r1", rating(4.5), 4.5, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := judgeOne(t, Question{Requirements: []Requirement{{Item: tt.item, Weight: 1}}}, map[string]Coded{tt.item: tt.coded}).Requirements[0]
			if got.CountsAs != tt.want || got.Capped != tt.cap {
				t.Errorf("counts as %v, capped %q; want %v, %q", got.CountsAs, got.Capped, tt.want, tt.cap)
			}
		})
	}
}

// Rule 2: which evidence is current on the day of assessment.
func TestEvidence(t *testing.T) {
	tests := []struct {
		name string
		asOf string
		e    Evidence
		want Reason
	}{
		{"decided in time", asOf, Evidence{Adopted: "2022-01-01", Status: StatusDecided}, ""},
		{"decided on the day", asOf, Evidence{Adopted: asOf, Status: StatusDecided}, ""},
		{"decided the day after", asOf, Evidence{Adopted: "2024-06-16", Status: StatusDecided}, Later},
		{"four years to the day", asOf, Evidence{Adopted: "2020-06-15", Status: StatusDecided}, ""},
		{"four years and a day", asOf, Evidence{Adopted: "2020-06-14", Status: StatusDecided}, TooOld},
		{"old but reviewed", asOf, Evidence{Adopted: "2004-03-29", Reviewed: "2023-05-01", Status: StatusDecided}, ""},
		{"the review is old too", asOf, Evidence{Adopted: "2004-03-29", Reviewed: "2010-05-01", Status: StatusDecided}, TooOld},
		{"reviewed only afterwards", asOf, Evidence{Adopted: "2023-03-29", Reviewed: "2024-07-01", Status: StatusDecided}, Later},
		{"reviewed, day of decision unknown", asOf, Evidence{Reviewed: "2023-05-01", Status: StatusDecided}, ""},
		{"no day at all", asOf, Evidence{Status: StatusDecided}, Undated},
		{"next review on the day", asOf, Evidence{Adopted: "2023-01-01", ReviewBy: asOf, Status: StatusDecided}, ""},
		{"next review the day before", asOf, Evidence{Adopted: "2023-01-01", ReviewBy: "2024-06-14", Status: StatusDecided}, ReviewPassed},
		{"working paper", asOf, Evidence{Adopted: "2023-01-01", Status: "arbetsmaterial"}, NotDecided},
		{"revoked", asOf, Evidence{Adopted: "2023-01-01", Status: "upphävt"}, NotDecided},
		{"status unknown", asOf, Evidence{Adopted: "2023-01-01"}, NotDecided},
		{"29 February, four years", "2024-02-29", Evidence{Adopted: "2020-02-29", Status: StatusDecided}, ""},
		{"29 February, four years and a day", "2024-02-29", Evidence{Adopted: "2020-02-28", Status: StatusDecided}, TooOld},
		{"decided on 29 February", "2024-02-28", Evidence{Adopted: "2020-02-29", Status: StatusDecided}, ""},
		{"decided on 29 February, a day too late", "2024-03-01", Evidence{Adopted: "2020-02-29", Status: StatusDecided}, TooOld},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.e.Judge(tt.asOf, 4); got.Reason != tt.want || (got.State == Current) != (tt.want == "") {
				t.Errorf("%s %q, want %q", got.State, got.Reason, tt.want)
			}
		})
	}
}

func TestYearsBefore(t *testing.T) {
	for _, tt := range []struct {
		day   string
		years int
		want  string
	}{
		{"2024-02-29", 4, "2020-02-29"},
		{"2024-02-29", 3, "2021-02-28"},
		{"2024-03-01", 3, "2021-03-01"},
		{"2023-02-28", 3, "2020-02-28"},
		{"2024-12-31", 1, "2023-12-31"},
	} {
		if got := yearsBefore(tt.day, tt.years); got != tt.want {
			t.Errorf("%d years before %s: %s, want %s", tt.years, tt.day, got, tt.want)
		}
	}
}

// Rules 3, 4 and 5.
func TestOutcome(t *testing.T) {
	req := func(item string, weight float64, core bool) Requirement {
		return Requirement{Item: item, Weight: weight, Core: core}
	}
	two := []Requirement{req("r1", 3, false), req("r2", 2, false)}
	core := []Requirement{req("r1", 1, true), req("r2", 1, false)}
	tenths := []Requirement{req("r1", 0.1, false), req("r2", 0.2, false), req("r3", 0.3, false), req("r4", 0.4, false)}
	tests := []struct {
		name    string
		reqs    []Requirement
		knock   []Knockout
		items   map[string]Coded
		want    Outcome
		index   float64
		covered float64
	}{
		{"coverage just enough", two, nil, map[string]Coded{"r1": rating(3)}, Met, 50, 0.6},
		{"coverage too low", two, nil, map[string]Coded{"r2": rating(5)}, NotAssessable, 100, 0.4},
		{"coverage exactly the threshold in tenths", tenths, nil, map[string]Coded{"r1": rating(3), "r2": rating(3), "r3": rating(3)}, Met, 50, 0.6},
		{"nothing known", two, nil, nil, NotAssessable, math.NaN(), 0},
		{"index exactly at met, in thirds", tenths, nil, map[string]Coded{"r1": rating(8.0 / 3), "r2": rating(10.0 / 3), "r3": rating(8.0 / 3), "r4": rating(38.0 / 12)}, Met, 50, 1},
		{"just below met", two, nil, map[string]Coded{"r1": rating(2.99), "r2": rating(3)}, PartlyMet, 49.85, 1},
		{"exactly at partly", two, nil, map[string]Coded{"r1": rating(2), "r2": rating(2)}, PartlyMet, 25, 1},
		{"just below partly", two, nil, map[string]Coded{"r1": rating(1.99), "r2": rating(2)}, NotMet, 24.85, 1},
		{"core at its level", core, nil, map[string]Coded{"r1": rating(3), "r2": rating(5)}, Met, 75, 1},
		{"core below its level", core, nil, map[string]Coded{"r1": rating(2.9), "r2": rating(5)}, PartlyMet, 73.75, 1},
		{"core without level", []Requirement{req("r1", 1, true), req("r2", 4, false)}, nil, map[string]Coded{"r2": rating(5)}, PartlyMet, 100, 0.8},
		{"what counts, not the level", []Requirement{req("f1", 1, false)}, nil, map[string]Coded{"f1": {Level: 5, Basis: Stated}}, PartlyMet, 25, 1},
		{"knock-out lowers", two, []Knockout{{Item: "r1", Below: 3.5, AtMost: NotMet}}, map[string]Coded{"r1": rating(3), "r2": rating(5)}, NotMet, 70, 1},
		{"knock-out at its limit does not strike", two, []Knockout{{Item: "r1", Below: 3, AtMost: NotMet}}, map[string]Coded{"r1": rating(3), "r2": rating(5)}, Met, 70, 1},
		{"knock-out never raises", two, []Knockout{{Item: "r1", Below: 2, AtMost: PartlyMet}}, map[string]Coded{"r1": rating(1), "r2": rating(1)}, NotMet, 0, 1},
		{"the lowest of two knock-outs holds", two, []Knockout{{Item: "r1", Below: 4, AtMost: NotMet}, {Item: "r2", Below: 5, AtMost: PartlyMet}}, map[string]Coded{"r1": rating(3), "r2": rating(4)}, NotMet, 60, 1},
		{"knock-out on what the fact counts as", two, []Knockout{{Item: "f9", Below: 3, AtMost: PartlyMet}}, map[string]Coded{"r1": rating(5), "r2": rating(5), "f9": {Level: 5, Basis: Stated}}, PartlyMet, 100, 1},
		{"no level, no knock-out", two, []Knockout{{Item: "r2", Below: 5, AtMost: NotMet}}, map[string]Coded{"r1": rating(5)}, Met, 100, 0.6},
		{"knock-out leaves the unassessed unassessed", two, []Knockout{{Item: "r2", Below: 5, AtMost: NotMet}}, map[string]Coded{"r2": rating(1)}, NotAssessable, 0, 0.4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := judgeOne(t, Question{Requirements: tt.reqs, Knockouts: tt.knock}, tt.items)
			if got.Outcome != tt.want || math.Abs(got.Covered-tt.covered) > 1e-12 {
				t.Errorf("%s, covered %v; want %s, %v", got.Outcome, got.Covered, tt.want, tt.covered)
			}
			if math.IsNaN(tt.index) {
				if got.Index != nil {
					t.Errorf("index %v of nothing", *got.Index)
				}
			} else if got.Index == nil || math.Abs(*got.Index-tt.index) > 1e-9 {
				t.Errorf("index %v, want %v", got.Index, tt.index)
			}
		})
	}
}

// Rule 6.
func TestWhole(t *testing.T) {
	rule := Rule{Overall: []OverallRow{{Ensures, 0.85, NotMet}, {EnsuresMostly, 0.65, ""}, {EnsuresPartly, 0.35, ""}, {DoesNotEnsure, 0, ""}}}
	tests := []struct {
		outcomes []Outcome
		want     Whole
	}{
		{[]Outcome{Met, Met, Met, Met}, Ensures},
		{[]Outcome{Met, Met, Met, PartlyMet}, Ensures},                                              // 0.875
		{[]Outcome{Met, Met, Met, Met, Met, Met, Met, NotMet}, EnsuresMostly},                       // 0.875, but one not met
		{[]Outcome{Met, Met, PartlyMet, PartlyMet}, EnsuresMostly},                                  // 0.75
		{[]Outcome{Met, Met, PartlyMet, NotMet}, EnsuresPartly},                                     // 0.625
		{[]Outcome{PartlyMet, PartlyMet, PartlyMet, NotMet}, EnsuresPartly},                         // 0.375
		{[]Outcome{PartlyMet, PartlyMet, NotMet, NotMet}, DoesNotEnsure},                            // 0.25
		{[]Outcome{NotMet, NotMet, NotMet, NotMet}, DoesNotEnsure},                                  // 0
		{[]Outcome{Met, Met, Met, NotAssessable}, WholeUnassessed},                                  // one leaves the whole
		{[]Outcome{Met, Met, Met, Met, Met, Met, PartlyMet, NotMet, NotMet, NotMet}, EnsuresMostly}, // 0.65
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.outcomes), func(t *testing.T) {
			qs := make([]QuestionVerdict, len(tt.outcomes))
			for i, o := range tt.outcomes {
				qs[i].Outcome = o
			}
			if share, got := rule.whole(qs); got != tt.want {
				t.Errorf("%s at %v, want %s", got, share, tt.want)
			}
		})
	}
}
