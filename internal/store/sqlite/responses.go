package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"iter"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
)

var errClosed = fail.New(fail.Closed, "Mätomgången är stängd. Svaret sparades inte.", "The round is closed. The answer was not saved.")

// SaveItems implements round.Store. That the round is open is judged by the same
// statement that takes the save's version.
func (s *Store) SaveItems(ctx context.Context, v round.SaveItems) (version int64, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		err := t.row(`INSERT INTO response (round, respondent, version, submitted, day)
			SELECT ?, ?, 1, 0, ? FROM round WHERE id = ? AND state = 'open'
			ON CONFLICT (round, respondent) DO UPDATE SET version = version + 1, day = excluded.day RETURNING version`,
			[]any{v.Round, v.Respondent, v.Day, v.Round}, &version)
		if errors.Is(err, sql.ErrNoRows) {
			return errClosed
		}
		if err != nil {
			return err
		}
		for item, sealed := range v.Items {
			if err := t.exec(`INSERT INTO answer (round, respondent, item, sealed) VALUES (?, ?, ?, ?)
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
		err := t.row(`UPDATE response SET version = version + 1, submitted = 1, day = ?, record = ?
			WHERE round = ? AND respondent = ? AND version = ? AND EXISTS (SELECT 1 FROM round WHERE id = ? AND state = 'open') RETURNING version`,
			[]any{v.Day, v.Record, v.Round, v.Respondent, v.Version, v.Round}, &version)
		if errors.Is(err, sql.ErrNoRows) {
			return whyNot(t, v)
		}
		if err != nil {
			return err
		}
		if err := t.exec("DELETE FROM answer WHERE round = ? AND respondent = ?", v.Round, v.Respondent); err != nil {
			return err
		}
		return t.exec("UPDATE invitation SET status = 'submitted' WHERE round = ? AND person = ? AND status <> 'submitted'", v.Round, v.Person)
	})
	return version, err
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
	switch err := t.row("SELECT version FROM response WHERE round = ? AND respondent = ?", []any{v.Round, v.Respondent}, &version); {
	case errors.Is(err, sql.ErrNoRows):
		return errNotFound
	case err != nil:
		return err
	}
	return errStale
}

// Response implements round.Store.
func (s *Store) Response(ctx context.Context, id, respondent string) (round.Response, error) {
	// One transaction: a submission in between would take the items away.
	t, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return round.Response{}, told(err)
	}
	defer t.Rollback() // it has only read
	v := round.Response{Round: id, Respondent: respondent, Items: map[string][]byte{}}
	err = t.QueryRowContext(ctx, "SELECT version, submitted, day, record FROM response WHERE round = ? AND respondent = ?", id, respondent).
		Scan(&v.Version, &v.Submitted, &v.Day, &v.Record)
	if err != nil {
		return v, told(err)
	}
	rows, err := t.QueryContext(ctx, "SELECT item, sealed FROM answer WHERE round = ? AND respondent = ?", id, respondent)
	if err != nil {
		return v, told(err)
	}
	defer rows.Close()
	for rows.Next() {
		var item string
		var sealed []byte
		if err := rows.Scan(&item, &sealed); err != nil {
			return v, told(err)
		}
		v.Items[item] = sealed
	}
	return v, told(rows.Err())
}

// Responses implements round.Store, page by page as Invitations.
func (s *Store) Responses(ctx context.Context, id string) iter.Seq2[round.Response, error] {
	return func(yield func(round.Response, error) bool) {
		after := ""
		for {
			page, err := s.responsePage(ctx, id, after)
			if err != nil {
				yield(round.Response{}, err)
				return
			}
			for _, v := range page {
				if !yield(v, nil) {
					return
				}
				after = v.Respondent
			}
			if len(page) < chunk {
				return
			}
		}
	}
}

func (s *Store) responsePage(ctx context.Context, id, after string) ([]round.Response, error) {
	t, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, told(err)
	}
	defer t.Rollback() // it has only read
	rows, err := t.QueryContext(ctx, "SELECT respondent, version, day, record FROM response WHERE round = ? AND respondent > ? AND submitted ORDER BY respondent LIMIT ?", id, after, chunk)
	if err != nil {
		return nil, told(err)
	}
	defer rows.Close()
	page := make([]round.Response, 0, chunk)
	for rows.Next() {
		v := round.Response{Round: id, Submitted: true}
		if err := rows.Scan(&v.Respondent, &v.Version, &v.Day, &v.Record); err != nil {
			return nil, told(err)
		}
		page = append(page, v)
	}
	if err := rows.Err(); err != nil || len(page) == 0 {
		return nil, told(err)
	}
	return page, overlay(ctx, t, id, after, page)
}

// overlay fills in the items saved since the records of a page.
func overlay(ctx context.Context, t *sql.Tx, id, after string, page []round.Response) error {
	rows, err := t.QueryContext(ctx, "SELECT respondent, item, sealed FROM answer WHERE round = ? AND respondent > ? AND respondent <= ? ORDER BY respondent", id, after, page[len(page)-1].Respondent)
	if err != nil {
		return told(err)
	}
	defer rows.Close()
	i := 0
	for rows.Next() {
		var respondent, item string
		var sealed []byte
		if err := rows.Scan(&respondent, &item, &sealed); err != nil {
			return told(err)
		}
		for i < len(page) && page[i].Respondent < respondent {
			i++
		}
		if i == len(page) || page[i].Respondent != respondent {
			continue // not submitted
		}
		if page[i].Items == nil {
			page[i].Items = map[string][]byte{}
		}
		page[i].Items[item] = sealed
	}
	return told(rows.Err())
}
