package finding

import (
	"math"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/survey"
)

var names = Names{
	"styrning":             {SV: "Styrning", EN: "Governance"},
	"styrning.mal":         {SV: "Mål och budget", EN: "Goals and budget"},
	"styrning.uppfoljning": {SV: "Uppföljning", EN: "Follow-up"},
	"kompetens":            {SV: "Kompetens", EN: "Competence"},
	"kompetens.leda":       {SV: "Leda digital utveckling", EN: "Leading digital development"},
	"kompetens.it":         {SV: "IT-stöd", EN: "IT support"},
}

// fig is a statistic of 20 people; se 0 makes every difference certain.
func fig(id string, mean, se float64) analysis.Figure {
	level := analysis.LevelTheme
	switch {
	case id == analysis.TotalID:
		level = analysis.LevelTotal
	case !strings.Contains(id, "."):
		level = analysis.LevelArea
	}
	return analysis.Figure{Level: level, ID: id, Invited: 24, N: 20, Mean: mean, Index: survey.Index(mean), SE: se,
		CILow: mean - 2.1*se, CIHigh: mean + 2.1*se, Target: 4, Gap: 4 - mean}
}

func hidden(id string) analysis.Figure {
	f := fig(id, 0, 0)
	return analysis.Figure{Level: f.Level, ID: id, Invited: 24, Suppressed: analysis.Small}
}

// unit is a document with a total and four themes, in that order.
func unit(se float64, means ...float64) *analysis.Document {
	d := &analysis.Document{Unit: analysis.UnitRef{ID: "omsorg", Name: "Omsorg", Kind: "forvaltning"}, MinGroup: 5, Invited: 24, Submitted: 20}
	for i, id := range []string{"total", "styrning.mal", "styrning.uppfoljning", "kompetens.leda", "kompetens.it"} {
		d.Figures = append(d.Figures, fig(id, means[i], se))
	}
	return d
}

// since adds last year, with the changes that the analysis would find.
func since(d *analysis.Document, se float64, means ...float64) *analysis.Document {
	then := unit(se, means...)
	d.Previous = &analysis.Previous{Round: "2024", Unit: d.Unit, Figures: then.Figures, Invited: 24, Submitted: 20}
	for i, b := range then.Figures {
		f := d.Figures[i]
		if f.Suppressed != "" {
			continue
		}
		c := analysis.Welch(b.Mean, b.SE, b.N, f.Mean, f.SE, f.N)
		c.Level, c.ID = f.Level, f.ID
		d.Previous.Changes = append(d.Previous.Changes, c)
	}
	return d
}

// within adds the whole that the unit is a part of.
func within(d *analysis.Document, mean, se float64) *analysis.Document {
	d.Root = &analysis.Reference{Unit: analysis.UnitRef{ID: "kommun", Name: "Kommunen", Kind: "kommun"}, Figures: []analysis.Figure{fig("total", mean, se)}}
	return d
}

func suppressed(reason analysis.Reason) *analysis.Document {
	d := unit(0, 3, 3, 3, 3, 3)
	d.Suppressed, d.Figures = reason, nil
	return d
}

