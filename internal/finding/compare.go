package finding

import (
	"slices"

	"github.com/mognad/mognad/internal/analysis"
)

// Comparison makes the sentences of the page that sets a unit's children side
// by side.
type Comparison struct {
	Doc   *analysis.Document
	Stat  string // what is compared: the total, or an area
	Names Names
	Then  string // what the previous round is called
	Lang  string
}

// place is a shown child's possible rank in a statistic.
type place struct {
	unit analysis.UnitRef
	rank analysis.Rank
}

// ranked returns the children whose statistic is shown, in the tree's order.
func ranked(d *analysis.Document, stat string) []place {
	var out []place
	for i := range d.Children {
		c := &d.Children[i]
		f, ok := c.Figure(stat)
		if r, has := c.Ranks[stat]; ok && has && f.Suppressed == analysis.Shown {
			out = append(out, place{c.Unit, r})
		}
	}
	return out
}

// firstAndLast names the unit that is confirmed above all others and the one
// confirmed below all, "" where there is none.
func firstAndLast(places []place) (first, last string) {
	for _, p := range places {
		if len(places) > 1 && p.rank.High == 1 {
			first = p.unit.Name
		}
		if len(places) > 1 && p.rank.Low == len(places) {
			last = p.unit.Name
		}
	}
	return first, last
}

// apart reports whether any pair is confirmed to differ.
func apart(places []place) bool {
	return slices.ContainsFunc(places, func(p place) bool { return p.rank.Low > 1 || p.rank.High < len(places) })
}

// leaders are the units that can have the first place, in alphabetical order.
func leaders(places []place) []string {
	var out []string
	for _, p := range places {
		if p.rank.Low == 1 {
			out = append(out, p.unit.Name)
		}
	}
	ByName(out, asIs)
	return out
}

func (c Comparison) kind() Kind { return kindOfChildren(c.Doc, c.Lang) }

// Headline tells who shares the first place and who is certainly last.
func (c Comparison) Headline() string {
	places := ranked(c.Doc, c.Stat)
	if len(places) < 2 {
		return say(c.Lang, "För få %s visas för att jämföras", "Too few %s are shown to be compared", c.kind().Many)
	}
	if !apart(places) {
		return say(c.Lang, "Inga säkra skillnader mellan %s", "No certain differences between %s", c.kind().TheMany)
	}
	front := leaders(places)
	first, last := firstAndLast(places)
	switch {
	case first != "" && last != "":
		return say(c.Lang, "%s ligger före. %s ligger efter.", "%s is ahead. %s is behind.", first, last)
	case first != "":
		return say(c.Lang, "%s ligger före de andra", "%s is ahead of the others", first)
	case len(front) == 1:
		return say(c.Lang, "Bara %s kan ligga först", "Only %s can be first", front[0])
	case last != "":
		return say(c.Lang, "%s %s delar täten. %s ligger efter.", "%s %s share the lead. %s is behind.", Capital(numeral(len(front), c.Lang)), c.kind().Many, last)
	}
	return say(c.Lang, "%s %s delar täten", "%s %s share the lead", Capital(numeral(len(front), c.Lang)), c.kind().Many)
}

