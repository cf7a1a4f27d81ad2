package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"

	"github.com/mognad/mognad/internal/round"
)

// PutDocuments implements round.Store.
func (s *Store) PutDocuments(ctx context.Context, id, generation string, docs iter.Seq2[string, []byte]) error {
	type document struct {
		unit    string
		content []byte
	}
	seq := func(yield func(document) bool) {
		for unit, content := range docs {
			if !yield(document{unit, content}) {
				return
			}
		}
	}
	return chunked(ctx, s.writer, seq, func(d document) int { return len(d.content) }, func(t *tx, d document) error {
		return t.exec(`INSERT INTO document (round, generation, unit, content) VALUES (?, ?, ?, ?)
			ON CONFLICT (round, generation, unit) DO UPDATE SET content = excluded.content`, id, generation, d.unit, d.content)
	})
}

// Document implements round.Store.
func (s *Store) Document(ctx context.Context, id, generation, unit string) ([]byte, error) {
	var content []byte
	err := s.row(ctx, "SELECT content FROM document WHERE round = ? AND generation = ? AND unit = ?", id, generation, unit).Scan(&content)
	return content, told(err)
}

// DropDocuments implements round.Store.
func (s *Store) DropDocuments(ctx context.Context, id, generation string) error {
	return s.writer.do(ctx, func(t *tx) error {
		return t.exec("DELETE FROM document WHERE round = ? AND generation = ?", id, generation)
	})
}

// AppendLog implements round.Store.
func (s *Store) AppendLog(ctx context.Context, e round.Event) error {
	doc, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return s.writer.do(ctx, func(t *tx) error { return t.exec("INSERT INTO log (doc) VALUES (?)", doc) })
}

// Log implements round.Store, page by page.
func (s *Store) Log(ctx context.Context) iter.Seq2[round.Event, error] {
	type line struct {
		place int64
		event round.Event
	}
	return func(yield func(round.Event, error) bool) {
		before := int64(1<<63 - 1)
		for limit, more := firstRows, true; more; limit = nextRows(limit) {
			page := make([]line, 0, limit)
			err := s.each(ctx, func(row scanner) error {
				var l line
				var doc sql.RawBytes
				if err := row.Scan(&l.place, &doc); err != nil {
					return err
				}
				page = append(page, l)
				return json.Unmarshal(doc, &page[len(page)-1].event)
			}, "SELECT place, doc FROM log WHERE place < ? ORDER BY place DESC LIMIT ?", before, limit)
			if err != nil {
				yield(round.Event{}, err)
				return
			}
			for _, l := range page {
				if !yield(l.event, nil) {
					return
				}
				before = l.place
			}
			more = len(page) == limit
		}
	}
}
