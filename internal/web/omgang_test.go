package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
)

// A coordinator makes a round from last year's, changes it, lets it open by
// itself and thinks better of it; deleted it is gone.
func TestDraftFromLastYear(t *testing.T) {
	r, who := newCoordinator(t)
	form := url.Values{"id": {"2030"}, "from": {"2027"}, "opens_on": {"2030-03-02"}, "opens_time": {"08:00"}, "closes_on": {"2030-03-20"}, "closes_time": {"17:00"}, "min_group": {"5"}, "mode": {"confidential"}}
	if status, page := r.send("/omgangar", who, form); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, page)
	}
	form = url.Values{"name": {"Året 2030"}, "opens_on": {"2030-03-03"}, "opens_time": {"09:30"}, "closes_on": {"2030-03-20"}, "closes_time": {""}, "min_group": {"7"}, "mode": {"confidential"},
		"area": {"ledning", "kompetens"}, "target-ledning.strategi": {"3,5"}}
	theme := r.set.Questionnaires[0].Themes[0]
	form.Del("target-ledning.strategi")
	form.Set("target-ledning."+theme.ID, "3,25")
	if status, page := r.send("/omgangar/2030/installningar", who, form); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, page)
	}
	got, err := r.rounds.Round(t.Context(), "2030")
	check(t, err)
	if got.Name != "Året 2030" || got.MinGroup != 7 || got.OpensTime != "09:30" || got.ClosesTime != "" || !slices.Equal(got.Questionnaires, []string{"ledning", "kompetens"}) || got.Targets["ledning."+theme.ID] != 3.25 || len(got.Targets) != 1 {
		t.Errorf("%+v", got)
	}
	_, page := r.get("/omgangar/2030/installningar", "sv", who)
	includes(t, page, `value="3,25"`, `value="Året 2030"`)
	for _, step := range []struct {
		name string
		on   bool
	}{{"planera", true}, {"avplanera", false}} {
		if status, page := r.send("/omgangar/2030/"+step.name, who, nil); status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", step.name, status, page)
		}
		if got, _ = r.rounds.Round(t.Context(), "2030"); got.Scheduled != step.on {
			t.Errorf("%s: scheduled %v", step.name, got.Scheduled)
		}
	}
	if status, _ := r.send("/omgangar/2030/ta-bort", who, nil); status != http.StatusSeeOther {
		t.Fatalf("deleting: %d", status)
	}
	if status, _ := r.get("/omgangar/2030", "sv", who); status != http.StatusNotFound {
		t.Errorf("deleted it answers %d", status)
	}
	if status, _ := r.send("/omgangar/2027/ta-bort", who, nil); status != http.StatusConflict {
		t.Errorf("deleting an open round: %d", status)
	}
}

// Faulty settings come back as they were typed, said of their field.
func TestFaultySettingsAreKept(t *testing.T) {
	r, who := newCoordinator(t)
	_, err := r.rounds.Create(t.Context(), "test", round.Round{ID: "2030", OpensOn: "2030-01-01", ClosesOn: "2030-02-01"})
	check(t, err)
	theme := "target-ledning." + r.set.Questionnaires[0].Themes[0].ID
	good := url.Values{"name": {"Mitt namn"}, "opens_on": {"2030-03-02"}, "closes_on": {"2030-03-20"}, "min_group": {"5"}, "mode": {"confidential"}, "area": {"ledning"}}
	for _, c := range []struct{ field, typed string }{{"opens_time", "sen kväll"}, {"closes_on", "2029-01-01"}, {theme, "6"}, {theme, "hög"}, {"min_group", "2"}, {"area", ""}} {
		form := url.Values{}
		for k, v := range good {
			form[k] = v
		}
		form.Set(c.field, c.typed)
		status, page := r.send("/omgangar/2030/installningar", who, form)
		if status != http.StatusUnprocessableEntity {
			t.Errorf("%s %q: %d", c.field, c.typed, status)
		}
		includes(t, page, `<a href="#`+c.field+`">`, `value="Mitt namn"`)
		if c.field != "area" {
			includes(t, page, `value="`+c.typed+`"`)
		}
	}
	got, _ := r.rounds.Round(t.Context(), "2030")
	if got.Name != "2030" {
		t.Errorf("stored: %+v", got)
	}
}

