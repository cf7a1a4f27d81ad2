package recommend_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/recommend"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/surveys"
)

func shipped(t testing.TB) (*survey.Set, *recommend.Book) {
	t.Helper()
	set, err := survey.LoadDir(surveys.FS)
	if err != nil {
		t.Fatal(err)
	}
	book, err := recommend.Load(surveys.FS, set)
	if err != nil {
		t.Fatal(err)
	}
	return set, book
}

// What comes with the program covers every theme, and has the five of the audit.
func TestShippedCoversEveryTheme(t *testing.T) {
	set, book := shipped(t)
	themes, audited := map[string]bool{}, 0
	for _, r := range book.Recommendations {
		for _, id := range r.Items {
			it, _ := set.Item(id)
			themes[it.ThemeID()] = true
		}
		if r.FromAudit {
			audited++
		}
	}
	for _, it := range set.Items {
		if !themes[it.ThemeID()] {
			t.Errorf("no recommendation has an item of %s", it.ThemeID())
		}
	}
	if len(book.Recommendations) != 18 || audited != 5 {
		t.Errorf("%d recommendations, %d of them an audit's", len(book.Recommendations), audited)
	}
	for _, r := range book.Recommendations {
		if found, ok := book.Find(r.ID); !ok || found.Title != r.Title {
			t.Errorf("%s is not found", r.ID)
		}
	}
}

const head = "recommendations:\n"

const one = `  - {id: a, title: {sv: S, en: E}, why: {sv: S, en: E}, items: [%s], trigger: {%s}, priority: %s, owner_role: %s, first_step: {sv: S, en: E}, good: {sv: S, en: E}%s}
`

