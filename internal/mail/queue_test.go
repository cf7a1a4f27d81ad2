package mail

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

func TestInvitationAtOpening(t *testing.T) {
	w := newWorld(t, "anna", "bo", "utan", "slutat")
	ctx := t.Context()
	must(t, w.SetPlan(ctx, "sam", w.round(), true, nil))
	w.tend()
	w.want("before opening", nil)
	r := w.open()
	_, err := w.rounds.Leave(ctx, "sam", "2026", "slutat")
	must(t, err)
	w.tend()
	w.tend()
	w.want("at opening", map[string]int{"anna": 1, "bo": 1})
	if e := w.last("utan", Failed); e.Fault.SV != "E-postadress saknas." {
		t.Errorf("%+v", e)
	}

	l := w.server.To("anna@kommun.example")[0]
	inv, err := w.rounds.Person(ctx, "2026", "anna")
	must(t, err)
	body := strings.ReplaceAll(l.Raw, "=\r\n", "")
	if !strings.Contains(body, "https://mognad.example/e/"+w.rounds.LinkToken(inv)) || !strings.Contains(body, "m=C3=A5ndag 23 november kl. 17.00") || !strings.Contains(body, "Exempelkommun") {
		t.Errorf("the letter:\n%s", l.Raw)
	}
	if from := l.Message(t).Header.Get("From"); from != `"Exempelkommun" <mognad@kommun.example>` {
		t.Errorf("From %s", from)
	}

	w.people = append(w.people, person("sen")) // somebody who comes later
	_, err = w.rounds.Invite(ctx, "sam", r.ID, person("sen"))
	must(t, err)
	w.tend()
	w.want("invited later", map[string]int{"anna": 1, "bo": 1, "sen": 1})
}

// TestNoLinkInStore looks for a link's token in all that the queue holds.
func TestNoLinkInStore(t *testing.T) {
	w := newWorld(t, "anna", "senare")
	must(t, w.SetPlan(t.Context(), "sam", w.round(), true, nil))
	w.open()
	w.tend()
	for _, id := range []string{"anna", "senare"} {
		inv, err := w.rounds.Person(t.Context(), "2026", id)
		must(t, err)
		c, err := w.store.Card(t.Context(), queueKind, "2026/"+id)
		must(t, err)
		if body := string(c.Body); strings.Contains(body, w.rounds.LinkToken(inv)) || strings.Contains(body, inv.Email) {
			t.Errorf("%s: %s", id, body)
		}
	}
}

func TestRemindersOnlyToThoseWhoHaveNotSubmitted(t *testing.T) {
	w := newWorld(t, "anna", "bo", "cia", "slutat")
	ctx := t.Context()
	r := w.open()
	at := w.time().Add(48 * time.Hour)
	must(t, w.SetPlan(ctx, "sam", r, false, []time.Time{at}))
	w.submit("anna")
	w.pass(48*time.Hour - time.Minute)
	w.tend()
	w.want("before its time", nil)
	w.pass(time.Minute)
	must(t, w.dispatch(ctx))
	// In the queue, not yet sent: it is judged again then.
	w.submit("bo")
	_, err := w.rounds.Leave(ctx, "sam", "2026", "slutat")
	must(t, err)
	w.tend()
	w.want("the reminder", map[string]int{"cia": 1})
	w.last("bo", Dropped)
	w.last("slutat", Dropped)
	w.pass(25 * time.Hour)
	w.tend()
	w.want("later", map[string]int{"cia": 1})
	if e := fail.Is(w.Now(ctx, "sam", r, Reminder), fail.Conflict); e {
		t.Error("a reminder a day later was refused")
	}
	w.tend()
	w.want("by hand", map[string]int{"cia": 2})
	if err := w.Now(ctx, "sam", r, Reminder); !fail.Is(err, fail.Conflict) {
		t.Errorf("a second press: %v", err)
	}
	_, err = w.rounds.Close(ctx, "sam", "2026")
	must(t, err)
	if err := w.Now(ctx, "sam", w.round(), Reminder); !fail.Is(err, fail.Conflict) {
		t.Errorf("closed: %v", err)
	}
}

