package mail

import (
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/action"
)

// ownerOf takes up an action whose owner is to be reminded.
func (w *world) ownerOf(email string) action.Action {
	w.t.Helper()
	a, err := w.actions.Create(w.t.Context(), "sam", action.Action{Unit: "k", Round: "2026", Title: "Mät <nyttan>", What: "Mät.", Owner: "avdelningschef", Email: email,
		Start: "2026-11-03", Due: "2026-12-18", Status: action.Underway, Items: []action.Item{{ID: "a", Expected: 3}}}, func(string) bool { return true })
	must(w.t, err)
	return a
}

// The owner of an action gets one letter a week before its last day and one when
// that has passed, however often it is looked at and by however many processes.
func TestOwnersAreReminded(t *testing.T) {
	w := newWorld(t, "anna")
	w.open()
	a := w.ownerOf("chef@kommun.example")
	w.ownerOf("")
	other := w.service(w.store)
	sent := func(at string, want int) {
		t.Helper()
		day, err := time.Parse(time.RFC3339, at)
		must(t, err)
		w.pass(day.Sub(w.time()))
		for range 2 {
			w.tend()
			must(t, other.Tend(t.Context()))
		}
		if got := len(w.server.To("chef@kommun.example")); got != want {
			t.Fatalf("%s: %d letters, want %d", at, got, want)
		}
	}
	sent("2026-12-11T07:59:00+01:00", 0)
	sent("2026-12-11T08:00:00+01:00", 1)
	sent("2026-12-19T07:59:00+01:00", 1)
	sent("2026-12-19T08:00:00+01:00", 2)
	sent("2027-06-01T08:00:00+02:00", 2)
	for i, want := range []string{"fredag 18 december", "inte som klar"} {
		l := w.server.To("chef@kommun.example")[i]
		body := strings.ReplaceAll(l.Raw, "=\r\n", "")
		if !strings.Contains(body, "https://mognad.example/atgarder/"+a.ID) || !strings.Contains(body, want) || !strings.Contains(body, "M=C3=A4t &lt;nyttan&gt;") || strings.Contains(body, "{{") {
			t.Errorf("letter %d:\n%s", i, body)
		}
	}
	if all := len(w.server.Letters()); all != 2 {
		t.Errorf("%d letters in all", all)
	}
}

// A server that does not take a reminder gets it again later; an owner whose action
// is done meanwhile is told no more.
func TestOwnersReminderThatFails(t *testing.T) {
	w := newWorld(t, "anna")
	w.open()
	a := w.ownerOf("chef@kommun.example")
	w.pass(39 * 24 * time.Hour)
	w.server.Busy(true)
	w.tend()
	w.server.Busy(false)
	w.pass(ownerWait - time.Second)
	w.tend()
	if got := len(w.server.To("chef@kommun.example")); got != 0 {
		t.Fatalf("%d letters at once", got)
	}
	w.pass(time.Second)
	w.tend()
	if got := len(w.server.To("chef@kommun.example")); got != 1 {
		t.Fatalf("%d letters later", got)
	}
	_, err := w.actions.Follow(t.Context(), "sam", a.ID, 1, action.Done, "")
	must(t, err)
	w.pass(30 * 24 * time.Hour)
	w.tend()
	if got := len(w.server.To("chef@kommun.example")); got != 1 {
		t.Fatalf("%d letters once it is done", got)
	}
}

// How it went with the last reminder is kept, until the address is another: what
// the server did not take is sent there, and nobody is told twice.
func TestOwnersReminderIsFollowed(t *testing.T) {
	w := newWorld(t, "anna")
	w.open()
	a := w.ownerOf("okand@kommun.example")
	letter := func() action.Letter {
		t.Helper()
		now, err := w.actions.Action(t.Context(), a.ID)
		must(t, err)
		if now.Letter == nil {
			return action.Letter{}
		}
		return *now.Letter
	}
	w.pass(39 * 24 * time.Hour)
	w.server.Busy(true)
	w.tend()
	if l := letter(); !l.Again || l.Fault != faultAway {
		t.Errorf("a server that is away: %+v", l)
	}
	w.server.Busy(false)
	w.pass(ownerWait)
	w.tend()
	if l := letter(); l.Again || !strings.Contains(l.Fault.SV, "Adressen finns inte") || l.Reminder != "soon 2026-12-18" {
		t.Errorf("an address that there is not: %+v", l)
	}
	change := func(seen int, email string) {
		t.Helper()
		a.Email = email
		_, err := w.actions.Change(t.Context(), "sam", a.ID, seen, a, func(string) bool { return true })
		must(t, err)
		if l := letter(); l != (action.Letter{}) {
			t.Errorf("a new address: %+v", l)
		}
		w.tend()
	}
	change(1, "chef@kommun.example")
	if got := len(w.server.To("chef@kommun.example")); got != 1 {
		t.Errorf("%d letters to the right address", got)
	}
	if l := letter(); l.Fault.SV != "" || l.Day != "2026-12-12" {
		t.Errorf("sent: %+v", l)
	}
	change(2, "annan@kommun.example")
	if got := len(w.server.To("annan@kommun.example")); got != 0 {
		t.Errorf("%d letters to the next owner of what the first was told", got)
	}
}
