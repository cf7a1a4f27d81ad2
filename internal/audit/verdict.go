package audit

import "github.com/mognad/mognad/internal/survey"

// Verdict is the outcome of an audit with all that it rests on; it explains
// itself without the rule and may be kept as it is.
type Verdict struct {
	AsOf      string            `json:"as_of"`
	Questions []QuestionVerdict `json:"questions"`
	Share     float64           `json:"share"` // of the points, 0–1
	Overall   Whole             `json:"overall"`
}

// QuestionVerdict is the outcome of one question. Index (0–100) is nil where
// no requirement has a level; Covered is the share of the weight that has one.
// Lift is nil for a question that is met.
type QuestionVerdict struct {
	ID           string               `json:"id"`
	Text         survey.Text          `json:"text"`
	Outcome      Outcome              `json:"verdict"`
	Index        *float64             `json:"index"`
	Covered      float64              `json:"covered"`
	Thresholds   Thresholds           `json:"thresholds"`
	Requirements []RequirementVerdict `json:"requirements"`
	Knockouts    []KnockoutVerdict    `json:"knockouts"`
	Lift         *Lift                `json:"lift"`
}

// Finding is what is known of one item and what it counts as. Level and
// CountsAs are 1–5, and 0 where NoLevel says why there is none.
type Finding struct {
	Item     string      `json:"item"`
	Text     survey.Text `json:"text"`
	Fact     bool        `json:"fact"`
	Level    float64     `json:"level,omitempty"`
	NoLevel  NoLevel     `json:"no_level,omitempty"`
	Basis    Basis       `json:"basis,omitempty"`
	N        int         `json:"n,omitempty"`
	Response float64     `json:"response,omitempty"`
	CountsAs float64     `json:"counts_as,omitempty"`
	Capped   Cap         `json:"capped,omitempty"`
	Evidence []Judged    `json:"evidence,omitempty"`
}

// HasLevel reports whether the item has a level.
func (f *Finding) HasLevel() bool { return f.NoLevel == "" }

// RequirementVerdict is one requirement as it was found.
type RequirementVerdict struct {
	Finding
	Weight float64 `json:"weight"`
	Core   bool    `json:"core"`
}

// KnockoutVerdict is one knock-out: Struck if its item counts as less than
// Below, Lowered if that changed the outcome.
type KnockoutVerdict struct {
	Finding
	Below   float64 `json:"below"`
	AtMost  Outcome `json:"at_most"`
	Struck  bool    `json:"struck"`
	Lowered bool    `json:"lowered"`
}

// NoLevel is why an item has no level.
type NoLevel string

// The reasons for no level.
const (
	Unanswered  NoLevel = "unanswered"
	TooFew      NoLevel = "too_few"      // fewer than k answered
	LowResponse NoLevel = "low_response" // a smaller share than the rule asks for
)

// Cap is why a fact counts as less than its level.
type Cap string

// The caps.
const (
	CapUnverified Cap = "unverified"  // no reviewer has confirmed it
	CapNoEvidence Cap = "no_evidence" // confirmed, but nothing named for it is current
)

const tolerance = 1e-9

// reaches compares with a threshold. Sums of weights and means of answers are
// not exact in binary: what lies within 1e-9 of a threshold has reached it,
// far less than any one answer moves a figure.
func reaches(x, threshold float64) bool { return x >= threshold-tolerance }

// Judge applies the rule to a coding (docs/method.md, Audit verdict).
func (r *Rule) Judge(c Coding) *Verdict {
	v := &Verdict{AsOf: c.AsOf, Questions: make([]QuestionVerdict, 0, len(r.Questions))}
	for i := range r.Questions {
		q := r.question(&r.Questions[i], &c)
		q.Lift = q.lift()
		v.Questions = append(v.Questions, q)
	}
	v.Share, v.Overall = r.whole(v.Questions)
	return v
}

// Finding returns what is known of one item that a question rests on, and what it
// counts as; false for any other item, and of no verdict.
func (v *Verdict) Finding(item string) (Finding, bool) {
	if v == nil {
		return Finding{}, false
	}
	for _, q := range v.Questions {
		for _, req := range q.Requirements {
			if req.Item == item {
				return req.Finding, true
			}
		}
		for _, k := range q.Knockouts {
			if k.Item == item {
				return k.Finding, true
			}
		}
	}
	return Finding{}, false
}

// Short returns the questions that are judged and not met.
func (v *Verdict) Short() (questions []QuestionVerdict) {
	if v == nil {
		return nil
	}
	for _, q := range v.Questions {
		if q.Outcome == PartlyMet || q.Outcome == NotMet {
			questions = append(questions, q)
		}
	}
	return questions
}

