package sqlite

import (
	"context"
	"iter"
)

// A bulk write goes in chunks, each one job, so that savers wait for one chunk
// at most and the memory it takes is bounded.
const (
	chunkRows = 1000
	chunkSize = 4 << 20
)

// chunked hands seq to write in chunks; size tells about how many bytes a value
// takes.
func chunked[T any](ctx context.Context, w *writer, seq iter.Seq[T], size func(T) int, write func(*tx, T) error) error {
	batch, bytes := make([]T, 0, chunkRows), 0
	flush := func() error {
		err := w.do(ctx, func(t *tx) error {
			for _, v := range batch {
				if err := write(t, v); err != nil {
					return err
				}
			}
			return nil
		})
		batch, bytes = batch[:0], 0
		return err
	}
	for v := range seq {
		batch, bytes = append(batch, v), bytes+size(v)
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
