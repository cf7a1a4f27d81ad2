package finding

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/survey"
)

// question is an item of a talk's test: its level, its last year's (0: none) and
// how spread the answers are.
type question struct {
	mean, then, sd float64
	few            bool // no distribution is shown
	hidden         bool
}

// talked is a unit with a theme and an area of these questions, and a fact.
func talked(t interface{ Helper() }, questions ...question) (Unit, *survey.Set) {
	t.Helper()
	theme := &survey.Theme{ID: "mal"}
	q := &survey.Questionnaire{ID: "styrning", Themes: []*survey.Theme{theme}}
	d := &analysis.Document{MinGroup: 5, Invited: 20, Submitted: 20, Previous: &analysis.Previous{Round: "2024"}}
	add := func(f analysis.Figure, then float64) {
		d.Figures = append(d.Figures, f)
		if f.Suppressed == analysis.Shown && then > 0 {
			before := f
			before.Mean, before.Index = then, survey.Index(then)
			c := analysis.Welch(then, f.SE, f.N, f.Mean, f.SE, f.N)
			c.Level, c.ID = f.Level, f.ID
			d.Previous.Figures, d.Previous.Changes = append(d.Previous.Figures, before), append(d.Previous.Changes, c)
		}
	}
	rwg := 0.6
	area, whole := fig("styrning", 3, 0.05), fig("styrning.mal", 3, 0.05)
	area.RWG = &rwg
	add(area, 3)
	add(whole, 3.5)
	for i, x := range questions {
		id := fmt.Sprint("q", i)
		q.Items = append(q.Items, &survey.Item{ID: id, Area: "styrning", Theme: "mal", Kind: survey.Rating})
		f := fig(id, x.mean, 0.05)
		f.Level, f.SD = analysis.LevelItem, x.sd
		if !x.few {
			f.Histogram = []int{4, 4, 4, 4, 4}
		}
		if x.hidden {
			f = analysis.Figure{Level: analysis.LevelItem, ID: id, Suppressed: analysis.Small}
		}
		add(f, x.then)
	}
	q.Items = append(q.Items, &survey.Item{ID: "fact", Area: "styrning", Theme: "mal", Kind: survey.Fact})
	return Unit{Doc: d, Names: names, Then: "2024", Lang: "sv"}, survey.NewSet([]*survey.Questionnaire{q})
}

func told(points []Point) (out string) {
	for _, p := range points {
		out += fmt.Sprintf("%s %s %d; ", p.Concern, p.Figure.ID, p.Step)
	}
	return out
}

