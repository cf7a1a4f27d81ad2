package web

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/recommend"
	"github.com/mognad/mognad/internal/review"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/surveys"
)

// newActions is newResults with the recommendations and the audit's questions.
func newActions(t *testing.T) *results {
	t.Helper()
	r := newResults(t)
	var err error
	r.config.Recommendations, err = recommend.Load(surveys.FS, r.set)
	check(t, err)
	r.config.Audit, err = audit.Load(surveys.FS, r.set)
	check(t, err)
	return r
}

// replace puts a document in the place of what a published round has of its unit.
func (r *results) replace(t *testing.T, round string, d analysis.Document) {
	t.Helper()
	content, err := json.Marshal(d)
	check(t, err)
	check(t, r.store.PutDocuments(t.Context(), round, "a", func(yield func(string, []byte) bool) { yield(d.Unit.ID, content) }))
}

// goodAction is what somebody types in the form, of a unit and its items.
func goodAction(unit string, items ...string) url.Values {
	form := url.Values{"round": {"2024"}, "unit": {unit}, "title": {"Mät nyttan"}, "what": {"Ta en satsning."}, "owner": {"avdelningschef"}, "email": {"eva@kommun.example"},
		"start": {"2025-02-01"}, "due": {"2099-12-18"}, "status": {"pagar"}, "recommendation": {"mat-nyttan"}}
	for _, it := range items {
		form["item"], form["expected"] = append(form["item"], it), append(form["expected"], "4,5")
	}
	return form
}

// took takes up an action and returns its address.
func (r *results) took(t *testing.T, who *http.Cookie, form url.Values) string {
	t.Helper()
	status, body := r.send("/atgarder", who, form)
	if status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", status, body)
	}
	all, err := r.actions.All(t.Context(), func(a action.Action) bool { return a.Title == form.Get("title") && a.Unit == form.Get("unit") })
	check(t, err)
	if len(all) != 1 {
		t.Fatalf("%d actions are called %s", len(all), form.Get("title"))
	}
	return actionPath(all[0].ID)
}

// Each recommendation that a unit's document triggers stands on the page with
// every figure that triggered it, and no other does.
func TestRecommendationsHaveTheirFigures(t *testing.T) {
	r := newActions(t)
	who := r.signIn(t, everything)
	names := finding.NamesOf(r.set)
	for _, unit := range []string{"omsorg", "skola", "hem"} {
		d := r.docs[unit]
		want := map[string]recommend.Triggered{}
		for _, tr := range r.config.Recommendations.Trigger(&d, nil) {
			want[tr.ID] = tr
		}
		if len(want) < 1 {
			t.Fatalf("%s triggers only %d", unit, len(want))
		}
		for _, lang := range []string{"sv", "en"} {
			status, body := r.get("/atgarder?enhet="+unit, lang, who)
			if status != http.StatusOK {
				t.Fatalf("%s: status %d", unit, status)
			}
			body = html.UnescapeString(mainOf(body))
			if found := regexp.MustCompile(`%!|<no value>|\baction\.[a-z]`).FindString(body); found != "" {
				t.Errorf("%s %s: broken text %q", unit, lang, found)
			}
			for _, rec := range r.config.Recommendations.Recommendations {
				_, card, shown := strings.Cut(body, `aria-labelledby="r-`+rec.ID+`"`)
				card, _, _ = strings.Cut(card, "</article>")
				tr, ok := want[rec.ID]
				if shown != ok {
					t.Errorf("%s: %s is shown: %v, want %v", unit, rec.ID, shown, ok)
					continue
				}
				for _, f := range tr.Figures {
					if cell := regexp.MustCompile(regexp.QuoteMeta(names.Of(f.Item, lang)) + `</th><td class="b">` + regexp.QuoteMeta(format.Decimal(f.Level, 1, lang)) + `.*</td><td>` + fmt.Sprint(f.N) + `</td>`); !cell.MatchString(card) {
						t.Errorf("%s %s: %s lacks the figure of %s", unit, lang, rec.ID, f.Item)
					}
				}
			}
			if first, _, _ := strings.Cut(body, "<details"); strings.Count(first, "<article") != min(firstShown, len(want)) {
				t.Errorf("%s: %d stand unfolded", unit, strings.Count(first, "<article"))
			}
		}
	}
}

