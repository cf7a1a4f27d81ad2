package audit

import "testing"

// The whole is told in words that agree with the numbers.
func TestMotivationCounts(t *testing.T) {
	for want, outcomes := range map[string][]Outcome{
		"Av 4 frågor är 1 delvis uppfylld och 3 ej uppfyllda.":             {PartlyMet, NotMet, NotMet, NotMet},
		"Av 4 frågor är 2 uppfyllda, 1 delvis uppfylld och 1 ej uppfylld.": {Met, Met, PartlyMet, NotMet},
		"Av 3 frågor är 1 uppfylld och 2 delvis uppfyllda.":                {Met, PartlyMet, PartlyMet},
		"Alla 2 frågor är uppfyllda.":                                      {Met, Met},
	} {
		v := &Verdict{}
		for _, o := range outcomes {
			v.Questions = append(v.Questions, QuestionVerdict{Outcome: o})
		}
		if got := v.Motivation("sv"); got[len(got)-1] != want {
			t.Errorf("%q, want %q", got[len(got)-1], want)
		}
	}
}
