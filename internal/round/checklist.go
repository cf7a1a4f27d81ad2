package round

import (
	"slices"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// Checklist is what to look at before a round opens. Nothing in it but an empty
// Asked keeps it from opening.
type Checklist struct {
	Asked     int          // people that the round would ask
	Counted   int          // those of them whom results are made of
	NoAddress []org.Person // asked, but without an address to write to
	Empty     []org.Unit   // with nobody to ask, nor in any unit below
	Small     []org.Unit   // with people to ask, but too few ever to be shown
	Items     int          // questions in the questionnaires chosen
}

// Check looks through what a draft would open with; the error is one that would
// keep it from opening.
func Check(r Round, set *survey.Set, units []org.Unit, people []org.Person) (Checklist, error) {
	set = set.Chosen(r.Questionnaires, r.Targets)
	c := Checklist{Items: len(set.Items)}
	tree, err := measured(r, units)
	if err != nil {
		return c, err
	}
	asked, counted := make([]int, tree.Len()), make([]int, tree.Len())
	for _, p := range tree.PeopleIn(people) {
		if !slices.ContainsFunc(set.Items, func(it *survey.Item) bool { return it.AskedTo(p.Roles) }) {
			continue
		}
		c.Asked++
		if p.Email == "" {
			c.NoAddress = append(c.NoAddress, p)
		}
		one := 0
		if counts(set, p.Roles) {
			one = 1
			c.Counted++
		}
		for i, ok := tree.Index(p.Unit); ok && i >= 0; i = tree.ParentIndex(i) {
			asked[i]++
			counted[i] += one
		}
	}
	for i, u := range tree.Units() {
		switch {
		case asked[i] == 0:
			c.Empty = append(c.Empty, u)
		case counted[i] < max(r.MinGroup, LeastGroup):
			c.Small = append(c.Small, u)
		}
	}
	return c, nil
}

// Preview returns the questionnaire of a draft or a later round as somebody with
// a role sees it on the first day, one of counted that results are made of;
// nothing is stored.
func Preview(r Round, set *survey.Set, tree *org.Tree, role org.Role, counted int) *Sheet {
	r.State, r.Invited = Open, counted
	inv := Invitation{Round: r.ID, Unit: tree.Root().ID, Roles: []org.Role{role}, Counts: counts(set, []org.Role{role}), Status: Invited}
	sheet := &Sheet{Round: r, Invitation: inv, Set: set}
	for _, it := range set.Items {
		if it.AskedTo(inv.Roles) {
			sheet.Items = append(sheet.Items, it)
		}
	}
	return sheet
}

// Asks returns the questionnaires that a draft would ask, or that a later round
// froze.
func (r Round) Asks(set *survey.Set) *survey.Set { return set.Chosen(r.Questionnaires, r.Targets) }
