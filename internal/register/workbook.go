package register

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/mognad/mognad/internal/safecsv"
	"github.com/mognad/mognad/internal/survey"
)

// titles are what the sheets of a workbook are called.
var titles = map[Kind]survey.Text{
	Document: tx("Styrdokument", "Steering documents"), EService: tx("E-tjänster", "E-services"), Role: tx("Roller och ansvar", "Roles"),
	Goal: tx("Mål", "Goals"), Training: tx("Utbildning", "Training"), Minutes: tx("Forum och anteckningar", "Forums and minutes"),
}

// itemSheet is the sheet that tells which items there are; it is not read back.
var itemSheet = tx("Frågor", "Questions")

const idHeading = "Id"

// Workbook returns the entries as an Excel workbook in lang: a sheet for each
// kind, and one with the items that entries can support. Read takes it back as
// it was. No cell is a formula, or becomes one when the sheet is saved as CSV.
func Workbook(entries []Entry, items []*survey.Item, lang string) ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	w := workbook{book: book, lang: lang}
	w.style("head", &excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E1ECEC"}}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "bottom"}})
	w.style("text", &excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	w.style("day", &excelize.Style{CustomNumFmt: new("yyyy-mm-dd"), Alignment: &excelize.Alignment{Vertical: "top"}})
	w.style("number", &excelize.Style{NumFmt: 1, Alignment: &excelize.Alignment{Vertical: "top"}})
	for _, k := range Kinds {
		w.kind(k, entries)
	}
	w.items(items)
	w.try(book.DeleteSheet("Sheet1"))
	book.SetActiveSheet(0)
	if w.err != nil {
		return nil, w.err
	}
	var out bytes.Buffer
	err := book.Write(&out)
	return out.Bytes(), err
}

// workbook writes one; the first error stands.
type workbook struct {
	book   *excelize.File
	lang   string
	styles map[string]int
	err    error
}

func (w *workbook) try(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *workbook) style(name string, s *excelize.Style) {
	id, err := w.book.NewStyle(s)
	w.try(err)
	if w.styles == nil {
		w.styles = map[string]int{}
	}
	w.styles[name] = id
}

// sheet makes a sheet with headings that stay in sight and can be filtered by.
func (w *workbook) sheet(title string, headings []string, rows int) {
	_, err := w.book.NewSheet(title)
	w.try(err)
	for i, h := range headings {
		w.try(w.book.SetCellStr(title, cell(i, 1), h))
	}
	last := len(headings) - 1
	w.try(w.book.SetCellStyle(title, "A1", cell(last, 1), w.styles["head"]))
	w.try(w.book.SetPanes(title, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	w.try(w.book.AutoFilter(title, "A1:"+cell(last, rows+1), nil))
}

func cell(column, row int) string {
	name, _ := excelize.CoordinatesToCellName(column+1, row) // both are above zero
	return name
}

// spare is how many rows below the last have choices and formats, for what is added.
const spare = 200

func (w *workbook) kind(k Kind, all []Entry) {
	title, fields := titles[k].In(w.lang), Fields(k)
	entries := Select(all, Wanted{Kind: k}, "", 0)
	headings := []string{idHeading}
	for _, f := range fields {
		headings = append(headings, f.Label.In(w.lang))
	}
	w.sheet(title, headings, len(entries))
	w.columns(title, fields, len(entries))
	for i, e := range entries {
		w.try(w.book.SetCellStr(title, cell(0, i+2), escape(e.ID)))
		for j, f := range fields {
			w.cell(title, cell(j+1, i+2), f, e.Get(f.Key))
		}
	}
}

// columns gives the columns of a kind their widths, formats and choices.
func (w *workbook) columns(title string, fields []Field, rows int) {
	w.try(w.book.SetColWidth(title, "A", "A", 14))
	w.try(w.book.SetCellStyle(title, "A2", cell(0, rows+spare), w.styles["text"]))
	for j, f := range fields {
		format, width := "text", 24.0
		switch f.Type {
		case Day:
			format, width = "day", 13
		case Year, Number:
			format, width = "number", 8
		case Choice:
			width = 17
		case Text, Items:
			width = 48
		}
		if f.Key == "name" {
			width = 44
		}
		name, _ := excelize.ColumnNumberToName(j + 2)
		w.try(w.book.SetColWidth(title, name, name, width))
		w.try(w.book.SetCellStyle(title, cell(j+1, 2), cell(j+1, rows+spare), w.styles[format]))
		if f.Type == Choice {
			var labels []string
			for _, o := range f.Choices {
				labels = append(labels, o.Label.In(w.lang))
			}
			choices := excelize.NewDataValidation(true)
			choices.SetSqref(cell(j+1, 2) + ":" + cell(j+1, rows+spare))
			w.try(choices.SetDropList(labels))
			w.try(w.book.AddDataValidation(title, choices))
		}
	}
}

// cell writes a value as what it is: days as days and numbers as numbers, so that
// they can be sorted; all else as text.
func (w *workbook) cell(title, at string, f Field, value string) {
	switch f.Type {
	case Day:
		if t, err := time.Parse(time.DateOnly, value); err == nil && t.Year() > 1906 { // the numbers of earlier days look like years
			w.try(w.book.SetCellValue(title, at, t))
			w.try(w.book.SetCellStyle(title, at, at, w.styles["day"]))
			return
		}
	case Year, Number:
		if n, err := strconv.Atoi(value); err == nil {
			w.try(w.book.SetCellInt(title, at, int64(n)))
			return
		}
	}
	if value != "" {
		w.try(w.book.SetCellStr(title, at, escape(f.Show(value, w.lang))))
	}
}

func (w *workbook) items(items []*survey.Item) {
	title := itemSheet.In(w.lang)
	w.sheet(title, []string{idHeading, tx("Fråga", "Question").In(w.lang), tx("Slag", "Kind").In(w.lang)}, len(items))
	w.try(w.book.SetColWidth(title, "A", "A", 28))
	w.try(w.book.SetColWidth(title, "B", "B", 80))
	for i, it := range items {
		kind := tx("skattning", "rating")
		if it.Kind == survey.Fact {
			kind = tx("fakta", "fact")
		}
		for j, text := range []string{it.ID, it.Text.In(w.lang), kind.In(w.lang)} {
			w.try(w.book.SetCellStr(title, cell(j, i+2), escape(text)))
		}
	}
}

// coded is what workbooks have for a character; text that looks so is written with
// its first sign coded.
var coded = regexp.MustCompile("_(x[0-9A-Fa-f]{4}_)")

// escape makes text safe in a cell (safecsv), in a way that unescape takes back.
func escape(text string) string {
	text = coded.ReplaceAllString(text, "_x005F_$1")
	if strings.HasPrefix(text, "'") {
		return "'" + text
	}
	return safecsv.Cell(text)
}

// unescape takes back what escape has done, and nothing that a kommun's own sheet
// would have.
func unescape(text string) string {
	if rest, ok := strings.CutPrefix(text, "'"); ok && (strings.HasPrefix(rest, "'") || safecsv.Cell(rest) != rest) {
		return rest
	}
	return text
}

// excelDay reads a day as a workbook or a person writes it, and leaves what is none
// as it is. 3/4/2026 is left: it may be either of two days.
func excelDay(text string) string {
	if serial, err := strconv.ParseFloat(text, 64); err == nil && serial >= 1 && serial < 110_000 && !plainYear(text) {
		if t, err := excelize.ExcelDateToTime(serial, false); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	for _, layout := range []string{"20060102", "2006/1/2", "2006-1-2", "2006-01-02 15:04:05", time.RFC3339, "2.1.2006", "2/1 2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return text
}

// plainYear tells a year alone from the number of a day.
func plainYear(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 1800 && n <= 2200
}
