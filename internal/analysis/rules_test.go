package analysis_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

func item(id, theme string) *survey.Item {
	return &survey.Item{ID: id, Theme: theme, Kind: survey.Rating, Weight: 1, Target: 4, DontKnow: survey.Missing, NA: true}
}

// questionnaire makes an area of items "area.theme.number".
func questionnaire(id string, items ...*survey.Item) *survey.Questionnaire {
	q := &survey.Questionnaire{ID: id, Items: items}
	for _, it := range items {
		if !slices.ContainsFunc(q.Themes, func(t *survey.Theme) bool { return t.ID == it.Theme }) {
			q.Themes = append(q.Themes, &survey.Theme{ID: it.Theme})
		}
	}
	return q
}

// with returns it after change.
func with(it *survey.Item, change func(*survey.Item)) *survey.Item { change(it); return it }

// tree reads "child parent" pairs; the first name alone is the root.
func tree(t testing.TB, pairs ...string) *org.Tree {
	t.Helper()
	var units []org.Unit
	for _, p := range pairs {
		id, parent, _ := strings.Cut(p, " ")
		units = append(units, org.Unit{ID: id, Name: "Enhet " + id, Parent: parent, Kind: "enhet"})
	}
	tr, err := org.NewTree(units)
	check(t, err)
	return tr
}

// sheet is one person: unit, roles and answers as digits, "?" for don't know,
// "-" for not applicable, " " for empty; "!" alone has not submitted.
type sheet struct {
	unit    string
	roles   []org.Role
	answers string
}

var chef = []org.Role{org.Enhetschef}

func analyse(t testing.TB, set *survey.Set, tr *org.Tree, opt analysis.Options, sheets ...sheet) *analysis.Result {
	t.Helper()
	acc := analysis.New(set, tr, opt)
	for _, s := range sheets {
		check(t, acc.Invite(s.unit, s.roles))
		if s.answers != "!" {
			check(t, acc.Add(s.unit, s.roles, parse(s.answers)))
		}
	}
	return acc.Result()
}

func parse(s string) []survey.Answer {
	var out []survey.Answer
	for _, c := range s {
		switch c {
		case '?':
			out = append(out, survey.DontKnow)
		case '-':
			out = append(out, survey.NotApplicable)
		case ' ':
			out = append(out, survey.None)
		default:
			out = append(out, survey.Answer(c-'0'))
		}
	}
	return out
}

func figure(t testing.TB, r *analysis.Result, unit, id string) analysis.Figure {
	t.Helper()
	d := r.Document(unit, nil)
	f, ok := d.Figure(id)
	if !ok {
		t.Fatalf("no figure %q of %q", id, unit)
	}
	return f
}

