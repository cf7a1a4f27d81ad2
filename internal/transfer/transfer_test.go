package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/demo"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
	"github.com/mognad/mognad/internal/transfer"
	"github.com/mognad/mognad/surveys"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func empty(t *testing.T) store.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	check(t, err)
	t.Cleanup(func() { check(t, s.Close()) })
	return s
}

const day = 24 * time.Hour

// installation is the demo, with somebody signed in, somebody who has left, cards
// and tallies.
func installation(t *testing.T) store.Store {
	t.Helper()
	set, err := survey.LoadDir(surveys.FS)
	check(t, err)
	s, ring := empty(t), keys.New()
	check(t, demo.Build(t.Context(), s, ring, set, time.Now()))
	check(t, s.SetSetting(t.Context(), transfer.KeysSetting, ring.Fingerprint()))
	check(t, s.PutAccount(t.Context(), access.Account{ID: "eva", Name: "Eva", Grants: []access.Grant{{Role: access.HR, Unit: demo.Root}},
		Link: []byte("hash"), LinkUntil: time.Now().Add(time.Hour), LinkAgain: true}))
	for _, hash := range []string{"a", "b"} {
		check(t, s.PutSession(t.Context(), access.Session{Hash: []byte(hash), Account: "eva", Until: time.Now().Add(day), Ends: time.Now().Add(2 * day)}))
	}
	for v, err := range s.Invitations(t.Context(), demo.Open) {
		check(t, err)
		v.Left = true
		check(t, s.PutInvitations(t.Context(), demo.Open, single(v)))
		break
	}
	check(t, s.PutCards(t.Context(), func(yield func(card.Card) bool) {
		for i := range 500 { // more than a page
			if !yield(card.Card{Kind: "letter", ID: fmt.Sprint(demo.Open, "/", i), Version: int64(1 + i%5), Due: time.UnixMilli(int64(i - 1000)), Body: []byte("1")}) {
				return
			}
		}
	}))
	check(t, s.PutCard(t.Context(), card.Card{Kind: "text", ID: "welcome", Body: []byte(`"Hej"`)}))
	for range 3 {
		_, err := s.Tally(t.Context(), "test/day", 365*day)
		check(t, err)
	}
	return s
}

func TestCopy(t *testing.T) {
	from, to := installation(t), empty(t)
	digest, err := transfer.Copy(t.Context(), from, to)
	check(t, err)
	for _, p := range digest {
		if p.Count == 0 {
			t.Errorf("the installation has no %s: that it is copied is not tested", p.Kind)
		}
	}
	check(t, transfer.Whole(t.Context(), to))
	wantCopied(t, from, to)
	back := empty(t)
	again, err := transfer.Copy(t.Context(), to, back)
	check(t, err)
	if d := digest.Differences(again); len(d) > 0 {
		t.Errorf("a copy of the copy differs in %v", d)
	}
	if _, err := transfer.Copy(t.Context(), from, to); err == nil || !strings.Contains(err.Error(), "holds an installation") {
		t.Errorf("copied over an installation: %v", err)
	}
	if _, err := transfer.Copy(t.Context(), empty(t), empty(t)); err == nil || !strings.Contains(err.Error(), "no installation") {
		t.Errorf("copied nothing: %v", err)
	}
}

// wantCopied compares in its own way what the digest could leave out.
func wantCopied(t *testing.T, from, to store.Store) {
	t.Helper()
	read := func(s store.Store) string {
		var b strings.Builder
		for c, err := range s.Cards(t.Context(), "", "") {
			check(t, err)
			fmt.Fprintln(&b, c.Kind, c.ID, c.Version, c.Due.UnixMilli(), string(c.Body))
		}
		for v, err := range s.Tallies(t.Context(), "") {
			check(t, err)
			fmt.Fprintln(&b, v.Name, v.N, v.Until.UnixMilli())
		}
		for v, err := range s.Sessions(t.Context()) {
			check(t, err)
			fmt.Fprintln(&b, string(v.Hash), v.Until.Unix(), v.Ends.Unix())
		}
		for v, err := range s.Invitations(t.Context(), demo.Open) {
			check(t, err)
			fmt.Fprintln(&b, v.Person, v.Left)
		}
		for e, err := range s.Log(t.Context()) {
			check(t, err)
			fmt.Fprintln(&b, e.Number, e.Seal)
		}
		return b.String()
	}
	was, is := read(from), read(to)
	if was != is {
		t.Errorf("copied %d bytes of cards, tallies, sessions, people and log as %d others", len(was), len(is))
	}
	for _, part := range []string{"letter 2026/499 5", " true\n", "test/day 3 "} {
		if !strings.Contains(was, part) {
			t.Errorf("the installation has no %q: that it is copied is not tested", part)
		}
	}
}

