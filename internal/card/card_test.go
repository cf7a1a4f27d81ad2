package card_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/store/sqlite"
)

type note struct {
	Lines []string `json:"lines"`
}

func opened(t *testing.T) card.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// add appends a line to a note, due at a moment.
func add(t *testing.T, s card.Store, id, line string, due time.Time) note {
	t.Helper()
	v, err := card.Update(t.Context(), s, "note", id, func(n *note) (time.Time, error) {
		n.Lines = append(n.Lines, line)
		return due, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestUpdate(t *testing.T) {
	s, ctx := opened(t), t.Context()
	due := time.UnixMilli(1_800_000_000_123)
	if v, err := card.Get[note](ctx, s, "note", "a"); err != nil || v.Lines != nil {
		t.Errorf("of no card: %+v, %v", v, err)
	}
	add(t, s, "a", "one", due)
	if v := add(t, s, "a", "two", time.Time{}); !slices.Equal(v.Lines, []string{"one", "two"}) {
		t.Errorf("returned %+v", v)
	}
	c, err := s.Card(ctx, "note", "a")
	if err != nil || c.Version != 2 || !c.Due.IsZero() {
		t.Errorf("stored %+v, %v", c, err)
	}
	no := errors.New("no")
	for _, id := range []string{"a", "b"} {
		if _, err := card.Update(ctx, s, "note", id, func(n *note) (time.Time, error) { n.Lines = nil; return due, no }); !errors.Is(err, no) {
			t.Errorf("the change's own error: %v", err)
		}
	}
	if v, err := card.Get[note](ctx, s, "note", "a"); err != nil || len(v.Lines) != 2 {
		t.Errorf("after a refusal: %+v, %v", v, err)
	}
	if _, err := s.Card(ctx, "note", "b"); !fail.Is(err, fail.NotFound) {
		t.Errorf("a refused change made a card: %v", err)
	}
}

// TestUpdateStartsAgain with what another has written, or without what another
// has forgotten, while the change was made.
func TestUpdateStartsAgain(t *testing.T) {
	s, ctx := opened(t), t.Context()
	for name, c := range map[string]struct {
		meanwhile func()
		want      []string
	}{
		"made":      {func() { add(t, s, "made", "another's", time.Time{}) }, []string{"another's", "mine"}},
		"changed":   {func() { add(t, s, "changed", "another's", time.Time{}) }, []string{"first", "another's", "mine"}},
		"forgotten": {func() { _ = s.DeleteCard(ctx, "note", "forgotten") }, []string{"mine"}},
	} {
		if name != "made" {
			add(t, s, name, "first", time.Time{})
		}
		calls := 0
		v, err := card.Update(ctx, s, "note", name, func(n *note) (time.Time, error) {
			if calls++; calls == 1 {
				c.meanwhile()
			}
			n.Lines = append(n.Lines, "mine")
			return time.Time{}, nil
		})
		stored, err2 := card.Get[note](ctx, s, "note", name)
		if err := errors.Join(err, err2); err != nil || calls != 2 || !slices.Equal(v.Lines, c.want) || !slices.Equal(stored.Lines, c.want) {
			t.Errorf("%s: after %d calls %+v, stored %+v, %v, want %v", name, calls, v, stored, err, c.want)
		}
	}
}

func TestAll(t *testing.T) {
	s, ctx := opened(t), t.Context()
	for _, id := range []string{"2026/b", "2026/a", "2025/a", "2026"} {
		add(t, s, id, id, time.Time{})
	}
	got, err := card.All[note](ctx, s, "note", "2026/")
	if err != nil || len(got) != 2 || got[0].Lines[0] != "2026/a" || got[1].Lines[0] != "2026/b" {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := card.All[note](ctx, s, "other", ""); err != nil || len(got) != 0 {
		t.Errorf("of another kind: %+v, %v", got, err)
	}
	if err := s.PutCard(ctx, card.Card{Kind: "note", ID: "2026/c", Body: []byte("no JSON")}); err != nil {
		t.Fatal(err)
	}
	if _, err := card.All[note](ctx, s, "note", "2026/"); err == nil {
		t.Error("a body that is no JSON was read")
	}
	if _, err := card.Get[note](ctx, s, "note", "2026/c"); err == nil {
		t.Error("a body that is no JSON was read")
	}
	if _, err := card.Update(ctx, s, "note", "2026/c", func(*note) (time.Time, error) { return time.Time{}, nil }); err == nil {
		t.Error("a body that is no JSON was written over")
	}
}

// TestSealAll: every change tells, and none of other cards.
func TestSealAll(t *testing.T) {
	s, ctx := opened(t), t.Context()
	seal := func() string {
		t.Helper()
		got, err := card.SealAll(ctx, s, "note", "a/")
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	seen := map[string]string{seal(): "nothing"}
	for _, step := range []struct {
		what   string
		change func()
	}{
		{"one", func() { add(t, s, "a/1", "one", time.Time{}) }},
		{"two", func() { add(t, s, "a/2", "one", time.Time{}) }},
		{"changed", func() { add(t, s, "a/1", "more", time.Time{}) }},
		{"changed, and deleted", func() {
			if err := s.DeleteCard(ctx, "note", "a/1"); err != nil {
				t.Fatal(err)
			}
		}},
		{"made anew with something else in it", func() { add(t, s, "a/1", "else", time.Time{}) }},
	} {
		step.change()
		if before, ok := seen[seal()]; ok {
			t.Errorf("%s is as %s", step.what, before)
		}
		seen[seal()] = step.what
	}
	before := seal()
	add(t, s, "b/1", "one", time.Time{})
	add(t, s, "b", "one", time.Time{})
	if _, err := card.Update(ctx, s, "other", "a/1", func(n *note) (time.Time, error) { return time.Time{}, nil }); err != nil {
		t.Fatal(err)
	}
	if seal() != before {
		t.Error("another card has changed it")
	}
}
