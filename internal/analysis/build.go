package analysis

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// Document freezes what may be shown of unit. prev is the same unit's document
// of the last published round (or that of the unit which it followed), nil
// where there is none. An unknown unit gives a Document without a unit's id.
// It costs the unit's own figures and its children's, not the organisation's.
func (r *Result) Document(unit string, prev *Document) Document {
	u, ok := r.tree.Index(unit)
	if !ok {
		return Document{}
	}
	d := Document{
		Round: r.opt.Round, Unit: r.ref(u), MinGroup: r.opt.MinGroup,
		Invited: r.invited[u], Submitted: r.submitted[u], Suppressed: r.units[u],
		Figures: r.figures(u, true), Competence: r.competenceFigures(u), Signature: r.signature,
	}
	for _, p := range r.tree.Path(unit) {
		d.Path = append(d.Path, refOf(p))
	}
	if u == 0 {
		d.Facts = r.facts()
	} else {
		d.Root = r.reference(0)
	}
	if p := r.tree.ParentIndex(u); p > 0 {
		d.Parent = r.reference(p)
	}
	if prev != nil {
		d.Previous = r.previous(&d, prev)
	}
	d.Children = r.children(u, prev)
	d.Rest = r.rests(u)
	return d
}

func refOf(u org.Unit) UnitRef { return UnitRef{u.ID, u.Name, u.Kind} }

func (r *Result) ref(u int) UnitRef { return refOf(r.tree.Units()[u]) }

// figures are the unit's statistics in survey order, items only if asked for.
func (r *Result) figures(u int, items bool) []Figure {
	out := make([]Figure, 0, len(r.stats))
	for s := range r.stats {
		item := r.stats[s].item != nil
		if item && !items {
			continue
		}
		f := r.figure(u, s)
		f.Suppressed = r.told(u, f.Suppressed)
		if item && r.uncounted[s][u] != Shown {
			f.DontKnow, f.NotApplicable = nil, nil
		}
		if item && r.unspread[s][u] {
			f.Histogram = nil
		}
		out = append(out, f)
	}
	return out
}

// told is the reason as a document gives it. Among people who have submitted,
// "none" beside the number asked would tell that they gave no level.
func (r *Result) told(u int, reason Reason) Reason {
	if reason == None && r.submitted[u] > 0 && r.opt.MinGroup > 1 {
		return Small
	}
	return reason
}

func (r *Result) competenceFigures(u int) []CompetenceFigure {
	var out []CompetenceFigure
	for c := range r.competence {
		f := r.competenceFigure(u, c)
		if f.Suppressed == Shown && r.cut[c][u] {
			f = CompetenceFigure{Item: f.Item, Suppressed: Complementary}
		}
		f.Suppressed = r.told(u, f.Suppressed)
		out = append(out, f)
	}
	return out
}

func (r *Result) reference(u int) *Reference {
	return &Reference{Unit: r.ref(u), Invited: r.invited[u], Submitted: r.submitted[u], Figures: r.figures(u, false)}
}

// facts are what the whole organisation answered to each fact.
func (r *Result) facts() []FactFigure {
	var out []FactFigure
	for s, st := range r.stats {
		if st.item == nil || st.item.Kind != survey.Fact {
			continue
		}
		f := FactFigure{Item: st.id, N: r.count(0, s), Invited: people(part(r.all.invited, 0, r.tree.Len()), &st.asked)}
		below := 0
		for i, x := range r.histogram(0, st.item) {
			if below += x; below > 0 && 2*below >= f.N {
				f.Level = i + 1
				break
			}
		}
		out = append(out, f)
	}
	return out
}

// children are the units directly below, with what of them is shown.
func (r *Result) children(u int, prev *Document) []Child {
	var out []Child
	for _, c := range r.tree.ChildIndexes(u) {
		child := Child{
			Unit: r.ref(c), Invited: r.invited[c], Submitted: r.submitted[c], Suppressed: r.units[c],
			Figures: r.figures(c, false), Competence: r.competenceFigures(c),
		}
		if before := r.before(child.Unit.ID, prev); before != nil {
			child.Changes = r.changes(child.Figures, before.Figures, prev.Signature)
		}
		out = append(out, child)
	}
	rank(out)
	return out
}