// A hidden unit has no recommendation, and the page says why.
func TestHiddenUnitHasNoRecommendation(t *testing.T) {
	r := newActions(t)
	who := r.signIn(t, everything)
	for unit, why := range map[string]string{"plan": "Minst 5 svar krävs", "gata": "visas inte", "tyst": "svar krävs", "dold": "enheten ovanför"} {
		status, body := r.get("/atgarder?enhet="+unit, "sv", who)
		body = mainOf(body)
		if status != http.StatusOK || strings.Contains(body, "<article") || strings.Contains(body, "<table") || !strings.Contains(body, why) || !strings.Contains(body, "Rekommendationerna visas inte") {
			t.Errorf("%s: status %d\n%s", unit, status, body)
		}
		_, body = r.get("/atgarder/ny?enhet="+unit+"&rekommendation=mat-nyttan&item=sty.uppfoljning.effekt", "sv", who)
		if strings.Contains(body, "n = ") || !strings.Contains(body, "Nivån nu visas inte.") {
			t.Errorf("%s: the form tells a level", unit)
		}
	}
}

// Recommendations by facts are the whole organisation's, for those who may read
// the audit.
func TestFactsAreTheWhole(t *testing.T) {
	r := newActions(t)
	d := r.docs["kommun"]
	d.Facts = []analysis.FactFigure{{Item: "kom.larande.plan", Invited: 4, N: 3, Level: 2}}
	r.replace(t, "2025", d)
	page := func(unit string, role access.Role) string {
		_, body := r.get("/atgarder?enhet="+unit, "sv", r.signIn(t, access.Grant{Role: role, Unit: "kommun"}))
		return mainOf(body)
	}
	if !strings.Contains(page("kommun", access.Ledning), `aria-labelledby="r-kompetensplan"`) {
		t.Error("the fact triggers nothing")
	}
	for what, body := range map[string]string{"a unit": page("omsorg", access.Ledning), "one who may not read the audit": page("kommun", access.Chef)} {
		if strings.Contains(body, "r-kompetensplan") {
			t.Errorf("%s gets what rests on a fact", what)
		}
	}
	if !strings.Contains(page("kommun", access.Chef), "får läsa revisionsfrågorna") || !strings.Contains(page("omsorg", access.Ledning), "De står hos Testkommun") {
		t.Error("it is not said where those by facts are")
	}
}

// Each audit question that is judged and not met has a recommendation on the page
// of the whole, which says what the question is; no other unit's page speaks of it.
func TestAuditQuestionsAskForSomething(t *testing.T) {
	r := newActions(t)
	d := r.docs["kommun"]
	for _, it := range r.set.Items {
		if it.Kind == survey.Fact {
			d.Facts = append(d.Facts, analysis.FactFigure{Item: it.ID, Invited: 4, N: 3, Level: 4})
		}
	}
	for i := range d.Figures {
		if f := &d.Figures[i]; f.Level == analysis.LevelItem && f.Suppressed == analysis.Shown {
			f.Mean = 3.1 // above every limit, and short of what the audit asks
		}
	}
	r.replace(t, "2025", d)
	short := r.config.Audit.Judge(r.config.Audit.Observe(&d, "2025-10-24")).Short()
	if len(short) == 0 {
		t.Fatal("every question is met")
	}
	_, body := r.get("/atgarder?enhet=kommun", "sv", r.signIn(t, everything))
	body = html.UnescapeString(mainOf(body))
	for _, q := range short {
		n := 1 + slices.IndexFunc(r.config.Audit.Questions, func(of audit.Question) bool { return of.ID == q.ID })
		if !strings.Contains(body, fmt.Sprintf("men revisionsfråga %d är %s", n, q.Outcome.In("sv"))) && !strings.Contains(body, fmt.Sprintf("Revisionsfråga %d</b>", n)) {
			t.Errorf("nothing asks for anything of %s", q.ID)
		}
	}
	for who, unit := range map[*http.Cookie]string{r.signIn(t, everything): "omsorg", r.signIn(t, access.Grant{Role: access.Chef, Unit: "kommun"}): "kommun"} {
		if _, body := r.get("/atgarder?enhet="+unit, "sv", who); strings.Contains(mainOf(body), "Revisionsfråga ") {
			t.Errorf("%s tells of the audit", unit)
		}
	}
}

