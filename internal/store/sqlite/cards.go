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
	found := paged(ctx, s, scanCard, func(last *card.Card, limit int) (string, []any) {
		switch {
		case kind == "" && last == nil:
			return cardColumns + "ORDER BY kind, id LIMIT ?", []any{limit}
		case kind == "":
			return cardColumns + "WHERE (kind, id) > (?, ?) ORDER BY kind, id LIMIT ?", []any{last.Kind, last.ID, limit}
		case last == nil:
			return cardColumns + "WHERE kind = ? AND id >= ? ORDER BY id LIMIT ?", []any{kind, prefix, limit}
		}
		return cardColumns + "WHERE kind = ? AND id > ? ORDER BY id LIMIT ?", []any{kind, last.ID, limit}
	})
	return while(found, func(c card.Card) bool { return strings.HasPrefix(c.ID, prefix) })
}

// DueCards implements card.Store.
func (s *Store) DueCards(ctx context.Context, kind string, at time.Time) iter.Seq2[card.Card, error] {
	return paged(ctx, s, scanCard, func(last *card.Card, limit int) (string, []any) {
		due, id := int64(-1<<63), ""
		if last != nil {
			due, id = dueOf(*last), last.ID
		}
		return cardColumns + "WHERE kind = ? AND due <= ? AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?", []any{kind, min(at.UnixMilli(), never-1), due, id, limit}
	})
}

// PutCards implements card.Store.
func (s *Store) PutCards(ctx context.Context, cards iter.Seq[card.Card]) error {
	return chunked(ctx, s.writer, cards, func(c card.Card) int { return len(c.Body) }, func(t *tx, c card.Card) error {
		return t.exec(`INSERT INTO card (kind, id, version, due, body) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, due = excluded.due, body = excluded.body`, c.Kind, c.ID, c.Version, dueOf(c), c.Body)
	})
}

// DeleteCard implements card.Store.
func (s *Store) DeleteCard(ctx context.Context, kind, id string) error {
	return s.writer.do(ctx, func(t *tx) error { return t.exec("DELETE FROM card WHERE kind = ? AND id = ?", kind, id) })
}

// Tally implements card.Store. Those that have run out are forgotten on the way.
func (s *Store) Tally(ctx context.Context, name string, life time.Duration) (n int64, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		now := time.Now()
		if err := t.exec("DELETE FROM tally WHERE until <= ?", now.UnixMilli()); err != nil {
			return err
		}
		return t.row("INSERT INTO tally (name, n, until) VALUES (?, 1, ?) ON CONFLICT (name) DO UPDATE SET n = n + 1 RETURNING n",
			[]any{name, now.Add(life).UnixMilli()}, &n)
	})
	return n, err
}

// Tallies implements card.Store.
func (s *Store) Tallies(ctx context.Context, prefix string) iter.Seq2[card.Tally, error] {
	found := paged(ctx, s, scanTally, func(last *card.Tally, limit int) (string, []any) {
		now := time.Now().UnixMilli()
		if last == nil {
			return tallyColumns + "WHERE name >= ? AND until > ? ORDER BY name LIMIT ?", []any{prefix, now, limit}
		}
		return tallyColumns + "WHERE name > ? AND until > ? ORDER BY name LIMIT ?", []any{last.Name, now, limit}
	})
	return while(found, func(t card.Tally) bool { return strings.HasPrefix(t.Name, prefix) })
}

const tallyColumns = "SELECT name, n, until FROM tally "

func scanTally(row scanner) (card.Tally, error) {
	var t card.Tally
	var until int64
	err := row.Scan(&t.Name, &t.N, &until)
	t.Until = time.UnixMilli(until).UTC()
	return t, told(err)
}

// PutTallies implements card.Store.
func (s *Store) PutTallies(ctx context.Context, tallies iter.Seq[card.Tally]) error {
	return chunked(ctx, s.writer, tallies, func(card.Tally) int { return 0 }, func(t *tx, v card.Tally) error {
		return t.exec("INSERT INTO tally (name, n, until) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET n = excluded.n, until = excluded.until",
			v.Name, v.N, v.Until.UnixMilli())
	})
}
