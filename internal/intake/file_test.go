package intake

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
)

// repacked is a workbook with a part exchanged or added.
func repacked(t testing.TB, book []byte, name string, content io.Reader) []byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	must(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range archive.File {
		if part.Name != name {
			must(t, w.Copy(part))
		}
	}
	part, err := w.Create(name)
	must(t, err)
	_, err = io.Copy(part, content)
	must(t, err)
	must(t, w.Close())
	return out.Bytes()
}

// lying is an archive whose parts say that they hold a hundred bytes.
func lying(t testing.TB, book []byte) []byte {
	t.Helper()
	out := bytes.Clone(book)
	for i := 0; i+46 < len(out); i++ {
		if bytes.HasPrefix(out[i:], []byte("PK\x01\x02")) {
			copy(out[i+24:], []byte{100, 0, 0, 0})
		}
	}
	return out
}

// zeros is n bytes that pack into almost nothing.
func zeros(n int64) io.Reader { return io.LimitReader(spaces{}, n) }

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// What can't be read, or was made to fill the memory, is refused with a sentence
// that names the file and says what to do.
func TestFaultyWorkbooks(t *testing.T) {
	good := workbook(t, sheet{"Blad", [][]string{{"id", "namn"}, {"x", "X"}}}).Content
	wide := make([]string, maxColumns+1)
	wide[maxColumns] = "x"
	var locked bytes.Buffer
	f := excelize.NewFile()
	must(t, f.Write(&locked, excelize.Options{Password: "hemligt"}))
	many := make([]sheet, maxSheets+1)
	for i := range many {
		many[i] = sheet{fmt.Sprint("b", i), [][]string{{"x"}}}
	}
	long := strings.Repeat("a,b,c,d,e,f,g,h,i,j\n", maxRows+1)
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"bomb":       {repacked(t, good, "xl/worksheets/sheet1.xml", zeros(maxUnzip+1)), "för stor när den packas upp"},
		"bomb aside": {repacked(t, good, "xl/media/image1.png", zeros(maxUnzip)), "för stor när den packas upp"},
		"lying":      {lying(t, good), "går inte att läsa"},
		"macros":     {repacked(t, good, "xl/vbaProject.bin", strings.NewReader("x")), "har makron"},
		"locked":     {locked.Bytes(), "låst med lösenord"},
		"old":        {append(bytes.Clone(oleMagic), 1, 2, 3), "äldre formatet .xls"},
		"cut off":    {good[:len(good)/2], "går inte att läsa som en Excel-arbetsbok"},
		"a document": {repacked(t, emptyArchive(t), "word/document.xml", strings.NewReader("<x/>")), "går inte att läsa som en Excel-arbetsbok"},
		"bad xml":    {repacked(t, good, "xl/workbook.xml", strings.NewReader("<work")), "går inte att läsa som en Excel-arbetsbok"},
		"pdf":        {[]byte("%PDF-1.7\n\x00"), "varken en Excel-arbetsbok"},
		"pdf, text":  {[]byte("%PDF-1.7\n1 0 obj\n"), "varken en Excel-arbetsbok"},
		"web page":   {[]byte("\ufeff\n<html><table><tr><td>id"), "varken en Excel-arbetsbok"},
		"rtf":        {[]byte(`{\rtf1 id`), "varken en Excel-arbetsbok"},
		"wide":       {workbook(t, sheet{"B", [][]string{wide}}).Content, "Blad B, rad 1: fler än 100 kolumner"},
		"sheets":     {workbook(t, many...).Content, "fler än 50 blad"},
		"rows":       {[]byte(long), "för många rader eller celler"},
		"cell":       {[]byte("a,b\n" + strings.Repeat("x", maxCell+1) + ",c\n"), "rad 2: texten i kolumn 1 är för lång"},
		"quotes":     {[]byte("a,b\n\"x,y\n"), "rad 2: raden går inte att läsa"},
		"blank":      {workbook(t, sheet{"B", nil}).Content, "Filen är tom"},
		"size":       {bytes.Repeat([]byte("a"), MaxUpload+1), "för stor: högst 10 MB"},
	} {
		sheets, err := Read([]Upload{{`C:\mapp\fil.xlsx`, c.content}})
		if !fail.Is(err, fail.Invalid) || field(err) != "files" || len(sheets) > 0 {
			t.Errorf("%s: %v, %d sheets", name, err, len(sheets))
			continue
		}
		if e := err.(*fail.Error); !strings.Contains(e.SV, c.want) || strings.Contains(e.SV, "mapp") || e.EN == "" {
			t.Errorf("%s: %s", name, e.SV)
		}
	}
}

// emptyArchive is an empty archive.
func emptyArchive(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, zip.NewWriter(&out).Close())
	return out.Bytes()
}

// Numbers are read whole, hard spaces and line breaks as one space, and rows keep
// the number that the spreadsheet shows.
func TestCells(t *testing.T) {
	f := excelize.NewFile()
	must(t, f.SetSheetRow("Sheet1", "A3", &[]any{"id", "namn"}))
	must(t, f.SetSheetRow("Sheet1", "A7", &[]any{198001012384, "Anna\u00a0 \nBerg", nil, true}))
	var out bytes.Buffer
	must(t, f.Write(&out))
	sheets, err := Read([]Upload{{"a.xlsx", out.Bytes()}})
	must(t, err)
	want := []org.Row{{Number: 3, Cells: []string{"id", "namn"}}, {Number: 7, Cells: []string{"198001012384", "Anna Berg", "", "1"}}}
	if fmt.Sprint(sheets[0].Rows) != fmt.Sprint(want) {
		t.Errorf("%v", sheets[0].Rows)
	}
}

// whole does with bytes all that an import does; what is proposed must be an
// organisation, and what is faulty must propose nothing.
func whole(t *testing.T, name string, content []byte) {
	sheets, err := Read([]Upload{{name, content}})
	if err != nil {
		if !fail.Is(err, fail.Invalid) {
			t.Fatalf("a fault of ours: %v", err)
		}
		return
	}
	m := (&memory{}).guess(sheets)
	for _, title := range m.titles(sheets, nil) {
		m.Titles[title.Key] = title.Role
	}
	if m.Check(sheets) != nil {
		return
	}
	sc := scope(t)
	p := Build(sc, sheets, m)
	if len(p.Faults) > 0 {
		if len(p.Is.Units) > 0 {
			t.Fatal("something is proposed beside faults")
		}
		return
	}
	tree, err := org.NewTree(two.Units)
	must(t, err)
	if _, err := two.Replace(tree, "a", p.Is); err != nil {
		t.Fatalf("what is proposed can't be done: %v", err)
	}
}

func FuzzCSV(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.csv")
	must(f, err)
	for _, s := range seeds {
		content, err := os.ReadFile(s)
		must(f, err)
		f.Add(content)
	}
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	f.Fuzz(func(t *testing.T, content []byte) { whole(t, "a.csv", content) })
}

func FuzzWorkbook(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.xlsx")
	must(f, err)
	for _, s := range seeds {
		content, err := os.ReadFile(s)
		must(f, err)
		f.Add(content)
	}
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	f.Fuzz(func(t *testing.T, content []byte) { whole(t, "a.xlsx", content) })
}
