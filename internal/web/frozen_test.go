package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/review"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/training"
	"github.com/mognad/mognad/surveys"
)

// A frozen page is compressed once and goes as it is to whoever takes it so; the
// others get the same page, and all get the same headers.
func TestFrozenPagesAreKeptCompressed(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	ask := func(encoding string) *http.Response {
		q := httptest.NewRequest(http.MethodGet, "/resultat/omsorg", nil)
		q.AddCookie(who)
		if encoding != "" {
			q.Header.Set("Accept-Encoding", encoding)
		}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, q)
		return w.Result()
	}
	read := func(body io.Reader) string {
		t.Helper()
		b, err := io.ReadAll(body)
		check(t, err)
		return string(b)
	}
	first := ask("")
	plain := read(first.Body)
	if first.Header.Get("Content-Encoding") != "" || !strings.Contains(plain, "</html>") {
		t.Fatalf("who takes no compression gets %v", first.Header)
	}
	for encoding, packed := range map[string]bool{"gzip": true, "gzip, deflate, br, zstd": true, "br;q=1.0, GZIP;q=0.5": true, "gzip;q=0": false, "br": false, "identity": false, "gzip;q=x": false} {
		for range 2 {
			a := ask(encoding)
			body := io.Reader(a.Body)
			if got := a.Header.Get("Content-Encoding") == "gzip"; got != packed {
				t.Fatalf("%q: compressed is %v", encoding, got)
			}
			if packed {
				unpacked, err := gzip.NewReader(a.Body)
				check(t, err)
				body = unpacked
			}
			if page := read(body); page != plain {
				t.Errorf("%q: another page, of %d bytes", encoding, len(page))
			}
			for _, h := range []string{"Content-Type", "Content-Language", "Content-Security-Policy", "X-Content-Type-Options", "Cache-Control"} {
				if a.Header.Get(h) == "" || a.Header.Get(h) != first.Header.Get(h) {
					t.Errorf("%q: %s is %q", encoding, h, a.Header.Get(h))
				}
			}
			if vary := strings.Join(a.Header.Values("Vary"), ","); !strings.Contains(vary, "Cookie") || !strings.Contains(vary, "Accept-Encoding") {
				t.Errorf("%q varies by %q", encoding, vary)
			}
		}
	}
	if pages, bytes := r.drawn.Held(); pages != 1 || bytes > len(plain)/3 {
		t.Errorf("%d pages are kept, of %d bytes", pages, bytes)
	}
}

// A page that is kept drawn is drawn anew when another round is published.
func TestDrawnPagesFollowTheRounds(t *testing.T) {
	r := newEmpty(t)
	before := r.publish(t, 0, nil)
	who := r.signIn(t, everything)
	for _, path := range []string{"/resultat", "/jamfor", "/utveckling", "/kompetens", "/resultat/omsorg/rapport", "/resultat/omsorg/ta-med"} {
		if _, body := r.get(path, "sv", who); !strings.Contains(body, "2024") || strings.Contains(body, ">2025<") {
			t.Errorf("%s before: %s", path, mainOf(body))
		}
	}
	r.publish(t, 1, before)
	for _, path := range []string{"/resultat", "/jamfor", "/utveckling", "/kompetens", "/resultat/omsorg/rapport", "/resultat/omsorg/ta-med"} {
		if _, body := r.get(path, "sv", who); !strings.Contains(body, "2025") {
			t.Errorf("%s is as it was before the new round", path)
		}
	}
}

