package web

import (
	"fmt"
	"html"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/training"
)

var planner = access.Grant{Role: access.HR, Unit: "kommun"}

// submit posts a form as the person with the cookie, in Swedish.
func (r *results) submit(path string, form url.Values, who *http.Cookie) (status int, at, body string) {
	q := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.AddCookie(who)
	q.AddCookie(&http.Cookie{Name: languageCookie, Value: "sv"})
	w := httptest.NewRecorder()
	r.ServeHTTP(w, q)
	return w.Code, w.Header().Get("Location"), html.UnescapeString(strings.NewReplacer("&nbsp;", " ", "\u00a0", " ").Replace(mainOf(w.Body.String())))
}

// page asks for a page that is there.
func (r *results) page(t *testing.T, path, lang string, who *http.Cookie) string {
	t.Helper()
	status, body := r.get(path, lang, who)
	body = html.UnescapeString(mainOf(body))
	if status != http.StatusOK {
		t.Fatalf("%s: status %d", path, status)
	}
	if found := regexp.MustCompile(`%!|<no value>|(plan|saved|activity|required)\.[a-z]+[.<]`).FindString(body); found != "" {
		t.Errorf("%s %s: broken text %q", path, lang, found)
	}
	return body
}

// The page shows the plan that training works out from what the round has kept,
// for the budget and the priorities that are asked for.
func TestPlanPage(t *testing.T) {
	r := newResults(t)
	hr := r.signIn(t, planner)
	counted, err := r.rounds.Round(t.Context(), "2025")
	check(t, err)
	counts, err := r.rounds.LevelCounts(t.Context(), counted, "kommun")
	check(t, err)
	activities, _, err := r.training.Activities(t.Context(), []string{"kommun"})
	check(t, err)
	for _, w := range []training.Wish{{Budget: 40_000}, {Budget: 150_000, Priority: map[string]float64{"kom.digital.data": 3, "kom.leda.nytta": 0}}, {Budget: 100_000_000}} {
		o := training.WorkOut(r.docs["kommun"].Competence, counts, activities, w)
		if len(o.Effects) == 0 || len(o.Areas) == 0 {
			t.Fatalf("%+v: no plan", w)
		}
		path := fmt.Sprintf("/kompetens/plan?budget=%.0f", w.Budget)
		for area, p := range w.Priority {
			path += fmt.Sprintf("&prioritet.%s=%.0f", area, p)
		}
		for _, lang := range []string{"sv", "en"} {
			body := r.page(t, path, lang, hr)
			before, _ := o.Missing()
			want := map[string]string{"sv": fmt.Sprintf("stänger planen %d av %d steg", o.Steps, before), "en": fmt.Sprintf("the plan closes %d of %d steps", o.Steps, before)}[lang]
			if !strings.Contains(body, want) {
				t.Errorf("%s %s: lacks %q", path, lang, want)
			}
			at := 0
			for _, e := range o.Effects { // in order
				next := strings.Index(body[at:], e.Activity.Title.In(lang)+"<small>")
				if next < 0 {
					t.Fatalf("%s %s: lacks %s, or has it in another place", path, lang, e.Activity.ID)
				}
				at += next
			}
			for _, a := range o.Areas {
				cell := fmt.Sprintf(map[string]string{"sv": "%d av %d", "en": "%d of %d"}[lang], a.Rated-a.BelowAfter, a.Rated)
				_, line, _ := strings.Cut(body, "</span>"+finding.NamesOf(r.set).Competence(a.Item, lang)+"</th>")
				if line, _, _ = strings.Cut(line, "</tr>"); !strings.Contains(line, cell) {
					t.Errorf("%s %s: %s lacks %s after the plan", path, lang, a.Item, cell)
				}
			}
		}
	}
}

