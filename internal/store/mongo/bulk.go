package mongo

import (
	"context"
	"iter"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/mognad/mognad/internal/store"
)

// chunked makes the write of each of seq and sends them in chunks. The writes may
// come in any order, and twice.
func chunked[T any](ctx context.Context, coll *mongo.Collection, seq iter.Seq[T], size func(T) int, write func(T) mongo.WriteModel) error {
	return store.Chunked(ctx, seq, size, func(chunk []T) error {
		models := make([]mongo.WriteModel, len(chunk))
		for i, v := range chunk {
			models[i] = write(v)
		}
		return twice(func() error {
			_, err := coll.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
			return err
		})
	})
}
