package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/recommend"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/surveys"
)

// An action belongs where its unit lies now, whatever round is looked at: a manager
// of the part that it has left reads nothing of it.
func TestActionsOfAMovedUnit(t *testing.T) {
	r := newEmpty(t)
	var err error
	r.config.Recommendations, err = recommend.Load(surveys.FS, r.set)
	check(t, err)
	moved := slices.Clone(organisation)
	for i := range moved {
		if moved[i].id == "hem" {
			moved[i].parent = "skola"
		}
	}
	r.publishOf(t, round.Round{ID: "2024"}, r.set, organisation, 0, nil)
	r.publishOf(t, round.Round{ID: "2025"}, r.set, moved, 1, nil)
	form := goodAction("hem", "led.strategi.plan")
	form.Set("round", "2025")
	form.Set("title", "Bara för skolan")
	at := r.took(t, r.signIn(t, access.Grant{Role: access.Ledning, Unit: "kommun"}), form)
	before, now := r.signIn(t, access.Grant{Role: access.Chef, Unit: "omsorg"}), r.signIn(t, access.Grant{Role: access.Chef, Unit: "skola"})
	if status, _ := r.get(at, "sv", before); status != http.StatusForbidden {
		t.Errorf("the former chief opens it: %d", status)
	}
	for _, path := range []string{"/atgarder?omgang=2024&enhet=omsorg", "/atgarder?omgang=2025&enhet=omsorg", "/atgarder?omgang=2024&enhet=hem", "/resultat/hem/rapport?omgang=2024", "/resultat/omsorg/rapport?omgang=2024"} {
		if _, body := r.get(path, "sv", before); strings.Contains(body, "Bara för skolan") {
			t.Errorf("%s tells the former chief of it", path)
		}
	}
	if _, body := r.get("/atgarder?enhet=skola", "sv", now); !strings.Contains(body, "Bara för skolan") {
		t.Error("its chief does not see it")
	}
}

// A unit that followed several is none of them: neither a plan nor an action of one
// is followed up in it.
func TestNothingIsFollowedIntoAMergedUnit(t *testing.T) {
	r := newEmpty(t)
	var err error
	r.config.Recommendations, err = recommend.Load(surveys.FS, r.set)
	check(t, err)
	var merged []group
	for _, g := range organisation {
		if g.id == "boende" {
			continue
		}
		if g.id == "hem" {
			g.id, g.name, g.invited, g.answered = "ny", "Nya enheten", 24, [2]int{20, 20}
		}
		merged = append(merged, g)
	}
	large := slices.Clone(organisation)
	for i := range large {
		if large[i].id == "hem" {
			large[i].invited, large[i].answered = 16, [2]int{14, 14}
		}
	}
	r.publishOf(t, round.Round{ID: "2024"}, r.set, large, 0, nil)
	r.publishOf(t, round.Round{ID: "2025", Successors: map[string]string{"hem": "ny", "boende": "ny"}}, r.set, merged, 1, nil)
	hr := r.signIn(t, planner)
	if body := r.page(t, r.save(t, hr, "hem", "Plan"), "sv", hr); strings.Contains(body, "Vad blev det av gapen 2025?") {
		t.Error("a plan is followed up in what its unit was merged into")
	}
}

// A plan is followed up for those who may see its unit where it lies now.
func TestPlanOfAMovedUnit(t *testing.T) {
	r := newEmpty(t)
	large := slices.Clone(organisation)
	at := slices.IndexFunc(large, func(g group) bool { return g.id == "hem" })
	large[at].invited, large[at].answered = 16, [2]int{14, 14}
	moved := slices.Clone(large)
	moved[at].parent = "skola"
	r.publishOf(t, round.Round{ID: "2024"}, r.set, large, 0, nil)
	r.publishOf(t, round.Round{ID: "2025"}, r.set, moved, 1, nil)
	hr := r.signIn(t, planner)
	plan := r.save(t, hr, "hem", "Plan")
	if body := r.page(t, plan, "sv", hr); !strings.Contains(body, "Vad blev det av gapen 2025?") {
		t.Error("the plan is not followed up")
	}
	if body := r.page(t, plan, "sv", r.signIn(t, access.Grant{Role: access.HR, Unit: "omsorg"})); strings.Contains(body, "Vad blev det av gapen 2025?") {
		t.Error("HR of the part that the unit has left reads what was measured there since")
	}
}