func TestHeadline(t *testing.T) {
	noTotal := unit(0.05, 3, 3, 3, 3, 3)
	noTotal.Figures[0] = hidden("total")
	oneHidden := unit(0.02, 3, 3, 2, 3.5, 3)
	oneHidden.Figures[3] = hidden("kompetens.leda")
	for name, c := range map[string]struct {
		d      *analysis.Document
		sv, en string
	}{
		"a confirmed rise, a theme confirmed down": {since(unit(0.05, 3, 3.2, 2, 3.4, 3.3), 0.05, 2.7, 2.6, 2.4, 2.8, 2.9),
			"Omsorg har blivit digitalt mognare sedan 2024 men tappat i uppföljning", "Omsorg has matured digitally since 2024 but slipped in follow-up"},
		"a confirmed rise, one theme certainly weakest": {since(unit(0.05, 3, 3.2, 2, 3.4, 3.3), 0.05, 2.7, 2.6, 2, 2.8, 2.9),
			"Omsorg har blivit digitalt mognare sedan 2024 men är svagast i uppföljning", "Omsorg has matured digitally since 2024 but is weakest in follow-up"},
		"a confirmed rise alone": {since(unit(0.05, 3, 3, 3, 3, 3), 0.05, 2.7, 2.7, 2.7, 2.7, 2.7),
			"Omsorg har blivit digitalt mognare sedan 2024", "Omsorg has matured digitally since 2024"},
		"the same rise, not confirmed": {since(unit(0.2, 3, 3, 3, 3, 3), 0.2, 2.7, 2.7, 2.7, 2.7, 2.7),
			"Omsorg ligger på nivå 3,0 av 5 i digital mognad", "Omsorg is at level 3.0 of 5 in digital maturity"},
		"a confirmed fall": {since(unit(0.05, 2.5, 2.5, 2.5, 2.5, 2.5), 0.05, 3, 3, 3, 3, 3),
			"Omsorg har tappat i digital mognad sedan 2024", "Omsorg has lost digital maturity since 2024"},
		"a confirmed fall, two themes up": {since(unit(0.05, 2.5, 3, 2, 3, 2), 0.05, 3, 2.5, 3, 2.5, 3),
			"Omsorg har tappat i digital mognad sedan 2024 men ökat i mål och budget samt att leda digital utveckling", "Omsorg has lost digital maturity since 2024 but gained in goals and budget as well as leading digital development"},
		"three themes up, the whole not confirmed": {since(unit(0.05, 3, 3, 3, 3, 3), 0.2, 2.9, 2.2, 2.2, 2.2, 3),
			"Omsorg har ökat i tre av fyra teman sedan 2024", "Omsorg has gained in three of four themes since 2024"},
		"themes up and down": {since(unit(0.05, 3, 3.5, 2.5, 3, 3), 0.05, 3, 3, 3, 3, 3),
			"Omsorg har ökat i mål och budget men tappat i uppföljning sedan 2024", "Omsorg has gained in goals and budget but slipped in follow-up since 2024"},
		"a certain change too small to be seen": {since(unit(0, 3.0004, 3, 3, 3, 3), 0, 3.0001, 3, 3, 3, 3),
			"Omsorg ligger på nivå 3,0 av 5 i digital mognad", "Omsorg is at level 3.0 of 5 in digital maturity"},
		"no last year, above the kommun": {within(unit(0.05, 3, 3.2, 2.2, 3.3, 3.3), 2.6, 0.02),
			"Omsorg ligger över hela kommunen men är svagast i uppföljning", "Omsorg is above the whole municipality but weakest in follow-up"},
		"above the kommun, not certain": {within(unit(0.2, 3, 3, 3, 3, 3), 2.8, 0.1),
			"Omsorg ligger på nivå 3,0 av 5 i digital mognad", "Omsorg is at level 3.0 of 5 in digital maturity"},
		"below the kommun": {within(unit(0.05, 2.2, 2.2, 2.2, 2.2, 2.2), 2.8, 0.02),
			"Omsorg ligger under hela kommunen", "Omsorg is below the whole municipality"},
		"everybody answered and all alike": {within(unit(0, 3, 3, 3, 3, 3), 3, 0),
			"Omsorg ligger på nivå 3,0 av 5 i digital mognad", "Omsorg is at level 3.0 of 5 in digital maturity"},
		"the kommun itself": {unit(0.02, 3, 3.2, 2, 3, 3),
			"Omsorg är starkast i mål och budget och svagast i uppföljning", "Omsorg is strongest in goals and budget and weakest in follow-up"},
		"a hidden theme is not named": {oneHidden, "Omsorg är svagast i uppföljning", "Omsorg is weakest in follow-up"},
		"the total hidden":            {noTotal, "Omsorg har för få svar för ett mognadsindex", "Omsorg has too few answers for a maturity index"},
		"too few":                     {suppressed(analysis.Small), "För få i Omsorg har svarat för att visas", "Too few in Omsorg have answered to be shown"},
		"nobody asked":                {suppressed(analysis.None), "Ingen i Omsorg har fått frågorna", "Nobody in Omsorg was asked"},
		"hidden with another":         {suppressed(analysis.Complementary), "Omsorg visas inte var för sig", "Omsorg is not shown on its own"},
	} {
		u := Unit{Doc: c.d, Names: names, Then: "2024", Lang: "sv"}
		if got := u.Headline(); got != c.sv {
			t.Errorf("%s:\n got  %s\n want %s", name, got, c.sv)
		}
		u.Lang = "en"
		if got := u.Headline(); got != c.en {
			t.Errorf("%s:\n got  %s\n want %s", name, got, c.en)
		}
	}
}

