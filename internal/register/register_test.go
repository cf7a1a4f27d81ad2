package register_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/intake"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
	"github.com/mognad/mognad/surveys"
)

const (
	today = "2026-11-24"
	years = 4
)

func set(t testing.TB) *survey.Set {
	t.Helper()
	s, err := survey.LoadDir(surveys.FS)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func known(s *survey.Set) func(string) bool {
	return func(id string) bool { _, ok := s.Item(id); return ok }
}

func service(t *testing.T) *register.Service {
	t.Helper()
	st := opened(t)
	return register.New(st, trail.New(st, keys.New(), time.Now))
}

func opened(t *testing.T) *sqlite.Store {
	t.Helper()
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

// meanwhile is a store where another is just ahead of the first change.
type meanwhile struct {
	card.Store
	other func()
}

func (m *meanwhile) PutCard(ctx context.Context, c card.Card) error {
	if other := m.other; other != nil {
		m.other = nil
		other()
	}
	return m.Store.PutCard(ctx, c)
}

// TestNobodyRemovesWhatIsChangedInThatMoment: between looking and removing, another
// has changed it.
func TestNobodyRemovesWhatIsChangedInThatMoment(t *testing.T) {
	st, ctx := opened(t), t.Context()
	log := trail.New(st, keys.New(), time.Now)
	theirs, is := register.New(st, log), register.Entry{ID: "x", Unit: "kommun", Kind: register.Goal, Name: "A"}
	if err := theirs.Save(ctx, "chef", register.Change{Is: is}); err != nil {
		t.Fatal(err)
	}
	changed := is
	changed.Name = "B"
	mine := register.New(&meanwhile{st, func() {
		if err := theirs.Save(ctx, "other", register.Change{Is: changed, Seen: is.Seal()}); err != nil {
			t.Error(err)
		}
	}}, log)
	if err := mine.Remove(ctx, "chef", register.Change{Is: is, Seen: is.Seal()}); !fail.Is(err, fail.Conflict) {
		t.Errorf("removed: %v", err)
	}
	if e, err := theirs.Entry(ctx, "kommun", "x"); err != nil || e.Name != "B" {
		t.Errorf("stored %+v, %v", e, err)
	}
}

func TestFields(t *testing.T) {
	for _, k := range register.Kinds {
		seen, names := map[string]bool{}, map[string]bool{}
		for _, f := range register.Fields(k) {
			for _, label := range []string{f.Label.SV, f.Label.EN} {
				if label == "" || names[label] && f.Label.SV != f.Label.EN {
					t.Errorf("%s %s: label %q is missing or another's", k, f.Key, label)
				}
				names[label] = true
			}
			if seen[f.Key] {
				t.Errorf("%s has %s twice", k, f.Key)
			}
			seen[f.Key] = true
			for _, o := range f.Choices {
				if strings.Contains(o.Label.SV+o.Label.EN, ",") {
					t.Errorf("%s %s: %q has a comma, which divides the choices of a workbook", k, f.Key, o.Label)
				}
			}
			e := register.Entry{Kind: k}
			if f.Type != register.Items {
				if e.Set(f.Key, "x"); e.Get(f.Key) != "x" {
					t.Errorf("%s %s is not kept", k, f.Key)
				}
			}
		}
		if !seen["name"] || !seen["status"] || !seen["supports"] {
			t.Errorf("%s lacks a field that every kind has", k)
		}
	}
}

func TestCheck(t *testing.T) {
	s := set(t)
	ok := register.Entry{Kind: register.Document, Name: "Plan", Status: register.Decided, Decided: "2025-01-31", ReviewBy: "2026-01-31", Link: "https://example.org/plan", Supports: []string{"led.strategi.antagen"}}
	for name, tt := range map[string]struct {
		key, value, field, says string
	}{
		"right":            {"note", "text", "", ""},
		"no name":          {"name", " ", "name", "saknas"},
		"long name":        {"name", strings.Repeat("å", register.MaxLine+1), "name", "högst 200"},
		"no day":           {"decided", "31 januari", "decided", "inget datum"},
		"no day there is":  {"review_by", "2026-02-30", "review_by", "inget datum"},
		"day too far":      {"decided", "0202-01-31", "decided", "inget datum"},
		"status":           {"status", "klart", "status", "beslutat, arbetsmaterial, upphävt"},
		"script":           {"link", "javascript:alert(1)", "link", "https://"},
		"item":             {"supports", "led.finns.inte", "supports", "led.finns.inte"},
		"review before":    {"review_by", "2024-12-31", "review_by", "före beslutet"},
		"reviewed before":  {"reviewed", "2024-12-31", "reviewed", "före beslutet"},
		"english status":   {"status", "Repealed", "", ""},
		"paragraph's sign": {"paragraph", "§ 12", "", ""},
	} {
		e := ok.Copy()
		e.Set(tt.key, tt.value)
		e.Tidy()
		faults := e.Check(known(s))
		if tt.field == "" {
			if len(faults) > 0 {
				t.Errorf("%s: %v", name, faults[0])
			}
			continue
		}
		if len(faults) != 1 || faults[0].Field != tt.field || !strings.Contains(faults[0].SV, tt.says) || faults[0].EN == faults[0].SV {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

func TestFlagsAndAge(t *testing.T) {
	for name, tt := range map[string]struct {
		e      register.Entry
		flag   register.Flag
		months int
	}{
		"current":     {register.Entry{Status: register.Decided, Decided: "2022-11-24"}, register.Counts, 48},
		"old":         {register.Entry{Status: register.Decided, Decided: "2022-11-23"}, register.TooOld, 48},
		"reviewed":    {register.Entry{Status: register.Decided, Decided: "1997-02-24", Reviewed: "2026-10-25"}, register.Counts, 0},
		"passed":      {register.Entry{Status: register.Decided, Decided: "2025-01-01", ReviewBy: "2026-11-23"}, register.ReviewPassed, 22},
		"undated":     {register.Entry{Status: register.Decided}, register.Undated, -1},
		"later":       {register.Entry{Status: register.Decided, Decided: "2026-12-01"}, register.Later, -1},
		"draft":       {register.Entry{Status: register.Draft, Details: map[string]string{"dated": "2026-11-01"}}, register.IsDraft, 0},
		"repealed":    {register.Entry{Status: register.Repealed, Decided: "2004-03-29"}, register.IsRepealed, 271},
		"not decided": {register.Entry{}, register.Undecided, -1},
	} {
		months, ok := tt.e.Age(today)
		if !ok {
			months = -1
		}
		if got := tt.e.Flag(today, years); got != tt.flag || months != tt.months {
			t.Errorf("%s: %s, %d months, want %s, %d", name, got, months, tt.flag, tt.months)
		}
	}
}

func TestSelect(t *testing.T) {
	entries := []register.Entry{
		{ID: "a", Kind: register.Document, Name: "Gammal", Status: register.Decided, Decided: "2010-01-01"},
		{ID: "b", Kind: register.Document, Name: "Ny", Status: register.Decided, Decided: "2026-01-01"},
		{ID: "c", Kind: register.Document, Name: "Utan dag", Note: "Gammalt utkast", Status: register.Draft},
		{ID: "d", Kind: register.Goal, Name: "Mål"},
	}
	for _, tt := range []struct {
		w    register.Wanted
		want string
	}{
		{register.Wanted{}, "abcd"}, {register.Wanted{Kind: register.Document}, "abc"}, {register.Wanted{Flag: register.TooOld}, "a"},
		{register.Wanted{Query: "GAMMAL"}, "ac"}, {register.Wanted{Kind: register.Document, Order: "newest"}, "bac"},
		{register.Wanted{Kind: register.Document, Order: "oldest"}, "abc"}, {register.Wanted{Kind: register.Document, Order: "flag"}, "cab"},
	} {
		got := ""
		for _, e := range register.Select(entries, tt.w, today, years) {
			got += e.ID
		}
		if got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.w, got, tt.want)
		}
	}
}

// TestNobodyOverwrites: of two who have seen the same entry, the second is told.
func TestNobodyOverwrites(t *testing.T) {
	s, ctx := service(t), t.Context()
	save := func(name, seen string) error {
		return s.Save(ctx, "chef", register.Change{Is: register.Entry{ID: "x", Unit: "kommun", Kind: register.Goal, Name: name}, Seen: seen})
	}
	stored := func() register.Entry {
		e, err := s.Entry(ctx, "kommun", "x")
		if err != nil && !fail.Is(err, fail.NotFound) {
			t.Fatal(err)
		}
		return e
	}
	if err := save("A", ""); err != nil {
		t.Fatal(err)
	}
	first := stored()
	if err := save("B", first.Seal()); err != nil {
		t.Fatal(err)
	}
	for _, seen := range []string{"", first.Seal()} {
		if err := save("C", seen); !fail.Is(err, fail.Conflict) || stored().Name != "B" {
			t.Errorf("over another's change: %v, stored %q", err, stored().Name)
		}
	}
	if err := s.Remove(ctx, "chef", register.Change{Is: first, Seen: first.Seal()}); !fail.Is(err, fail.Conflict) || stored().Name != "B" {
		t.Errorf("removed what another has changed: %v", err)
	}
	now := stored()
	if err := s.Import(ctx, "chef", "kommun", []register.Change{{Is: register.Entry{ID: "y", Unit: "kommun", Kind: register.Goal, Name: "Y"}}, {Is: now, Seen: first.Seal()}}); !fail.Is(err, fail.Conflict) {
		t.Errorf("imported over another's change: %v", err)
	}
	if all, err := s.Entries(ctx, "kommun"); err != nil || len(all) != 1 {
		t.Errorf("an import that was refused stored %+v, %v", all, err)
	}
	if err := s.Import(ctx, "chef", "kommun", []register.Change{{Is: register.Entry{ID: "y", Unit: "annan", Kind: register.Goal, Name: "Y"}}}); err == nil {
		t.Error("imported into another organisation")
	}
	if err := s.Remove(ctx, "chef", register.Change{Is: now, Seen: now.Seal()}); err != nil || stored().ID != "" {
		t.Errorf("not removed: %v", err)
	}
	if err := save("C", now.Seal()); !fail.Is(err, fail.Conflict) {
		t.Errorf("saved over a removal: %v", err)
	}
}

// TestRoundTrip: whatever a register holds, its workbook in either language read
// back changes nothing, and brings all of it into an empty register.
func TestRoundTrip(t *testing.T) {
	s := set(t)
	random := rand.New(rand.NewPCG(5, 5))
	words := []string{"Plan", "=1+1", "'=1", "''", "-x", "@SUM(A1)", "a;b,c", "”citat”", "+46", "2026", "å ä ö", "1/2", "_x0041_", "<b>&amp;", "\u00a0", "TRUE", "0,5", "null"}
	for n := range 10 {
		entries := entriesOf(random, s, words)
		for _, lang := range []string{"sv", "en"} {
			content, err := register.Workbook(entries, s.Items, lang)
			if err != nil {
				t.Fatal(err)
			}
			sheets, err := intake.Read([]intake.Upload{{Name: "register.xlsx", Content: content}})
			if err != nil {
				t.Fatal(err)
			}
			rows, unread, err := register.Read(sheets)
			if err != nil || len(unread) > 0 {
				t.Fatalf("%d: %v, unread %v", n, err, unread)
			}
			same := register.Propose(rows, "kommun", entries, known(s))
			for _, p := range same {
				if p.Faulty() || p.Added() || p.Changed() {
					t.Fatalf("%d %s: %s: %v\nwas %+v\nis  %+v", n, lang, p.Row.Where("", "sv"), p.Faults, p.Was, p.Is)
				}
			}
			fresh := register.Propose(rows, "kommun", nil, known(s))
			if len(fresh.Changes()) != len(entries) {
				t.Fatalf("%d %s: %d of %d come into an empty register", n, lang, len(fresh.Changes()), len(entries))
			}
			for _, c := range fresh.Changes() {
				if !slices.ContainsFunc(entries, func(e register.Entry) bool { return reflect.DeepEqual(e, c.Is) }) {
					t.Fatalf("%d %s: %+v is none of those written", n, lang, c.Is)
				}
			}
		}
	}
}

// entriesOf draws a register of some entries that are as they may be.
func entriesOf(random *rand.Rand, s *survey.Set, words []string) (out []register.Entry) {
	for _, k := range register.Kinds {
		for n := range random.IntN(4) + 1 {
			e := register.Entry{ID: fmt.Sprintf("%s-%d", k, n), Unit: "kommun", Kind: k}
			for _, f := range register.Fields(k) {
				value := fmt.Sprint(words[random.IntN(len(words))], " ", words[random.IntN(len(words))])
				switch f.Type {
				case register.Day:
					value = fmt.Sprintf("%d-%02d-%02d", 1890+random.IntN(200), 1+random.IntN(12), 1+random.IntN(28))
				case register.Year:
					value = fmt.Sprint(1900 + random.IntN(200))
				case register.Number:
					value = fmt.Sprint(random.IntN(1000))
				case register.Choice:
					value = f.Choices[random.IntN(len(f.Choices))].Value
				case register.Link:
					value = "https://example.org/?q=" + fmt.Sprint(n)
				case register.Items:
					value = s.Items[random.IntN(len(s.Items))].ID + "," + s.Items[random.IntN(len(s.Items))].ID
				}
				if f.Required {
					value = fmt.Sprint(value, " ", n)
				} else if random.IntN(4) == 0 {
					value = ""
				}
				e.Set(f.Key, value)
			}
			if e.Decided > "1000" {
				e.Reviewed, e.ReviewBy = "", ""
			}
			e.Tidy()
			out = append(out, e)
		}
	}
	return out
}

// TestWorkbook: no cell is a formula or would be run as one from CSV, headings stay
// in sight and can be filtered by.
func TestWorkbook(t *testing.T) {
	s := set(t)
	content, err := register.Workbook([]register.Entry{{ID: "x", Kind: register.Document, Name: "=cmd|' /C calc'!A0", Note: "@x", Decided: "2025-03-24"}}, s.Items, "sv")
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if got := book.GetSheetList(); len(got) != len(register.Kinds)+1 || got[0] != "Styrdokument" {
		t.Errorf("sheets %v", got)
	}
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j, text := range row {
				at, _ := excelize.CoordinatesToCellName(j+1, i+1)
				if f, _ := book.GetCellFormula(sheet, at); f != "" || strings.IndexAny(text, "=+-@") == 0 {
					t.Errorf("%s %s: %q, formula %q", sheet, at, text, f)
				}
			}
		}
		if panes, err := book.GetPanes(sheet); err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: headings do not stay: %+v, %v", sheet, panes, err)
		}
	}
	if day, _ := book.GetCellValue("Styrdokument", "G2"); day != "2025-03-24" {
		t.Errorf("the day is shown as %q", day)
	}
}

