package web

import (
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/recommend"
	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/review"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
	"github.com/mognad/mognad/internal/training"
	"github.com/mognad/mognad/surveys"
)

// secret is part of every name in the other organisation, and hidden of every one
// in its first förvaltning.
const (
	secret = "Hemlighet"
	hidden = "Gömsle"
)

// otherAction and otherPlan are the ids of an action and a saved training plan in
// the other organisation, otherFact the fact that has been reviewed there.
const (
	otherAction = "b-action"
	otherPlan   = "b-plan"
	otherFact   = "led.strategi.antagen"
)

// others is what stands for each parameter of a route, in the other organisation.
func others(r *results) map[string][]string {
	theme := r.set.Questionnaires[0].Themes[0].ID
	return map[string][]string{
		":round": {"b-open", "b-published", "b-named", "b-draft"}, ":unit": {"b", "b1"}, ":person": {"b11"}, ":account": {hex.EncodeToString(keys.Hash("chef@b.example"))[:24]},
		":role": {"enhetschef"}, ":chart": {"teman.svg", "enheter.png", "plats.svg", "index.svg", "matris.svg", "fore-efter.svg"}, ":file": {"mognad.csv", "mognad.json"}, ":plan": {otherPlan}, ":kind": {"inbjudan", "paminnelse"}, ":text": {"integritet", "tillganglighet", "kontakt"}, ":action": {otherAction}, ":area": {r.set.Questionnaires[0].ID}, ":theme": {theme}, ":item": {otherFact},
		":step": {"oppna", "stang", "oppna-igen", "publicera", "planera", "ta-bort", "flytta", "slutat", "tillbaka", "ratta", "ny-lank", "radera", "ge", "ta-bort-alla", "logga-ut", "skicka", "visa-lank", "igen", "ny", "spara", "aterstall", "genomford", "inte-genomford"},
	}
}

// twoOrganisations is a service with two organisations under one unit: a, and b
// with two förvaltningar, rounds in every state, and something of all that is made
// of them.
func twoOrganisations(t *testing.T) *results {
	t.Helper()
	r := newEmpty(t)
	units := []org.Unit{{ID: "alla", Name: "Alla kommuner"}}
	var people []org.Person
	for _, u := range []org.Unit{{ID: "a", Name: "Akommun", Parent: "alla"}, {ID: "b", Name: secret + " kommun", Parent: "alla"}, {ID: "a1", Name: "Akommun förvaltning", Parent: "a"},
		{ID: "b1", Name: secret + hidden, Parent: "b"}, {ID: "b2", Name: secret + " förvaltning", Parent: "b"}} {
		units = append(units, u)
		for n := range 6 {
			if id := fmt.Sprint(u.ID, n); u.Parent != "alla" {
				people = append(people, org.Person{ID: id, Name: u.Name + " " + id, Email: id + "@" + strings.ToLower(u.Name) + ".example", Unit: u.ID, Roles: []org.Role{org.Enhetschef}})
			}
		}
	}
	check(t, r.store.PutOrganisation(t.Context(), units, people))
	for _, id := range []string{"a-published", "a-open", "b-named", "b-published", "b-open", "b-draft"} {
		name, mode := id, round.Confidential
		if strings.HasSuffix(id, "-named") {
			mode = round.Named
		}
		if id[:1] == "b" {
			name = secret + id
		}
		_, err := r.rounds.Create(t.Context(), "chef@b.example", round.Round{ID: id, Name: name, Mode: mode, Top: id[:1], OpensOn: "2026-01-01", ClosesOn: "2099-02-01"})
		check(t, err)
		if !strings.HasSuffix(id, "-draft") {
			_, err = r.rounds.Open(t.Context(), "chef@b.example", id, r.set, units, people)
			check(t, err)
		}
		if strings.HasSuffix(id, "-published") || strings.HasSuffix(id, "-named") {
			for _, p := range people {
				if p.Unit[:1] == id[:1] {
					r.answers(t, id, p, 3, p.Name)
				}
			}
			_, err = r.rounds.Close(t.Context(), "chef@b.example", id)
			check(t, err)
			_, err = r.rounds.Publish(t.Context(), "chef@b.example", id)
			check(t, err)
		}
	}
	token, err := r.access.Grant(t.Context(), "chef@b.example", access.Grant{Role: access.Samordnare, Unit: "b"})
	check(t, err)
	_, err = r.access.SignIn(t.Context(), token)
	check(t, err)
	r.furnish(t, "b", "b1", "b-published", secret+hidden)
	check(t, r.rounds.Log().Append(t.Context(), trail.Event{Actor: "chef@b.example", Action: "round.change", Unit: "b1", Detail: secret + hidden}))
	return r
}

