package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
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

func (b *bench) world(n int) string { return filepath.Join(b.dir, "closing"+strconv.Itoa(n)) }

// closings fills a round of each size and closes it in a process of its own, so
// that its memory is the closing's alone.
func (b *bench) closings() error {
	ctx := context.Background()
	var per []float64
	for _, n := range append([]int{1000}, b.sizes...) {
		w, err := openWorld(b.world(n))
		if err != nil {
			return err
		}
		start := time.Now()
		if err := w.open(ctx, n, unitCount); err != nil {
			return err
		}
		if err := w.fill(ctx); err != nil {
			return err
		}
		if err := w.store.Close(); err != nil {
			return err
		}
		log.Printf("%d responses answered and submitted in %.0f s", n, time.Since(start).Seconds())
		self, err := os.Executable()
		if err != nil {
			return err
		}
		out, err := exec.Command(self, "-child", b.world(n)).Output()
		if err != nil {
			return fmt.Errorf("closing: %w", err)
		}
		var c closed
		if err := json.Unmarshal(out, &c); err != nil {
			return err
		}
		if n > 1000 {
			per = append(per, c.Seconds/float64(n))
		}
		b.add(fmt.Sprintf("Closing %d responses × 36 answers in %d units", n, unitCount), fmt.Sprintf("%.1f s, %.0f MB", c.Seconds, c.PeakMB),
			"≤ 60 s, ≤ 400 MB", c.Seconds <= 60 && c.PeakMB <= 400)
	}
	if last := len(per) - 1; last > 0 {
		ratio := per[last] / per[last-1]
		b.add("Closing, time a response: largest against ten times smaller", fmt.Sprintf("%.2f", ratio), "≤ 1.3 (linear)", ratio <= 1.3)
	}
	return nil
}

// closeRound is the child: it closes and publishes, and tells its time and peak.
func closeRound(dir string) error {
	ctx := context.Background()
	w, err := openWorld(dir)
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
	token := w.ring.Token("bench", "reader", 0)
	reader := access.Account{ID: "reader", Name: "reader", Grants: []access.Grant{{Role: access.Ledning, Unit: "k"}},
		Link: keys.Hash(token), LinkUntil: time.Now().Add(time.Hour), LinkAgain: true}
	if err := w.store.PutAccount(ctx, reader); err != nil {
		return err
	}
	if err := w.store.Close(); err != nil {
		return err
	}
	peak, err := peakMB()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(closed{took.Seconds(), peak})
}

// peakMB is the most memory that this process has had resident.
func peakMB() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.SplitSeq(string(status), "\n") {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			kb, err := strconv.ParseFloat(f[1], 64)
			return kb / 1024, err
		}
	}
	return 0, fmt.Errorf("no VmHWM in /proc/self/status")
}
