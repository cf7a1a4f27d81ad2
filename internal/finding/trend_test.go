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
	if got, want := MovesTitle(rose, fell, "2024", "sv"), "Sedan 2024 syns två säkra ökningar och två säkra minskningar bland teman och frågor"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := MovesTitle(rose[:1], nil, "2024", "sv"), "Sedan 2024 syns en säker ökning och inga säkra minskningar bland teman och frågor"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := MovesTitle(rose, fell[:1], "2024", "en"), "Since 2024 there are two certain rises and one certain fall among themes and questions"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := MovesTitle(rose[2:], nil, "2024", "sv"), "Ingen förändring sedan 2024 är säkerställd"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// The headline and the lede tell of the oldest round that can be compared with.
func TestTrendWords(t *testing.T) {
	doc := func(items string, means ...float64) *analysis.Document {
		d := &analysis.Document{Unit: analysis.UnitRef{Name: "Omsorg"}, Signature: map[string]string{}}
		for i, mean := range means {
			level, id := analysis.LevelTheme, string(rune('a'+i))
			if i == 0 {
				level, id = analysis.LevelTotal, analysis.TotalID
			}
			d.Figures = append(d.Figures, analysis.Figure{Level: level, ID: id, N: 20, Invited: 24, Mean: mean, Index: survey.Index(mean), SE: .05})
			d.Signature[level+" "+id] = items
		}
		return d
	}
	hiddenNow := doc("x", 2, 2)
	hiddenNow.Suppressed = analysis.Small
	hiddenNow.Figures[0].Suppressed = analysis.Small
	for name, c := range map[string]struct {
		docs           []*analysis.Document
		headline, lede string
	}{
		"measured once":       {[]*analysis.Document{doc("x", 2, 2)}, "Omsorg har mätts en gång", ""},
		"higher":              {[]*analysis.Document{doc("x", 2, 2, 2), doc("x", 2.4, 2.4, 2.4)}, "Omsorg har blivit digitalt mognare sedan 2023", "Mognadsindex var 25,0 (n = 20) 2023 och är 35,0 (n = 20) 2024. Skillnaden är säkerställd. Alla två jämförbara teman har ökat säkert."},
		"lower":               {[]*analysis.Document{doc("x", 2.4, 2.4, 2.4), doc("x", 2, 2, 2)}, "Omsorg har tappat i digital mognad sedan 2023", "Mognadsindex var 35,0 (n = 20) 2023 och är 25,0 (n = 20) 2024. Skillnaden är säkerställd. Alla två jämförbara teman har minskat säkert."},
		"no different":        {[]*analysis.Document{doc("x", 2, 2, 2), doc("x", 2.1, 2.1, 1.9)}, "Ingen säkerställd förändring i Omsorg sedan 2023", "Mognadsindex var 25,0 (n = 20) 2023 och är 27,5 (n = 20) 2024. Skillnaden är inte säkerställd. Av två jämförbara teman har inga ökat och inga minskat säkert."},
		"some of each":        {[]*analysis.Document{doc("x", 2, 2, 2, 2, 2), doc("x", 2.4, 2.5, 2.5, 1.5, 2)}, "Omsorg har blivit digitalt mognare sedan 2023", "Mognadsindex var 25,0 (n = 20) 2023 och är 35,0 (n = 20) 2024. Skillnaden är säkerställd. Av fyra jämförbara teman har två ökat och ett minskat säkert."},
		"the oldest is other": {[]*analysis.Document{doc("other", 1, 1), doc("x", 2, 2), doc("x", 2.4, 2.4)}, "Omsorg har blivit digitalt mognare sedan 2024", "Mognadsindex var 25,0 (n = 20) 2024 och är 35,0 (n = 20) 2025. Skillnaden är säkerställd. Det enda jämförbara temat har ökat säkert."},
		"not there between":   {[]*analysis.Document{doc("x", 2, 2, 2), nil, doc("x", 2.4, 2.4, 2.4)}, "Omsorg har blivit digitalt mognare sedan 2023", "Mognadsindex var 25,0 (n = 20) 2023 och är 35,0 (n = 20) 2025. Skillnaden är säkerställd. Alla två jämförbara teman har ökat säkert."},
		"all other":           {[]*analysis.Document{doc("other", 1, 1), doc("x", 2.4, 2.4)}, "Index för Omsorg går inte att jämföra med tidigare år", ""},
		"hidden now":          {[]*analysis.Document{doc("x", 2, 2), hiddenNow}, "För få i Omsorg har svarat för att visas", ""},
	} {
		trend := Trend{Docs: c.docs, Years: []string{"2023", "2024", "2025"}[:len(c.docs)], Names: names, Lang: "sv"}
		if got := trend.Headline(); got != c.headline {
			t.Errorf("%s: %q, want %q", name, got, c.headline)
		}
		if got := strings.Join(trend.Lede(), " "); got != c.lede {
			t.Errorf("%s: %q, want %q", name, got, c.lede)
		}
	}
}
