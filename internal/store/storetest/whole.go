package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/round"
)

// testEveryResponse stores responses as they are, in a round that is closed, and
// reads them all, submitted or not.
func testEveryResponse(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	letAnswer(t, s, "2026", invite("p", "u"))
	ok(t, setState(ctx, s, "2026", round.Closed))
	want := []round.Response{
		{Round: "2026", Respondent: "a", Version: 7, Submitted: true, Day: "2026-11-03", Record: []byte("record")},
		{Round: "2026", Respondent: "b", Version: 2, Day: "2026-11-04", Items: items("led.x/answer", "1", "led.x/comment", "")},
		{Round: "2026", Respondent: "c", Version: 3, Submitted: true, Day: "2026-11-05", Record: []byte("r"), Items: items("led.y/answer", "2")},
	}
	ok(t, s.PutResponses(ctx, slices.Values([]round.Response{{Round: "2026", Respondent: "b", Version: 1, Items: items("old", "1")}})))
	for range 2 { // twice the same is once
		ok(t, s.PutResponses(ctx, slices.Values(want)))
	}
	got := all(t, s.EveryResponse(ctx, "2026"))
	if len(got) != len(want) {
		t.Fatalf("%d responses, want %d", len(got), len(want))
	}
	for i, v := range want {
		g := got[i]
		if g.Respondent != v.Respondent || g.Version != v.Version || g.Submitted != v.Submitted || g.Day != v.Day || string(g.Record) != string(v.Record) {
			t.Errorf("got %+v, want %+v", g, v)
		}
		wantItems(t, v.Respondent, g.Items, v.Items)
	}
	if submitted := all(t, s.Responses(ctx, "2026")); len(submitted) != 2 || submitted[1].Respondent != "c" {
		t.Errorf("submitted: %+v", submitted)
	}
	ok(t, setState(ctx, s, "2026", round.Open))
	if version, err := s.SaveItems(ctx, save("2026", "b", "p", items("led.z/answer", "3"))); err != nil || version != 3 {
		t.Errorf("a save after: version %d, %v", version, err)
	}
}

// testStatusGiven: somebody new is invited with the status given, and one who is
// there keeps what has become of the invitation.
func testStatusGiven(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	started := invite("p", "u")
	started.Status = round.Started
	letAnswer(t, s, "2026", started)
	again := invite("p", "u2")
	again.Status = round.Invited
	ok(t, s.PutInvitations(ctx, "2026", slices.Values([]round.Invitation{again, {Person: "q", Unit: "u", Link: []byte("q")}})))
	for person, want := range map[string]round.Status{"p": round.Started, "q": round.Invited} {
		if inv, err := s.Invitation(ctx, "2026", person); err != nil || inv.Status != want {
			t.Errorf("%s: %s, %v, want %s", person, inv.Status, err, want)
		}
	}
}

func testAllSessions(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	until := time.Now().Add(time.Hour).Truncate(time.Second)
	ok(t, s.PutSession(ctx, access.Session{Hash: []byte("b"), Account: "a", Until: until}))
	ok(t, s.PutSession(ctx, access.Session{Hash: []byte("a"), Round: "2026", Person: "p", Until: until}))
	ok(t, s.PutSession(ctx, access.Session{Hash: []byte("c"), Account: "a", Until: time.Now().Add(-time.Minute)}))
	got := all(t, s.Sessions(ctx))
	slices.SortFunc(got, func(a, b access.Session) int { return slices.Compare(a.Hash, b.Hash) })
	if len(got) != 2 || got[0].Person != "p" || got[0].Round != "2026" || got[1].Account != "a" || !got[0].Until.Equal(until) {
		t.Errorf("got %+v", got)
	}
}

func testAllSettings(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	for _, set := range [][2]string{{"a.b", "1"}, {"c", ""}, {"a.b", "2"}} {
		ok(t, s.SetSetting(ctx, set[0], set[1]))
	}
	got, err := s.Settings(ctx)
	ok(t, err)
	if v, there := got["c"]; len(got) != 2 || got["a.b"] != "2" || v != "" || !there {
		t.Errorf("got %v", got)
	}
}
