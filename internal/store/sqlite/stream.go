package sqlite

import (
	"context"
	"database/sql"
	"iter"

	"github.com/mognad/mognad/internal/round"
)

// A stream is read page by page, so that no reader holds back the file's
// checkpoints while its rows are used. A page ends after pageRows rows or
// pageSize bytes; where only the beginning may be wanted, the first ends after
// firstRows.
const (
	firstRows = 128
	pageRows  = 4096
	pageSize  = 8 << 20
)

func nextRows(rows int) int { return min(2*rows, pageRows) }

// paged streams what a query finds, page by page: which names the rows after the
// last that was read, nil at first, limit of them at most.
func paged[T any](ctx context.Context, s *Store, scan func(scanner) (T, error), which func(last *T, limit int) (query string, args []any)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var last *T
		for limit, more := firstRows, true; more; limit = nextRows(limit) {
			query, args := which(last, limit)
			var page []T
			err := s.each(ctx, func(row scanner) error {
				v, err := scan(row)
				page = append(page, v)
				return err
			}, query, args...)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for i, v := range page {
				if !yield(v, nil) {
					return
				}
				last = &page[i]
			}
			more = len(page) == limit
		}
	}
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

// Responses implements round.Store.
func (s *Store) Responses(ctx context.Context, id string) iter.Seq2[round.Response, error] {
	return func(yield func(round.Response, error) bool) {
		for v, err := range s.EveryResponse(ctx, id) {
			if (err != nil || v.Submitted) && !yield(v, err) {
				return
			}
		}
	}
}

// EveryResponse implements round.Store. Each response is whole, as it was at one
// moment; a later page is of a later moment.
func (s *Store) EveryResponse(ctx context.Context, id string) iter.Seq2[round.Response, error] {
	return func(yield func(round.Response, error) bool) {
		after, limit := "", pageRows
		for more := true; more; {
			var page []round.Response
			var err error
			if page, more, err = s.responses(ctx, id, after, limit); err != nil {
				yield(round.Response{}, err)
				return
			}
			if len(page) == 0 {
				limit *= 2 // one respondent fills more than a page
				continue
			}
			after = page[len(page)-1].Respondent
			for _, v := range page {
				if !yield(v, nil) {
					return
				}
			}
		}
	}
}

// responses reads the responses after a respondent, from limit rows at most,
// and tells whether there may be more. One that the end of the page may have
// cut is left to the next.
func (s *Store) responses(ctx context.Context, id, after string, limit int) (page []round.Response, more bool, err error) {
	rows, err := s.query(ctx, `SELECT respondent, item, version, submitted, day, sealed FROM response
		WHERE round = ? AND respondent > ? ORDER BY respondent, item LIMIT ?`, id, after, limit)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	page = make([]round.Response, 0, limit)
	n, size := 0, 0
	for rows.Next() {
		var respondent string
		var sealed sql.RawBytes
		var p piece
		if err := rows.Scan(&respondent, &p.item, &p.version, &p.submitted, &p.day, &sealed); err != nil {
			return nil, false, told(err)
		}
		if len(page) == 0 || page[len(page)-1].Respondent != respondent {
			if size > pageSize {
				return page, true, nil
			}
			page = append(page, round.Response{Round: id, Respondent: respondent})
		}
		p.add(&page[len(page)-1], sealed)
		size += len(sealed)
		n++
	}
	if err := rows.Err(); err != nil {
		return nil, false, told(err)
	}
	if n < limit || len(page) == 0 {
		return page, false, nil
	}
	return page[:len(page)-1], true, nil
}

// piece is a row of a response.
type piece struct {
	item      string
	version   sql.NullInt64
	submitted sql.NullBool
	day       sql.NullString
}

func (p *piece) add(v *round.Response, sealed []byte) {
	if sealed != nil {
		sealed = append(make([]byte, 0, len(sealed)), sealed...)
	}
	if p.item == "" {
		v.Version, v.Submitted, v.Day, v.Record = p.version.Int64, p.submitted.Bool, p.day.String, sealed
		return
	}
	if v.Items == nil {
		v.Items = map[string][]byte{}
	}
	v.Items[p.item] = sealed
}
