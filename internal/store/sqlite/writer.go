package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/mognad/mognad/internal/fail"
)

// writer is the one connection that writes. Jobs that wait when a commit ends
// go together into the next, so many savers share the cost of syncing the disk.
type writer struct {
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	jobs  chan *job

	closing sync.RWMutex // held for reading while a job is handed over
	closed  bool
	done    chan struct{}
}

// job is one change. It refuses (with a fail.Error) before it writes anything:
// then the others of its commit go on. An error of another kind undoes the
// whole commit, and each job is tried again by itself.
type job struct {
	ctx    context.Context
	change func(*tx) error
	result chan error
}

// most is how many jobs share a commit: few enough to keep each one's wait short.
const most = 512

func newWriter(db *sql.DB) (*writer, error) {
	conn, err := db.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	w := &writer{db: db, conn: conn, stmts: map[string]*sql.Stmt{}, jobs: make(chan *job, most), done: make(chan struct{})}
	go w.run()
	return w, nil
}

var errEnded = fail.New(fail.Unavailable, "Tjänsten håller på att avslutas. Försök igen om en stund.", "The service is ending. Try again in a while.")

// do makes a change and returns when it is on the disk. When ctx ends first, the
// change may still be made: it is just not acknowledged.
func (w *writer) do(ctx context.Context, change func(*tx) error) error {
	j := &job{ctx, change, make(chan error, 1)}
	w.closing.RLock()
	if w.closed {
		w.closing.RUnlock()
		return errEnded
	}
	select {
	case w.jobs <- j:
		w.closing.RUnlock()
	case <-ctx.Done():
		w.closing.RUnlock()
		return ctx.Err()
	}
	select {
	case err := <-j.result:
		return told(err)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) run() {
	defer close(w.done)
	batch := make([]*job, 0, most)
	for first := range w.jobs {
		batch = append(batch[:0], first)
	gather:
		for len(batch) < most {
			select {
			case j, ok := <-w.jobs:
				if !ok {
					break gather
				}
				batch = append(batch, j)
			default:
				break gather
			}
		}
		w.commit(batch)
	}
}

// commit makes the jobs' changes durable as one transaction, and answers them.
func (w *writer) commit(batch []*job) {
	refusals := make([]error, len(batch))
	err := w.exec("BEGIN IMMEDIATE")
	for i := 0; err == nil && i < len(batch); i++ {
		refusals[i], err = w.apply(batch[i])
	}
	if err == nil {
		err = w.exec("COMMIT")
	}
	if err != nil {
		if rollback := w.exec("ROLLBACK"); rollback != nil && len(batch) > 1 {
			err = errors.Join(err, rollback)
		}
		if len(batch) > 1 { // one of them may be at fault: each for itself
			for _, j := range batch {
				w.commit([]*job{j})
			}
			return
		}
	}
	for i, j := range batch {
		if refusals[i] != nil {
			j.result <- refusals[i]
		} else {
			j.result <- err
		}
	}
}

// apply runs one job. What the job refuses is its own affair, err everybody's.
func (w *writer) apply(j *job) (refusal, err error) {
	if j.ctx.Err() != nil {
		return j.ctx.Err(), nil
	}
	err = j.change(&tx{w})
	if _, ok := errors.AsType[*fail.Error](err); ok {
		return err, nil
	}
	return nil, err
}

func (w *writer) exec(statement string) error {
	stmt, err := w.stmt(statement)
	if err != nil {
		return err
	}
	_, err = stmt.Exec()
	return err
}

func (w *writer) stmt(query string) (*sql.Stmt, error) {
	if s, ok := w.stmts[query]; ok {
		return s, nil
	}
	s, err := w.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	w.stmts[query] = s
	return s, nil
}

func (w *writer) close() error {
	w.closing.Lock()
	if w.closed {
		w.closing.Unlock()
		return nil
	}
	w.closed = true
	close(w.jobs)
	w.closing.Unlock()
	<-w.done
	var err error
	for _, s := range w.stmts {
		err = errors.Join(err, s.Close())
	}
	return errors.Join(err, w.conn.Close(), w.db.Close())
}

// tx is what a job writes with: prepared statements inside the open transaction.
type tx struct{ w *writer }

func (t *tx) exec(query string, args ...any) error {
	s, err := t.w.stmt(query)
	if err != nil {
		return err
	}
	_, err = s.Exec(args...)
	return err
}

// changed is exec that tells how many rows it changed.
func (t *tx) changed(query string, args ...any) (int64, error) {
	s, err := t.w.stmt(query)
	if err != nil {
		return 0, err
	}
	r, err := s.Exec(args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// row reads one row into dest; sql.ErrNoRows when there is none.
func (t *tx) row(query string, args []any, dest ...any) error {
	s, err := t.w.stmt(query)
	if err != nil {
		return err
	}
	return s.QueryRow(args...).Scan(dest...)
}