// slow is a store that takes its time.
type slow struct {
	store.Store
	wait time.Duration
}

func (s slow) Sessions(ctx context.Context) iter.Seq2[access.Session, error] {
	time.Sleep(s.wait)
	return s.Store.Sessions(ctx)
}

// TestCopyOfWhatRunsOut copies what runs out when it has been read in the source,
// and not yet in the target.
func TestCopyOfWhatRunsOut(t *testing.T) {
	from, to := installation(t), slow{empty(t), 3 * time.Second}
	check(t, from.PutSession(t.Context(), access.Session{Hash: []byte("short"), Account: "eva", Until: time.Now().Add(3 * time.Second)}))
	_, err := from.Tally(t.Context(), "short", 3*time.Second)
	check(t, err)
	_, err = transfer.Copy(t.Context(), from, to)
	check(t, err)
}

var errCut = errors.New("cut off")

// cutOff is a store whose writes fail once so many have been made; of responses
// it then stores the first.
type cutOff struct {
	store.Store
	left *int
}

func (c cutOff) write(do func() error) error {
	if *c.left--; *c.left < 0 {
		return errCut
	}
	return do()
}

func (c cutOff) PutAccount(ctx context.Context, a access.Account) error {
	return c.write(func() error { return c.Store.PutAccount(ctx, a) })
}

func (c cutOff) CreateRound(ctx context.Context, r round.Round) error {
	return c.write(func() error { return c.Store.CreateRound(ctx, r) })
}

func (c cutOff) PutInvitations(ctx context.Context, id string, people iter.Seq[round.Invitation]) error {
	return c.write(func() error { return c.Store.PutInvitations(ctx, id, people) })
}

func (c cutOff) PutResponses(ctx context.Context, responses iter.Seq[round.Response]) error {
	return errors.Join(c.Store.PutResponses(ctx, func(yield func(round.Response) bool) {
		n := 0
		for v := range responses {
			if n++; n > 20 && *c.left <= 0 || !yield(v) {
				return
			}
		}
	}), c.write(func() error { return nil }))
}

func (c cutOff) PutDocuments(ctx context.Context, id, generation string, docs iter.Seq2[string, []byte]) error {
	return c.write(func() error { return c.Store.PutDocuments(ctx, id, generation, docs) })
}

func (c cutOff) AppendLog(ctx context.Context, e trail.Event) error {
	return c.write(func() error { return c.Store.AppendLog(ctx, e) })
}

func (c cutOff) PutCards(ctx context.Context, cards iter.Seq[card.Card]) error {
	return c.write(func() error { return c.Store.PutCards(ctx, cards) })
}

func (c cutOff) PutTallies(ctx context.Context, tallies iter.Seq[card.Tally]) error {
	return c.write(func() error { return c.Store.PutTallies(ctx, tallies) })
}

func (c cutOff) SetSetting(ctx context.Context, key, value string) error {
	return c.write(func() error { return c.Store.SetSetting(ctx, key, value) })
}

// TestCopyGoesOn cuts a copy off after one write, two, four and so on: what it
// leaves is not to be used, and the same command completes it.
func TestCopyGoesOn(t *testing.T) {
	from := installation(t)
	whole, err := transfer.Sum(t.Context(), from)
	check(t, err)
	to, cuts := empty(t), 0
	for after := 1; ; after += 3 {
		left := after
		digest, err := transfer.Copy(t.Context(), from, cutOff{to, &left})
		if err == nil {
			if d := whole.Differences(digest); len(d) > 0 {
				t.Errorf("differs in %v", d)
			}
			break
		}
		if cuts++; !errors.Is(err, errCut) {
			t.Fatalf("after %d writes: %v", after, err)
		}
		if transfer.Whole(t.Context(), to) == nil {
			t.Fatalf("what %d writes left counts as whole", after)
		}
		if _, err := transfer.Copy(t.Context(), to, empty(t)); err == nil {
			t.Fatal("what was cut off is copied on")
		}
	}
	if cuts < 5 {
		t.Errorf("cut off %d times only", cuts)
	}
	if _, err := transfer.Copy(t.Context(), installation(t), to); err == nil {
		t.Error("another installation was copied over it")
	}
}

// busy is a store that somebody goes on answering in while it is copied.
type busy struct {
	store.Store
	change func()
}

