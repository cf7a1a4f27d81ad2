package export

import (
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
)

// workbook is a file being written.
type workbook struct {
	Result
	file   *excelize.File
	names  finding.Names
	styles map[string]int // of cells, by number format
	head   int
	top    *analysis.Document
	hidden int // units
	drawn  int // charts
}

// Workbook writes the result as an Excel workbook: a summary, every unit's
// figures, the topmost unit's questions, competence, actions, and radar charts that
// Excel draws. Texts are stored as texts, so that none is run as a formula. The error
// is the documents' or out's; what has been written then is no workbook.
func (r Result) Workbook(out io.Writer) (err error) {
	w := &workbook{Result: r, file: excelize.NewFile(), names: finding.NamesOf(r.Set)}
	defer func() { err = errors.Join(err, w.file.Close()) }()
	if err := w.begin(); err != nil {
		return err
	}
	if err := w.documents(); err != nil {
		return err
	}
	if err := w.actions(); err != nil {
		return err
	}
	if err := w.charts(); err != nil {
		return err
	}
	if err := w.summary(); err != nil {
		return err
	}
	return w.file.Write(out)
}

// sheets are the keys of their names, in order.
func (r Result) sheets() []string {
	keys := []string{"sheet.summary", "sheet.charts", "sheet.units", "sheet.items", "sheet.competence"}
	if r.Actions != nil {
		keys = append(keys, "sheet.actions")
	}
	return keys
}

func (w *workbook) begin() error {
	for i, key := range w.sheets() {
		name := say(w.Lang, key)
		var err error
		if i == 0 {
			err = w.file.SetSheetName("Sheet1", name)
		} else {
			_, err = w.file.NewSheet(name)
		}
		if err != nil {
			return err
		}
	}
	var err error
	w.head, err = w.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"0D4F5F"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}})
	w.styles = map[string]int{}
	for _, f := range []string{oneDecimal, whole, signed, share} {
		if err == nil {
			w.styles[f], err = w.file.NewStyle(&excelize.Style{CustomNumFmt: &f})
		}
	}
	if err != nil {
		return err
	}
	return w.file.SetDocProps(&excelize.DocProperties{Creator: "mognad", Title: w.source(), Language: map[string]string{"sv": "sv-SE", "en": "en-GB"}[w.Lang]})
}

// field is a column of a sheet.
type field struct {
	title, format string
	width         float64
}

// sheet is one that is written row by row, and becomes a table with filters.
type sheet struct {
	w      *workbook
	stream *excelize.StreamWriter
	fields []field
	table  string
	rows   int
}

// open begins a sheet: its widths, its head, which stays when one scrolls, with
// so many columns.
func (w *workbook) open(key, table string, fixed int, fields []field) (*sheet, error) {
	stream, err := w.file.NewStreamWriter(say(w.Lang, key))
	if err != nil {
		return nil, err
	}
	s := &sheet{w, stream, fields, table, 1}
	head := make([]any, len(fields))
	for i, f := range fields {
		head[i] = excelize.Cell{StyleID: w.head, Value: f.title}
		if err := stream.SetColWidth(i+1, i+1, f.width); err != nil {
			return nil, err
		}
	}
	corner, err := excelize.CoordinatesToCellName(fixed+1, 2)
	if err != nil {
		return nil, err
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, XSplit: fixed, YSplit: 1, TopLeftCell: corner, ActivePane: "bottomRight"}); err != nil {
		return nil, err
	}
	return s, stream.SetRow("A1", head, excelize.RowOpts{Height: 32})
}

// add writes a row.
func (s *sheet) add(values []any) error {
	s.rows++
	cells := make([]any, len(values))
	for i, v := range values {
		if style, ok := s.w.styles[s.fields[i].format]; ok && v != nil {
			v = excelize.Cell{StyleID: style, Value: v}
		}
		cells[i] = v
	}
	at, err := excelize.CoordinatesToCellName(1, s.rows)
	if err != nil {
		return err
	}
	return s.stream.SetRow(at, cells)
}

// close ends a sheet.
func (s *sheet) close() error {
	last, err := excelize.CoordinatesToCellName(len(s.fields), max(s.rows, 2))
	if err != nil {
		return err
	}
	plain := false
	if err := s.stream.AddTable(&excelize.Table{Range: "A1:" + last, Name: s.table, StyleName: "TableStyleLight1", ShowRowStripes: &plain}); err != nil {
		return err
	}
	return s.stream.Flush()
}

var unitColumns = pick("unit", "kind", "parent", "level", "statistic", "mean", "index", "n", "invited", "ci_low", "ci_high", "target", "gap", "change", "confirmed", "note", "unit_id")

