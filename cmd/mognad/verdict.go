package main

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/survey"
)

type verdictCmd struct {
	Surveys string `required:"" placeholder:"DIR" help:"Folder with audit.yaml and the questionnaires that it names items of."`
	Coded   string `required:"" placeholder:"FILE" help:"What was observed, item by item (YAML)."`
	Lang    string `enum:"sv,en" default:"sv" help:"Language of error messages: sv or en."`
}

type verdictOut struct {
	*audit.Verdict
	Questions  []questionOut       `json:"questions"`
	Motivation map[string][]string `json:"motivation"`
}

type questionOut struct {
	*audit.QuestionVerdict
	Motivation map[string][]string `json:"motivation"`
}

// Run prints the verdict as JSON on standard output, faults in the files on
// standard error.
func (c *verdictCmd) Run() error {
	v, err := c.judge()
	if err != nil {
		return err
	}
	out := verdictOut{Verdict: v, Motivation: inBoth(v.Motivation)}
	for i := range v.Questions {
		q := &v.Questions[i]
		out.Questions = append(out.Questions, questionOut{q, inBoth(q.Motivation)})
	}
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

func (c *verdictCmd) judge() (*audit.Verdict, error) {
	fsys, err := folder(c.Surveys)
	if err != nil {
		return nil, err
	}
	dir, name := filepath.Dir(c.Coded), filepath.Base(c.Coded)
	var except []string // a coding that lies among the questionnaires is none
	if sameFile(filepath.Join(c.Surveys, name), c.Coded) {
		except = append(except, name)
	}
	set, err := survey.LoadDir(fsys, except...)
	rule, auditErr := audit.Load(fsys, set)
	if err := printFaults(os.Stderr, c.Surveys, c.Lang, err, auditErr); err != nil {
		return nil, err
	}
	coding, err := audit.LoadCoding(os.DirFS(dir), name, set)
	if err := printFaults(os.Stderr, dir, c.Lang, err); err != nil {
		return nil, err
	}
	return rule.Judge(*coding), nil
}

func inBoth(text func(lang string) []string) map[string][]string {
	return map[string][]string{"sv": text("sv"), "en": text("en")}
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
