package demo

import (
	"testing"

	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/surveys"
)

// TestRegister: every id is one entry's, and every fact that the story lets count
// above what an unverified one does has evidence for it that is decided.
func TestRegister(t *testing.T) {
	set, err := survey.LoadDir(surveys.FS)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := Register(set)
	if err != nil {
		t.Fatal(err)
	}
	ids, decided, kinds := map[string]bool{}, map[string]bool{}, map[register.Kind]int{}
	for _, e := range entries {
		if ids[e.ID] || e.ID == "" {
			t.Errorf("id %q twice or missing", e.ID)
		}
		ids[e.ID] = true
		kinds[e.Kind]++
		for _, item := range e.Supports {
			if v := e.Evidence(); v.Status == audit.StatusDecided && v.Adopted > "2022" {
				decided[item] = true
			}
		}
	}
	for _, k := range register.Kinds {
		if kinds[k] == 0 {
			t.Errorf("no entry of %s", k)
		}
	}
	for item := range facts {
		if !decided[item] {
			t.Errorf("nothing decided supports %s", item)
		}
	}
}