func TestTalk(t *testing.T) {
	for name, c := range map[string]struct {
		questions     []question
		proud, points string
	}{
		"each its own":                 {[]question{{4.5, 4.5, .5, false, false}, {3.5, 3, .5, false, false}, {1.5, 1.5, .5, false, false}, {3, 3, 1.4, false, false}, {3, 3.6, .5, false, false}}, "highest q0 4; rose q1 3; ", "gap q2 1; disagree q3 3; fell q4 3; "},
		"the gap has fallen most":      {[]question{{4.5, 4.5, .5, false, false}, {1.5, 3, .5, false, false}, {3, 3.4, .5, false, false}}, "highest q0 4; ", "gap q1 1; disagree styrning 0; fell q2 3; "},
		"the only fall is a theme's":   {[]question{{4.5, 4.5, .5, false, false}, {1.5, 1.5, .5, false, false}}, "highest q0 4; ", "gap q1 1; disagree styrning 0; fell styrning.mal 0; "},
		"a level by what is shown":     {[]question{{4.5, 0, .5, false, false}, {2.96, 0, .5, false, false}}, "highest q0 4; ", "gap q1 3; disagree styrning 0; fell styrning.mal 0; "},
		"of few no item disagrees":     {[]question{{4.5, 0, .5, true, false}, {3, 0, 1.9, true, false}, {3.1, 0, 1.9, true, false}}, "highest q0 4; ", "gap q1 3; disagree styrning 0; fell styrning.mal 0; "},
		"what is hidden is not chosen": {[]question{{1, 0, 2, false, true}, {3, 0, .5, false, false}, {3.5, 0, .5, false, false}}, "highest q2 3; ", "gap q1 3; disagree styrning 0; fell styrning.mal 0; "},
		"all at their targets":         {[]question{{4, 0, .5, false, false}, {4.2, 0, .5, false, false}}, "highest q1 4; ", "disagree styrning 0; fell styrning.mal 0; "},
		"one question":                 {[]question{{3, 0, .5, false, false}}, "", "gap q0 3; disagree styrning 0; fell styrning.mal 0; "},
	} {
		u, set := talked(t, c.questions...)
		talk := u.Talk(set)
		if got := told(talk.Proud); got != c.proud {
			t.Errorf("%s: proud of %q", name, got)
		}
		if got := told(talk.Points); got != c.points {
			t.Errorf("%s: points %q", name, got)
		}
	}
	u, set := talked(t, question{3, 0, 2, false, false})
	for _, reason := range []analysis.Reason{analysis.Small, analysis.Parent, analysis.Complementary} {
		u.Doc.Suppressed = reason
		if talk := u.Talk(set); len(talk.Proud)+len(talk.Points) > 0 {
			t.Errorf("%s: a hidden unit is talked of: %v", reason, talk)
		}
	}
}

// Whatever the figures are, a talk holds each thing once, only what is shown,
// and what it says of it is so.
func TestTalkSaysWhatIsSo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(10, 50).Draw(t, "tenths")) / 10 })
		questions := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) question {
			return question{level.Draw(t, "mean"), level.Draw(t, "then") * float64(rapid.IntRange(0, 1).Draw(t, "asked then")),
				level.Draw(t, "sd") / 2.5, rapid.Bool().Draw(t, "few"), rapid.Bool().Draw(t, "hidden")}
		}), 0, 12).Draw(t, "questions")
		u, set := talked(t, questions...)
		talk := u.Talk(set)
		if len(talk.Proud) > 2 || len(talk.Points) > 3 {
			t.Fatalf("%d and %d things", len(talk.Proud), len(talk.Points))
		}
		seen := map[string]bool{}
		for _, p := range append(talk.Proud, talk.Points...) {
			f, ok := u.Doc.Figure(p.Figure.ID)
			if !ok || f.Suppressed != analysis.Shown || f.N == 0 || p.Figure.Mean != f.Mean {
				t.Fatalf("%s is not shown so", p.Figure.ID)
			}
			if seen[f.ID] {
				t.Fatalf("%s is there twice", f.ID)
			}
			seen[f.ID] = true
			if item := f.Level == analysis.LevelItem; item != (p.Step > 0) || p.Step > 4 || item && float64(p.Step) > f.Mean+.05 {
				t.Fatalf("%s at %v is put at level %d", f.ID, f.Mean, p.Step)
			}
			if p.Change.ID != "" && (!p.Change.Confirmed || p.Then.N == 0) {
				t.Fatalf("%s: a change that is not confirmed is told", f.ID)
			}
			switch p.Concern {
			case Gap:
				for _, other := range u.Doc.Of(analysis.LevelItem) {
					if other.Suppressed == analysis.Shown && other.Gap > f.Gap+1e-6 {
						t.Fatalf("%s has more left than %s", other.ID, f.ID)
					}
				}
			case Rose, Fell:
				if p.Change.ID == "" || (p.Change.Delta > 0) != (p.Concern == Rose) {
					t.Fatalf("%s: %s by %v", f.ID, p.Concern, p.Change.Delta)
				}
			case Disagree:
				if p.Agreement >= Agreed || f.Level == analysis.LevelItem && len(f.Histogram) == 0 {
					t.Fatalf("%s: agreement %v is told", f.ID, p.Agreement)
				}
			}
		}
	})
}
