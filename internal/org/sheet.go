package org

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Sheet is a table as a file or workbook has it, before anybody has said what
// its columns mean.
type Sheet struct {
	Name string `json:"name"`
	Book bool   `json:"book,omitempty"` // a sheet of a workbook, no file of its own
	Rows []Row  `json:"rows"`
}

// Row is one that is not blank. Number counts from 1, as a spreadsheet shows it.
type Row struct {
	Number int      `json:"n"`
	Cells  []string `json:"c"`
}

// Cell returns the text of a column, "" beyond the last.
func (r Row) Cell(column int) string {
	if column < 0 || column >= len(r.Cells) {
		return ""
	}
	return r.Cells[column]
}

// Clean returns a cell's text on one line, without what can't be seen: a
// spreadsheet keeps hard spaces and line breaks that nobody knows of.
func Clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u00ad' || r == '\u200b' || r == '\ufeff':
			return -1
		case r < ' ' || r == 0x7f:
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}

// Fault is one fault in a file of units or people. Row counts from 1, the
// heading included, as a spreadsheet shows it; Column is the heading's own name.
type Fault struct {
	File   string // or the sheet of a workbook
	Book   bool
	Row    int
	Column string
	SV, EN string
}

func (f Fault) String() string {
	if f.Column == "" {
		return fmt.Sprintf("%s:%d: %s", f.File, f.Row, f.EN)
	}
	return fmt.Sprintf("%s:%d: %s: %s", f.File, f.Row, f.Column, f.EN)
}

// Where tells the fault's place for people to read: "Blad Chefer, rad 14, kolumn
// E-post", in lang; "" for one that stands in no file.
func (f Fault) Where(lang string) string {
	if f.File == "" {
		return ""
	}
	words := [4]string{"Filen", "Blad", "rad", "kolumn"}
	if lang == "en" {
		words = [4]string{"File", "Sheet", "row", "column"}
	}
	kind := words[0]
	if f.Book {
		kind = words[1]
	}
	where := fmt.Sprintf("%s %s, %s %d", kind, f.File, words[2], f.Row)
	if f.Column != "" {
		where += fmt.Sprintf(", %s %s", words[3], f.Column)
	}
	return where
}

// In returns what is wrong, in lang: "en", else Swedish.
func (f Fault) In(lang string) string {
	if lang == "en" {
		return f.EN
	}
	return f.SV
}

// Faults is every fault found in a file; nothing of a faulty file is used.
type Faults []Fault

func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// maxFileSize is far above any kommun, far below what would fill the memory.
const maxFileSize = 200 << 20

// ReadCSV reads a table of comma, semicolon or tab, told by its first line; UTF-8
// with or without byte order mark. The error is Faults.
func ReadCSV(file string, in io.Reader) (Sheet, error) {
	sheet := Sheet{Name: file}
	faulty := func(row int, sv, en string) (Sheet, error) {
		return sheet, Faults{{File: file, Row: row, SV: sv, EN: en}}
	}
	content, err := io.ReadAll(io.LimitReader(in, maxFileSize+1))
	switch {
	case err != nil:
		return faulty(1, "filen går inte att läsa: "+err.Error(), "the file can't be read: "+err.Error())
	case len(content) > maxFileSize:
		return faulty(1, "filen är för stor", "the file is too large")
	case !utf8.Valid(content):
		return faulty(1, "filen är inte UTF-8; spara den som ”CSV UTF-8”", "the file is not UTF-8; save it as \"CSV UTF-8\"")
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	first, _, _ := bytes.Cut(content, []byte("\n"))
	reader := csv.NewReader(bytes.NewReader(content))
	reader.FieldsPerRecord = -1
	for _, comma := range []byte{';', '\t'} {
		if bytes.Count(first, []byte{comma}) > bytes.Count(first, []byte{byte(reader.Comma)}) {
			reader.Comma = rune(comma)
		}
	}
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return sheet, nil
		}
		if err != nil {
			line := 0
			if p, ok := errors.AsType[*csv.ParseError](err); ok {
				line = p.Line
			}
			return faulty(line, "raden går inte att läsa; kontrollera citattecknen", "the row can't be read; check its quotation marks")
		}
		line, _ := reader.FieldPos(0)
		for i, c := range cells {
			cells[i] = Clean(c)
		}
		if slices.ContainsFunc(cells, func(c string) bool { return c != "" }) {
			sheet.Rows = append(sheet.Rows, Row{line, cells})
		}
	}
}
