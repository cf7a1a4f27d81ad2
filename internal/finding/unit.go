package finding

import (
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/format"
)

// Unit makes the sentences of one unit's page from its frozen document.
type Unit struct {
	Doc   *analysis.Document
	Names Names
	Then  string // what the previous round is called, "2024"
	Lang  string
}

// Headline states the most that the figures bear, in this order: a confirmed
// change of the whole, confirmed changes of themes, a certain difference from
// the whole organisation, themes that certainly stand out; else the level.
func (u Unit) Headline() string {
	d, name := u.Doc, u.Doc.Unit.Name
	total, _ := d.Figure(analysis.TotalID)
	switch {
	case d.Suppressed == analysis.None:
		return say(u.Lang, "Ingen i %s har fått frågorna", "Nobody in %s was asked", name)
	case d.Suppressed == analysis.Small:
		return say(u.Lang, "För få i %s har svarat för att visas", "Too few in %s have answered to be shown", name)
	case d.Suppressed != analysis.Shown:
		return say(u.Lang, "%s visas inte var för sig", "%s is not shown on its own", name)
	case total.Suppressed != analysis.Shown || total.N == 0:
		return say(u.Lang, "%s har för få svar för ett mognadsindex", "%s has too few answers for a maturity index", name)
	}
	better, worse := u.changed(up), u.changed(down)
	change := u.change(total)
	_, weak := u.themes()
	switch {
	case up(change) && len(worse) > 0:
		return say(u.Lang, "%s har blivit digitalt mognare sedan %s men tappat i %s", "%s has matured digitally since %s but slipped in %s", name, u.Then, u.list(worse))
	case up(change) && len(weak) > 0:
		return say(u.Lang, "%s har blivit digitalt mognare sedan %s men är svagast i %s", "%s has matured digitally since %s but is weakest in %s", name, u.Then, u.list(weak))
	case up(change):
		return say(u.Lang, "%s har blivit digitalt mognare sedan %s", "%s has matured digitally since %s", name, u.Then)
	case down(change) && len(better) > 0:
		return say(u.Lang, "%s har tappat i digital mognad sedan %s men ökat i %s", "%s has lost digital maturity since %s but gained in %s", name, u.Then, u.list(better))
	case down(change):
		return say(u.Lang, "%s har tappat i digital mognad sedan %s", "%s has lost digital maturity since %s", name, u.Then)
	case len(better) > 0 && len(worse) > 0:
		return say(u.Lang, "%s har ökat i %s men tappat i %s sedan %s", "%s has gained in %s but slipped in %s since %s", name, u.list(better), u.list(worse), u.Then)
	case len(better) > 0:
		return say(u.Lang, "%s har ökat i %s sedan %s", "%s has gained in %s since %s", name, u.list(better), u.Then)
	case len(worse) > 0:
		return say(u.Lang, "%s har tappat i %s sedan %s", "%s has slipped in %s since %s", name, u.list(worse), u.Then)
	}
	return u.standing(total)
}

// standing is the headline of a unit with no confirmed change.
func (u Unit) standing(total analysis.Figure) string {
	name, whole := u.Doc.Unit.Name, u.whole()
	strong, weak := u.themes()
	root, _ := u.Doc.Root.Figure(analysis.TotalID)
	diff, _ := Versus(total, root)
	switch {
	case up(diff) && len(weak) > 0:
		return say(u.Lang, "%s ligger över %s men är svagast i %s", "%s is above %s but weakest in %s", name, whole, u.list(weak))
	case up(diff):
		return say(u.Lang, "%s ligger över %s", "%s is above %s", name, whole)
	case down(diff) && len(strong) > 0:
		return say(u.Lang, "%s ligger under %s men är starkast i %s", "%s is below %s but strongest in %s", name, whole, u.list(strong))
	case down(diff):
		return say(u.Lang, "%s ligger under %s", "%s is below %s", name, whole)
	case len(strong) > 0 && len(weak) > 0:
		return say(u.Lang, "%s är starkast i %s och svagast i %s", "%s is strongest in %s and weakest in %s", name, u.list(strong), u.list(weak))
	case len(strong) > 0:
		return say(u.Lang, "%s är starkast i %s", "%s is strongest in %s", name, u.list(strong))
	case len(weak) > 0:
		return say(u.Lang, "%s är svagast i %s", "%s is weakest in %s", name, u.list(weak))
	}
	return say(u.Lang, "%s ligger på nivå %s av 5 i digital mognad", "%s is at level %s of 5 in digital maturity", name, u.number(total.Mean))
}