// furnish gives an organisation one of all that is made of a published round's
// answers, with a text wherever there is free text: an entry of its register, an
// action and a training plan of a unit, a reviewed fact, a comment that has been
// decided. The audit's questions and the recommendations are there too.
func (r *results) furnish(t *testing.T, top, unit, id, text string) {
	t.Helper()
	var err error
	r.config.Audit, err = audit.Load(surveys.FS, r.set)
	check(t, err)
	r.config.Recommendations, err = recommend.Load(surveys.FS, r.set)
	check(t, err)
	check(t, r.register.Save(t.Context(), "x", register.Change{Is: register.Entry{ID: "b11", Unit: top, Kind: register.Document, Name: text, DecidedBy: text, Note: text, Supports: []string{otherFact}}}))
	_, err = card.Update(t.Context(), r.store, "action", otherAction, func(a *action.Action) (time.Time, error) {
		*a = action.Action{ID: otherAction, Unit: unit, Round: id, Title: text, What: text, Owner: text, Email: "chef@b.example", Start: "2026-01-01", Due: "2026-02-01",
			Status: action.Underway, Items: []action.Item{{ID: r.set.Items[0].ID, From: 2, Expected: 3}}, Revision: 1, Log: []action.Entry{{By: text, Text: text, Status: action.Underway}}}
		return time.Time{}, nil
	})
	check(t, err)
	_, err = card.Update(t.Context(), r.store, "training.plan", id+"/"+otherPlan, func(p *training.Saved) (time.Time, error) {
		title := survey.Text{SV: text, EN: text}
		*p = training.Saved{ID: otherPlan, Name: text, Round: id, Unit: unit, At: "2026-02-01", Wish: training.Wish{Budget: 1000},
			Outcome: training.Outcome{Effects: []training.Effect{{Activity: training.Activity{ID: "b-activity", Title: title, Form: title, Summary: title, FollowUp: title}, People: 6, Sessions: 1}}}}
		return time.Time{}, nil
	})
	check(t, err)
	check(t, review.New(r.store, r.rounds.Log(), time.Now).Set(t.Context(), "x", top, id, otherFact, "", review.Review{Level: 2, Note: text}))
	one, said := r.comments(t, id)
	its := slices.IndexFunc(said, func(c round.Comment) bool { return c.Unit == unit })
	check(t, r.rounds.Decide(t.Context(), "x", one, []round.Decision{{Comment: said[its].ID, State: round.CommentPublished, Text: text}}))
}

// comments are those of a published round, which is returned as it is under review.
func (r *results) comments(t *testing.T, id string) (round.Round, []round.Comment) {
	t.Helper()
	one, err := r.rounds.Moderate(t.Context(), "x", id)
	check(t, err)
	said, err := r.rounds.Comments(t.Context(), one)
	check(t, err)
	if len(said) < 2 {
		t.Fatalf("round %s has no comments", id)
	}
	return one, said
}

// askedOfOthers is what a page may be asked for besides its path.
var askedOfOthers = []string{"?enhet=b1&id=b11&under=b1&omgang=b-published&plan=b-published%2F" + otherPlan + "&q=b1&sok=b1&vem=chef@b.example", "?enhet=b&id=b11&omgang=b-named", "?omgang=b-named", ""}

// The walks would find nothing if there were nothing to find: those of the
// organisation itself are told of its first förvaltning on most of its pages.
func TestRoutesTellOnesOwn(t *testing.T) {
	r := twoOrganisations(t)
	parameters := others(r)
	told := map[string]bool{}
	for _, role := range access.Roles {
		who := r.signIn(t, access.Grant{Role: role, Unit: "b"})
		for _, route := range r.routes() {
			if route.method != http.MethodGet || strings.Contains(route.path, "*") || strings.Contains(route.path, ":token") || strings.Contains(route.path, ":lang") {
				continue
			}
			for _, path := range filled(t, route.path, parameters) {
				for _, query := range askedOfOthers {
					if _, page := r.get(path+query, "sv", who); strings.Contains(page, hidden) {
						told[route.path] = true
					}
				}
			}
		}
	}
	if len(told) < 43 {
		t.Errorf("only %d routes tell of it: %s", len(told), slices.Sorted(maps.Keys(told)))
	}
}

