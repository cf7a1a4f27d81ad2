package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"github.com/mognad/mognad/internal/access"
)

// PutAccount implements access.Store.
func (s *Store) PutAccount(ctx context.Context, a access.Account) error {
	return s.writer.do(ctx, func(t *tx) error { return putAccount(t, a) })
}

func putAccount(t *tx, a access.Account) error {
	doc, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO account (id, link, link_until, link_again, doc) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET link = excluded.link, link_until = excluded.link_until, link_again = excluded.link_again, doc = excluded.doc`,
		a.ID, a.Link, a.LinkUntil.Unix(), a.LinkAgain, doc)
}

// UpdateAccount implements access.Store: one writer at a time reads and changes.
func (s *Store) UpdateAccount(ctx context.Context, id string, change func(*access.Account) error) (a access.Account, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		a = access.Account{ID: id}
		var until int64
		var doc []byte
		switch err := t.row(accountColumns+"WHERE id = ?", []any{id}, &a.Link, &until, &a.LinkAgain, &doc); {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return err
		default:
			a.LinkUntil = time.Unix(until, 0)
			if err := json.Unmarshal(doc, &a); err != nil {
				return err
			}
		}
		if err := change(&a); err != nil {
			return err
		}
		return putAccount(t, a)
	})
	return a, err
}

// DeleteAccount implements access.Store.
func (s *Store) DeleteAccount(ctx context.Context, id string) error {
	return s.writer.do(ctx, func(t *tx) error {
		if err := t.exec("DELETE FROM session WHERE account = ?", id); err != nil {
			return err
		}
		return t.exec("DELETE FROM account WHERE id = ?", id)
	})
}

const accountColumns = "SELECT link, link_until, link_again, doc FROM account "

func scanAccount(row scanner) (access.Account, error) {
	var a access.Account
	var until int64
	var doc, link []byte
	var again bool
	if err := row.Scan(&link, &until, &again, &doc); err != nil {
		return a, told(err)
	}
	if err := json.Unmarshal(doc, &a); err != nil {
		return a, err
	}
	a.Link, a.LinkUntil, a.LinkAgain = link, time.Unix(until, 0), again
	return a, nil
}

// Account implements access.Store.
func (s *Store) Account(ctx context.Context, id string) (access.Account, error) {
	return scanAccount(s.row(ctx, accountColumns+"WHERE id = ?", id))
}

// Accounts implements access.Store.
func (s *Store) Accounts(ctx context.Context) ([]access.Account, error) {
	rows, err := s.read.QueryContext(ctx, accountColumns+"ORDER BY id")
	if err != nil {
		return nil, told(err)
	}
	defer rows.Close()
	var out []access.Account
	for rows.Next() {
		a, err := scanAccount(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, told(rows.Err())
}

// AccountByLink implements access.Store.
func (s *Store) AccountByLink(ctx context.Context, hash []byte) (access.Account, error) {
	return scanAccount(s.row(ctx, accountColumns+"WHERE link = ?", hash))
}

// PutSession implements access.Store. Those that have run out are forgotten on
// the way.
func (s *Store) PutSession(ctx context.Context, v access.Session) error {
	return s.writer.do(ctx, func(t *tx) error {
		if err := t.exec("DELETE FROM session WHERE until <= ?", time.Now().Unix()); err != nil {
			return err
		}
		return t.exec(`INSERT INTO session (hash, account, round, person, until, ends) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (hash) DO UPDATE SET account = excluded.account, round = excluded.round, person = excluded.person, until = excluded.until, ends = excluded.ends`,
			v.Hash, v.Account, v.Round, v.Person, v.Until.Unix(), v.Ends.Unix())
	})
}

const sessionColumns = "SELECT hash, account, round, person, until, ends FROM session "

func scanSession(row scanner) (access.Session, error) {
	var v access.Session
	var until, ends int64
	err := row.Scan(&v.Hash, &v.Account, &v.Round, &v.Person, &until, &ends)
	v.Until, v.Ends = time.Unix(until, 0), time.Unix(ends, 0)
	return v, told(err)
}

// Session implements access.Store.
func (s *Store) Session(ctx context.Context, hash []byte) (access.Session, error) {
	return scanSession(s.row(ctx, sessionColumns+"WHERE hash = ? AND until > ?", hash, time.Now().Unix()))
}

// TouchSession implements access.Store.
func (s *Store) TouchSession(ctx context.Context, hash []byte, until time.Time) error {
	return s.writer.do(ctx, func(t *tx) error { return t.exec("UPDATE session SET until = ? WHERE hash = ?", until.Unix(), hash) })
}

// DropSessions implements access.Store.
func (s *Store) DropSessions(ctx context.Context, account string) error {
	return s.writer.do(ctx, func(t *tx) error { return t.exec("DELETE FROM session WHERE account = ?", account) })
}

// DropAnswering implements access.Store.
func (s *Store) DropAnswering(ctx context.Context, round, person string) error {
	return s.writer.do(ctx, func(t *tx) error {
		return t.exec("DELETE FROM session WHERE account = '' AND round = ? AND person = ?", round, person)
	})
}

// Sessions implements access.Store.
func (s *Store) Sessions(ctx context.Context) iter.Seq2[access.Session, error] {
	return paged(ctx, s, scanSession, func(last *access.Session, limit int) (string, []any) {
		after := []byte{}
		if last != nil {
			after = last.Hash
		}
		return sessionColumns + "WHERE hash > ? AND until > ? ORDER BY hash LIMIT ?", []any{after, time.Now().Unix(), limit}
	})
}

// DeleteSession implements access.Store.
func (s *Store) DeleteSession(ctx context.Context, hash []byte) error {
	return s.writer.do(ctx, func(t *tx) error { return t.exec("DELETE FROM session WHERE hash = ?", hash) })
}
