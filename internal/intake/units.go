package intake

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"github.com/mognad/mognad/internal/org"
)

// entry is a unit under way to be one: read, but perhaps without id.
type entry struct {
	unit   org.Unit // Parent is as it was written: an id, or a name
	from   *org.Source
	row    int
	above  int // the entry it lies below; 0 for the top, -1 where that is not known
	twice  bool
	levels bool // from the columns of people, where the same unit stands many times
}

// forest is the units of the files, with the top unit first.
type forest struct {
	draft   *org.Draft
	entries []entry
	byID    map[string]int
	byName  map[string][]int       // name in lower case → entries
	below   map[placeIn]int        // name below an entry → entry
	now     map[string]org.Unit    // as they stand, by id
	nowIn   map[[2]string]string   // parent's id and name in lower case → id
	nowName map[string][]string    // name in lower case → ids
	taken   func(unit string) bool // by somebody outside
	claimed map[string]bool
}

type placeIn struct {
	above int
	name  string
}

func newForest(draft *org.Draft, top org.Unit, now []org.Unit, taken func(string) bool) *forest {
	f := &forest{draft: draft, byID: map[string]int{}, byName: map[string][]int{}, below: map[placeIn]int{},
		now: map[string]org.Unit{}, nowIn: map[[2]string]string{}, nowName: map[string][]string{}, taken: taken, claimed: map[string]bool{}}
	for _, u := range now {
		f.now[u.ID] = u
		name := strings.ToLower(u.Name)
		f.nowIn[[2]string{u.Parent, name}] = u.ID
		f.nowName[name] = append(f.nowName[name], u.ID)
	}
	top.Parent = ""
	f.add(entry{unit: top, above: -1})
	return f
}

func (f *forest) add(e entry) int {
	at := len(f.entries)
	f.entries = append(f.entries, e)
	if _, ok := f.byID[e.unit.ID]; !ok && e.unit.ID != "" {
		f.byID[e.unit.ID], f.claimed[e.unit.ID] = at, true
	}
	name := strings.ToLower(e.unit.Name)
	f.byName[name] = append(f.byName[name], at)
	return at
}

// stand takes the units as they are: the files have none.
func (f *forest) stand(now []org.Unit) {
	for _, u := range now {
		if u.ID != f.entries[0].unit.ID {
			f.add(entry{unit: u})
		}
	}
	f.hang()
}

// sheet takes the units of a sheet. A row is the top unit when it has its id, or
// no parent and its name; or when it is the only one without parent, and a kommun
// as the top is.
func (f *forest) sheet(from *org.Source, sm SheetMatch, rows []org.Row) {
	top := &f.entries[0].unit
	cell := func(r org.Row, field string) string { return r.Cell(slices.Index(sm.Fields, field)) }
	without := 0
	for _, r := range rows {
		if cell(r, "parent") == "" {
			without++
		}
	}
	for _, r := range rows {
		u := org.Unit{ID: cell(r, "id"), Name: cell(r, "name"), Parent: cell(r, "parent"), Kind: org.NormalKind(cell(r, "kind"))}
		alone := without == 1 && u.Kind == top.Kind && u.Kind == "kommun"
		if first := f.entries[0].from == nil; first && (u.ID == top.ID || u.Parent == "" && (strings.EqualFold(u.Name, top.Name) || alone)) {
			if u.ID != "" {
				f.byID[u.ID] = 0
			}
			name := strings.ToLower(u.Name)
			if !slices.Contains(f.byName[name], 0) {
				f.byName[name] = append(f.byName[name], 0)
			}
			f.entries[0].from, f.entries[0].row = from, r.Number
			top.Name, top.Kind = u.Name, cmp.Or(u.Kind, top.Kind)
			continue
		}
		if was, ok := f.now[u.ID]; ok && !slices.Contains(sm.Fields, "kind") {
			u.Kind = was.Kind
		}
		f.add(entry{unit: u, from: from, row: r.Number})
		top = &f.entries[0].unit
	}
}

// hang finds what each entry lies below.
func (f *forest) hang() {
	for i := range f.entries {
		e := &f.entries[i]
		if i == 0 || e.levels {
			continue
		}
		if e.unit.Parent != "" {
			if e.above = f.find(e.unit.Parent, e.from, e.row, "parent"); e.above < 0 {
				continue
			}
		}
		in := placeIn{e.above, strings.ToLower(e.unit.Name)}
		if first, ok := f.below[in]; ok && e.unit.ID == "" {
			f.draft.Fault(e.from, e.row, "name", fmt.Sprintf("enheten %q finns redan på rad %d", e.unit.Name, f.entries[first].row), fmt.Sprintf("the unit %q stands on row %d already", e.unit.Name, f.entries[first].row))
			e.twice = true
		} else if !ok {
			f.below[in] = i
		}
	}
}

