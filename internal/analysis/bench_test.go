package analysis_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// organisation of a large kommun: 4 areas, 12 themes, 36 items; 3,000 units,
// 20 to each unit above.
func largeKommun(t testing.TB) (*survey.Set, *org.Tree) {
	var qs []*survey.Questionnaire
	for _, area := range []string{"ledning", "styrning", "organisation", "kompetens"} {
		q := &survey.Questionnaire{ID: area}
		for _, theme := range []string{"a", "b", "c"} {
			q.Themes = append(q.Themes, &survey.Theme{ID: theme})
			for i := range 3 {
				it := item(fmt.Sprintf("%s.%s.%d", area, theme, i), theme)
				it.Weight = float64(1 + i%2)
				if area == "kompetens" && theme == "a" {
					it.Required = map[org.Role]int{org.Enhetschef: 3, org.Avdelningschef: 4}
				}
				q.Items = append(q.Items, it)
			}
		}
		qs = append(qs, q)
	}
	units := []org.Unit{{ID: "u0"}}
	for i := 1; i < 3000; i++ {
		units = append(units, org.Unit{ID: fmt.Sprint("u", i), Parent: fmt.Sprint("u", (i-1)/20)})
	}
	tree, err := org.NewTree(units)
	check(t, err)
	return survey.NewSet(qs), tree
}

// fill adds n people who all answer, cycling through sheets of answers made
// beforehand so that the analysis is what is measured.
func fill(t testing.TB, acc *analysis.Accumulator, set *survey.Set, tree *org.Tree, n int) {
	rnd := rand.New(rand.NewPCG(1, 2))
	sheets := make([][]survey.Answer, 1009)
	for i := range sheets {
		sheets[i] = make([]survey.Answer, len(set.Items))
		for j := range sheets[i] {
			sheets[i][j] = survey.Answer(rnd.IntN(int(survey.DontKnow) + 1))
		}
	}
	roles := [][]org.Role{{org.Enhetschef}, {org.Enhetschef}, {org.Avdelningschef}, {org.Avdelningschef, org.Samordnare}}
	units := tree.Units()
	for i := range n {
		unit, role := units[i*7%len(units)].ID, roles[i%len(roles)]
		check(t, acc.Invite(unit, role))
		check(t, acc.Add(unit, role, sheets[i%len(sheets)]))
	}
}

// BenchmarkAdd is the cost of one response of 36 answers among 3,000 units.
func BenchmarkAdd(b *testing.B) {
	set, tree := largeKommun(b)
	acc := analysis.New(set, tree, analysis.Options{MinGroup: 5})
	b.ReportAllocs()
	b.ResetTimer()
	fill(b, acc, set, tree, b.N)
}

// BenchmarkRound is a whole closing: responses in, every unit's document out.
// The time of "in" grows in step with the responses; that of "out" does not
// grow with them.
func BenchmarkRound(b *testing.B) {
	set, tree := largeKommun(b)
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint("in-", n), func(b *testing.B) {
			var before, after runtime.MemStats
			for b.Loop() {
				runtime.ReadMemStats(&before)
				acc := analysis.New(set, tree, analysis.Options{MinGroup: 5})
				runtime.ReadMemStats(&after)
				fill(b, acc, set, tree, n)
			}
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/(1<<20), "MB")
		})
		acc := analysis.New(set, tree, analysis.Options{MinGroup: 5})
		fill(b, acc, set, tree, n)
		b.Run(fmt.Sprint("out-", n), func(b *testing.B) {
			for b.Loop() {
				res := acc.Result()
				for _, u := range tree.Units() {
					if d := res.Document(u.ID, nil); d.Unit.ID != u.ID {
						b.Fatal("no document")
					}
				}
			}
		})
	}
}

// TestAddAllocatesNothing guards the pass over the responses.
func TestAddAllocatesNothing(t *testing.T) {
	set, tree := largeKommun(t)
	acc := analysis.New(set, tree, analysis.Options{MinGroup: 5})
	answers, roles := make([]survey.Answer, len(set.Items)), []org.Role{org.Enhetschef, org.Samordnare}
	for i := range answers {
		answers[i] = 4
	}
	got := testing.AllocsPerRun(100, func() {
		if acc.Add("u17", roles, answers) != nil {
			t.Fatal("not added")
		}
	})
	if got != 0 {
		t.Errorf("%v allocations a response, want none", got)
	}
}