func (b busy) Sessions(ctx context.Context) iter.Seq2[access.Session, error] {
	b.change()
	return b.Store.Sessions(ctx)
}

// TestCopyOfWhatChanges tells when the source was used meanwhile.
func TestCopyOfWhatChanges(t *testing.T) {
	from, to := installation(t), empty(t)
	n := 0
	change := func() {
		if n++; n == 2 { // the second reading of the source is for its digest
			check(t, from.PutSession(t.Context(), access.Session{Hash: []byte("c"), Account: "eva", Until: time.Now().Add(day)}))
		}
	}
	_, err := transfer.Copy(t.Context(), busy{from, change}, to)
	if err == nil || !strings.Contains(err.Error(), "session") {
		t.Errorf("got %v", err)
	}
	if transfer.Whole(t.Context(), to) == nil {
		t.Error("a copy that differs counts as whole")
	}
	_, err = transfer.Copy(t.Context(), from, to)
	check(t, err)
}

// TestDigest differs with every thing that a store holds.
func TestDigest(t *testing.T) {
	s, ctx := installation(t), t.Context()
	last, err := transfer.Sum(ctx, s)
	check(t, err)
	resp := func() round.Response {
		for v, err := range s.EveryResponse(ctx, demo.Open) {
			check(t, err)
			return v
		}
		t.Fatal("no response")
		return round.Response{}
	}()
	leaving := func() round.Invitation {
		for v, err := range s.Invitations(ctx, demo.Open) {
			check(t, err)
			return v
		}
		t.Fatal("nobody is invited")
		return round.Invitation{}
	}()
	for change, kind := range map[string]string{"leaves": "invitation", "ends": "session", "due": "card", "version": "card", "tally's end": "tally"} {
		check(t, map[string]func() error{
			"leaves": func() error {
				leaving.Left = !leaving.Left
				return s.PutInvitations(ctx, demo.Open, single(leaving))
			},
			"ends": func() error {
				return s.PutSession(ctx, access.Session{Hash: []byte("a"), Account: "eva", Until: time.Now().Add(day), Ends: time.Now().Add(3 * day)})
			},
			"due": func() error {
				return s.PutCard(ctx, card.Card{Kind: "text", ID: "welcome", Version: 1, Due: time.Now(), Body: []byte(`"Hej"`)})
			},
			"version": func() error {
				return s.PutCards(ctx, single(card.Card{Kind: "letter", ID: "2026/7", Version: 9, Due: time.UnixMilli(-993), Body: []byte("1")}))
			},
			"tally's end": func() error {
				return s.PutTallies(ctx, single(card.Tally{Name: "test/day", N: 3, Until: time.Now().Add(9 * day)}))
			},
		}[change]())
		now, err := transfer.Sum(ctx, s)
		check(t, err)
		if got := last.Differences(now); len(got) != 1 || got[0] != kind {
			t.Errorf("%s: a change of a %s shows as one of %v", change, kind, got)
		}
		last = now
	}
	for kind, change := range map[string]func() error{
		"card":    func() error { return s.DeleteCard(ctx, "letter", "2026/1") },
		"tally":   func() error { _, err := s.Tally(ctx, "test/day", day); return err },
		"setting": func() error { return s.SetSetting(ctx, "owner", "another") },
		"unit": func() error {
			units, people, err := s.Organisation(ctx)
			check(t, err)
			units[0], units[1] = units[1], units[0]
			return s.PutOrganisation(ctx, units, people)
		},
		"account": func() error {
			return s.PutAccount(ctx, access.Account{ID: "eva", Name: "Eva", Link: []byte("other"), LinkUntil: time.Now()})
		},
		"session":  func() error { return s.DeleteSession(ctx, []byte("b")) },
		"log":      func() error { return s.AppendLog(ctx, trail.Event{Number: 1 << 40, Action: "x"}) },
		"response": func() error { resp.Version++; return s.PutResponses(ctx, single(resp)) },
		"invitation": func() error {
			return s.PutInvitations(ctx, demo.Open, single(round.Invitation{Person: "new", Unit: demo.Root, Link: []byte("new")}))
		},
	} {
		check(t, change())
		now, err := transfer.Sum(ctx, s)
		check(t, err)
		if got := last.Differences(now); len(got) != 1 || got[0] != kind {
			t.Errorf("a change of a %s shows as one of %v", kind, got)
		}
		last = now
	}
}

func single[T any](v T) iter.Seq[T] { return func(yield func(T) bool) { yield(v) } }
