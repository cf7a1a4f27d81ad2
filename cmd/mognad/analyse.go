package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// analyseCmd computes results from files alone, without a store: what a round
// would show at closing (docs/method.md), for checking and for other tools.
type analyseCmd struct {
	Surveys  string   `required:"" type:"existingdir" placeholder:"DIR" help:"Folder of questionnaires (*.yaml)."`
	Units    string   `required:"" type:"existingfile" placeholder:"FILE" help:"Units as CSV: id,name,parent,kind."`
	People   string   `required:"" type:"existingfile" placeholder:"FILE" help:"People as CSV: id,name,email,unit,role."`
	Answers  []string `required:"" type:"existingfile" sep:"none" placeholder:"FILE" help:"Answers as CSV: person,item,answer. May be given several times."`
	MinGroup int      `default:"5" placeholder:"K" help:"Show no figure of fewer than K people (${default})."`
}

// Run writes the results as JSON to standard output, and to standard error what
// was left out.
func (c *analyseCmd) Run() error { return c.run(os.Stdout, os.Stderr) }

func (c *analyseCmd) run(out, notes io.Writer) error {
	if c.MinGroup < 1 {
		return fmt.Errorf("--min-group is %d: it must be 1 or more", c.MinGroup)
	}
	set, err := survey.LoadDir(os.DirFS(c.Surveys))
	if err := printFaults(notes, c.Surveys, "en", err); err != nil {
		return err
	}
	tree, people, err := readOrganisation(c.Units, c.People)
	if err != nil {
		return err
	}
	sheets := newSheets(set, people)
	for _, name := range c.Answers {
		if err := readFile(name, sheets.read); err != nil {
			return err
		}
	}
	if sheets.unasked > 0 {
		fmt.Fprintf(notes, "%s: an answer to an item that the person is not asked; %d such answers count for nothing\n", sheets.firstUnasked, sheets.unasked)
	}
	acc := analysis.New(set, tree, analysis.Options{MinGroup: c.MinGroup})
	for i, p := range people {
		if err := acc.Invite(p.Unit, p.Roles); err != nil {
			return err
		}
		if sheets.answered[i] {
			if err := acc.Add(p.Unit, p.Roles, sheets.of(i)); err != nil {
				return fmt.Errorf("person %q: %w", p.ID, err)
			}
		}
	}
	return writeResult(out, c.MinGroup, acc.Result())
}

// writeResult writes one row a line, so that results can be compared by line.
func writeResult(out io.Writer, minGroup int, res *analysis.Result) error {
	rows, competence := res.Rows()
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, `{"min_group":%d,"results":[`, minGroup)
	if err := writeRows(w, rows); err != nil {
		return err
	}
	if len(competence) > 0 {
		w.WriteString(`,"competence":[`)
		if err := writeRows(w, competence); err != nil {
			return err
		}
	}
	w.WriteString("}\n")
	return w.Flush()
}

func writeRows[R json.Marshaler](w *bufio.Writer, rows []R) error {
	for i, r := range rows {
		line, err := r.MarshalJSON()
		if err != nil {
			return err
		}
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteByte('\n')
		w.Write(line)
	}
	w.WriteString("\n]")
	return nil
}

// sheets holds everybody's answers, one byte each: a person's rows may be
// scattered over the files in any order.
type sheets struct {
	set          *survey.Set
	people       []org.Person
	place        map[string]int // of a person by id
	answers      []survey.Answer
	answered     []bool
	unasked      int
	firstUnasked string // file:line
}

func newSheets(set *survey.Set, people []org.Person) *sheets {
	s := &sheets{
		set: set, people: people, place: make(map[string]int, len(people)),
		answers: make([]survey.Answer, len(people)*len(set.Items)), answered: make([]bool, len(people)),
	}
	for i, p := range people {
		s.place[p.ID] = i
	}
	return s
}

func (s *sheets) of(person int) []survey.Answer {
	n := len(s.set.Items)
	return s.answers[person*n : (person+1)*n]
}

// answerColumns are the headings of a file of answers, in lower case.
var answerColumns = map[string]string{
	"person": "person", "item": "item", "answer": "answer", "fråga": "item", "svar": "answer",
}

// read adds the answers of one file; the error names the file and line.
func (s *sheets) read(name string, in io.Reader) error {
	r, err := answerReader(in)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	heading, err := r.Read()
	if err != nil {
		return fmt.Errorf("%s:1: the file has no heading (person,item,answer)", name)
	}
	column := map[string]int{}
	for i, h := range heading {
		if c := answerColumns[strings.ToLower(strings.TrimSpace(h))]; c != "" {
			column[c] = i
		}
	}
	if len(column) < 3 {
		return fmt.Errorf("%s:1: the heading must name the columns person, item and answer", name)
	}
	person, item, answer := column["person"], column["item"], column["answer"]
	needed := 1 + max(person, item, answer)
	for {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if p, ok := errors.AsType[*csv.ParseError](err); ok {
			return fmt.Errorf("%s:%d: the row can't be read: %w", name, p.Line, p.Err)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		line, _ := r.FieldPos(0)
		if len(row) < needed {
			return fmt.Errorf("%s:%d: %d cells, at least %d are needed", name, line, len(row), needed)
		}
		at := func() string { return fmt.Sprintf("%s:%d", name, line) }
		if err := s.add(at, strings.TrimSpace(row[person]), strings.TrimSpace(row[item]), strings.TrimSpace(row[answer])); err != nil {
			return fmt.Errorf("%s: %w", at(), err)
		}
	}
}

// answerReader reads CSV by comma, semicolon or tab, whichever the heading has
// most of; a byte order mark is passed over.
func answerReader(in io.Reader) (*csv.Reader, error) {
	buf := bufio.NewReaderSize(in, 1<<16)
	head, err := buf.Peek(1 << 12)
	if err != nil && err != io.EOF {
		return nil, err
	}
	r := csv.NewReader(buf)
	marked := bytes.HasPrefix(head, []byte("\ufeff"))
	head, _, _ = bytes.Cut(head, []byte("\n"))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	for _, comma := range []byte{';', '\t'} {
		if bytes.Count(head, []byte{comma}) > bytes.Count(head, []byte{byte(r.Comma)}) {
			r.Comma = rune(comma)
		}
	}
	if marked {
		buf.Discard(len("\ufeff"))
	}
	return r, nil
}

// add takes one row. An empty answer tells that the person has submitted and
// left the item empty; two different answers to one item are an error, since
// the order of rows means nothing.
func (s *sheets) add(at func() string, person, item, answer string) error {
	i, ok := s.place[person]
	if !ok {
		return fmt.Errorf("person %q is not in the file of people", person)
	}
	it, ok := s.set.Item(item)
	if !ok {
		return fmt.Errorf("unknown item %q", item)
	}
	a, err := survey.ParseAnswer(answer)
	if err != nil {
		return err
	}
	if !it.Takes(a) {
		return fmt.Errorf("item %q does not offer the answer %q", item, answer)
	}
	s.answered[i] = true
	if a == survey.None {
		return nil
	}
	if !it.AskedTo(s.people[i].Roles) {
		if s.unasked++; s.unasked == 1 {
			s.firstUnasked = at()
		}
		return nil
	}
	cell := &s.of(i)[it.Index]
	if *cell != survey.None && *cell != a {
		return fmt.Errorf("person %q has two answers to %q: %s and %s", person, item, *cell, a)
	}
	*cell = a
	return nil
}