// Taken up, changed and followed up, an action stands in the list of its unit and
// of those above.
func TestActionFromRecommendation(t *testing.T) {
	r := newActions(t)
	who := r.signIn(t, access.Grant{Role: access.Chef, Unit: "omsorg"})
	_, body := r.get("/atgarder/ny?enhet=omsorg&omgang=2024&rekommendation=mat-nyttan", "sv", who)
	if !strings.Contains(body, `value="Mät nyttan och rätta det som inte fungerar"`) || !strings.Contains(body, `value="3,0"`) || !strings.Contains(body, `value="sty.uppfoljning.effekt" selected`) || !strings.Contains(body, "Nu: ") {
		t.Errorf("the form is not filled in:\n%s", mainOf(body))
	}
	if _, body := r.get("/atgarder/ny?enhet=hem&item=kom.leda.nytta", "sv", who); !strings.Contains(body, `value="kom.leda.nytta" selected`) {
		t.Error("an item named in the address is not chosen")
	}
	path := r.took(t, who, goodAction("hem", "sty.uppfoljning.effekt"))
	for _, list := range []string{"hem", "omsorg"} {
		if _, body := r.get("/atgarder?enhet="+list, "sv", who); !strings.Contains(body, path) || !strings.Contains(body, "avdelningschef") || !strings.Contains(body, "2099-12-18") {
			t.Errorf("it is not in the list of %s", list)
		}
	}
	if _, body := r.get("/atgarder?enhet=hem", "sv", who); !strings.Contains(body, "Tas om hand i åtgärden") {
		t.Error("the recommendation does not say that it is taken care of")
	}
	if _, body := r.get("/atgarder?enhet=hem&lage=klar", "sv", who); strings.Contains(body, `k-list`) || !strings.Contains(body, "Ingen åtgärd har det läget") {
		t.Error("it is among those that are done")
	}
	changed := goodAction("hem", "sty.uppfoljning.effekt", "sty.uppfoljning.atgard")
	changed.Set("revision", "1")
	changed.Set("title", "Ny rubrik")
	if status, body := r.send(path+"/andra", who, changed); status != http.StatusSeeOther {
		t.Fatalf("change: %d %s", status, body)
	}
	if status, _ := r.send(path+"/folj-upp", who, url.Values{"revision": {"2"}, "status": {"klar"}, "text": {"Det <gick> bra"}}); status != http.StatusSeeOther {
		t.Fatalf("follow up: %d", status)
	}
	_, body = r.get(path, "sv", who)
	for _, want := range []string{"Ny rubrik", "Det &lt;gick&gt; bra", "läge: klar", `value="klar" selected`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	a, err := r.actions.Action(t.Context(), strings.TrimPrefix(path, "/atgarder/"))
	check(t, err)
	if a.Email != "" || a.Round != "2024" || a.Recommendation != "mat-nyttan" || len(a.Items) != 2 || a.Items[0].From == 0 {
		t.Errorf("%+v", a)
	}
}

// Who manages an action reads how it went with the last reminder; others don't.
func TestActionReminder(t *testing.T) {
	r := newActions(t)
	who := r.signIn(t, everything)
	form := goodAction("omsorg", "sty.uppfoljning.effekt")
	form.Set("email", "chef@kommun.example")
	path := r.took(t, who, form)
	a, err := r.actions.Action(t.Context(), strings.TrimPrefix(path, "/atgarder/"))
	check(t, err)
	for _, tt := range []struct {
		fault survey.Text
		again time.Duration
		want  string
	}{
		{survey.Text{}, 0, "Senaste påminnelsen skickades "},
		{survey.Text{SV: "Adressen finns inte.", EN: "No such address."}, 0, ": Adressen finns inte.</small>"},
		{survey.Text{SV: "Servern är upptagen.", EN: "Busy."}, time.Hour, ": Servern är upptagen. Nytt försök görs automatiskt.</small>"},
	} {
		check(t, r.actions.Sent(t.Context(), a, action.Reminder{Day: a.Due}, tt.fault, tt.again))
		if _, body := r.get(path, "sv", who); !strings.Contains(body, tt.want) {
			t.Errorf("the page lacks %q\n%s", tt.want, mainOf(body))
		}
		if _, body := r.get(path, "sv", r.signIn(t, access.Grant{Role: access.Revisor, Unit: "kommun"})); strings.Contains(body, "åminnelse") {
			t.Error("an auditor reads of the reminder")
		}
	}
}

// What is faulty is said at its field, and what was typed is kept.
func TestFaultyAction(t *testing.T) {
	r := newActions(t)
	who := r.signIn(t, everything)
	for field, change := range map[string]func(url.Values){
		"title":  func(f url.Values) { f.Set("title", " ") },
		"what":   func(f url.Values) { f.Set("what", "") },
		"unit":   func(f url.Values) { f.Set("unit", "") },
		"owner":  func(f url.Values) { f.Set("owner", "") },
		"email":  func(f url.Values) { f.Set("email", "<script>") },
		"start":  func(f url.Values) { f.Set("start", "i går") },
		"due":    func(f url.Values) { f.Set("due", "2025-01-01") },
		"status": func(f url.Values) { f.Set("status", "x") },
		"item-0": func(f url.Values) { f.Set("item", "finns.inte") },
		"item-1": func(f url.Values) { f["expected"] = []string{"4,5", "många"} },
	} {
		form := goodAction("hem", "sty.uppfoljning.effekt", "sty.uppfoljning.atgard")
		form.Set("title", "Det jag skrev")
		change(form)
		status, body := r.send("/atgarder", who, form)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, `<a href="#`+field+`">`) || !strings.Contains(body, `id="`+field+`-e"`) && field != "unit" || field != "title" && !strings.Contains(body, "Det jag skrev") {
			t.Errorf("%s: status %d\n%s", field, status, mainOf(body))
		}
		if strings.Contains(body, "<script>") {
			t.Errorf("%s: what was typed is written as it is", field)
		}
	}
	if all, err := r.actions.All(t.Context(), func(action.Action) bool { return true }); err != nil || len(all) != 0 {
		t.Errorf("stored: %v, %v", all, err)
	}
}

