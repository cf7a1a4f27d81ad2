package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"

	"github.com/mognad/mognad/internal/trail"
)

// AppendLog implements trail.Store.
func (s *Store) AppendLog(ctx context.Context, e trail.Event) error {
	doc, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return s.writer.do(ctx, func(t *tx) error {
		return t.only("INSERT INTO log (place, doc) VALUES (?, ?) ON CONFLICT DO NOTHING", e.Number, doc)
	})
}

// Log implements trail.Store, page by page.
func (s *Store) Log(ctx context.Context) iter.Seq2[trail.Event, error] {
	return func(yield func(trail.Event, error) bool) {
		before := int64(1<<63 - 1)
		for limit, more := 1, true; more; limit = nextRows(limit) { // most ask for the newest line
			page := make([]trail.Event, 0, limit)
			err := s.each(ctx, func(row scanner) error {
				var e trail.Event
				var place int64
				var doc sql.RawBytes
				if err := row.Scan(&place, &doc); err != nil {
					return err
				}
				err := json.Unmarshal(doc, &e)
				e.Number = place
				page = append(page, e)
				return err
			}, "SELECT place, doc FROM log WHERE place < ? ORDER BY place DESC LIMIT ?", before, limit)
			if err != nil {
				yield(trail.Event{}, err)
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
				before = e.Number
			}
			more = len(page) == limit
		}
	}
}

// DropLog implements trail.Store.
func (s *Store) DropLog(ctx context.Context, before int64) error {
	return s.writer.do(ctx, func(t *tx) error { return t.exec("DELETE FROM log WHERE place < ?", before) })
}
