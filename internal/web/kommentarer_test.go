package web

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

const commentedTheme = "ledning.strategi"

// commented is a service with a round that has been answered, closed, and unless
// it is to wait published: in each of two förvaltningar five or six have written.
func commented(t *testing.T, mode round.Mode, publish bool) *results {
	t.Helper()
	r, ctx := newEmpty(t), t.Context()
	units := []org.Unit{{ID: "kommun", Name: "Testkommun", Kind: "kommun"}, {ID: "omsorg", Name: "Omsorgsförvaltningen", Parent: "kommun", Kind: "forvaltning"},
		{ID: "hem", Name: "Hemtjänst", Parent: "omsorg", Kind: "avdelning"}, {ID: "bygg", Name: "Samhällsbyggnad", Parent: "kommun", Kind: "forvaltning"}}
	var people []org.Person
	for unit, n := range map[string]int{"hem": 6, "bygg": 5} {
		for i := range n {
			id := fmt.Sprint(unit, i)
			people = append(people, org.Person{ID: id, Name: "Person " + id, Email: id + "@example.org", Unit: unit, Roles: []org.Role{org.Enhetschef}})
		}
	}
	check(t, r.store.PutOrganisation(ctx, units, people))
	_, err := r.rounds.Create(ctx, "sam", round.Round{ID: "2025", Name: "Mätomgång 2025", Mode: mode, OpensOn: "2025-10-01", ClosesOn: "2099-10-20"})
	check(t, err)
	_, err = r.rounds.Open(ctx, "sam", "2025", r.set, units, people)
	check(t, err)
	for i, p := range people {
		r.answers(t, "2025", p, survey.Answer(2+i%3), "Vi väntar på IT <b>"+p.ID)
	}
	_, err = r.rounds.Close(ctx, "sam", "2025")
	check(t, err)
	if publish {
		_, err = r.rounds.Publish(ctx, "sam", "2025")
		check(t, err)
	}
	return r
}

// answers has a person give one answer to all that is asked, say something of
// commentedTheme, and submit.
func (r *results) answers(t *testing.T, id string, p org.Person, answer survey.Answer, comment string) {
	t.Helper()
	inv, err := r.rounds.Invitation(t.Context(), id, p.ID)
	check(t, err)
	var given []round.Amendment
	for _, it := range r.set.Items {
		if it.AskedTo(p.Roles) {
			given = append(given, round.Entry{Item: it.ID, Answer: answer}.Amendment())
		}
	}
	given = append(given, round.Amendment{Item: "led.strategi.plan", Comment: &comment})
	_, err = r.rounds.Save(t.Context(), inv, given)
	check(t, err)
	check(t, r.rounds.Submit(t.Context(), inv))
}

// decide decides of every comment of the round as state says by its text.
func (r *results) decide(t *testing.T, state func(text string) round.CommentState) {
	t.Helper()
	one, err := r.rounds.Moderate(t.Context(), "sam", "2025")
	check(t, err)
	all, err := r.rounds.Comments(t.Context(), one)
	check(t, err)
	var made []round.Decision
	for _, c := range all {
		made = append(made, round.Decision{Comment: c.ID, State: state(c.Text), Text: c.Text})
	}
	check(t, r.rounds.Decide(t.Context(), "sam", one, made))
}

func sayAll(string) round.CommentState { return round.CommentPublished }

// What is published is read under its unit and those above, by those who may, and
// nothing that waits or is withheld by anybody.
func TestCommentsPage(t *testing.T) {
	r := commented(t, round.Confidential, true)
	hr, coordinator := r.signIn(t, access.Grant{Role: access.HR, Unit: "kommun"}), r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "kommun"})
	status, body := r.get("/kommentarer", "sv", hr)
	if status != http.StatusOK || strings.Contains(body, "Vi väntar") || !strings.Contains(body, "har granskats") {
		t.Errorf("before the review: %d\n%s", status, mainOf(body))
	}
	if _, body := r.get("/resultat/kommun", "sv", hr); strings.Contains(body, "/kommentarer") {
		t.Error("the result links to comments that nobody may read yet")
	}
	r.decide(t, func(text string) round.CommentState {
		if strings.HasSuffix(text, "hem0") {
			return round.Withheld
		}
		return round.CommentPublished
	})
	for lang, want := range map[string][]string{"sv": {"10 kommentarer från Testkommun", "Omsorgsförvaltningen"}, "en": {"10 comments from Testkommun"}} {
		status, body = r.get("/kommentarer", lang, hr)
		body = mainOf(body)
		if status != http.StatusOK || strings.Count(body, "<li><p>") != 10 || strings.Contains(body, "hem0") || strings.Contains(body, "Person") || strings.Contains(body, "<b>") {
			t.Errorf("%s: %d, %d comments\n%s", lang, status, strings.Count(body, "<li><p>"), body)
		}
		if found := regexp.MustCompile(`%!|<no value>|comment\.[a-z]`).FindString(html.UnescapeString(body)); found != "" {
			t.Errorf("%s: broken text %q", lang, found)
		}
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s lacks %q", lang, w)
			}
		}
	}
	if _, body := r.get("/kommentarer?enhet=bygg", "sv", hr); strings.Count(body, "<li><p>") != 5 || strings.Contains(body, "hem") {
		t.Error("another unit's comments under bygg")
	}
	if _, body := r.get("/resultat/bygg", "sv", hr); !strings.Contains(body, `<a href="/kommentarer?enhet=bygg">Läs kommentarerna (5)</a>`) {
		t.Error("no way from the result to its comments")
	}
	if _, body := r.get("/kommentarer", "sv", coordinator); !strings.Contains(body, "/kommentarer/granska?omgang=2025") {
		t.Error("no way to the review for the coordinator")
	}
}