// Of two who change an action at once the second is told, and loses nothing typed.
func TestActionChangedByTwo(t *testing.T) {
	r := newActions(t)
	who := r.signIn(t, everything)
	path := r.took(t, who, goodAction("hem", "sty.uppfoljning.effekt"))
	form := goodAction("hem", "sty.uppfoljning.effekt")
	form.Set("revision", "1")
	if status, _ := r.send(path+"/andra", who, form); status != http.StatusSeeOther {
		t.Fatalf("the first: %d", status)
	}
	title := form.Get("title")
	form.Set("what", "Det andra skrev")
	form.Set("title", "Rubrik som inte är sparad")
	status, body := r.send(path+"/andra", who, form)
	if !strings.Contains(body, `<a href="`+path+`" lang="sv">`+title+"</a>") {
		t.Errorf("the way back is not called %q", title)
	}
	if status != http.StatusConflict || !strings.Contains(body, "Det andra skrev") || !strings.Contains(body, `name="revision" value="2"`) || !strings.Contains(mainOf(body), `href="`+path+`"`) {
		t.Errorf("the second: %d\n%s", status, mainOf(body))
	}
	status, body = r.send(path+"/folj-upp", who, url.Values{"revision": {"1"}, "status": {"klar"}, "text": {"Det tredje skrev"}})
	if status != http.StatusConflict || !strings.Contains(body, "Det tredje skrev") || !strings.Contains(body, `value="klar" selected`) {
		t.Errorf("the third: %d\n%s", status, mainOf(body))
	}
}