// sheetOf makes a sheet of lines with semicolons.
func sheetOf(t *testing.T, name, lines string) org.Sheet {
	t.Helper()
	r := csv.NewReader(strings.NewReader(lines))
	r.Comma, r.FieldsPerRecord = ';', -1
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	s := org.Sheet{Name: name, Book: true}
	for i, cells := range all {
		s.Rows = append(s.Rows, org.Row{Number: i + 1, Cells: cells})
	}
	return s
}

// TestOwnSheets: sheets as kommuner have them.
func TestOwnSheets(t *testing.T) {
	s := set(t)
	for name, tt := range map[string]struct {
		sheet org.Sheet
		want  register.Entry
	}{
		"the plan of the audit": {sheetOf(t, "Blad1", "Namn på tjänst;Förvaltning, avdelning;Status\nTomtkarta;Samhällsbyggnadsförvaltningen, teknik;färdigutvecklad 2020"),
			register.Entry{ID: "tomtkarta", Kind: register.EService, Name: "Tomtkarta", Details: map[string]string{"forvaltning": "Samhällsbyggnadsförvaltningen", "avdelning": "teknik", "state": "färdigutvecklad", "year": "2020"}}},
		"documents below a title": {sheetOf(t, "Blad1", "Styrande dokument i kommunen\nDokument;Typ;Antaget av;Antaget;§;Reviderat;Ägare\nIT-policy;Policy;KF;38075;§ 7;2020-05-04 00:00:00;IT"),
			register.Entry{ID: "it-policy", Kind: register.Document, Name: "IT-policy", DecidedBy: "KF", Decided: "2004-03-29", Paragraph: "7", Reviewed: "2020-05-04", Details: map[string]string{"sort": "policy"}}},
		"in English": {sheetOf(t, "Sheet1", "Goal;Measure;Target;Since\nHalf online;share;50 %;2025"),
			register.Entry{ID: "half-online", Kind: register.Goal, Name: "Half online", Details: map[string]string{"measure": "share", "target": "50 %", "year": "2025"}}},
		"called by its sheet": {sheetOf(t, "Roller och ansvar", "Namn\nSystemägare"), register.Entry{ID: "systemagare", Kind: register.Role, Name: "Systemägare"}},
	} {
		rows, _, err := register.Read([]org.Sheet{tt.sheet})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		plan := register.Propose(rows, "kommun", nil, known(s))
		tt.want.Unit = "kommun"
		if len(plan) != 1 || plan[0].Faulty() || !reflect.DeepEqual(plan[0].Is, tt.want) {
			t.Errorf("%s: %+v\nwant %+v", name, plan, tt.want)
		}
	}
	for _, lines := range []string{"Namn\nKalle", "E-post;Telefon\na@b;1", "Styrdokument;Status\n"} {
		if _, _, err := register.Read([]org.Sheet{sheetOf(t, "Blad1", lines)}); !fail.Is(err, fail.Invalid) {
			t.Errorf("%q: %v", lines, err)
		}
	}
}