// The link from a result, and the page of comments, follow what is decided, though
// the pages are kept drawn.
func TestCommentsLinkFollowsTheReview(t *testing.T) {
	r := commented(t, round.Confidential, true)
	hr, chef := r.signIn(t, access.Grant{Role: access.HR, Unit: "kommun"}), r.signIn(t, access.Grant{Role: access.Chef, Unit: "kommun"})
	for _, state := range []round.CommentState{round.Withheld, round.CommentPublished, round.Withheld} {
		r.decide(t, func(string) round.CommentState { return state })
		for who, may := range map[*http.Cookie]bool{hr: true, chef: false} {
			if _, body := r.get("/resultat", "sv", who); strings.Contains(body, "/kommentarer?") != (may && state == round.CommentPublished) {
				t.Errorf("%s: a link %v, may %v", state, strings.Contains(body, "/kommentarer?"), may)
			}
		}
		if _, body := r.get("/kommentarer", "sv", hr); strings.Contains(body, "<li><p>") != (state == round.CommentPublished) {
			t.Errorf("%s: the page of comments is as it was", state)
		}
	}
}

// A search is a POST, marks what it finds, and finds nothing under other units.
func TestCommentsSearch(t *testing.T) {
	r := commented(t, round.Confidential, true)
	r.decide(t, sayAll)
	hr := r.signIn(t, access.Grant{Role: access.HR, Unit: "kommun"})
	for _, c := range []struct {
		unit, theme, search string
		hits                int
	}{{"kommun", "", "VANTAR bygg", 5}, {"kommun", commentedTheme, "vänt it", 11}, {"kommun", "styrning.mal", "it", 0}, {"bygg", "", "hem1", 0}, {"omsorg", "", "hem1", 1}, {"kommun", "", "<b>zzz", 0}} {
		status, body := r.send("/kommentarer", hr, url.Values{"omgang": {"2025"}, "enhet": {c.unit}, "tema": {c.theme}, "sok": {c.search}})
		body = mainOf(body)
		if status != http.StatusOK || strings.Count(body, "<li><p>") != c.hits || strings.Contains(body, "<mark>") != (c.hits > 0) || strings.Contains(body, "<b>zzz") {
			t.Errorf("%+v: %d, %d comments\n%s", c, status, strings.Count(body, "<li><p>"), body)
		}
		if !strings.Contains(html.UnescapeString(body), `value="`+c.search+`"`) {
			t.Errorf("%+v: what was searched for is gone", c)
		}
	}
}

// Who may not read comments of a unit gets none, and who may not moderate sees no
// review; of a part one moderates what is read under it.
func TestCommentsAreForThoseWhoMay(t *testing.T) {
	r := commented(t, round.Confidential, true)
	r.decide(t, sayAll)
	for _, c := range []struct {
		grant        access.Grant
		path         string
		status, read int
	}{
		{access.Grant{Role: access.Chef, Unit: "kommun"}, "/kommentarer", http.StatusForbidden, 0},
		{access.Grant{Role: access.Administrator, Unit: "kommun"}, "/kommentarer", http.StatusForbidden, 0},
		{access.Grant{Role: access.HR, Unit: "bygg"}, "/kommentarer", http.StatusOK, 5},
		{access.Grant{Role: access.HR, Unit: "bygg"}, "/kommentarer?enhet=kommun", http.StatusForbidden, 0},
		{access.Grant{Role: access.HR, Unit: "bygg"}, "/kommentarer?enhet=hem", http.StatusForbidden, 0},
		{access.Grant{Role: access.HR, Unit: "bygg"}, "/kommentarer?enhet=finns-inte", http.StatusForbidden, 0},
		{access.Grant{Role: access.HR, Unit: "bygg"}, "/kommentarer?omgang=2026", http.StatusConflict, 0},
		{access.Grant{Role: access.HR, Unit: "kommun"}, "/kommentarer/granska", http.StatusForbidden, 0},
		{access.Grant{Role: access.Revisor, Unit: "kommun"}, "/kommentarer/granska", http.StatusForbidden, 0},
		{access.Grant{Role: access.Samordnare, Unit: "bygg"}, "/kommentarer/granska?omgang=2025&visa=publicerade", http.StatusOK, 5},
		{access.Grant{Role: access.Samordnare, Unit: "kommun"}, "/kommentarer/granska?omgang=2025&visa=publicerade", http.StatusOK, reviewedAtOnce},
		{access.Grant{Role: access.Samordnare, Unit: "kommun"}, "/kommentarer/granska?omgang=2026", http.StatusNotFound, 0},
	} {
		status, body := r.get(c.path, "sv", r.signIn(t, c.grant))
		if read := strings.Count(body, "Vi väntar"); status != c.status || read != c.read {
			t.Errorf("%v %s: %d with %d comments, want %d with %d", c.grant, c.path, status, read, c.status, c.read)
		}
	}
	one, err := r.rounds.Round(t.Context(), "2025")
	check(t, err)
	all, err := r.rounds.Comments(t.Context(), one)
	check(t, err)
	i := slices.IndexFunc(all, func(c round.Comment) bool { return c.Unit == "hem" })
	status, _ := r.send("/kommentarer/granska", r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "bygg"}), url.Values{"omgang": {"2025"}, "id": {all[i].ID}, "beslut-" + all[i].ID: {"withheld"}})
	if now, _ := r.rounds.Comments(t.Context(), one); status != http.StatusNotFound || now[i].State != round.CommentPublished {
		t.Errorf("another part's coordinator withholds it: %d, %s", status, now[i].State)
	}
}