// Readers see what lies within their unit; who may not manage changes nothing.
func TestActionAccess(t *testing.T) {
	r := newActions(t)
	path := r.took(t, r.signIn(t, everything), goodAction("omsorg", "sty.uppfoljning.effekt"))
	grant := func(role access.Role, unit string) *http.Cookie {
		return r.signIn(t, access.Grant{Role: role, Unit: unit})
	}
	for name, tt := range map[string]struct {
		who          *http.Cookie
		read, change int
	}{
		"its manager":           {grant(access.Chef, "omsorg"), 200, 303},
		"one below":             {grant(access.Chef, "hem"), 403, 403},
		"one beside":            {grant(access.Chef, "bygg"), 403, 403},
		"HR":                    {grant(access.HR, "kommun"), 200, 303},
		"an auditor":            {grant(access.Revisor, "kommun"), 200, 403},
		"an administrator":      {grant(access.Administrator, "kommun"), 403, 403},
		"auditor and one below": {r.signIn(t, access.Grant{Role: access.Revisor, Unit: "kommun"}, access.Grant{Role: access.Chef, Unit: "hem"}), 200, 403},
	} {
		status, body := r.get(path, "sv", tt.who)
		if status != tt.read {
			t.Errorf("%s reads: %d", name, status)
		}
		if may := strings.Contains(body, "/andra"); may != (tt.change == 303) {
			t.Errorf("%s is shown the form: %v", name, may)
		}
		if tt.change == 303 {
			continue
		}
		if status, _ := r.get("/atgarder/ny?enhet=omsorg", "sv", tt.who); status != http.StatusForbidden {
			t.Errorf("%s opens the form: %d", name, status)
		}
		form := goodAction("omsorg", "sty.uppfoljning.effekt")
		form.Set("revision", "1")
		for _, to := range []string{"/atgarder", path + "/andra", path + "/folj-upp"} {
			if status, _ := r.send(to, tt.who, form); status != http.StatusForbidden {
				t.Errorf("%s sends %s: %d", name, to, status)
			}
		}
	}
	form := goodAction("kommun", "sty.uppfoljning.effekt") // out of the own unit
	form.Set("revision", "1")
	if status, _ := r.send(path+"/andra", grant(access.Chef, "omsorg"), form); status != http.StatusForbidden {
		t.Errorf("moved to a unit of others: %d", status)
	}
	if a, err := r.actions.Action(t.Context(), strings.TrimPrefix(path, "/atgarder/")); err != nil || a.Revision != 1 {
		t.Errorf("changed: %+v, %v", a, err)
	}
	for _, path := range []string{"/atgarder", path, "/atgarder/ny"} {
		if status, _ := r.get(path, "sv", nil); status != http.StatusUnauthorized {
			t.Errorf("nobody asks for %s: %d", path, status)
		}
	}
}

// What was expected stands beside what the next round shows, with interval and n;
// of what is hidden there is nothing.
func TestExpectedAndMeasured(t *testing.T) {
	r := newActions(t)
	who := r.signIn(t, everything)
	const effekt = "sty.uppfoljning.effekt"
	path := r.took(t, who, goodAction("omsorg", effekt))
	d := r.docs["omsorg"]
	then, _ := d.Previous.Figure(effekt)
	now, _ := d.Figure(effekt)
	_, body := r.get(path, "sv", who)
	line := row(t, body, finding.NamesOf(r.set).Of(effekt, "sv"))
	for _, want := range []string{"<b>" + format.Decimal(then.Mean, 1, "sv"), "<b>4,5</b>", "<b>" + format.Decimal(now.Mean, 1, "sv") + "</b>",
		fmt.Sprintf("%s–%s, n = %d", format.Decimal(now.CILow, 1, "sv"), format.Decimal(now.CIHigh, 1, "sv"), now.N)} {
		if !strings.Contains(line, want) {
			t.Errorf("the row lacks %q:\n%s", want, line)
		}
	}
	item := action.Item{ID: effekt, Expected: 4.5}
	if want := "k-out--" + string(item.Outcome(action.OfRating(then, now))); !strings.Contains(line, want) {
		t.Errorf("the row lacks %s:\n%s", want, line)
	}

	hidden := goodAction("plan", effekt)
	hidden.Set("title", "I det dolda")
	_, body = r.get(r.took(t, who, hidden), "sv", who)
	line = row(t, body, finding.NamesOf(r.set).Of(effekt, "sv"))
	if !strings.Contains(line, "Kan inte visas") || !strings.Contains(line, "visas inte") || strings.Contains(line, "n = ") {
		t.Errorf("of a hidden unit: %s", line)
	}

	later := goodAction("omsorg", effekt)
	later.Set("title", "Börjar senare")
	later.Set("start", "2025-11-01")
	if _, body = r.get(r.took(t, who, later), "sv", who); !strings.Contains(body, "Ingen mätning har avslutats sedan") {
		t.Error("a round from before it began is set beside it")
	}
}

