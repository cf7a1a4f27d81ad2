package paper

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// script makes a program that stands in for a Chromium in what can go wrong;
// a real one prints in internal/e2e.
func script(t *testing.T, lines string) *Printer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "chromium")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nfor a; do case $a in --print-to-pdf=*) out=${a#*=};; file://*) page=${a#file://};; esac; done\n"+lines), 0o755); err != nil {
		t.Fatal(err)
	}
	p, err := Find(path)
	if err != nil || p == nil {
		t.Fatal(p, err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	return p
}

// left fails the test where a folder of a page is left behind.
func left(t *testing.T) {
	t.Helper()
	if found, _ := filepath.Glob(filepath.Join(os.TempDir(), "mognad-pdf-*")); len(found) > 0 {
		t.Errorf("left behind: %v", found)
	}
}

func TestPrint(t *testing.T) {
	p := script(t, `test -z "$MOGNAD_KEYRING" || exit 3; printf '%%PDF-1.4\n' >$out; cat $page >>$out; printf '%%%%EOF\n' >>$out`)
	t.Setenv("MOGNAD_KEYRING", "secret")
	pdf, err := p.Print(t.Context(), []byte("<p>å"))
	if err != nil || !bytes.Contains(pdf, []byte("<p>å")) {
		t.Errorf("%q, %v", pdf, err)
	}
	left(t)
}

// What a killed service has left goes when the next begins; where another may be
// printing nothing is touched.
func TestSweep(t *testing.T) {
	p := script(t, "exit 0")
	var dirs []string
	for _, name := range []string{"mognad-pdf-1", "mognad-pdf-2", "other"} {
		dir := filepath.Join(os.TempDir(), name)
		if err := os.MkdirAll(filepath.Join(dir, "profile"), 0o700); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	long := time.Now().Add(-2 * stale)
	for _, dir := range []string{dirs[0], dirs[2]} {
		if err := os.Chtimes(dir, long, long); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Find(p.program); err != nil {
		t.Fatal(err)
	}
	for i, kept := range []bool{false, true, true} {
		if _, err := os.Stat(dirs[i]); (err == nil) != kept {
			t.Errorf("%s: %v", dirs[i], err)
		}
	}
}

func TestPrintFails(t *testing.T) {
	for name, c := range map[string]struct{ lines, says string }{
		"says why":    {"echo no display >&2; exit 1", "no display"},
		"no file":     {"exit 0", "no such file"},
		"half a file": {"printf '%%PDF-1.4' >$out", "no whole PDF"},
		"no PDF":      {"echo hello >$out", "no whole PDF"},
		"long words":  {"yes fault | head -c 100000 >&2; exit 1", "fault"},
	} {
		t.Run(name, func(t *testing.T) {
			pdf, err := script(t, c.lines).Print(t.Context(), []byte("x"))
			if err == nil || pdf != nil || !strings.Contains(err.Error(), c.says) || len(err.Error()) > 2*told {
				t.Errorf("%q, %v", pdf, err)
			}
			left(t)
		})
	}
}

// A Chromium that never ends is ended, with the processes that it has begun; so is
// one that nobody waits for any more. Who waits in vain for a turn is told.
func TestPrintEnds(t *testing.T) {
	p := script(t, "sleep 60 & sleep 60")
	p.patience = 200 * time.Millisecond
	begun := time.Now()
	busy := make(chan error)
	go func() { _, err := p.Print(t.Context(), nil); busy <- err }()
	time.Sleep(50 * time.Millisecond)
	_, err := p.Print(t.Context(), nil)
	first := <-busy
	if errors.Is(first, ErrBusy) || first == nil || !errors.Is(first, context.DeadlineExceeded) {
		t.Errorf("the first: %v", first)
	}
	if err == nil {
		t.Error("printed by one that never ends")
	}
	p.patience = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := p.Print(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("left: %v", err)
	}
	p.turn <- struct{}{}
	if _, err := p.Print(ctx, nil); !errors.Is(err, ErrBusy) {
		t.Errorf("in turn: %v", err)
	}
	if took := time.Since(begun); took > goodbye {
		t.Errorf("took %v", took)
	}
	left(t)
}

func TestFind(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for name, fails := range map[string]bool{"": false, Off: false, "/no/such/chromium": true} {
		if p, err := Find(name); p != nil || (err != nil) != fails {
			t.Errorf("%q: %v, %v", name, p, err)
		}
	}
}
