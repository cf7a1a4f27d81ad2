package web

import (
	"html"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/round"
)

// frozenShows is all that the frozen documents of a unit's rounds show of it and
// of its children, as pages write it.
type frozenShows struct {
	figures map[figureView]bool
	changes map[changeView]bool
	within  map[withinCell]bool
	apart   map[string]bool
	units   map[string]bool // that are shown now
}

func frozenOf(v views, docs []*analysis.Document, was func(child string, i int) string) frozenShows {
	out := frozenShows{map[figureView]bool{{}: true}, map[changeView]bool{{}: true}, map[withinCell]bool{}, map[string]bool{}, map[string]bool{}}
	figures := func(of []analysis.Figure) {
		for _, f := range of {
			view := v.figure(f, true)
			out.figures[view] = true
			cell := withinCell{Figure: view}
			if view.Shown {
				cell.SD = v.number(f.SD)
				if f.RWG != nil {
					cell.Agreement, cell.Agree = format.Decimal(*f.RWG, 2, v.lang), *f.RWG >= 0.70
				}
			}
			out.within[cell] = true
		}
	}
	change := func(c analysis.Change, ok bool) {
		out.changes[v.change(c, ok, 1)], out.changes[v.change(c, ok, 25)] = true, true
	}
	now := docs[len(docs)-1]
	for i, d := range docs {
		if d == nil {
			continue
		}
		figures(d.Figures)
		for _, f := range now.Figures {
			change(analysis.Between(d, now, f.ID))
		}
		for k := range d.Children {
			figures(d.Children[k].Figures)
		}
		for k := range now.Children {
			is := &now.Children[k]
			then, ok := d.Child(was(is.Unit.ID, i))
			for _, f := range is.Figures {
				if ok {
					change(analysis.BetweenChildren(d, now, then, is, f.ID))
				}
			}
		}
	}
	for _, a := range now.Children {
		if a.Suppressed == analysis.Shown {
			out.units[a.Unit.ID] = true
		}
		for _, b := range now.Children {
			for _, f := range a.Figures {
				if g, ok := b.Figure(f.ID); ok && f.Suppressed == analysis.Shown && g.Suppressed == analysis.Shown {
					out.apart[v.number(f.Mean-g.Mean)], out.apart[v.number(f.Index-g.Index)] = true, true
				}
			}
		}
	}
	return out
}

// Whatever is asked of the comparison, it shows nothing that the frozen documents
// do not: filters and orders only choose.
func TestComparisonShowsNothingNew(t *testing.T) {
	y := newYears(t)
	latest, err := y.rounds.Round(t.Context(), "2025")
	check(t, err)
	h, err := y.rounds.History(t.Context(), latest)
	check(t, err)
	set, err := y.rounds.Set(t.Context(), latest)
	check(t, err)
	v := views{"sv", set, finding.NamesOf(set)}
	pages, seen := 0, map[figureView]bool{}
	for _, unit := range []string{"kommun", "omsorg", "bygg", "skola", "gata", "vard"} {
		docs, err := y.rounds.Documents(t.Context(), h, unit)
		check(t, err)
		shows := frozenOf(v, docs, func(child string, i int) string { id, _ := h.Was(child, i); return id })
		for _, area := range []string{"", "styrning", "kompetens", "finns-inte"} {
			for _, sort := range []string{"", sortName, sortChange, analysis.TotalID, "styrning", "styrning.uppfoljning", "kompetens.leda", "finns-inte"} {
				for _, ask := range []compareAsk{{}, {up: true}, {against: "2023"}, {against: "2024", up: true, page: 2}, {page: -1}} {
					ask.area, ask.sort = area, sort
					view := newCompareViews(v, docs[2], "2025", "2024", ask)
					check(t, y.beside(t.Context(), &view, h, unit))
					page := view.page()
					pages++
					for _, id := range unitsOf(page) {
						if id != unit && !shows.units[id] {
							t.Errorf("%s %+v: %s is hidden, and there", unit, ask, id)
						}
					}
					walk(reflect.ValueOf(page), func(x any) {
						switch x := x.(type) {
						case figureView:
							if x.Shown {
								seen[x] = true
							}
							if x.Shown && !shows.figures[x] || !x.Shown && (x != figureView{Reason: x.Reason}) {
								t.Errorf("%s %+v: shows %+v", unit, ask, x)
							}
						case changeView:
							if !shows.changes[x] {
								t.Errorf("%s %+v: changes by %+v", unit, ask, x)
							}
						case withinCell:
							if x.Figure.Shown && !shows.within[x] || !x.Figure.Shown && x.SD+x.Agreement != "" {
								t.Errorf("%s %+v: spread %+v", unit, ask, x)
							}
						case betweenRow:
							if !shows.apart[x.Apart] {
								t.Errorf("%s %+v: apart %s", unit, ask, x.Apart)
							}
						}
					})
				}
			}
		}
	}
	if pages < 900 || len(seen) < 100 {
		t.Errorf("%d pages with %d figures", pages, len(seen))
	}
}

