package mongo

import (
	"context"
	"iter"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// A bulk write goes in chunks, so that the memory it takes is bounded and none
// comes near its limit in time.
const (
	chunkRows = 1000
	chunkSize = 4 << 20
)

// chunked makes the write of each of seq and sends them in chunks; size tells
// about how many bytes a value takes. The writes may come in any order, and
// twice.
func chunked[T any](ctx context.Context, coll *mongo.Collection, seq iter.Seq[T], size func(T) int, write func(T) mongo.WriteModel) error {
	batch, bytes := make([]mongo.WriteModel, 0, chunkRows), 0
	flush := func() error {
		err := twice(func() error {
			_, err := coll.BulkWrite(ctx, batch, options.BulkWrite().SetOrdered(false))
			return err
		})
		batch, bytes = batch[:0], 0
		return err
	}
	for v := range seq {
		batch, bytes = append(batch, write(v)), bytes+size(v)
		if len(batch) == chunkRows || bytes >= chunkSize {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if len(batch) == 0 {
		return ctx.Err()
	}
	return flush()
}
