//go:build unix

package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store/sqlite"
)

// The test program starts itself again as another process, which does what
// childDoes says to the database at childPath and tells what was acknowledged.
const (
	childDoes = "MOGNAD_TEST_CHILD"
	childPath = "MOGNAD_TEST_DATABASE"
	childRun  = "MOGNAD_TEST_RUN"
)

func TestMain(m *testing.M) {
	act, isChild := map[string]func(*sqlite.Store) error{"save": saveForEver, "open": func(*sqlite.Store) error { return nil }, "full": saveOnFullDisk}[os.Getenv(childDoes)]
	if !isChild {
		os.Exit(m.Run())
	}
	s, err := sqlite.Open(os.Getenv(childPath))
	if err == nil {
		err = act(s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0) // without Close, as when a process ends anyhow
}

func child(t *testing.T, does, path string, run int) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), childDoes+"="+does, childPath+"="+path, fmt.Sprint(childRun, "=", run))
	c.Stderr = os.Stderr
	return c
}

const childSavers = 16

// saveForEver saves two items at a time and writes a line for each save that
// was acknowledged: respondent, item, version.
func saveForEver(s *sqlite.Store) error {
	var running sync.WaitGroup
	var failed error
	for w := range childSavers {
		running.Go(func() {
			respondent := fmt.Sprintf("r%s.%d", os.Getenv(childRun), w)
			for i := 0; ; i++ {
				version, err := saveOne(s, respondent, i)
				if err != nil {
					failed = err
					return
				}
				fmt.Printf("%s %d %d\n", respondent, i, version)
			}
		})
	}
	running.Wait()
	return failed
}

func saveOne(s *sqlite.Store, respondent string, i int) (int64, error) {
	value := []byte(strings.Repeat(fmt.Sprint(i, ";"), 100))
	return s.SaveItems(context.Background(), round.SaveItems{Round: "2026", Respondent: respondent,
		Items: map[string][]byte{fmt.Sprint("a", i): value, fmt.Sprint("b", i): value}})
}

// TestKill ends a process that saves with SIGKILL, again and again: each save
// that it acknowledged is there, and each other one is there whole or not at
// all. Every other time this process has the database open and saves too.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mognad.db")
	s := openTest(t, path)
	if err := s.CreateRound(t.Context(), round.Round{ID: "2026", State: round.Open}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for run := range 6 {
		var beside *sqlite.Store
		if run%2 == 1 {
			beside = openTest(t, path)
		}
		c := child(t, "save", path, run)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		var acknowledged []string
		for lines.Scan() {
			acknowledged = append(acknowledged, lines.Text())
			if len(acknowledged) == 300*(run+1) {
				if err := c.Process.Kill(); err != nil {
					t.Error(err)
				}
			}
			if beside != nil && len(acknowledged)%50 == 0 {
				if _, err := saveOne(beside, fmt.Sprint("beside", run), len(acknowledged)); err != nil {
					t.Errorf("beside: %v", err)
				}
			}
		}
		if err := c.Wait(); err == nil || len(acknowledged) < 300*(run+1) {
			t.Fatalf("the process ended by itself after %d saves: %v", len(acknowledged), err)
		}
		s := openTest(t, path)
		checkAcknowledged(t, s, acknowledged)
		stores := []*sqlite.Store{s}
		if beside != nil {
			stores = append(stores, beside)
		}
		for _, s := range stores {
			if _, err := saveOne(s, "after", run); err != nil {
				t.Errorf("saving after the crash: %v", err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func openTest(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() }) // a test that fails may leave it open
	return s
}

// checkAcknowledged looks for what lines "respondent item version" tell of.
func checkAcknowledged(t *testing.T, s *sqlite.Store, lines []string) {
	t.Helper()
	responses := map[string]round.Response{}
	for _, line := range lines {
		var respondent string
		var i int
		var version int64
		if _, err := fmt.Sscan(line, &respondent, &i, &version); err != nil {
			continue // cut when the process was ended: not acknowledged
		}
		if _, read := responses[respondent]; !read {
			v, err := s.Response(t.Context(), "2026", respondent)
			if err != nil {
				t.Fatalf("%s: %v", respondent, err)
			}
			responses[respondent] = v
		}
		v := responses[respondent]
		want := strings.Repeat(fmt.Sprint(i, ";"), 100)
		if v.Version < version || string(v.Items[fmt.Sprint("a", i)]) != want || string(v.Items[fmt.Sprint("b", i)]) != want {
			t.Errorf("the acknowledged save %q is lost; the response has version %d", line, v.Version)
		}
	}
	for respondent, v := range responses {
		if int64(len(v.Items)) != 2*v.Version {
			t.Errorf("%s has %d items after %d saves of two", respondent, len(v.Items), v.Version)
		}
	}
}

// TestOpenAtOnce makes a new database from several processes at the same time.
func TestOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "mognad.db")
	var children []*exec.Cmd
	for i := range 4 {
		c := child(t, "open", path, i)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		children = append(children, c)
	}
	for _, c := range children {
		if err := c.Wait(); err != nil {
			t.Errorf("opening: %v", err)
		}
	}
	if err := openTest(t, path).Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestFullDisk has a process save where its files may not grow: a save that
// finds no room is refused as Unavailable, none that was acknowledged is lost,
// and when there is room again the same process goes on.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mognad.db")
	s := openTest(t, path)
	if err := s.CreateRound(t.Context(), round.Round{ID: "2026", State: round.Open}); err != nil {
		t.Fatal(err)
	}
	c := child(t, "full", path, 0)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	checkAcknowledged(t, s, lines)
	if len(lines) < 3*childSavers {
		t.Errorf("only %d saves before and after the disk was full", len(lines))
	}
}

// saveOnFullDisk saves until nothing can be, then makes room and saves more.
func saveOnFullDisk(s *sqlite.Store) error {
	limit, err := limitFiles(2 << 20)
	if err != nil {
		return err
	}
	refused := 0
	next := map[string]int{}
	saveAll := func() (err error) {
		var running sync.WaitGroup
		var mu sync.Mutex
		for w := range childSavers {
			respondent := fmt.Sprint("r", w)
			i := next[respondent]
			running.Go(func() {
				version, saveErr := saveOne(s, respondent, i)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case saveErr == nil:
					next[respondent]++
					fmt.Fprintf(os.Stdout, "%s %d %d\n", respondent, i, version)
				case fail.Is(saveErr, fail.Unavailable):
					refused++
				default:
					err = fmt.Errorf("a save without room: %w", saveErr)
				}
			})
		}
		running.Wait()
		return err
	}
	for tries := 0; refused < 10*childSavers; tries++ {
		if err := saveAll(); err != nil {
			return err
		}
		if tries > 10_000 {
			return io.ErrShortWrite // the limit has no effect
		}
	}
	if err := limit(); err != nil {
		return err
	}
	for range 20 {
		refused = 0
		if err := saveAll(); err != nil || refused > 0 {
			return fmt.Errorf("%d saves refused though there is room: %v", refused, err)
		}
	}
	return nil
}

// limitFiles keeps this process's files from growing beyond size, as a full
// disk would, until lift is called.
func limitFiles(size uint64) (lift func() error, err error) {
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return nil, err
	}
	now := was
	now.Cur = size
	return func() error { return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was) }, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now)
}