// The preview shows each role what it will be asked, and saves nothing.
func TestPreviewShowsEachRoleItsQuestions(t *testing.T) {
	r, who := newCoordinator(t)
	for _, role := range org.Roles {
		status, page := r.get("/omgangar/2027/forhandsgranska/"+string(role), "sv", who)
		if status != http.StatusOK {
			t.Fatalf("%s: %d", role, status)
		}
		first := regexp.MustCompile(`/omgangar/2027/forhandsgranska/` + string(role) + `/[a-z]+/[a-z]+`).FindString(page)
		status, page = r.get(first, "sv", who)
		if status != http.StatusOK {
			t.Fatalf("%s: %d", first, status)
		}
		excludes(t, page, "svara.js")
		for _, it := range r.set.Items {
			if strings.HasSuffix(first, "/"+it.Area+"/"+it.Theme) {
				if shown := strings.Contains(page, `id="`+it.ID+`"`); shown != it.AskedTo([]org.Role{role}) {
					t.Errorf("%s: %s is shown: %v", role, it.ID, shown)
				}
			}
		}
		if status, _ := r.send(first, who, url.Values{"till": {"nasta"}}); status != http.StatusSeeOther {
			t.Errorf("on from %s: %d", first, status)
		}
	}
	for resp, err := range r.store.EveryResponse(t.Context(), "2027") {
		t.Errorf("stored: %+v, %v", resp, err)
	}
}

// What is done with a person of an open round: a link that is replaced lets
// nobody in any more, nor whoever had followed it.
func TestPersonOfAnOpenRound(t *testing.T) {
	r, who := newCoordinator(t)
	inv, err := r.rounds.Person(t.Context(), "2027", "a")
	check(t, err)
	old := r.rounds.LinkToken(inv)
	cookie, err := r.access.StartAnswering(t.Context(), "2027", "a")
	check(t, err)
	status, page := r.send("/omgangar/2027/personer/a/ny-lank", who, nil)
	link := regexp.MustCompile(`http://example\.test(/e/[\w-]+)`).FindStringSubmatch(page)
	if status != http.StatusOK || link == nil || link[1] == "/e/"+old {
		t.Fatalf("%d %v", status, link)
	}
	if status, _ := r.get("/e/"+old, "sv", nil); status != http.StatusNotFound {
		t.Errorf("the old link answers %d", status)
	}
	if status, _ := r.get(link[1], "sv", nil); status != http.StatusSeeOther {
		t.Errorf("the new link answers %d", status)
	}
	if status, _ := r.get("/svara", "sv", &http.Cookie{Name: answerCookie, Value: cookie}); status != http.StatusForbidden {
		t.Errorf("who had followed the old link is answered %d", status)
	}

	for _, step := range []struct {
		name string
		form url.Values
		want func(round.Invitation) bool
	}{
		{"flytta", url.Values{"unit": {"lov"}}, func(i round.Invitation) bool { return i.Unit == "lov" }},
		{"ratta", url.Values{"name": {"Åsa Öberg"}, "email": {"asa@example.org"}}, func(i round.Invitation) bool { return i.Name == "Åsa Öberg" && i.Email == "asa@example.org" }},
		{"slutat", nil, func(i round.Invitation) bool { return i.Left && !i.Counts }},
		{"tillbaka", nil, func(i round.Invitation) bool { return !i.Left && i.Counts }},
	} {
		if status, page := r.send("/omgangar/2027/personer/a/"+step.name, who, step.form); status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", step.name, status, page)
		}
		if inv, err := r.rounds.Person(t.Context(), "2027", "a"); err != nil || !step.want(inv) {
			t.Errorf("%s: %+v, %v", step.name, inv, err)
		}
	}
	for _, faulty := range []struct {
		step, field string
		form        url.Values
	}{{"flytta", "unit", url.Values{"unit": {"finns-inte"}}}, {"ratta", "email", url.Values{"name": {"A"}, "email": {"inte en adress"}}}, {"ratta", "name", url.Values{"name": {" "}, "email": {""}}}} {
		status, page := r.send("/omgangar/2027/personer/a/"+faulty.step, who, faulty.form)
		if status != http.StatusUnprocessableEntity || !strings.Contains(page, `<a href="#`+faulty.field+`">`) {
			t.Errorf("%s: %d", faulty.step, status)
		}
		if faulty.step == "flytta" {
			includes(t, page, `id="unit-e"`, `name="name" value="Åsa Öberg"`, `value="asa@example.org"`) // the other form stands as it was
		}
	}
}

