package web

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/surveys"
)

// The page says what the rule makes of the round's frozen document, in both
// languages, and sets the rounds up to it side by side.
func TestAuditPage(t *testing.T) {
	r := newResults(t)
	rule, err := audit.Load(surveys.FS, r.set)
	check(t, err)
	r.config.Audit = rule
	who := r.signIn(t, access.Grant{Role: access.Revisor, Unit: "kommun"})
	d := r.docs["kommun"]
	verdict := rule.Judge(rule.Observe(&d, ""))
	for _, lang := range []string{"sv", "en"} {
		status, body := r.get("/revision", lang, who)
		if status != http.StatusOK {
			t.Fatalf("%s: status %d", lang, status)
		}
		body = html.UnescapeString(mainOf(body))
		if found := regexp.MustCompile(`%!|<no value>|audit\.[a-z]`).FindString(body); found != "" {
			t.Errorf("%s: broken text %q", lang, found)
		}
		for i := range verdict.Questions {
			q := &verdict.Questions[i]
			_, section, _ := strings.Cut(body, `aria-labelledby="`+q.ID+`"`)
			section, _, _ = strings.Cut(section, "</section>")
			e := q.Explain(lang)
			said := append(append(append(e.Summary, e.Knockouts...), e.Evidence...), e.Lift...)
			for _, req := range e.Requirements {
				said = append(said, req.Text, req.Weight, req.Finds)
			}
			for _, s := range said {
				if !strings.Contains(section, s) {
					t.Errorf("%s: %s does not say %q", lang, q.ID, s)
				}
			}
			if !strings.Contains(section, "a-verdict--"+string(q.Outcome)) {
				t.Errorf("%s: %s is not shown as %s", lang, q.ID, q.Outcome)
			}
		}
		if !strings.Contains(body, verdict.Overall.In(lang)) || !strings.Contains(body, ">2024</th>") || !strings.Contains(body, ">2025</th>") {
			t.Errorf("%s: the whole over the years is not told", lang)
		}
		if _, earlier := r.get("/revision?omgang=2024", lang, who); strings.Contains(earlier, ">2025</th>") || !strings.Contains(earlier, `href="/revision?omgang=2025"`) {
			t.Errorf("%s: the page of 2024 tells of the verdict of 2025, or has no way to it", lang)
		}
	}
}

// The verdict is of the whole organisation: neither a manager nor one who looks
// after a part of it gets it; without questions the page says so.
func TestAuditPageIsForTheWhole(t *testing.T) {
	r := newResults(t)
	auditor := r.signIn(t, access.Grant{Role: access.Revisor, Unit: "kommun"})
	if status, _ := r.get("/revision", "sv", auditor); status != http.StatusNotFound {
		t.Errorf("without audit questions: status %d", status)
	}
	rule, err := audit.Load(surveys.FS, r.set)
	check(t, err)
	r.config.Audit = rule
	for _, g := range []access.Grant{{Role: access.Chef, Unit: "kommun"}, {Role: access.Administrator, Unit: "kommun"}, {Role: access.Revisor, Unit: "bygg"}, {Role: access.Samordnare, Unit: "omsorg"}} {
		if status, body := r.get("/revision", "sv", r.signIn(t, g)); status != http.StatusForbidden || strings.Contains(body, "uppfylld") {
			t.Errorf("%s of %s: status %d", g.Role, g.Unit, status)
		}
	}
	if status, _ := r.get("/revision", "sv", nil); status != http.StatusUnauthorized {
		t.Errorf("nobody: status %d", status)
	}
	if status, _ := r.get("/revision?omgang=2026", "sv", auditor); status != http.StatusConflict {
		t.Errorf("an open round: status %d", status)
	}
}
