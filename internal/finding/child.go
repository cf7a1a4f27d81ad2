package finding

import "github.com/mognad/mognad/internal/analysis"

// OfChild says two things of a shown unit below: its index beside the unit's own,
// and the themes that certainly stand out in it, else whether its index has
// certainly changed. It is empty where the child's total is not shown.
func (u Unit) OfChild(c *analysis.Child) []string {
	total, ok := c.Figure(analysis.TotalID)
	if !ok || total.Suppressed != analysis.Shown || total.N == 0 {
		return nil
	}
	return []string{u.childIndex(total), u.childThemes(c)}
}

func (u Unit) childIndex(total analysis.Figure) string {
	own, _ := u.Doc.Figure(analysis.TotalID)
	now, name := u.number(total.Index), u.Doc.Unit.Name
	diff, ok := Versus(total, own)
	switch index := u.number(own.Index); {
	case !ok:
		return say(u.Lang, "Mognadsindex är %s av 100 (n = %d).", "The maturity index is %s of 100 (n = %d).", now, total.N)
	case index == now:
		return say(u.Lang, "Mognadsindex är %s av 100 (n = %d), samma tal som för %s (n = %d).", "The maturity index is %s of 100 (n = %d), the same number as for %s (n = %d).", now, total.N, name, own.N)
	case up(diff):
		return say(u.Lang, "Mognadsindex är %s av 100 (n = %d), högre än för %s, som har %s (n = %d).", "The maturity index is %s of 100 (n = %d), higher than for %s, which has %s (n = %d).", now, total.N, name, index, own.N)
	case down(diff):
		return say(u.Lang, "Mognadsindex är %s av 100 (n = %d), lägre än för %s, som har %s (n = %d).", "The maturity index is %s of 100 (n = %d), lower than for %s, which has %s (n = %d).", now, total.N, name, index, own.N)
	default:
		return say(u.Lang, "Mognadsindex är %s av 100 (n = %d). Skillnaden mot %s, som har %s (n = %d), är inte säkerställd.", "The maturity index is %s of 100 (n = %d). The difference from %s, which has %s (n = %d), is not confirmed.", now, total.N, name, index, own.N)
	}
}

func (u Unit) childThemes(c *analysis.Child) string {
	strong, weak := Outstanding(c.Figures)
	switch {
	case len(strong) > 0 && len(weak) > 0:
		return say(u.Lang, "Starkast i %s, svagast i %s.", "Strongest in %s, weakest in %s.", u.levels(strong), u.levels(weak))
	case len(strong) > 0:
		return say(u.Lang, "Starkast i %s.", "Strongest in %s.", u.levels(strong))
	case len(weak) > 0:
		return say(u.Lang, "Svagast i %s.", "Weakest in %s.", u.levels(weak))
	}
	switch change, _ := c.Change(analysis.TotalID); {
	case up(change):
		return say(u.Lang, "Index har ökat säkert sedan %s.", "The index has certainly risen since %s.", u.Then)
	case down(change):
		return say(u.Lang, "Index har minskat säkert sedan %s.", "The index has certainly fallen since %s.", u.Then)
	}
	return say(u.Lang, "Inget tema sticker säkert ut.", "No theme certainly stands out.")
}

// levels names statistics with their levels: "uppföljning (nivå 2,0, n = 20)".
func (u Unit) levels(figures []analysis.Figure) string {
	var out []string
	for _, f := range figures {
		out = append(out, say(u.Lang, "%s (nivå %s, n = %d)", "%s (level %s, n = %d)", u.inside(f.ID), u.number(f.Mean), f.N))
	}
	return join(out, u.Lang)
}

// ChangesTitle heads the themes that have certainly changed since last.
func (u Unit) ChangesTitle() string {
	better, worse := u.changed(up), u.changed(down)
	switch {
	case len(better) > 0 && len(worse) > 0:
		return say(u.Lang, "Säkerställd ökning i %s, minskning i %s", "A confirmed rise in %s, a fall in %s", u.list(better), u.list(worse))
	case len(better) > 0:
		return say(u.Lang, "Säkerställd ökning i %s", "A confirmed rise in %s", u.list(better))
	case len(worse) > 0:
		return say(u.Lang, "Säkerställd minskning i %s", "A confirmed fall in %s", u.list(worse))
	}
	return say(u.Lang, "Ingen säkerställd förändring i något tema sedan %s", "No confirmed change in any theme since %s", u.Then)
}
