package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/surveys"
)

// formula is what a spreadsheet program would run, were it not stored as text.
const formula = `=HYPERLINK("https://example.org";"Klicka")`

// made returns a result of units in two steps below a top: some large, one too
// small, one hidden with it, one named as a formula.
func made(t testing.TB, departments, each int) (Result, []*analysis.Document) {
	t.Helper()
	set, err := survey.LoadDir(surveys.FS, "insatser.yaml", "register.yaml", "rekommendationer.yaml")
	if err != nil {
		t.Fatal(err)
	}
	units := []org.Unit{{ID: "kommun", Name: "Testkommun", Kind: "kommun"}}
	sizes := map[string]int{}
	for f := range departments {
		id := fmt.Sprint("f", f)
		units = append(units, org.Unit{ID: id, Name: "Förvaltning " + id, Parent: "kommun", Kind: "forvaltning"})
		for e := range each {
			unit := fmt.Sprint(id, "-", e)
			name := "Enhet " + unit
			if f == 0 && e == 0 {
				name = formula
			}
			units = append(units, org.Unit{ID: unit, Name: name, Parent: id, Kind: "enhet"})
			sizes[unit] = []int{12, 6, 3}[e%3]
		}
	}
	tree, err := org.NewTree(units)
	if err != nil {
		t.Fatal(err)
	}
	var prev map[string]*analysis.Document
	for year := range 2 {
		acc := analysis.New(set, tree, analysis.Options{Round: fmt.Sprint(2025 + year), MinGroup: 5})
		roles := []org.Role{org.Enhetschef}
		for _, u := range tree.Units() {
			for p := range sizes[u.ID] {
				answers := make([]survey.Answer, len(set.Items))
				for i, it := range set.Items {
					if it.AskedTo(roles) {
						answers[i] = survey.Answer(1 + (i*7+p*3+year+len(u.ID))%5)
					}
				}
				if err := acc.Invite(u.ID, roles); err != nil {
					t.Fatal(err)
				}
				if err := acc.Add(u.ID, roles, answers); err != nil {
					t.Fatal(err)
				}
			}
		}
		result, docs := acc.Result(), map[string]*analysis.Document{}
		for _, u := range tree.Units() {
			d := result.Document(u.ID, prev[u.ID])
			d.ForReaders()
			docs[u.ID] = &d
		}
		prev = docs
	}
	var docs []*analysis.Document
	for _, u := range tree.Units() {
		docs = append(docs, prev[u.ID])
	}
	return Result{Lang: "sv", Owner: "Testkommun", Round: "2026", Then: "2025", Opens: "2026-10-05", Closes: "2026-10-23", Day: "2026-11-26", Set: set, Documents: each2(docs)}, docs
}

func each2(docs []*analysis.Document) iter.Seq2[*analysis.Document, error] {
	return func(yield func(*analysis.Document, error) bool) {
		for _, d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	}
}

func opened(t testing.TB, r Result) *excelize.File {
	t.Helper()
	var out bytes.Buffer
	if err := r.Workbook(&out); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// rowsOf reads a sheet as rows by title of column, raw.
func rowsOf(t testing.TB, f *excelize.File, sheet string) []map[string]string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil || len(rows) == 0 {
		t.Fatalf("%s: %d rows, %v", sheet, len(rows), err)
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, title := range rows[0] {
			if i < len(r) {
				m[title] = r[i]
			}
		}
		out = append(out, m)
	}
	return out
}

// same tells whether a cell holds a number, "" none.
func same(cell string, want *float64) bool {
	if want == nil {
		return cell == ""
	}
	x, err := strconv.ParseFloat(cell, 64)
	return err == nil && math.Abs(x-*want) < 1e-4
}

func ptr(x float64) *float64 { return &x }

