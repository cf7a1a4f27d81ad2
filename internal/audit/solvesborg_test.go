package audit_test

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/yamlfile"
	"github.com/mognad/mognad/surveys"
)

func shipped(t *testing.T) (*survey.Set, *audit.Rule) {
	t.Helper()
	set, err := survey.LoadDir(surveys.FS)
	if err != nil {
		t.Fatal(err)
	}
	rule, err := audit.Load(surveys.FS, set)
	if err != nil {
		t.Fatal(err)
	}
	return set, rule
}

// What the auditors concluded stands beside their observations, in the file.
type conclusions struct {
	AsOf     yamlfile.Ignored `yaml:"as_of"`
	Coded    yamlfile.Ignored `yaml:"coded"`
	Expected struct {
		RF1     conclusion           `yaml:"rf1,required"`
		RF2     conclusion           `yaml:"rf2,required"`
		RF3     conclusion           `yaml:"rf3,required"`
		RF4     conclusion           `yaml:"rf4,required"`
		Overall yamlfile.Val[string] `yaml:"overall,required"`
	} `yaml:"expected,required"`
}

type conclusion struct {
	Verdict yamlfile.Val[string]  `yaml:"verdict,required"`
	Index   yamlfile.Val[float64] `yaml:"index,required"`
}

// The audit of 2020, coded: the rule must give the auditors' own verdicts.
func TestSolvesborg2020(t *testing.T) {
	set, rule := shipped(t)
	coding, err := audit.LoadCoding(os.DirFS("example"), "solvesborg-2020.yaml", set)
	if err != nil {
		t.Fatal(err)
	}
	var want conclusions
	if faults := yamlfile.ReadFile(os.DirFS("example"), "solvesborg-2020.yaml", &want); len(faults) > 0 {
		t.Fatal(faults)
	}
	got := rule.Judge(*coding)
	expected := []conclusion{want.Expected.RF1, want.Expected.RF2, want.Expected.RF3, want.Expected.RF4}
	for i, q := range got.Questions {
		if string(q.Outcome) != expected[i].Verdict.V || math.Abs(*q.Index-expected[i].Index.V) > 1e-6 {
			t.Errorf("%s: %s %v, the auditors' %s %v", q.ID, q.Outcome, *q.Index, expected[i].Verdict.V, expected[i].Index.V)
		}
	}
	if string(got.Overall) != want.Expected.Overall.V {
		t.Errorf("the whole: %s, the auditors' %s", got.Overall, want.Expected.Overall.V)
	}
	checkMotivation(t, &got.Questions[0])
}

func checkMotivation(t *testing.T, rf1 *audit.QuestionVerdict) {
	t.Helper()
	sv, en := strings.Join(rf1.Motivation("sv"), "\n"), strings.Join(rf1.Motivation("en"), "\n")
	for _, want := range []string{
		"Frågan är delvis uppfylld.",
		"Index är 27,5 av 100. Gränsen är 50 för uppfylld och 25 för delvis uppfylld.",
		"(vikt 2, kärnkrav): nivå 1,0, styrkt av granskare.",
		"räknas som 1,0, och gränsen är 2,0. Frågan kan högst bli delvis uppfylld.",
		"Handlingsprogram 2019–2022 (Kommunfullmäktige 2019-09-09 §\u00a0129).",
		"IT-reglemente (Kommunfullmäktige 1997-02-24 §\u00a020), beslutat för mer än 4 år sedan; Säkerhetspolicy IT",
		"Minsta förändring som gör frågan uppfylld:",
		"från 1,0 till 3,0. Det kräver aktuellt underlag som en granskare har styrkt.",
	} {
		if !strings.Contains(sv, want) {
			t.Errorf("the Swedish motivation lacks %q:\n%s", want, sv)
		}
	}
	for _, want := range []string{"The question is partly met.", "The index is 27.5 of 100.", "level 1.0, confirmed by a reviewer", "Aged evidence for", "The smallest change that makes the question met:"} {
		if !strings.Contains(en, want) {
			t.Errorf("the English motivation lacks %q:\n%s", want, en)
		}
	}
}

// The tags of the items and the requirements of the questions say the same.
func TestShippedTagsAgree(t *testing.T) {
	set, rule := shipped(t)
	tags := map[string]bool{}
	for _, q := range rule.Questions {
		for _, r := range q.Requirements {
			tags[r.Item+" "+q.ID] = true
		}
	}
	for _, it := range set.Items {
		for _, tag := range it.Audit {
			if !tags[it.ID+" "+tag] {
				t.Errorf("%s names %s, which does not rest on it", it.ID, tag)
			}
			delete(tags, it.ID+" "+tag)
		}
	}
	for left := range tags {
		t.Errorf("a requirement whose item does not name the question: %s", left)
	}
}
