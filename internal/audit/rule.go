// Package audit turns levels and their evidence into the verdict of an audit:
// which of its questions are met, why, and what would lift a verdict. The
// questions and their thresholds are data (audit.yaml); the rule is
// docs/method.md, Audit verdict.
package audit

import (
	"slices"

	"github.com/mognad/mognad/internal/survey"
)

// Outcome is the verdict of one question.
type Outcome string

// The outcomes of a question.
const (
	Met           Outcome = "uppfylld"
	PartlyMet     Outcome = "delvis_uppfylld"
	NotMet        Outcome = "ej_uppfylld"
	NotAssessable Outcome = "kan_inte_bedomas"
)

// rank orders the outcomes that a question can have by its index: 2, 1, 0.
func (o Outcome) rank() int {
	switch o {
	case Met:
		return 2
	case PartlyMet:
		return 1
	}
	return 0
}

// points is what a question gives to the whole (rule 6).
func (o Outcome) points() float64 { return float64(o.rank()) / 2 }

func (o Outcome) known() bool { return o == Met || o == PartlyMet || o == NotMet }

// Whole is the verdict of the audit as a whole.
type Whole string

// The verdicts of the whole, from the best.
const (
	Ensures         Whole = "sakerstaller"
	EnsuresMostly   Whole = "till_overvagande_del"
	EnsuresPartly   Whole = "delvis"
	DoesNotEnsure   Whole = "sakerstaller_inte"
	WholeUnassessed Whole = "kan_inte_bedomas"
)

var wholes = []Whole{Ensures, EnsuresMostly, EnsuresPartly, DoesNotEnsure}

// Rule is audit.yaml: what is asked and where the thresholds lie.
type Rule struct {
	Version    string
	Source     survey.Text
	Thresholds Thresholds
	Overall    []OverallRow // from the top: the first row reached holds
	Questions  []Question
}

// Thresholds are the rule's numbers. Met and Partly are an index 0–100, Core
// and Unverified a level 1–5, Coverage and Response a share 0–1.
type Thresholds struct {
	Met           float64 `json:"met"`
	Partly        float64 `json:"partly"`
	Core          float64 `json:"core"`
	Unverified    float64 `json:"unverified"`
	Coverage      float64 `json:"coverage"`
	Response      float64 `json:"response"`
	EvidenceYears int     `json:"evidence_years"`
}

// OverallRow gives the whole its verdict from Share of the points on, where no
// question has the outcome Without ("": any may).
type OverallRow struct {
	Verdict Whole
	Share   float64
	Without Outcome
}

// Question is one revisionsfråga.
type Question struct {
	ID           string
	Text         survey.Text
	Requirements []Requirement
	Knockouts    []Knockout
}

// Requirement is an item that a question rests on.
type Requirement struct {
	Item   string
	Text   survey.Text // the item's
	Fact   bool        // about the kommun as a whole, verified against evidence
	Weight float64
	Core   bool // met only if this one counts as at least Thresholds.Core
}

// Knockout lowers a question to AtMost when its item counts as less than Below.
type Knockout struct {
	Item   string
	Text   survey.Text
	Fact   bool
	Below  float64
	AtMost Outcome
}

// AsksFact reports whether some question rests on the item, and it is a fact.
func (r *Rule) AsksFact(item string) bool {
	return slices.ContainsFunc(r.Questions, func(q Question) bool {
		return slices.ContainsFunc(q.Requirements, func(req Requirement) bool { return req.Fact && req.Item == item }) ||
			slices.ContainsFunc(q.Knockouts, func(k Knockout) bool { return k.Fact && k.Item == item })
	})
}
