package analysis_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"reflect"
	"testing"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// example is testdata/example, whose expected.json was computed with R.
type example struct {
	set     *survey.Set
	tree    *org.Tree
	people  []org.Person
	answers map[string][]survey.Answer
}

func loadExample(t testing.TB) example {
	t.Helper()
	const dir = "testdata/example/"
	set, err := survey.LoadDir(os.DirFS(dir + "surveys"))
	check(t, err)
	e := example{set: set, answers: map[string][]survey.Answer{}}
	units, err := org.ReadUnits("units.csv", open(t, dir+"units.csv"))
	check(t, err)
	e.tree, err = org.NewTree(units)
	check(t, err)
	e.people, err = org.ReadPeople("people.csv", open(t, dir+"people.csv"), e.tree)
	check(t, err)
	rows, err := csv.NewReader(open(t, dir+"answers.csv")).ReadAll()
	check(t, err)
	for _, row := range rows[1:] {
		it, ok := set.Item(row[1])
		if !ok {
			t.Fatalf("unknown item %q", row[1])
		}
		if e.answers[row[0]] == nil {
			e.answers[row[0]] = make([]survey.Answer, len(set.Items))
		}
		e.answers[row[0]][it.Index], err = survey.ParseAnswer(row[2])
		check(t, err)
	}
	return e
}

func open(t testing.TB, name string) *os.File {
	t.Helper()
	f, err := os.Open(name)
	check(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (e example) result(t testing.TB, opt analysis.Options) *analysis.Result {
	acc := analysis.New(e.set, e.tree, opt)
	for _, p := range e.people {
		check(t, acc.Invite(p.Unit, p.Roles))
		if a, ok := e.answers[p.ID]; ok {
			check(t, acc.Add(p.Unit, p.Roles, a))
		}
	}
	return acc.Result()
}

// TestExample compares every row with what R computed, to the 1e-6 that
// expected.json is rounded to.
func TestExample(t *testing.T) {
	content, err := os.ReadFile("testdata/example/expected.json")
	check(t, err)
	var want struct {
		MinGroup   int              `json:"min_group"`
		Results    []map[string]any `json:"results"`
		Competence []map[string]any `json:"competence"`
	}
	check(t, json.Unmarshal(content, &want))
	rows, competence := loadExample(t).result(t, analysis.Options{MinGroup: want.MinGroup}).Rows()
	compareRows(t, want.Results, asMaps(t, rows), "unit", "level", "id")
	compareRows(t, want.Competence, asMaps(t, competence), "unit", "item")
}

func asMaps(t *testing.T, rows any) (out []map[string]any) {
	b, err := json.Marshal(rows)
	check(t, err)
	check(t, json.Unmarshal(b, &out))
	return out
}

func compareRows(t *testing.T, want, got []map[string]any, keys ...string) {
	t.Helper()
	key := func(row map[string]any) (k [3]any) {
		for i, name := range keys {
			k[i] = row[name]
		}
		return k
	}
	byKey := map[[3]any]map[string]any{}
	for _, row := range got {
		byKey[key(row)] = row
	}
	if len(want) == 0 || len(byKey) != len(want) || len(got) != len(want) {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
	for _, w := range want {
		g := byKey[key(w)]
		if len(g) != len(w) {
			t.Errorf("%v: got fields %v, want %v", key(w), g, w)
		}
		for name, x := range w {
			if !near(x, g[name]) {
				t.Errorf("%v: %s is %v, want %v", key(w), name, g[name], x)
			}
		}
	}
}

func near(a, b any) bool {
	x, ok := a.(float64)
	y, ok2 := b.(float64)
	if ok && ok2 {
		return math.Abs(x-y) <= 1e-6
	}
	return reflect.DeepEqual(a, b)
}
