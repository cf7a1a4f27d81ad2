package mongo

import (
	"context"
	"encoding/json"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/trail"
)

// line is a line of the log by its number.
type line struct {
	Place int64 `bson:"_id"`
	Doc   string
}

// AppendLog implements trail.Store.
func (s *Store) AppendLog(ctx context.Context, e trail.Event) error {
	doc, err := json.Marshal(e)
	if err != nil {
		return err
	}
	made, err := insert(ctx, s.log, bson.M{"_id": e.Number}, bson.M{"doc": string(doc)})
	if err != nil || made {
		return err
	}
	// The one that is there may be this very line, sent a second time since its
	// acknowledgement was lost.
	there, err := find[line](ctx, s.log, bson.M{"_id": e.Number})
	if fail.Is(err, fail.NotFound) || err == nil && there.Doc != string(doc) {
		err = store.ErrStale
	}
	return err
}

// Log implements trail.Store.
func (s *Store) Log(ctx context.Context) iter.Seq2[trail.Event, error] {
	return stream(ctx, query[line]{s.log, func(last *line) bson.M {
		if last == nil {
			return bson.M{}
		}
		return bson.M{"_id": bson.M{"$lt": last.Place}}
	}, sorted("_id", -1)}, func(l *line) (e trail.Event, err error) {
		err = json.Unmarshal([]byte(l.Doc), &e)
		e.Number = l.Place
		return e, err
	})
}

// DropLog implements trail.Store.
func (s *Store) DropLog(ctx context.Context, before int64) error {
	_, err := s.log.DeleteMany(ctx, bson.M{"_id": bson.M{"$lt": before}})
	return told(err)
}
