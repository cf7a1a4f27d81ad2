package export

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/safecsv"
)

// CSV writes a row per unit and statistic, titles and words in the reader's
// language, as a Swedish spreadsheet program opens it. The error is the
// documents' or out's; what has been written then is not whole.
func (r Result) CSV(out io.Writer) error {
	return r.table(out, safecsv.Spreadsheet, everyLevel, func(c Column) string { return c.Title.In(r.Lang) }, Column.words)
}

// table writes the rows of the levels that are wanted.
func (r Result) table(out io.Writer, kind safecsv.Kind, wanted func(string) bool, title func(Column) string, value func(Column, row) any) error {
	w, err := safecsv.NewWriter(out, kind)
	if err != nil {
		return err
	}
	cells := make([]any, len(columns))
	for i, c := range columns {
		cells[i] = title(c)
	}
	if err := w.Row(cells); err != nil {
		return err
	}
	names := finding.NamesOf(r.Set)
	for d, err := range r.Documents {
		if err != nil {
			return err
		}
		for row := range r.rows(names, d, wanted) {
			for i, c := range columns {
				cells[i] = value(c, row)
			}
			if err := w.Row(cells); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}

// Answer is what the API gives of a unit: the rows of `mognad analyse` for it
// and the units directly below.
type Answer struct {
	Round      string                   `json:"round"`
	Unit       string                   `json:"unit"`
	MinGroup   int                      `json:"min_group"`
	Results    []analysis.Row           `json:"results"`
	Competence []analysis.CompetenceRow `json:"competence"`
}

// add adds the figures of a unit.
func (a *Answer) add(unit string, figures []analysis.Figure, competence []analysis.CompetenceFigure) {
	for _, f := range figures {
		a.Results = append(a.Results, analysis.Row{Unit: unit, Figure: f})
	}
	for _, f := range competence {
		a.Competence = append(a.Competence, analysis.CompetenceRow{Unit: unit, CompetenceFigure: f})
	}
}

// AnswerOf writes a frozen document as rows: the unit's first, then those of
// each unit below, without items.
func AnswerOf(d *analysis.Document) Answer {
	a := own(d)
	for _, c := range d.Children {
		a.add(c.Unit.ID, c.Figures, c.Competence)
	}
	return a
}

// own writes a document's own rows alone.
func own(d *analysis.Document) Answer {
	a := Answer{Round: d.Round, Unit: d.Unit.ID, MinGroup: d.MinGroup, Results: []analysis.Row{}, Competence: []analysis.CompetenceRow{}}
	a.add(d.Unit.ID, d.Figures, d.Competence)
	return a
}

// unitAnswer is the API's answer for a unit, with its name and its place.
type unitAnswer struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Parent string `json:"parent,omitempty"` // unit id
	Answer
}

// JSON writes, for each unit, what the API gives of it, its questions too:
// {"source", "made_on", "units": [{"name", "kind", "parent", "round", "unit",
// "min_group", "results", "competence"}]}. The error is as of CSV.
func (r Result) JSON(out io.Writer) error {
	head, err := json.Marshal(struct {
		Source string `json:"source"`
		Day    string `json:"made_on"`
	}{r.source(), r.Day})
	if err != nil {
		return err
	}
	return list(out, head, "units", func(yield func(any, error) bool) {
		for d, err := range r.Documents {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(unitAnswer{d.Unit.Name, d.Unit.Kind, parent(d).ID, own(d)}, nil) {
				return
			}
		}
	})
}

// list writes a JSON object with one field more, a list of what each gives, a
// line each.
func list(out io.Writer, head []byte, field string, each func(func(any, error) bool)) error {
	if _, err := fmt.Fprintf(out, "%s,%q:[", head[:len(head)-1], field); err != nil {
		return err
	}
	sep := "\n"
	for v, err := range each {
		if err != nil {
			return err
		}
		line, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%s%s", sep, line); err != nil {
			return err
		}
		sep = ",\n"
	}
	_, err := io.WriteString(out, "\n]}\n")
	return err
}