// TestPropose: a row finds its entry by id or by name, what is faulty is told with
// its place, and what the file has no column for stays.
func TestPropose(t *testing.T) {
	s := set(t)
	entries := []register.Entry{
		{ID: "strategi", Unit: "kommun", Kind: register.Document, Name: "Strategi", Note: "Kvar", Decided: "2025-03-24", Status: register.Decided},
		{ID: "mal", Unit: "kommun", Kind: register.Goal, Name: "Mål"},
		{ID: "a-1", Unit: "kommun", Kind: register.Document, Name: "Dubbel"}, {ID: "a-2", Unit: "kommun", Kind: register.Document, Name: "Dubbel"},
	}
	rows, _, err := register.Read([]org.Sheet{sheetOf(t, "Styrdokument", strings.Join([]string{"Id;Styrdokument;Status;Beslutat den",
		";strategi;upphävt;2025-03-24",  // found by its name
		"strategi;Strategi 2;beslutat;", // the same, by its id
		";Ny plan;arbetsmaterial;",      // new
		";Ny Plan;beslutat;",            // the same again
		"mal;Mål;;",                     // of another register
		";Dubbel;;",                     // which of two?
		";Fel;klart;i fjol",             // two faults
		"a-1;Dubbel;;",                  // as it is
		"../x;Konstigt id;;"}, "\n"))})
	if err != nil {
		t.Fatal(err)
	}
	plan := register.Propose(rows, "kommun", entries, known(s))
	var got []string
	for _, p := range plan {
		word := "same"
		switch {
		case p.Faulty():
			word = "faulty " + p.Faults[0].Field
		case p.Added():
			word = "added"
		case p.Changed():
			word = "changed"
		}
		got = append(got, word)
	}
	want := []string{"changed", "faulty name", "added", "faulty name", "faulty Id", "faulty name", "faulty status", "same", "faulty Id"}
	if !slices.Equal(got, want) {
		t.Fatalf("got %q\nwant %q", got, want)
	}
	if e := plan[0].Is; e.ID != "strategi" || e.Note != "Kvar" || e.Status != register.Repealed {
		t.Errorf("changed to %+v", e)
	}
	if len(plan[6].Faults) != 2 || plan[6].Row.Where("decided", "sv") != "Blad Styrdokument, rad 8, kolumn Beslutat den" {
		t.Errorf("%v at %s", plan[6].Faults, plan[6].Row.Where("decided", "sv"))
	}
	if len(plan.Changes()) != 2 {
		t.Errorf("%d changes", len(plan.Changes()))
	}
}

