package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
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
			return fail.New(fail.Conflict, "Det finns redan en mätomgång "+r.ID+".", "There is a round "+r.ID+" already.")
		}
		return err
	})
}

// Round implements round.Store.
func (s *Store) Round(ctx context.Context, id string) (round.Round, error) {
	var doc []byte
	if err := s.read.QueryRowContext(ctx, "SELECT doc FROM round WHERE id = ?", id).Scan(&doc); err != nil {
		return round.Round{}, told(err)
	}
	var r round.Round
	return r, json.Unmarshal(doc, &r)
}

// Rounds implements round.Store.
func (s *Store) Rounds(ctx context.Context) ([]round.Round, error) {
	return docs[round.Round](ctx, s.read, "SELECT doc FROM round ORDER BY opens_on DESC, id DESC")
}

// docs reads rows of one JSON document each.
func docs[T any](ctx context.Context, db *sql.DB, query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, told(err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		var doc sql.RawBytes
		var v T
		if err := rows.Scan(&doc); err != nil {
			return nil, told(err)
		}
		if err := json.Unmarshal(doc, &v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, told(rows.Err())
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

var errStale = fail.New(fail.Conflict, "Någon annan ändrade samtidigt. Ladda om sidan och försök igen.", "Somebody else changed this at the same time. Load the page again and retry.")

// PutBlob implements round.Store.
func (s *Store) PutBlob(ctx context.Context, hash string, content []byte) error {
	return s.writer.do(ctx, func(t *tx) error {
		return t.exec("INSERT INTO blob (hash, content) VALUES (?, ?) ON CONFLICT DO NOTHING", hash, content)
	})
}

// Blob implements round.Store.
func (s *Store) Blob(ctx context.Context, hash string) ([]byte, error) {
	var content []byte
	return content, told(s.read.QueryRowContext(ctx, "SELECT content FROM blob WHERE hash = ?", hash).Scan(&content))
}

// chunk is how many rows of a bulk write share a commit: savers wait for one
// chunk at most.
const chunk = 2000

// chunked hands seq to write in chunks, each one job.
func chunked[T any](ctx context.Context, w *writer, seq iter.Seq[T], write func(*tx, T) error) error {
	batch := make([]T, 0, chunk)
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := w.do(ctx, func(t *tx) error {
			for _, v := range batch {
				if err := write(t, v); err != nil {
					return err
				}
			}
			return nil
		})
		batch = make([]T, 0, chunk) // a job whose caller has given up may still read the former
		return err
	}
	for v := range seq {
		if batch = append(batch, v); len(batch) == chunk {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// PutInvitations implements round.Store.
func (s *Store) PutInvitations(ctx context.Context, id string, people iter.Seq[round.Invitation]) error {
	return chunked(ctx, s.writer, people, func(t *tx, v round.Invitation) error {
		roles, err := json.Marshal(v.Roles)
		if err != nil {
			return err
		}
		return t.exec(`INSERT INTO invitation (round, person, unit, counts, status, issue, link, name, email, roles) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (round, person) DO UPDATE SET unit = excluded.unit, counts = excluded.counts, issue = excluded.issue, link = excluded.link,
			name = excluded.name, email = excluded.email, roles = excluded.roles`,
			id, v.Person, v.Unit, v.Counts, round.Invited, v.Issue, v.Link, v.Name, v.Email, roles)
	})
}

const invitationColumns = "SELECT round, person, unit, counts, status, issue, link, name, email, roles FROM invitation "

func scanInvitation(row interface{ Scan(...any) error }) (round.Invitation, error) {
	var v round.Invitation
	var roles []byte
	if err := row.Scan(&v.Round, &v.Person, &v.Unit, &v.Counts, &v.Status, &v.Issue, &v.Link, &v.Name, &v.Email, &roles); err != nil {
		return v, told(err)
	}
	v.Roles = make([]org.Role, 0, 1)
	return v, json.Unmarshal(roles, &v.Roles)
}

// Invitation implements round.Store.
func (s *Store) Invitation(ctx context.Context, id, person string) (round.Invitation, error) {
	return scanInvitation(s.read.QueryRowContext(ctx, invitationColumns+"WHERE round = ? AND person = ?", id, person))
}

// InvitationByLink implements round.Store.
func (s *Store) InvitationByLink(ctx context.Context, hash []byte) (round.Invitation, error) {
	return scanInvitation(s.read.QueryRowContext(ctx, invitationColumns+"WHERE link = ?", hash))
}

// Invitations implements round.Store. It reads page by page, so that no reader
// holds back the file's checkpoints.
func (s *Store) Invitations(ctx context.Context, id string) iter.Seq2[round.Invitation, error] {
	return func(yield func(round.Invitation, error) bool) {
		unit, person := "", ""
		for {
			page, err := s.invitationPage(ctx, id, unit, person)
			if err != nil {
				yield(round.Invitation{}, err)
				return
			}
			for _, v := range page {
				if !yield(v, nil) {
					return
				}
				unit, person = v.Unit, v.Person
			}
			if len(page) < chunk {
				return
			}
		}
	}
}

func (s *Store) invitationPage(ctx context.Context, id, unit, person string) ([]round.Invitation, error) {
	rows, err := s.read.QueryContext(ctx, invitationColumns+"WHERE round = ? AND (unit, person) > (?, ?) ORDER BY unit, person LIMIT ?", id, unit, person, chunk)
	if err != nil {
		return nil, told(err)
	}
	defer rows.Close()
	var page []round.Invitation
	for rows.Next() {
		v, err := scanInvitation(rows)
		if err != nil {
			return nil, err
		}
		page = append(page, v)
	}
	return page, told(rows.Err())
}

// Counts implements round.Store.
func (s *Store) Counts(ctx context.Context, id string) ([]round.UnitCount, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT unit, count(*), sum(status <> 'invited'), sum(status = 'submitted')
		FROM invitation WHERE round = ? AND counts GROUP BY unit ORDER BY unit`, id)
	if err != nil {
		return nil, told(err)
	}
	defer rows.Close()
	var out []round.UnitCount
	for rows.Next() {
		var c round.UnitCount
		if err := rows.Scan(&c.Unit, &c.Invited, &c.Started, &c.Submitted); err != nil {
			return nil, told(err)
		}
		out = append(out, c)
	}
	return out, told(rows.Err())
}