// What is decided from the talk sheet is entered as an action of the unit, about
// the question where it is one; for those who may.
func TestTalkLeadsToActions(t *testing.T) {
	r := newActions(t)
	_, sheet := r.get("/resultat/omsorg/samtal", "sv", r.signIn(t, everything))
	links := regexp.MustCompile(`/atgarder/ny\?[^"]*item=[^"]*`).FindAllString(html.UnescapeString(sheet), -1)
	if len(links) == 0 {
		t.Fatal("the sheet leads to no action")
	}
	for _, to := range links {
		q, err := url.Parse(to)
		check(t, err)
		_, body := r.get(to, "sv", r.signIn(t, everything))
		if !strings.Contains(body, `value="`+q.Query().Get("item")+`" selected`) || !strings.Contains(body, `value="omsorg" selected`) {
			t.Errorf("%s: question or unit is not filled in", to)
		}
	}
	if _, sheet = r.get("/resultat/omsorg/samtal", "sv", r.signIn(t, access.Grant{Role: access.Revisor, Unit: "kommun"})); strings.Contains(sheet, "/atgarder/ny") {
		t.Error("one who may not take up an action is led to the form")
	}
}

// The workbook has the actions of its unit and below, with what the page of each
// shows, for those who may see them.
func TestWorkbookHasActions(t *testing.T) {
	r := newActions(t)
	who := r.signIn(t, everything)
	const effekt = "sty.uppfoljning.effekt"
	r.took(t, who, goodAction("omsorg", effekt))
	r.took(t, who, goodAction("plan", effekt))
	r.took(t, who, goodAction("bygg", effekt, "sty.uppfoljning.atgard"))
	sheet := func(unit string, who *http.Cookie) [][]string {
		t.Helper()
		f, err := excelize.OpenReader(r.fetched("/resultat/"+unit+"/resultat.xlsx", "sv", who).Body)
		check(t, err)
		rows, err := f.GetRows("Åtgärder")
		check(t, err)
		return rows[1:]
	}
	if n := len(sheet("kommun", who)); n != 4 {
		t.Errorf("%d rows of the whole", n)
	}
	rows := sheet("omsorg", r.signIn(t, access.Grant{Role: access.Chef, Unit: "omsorg"}))
	d := r.docs["omsorg"]
	now, _ := d.Figure(effekt)
	then, _ := d.Previous.Figure(effekt)
	if len(rows) != 1 || rows[0][9] != fmt.Sprintf("%.1f", then.Mean) || rows[0][12] != fmt.Sprintf("%.1f", now.Mean) || rows[0][13] != fmt.Sprint(now.N) {
		t.Errorf("%v", rows)
	}
	if rows = sheet("plan", who); len(rows) != 1 || rows[0][9] != "" || rows[0][12] != "" || rows[0][13] != "" || rows[0][14] != "Kan inte visas" {
		t.Errorf("of a hidden unit: %v", rows)
	}
}