// TestRoutesKeepOrganisationsApart sends everybody of one organisation through
// every route there is, with all that another organisation has for its
// parameters: nothing of the other is told, and nothing of it changes.
func TestRoutesKeepOrganisationsApart(t *testing.T) {
	twoOrganisations(t).walk(t, "a", secret, ":round", ":unit", ":account", ":action", ":person", ":plan")
}

// TestRoutesKeepUnitsApart does the same with those of a förvaltning and the one
// beside it, who share their rounds.
func TestRoutesKeepUnitsApart(t *testing.T) {
	twoOrganisations(t).walk(t, "b2", hidden, ":unit", ":account", ":action", ":person", ":plan")
}

// walk sends everybody of the unit at through every route. told is what no answer
// may have in it; a route with one of the parameters that are closed must refuse.
func (r *results) walk(t *testing.T, at, told string, closed ...string) {
	t.Helper()
	_, said := r.comments(t, "b-published")
	i := slices.IndexFunc(said, func(c round.Comment) bool { return c.State == round.Waiting && c.Unit == "b1" })
	comment := said[i]
	before := r.ofOthers(t)
	parameters, walked := others(r), 0
	for _, role := range access.Roles {
		who := r.signIn(t, access.Grant{Role: role, Unit: at})
		for _, route := range r.routes() {
			if route.path == "/static/*file" || strings.Contains(route.path, "/logga-ut") || strings.Contains(route.path, ":token") || strings.Contains(route.path, ":lang") {
				continue // of no organisation
			}
			for _, path := range filled(t, route.path, parameters) {
				answered := func(status int, page string) {
					t.Helper()
					walked++
					if status == http.StatusUnauthorized {
						t.Fatalf("%s: %s %s is asked by nobody who is signed in", role, route.method, path)
					}
					if strings.Contains(page, told) {
						t.Errorf("%s: %s %s (%d) tells of the other", role, route.method, path, status)
					}
					if status < 400 && slices.ContainsFunc(closed, func(p string) bool { return strings.Contains(route.path, p) }) {
						t.Errorf("%s: %s %s answers %d", role, route.method, path, status)
					}
				}
				if route.method != http.MethodPost {
					for _, query := range askedOfOthers {
						answered(r.get(path+query, "sv", who))
					}
					continue
				}
				form := url.Values{"unit": {"b1"}, "top": {"b"}, "from": {"b-draft"}, "parent": {"b1"}, "follower": {"b"}, "role": {"samordnare"}, "person": {"b11"}, "id": {"b11"}, "name": {"X"}, "email": {"x@example.org"},
					"account": {"chef@b.example"}, "sure": {"ja"}, "group": {"g"}, "kind": {"inbjudan"}, "round": {"b-published"}, "title": {"X"}, "what": {"X"}, "owner": {"X"}, "start": {"2026-01-01"}, "due": {"2099-01-01"}, "status": {"pagar"}, "text": {"X"}, "revision": {"1"},
					"item": {r.set.Items[0].ID}, "expected": {"4"}, "sv": {"X"}, "en": {"X"}, "sok": {"b1"}, "enhet": {"b1"}, "slag": {"document"}, "omgang": {"b-published"}, "budget": {"1000"}, "namn": {"X"},
					"level": {"5"}, "note": {"X"}, "depth": {"1"}, "do": {"aterstall"}, "insats": {"b-activity"}, "dag": {"2026-02-01"}, "antal": {"1"}, "beslut-" + comment.ID: {string(round.Withheld)}, "sett-" + comment.ID: {seenOf(comment)}, "tema": {commentedTheme},
					"title_sv": {"X"}, "title_en": {"X"}, "area": {"kom.digital.data"}, "to": {"2"}, "hours": {"1"}, "seats": {"1"}, "cost": {"1"}}
				switch {
				case strings.HasPrefix(path, "/kommentarer"):
					form.Set("id", comment.ID)
				case strings.HasPrefix(path, "/kompetens/insatser"):
					form.Set("id", "")
					form.Set("from", "1")
				case strings.Contains(path, "/enhet"):
					form.Set("id", "b1")
				}
				answered(r.send(path+"?enhet=b&omgang=b-published", who, form))
			}
		}
	}
	if walked < 300 {
		t.Errorf("only %d requests", walked)
	}
	if after := r.ofOthers(t); after != before {
		t.Errorf("changed:\n%s\nto\n%s", before, after)
	}
}