// find returns the entry with an id, or else with a name that no other has; it
// tells of a fault and returns -1 when there is none.
func (f *forest) find(ref string, from *org.Source, row int, field string) int {
	if at, ok := f.byID[ref]; ok {
		return at
	}
	switch at := f.byName[strings.ToLower(ref)]; len(at) {
	case 1:
		return at[0]
	case 0:
		f.draft.Fault(from, row, field, fmt.Sprintf("okänd enhet %q; den finns varken som id eller namn", ref), fmt.Sprintf("unknown unit %q; it is neither an id nor a name", ref))
	default:
		f.draft.Fault(from, row, field, fmt.Sprintf("%d enheter heter %q; skriv enhetens id i stället", len(at), ref), fmt.Sprintf("%d units are called %q; write the unit's id instead", len(at), ref))
	}
	return -1
}

// step is one unit on the way down to a person's.
type step struct{ field, name, kind string }

// way returns the entry that steps lead to from the top. With grow, units that
// are not there yet are made; without it, the name of the last is enough.
func (f *forest) way(steps []step, grow bool, from *org.Source, row int) int {
	at := 0
	for i, s := range steps {
		name := strings.ToLower(s.name)
		if at == 0 && i == 0 && name == strings.ToLower(f.entries[0].unit.Name) {
			continue
		}
		next, ok := f.below[placeIn{at, name}]
		if !ok && !grow {
			last := steps[len(steps)-1]
			return f.find(last.name, from, row, last.field)
		}
		if !ok {
			next = f.add(entry{unit: org.Unit{Name: s.name, Kind: s.kind}, from: from, row: row, above: at, levels: true})
			f.below[placeIn{at, name}] = next
		}
		at = next
	}
	return at
}

// settle gives every entry its id, from the top down, and hands them to the draft.
func (f *forest) settle() {
	children := make([][]int, len(f.entries))
	for i, e := range f.entries {
		if i > 0 && e.above >= 0 {
			children[e.above] = append(children[e.above], i)
		}
	}
	done := make([]bool, len(f.entries))
	for queue := []int{0}; len(queue) > 0; queue = queue[1:] {
		e := &f.entries[queue[0]]
		done[queue[0]] = true
		if e.above >= 0 {
			e.unit.Parent = f.entries[e.above].unit.ID
			if e.unit.ID == "" && e.unit.Name != "" && !e.twice {
				e.unit.ID = f.name(e.unit)
				if was, ok := f.now[e.unit.ID]; ok && e.unit.Kind == "" {
					e.unit.Kind = was.Kind
				}
			} else if f.taken(e.unit.ID) {
				f.draft.Fault(e.from, e.row, "id", fmt.Sprintf("id %q går inte att använda; välj ett annat", e.unit.ID), fmt.Sprintf("the id %q can't be used; choose another", e.unit.ID))
			}
		}
		if e.unit.ID == "" && e.unit.Name == "" {
			f.draft.Fault(e.from, e.row, "name", "namnet saknas", "the name is missing")
		} else if !e.twice {
			f.draft.AddUnit(e.from, e.row, e.unit)
		}
		queue = append(queue, children[queue[0]]...)
	}
	for i, e := range f.entries {
		if !done[i] && e.above >= 0 && !f.draft.Faulty() {
			f.draft.Fault(e.from, e.row, "parent", "de överordnade enheterna går i en ring", "the parents form a cycle")
		}
	}
}

// name returns an id for a unit that the files have none for: that of the unit of
// the same name in the same place, or of the only one of that name, which has
// moved; or else a new one.
func (f *forest) name(u org.Unit) string {
	name := strings.ToLower(u.Name)
	id, ok := f.nowIn[[2]string{u.Parent, name}]
	if same := f.nowName[name]; !ok && len(same) == 1 && len(f.byName[name]) == 1 {
		id, ok = same[0], true
	}
	if !ok || f.claimed[id] {
		base := Slug(u.Name)
		id = base
		for n := 2; f.claimed[id] || f.taken(id) || f.now[id].ID != ""; n++ {
			id = fmt.Sprintf("%s-%d", base, n)
		}
	}
	f.claimed[id] = true
	return id
}

// Slug returns a name as it can stand in an address: "Vård & omsorg" is
// vard-omsorg.
func Slug(name string) string {
	plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), strings.ToLower(name))
	if err != nil {
		plain = strings.ToLower(name)
	}
	words := strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	slug := strings.Join(words, "-")
	if len(slug) > 60 {
		slug = strings.ToValidUTF8(slug[:60], "")
	}
	return cmp.Or(slug, "enhet")
}
