package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	lib "modernc.org/sqlite/lib"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/metrics"
)

// writer is the one connection that writes. Jobs that wait when a commit ends
// go together into the next, so many savers share the cost of syncing the disk,
// and one that is alone waits for nobody.
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
// whole commit, and each job is tried again by itself; so none spoils another's,
// and the common case is spared a savepoint a job.
type job struct {
	change func(*tx) error
	state  atomic.Int32
	result chan error
}

// A job is the writer's from when it is taken, until then its caller's, who may
// leave it: then it is never done.
const (
	waiting = iota
	taken
	left
)

// most is how many jobs share a commit: few enough to keep each one's wait short.
const most = 512

func newWriter(db *sql.DB) (*writer, error) {
	conn, err := db.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(context.Background(), "PRAGMA busy_timeout = 0"); err != nil { // begin waits in its own way
		return nil, errors.Join(err, conn.Close())
	}
	w := &writer{db: db, conn: conn, stmts: map[string]*sql.Stmt{}, jobs: make(chan *job, most), done: make(chan struct{})}
	go w.run()
	return w, nil
}

// do makes a change and returns when it is on the disk. When ctx ends before
// the change has begun, it is never made; after that do waits for its outcome,
// so that the change is no longer running when do has returned.
func (w *writer) do(ctx context.Context, change func(*tx) error) error {
	j := &job{change: change, result: make(chan error, 1)}
	if err := w.hand(ctx, j); err != nil {
		return err
	}
	select {
	case err := <-j.result:
		return told(err)
	case <-ctx.Done():
		if j.state.CompareAndSwap(waiting, left) {
			return ctx.Err()
		}
		return told(<-j.result)
	}
}

func (w *writer) hand(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.closing.RLock()
	defer w.closing.RUnlock()
	if w.closed {
		return errEnded
	}
	select {
	case w.jobs <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) run() {
	defer close(w.done)
	batch := make([]*job, 0, most)
	for first := range w.jobs {
		batch = take(batch[:0], first)
	gather:
		for len(batch) < most {
			select {
			case j, ok := <-w.jobs:
				if !ok {
					break gather
				}
				batch = take(batch, j)
			default:
				break gather
			}
		}
		if len(batch) > 0 {
			w.commit(batch)
		}
	}
}

func take(batch []*job, j *job) []*job {
	if j.state.CompareAndSwap(waiting, taken) {
		return append(batch, j)
	}
	return batch
}

// commit makes the jobs' changes durable as one transaction, and answers them.
func (w *writer) commit(batch []*job) {
	refusals := make([]error, len(batch))
	start := time.Now()
	err := w.transact(batch, refusals)
	metrics.Store("commit", start)
	if err != nil && len(batch) > 1 && !outOfReach(codeOf(err)) {
		for _, j := range batch { // one of them is at fault, or the disk has room for some
			w.commit([]*job{j})
		}
		return
	}
	for i, j := range batch {
		if err == nil {
			j.result <- refusals[i]
		} else {
			j.result <- err
		}
	}
}

func (w *writer) transact(batch []*job, refusals []error) error {
	if err := w.begin(); err != nil {
		return w.rollback(err)
	}
	for i, j := range batch {
		err := j.change(&tx{w})
		if _, refused := errors.AsType[*fail.Error](err); refused {
			refusals[i] = err
		} else if err != nil {
			return w.rollback(err)
		}
	}
	if err := w.exec("COMMIT"); err != nil {
		return w.rollback(err)
	}
	return nil
}

// While another process writes, begin looks this often and this long whether the
// file is free. SQLite's own waiting looks ever more seldom, and then a process
// that commits without a pause can keep all others out.
const (
	retryBegin = time.Millisecond
	waitBegin  = 15 * time.Second
)

func (w *writer) begin() error {
	for deadline := time.Now().Add(waitBegin); ; time.Sleep(retryBegin) {
		err := w.exec("BEGIN IMMEDIATE")
		if codeOf(err) != lib.SQLITE_BUSY || time.Now().After(deadline) {
			return err
		}
	}
}

// rollback undoes the transaction because of err. SQLite may have done so
// already: then there is none, and the rollback's own error says nothing. Should
// one be left all the same, the next BEGIN fails and it is rolled back then.
func (w *writer) rollback(err error) error {
	_ = w.exec("ROLLBACK")
	return err
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
	_, err := t.changed(query, args...)
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

// only is exec that must change something: errStale when it does not.
func (t *tx) only(query string, args ...any) error {
	n, err := t.changed(query, args...)
	if err == nil && n == 0 {
		return errStale
	}
	return err
}

// row reads one row into dest; sql.ErrNoRows when there is none.
func (t *tx) row(query string, args []any, dest ...any) error {
	s, err := t.w.stmt(query)
	if err != nil {
		return err
	}
	return s.QueryRow(args...).Scan(dest...)
}
