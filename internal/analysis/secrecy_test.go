package analysis_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// TestSuppression is docs/method.md, What may be shown, rule by rule, on the
// number who submitted: people placed directly in each unit → reasons, k = 5.
func TestSuppression(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("q", item("q.x.1", "x"))})
	for _, c := range []struct {
		name string
		tree string // "unit parent people", the root's parent empty
		want string // "unit reason" of the hidden ones
		rest string // "unit people hidden-children" of the shown rests
	}{
		{name: "1: a small root hides everything", tree: "r  1, a r 3, b r 0", want: "r small, a parent, b parent"},
		{name: "1: nobody", tree: "r  0, a r 0", want: "r none, a parent"},
		{name: "2: all shown", tree: "r  0, a r 5, b r 7"},
		{name: "2: people in the parent are the rest", tree: "r  5, a r 5", rest: "r 5"},
		{name: "3: one person in the parent", tree: "r  1, a r 9, b r 6, c r 7", want: "b complementary", rest: "r 7 b"},
		{name: "3: a tie falls on the first id", tree: "r  1, c r 6, b r 6, a r 7", want: "b complementary", rest: "r 7 b"},
		{name: "3: no candidate left", tree: "r  2, a r 5", want: "a complementary"},
		{name: "4: small, with a sibling", tree: "r  0, a r 4, b r 5, c r 6", want: "a small, b complementary", rest: "r 9 a b"},
		{name: "4: nobody in a child", tree: "r  0, a r 0, b r 5", want: "a none"},
		{name: "4: below a hidden one", tree: "r  5, a r 1, b a 3, c b 0, d r 5", want: "a small, b parent, c parent", rest: "r 9 a"},
		{name: "5: enough hidden ones together", tree: "r  0, a r 3, b r 2, c r 8", want: "a small, b small", rest: "r 5 a b"},
		{name: "deep", tree: "r  0, a r 1, b a 5, c a 6, d r 6, e d 0",
			want: "b complementary, e none", rest: "a 6 b"},
	} {
		var pairs []string
		var sheets []sheet
		for line := range strings.SplitSeq(c.tree, ", ") {
			var n int
			f := strings.Split(line, " ")
			fmt.Sscan(f[2], &n)
			pairs = append(pairs, strings.TrimSpace(f[0]+" "+f[1]))
			for range n {
				sheets = append(sheets, sheet{f[0], chef, "3"})
			}
		}
		tr := tree(t, pairs...)
		for _, u := range tr.Units() {
			sheets = append(sheets, sheet{u.ID, chef, "!"}) // who only is invited counts nowhere
		}
		r := analyse(t, set, tr, analysis.Options{MinGroup: 5}, sheets...)
		var hidden, rests []string
		for _, u := range tr.Units() {
			d := r.Document(u.ID, nil)
			if d.Suppressed != analysis.Shown {
				hidden = append(hidden, u.ID+" "+string(d.Suppressed))
			}
			if rest, ok := d.RestOf("total"); ok {
				rests = append(rests, strings.Join(append([]string{u.ID, fmt.Sprint(rest.N)}, rest.Units...), " "))
			}
			for _, f := range d.Figures {
				if f.Suppressed != d.Suppressed {
					t.Errorf("%s: %s of %s is hidden by %q, the unit by %q", c.name, f.ID, u.ID, f.Suppressed, d.Suppressed)
				}
			}
		}
		if got := strings.Join(hidden, ", "); got != c.want {
			t.Errorf("%s: hidden %q, want %q", c.name, got, c.want)
		}
		if got := strings.Join(rests, ", "); got != c.rest {
			t.Errorf("%s: rests %q, want %q", c.name, got, c.rest)
		}
	}
}

