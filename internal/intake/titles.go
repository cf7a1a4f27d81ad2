package intake

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mognad/mognad/internal/org"
)

// Title is a role or title as the people's sheets have it.
type Title struct {
	Key  string // in lower case, as Match.Titles has it
	Name string // as it is written the first time
	Rows int    // how many have it
	Role string // what it means: a role, Nobody, or "" for not known
}

// titlesIn returns the titles of a cell: several stand with semicolons between.
func titlesIn(cell string) []string {
	var out []string
	for part := range strings.SplitSeq(cell, ";") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// Titles returns the titles of the people's sheets, those whose meaning is not
// known first, then the most common.
func (m Match) titles(sheets []org.Sheet, learnt map[string]string) []Title {
	at := map[string]int{}
	var out []Title
	for i, s := range sheets {
		sm := m.Sheets[i]
		column := slices.Index(sm.Fields, "role")
		if sm.Use != People || column < 0 {
			continue
		}
		for _, r := range sm.Body(s) {
			for _, name := range titlesIn(r.Cell(column)) {
				key := strings.ToLower(name)
				if _, ok := at[key]; !ok {
					at[key] = len(out)
					out = append(out, Title{Key: key, Name: name, Role: cmp.Or(m.Titles[key], learnt[key], guessRole(key))})
				}
				out[at[key]].Rows++
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Title) int {
		return cmp.Or(cmp.Compare(min(len(a.Role), 1), min(len(b.Role), 1)), cmp.Compare(b.Rows, a.Rows))
	})
	return out
}

// common are titles that mean the same in most kommuner.
var common = map[string]org.Role{
	"förvaltningschef": org.Forvaltningschef, "sektorchef": org.Forvaltningschef, "kommundirektör": org.Kommunledning, "kommunchef": org.Kommunledning,
	"biträdande kommundirektör": org.Kommunledning, "vd": org.Forvaltningschef, "rektor": org.Enhetschef, "biträdande rektor": org.Enhetschef, "förskolechef": org.Enhetschef,
	"verksamhetschef": org.Avdelningschef, "områdeschef": org.Avdelningschef, "gruppchef": org.Enhetschef, "sektionschef": org.Enhetschef,
	"digitaliseringssamordnare": org.Samordnare, "digitaliseringsstrateg": org.Samordnare,
}

// guessRole returns the role that a title in lower case most likely means, "" for
// one that nobody can know.
func guessRole(title string) string {
	if r := org.Role(title); r.Known() {
		return title
	}
	return string(common[title])
}
