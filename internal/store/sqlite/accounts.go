package sqlite

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/mognad/mognad/internal/access"
)

// PutAccount implements access.Store.
func (s *Store) PutAccount(ctx context.Context, a access.Account) error {
	doc, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return s.writer.do(ctx, func(t *tx) error {
		return t.exec(`INSERT INTO account (id, link, link_until, link_again, doc) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET link = excluded.link, link_until = excluded.link_until, link_again = excluded.link_again, doc = excluded.doc`,
			a.ID, a.Link, a.LinkUntil.Unix(), a.LinkAgain, doc)
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

// TakeLink implements access.Store.
func (s *Store) TakeLink(ctx context.Context, id string, hash []byte) error {
	return s.writer.do(ctx, func(t *tx) error {
		n, err := t.changed("UPDATE account SET link = NULL WHERE id = ? AND link = ?", id, hash)
		if err == nil && n == 0 {
			return errNotFound
		}
		return err
	})
}

// PutSession implements access.Store. Those that have run out are forgotten on
// the way.
func (s *Store) PutSession(ctx context.Context, v access.Session) error {
	return s.writer.do(ctx, func(t *tx) error {
		if err := t.exec("DELETE FROM session WHERE until <= ?", time.Now().Unix()); err != nil {
			return err
		}
		return t.exec(`INSERT INTO session (hash, account, round, person, until) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (hash) DO UPDATE SET account = excluded.account, round = excluded.round, person = excluded.person, until = excluded.until`,
			v.Hash, v.Account, v.Round, v.Person, v.Until.Unix())
	})
}

// Session implements access.Store.
func (s *Store) Session(ctx context.Context, hash []byte) (access.Session, error) {
	v := access.Session{Hash: hash}
	var until int64
	err := s.row(ctx, "SELECT account, round, person, until FROM session WHERE hash = ? AND until > ?", hash, time.Now().Unix()).
		Scan(&v.Account, &v.Round, &v.Person, &until)
	v.Until = time.Unix(until, 0)
	return v, told(err)
}

// DropSessions implements access.Store.
func (s *Store) DropSessions(ctx context.Context, account string) error {
	return s.writer.do(ctx, func(t *tx) error { return t.exec("DELETE FROM session WHERE account = ?", account) })
}

// Sessions implements access.Store.
func (s *Store) Sessions(ctx context.Context) iter.Seq2[access.Session, error] {
	return func(yield func(access.Session, error) bool) {
		after := []byte{}
		for limit, more := firstRows, true; more; limit = nextRows(limit) {
			var page []access.Session
			err := s.each(ctx, func(row scanner) error {
				var v access.Session
				var until int64
				err := row.Scan(&v.Hash, &v.Account, &v.Round, &v.Person, &until)
				v.Until = time.Unix(until, 0)
				page = append(page, v)
				return err
			}, "SELECT hash, account, round, person, until FROM session WHERE hash > ? AND until > ? ORDER BY hash LIMIT ?", after, time.Now().Unix(), limit)
			if err != nil {
				yield(access.Session{}, err)
				return
			}
			for _, v := range page {
				if !yield(v, nil) {
					return
				}
				after = v.Hash
			}
			more = len(page) == limit
		}
	}
}

// DeleteSession implements access.Store.
func (s *Store) DeleteSession(ctx context.Context, hash []byte) error {
	return s.writer.do(ctx, func(t *tx) error { return t.exec("DELETE FROM session WHERE hash = ?", hash) })
}