// whole is what the organisation is called in a comparison: "hela kommunen".
func (u Unit) whole() string {
	if u.Doc.Root == nil {
		return ""
	}
	if KindOf(u.Lang, u.Doc.Root.Unit.Kind) == KindOf(u.Lang, "kommun") {
		return say(u.Lang, "hela kommunen", "the whole municipality")
	}
	return say(u.Lang, "hela organisationen", "the whole organisation")
}

// Whole is what the organisation is called in the page's labels.
func (u Unit) Whole() string { return u.whole() }

// Lede is the paragraph under the headline: the index with its change, its
// difference from the whole, what has fallen, and what is furthest from its
// target, each with its n. It is empty for a unit that is not shown.
func (u Unit) Lede() []string {
	total, _ := u.Doc.Figure(analysis.TotalID)
	if u.Doc.Suppressed != analysis.Shown || total.Suppressed != analysis.Shown || total.N == 0 {
		return nil
	}
	out := []string{u.indexSentence(total)}
	if s := u.wholeSentence(total); s != "" {
		out = append(out, s)
	}
	most := u.furthest()
	if worse := u.changed(down); len(worse) <= 2 {
		for _, f := range worse {
			then, _ := u.Doc.Previous.Figure(f.ID)
			sentence := say(u.Lang, "%s har minskat från nivå %s (n = %d) till %s (n = %d)", "%s has fallen from level %s (n = %d) to %s (n = %d)",
				Capital(u.inside(f.ID)), u.number(then.Mean), then.N, u.number(f.Mean), f.N)
			if f.ID == most.ID {
				sentence += say(u.Lang, " och har längst kvar till målet, %s", " and is furthest from its target, %s", u.number(f.Target))
				most = analysis.Figure{}
			}
			out = append(out, sentence+".")
		}
	}
	if most.N > 0 {
		out = append(out, say(u.Lang, "Längst kvar till målet har %s: nivå %s mot målet %s (n = %d).", "Furthest from its target is %s: level %s against %s (n = %d).",
			u.inside(most.ID), u.number(most.Mean), u.number(most.Target), most.N))
	}
	return out
}

func (u Unit) indexSentence(total analysis.Figure) string {
	now := u.number(total.Index)
	plain := say(u.Lang, "Mognadsindex är %s av 100 (n = %d).", "The maturity index is %s of 100 (n = %d).", now, total.N)
	if u.Doc.Previous == nil {
		return plain
	}
	then, _ := u.Doc.Previous.Figure(analysis.TotalID)
	change, compared := u.Doc.Previous.Change(analysis.TotalID)
	before := u.number(then.Index)
	switch {
	case then.Suppressed != analysis.Shown || then.N == 0:
		return plain + say(u.Lang, " %s visades inget index, så det finns inget att jämföra med.", " In %s no index was shown, so there is nothing to compare with.", u.Then)
	case !compared:
		return plain + say(u.Lang, " Frågorna är inte desamma som %s, så indexen jämförs inte.", " The questions are not those of %s, so the indexes are not compared.", u.Then)
	case before == now:
		return plain + say(u.Lang, " Det är samma tal som %s (n = %d).", " It is the same number as in %s (n = %d).", u.Then, then.N)
	case up(change):
		return say(u.Lang, "Mognadsindex har ökat från %s (n = %d) till %s av 100 (n = %d), en säkerställd ökning.", "The maturity index has risen from %s (n = %d) to %s of 100 (n = %d), a confirmed rise.", before, then.N, now, total.N)
	case down(change):
		return say(u.Lang, "Mognadsindex har minskat från %s (n = %d) till %s av 100 (n = %d), en säkerställd minskning.", "The maturity index has fallen from %s (n = %d) to %s of 100 (n = %d), a confirmed fall.", before, then.N, now, total.N)
	}
	return plain + say(u.Lang, " Skillnaden mot %s, då det var %s (n = %d), är inte säkerställd.", " The difference from %s, when it was %s (n = %d), is not confirmed.", u.Then, before, then.N)
}