// TestOnceWithTwoServices lets two processes and double presses race.
func TestOnceWithTwoServices(t *testing.T) {
	var names []string
	letters := map[string]int{}
	for i := range 25 {
		names = append(names, "p"+string(rune('a'+i)))
		letters[names[i]] = 1
	}
	w := newWorld(t, names...)
	must(t, w.SetPlan(t.Context(), "sam", w.round(), true, nil))
	r := w.open()
	all := []*Service{w.Service, w.service(w.store), w.service(w.store)}
	var race sync.WaitGroup
	for _, s := range all {
		race.Go(func() {
			for range 5 {
				if err := errors.Join(s.dispatch(t.Context()), s.sendDue(t.Context())); err != nil { // without the lease: the cards must do
					t.Error(err)
				}
				_ = s.Now(t.Context(), "sam", r, Invitation)
				for _, p := range names[:3] {
					_ = s.Again(t.Context(), "sam", r, p)
				}
				if err := s.Tend(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	race.Wait()
	w.tend()
	w.want("three at once", letters)
}

func TestRetryAndGiveUp(t *testing.T) {
	w := newWorld(t, "senare", "okand", "anna")
	ctx := t.Context()
	must(t, w.SetPlan(ctx, "sam", w.round(), true, nil))
	r := w.open()
	w.tend()
	if e := w.last("okand", Failed); !strings.Contains(e.Fault.SV, "550") || e.Attempts != 1 {
		t.Errorf("%+v", e)
	}
	o, err := w.Overview(ctx, "2026")
	must(t, err)
	if o.Count(Invitation, Sent) != 1 || o.Count(Invitation, Queued) != 1 || o.Count(Invitation, Failed) != 1 || len(o.Look) != 1 || o.Look[0].Person != "okand" || !strings.Contains(o.Waits.SV, "451") {
		t.Errorf("%+v", o)
	}

	// Refused for good: sent again once the address is right.
	_, err = w.rounds.Correct(ctx, "sam", "2026", "okand", "Olle", "olle@kommun.example")
	must(t, err)
	must(t, w.Again(ctx, "sam", r, "okand"))
	w.tend()
	w.last("okand", Sent)
	if len(w.server.To("olle@kommun.example")) != 1 {
		t.Error("not sent to the new address")
	}

	// Refused for the moment: tried again with growing waits, for a day.
	start := w.time()
	for w.time().Sub(start) < 48*time.Hour {
		w.pass(10 * time.Minute)
		w.tend()
		p, _ := card.Get[Person](ctx, w.store, queueKind, "2026/senare")
		if e := p.Last(""); e.Status == Failed {
			if e.Attempts != len(retries)+1 || w.time().Sub(start) < 22*time.Hour || !strings.Contains(e.Fault.SV, "Gav upp") {
				t.Errorf("after %v: %+v", w.time().Sub(start), e)
			}
			return
		}
	}
	t.Error("it never gave up")
}

func TestServerAway(t *testing.T) {
	w := newWorld(t, "anna", "bo", "cia")
	must(t, w.SetPlan(t.Context(), "sam", w.round(), true, nil))
	w.open()
	w.server.Busy(true)
	w.tend()
	tried := 0
	for _, p := range w.people {
		tried += w.last(p.ID, Queued).Attempts
	}
	if tried != 1 {
		t.Errorf("%d attempts at a server that is away", tried)
	}
	w.server.Busy(false)
	w.tend()
	w.want("at rest", nil)
	w.pass(restTime)
	w.tend()
	w.pass(restTime)
	w.tend()
	w.want("back", map[string]int{"anna": 1, "bo": 1, "cia": 1})
}

// TestNotAgainWhenUnknown breaks the connection once the letter is handed over.
func TestNotAgainWhenUnknown(t *testing.T) {
	w := newWorld(t, "tyst")
	must(t, w.SetPlan(t.Context(), "sam", w.round(), true, nil))
	r := w.open()
	w.tend()
	w.last("tyst", Unknown)
	if err := w.Again(t.Context(), "sam", r, "tyst"); !fail.Is(err, fail.Conflict) {
		t.Errorf("again at once: %v", err)
	}
	w.pass(time.Hour)
	w.tend()
	w.want("an hour later", map[string]int{"tyst": 1})
	must(t, w.Again(t.Context(), "sam", r, "tyst"))
	w.tend()
	w.want("by hand", map[string]int{"tyst": 2})
}

// dying is a store that takes no change once it has died.
type dying struct {
	Store
	mu   sync.Mutex
	dead bool
}

var errDead = errors.New("dead")

func (d *dying) die() { d.mu.Lock(); defer d.mu.Unlock(); d.dead = true }

func (d *dying) PutCard(ctx context.Context, c card.Card) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return errDead
	}
	return d.Store.PutCard(ctx, c)
}

// TestCrashBetween lets the process die when the server has the letter and the
// store has not heard of it.
func TestCrashBetween(t *testing.T) {
	w := newWorld(t, "anna")
	must(t, w.SetPlan(t.Context(), "sam", w.round(), true, nil))
	r := w.open()
	store := &dying{Store: w.store}
	w.server.OnData(store.die)
	if err := w.service(store).Tend(t.Context()); !errors.Is(err, errDead) {
		t.Fatalf("%v", err)
	}
	w.server.OnData(nil)
	w.last("anna", Sending)
	w.tend()
	w.want("at once", map[string]int{"anna": 1})
	w.pass(sendLife)
	w.tend()
	if e := w.last("anna", Unknown); e.Fault != faultCut {
		t.Errorf("%+v", e)
	}
	w.pass(24 * time.Hour)
	w.tend()
	w.want("a day later", map[string]int{"anna": 1})
	must(t, w.Again(t.Context(), "sam", r, "anna"))
	w.tend()
	w.want("by hand", map[string]int{"anna": 2})
}

func TestReplaceLink(t *testing.T) {
	w := newWorld(t, "anna")
	ctx := t.Context()
	must(t, w.SetPlan(ctx, "sam", w.round(), true, nil))
	r := w.open()
	w.tend()
	must(t, w.Replace(ctx, "sam", r, "anna"))
	if err := w.Replace(ctx, "sam", r, "anna"); !fail.Is(err, fail.Conflict) {
		t.Errorf("twice: %v", err)
	}
	w.tend()
	inv, err := w.rounds.Person(ctx, "2026", "anna")
	must(t, err)
	letters := w.server.To("anna@kommun.example")
	if inv.Issue != 1 || len(letters) != 2 || !strings.Contains(strings.ReplaceAll(letters[1].Raw, "=\r\n", ""), "/e/"+w.rounds.LinkToken(inv)) {
		t.Errorf("issue %d, %d letters", inv.Issue, len(letters))
	}

	// Queued, and the process died before the link was replaced: no letter with
	// the old one.
	w.pass(2 * time.Hour)
	must(t, w.put(ctx, "2026", "anna", Entry{Kind: NewLink, Issue: inv.Issue + 1}))
	w.tend()
	w.last("anna", Queued)
	w.pass(linkLife)
	w.tend()
	w.last("anna", Failed)
	w.want("cut off", map[string]int{"anna": 2})
}

func TestPlanIsChecked(t *testing.T) {
	w := newWorld(t, "anna")
	at := func(text string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", text, round.Sweden)
		must(t, err)
		return v
	}
	for name, c := range map[string]struct {
		times []time.Time
		field string
	}{
		"good":         {[]time.Time{at("2026-11-10 08:00"), at("2026-11-20 08:00")}, ""},
		"none":         {nil, ""},
		"passed":       {[]time.Time{at("2026-11-03 09:59")}, "reminder-0"},
		"after":        {[]time.Time{at("2026-11-10 08:00"), at("2026-11-23 17:00")}, "reminder-1"},
		"too close":    {[]time.Time{at("2026-11-10 08:00"), at("2026-11-11 07:59")}, "reminder-1"},
		"far too many": {make([]time.Time, MaxReminders+1), ""},
	} {
		err := w.SetPlan(t.Context(), "sam", w.round(), true, c.times)
		e, _ := errors.AsType[*fail.Error](err)
		if bad := c.field != "" || name == "far too many"; bad != (e != nil) || e != nil && e.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOwnTexts(t *testing.T) {
	w := newWorld(t, "anna")
	ctx := t.Context()
	own := Template{Subject: survey.Text{SV: "Nu börjar {{omgång}}"}, Body: survey.Text{SV: "Hej {{namn}}\n{{länk}}\n{{kontakt}}"}}
	bad := own
	bad.Body.SV = "Hej"
	if err := w.SetText(ctx, "sam", "k", Invitation, &bad, card.Seal(w.defaults[Invitation])); !fail.Is(err, fail.Invalid) {
		t.Errorf("%v", err)
	}
	if err := w.SetText(ctx, "sam", "k", SignIn, &own, ""); !fail.Is(err, fail.NotFound) {
		t.Errorf("the text of sign-in letters: %v", err)
	}
	if err := w.SetText(ctx, "sam", "k", Invitation, &own, card.Seal(own)); !fail.Is(err, fail.Conflict) {
		t.Errorf("a text that was another: %v", err)
	}
	must(t, w.SetText(ctx, "sam", "k", Invitation, &own, card.Seal(w.defaults[Invitation])))
	w.config.Contact = func(context.Context, []string) (Contact, error) {
		return Contact{Name: "Eva Falk", Email: "eva@kommun.example"}, nil
	}
	must(t, w.SetPlan(ctx, "sam", w.round(), true, nil))
	w.open()
	w.tend()
	m := w.server.To("anna@kommun.example")[0]
	if !strings.Contains(m.Raw, "Eva Falk, eva@kommun.example") || m.Message(t).Header.Get("Reply-To") != "<eva@kommun.example>" || strings.Contains(m.Raw, "* * *") {
		t.Errorf("%s", m.Raw)
	}
	if err := w.SetText(ctx, "sam", "k", Invitation, nil, card.Seal(w.defaults[Invitation])); !fail.Is(err, fail.Conflict) {
		t.Errorf("the default over a text unseen: %v", err)
	}
	must(t, w.SetText(ctx, "sam", "k", Invitation, nil, card.Seal(own)))
	texts, isOwn, err := w.Texts(ctx, "k")
	if err != nil || isOwn[Invitation] || texts[Invitation] != w.defaults[Invitation] {
		t.Errorf("back to the default: %v, %v", isOwn, err)
	}
}

func TestSignInLetter(t *testing.T) {
	w := newWorld(t)
	must(t, w.SignIn(t.Context(), "eva@kommun.example", "Eva", "https://mognad.example/in/abc"))
	w.Wait()
	letters := w.server.To("eva@kommun.example")
	if len(letters) != 1 || !strings.Contains(letters[0].Raw, "https://mognad.example/in/abc") {
		t.Errorf("%d letters", len(letters))
	}
	for c, err := range w.store.Cards(t.Context(), queueKind, "") {
		t.Errorf("stored: %s, %v", c.ID, err)
	}
	if err := w.SignIn(t.Context(), "eva", "", "x"); !fail.Is(err, fail.Invalid) {
		t.Errorf("%v", err)
	}
	if err := (*Service)(nil).SignIn(t.Context(), "eva@kommun.example", "", "x"); !fail.Is(err, fail.Unavailable) {
		t.Errorf("without a server: %v", err)
	}
}

// A plan goes with its draft: the next round of that id, perhaps another
// kommun's, sends nothing that it has not asked for.
func TestPlanGoesWithTheDraft(t *testing.T) {
	w := newWorld(t, "anna")
	must(t, w.SetPlan(t.Context(), "sam", w.round(), true, []time.Time{w.now.Add(48 * time.Hour)}))
	must(t, w.rounds.Delete(t.Context(), "sam", "2026"))
	_, err := w.rounds.Create(t.Context(), "annan", round.Round{ID: "2026", OpensOn: "2026-11-02", ClosesOn: "2026-11-23"})
	must(t, err)
	w.open()
	w.tend()
	w.want("no plan", map[string]int{})
	if p, err := w.Plan(t.Context(), "2026"); err != nil || p.Invite || len(p.Dispatches) > 0 {
		t.Errorf("%+v, %v", p, err)
	}
}
