package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestBackupUnderLoad copies the database among saves: what was acknowledged
// before the copy began is in it, each response whole, and saving goes on.
func TestBackupUnderLoad(t *testing.T) {
	path := made(t)
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var saved atomic.Int64
	var running sync.WaitGroup
	var stop atomic.Bool
	running.Go(func() {
		for i := 200; !stop.Load(); i++ {
			if err := saveTest(t, s, i); err != nil {
				t.Error(err)
				return
			}
			saved.Store(int64(i))
		}
	})
	for saved.Load() < 250 && !t.Failed() {
		time.Sleep(time.Millisecond)
	}
	before := int(saved.Load())
	copied := filepath.Join(t.TempDir(), "copy.db")
	err = s.Backup(t.Context(), copied)
	after := saved.Load()
	stop.Store(true)
	running.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if int(after) == before {
		t.Error("nothing was saved while the copy was made")
	}
	if info, err := os.Stat(copied); err != nil || info.Mode() != 0o600 {
		t.Errorf("the copy: %v, %v", info.Mode(), err)
	}
	if names, err := filepath.Glob(copied + "?*"); err != nil || len(names) > 0 {
		t.Errorf("left beside the copy: %v, %v", names, err)
	}
	if err := s.Backup(t.Context(), copied); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("a copy over a copy: %v", err)
	}

	to := filepath.Join(t.TempDir(), "new", "mognad.db")
	if kept, err := Restore(copied, to); err != nil || kept != "" {
		t.Fatalf("restored: %q, %v", kept, err)
	}
	restored, err := Open(to)
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	for i := range before + 1 {
		if _, err := restored.Response(t.Context(), "2026", fmt.Sprint("r", i)); err != nil {
			t.Fatalf("response %d of %d: %v", i, before, err)
		}
	}
}

// TestRestoreKeepsWhatWasThere puts a backup in the place of a database, which
// is kept, and refuses to while the database is open.
func TestRestoreKeepsWhatWasThere(t *testing.T) {
	path, other := made(t), made(t)
	s, err := Open(other)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(copied, other); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("restored over an open database: %v", err)
	}
	if _, err := Restore(other, path); err == nil || !strings.Contains(err.Error(), "-wal") {
		t.Errorf("a database in use taken for a backup: %v", err)
	}
	if err := saveTest(t, s, 1000); err != nil {
		t.Errorf("after a refused restore: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	kept, err := Restore(copied, other)
	if err != nil || kept == "" {
		t.Fatalf("%q, %v", kept, err)
	}
	for name, want := range map[string]bool{kept: true, other: false} {
		s, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Response(t.Context(), "2026", "r1000"); (err == nil) != want {
			t.Errorf("%s has what was saved after the backup: %v, want %v", filepath.Base(name), err == nil, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRestoreRefusesDamage leaves the database alone when the backup is no good.
func TestRestoreRefusesDamage(t *testing.T) {
	path := made(t)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.db")
	for name, spoilt := range map[string][]byte{"cut short": content[:len(content)/2], "a text": []byte(strings.Repeat("text\n", 2000)), "empty": nil} {
		if err := os.WriteFile(bad, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Restore(bad, path); err == nil {
			t.Errorf("%s is restored", name)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != string(content) {
			t.Errorf("%s: the database has changed (%v)", name, err)
		}
	}
}