// An id from a personnel system can have any signs: its pages are reached, and
// its forms, by the links that stand on the pages.
func TestIDsOfAnySignsAreReached(t *testing.T) {
	r, who := newCoordinator(t)
	units, people, err := r.store.Organisation(t.Context())
	check(t, err)
	const odd = "ö/1 ?a=b#c%41"
	check(t, r.store.PutOrganisation(t.Context(), units, append(people, org.Person{ID: odd, Name: "Udda Id", Unit: "grund", Roles: []org.Role{org.Enhetschef}})))
	if status, page := r.send("/omgangar/2027/personer", who, url.Values{"id": {odd}}); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, page)
	}
	first := func(page, pattern string) string {
		t.Helper()
		m := regexp.MustCompile(pattern).FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("no %s in %s", pattern, page)
		}
		return html.UnescapeString(m[1])
	}
	const toPerson, toLeave = `<a href="([^"]*)">Udda Id</a>`, `action="([^"]*/slutat)"`
	_, page := r.get("/omgangar/2027/personer?sok=udda", "sv", who)
	status, page := r.get(first(page, toPerson), "sv", who)
	if status != http.StatusOK || !strings.Contains(page, "<h1>Udda Id</h1>") {
		t.Fatalf("the person's page: %d", status)
	}
	if status, page := r.send(first(page, toLeave), who, nil); status != http.StatusSeeOther {
		t.Errorf("has left: %d %s", status, page)
	}
	_, page = r.send("/personuppgifter", who, url.Values{"sok": {"udda"}})
	if status, page = r.get(first(page, toPerson), "sv", who); status != http.StatusOK || !strings.Contains(page, "<h1>Udda Id</h1>") {
		t.Errorf("what is stored of the person: %d", status)
	}
}

// A manager who comes late is invited from the organisation, and counted.
func TestLateManagerIsInvited(t *testing.T) {
	r, who := newCoordinator(t)
	units, people, err := r.store.Organisation(t.Context())
	check(t, err)
	check(t, r.store.PutOrganisation(t.Context(), units, append(people, org.Person{ID: "sen", Name: "Sen Chef", Unit: "grund", Roles: []org.Role{org.Enhetschef}})))
	_, page := r.get("/omgangar/2027/personer", "sv", who)
	includes(t, page, `<option value="sen">Sen Chef</option>`)
	status, page := r.send("/omgangar/2027/personer", who, url.Values{"id": {""}})
	includes(t, page, `<a href="#id">`, `id="id-e"`, "Enheter och personer", "Sen Chef")
	if status != http.StatusUnprocessableEntity {
		t.Errorf("nobody chosen: %d", status)
	}
	if status, page := r.send("/omgangar/2027/personer", who, url.Values{"id": {"sen"}}); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, page)
	}
	if got, _ := r.rounds.Round(t.Context(), "2027"); got.Invited != 6 {
		t.Errorf("%d invited", got.Invited)
	}
	_, page = r.get("/omgangar/2027/personer?visa=alla&sok=sen", "sv", who)
	includes(t, page, "Sen Chef", "/omgangar/2027/personer/sen")
	excludes(t, page, "<option value=\"sen\">")
	if status, _ := r.send("/omgangar/2027/personer", who, url.Values{"id": {"sen"}}); status != http.StatusConflict {
		t.Errorf("twice: %d", status)
	}
}

// The curve adds up what each day brought, of those that count.
func TestCurveOfSubmissions(t *testing.T) {
	r, who := newCoordinator(t)
	clock := time.Date(2027, 1, 4, 12, 0, 0, 0, round.Sweden)
	r.now = func() time.Time { return clock }
	for day, n := range map[string]int{"2027-01-01": 1, "2027-01-03": 2} {
		for range n {
			_, err := r.store.Tally(t.Context(), "submitted/2027/"+day, time.Hour)
			check(t, err)
		}
	}
	_, page := r.get("/omgangar/2027", "sv", who)
	includes(t, page, "60 % har lämnat in", `<th scope="row">1 januari</th><td>1</td><td>20 %</td>`, `<th scope="row">2 januari</th><td>1</td>`, `<th scope="row">3 januari</th><td>3</td><td>60 %</td>`, `<th scope="row">4 januari</th><td>3</td>`)
	excludes(t, page, "5 januari")
}