// What is wrong is told of at its field, and what was typed is kept.
func TestPlanFaults(t *testing.T) {
	r := newResults(t)
	hr := r.signIn(t, planner)
	for _, budget := range []string{"mycket", "-1", "1e9", "0x10", "1,5", "100000001", "", "12 000 dollar"} {
		status, body := r.get("/kompetens/plan?prioritet.kom.digital.data=2&budget="+url.QueryEscape(budget), "sv", hr)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#budget"`) || !strings.Contains(body, `value="`+budget+`" inputmode`) || !strings.Contains(body, `<option value="2" selected>`) {
			t.Errorf("budget %q: status %d, or what was typed is gone", budget, status)
		}
	}
	if status, _ := r.get("/kompetens/plan?budget=250%C2%A0000", "sv", hr); status != http.StatusOK {
		t.Errorf("thousands apart: status %d", status)
	}
	for _, p := range []string{"4", "x", "-1", "0.5"} {
		if status, body := r.get("/kompetens/plan?budget=1000&prioritet.kom.digital.data="+p, "sv", hr); status != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#prioritet.kom.digital.data"`) {
			t.Errorf("priority %s: status %d", p, status)
		}
	}
	form := url.Values{"budget": {"150000"}, "namn": {" "}}
	if status, _, body := r.submit("/kompetens/planer", form, hr); status != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#namn"`) || !strings.Contains(body, `value="150000"`) {
		t.Errorf("no name: status %d", status)
	}
}

// Whatever is asked, nothing is told of a unit that no plan may be made for, and
// nobody plans for units that are not theirs.
func TestPlanTellsNothingOfFew(t *testing.T) {
	r := newResults(t)
	check(t, r.store.PutOrganisation(t.Context(), []org.Unit{{ID: "kommun", Name: "Testkommun"}, {ID: "omsorg", Name: "Omsorg", Parent: "kommun"}}, nil))
	hr := r.signIn(t, planner)
	random := rand.New(rand.NewPCG(3, 3))
	for _, unit := range []string{"plan", "gata", "tyst", "dold", "ifo", "hem"} { // hidden, or fewer than ten
		for range 10 {
			status, body := r.get(fmt.Sprintf("/kompetens/plan?enhet=%s&budget=%d&prioritet.kom.digital.data=%d", unit, random.IntN(1_000_000), random.IntN(4)), "sv", hr)
			if body = mainOf(body); status != http.StatusOK || strings.Contains(body, "<table") || regexp.MustCompile(`\d+ (av \d+|steg)`).MatchString(body) {
				t.Errorf("%s: status %d, or a figure", unit, status)
			}
		}
		if status, _, _ := r.submit("/kompetens/planer", url.Values{"enhet": {unit}, "budget": {"1000000"}, "namn": {"x"}}, hr); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: a plan is saved, status %d", unit, status)
		}
	}
	saved := r.save(t, hr, "kommun", "Hela")
	part := r.signIn(t, access.Grant{Role: access.HR, Unit: "omsorg"})
	for path, want := range map[string]int{"/kompetens/plan": 200, "/kompetens/plan?enhet=kommun": 403, "/kompetens/plan?enhet=bygg": 403, "/kompetens/insatser?enhet=kommun": 403, "/kompetens/krav?enhet=kommun": 403, saved: 403} {
		if status, _ := r.get(path, "sv", part); status != want {
			t.Errorf("HR of omsorg asks for %s: status %d, want %d", path, status, want)
		}
	}
	if _, body := r.get("/kompetens/planer", "sv", part); strings.Contains(body, "Hela") {
		t.Error("a plan of others is listed")
	}
	if status, _, _ := r.submit(saved+"/ta-bort", nil, part); status != http.StatusForbidden {
		t.Errorf("a plan of others is removed: status %d", status)
	}
	for _, role := range []access.Role{access.Chef, access.Revisor, access.Administrator} {
		if status, _ := r.get("/kompetens/plan", "sv", r.signIn(t, access.Grant{Role: role, Unit: "kommun"})); status != http.StatusForbidden {
			t.Errorf("%s plans: status %d", role, status)
		}
	}
}

// save saves a plan of 2024 and returns where it is.
func (r *results) save(t *testing.T, who *http.Cookie, unit, name string) string {
	t.Helper()
	status, at, body := r.submit("/kompetens/planer", url.Values{"omgang": {"2024"}, "enhet": {unit}, "budget": {"150 000"}, "prioritet.kom.digital.data": {"2"}, "namn": {name}}, who)
	if status != http.StatusSeeOther {
		t.Fatalf("save: status %d\n%s", status, body)
	}
	return at
}

