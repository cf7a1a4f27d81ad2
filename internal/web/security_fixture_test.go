package web

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
)

// sign is part of every hostile text, and of nothing else: where it is found,
// the text came through.
const sign = "xyzzy"

// hostile is what somebody who means harm would put into any free text: it ends
// whatever element, attribute or script it stands in.
const hostile = sign + `<script>alert(1)</script>"'><svg onload=alert(1)><img src=x onerror=alert(1) style="x:y">` +
	"</script></title></textarea></style></svg>--><a href=javascript:alert(1)>{{.Lang}}{{template \"layout\"}}${7*7}\u202e\u2028"

// hostileLine would make lines of its own in a log.
const hostileLine = sign + "\r\nlevel=ERROR msg=\"made up\"\x1b[31m\x00\u0085"

// stranger is a browser, with what its cookies say.
type stranger struct {
	name    string
	cookies []*http.Cookie
}

// siege is a service where every name and free text means harm, with rounds in
// every state, and everybody who can be signed in to it.
type siege struct {
	*results
	log     *bytes.Buffer
	people  []stranger
	secrets []string // tokens and cookies' values: never in a log or on a page
}

func newSiege(t *testing.T) *siege {
	t.Helper()
	s := &siege{results: newEmpty(t), log: &bytes.Buffer{}}
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(old) })
	check(t, s.store.SetSetting(t.Context(), "owner", hostile))
	units := []org.Unit{{ID: "k", Name: "K" + hostile, Kind: "kommun"}}
	var people []org.Person
	for u := range 3 {
		id := fmt.Sprint("u", u)
		units = append(units, org.Unit{ID: id, Name: id + hostile, Parent: "k", Kind: "forvaltning"})
		for n := range 7 {
			p := fmt.Sprint(id, "p", n)
			people = append(people, org.Person{ID: p, Name: p + hostile, Email: p + "@" + sign + ".example", Unit: id, Roles: []org.Role{org.Enhetschef}})
		}
	}
	check(t, s.store.PutOrganisation(t.Context(), units, people))
	for _, id := range []string{"2024", "2025", "2027", "2028"} {
		s.hold(t, id, units, people)
	}
	s.furnish(t, "k", "u0", "2025", hostile)
	for _, role := range access.Roles {
		who := s.signIn(t, access.Grant{Role: role, Unit: "k"})
		s.people, s.secrets = append(s.people, stranger{string(role), []*http.Cookie{who}}), append(s.secrets, who.Value)
	}
	value, err := s.access.StartAnswering(t.Context(), "2027", "u0p0")
	check(t, err)
	s.people = append(s.people, stranger{"respondent", []*http.Cookie{{Name: answerCookie, Value: value}}}, stranger{"nobody", nil})
	s.secrets = append(s.secrets, value)
	for _, e := range []trail.Event{{Actor: hostile, Action: hostile, Unit: "k", Round: hostile, Subject: hostile, Detail: hostile}, {Actor: "x", Action: "round.change", Unit: "k", Round: "2027", Detail: hostile}} {
		check(t, s.rounds.Log().Append(trail.From(t.Context(), hostile), e))
	}
	return s
}

// hold makes a round: of 2024 and 2025 published, of 2027 open, of 2028 a draft.
func (s *siege) hold(t *testing.T, id string, units []org.Unit, people []org.Person) {
	t.Helper()
	_, err := s.rounds.Create(t.Context(), hostile, round.Round{ID: id, Name: id + hostile, OpensOn: "2026-01-01", ClosesOn: "2099-02-01"})
	check(t, err)
	if id == "2028" {
		return
	}
	_, err = s.rounds.Open(t.Context(), hostile, id, s.set, units, people)
	check(t, err)
	for inv, err := range s.rounds.Invitations(t.Context(), id) {
		check(t, err)
		s.secrets = append(s.secrets, s.rounds.LinkToken(inv))
		if id != "2027" || strings.HasSuffix(inv.Person, "p0") {
			check(t, s.answer(t.Context(), inv))
			check(t, s.rounds.Submit(t.Context(), inv))
		}
	}
	if id != "2027" {
		_, err = s.rounds.Close(t.Context(), hostile, id)
		check(t, err)
		_, err = s.rounds.Publish(t.Context(), hostile, id)
		check(t, err)
	}
}

func (s *siege) answer(ctx context.Context, inv round.Invitation) error {
	sheet, err := s.rounds.Sheet(ctx, inv.Round, inv.Person)
	if err != nil {
		return err
	}
	level, text := survey.Answer(1+len(inv.Person)%5), hostile
	var all []round.Amendment
	for _, th := range sheet.Themes() {
		for _, it := range th.Items {
			a := round.Amendment{Item: it.ID, Answer: &level, Comment: &text}
			if it.Evidence.SV != "" {
				a.Evidence = &text
			}
			all = append(all, a)
		}
	}
	_, err = s.rounds.Save(ctx, inv, all)
	return err
}