// before finds a child among the children of the previous round's document:
// by id, else as the only one that it followed.
func (r *Result) before(unit string, prev *Document) *Child {
	if prev == nil {
		return nil
	}
	if c, ok := prev.Child(unit); ok {
		return c
	}
	var found *Child
	for old, now := range r.opt.Successors {
		if c, ok := prev.Child(old); ok && now == unit {
			if found != nil {
				return nil
			}
			found = c
		}
	}
	return found
}

// rank sets the possible ranks of the shown children in every statistic.
func rank(children []Child) {
	if len(children) == 0 {
		return
	}
	for s := range children[0].Figures {
		figures := make([]Figure, len(children))
		for i := range children {
			figures[i] = children[i].Figures[s]
		}
		for i, place := range PossibleRanks(figures) {
			if place.Low == 0 {
				continue
			}
			if children[i].Ranks == nil {
				children[i].Ranks = map[string]Rank{}
			}
			children[i].Ranks[figures[i].ID] = place
		}
	}
}

// rests are what the shown children leave of a shown unit, per score
// (docs/method.md, What may be shown, 5); none where no child is shown, since
// the unit itself is the figure then.
func (r *Result) rests(u int) []RestFigure {
	var out []RestFigure
	for s := range r.stats {
		st := &r.stats[s]
		if st.item != nil || r.hidden[s][u] != Shown {
			continue
		}
		left := r.score(u, *st)
		f := RestFigure{Level: st.level, ID: st.id, Invited: people(part(r.all.invited, u, r.tree.Len()), &st.asked)}
		shown := false
		for _, c := range r.tree.ChildIndexes(u) {
			asked := people(part(r.all.invited, c, r.tree.Len()), &st.asked)
			if r.hidden[s][c] != Shown {
				if asked > 0 { // not "scored": how few did is hidden
					f.Units = append(f.Units, r.tree.Units()[c].ID)
				}
				continue
			}
			shown = true
			m := r.score(c, *st)
			left.n, left.sum = left.n-m.n, left.sum-m.sum
			f.Invited -= asked
		}
		if !shown || left.n < int64(r.opt.MinGroup) {
			continue
		}
		f.N, f.Mean = int(left.n), left.mean()
		f.Index = survey.Index(f.Mean)
		out = append(out, f)
	}
	return out
}

// previous takes over the former round's figures and compares.
func (r *Result) previous(d, prev *Document) *Previous {
	p := &Previous{
		Round: prev.Round, Unit: prev.Unit, Invited: prev.Invited, Submitted: prev.Submitted,
		Figures: prev.Figures, Changes: r.changes(d.Figures, prev.Figures, prev.Signature),
	}
	root, ok := prev.Root.Figure(TotalID)
	if prev.Root == nil {
		root, ok = prev.Figure(TotalID)
	}
	if ok {
		p.RootTotal = &root
	}
	return p
}

// changes compares the statistics that are shown in both rounds and made of the
// same items (docs/method.md, Change between years).
func (r *Result) changes(now, then []Figure, signature map[string]string) []Change {
	before := make(map[string]*Figure, len(then))
	for i := range then {
		before[statKey(then[i].Level, then[i].ID)] = &then[i]
	}
	var out []Change
	for _, f := range now {
		key := statKey(f.Level, f.ID)
		if b := before[key]; b != nil && signature[key] == r.signature[key] {
			if c, ok := compared(*b, f); ok {
				out = append(out, c)
			}
		}
	}
	return out
}

// signatures tells for each statistic which items it is made of, how they weigh
// and what "don't know" counts as: where any of it differs, means differ though
// nobody has answered differently.
func signatures(stats []stat) map[string]string {
	out := make(map[string]string, len(stats))
	for _, st := range stats {
		var parts []string
		for _, it := range st.rating {
			parts = append(parts, fmt.Sprintf("%s|%s|%g|%t", it.Area, it.ID, it.Weight, it.DontKnow == survey.Level1))
		}
		if st.item != nil {
			parts = append(parts, fmt.Sprintf("%s|%t", st.id, st.item.DontKnow == survey.Level1))
		}
		slices.Sort(parts)
		h := fnv.New64a()
		h.Write([]byte(strings.Join(parts, "\n")))
		out[statKey(st.level, st.id)] = fmt.Sprintf("%x", h.Sum64())
	}
	return out
}