// Two kommuner on one installation: each runs rounds of its own, and sees
// nothing of the other's.
func TestTwoOrganisationsNeverMeet(t *testing.T) {
	r := newEmpty(t)
	units := []org.Unit{{ID: "alla", Name: "Alla kommuner"}, {ID: "a", Name: "Akommun", Parent: "alla"}, {ID: "a1", Name: "Aförvaltning", Parent: "a"}, {ID: "b", Name: "Bkommun", Parent: "alla"}}
	var people []org.Person
	for _, unit := range []string{"a1", "b"} {
		for _, n := range []string{"1", "2", "3", "4", "5"} {
			people = append(people, org.Person{ID: unit + n, Name: "Person " + unit + n, Unit: unit, Roles: []org.Role{org.Enhetschef}})
		}
	}
	check(t, r.store.PutOrganisation(t.Context(), units, people))
	a := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "a"})
	b := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "b"})
	above := r.signIn(t, access.Grant{Role: access.Administrator, Unit: "alla"})
	form := url.Values{"id": {"2030"}, "opens_on": {"2030-01-01"}, "closes_on": {"2030-02-01"}, "min_group": {"5"}, "mode": {"confidential"}}
	if status, page := r.send("/omgangar", a, form); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, page)
	}
	if status, page := r.send("/omgangar/2030/oppna", a, nil); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, page)
	}
	got, err := r.rounds.Round(t.Context(), "2030")
	check(t, err)
	if got.Top != "a" || got.Invited != 5 || !slices.Equal(got.Above, []string{"alla"}) {
		t.Errorf("%+v", got)
	}
	_, page := r.get("/omgangar/2030", "sv", a)
	includes(t, page, "Aförvaltning")
	for _, path := range []string{"/omgangar/2030", "/omgangar/2030/personer", "/omgangar/2030/installningar", "/omgangar/2030/personer/a11", "/omgangar/2030/forhandsgranska/enhetschef"} {
		if status, page := r.get(path, "sv", b); status != http.StatusNotFound || strings.Contains(page, "Akommun") || strings.Contains(page, "Person a1") {
			t.Errorf("%s answers the other %d", path, status)
		}
		if status, _ := r.get(path, "sv", above); status != http.StatusOK {
			t.Errorf("%s answers the one above both %d", path, status)
		}
	}
	if status, _ := r.send("/omgangar/2030/stang", b, nil); status != http.StatusNotFound {
		t.Errorf("the other closes: %d", status)
	}
	_, page = r.get("/omgangar", "sv", b)
	excludes(t, page, "2030</a>")
	form.Set("id", "2031")
	form.Set("top", "a")
	if status, _ := r.send("/omgangar", b, form); status != http.StatusForbidden {
		t.Errorf("a round of the other's unit: %d", status)
	}
	form.Set("top", "b")
	form.Set("from", "2030")
	if status, _ := r.send("/omgangar", b, form); status != http.StatusNotFound {
		t.Errorf("a round from the other's: %d", status)
	}

	_, err = r.rounds.Close(t.Context(), "test", "2030")
	check(t, err)
	_, err = r.rounds.Publish(t.Context(), "test", "2030")
	check(t, err)
	if status, page := r.get("/resultat", "sv", a); status != http.StatusOK || !strings.Contains(page, "Akommun") {
		t.Errorf("own result: %d", status)
	}
	for _, path := range []string{"/resultat", "/resultat/a", "/resultat/a?omgang=2030", "/resultat/b?omgang=2030", "/jamfor", "/jamfor?omgang=2030", "/api/v1/rounds/2030/results"} {
		if status, page := r.get(path, "sv", b); strings.Contains(page, "Akommun") || strings.Contains(page, "Aförvaltning") || strings.Contains(page, "2030</") {
			t.Errorf("%s tells the other, %d", path, status)
		}
	}
}