// TestHiddenUnitShowsNothing: a unit hidden by the number who submitted has
// that reason in every statistic, whoever answered it.
func TestHiddenUnitShowsNothing(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("q", item("q.x.1", "x"), item("q.x.2", "x"))})
	sheets := []sheet{{"r", chef, "33"}, {"r", chef, "?3"}}
	for range 5 {
		sheets = append(sheets, sheet{"a", chef, "3 "}, sheet{"b", chef, "3 "}, sheet{"b", chef, "?3"})
	}
	r := analyse(t, set, tree(t, "r", "a r", "b r", "c b"), analysis.Options{MinGroup: 5}, sheets...)
	d := r.Document("a", nil)
	for _, f := range d.Figures {
		if f.Suppressed != analysis.Complementary || f.N != 0 || f.Mean != 0 {
			t.Errorf("%s: %+v", f.ID, f)
		}
	}
}

// TestDontKnowOfFew: where the people asked that a shown unit has besides its
// shown children are few, the numbers of "vet ej" would tell what they answered,
// though none of them rated.
func TestDontKnowOfFew(t *testing.T) {
	heads := []org.Role{org.Forvaltningschef}
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("q", item("q.x.1", "x"),
		with(item("q.x.2", "x"), func(it *survey.Item) { it.Roles = heads }))})
	for asked, want := range map[int]bool{0: true, 1: false, 4: false, 5: true} {
		var sheets []sheet
		for i := range 5 { // besides a; of them asked don't know
			roles := chef
			if i < asked {
				roles = heads
			}
			sheets = append(sheets, sheet{"r", roles, "3?"}, sheet{"a", heads, "33"})
		}
		r := analyse(t, set, tree(t, "r", "a r"), analysis.Options{MinGroup: 5}, sheets...)
		for unit, want := range map[string]bool{"r": true, "a": want} {
			f := figure(t, r, unit, "q.x.2")
			if f.Suppressed != analysis.Shown || f.N != 5 || (f.DontKnow != nil) != want || (f.NotApplicable != nil) != want {
				t.Errorf("%d asked: %s is %+v, want the number of vet_ej: %v", asked, unit, f, want)
			}
		}
	}
}

// TestReasonTellsNoAnswer: of one person asked, who has submitted, a document
// says the same whether that person gave a level or not.
func TestReasonTellsNoAnswer(t *testing.T) {
	head := []org.Role{org.Forvaltningschef}
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("q", item("q.x.1", "x"),
		with(item("q.y.2", "y"), func(it *survey.Item) { it.Roles = head }))})
	var seen []analysis.Document
	for _, answers := range []string{"33", "3?", "3 "} {
		sheets := []sheet{{"r", head, answers}}
		for range 5 {
			sheets = append(sheets, sheet{"r", chef, "3 "})
		}
		seen = append(seen, analyse(t, set, tree(t, "r"), analysis.Options{MinGroup: 5}, sheets...).Document("r", nil))
	}
	if f, _ := seen[0].Figure("q.y.2"); f.Suppressed != analysis.Small || f.Invited != 1 {
		t.Errorf("the item asked of one: %+v", f)
	}
	for _, d := range seen[1:] {
		if !reflect.DeepEqual(d, seen[0]) {
			t.Errorf("documents differ by one person's answer:\n%+v\n%+v", seen[0].Figures, d.Figures)
		}
	}
}

// kommun is a random organisation with its people and their answers.
type kommun struct {
	set    *survey.Set
	tree   *org.Tree
	k      int
	sheets []sheet
}

