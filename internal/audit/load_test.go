package audit_test

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/yamlfile"
	"github.com/mognad/mognad/surveys"
)

// places reports whether one of err's faults begins "file:line:column: message".
func places(err error, want string) bool {
	return slices.ContainsFunc(yamlfile.Of(err), func(f yamlfile.Fault) bool { return strings.HasPrefix(f.Error(), want) })
}

const rule = `thresholds: {met: 50, partly: 25, core: 3, unverified: 2, coverage: 0.6, response: 0.6, evidence_years: 4}
overall:
  - {verdict: sakerstaller, share: 0.8, without: ej_uppfylld}
  - {verdict: sakerstaller_inte, share: 0}
questions:
  - id: rf1
    text: {sv: S, en: E}
    requirements:
      - {item: led.strategi.antagen, weight: 2, core: true}
      - {item: led.strategi.plan}
    knockouts:
      - {item: led.strategi.antagen, below: 2, at_most: delvis_uppfylld}
`

func TestLoadFaults(t *testing.T) {
	set, _ := shipped(t)
	tests := []struct{ name, old, new, want string }{
		{"valid", "", "", ""},
		{"met above 100", "met: 50", "met: 101", "1:19: met (101) must be 0–100"},
		{"partly not below met", "partly: 25", "partly: 50", "1:31: partly (50) must be lower than met (50)"},
		{"core 0", "core: 3", "core: 0", "1:41: core (0) must be 1–5"},
		{"unverified 6", "unverified: 2", "unverified: 6", "1:56: unverified (6) must be 1–5"},
		{"coverage above 1", "coverage: 0.6", "coverage: 60", "1:69: coverage (60) must be 0–1"},
		{"response above 1", "response: 0.6", "response: 60", "1:84: response (60) must be 0–1"},
		{"no years", "years: 4", "years: 0", "1:105: evidence_years (0) must be 1–100"},
		{"threshold left out", "met: 50, ", "", "1:13: “met” is missing"},
		{"unknown threshold", "met: 50", "met: 50, mett: 1", "1:23: unknown key “mett”"},
		{"unknown overall verdict", "verdict: sakerstaller,", "verdict: bra,", "3:15: unknown verdict “bra”"},
		{"overall verdict twice", "sakerstaller_inte", "sakerstaller", "4:15: the verdict “sakerstaller” stands twice"},
		{"unknown without", "without: ej_uppfylld", "without: dalig", "3:50: unknown verdict “dalig”"},
		{"rows not descending", "share: 0.8", "share: 0", "4:41: share (0) must be lower than that of the row above (0)"},
		{"last row leaves a rest", "share: 0}", "share: 0.1}", "4:5: the last row must have share 0"},
		{"no question", rule[strings.Index(rule, "questions"):], "questions: []\n", "5:1: “questions” is empty"},
		{"question without requirement", rule[strings.Index(rule, "    requirements"):], "", "6:5: “requirements” is missing"},
		{"question without English", "text: {sv: S, en: E}", "text: {sv: S}", "7:11: “en” is missing"},
		{"question id twice", rule[strings.Index(rule, "  - id: rf1"):], strings.Repeat(rule[strings.Index(rule, "  - id: rf1"):], 2), "13:9: id “rf1” is used twice"},
		{"unknown item", "item: led.strategi.plan", "item: led.strategi.plam", "10:16: unknown item “led.strategi.plam”"},
		{"requirement twice", "item: led.strategi.plan", "item: led.strategi.antagen", "10:16: “led.strategi.antagen” stands twice"},
		{"weight 0", "weight: 2", "weight: 0", "9:46: the weight 0 must be greater than 0"},
		{"unknown item of a knock-out", "antagen, below", "antaget, below", "12:16: unknown item “led.strategi.antaget”"},
		{"knock-out below 6", "below: 2", "below: 6", "12:45: below (6) must be 1–5"},
		{"knock-out to the unknown", "at_most: delvis_uppfylld", "at_most: halvt", "12:57: unknown verdict “halvt”"},
		{"knock-out that lowers nothing", "at_most: delvis_uppfylld", "at_most: uppfylld", "12:57: at_most uppfylld lowers nothing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := strings.Replace(rule, tt.old, tt.new, 1)
			got, err := audit.Load(fstest.MapFS{survey.AuditFile: {Data: []byte(src)}}, set)
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				if q := got.Questions[0]; !q.Requirements[0].Fact || q.Requirements[1].Fact || q.Requirements[1].Weight != 1 || q.Requirements[0].Text.EN == "" {
					t.Errorf("requirements %+v", q.Requirements)
				}
			} else if !places(err, survey.AuditFile+":"+tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}

func coded(src string) fs.FS { return fstest.MapFS{"c.yaml": {Data: []byte(src)}} }

func TestLoadCodingFaults(t *testing.T) {
	set, _ := shipped(t)
	const good = `as_of: 2024-02-29
coded:
  - {item: led.strategi.plan, level: 2.5, basis: svar, response: 0.7, passage: p}
  - item: led.strategi.antagen
    level: 3
    basis: styrkt
    evidence: [{name: B, adopted: 2023-01-01, adopted_by: KF, paragraph: 12, status: beslutat}]
expected: {rf1: {verdict: what, index: ever}}
`
	tests := []struct{ name, old, new, want string }{
		{"valid", "", "", ""},
		{"no such day", "2024-02-29", "2023-02-29", "1:8: expected a date"},
		{"no day of assessment", "as_of: 2024-02-29\n", "", "1:1: “as_of” is missing"},
		{"unknown item", "led.strategi.plan", "led.strategi.plam", "3:12: unknown item “led.strategi.plam”"},
		{"coded twice", "led.strategi.antagen", "led.strategi.plan", "4:11: “led.strategi.plan” is coded twice"},
		{"level 0", "level: 3", "level: 0", "5:12: level (0) must be 1–5"},
		{"level 5.1", "level: 2.5", "level: 5.1", "3:38: level (5.1) must be 1–5"},
		{"unknown basis", "basis: styrkt", "basis: gissad", "6:12: unknown basis “gissad”"},
		{"no basis", "    basis: styrkt\n", "", "4:5: “basis” is missing"},
		{"response above 1", "response: 0.7", "response: 70", "3:66: response (70) must be 0–1"},
		{"evidence without name", "{name: B, ", "{", "7:16: “name” is missing"},
		{"evidence with a bad day", "adopted: 2023-01-01", "adopted: 2023", "7:35: expected a date"},
		{"unknown key", "level: 3", "nivå: 3", "5:5: unknown key “nivå”"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := audit.LoadCoding(coded(strings.Replace(good, tt.old, tt.new, 1)), "c.yaml", set)
			if tt.want != "" {
				if !places(err, "c.yaml:"+tt.want) {
					t.Errorf("got %v\nwant %s", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			plan, fact := got.Items["led.strategi.plan"], got.Items["led.strategi.antagen"]
			if plan.Level != 2.5 || plan.Response != 0.7 || fact.Response != 1 || fact.Evidence[0].Paragraph != "12" || got.AsOf != "2024-02-29" {
				t.Errorf("read %+v", got)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(rule))
	set, err := survey.LoadDir(surveys.FS)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		r, err := audit.Load(fstest.MapFS{survey.AuditFile: {Data: src}}, set)
		if err != nil {
			return
		}
		for _, q := range r.Judge(audit.Coding{AsOf: "2024-02-29"}).Questions {
			q.Motivation("sv")
		}
	})
}

func FuzzLoadCoding(f *testing.F) {
	src, err := os.ReadFile("example/solvesborg-2020.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(src)
	set, err := survey.LoadDir(surveys.FS)
	if err != nil {
		f.Fatal(err)
	}
	r, err := audit.Load(surveys.FS, set)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		coding, err := audit.LoadCoding(coded(string(src)), "c.yaml", set)
		if err != nil {
			return
		}
		for _, q := range r.Judge(*coding).Questions {
			q.Motivation("sv")
			q.Motivation("en")
		}
	})
}
