package mongo

import (
	"context"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
)

// document is the analysis of one unit.
type document struct {
	ID                      string `bson:"_id"`
	Round, Generation, Unit string
	Content                 []byte
}

// documentFilter names one document, by the key of a sharded collection too.
func documentFilter(id, generation, unit string) bson.M {
	return bson.M{"_id": key(id, generation, unit), "round": id, "generation": generation, "unit": unit}
}

// PutDocuments implements round.Store.
func (s *Store) PutDocuments(ctx context.Context, id, generation string, docs iter.Seq2[string, []byte]) error {
	seq := func(yield func(document) bool) {
		for unit, content := range docs {
			if !yield(document{key(id, generation, unit), id, generation, unit, content}) {
				return
			}
		}
	}
	return chunked(ctx, s.document, seq, func(d document) int { return len(d.Content) }, func(d document) mongo.WriteModel {
		return mongo.NewReplaceOneModel().SetUpsert(true).SetFilter(documentFilter(id, generation, d.Unit)).SetReplacement(d)
	})
}

// Document implements round.Store.
func (s *Store) Document(ctx context.Context, id, generation, unit string) ([]byte, error) {
	d, err := find[document](ctx, s.document, documentFilter(id, generation, unit))
	return d.Content, err
}

// DropDocuments implements round.Store.
func (s *Store) DropDocuments(ctx context.Context, id, generation string) error {
	_, err := s.document.DeleteMany(ctx, bson.M{"round": id, "generation": generation})
	return told(err)
}
