package store

import (
	"context"
	"iter"
)

// A bulk write goes in chunks of so many values and about so many bytes: so
// savers wait for one chunk at most, none comes near its limit in time, and the
// memory it takes is bounded.
const (
	chunkRows = 1000
	chunkSize = 4 << 20
)

// Chunked hands seq to write in chunks, which it uses again; size tells about how
// many bytes a value takes.
func Chunked[T any](ctx context.Context, seq iter.Seq[T], size func(T) int, write func([]T) error) error {
	chunk, bytes := make([]T, 0, chunkRows), 0
	for v := range seq {
		chunk, bytes = append(chunk, v), bytes+size(v)
		if len(chunk) == chunkRows || bytes >= chunkSize {
			if err := write(chunk); err != nil {
				return err
			}
			chunk, bytes = chunk[:0], 0
		}
	}
	if len(chunk) == 0 {
		return ctx.Err()
	}
	return write(chunk)
}