// Every figure of the workbook is that of the documents, and a hidden unit has
// none.
func TestWorkbookHoldsWhatTheDocumentsShow(t *testing.T) {
	r, docs := made(t, 3, 4)
	for _, lang := range []string{"sv", "en"} {
		r.Lang = lang
		f := opened(t, r)
		rows, at, hidden := rowsOf(t, f, say(lang, "sheet.units")), 0, 0
		title := func(key string) string { return pickTitle(key, lang) }
		for _, d := range docs {
			for _, fig := range d.Figures {
				if fig.Level == analysis.LevelItem {
					continue
				}
				row := rows[at]
				at++
				if row[title("unit_id")] != d.Unit.ID || row[title("unit")] != d.Unit.Name {
					t.Fatalf("row %d is of %q, want %s", at, row[title("unit_id")], d.Unit.ID)
				}
				want := map[string]*float64{"n": ptr(float64(fig.N)), "mean": ptr(fig.Mean), "index": ptr(fig.Index), "ci_low": ptr(fig.CILow), "ci_high": ptr(fig.CIHigh), "target": ptr(fig.Target), "gap": ptr(fig.Gap), "change": nil}
				if c, ok := d.Previous.Change(fig.ID); ok {
					want["change"] = ptr(c.Delta)
				}
				if fig.Suppressed != analysis.Shown {
					hidden++
					for key := range want {
						want[key] = nil
					}
				}
				for key, x := range want {
					if !same(row[title(key)], x) {
						t.Errorf("%s %s %s: %s is %q", lang, d.Unit.ID, fig.ID, key, row[title(key)])
					}
				}
				if why := row[title("note")]; why != Why(lang, fig.Suppressed, 5) {
					t.Errorf("%s %s: says %q", d.Unit.ID, fig.ID, why)
				}
			}
		}
		if at != len(rows) || hidden == 0 {
			t.Errorf("%d rows, want %d; %d hidden", len(rows), at, hidden)
		}
	}
}

// The sheet of actions: what is not shown is empty, and so is none at all.
func TestWorkbookActions(t *testing.T) {
	r, _ := made(t, 2, 4)
	if f := opened(t, r); slices.Contains(f.GetSheetList(), "Åtgärder") {
		t.Error("one who may see no actions has their sheet")
	}
	r.Actions = []Action{}
	if rows := rowsOf(t, opened(t, r), "Åtgärder"); len(rows) != 0 {
		t.Errorf("%d rows of no action", len(rows))
	}
	r.Actions = []Action{{Title: "=1+1", Unit: "Hem", Owner: "chef", Status: "Pågår", Late: true, Start: "2026-01-01", Due: "2026-02-01", Question: "Hur?", FromRound: "2025", From: ptr(1.8), Expected: 2.6,
		MeasuredRound: "2026", Measured: ptr(2.4), N: 28, Outcome: "På väg", ID: "x"}, {Title: "B", Expected: 3}}
	for _, lang := range []string{"sv", "en"} {
		r.Lang = lang
		f := opened(t, r)
		rows := rowsOf(t, f, say(lang, "sheet.actions"))
		cell := func(row int, key string) string { return rows[row][say(lang, key)] }
		if len(rows) != 2 || cell(0, "action.title") != "=1+1" || !same(cell(0, "action.from"), ptr(1.8)) || !same(cell(0, "action.measured"), ptr(2.4)) || rows[0]["n"] != "28" || cell(0, "action.late") != say(lang, "confirmed.yes") {
			t.Errorf("%s: %v", lang, rows)
		}
		if cell(1, "action.from") != "" || cell(1, "action.measured") != "" || rows[1]["n"] != "" {
			t.Errorf("%s: what is not shown: %v", lang, rows[1])
		}
		if formula, err := f.GetCellFormula(say(lang, "sheet.actions"), "A2"); err != nil || formula != "" {
			t.Errorf("%s: a formula %q, %v", lang, formula, err)
		}
	}
}

