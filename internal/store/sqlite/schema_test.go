package sqlite

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
)

// made makes a database with some answers in it and closes it.
func made(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "folder", "mognad.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CreateRound(t.Context(), round.Round{ID: "2026", State: round.Open}); err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		if err := saveTest(t, s, i); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func saveTest(t *testing.T, s *Store, i int) error {
	t.Helper()
	_, err := s.SaveItems(t.Context(), round.SaveItems{Round: "2026", Respondent: fmt.Sprint("r", i), Items: map[string][]byte{"a": bytes.Repeat([]byte("x"), 300)}})
	return err
}

func TestFileIsTheOwnersAlone(t *testing.T) {
	path := made(t)
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600, filepath.Dir(path): 0o700 | os.ModeDir} {
		info, err := os.Stat(name)
		if err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v", filepath.Base(name), info.Mode(), err)
		}
	}
}

// TestOpenRefuses tells that each refusal names the file and says what to do,
// and that the file is left as it was.
func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(content []byte) []byte
		says  []string
	}{
		"a text":          {func([]byte) []byte { return []byte(strings.Repeat("detta är ingen databas\n", 500)) }, []string{"damaged or no database", "backup", "-wal"}},
		"cut short":       {func(b []byte) []byte { return b[:len(b)/2] }, []string{"damaged", "backup"}},
		"header":          {func(b []byte) []byte { return append(bytes.Repeat([]byte{7}, 100), b[100:]...) }, []string{"damaged", "backup"}},
		"pages of zeros":  {func(b []byte) []byte { clear(b[8192 : len(b)-8192]); return b }, []string{"damaged", "backup"}},
		"pages of others": {func(b []byte) []byte { copy(b[8192:], bytes.Repeat([]byte("noise"), 5000)); return b }, []string{"damaged", "backup"}},
	} {
		path := made(t)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		content = c.spoil(content)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path)
		if err == nil {
			s.Close()
			t.Errorf("%s: opened", name)
			continue
		}
		for _, part := range append(c.says, path) {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %q lacks %q", name, err, part)
			}
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, content) {
			t.Errorf("%s: the file was changed (%v)", name, err)
		}
	}
}

func TestOpenRefusesOtherFiles(t *testing.T) {
	folder := t.TempDir()
	if s, err := Open(folder); err == nil {
		s.Close()
		t.Error("opened a folder")
	}
	path := filepath.Join(folder, "other.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE theirs (x); PRAGMA user_version = 1"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "another program") {
		t.Errorf("another program's database: %v", err)
	}
}

// withMigrations lets the program know other schemas for the length of a test.
func withMigrations(t *testing.T, m []string) {
	t.Helper()
	was := migrations
	t.Cleanup(func() { migrations = was })
	migrations = m
}