func (w *workbook) fields(cs []Column) []field {
	out := make([]field, len(cs))
	for i, c := range cs {
		out[i] = field{c.Title.In(w.Lang), c.format, c.width}
	}
	return out
}

// documents writes what is read of every document, each read once.
func (w *workbook) documents() error {
	units, err := w.open("sheet.units", "Enheter", 1, w.fields(unitColumns))
	if err != nil {
		return err
	}
	competence, err := w.open("sheet.competence", "Kompetens", 1, w.competenceFields())
	if err != nil {
		return err
	}
	for d, err := range w.Documents {
		if err != nil {
			return err
		}
		if w.top == nil {
			w.top = d
		}
		if d.Suppressed != analysis.Shown {
			w.hidden++
		}
		for row := range w.rows(w.names, d, withoutItems) {
			values := make([]any, len(unitColumns))
			for i, c := range unitColumns {
				values[i] = c.words(row)
			}
			if err := units.add(values); err != nil {
				return err
			}
		}
		if err := w.competence(competence, d); err != nil {
			return err
		}
	}
	if w.top == nil {
		return errors.New("no document to export")
	}
	if err := w.items(); err != nil {
		return err
	}
	return errors.Join(units.close(), competence.close())
}

func (w *workbook) competenceFields() []field {
	t := func(key string) string { return say(w.Lang, key) }
	unit, note := pick("unit")[0], pick("note")[0]
	return []field{{unit.Title.In(w.Lang), "", unit.width}, {t("comp.area"), "", 46}, {t("comp.rated"), whole, 16}, {t("comp.below"), whole, 11}, {t("comp.share"), share, 9},
		{t("comp.steps"), whole, 11}, {t("comp.meangap"), oneDecimal, 9}, {note.Title.In(w.Lang), "", note.width}, {pick("unit_id")[0].Title.In(w.Lang), "", 16}}
}

func (w *workbook) competence(s *sheet, d *analysis.Document) error {
	for _, f := range d.Competence {
		values := []any{d.Unit.Name, w.names.Competence(f.Item, w.Lang), nil, nil, nil, nil, nil, Why(w.Lang, f.Suppressed, d.MinGroup), d.Unit.ID}
		if f.Suppressed == analysis.Shown {
			copy(values[2:], []any{f.Rated, f.Below, f.Share, f.Steps, f.MeanGap})
		}
		if err := s.add(values); err != nil {
			return err
		}
	}
	return nil
}

var itemColumns = pick("mean", "index", "n", "invited", "ci_low", "ci_high", "target", "gap", "change", "confirmed")

// items writes the topmost unit's questions.
func (w *workbook) items() error {
	t := func(key string) string { return say(w.Lang, key) }
	fields := []field{{t("item.text"), "", 60}, {t("level.theme"), "", 26}, {t("level.area"), "", 18}}
	fields = append(fields, w.fields(itemColumns)...)
	for level := range 5 {
		fields = append(fields, field{say(w.Lang, "item.level", level+1), whole, 9})
	}
	note := pick("note")[0]
	fields = append(fields, field{t("item.dk"), whole, 9}, field{t("item.na"), whole, 11}, field{note.Title.In(w.Lang), "", note.width}, field{"id", "", 24})
	s, err := w.open("sheet.items", "Fragor", 1, fields)
	if err != nil {
		return err
	}
	for row := range w.rows(w.names, w.top, func(level string) bool { return level == analysis.LevelItem }) {
		if err := s.add(w.item(row)); err != nil {
			return err
		}
	}
	return s.close()
}

func (w *workbook) item(r row) []any {
	f := r.figure
	values := []any{w.names.Of(f.ID, w.Lang), nil, nil}
	if it, ok := w.Set.Item(f.ID); ok {
		values[1], values[2] = w.names.Of(it.ThemeID(), w.Lang), w.names.Of(it.Area, w.Lang)
	}
	for _, c := range itemColumns {
		values = append(values, c.words(r))
	}
	levels, told := make([]any, 5), []any{nil, nil}
	if r.why() == analysis.Shown {
		for i, n := range f.Histogram {
			levels[i] = n
		}
		for i, n := range []*int{f.DontKnow, f.NotApplicable} {
			if n != nil {
				told[i] = *n
			}
		}
	}
	values = append(append(values, levels...), told...)
	return append(values, Why(w.Lang, r.why(), w.top.MinGroup), f.ID)
}

// at names a cell.
func at(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(fmt.Sprintf("cell %d, %d: %v", column, row, err)) // columns and rows of ours, counted from 1
	}
	return name
}
