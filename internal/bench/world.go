//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/store/mongo"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/transfer"
	"github.com/mognad/mognad/surveys"
)

// world is an installation, opened in this process.
type world struct {
	store store.Store
	ring  *keys.Ring
	round *round.Service
	set   *survey.Set
}

func openWorld(p place) (*world, error) {
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return nil, err
	}
	ring, err := keys.LoadOrCreate(filepath.Join(p.dir, "keys.txt"))
	if err != nil {
		return nil, err
	}
	var st store.Store
	if p.store != "" {
		st, err = mongo.Open(context.Background(), p.store)
	} else {
		st, err = sqlite.Open(filepath.Join(p.dir, "mognad.db"))
	}
	if err != nil {
		return nil, err
	}
	if err := st.SetSetting(context.Background(), transfer.KeysSetting, ring.Fingerprint()); err != nil {
		return nil, err
	}
	set, err := survey.LoadDir(surveys.FS)
	if err != nil {
		return nil, err
	}
	return &world{st, ring, round.NewService(st, ring, time.Now), set}, nil
}

// units makes a tree of a kommun, förvaltningar, avdelningar and enheter, so
// many in all, and returns the enheter.
func units(n int) (all []org.Unit, leaves []string) {
	all = append(all, org.Unit{ID: "k", Name: "Kommunen", Kind: "kommun"})
	for f := 0; len(all) < n; f++ {
		fid := fmt.Sprintf("f%d", f)
		all = append(all, org.Unit{ID: fid, Name: "Förvaltning " + fid, Parent: "k", Kind: "forvaltning"})
		for a := 0; a < 10 && len(all) < n; a++ {
			aid := fmt.Sprintf("%sa%d", fid, a)
			all = append(all, org.Unit{ID: aid, Name: "Avdelning " + aid, Parent: fid, Kind: "avdelning"})
			for e := 0; e < 14 && len(all) < n; e++ {
				eid := fmt.Sprintf("%se%d", aid, e)
				all = append(all, org.Unit{ID: eid, Name: "Enhet " + eid, Parent: aid, Kind: "enhet"})
				leaves = append(leaves, eid)
			}
		}
	}
	return all, leaves
}

const roundID = "2026"

// open makes and opens a round of n people in so many units.
func (w *world) open(ctx context.Context, n, unitCount int) error {
	all, leaves := units(unitCount)
	people := make([]org.Person, n)
	for i := range people {
		people[i] = org.Person{ID: fmt.Sprintf("p%07d", i), Unit: leaves[i%len(leaves)], Roles: []org.Role{org.Enhetschef}}
	}
	if err := w.store.PutOrganisation(ctx, all, people[:min(n, 1000)]); err != nil {
		return err
	}
	day := time.Now().Format(round.DayFormat)
	if _, err := w.round.Create(ctx, "bench", round.Round{ID: roundID, OpensOn: day, ClosesOn: day}); err != nil {
		return err
	}
	_, err := w.round.Open(ctx, "bench", roundID, w.set, all, people)
	return err
}

// fill lets everybody answer everything in a round and submit, as the program
// does it. So many of them comment on the first item.
func (w *world) fill(ctx context.Context, id string, commenting int) error {
	asked := []string{}
	for _, it := range w.set.Items {
		if it.AskedTo([]org.Role{org.Enhetschef}) {
			asked = append(asked, it.ID)
		}
	}
	next, stop := iter.Pull2(w.round.Invitations(ctx, id))
	defer stop()
	var mu sync.Mutex
	var wg sync.WaitGroup
	var failed error
	var commented atomic.Int64
	take := func() (round.Invitation, bool) {
		mu.Lock()
		defer mu.Unlock()
		inv, err, ok := next()
		if err != nil && failed == nil {
			failed = err
		}
		return inv, ok && failed == nil
	}
	for worker := range 256 {
		wg.Go(func() {
			changes := make([]round.Amendment, len(asked))
			for n := worker; ; n++ {
				inv, ok := take()
				if !ok {
					return
				}
				for i, id := range asked {
					changes[i] = round.Entry{Item: id, Answer: survey.Answer(1 + (n*7+i*3+n/len(asked))%5)}.Amendment()
				}
				if commented.Add(1) <= int64(commenting) {
					changes[0] = round.Entry{Item: asked[0], Answer: 3, Comment: fmt.Sprintf("Kommentar nummer %d, om hur det går att arbeta här", n)}.Amendment()
				}
				_, err := w.round.Save(ctx, inv, changes)
				if err == nil {
					err = w.round.Submit(ctx, inv)
				}
				if err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
					return
				}
			}
		})
	}
	wg.Wait()
	return failed
}

// serve starts the program on an installation and returns its address and process.
func (b *bench) serve(p place) (addr string, pid int, end func(), err error) {
	cmd := exec.Command(b.program, append([]string{"serve", "--addr", "127.0.0.1:0"}, p.flags()...)...)
	out, err := cmd.StderrPipe()
	if err != nil {
		return "", 0, nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", 0, nil, err
	}
	end = func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			end()
			return "", 0, nil, fmt.Errorf("the program did not start: %w", err)
		}
		if _, rest, ok := strings.Cut(line, "msg=serving address="); ok {
			addr, _, _ = strings.Cut(rest, " ")
			go lines.WriteTo(discard{})
			return strings.TrimSpace(addr), cmd.Process.Pid, end, nil
		}
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
