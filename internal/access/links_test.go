package access_test

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/store/sqlite"
)

// timed is a service whose clock the test moves on; two of them on one store are
// two processes.
type timed struct {
	*access.Service
	store *sqlite.Store
	clock *atomic.Int64 // moved on since the test began
}

func newTimed(t *testing.T) timed {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	clock := &atomic.Int64{}
	now := func() time.Time { return time.Now().Add(time.Duration(clock.Load())) }
	return timed{access.NewService(s, keys.New(), now), s, clock}
}

func (s timed) pass(d time.Duration) { s.clock.Add(int64(d)) }

func (s timed) may(t *testing.T, cookie string) bool {
	t.Helper()
	id, err := s.Identity(t.Context(), cookie)
	if err != nil {
		t.Fatal(err)
	}
	return id.Account != "" && len(id.Grants) > 0
}

var coordinator = access.Grant{Role: access.Samordnare, Unit: "kommun"}

func ok[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestSignInLinks: each works once, for half an hour, and none takes away
// another.
func TestSignInLinks(t *testing.T) {
	s, ctx := newTimed(t), t.Context()
	first := ok[string](t)(s.Grant(ctx, "eva@example.org", coordinator))
	_, second, err := s.LinkFor(ctx, " Eva@Example.org ")
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{first, second} {
		if again, err := s.LinkAgain(ctx, token); again || err != nil {
			t.Errorf("before: %v, %v", again, err)
		}
		if cookie, err := s.SignIn(ctx, token); err != nil || !s.may(t, cookie) {
			t.Errorf("the first time: %v", err)
		}
		if _, err := s.SignIn(ctx, token); !fail.Is(err, fail.NotFound) {
			t.Errorf("the second time: %v", err)
		}
		if _, err := s.LinkAgain(ctx, token); !fail.Is(err, fail.NotFound) {
			t.Errorf("the page of a used one: %v", err)
		}
	}
	third := ok[string](t)(s.NewLink(ctx, "eva@example.org"))
	s.pass(access.LinkLife + time.Second)
	if _, err := s.SignIn(ctx, third); !fail.Is(err, fail.NotFound) {
		t.Errorf("after half an hour: %v", err)
	}
	ok[string](t)(s.NewLink(ctx, "eva@example.org"))
	n := 0
	for range s.store.Cards(ctx, "signin", "") {
		n++
	}
	if n != 1 {
		t.Errorf("%d links are kept, want the one that works", n)
	}
	if _, _, err := s.LinkFor(ctx, "nobody@example.org"); !fail.Is(err, fail.NotFound) {
		t.Errorf("nobody's: %v", err)
	}
	fourth := ok[string](t)(s.NewLink(ctx, "eva@example.org"))
	if err := s.Revoke(ctx, "eva@example.org"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SignIn(ctx, fourth); !fail.Is(err, fail.NotFound) {
		t.Errorf("after all was revoked: %v", err)
	}
	if _, _, err := s.LinkFor(ctx, "eva@example.org"); !fail.Is(err, fail.NotFound) {
		t.Errorf("who may nothing gets a link: %v", err)
	}
}

// TestALinkWorksOnce, though many use it at once.
func TestALinkWorksOnce(t *testing.T) {
	s, ctx := newTimed(t), t.Context()
	token := ok[string](t)(s.Grant(ctx, "eva@example.org", coordinator))
	var in atomic.Int32
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if _, err := s.SignIn(ctx, token); err == nil {
				in.Add(1)
			} else if !fail.Is(err, fail.NotFound) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if in.Load() != 1 {
		t.Errorf("%d were let in", in.Load())
	}
}

// TestSessions last an hour unused, twelve at the most, and end everywhere at
// once.
func TestSessions(t *testing.T) {
	s, ctx := newTimed(t), t.Context()
	signIn := func() string {
		t.Helper()
		return ok[string](t)(s.SignIn(ctx, ok[string](t)(s.Grant(ctx, "eva@example.org", coordinator))))
	}
	idle := signIn()
	s.pass(access.AccountIdle - time.Minute)
	used := signIn()
	s.pass(2 * time.Minute)
	if s.may(t, idle) {
		t.Error("let in after an hour unused")
	}
	for passed := 2 * time.Minute; passed < access.AccountSession-10*time.Minute; passed += 10 * time.Minute {
		if !s.may(t, used) {
			t.Fatalf("turned away after %v", passed)
		}
		s.pass(10 * time.Minute)
	}
	if !s.may(t, used) {
		t.Error("turned away within twelve hours")
	}
	s.pass(10 * time.Minute)
	if s.may(t, used) {
		t.Error("let in after twelve hours")
	}
	one, two := signIn(), signIn()
	link := ok[string](t)(s.NewLink(ctx, "eva@example.org"))
	other := ok[string](t)(s.SignIn(ctx, ok[string](t)(s.Grant(ctx, "bo@example.org", coordinator))))
	if err := s.SignOutEverywhere(ctx, "eva@example.org"); err != nil {
		t.Fatal(err)
	}
	if s.may(t, one) || s.may(t, two) || !s.may(t, other) {
		t.Error("signed out everywhere: somebody is still in, or somebody else is out")
	}
	if _, err := s.SignIn(ctx, link); !fail.Is(err, fail.NotFound) {
		t.Errorf("the unused link: %v", err)
	}
}

// TestLimits: links can be asked for so often and no more, and made-up ones
// tried; whether there is such an account makes no difference, and who has a
// link is let in all the time.
func TestLimits(t *testing.T) {
	s, ctx := newTimed(t), t.Context()
	token := ok[string](t)(s.Grant(ctx, "eva@example.org", coordinator))
	for _, email := range []string{"eva@example.org", "nobody@example.org"} {
		for i := range 5 {
			err := s.Asked(ctx, email)
			if i < 3 && err != nil || i >= 3 && !fail.Is(err, fail.TooMany) {
				t.Errorf("%s, time %d: %v", email, i+1, err)
			}
		}
	}
	if err := s.Asked(ctx, " EVA@example.org"); !fail.Is(err, fail.TooMany) {
		t.Errorf("in capitals: %v", err)
	}
	var err error
	for i := 0; i < 1000 && err == nil; i++ {
		err = s.Asked(ctx, string(rune('a'+i%26))+time.Duration(i).String()+"@example.org")
	}
	if !fail.Is(err, fail.TooMany) {
		t.Errorf("with a thousand addresses: %v", err)
	}
	for i := 0; i < 1000 && s.Unknown(ctx) == nil; i++ {
	}
	if err := s.Unknown(ctx); !fail.Is(err, fail.TooMany) {
		t.Errorf("a thousand made-up links: %v", err)
	}
	if _, err := s.SignIn(ctx, token); err != nil {
		t.Errorf("the right link: %v", err)
	}
}
