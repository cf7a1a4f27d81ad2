package sqlite

import (
	"context"
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
	return chunked(ctx, s.writer, seq, func(t *tx, d document) error {
		return t.exec(`INSERT INTO document (round, generation, unit, content) VALUES (?, ?, ?, ?)
			ON CONFLICT (round, generation, unit) DO UPDATE SET content = excluded.content`, id, generation, d.unit, d.content)
	})
}

// Document implements round.Store.
func (s *Store) Document(ctx context.Context, id, generation, unit string) ([]byte, error) {
	var content []byte
	return content, told(s.read.QueryRowContext(ctx, "SELECT content FROM document WHERE round = ? AND generation = ? AND unit = ?", id, generation, unit).Scan(&content))
}

// DropDocuments implements round.Store.
func (s *Store) DropDocuments(ctx context.Context, id, keep string) error {
	return s.writer.do(ctx, func(t *tx) error {
		return t.exec("DELETE FROM document WHERE round = ? AND generation <> ?", id, keep)
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

// Log implements round.Store.
func (s *Store) Log(ctx context.Context) iter.Seq2[round.Event, error] {
	return func(yield func(round.Event, error) bool) {
		rows, err := s.read.QueryContext(ctx, "SELECT doc FROM log ORDER BY place DESC")
		if err != nil {
			yield(round.Event{}, told(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var doc []byte
			var e round.Event
			err := rows.Scan(&doc)
			if err == nil {
				err = json.Unmarshal(doc, &e)
			}
			if !yield(e, told(err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(round.Event{}, told(err))
		}
	}
}
