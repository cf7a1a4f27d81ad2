package mongo

import (
	"context"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/mognad/mognad/internal/fail"
)

// batchRows is how many documents a server sends at a time, 16 MB at most.
const batchRows = 1000

// most is how many times a stream that comes no further is taken up again.
const most = 3

// query is a stream of documents in the order of sort. after tells which ones
// come after one, all for nil: so a stream whose server is lost goes on with the
// next where it was, and one that is used slowly may outlive its cursor.
type query[T any] struct {
	coll  *mongo.Collection
	after func(last *T) bson.M
	sort  bson.D
}

// stream yields what value makes of every document.
func stream[T, V any](ctx context.Context, q query[T], value func(*T) (V, error)) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		var last *T
		for tries := 0; ; tries++ {
			from := last
			more, err := q.read(ctx, from, func(doc *T) bool {
				last = doc
				v, err := value(doc)
				return yield(v, err) && err == nil
			})
			if !more {
				return
			}
			if last != from {
				tries = 0
			}
			if err = told(err); !fail.Is(err, fail.Unavailable) || ctx.Err() != nil || tries == most {
				if err != nil {
					var none V
					yield(none, err)
				}
				return
			}
		}
	}
}

// read calls use with what comes after a document, until use returns false: then
// more is false.
func (q query[T]) read(ctx context.Context, after *T, use func(*T) bool) (more bool, err error) {
	cursor, err := q.coll.Find(ctx, q.after(after), options.Find().SetSort(q.sort).SetBatchSize(batchRows))
	if err != nil {
		return true, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
		defer cancel()
		_ = cursor.Close(ctx) // a server that can't be told to forget it forgets it by itself
	}()
	for next(ctx, cursor) {
		doc := new(T)
		if err := cursor.Decode(doc); err != nil {
			return true, err
		}
		if !use(doc) {
			return false, nil
		}
	}
	return true, cursor.Err()
}

// next steps the cursor. The driver sets no limit to the time that another batch
// takes.
func next(ctx context.Context, cursor *mongo.Cursor) bool {
	if cursor.RemainingBatchLength() > 0 {
		return cursor.Next(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return cursor.Next(ctx)
}

// all reads a query into memory.
func all[T any](ctx context.Context, q query[T]) ([]T, error) {
	var out []T
	for v, err := range stream(ctx, q, func(v *T) (T, error) { return *v, nil }) {
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// while ends a stream at the first that is not wanted.
func while[T any](stream iter.Seq2[T, error], wanted func(T) bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range stream {
			if err == nil && !wanted(v) || !yield(v, err) {
				return
			}
		}
	}
}

func sorted(field string, direction int) bson.D { return bson.D{{Key: field, Value: direction}} }