func isNear(t testing.TB, what string, got, want float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > 1e-8 {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// TestPersonScores is docs/method.md, Answers and A person's scores, by the
// scores of one person: "" is no score.
func TestPersonScores(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{
		questionnaire("a", item("a.x.1", "x"), with(item("a.x.2", "x"), func(it *survey.Item) { it.Weight = 2 }), item("a.y.1", "y")),
		questionnaire("b", with(item("b.x.1", "x"), func(it *survey.Item) { it.DontKnow = survey.Level1 }),
			with(item("b.x.2", "x"), func(it *survey.Item) { it.Roles = []org.Role{org.Avdelningschef} }),
			with(item("b.x.f", "x"), func(it *survey.Item) { it.Kind = survey.Fact })),
		questionnaire("c", item("c.x.1", "x")),
		questionnaire("d", with(item("d.x.f", "x"), func(it *survey.Item) { it.Kind = survey.Fact })), // no area with a score
	})
	none := math.NaN()
	for _, c := range []struct {
		name                 string
		roles                []org.Role
		answers              string
		ax, ay, a, bx, total float64
	}{
		{"weighted mean", chef, "14245", 3, 2, 11. / 4, 4, (11./4 + 4) / 2},
		{"less than half of the weight", chef, "3  45", none, none, none, 4, none},
		{"half of the area's weight", chef, " 4      ", 4, none, 4, none, none},
		{"not applicable leaves what is asked", chef, "3-      ", 3, none, 3, none, none},
		{"everything not applicable", chef, "---- -- ", none, none, none, none, none},
		{"don't know is no answer", chef, "?4?     ", 4, none, 4, none, none},
		{"don't know as level 1", chef, "   ?    ", none, none, none, 1, none},
		{"asked by role", chef, "   35   ", none, none, none, 3, none},
		{"one of several roles asks", []org.Role{org.Enhetschef, org.Avdelningschef}, "   35   ", none, none, none, 4, none},
		{"total of two areas of three", chef, "444   2 ", 4, 4, 4, none, 3},
		{"a samordnare is not asked", []org.Role{org.Samordnare}, "44444444", none, none, none, none, none},
	} {
		answers := (c.answers + "        ")[:len(set.Items)]
		r := analyse(t, set, tree(t, "r"), analysis.Options{MinGroup: 1}, sheet{"r", c.roles, answers})
		for id, want := range map[string]float64{"a.x": c.ax, "a.y": c.ay, "a": c.a, "b.x": c.bx, "total": c.total} {
			f := figure(t, r, "r", id)
			if math.IsNaN(want) != (f.Suppressed == analysis.None) {
				t.Errorf("%s: %s is %+v, want %v", c.name, id, f, want)
			} else if !math.IsNaN(want) {
				isNear(t, c.name+": "+id, f.Mean, want)
			}
		}
	}
}

// TestHalfOfInexactWeights: 0.3 of 0.1 + 0.2 + 0.3 is half, though not in
// binary.
func TestHalfOfInexactWeights(t *testing.T) {
	var items []*survey.Item
	for i, w := range []float64{0.1, 0.2, 0.3} {
		items = append(items, with(item(fmt.Sprint("a.x.", i), "x"), func(it *survey.Item) { it.Weight = w }))
	}
	r := analyse(t, survey.NewSet([]*survey.Questionnaire{questionnaire("a", items...)}), tree(t, "r"), analysis.Options{MinGroup: 1}, sheet{"r", chef, "  5"})
	isNear(t, "mean", figure(t, r, "r", "a.x").Mean, 5)
}

// TestUnitFigures works one unit's figures by hand: 4 of 6 rated 2, 3, 3, 4.
func TestUnitFigures(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("a", item("a.x.1", "x"))})
	r := analyse(t, set, tree(t, "r", "u r"), analysis.Options{MinGroup: 3},
		sheet{"u", chef, "2"}, sheet{"u", chef, "3"}, sheet{"r", chef, "3"}, sheet{"u", chef, "4"}, sheet{"u", chef, "?"}, sheet{"r", chef, "!"})
	f := figure(t, r, "r", "a.x.1")
	if f.Invited != 6 || f.N != 4 || *f.DontKnow != 1 || *f.NotApplicable != 0 || f.Histogram != nil {
		t.Errorf("counts: %+v", f)
	}
	variance := 2. / 3
	se := math.Sqrt((1 - 4./6) * variance / 4)
	half := 3.182446305284264 * se // t(0.975, 3)
	isNear(t, "mean", f.Mean, 3)
	isNear(t, "index", f.Index, 50)
	isNear(t, "sd", f.SD, math.Sqrt(variance))
	isNear(t, "se", f.SE, se)
	isNear(t, "low", f.CILow, 3-half)
	isNear(t, "high", f.CIHigh, 3+half)
	isNear(t, "gap", f.Gap, 1)
	d := r.Document("r", nil)
	if d.Invited != 6 || d.Submitted != 5 {
		t.Errorf("%d of %d submitted, want 5 of 6", d.Submitted, d.Invited)
	}
}