func TestLede(t *testing.T) {
	hiddenThen := since(unit(0.05, 3, 3, 3, 3, 3), 0.05, 3, 3, 3, 3, 3)
	hiddenThen.Previous.Figures[0], hiddenThen.Previous.Changes = hidden("total"), nil
	otherItems := since(unit(0.05, 3, 3, 3, 3, 3), 0.05, 2, 2, 2, 2, 2)
	otherItems.Previous.Changes = nil
	for name, c := range map[string]struct {
		d    *analysis.Document
		want string
	}{
		"first round":         {unit(0.05, 3, 3, 3, 3, 3), "Mognadsindex är 50,0 av 100 (n = 20)."},
		"rise":                {since(unit(0.05, 3, 3, 3, 3, 3), 0.05, 2.7, 3, 3, 3, 3), "Mognadsindex har ökat från 42,5 (n = 20) till 50,0 av 100 (n = 20), en säkerställd ökning."},
		"fall":                {since(unit(0.05, 2.7, 3, 3, 3, 3), 0.05, 3, 3, 3, 3, 3), "Mognadsindex har minskat från 50,0 (n = 20) till 42,5 av 100 (n = 20), en säkerställd minskning."},
		"uncertain":           {since(unit(0.2, 3, 3, 3, 3, 3), 0.2, 2.9, 3, 3, 3, 3), "Mognadsindex är 50,0 av 100 (n = 20). Skillnaden mot 2024, då det var 47,5 (n = 20), är inte säkerställd."},
		"alike":               {since(unit(0, 3, 3, 3, 3, 3), 0, 3.0001, 3, 3, 3, 3), "Mognadsindex är 50,0 av 100 (n = 20). Det är samma tal som 2024 (n = 20)."},
		"hidden then":         {hiddenThen, "Mognadsindex är 50,0 av 100 (n = 20). 2024 visades inget index, så det finns inget att jämföra med."},
		"other items":         {otherItems, "Mognadsindex är 50,0 av 100 (n = 20). Frågorna är inte desamma som 2024, så indexen jämförs inte."},
		"higher":              {within(unit(0.05, 3, 3, 3, 3, 3), 2.6, 0.02), "Mognadsindex är 50,0 av 100 (n = 20). Det är högre än för hela kommunen, som har 40,0 (n = 20)."},
		"not certain":         {within(unit(0.2, 3, 3, 3, 3, 3), 2.8, 0.1), "Mognadsindex är 50,0 av 100 (n = 20). Skillnaden mot hela kommunen, som har 45,0 (n = 20), är inte säkerställd."},
		"same number":         {within(unit(0, 3, 3, 3, 3, 3), 3.0001, 0), "Mognadsindex är 50,0 av 100 (n = 20). Det är samma tal som för hela kommunen (n = 20)."},
		"furthest":            {unit(0.05, 3, 3, 2, 3, 3), "Mognadsindex är 50,0 av 100 (n = 20). Längst kvar till målet har uppföljning: nivå 2,0 mot målet 4,0 (n = 20)."},
		"fallen and furthest": {since(unit(0.05, 3, 3, 2, 3, 3), 0.05, 3, 3, 2.4, 3, 3), "Mognadsindex är 50,0 av 100 (n = 20). Det är samma tal som 2024 (n = 20). Uppföljning har minskat från nivå 2,4 (n = 20) till 2,0 (n = 20) och har längst kvar till målet, 4,0."},
		"hidden":              {suppressed(analysis.Small), ""},
	} {
		if got := strings.Join(Unit{Doc: c.d, Names: names, Then: "2024", Lang: "sv"}.Lede(), " "); got != c.want {
			t.Errorf("%s:\n got  %s\n want %s", name, got, c.want)
		}
	}
}

