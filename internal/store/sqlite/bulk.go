package sqlite

import (
	"context"
	"iter"

	"github.com/mognad/mognad/internal/store"
)

// chunked writes seq in chunks, each one job.
func chunked[T any](ctx context.Context, w *writer, seq iter.Seq[T], size func(T) int, write func(*tx, T) error) error {
	return store.Chunked(ctx, seq, size, func(chunk []T) error {
		return w.do(ctx, func(t *tx) error {
			for _, v := range chunk {
				if err := write(t, v); err != nil {
					return err
				}
			}
			return nil
		})
	})
}