// unitsOf are the units that have a row or a chart.
func unitsOf(p comparePage) (out []string) {
	for _, g := range p.Groups {
		for _, r := range g.Rows {
			out = append(out, r.Unit)
		}
	}
	for _, r := range p.Rows {
		out = append(out, r.Unit)
	}
	for _, r := range p.Radars {
		out = append(out, r.Unit)
	}
	for _, r := range p.Within {
		out = append(out, r.Unit)
	}
	return out
}

// walk visits every value in x.
func walk(x reflect.Value, visit func(any)) {
	switch x.Kind() {
	case reflect.Struct:
		visit(x.Interface())
		for i := range x.NumField() {
			walk(x.Field(i), visit)
		}
	case reflect.Slice:
		for i := range x.Len() {
			walk(x.Index(i), visit)
		}
	}
}

// heatUnits are the names in the table of themes, in its order.
func heatUnits(body string) (out []string) {
	_, body, _ = strings.Cut(body, `class="r-heat j-heat`)
	body, _, _ = strings.Cut(body, "</tbody>")
	for _, m := range regexp.MustCompile(`scope="row"><a [^>]*>([^<]+)<`).FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	return out
}

// The units stand as asked, and the heading says so.
func TestComparisonOrders(t *testing.T) {
	y := newYears(t)
	who := y.signIn(t, everything)
	d := y.docs["2025"]["omsorg"]
	level := func(name, id string) float64 {
		for _, c := range d.Children {
			if f, ok := c.Figure(id); ok && c.Unit.Name == name && f.Suppressed == analysis.Shown {
				return f.Mean
			}
		}
		return -1
	}
	for _, c := range []struct {
		query, id, sorted string
	}{
		{"sortera=namn", "", "ascending"}, {"sortera=namn&ordning=ned", "", "descending"},
		{"sortera=total", "total", "descending"}, {"sortera=total&ordning=upp", "total", "ascending"},
		{"sortera=ledning.strategi&omrade=ledning&ordning=upp", "ledning.strategi", "ascending"}, {"sortera=ledning&omrade=ledning", "ledning", "descending"},
	} {
		body := y.page(t, "/jamfor?enhet=omsorg&"+c.query, "sv", who)
		if got := regexp.MustCompile(`aria-sort="(\w+)"`).FindAllStringSubmatch(body, -1); len(got) != 1 || got[0][1] != c.sorted {
			t.Errorf("%s: headings %q", c.query, got)
		}
		names := heatUnits(body)
		if len(names) < 3 {
			t.Fatalf("%s: %q", c.query, names)
		}
		ok := slices.IsSortedFunc(names, func(a, b string) int {
			way := map[string]float64{"ascending": 1, "descending": -1}[c.sorted]
			diff := float64(finding.CompareNames(a, b))
			if c.id != "" {
				diff = level(a, c.id) - level(b, c.id)
			}
			switch {
			case diff*way < 0:
				return -1
			case diff*way > 0:
				return 1
			}
			return 0
		})
		if !ok {
			t.Errorf("%s: %q", c.query, names)
		}
	}
	if body := y.page(t, "/jamfor?enhet=omsorg", "sv", who); strings.Contains(body, "aria-sort") {
		t.Error("sorted without being asked")
	}
}

