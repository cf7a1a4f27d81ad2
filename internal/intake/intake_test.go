package intake

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/trail"
)

// sheet is a name and rows of cells.
type sheet struct {
	name string
	rows [][]string
}

// workbook is a file with sheets.
func workbook(t testing.TB, sheets ...sheet) Upload {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, s := range sheets {
		if i == 0 {
			must(t, f.SetSheetName("Sheet1", s.name))
		} else if _, err := f.NewSheet(s.name); err != nil {
			t.Fatal(err)
		}
		for j, r := range s.rows {
			cell, _ := excelize.CoordinatesToCellName(1, j+1)
			must(t, f.SetSheetRow(s.name, cell, &r))
		}
	}
	var out bytes.Buffer
	must(t, f.Write(&out))
	return Upload{"bok.xlsx", out.Bytes()}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// two is an installation of two kommuner, a and b, that never see each other.
var two = org.Organisation{
	Units: []org.Unit{{ID: "alla", Name: "Alla"}, {ID: "a", Name: "Akommun", Parent: "alla", Kind: "kommun"},
		{ID: "vo", Name: "Vård och omsorg", Parent: "a", Kind: "forvaltning"}, {ID: "hn", Name: "Hemtjänst norr", Parent: "vo", Kind: "enhet"},
		{ID: "bu", Name: "Barn och utbildning", Parent: "a", Kind: "forvaltning"},
		{ID: "b", Name: "Bkommun", Parent: "alla", Kind: "kommun"}, {ID: "bygg", Name: "Bygg", Parent: "b"}},
	People: []org.Person{{ID: "anna", Name: "Anna Berg", Email: "anna@a.example", Unit: "hn", Roles: []org.Role{org.Enhetschef}},
		{ID: "carl", Name: "Carl Dahl", Email: "carl@a.example", Unit: "vo", Roles: []org.Role{org.Forvaltningschef}},
		{ID: "bo@b.example", Name: "Bo", Email: "bo@b.example", Unit: "bygg", Roles: []org.Role{org.Enhetschef}}},
}

// fixture is a service over a store that holds two.
type fixture struct {
	*Service
	st  *sqlite.Store
	now time.Time
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	must(t, err)
	t.Cleanup(func() { st.Close() })
	f := &fixture{st: st, now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return f.now }
	f.Service = New(st, trail.New(st, keys.New(), clock), clock)
	must(t, st.PutOrganisation(t.Context(), two.Units, two.People))
	return f
}

// scope is the part of kommun a.
func scope(t testing.TB) *Scope {
	t.Helper()
	tree, err := org.NewTree(two.Units)
	must(t, err)
	sc, err := scopeOf(two, tree, "a")
	must(t, err)
	return sc
}

// propose reads files as they are guessed, with titles as guessed.
func propose(t testing.TB, titles map[string]string, files ...Upload) (Proposal, Match) {
	t.Helper()
	sheets, err := Read(files)
	must(t, err)
	m := (&memory{}).guess(sheets)
	for _, title := range m.titles(sheets, titles) {
		m.Titles[title.Key] = title.Role
	}
	must(t, m.Check(sheets))
	return Build(scope(t), sheets, m), m
}

func (p Proposal) unit(id string) org.Unit {
	if i := unitAt(p.Is, id); i >= 0 {
		return p.Is.Units[i]
	}
	return org.Unit{}
}

func (p Proposal) person(id string) org.Person {
	if i := personAt(p.Is, id); i >= 0 {
		return p.Is.People[i]
	}
	return org.Person{}
}

// HR's list as it is: a title row above, a column a level, titles, and no ids.
func TestLevelsAndTitles(t *testing.T) {
	list := sheet{"Chefer", [][]string{
		{"Utdrag ur personalsystemet 2026-11-01"}, {},
		{"Förnamn", "Efternamn", "Mail", "Befattning", "Förvaltning", "Avdelning", "Enhet", "Telefon"},
		{"Anna", "Berg", "anna@a.example", "Enhetschef", "Vård och omsorg", "Hemtjänst", "Hemtjänst norr", "1"},
		{"Eva", "Ek", "Eva@a.example", "Rektor; digitaliseringssamordnare", "Barn och utbildning", "", "", "2"},
		{"Siv", "Sten", "siv@a.example", "Undersköterska", "Vård och omsorg", "Hemtjänst", "Hemtjänst norr", "3"},
	}}
	p, m := propose(t, map[string]string{"undersköterska": Nobody}, workbook(t, list))
	if len(p.Faults) > 0 {
		t.Fatal(p.Faults)
	}
	if m.Sheets[0].Heading != 3 || p.Skipped != 1 || len(p.Is.People) != 2 {
		t.Errorf("heading %d, %d skipped, people %v", m.Sheets[0].Heading, p.Skipped, p.Is.People)
	}
	if got := p.unit("hn"); got.Parent != "hemtjanst" || got.Name != "Hemtjänst norr" {
		t.Errorf("the unit has not kept its id where it moved: %+v", p.Is.Units)
	}
	if got := p.unit("hemtjanst"); got.Parent != "vo" || got.Kind != "avdelning" {
		t.Errorf("new unit: %+v", got)
	}
	if got := p.unit("a"); got.Parent != "alla" || got.Kind != "kommun" {
		t.Errorf("top: %+v", got)
	}
	if got := p.person("anna"); got.Name != "Anna Berg" || got.Unit != "hn" {
		t.Errorf("who has an id has not kept it: %+v", p.Is.People)
	}
	if got := p.person(madeID("a", "Eva@a.example")); got.Unit != "bu" || !slices.Equal(got.Roles, []org.Role{org.Enhetschef, org.Samordnare}) {
		t.Errorf("several titles: %+v", got)
	}
}

// The plain form, in one book, with names for parents, and the root below which
// everything lies under another id.
func TestPlainForm(t *testing.T) {
	p, _ := propose(t, nil, workbook(t,
		sheet{"Enheter", [][]string{{"Id", "Namn", "Överordnad", "Typ"}, {"0", "A kommun", "", "Kommun"}, {"vo", "Vård och omsorg", "0", "Förvaltning"}, {"hs", "Hemtjänst söder", "Vård och omsorg", "Team"}}},
		sheet{"Personer", [][]string{{"id", "namn", "e-post", "enhet", "roll"}, {"anna", "Anna Berg", "anna@a.example", "Hemtjänst söder", "enhetschef"}}}))
	if len(p.Faults) > 0 {
		t.Fatal(p.Faults)
	}
	if top := p.unit("a"); top.Name != "A kommun" || top.Parent != "alla" || p.unit("vo").Parent != "a" || p.unit("hs").Parent != "vo" || p.unit("vo").Kind != "forvaltning" {
		t.Errorf("units %+v", p.Is.Units)
	}
	if !slices.Equal(p.Kinds, []string{"Team"}) || p.person("anna").Unit != "hs" {
		t.Errorf("kinds %v, people %v", p.Kinds, p.Is.People)
	}
	gone := 0
	for _, c := range p.Changes.Units {
		if c.Removed() {
			gone++
		}
	}
	if gone != 2 { // hn and bu
		t.Errorf("%d units gone: %+v", gone, p.Changes.Units)
	}
}

// People alone leave the units as they are, and units alone the people.
func TestOneKindOfSheet(t *testing.T) {
	csv := func(s string) Upload { return Upload{"lista.csv", []byte(s)} }
	p, _ := propose(t, nil, csv("namn;e-post;enhet;roll\r\nAnna Bergh;anna@a.example;Hemtjänst norr;enhetschef\r\n"))
	if len(p.Faults) > 0 || len(p.Is.Units) != 4 || p.person("anna").Name != "Anna Bergh" || len(p.Changes.Units) != 0 || len(p.Changes.People) != 2 {
		t.Errorf("people alone: %+v", p)
	}
	p, _ = propose(t, nil, csv("id,namn,överordnad\nvo,Vård,\nhn,Hemtjänst norr,vo\n"))
	if len(p.Faults) > 0 || len(p.Is.People) != 2 || p.unit("vo").Kind != "forvaltning" {
		t.Errorf("units alone: %+v", p)
	}
	p, _ = propose(t, nil, csv("id,namn,överordnad\nvo,Vård,\n"))
	if len(p.Faults) != 1 || !strings.Contains(p.Faults[0].SV, `1 personer finns i enheten "Hemtjänst norr"`) {
		t.Errorf("homeless: %+v", p.Faults)
	}
	latin := append([]byte("namn;e-post;enhet;roll\nAsa;asa@a.example;V"), 0xe5, 'r', 'd', ' ', 'o', 'c', 'h', ' ', 'o', 'm', 's', 'o', 'r', 'g')
	p, _ = propose(t, nil, Upload{"latin.csv", append(latin, ";enhetschef\n"...)})
	if len(p.Faults) > 0 || p.person(madeID("a", "asa@a.example")).Unit != "vo" {
		t.Errorf("as Excel saves CSV: %+v", p)
	}
}

// Every fault is told of its sheet, row and column.
func TestFaultsNameTheirPlace(t *testing.T) {
	people := func(rows ...[]string) Upload {
		return workbook(t, sheet{"Chefer", append([][]string{{"Id", "Namn", "E-post", "Enhet", "Roll"}}, rows...)})
	}
	units := func(rows ...[]string) Upload {
		return workbook(t, sheet{"Enheter", append([][]string{{"Id", "Namn", "Överordnad"}}, rows...)})
	}
	for name, c := range map[string]struct {
		file Upload
		want string
	}{
		"address":           {people([]string{"x", "X", "x@", "vo", "enhetschef"}), "Blad Chefer, rad 2, kolumn E-post: \"x@\" är ingen e-postadress"},
		"address twice":     {people([]string{"x", "X", "x@a.example", "vo", "enhetschef"}, []string{"y", "Y", "X@a.example", "vo", "enhetschef"}), "Blad Chefer, rad 3, kolumn E-post: adressen \"X@a.example\" finns redan på rad 2"},
		"id twice":          {people([]string{"x", "X", "", "vo", "enhetschef"}, []string{"x", "Y", "", "vo", "enhetschef"}), "rad 3, kolumn Id: id \"x\" finns redan på rad 2"},
		"no id":             {people([]string{"", "X", "", "vo", "enhetschef"}), "rad 2, kolumn Id: id saknas"},
		"unknown unit":      {people([]string{"x", "X", "", "Ekonomi", "enhetschef"}), "rad 2, kolumn Enhet: okänd enhet \"Ekonomi\""},
		"a unit elsewhere":  {people([]string{"x", "X", "", "bygg", "enhetschef"}), "rad 2, kolumn Enhet: okänd enhet \"bygg\""},
		"an id elsewhere":   {people([]string{"bo@b.example", "X", "", "vo", "enhetschef"}), "rad 2, kolumn Id: id \"bo@b.example\" går inte att använda"},
		"no unit":           {people([]string{"x", "X", "", "", "enhetschef"}), "rad 2, kolumn Enhet: enheten saknas"},
		"unknown title":     {people([]string{"x", "X", "", "vo", "Trollkarl"}), "rad 2, kolumn Roll: okänd roll eller titel \"Trollkarl\""},
		"no role":           {people([]string{"x", "X", "", "vo", ""}), "rad 2, kolumn Roll: rollen saknas"},
		"unknown parent":    {units([]string{"vo", "Vård", "finns inte"}), "Blad Enheter, rad 2, kolumn Överordnad: okänd enhet \"finns inte\""},
		"cycle":             {units([]string{"x", "X", "y"}, []string{"y", "Y", "x"}), "rad 2, kolumn Överordnad: de överordnade enheterna går i en ring"},
		"own parent":        {units([]string{"x", "X", "x"}), "de överordnade enheterna går i en ring"},
		"two of a name":     {units([]string{"x", "Team", ""}, []string{"y", "Team", ""}, []string{"z", "Z", "Team"}), "rad 4, kolumn Överordnad: 2 enheter heter \"Team\""},
		"unit id twice":     {units([]string{"x", "X", ""}, []string{"x", "Y", ""}), "rad 3, kolumn Id: id \"x\" finns redan på rad 2"},
		"unit id elsewhere": {units([]string{"bygg", "X", ""}), "rad 2, kolumn Id: id \"bygg\" går inte att använda"},
		"no name":           {units([]string{"x", "", ""}), "rad 2, kolumn Namn: namnet saknas"},
	} {
		p, _ := propose(t, nil, c.file)
		var told []string
		for _, f := range p.Faults {
			told = append(told, f.Where("sv")+": "+f.In("sv"))
		}
		if !strings.Contains(strings.Join(told, "\n"), c.want) {
			t.Errorf("%s: %q, want %s", name, told, c.want)
		}
		if len(p.Is.Units) > 0 {
			t.Errorf("%s: something is proposed", name)
		}
	}
}

// What was matched last is proposed the next time, also where headings say
// something else.
func TestRemembered(t *testing.T) {
	f := newFixture(t)
	file := workbook(t, sheet{"Lista", [][]string{{"Kolumn A", "Enhet", "Vad"}, {"anna@a.example", "Hemtjänst norr", "Trollkarl"}}}, sheet{"Annat", [][]string{{"id", "name", "parent"}, {"1", "2", "3"}}})
	must(t, f.Start(t.Context(), "me", "a", []Upload{file}))
	s, err := f.Session(t.Context(), "me")
	must(t, err)
	s.Match.Sheets[0] = SheetMatch{People, 1, []string{"email", "unit", "role"}}
	s.Match.Sheets[1] = SheetMatch{Unused, 1, nil}
	s.Match.Titles["trollkarl"] = "enhetschef"
	must(t, f.Keep(t.Context(), "me", s))
	must(t, f.Start(t.Context(), "me", "a", []Upload{file}))
	s, err = f.Session(t.Context(), "me")
	must(t, err)
	if !slices.Equal(s.Match.Sheets[0].Fields, []string{"email", "unit", "role"}) || s.Match.Sheets[1].Use != Unused || s.Titles()[0].Role != "enhetschef" {
		t.Errorf("%+v, %+v", s.Match, s.Titles())
	}
	must(t, f.Start(t.Context(), "other", "b", []Upload{file}))
	if s, err = f.Session(t.Context(), "other"); err != nil || s.Match.Sheets[0].Use == People {
		t.Errorf("another kommun's match is known: %+v, %v", s.Match, err)
	}
	f.now = f.now.Add(25 * time.Hour)
	if _, err = f.Session(t.Context(), "me"); !fail.Is(err, fail.NotFound) {
		t.Errorf("a day later: %v", err)
	}
	must(t, f.Sweep(t.Context()))
	for c, err := range f.st.Cards(t.Context(), importCards, "") {
		t.Errorf("kept: %s, %v", c.ID, err)
	}
}

// A file under import may hold somebody who has been erased: it goes too, and
// another kommun's stays.
func TestForgetTakesFilesUnderImport(t *testing.T) {
	f := newFixture(t)
	file := Upload{"lista.csv", []byte("namn;e-post;enhet;roll\nEva;eva@example.org;Skola;Enhetschef\n")}
	must(t, f.Start(t.Context(), "me", "a", []Upload{file}))
	must(t, f.Start(t.Context(), "other", "b", []Upload{file}))
	must(t, f.Forget(t.Context(), func(unit string) bool { return unit == "a" }))
	if _, err := f.Session(t.Context(), "me"); !fail.Is(err, fail.NotFound) {
		t.Errorf("the file is kept: %v", err)
	}
	if _, err := f.Session(t.Context(), "other"); err != nil {
		t.Errorf("the other's: %v", err)
	}
}

// begin starts an import of a CSV file as it is guessed.
func (f *fixture) begin(t *testing.T, account, csv string) *Session {
	t.Helper()
	must(t, f.Start(t.Context(), account, "a", []Upload{{"lista.csv", []byte(csv)}}))
	s, err := f.Session(t.Context(), account)
	must(t, err)
	for _, title := range s.Titles() {
		s.Match.Titles[title.Key] = title.Role
	}
	must(t, f.Keep(t.Context(), account, s))
	return s
}

func (f *fixture) organisation(t *testing.T) org.Organisation {
	t.Helper()
	units, people, err := f.st.Organisation(t.Context())
	must(t, err)
	return org.Organisation{Units: units, People: people}
}

const merged = "id,namn,överordnad,typ\nvo,Vård,,förvaltning\nnorr,Hemtjänst,vo,enhet\n"

func TestAcceptAndUndo(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	before := f.organisation(t)
	must(t, f.RemovePerson(ctx, "me", "a", "anna"))
	s := f.begin(t, "me", merged)
	mid := f.organisation(t)
	p, seal, err := f.Propose(ctx, s)
	must(t, err)
	if len(p.Faults) > 0 {
		t.Fatal(p.Faults)
	}
	if org.Compare(mid, f.organisation(t)).Empty() == false {
		t.Error("something is stored before it is accepted")
	}
	must(t, f.Accept(ctx, "me", s, seal, map[string]string{"hn": "norr", "bu": ""}))
	now := f.organisation(t)
	if unitAt(now, "hn") >= 0 || unitAt(now, "norr") < 0 || unitAt(now, "bygg") < 0 || personAt(now, "bo@b.example") < 0 {
		t.Errorf("after: %+v", now)
	}
	for _, top := range []string{"alla", "a", "vo", "norr"} { // any of them can be a round's top
		if got := successors(t, f, top); got["hn"] != "norr" || len(got) != 1 {
			t.Errorf("successors of %s: %v", top, got)
		}
	}
	if _, err := f.Session(ctx, "me"); !fail.Is(err, fail.NotFound) {
		t.Errorf("the file is kept: %v", err)
	}
	must(t, f.Undo(ctx, "me", "a"))
	if c := org.Compare(mid, f.organisation(t)); !c.Empty() {
		t.Errorf("undone, but for %+v", c)
	}
	for _, top := range []string{"alla", "a", "vo", "norr"} {
		if got := successors(t, f, top); len(got) > 0 {
			t.Errorf("successors of %s once undone: %v", top, got)
		}
	}
	if err := f.Undo(ctx, "me", "a"); !fail.Is(err, fail.Conflict) {
		t.Errorf("undone twice: %v", err)
	}
	var said []string
	for e, err := range f.st.Log(ctx) {
		must(t, err)
		said = append(said, e.Action+" "+e.Unit)
		for _, p := range before.People {
			if p.ID != e.Subject && strings.Contains(e.Detail, p.Name) {
				t.Errorf("the log names somebody: %+v", e)
			}
		}
	}
	if !slices.Equal(said, []string{"organisation.undo a", "organisation.import a", "person.remove a"}) {
		t.Errorf("log: %q", said)
	}
}

func successors(t *testing.T, f *fixture, top string) map[string]string {
	t.Helper()
	m, err := card.Get[map[string]string](t.Context(), f.st, round.SuccessorCards, top)
	must(t, err)
	return m
}

// What was reviewed is what is done: a change in between is told of.
func TestMovedSinceReview(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	s := f.begin(t, "me", "namn,e-post,enhet,roll\nAnna,anna@a.example,vo,enhetschef\n")
	_, seal, err := f.Propose(ctx, s)
	must(t, err)
	// Another kommun's change does not matter.
	must(t, f.RemovePerson(ctx, "other", "b", "bo@b.example"))
	_, err = f.PutPerson(ctx, "you", "a", org.Person{ID: "carl", Name: "Carl D", Unit: "vo", Roles: []org.Role{org.Forvaltningschef}})
	must(t, err)
	if err := f.Accept(ctx, "me", s, seal, nil); !fail.Is(err, fail.Conflict) {
		t.Errorf("accepted: %v", err)
	}
	if personAt(f.organisation(t), "carl") < 0 {
		t.Error("the other's change is lost")
	}
	_, seal, err = f.Propose(ctx, s)
	must(t, err)
	must(t, f.Accept(ctx, "me", s, seal, nil))
	_, err = f.PutUnit(ctx, "you", "a", org.Unit{Name: "Ny", Parent: "vo"})
	must(t, err)
	if err := f.Undo(ctx, "me", "a"); !fail.Is(err, fail.Conflict) {
		t.Errorf("undone over another's change: %v", err)
	}
	for c, err := range f.st.Cards(ctx, undoCards, "") {
		t.Errorf("what can't be undone is kept: %s, %v", c.ID, err)
	}
}
