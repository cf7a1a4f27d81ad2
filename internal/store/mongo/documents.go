package mongo

import (
	"context"
	"encoding/json"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/mognad/mognad/internal/round"
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

// line is a line of the log. Place is the order in which they came: the clocks
// of two processes, or one that is set, would not tell it.
type line struct {
	Place int64 `bson:"_id"`
	Doc   string
}

// AppendLog implements round.Store. A process that dies in between leaves a
// place empty. A counter that was set back, since the server that counted was
// lost, gives places that are taken, and counts on.
func (s *Store) AppendLog(ctx context.Context, e round.Event) error {
	doc, err := json.Marshal(e)
	if err != nil {
		return err
	}
	for {
		var last struct{ Place int64 }
		if err := s.counter.FindOneAndUpdate(ctx, bson.M{"_id": "log"}, bson.M{"$inc": bson.M{"place": 1}},
			options.FindOneAndUpdate().SetReturnDocument(options.After)).Decode(&last); err != nil {
			return told(err)
		}
		_, err = s.log.InsertOne(ctx, line{last.Place, string(doc)})
		if !mongo.IsDuplicateKeyError(err) {
			return told(err)
		}
	}
}

// Log implements round.Store.
func (s *Store) Log(ctx context.Context) iter.Seq2[round.Event, error] {
	return stream(ctx, query[line]{s.log, func(last *line) bson.M {
		if last == nil {
			return bson.M{}
		}
		return bson.M{"_id": bson.M{"$lt": last.Place}}
	}, sorted("_id", -1)}, func(l *line) (e round.Event, err error) {
		err = json.Unmarshal([]byte(l.Doc), &e)
		return e, err
	})
}
