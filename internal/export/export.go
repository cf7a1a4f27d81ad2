// Package export makes files to take along of a published round's frozen
// documents: a workbook, CSV and JSON. What a document hides is in none of them:
// a hidden figure is a row that says why, with no number but of those asked
// (docs/method.md, What may be shown). It knows neither HTTP nor a database.
package export

import (
	"iter"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/survey"
)

// Result is what is exported: a unit's result and everything below it.
type Result struct {
	Lang          string // of titles and words, "sv" or "en"
	Owner         string // the kommun's name
	Round         string // what the round is called
	Then          string // and the one that it is compared with, "" for none
	Opens, Closes string // days, of the round
	Day           string // the day that the file is made
	Set           *survey.Set
	Actions       []Action // of the unit and below it; nil for one who may see none
	// Documents are the unit's own, then those below, parents before children. They
	// are read one at a time, once.
	Documents iter.Seq2[*analysis.Document, error]
}

// Source says where the figures come from, as it stands in every file and
// picture: "mognad, Sölvesborgs kommun, mätomgång 2025".
func Source(lang, owner, round string) string {
	out := "mognad"
	if owner != "" {
		out += ", " + owner
	}
	return out + ", " + say(lang, "round") + " " + round
}

func (r Result) source() string { return Source(r.Lang, r.Owner, r.Round) }

// row is one statistic of one unit, shown or not.
type row struct {
	r      *Result
	names  finding.Names
	doc    *analysis.Document
	figure analysis.Figure
}

// why is the reason that a figure is not shown, Shown where it is.
func (w row) why() analysis.Reason {
	if w.figure.Suppressed == analysis.Shown && w.figure.N == 0 {
		return analysis.None
	}
	return w.figure.Suppressed
}

// shown returns value where the figure is shown, else an empty cell.
func (w row) shown(value any) any {
	if w.why() != analysis.Shown {
		return nil
	}
	return value
}

func (w row) change() (analysis.Change, bool) {
	if w.why() != analysis.Shown {
		return analysis.Change{}, false
	}
	return w.doc.Previous.Change(w.figure.ID)
}

// rows are a document's statistics of the levels that are wanted.
func (r *Result) rows(names finding.Names, d *analysis.Document, wanted func(level string) bool) iter.Seq[row] {
	return func(yield func(row) bool) {
		for _, f := range d.Figures {
			if wanted(f.Level) && !yield(row{r, names, d, f}) {
				return
			}
		}
	}
}

func everyLevel(string) bool         { return true }
func withoutItems(level string) bool { return level != analysis.LevelItem }

// parent is the unit above, the zero UnitRef for the topmost.
func parent(d *analysis.Document) analysis.UnitRef {
	if len(d.Path) < 2 {
		return analysis.UnitRef{}
	}
	return d.Path[len(d.Path)-2]
}