func TestLoadFaults(t *testing.T) {
	set, _ := shipped(t)
	line := func(items, trigger, priority, owner, more string) string {
		return fmt.Sprintf(one, items, trigger, priority, owner, more)
	}
	const rating, fact = "kom.leda.nytta", "kom.larande.plan"
	ok := line(rating, "below: 3", "1", "enhetschef", "")
	for name, tt := range map[string]struct{ src, want string }{
		"good":            {ok, ""},
		"good fact":       {line(fact, "fact_below: 3", "3", "samordnare", ", audit: rf3"), ""},
		"twice":           {ok + ok, "id “a” is used twice"},
		"no trigger":      {line(rating, "", "1", "enhetschef", ""), "is empty"},
		"two triggers":    {line(rating, "below: 3, fact_below: 3", "1", "enhetschef", ""), "either below or fact_below"},
		"limit 1":         {line(rating, "below: 1", "1", "enhetschef", ""), "the limit 1 must be above 1"},
		"limit 6":         {line(rating, "below: 6", "1", "enhetschef", ""), "the limit 6 must be above 1 and at most 5"},
		"priority":        {line(rating, "below: 3", "4", "enhetschef", ""), "priority (4) must be 1–3"},
		"role":            {line(rating, "below: 3", "1", "kung", ""), "unknown role “kung”"},
		"no items":        {line("", "below: 3", "1", "enhetschef", ""), "items is empty"},
		"item twice":      {line(rating+", "+rating, "below: 3", "1", "enhetschef", ""), "stands twice"},
		"unknown item":    {line("x.y", "below: 3", "1", "enhetschef", ""), "unknown item “x.y”"},
		"fact as rating":  {line(fact, "below: 3", "1", "enhetschef", ""), "is a fact"},
		"rating as fact":  {line(rating, "fact_below: 3", "1", "enhetschef", ""), "is a rating"},
		"audit elsewhere": {line(fact, "fact_below: 3", "1", "enhetschef", ", audit: rf1"), "none of the items counts in the audit question “rf1”"},
		"unknown key":     {line(rating, "below: 3", "1", "enhetschef", ", colour: red"), "colour"},
	} {
		_, err := recommend.Load(fstest.MapFS{survey.RecommendationsFile: {Data: []byte(head + tt.src)}}, set)
		if got := fmt.Sprint(err); (err == nil) != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func rating(priority int, limit float64, items ...string) recommend.Recommendation {
	return recommend.Recommendation{ID: strings.Join(items, "+"), Items: items, Below: limit, Priority: priority, Owner: org.Enhetschef}
}

func document(means map[string]float64) *analysis.Document {
	d := &analysis.Document{}
	for id, mean := range means {
		f := analysis.Figure{Level: analysis.LevelItem, ID: id, N: 7, Mean: mean}
		if mean == 0 {
			f = analysis.Figure{Level: analysis.LevelItem, ID: id, Suppressed: analysis.Small}
		}
		d.Figures = append(d.Figures, f)
	}
	return d
}

// At the limit nothing is triggered; just below it is. Hidden items are left out
// of the mean, and said.
func TestTriggerAtTheLimit(t *testing.T) {
	for name, tt := range map[string]struct {
		means  map[string]float64
		want   bool
		level  float64
		hidden int
	}{
		"at the limit":          {map[string]float64{"a": 3, "b": 3}, false, 0, 0},
		"one below, one above":  {map[string]float64{"a": 2, "b": 4}, false, 0, 0},
		"just below":            {map[string]float64{"a": 3, "b": 2.99}, true, 2.995, 0},
		"a rounding error away": {map[string]float64{"a": 3, "b": 3 - 1e-12}, false, 0, 0},
		"one hidden":            {map[string]float64{"a": 2.5, "b": 0}, true, 2.5, 1},
		"one hidden, high":      {map[string]float64{"a": 3.5, "b": 0}, false, 0, 0},
		"one not asked":         {map[string]float64{"a": 2.5}, true, 2.5, 1},
		"all hidden":            {map[string]float64{"a": 0, "b": 0}, false, 0, 0},
	} {
		book := recommend.Book{Recommendations: []recommend.Recommendation{rating(1, 3, "a", "b")}}
		got := book.Trigger(document(tt.means), nil)
		if (len(got) == 1) != tt.want {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		if tt.want && (got[0].Level-tt.level > 1e-9 || tt.level-got[0].Level > 1e-9 || len(got[0].Hidden) != tt.hidden) {
			t.Errorf("%s: level %v, hidden %v", name, got[0].Level, got[0].Hidden)
		}
	}
	hidden := document(map[string]float64{"a": 1, "b": 1})
	hidden.Suppressed = analysis.Complementary
	book := recommend.Book{Recommendations: []recommend.Recommendation{rating(1, 3, "a", "b")}}
	if got := book.Trigger(hidden, nil); len(got) != 0 {
		t.Errorf("a hidden unit triggers %+v", got)
	}
}

func TestTriggerByFacts(t *testing.T) {
	fact := rating(1, 3, "a", "b")
	fact.Facts = true
	book := recommend.Book{Recommendations: []recommend.Recommendation{fact}}
	for name, tt := range map[string]struct {
		levels map[string]float64
		want   bool
		level  float64
	}{
		"both at the limit": {map[string]float64{"a": 3, "b": 3}, false, 0},
		"one below":         {map[string]float64{"a": 4, "b": 2}, true, 2},
		"one without level": {map[string]float64{"a": 4}, false, 0},
		"none has a level":  {nil, false, 0},
	} {
		got := book.Trigger(document(map[string]float64{"a": 1, "b": 1}), func(item string) (float64, int, bool) {
			l, ok := tt.levels[item]
			return l, 4, ok
		})
		if (len(got) == 1) != tt.want || tt.want && got[0].Level != tt.level {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := book.Trigger(document(map[string]float64{"a": 1, "b": 1}), nil); len(got) != 0 {
		t.Errorf("without the verdict: %+v", got)
	}
}

func TestOrder(t *testing.T) {
	book := recommend.Book{Recommendations: []recommend.Recommendation{rating(2, 3, "c"), rating(1, 3, "a"), rating(1, 3, "b"), rating(1, 2.5, "b", "b2")}}
	var got []string
	for _, r := range book.Trigger(document(map[string]float64{"a": 2.5, "b": 2, "b2": 2, "c": 1}), nil) {
		got = append(got, r.ID)
	}
	if want := []string{"b", "a", "b+b2", "c"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// For documents drawn at random: what is triggered is exactly what has figures
// that are below, and no figure of a hidden item is told.
func TestTriggeredIffBelow(t *testing.T) {
	_, book := shipped(t)
	random := rand.New(rand.NewPCG(3, 1))
	for range 300 {
		means, counts := map[string]float64{}, map[string]float64{}
		for _, r := range book.Recommendations {
			for _, id := range r.Items {
				switch random.IntN(5) {
				case 0:
					means[id] = 0
				case 1: // not there at all
				default:
					means[id] = 1 + float64(random.IntN(9))/2
					counts[id] = means[id]
				}
			}
		}
		triggered := map[string]recommend.Triggered{}
		last := recommend.Triggered{}
		for i, r := range book.Trigger(document(means), func(item string) (float64, int, bool) { l, ok := counts[item]; return l, 3, ok }) {
			if triggered[r.ID] = r; i > 0 && (r.Priority < last.Priority || r.Priority == last.Priority && r.Off() > last.Off()+1e-9) {
				t.Fatalf("%s stands after %s", r.ID, last.ID)
			}
			last = r
		}
		for _, r := range book.Recommendations {
			sum, n, lowest := 0.0, 0, 9.0
			for _, id := range r.Items {
				if l, ok := counts[id]; ok {
					sum, n, lowest = sum+l, n+1, min(lowest, l)
				}
			}
			want := n > 0 && (r.Facts && lowest < r.Below || !r.Facts && sum < r.Below*float64(n))
			got, ok := triggered[r.ID]
			if ok != want {
				t.Fatalf("%s: triggered %v, want %v: %v", r.ID, ok, want, means)
			}
			if ok && (len(got.Figures) != n || len(got.Hidden) != len(r.Items)-n) {
				t.Fatalf("%s: figures %v, hidden %v", r.ID, got.Figures, got.Hidden)
			}
			for _, f := range got.Figures {
				if counts[f.Item] != f.Level || f.Below != (f.Level < r.Below) {
					t.Fatalf("%s: %+v", r.ID, f)
				}
			}
		}
	}
}

// FuzzLoad: whatever the file holds, it is read or refused.
func FuzzLoad(f *testing.F) {
	set, _ := shipped(f)
	src, err := surveys.FS.ReadFile(survey.RecommendationsFile)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(src)
	f.Add([]byte(head + one))
	f.Fuzz(func(t *testing.T, src []byte) {
		if b, err := recommend.Load(fstest.MapFS{survey.RecommendationsFile: {Data: src}}, set); err == nil {
			b.Trigger(document(map[string]float64{"kom.leda.nytta": 2}), nil)
		}
	})
}

// An audit question that is not met is answered by what its figures trigger, and
// where they trigger nothing by all that name it: once, in order.
func TestForAudit(t *testing.T) {
	low, high, late := rating(2, 3, "a"), rating(1, 3, "b"), rating(3, 3, "c")
	fact := recommend.Recommendation{ID: "f", Items: []string{"f"}, Facts: true, Below: 3, Priority: 1}
	for _, r := range []*recommend.Recommendation{&low, &high, &late, &fact} {
		r.Audit = "rf1"
	}
	late.Audit = "rf2"
	book := &recommend.Book{Recommendations: []recommend.Recommendation{low, high, late, fact}}
	facts := func(level float64) recommend.CountsAs {
		return func(string) (float64, int, bool) { return level, 8, true }
	}
	ids := func(ts []recommend.Triggered) (out string) {
		for _, r := range ts {
			out += r.ID
			if r.ByVerdict {
				out += "*"
			}
		}
		return out
	}
	for name, tt := range map[string]struct {
		means         map[string]float64
		fact          float64
		audit, listed string
	}{
		"by a figure":  {map[string]float64{"a": 2, "b": 4, "c": 4}, 4, "a", "a"},
		"by a fact":    {map[string]float64{"a": 4, "b": 4, "c": 4}, 2, "f", "f"},
		"by both":      {map[string]float64{"a": 2, "b": 2, "c": 2}, 2, "bfa", "bfac"},
		"by none":      {map[string]float64{"a": 4, "b": 4, "c": 4}, 4, "b*f*a*", "b*f*a*"},
		"hidden":       {map[string]float64{"a": 0, "b": 0, "c": 0}, 4, "f*b*a*", "f*b*a*"},
		"another's is": {map[string]float64{"a": 4, "b": 4, "c": 2}, 4, "b*f*a*", "b*f*a*c"},
	} {
		d := document(tt.means)
		if got := ids(book.ForAudit("rf1", d, facts(tt.fact))); len(got) != len(tt.audit) || strings.Count(got, "*") != strings.Count(tt.audit, "*") {
			t.Errorf("%s: %s, want %s", name, got, tt.audit)
		}
		if got := ids(book.Trigger(d, facts(tt.fact), "rf1")); len(got) != len(tt.listed) || strings.Count(got, "*") != strings.Count(tt.listed, "*") {
			t.Errorf("%s: listed %s, want %s", name, got, tt.listed)
		}
	}
	if got := (*recommend.Book)(nil).ForAudit("rf1", document(nil), nil); got != nil {
		t.Errorf("without a book: %v", got)
	}
	if got := book.ForAudit("", document(nil), nil); got != nil {
		t.Errorf("of no question: %v", got)
	}
}

// Every audit question has something that helps.
func TestShippedAnswersEveryAuditQuestion(t *testing.T) {
	set, book := shipped(t)
	rule, err := audit.Load(surveys.FS, set)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range rule.Questions {
		if len(book.ForAudit(q.ID, &analysis.Document{}, nil)) == 0 {
			t.Errorf("nothing for %s", q.ID)
		}
	}
}
