package finding

import (
	"testing"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

func areas(se float64, governance, competence float64) *analysis.Document {
	d := unit(se, 3, 3, 3, 3, 3)
	d.Figures = append(d.Figures, fig("styrning", governance, se), fig("kompetens", competence, se))
	return d
}

// children adds units below with their totals and possible ranks, as the
// analysis does; a mean of 0 is a hidden unit.
func children(se float64, means map[string]float64, order ...string) *analysis.Document {
	d := unit(0.05, 3, 3, 3, 3, 3)
	for _, name := range order {
		c := analysis.Child{Unit: analysis.UnitRef{ID: name, Name: name, Kind: "avdelning"}}
		if means[name] == 0 {
			c.Suppressed = analysis.Small
			c.Figures = []analysis.Figure{hidden("total")}
		} else {
			c.Figures = []analysis.Figure{fig("total", means[name], se)}
		}
		d.Children = append(d.Children, c)
	}
	var totals []analysis.Figure
	for _, c := range d.Children {
		totals = append(totals, c.Figures[0])
	}
	for i, r := range analysis.PossibleRanks(totals) {
		if r.Low > 0 {
			d.Children[i].Ranks = map[string]analysis.Rank{"total": r}
		}
	}
	return d
}

func TestTitles(t *testing.T) {
	say := func(d *analysis.Document) Unit { return Unit{Doc: d, Names: names, Then: "2024", Lang: "sv"} }
	hiddenAreas := unit(0.05, 3, 3, 3, 3, 3)
	hiddenAreas.Figures = append(hiddenAreas.Figures, hidden("styrning"))
	reached := areas(0.05, 4, 4.2)
	for _, c := range []struct{ got, want string }{
		{say(unit(0.05, 3, 3, 2, 4, 3)).ThemesTitle(), "Starkast i att leda digital utveckling, svagast i uppföljning"},
		{say(unit(0.5, 3, 3, 2.9, 3.1, 3)).ThemesTitle(), "Inget tema sticker säkert ut"},
		{say(areas(0.05, 2.5, 3)).AreasTitle(), "Styrning har längst kvar till målet"},
		{say(areas(0.5, 2.9, 3)).AreasTitle(), "Inget område har säkert längst kvar till målet"},
		{say(reached).AreasTitle(), "Alla områden når sitt mål"},
		{say(hiddenAreas).AreasTitle(), "Områdena visas inte"},
		{say(children(0.05, map[string]float64{"A": 3, "B": 2, "C": 2.5}, "A", "B", "C")).ChildrenTitle(), "A är säkerställt högst, B säkerställt lägst"},
		{say(children(0.05, map[string]float64{"A": 3, "B": 3, "C": 2.5}, "A", "B", "C")).ChildrenTitle(), "C är säkerställt lägst"},
		{say(children(0.3, map[string]float64{"A": 3, "B": 2.9}, "A", "B")).ChildrenTitle(), "Inga säkra skillnader mellan avdelningarna"},
		{say(children(0.1, map[string]float64{"A": 3, "B": 3, "C": 2.5, "D": 2.5}, "A", "B", "C", "D")).ChildrenTitle(), "Några av avdelningarna skiljer sig säkert åt"},
		{say(children(0.1, map[string]float64{"A": 3}, "A", "B")).ChildrenTitle(), "Av avdelningarna visas A"},
		{say(children(0.1, nil, "A", "B")).ChildrenTitle(), "Avdelningarna visas inte var för sig"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestComparison(t *testing.T) {
	rising := children(0.05, map[string]float64{"A": 3, "B": 3, "C": 2.5}, "A", "B", "C", "D")
	for i, delta := range []float64{0.4, 0.02, -0.4} {
		c := analysis.Change{Level: "total", ID: "total", Delta: delta, Confirmed: delta != 0.02}
		rising.Children[i].Changes = []analysis.Change{c}
	}
	for name, c := range map[string]struct {
		d              *analysis.Document
		headline, lede string
		ranks          string
	}{
		"two lead, one behind": {rising, "Två avdelningar delar täten. C ligger efter.",
			"A och B går inte att skilja åt: ingen skillnad mellan dem är säkerställd. A har ökat säkert sedan 2024. C har minskat säkert sedan 2024.", "Första platsen delas av två"},
		"one ahead, one behind": {children(0.05, map[string]float64{"A": 3, "B": 2.5, "C": 2}, "A", "B", "C"), "A ligger före. C ligger efter.", "", "Första platsen är säker"},
		"no difference":         {children(0.3, map[string]float64{"A": 3, "B": 2.9}, "A", "B"), "Inga säkra skillnader mellan avdelningarna", "A och B går inte att skilja åt: ingen skillnad mellan dem är säkerställd.", "Ingen plats går att skilja från en annan"},
		"all alike":             {children(0, map[string]float64{"A": 3, "B": 3}, "A", "B"), "Inga säkra skillnader mellan avdelningarna", "A och B går inte att skilja åt: ingen skillnad mellan dem är säkerställd.", "Ingen plats går att skilja från en annan"},
		"one shown":             {children(0, map[string]float64{"A": 3}, "A", "B"), "För få avdelningar visas för att jämföras", "", "Ingen plats går att skilja från en annan"},
	} {
		s := Comparison{Doc: c.d, Stat: analysis.TotalID, Names: names, Then: "2024", Lang: "sv"}
		if got := s.Headline(); got != c.headline {
			t.Errorf("%s: headline %q", name, got)
		}
		lede := ""
		for i, x := range s.Lede() {
			if i > 0 {
				lede += " "
			}
			lede += x
		}
		if lede != c.lede {
			t.Errorf("%s: lede %q", name, lede)
		}
		if got := s.RanksTitle(); got != c.ranks {
			t.Errorf("%s: title %q", name, got)
		}
	}
}

func TestThemesTitle(t *testing.T) {
	d := children(0.05, map[string]float64{"A": 3, "B": 3, "C": 3}, "A", "B", "C")
	themes := func(i int, means ...float64) {
		for j, id := range []string{"styrning.mal", "styrning.uppfoljning"} {
			d.Children[i].Figures = append(d.Children[i].Figures, fig(id, means[j], 0.05))
		}
	}
	themes(0, 3, 2)
	themes(1, 3, 2.5)
	themes(2, 3, 2.9)
	s := Comparison{Doc: d, Stat: analysis.TotalID, Names: names, Lang: "sv"}
	if got := s.ThemesTitle(); got != "Uppföljning har lägst nivå i alla tre avdelningar" {
		t.Error(got)
	}
	for i := range d.Children { // whatever their order
		f := d.Children[i].Figures
		f[1], f[2] = f[2], f[1]
	}
	if got := s.ThemesTitle(); got != "Uppföljning har lägst nivå i alla tre avdelningar" {
		t.Error(got)
	}
	if got := s.RadarsTitle(); got != "Tre avdelningar på samma skala" {
		t.Error(got)
	}
	d.Children[0].Suppressed, d.Children[1].Suppressed = analysis.Small, analysis.Complementary
	if got := s.RadarsTitle(); got != "En avdelning på skalan 1–5" {
		t.Error(got)
	}
	d.Children[2].Figures[1].Mean = 2.96 // shown as 3,0, like the other
	if got := s.ThemesTitle(); got != "Teman och avdelningar sida vid sida" {
		t.Error(got)
	}
}

func TestItems(t *testing.T) {
	q := &survey.Questionnaire{ID: "styrning", Themes: []*survey.Theme{{ID: "mal"}, {ID: "uppfoljning"}}}
	d := &analysis.Document{}
	for i, it := range []struct {
		id, theme string
		kind      survey.Kind
		mean      float64
	}{{"a", "mal", survey.Rating, 4}, {"b", "mal", survey.Rating, 3.5}, {"c", "mal", survey.Rating, 3}, {"d", "uppfoljning", survey.Rating, 2},
		{"e", "uppfoljning", survey.Rating, 1.5}, {"f", "mal", survey.Rating, 1.8}, {"fact", "mal", survey.Fact, 1}} {
		q.Items = append(q.Items, &survey.Item{ID: it.id, Theme: it.theme, Kind: it.kind, Roles: []org.Role{org.Enhetschef}})
		d.Figures = append(d.Figures, analysis.Figure{Level: analysis.LevelItem, ID: it.id, N: 10 + i, Mean: it.mean})
	}
	set := survey.NewSet([]*survey.Questionnaire{q})
	ids := func(fs []analysis.Figure) (out string) {
		for _, f := range fs {
			out += f.ID
		}
		return out
	}
	strong, weak := Items(d, set, 3)
	if ids(strong) != "abc" || ids(weak) != "efd" {
		t.Errorf("strong %s, weak %s", ids(strong), ids(weak))
	}
	u := Unit{Doc: d, Names: names, Lang: "sv"}
	if got := u.ItemsTitle(set, weak); got != "Två av de tre frågorna med lägst nivå gäller uppföljning" {
		t.Error(got)
	}
	if got := u.ItemsTitle(set, weak[:1]); got != "Lägst nivå har en fråga om uppföljning" {
		t.Error(got)
	}
	for lang, want := range map[string]string{"sv": "Båda frågorna med lägst nivå gäller uppföljning", "en": "Both questions with the lowest level are on follow-up"} {
		u.Lang = lang
		if got := u.ItemsTitle(set, []analysis.Figure{weak[0], weak[2]}); got != want {
			t.Error(got)
		}
	}
	d.Figures[2].Mean, d.Figures[3].Mean = 3, 3 // the third and the fourth tie: no room for both on both sides
	if strong, weak = Items(d, set, 3); len(strong) != 4 || ids(weak) != "ef" {
		t.Errorf("a tie: strong %s, weak %s", ids(strong), ids(weak))
	}
	for i := range d.Figures {
		d.Figures[i].Mean = 3
	}
	if strong, weak = Items(d, set, 3); len(strong)+len(weak) > 0 {
		t.Errorf("all alike: strong %s, weak %s", ids(strong), ids(weak))
	}
}

func TestAgreement(t *testing.T) {
	for sd, want := range map[float64]float64{0: 1, 1: 0.5, 2: 0} {
		if got := Agreement(analysis.Figure{SD: sd}); got != want {
			t.Errorf("sd %v: %v, want %v", sd, got, want)
		}
	}
}
