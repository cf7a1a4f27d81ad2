package web

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/round"
)

// TestMetricsTellRoutes finds requests counted by route, and neither a token,
// nor a made-up address or method in any label.
func TestMetricsTellRoutes(t *testing.T) {
	k := newKommun(t, round.Confidential)
	v := k.arrive("2025", "chef")
	inv, err := k.store.Invitation(t.Context(), "2025", "chef")
	check(t, err)
	v.get("/hittepå/" + k.rounds.LinkToken(inv))
	v.send("BREW", "/svara", "", "").Body.Close()
	resp := v.send(http.MethodGet, "/metrics", "", "")
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	check(t, err)
	text := string(body)
	for _, want := range []string{
		`mognad_http_requests_total{method="GET",route="/e/:token",status="303"} 1`,
		`mognad_http_requests_total{method="GET",route="/svara",status="200"} 1`,
		`mognad_http_requests_total{method="other",route="none",status="404"} 2`,
		`mognad_http_request_seconds_count{route="/svara"} 1`, "process_resident_memory_bytes",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s", want)
		}
	}
	for _, not := range []string{k.rounds.LinkToken(inv), "hittep", "BREW", "chef"} {
		if strings.Contains(text, not) {
			t.Errorf("a label tells %q", not)
		}
	}
}
