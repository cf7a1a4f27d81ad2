package demo

import (
	"slices"
	"testing"

	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/review"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/surveys"
)

// TestVerdicts: with what the reviewer found the audit questions come out as the
// story tells, and every fact asked has been reviewed.
func TestVerdicts(t *testing.T) {
	s, st := builtIn(t)
	ctx := t.Context()
	reviews := review.New(st, s.Log(), nil)
	const partly, not = audit.PartlyMet, audit.NotMet
	for id, want := range map[string]struct {
		questions []audit.Outcome
		whole     audit.Whole
	}{
		"2024": {[]audit.Outcome{partly, partly, not, not}, audit.DoesNotEnsure},
		"2025": {[]audit.Outcome{partly, partly, partly, partly}, audit.EnsuresPartly},
	} {
		r, err := s.Round(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		set, err := s.Set(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		rule, err := audit.Load(surveys.FS, set)
		if err != nil {
			t.Fatal(err)
		}
		d, err := s.Document(ctx, r, Root)
		if err != nil {
			t.Fatal(err)
		}
		found, err := reviews.Of(ctx, id)
		if err != nil || len(found) != len(facts) {
			t.Errorf("%s: %d of %d facts reviewed, %v", id, len(found), len(facts), err)
		}
		v := review.Verdict(rule, d, r.ClosedAt.In(round.Sweden).Format(round.DayFormat), found)
		var got []audit.Outcome
		for _, q := range v.Questions {
			got = append(got, q.Outcome)
		}
		if !slices.Equal(got, want.questions) || v.Overall != want.whole {
			t.Errorf("%s: %v, %s, want %v", id, got, v.Overall, want)
		}
	}
}
