package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/trail"
)

// A reader of the log sees the lines of own units, and the installation's own
// only where the grant is for all of it.
func TestLogShowsOwnUnits(t *testing.T) {
	r, whole := newCoordinator(t)
	for _, e := range []trail.Event{
		{Actor: "alfa", Action: "round.change", Unit: "omsorg", Round: "r-omsorg"}, {Actor: "beta", Action: "round.change", Unit: "skola", Round: "r-skola"},
		{Actor: "gamma", Action: "round.change", Round: "r-alla"}, {Actor: "delta", Action: "round.change", Unit: "borta", Round: "r-borta"},
	} {
		check(t, r.log.Append(t.Context(), e))
	}
	part := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "omsorg"})
	for _, path := range []string{"/logg", "/logg.csv"} {
		status, page := r.get(path, "sv", part)
		if status != http.StatusOK {
			t.Fatalf("%s: %d", path, status)
		}
		includes(t, page, "Ändrade mätomgången r-omsorg")
		excludes(t, page, "r-skola", "r-alla", "r-borta", "2027")
		_, page = r.get(path, "sv", whole)
		includes(t, page, "r-omsorg", "r-skola", "r-alla", "r-borta", "2027")
	}
	if status, _ := r.get("/logg", "sv", r.signIn(t, access.Grant{Role: access.HR, Unit: "kommun"})); status != http.StatusForbidden {
		t.Errorf("one who may not read the log: %d", status)
	}
	_, page := r.get("/logg?grupp=log", "sv", whole)
	includes(t, page, "Laddade ned loggen")
}

func TestLogFilterAndPages(t *testing.T) {
	r, who := newCoordinator(t)
	for n := range logLines + 5 {
		check(t, r.log.Append(t.Context(), trail.Event{Actor: "eva", Action: "round.change", Round: fmt.Sprint("omg", n, "x")}))
	}
	check(t, r.log.Append(t.Context(), trail.Event{Actor: "bo", Action: "person.move", Round: "2027", Subject: "p17", Detail: "hem → skola"}))
	check(t, r.log.Append(t.Context(), trail.Event{Actor: "bo", Action: "unheard.of", Detail: "<script>alert(1)</script>"}))
	_, page := r.get("/logg?vem=P17", "sv", who)
	includes(t, page, "Flyttade p17 till en annan enhet i mätomgången 2027", "hem → skola")
	excludes(t, page, "omg1x")
	_, page = r.get("/logg?vem=bo", "en", who)
	includes(t, page, "Moved p17 to another unit in round 2027", "unheard.of", "&lt;script&gt;")
	excludes(t, page, "<script>alert")
	_, page = r.get("/logg?grupp=round", "sv", who)
	includes(t, page, "omg54x", "omg5x", "Äldre rader")
	excludes(t, page, "omg4x", "p17")
	_, older, _ := strings.Cut(page, `<a class="m-btn m-btn--second" href="/logg?`)
	older, _, _ = strings.Cut(older, `"`)
	_, page = r.get("/logg?"+strings.ReplaceAll(older, "&amp;", "&"), "sv", who)
	includes(t, page, "omg4x", "omg0x")
	excludes(t, page, "omg5x", "p17", "Äldre rader")
	_, page = r.get("/logg?dag=2001-01-01", "sv", who)
	includes(t, page, "Inga rader att visa")
}

func TestLogFileIsNoFormula(t *testing.T) {
	r, who := newCoordinator(t)
	check(t, r.log.Append(t.Context(), trail.Event{Actor: "=cmd|'/c calc'!A1", Action: "round.change", Subject: "@x", Detail: "+1"}))
	_, file := r.get("/logg.csv", "sv", who)
	includes(t, file, `;'=cmd|'/c calc'!A1;`, `;'@x;`, `;'+1;`)
	excludes(t, file, ";=", ";@", ";+")
	n := 0
	for e, err := range r.log.Events(t.Context()) {
		check(t, err)
		if e.Action == "log.export" && e.From == "192.0.2.1" { // httptest's address
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d lines tell of the download", n)
	}
}

func TestLogTellsOfTheCheck(t *testing.T) {
	r, who := newCoordinator(t)
	_, page := r.get("/logg", "sv", who)
	includes(t, page, "Loggen har inte kontrollerats än")
	check(t, r.personal.Tend(t.Context()))
	checked, err := r.personal.LogChecked(t.Context())
	check(t, err)
	_, page = r.get("/logg", "sv", who)
	includes(t, page, fmt.Sprintf("%d %s", checked.Last, checked.Seal), "Ja. Den kontrollerades")
	_, page = r.get("/logg", "sv", r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "omsorg"}))
	excludes(t, page, checked.Seal)
}

// The address in the log is the one that connects; what a header says is only
// believed of a proxy that is named.
func TestAddressInTheLog(t *testing.T) {
	for _, c := range []struct {
		trusted      []string
		header, want string
	}{
		{nil, "203.0.113.9", "192.0.2.1"},
		{[]string{"10.0.0.0/8"}, "203.0.113.9", "192.0.2.1"},
		{[]string{"192.0.2.0/24"}, "203.0.113.9", "203.0.113.9"},
		{[]string{"192.0.2.0/24"}, "198.51.100.7, 203.0.113.9", "203.0.113.9"}, // what the client made up stands first
		{[]string{"192.0.2.0/24"}, "", "192.0.2.1"},
	} {
		r := newEmpty(t)
		server, err := New(Config{BaseURL: r.config.BaseURL, Surveys: r.set, TrustedProxies: c.trusted}, r.store, r.rounds, r.access, r.charts, r.now)
		check(t, err)
		who := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "kommun"})
		r.Server = server
		check(t, r.store.PutOrganisation(t.Context(), []org.Unit{{ID: "kommun", Name: "Testkommun"}}, nil))
		q := httptest.NewRequest(http.MethodGet, "/logg.csv", nil)
		q.AddCookie(who)
		q.Header.Set("X-Real-Ip", "1.2.3.4")
		if c.header != "" {
			q.Header.Set("X-Forwarded-For", c.header)
		}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, q)
		for e, err := range r.log.Events(t.Context()) {
			check(t, err)
			if e.From != c.want {
				t.Errorf("%v, header %q: the log has %q, want %q (status %d)", c.trusted, c.header, e.From, c.want, w.Code)
			}
			break
		}
	}
	if _, err := New(Config{TrustedProxies: []string{"nonsense"}}, nil, newEmpty(t).rounds, nil, nil, nil); err == nil {
		t.Error("a proxy that is no address is taken")
	}
}