// The other sheets: questions of the topmost unit, competence of all.
func TestWorkbookQuestionsAndCompetence(t *testing.T) {
	r, docs := made(t, 3, 4)
	for _, top := range []int{0, 1, 2, 4} { // the whole, a department, a unit of 12, and one that is hidden
		r.Documents = each2(docs[top:])
		f, d := opened(t, r), docs[top]
		rows, at := rowsOf(t, f, "Frågor"), 0
		for _, fig := range d.Of(analysis.LevelItem) {
			row := rows[at]
			at++
			for i := range 5 {
				want := (*float64)(nil)
				if fig.Histogram != nil && fig.Suppressed == analysis.Shown {
					want = ptr(float64(fig.Histogram[i]))
				}
				if cell := row[say("sv", "item.level", i+1)]; row["id"] != fig.ID || !same(cell, want) {
					t.Errorf("%s %s: level %d is %q", d.Unit.ID, fig.ID, i+1, cell)
				}
			}
			if (row["n"] == "") != (fig.Suppressed != analysis.Shown) {
				t.Errorf("%s %s: n is %q", d.Unit.ID, fig.ID, row["n"])
			}
		}
		if at != len(rows) {
			t.Errorf("%s: %d questions, want %d", d.Unit.ID, len(rows), at)
		}
		rows, at = rowsOf(t, f, "Kompetens"), 0
		for _, d := range docs[top:] {
			for _, c := range d.Competence {
				row := rows[at]
				at++
				want := []*float64{ptr(float64(c.Rated)), ptr(float64(c.Below)), ptr(c.Share), ptr(float64(c.Steps)), ptr(c.MeanGap)}
				for i, key := range []string{"comp.rated", "comp.below", "comp.share", "comp.steps", "comp.meangap"} {
					if c.Suppressed != analysis.Shown {
						want[i] = nil
					}
					if !same(row[say("sv", key)], want[i]) {
						t.Errorf("%s %s: %s is %q", d.Unit.ID, c.Item, key, row[say("sv", key)])
					}
				}
			}
		}
		if at != len(rows) || at == 0 {
			t.Errorf("%s: %d rows of competence, want %d", d.Unit.ID, len(rows), at)
		}
		charts := 2
		if d.Suppressed != analysis.Shown {
			charts = 0
		}
		var buffer bytes.Buffer
		r.Documents = each2(docs[top:])
		if err := r.Workbook(&buffer); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(buffer.String(), "xl/charts/chart") / 2; got != charts { // named in the file and in its index
			t.Errorf("%s: %d charts, want %d", d.Unit.ID, got, charts)
		}
		for i := range charts {
			content, _ := f.Pkg.Load(fmt.Sprintf("xl/charts/chart%d.xml", i+1))
			text, _ := content.([]byte)
			if got := strings.Count(string(text), "<a:prstDash"); got != strings.Count(string(text), "<ser>") || got < 2 || !strings.Contains(string(text), "n = ") || !strings.Contains(string(text), "mognad, Testkommun, mätomgång 2026") {
				t.Errorf("%s: a chart without looks, n or source: %s", d.Unit.ID, text)
			}
		}
		cells, err := f.GetRows("Diagram")
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprint(cells); d.Suppressed != analysis.Shown && !strings.Contains(text, Why("sv", d.Suppressed, 5)) {
			t.Errorf("%s: the charts' sheet says %s", d.Unit.ID, text)
		}
	}
}

// A name that begins as a formula is a text in every file.
func TestNoFormula(t *testing.T) {
	r, _ := made(t, 2, 3)
	f := opened(t, r)
	found := false
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for y, row := range rows {
			for x, text := range row {
				if formula, err := f.GetCellFormula(sheet, at(x+1, y+1)); err != nil || formula != "" {
					t.Errorf("%s %s is a formula: %q, %v", sheet, at(x+1, y+1), formula, err)
				}
				found = found || text == formula
			}
		}
	}
	if !found {
		t.Error("the unit is in no sheet")
	}
	var out bytes.Buffer
	if err := r.CSV(&out); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Contains(text, ";"+formula) || strings.Contains(text, `;"=`) || !strings.Contains(text, `;"'=HYPERLINK`) {
		t.Error("the CSV has a formula, or lacks the unit")
	}
}

func TestCSV(t *testing.T) {
	r, docs := made(t, 3, 4)
	var out bytes.Buffer
	if err := r.CSV(&out); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(out.String(), "\ufeff")
	if !ok {
		t.Error("no mark that says UTF-8")
	}
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma = ';'
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	place := map[string]int{}
	for i, title := range rows[0] {
		place[title] = i
	}
	at := 1
	for _, d := range docs {
		for _, f := range d.Figures {
			row := rows[at]
			at++
			for key, x := range map[string]float64{"n": float64(f.N), "mean": f.Mean, "gap": f.Gap} {
				want := &x
				if f.Suppressed != analysis.Shown {
					want = nil
				}
				if cell := row[place[pickTitle(key, "sv")]]; !same(strings.Replace(cell, ",", ".", 1), want) {
					t.Errorf("%s %s: %s is %q", d.Unit.ID, f.ID, key, cell)
				}
			}
		}
	}
	if at != len(rows) {
		t.Errorf("%d rows, want %d", len(rows), at)
	}
}