// ofOthers is all that the other organisation has, as it is stored.
func (r *results) ofOthers(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	units, people, err := r.store.Organisation(t.Context())
	check(t, err)
	fmt.Fprintln(&b, units, people)
	for _, id := range []string{"b-named", "b-published", "b-open", "b-draft"} {
		got, err := r.rounds.Round(t.Context(), id)
		fmt.Fprintln(&b, got, err)
		for inv, err := range r.store.Invitations(t.Context(), id) {
			fmt.Fprintln(&b, inv, err)
		}
	}
	a, err := r.store.Account(t.Context(), "chef@b.example")
	fmt.Fprintln(&b, a, err)
	for session, err := range r.store.Sessions(t.Context()) {
		if check(t, err); session.Account == a.ID {
			fmt.Fprintln(&b, session.Hash)
		}
	}
	for _, kind := range []string{"letter", "letter.plan", "letter.texts", "notice", "access", "retention", "successors", "unit-gone", "import-undo", "training.catalogue", "training.plan", "required", "register", "action", "review", round.CommentCards, round.DecisionCards, "open-data"} {
		for c, err := range r.store.Cards(t.Context(), kind, "") {
			fmt.Fprintln(&b, c, err)
		}
	}
	return b.String()
}

var parameter = regexp.MustCompile(`:\w+`)

// filled returns a route's path with every choice of what stands for its
// parameters. One that is not known fails the test.
func filled(t *testing.T, path string, with map[string][]string) []string {
	t.Helper()
	out := []string{path}
	for _, name := range parameter.FindAllString(path, -1) {
		if len(with[name]) == 0 {
			t.Fatalf("%s: say in others what stands for %s in the other organisation", path, name)
		}
		var next []string
		for _, p := range out {
			for _, v := range with[name] {
				next = append(next, strings.Replace(p, name, v, 1))
			}
		}
		out = next
	}
	return out
}

// openRoutes are open to everybody.
var openRoutes = []string{"GET /", "GET /api/v1/openapi.json", "GET /e/:token", "GET /favicon.ico", "GET /healthz", "GET /in/:token", "GET /logga-in", "GET /logga-in/klar", "GET /logga-in/konto",
	"GET /metrics", "GET /om/hjalp", "GET /om/integritet", "GET /om/skydd", "GET /om/tillganglighet", "GET /oppna-data", "GET /oppna-data/:round", "GET /oppna-data/:round/:file", "GET /oppna-data/katalog.jsonld", "GET /readyz", "GET /sprak/:lang", "GET /static/*file", "HEAD /oppna-data/:round/:file", "HEAD /static/*file",
	"POST /in/:token", "POST /logga-in", "POST /logga-ut"}

// Every route that is open to all is known here: a page for people with a role
// can't become one by mistake.
func TestOpenRoutesAreFew(t *testing.T) {
	r := newEmpty(t)
	var found []string
	for _, route := range r.routes() {
		path := route.path
		for name, values := range others(r) {
			path = strings.Replace(path, name, values[0], 1)
		}
		path = strings.NewReplacer(":token", "x", ":lang", "sv", "*file", "css/mognad.css").Replace(path)
		var status int
		if route.method == http.MethodPost {
			status, _ = r.send(path, &http.Cookie{Name: "none", Value: "x"}, nil)
		} else {
			status, _ = r.get(path, "sv", nil)
		}
		if status != http.StatusUnauthorized && status != http.StatusForbidden {
			found = append(found, route.method+" "+route.path)
		}
	}
	slices.Sort(found)
	if !slices.Equal(found, openRoutes) {
		t.Errorf("open to everybody are\n%s", strings.Join(found, "\n"))
	}
}