// A plan is saved, marked as held, followed up in the next round, compared with
// another and removed.
func TestSavedPlan(t *testing.T) {
	r := newResults(t)
	hr := r.signIn(t, planner)
	one, other := r.save(t, hr, "kommun", "Första <b>"), r.save(t, hr, "omsorg", "Andra")
	body := r.page(t, one, "sv", hr)
	activity := regexp.MustCompile(`name="insats" value="([^"]+)"`).FindStringSubmatch(body)
	if activity == nil || !strings.Contains(body, "Vad blev det av gapen 2025?") || strings.Contains(body, "c-held") {
		t.Fatal("the saved plan is not followed up, or has been held")
	}
	for _, f := range r.docs["kommun"].Competence { // measured in 2025
		if cell := fmt.Sprintf("%d av %d, %d steg", f.Below, f.Rated, f.Steps); !strings.Contains(body, cell) {
			t.Errorf("%s was measured: lacks %s", f.Item, cell)
		}
	}
	good := url.Values{"insats": {activity[1]}, "dag": {"2025-03-02"}, "antal": {"14"}}
	for field, bad := range map[string][]string{"dag": {"", "2025-02-30", "2999-01-01", "i går"}, "antal": {"", "0", "-3", "många", "100001"}} {
		for _, typed := range bad {
			form := maps.Clone(good)
			form.Set(field, typed)
			if status, _, body := r.submit(one+"/genomford", form, hr); status != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#`+field+`"`) || typed != "" && !strings.Contains(body, `value="`+typed+`"`) {
				t.Errorf("%s %q: status %d, or what was typed is gone", field, typed, status)
			}
		}
	}
	if status, at, _ := r.submit(one+"/genomford", good, hr); status != http.StatusSeeOther || at != one {
		t.Errorf("held: status %d", status)
	}
	if body := r.page(t, one, "sv", hr); !strings.Contains(body, "Genomförd 2 mars 2025, 14 har deltagit") || !strings.Contains(body, "insats genomförd") {
		t.Error("what has been held is not told")
	}
	if body := r.page(t, "/kompetens/planer?plan="+strings.TrimPrefix(one, "/kompetens/planer/")+"&plan="+strings.TrimPrefix(other, "/kompetens/planer/"), "en", hr); !strings.Contains(body, "The plans side by side") || strings.Count(body, "150,000") < 2 {
		t.Error("the plans are not compared")
	}
	if status, _, _ := r.submit(one+"/inte-genomford", good, hr); status != http.StatusSeeOther || strings.Contains(r.page(t, one, "sv", hr), "c-held") {
		t.Errorf("not held after all: status %d", status)
	}
	if status, at, _ := r.submit(one+"/ta-bort", nil, hr); status != http.StatusSeeOther || at != "/kompetens/planer" {
		t.Errorf("removed: status %d", status)
	}
	if status, _ := r.get(one, "sv", hr); status != http.StatusNotFound {
		t.Errorf("a removed plan: status %d", status)
	}
}

// The catalogue is changed by HR: plans follow, saved ones do not; the change can
// be taken back.
func TestCatalogueOfTheirOwn(t *testing.T) {
	r := newResults(t)
	check(t, r.store.PutOrganisation(t.Context(), []org.Unit{{ID: "kommun", Name: "Testkommun"}, {ID: "omsorg", Name: "Omsorg", Parent: "kommun"}}, nil))
	hr := r.signIn(t, planner)
	form := url.Values{"area": {"kom.digital.data"}, "from": {"1"}, "to": {"5"}, "title_sv": {"Allt på en gång"}, "title_en": {"All at once"}, "hours": {"7,5"}, "seats": {"500"}, "cost": {"1 000"}}
	for field, typed := range map[string]string{"to": "1", "title_en": "", "hours": "lång", "seats": "1,5", "cost": "-1"} {
		bad := maps.Clone(form)
		bad.Set(field, typed)
		if status, _, body := r.submit("/kompetens/insatser/spara", bad, hr); status != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#`+field+`"`) || !strings.Contains(body, "Allt på en gång") {
			t.Errorf("%s %q: status %d", field, typed, status)
		}
	}
	if status, _, body := r.submit("/kompetens/insatser/spara", form, hr); status != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", status, body)
	}
	plan := "/kompetens/plan?budget=1000"
	if body := r.page(t, plan, "sv", hr); !strings.Contains(body, "Allt på en gång") || !strings.Contains(body, "7,5") {
		t.Error("the plan does not have the new activity")
	}
	id := regexp.MustCompile(`id=([0-9a-f]{12})`).FindStringSubmatch(r.page(t, "/kompetens/insatser", "sv", hr))
	if id == nil {
		t.Fatal("the new activity is not in the catalogue")
	}
	body := r.page(t, "/kompetens/insatser/insats?id="+id[1], "en", hr)
	if !strings.Contains(body, `value="All at once"`) || !strings.Contains(body, `value="7.5"`) {
		t.Error("the form lacks the activity")
	}
	if status, _, _ := r.submit("/kompetens/insatser/ta-bort", url.Values{"id": {id[1]}, "seen": {seal(t, body)}}, hr); status != http.StatusSeeOther || strings.Contains(r.page(t, plan, "sv", hr), "Allt på en gång") {
		t.Errorf("removed: status %d, or the plan still has it", status)
	}
	body = r.page(t, "/kompetens/insatser", "sv", hr)
	if !strings.Contains(body, "Katalogen är ändrad här") {
		t.Error("the catalogue is not its own")
	}
	if status, _, told := r.submit("/kompetens/insatser/aterstall", nil, hr); status != http.StatusConflict || !strings.Contains(told, "Katalogen återställdes inte") {
		t.Errorf("restored unseen: status %d", status)
	}
	if status, _, _ := r.submit("/kompetens/insatser/aterstall", url.Values{"seen": {seal(t, body)}}, hr); status != http.StatusSeeOther || strings.Contains(r.page(t, "/kompetens/insatser", "sv", hr), "Katalogen är ändrad här") {
		t.Errorf("restored: status %d", status)
	}
}

