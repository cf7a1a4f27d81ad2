//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/keys"
)

const unitCount = 3000

// closed is what a child that closed a round tells.
type closed struct {
	Seconds float64 `json:"seconds"`
	PeakMB  float64 `json:"peak_mb"`
}

func (b *bench) world(n int) []place { return b.places("closing" + strconv.Itoa(n)) }

// closings fills a round of each size, copies it to the other store, and closes
// it in each, in a process of its own, so that its memory is the closing's alone.
func (b *bench) closings() error {
	per := map[string][]float64{}
	for _, n := range append([]int{1000}, b.sizes...) {
		if err := b.filled(n); err != nil {
			return err
		}
		for _, p := range b.world(n) {
			c, err := closedIn(p)
			if err != nil {
				return fmt.Errorf("closing: %w", err)
			}
			if n > 1000 {
				per[p.kind()] = append(per[p.kind()], c.Seconds/float64(n))
			}
			b.add(fmt.Sprintf("%s: closing %d responses × 36 answers in %d units", p.kind(), n, unitCount), fmt.Sprintf("%.1f s, %.0f MB", c.Seconds, c.PeakMB),
				"≤ 60 s, ≤ 400 MB", c.Seconds <= 60 && c.PeakMB <= 400)
		}
	}
	for _, p := range b.places("") {
		times := per[p.kind()]
		if last := len(times) - 1; last > 0 {
			ratio := times[last] / times[last-1]
			b.add(p.kind()+": closing, time a response: largest against ten times smaller", fmt.Sprintf("%.2f", ratio), "≤ 1.3 (linear)", ratio <= 1.3)
		}
	}
	return nil
}

// filled makes a round of n responses, in SQLite as the program answers it, and
// in MongoDB by mognad copy.
func (b *bench) filled(n int) error {
	places, ctx, start := b.world(n), context.Background(), time.Now()
	w, err := openWorld(places[0])
	if err != nil {
		return err
	}
	if err := errors.Join(w.open(ctx, n, unitCount), w.fill(ctx, roundID, 0), w.store.Close()); err != nil {
		return err
	}
	log.Printf("%d responses answered and submitted in %.0f s", n, time.Since(start).Seconds())
	return b.copied(places, n)
}

// copied copies an installation of n people to the other store, where there is one.
func (b *bench) copied(places []place, n int) error {
	if len(places) == 1 {
		return nil
	}
	start := time.Now()
	copying := exec.Command(b.program, "copy", "--from", "sqlite:"+filepath.Join(places[0].dir, "mognad.db"), "--to", places[1].store)
	copying.Stderr = os.Stderr
	if err := copying.Run(); err != nil {
		return fmt.Errorf("mognad copy: %w", err)
	}
	if err := os.MkdirAll(places[1].dir, 0o700); err != nil {
		return err
	}
	peak := float64(copying.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
	b.add(fmt.Sprintf("MongoDB: %d responses copied from SQLite, read through and compared", n), fmt.Sprintf("%.0f s, %.0f MB", time.Since(start).Seconds(), peak), "≤ 400 MB", peak <= 400)
	ring, err := os.ReadFile(filepath.Join(places[0].dir, "keys.txt"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(places[1].dir, "keys.txt"), ring, 0o600)
}

// closedIn closes the round of an installation in a process of its own.
func closedIn(p place) (c closed, err error) {
	self, err := os.Executable()
	if err != nil {
		return c, err
	}
	child := exec.Command(self, "-child", p.dir, "-store", p.store)
	child.Stderr = os.Stderr
	out, err := child.Output()
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(out, &c)
}

// closeRound is the child: it closes and publishes, and tells its time and peak.
func closeRound(p place) error {
	ctx := context.Background()
	w, err := openWorld(p)
	if err != nil {
		return err
	}
	start := time.Now()
	if _, err := w.round.Close(ctx, "bench", roundID); err != nil {
		return err
	}
	took := time.Since(start)
	if _, err := w.round.Publish(ctx, "bench", roundID); err != nil {
		return err
	}
	if err := w.reader(ctx); err != nil {
		return err
	}
	if err := w.store.Close(); err != nil {
		return err
	}
	peak, err := peakMB(os.Getpid())
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(closed{took.Seconds(), peak})
}

// reader makes the account that reads the pages.
func (w *world) reader(ctx context.Context) error {
	return w.store.PutAccount(ctx, access.Account{ID: "reader", Name: "reader", Grants: []access.Grant{{Role: access.Ledning, Unit: "k"}, {Role: access.HR, Unit: "k"}},
		Link: keys.Hash(w.ring.Token("bench", "reader", 0)), LinkUntil: time.Now().Add(time.Hour), LinkAgain: true})
}

// peakMB is the most memory that a process has had resident.
func peakMB(pid int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.SplitSeq(string(status), "\n") {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			kb, err := strconv.ParseFloat(f[1], 64)
			return kb / 1024, err
		}
	}
	return 0, fmt.Errorf("no VmHWM of process %d", pid)
}
