package round_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// TestManyLateChanges: of many changes at once, through several processes, the
// number of those asked is what the invitations say.
func TestManyLateChanges(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2026")
	var running sync.WaitGroup
	for i := range 6 {
		service := round.NewService(w.store, w.keys, func() time.Time { return w.now })
		running.Go(func() {
			mine := string(rune('0' + i))
			_, err1 := service.Leave(ctx, "sam", "2026", "a"+mine)
			_, err2 := service.Leave(ctx, "sam", "2026", "b0") // all at once
			_, err3 := service.Invite(ctx, "sam", "2026", org.Person{ID: "new" + mine, Unit: "b", Roles: []org.Role{org.Enhetschef}})
			_, err4 := service.Forget(ctx, "b"+mine, func(round.Round) bool { return i > 3 })
			if err := errors.Join(err1, err2, err3, err4); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	w.wantInvited(t, 12-6-1+6-2)
}

// TestForget: a person is gone from the rounds that are said, and what was
// published stays as it is.
func TestForget(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2025")
	w.everybody(t, "2025", 4)
	w.result(t, "2025")
	w.open(t, "2026")
	w.everybody(t, "2026", 2)
	everywhere := func(round.Round) bool { return true }
	if rounds, err := w.Forget(ctx, "a0", func(r round.Round) bool { return r.ID == "2026" }); err != nil || !slices.Equal(rounds, []string{"2026"}) {
		t.Errorf("forgotten in %v, %v", rounds, err)
	}
	w.wantInvited(t, 11)
	if _, err := w.Invitation(ctx, "2026", "a0"); !fail.Is(err, fail.NotFound) {
		t.Errorf("an invitation is there: %v", err)
	}
	if _, err := w.Person(ctx, "2025", "a0"); err != nil {
		t.Errorf("in the other round: %v", err)
	}
	if rounds, err := w.Forget(ctx, "a0", everywhere); err != nil || !slices.Equal(rounds, []string{"2025"}) {
		t.Errorf("forgotten in %v, %v", rounds, err)
	}
	if rounds, err := w.Forget(ctx, "a0", everywhere); err != nil || len(rounds) != 0 {
		t.Errorf("forgotten twice in %v, %v", rounds, err)
	}
	for _, id := range []string{"2025", "2026"} {
		if _, err := w.store.Response(ctx, id, w.keys.Respondent(id, "a0")); !fail.Is(err, fail.NotFound) {
			t.Errorf("answers in %s: %v", id, err)
		}
	}
	docs := w.published(t)
	wantTotal(t, docs["k"], 11, 11, 2)
	published, err := w.Round(ctx, "2025")
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.Document(ctx, published, "k")
	if err != nil || published.Invited != 12 {
		t.Fatalf("%+v, %v", published, err)
	}
	wantTotal(t, *d, 12, 12, 4)
}

// TestRetire forgets who answered what in rounds that were published long ago;
// results stay, and what is compared with them.
func TestRetire(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2025")
	w.everybody(t, "2025", 4)
	w.result(t, "2025")
	at := w.now
	if retired, err := w.Retire(ctx, at); err != nil || len(retired) != 0 {
		t.Errorf("before its time: %v, %v", retired, err)
	}
	w.now = at.Add(24 * time.Hour)
	w.open(t, "2026")
	w.everybody(t, "2026", 2)
	retired, err := w.Retire(ctx, at.Add(time.Second))
	if err != nil || len(retired) != 1 || retired[0].ID != "2025" || !retired[0].Forgotten {
		t.Fatalf("%+v, %v", retired, err)
	}
	if again, err := w.Retire(ctx, at.Add(time.Second)); err != nil || len(again) != 0 {
		t.Errorf("twice: %v, %v", again, err)
	}
	for v, err := range w.store.Invitations(ctx, "2025") {
		t.Errorf("%+v is there, %v", v, err)
	}
	for v, err := range w.store.EveryResponse(ctx, "2025") {
		t.Errorf("%s is there, %v", v.Respondent, err)
	}
	if sheet, err := w.Sheet(ctx, "2026", "a1"); err != nil || len(sheet.Before) != 0 || sheet.Entry("led.strategi.plan").Answer != survey.Answer(2) {
		t.Errorf("in the round that goes on: %v", err)
	}
	if d := w.result(t, "2026"); d.Previous == nil {
		t.Error("nothing is compared with the round before")
	} else if c, ok := d.Previous.Change(analysis.TotalID); !ok || c.Delta != -2 {
		t.Errorf("change %+v", c)
	}
	old, err := w.Round(ctx, "2025")
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.Document(ctx, old, "a")
	if err != nil {
		t.Fatal(err)
	}
	wantTotal(t, *d, 6, 6, 4)
	wantLogged(t, w, "system round.retire 2025")
}