func TestJSONIsTheAPIs(t *testing.T) {
	r, docs := made(t, 3, 4)
	var out bytes.Buffer
	if err := r.JSON(&out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Source string            `json:"source"`
		Units  []json.RawMessage `json:"units"`
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Source != "mognad, Testkommun, mätomgång 2026" || len(got.Units) != len(docs) {
		t.Fatalf("source %q, %d units", got.Source, len(got.Units))
	}
	for i, d := range docs {
		var a Answer
		if err := json.Unmarshal(got.Units[i], &a); err != nil {
			t.Fatal(err)
		}
		whole, _ := json.Marshal(AnswerOf(d))
		var api Answer
		if err := json.Unmarshal(whole, &api); err != nil {
			t.Fatal(err)
		}
		wrote, _ := json.Marshal(a.Results)
		gave, _ := json.Marshal(api.Results[:len(a.Results)])
		if !bytes.Equal(wrote, gave) || a.Unit != d.Unit.ID {
			t.Errorf("%s: %s, the API gives %s", d.Unit.ID, wrote, gave)
		}
	}
}

// A document that can't be read is an error of the whole.
func TestDocumentOutOfReach(t *testing.T) {
	r, docs := made(t, 2, 3)
	r.Documents = func(yield func(*analysis.Document, error) bool) {
		_ = yield(docs[0], nil) && yield(nil, fmt.Errorf("out of reach"))
	}
	for name, write := range map[string]func(Result, *bytes.Buffer) error{"xlsx": func(r Result, b *bytes.Buffer) error { return r.Workbook(b) },
		"csv": func(r Result, b *bytes.Buffer) error { return r.CSV(b) }, "json": func(r Result, b *bytes.Buffer) error { return r.JSON(b) }} {
		if err := write(r, &bytes.Buffer{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Open data are the figures down to the depth, and none of questions; a hidden one
// has a reason and no number. The two files say the same, and explain each field.
func TestOpenData(t *testing.T) {
	r, docs := made(t, 2, 3)
	hidden := 0
	for depth, units := range map[int]string{0: "[kommun]", 1: "[kommun f0 f1]", 2: "[kommun f0 f0-0 f0-1 f0-2 f1 f1-0 f1-1 f1-2]"} {
		o := Open{Result: r, Depth: depth, Given: "2026-11-26"}
		var table, object bytes.Buffer
		if err := errors.Join(o.CSV(&table), o.JSON(&object)); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&table).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Publisher string           `json:"publisher"`
			License   string           `json:"license"`
			Fields    []map[string]any `json:"fields"`
			Data      []map[string]any `json:"data"`
		}
		if err := json.Unmarshal(object.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if got.Publisher != "Testkommun" || got.License != LicenceURL || len(got.Fields) != len(rows[0]) || len(got.Data) != len(rows)-1 {
			t.Errorf("depth %d: %s, %s, %d fields, %d rows and %d lines", depth, got.Publisher, got.License, len(got.Fields), len(got.Data), len(rows))
		}
		var seen []string
		at := 1
		for _, d := range docs {
			if len(d.Path) > depth+1 {
				continue
			}
			seen = append(seen, d.Unit.ID)
			for _, f := range d.Figures {
				if f.Level == analysis.LevelItem {
					continue
				}
				line := map[string]string{}
				for i, key := range rows[0] {
					line[key] = rows[at][i]
				}
				object := got.Data[at-1]
				at++
				if line["unit_id"] != d.Unit.ID || line["statistic_id"] != f.ID || line["reason"] != object["reason"] {
					t.Errorf("%v and %v, want %s %s", line, object, d.Unit.ID, f.ID)
				}
				if f.Suppressed == analysis.Shown && f.N > 0 {
					if !same(line["mean"], &f.Mean) || !same(line["n"], ptr(float64(f.N))) || object["mean"] != f.Mean || line["reason"] != "" {
						t.Errorf("%v and %v, want %+v", line, object, f)
					}
					continue
				}
				hidden++
				for _, key := range []string{"invited", "n", "mean", "index", "ci_low", "ci_high", "target", "gap", "change", "confirmed"} {
					if line[key] != "" || object[key] != nil || line["reason"] == "" {
						t.Errorf("%s %s is hidden, and %s is %q and %v, of reason %q", d.Unit.ID, f.ID, key, line[key], object[key], line["reason"])
					}
				}
			}
		}
		if at != len(rows) || fmt.Sprint(seen) != units {
			t.Errorf("depth %d: %d rows of %v, want %d", depth, len(rows), seen, at)
		}
	}
	if hidden == 0 {
		t.Error("nothing was hidden")
	}
}

// Every word is there in both languages, and every key of the columns is its own.
func TestWords(t *testing.T) {
	for key, text := range words {
		if text.SV == "" || text.EN == "" || strings.Count(text.SV, "%d") != strings.Count(text.EN, "%d") {
			t.Errorf("%s: %+v", key, text)
		}
	}
	for _, lang := range []string{"sv", "en"} {
		seen := map[string]bool{}
		for _, c := range columns {
			if seen[c.Key] || seen[c.Title.In(lang)] || c.Meaning.In(lang) == "" {
				t.Errorf("%s is there twice, or has no meaning", c.Key)
			}
			seen[c.Key], seen[c.Title.In(lang)] = true, true
		}
	}
}

// BenchmarkWorkbook writes the result of 3,000 units.
func BenchmarkWorkbook(b *testing.B) {
	r, docs := made(b, 30, 99)
	b.ReportMetric(float64(len(docs)), "units")
	for b.Loop() {
		r.Documents = each2(docs)
		var out bytes.Buffer
		if err := r.Workbook(&out); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(out.Len()), "B/file")
	}
}