// Of two who change the same activity the second is told, keeps what was typed,
// and has it in the end; two who change different ones don't meet.
func TestCatalogueOfTwo(t *testing.T) {
	r := newResults(t)
	check(t, r.store.PutOrganisation(t.Context(), []org.Unit{{ID: "kommun", Name: "Testkommun"}}, nil))
	hr := r.signIn(t, planner)
	ids := regexp.MustCompile(`insats\?[^"]*\bid=([^"&]+)"`).FindAllStringSubmatch(r.page(t, "/kompetens/insatser", "sv", hr), 2)
	if len(ids) < 2 {
		t.Fatal("the catalogue has no two activities")
	}
	address := func(id string) string { return "/kompetens/insatser/insats?id=" + id }
	form := func(id, title string) url.Values {
		return url.Values{"id": {id}, "seen": {seal(t, r.page(t, address(id), "sv", hr))}, "area": {"kom.digital.data"}, "from": {"1"}, "to": {"2"},
			"title_sv": {title}, "title_en": {title}, "hours": {"1"}, "seats": {"10"}, "cost": {"1000"}}
	}
	saved := func(f url.Values, want int) string {
		t.Helper()
		status, _, body := r.submit("/kompetens/insatser/spara", f, hr)
		if status != want {
			t.Errorf("%s: status %d, want %d", f.Get("title_sv"), status, want)
		}
		return body
	}
	id := ids[0][1]
	first, second, other := form(id, "Den första"), form(id, "Den andra"), form(ids[1][1], "En annan")
	saved(first, http.StatusSeeOther)
	saved(other, http.StatusSeeOther)
	body := saved(second, http.StatusConflict)
	if !strings.Contains(body, "Någon annan har ändrat insatsen") || !strings.Contains(body, `value="Den andra"`) {
		t.Errorf("the second is not told, or has lost what was typed: %s", mainOf(body))
	}
	if status, _, body := r.submit("/kompetens/insatser/ta-bort", second, hr); status != http.StatusConflict || !strings.Contains(body, "Insatsen togs inte bort") || !strings.Contains(body, `value="Den första"`) {
		t.Errorf("removed unseen: status %d", status)
	}
	stale := form(id, "Den tredje")
	second.Set("seen", seal(t, body))
	saved(second, http.StatusSeeOther)
	if !strings.Contains(r.page(t, address(id), "sv", hr), `value="Den andra"`) {
		t.Error("saved once more it does not hold")
	}
	gone := form(id, "")
	if status, _, _ := r.submit("/kompetens/insatser/ta-bort", gone, hr); status != http.StatusSeeOther {
		t.Errorf("removed: status %d", status)
	}
	body = saved(stale, http.StatusConflict)
	if !strings.Contains(body, "Någon annan har tagit bort insatsen") || !strings.Contains(body, `value="Den tredje"`) || !strings.Contains(body, `name="id" value=""`) {
		t.Errorf("another has removed it: %s", mainOf(body))
	}
}

// seal is what a page's form was drawn from.
func seal(t *testing.T, body string) string {
	t.Helper()
	m := seenIn.FindStringSubmatch(body)
	if m == nil {
		t.Fatal("the form has no seal")
	}
	return m[1]
}

