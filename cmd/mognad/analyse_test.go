package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const exampleDir = "../../internal/analysis/testdata/example/"

// analyseExample runs the command on the example with other answers.
func analyseExample(t *testing.T, answers ...string) (out, notes string, err error) {
	t.Helper()
	c := analyseCmd{Surveys: exampleDir + "surveys", Units: exampleDir + "units.csv", People: exampleDir + "people.csv", MinGroup: 5}
	for _, content := range answers {
		name := filepath.Join(t.TempDir(), "answers.csv")
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		c.Answers = append(c.Answers, name)
	}
	var o, n bytes.Buffer
	err = c.run(&o, &n)
	return o.String(), n.String(), err
}

// TestAnalyseOrder: the same answers give the same bytes, in whatever order and
// however many files they come.
func TestAnalyseOrder(t *testing.T) {
	content, err := os.ReadFile(exampleDir + "answers.csv")
	if err != nil {
		t.Fatal(err)
	}
	want, notes, err := analyseExample(t, string(content))
	if err != nil || notes != "" {
		t.Fatal(err, notes)
	}
	var result struct {
		MinGroup   int              `json:"min_group"`
		Results    []map[string]any `json:"results"`
		Competence []map[string]any `json:"competence"`
	}
	if err := json.Unmarshal([]byte(want), &result); err != nil || result.MinGroup != 5 || len(result.Results) != 756 || len(result.Competence) != 36 {
		t.Fatalf("%v: %d rows, %d of competence", err, len(result.Results), len(result.Competence))
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	heading, rows := lines[0], slices.Clone(lines[1:])
	rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	for i, r := range rows { // columns in another order, semicolons, Swedish headings
		f := strings.Split(r, ",")
		rows[i] = f[2] + ";" + f[0] + ";" + f[1] + ";en kommentar"
	}
	swedish := "\ufeffSvar;Person;Fråga;Kommentar\r\n" + strings.Join(rows[:999], "\r\n") + "\n"
	rest := "answer;person;item;comment\n" + strings.Join(rows[999:], "\n")
	empty := heading + "\n" + strings.Split(lines[1], ",")[0] + ",ledning.strategi.1,\n"
	got, _, err := analyseExample(t, swedish, rest, empty)
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Error("another order of the same answers gives another result")
	}
}

// TestAnalyseErrors: what is wrong in a file of answers is named by file and
// line.
func TestAnalyseErrors(t *testing.T) {
	const heading = "person,item,answer\n"
	for content, want := range map[string]string{
		"":                "answers.csv:1: the file has no heading",
		"person,answer\n": "answers.csv:1: the heading must name",
		heading + "p0001,ledning.engagemang.1,1\n\np9,ledning.engagemang.1,1\n":  `answers.csv:4: person "p9" is not`,
		heading + "p0001,ledning.nix,1\n":                                        `answers.csv:2: unknown item "ledning.nix"`,
		heading + "p0001,ledning.engagemang.1,6\n":                               `answers.csv:2: unknown answer "6"`,
		heading + "p0001,ledning.engagemang.1\n":                                 "answers.csv:2: 2 cells, at least 3",
		heading + "p0001,\"ledning\n":                                            "answers.csv:",
		heading + "p0001,ledning.engagemang.1,1\np0001,ledning.engagemang.1,2\n": `answers.csv:3: person "p0001" has two answers`,
	} {
		out, _, err := analyseExample(t, content)
		if err == nil || !strings.Contains(err.Error(), want) || out != "" {
			t.Errorf("%q: error %v, want %s; out %.40q", content, err, want, out)
		}
	}
	_, notes, err := analyseExample(t, heading+"p0002,ledning.engagemang.1,1\np0006,ledning.engagemang.1,1\n")
	if err != nil || !strings.Contains(notes, "answers.csv:3: an answer to an item that the person is not asked; 1 such") {
		t.Errorf("unasked: %v, notes %q", err, notes)
	}
	c := analyseCmd{Surveys: exampleDir + "surveys", Units: exampleDir + "units.csv", People: exampleDir + "people.csv"}
	if err := c.run(io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "--min-group is 0") {
		t.Errorf("min-group 0: %v", err)
	}
}