// whole is rule 6.
func (r *Rule) whole(qs []QuestionVerdict) (share float64, verdict Whole) {
	has := map[Outcome]bool{}
	for i := range qs {
		has[qs[i].Outcome] = true
		share += qs[i].Outcome.points() / float64(len(qs))
	}
	if has[NotAssessable] || len(qs) == 0 {
		return share, WholeUnassessed
	}
	for _, row := range r.Overall {
		if reaches(share, row.Share) && (row.Without == "" || !has[row.Without]) {
			return share, row.Verdict
		}
	}
	return share, WholeUnassessed // not reached: Load asks for a last row that takes all
}

func (r *Rule) question(q *Question, c *Coding) QuestionVerdict {
	v := QuestionVerdict{ID: q.ID, Text: q.Text, Thresholds: r.Thresholds, Knockouts: []KnockoutVerdict{}}
	for _, req := range q.Requirements {
		v.Requirements = append(v.Requirements, RequirementVerdict{r.finding(req.Item, req.Text, req.Fact, c), req.Weight, req.Core})
	}
	for _, k := range q.Knockouts {
		v.Knockouts = append(v.Knockouts, KnockoutVerdict{Finding: r.finding(k.Item, k.Text, k.Fact, c), Below: k.Below, AtMost: k.AtMost})
	}
	v.settle()
	return v
}

// finding is rules 1 and 2.
func (r *Rule) finding(item string, text survey.Text, fact bool, c *Coding) Finding {
	coded, ok := c.Items[item]
	f := Finding{Item: item, Text: text, Fact: fact, Level: coded.Level, Basis: coded.Basis, N: coded.N}
	if !fact {
		f.Response = coded.Response
	}
	for _, e := range coded.Evidence {
		f.Evidence = append(f.Evidence, e.Judge(c.AsOf, r.Thresholds.EvidenceYears))
	}
	switch {
	case !ok || coded.Level < 1:
		f.NoLevel = Unanswered
	case !fact && coded.N < c.MinN:
		f.NoLevel = TooFew
	case !fact && !reaches(coded.Response, r.Thresholds.Response):
		f.NoLevel = LowResponse
	}
	if !f.HasLevel() {
		f.Level = 0
		if f.NoLevel == TooFew { // so few that not even their number is shown
			f.N, f.Response = 0, 0
		}
		return f
	}
	f.CountsAs = f.Level
	if fact && !reaches(r.Thresholds.Unverified, f.Level) {
		switch {
		case coded.Basis != Verified:
			f.Capped, f.CountsAs = CapUnverified, r.Thresholds.Unverified
		case !f.hasCurrent():
			f.Capped, f.CountsAs = CapNoEvidence, r.Thresholds.Unverified
		}
	}
	return f
}

func (f *Finding) hasCurrent() bool {
	for _, e := range f.Evidence {
		if e.State == Current {
			return true
		}
	}
	return false
}

// settle is rules 3, 4 and 5: it sets coverage, index, the knock-outs that
// struck, and the outcome, from the findings.
func (v *QuestionVerdict) settle() {
	weight, covered, sum, core := 0.0, 0.0, 0.0, true
	for i := range v.Requirements {
		req := &v.Requirements[i]
		weight += req.Weight
		if req.HasLevel() {
			covered += req.Weight
			sum += req.Weight * survey.Index(req.CountsAs)
		}
		if req.Core && !(req.HasLevel() && reaches(req.CountsAs, v.Thresholds.Core)) {
			core = false
		}
	}
	v.Index, v.Covered = nil, 0
	if covered > 0 {
		index := sum / covered
		v.Index, v.Covered = &index, covered/weight
	}
	switch {
	case v.Index == nil || !reaches(v.Covered, v.Thresholds.Coverage):
		v.Outcome = NotAssessable
	case reaches(*v.Index, v.Thresholds.Met) && core:
		v.Outcome = Met
	case reaches(*v.Index, v.Thresholds.Partly):
		v.Outcome = PartlyMet
	default:
		v.Outcome = NotMet
	}
	for i := range v.Knockouts {
		k := &v.Knockouts[i]
		k.Struck = k.HasLevel() && !reaches(k.CountsAs, k.Below)
		k.Lowered = k.Struck && v.Outcome != NotAssessable && k.AtMost.rank() < v.Outcome.rank()
		if k.Lowered {
			v.Outcome = k.AtMost
		}
	}
}