func TestMigration(t *testing.T) {
	path := made(t)
	known := migrations

	withMigrations(t, append(known[:len(known):len(known)], "CREATE TABLE extra (x INTEGER); INSERT INTO extra VALUES (1)", "ALTER TABLE setting ADD COLUMN broken TEXT; SELECT no_such_column FROM setting"))
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), fmt.Sprint("schema ", len(known)+2)) {
		t.Errorf("a step that fails: %v", err)
	}
	withMigrations(t, migrations[:len(known)+1])
	for range 2 { // the first took the good step, and none is taken twice
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		var rows, columns int
		if err := s.row(t.Context(), "SELECT (SELECT sum(x) FROM extra), (SELECT count(*) FROM pragma_table_info('setting'))").Scan(&rows, &columns); err != nil || rows != 1 || columns != 2 {
			t.Errorf("%d rows, %d columns, %v", rows, columns, err)
		}
		if v, err := s.Response(t.Context(), "2026", "r7"); err != nil || v.Version != 1 {
			t.Errorf("an answer from before: %+v, %v", v, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	withMigrations(t, known)
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "newer") || !strings.Contains(err.Error(), path) {
		t.Errorf("a newer file: %v", err)
	}
}

// TestFull lets the database grow no more: what finds no room is refused, what
// fits beside it is saved, and with room again all is.
func TestFull(t *testing.T) {
	s, err := Open(made(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	limit := func(pages int) {
		t.Helper()
		err := s.writer.do(t.Context(), func(t *tx) error { return t.exec(fmt.Sprint("PRAGMA max_page_count = ", pages)) })
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // as few as there are
	saved := 200
	for err = error(nil); err == nil && saved < 5000; saved++ {
		err = saveTest(t, s, saved)
	}
	if !fail.Is(err, fail.Unavailable) || !strings.Contains(err.(*fail.Error).SV, "diskutrymme") {
		t.Fatalf("after %d saves: %v", saved, err)
	}
	if err := s.SetSetting(t.Context(), "store.ping", "short"); err != nil {
		t.Errorf("a small write that still fits: %v", err)
	}
	if _, err := s.Response(t.Context(), "2026", "r1"); err != nil {
		t.Errorf("reading: %v", err)
	}
	limit(1 << 30)
	if err := saveTest(t, s, saved); err != nil {
		t.Errorf("with room again: %v", err)
	}
	for i := range saved - 1 {
		if _, err := s.Response(t.Context(), "2026", fmt.Sprint("r", i)); err != nil {
			t.Errorf("the acknowledged save %d: %v", i, err)
		}
	}
}

// TestFaultyJobSpoilsNoOther sends jobs that fail, in a statement and by
// refusing, among others that share their commit.
func TestFaultyJobSpoilsNoOther(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "mognad.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const n = 90
	refusal := fail.New(fail.Conflict, "nej", "no")
	held, hold, errs := make(chan struct{}), make(chan struct{}), make(chan error, n)
	go s.writer.do(t.Context(), func(*tx) error { // the others gather behind it
		close(held)
		<-hold
		return nil
	})
	<-held
	for i := range n {
		go func() {
			err := s.writer.do(t.Context(), func(t *tx) error {
				if i%3 == 1 {
					return refusal
				}
				if err := t.exec("INSERT INTO setting (key, value) VALUES (?, '')", fmt.Sprint("k", i)); err != nil {
					return err
				}
				if i%3 == 2 {
					return t.exec("INSERT INTO setting (key, value) VALUES (?, NULL)", fmt.Sprint("null", i))
				}
				return nil
			})
			switch {
			case i%3 == 0 && err != nil:
				errs <- fmt.Errorf("job %d: %w", i, err)
			case i%3 == 1 && !errors.Is(err, refusal):
				errs <- fmt.Errorf("job %d: %v, want its refusal", i, err)
			case i%3 == 2 && (err == nil || fail.CodeOf(err) != fail.Internal):
				errs <- fmt.Errorf("job %d: %v, want the constraint's error", i, err)
			default:
				errs <- nil
			}
		}()
	}
	for len(s.writer.jobs) < n {
		time.Sleep(time.Millisecond)
	}
	close(hold)
	for range n {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	var stored int
	if err := s.row(t.Context(), "SELECT count(*) FROM setting").Scan(&stored); err != nil || stored != n/3 {
		t.Errorf("%d rows of %d, %v", stored, n/3, err)
	}
}

func TestPingTellsWhenTheFileIsGone(t *testing.T) {
	path := made(t)
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); !fail.Is(err, fail.Unavailable) {
		t.Errorf("the file is gone: %v", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); !fail.Is(err, fail.Unavailable) {
		t.Errorf("another file lies there: %v", err)
	}
}

func TestClosedStoreRefuses(t *testing.T) {
	s, err := Open(made(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := saveTest(t, s, 0); !fail.Is(err, fail.Unavailable) {
		t.Errorf("a save: %v", err)
	}
	if _, err := s.Round(t.Context(), "2026"); err == nil {
		t.Error("read from a closed store")
	}
}