// A page that is kept for its data is drawn anew when anything that it shows is
// changed, and the same data are drawn once.
func TestPagesKeptForTheirDataFollowIt(t *testing.T) {
	r := newResults(t)
	name := func(of string) {
		t.Helper()
		check(t, r.store.PutOrganisation(t.Context(), []org.Unit{{ID: "kommun", Name: of}}, nil))
	}
	name("Testkommun")
	hr := r.signIn(t, planner)
	path := []string{"kommun"}
	activity, err := r.training.SaveActivity(t.Context(), "x", path, training.Activity{Area: "kom.digital.data", From: 1, To: 2, Title: survey.Text{SV: "Kurs om data", EN: "Course"},
		Form: survey.Text{SV: "En halv dag", EN: "Half a day"}, Hours: 4, Seats: 20, Cost: 5000, Audience: []org.Role{org.Enhetschef}}, "")
	check(t, err)
	save := func(change func(*training.Activity)) {
		t.Helper()
		seen := card.Seal(activity)
		change(&activity)
		activity, err = r.training.SaveActivity(t.Context(), "x", path, activity, seen)
		check(t, err)
	}
	entry, seen := register.Entry{ID: "ett", Unit: "kommun", Kind: register.Document}, ""
	put := func(name, day string) {
		t.Helper()
		entry.Name, entry.Decided = name, day
		check(t, r.register.Save(t.Context(), "x", register.Change{Is: entry, Seen: seen}))
		seen = card.Seal(entry)
	}
	put("Riktlinje", "2024-02-03")
	require := func(level int) {
		t.Helper()
		own, of, err := r.rounds.Required(t.Context(), path)
		check(t, err)
		seen := ""
		if of == "kommun" {
			seen = card.Seal(own)
		}
		levels := map[org.Role]int{}
		for _, role := range org.Roles {
			if role.Manager() {
				levels[role] = level
			}
		}
		check(t, r.rounds.SetRequired(t.Context(), "x", "kommun", r.set, survey.Requirements{"kom.digital.data": levels}, seen))
	}
	require(2)
	saved, err := r.training.Save(t.Context(), "x", training.Saved{Name: "Vårens plan", Round: "2025", Unit: "kommun", Outcome: training.Outcome{Effects: []training.Effect{{Activity: activity, People: 6, Sessions: 1}}}})
	check(t, err)
	todo := action.Action{Unit: "kommun", Round: "2025", Title: "Utse ansvariga", What: "Det som ska göras", Owner: "Kommundirektör", Status: action.Planned, Start: "2026-01-01", Due: "2099-02-03",
		Items: []action.Item{{ID: r.set.Items[0].ID, From: 2, Expected: 3}}}
	known := func(string) bool { return true }
	todo, err = r.actions.Create(t.Context(), "x", todo, known)
	check(t, err)
	r.config.Audit, err = audit.Load(surveys.FS, r.set)
	check(t, err)
	rated := func(version string, level int, note string) {
		t.Helper()
		check(t, r.reviews.Set(t.Context(), "x", "kommun", "2025", otherFact, version, review.Review{Level: level, Note: note}))
	}
	for _, c := range []struct {
		path, shows string
		change      func()
	}{
		{"/kompetens/planer", "Höstens plan", func() {
			saved.Name = "Höstens plan"
			_, err := r.training.Save(t.Context(), "x", saved)
			check(t, err)
		}},
		{"/kompetens/planer", "1 av 1", func() {
			check(t, r.training.MarkHeld(t.Context(), "x", "2025", saved.ID, activity.ID, training.Held{Day: "2026-02-03", People: 5}))
		}},
		{"/atgarder", "Utse en ansvarig", func() {
			changed := todo
			changed.Title = "Utse en ansvarig"
			todo, err = r.actions.Change(t.Context(), "x", todo.ID, todo.Revision, changed, known)
			check(t, err)
		}},
		{"/resultat/kommun/rapport", "Utse två ansvariga", func() {
			changed := todo
			changed.Title = "Utse två ansvariga"
			todo, err = r.actions.Change(t.Context(), "x", todo.ID, todo.Revision, changed, known)
			check(t, err)
		}},
		{"/revision", "Sett planen", func() { rated("", 4, "Sett planen") }},
		{"/kompetens/insatser", "Datakurs", func() { save(func(a *training.Activity) { a.Title.SV = "Datakurs" }) }},
		{"/kompetens/insatser", "Två kvällar", func() { save(func(a *training.Activity) { a.Form.SV = "Två kvällar" }) }},
		{"/kompetens/insatser", "1 till 4", func() { save(func(a *training.Activity) { a.To = 4 }) }},
		{"/kompetens/insatser", "7,5", func() { save(func(a *training.Activity) { a.Hours = 7.5 }) }},
		{"/kompetens/insatser", "777", func() { save(func(a *training.Activity) { a.Seats = 777 }) }},
		{"/kompetens/insatser", "9 876", func() { save(func(a *training.Activity) { a.Cost = 9876 }) }},
		{"/kompetens/insatser", "Nya kommunen", func() { name("Nya kommunen") }},
		{"/kompetens/krav", `<option value="1" selected>`, func() { require(1) }},
		{"/kompetens/krav", "Senaste kommunen", func() { name("Senaste kommunen") }},
		{"/register", "Policy", func() { put("Policy", "2024-02-03") }},
		{"/register", "2025-03-04", func() { put("Policy", "2025-03-04") }},
		{"/register", "Sista kommunen", func() { name("Sista kommunen") }},
	} {
		_, before := r.get(c.path, "sv", hr)
		kept, _ := r.drawn.Held()
		if _, again := r.get(c.path, "sv", hr); again != before {
			t.Errorf("%s is another page the second time", c.path)
		}
		if now, _ := r.drawn.Held(); now != kept {
			t.Errorf("%s is drawn anew for the same data", c.path)
		}
		c.change()
		shown := func(body string) bool { return strings.Contains(strings.ReplaceAll(body, "\u00a0", " "), c.shows) }
		if _, after := r.get(c.path, "sv", hr); shown(before) || !shown(after) {
			t.Errorf("%s does not show %q", c.path, c.shows)
		}
	}
}
