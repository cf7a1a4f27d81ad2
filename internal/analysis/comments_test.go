package analysis_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// TestAttribute is docs/method.md, Comments, case by case: who is placed where
// and how many of them write → under which unit how many are read, k = 5.
func TestAttribute(t *testing.T) {
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("q", item("q.x.1", "x"))})
	for _, c := range []struct {
		name string
		tree string // "unit parent people writing"
		want string // "unit comments"
	}{
		{"all in their own unit", "r  0 0, a r 6 5, b r 6 6", "a 5, b 6"},
		{"too few in one are read above, with others' help", "r  0 0, a r 6 4, b r 6 1", "r 5"},
		{"too few at the top take the smallest group along", "r  0 0, a r 8 2, b r 8 6, c r 8 5", "b 6, r 7"},
		{"too few in all", "r  0 0, a r 6 4", ""},
		{"nobody writes", "r  0 0, a r 6 0", ""},
		{"a hidden unit's are read above", "r  0 0, a r 4 4, b r 6 2, c r 9 9", "c 9, r 6"},
		{"no higher than they must", "r  6 0, a r 0 0, b a 7 3, c a 7 2, d r 6 5", "a 5, d 5"},
	} {
		var pairs []string
		var sheets []sheet
		var remarks []analysis.Remark
		for line := range strings.SplitSeq(c.tree, ", ") {
			f := strings.Split(line, " ")
			pairs = append(pairs, strings.TrimSpace(f[0]+" "+f[1]))
			var people, writing int
			fmt.Sscan(f[2], &people)
			fmt.Sscan(f[3], &writing)
			for i := range people {
				if i < writing {
					remarks = append(remarks, analysis.Remark{Person: len(sheets), Roles: chef, Unit: f[0], Item: "q.x.1"})
				}
				sheets = append(sheets, sheet{f[0], chef, "3"})
			}
		}
		r := analyse(t, set, tree(t, pairs...), analysis.Options{MinGroup: 5}, sheets...)
		count := map[string]int{}
		for _, unit := range r.Attribute(remarks) {
			if unit != "" {
				count[unit]++
			}
		}
		var got []string
		for _, unit := range slices.Sorted(maps.Keys(count)) {
			got = append(got, fmt.Sprint(unit, " ", count[unit]))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

// TestAttributeKeepsToTheItem: what one of few who are asked an item wrote to it
// is read only where enough of them have submitted, whoever else writes in the
// theme; and what is no item of the person's is read nowhere.
func TestAttributeKeepsToTheItem(t *testing.T) {
	heads := []org.Role{org.Avdelningschef}
	set := survey.NewSet([]*survey.Questionnaire{questionnaire("q", item("q.x.1", "x"),
		with(item("q.x.2", "x"), func(it *survey.Item) { it.Roles = heads }))})
	for asked, want := range map[int]string{4: "", 5: "r"} {
		sheets := []sheet{{"a", heads, "33"}}
		remarks := []analysis.Remark{{Person: 0, Roles: heads, Unit: "a", Item: "q.x.2"}, {Person: 0, Roles: heads, Unit: "a", Item: "unknown"},
			{Person: 1, Roles: chef, Unit: "a", Item: "q.x.2"}, {Person: 1, Roles: chef, Unit: "elsewhere", Item: "q.x.1"}}
		for i := range 8 {
			sheets = append(sheets, sheet{"a", chef, "33"})
			remarks = append(remarks, analysis.Remark{Person: i + 1, Roles: chef, Unit: "a", Item: "q.x.1"})
		}
		for range asked - 1 {
			sheets = append(sheets, sheet{"r", heads, "33"})
		}
		for i := range 4 {
			remarks = append(remarks, analysis.Remark{Person: 100 + i, Roles: chef, Unit: "b", Item: "q.x.1"})
			sheets = append(sheets, sheet{"b", chef, "33"})
		}
		got := analyse(t, set, tree(t, "r", "a r", "b r"), analysis.Options{MinGroup: 5}, sheets...).Attribute(remarks)
		if got[0] != want || got[1] != "" || got[2] != "" || got[3] != "" {
			t.Errorf("%d asked: %v, want the first under %q and the next three nowhere", asked, got[:4], want)
		}
	}
}

// TestNobodyIsToldApartByComments: over random organisations the people whose
// comments of a theme are read under a unit, and in no unit below it, are none
// or at least k; and so are those who can have written to an item what is read
// there: those asked it who submitted, and whose comment would be read there too.
func TestNobodyIsToldApartByComments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := randomKommun.Draw(t, "kommun")
		heads := func(it *survey.Item) { it.Roles = []org.Role{org.Avdelningschef} }
		k.set = survey.NewSet([]*survey.Questionnaire{questionnaire("a", item("a.x.1", "x"), with(item("a.x.2", "x"), heads),
			item("a.x.3", "x"), with(item("a.y.1", "y"), heads), item("a.y.2", "y"))})
		var remarks []analysis.Remark
		for i, s := range k.sheets {
			for _, it := range k.set.Items {
				if s.answers != "!" && it.AskedTo(s.roles) && rapid.IntRange(0, 2).Draw(t, "writes") == 0 {
					remarks = append(remarks, analysis.Remark{Person: i, Roles: s.roles, Unit: s.unit, Item: it.ID})
				}
			}
		}
		r := k.result(t, k.sheets).Result()
		units := r.Attribute(remarks)
		read := map[[2]string]map[int]bool{} // theme and unit → who
		for i, unit := range units {
			if unit == "" {
				continue
			}
			if !k.tree.Within(remarks[i].Unit, unit) {
				t.Fatalf("a comment from %s is read under %s", remarks[i].Unit, unit)
			}
			d := r.Document(unit, nil)
			if f, _ := d.Figure(remarks[i].Item); f.Suppressed != analysis.Shown {
				t.Fatalf("a comment to %s is read under %s, where its figure is hidden: %s", remarks[i].Item, unit, f.Suppressed)
			}
			it, _ := k.set.Item(remarks[i].Item)
			key := [2]string{it.ThemeID(), unit}
			if read[key] == nil {
				read[key] = map[int]bool{}
			}
			read[key][remarks[i].Person] = true
		}
		for key, who := range read {
			if len(who) < k.k {
				t.Fatalf("%v: comments of %d people, fewer than %d", key, len(who), k.k)
			}
		}
		may := k.mayHaveWritten(r, read)
		for i, unit := range units {
			if n := may[[2]string{remarks[i].Item, unit}]; unit != "" && n < k.k {
				t.Fatalf("%d people, fewer than %d, can have written to %s what is read under %s", n, k.k, remarks[i].Item, unit)
			}
		}
	})
}

// mayHaveWritten counts by item and unit those who can have written to the one
// what is read under the other: theirs would be read there too, since that is the
// lowest unit at or above their own place in which any of the theme are read.
func (k kommun) mayHaveWritten(r *analysis.Result, read map[[2]string]map[int]bool) map[[2]string]int {
	out, where := map[[2]string]int{}, map[string]string{}
	for _, it := range k.set.Items {
		for _, s := range k.sheets {
			if s.answers == "!" || !it.AskedTo(s.roles) {
				continue
			}
			key := fmt.Sprint(it.ID, s.unit, s.roles)
			if _, known := where[key]; !known {
				var enough []analysis.Remark // to be read as low as the item allows
				for i := range k.k {
					enough = append(enough, analysis.Remark{Person: i, Roles: s.roles, Unit: s.unit, Item: it.ID})
				}
				for _, u := range k.tree.Path(r.Attribute(enough)[0]) {
					if read[[2]string{it.ThemeID(), u.ID}] != nil {
						where[key] = u.ID
					}
				}
			}
			out[[2]string{it.ID, where[key]}]++
		}
	}
	return out
}