var randomKommun = rapid.Custom(func(t *rapid.T) kommun {
	rated := func(id, theme string) *survey.Item {
		return with(item(id, theme), func(it *survey.Item) {
			it.Weight = float64(rapid.IntRange(1, 3).Draw(t, "weight"))
			it.DontKnow = rapid.SampledFrom([]survey.DontKnowRule{survey.Missing, survey.Level1}).Draw(t, "dont_know")
		})
	}
	k := kommun{k: rapid.IntRange(3, 10).Draw(t, "k")}
	k.set = survey.NewSet([]*survey.Questionnaire{
		questionnaire("a", rated("a.x.1", "x"), rated("a.x.2", "x"), with(rated("a.y.1", "y"), func(it *survey.Item) {
			it.Roles = []org.Role{org.Avdelningschef}
		}), with(rated("a.y.f", "y"), func(it *survey.Item) { it.Kind, it.Roles = survey.Fact, []org.Role{org.Samordnare} })),
		questionnaire("b", with(rated("b.x.1", "x"), func(it *survey.Item) {
			it.Required = map[org.Role]int{org.Enhetschef: 3, org.Avdelningschef: 4}
		})),
	})
	units := []org.Unit{{ID: "u00"}}
	for i := range rapid.IntRange(0, 12).Draw(t, "units") {
		units = append(units, org.Unit{ID: fmt.Sprintf("u%02d", 99-i), Parent: rapid.SampledFrom(units).Draw(t, "parent").ID})
	}
	tree, err := org.NewTree(units)
	if err != nil {
		t.Fatal(err)
	}
	k.tree = tree
	roles := rapid.SampledFrom([][]org.Role{{org.Enhetschef}, {org.Enhetschef}, {org.Avdelningschef}, {org.Samordnare}, {org.Samordnare, org.Enhetschef}})
	answer := rapid.SampledFrom([]byte("1234555533? -"))
	for _, u := range tree.Units() {
		for range rapid.SampledFrom([]int{0, 0, 1, 2, 3, 4, 6, 9, 14}).Draw(t, "people") {
			s := sheet{u.ID, roles.Draw(t, "roles"), "!"}
			if rapid.IntRange(0, 4).Draw(t, "submits") > 0 {
				b := make([]byte, len(k.set.Items))
				for i := range b {
					b[i] = answer.Draw(t, "answer")
				}
				s.answers = string(b)
			}
			k.sheets = append(k.sheets, s)
		}
	}
	return k
})

