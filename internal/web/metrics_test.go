package web

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/round"
)

func metricsOf(t *testing.T, v visitor) string {
	t.Helper()
	return bodyOf(t, v.send(http.MethodGet, "/metrics", "", ""))
}

// valueOf returns a series' value; 0 where there is none.
func valueOf(text, series string) int {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			n, _ := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return int(n)
		}
	}
	return 0
}

// TestMetricsTellRoutes finds requests counted by route, and neither a token,
// nor a made-up address or method in any label.
func TestMetricsTellRoutes(t *testing.T) {
	k := newKommun(t, round.Confidential)
	v := k.arrive("2025", "chef")
	inv, err := k.store.Invitation(t.Context(), "2025", "chef")
	check(t, err)
	before := metricsOf(t, v)
	k.arrive("2025", "chef")
	v.get("/hittepå/" + k.rounds.LinkToken(inv))
	v.send("BREW", "/svara", "", "").Body.Close()
	v.save(`{"item":"led.strategi.plan","answer":"2"}`)
	v.save(`{"item":"led.strategi.plan","answer":"9"}`) // judged before the store is asked
	text := metricsOf(t, v)
	for series, more := range map[string]int{
		`mognad_http_requests_total{method="GET",route="/e/:token",status="303"}`:     1,
		`mognad_http_requests_total{method="GET",route="/svara",status="200"}`:        1,
		`mognad_http_requests_total{method="other",route="none",status="404"}`:        2,
		`mognad_http_request_seconds_count{route="/svara"}`:                           1,
		`mognad_http_requests_total{method="POST",route="/svara/spara",status="200"}`: 1,
		`mognad_saves_total{kind="save",outcome="stored"}`:                            1,
	} {
		if got := valueOf(text, series) - valueOf(before, series); got != more {
			t.Errorf("%s is %d more, want %d", series, got, more)
		}
	}
	for _, series := range []string{`mognad_store_seconds_count{operation="commit"}`, `mognad_store_seconds_count{operation="read"}`, "process_resident_memory_bytes"} {
		if valueOf(text, series) == 0 {
			t.Errorf("%s is nothing", series)
		}
	}
	if !strings.Contains(text, "mognad_analysis_seconds_count") {
		t.Error("no time of analyses")
	}
	for _, not := range []string{k.rounds.LinkToken(inv), "hittep", "BREW", "chef"} {
		if strings.Contains(text, not) {
			t.Errorf("a label tells %q", not)
		}
	}
}
