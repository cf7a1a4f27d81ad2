package register

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
)

// MaxRows is how many rows a file can bring in at once: far above any kommun's.
const MaxRows = 3000

// Row is a row of a file, before anybody has compared it with the register:
// Values has a text for each field that the sheet has a column for, and Columns
// what the column is called there.
type Row struct {
	Sheet   string            `json:"sheet"`
	Book    bool              `json:"book,omitempty"`
	Number  int               `json:"n"`
	Kind    Kind              `json:"kind"`
	ID      string            `json:"id,omitempty"`
	Values  map[string]string `json:"values"`
	Columns map[string]string `json:"columns"`
}

// Where says where in the file a field of the row is; of the row itself for "".
func (r Row) Where(field, lang string) string {
	return org.Fault{File: r.Sheet, Book: r.Book, Row: r.Number, Column: r.Columns[field]}.Where(lang)
}

// Unread is a sheet or a column that nothing is taken from.
type Unread struct {
	Sheet  string `json:"sheet"`
	Column string `json:"column,omitempty"`
}

// Read finds the entries in sheets: in each the row of headings, by what columns
// are called in either language, and by that which register it is. The error is
// fail.Invalid where there are none.
func Read(sheets []org.Sheet) (rows []Row, unread []Unread, err error) {
	for _, s := range sheets {
		if slices.Contains([]string{itemSheet.SV, itemSheet.EN}, s.Name) {
			continue
		}
		m := match(s)
		if m.score == 0 {
			unread = append(unread, Unread{Sheet: s.Name})
			continue
		}
		for i, heading := range s.Rows[m.heading].Cells {
			if m.fields[i] == "" && heading != "" {
				unread = append(unread, Unread{s.Name, heading})
			}
		}
		for _, r := range s.Rows[m.heading+1:] {
			if row := m.row(s, r); row.ID != "" || len(row.Values) > 0 {
				rows = append(rows, row)
			}
		}
	}
	if len(rows) == 0 {
		return nil, nil, fail.New(fail.Invalid, "Filen har inga poster som går att känna igen. Kolumnerna ska ha rubriker som i den fil du kan hämta härifrån, till exempel Styrdokument, Beslutat av och Beslutat den.",
			"The file has no entries that can be recognised. The columns are to have headings as in the file that you can get here, for example Steering document, Decided by and Decided on.").At("files")
	}
	if len(rows) > MaxRows {
		return nil, nil, fail.New(fail.Invalid, fmt.Sprintf("Filen har fler än %d poster. Dela upp den.", MaxRows), fmt.Sprintf("The file has more than %d entries. Divide it.", MaxRows)).At("files")
	}
	return rows, unread, nil
}

// matched is what a sheet's columns hold: keys of fields, idHeading, place, or "".
type matched struct {
	kind    Kind
	heading int // place in the sheet's rows
	fields  []string
	score   int
}

// place is a column with förvaltning and avdelning together, as plans of e-services
// have it.
const place = "forvaltning, avdelning"

// lookAt is how many rows are looked at for headings: there may be a title above.
const lookAt = 10

// match finds the best row of headings and kind; a sheet called as a kind is of
// that kind if it can be. Ties go to the kind that comes first.
func match(s org.Sheet) (best matched) {
	for _, k := range Kinds {
		called := strings.EqualFold(s.Name, titles[k].SV) || strings.EqualFold(s.Name, titles[k].EN)
		for i, r := range s.Rows[:min(len(s.Rows), lookAt)] {
			m := matched{k, i, columns(k, r.Cells), 0}
			if !slices.Contains(m.fields, "name") {
				continue
			}
			for _, f := range m.fields {
				if f != "" {
					m.score++
				}
			}
			// A name alone is too little to tell by, unless the sheet is called so.
			if called {
				m.score += 100
			} else if m.score < 2 {
				continue
			}
			if m.score > best.score {
				best = m
			}
		}
	}
	return best
}

// columns tells what each heading stands for: those that are called as the fields
// are come first, then other names for them. No field has two columns.
func columns(k Kind, headings []string) []string {
	out := make([]string, len(headings))
	take := func(i int, key string) {
		if out[i] == "" && !slices.Contains(out, key) {
			out[i] = key
		}
	}
	fields := Fields(k)
	for _, exact := range []bool{true, false} {
		for i, h := range headings {
			h = strings.ToLower(h)
			if exact && h == strings.ToLower(idHeading) {
				take(i, idHeading)
			}
			if k == EService && (h == place || h == "förvaltning, avdelning" || h == "förvaltning/avdelning" || h == "department, section") {
				take(i, place)
			}
			for _, f := range fields {
				same := strings.EqualFold(h, f.Label.SV) || strings.EqualFold(h, f.Label.EN)
				if exact && same || !exact && slices.Contains(f.Also, h) {
					take(i, f.Key)
				}
			}
		}
	}
	// What a plan of services or courses calls status is how far it has come.
	if at := slices.Index(out, "status"); at >= 0 && FieldOf(k, "state").Key != "" && !slices.Contains(out, "state") {
		out[at] = "state"
	}
	return out
}

// row reads a row; one that has nothing in its columns has no values.
func (m matched) row(s org.Sheet, r org.Row) Row {
	row := Row{Sheet: s.Name, Book: s.Book, Number: r.Number, Kind: m.kind, Values: map[string]string{}, Columns: map[string]string{}}
	filled := false
	for i, key := range m.fields {
		text := unescape(r.Cell(i))
		filled = filled || text != ""
		if key != "" {
			row.Columns[key] = s.Rows[m.heading].Cells[i]
		}
		switch key {
		case "":
		case idHeading:
			row.ID = text
		case place:
			row.Values["forvaltning"], row.Values["avdelning"] = cut(text)
		default:
			row.Values[key] = m.value(key, text)
		}
	}
	if y := withYear.FindStringSubmatch(row.Values["state"]); y != nil && !slices.Contains(m.fields, "year") && FieldOf(m.kind, "year").Key != "" {
		row.Values["state"], row.Values["year"] = FieldOf(m.kind, "state").read(y[1]), y[2]
	}
	if !filled {
		row.Values = nil
	}
	return row
}

// withYear is a state as plans write it: "färdigutvecklad 2020".
var withYear = regexp.MustCompile(`^(.+?),? ((?:19|20)\d\d)$`)

func cut(text string) (before, after string) {
	before, after, _ = strings.Cut(text, ",")
	return strings.TrimSpace(before), strings.TrimSpace(after)
}

// value reads a cell as the field's type is written in workbooks.
func (m matched) value(key, text string) string {
	switch f := FieldOf(m.kind, key); f.Type {
	case Day:
		return excelDay(text)
	case Year, Number:
		return strings.TrimSuffix(text, ".0")
	default:
		return f.read(text)
	}
}
