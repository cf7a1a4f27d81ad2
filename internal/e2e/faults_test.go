//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/mognad/mognad/internal/demo"
)

// crowd is people whose browsers save answer after answer, and send again what
// was not acknowledged, while something is done to the program.
type crowd struct {
	t       *testing.T
	people  []*patient
	all     sync.WaitGroup
	stop    atomic.Bool
	saves   atomic.Int64
	refused atomic.Int64
}

// patient is one of them.
type patient struct {
	link    string
	items   []string
	acked   map[string]string // item → last acknowledged answer
	version int64             // of the response, as last acknowledged
	tries   int64             // saves sent since then
}

// gather finds people who have answered nothing and lets them begin, each
// through the next of the processes.
func gather(t *testing.T, n int, processes ...*program) *crowd {
	t.Helper()
	links, err := unanswered(processes[0], n)
	if err != nil {
		t.Fatal(err)
	}
	c := &crowd{t: t}
	for i, link := range links {
		p := &patient{link: link, items: unansweredItems(t, as(t, processes[0], link)), acked: map[string]string{}}
		c.people = append(c.people, p)
		client := as(t, processes[i%len(processes)], link)
		c.all.Go(func() { c.answer(p, client) })
	}
	return c
}

func (c *crowd) answer(p *patient, client *client) {
	for !c.stop.Load() {
		item, answer := p.items[rand.IntN(len(p.items))], strconv.Itoa(1+rand.IntN(5))
		for {
			p.tries++
			version, err := client.saveVersion(item, answer)
			if err == nil {
				if version <= p.version || version > p.version+p.tries {
					c.t.Errorf("version %d after %d and %d tries: a save was lost, or made twice", version, p.version, p.tries)
				}
				p.acked[item], p.version, p.tries = answer, version, 0
				c.saves.Add(1)
				break
			}
			c.refused.Add(1)
			if no, told := errors.AsType[refused](err); told && (no.status != http.StatusServiceUnavailable || !strings.Contains(no.body, `"error"`)) {
				c.t.Errorf("a save that can't be made is answered %v", no)
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// more waits until so many more saves are acknowledged.
func (c *crowd) more(n int64) {
	c.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for from := c.saves.Load(); c.saves.Load() < from+n; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			c.t.Fatalf("%d saves of %d in a minute, %d were not acknowledged", c.saves.Load()-from, n, c.refused.Load())
		}
	}
}

// end lets everybody finish, and checks that the program has what it has
// acknowledged.
func (c *crowd) end(p *program) {
	c.t.Helper()
	c.stop.Store(true)
	c.all.Wait()
	for i, person := range c.people {
		m, err := as(c.t, p, person.link).mine()
		if err != nil {
			c.t.Fatal(err)
		}
		stored := m.byItem()
		for item, answer := range person.acked {
			if stored[item] != answer {
				c.t.Errorf("person %d: %s was acknowledged as %s and is %q", i, item, answer, stored[item])
			}
		}
		if len(stored) != len(person.acked) {
			c.t.Errorf("person %d: %d answers are stored, %d acknowledged", i, len(stored), len(person.acked))
		}
	}
}

// TestDiskFull takes the room from a program that saves: whoever saves is told,
// nothing acknowledged is lost, and with room again the same process goes on.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	if database != nil {
		return // the disk is MongoDB's: docs/mongodb.md
	}
	p := ownDemo(t)
	ledning := as(t, p, "ledning") // signing in writes
	c := gather(t, 8, p)
	c.more(50)
	limit := func(size uint64) {
		if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: unix.RLIM_INFINITY}, nil); err != nil {
			t.Fatal(err)
		}
	}
	limit(100 << 10)
	for deadline := time.Now().Add(30 * time.Second); c.refused.Load() < 50; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the limit has no effect")
		}
	}
	if a, err := newClient(p).get("/readyz"); err != nil || a.status != http.StatusServiceUnavailable {
		t.Errorf("ready without room: %d, %v", a.status, err)
	}
	if a, err := ledning.get("/resultat"); err == nil && a.status != http.StatusOK {
		t.Errorf("results can't be read: %d", a.status)
	}
	limit(unix.RLIM_INFINITY)
	c.more(200)
	c.end(p)
	p.kill()
	c.end(startIn(t, p.data))
}

// TestDamagedDatabase: the program does not start on a damaged file, and says
// which and what to do.
func TestDamagedDatabase(t *testing.T) {
	t.Parallel()
	if database != nil {
		return
	}
	data := filepath.Join(t.TempDir(), "data")
	if err := copyDemo(data); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(data, "mognad.db")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for at := 8 << 10; at < len(content); at += 40 << 10 {
		copy(content[at:], strings.Repeat("damaged ", 100))
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(binary, "serve", "--addr", "127.0.0.1:0", "--data", data).CombinedOutput()
	if err == nil || !strings.Contains(string(out), file) || !strings.Contains(string(out), "backup") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestKilledWhileClosing kills the program in the middle of a closing, sooner
// and later: once it has started again the round is open, or closed with a
// result that can be published, and never in between for long.
func TestKilledWhileClosing(t *testing.T) {
	t.Parallel()
	p := ownDemo(t)
	between := 0
	for _, after := range []time.Duration{20, 60, 110} {
		sam := as(t, p, "samordnare")
		done := make(chan error, 1)
		go func() {
			_, err := sam.post("/omgangar/"+demo.Open+"/stang", nil)
			done <- err
		}()
		time.Sleep(after * time.Millisecond)
		p.kill()
		cut := <-done != nil
		p = startIn(t, p.data)
		sam = as(t, p, "samordnare")
		state := settled(t, sam)
		if cut && state == "closed" {
			between++
		}
		if state == "closed" {
			if a, err := sam.post("/omgangar/"+demo.Open+"/oppna-igen", nil); err != nil || a.status != http.StatusSeeOther {
				t.Fatalf("open again: %d, %v", a.status, err)
			}
		}
	}
	t.Logf("%d of 3 were cut off in a closing", between)
	sam := as(t, p, "samordnare")
	for _, step := range []string{"stang", "publicera"} {
		if a, err := sam.post("/omgangar/"+demo.Open+"/"+step, nil); err != nil || a.status != http.StatusSeeOther {
			t.Fatalf("%s: %d, %v", step, a.status, err)
		}
		settled(t, sam)
	}
	if n := len(results(t, as(t, p, "ledning"), demo.Open, demo.Root)); n == 0 {
		t.Error("no results")
	}
}

// settled waits until the demo's open round is no longer being computed, and
// returns "open", "closed" or "published": what can be done with it next.
func settled(t *testing.T, c *client) string {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		a, err := c.get("/omgangar/" + demo.Open)
		if err != nil || a.status != http.StatusOK {
			t.Fatalf("the round's page: %d, %v", a.status, err)
		}
		for step, state := range map[string]string{`/publicera"`: "closed", `href="/resultat?omgang=` + demo.Open: "published"} {
			if strings.Contains(a.body, step) {
				return state
			}
		}
		if strings.Contains(a.body, `/stang"`) && !strings.Contains(a.body, `/oppna-igen"`) {
			return "open"
		}
		if time.Now().After(deadline) {
			t.Fatal(fmt.Errorf("the round is neither open nor computed: %s", a.body))
		}
	}
}
