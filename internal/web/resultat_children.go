package web

import (
	"strings"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
)

// childrenView is the units below, with their areas and index.
type childrenView struct {
	Title string
	Kind  finding.Kind
	Areas []string
	Rows  []childRow
}

// childRow is one line of the table: the unit itself, a unit below, what the
// hidden have together, or the reason why one is hidden.
type childRow struct {
	Name       string
	Unit       string // id of a unit below, "" for the other rows
	Href       string
	Answered   int
	Invited    int
	Self       bool
	Rest       bool
	RestUnits  string // names of the hidden units in it
	RestDirect bool   // also people placed in the unit itself
	Hidden     string // why none of its figures is shown
	Areas      []figureView
	Index      figureView
	Change     changeView
}

func (u unitViews) children() *childrenView {
	d := u.doc
	if len(d.Children) == 0 {
		return nil
	}
	v := &childrenView{Title: u.say.ChildrenTitle(), Kind: u.say.Kind()}
	var areas []string
	for _, q := range u.set.Questionnaires {
		if _, ok := d.Figure(q.ID); ok {
			areas = append(areas, q.ID)
			v.Areas = append(v.Areas, q.Title.In(u.lang))
		}
	}
	row := func(r childRow, figure func(string) (analysis.Figure, bool)) childRow {
		for _, id := range areas {
			f, ok := figure(id)
			r.Areas = append(r.Areas, u.figure(f, ok))
		}
		f, ok := figure(analysis.TotalID)
		r.Index = u.figure(f, ok)
		return r
	}
	change, compared := d.Previous.Change(analysis.TotalID)
	self := row(childRow{Name: soft(d.Unit.Name), Answered: d.Submitted, Invited: d.Invited, Self: true}, d.Figure)
	self.Change = u.change(change, compared, indexStep)
	v.Rows = append(v.Rows, self)
	var hidden []childRow
	for i := range d.Children {
		c := &d.Children[i]
		r := childRow{Name: soft(c.Unit.Name), Unit: c.Unit.ID, Answered: c.Submitted, Invited: c.Invited, Hidden: string(c.Suppressed)}
		if c.Suppressed != analysis.Shown {
			hidden = append(hidden, r)
			continue
		}
		r = row(r, c.Figure)
		change, compared := c.Change(analysis.TotalID)
		r.Change = u.change(change, compared, indexStep)
		v.Rows = append(v.Rows, r)
	}
	if rest, ok := u.rest(areas); ok {
		v.Rows = append(v.Rows, rest)
	}
	v.Rows = append(v.Rows, hidden...)
	return v
}

// rest is "övriga tillsammans" (docs/method.md, What may be shown, 5).
func (u unitViews) rest(areas []string) (childRow, bool) {
	r, any := childRow{Name: soft(u.doc.Unit.Name), Rest: true}, false
	inIt := map[string]bool{}
	figure := func(id string) figureView {
		f, ok := u.doc.RestOf(id)
		if !ok {
			return figureView{Reason: string(analysis.None)}
		}
		any = true
		for _, unit := range f.Units {
			inIt[unit] = true
		}
		return figureView{Shown: true, Level: u.number(f.Mean), Index: u.number(f.Index), N: f.N, Invited: f.Invited, Class: heat(f.Mean)}
	}
	for _, id := range areas {
		r.Areas = append(r.Areas, figure(id))
	}
	r.Index = figure(analysis.TotalID)
	below, names := 0, []string(nil)
	for i := range u.doc.Children {
		c := &u.doc.Children[i]
		below += c.Invited
		if inIt[c.Unit.ID] {
			names = append(names, c.Unit.Name)
		}
	}
	r.RestUnits = strings.Join(names, "; ") // a name may hold "och" and commas
	r.RestDirect = u.doc.Invited > below
	return r, any
}
