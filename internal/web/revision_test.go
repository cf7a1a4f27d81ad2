package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/recommend"
	"github.com/mognad/mognad/internal/register"
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

// newAudited is a service with the audit questions, and two entries in the
// register of which one supports the fact below.
func newAudited(t *testing.T) *results {
	t.Helper()
	r := newResults(t)
	rule, err := audit.Load(surveys.FS, r.set)
	check(t, err)
	r.config.Audit = rule
	check(t, r.register.Import(t.Context(), "x", "kommun", []register.Change{
		{Is: register.Entry{ID: "strategi", Unit: "kommun", Kind: register.Document, Name: "Digital <strategi>", Status: register.Decided, DecidedBy: "KF", Decided: "2025-03-24", Paragraph: "31", Supports: []string{reviewedFact}}},
		{Is: register.Entry{ID: "policy", Unit: "kommun", Kind: register.Document, Name: "Gammal policy", Status: register.Decided, Decided: "1997-02-24"}},
	}))
	return r
}

const (
	reviewedFact = "led.strategi.antagen"
	factPath     = "/revision/fakta/" + reviewedFact
)

var versionIn = regexp.MustCompile(`name="version" value="([^"]*)"`)

// A review is written where the reviewer sees what was answered and what the
// register has, and the verdict says so at once, in every language and to those
// who had the page before.
func TestFactReview(t *testing.T) {
	r := newAudited(t)
	who := r.signIn(t, access.Grant{Role: access.Revisor, Unit: "kommun"})
	reader := r.signIn(t, access.Grant{Role: access.Ledning, Unit: "kommun"})
	for _, lang := range []string{"sv", "en"} {
		r.get("/revision", lang, reader)
	}
	status, page := r.get(factPath, "sv", who)
	near, others, _ := strings.Cut(page, "<details>")
	if status != http.StatusOK || !strings.Contains(near, "Digital &lt;strategi&gt;") || strings.Contains(near, "Gammal policy") || !strings.Contains(others, "Gammal policy") {
		t.Errorf("status %d; what supports the fact is not told from what does not", status)
	}
	form := url.Values{"version": {versionIn.FindStringSubmatch(page)[1]}, "note": {"Såg <beslutet>"}, "evidence": {"strategi", "finns-inte"}}
	status, page = r.send(factPath, who, form)
	for _, want := range []string{"Välj den nivå som underlaget visar", `href="#level"`, "Såg &lt;beslutet&gt;", `value="strategi" checked`} {
		if status != http.StatusUnprocessableEntity || !strings.Contains(page, want) {
			t.Errorf("no level (%d): lacks %q", status, want)
		}
	}
	form.Set("level", "4")
	if status, _ = r.send(factPath, who, form); status != http.StatusSeeOther {
		t.Fatalf("saved with %d", status)
	}
	for lang, want := range map[string][]string{"sv": {"Granskad ", "Såg &lt;beslutet&gt;", "Digital &lt;strategi&gt;"}, "en": {"Reviewed on ", "Såg &lt;beslutet&gt;"}} {
		_, body := r.get("/revision", lang, reader)
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s: the verdict does not say %q", lang, w)
			}
		}
		if strings.Contains(body, "/revision/fakta/") {
			t.Errorf("%s: one who may not review is led to where it is done", lang)
		}
	}
	status, page = r.send(factPath, who, form) // as one who opened the page before
	if status != http.StatusConflict || !strings.Contains(page, "Någon annan har granskat") || !strings.Contains(page, "Såg &lt;beslutet&gt;") {
		t.Errorf("over another's review: %d", status)
	}
	form.Set("version", versionIn.FindStringSubmatch(page)[1])
	form.Set("do", "ta-bort")
	if status, _ = r.send(factPath, who, form); status != http.StatusSeeOther {
		t.Errorf("taken away with %d", status)
	}
	if _, body := r.get("/revision", "sv", reader); strings.Contains(body, "Såg &lt;beslutet&gt;") {
		t.Error("the verdict rests on a review that was taken away")
	}
	logged := map[string]int{}
	for e, err := range r.store.Log(t.Context()) {
		check(t, err)
		logged[e.Action]++
	}
	if logged["review.set"] != 1 || logged["review.remove"] != 1 {
		t.Errorf("logged %v", logged)
	}
}

// Only those who look after the whole review its facts, of published rounds, and
// only what an audit question tests.
func TestFactReviewIsRefused(t *testing.T) {
	r := newAudited(t)
	who := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "kommun"})
	for path, want := range map[string]int{factPath: 200, factPath + "?omgang=2024": 200, factPath + "?omgang=2026": 409, "/revision/fakta/finns.inte": 404, "/revision/fakta/led.strategi.plan": 404, factPath + "?omgang=nej": 404} {
		if status, _ := r.get(path, "sv", who); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
	for _, g := range []access.Grant{{Role: access.Ledning, Unit: "kommun"}, {Role: access.HR, Unit: "kommun"}, {Role: access.Chef, Unit: "kommun"}, {Role: access.Revisor, Unit: "bygg"}} {
		some := r.signIn(t, g)
		got, _ := r.get(factPath, "sv", some)
		sent, _ := r.send(factPath, some, url.Values{"level": {"5"}})
		if got != http.StatusForbidden || sent != http.StatusForbidden {
			t.Errorf("%s of %s: read %d, written %d", g.Role, g.Unit, got, sent)
		}
	}
}

// The worked example comes to the auditors' own conclusion, each criterion with
// the passage of their report.
func TestAuditExamplePage(t *testing.T) {
	r := newAudited(t)
	who := r.signIn(t, access.Grant{Role: access.Ledning, Unit: "kommun"})
	for _, lang := range []string{"sv", "en"} {
		status, body := r.get("/revision/exempel", lang, who)
		if status != http.StatusOK || !strings.Contains(body, "a-verdict--"+string(audit.NotMet)) || strings.Contains(body, "/revision/fakta/") {
			t.Errorf("%s: %d", lang, status)
		}
		coding, err := audit.Example(r.set)
		check(t, err)
		body = html.UnescapeString(body)
		for item, c := range coding.Items {
			if c.Passage != "" && !strings.Contains(body, c.Passage) {
				t.Errorf("%s: %s lacks its passage %q", lang, item, c.Passage)
			}
		}
	}
}

// Each question that is not met has what is recommended, which those who may take
// it up as an action can.
func TestAuditRecommends(t *testing.T) {
	r := newAudited(t)
	book, err := recommend.Load(surveys.FS, r.set)
	check(t, err)
	r.config.Recommendations = book
	d := r.docs["kommun"]
	v := r.config.Audit.Judge(r.config.Audit.Observe(&d, ""))
	if len(v.Short()) == 0 {
		t.Fatal("every question is met")
	}
	for role, takes := range map[access.Role]bool{access.Samordnare: true, access.Revisor: false} {
		_, body := r.get("/revision", "sv", r.signIn(t, access.Grant{Role: role, Unit: "kommun"}))
		body = html.UnescapeString(body)
		for _, q := range v.Short() {
			_, section, _ := strings.Cut(body, `aria-labelledby="`+q.ID+`"`)
			section, _, _ = strings.Cut(section, "</section>")
			all := book.ForAudit(q.ID, &d, countsAs(v))
			if len(all) == 0 {
				t.Errorf("%s has no recommendation", q.ID)
			}
			for _, rec := range all {
				if !strings.Contains(section, rec.Title.SV) || strings.Contains(section, "&rekommendation="+rec.ID) != takes {
					t.Errorf("%s: %s: %s is not there, or can be taken up by one who may not", role, q.ID, rec.ID)
				}
			}
		}
	}
}
