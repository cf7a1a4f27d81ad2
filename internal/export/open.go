package export

import (
	"encoding/json"
	"io"
	"iter"

	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/safecsv"
	"github.com/mognad/mognad/internal/survey"
)

// Licence is what open data are given under.
const (
	Licence    = "CC0 1.0"
	LicenceURL = "https://creativecommons.org/publicdomain/zero/1.0/"
)

// Open is a result as everybody may have it: the total, areas and themes of the
// units down to a depth. What is hidden is a row that says why, with no number.
// A change since the round before is left out, since it would give that round's
// means, which may not be given. Questions are left out, since the more of the same people's figures there are
// beside each other, the more can be concluded of one (docs/method.md, What may
// be shown).
type Open struct {
	Result
	Depth int    // how many steps below the topmost unit
	Given string // the day that it was given
}

var openColumns = pick("round", "unit_id", "unit", "kind", "parent_id", "level", "statistic_id", "statistic", "invited", "n", "mean", "index", "ci_low", "ci_high", "target", "gap", "reason")

// value is what a field holds. How many are asked is said beside a figure alone:
// of a unit of one manager it is no news to those who work there, to others it is.
func (o Open) value(c Column, r row) any {
	if c.Key == "invited" {
		return r.shown(c.value(r))
	}
	return c.value(r)
}

// Fields are the fields of open data, in order: the data dictionary.
func Fields() []Column { return openColumns }

// openRows are the rows of open data.
func (o Open) openRows() iter.Seq2[row, error] {
	names := finding.NamesOf(o.Set)
	return func(yield func(row, error) bool) {
		for d, err := range o.Documents {
			if err != nil {
				yield(row{}, err)
				return
			}
			if len(d.Path)-1 > o.Depth {
				continue
			}
			for r := range o.rows(names, d, withoutItems) {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// CSV writes the rows for machines (RFC 4180), the fields by their keys. The
// error is as of Result.CSV.
func (o Open) CSV(out io.Writer) error {
	w, err := safecsv.NewWriter(out, safecsv.Machine)
	if err != nil {
		return err
	}
	cells := make([]any, len(openColumns))
	for i, c := range openColumns {
		cells[i] = c.Key
	}
	if err := w.Row(cells); err != nil {
		return err
	}
	for r, err := range o.openRows() {
		if err != nil {
			return err
		}
		for i, c := range openColumns {
			cells[i] = o.value(c, r)
		}
		if err := w.Row(cells); err != nil {
			return err
		}
	}
	return w.Flush()
}

// meta is what the JSON says of itself, by the terms of DCAT.
type meta struct {
	Title     survey.Text `json:"title"`
	Publisher string      `json:"publisher"`
	Licence   string      `json:"license"` // as DCAT spells it
	Issued    string      `json:"issued"`
	Start     string      `json:"temporal_start"`
	End       string      `json:"temporal_end"`
	Source    string      `json:"source"`
	Fields    []entry     `json:"fields"`
}

// entry is a field of the data dictionary.
type entry struct {
	Name    string       `json:"name"`
	Title   survey.Text  `json:"title"`
	Meaning survey.Text  `json:"description"`
	Type    string       `json:"type"`
	Unit    *survey.Text `json:"unit,omitempty"`
}

// JSON writes the same rows as {"title", "publisher", "license", …, "fields":
// the data dictionary, "data": [{field: value}]}. The error is as of CSV.
func (o Open) JSON(out io.Writer) error {
	m := meta{Title: survey.Text{SV: say("sv", "open.title", o.Owner, o.Round), EN: say("en", "open.title", o.Owner, o.Round)}, Publisher: o.Owner,
		Licence: LicenceURL, Issued: o.Given, Start: o.Opens, End: o.Closes, Source: o.source()}
	for _, c := range openColumns {
		e := entry{Name: c.Key, Title: c.Title, Meaning: c.Meaning, Type: c.Type}
		if c.Unit.SV != "" {
			e.Unit = &c.Unit
		}
		m.Fields = append(m.Fields, e)
	}
	head, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return list(out, head, "data", func(yield func(any, error) bool) {
		for r, err := range o.openRows() {
			if !yield(o.values(r), err) || err != nil {
				return
			}
		}
	})
}

// values are a row's by field; one that is not there is null.
func (o Open) values(r row) map[string]any {
	if r.doc == nil {
		return nil
	}
	out := make(map[string]any, len(openColumns))
	for _, c := range openColumns {
		out[c.Key] = o.value(c, r)
	}
	return out
}
