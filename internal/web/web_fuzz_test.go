package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
)

// newFuzzed is a service with one round open, and cookies of somebody who
// answers and somebody who coordinates.
func newFuzzed(f *testing.F) (r *results, answers, coordinates *http.Cookie) {
	f.Helper()
	r = newEmpty(f)
	units := []org.Unit{{ID: "k", Name: "Kommun", Kind: "kommun"}}
	people := []org.Person{{ID: "p", Name: "P", Unit: "k", Roles: []org.Role{org.Enhetschef}}}
	_, err := r.rounds.Create(f.Context(), "test", round.Round{ID: "2027", OpensOn: "2027-01-01", ClosesOn: "2099-02-01"})
	if err == nil {
		err = r.store.PutOrganisation(f.Context(), units, people)
	}
	if err == nil {
		_, err = r.rounds.Open(f.Context(), "test", "2027", r.set, units, people)
	}
	value := ""
	if err == nil {
		value, err = r.access.StartAnswering(f.Context(), "2027", "p")
	}
	if err != nil {
		f.Fatal(err)
	}
	return r, &http.Cookie{Name: answerCookie, Value: value}, r.signIn(f, access.Grant{Role: access.Samordnare, Unit: "k"})
}

func (r *results) serve(q *http.Request, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	for _, c := range cookies {
		q.AddCookie(c)
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, q)
	return w
}

