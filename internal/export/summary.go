package export

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/survey"
)

// summary writes the first sheet: what the file is of, and how it was made.
func (w *workbook) summary() error {
	d, name := w.top, say(w.Lang, "sheet.summary")
	t := func(key string, args ...any) string { return say(w.Lang, key, args...) }
	u := finding.Unit{Doc: d, Names: w.names, Then: w.Then, Lang: w.Lang}
	lines := [][2]any{{t("sum.what"), t("sum.title", d.Unit.Name)}, {t("sum.round"), w.Round}, {t("sum.days"), w.Opens + " – " + w.Closes}, {t("sum.finding"), u.Headline()}}
	for _, s := range u.Lede() {
		lines = append(lines, [2]any{nil, s})
	}
	lines = append(lines, [2]any{t("sum.invited"), d.Invited})
	if total, ok := d.Figure(analysis.TotalID); ok && d.Suppressed == analysis.Shown {
		lines = append(lines, [2]any{t("sum.answered"), d.Submitted}, [2]any{t("sum.rate"), format.Percent(d.Submitted, d.Invited, w.Lang)})
		if total.Suppressed == analysis.Shown && total.N > 0 {
			low, high := survey.Index(total.CILow), survey.Index(total.CIHigh)
			lines = append(lines, [2]any{t("sum.index"), total.Index},
				[2]any{t("sum.interval"), fmt.Sprintf("%s–%s (n = %d)", format.Decimal(low, 1, w.Lang), format.Decimal(high, 1, w.Lang), total.N)})
		}
	}
	if why := Why(w.Lang, d.Suppressed, d.MinGroup); why != "" {
		lines = append(lines, [2]any{pickTitle("note", w.Lang), why})
	}
	lines = append(lines, [2]any{t("sum.least"), d.MinGroup}, [2]any{t("sum.hidden"), w.hidden}, [2]any{t("sum.method"), t("method", d.MinGroup)},
		[2]any{t("sum.day"), w.Day}, [2]any{t("sum.source"), w.source()}, [2]any{}, [2]any{t("sum.sheets"), nil})
	for _, sheet := range w.sheets()[1:] {
		key := strings.Replace(sheet, "sheet.", "about.", 1)
		about := t(key)
		if key == "about.items" || key == "about.actions" {
			about = t(key, d.Unit.Name)
		}
		lines = append(lines, [2]any{t(sheet), about})
	}
	for i, l := range lines {
		if err := w.file.SetSheetRow(name, at(1, i+1), &[]any{l[0], l[1]}); err != nil {
			return err
		}
	}
	return w.dress(name, len(lines))
}

func pickTitle(key, lang string) string { return pick(key)[0].Title.In(lang) }

// dress makes the summary readable: names bold, long texts wrapped.
func (w *workbook) dress(name string, rows int) error {
	bold, err := w.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	if err != nil {
		return err
	}
	f := oneDecimal
	text, err := w.file.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left", WrapText: true}})
	if err != nil {
		return err
	}
	index, err := w.file.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left"}, CustomNumFmt: &f})
	if err != nil {
		return err
	}
	title, err := w.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 16, Color: "0D4F5F"}, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	if err != nil {
		return err
	}
	for row := 1; row <= rows; row++ {
		style := text
		value, err := w.file.GetCellValue(name, at(1, row))
		if err == nil && value == say(w.Lang, "sum.index") {
			style = index
		}
		if row == 1 {
			style = title
		}
		if err == nil {
			err = w.file.SetCellStyle(name, at(2, row), at(2, row), style)
		}
		if err != nil {
			return err
		}
	}
	if err := w.file.SetCellStyle(name, at(1, 1), at(1, rows), bold); err != nil {
		return err
	}
	if err := w.file.SetColWidth(name, "A", "A", 26); err != nil {
		return err
	}
	return w.file.SetColWidth(name, "B", "B", 90)
}