// Lede names those who can't be told apart in the lead, and the units whose
// index has certainly changed.
func (c Comparison) Lede() []string {
	places := ranked(c.Doc, c.Stat)
	if len(places) < 2 {
		return nil
	}
	var out []string
	if front := leaders(places); len(front) > 1 && len(front) <= 6 {
		out = append(out, say(c.Lang, "%s går inte att skilja åt: ingen skillnad mellan dem är säkerställd.", "%s can't be told apart: no difference between them is confirmed.", join(front, c.Lang)))
	}
	var rose, fell []string
	compared := 0
	for i := range c.Doc.Children {
		child := &c.Doc.Children[i]
		change, ok := child.Change(c.Stat)
		if !ok {
			continue
		}
		compared++
		if up(change) {
			rose = append(rose, child.Unit.Name)
		}
		if down(change) {
			fell = append(fell, child.Unit.Name)
		}
	}
	ByName(rose, asIs)
	ByName(fell, asIs)
	switch {
	case len(out) > 0 && slices.Equal(rose, leaders(places)):
		out = append(out, say(c.Lang, "Alla %s har ökat säkert sedan %s.", "All %s certainly rose since %s.", numeral(len(rose), c.Lang), c.Then))
	case len(rose) > 0:
		out = append(out, say(c.Lang, "%s har ökat säkert sedan %s.", "%s certainly rose since %s.", c.some(rose, compared), c.Then))
	}
	if len(fell) > 0 {
		out = append(out, say(c.Lang, "%s har minskat säkert sedan %s.", "%s certainly fell since %s.", c.some(fell, compared), c.Then))
	}
	if compared > 0 && len(rose)+len(fell) == 0 {
		if c.Stat == analysis.TotalID {
			out = append(out, say(c.Lang, "Ingen förändring av index sedan %s är säkerställd.", "No change of the index since %s is confirmed.", c.Then))
		} else {
			out = append(out, say(c.Lang, "Ingen förändring i området sedan %s är säkerställd.", "No change in the area since %s is confirmed.", c.Then))
		}
	}
	return out
}

// some names units, or says that it is all of them or how many.
func (c Comparison) some(units []string, of int) string {
	switch {
	case len(units) == of && of > 2:
		return say(c.Lang, "Alla %s %s", "Each of the %s %s", numeral(of, c.Lang), c.kind().Many)
	case len(units) > 4:
		return say(c.Lang, "%s %s", "%s %s", Capital(numeral(len(units), c.Lang)), c.kind().Many)
	}
	return join(units, c.Lang)
}

// RanksTitle heads the table of possible ranks.
func (c Comparison) RanksTitle() string {
	places := ranked(c.Doc, c.Stat)
	first, _ := firstAndLast(places)
	switch {
	case len(places) < 2 || !apart(places):
		return say(c.Lang, "Ingen plats går att skilja från en annan", "No rank can be told from another")
	case first != "":
		return say(c.Lang, "Första platsen är säker", "The first place is certain")
	}
	return say(c.Lang, "Första platsen delas av %s", "The first place is shared by %s", numeral(len(leaders(places)), c.Lang))
}

// RadarsTitle heads the radars.
func (c Comparison) RadarsTitle() string {
	n := 0
	for _, child := range c.Doc.Children {
		if child.Suppressed == analysis.Shown {
			n++
		}
	}
	if n == 1 {
		return say(c.Lang, "En %s på skalan 1–5", "One %s on the scale 1–5", c.kind().One)
	}
	return say(c.Lang, "%s %s på samma skala", "%s %s on one scale", Capital(numeral(n, c.Lang)), c.kind().Many)
}

// ThemesTitle heads the table of themes: the theme that is shown with the lowest
// figure in every unit, if one is.
func (c Comparison) ThemesTitle() string {
	if c.Stat != analysis.TotalID {
		return say(c.Lang, "%s, tema för tema", "%s, theme by theme", c.Names.Of(c.Stat, c.Lang))
	}
	lowest, units := "", 0
	for i := range c.Doc.Children {
		id, ok := lowestShown(c.Doc.Children[i].Figures)
		if !ok {
			continue
		}
		if units++; units > 1 && id != lowest {
			id = ""
		}
		if lowest = id; lowest == "" {
			break
		}
	}
	if lowest == "" || units < 2 {
		return say(c.Lang, "Teman och %s sida vid sida", "Themes and %s side by side", c.kind().Many)
	}
	return say(c.Lang, "%s har lägst nivå i alla %s %s", "%s has the lowest level in all %s %s", c.Names.Of(lowest, c.Lang), numeral(units, c.Lang), c.kind().Many)
}

// lowestShown returns the theme with the lowest figure as shown, "" where two
// are shown alike; ok is false where no theme is shown.
func lowestShown(figures []analysis.Figure) (id string, ok bool) {
	low := 0.0
	for _, f := range shown(figures) {
		if f.Level != analysis.LevelTheme {
			continue
		}
		switch mean := tenths(f.Mean); {
		case !ok || mean < low:
			id, low, ok = f.ID, mean, true
		case mean == low:
			id = ""
		}
	}
	return id, ok
}
