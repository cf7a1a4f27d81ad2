package e2e

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestRestart ends the program as a supervisor does and starts it again on the
// same folder: soon, with the same links, and with every answer.
func TestRestart(t *testing.T) {
	t.Parallel()
	p := ownDemo(t)
	links, err := unanswered(p, 1)
	if err != nil {
		t.Fatal(err)
	}
	c := as(t, p, links[0])
	item := unansweredItems(t, c)[0]
	if err := c.save(item, "4"); err != nil {
		t.Fatal(err)
	}
	if err := p.end(); err != nil { // 5 seconds at most
		t.Fatal(err)
	}

	begun := time.Now()
	again := startIn(t, p.data)
	if a, err := newClient(again).get("/readyz"); err != nil || a.status != http.StatusOK {
		t.Fatalf("not ready: %+v, %v", a, err)
	}
	if took := time.Since(begun); took > 15*time.Second {
		t.Errorf("ready after %v", took)
	}
	if !maps.Equal(p.links, again.links) {
		t.Errorf("the links have changed:\n%v\n%v", p.links, again.links)
	}
	for role := range again.links {
		as(t, again, role)
	}
	if m, err := as(t, again, links[0]).mine(); err != nil || m.byItem()[item] != "4" {
		t.Errorf("after the restart: %v, %v", m, err)
	}
}

// saver is a respondent whose browser saves answer after answer.
type saver struct {
	link  string
	items []string          // asked of the person
	acked map[string]string // item → last acknowledged answer
	tried map[string]string // item → answer sent, but not acknowledged
	saves atomic.Int64
}

// run saves until the program is gone.
func (s *saver) run(c *client) {
	for {
		item, answer := s.items[rand.IntN(len(s.items))], strconv.Itoa(1+rand.IntN(5))
		s.tried[item] = answer
		if c.save(item, answer) != nil {
			return
		}
		s.acked[item] = answer
		delete(s.tried, item)
		s.saves.Add(1)
	}
}

// TestKilled kills the program while twelve people save answers, three times,
// and then ends it as a supervisor does: what it has acknowledged is there when
// it has started again.
func TestKilled(t *testing.T) {
	t.Parallel()
	p := ownDemo(t)
	links, err := unanswered(p, 12)
	if err != nil {
		t.Fatal(err)
	}
	savers := make([]*saver, len(links))
	for i, link := range links {
		savers[i] = &saver{link: link, items: unansweredItems(t, as(t, p, link)), acked: map[string]string{}}
	}
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGKILL, syscall.SIGKILL, syscall.SIGTERM} {
		var all sync.WaitGroup
		for _, s := range savers {
			s.saves.Store(0)
			s.tried = map[string]string{}
			c := as(t, p, s.link)
			all.Go(func() { s.run(c) })
		}
		for deadline := time.Now().Add(patience); slices.ContainsFunc(savers, func(s *saver) bool { return s.saves.Load() == 0 }); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("not everybody has had a save acknowledged")
			}
		}
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
		if err := p.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		all.Wait()
		<-p.ended
		p = startIn(t, p.data)
		for i, s := range savers {
			m, err := as(t, p, s.link).mine()
			if err != nil {
				t.Fatal(err)
			}
			if lost := s.missing(m.byItem()); lost != "" {
				t.Errorf("%v: person %d: %s", signal, i, lost)
			}
			s.acked = m.byItem()
		}
	}
}

// missing tells what has been acknowledged and is not stored: the answer to an
// item is the last acknowledged, or the one that was under way at the end.
func (s *saver) missing(stored map[string]string) string {
	for item, answer := range s.acked {
		if got := stored[item]; got != answer && got != s.tried[item] {
			return fmt.Sprintf("%s was acknowledged as %s and is %q", item, answer, got)
		}
	}
	return ""
}