// TestInterval: cut to the scale, and a point where nothing is uncertain.
func TestInterval(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("a", item("a.x.1", "x"))})
	cut := figure(t, analyse(t, set, tree(t, "r"), analysis.Options{}, sheet{"r", chef, "5"}, sheet{"r", chef, "1"}, sheet{"r", chef, "!"}), "r", "total")
	if cut.CILow != 1 || cut.CIHigh != 5 {
		t.Errorf("interval %v–%v, want 1–5", cut.CILow, cut.CIHigh)
	}
	for _, sheets := range [][]sheet{
		{{"r", chef, "5"}, {"r", chef, "1"}},                   // everybody answered
		{{"r", chef, "3"}, {"r", chef, "3"}, {"r", chef, "!"}}, // all alike
		{{"r", chef, "3"}, {"r", chef, "!"}},                   // one
	} {
		f := figure(t, analyse(t, set, tree(t, "r"), analysis.Options{}, sheets...), "r", "total")
		if f.SE != 0 || f.CILow != f.Mean || f.CIHigh != f.Mean || f.Mean != 3 {
			t.Errorf("%v: %+v, want a point", sheets, f)
		}
	}
}

// TestTargets: what is above follows, a unit's own override comes first.
func TestTargets(t *testing.T) {
	target := func(v, w float64) func(*survey.Item) { return func(it *survey.Item) { it.Target, it.Weight = v, w } }
	set := survey.NewSet([]*survey.Questionnaire{
		questionnaire("a", with(item("a.x.1", "x"), target(5, 2)), with(item("a.x.2", "x"), target(2, 1)),
			with(item("a.y.1", "y"), target(3, 1)), with(item("a.y.f", "y"), func(it *survey.Item) { it.Kind = survey.Fact })),
		questionnaire("b", with(item("b.x.1", "x"), target(3, 1))),
	})
	all := sheet{"u", chef, "33333"}
	r := analyse(t, set, tree(t, "r", "u r"), analysis.Options{Targets: map[string]map[string]float64{
		"u": {"a.x.1": 2, "b": 5},
	}}, all, all)
	for _, c := range []struct {
		unit, id string
		want     float64
	}{
		{"r", "a.x.1", 5}, {"r", "a.x", 4}, {"r", "a.y", 3}, {"r", "a", 15. / 4}, {"r", "total", (15./4 + 3) / 2},
		{"u", "a.x.1", 2}, {"u", "a.x", 2}, {"u", "a", 9. / 4}, {"u", "b", 5}, {"u", "total", (9./4 + 5) / 2},
	} {
		f := figure(t, r, c.unit, c.id)
		isNear(t, c.unit+" "+c.id, f.Target, c.want)
		isNear(t, c.unit+" gap "+c.id, f.Gap, c.want-f.Mean)
	}
}

// TestAgreement works r_WG(J) by hand: item variances 1 and 0 give q = 0.75.
func TestAgreement(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("a", item("a.x.1", "x"), item("a.x.2", "x"), item("a.x.3", "x"))})
	rwg := func(sheets ...sheet) *float64 {
		return figure(t, analyse(t, set, tree(t, "r"), analysis.Options{}, sheets...), "r", "a").RWG
	}
	isNear(t, "rwg", *rwg(sheet{"r", chef, "24 "}, sheet{"r", chef, "342"}, sheet{"r", chef, "44 "}), 2*.75/(2*.75+.25))
	isNear(t, "rwg of opposites", *rwg(sheet{"r", chef, "11 "}, sheet{"r", chef, "55 "}), 0)
	if got := rwg(sheet{"r", chef, "11 "}); got != nil {
		t.Errorf("rwg of one person is %v, want none", *got)
	}
}

