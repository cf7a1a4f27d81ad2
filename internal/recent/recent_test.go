package recent

import (
	"errors"
	"testing"
	"time"
)

func TestKeptForItsLife(t *testing.T) {
	c, now, reads := New[string, int](time.Second), time.Unix(0, 0), 0
	c.now = func() time.Time { return now }
	get := func() int {
		v, err := c.Get("a", func() (int, error) { reads++; return reads, nil })
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for i, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {999 * time.Millisecond, 1}, {time.Millisecond, 2}, {0, 2}, {time.Hour, 3}} {
		now = now.Add(step.after)
		if got := get(); got != step.want {
			t.Errorf("step %d: %d, want %d", i, got, step.want)
		}
	}
	c.Forget("a")
	if got := get(); got != 4 {
		t.Errorf("after Forget: %d", got)
	}
}

// TestCountsFromBeforeTheRead: what changed while it was read is seen within a
// second of the change.
func TestCountsFromBeforeTheRead(t *testing.T) {
	c, now := New[string, int](time.Second), time.Unix(0, 0)
	c.now = func() time.Time { return now }
	read := func(v int) func() (int, error) {
		return func() (int, error) { now = now.Add(2 * time.Second); return v, nil }
	}
	for want := range 3 {
		if got, _ := c.Get("a", read(want)); got != want {
			t.Errorf("%d, want %d", got, want)
		}
	}
}

func TestFaultsAreNotKept(t *testing.T) {
	c, fault := New[string, int](time.Second), errors.New("no")
	if _, err := c.Get("a", func() (int, error) { return 0, fault }); !errors.Is(err, fault) {
		t.Error(err)
	}
	if v, err := c.Get("a", func() (int, error) { return 7, nil }); v != 7 || err != nil {
		t.Error(v, err)
	}
}
