package finding

import (
	"slices"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/survey"
)

// ThemesTitle heads the radar: which themes certainly stand out.
func (u Unit) ThemesTitle() string {
	strong, weak := u.themes()
	switch {
	case len(strong) > 0 && len(weak) > 0:
		return say(u.Lang, "Starkast i %s, svagast i %s", "Strongest in %s, weakest in %s", u.list(strong), u.list(weak))
	case len(strong) > 0:
		return say(u.Lang, "Starkast i %s", "Strongest in %s", u.list(strong))
	case len(weak) > 0:
		return say(u.Lang, "Svagast i %s", "Weakest in %s", u.list(weak))
	}
	return say(u.Lang, "Inget tema sticker säkert ut", "No theme certainly stands out")
}

// AreasTitle heads the areas: which has certainly most left to its target.
func (u Unit) AreasTitle() string {
	areas := shown(u.Doc.Of(analysis.LevelArea))
	if len(areas) == 0 {
		return say(u.Lang, "Områdena visas inte", "The areas are not shown")
	}
	short := slices.DeleteFunc(slices.Clone(areas), func(f analysis.Figure) bool { return tenths(f.Gap) <= 0 })
	if len(short) == 0 {
		return say(u.Lang, "Alla områden når sitt mål", "Every area reaches its target")
	}
	if len(areas) == 1 {
		return say(u.Lang, "%s når inte sitt mål", "%s does not reach its target", u.Names.Of(areas[0].ID, u.Lang))
	}
	most, _ := Extremes(byGap(areas))
	if most = standOut(most, len(areas)); len(most) == 0 {
		return say(u.Lang, "Inget område har säkert längst kvar till målet", "No area is certainly furthest from its target")
	}
	var names []string
	for _, f := range most {
		names = append(names, u.Names.Of(f.ID, u.Lang))
	}
	if len(most) == 1 {
		return say(u.Lang, "%s har längst kvar till målet", "%s is furthest from its target", join(names, u.Lang))
	}
	return say(u.Lang, "%s har längst kvar till målet", "%s are furthest from their targets", join(names, u.Lang))
}

// Kind is the kind of the units directly below, for labels.
func (u Unit) Kind() Kind { return kindOfChildren(u.Doc, u.Lang) }

func kindOfChildren(d *analysis.Document, lang string) Kind {
	var kinds []string
	for _, c := range d.Children {
		kinds = append(kinds, c.Unit.Kind)
	}
	return KindOf(lang, kinds...)
}

// ChildrenTitle heads the table of the units below: what their possible ranks
// in the total bear.
func (u Unit) ChildrenTitle() string {
	places := ranked(u.Doc, analysis.TotalID)
	many := u.Kind().TheMany
	if len(places) == 0 {
		return say(u.Lang, "%s visas inte var för sig", "%s are not shown on their own", Capital(many))
	}
	if len(places) == 1 {
		return say(u.Lang, "Av %s visas %s", "Of %s, %s is shown", many, places[0].unit.Name)
	}
	first, last := firstAndLast(places)
	switch {
	case first != "" && last != "":
		return say(u.Lang, "%s är säkerställt högst, %s säkerställt lägst", "%s is certainly highest, %s certainly lowest", first, last)
	case first != "":
		return say(u.Lang, "%s är säkerställt högst", "%s is certainly highest", first)
	case last != "":
		return say(u.Lang, "%s är säkerställt lägst", "%s is certainly lowest", last)
	case apart(places):
		return say(u.Lang, "Några av %s skiljer sig säkert åt", "Some of %s certainly differ", many)
	}
	return say(u.Lang, "Inga säkra skillnader mellan %s", "No certain differences between %s", many)
}

// ItemsTitle heads the strongest and weakest items: where the weakest are found.
func (u Unit) ItemsTitle(set *survey.Set, weak []analysis.Figure) string {
	var themes []string
	count := map[string]int{}
	for _, f := range weak {
		it, ok := set.Item(f.ID)
		if !ok {
			continue
		}
		if count[it.ThemeID()] == 0 {
			themes = append(themes, it.ThemeID())
		}
		count[it.ThemeID()]++
	}
	if len(themes) == 0 {
		return say(u.Lang, "Frågorna visas inte", "The questions are not shown")
	}
	slices.SortStableFunc(themes, func(a, b string) int { return count[b] - count[a] })
	most := count[themes[0]]
	switch {
	case len(weak) == 1:
		return say(u.Lang, "Lägst nivå har en fråga om %s", "The lowest level is in a question on %s", u.inside(themes[0]))
	case most == 2 && len(weak) == 2:
		return say(u.Lang, "Båda frågorna med lägst nivå gäller %s", "Both questions with the lowest level are on %s", u.inside(themes[0]))
	case most == len(weak):
		return say(u.Lang, "De %s frågorna med lägst nivå gäller alla %s", "The %s questions with the lowest level are all on %s", numeral(len(weak), u.Lang), u.inside(themes[0]))
	case most > 1 && (len(themes) < 2 || count[themes[1]] < most):
		return say(u.Lang, "%s av de %s frågorna med lägst nivå gäller %s", "%s of the %s questions with the lowest level are on %s", Capital(numeral(most, u.Lang)), numeral(len(weak), u.Lang), u.inside(themes[0]))
	case len(themes) > 3:
		return say(u.Lang, "Lägst nivå har frågor i %s teman", "The lowest levels are in questions of %s themes", numeral(len(themes), u.Lang))
	}
	var names []string
	for _, id := range themes {
		names = append(names, u.inside(id))
	}
	return say(u.Lang, "Lägst nivå har frågor om %s", "The lowest levels are in questions on %s", join(names, u.Lang))
}

// Items returns the shown rating items with the highest and the lowest means,
// most each side, best and worst first. What ties with the last is taken along;
// a tie of more than two too many is left out instead, since none in it is
// among the strongest or weakest more than another. No item is on both sides.
func Items(d *analysis.Document, set *survey.Set, most int) (strong, weak []analysis.Figure) {
	var all []analysis.Figure
	for _, f := range shown(d.Of(analysis.LevelItem)) {
		if it, ok := set.Item(f.ID); ok && it.Kind == survey.Rating && f.N > 0 {
			all = append(all, f)
		}
	}
	most = min(most, len(all)/2)
	slices.SortStableFunc(all, func(a, b analysis.Figure) int { return compareMeans(b, a) })
	strong = withTies(all, most)
	slices.SortStableFunc(all, compareMeans)
	return strong, withTies(all[:len(all)-len(strong)], most)
}

func compareMeans(a, b analysis.Figure) int {
	switch {
	case a.Mean < b.Mean-1e-9:
		return -1
	case a.Mean > b.Mean+1e-9:
		return 1
	}
	return 0
}

// withTies returns the first n, more or fewer where the cut falls in a tie.
func withTies(sorted []analysis.Figure, n int) []analysis.Figure {
	if n = min(n, len(sorted)); n == 0 {
		return nil
	}
	end, last := n, sorted[n-1]
	for end < len(sorted) && compareMeans(sorted[end], last) == 0 {
		end++
	}
	if end > n+2 {
		for end = n; end > 0 && compareMeans(sorted[end-1], last) == 0; {
			end--
		}
	}
	return slices.Clone(sorted[:end])
}

// RadarLabel says in words what a unit's radar shows, for those who can't see it.
func RadarLabel(unit, lang string) string {
	return say(lang, "Nivå per tema för %s. Samma siffror står i tabellen på sidan.", "Level by theme for %s. The same figures are in the table on the page.", unit)
}

// Target is what a target is called in a chart.
func Target(lang string) string { return say(lang, "Mål", "Target") }