// parameters is what stands for each parameter of a route, beside what the test
// of two organisations knows of.
func (s *siege) parameters() map[string][]string {
	all := others(s.results)
	maps.Copy(all, map[string][]string{":round": {"2025", "2027", "2028"}, ":unit": {"k", "u0"}, ":person": {"u1p1"}, ":lang": {"sv"}, ":action": {otherAction}, ":plan": {otherPlan}, ":item": {otherFact}, ":text": {"integritet", "kontakt"}, ":kind": {"inbjudan", "paminnelse"},
		":token": {"abcdefghijklmnopqrstuv"}, ":role": {"enhetschef"}, ":theme": {s.set.Questionnaires[0].Themes[0].ID}})
	return all
}

// answered is one answer of the service.
type answered struct {
	who, method, path, route, lang string
	status                         int
	header                         http.Header
	body                           string
}

func (a answered) String() string {
	return fmt.Sprintf("%s: %s %s in %s (%d)", a.who, a.method, a.path, a.lang, a.status)
}

// walk sends everybody along every route that is read, in both languages.
func (s *siege) walk(t *testing.T) []answered {
	t.Helper()
	var all []answered
	for _, who := range s.people {
		for _, r := range s.routes() {
			if r.method == http.MethodPost {
				continue
			}
			for _, path := range filled(t, strings.Replace(r.path, "*file", "css/mognad.css", 1), s.parameters()) {
				for _, lang := range []string{"sv", "en"} {
					a := s.ask(r.method, path, who, lang, nil, nil)
					a.route = r.path
					all = append(all, a)
				}
			}
		}
	}
	if len(all) < 200 {
		t.Fatalf("only %d answers", len(all))
	}
	return all
}

// ask sends one request, of a form where there is one, with headers by name and
// value.
func (s *siege) ask(method, path string, who stranger, lang string, form url.Values, headers map[string]string) answered {
	q := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if form != nil {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range who.cookies {
		q.AddCookie(c)
	}
	q.AddCookie(&http.Cookie{Name: languageCookie, Value: lang})
	for name, value := range headers {
		q.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, q)
	return answered{who: who.name, method: method, path: path, lang: lang, status: w.Code, header: w.Result().Header, body: w.Body.String()}
}

// html reports whether the answer is a page.
func (a answered) html() bool {
	return strings.HasPrefix(a.header.Get("Content-Type"), "text/html") && (a.status < 300 || a.status >= 400)
}

// loading are elements that run or load something, or change others.
var loading = []string{"iframe", "object", "embed", "base", "frame", "applet", "math", "foreignobject", "animate", "set", "style", "video", "audio"}

// harm returns what a page has that the content policy would stop or should
// never have come so far: inline scripts, styles and event handlers, elements
// that load, addresses that run.
func harm(page string) (out []string) {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	for n := range doc.Descendants() {
		if n.Type == html.CommentNode {
			out = append(out, "a comment: "+n.Data)
		}
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" || strings.ContainsAny(a.Key, `<>"'`) {
				out = append(out, fmt.Sprintf("<%s %s=%q>", n.Data, a.Key, a.Val))
			}
			if slices.Contains([]string{"href", "src", "action", "formaction", "poster", "data", "cite"}, a.Key) && !localAddress(a.Val) {
				out = append(out, fmt.Sprintf("<%s> leads to %q", n.Data, a.Val))
			}
		}
		switch {
		case slices.Contains(loading, strings.ToLower(n.Data)), n.Data == "meta" && attr["http-equiv"] != "":
			out = append(out, "<"+n.Data+">")
		case n.Data == "script" && attr["type"] != "application/json" && (!strings.HasPrefix(attr["src"], "/static/") || n.FirstChild != nil):
			out = append(out, fmt.Sprintf("<script %v>", n.Attr))
		case n.Data == "link" && attr["rel"] == "stylesheet" && !strings.HasPrefix(attr["href"], "/static/"):
			out = append(out, fmt.Sprintf("<link %v>", n.Attr))
		}
	}
	return out
}

// authorities are the only other sites that a page leads to.
var authorities = []string{"www.imy.se", "www.digg.se"}

// localAddress reports whether an address stays within the service, opens a
// letter, or leads to an authority.
func localAddress(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "" && u.Host == "" && !strings.HasPrefix(address, "//") || u.Scheme == "mailto" || u.Scheme == "https" && slices.Contains(authorities, u.Host))
}