// selectOf is a page's choice by its id.
func selectOf(body, id string) string {
	_, after, _ := strings.Cut(body, `<select id="`+id+`"`)
	choice, _, _ := strings.Cut(after, "</select>")
	return choice
}

// Required levels are chosen for all roles that an area asks, or none; the next
// round has them, those that are published keep theirs.
func TestRequiredLevels(t *testing.T) {
	r := newResults(t)
	check(t, r.store.PutOrganisation(t.Context(), []org.Unit{{ID: "kommun", Name: "Testkommun"}, {ID: "omsorg", Name: "Omsorg", Parent: "kommun"}}, nil))
	hr := r.signIn(t, planner)
	form := url.Values{"do": {"spara"}}
	for _, m := range regexp.MustCompile(`<select id="([^"]+)"`).FindAllStringSubmatch(r.page(t, "/kompetens/krav", "sv", hr), -1) {
		form.Set(m[1], "3")
	}
	if len(form) != 1+8*4 {
		t.Fatalf("%d levels to choose", len(form)-1)
	}
	const at = "kom.digital.data.enhetschef"
	for _, typed := range []string{"", "6", "x"} {
		bad := maps.Clone(form)
		bad.Set(at, typed)
		if status, _, body := r.submit("/kompetens/krav", bad, hr); status != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#`+at+`"`) {
			t.Errorf("level %q: status %d", typed, status)
		}
	}
	before := r.page(t, "/kompetens", "sv", hr)
	form.Set(at, "5")
	form.Set("seen", "") // nobody has changed them
	if status, _, _ := r.submit("/kompetens/krav", form, hr); status != http.StatusSeeOther {
		t.Fatalf("status %d", status)
	}
	levels, of, err := r.rounds.Required(t.Context(), []string{"kommun"})
	if check(t, err); of != "kommun" || levels["kom.digital.data"]["enhetschef"] != 5 {
		t.Errorf("levels of %q: %v", of, levels)
	}
	if r.page(t, "/kompetens", "sv", hr) != before {
		t.Error("a published round has other levels")
	}
	form.Set(at, "4")
	form.Set("do", "spara")
	status, _, body := r.submit("/kompetens/krav", form, hr)
	if status != http.StatusConflict || !strings.Contains(body, "Någon annan har ändrat de krävda nivåerna") || !strings.Contains(selectOf(body, at), `value="4" selected`) {
		t.Errorf("another has changed them: status %d, %s", status, selectOf(body, at))
	}
	if status, _, _ := r.submit("/kompetens/krav", url.Values{"do": {"aterstall"}}, hr); status != http.StatusConflict {
		t.Errorf("restored unseen: status %d", status)
	}
	if levels, _, err = r.rounds.Required(t.Context(), []string{"kommun"}); err != nil || levels["kom.digital.data"]["enhetschef"] != 5 {
		t.Errorf("the first one's levels are lost: %v, %v", levels, err)
	}
	form.Set("seen", seal(t, body))
	if status, _, _ := r.submit("/kompetens/krav", form, hr); status != http.StatusSeeOther {
		t.Errorf("saved once more: status %d", status)
	}
	if status, _, _ := r.submit("/kompetens/krav", url.Values{"do": {"aterstall"}, "seen": {seal(t, r.page(t, "/kompetens/krav", "sv", hr))}}, hr); status != http.StatusSeeOther {
		t.Errorf("restored: status %d", status)
	}
	if _, of, _ = r.rounds.Required(t.Context(), []string{"kommun"}); of != "" {
		t.Errorf("levels are still of %q", of)
	}
}

func TestNumberAsPeopleWriteIt(t *testing.T) {
	for typed, want := range map[string]float64{"100 000": 100000, "100.000": 100000, "1.000.000 kr": 1000000, "100\u00a0000 kr": 100000, "12,5": 12.5, "12.5": 12.5, "0": 0, "-5": -5} {
		if got := number(typed); got != want {
			t.Errorf("%q is read as %g, want %g", typed, got, want)
		}
	}
	for _, typed := range []string{"", "kr", "hundra", "1e9", "0x10", "inf", "1.00.000", "1,000,000"} {
		if got := number(typed); !math.IsNaN(got) {
			t.Errorf("%q is read as %g", typed, got)
		}
	}
}