// A year beside: its figures stand with their n, and changes that the documents of
// two rounds next to each other froze are the same as those worked out.
func TestComparisonYearsBeside(t *testing.T) {
	y := newYears(t)
	who := y.signIn(t, everything)
	body := y.page(t, "/jamfor?enhet=omsorg&mot=2023", "sv", who)
	of2023 := y.docs["2023"]["omsorg"]
	then, _ := of2023.Child("stod") // Vard now
	for _, id := range []string{"ledning.strategi", "organisation.samverkan"} {
		f, _ := then.Figure(id)
		if want := "2023: " + format.Decimal(f.Mean, 1, "sv") + ", n = " + strconv.Itoa(f.N); !strings.Contains(row(t, body, "Vard"), want) && !strings.Contains(body, want) {
			t.Errorf("%s: no %q", id, want)
		}
	}
	latest, err := y.rounds.Round(t.Context(), "2025")
	check(t, err)
	h, err := y.rounds.History(t.Context(), latest)
	check(t, err)
	d, err := y.rounds.Document(t.Context(), latest, "omsorg")
	check(t, err)
	v := newCompareViews(views{"sv", y.set, finding.NamesOf(y.set)}, d, "2025", "2024", compareAsk{})
	check(t, y.beside(t.Context(), &v, h, "omsorg"))
	compared := 0
	for i := range d.Children {
		c := &d.Children[i]
		for _, f := range c.Figures {
			frozen, had := c.Change(f.ID)
			_, _, change, has := v.figureBefore(c, f.ID)
			if had != has || frozen != change {
				t.Errorf("%s %s: frozen %+v, now %+v", c.Unit.ID, f.ID, frozen, change)
			}
			if has {
				compared++
			}
		}
	}
	if compared < 10 {
		t.Errorf("%d compared", compared)
	}
	if status, _ := y.get("/jamfor?mot=2026", "sv", who); status != http.StatusNotFound {
		t.Errorf("beside a round that is open: %d", status)
	}
}

// Any unit with units below it can be gone to, step by step, and of many units a
// page shows some, with a way to the others.
func TestComparisonOfMany(t *testing.T) {
	r := newEmpty(t)
	groups := []group{{id: "kommun", name: "Testkommun"}, {id: "f", name: "Förvaltning", parent: "kommun"}, {id: "g", name: "Grannen", parent: "kommun", invited: 6, answered: [2]int{6, 6}, level: [2]float64{2, 2}}}
	for i := range 60 {
		id := strconv.Itoa(100 + i)
		groups = append(groups, group{id: "e" + id, name: "Enhet " + id, parent: "f", invited: 6, answered: [2]int{6, 6}, level: [2]float64{2 + float64(i)/40, 2}})
	}
	r.publishOf(t, round.Round{ID: "2025"}, r.set, groups, 0, nil)
	who := r.signIn(t, everything)
	get := func(path string) string {
		status, body := r.get(path, "sv", who)
		if status != http.StatusOK {
			t.Fatalf("%s: %d", path, status)
		}
		return html.UnescapeString(body)
	}
	if body := get("/jamfor"); !strings.Contains(body, `href="/jamfor?enhet=f"`) {
		t.Error("no way down")
	}
	all := map[string]int{}
	path := "/jamfor?enhet=f&sortera=namn"
	for _, n := range []int{24, 24, 12} {
		body := get(path)
		names := heatUnits(body)
		if len(names) != n || strings.Count(body, `class="mini"`) != n {
			t.Errorf("%s: %d units, want %d", path, len(names), n)
		}
		for _, name := range names {
			all[name]++
		}
		next := regexp.MustCompile(`aria-current="page">\d</a></li><li><a href="([^"]+)"`).FindStringSubmatch(body)
		if len(next) > 1 {
			path = next[1]
		}
	}
	if len(all) != 60 {
		t.Errorf("%d units on all pages", len(all))
	}
	if strings.Contains(get("/jamfor?enhet=f"), `class="rk"`) {
		t.Error("a row of 60 places")
	}
	chef := r.signIn(t, access.Grant{Role: access.Chef, Unit: "f"})
	for unit, want := range map[string]int{"f": 200, "e100": 200, "kommun": 403, "g": 403, "x": 403} {
		if status, body := r.get("/jamfor?enhet="+url.QueryEscape(unit), "sv", chef); status != want || strings.Contains(body, "Grannen") {
			t.Errorf("%s: status %d", unit, status)
		}
	}
}
