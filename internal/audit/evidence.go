package audit

import "time"

// State is what a piece of evidence is worth on the day of assessment.
type State string

// The states: current evidence lets a fact count in full, aged once did,
// missing never did.
const (
	Current State = "current"
	Aged    State = "aged"
	Missing State = "missing"
)

// Reason is why evidence is not current, "" where it is.
type Reason string

// The reasons, in the order in which they are looked for.
const (
	NotDecided   Reason = "not_decided"   // its status is not beslutat
	Undated      Reason = "undated"       // no day of decision or review
	Later        Reason = "later"         // decided or reviewed after the day of assessment
	ReviewPassed Reason = "review_passed" // its next review should have been done
	TooOld       Reason = "too_old"       // decided, or last reviewed, too long ago
)

// Judged is a piece of evidence with its state.
type Judged struct {
	Evidence
	State  State  `json:"state"`
	Reason Reason `json:"reason,omitempty"`
}

// Judge places e on the day asOf (docs/method.md, Audit verdict, 2). Where a
// review is given it alone dates the document. The day of the next review
// itself has not passed. Days are compared as text.
func (e Evidence) Judge(asOf string, years int) Judged {
	dated := e.Adopted
	if e.Reviewed != "" {
		dated = e.Reviewed
	}
	switch {
	case e.Status != StatusDecided:
		return Judged{e, Missing, NotDecided}
	case dated == "":
		return Judged{e, Missing, Undated}
	case dated > asOf:
		return Judged{e, Missing, Later}
	case e.ReviewBy != "" && e.ReviewBy < asOf:
		return Judged{e, Aged, ReviewPassed}
	case dated < yearsBefore(asOf, years):
		return Judged{e, Aged, TooOld}
	}
	return Judged{Evidence: e, State: Current}
}

// yearsBefore goes back to the same day of an earlier year, from 29 February
// to the 28th where that year has none (time.AddDate would give 1 March).
func yearsBefore(day string, years int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day // no day: nothing is current on it but what is dated the same
	}
	back := t.AddDate(-years, 0, 0)
	if back.Month() != t.Month() {
		back = back.AddDate(0, 0, -back.Day())
	}
	return back.Format(time.DateOnly)
}