// The list is drawn once, and anew when an action or a review has changed.
func TestActionListIsOfToday(t *testing.T) {
	r := newActions(t)
	who := r.signIn(t, everything)
	d := r.docs["kommun"]
	d.Facts = []analysis.FactFigure{{Item: "kom.larande.plan", Invited: 4, N: 3, Level: 4}}
	r.replace(t, "2025", d)
	list := func() string { _, body := r.get("/atgarder?enhet=kommun", "sv", who); return mainOf(body) }
	if strings.Count(list(), "k-status--") != 0 {
		t.Error("there is an action")
	}
	path := r.took(t, who, goodAction("kommun", "sty.uppfoljning.effekt"))
	if !strings.Contains(list(), "k-status--pagar") {
		t.Error("a new one is not there")
	}
	if status, _ := r.send(path+"/folj-upp", who, url.Values{"revision": {"1"}, "status": {"klar"}}); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	if !strings.Contains(list(), "k-status--klar") {
		t.Error("what was changed is not")
	}
	plan := func() string {
		_, card, _ := strings.Cut(list(), `aria-labelledby="r-kompetensplan"`)
		card, _, _ = strings.Cut(card, "</article>")
		return card
	}
	if !strings.Contains(plan(), `<td class="b">2<`) {
		t.Errorf("what nobody has confirmed counts as stated: %s", plan())
	}
	check(t, r.reviews.Set(t.Context(), "rev", "kommun", "2025", "kom.larande.plan", "", review.Review{Level: 1}))
	if !strings.Contains(plan(), `<td class="b">1<`) {
		t.Errorf("the review does not count: %s", plan())
	}
	of, err := r.reviews.Of(t.Context(), "2025")
	check(t, err)
	check(t, r.reviews.Set(t.Context(), "rev", "kommun", "2025", "kom.larande.plan", of["kom.larande.plan"].Version(), review.Review{Level: 2}))
	if !strings.Contains(plan(), `<td class="b">2<`) {
		t.Errorf("the review is as it was before it was changed: %s", plan())
	}
	form := goodAction("kommun", "sty.uppfoljning.effekt")
	form.Set("title", "Annan åtgärd")
	r.took(t, who, form)
	if strings.Contains(list(), "k-late") {
		t.Error("an action is late before its day")
	}
	r.now = func() time.Time { return time.Date(2099, 12, 20, 12, 0, 0, 0, time.UTC) }
	if !strings.Contains(list(), "k-late") {
		t.Errorf("the list is of another day: %s", list())
	}
}

// The units to choose among are those around the one at hand that the reader may
// do it with, whatever the size of the organisation.
func TestUnitsToChooseAmong(t *testing.T) {
	r := newActions(t)
	for name, tt := range map[string]struct {
		grant access.Grant
		unit  string
		want  []string
	}{
		"the whole":          {everything, "kommun", []string{"kommun", "omsorg", "bygg", "skola"}},
		"a department":       {everything, "omsorg", []string{"kommun", "omsorg", "hem", "boende", "stod", "ifo"}},
		"one without others": {everything, "hem", []string{"kommun", "omsorg", "hem", "boende", "stod", "ifo"}},
		"its own manager":    {access.Grant{Role: access.Chef, Unit: "omsorg"}, "omsorg", []string{"omsorg", "hem", "boende", "stod", "ifo"}},
		"one unit alone":     {access.Grant{Role: access.Chef, Unit: "hem"}, "hem", []string{"hem"}},
	} {
		for _, page := range []string{"/atgarder", "/atgarder/ny"} {
			_, body := r.get(page+"?enhet="+tt.unit, "sv", r.signIn(t, tt.grant))
			_, body, _ = strings.Cut(body, map[string]string{"/atgarder": `<select id="enhet"`, "/atgarder/ny": `<select id="unit"`}[page])
			body, _, _ = strings.Cut(body, "</select>")
			var got []string
			for _, m := range regexp.MustCompile(`<option value="([^"]+)"`).FindAllStringSubmatch(body, -1) {
				got = append(got, m[1])
			}
			if alone := page == "/atgarder" && len(tt.want) == 1; !alone && !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(tt.want))) {
				t.Errorf("%s %s: %v, want %v", name, page, got, tt.want)
			}
		}
	}
}
