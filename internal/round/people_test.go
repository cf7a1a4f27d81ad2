package round_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
)

// wantInvited compares the round's number of those asked, and what the store
// counts of them, with what they should be.
func (w *world) wantInvited(t *testing.T, want int) {
	t.Helper()
	r, err := w.Round(t.Context(), "2026")
	if err != nil {
		t.Fatal(err)
	}
	counts, err := w.Counts(t.Context(), "2026")
	if err != nil {
		t.Fatal(err)
	}
	counted := 0
	for _, c := range counts {
		counted += c.Invited
	}
	if r.Invited != want || counted != want {
		t.Errorf("the round has %d invited and counts %d, want %d", r.Invited, counted, want)
	}
}

// published closes and publishes, and returns how many were invited, how many
// submitted and the mean, by unit.
func (w *world) published(t *testing.T) map[string]analysis.Document {
	t.Helper()
	docs := map[string]analysis.Document{"k": *w.result(t, "2026")}
	r, err := w.Round(t.Context(), "2026")
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []string{"a", "b"} {
		d, err := w.Document(t.Context(), r, unit)
		if err != nil {
			t.Fatal(err)
		}
		docs[unit] = *d
	}
	return docs
}

func wantTotal(t *testing.T, d analysis.Document, invited, submitted int, mean float64) {
	t.Helper()
	total, _ := d.Figure(analysis.TotalID)
	if d.Invited != invited || d.Submitted != submitted || total.N != submitted || total.Mean < mean-1e-9 || total.Mean > mean+1e-9 {
		t.Errorf("%s: %d of %d, mean %v of %d, want %d of %d, %v", d.Unit.ID, d.Submitted, d.Invited, total.Mean, total.N, submitted, invited, mean)
	}
}

