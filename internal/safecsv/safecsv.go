// Package safecsv writes CSV that a Swedish spreadsheet program opens as it was
// meant: with semicolons and as UTF-8, and with no cell that the program would
// take for a formula and run.
package safecsv

import (
	"encoding/csv"
	"io"
	"strings"
)

// Cell returns text as a spreadsheet shows it and never computes it: what begins
// as a formula does gets an apostrophe before it.
func Cell(text string) string {
	// A program may skip blanks, and reads the wide forms of the signs too.
	if strings.IndexAny(strings.TrimLeft(text, " \u00a0\u3000"), "=+-@\t\r\n|%＝＋－＠") == 0 {
		return "'" + text
	}
	return text
}

// Write writes rows, each made safe cell by cell, after the mark that tells
// spreadsheet programs that it is UTF-8. The error is out's.
func Write(out io.Writer, rows [][]string) error {
	if _, err := io.WriteString(out, "\ufeff"); err != nil {
		return err
	}
	w := csv.NewWriter(out)
	w.Comma, w.UseCRLF = ';', true
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, text := range row {
			safe[i] = Cell(text)
		}
		if err := w.Write(safe); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
