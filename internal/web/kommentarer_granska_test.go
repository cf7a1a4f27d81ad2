package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/round"
)

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// shownForm is what a browser would send of a page of the review as it was drawn.
func shownForm(body string) url.Values {
	form := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(mainOf(body), -1) {
		form.Add(m[1], m[2])
	}
	for _, m := range regexp.MustCompile(`(?s)name="(text-[^"]+)"[^>]*>\n(.*?)</textarea>`).FindAllStringSubmatch(body, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range regexp.MustCompile(`name="(beslut-[^"]+)" value="([^"]*)" checked`).FindAllStringSubmatch(body, -1) {
		form.Set(m[1], m[2])
	}
	return form
}

// What one has withheld stays so when another sends a page that was drawn before;
// and who changes what another has changed since is told, and loses nothing typed.
func TestReviewOfAnOlderPage(t *testing.T) {
	r := commented(t, round.Confidential, true)
	who := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "kommun"})
	r.decide(t, sayAll)
	one, err := r.rounds.Round(t.Context(), "2025")
	check(t, err)
	_, page := r.get("/kommentarer/granska?omgang=2025&visa=publicerade", "sv", who)
	form := shownForm(page)
	ids := form["id"]
	if len(ids) != reviewedAtOnce {
		t.Fatalf("%d comments on a page, want %d", len(ids), reviewedAtOnce)
	}
	check(t, r.rounds.Decide(t.Context(), "colleague", one, []round.Decision{{Comment: ids[0], State: round.Withheld}}))
	state := func(id string) (round.CommentState, string) {
		all, err := r.rounds.Comments(t.Context(), one)
		check(t, err)
		for _, c := range all {
			if c.ID == id {
				return c.State, c.Read()
			}
		}
		return "", ""
	}
	form.Set("text-"+ids[1], "Kortare")
	if status, _ := r.send("/kommentarer/granska", who, form); status != http.StatusSeeOther {
		t.Errorf("status %d", status)
	}
	if now, _ := state(ids[0]); now != round.Withheld {
		t.Errorf("what was withheld is %q again", now)
	}
	if now, text := state(ids[1]); now != round.CommentPublished || text != "Kortare" {
		t.Errorf("the correction is %q, %q", now, text)
	}
	form.Set("text-"+ids[1], "Kortare")                  // as sent before
	form.Set("beslut-"+ids[0], string(round.Waiting))    // withheld by the colleague
	form.Set("text-"+ids[2], "En annan text som sparas") // and this is typed
	status, body := r.send("/kommentarer/granska", who, form)
	if status != http.StatusConflict || !strings.Contains(body, "Någon annan har granskat") || !strings.Contains(body, "En annan text som sparas") {
		t.Errorf("a decision over another's: status %d", status)
	}
	if _, text := state(ids[2]); text == "En annan text som sparas" {
		t.Error("part of what was refused is saved")
	}
}

// Every list comes in parts, so that a form is never too large to be read.
func TestReviewComesInParts(t *testing.T) {
	r := commented(t, round.Confidential, true)
	who := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "kommun"})
	r.decide(t, sayAll)
	seen := map[string]bool{}
	for _, part := range []string{"1", "2", "3"} {
		_, body := r.get("/kommentarer/granska?omgang=2025&visa=publicerade&sida="+part, "sv", who)
		for _, id := range shownForm(body)["id"] {
			if seen[id] {
				t.Errorf("%s stands in two parts", id)
			}
			seen[id] = true
		}
		if part != "3" && !strings.Contains(body, "sida=2") {
			t.Errorf("part %s has no way to the second", part)
		}
	}
	if len(seen) != 11 {
		t.Errorf("%d comments in all, want 11", len(seen))
	}
}

// A form that is larger than any of ours is refused, and not taken for an empty one.
func TestFormsThatAreTooLarge(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, planner)
	status, body := r.send("/kompetens/planer", who, url.Values{"enhet": {"kommun"}, "namn": {strings.Repeat("x", maxBody)}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "för stort") {
		t.Errorf("status %d: %s", status, mainOf(body))
	}
}