// TestReliability: Cronbach's alpha from 10 complete cases on, over the items
// that everybody is asked, where all vary.
func TestReliability(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("a", item("a.x.1", "x"), item("a.x.2", "x"),
		with(item("a.x.3", "x"), func(it *survey.Item) { it.Roles = []org.Role{org.Avdelningschef, org.Samordnare} }))})
	alphaOf := func(answers ...string) *float64 {
		sheets := []sheet{{"r", []org.Role{org.Samordnare}, "153"}} // asked the third alone
		for _, a := range answers {
			sheets = append(sheets, sheet{"r", chef, a})
		}
		return figure(t, analyse(t, set, tree(t, "r"), analysis.Options{}, sheets...), "r", "a").Alpha
	}
	ten := []string{"11 ", "12 ", "22 ", "23 ", "33 ", "34 ", "44 ", "45 ", "55 ", "54 "}
	// Sums of squares about the mean: of the items 20 and 16.1, of their sum 68.1.
	isNear(t, "alpha", *alphaOf(ten...), 2*(1-(20+16.1)/68.1))
	for name, answers := range map[string][]string{
		"nine cases":              ten[:9],
		"a tenth that is partial": append(slices.Clone(ten[:9]), "5  "),
		"an item without spread":  slices.Repeat([]string{"13 ", "23 "}, 6),
		"opposites":               slices.Repeat([]string{"15 ", "51 "}, 6),
	} {
		if got := alphaOf(answers...); got != nil {
			t.Errorf("%s: alpha %v, want none", name, *got)
		}
	}
}

// TestItemCounts: the histogram from ten people on, don't know counted even
// where it is a level.
func TestItemCounts(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("a", with(item("a.x.1", "x"), func(it *survey.Item) { it.DontKnow = survey.Level1 }))})
	var sheets []sheet
	for _, a := range "2233445??-" {
		sheets = append(sheets, sheet{"r", chef, string(a)})
	}
	f := figure(t, analyse(t, set, tree(t, "r"), analysis.Options{MinGroup: 5}, sheets...), "r", "a.x.1")
	if f.N != 9 || *f.DontKnow != 2 || *f.NotApplicable != 1 || f.Histogram != nil {
		t.Errorf("nine: %+v", f)
	}
	f = figure(t, analyse(t, set, tree(t, "r"), analysis.Options{MinGroup: 5}, append(sheets, sheet{"r", chef, "5"})...), "r", "a.x.1")
	if !slices.Equal(f.Histogram, []int{2, 2, 2, 2, 2}) {
		t.Errorf("histogram %v", f.Histogram)
	}
}

// TestCompetence: the highest of several roles' requirements, no requirement no
// count, gaps never negative.
func TestCompetence(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("k", with(item("k.x.1", "x"), func(it *survey.Item) {
		it.Required = map[org.Role]int{org.Enhetschef: 3, org.Forvaltningschef: 5}
	}))})
	r := analyse(t, set, tree(t, "r", "u r"), analysis.Options{MinGroup: 4},
		sheet{"r", chef, "1"}, sheet{"r", chef, "5"}, sheet{"u", []org.Role{org.Enhetschef, org.Forvaltningschef}, "4"},
		sheet{"r", []org.Role{org.Avdelningschef}, "1"}, sheet{"r", chef, "?"}, sheet{"r", chef, "3"})
	_, rows := r.Rows()
	got := rows[0].CompetenceFigure
	if want := (analysis.CompetenceFigure{Item: "k.x.1", Rated: 4, Below: 2, Share: .5, Steps: 3, MeanGap: .75}); got != want {
		t.Errorf("competence %+v, want %+v", got, want)
	}
	d := r.Document("u", nil)
	if got, _ := d.CompetenceOf("k.x.1"); got.Suppressed != analysis.Small || got.Rated != 0 {
		t.Errorf("u: %+v, want small", got)
	}
	if r.LevelCounts("r") != nil || r.LevelCounts("u") != nil {
		t.Errorf("a plan can be worked out for four: %v, %v", r.LevelCounts("r"), r.LevelCounts("u"))
	}
}

