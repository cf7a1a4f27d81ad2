package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/round"
)

// TestFormsWithoutFetchMetadata: over plain http browsers send no Sec-Fetch-Site,
// and an Origin that is "null" under the referrer policy no-referrer. Our pages'
// forms come through, others' do not.
func TestFormsWithoutFetchMetadata(t *testing.T) {
	v := newKommun(t, round.Confidential).arrive("2025", "chef")
	page := v.send(http.MethodGet, "/svara", "", "")
	page.Body.Close()
	if got := page.Header.Get("Referrer-Policy"); got != "same-origin" {
		t.Errorf("the referrer policy is %q", got)
	}
	for origin, want := range map[string]int{v.url: http.StatusOK, "null": http.StatusForbidden, "http://other.example": http.StatusForbidden} {
		form := url.Values{"item": {"led.strategi.plan"}, "answer": {"3"}}
		resp := v.send(http.MethodPost, "/svara/spara", "application/x-www-form-urlencoded", form.Encode(), "Origin", origin, "Accept", "application/json")
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("a form from %s is answered %d, want %d", origin, resp.StatusCode, want)
		}
	}
}

// TestAPIErrorsAreJSON, whatever the client says that it takes.
func TestAPIErrorsAreJSON(t *testing.T) {
	v := newKommun(t, round.Confidential).arrive("2025", "chef")
	resp := v.send(http.MethodGet, "/api/v1/rounds/2025/results", "", "")
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		t.Errorf("%d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
}