// A part of the whole is compared as if apart from it, so that nothing is called
// higher that the exact test would not.
func TestVersusIsOnTheCarefulSide(t *testing.T) {
	for _, w := range []float64{0.05, 0.3, 0.9} {
		part, rest := fig("total", 3, 0.1), fig("total", 2.7, 0.12)
		whole := fig("total", w*part.Mean+(1-w)*rest.Mean, 0)
		whole.SE = math.Sqrt(w*w*part.SE*part.SE + (1-w)*(1-w)*rest.SE*rest.SE)
		exact := (1 - w) * math.Sqrt(part.SE*part.SE+rest.SE*rest.SE)
		diff, ok := Versus(part, whole)
		if !ok || diff.SE < exact || diff.Delta <= 0 {
			t.Errorf("share %v: se %v, exact %v, delta %v", w, diff.SE, exact, diff.Delta)
		}
	}
	if _, ok := Versus(hidden("total"), fig("total", 3, 0.1)); ok {
		t.Error("a hidden figure was compared")
	}
}

func TestExtremes(t *testing.T) {
	ids := func(fs []analysis.Figure) string {
		var out []string
		for _, f := range fs {
			out = append(out, f.ID)
		}
		return strings.Join(out, " ")
	}
	for name, c := range map[string]struct {
		figures      []analysis.Figure
		high, lowest string
	}{
		"certain":                  {[]analysis.Figure{fig("a.1", 3, 0.02), fig("a.2", 2, 0.02), fig("a.3", 4, 0.02)}, "a.3", "a.2"},
		"uncertain":                {[]analysis.Figure{fig("a.1", 3, 0.5), fig("a.2", 2.8, 0.5), fig("a.3", 3.1, 0.5)}, "a.1 a.2 a.3", "a.1 a.2 a.3"},
		"certain, but shown alike": {[]analysis.Figure{fig("a.1", 3.01, 0), fig("a.2", 3.02, 0), fig("a.3", 4, 0)}, "a.3", "a.1 a.2"},
		"hidden":                   {[]analysis.Figure{fig("a.1", 3, 0.02), hidden("a.2"), fig("a.3", 4, 0.02)}, "a.3", "a.1"},
		"none":                     {nil, "", ""},
	} {
		high, low := Extremes(c.figures)
		if ids(high) != c.high || ids(low) != c.lowest {
			t.Errorf("%s: highest %q, lowest %q", name, ids(high), ids(low))
		}
	}
}

func TestWords(t *testing.T) {
	for got, want := range map[string]string{
		inside("Leda digital utveckling", "sv"): "att leda digital utveckling",
		inside("IT-stöd", "sv"):                 "IT-stöd",
		inside("Följa upp", "en"):               "följa upp",
		join([]string{"a", "b", "c"}, "sv"):     "a, b och c",
		join([]string{"a och b", "c"}, "sv"):    "a och b samt c",
		join([]string{"a och b"}, "sv"):         "a och b",
		numeral(3, "sv"):                        "tre",
		numeral(13, "en"):                       "13",
		KindOf("sv", "Förvaltning").TheMany:     "förvaltningarna",
		KindOf("sv", "enhet", "avdelning").Many: "enheter",
		KindOf("en", "sektor").One:              "unit",
		Names{}.Of("okänd", "sv"):               "okänd",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if CompareNames("Ödla", "Zon") < 0 || CompareNames("Äpple", "Ål") < 0 {
		t.Error("å, ä and ö come last in Swedish")
	}
}