func TestEntriesAreInOrder(t *testing.T) {
	s, ctx := service(t), t.Context()
	for i, e := range []register.Entry{
		{Kind: register.Role, Name: "A"}, {Kind: register.Document, Name: "Öppna data"}, {Kind: register.Document, Name: "ärendeplan"}, {Kind: register.Document, Name: "Åtgärder"}, {Kind: register.Document, Name: "Budget 10"}, {Kind: register.Document, Name: "Budget 9"},
		{Kind: register.EService, Name: "A"}, {Kind: register.EService, Name: "B", Details: map[string]string{"nr": "10"}}, {Kind: register.EService, Name: "C", Details: map[string]string{"nr": "9"}},
	} {
		e.ID, e.Unit = fmt.Sprint(i), "kommun"
		if err := s.Save(ctx, "x", register.Change{Is: e}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Entries(ctx, "kommun")
	var got []string
	for _, e := range all {
		got = append(got, e.Name)
	}
	if want := []string{"Budget 9", "Budget 10", "Åtgärder", "ärendeplan", "Öppna data", "C", "B", "A", "A"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

// TestUnitsWithSlash: a unit whose id begins as another's has a register of its own.
func TestUnitsWithSlash(t *testing.T) {
	s, ctx := service(t), t.Context()
	for _, unit := range []string{"a", "a/b"} {
		if err := s.Save(ctx, "x", register.Change{Is: register.Entry{ID: "x", Unit: unit, Kind: register.Goal, Name: unit}}); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := s.Entries(ctx, "a"); err != nil || len(all) != 1 || all[0].Unit != "a" {
		t.Errorf("of a: %+v, %v", all, err)
	}
	if e, err := s.Entry(ctx, "a", "b/x"); !fail.Is(err, fail.NotFound) || e.ID != "" {
		t.Errorf("another's entry: %+v, %v", e, err)
	}
	for _, id := range []string{"b/x", "../x", "", "Ä"} {
		if err := s.Save(ctx, "x", register.Change{Is: register.Entry{ID: id, Unit: "a", Kind: register.Goal, Name: "X"}}); !fail.Is(err, fail.Invalid) {
			t.Errorf("stored with the id %q: %v", id, err)
		}
	}
}

// FuzzRead: whatever a sheet holds, what is proposed of it can be stored as it is,
// each entry once.
func FuzzRead(f *testing.F) {
	f.Add("Id;Styrdokument;Status\nx;A;beslutat\n;x;")
	f.Add("Namn på tjänst;Förvaltning, avdelning;Status\nA;B, C;klar 2020")
	f.Add("Styrdokument;Beslutat den;Beslutat den\n';45000;1800\n'=;x")
	s := set(f)
	f.Fuzz(func(t *testing.T, lines string) {
		sheet := org.Sheet{Name: "Blad", Book: true}
		for i, line := range strings.Split(lines, "\n") {
			cells := strings.Split(line, ";")
			for j := range cells {
				cells[j] = org.Clean(cells[j])
			}
			sheet.Rows = append(sheet.Rows, org.Row{Number: i + 1, Cells: cells})
		}
		rows, _, err := register.Read([]org.Sheet{sheet})
		if err != nil {
			return
		}
		entries := []register.Entry{{ID: "a", Unit: "kommun", Kind: register.Document, Name: "A"}}
		ids := map[string]bool{}
		for _, c := range register.Propose(rows, "kommun", entries, known(s)).Changes() {
			if faults := c.Is.Check(known(s)); len(faults) > 0 || ids[c.Is.ID] || c.Is.Unit != "kommun" || c.Is.ID == "" {
				t.Errorf("%+v: %v", c.Is, faults)
			}
			ids[c.Is.ID] = true
		}
	})
}

func TestNewID(t *testing.T) {
	taken := register.IDs([]register.Entry{{ID: "it-policy"}, {ID: "it-policy-2"}})
	for name, want := range map[string]string{"IT-policy": "it-policy-3", "Åtgärder & mål": "atgarder-mal", "§": "post", strings.Repeat("lång ", 20): "lang-lang-lang-lang-lang-lang-lang-lang"} {
		if got := register.NewID(name, taken); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
