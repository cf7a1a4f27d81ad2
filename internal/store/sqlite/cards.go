package sqlite

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/mognad/mognad/internal/card"
)

// never is the due of a card that is never due.
const never = 1<<63 - 1

func dueOf(c card.Card) int64 {
	if c.Due.IsZero() {
		return never
	}
	return c.Due.UnixMilli()
}

// PutCard implements card.Store.
func (s *Store) PutCard(ctx context.Context, c card.Card) error {
	return s.writer.do(ctx, func(t *tx) error {
		change, args := "INSERT INTO card (version, due, body, kind, id) VALUES (1, ?, ?, ?, ?) ON CONFLICT DO NOTHING", []any{dueOf(c), c.Body, c.Kind, c.ID}
		if c.Version > 0 {
			change, args = "UPDATE card SET version = version + 1, due = ?, body = ? WHERE kind = ? AND id = ? AND version = ?", append(args, c.Version)
		}
		return t.only(change, args...)
	})
}

const cardColumns = "SELECT kind, id, version, due, body FROM card "

func scanCard(row scanner) (card.Card, error) {
	var c card.Card
	var due int64
	err := row.Scan(&c.Kind, &c.ID, &c.Version, &due, &c.Body)
	if due != never {
		c.Due = time.UnixMilli(due).UTC()
	}
	return c, told(err)
}

// Card implements card.Store.
func (s *Store) Card(ctx context.Context, kind, id string) (card.Card, error) {
	return scanCard(s.row(ctx, cardColumns+"WHERE kind = ? AND id = ?", kind, id))
}

// Cards implements card.Store.
func (s *Store) Cards(ctx context.Context, kind, prefix string) iter.Seq2[card.Card, error] {
	return s.cards(ctx, func(limit int, c *card.Card) (string, []any) {
		if c == nil {
			return "WHERE kind = ? AND id >= ? ORDER BY id LIMIT ?", []any{kind, prefix, limit}
		}
		return "WHERE kind = ? AND id > ? ORDER BY id LIMIT ?", []any{kind, c.ID, limit}
	}, func(c card.Card) bool { return strings.HasPrefix(c.ID, prefix) })
}

// DueCards implements card.Store.
func (s *Store) DueCards(ctx context.Context, kind string, at time.Time) iter.Seq2[card.Card, error] {
	return s.cards(ctx, func(limit int, c *card.Card) (string, []any) {
		due, id := int64(-1<<63), ""
		if c != nil {
			due, id = dueOf(*c), c.ID
		}
		return "WHERE kind = ? AND due <= ? AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?", []any{kind, min(at.UnixMilli(), never-1), due, id, limit}
	}, func(card.Card) bool { return true })
}

// cards streams what a condition finds, page by page: after names the last card
// that was read, nil at first. It ends at the first that is not wanted.
func (s *Store) cards(ctx context.Context, condition func(limit int, after *card.Card) (string, []any), wanted func(card.Card) bool) iter.Seq2[card.Card, error] {
	return func(yield func(card.Card, error) bool) {
		var last *card.Card
		for limit, more := firstRows, true; more; limit = nextRows(limit) {
			where, args := condition(limit, last)
			var page []card.Card
			err := s.each(ctx, func(row scanner) error {
				c, err := scanCard(row)
				page = append(page, c)
				return err
			}, cardColumns+where, args...)
			if err != nil {
				yield(card.Card{}, err)
				return
			}
			for i, c := range page {
				if !wanted(c) || !yield(c, nil) {
					return
				}
				last = &page[i]
			}
			more = len(page) == limit
		}
	}
}

// DeleteCard implements card.Store.
func (s *Store) DeleteCard(ctx context.Context, kind, id string) error {
	return s.writer.do(ctx, func(t *tx) error { return t.exec("DELETE FROM card WHERE kind = ? AND id = ?", kind, id) })
}

// Tally implements card.Store. Those that have run out are forgotten on the way.
func (s *Store) Tally(ctx context.Context, name string, life time.Duration) (n int64, err error) {
	now := time.Now()
	err = s.writer.do(ctx, func(t *tx) error {
		if err := t.exec("DELETE FROM tally WHERE until <= ?", now.UnixMilli()); err != nil {
			return err
		}
		return t.row("INSERT INTO tally (name, n, until) VALUES (?, 1, ?) ON CONFLICT (name) DO UPDATE SET n = n + 1 RETURNING n",
			[]any{name, now.Add(life).UnixMilli()}, &n)
	})
	return n, err
}

// Tallies implements card.Store.
func (s *Store) Tallies(ctx context.Context, prefix string) (map[string]int64, error) {
	out := map[string]int64{}
	err := s.each(ctx, func(row scanner) error {
		var name string
		var n int64
		err := row.Scan(&name, &n)
		out[name] = n
		return err
	}, "SELECT name, n FROM tally WHERE substr(name, 1, length(?1)) = ?1 AND name >= ?1 AND until > ?2", prefix, time.Now().UnixMilli())
	return out, err
}