// result analyses the kommun. (rapid.T is no testing.TB, hence not analyse.)
func (k kommun) result(t *rapid.T, sheets []sheet) *analysis.Accumulator {
	acc := analysis.New(k.set, k.tree, analysis.Options{MinGroup: k.k})
	for _, s := range sheets {
		err := acc.Invite(s.unit, s.roles)
		if err == nil && s.answers != "!" {
			err = acc.Add(s.unit, s.roles, parse(s.answers))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return acc
}

// scored tells for a person and a statistic whether they are in its n, and the
// score: written anew from docs/method.md, by the person and slowly.
func (k kommun) scored(s sheet, level, id string) (float64, bool) {
	if s.answers == "!" {
		return 0, false
	}
	mean := func(in func(*survey.Item) bool) (float64, bool) {
		asked, answered, sum := 0.0, 0.0, 0.0
		for i, a := range parse(s.answers) {
			it := k.set.Items[i]
			if !in(it) || !it.AskedTo(s.roles) || a == survey.NotApplicable {
				continue
			}
			asked += it.Weight
			l := a.Level()
			if a == survey.DontKnow && it.DontKnow == survey.Level1 {
				l = 1
			}
			if l > 0 {
				answered += it.Weight
				sum += it.Weight * float64(l)
			}
		}
		return sum / answered, answered > 0 && answered >= asked/2
	}
	rating := func(it *survey.Item) bool { return it.Kind == survey.Rating }
	switch level {
	case analysis.LevelItem:
		return mean(func(it *survey.Item) bool { return it.ID == id })
	case analysis.LevelTheme:
		return mean(func(it *survey.Item) bool { return rating(it) && it.ThemeID() == id })
	case analysis.LevelArea:
		return mean(func(it *survey.Item) bool { return rating(it) && it.Area == id })
	}
	sum, n := 0.0, 0.0
	for _, q := range k.set.Questionnaires {
		if m, ok := mean(func(it *survey.Item) bool { return rating(it) && it.Area == q.ID }); ok {
			sum, n = sum+m, n+1
		}
	}
	return sum / n, n > 0 && n >= float64(len(k.set.Questionnaires))/2
}

// shownSet is the people of one shown figure.
type shownSet struct {
	name string
	in   func(i int) bool
}

// atoms fails if the shown sets, added and subtracted in any way, can single
// out fewer than k of the n people who are part of the statistic. What can be
// had by adding and subtracting is the same for two people whom every shown
// set holds both of or neither; so it is enough that people in the same sets
// are never fewer than k.
func atoms(t *rapid.T, what string, k, n int, part func(i int) bool, sets []shownSet) {
	size := map[string]int{}
	for i := range n {
		if !part(i) {
			continue
		}
		key := make([]byte, len(sets))
		for j, s := range sets {
			if s.in(i) {
				key[j] = 1
			}
		}
		size[string(key)]++
	}
	for key, people := range size {
		if people >= k || !strings.Contains(key, "\x01") {
			continue
		}
		var names []string
		for j := range key {
			if key[j] == 1 {
				names = append(names, sets[j].name)
			}
		}
		t.Fatalf("%s: %d people, fewer than %d, are told apart by %v", what, people, k, names)
	}
}

// TestNothingBySubtraction holds everything that all documents together show,
// by statistic, against atoms; and each figure against the people it is of.
func TestNothingBySubtraction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := randomKommun.Draw(t, "kommun")
		r := k.result(t, k.sheets).Result()
		sets := map[string][]shownSet{}                                      // by level and id
		submitted, rated := map[string][]shownSet{}, map[string][]shownSet{} // by item
		within := func(unit string) func(int) bool {
			return func(i int) bool { return k.tree.Within(k.sheets[i].unit, unit) }
		}
		show := func(where, unit string, figures []analysis.Figure) {
			for _, f := range figures {
				if f.Suppressed != analysis.Shown {
					continue
				}
				k.mustMatch(t, where+" "+f.ID, f.Level, f.ID, f.N, f.Mean, within(unit))
				sets[f.Level+" "+f.ID] = append(sets[f.Level+" "+f.ID], shownSet{where, within(unit)})
				if f.DontKnow != nil {
					submitted[f.ID] = append(submitted[f.ID], shownSet{where, within(unit)})
				}
			}
		}
		showCompetence := func(where, unit string, figures []analysis.CompetenceFigure) {
			for _, c := range figures {
				if c.Suppressed == analysis.Shown {
					rated[c.Item] = append(rated[c.Item], shownSet{where, within(unit)})
				}
			}
		}
		for _, u := range k.tree.Units() {
			d := r.Document(u.ID, nil)
			show(u.ID, u.ID, d.Figures)
			showCompetence(u.ID, u.ID, d.Competence)
			if d.Root != nil {
				show("root of "+u.ID, d.Root.Unit.ID, d.Root.Figures)
			}
			if d.Parent != nil {
				show("parent of "+u.ID, d.Parent.Unit.ID, d.Parent.Figures)
			}
			for _, c := range d.Children {
				show("child of "+u.ID, c.Unit.ID, c.Figures)
				showCompetence("child of "+u.ID, c.Unit.ID, c.Competence)
			}
			for _, rest := range d.Rest {
				in := func(i int) bool {
					if !within(u.ID)(i) {
						return false
					}
					return !slices.ContainsFunc(d.Children, func(c analysis.Child) bool {
						f, _ := c.Figure(rest.ID)
						return f.Suppressed == analysis.Shown && within(c.Unit.ID)(i)
					})
				}
				k.mustMatch(t, "rest of "+u.ID+" "+rest.ID, rest.Level, rest.ID, rest.N, rest.Mean, in)
				sets[rest.Level+" "+rest.ID] = append(sets[rest.Level+" "+rest.ID], shownSet{"rest of " + u.ID, in})
			}
		}
		for stat, shown := range sets {
			level, id, _ := strings.Cut(stat, " ")
			atoms(t, stat, k.k, len(k.sheets), func(i int) bool { _, ok := k.scored(k.sheets[i], level, id); return ok }, shown)
		}
		for id, shown := range submitted { // the numbers of "vet ej"
			it, _ := k.set.Item(id)
			atoms(t, "vet_ej of "+id, k.k, len(k.sheets), func(i int) bool {
				return k.sheets[i].answers != "!" && it.AskedTo(k.sheets[i].roles)
			}, shown)
		}
		for id, shown := range rated {
			it, _ := k.set.Item(id)
			atoms(t, "competence in "+id, k.k, len(k.sheets), func(i int) bool {
				_, ok := k.scored(k.sheets[i], analysis.LevelItem, id)
				return ok && it.RequiredOf(k.sheets[i].roles) > 0
			}, shown)
		}
	})
}

