package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/round"
)

// In an open round that is published answers are read by name, by those who may
// and of the units where they may, and every person read is in the log.
func TestAnswersByName(t *testing.T) {
	r := commented(t, round.Named, true)
	hr := r.signIn(t, access.Grant{Role: access.HR, Unit: "kommun"})
	for _, lang := range []string{"sv", "en"} {
		if status, body := r.get("/omgangar/2025/svar", lang, hr); status != http.StatusOK || strings.Count(mainOf(body), "<th role=\"rowheader\"") != 11 {
			t.Errorf("%s: %d\n%s", lang, status, mainOf(body))
		}
		status, body := r.get("/omgangar/2025/svar/hem3", lang, hr)
		if status != http.StatusOK || !strings.Contains(body, "Person hem3") || !strings.Contains(body, "IT &lt;b&gt;hem3") || strings.Count(body, "class=\"k-answer\"") < 30 || strings.Contains(body, "hem2") {
			t.Errorf("%s: %d\n%s", lang, status, mainOf(body))
		}
		status, body = r.get("/kompetens/namn?enhet=bygg", lang, hr)
		if body = mainOf(body); status != http.StatusOK || !strings.Contains(body, "/omgangar/2025/svar/bygg") || strings.Contains(body, "/svar/hem") || strings.Count(body, "<h2") != 8 {
			t.Errorf("%s: %d\n%s", lang, status, body)
		}
	}
	if _, body := r.get("/kompetens/namn?omrade=kom.digital.data", "sv", hr); strings.Count(mainOf(body), "<h2") != 1 {
		t.Error("one area is asked for, others are shown")
	}
	for _, path := range []string{"/omgangar/2025", "/kompetens"} {
		if _, body := r.get(path, "sv", hr); !strings.Contains(body, "/omgangar/2025/svar") && !strings.Contains(body, "/kompetens/namn?") {
			t.Errorf("%s has no way there", path)
		}
	}
	reads := map[string]int{}
	for e, err := range r.store.Log(t.Context()) {
		check(t, err)
		reads[e.Action+" "+e.Subject]++
	}
	if reads["answers.read hem3"] != 2 || reads["answers.list "] != 3 {
		t.Errorf("the log has %v", reads)
	}
	part := r.signIn(t, access.Grant{Role: access.HR, Unit: "bygg"})
	for path, want := range map[string]int{"/omgangar/2025/svar/bygg1": 200, "/omgangar/2025/svar/hem1": 404, "/omgangar/2025/svar/finns-inte": 404,
		"/omgangar/2025/svar": 200, "/omgangar/2025/svar?enhet=hem": 403, "/kompetens/namn": 200, "/kompetens/namn?enhet=hem": 403, "/omgangar/finns-inte/svar": 404, "/omgangar/2026/svar": 404} {
		if status, body := r.get(path, "sv", part); status != want || strings.Contains(body, "Person hem") {
			t.Errorf("HR of bygg asks for %s: %d, want %d", path, status, want)
		}
	}
	for _, role := range []access.Role{access.Chef, access.Revisor, access.Administrator} {
		for _, path := range []string{"/omgangar/2025/svar", "/omgangar/2025/svar/hem1", "/kompetens/namn"} {
			if status, body := r.get(path, "sv", r.signIn(t, access.Grant{Role: role, Unit: "kommun"})); status != http.StatusForbidden || strings.Contains(body, "Person hem") {
				t.Errorf("%s asks for %s: %d", role, path, status)
			}
		}
	}
}

// A confidential round has no way to names, nor has an open one before it is
// published.
func TestNoNamesElsewhere(t *testing.T) {
	for _, c := range []struct {
		mode    round.Mode
		publish bool
		want    int
	}{{round.Confidential, true, http.StatusForbidden}, {round.Confidential, false, http.StatusForbidden}, {round.Named, false, http.StatusConflict}} {
		r := commented(t, c.mode, c.publish)
		for _, role := range []access.Role{access.HR, access.Ledning, access.Samordnare} {
			who := r.signIn(t, access.Grant{Role: role, Unit: "kommun"})
			for _, path := range []string{"/omgangar/2025/svar", "/omgangar/2025/svar/hem1", "/omgangar/2025/svar/finns-inte", "/kompetens/namn?omgang=2025", "/kompetens/namn?omgang=2025&omrade=kom.digital.data"} {
				want := c.want
				if strings.HasPrefix(path, "/kompetens") && !c.publish {
					want = http.StatusConflict
				}
				if status, body := r.get(path, "sv", who); status != want || strings.Contains(body, "Person ") {
					t.Errorf("%s %v: %s asks for %s: %d, want %d", c.mode, c.publish, role, path, status, want)
				}
			}
			for _, path := range []string{"/omgangar/2025", "/kompetens?omgang=2025", "/resultat?omgang=2025"} {
				if _, body := r.get(path, "sv", who); strings.Contains(body, "/svar\"") || strings.Contains(body, "/kompetens/namn") {
					t.Errorf("%s %v: %s has a way to names", c.mode, c.publish, path)
				}
			}
		}
		for e, err := range r.store.Log(t.Context()) {
			check(t, err)
			if strings.HasPrefix(e.Action, "answers.") {
				t.Errorf("read: %+v", e)
			}
		}
	}
}
