// Package intake brings units and people into an installation: it reads the
// workbooks and CSV files that a kommun has, lets the coordinator say what their
// columns and titles mean, shows what would change, and changes it as a whole or
// not at all. It is also where single units and people are changed, so that
// nothing is changed by two at once.
package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
)

// Limits of what is read: far above any kommun's, and so low that a file made to
// fill the memory does not.
const (
	MaxUpload  = 10 << 20 // bytes of all files together
	maxUnzip   = 64 << 20 // bytes that a workbook may unfold to
	maxSheets  = 50
	maxColumns = 100
	maxRows    = 50_000
	maxCells   = 400_000 // of all sheets together, blank ones not counted
	maxCell    = 4000    // bytes of one cell
)

// Upload is a file that somebody has sent.
type Upload struct {
	Name    string
	Content []byte
}

// reading lets one workbook at a time be unfolded: several at once would need
// as many times the memory.
var reading sync.Mutex

// Read returns the sheets of the files that have anything in them: a workbook's
// (.xlsx) all, a CSV file as one. The error is a fail.Error that names the file.
func Read(files []Upload) ([]org.Sheet, error) {
	reading.Lock()
	defer reading.Unlock()
	budget := &limits{}
	var all []org.Sheet
	for _, f := range files {
		sheets, err := read(f, budget)
		if err != nil {
			return nil, err
		}
		all = append(all, sheets...)
	}
	if len(all) == 0 {
		return nil, invalid("Filen är tom. Välj en fil med enheter eller personer.", "The file is empty. Choose a file of units or people.")
	}
	if len(all) > maxSheets {
		return nil, invalid(fmt.Sprintf("Det är fler än %d blad. Ta bort de blad som inte ska läsas in.", maxSheets), fmt.Sprintf("There are more than %d sheets. Remove those that are not to be imported.", maxSheets))
	}
	return all, nil
}

func invalid(sv, en string) *fail.Error { return fail.New(fail.Invalid, sv, en).At("files") }

var (
	zipMagic = []byte("PK\x03\x04")
	oleMagic = []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}
)

