package training_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/training"
	"github.com/mognad/mognad/surveys"
)

func shipped(t *testing.T) *survey.Set {
	t.Helper()
	set, err := survey.LoadDir(surveys.FS)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// Every competence area can be worked at from the lowest level up to what is
// required of somebody.
func TestShippedCatalogueReachesRequirements(t *testing.T) {
	set := shipped(t)
	c, err := training.Load(surveys.FS, set)
	if err != nil {
		t.Fatal(err)
	}
	reached := map[string]int{}
	for level := 1; level <= survey.Levels; level++ {
		for _, a := range c.Activities {
			if reached[a.Area] == 0 {
				reached[a.Area] = 1
			}
			if a.From <= level && reached[a.Area] >= a.From {
				reached[a.Area] = max(reached[a.Area], a.To)
			}
		}
	}
	for _, it := range set.Items {
		highest := 0
		for _, n := range it.Required {
			highest = max(highest, n)
		}
		if reached[it.ID] < highest {
			t.Errorf("%s: activities lead to level %d, level %d is required", it.ID, reached[it.ID], highest)
		}
	}
}

const good = `insatser:
  - id: a
    area: kom.leda.mojligheter
    from: 1
    to: 2
    title: {sv: S, en: E}
    audience: [enhetschef]
    hours: 2
    seats: 10
    cost_per_session: 0
`

// more is so many activities of one area.
func more(n int) (out string) {
	for i := range n - 1 {
		out += strings.Replace(strings.TrimPrefix(good, "insatser:\n"), "id: a", fmt.Sprint("id: a", i), 1)
	}
	return out
}

func TestLoadFaults(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"valid", "", "", ""},
		{"unknown area", "kom.leda.mojligheter", "kom.leda.nej", "3:11: unknown competence area “kom.leda.nej”"},
		{"no competence area", "kom.leda.mojligheter", "led.strategi.plan", "3:11: “led.strategi.plan” is no competence area"},
		{"level 0", "from: 1", "from: 0", "4:11: level 0 must be 1–5"},
		{"level 6", "to: 2", "to: 6", "5:9: level 6 must be 1–5"},
		{"downwards", "from: 1", "from: 2", "5:9: the level after (2) must be higher than the one before (2)"},
		{"missing language", ", en: E", "", "6:12: “en” is missing"},
		{"unknown role", "enhetschef", "rektor", "7:16: unknown role “rektor”"},
		{"no hours", "hours: 2", "hours: 0", "8:12: the hours must be a number above 0"},
		{"no seats", "seats: 10", "seats: 0", "9:12: the seats must be a whole number from 1"},
		{"half a seat", "seats: 10", "seats: 1.5", "9:12: expected a whole number"},
		{"negative cost", "session: 0", "session: -1", "10:23: the cost must be a number from 0"},
		{"cost beyond reason", "session: 0", "session: 10000001", "10:23: the cost must be a number from 0"},
		{"too many in an area", good, good + more(7), "57:11: the area has more than 6 activities"},
		{"cost left out", "    cost_per_session: 0\n", "", "2:5: “cost_per_session” is missing"},
		{"same id twice", good, good + strings.TrimPrefix(good, "insatser:\n"), "11:9: id “a” is used twice"},
		{"unknown key", "seats: 10", "places: 10", "9:5: unknown key “places”"},
	}
	set := shipped(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := strings.Replace(good, tt.old, tt.new, 1)
			_, err := training.Load(fstest.MapFS{survey.TrainingFile: {Data: []byte(src)}}, set)
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), survey.TrainingFile+":"+tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(good))
	set, err := survey.LoadDir(surveys.FS)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		c, err := training.Load(fstest.MapFS{survey.TrainingFile: {Data: src}}, set)
		if (c == nil) != (err != nil) {
			t.Errorf("catalogue %v beside error %v", c, err)
		}
		if err != nil {
			return
		}
		ids := map[string]bool{}
		for _, a := range c.Activities { // what there is to reckon with
			if ids[a.ID] || a.From < 1 || a.From >= a.To || a.To > survey.Levels || a.Seats < 1 || !(a.Hours > 0) || !(a.Cost >= 0) {
				t.Errorf("%+v", a)
			}
			ids[a.ID] = true
		}
	})
}