// TestLevelCounts: a plan may be worked out from ten people on, but not where few
// of them have the same requirement.
func TestLevelCounts(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("k", with(item("k.x.1", "x"), func(it *survey.Item) {
		it.Required = map[org.Role]int{org.Enhetschef: 3, org.Forvaltningschef: 5}
	}))})
	for _, c := range []struct{ chefs, heads, want int }{{9, 0, 0}, {10, 0, 10}, {10, 1, 0}, {10, 9, 0}, {10, 10, 20}, {5, 5, 0}, {4, 16, 0}} {
		var sheets []sheet
		for range c.chefs {
			sheets = append(sheets, sheet{"r", chef, "1"})
		}
		for range c.heads {
			sheets = append(sheets, sheet{"r", []org.Role{org.Forvaltningschef}, "2"})
		}
		people := 0
		for _, n := range analyse(t, set, tree(t, "r"), analysis.Options{MinGroup: 5}, sheets...).LevelCounts("r") {
			people += n.People
		}
		if people != c.want {
			t.Errorf("%d with one requirement, %d with another: counts of %d people, want %d", c.chefs, c.heads, people, c.want)
		}
	}
}

// TestLevelCountsByLevels: each area by itself, those left out passed over.
func TestLevelCountsByLevels(t *testing.T) {
	area := func(id string, chefs, heads int) *survey.Item {
		return with(item(id, "x"), func(it *survey.Item) {
			it.Required = map[org.Role]int{org.Enhetschef: chefs, org.Forvaltningschef: heads}
		})
	}
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("k", area("k.x.1", 3, 5), area("k.x.2", 4, 4))})
	var sheets []sheet
	for n := range 11 {
		sheets = append(sheets, sheet{"r", chef, []string{"15", "23"}[n%2]})
	}
	sheets = append(sheets, sheet{"r", []org.Role{org.Forvaltningschef}, "22"}) // alone with a requirement in the first
	got := analyse(t, set, tree(t, "r"), analysis.Options{MinGroup: 5}, sheets...).LevelCounts("r")
	want := []analysis.LevelCount{{Item: "k.x.2", Required: 4, Level: 2, People: 1}, {Item: "k.x.2", Required: 4, Level: 3, People: 5}, {Item: "k.x.2", Required: 4, Level: 5, People: 6}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestFacts: the lower median, however few answered, at the root alone.
func TestFacts(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("a", item("a.x.1", "x"),
		with(item("a.x.f", "x"), func(it *survey.Item) { it.Kind, it.Roles = survey.Fact, []org.Role{org.Samordnare} }))})
	for answers, want := range map[string]analysis.FactFigure{
		"":    {Item: "a.x.f"},
		"!":   {Item: "a.x.f", Invited: 1},
		"4":   {Item: "a.x.f", Invited: 1, N: 1, Level: 4},
		"42":  {Item: "a.x.f", Invited: 2, N: 2, Level: 2},
		"425": {Item: "a.x.f", Invited: 3, N: 3, Level: 4},
	} {
		var sheets []sheet
		for _, a := range answers {
			s := sheet{"u", []org.Role{org.Samordnare}, " " + string(a)}
			if a == '!' {
				s.answers = "!"
			}
			sheets = append(sheets, s)
		}
		r := analyse(t, set, tree(t, "r", "u r"), analysis.Options{MinGroup: 5}, sheets...)
		d := r.Document("r", nil)
		if got, ok := d.Fact("a.x.f"); !ok || got != want || d.Invited != 0 {
			t.Errorf("%q: %+v of %d, want %+v of 0", answers, got, d.Invited, want)
		}
		if d := r.Document("u", nil); d.Facts != nil {
			t.Errorf("facts below the root: %+v", d.Facts)
		}
	}
}

// TestAddRefuses: a response at fault leaves everything as it was.
func TestAddRefuses(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("a", item("a.x.1", "x"), with(item("a.x.2", "x"), func(it *survey.Item) { it.NA = false }))})
	acc := analysis.New(set, tree(t, "r"), analysis.Options{})
	for name, err := range map[string]error{
		"unknown unit":       acc.Add("x", chef, parse("11")),
		"unknown unit asked": acc.Invite("x", chef),
		"too few answers":    acc.Add("r", chef, parse("1")),
		"not offered":        acc.Add("r", chef, parse("1-")),
		"no answer at all":   acc.Add("r", chef, []survey.Answer{1, 9}),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if d := acc.Result().Document("r", nil); d.Submitted != 0 || d.Invited != 0 {
		t.Errorf("%d of %d counted", d.Submitted, d.Invited)
	}
}
