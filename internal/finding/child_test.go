package finding

import (
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/analysis"
)

func TestOfChild(t *testing.T) {
	d := unit(0.05, 3, 3, 3, 3, 3)
	child := func(se float64, means ...float64) *analysis.Child {
		return &analysis.Child{Unit: analysis.UnitRef{Name: "A"}, Figures: unit(se, means...).Figures}
	}
	risen := child(0.05, 3.5, 3, 3, 3, 3)
	risen.Changes = []analysis.Change{{Level: "total", ID: "total", Delta: 0.4, Confirmed: true}}
	small := &analysis.Child{Figures: []analysis.Figure{hidden("total")}}
	for name, c := range map[string]struct {
		child *analysis.Child
		want  string
	}{
		"above, with extremes": {child(0.05, 3.5, 3, 2, 4, 3), "Mognadsindex är 62,5 av 100 (n = 20), högre än för Omsorg, som har 50,0 (n = 20). Starkast i att leda digital utveckling (nivå 4,0, n = 20), svagast i uppföljning (nivå 2,0, n = 20)."},
		"below":                {child(0.05, 2.5, 3, 3, 3, 3), "Mognadsindex är 37,5 av 100 (n = 20), lägre än för Omsorg, som har 50,0 (n = 20). Inget tema sticker säkert ut."},
		"not certain":          {child(0.5, 3.1, 3, 3, 3, 3), "Mognadsindex är 52,5 av 100 (n = 20). Skillnaden mot Omsorg, som har 50,0 (n = 20), är inte säkerställd. Inget tema sticker säkert ut."},
		"the same":             {child(0.5, 3, 3, 3, 3, 3), "Mognadsindex är 50,0 av 100 (n = 20), samma tal som för Omsorg (n = 20). Inget tema sticker säkert ut."},
		"risen":                {risen, "Mognadsindex är 62,5 av 100 (n = 20), högre än för Omsorg, som har 50,0 (n = 20). Index har ökat säkert sedan 2024."},
		"hidden":               {small, ""},
	} {
		if got := strings.Join(Unit{Doc: d, Names: names, Then: "2024", Lang: "sv"}.OfChild(c.child), " "); got != c.want {
			t.Errorf("%s:\n got  %s\n want %s", name, got, c.want)
		}
	}
}

func TestChangesTitle(t *testing.T) {
	for want, d := range map[string]*analysis.Document{
		"Säkerställd ökning i uppföljning, minskning i mål och budget": since(unit(0.05, 3, 2, 3, 3, 3), 0.05, 3, 3, 2, 3, 3),
		"Säkerställd minskning i tre av fyra teman":                    since(unit(0.05, 3, 2, 2, 2, 3), 0.05, 3, 3, 3, 3, 3),
		"Ingen säkerställd förändring i något tema sedan 2024":         since(unit(0.5, 3, 2.9, 3, 3, 3), 0.5, 3, 3, 3, 3, 3),
	} {
		if got := (Unit{Doc: d, Names: names, Then: "2024", Lang: "sv"}).ChangesTitle(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
