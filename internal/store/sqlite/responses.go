package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"iter"

	"github.com/mognad/mognad/internal/round"
)

// SaveItems implements round.Store. That the round is open is judged by the same
// statement that takes the save's version.
func (s *Store) SaveItems(ctx context.Context, v round.SaveItems) (version int64, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		err := t.row(`INSERT INTO response (round, respondent, item, version, submitted, day)
			SELECT id, ?, '', 1, 0, ? FROM round WHERE id = ? AND state = 'open'
			ON CONFLICT (round, respondent, item) DO UPDATE SET version = version + 1, day = excluded.day RETURNING version`,
			[]any{v.Respondent, v.Day, v.Round}, &version)
		if errors.Is(err, sql.ErrNoRows) {
			return errClosed
		}
		if err != nil {
			return err
		}
		for item, sealed := range v.Items {
			if err := t.exec(`INSERT INTO response (round, respondent, item, sealed) VALUES (?, ?, ?, ?)
				ON CONFLICT (round, respondent, item) DO UPDATE SET sealed = excluded.sealed`, v.Round, v.Respondent, item, sealed); err != nil {
				return err
			}
		}
		if version > 1 {
			return nil
		}
		return t.exec("UPDATE invitation SET status = 'started' WHERE round = ? AND person = ? AND status = 'invited'", v.Round, v.Person)
	})
	return version, err
}

// Submit implements round.Store.
func (s *Store) Submit(ctx context.Context, v round.Submission) (version int64, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		err := t.row(`UPDATE response SET version = version + 1, submitted = 1, day = ?, sealed = ?
			WHERE round = ? AND respondent = ? AND item = '' AND version = ? AND EXISTS (SELECT 1 FROM round WHERE id = ? AND state = 'open') RETURNING version`,
			[]any{v.Day, v.Record, v.Round, v.Respondent, v.Version, v.Round}, &version)
		if errors.Is(err, sql.ErrNoRows) {
			return whyNot(t, v)
		}
		if err != nil {
			return err
		}
		if err := t.exec("DELETE FROM response WHERE round = ? AND respondent = ? AND item > ''", v.Round, v.Respondent); err != nil {
			return err
		}
		return t.exec("UPDATE invitation SET status = 'submitted' WHERE round = ? AND person = ? AND status <> 'submitted'", v.Round, v.Person)
	})
	return version, err
}

// PutResponses implements round.Store.
func (s *Store) PutResponses(ctx context.Context, responses iter.Seq[round.Response]) error {
	return chunked(ctx, s.writer, responses, round.Response.Size, func(t *tx, v round.Response) error {
		if err := t.exec("DELETE FROM response WHERE round = ? AND respondent = ?", v.Round, v.Respondent); err != nil {
			return err
		}
		if err := t.exec("INSERT INTO response (round, respondent, item, version, submitted, day, sealed) VALUES (?, ?, '', ?, ?, ?, ?)",
			v.Round, v.Respondent, v.Version, v.Submitted, v.Day, v.Record); err != nil {
			return err
		}
		for item, sealed := range v.Items {
			if err := t.exec("INSERT INTO response (round, respondent, item, sealed) VALUES (?, ?, ?, ?)", v.Round, v.Respondent, item, sealed); err != nil {
				return err
			}
		}
		return nil
	})
}

// whyNot tells why a submission changed nothing.
func whyNot(t *tx, v round.Submission) error {
	var state string
	if err := t.row("SELECT state FROM round WHERE id = ?", []any{v.Round}, &state); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if state != string(round.Open) {
		return errClosed
	}
	var version int64
	switch err := t.row("SELECT version FROM response WHERE round = ? AND respondent = ? AND item = ''", []any{v.Round, v.Respondent}, &version); {
	case errors.Is(err, sql.ErrNoRows):
		return errNotFound
	case err != nil:
		return err
	}
	return errStale
}

// Response implements round.Store. One statement reads it all: a submission in
// between would take the items away.
func (s *Store) Response(ctx context.Context, id, respondent string) (round.Response, error) {
	v := round.Response{Round: id, Respondent: respondent, Items: map[string][]byte{}}
	err := s.each(ctx, func(row scanner) error {
		var p piece
		var sealed sql.RawBytes
		if err := row.Scan(&p.item, &p.version, &p.submitted, &p.day, &sealed); err != nil {
			return err
		}
		p.add(&v, sealed)
		return nil
	}, "SELECT item, version, submitted, day, sealed FROM response WHERE round = ? AND respondent = ?", id, respondent)
	if err == nil && v.Version == 0 {
		err = errNotFound
	}
	return v, err
}
