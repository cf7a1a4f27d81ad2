package sqlite

import (
	"context"
	"iter"
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
