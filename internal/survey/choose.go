package survey

import "slices"

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
