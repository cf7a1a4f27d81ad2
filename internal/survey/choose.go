package survey

import (
	"maps"
	"slices"

	"github.com/mognad/mognad/internal/org"
)

// Requirements are levels that roles are required to have: item id → role → 1–5.
// An item that is there without roles requires nothing of anybody.
type Requirements map[string]map[org.Role]int

// Requiring returns the set with other required levels in some of its competence
// areas. s is left as it is; what r has of other items is passed over.
func (s *Set) Requiring(r Requirements) *Set {
	out := s.Chosen(nil, nil)
	for _, it := range out.Items {
		if levels, ok := r[it.ID]; ok && it.OwnCompetence() {
			it.Required, it.Released = maps.Clone(levels), len(levels) == 0
		}
	}
	return out
}

// Chosen returns a set of some of the questionnaires, all of them for none, with
// the targets of some themes changed: theme id ("area.theme") → level. s is left
// as it is.
func (s *Set) Chosen(questionnaires []string, targets map[string]float64) *Set {
	var qs []*Questionnaire
	for _, q := range s.Questionnaires {
		if len(questionnaires) > 0 && !slices.Contains(questionnaires, q.ID) {
			continue
		}
		chosen := *q
		chosen.Themes, chosen.Items = nil, nil
		for _, th := range q.Themes {
			theme := *th
			chosen.Themes = append(chosen.Themes, &theme)
		}
		for _, it := range q.Items {
			item := *it
			if target, ok := targets[it.ThemeID()]; ok {
				item.Target = target
			}
			chosen.Items = append(chosen.Items, &item)
		}
		qs = append(qs, &chosen)
	}
	return NewSet(qs)
}

// ThemeTarget returns the target that a theme's items have, and false where they
// differ or it has none.
func (th *Theme) ThemeTarget() (float64, bool) {
	if len(th.Items) == 0 {
		return 0, false
	}
	first := th.Items[0].Target
	for _, it := range th.Items {
		if it.Target != first {
			return 0, false
		}
	}
	return first, true
}

// RolesAsked returns the managers' roles that are asked an item.
func RolesAsked(it *Item) (out []org.Role) {
	for _, r := range org.Roles {
		if r.Manager() && it.AskedTo([]org.Role{r}) {
			out = append(out, r)
		}
	}
	return out
}
