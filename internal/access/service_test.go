package access_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/store/sqlite"
)

func newService(t *testing.T) *access.Service {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return access.NewService(s, keys.New(), time.Now)
}

// TestRevokedForGood: a browser that was signed in when an account was revoked
// is not signed in again by what the account is given later.
func TestRevokedForGood(t *testing.T) {
	s, ctx, grant := newService(t), t.Context(), access.Grant{Role: access.Samordnare, Unit: "k"}
	token, err := s.Grant(ctx, "eva@example.org", grant)
	if err != nil {
		t.Fatal(err)
	}
	cookie, err := s.SignIn(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	if id, err := s.Identity(ctx, cookie); err != nil || len(id.Grants) != 1 {
		t.Fatalf("%+v, %v", id, err)
	}
	if err := s.Revoke(ctx, "eva@example.org"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Grant(ctx, "eva@example.org", grant); err != nil {
		t.Fatal(err)
	}
	if id, err := s.Identity(ctx, cookie); err != nil || id.Account != "" {
		t.Errorf("the old session is %+v, %v", id, err)
	}
}

// TestSignOutEndsAnswering at once, though sessions are kept a second.
func TestSignOutEndsAnswering(t *testing.T) {
	s, ctx := newService(t), t.Context()
	cookie, err := s.StartAnswering(ctx, "2026", "p")
	if err != nil {
		t.Fatal(err)
	}
	if r, p, err := s.Respondent(ctx, cookie); err != nil || r != "2026" || p != "p" {
		t.Fatalf("%q %q %v", r, p, err)
	}
	if err := s.SignOut(ctx, cookie); err != nil {
		t.Fatal(err)
	}
	for _, c := range []string{cookie, "unknown", ""} {
		if r, p, err := s.Respondent(ctx, c); err != nil || r != "" || p != "" {
			t.Errorf("%q answers for %q %q, %v", c, r, p, err)
		}
	}
}