// The review of a closed round begins when the coordinator says so; what is
// typed stays where something is faulty, and several are decided at a time.
func TestReviewPage(t *testing.T) {
	r := commented(t, round.Confidential, false)
	who := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "kommun"})
	status, body := r.get("/kommentarer/granska", "sv", who)
	if status != http.StatusOK || strings.Contains(body, "Vi väntar") || !strings.Contains(body, "/kommentarer/granska/borja") {
		t.Errorf("before it has begun: %d\n%s", status, mainOf(body))
	}
	if _, body := r.get("/omgangar/2025", "sv", who); !strings.Contains(body, "11 kommentarer väntar på granskning") || !strings.Contains(body, "oppna-igen") {
		t.Error("the round's page does not tell what waits, or can't be opened again")
	}
	if status, _ := r.send("/kommentarer/granska/borja", r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "bygg"}), url.Values{"omgang": {"2025"}}); status != http.StatusNotFound {
		t.Errorf("a part's coordinator begins the whole's review: %d", status)
	}
	if status, _ := r.send("/kommentarer/granska/borja", who, url.Values{"omgang": {"2025"}}); status != http.StatusSeeOther {
		t.Errorf("begun: %d", status)
	}
	if _, body := r.get("/omgangar/2025", "sv", who); strings.Contains(body, "oppna-igen") {
		t.Error("the round can be opened again though its comments are being read")
	}
	_, body = r.get("/kommentarer/granska", "sv", who)
	ids := regexp.MustCompile(`name="id" value="([^"]+)"`).FindAllStringSubmatch(body, -1)
	if len(ids) != reviewedAtOnce || !strings.Contains(body, "1 till kommer") || strings.Contains(body, "Person ") {
		t.Fatalf("%d comments on the page\n%s", len(ids), mainOf(body))
	}
	form := shownForm(body)
	for i, id := range ids {
		form.Set("text-"+id[1], fmt.Sprint("Ändrad ", i, "\r\nrad"))
		form.Set("beslut-"+id[1], []string{"published", "withheld", ""}[i%3])
	}
	faulty := ids[3][1]
	form.Set("text-"+faulty, "  ")
	status, body = r.send("/kommentarer/granska", who, form)
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#text-`+faulty) || !strings.Contains(body, "Ändrad 6") || strings.Count(body, "checked") != len(ids) || strings.Count(body, `value="published" checked`) != 4 {
		t.Errorf("a faulty one: %d\n%s", status, mainOf(body))
	}
	form.Set("text-"+faulty, "Bra så")
	if status, _ := r.send("/kommentarer/granska", who, form); status != http.StatusSeeOther {
		t.Errorf("stored: %d", status)
	}
	for show, want := range map[string]int{"vantar": 4, "publicerade": 4, "innehallna": 3} {
		if _, body := r.get("/kommentarer/granska?omgang=2025&visa="+show, "en", who); strings.Count(body, "<fieldset") != want {
			t.Errorf("%s: %d, want %d", show, strings.Count(body, "<fieldset"), want)
		}
	}
	_, err := r.rounds.Publish(t.Context(), "sam", "2025")
	check(t, err)
	if _, body := r.get("/kommentarer", "sv", who); !strings.Contains(body, "Bra så") || !strings.Contains(body, "Ändrad 6\nrad") || strings.Contains(body, "Vi väntar") {
		t.Errorf("read:\n%s", mainOf(body))
	}
}
