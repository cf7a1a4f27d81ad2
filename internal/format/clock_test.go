package format

import "testing"

func TestClock(t *testing.T) {
	for lang, want := range map[string]string{"sv": "17.00", "en": "17:00"} {
		if got := Clock("17:00", lang); got != want {
			t.Errorf("%s: %s", lang, got)
		}
	}
}