func TestInvite(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2026")
	late := org.Person{ID: "late", Name: "Lena", Email: "lena@example.org", Unit: "a", Roles: []org.Role{org.Enhetschef}}
	inv, err := w.Invite(ctx, "sam", "2026", late)
	if err != nil || inv.Person != "late" || inv.Unit != "a" || !inv.Counts || inv.Status != round.Invited {
		t.Fatalf("%+v, %v", inv, err)
	}
	w.wantInvited(t, 13)
	if arrived, err := w.Arrive(ctx, keys.Hash(w.LinkToken(inv))); err != nil || arrived.Person != "late" || arrived.Name != "Lena" {
		t.Errorf("by the link: %+v, %v", arrived, err)
	}
	for name, c := range map[string]struct {
		person org.Person
		code   fail.Code
	}{
		"twice":          {late, fail.Conflict},
		"a unit nowhere": {org.Person{ID: "x", Unit: "x", Roles: late.Roles}, fail.Invalid},
		"asked nothing":  {org.Person{ID: "x", Unit: "a"}, fail.Invalid},
	} {
		if _, err := w.Invite(ctx, "sam", "2026", c.person); !fail.Is(err, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.wantInvited(t, 13)
	w.everybody(t, "2026", 2)
	w.answer(t, "2026", "late", 5)
	docs := w.published(t)
	wantTotal(t, docs["k"], 13, 13, (12*2+5)/13.)
	wantTotal(t, docs["a"], 7, 7, (6*2+5)/7.)
	wantTotal(t, docs["b"], 6, 6, 2)
	if _, err := w.Invite(ctx, "sam", "2026", org.Person{ID: "later", Unit: "a", Roles: late.Roles}); !fail.Is(err, fail.Conflict) {
		t.Errorf("when it is published: %v", err)
	}
	wantLogged(t, w, "sam person.invite 2026 late")
	if strings.Contains(w.logged(t), "Lena") {
		t.Error("the log has a name")
	}
}

// grow gives the unit a three more, so that both units can be shown when some
// have moved.
func (w *world) grow() {
	for _, id := range []string{"a6", "a7", "a8"} {
		w.people = append(w.people, org.Person{ID: id, Unit: "a", Roles: []org.Role{org.Enhetschef}})
	}
}

// TestMove: what has been submitted, before or after, counts in the new unit, as
// does what has been changed since; so does the person.
func TestMove(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.grow()
	w.open(t, "2026")
	move := func(person, unit string) {
		t.Helper()
		if inv, err := w.Move(ctx, "sam", "2026", person, unit); err != nil || inv.Unit != unit {
			t.Fatalf("%+v, %v", inv, err)
		}
	}
	for _, p := range w.people {
		if p.ID != "a1" && p.ID != "a2" {
			w.answer(t, "2026", p.ID, 2)
		}
	}
	before, err := w.Sheet(ctx, "2026", "a0")
	if err != nil {
		t.Fatal(err)
	}
	move("a0", "b") // has submitted
	after, err := w.Sheet(ctx, "2026", "a0")
	if err != nil || !after.Submitted || after.Day != before.Day || len(after.Entries) != len(before.Entries) {
		t.Errorf("moved, %d of %d entries, %v, %v", len(after.Entries), len(before.Entries), after.Submitted, err)
	}
	move("a1", "b") // has not begun
	w.answer(t, "2026", "a1", 5)
	cached, err := w.Invitation(ctx, "2026", "a2")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.give(ctx, cached, round.Entry{Item: "led.strategi.plan", Answer: 5}); err != nil {
		t.Fatal(err)
	}
	other := round.NewService(w.store, w.keys, func() time.Time { return w.now }) // has read nothing before
	if _, err := other.Move(ctx, "sam", "2026", "a2", "b"); err != nil {          // has begun
		t.Fatal(err)
	}
	if err := w.Submit(ctx, cached); err != nil { // as the invitation was ten seconds ago
		t.Fatal(err)
	}
	move("b0", "a")
	move("b0", "b") // and back
	move("b1", "b") // to where the person is
	if err := w.give(ctx, cached, round.Entry{Item: "led.strategi.plan", Answer: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Move(ctx, "sam", "2026", "b1", "x"); !fail.Is(err, fail.Invalid) {
		t.Errorf("to no unit: %v", err)
	}
	if _, err := w.Move(ctx, "sam", "2026", "nobody", "b"); !fail.Is(err, fail.NotFound) {
		t.Errorf("nobody: %v", err)
	}
	w.wantInvited(t, 15)
	wantLogged(t, w, "sam person.move 2026 a0 a → b", "sam person.move 2026 b0 b → a")
	move("a5", "b")
	move("a5", "a")
	if _, err := w.Close(ctx, "sam", "2026"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Move(ctx, "sam", "2026", "b1", "a"); !fail.Is(err, fail.Conflict) {
		t.Errorf("when it is closed: %v", err)
	}
	r, err := w.Publish(ctx, "sam", "2026")
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.Document(ctx, r, "b")
	if err != nil {
		t.Fatal(err)
	}
	if d.Invited != 9 || d.Submitted != 9 {
		t.Errorf("b: %d of %d, want 9 of 9", d.Submitted, d.Invited)
	}
	if f, _ := d.Figure("led.strategi.plan"); f.N != 9 || f.Mean != (7*2+5+1)/9. { // a0 and those of b gave 2
		t.Errorf("b: %+v", f)
	}
	if d, err = w.Document(ctx, r, "a"); err != nil || d.Invited != 6 || d.Submitted != 6 {
		t.Errorf("a: %d of %d, %v, want 6 of 6", d.Submitted, d.Invited, err)
	}
}

// moving is a store that moves somebody just before or just after a submission
// is stored.
type moving struct {
	store.Store
	before, after func()
}

func (m *moving) Submit(ctx context.Context, s round.Submission) (int64, error) {
	once(&m.before)
	version, err := m.Store.Submit(ctx, s)
	once(&m.after)
	return version, err
}

func once(do *func()) {
	if f := *do; f != nil {
		*do = nil
		f()
	}
}

// TestMoveWhileSubmitting: wherever the one falls in the other, the response
// counts where the invitation says.
func TestMoveWhileSubmitting(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.grow()
	w.open(t, "2026")
	m := &moving{Store: w.store}
	answering := round.NewService(m, w.keys, func() time.Time { return w.now })
	move := func(person string) func() {
		return func() {
			if _, err := w.Move(ctx, "sam", "2026", person, "b"); err != nil {
				t.Error(err)
			}
		}
	}
	for _, p := range w.people {
		if p.ID == "sam" {
			continue
		}
		inv, err := answering.Invitation(ctx, "2026", p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := answering.Save(ctx, inv, []round.Amendment{round.Entry{Item: "led.strategi.plan", Answer: 3}.Amendment()}); err != nil {
			t.Fatal(err)
		}
		switch p.ID {
		case "a0":
			m.before = move("a0")
		case "a1":
			m.after = move("a1")
		}
		if err := answering.Submit(ctx, inv); err != nil {
			t.Fatal(err)
		}
	}
	docs := w.published(t)
	if b := docs["b"]; b.Invited != 8 || b.Submitted != 8 {
		t.Errorf("b: %d of %d, want 8 of 8", b.Submitted, b.Invited)
	}
}

// TestLeave: who has left can't answer, and is asked no more unless submitted.
func TestLeave(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2026")
	for _, p := range w.people[:12] {
		if p.ID != "a0" && p.ID != "a1" && p.ID != "b5" {
			w.answer(t, "2026", p.ID, 2)
		}
	}
	begun, err := w.Invitation(ctx, "2026", "a1")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.give(ctx, begun, round.Entry{Item: "led.strategi.plan", Answer: 5}); err != nil {
		t.Fatal(err)
	}
	leave := func(person string, invited int) round.Invitation {
		t.Helper()
		inv, err := w.Leave(ctx, "sam", "2026", person)
		if err != nil || !inv.Left {
			t.Fatalf("%+v, %v", inv, err)
		}
		w.wantInvited(t, invited)
		return inv
	}
	leave("a0", 11) // has not begun
	leave("a1", 10) // has begun
	leave("a2", 10) // has submitted
	leave("a0", 10) // twice is once
	for _, person := range []string{"a0", "a1", "a2"} {
		if _, err := w.Sheet(ctx, "2026", person); !fail.Is(err, fail.Forbidden) {
			t.Errorf("the sheet of %s: %v", person, err)
		}
		inv, err := w.Invitation(ctx, "2026", person)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.give(ctx, inv, round.Entry{Item: "led.strategi.plan", Answer: 4}); !fail.Is(err, fail.Forbidden) {
			t.Errorf("%s saved: %v", person, err)
		}
	}
	if err := w.Submit(ctx, begun); !fail.Is(err, fail.Forbidden) { // as the invitation was before
		t.Errorf("submitted: %v", err)
	}
	leave("b5", 9)
	if inv, err := w.Return(ctx, "sam", "2026", "b5"); err != nil || inv.Left || !inv.Counts {
		t.Errorf("%+v, %v", inv, err)
	}
	w.wantInvited(t, 10)
	w.answer(t, "2026", "b5", 2)
	leave("b4", 10)
	if inv, err := w.Return(ctx, "sam", "2026", "b4"); err != nil || inv.Left || !inv.Counts || inv.Status != round.Submitted {
		t.Errorf("%+v, %v", inv, err)
	}
	leave("b3", 10)
	again := org.Person{ID: "b3", Unit: "a", Roles: []org.Role{org.Enhetschef}} // comes back to another unit, having submitted
	if inv, err := w.Invite(ctx, "sam", "2026", again); err != nil || inv.Left || inv.Unit != "a" || inv.Status != round.Submitted {
		t.Errorf("%+v, %v", inv, err)
	}
	w.wantInvited(t, 10)
	wantLogged(t, w, "sam person.leave 2026 a0", "sam person.return 2026 b5", "sam person.invite 2026 b3")
	docs := w.published(t)
	wantTotal(t, docs["k"], 10, 10, 2)
	wantTotal(t, docs["a"], 5, 5, 2) // a2 to a5, and b3
	wantTotal(t, docs["b"], 5, 5, 2)
}

// TestReplaceLink: the new link works and the old one does not, also for one who
// leaves and is invited again.
func TestReplaceLink(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2026")
	first, err := w.Invitation(ctx, "2026", "a0")
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.ReplaceLink(ctx, "sam", "2026", "a0")
	if err != nil || second.Issue != 1 {
		t.Fatalf("%+v, %v", second, err)
	}
	check := func(works, not round.Invitation) {
		t.Helper()
		if inv, err := w.Arrive(ctx, keys.Hash(w.LinkToken(works))); err != nil || inv.Person != "a0" {
			t.Errorf("the new link: %+v, %v", inv, err)
		}
		if _, err := w.Arrive(ctx, keys.Hash(w.LinkToken(not))); !fail.Is(err, fail.NotFound) {
			t.Errorf("the old link: %v", err)
		}
	}
	check(second, first)
	if _, err := w.Leave(ctx, "sam", "2026", "a0"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Invite(ctx, "sam", "2026", w.people[0]); err != nil {
		t.Fatal(err)
	}
	check(second, first)
	third, err := w.ReplaceLink(ctx, "sam", "2026", "a0")
	if err != nil || third.Issue != 2 {
		t.Fatalf("%+v, %v", third, err)
	}
	check(third, second)
	if _, err := w.Correct(ctx, "sam", "2026", "a0", "Nya Namnet", "ny@example.org"); err != nil {
		t.Fatal(err)
	}
	check(third, second)
	if inv, err := w.Person(ctx, "2026", "a0"); err != nil || inv.Name != "Nya Namnet" || inv.Email != "ny@example.org" {
		t.Errorf("%+v, %v", inv, err)
	}
	w.wantInvited(t, 12)
	wantLogged(t, w, "sam link.replace 2026 a0", "sam person.correct 2026 a0")
}

// TestPeopleAtOnce: of two who change a person at once neither loses what the
// other did, and a link that was replaced stays so.
func TestPeopleAtOnce(t *testing.T) {
	w := newWorld(t)
	w.open(t, "2026")
	done := make(chan error)
	const times = 8
	for i := range 2 * times {
		go func() {
			var err error
			if i%2 == 0 {
				_, err = w.ReplaceLink(context.Background(), "sam", "2026", "a0")
			} else {
				_, err = w.Correct(context.Background(), "sam", "2026", "a0", "Ny", "ny@example.org")
			}
			done <- err
		}()
	}
	for range 2 * times {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if inv, err := w.Person(t.Context(), "2026", "a0"); err != nil || inv.Issue != times || inv.Name != "Ny" {
		t.Errorf("%+v, %v", inv, err)
	}
}
