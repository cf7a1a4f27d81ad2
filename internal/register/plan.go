package register

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/mognad/mognad/internal/fail"
)

// Planned is a row of a file with what it would do to the register.
type Planned struct {
	Row    Row
	Was    Entry // the zero Entry of one that is new
	Is     Entry
	Faults []*fail.Error // each with the key of its field; nothing is done then
}

// Added, Changed and Faulty tell what a row would do; one that does none of it
// leaves the register as it is.
func (p Planned) Added() bool { return len(p.Faults) == 0 && p.Was.ID == "" }
func (p Planned) Changed() bool {
	return len(p.Faults) == 0 && p.Was.ID != "" && p.Was.Seal() != p.Is.Seal()
}
func (p Planned) Faulty() bool { return len(p.Faults) > 0 }

// Plan is what a file would do to the register of a unit.
type Plan []Planned

// Propose compares the rows of a file with the entries of a unit. A row is the
// entry with its id, else the one of its kind with its name, else a new one; what
// the file has no column for stays as it is, and entries that are not in the file
// stay. known tells which items there are.
func Propose(rows []Row, unit string, entries []Entry, known func(item string) bool) Plan {
	var plan Plan
	ids := IDs(entries)
	for _, r := range rows {
		ids[r.ID] = true
	}
	taken := map[string]Row{}
	for _, r := range rows {
		p := Planned{Row: r}
		was, fault := find(r, entries)
		p.Was, p.Is = was, was.Copy()
		if was.ID == "" {
			p.Is = Entry{Unit: unit, Kind: r.Kind}
		}
		for key, value := range r.Values {
			p.Is.Set(key, value)
		}
		p.Is.Tidy()
		if p.Faults = p.Is.Check(known); fault != nil {
			p.Faults = append(p.Faults, fault)
		}
		if was.ID == "" {
			if p.Is.ID = r.ID; r.ID == "" {
				p.Is.ID = NewID(p.Is.Name, ids)
			}
		}
		if first, twice := taken[twin(p)]; twice && !p.Faulty() {
			p.Faults = append(p.Faults, fail.New(fail.Invalid, fmt.Sprintf("Samma post står redan på %s. Ta bort den ena raden, eller ge den ett annat namn.", lower(first.Where("", "sv"))),
				fmt.Sprintf("The same entry is already on %s. Remove one of the rows, or give it another name.", lower(first.Where("", "en")))).At("name"))
		}
		if !p.Faulty() {
			taken[twin(p)] = r
			ids[p.Is.ID] = true
		}
		plan = append(plan, p)
	}
	return plan
}

// twin is what two rows of one entry have in common.
func twin(p Planned) string {
	if p.Row.ID == "" && p.Was.ID == "" {
		return string(p.Is.Kind) + "\n" + strings.ToLower(p.Is.Name)
	}
	return p.Is.ID
}

// lower writes a place inside a sentence.
func lower(text string) string {
	return strings.ToLower(text[:min(1, len(text))]) + text[min(1, len(text)):]
}

// find returns the entry that a row is about, the zero one of a new one.
func find(r Row, entries []Entry) (Entry, *fail.Error) {
	if r.ID != "" {
		for _, e := range entries {
			switch {
			case e.ID != r.ID:
			case e.Kind != r.Kind:
				return Entry{}, fail.New(fail.Invalid, fmt.Sprintf("Id ”%s” hör till en post i ett annat register. Töm cellen, så läggs raden in som ny.", r.ID), fmt.Sprintf("The id “%s” is of an entry in another register. Empty the cell, and the row is entered as new.", r.ID)).At(idHeading)
			default:
				return e, nil
			}
		}
		if !idForm.MatchString(r.ID) {
			return Entry{}, fail.New(fail.Invalid, fmt.Sprintf("Id ”%s” går inte att använda. Töm cellen, så får posten ett id.", r.ID), fmt.Sprintf("The id “%s” can't be used. Empty the cell, and the entry is given an id.", r.ID)).At(idHeading)
		}
		return Entry{}, nil
	}
	var found []Entry
	for _, e := range entries {
		if e.Kind == r.Kind && strings.EqualFold(e.Name, r.Values["name"]) {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 0:
		return Entry{}, nil
	case 1:
		return found[0], nil
	}
	return Entry{}, fail.New(fail.Invalid, "Flera poster i registret heter så. Hämta registret som Excel och skriv postens id i kolumnen Id.", "Several entries of the register have that name. Get the register as Excel and write the entry's id in the column Id.").At("name")
}

// Changes returns what the plan does: what is faulty and what is the same is left.
func (p Plan) Changes() (out []Change) {
	for _, row := range p {
		if row.Added() || row.Changed() {
			out = append(out, Change{Is: row.Is, Seen: row.Was.Seal()})
		}
	}
	return out
}

// Seal tells one plan from another.
func (p Plan) Seal() string {
	sum := sha256.New()
	for _, c := range p.Changes() {
		fmt.Fprintln(sum, c.Seen, c.Is.Seal())
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}
