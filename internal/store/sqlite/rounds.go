package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
)

// CreateRound implements round.Store.
func (s *Store) CreateRound(ctx context.Context, r round.Round) error {
	doc, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return s.writer.do(ctx, func(t *tx) error {
		n, err := t.changed("INSERT INTO round (id, opens_on, state, version, doc) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", r.ID, r.OpensOn, r.State, r.Version, doc)
		if err == nil && n == 0 {
			return store.ErrTaken(r.ID)
		}
		return err
	})
}

// Round implements round.Store.
func (s *Store) Round(ctx context.Context, id string) (round.Round, error) {
	var doc []byte
	if err := s.row(ctx, "SELECT doc FROM round WHERE id = ?", id).Scan(&doc); err != nil {
		return round.Round{}, told(err)
	}
	var r round.Round
	err := json.Unmarshal(doc, &r)
	return r, err
}

// Rounds implements round.Store.
func (s *Store) Rounds(ctx context.Context) ([]round.Round, error) {
	return docs[round.Round](ctx, s, "SELECT doc FROM round ORDER BY opens_on DESC, id DESC")
}

// docs reads rows of one JSON document each.
func docs[T any](ctx context.Context, s *Store, query string, args ...any) ([]T, error) {
	var out []T
	err := s.each(ctx, func(row scanner) error {
		var doc sql.RawBytes
		var v T
		if err := row.Scan(&doc); err != nil {
			return err
		}
		if err := json.Unmarshal(doc, &v); err != nil {
			return err
		}
		out = append(out, v)
		return nil
	}, query, args...)
	return out, err
}

// UpdateRound implements round.Store.
func (s *Store) UpdateRound(ctx context.Context, id string, change func(*round.Round) error) (round.Round, error) {
	for {
		before, err := s.Round(ctx, id)
		if err != nil {
			return before, err
		}
		after := before
		if err := change(&after); err != nil {
			return before, err
		}
		after.Version = before.Version + 1
		doc, err := json.Marshal(after)
		if err != nil {
			return before, err
		}
		err = s.writer.do(ctx, func(t *tx) error {
			n, err := t.changed("UPDATE round SET opens_on = ?, state = ?, version = ?, doc = ? WHERE id = ? AND version = ?", after.OpensOn, after.State, after.Version, doc, id, before.Version)
			if err == nil && n == 0 {
				return errStale
			}
			return err
		})
		if !errors.Is(err, errStale) {
			return after, err
		}
	}
}

// DeleteRound implements round.Store.
func (s *Store) DeleteRound(ctx context.Context, id string) error {
	return s.writer.do(ctx, func(t *tx) error {
		n, err := t.changed("DELETE FROM round WHERE id = ? AND state = 'draft'", id)
		if err != nil || n > 0 {
			return err
		}
		var there int
		if err := t.row("SELECT 1 FROM round WHERE id = ?", []any{id}, &there); err != nil {
			return told(err)
		}
		return errStale
	})
}

// PutBlob implements round.Store.
func (s *Store) PutBlob(ctx context.Context, hash string, content []byte) error {
	return s.writer.do(ctx, func(t *tx) error {
		return t.exec("INSERT INTO blob (hash, content) VALUES (?, ?) ON CONFLICT DO NOTHING", hash, content)
	})
}

// Blob implements round.Store.
func (s *Store) Blob(ctx context.Context, hash string) ([]byte, error) {
	var content []byte
	err := s.row(ctx, "SELECT content FROM blob WHERE hash = ?", hash).Scan(&content)
	return content, told(err)
}