func read(f Upload, budget *limits) ([]org.Sheet, error) {
	name := path.Base(strings.ReplaceAll(org.Clean(f.Name), `\`, "/"))
	switch {
	case len(f.Content) > MaxUpload:
		return nil, invalid(name+" är för stor: högst 10 MB. Ta bort blad och kolumner som inte behövs.", name+" is too large: at most 10 MB. Remove sheets and columns that are not needed.")
	case bytes.HasPrefix(f.Content, oleMagic):
		return nil, invalid(name+" är låst med lösenord eller sparad i det äldre formatet .xls. Spara den utan lösenord som Excel-arbetsbok (.xlsx) och försök igen.", name+" is locked with a password or saved in the older format .xls. Save it without password as an Excel workbook (.xlsx) and try again.")
	case bytes.HasPrefix(f.Content, zipMagic):
		return readWorkbook(name, f.Content, budget)
	case bytes.ContainsRune(f.Content, 0), document(f.Content):
		return nil, invalid(name+" är varken en Excel-arbetsbok (.xlsx) eller en CSV-fil.", name+" is neither an Excel workbook (.xlsx) nor a CSV file.")
	}
	content := f.Content
	if !utf8.Valid(content) { // as Excel saves "CSV" in Swedish Windows
		var err error
		if content, err = charmap.Windows1252.NewDecoder().Bytes(content); err != nil {
			return nil, invalid(name+" går inte att läsa. Spara den som CSV UTF-8.", name+" can't be read. Save it as CSV UTF-8.")
		}
	}
	sheet, err := org.ReadCSV(name, bytes.NewReader(content))
	if faults, ok := errors.AsType[org.Faults](err); ok {
		return nil, invalid(faults[0].Where("sv")+": "+faults[0].SV+".", faults[0].Where("en")+": "+faults[0].EN+".")
	} else if err != nil {
		return nil, err
	}
	for _, r := range sheet.Rows {
		if err := budget.row(sheet, r); err != nil {
			return nil, err
		}
	}
	if len(sheet.Rows) == 0 {
		return nil, nil
	}
	return []org.Sheet{sheet}, nil
}

// document tells whether content is a document whose text is no table: a PDF, RTF, or
// a web page or XML as older systems write and call Excel.
func document(content []byte) bool {
	start := bytes.TrimLeft(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")), " \t\r\n")
	for _, magic := range []string{"%PDF-", `{\rtf`, "<"} {
		if bytes.HasPrefix(start, []byte(magic)) {
			return true
		}
	}
	return false
}

// limits counts what has been read of all files together.
type limits struct{ cells int }

// row refuses a row that is too long, or one too many.
func (l *limits) row(s org.Sheet, r org.Row) error {
	where, whereEN := org.Fault{File: s.Name, Book: s.Book, Row: r.Number}.Where("sv"), org.Fault{File: s.Name, Book: s.Book, Row: r.Number}.Where("en")
	if len(r.Cells) > maxColumns {
		return invalid(fmt.Sprintf("%s: fler än %d kolumner. Ta bort de kolumner som inte behövs.", where, maxColumns), fmt.Sprintf("%s: more than %d columns. Remove those that are not needed.", whereEN, maxColumns))
	}
	for i, c := range r.Cells {
		if len(c) > maxCell {
			return invalid(fmt.Sprintf("%s: texten i kolumn %d är för lång.", where, i+1), fmt.Sprintf("%s: the text in column %d is too long.", whereEN, i+1))
		}
		if c != "" {
			l.cells++
		}
	}
	if len(s.Rows) > maxRows || l.cells > maxCells {
		return invalid(fmt.Sprintf("%s: det är för många rader eller celler (högst %d rader i ett blad och %d celler i allt). Ta bort det som inte behövs.", where, maxRows, maxCells),
			fmt.Sprintf("%s: too many rows or cells (at most %d rows in a sheet and %d cells in all). Remove what is not needed.", whereEN, maxRows, maxCells))
	}
	return nil
}

// readWorkbook reads the visible text of every sheet; formulas as they were last
// computed. Macros are refused, though nothing would run them: no list of units
// needs any, and whoever sent the file may want to know.
func readWorkbook(name string, content []byte, budget *limits) (sheets []org.Sheet, err error) {
	damaged := func(err error) error {
		return &fail.Error{Code: fail.Invalid, Err: err, Field: "files", SV: name + " går inte att läsa som en Excel-arbetsbok. Öppna den i Excel, spara den som .xlsx och försök igen.", EN: name + " can't be read as an Excel workbook. Open it in Excel, save it as .xlsx and try again."}
	}
	large := invalid(name+" är för stor när den packas upp. Ta bort blad, bilder och tomma rader som inte behövs.", name+" is too large once unpacked. Remove sheets, pictures and blank rows that are not needed.")
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, damaged(err)
	}
	total := uint64(0)
	for _, part := range archive.File {
		if strings.EqualFold(path.Base(part.Name), "vbaProject.bin") {
			return nil, invalid(name+" har makron. Spara den som Excel-arbetsbok utan makron (.xlsx) och försök igen.", name+" has macros. Save it as an Excel workbook without macros (.xlsx) and try again.")
		}
		if total += part.UncompressedSize64; part.UncompressedSize64 > maxUnzip || total > maxUnzip {
			return nil, large
		}
	}
	// What the archive says of itself may be false, so what comes out is counted too.
	for _, part := range archive.File {
		if err := unfolds(part); errors.Is(err, errTooLarge) {
			return nil, large
		} else if err != nil {
			return nil, damaged(err)
		}
	}
	defer func() { // a workbook made by hand finds faults in the library that reads it
		if p := recover(); p != nil {
			sheets, err = nil, damaged(fmt.Errorf("panic: %v", p))
		}
	}()
	// With both limits the same nothing is written to a file on disk.
	book, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxUnzip, RawCellValue: true})
	if err != nil {
		return nil, damaged(err)
	}
	defer book.Close()
	for _, title := range book.GetSheetList() {
		sheet, err := readSheet(book, title, budget)
		if _, told := errors.AsType[*fail.Error](err); told {
			return nil, err
		} else if err != nil {
			return nil, damaged(err)
		}
		if len(sheet.Rows) > 0 {
			sheets = append(sheets, sheet)
		}
	}
	return sheets, nil
}

var errTooLarge = errors.New("unfolds to more than it says")

// unfolds reads a part through, and tells when it holds more than it says.
func unfolds(part *zip.File) error {
	r, err := part.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	n, err := io.Copy(io.Discard, io.LimitReader(r, maxUnzip+1))
	if n > maxUnzip || uint64(n) > part.UncompressedSize64 {
		return errTooLarge
	}
	return err
}

func readSheet(book *excelize.File, title string, budget *limits) (org.Sheet, error) {
	sheet := org.Sheet{Name: org.Clean(title), Book: true}
	rows, err := book.Rows(title)
	if err != nil {
		if errors.Is(err, excelize.ErrSheetNotExist{SheetName: title}) { // a chart or a dialogue has no cells
			return sheet, nil
		}
		return sheet, err
	}
	defer rows.Close()
	for number, blank := 1, 0; rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return sheet, err
		}
		r := org.Row{Number: number}
		last := 0
		for i, c := range cells {
			cells[i] = org.Clean(c)
			if cells[i] != "" {
				last = i + 1
			}
		}
		if r.Cells = cells[:last]; last == 0 {
			// Rows that only have a format go on to the last one there can be.
			if blank++; blank > maxRows {
				break
			}
			continue
		}
		sheet.Rows = append(sheet.Rows, r)
		if err := budget.row(sheet, r); err != nil {
			return sheet, err
		}
	}
	return sheet, rows.Error()
}