// FuzzLocal: wherever a way back is said to lead, the browser stays on this
// host.
func FuzzLocal(f *testing.F) {
	for _, to := range []string{"/svara", "//other.example", "/\\other.example", "https://other.example", "/\t/other.example", "/.//other.example", "/%2f/other.example", "/a?b=//c#d", "", "/\x00/x", "/..//other.example"} {
		f.Add(to)
	}
	r := newEmpty(f)
	base := &url.URL{Scheme: "https", Host: "mognad.example", Path: "/sprak/en"}
	f.Fuzz(func(t *testing.T, to string) {
		q := httptest.NewRequest(http.MethodGet, "/sprak/en?till="+url.QueryEscape(to), nil)
		w := r.serve(q)
		at := w.Header().Get("Location")
		// A browser takes away tabs and line breaks, and reads a backslash as a slash.
		seen := strings.NewReplacer("\t", "", "\r", "", "\n", "", `\`, "/").Replace(strings.Trim(at, "\x00 "))
		u, err := url.Parse(seen)
		if w.Code != http.StatusSeeOther || err != nil || base.ResolveReference(u).Host != base.Host || !strings.HasPrefix(seen, "/") || strings.HasPrefix(seen, "//") {
			t.Errorf("%q leads to %q (%d, %v)", to, at, w.Code, err)
		}
	})
}

// FuzzAddress: no address, cookie or language makes a fault of ours, or comes
// back on the page as it was sent.
func FuzzAddress(f *testing.F) {
	r, _, who := newFuzzed(f)
	for _, route := range r.routes() {
		f.Add(route.path, "unit=x&omgang=2025&lang=en", "en")
	}
	f.Add("/omgangar/2027/personer", "q=%00%ff&sida=-1&visa=zzz", "sv")
	f.Add("/resultat/\x00<script>", "%zz", "\"><x")
	f.Fuzz(func(t *testing.T, path, query, language string) {
		u := &url.URL{Scheme: "http", Host: "example.test", Path: "/" + strings.TrimPrefix(path, "/"), RawQuery: query}
		q := httptest.NewRequest(http.MethodGet, "/", nil)
		q.URL, q.RequestURI = u, u.RequestURI()
		q.Header.Set("Cookie", languageCookie+"="+language)
		w := r.serve(q, who)
		if w.Code >= 500 {
			t.Errorf("%q %q: %d", path, query, w.Code)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && w.Code != http.StatusMovedPermanently {
			for _, h := range harm(w.Body.String()) {
				t.Errorf("%q %q: %s", path, query, h)
			}
		}
	})
}

// FuzzSave: whatever the script's request holds, the answer is JSON that says
// what happened; what was saved is what is read back.
func FuzzSave(f *testing.F) {
	r, who, _ := newFuzzed(f)
	f.Add([]byte(`{"item":"led.strategi.plan","answer":"3","comment":"å\u0000\ud800"}`), true)
	f.Add([]byte(`{"item":"led.strategi.plan","answer":"3","answer":"4","owner":null}`), true)
	f.Add([]byte(`[{"item":1e999}]`), true)
	f.Add([]byte(strings.Repeat(`{"item":`, 200)), true)
	f.Add([]byte("item=led.strategi.plan&answer=3&comment=%ff%0d%0a&evidence=x"), false)
	f.Add([]byte("item=%zz;answer=3"), false)
	f.Fuzz(func(t *testing.T, body []byte, script bool) {
		q := httptest.NewRequest(http.MethodPost, "/svara/spara", bytes.NewReader(body))
		q.Header.Set("Content-Type", map[bool]string{true: "application/json", false: "application/x-www-form-urlencoded"}[script])
		w := r.serve(q, who)
		if !json.Valid(w.Body.Bytes()) || w.Code >= 500 {
			t.Fatalf("%q is answered %d %s", body, w.Code, w.Body)
		}
		if w.Code != http.StatusOK {
			return
		}
		var sent itemChange
		if script {
			if err := json.NewDecoder(bytes.NewReader(body)).Decode(&sent); err != nil {
				t.Fatalf("saved %q: %v", body, err)
			}
		} else if form, err := url.ParseQuery(string(body)); err == nil {
			sent = itemChange{Item: form.Get("item"), Answer: field(form, "answer"), Comment: field(form, "comment"), Evidence: field(form, "evidence")}
		}
		var got mine
		if err := json.Unmarshal(r.serve(httptest.NewRequest(http.MethodGet, "/svara/mina.json", nil), who).Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		var now ownAnswer
		if i := slices.IndexFunc(got.Answers, func(a ownAnswer) bool { return a.Item == sent.Item }); i >= 0 {
			now = got.Answers[i]
		}
		for name, pair := range map[string][2]*string{"answer": {sent.Answer, &now.Answer}, "comment": {sent.Comment, &now.Comment}, "evidence": {sent.Evidence, &now.Evidence}} {
			if pair[0] != nil && utf8.ValidString(*pair[0]) && newlines(*pair[0]) != *pair[1] {
				t.Errorf("the %s of %q is %q", name, body, *pair[1])
			}
		}
	})
}

// FuzzForm: a theme's form and a new round's, with anything in them, save or
// come back with what was typed as text.
func FuzzForm(f *testing.F) {
	r, answers, coordinates := newFuzzed(f)
	theme := "/svara/" + r.set.Questionnaires[0].ID + "/" + r.set.Questionnaires[0].Themes[0].ID
	item := r.set.Questionnaires[0].Themes[0].Items[0].ID
	f.Add(item, "3", "text", "nasta")
	f.Add(item+commentField, hostile, "x", "en")
	f.Add("id", "2029", hostile, "//other.example")
	f.Add("closes_on", "9999999-99-99", "\x00\xff", "ledning/strategi")
	f.Add("min_group", "99999999999999999999", "name", "")
	f.Fuzz(func(t *testing.T, name, value, other, to string) {
		for path, who := range map[string]*http.Cookie{theme: answers, "/omgangar": coordinates, "/omgangar/2027/personer": coordinates, "/omgangar/2027/installningar": coordinates} {
			form := url.Values{"id": {"2027"}, "name": {other}, "opens_on": {"2027-01-01"}, "closes_on": {"2027-02-01"}, "min_group": {"5"}, item + commentField: {other}, "till": {to}}
			form.Set(name, value)
			q := httptest.NewRequest(http.MethodPost, path, io.NopCloser(strings.NewReader(form.Encode())))
			q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := r.serve(q, who)
			if w.Code >= 500 {
				t.Errorf("%s %v: %d", path, form, w.Code)
			}
			if at := w.Header().Get("Location"); at != "" && (!strings.HasPrefix(at, "/") || strings.HasPrefix(at, "//")) {
				t.Errorf("%s leads to %q", path, at)
			}
			if w.Code >= 400 {
				for _, h := range harm(w.Body.String()) {
					t.Errorf("%s %v: %s", path, form, h)
				}
			}
		}
	})
}

// FuzzDrawnFrom: what a page says that it was drawn from is taken from the
// browser, and can only make more be saved, never another's text.
func FuzzDrawnFrom(f *testing.F) {
	f.Add("3.0.0", "3", "comment", "evidence")
	f.Add(fingerprint(round.Entry{Answer: 3, Comment: "a"}), "3", "a", "")
	f.Add("...", "", "", "")
	f.Fuzz(func(t *testing.T, from, answer, comment, evidence string) {
		a, err := itemChange{Item: "x", Answer: &answer, Comment: &comment, Evidence: &evidence}.amendment()
		if err != nil {
			return
		}
		stored := round.Entry{Item: "x", Answer: 2, Comment: "stored", Evidence: "stored"}
		left := since(a, from, stored)
		got := left.Over(stored)
		for _, part := range []struct{ got, given, was any }{{got.Answer, *a.Answer, stored.Answer}, {got.Comment, *a.Comment, stored.Comment}, {got.Evidence, *a.Evidence, stored.Evidence}} {
			if part.got != part.given && part.got != part.was {
				t.Errorf("%v was neither given nor stored", part.got)
			}
		}
		if drawn := fmt.Sprint(fingerprint(stored)); from != drawn && strings.Count(from, ".") != 2 && (got.Comment != newlines(comment) || got.Evidence != newlines(evidence)) {
			t.Errorf("drawn from %q keeps %+v", from, got)
		}
	})
}
