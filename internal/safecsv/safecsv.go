// Package safecsv writes CSV with no cell that a spreadsheet program would take
// for a formula and run: as a Swedish one opens it, or as machines read it.
package safecsv

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
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
	w, err := NewWriter(out, Spreadsheet)
	if err != nil {
		return err
	}
	for _, row := range rows {
		cells := make([]any, len(row))
		for i, text := range row {
			cells[i] = text
		}
		if err := w.Row(cells); err != nil {
			return err
		}
	}
	return w.Flush()
}

// Kind is who a file is written for.
type Kind int

// The kinds.
const (
	Spreadsheet Kind = iota // Swedish: semicolons, decimal commas, and the mark that says UTF-8
	Machine                 // RFC 4180: commas, decimal points, UTF-8 without a mark
)

// Writer writes a file row by row.
type Writer struct {
	csv  *csv.Writer
	kind Kind
}

// NewWriter begins a file. The error is out's.
func NewWriter(out io.Writer, kind Kind) (*Writer, error) {
	w := &Writer{csv.NewWriter(out), kind}
	w.csv.UseCRLF = true
	if kind == Machine {
		return w, nil
	}
	w.csv.Comma = ';'
	_, err := io.WriteString(out, "\ufeff")
	return w, err
}

// decimals is how exact a number is written.
const decimals = 4

// Row writes a row of texts, made safe, whole numbers, decimal numbers and nil
// for an empty cell; another kind of value is an error.
func (w *Writer) Row(cells []any) error {
	row := make([]string, len(cells))
	for i, c := range cells {
		switch c := c.(type) {
		case nil:
		case string:
			row[i] = Cell(c)
		case int:
			row[i] = strconv.Itoa(c)
		case float64:
			row[i] = w.number(c)
		default:
			return fmt.Errorf("a cell can't be a %T", c)
		}
	}
	return w.csv.Write(row)
}

// number writes a number so that a program takes it for one.
func (w *Writer) number(x float64) string {
	s := strconv.FormatFloat(x, 'f', decimals, 64)
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-") // nothing is written as −0
	}
	if w.kind == Spreadsheet {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// Flush writes what is left.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}
