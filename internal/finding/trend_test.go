package finding

import (
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// What has moved: themes and rating items made of the same items and shown in
// both, the certain before the others, the larger first.
func TestMoves(t *testing.T) {
	q := &survey.Questionnaire{ID: "x", Themes: []*survey.Theme{{ID: "y"}}}
	for id, kind := range map[string]survey.Kind{"rating": survey.Rating, "fact": survey.Fact} {
		q.Items = append(q.Items, &survey.Item{ID: id, Theme: "y", Kind: kind, Roles: []org.Role{org.Enhetschef}})
	}
	then, now := &analysis.Document{Signature: map[string]string{}}, &analysis.Document{Signature: map[string]string{}}
	put := func(level, id string, was, is, se float64) {
		for d, mean := range map[*analysis.Document]float64{then: was, now: is} {
			d.Figures = append(d.Figures, analysis.Figure{Level: level, ID: id, N: 20, Invited: 24, Mean: mean, SE: se})
			d.Signature[level+" "+id] = "same"
		}
	}
	put(analysis.LevelTotal, analysis.TotalID, 2, 3, .05)
	put(analysis.LevelArea, "area", 2, 3, .05)
	put(analysis.LevelTheme, "up, certain", 2, 2.4, .05)
	put(analysis.LevelTheme, "up, uncertain", 2, 2.9, .5)
	put(analysis.LevelTheme, "up, more", 2, 2.6, .05)
	put(analysis.LevelTheme, "as before", 2, 2.04, .001)
	put(analysis.LevelTheme, "down", 3, 2.5, .05)
	put(analysis.LevelTheme, "made of others", 2, 3, .05)
	put(analysis.LevelTheme, "hidden", 2, 3, .05)
	put(analysis.LevelItem, "rating", 3, 2, .05)
	put(analysis.LevelItem, "fact", 3, 2, .05)
	put(analysis.LevelItem, "no longer asked", 3, 2, .05)
	now.Signature[analysis.LevelTheme+" made of others"] = "other"
	for i := range now.Figures {
		if now.Figures[i].ID == "hidden" {
			now.Figures[i].Suppressed = analysis.Small
		}
	}
	rose, fell := Moves(then, now, survey.NewSet([]*survey.Questionnaire{q}))
	ids := func(moves []Move) string {
		var out []string
		for _, m := range moves {
			out = append(out, m.Now.ID)
		}
		return strings.Join(out, "; ")
	}
	if got, want := ids(rose), "up, more; up, certain; up, uncertain"; got != want {
		t.Errorf("rose: %s, want %s", got, want)
	}
	if got, want := ids(fell), "rating; down"; got != want {
		t.Errorf("fell: %s, want %s", got, want)
	}
	if got, want := MovesTitle(rose, fell, "2024", "sv"), "Sedan 2024 har två teman och frågor ökat säkert och två minskat"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := MovesTitle(rose[2:], nil, "2024", "sv"), "Ingen förändring sedan 2024 är säkerställd"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
