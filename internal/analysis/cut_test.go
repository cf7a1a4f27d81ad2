package analysis_test

import (
	"slices"
	"testing"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// rated are managers of a role in a unit, each with one level.
func rated(unit string, role org.Role, levels string) (out []sheet) {
	for _, l := range levels {
		out = append(out, sheet{unit, []org.Role{role}, string(l)})
	}
	return out
}

// A competence figure cuts the people by what is required of them. Where fewer than
// k have one requirement, or are left of them between a unit and those below it, it
// is not shown: with the distribution beside it, it would tell what they answered.
func TestCompetenceIsCutByRequirement(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("k", with(item("k.x.1", "x"), func(it *survey.Item) {
		it.Required = map[org.Role]int{org.Enhetschef: 3, org.Avdelningschef: 4}
	}))})
	for name, c := range map[string]struct {
		sheets     []sheet
		shown, cut []string
	}{
		"one of another requirement": {append(rated("a", org.Enhetschef, "12223334455"), rated("a", org.Avdelningschef, "3")...), nil, []string{"r", "a"}},
		"five of another":            {append(rated("a", org.Enhetschef, "12223334455"), rated("a", org.Avdelningschef, "31245")...), []string{"r", "a"}, nil},
		"one requirement":            {rated("a", org.Enhetschef, "12345"), []string{"r", "a"}, nil},
		"few left in the unit above": {slices.Concat(rated("a", org.Enhetschef, "12345"), rated("a", org.Avdelningschef, "12345"), rated("b", org.Enhetschef, "12345"), rated("b", org.Avdelningschef, "12")), []string{"r"}, []string{"a", "b"}},
	} {
		r := analyse(t, set, tree(t, "r", "a r", "b r"), analysis.Options{MinGroup: 5}, c.sheets...)
		var shown []string
		for _, unit := range []string{"r", "a", "b"} {
			d := r.Document(unit, nil)
			f, _ := d.CompetenceOf("k.x.1")
			if f.Suppressed == analysis.Shown {
				shown = append(shown, unit)
			} else if f.Rated+f.Below+f.Steps > 0 {
				t.Errorf("%s: hidden in %s, and yet %+v", name, unit, f)
			}
			if slices.Contains(c.cut, unit) != (f.Suppressed == analysis.Complementary) {
				t.Errorf("%s: %s is hidden for %q, cut are %v", name, unit, f.Suppressed, c.cut)
			}
			for _, child := range d.Children {
				for _, f := range child.Competence {
					if f.Suppressed == analysis.Shown && !slices.Contains(c.shown, child.Unit.ID) {
						t.Errorf("%s: %s is shown beside its parent", name, child.Unit.ID)
					}
				}
			}
		}
		if !slices.Equal(shown, c.shown) {
			t.Errorf("%s: shown in %v, want %v", name, shown, c.shown)
		}
	}
}

// A distribution takes ten people in what is left of a unit without another, too:
// 16 less 11 are five people's answers one by one.
func TestDistributionIsNotHadBySubtraction(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("k", item("k.x.1", "x"))})
	for rest, want := range map[string][]string{"11524": {"r"}, "1152433421": {"r", "a", "b"}} {
		r := analyse(t, set, tree(t, "r", "a r", "b r"), analysis.Options{MinGroup: 5}, append(rated("a", org.Enhetschef, "12223334455"), rated("b", org.Enhetschef, rest)...)...)
		var told []string
		for _, unit := range []string{"r", "a", "b"} {
			d := r.Document(unit, nil)
			f, _ := d.Figure("k.x.1")
			if f.Suppressed != analysis.Shown {
				t.Errorf("%s is hidden", unit)
			}
			if f.Histogram != nil {
				told = append(told, unit)
			}
		}
		if !slices.Equal(told, want) {
			t.Errorf("%d left: distributions of %v, want %v", len(rest), told, want)
		}
	}
}