func (u Unit) wholeSentence(total analysis.Figure) string {
	root, _ := u.Doc.Root.Figure(analysis.TotalID)
	diff, ok := Versus(total, root)
	if !ok {
		return ""
	}
	index := u.number(root.Index)
	switch {
	case u.number(total.Index) == index:
		return say(u.Lang, "Det är samma tal som för %s (n = %d).", "It is the same number as for %s (n = %d).", u.whole(), root.N)
	case up(diff):
		return say(u.Lang, "Det är högre än för %s, som har %s (n = %d).", "It is higher than for %s, which has %s (n = %d).", u.whole(), index, root.N)
	case down(diff):
		return say(u.Lang, "Det är lägre än för %s, som har %s (n = %d).", "It is lower than for %s, which has %s (n = %d).", u.whole(), index, root.N)
	}
	return say(u.Lang, "Skillnaden mot %s, som har %s (n = %d), är inte säkerställd.", "The difference from %s, which has %s (n = %d), is not confirmed.", u.whole(), index, root.N)
}

// furthest is the one theme that certainly has most left to its target, the zero
// Figure where none has.
func (u Unit) furthest() analysis.Figure {
	themes := shown(u.Doc.Of(analysis.LevelTheme))
	most, _ := Extremes(byGap(themes))
	if len(most) != 1 || len(themes) < 3 || tenths(most[0].Gap) <= 0 {
		return analysis.Figure{}
	}
	f, _ := u.Doc.Figure(most[0].ID)
	return f
}

// change returns the change in a statistic since the previous round; none where
// the page shows the same number twice, however certain the difference.
func (u Unit) change(f analysis.Figure) analysis.Change {
	c, ok := u.Doc.Previous.Change(f.ID)
	then, _ := u.Doc.Previous.Figure(f.ID)
	if !ok || tenths(then.Mean) == tenths(f.Mean) && (f.Level != analysis.LevelTotal || tenths(then.Index) == tenths(f.Index)) {
		return analysis.Change{}
	}
	return c
}

// changed lists the themes whose change since the previous round is as asked.
func (u Unit) changed(as func(analysis.Change) bool) []analysis.Figure {
	var out []analysis.Figure
	for _, f := range u.Doc.Of(analysis.LevelTheme) {
		if as(u.change(f)) {
			out = append(out, f)
		}
	}
	return out
}

// themes returns the themes that stand out as strongest and as weakest.
func (u Unit) themes() (strong, weak []analysis.Figure) {
	return Outstanding(u.Doc.Figures)
}

// list names statistics inside a sentence, or counts them where they are many.
func (u Unit) list(figures []analysis.Figure) string {
	if len(figures) > 2 {
		all := len(shown(u.Doc.Of(analysis.LevelTheme)))
		if len(figures) == all {
			return say(u.Lang, "alla %s teman", "all %s themes", numeral(all, u.Lang))
		}
		return say(u.Lang, "%s av %s teman", "%s of %s themes", numeral(len(figures), u.Lang), numeral(all, u.Lang))
	}
	var names []string
	for _, f := range figures {
		names = append(names, u.inside(f.ID))
	}
	return join(names, u.Lang)
}

func (u Unit) inside(id string) string { return inside(u.Names.Of(id, u.Lang), u.Lang) }
func (u Unit) number(v float64) string { return format.Decimal(v, 1, u.Lang) }
