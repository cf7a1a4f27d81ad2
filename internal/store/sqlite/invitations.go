package sqlite

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"

	"github.com/mognad/mognad/internal/round"
)

// DropInvitations implements round.Store.
func (s *Store) DropInvitations(ctx context.Context, id string) error {
	return s.writer.do(ctx, func(t *tx) error {
		var state round.State
		if err := t.row("SELECT state FROM round WHERE id = ?", []any{id}, &state); err != nil {
			return told(err)
		}
		if state != round.Draft {
			return errStale
		}
		return t.exec("DELETE FROM invitation WHERE round = ?", id)
	})
}

// ForgetPerson implements round.Store.
func (s *Store) ForgetPerson(ctx context.Context, id, person, respondent string) error {
	return s.writer.do(ctx, func(t *tx) error {
		if err := t.exec("DELETE FROM response WHERE round = ? AND respondent = ?", id, respondent); err != nil {
			return err
		}
		return t.exec("DELETE FROM invitation WHERE round = ? AND person = ?", id, person)
	})
}

// ForgetPeople implements round.Store.
func (s *Store) ForgetPeople(ctx context.Context, id string) error {
	return s.writer.do(ctx, func(t *tx) error {
		if err := t.exec("DELETE FROM response WHERE round = ?", id); err != nil {
			return err
		}
		return t.exec("DELETE FROM invitation WHERE round = ?", id)
	})
}

// PutInvitations implements round.Store.
func (s *Store) PutInvitations(ctx context.Context, id string, people iter.Seq[round.Invitation]) error {
	return chunked(ctx, s.writer, people, func(round.Invitation) int { return 0 }, func(t *tx, v round.Invitation) error {
		roles, err := json.Marshal(v.Roles)
		if err != nil {
			return err
		}
		return t.exec(`INSERT INTO invitation (round, person, unit, counts, status, issue, link, name, email, roles, gone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (round, person) DO UPDATE SET unit = excluded.unit, counts = excluded.counts, issue = excluded.issue, link = excluded.link,
			name = excluded.name, email = excluded.email, roles = excluded.roles, gone = excluded.gone`,
			id, v.Person, v.Unit, v.Counts, cmp.Or(v.Status, round.Invited), v.Issue, v.Link, v.Name, v.Email, roles, v.Left)
	})
}

const invitationColumns = "SELECT round, person, unit, counts, status, issue, link, name, email, roles, gone FROM invitation "

func scanInvitation(row scanner) (round.Invitation, error) {
	var v round.Invitation
	var roles []byte
	if err := row.Scan(&v.Round, &v.Person, &v.Unit, &v.Counts, &v.Status, &v.Issue, &v.Link, &v.Name, &v.Email, &roles, &v.Left); err != nil {
		return v, told(err)
	}
	err := json.Unmarshal(roles, &v.Roles)
	return v, err
}

// Invitation implements round.Store.
func (s *Store) Invitation(ctx context.Context, id, person string) (round.Invitation, error) {
	return scanInvitation(s.row(ctx, invitationColumns+"WHERE round = ? AND person = ?", id, person))
}

// InvitationByLink implements round.Store.
func (s *Store) InvitationByLink(ctx context.Context, hash []byte) (round.Invitation, error) {
	return scanInvitation(s.row(ctx, invitationColumns+"WHERE link = ?", hash))
}

// Invitations implements round.Store.
func (s *Store) Invitations(ctx context.Context, id string) iter.Seq2[round.Invitation, error] {
	return paged(ctx, s, scanInvitation, func(last *round.Invitation, limit int) (string, []any) {
		unit, person := "", ""
		if last != nil {
			unit, person = last.Unit, last.Person
		}
		return invitationColumns + "WHERE round = ? AND (unit, person) > (?, ?) ORDER BY unit, person LIMIT ?", []any{id, unit, person, limit}
	})
}

// Counts implements round.Store.
func (s *Store) Counts(ctx context.Context, id string) ([]round.UnitCount, error) {
	var out []round.UnitCount
	err := s.each(ctx, func(row scanner) error {
		var c round.UnitCount
		err := row.Scan(&c.Unit, &c.Invited, &c.Started, &c.Submitted)
		out = append(out, c)
		return err
	}, `SELECT unit, count(*), sum(status <> 'invited'), sum(status = 'submitted')
		FROM invitation WHERE round = ? AND counts GROUP BY unit ORDER BY unit`, id)
	return out, err
}
