package sqlite

import (
	"context"
	"time"
)

// Lease implements round.Store.
func (s *Store) Lease(ctx context.Context, name, holder string, life time.Duration) (held bool, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		now := time.Now()
		n, err := t.changed(`INSERT INTO lease (name, holder, until) VALUES (?, ?, ?)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE holder = excluded.holder OR until <= ?`,
			name, holder, now.Add(life).UnixMilli(), now.UnixMilli())
		held = n == 1
		return err
	})
	return held, err
}

// Leased implements round.Store.
func (s *Store) Leased(ctx context.Context, name string) (held bool, err error) {
	err = s.row(ctx, "SELECT EXISTS (SELECT 1 FROM lease WHERE name = ? AND until > ?)", name, time.Now().UnixMilli()).Scan(&held)
	return held, told(err)
}