// mustMatch fails unless the figure's n and mean are those of the people in.
func (k kommun) mustMatch(t *rapid.T, what, level, id string, n int, mean float64, in func(int) bool) {
	people, sum := 0, 0.0
	for i, s := range k.sheets {
		if x, ok := k.scored(s, level, id); ok && in(i) {
			people, sum = people+1, sum+x
		}
	}
	if people != n || math.Abs(sum/float64(people)-mean) > 1e-8 {
		t.Fatalf("%s: %d people with mean %v, want %d with %v", what, n, mean, people, sum/float64(people))
	}
	if n < k.k {
		t.Fatalf("%s: shows %d people, fewer than %d", what, n, k.k)
	}
}

// TestPlansTellNoFew: of what training plans may be worked out from, in all units
// together, every required level has none or at least k people, and ten, in each
// unit and between a unit and those below it.
func TestPlansTellNoFew(t *testing.T) {
	const area = "b.x.1"
	planned, below := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		k := randomKommun.Draw(t, "kommun")
		sheets := k.sheets // and more of the same kinds: ten with the same requirement take many people
		for range rapid.IntRange(0, 6).Draw(t, "times more") {
			sheets = append(sheets, k.sheets[rapid.IntRange(0, len(k.sheets)).Draw(t, "from"):]...)
		}
		r, least := k.result(t, sheets).Result(), max(k.k, 10)
		byLevel := func(unit string) (n [survey.Levels]int, all int) {
			for _, c := range r.LevelCounts(unit) {
				if c.Item != area {
					t.Fatalf("counts of %s", c.Item)
				}
				n[c.Required-1] += c.People
				all += c.People
			}
			return n, all
		}
		for i, u := range k.tree.Units() {
			rest, all := byLevel(u.ID)
			if all == 0 {
				continue
			}
			planned++
			if above := k.tree.ParentIndex(i); above >= 0 {
				below++
				if _, n := byLevel(k.tree.Units()[above].ID); n == 0 {
					t.Errorf("%s is planned for, the unit above is not", u.ID)
				}
			}
			d := r.Document(u.ID, nil)
			if f, _ := d.CompetenceOf(area); f.Suppressed != analysis.Shown || f.Rated != all || all < least {
				t.Errorf("%s: %d people, the figure is %+v", u.ID, all, f)
			}
			none := [survey.Levels]int{}
			few := func(n [survey.Levels]int) bool {
				return slices.ContainsFunc(n[:], func(x int) bool { return x < 0 || x > 0 && x < least })
			}
			if few(rest) {
				t.Errorf("%s: people by required level %v, at least %d", u.ID, rest, least)
			}
			for _, c := range k.tree.ChildIndexes(i) {
				n, _ := byLevel(k.tree.Units()[c].ID)
				for l := range n {
					rest[l] -= n[l]
				}
			}
			if rest != none && few(rest) {
				t.Errorf("%s: the rest beside those planned for below is %v, at least %d", u.ID, rest, least)
			}
		}
	})
	if planned == 0 || below == 0 {
		t.Errorf("%d units could be planned for, %d of them below the top: the test has tried nothing", planned, below)
	}
}
