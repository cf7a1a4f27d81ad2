// Package sqlite is the store in one file with nothing to install. A write is
// acknowledged when SQLite has synced it to disk (WAL, synchronous=FULL);
// writers that wait at the same time share one commit. Several processes may
// have the file open.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	sqlite3 "modernc.org/sqlite"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/metrics"
	"github.com/mognad/mognad/internal/store"
)

var _ store.Store = (*Store)(nil)

// Store is an open database file.
type Store struct {
	path   string
	file   os.FileInfo // the file that was opened, to tell when another lies there
	writer *writer
	read   *sql.DB
	stmts  sync.Map // query → *sql.Stmt of read
}

// Each connection has a cache of its own: 16 MB for the writer, 4 MB a reader.
const (
	readers     = 8
	writerCache = "_pragma=cache_size(-16000)"
	readerCache = "_pragma=cache_size(-4000)"
)

// Open opens the database file at path, making it (and its folder) readable by
// its owner alone where there is none, and brings an older schema up to date.
// The error says what to do about a file that is damaged, newer than the
// program or another program's.
func Open(path string) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := create(path); err != nil {
		return nil, fmt.Errorf("make database: %w", err)
	}
	file, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	write, err := connect(path, 1, writerCache, "_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)",
		"_pragma=wal_autocheckpoint(4000)", "_pragma=journal_size_limit(67108864)", "_txlock=immediate")
	if err != nil {
		return nil, err
	}
	if err := prepare(write, path, file.Size()); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	w, err := newWriter(write)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := connect(path, readers, readerCache, "_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return &Store{path: path, file: file, writer: w, read: read}, nil
}

// create makes an empty file where there is none. One that exists is not
// opened here: closing it again would drop the locks that SQLite in this
// process may have on it.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// processWide sets what SQLite has for the whole process: locks that survive
// when anybody closes another descriptor of the file, and syncing without the
// file's timestamps. Where the system has neither, the defaults are as safe.
var processWide = sync.OnceFunc(func() {
	_, _ = sqlite3.OFDLocking(true)
	_, _ = sqlite3.Fdatasync(true)
})

func connect(path string, connections int, options ...string) (*sql.DB, error) {
	processWide()
	options = append([]string{"_pragma=busy_timeout(10000)"}, options...)
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: strings.Join(options, "&")}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// Close ends the store when what waits has been written.
func (s *Store) Close() error {
	var err error
	s.stmts.Range(func(query, stmt any) bool {
		s.stmts.Delete(query)
		err = errors.Join(err, stmt.(*sql.Stmt).Close())
		return true
	})
	return errors.Join(err, s.read.Close(), s.writer.close())
}

// Ping implements store.Store: it writes a row, as only that tells that a write
// is possible, and tells when the file has been taken away under the program,
// since what is written then is lost when it ends.
func (s *Store) Ping(ctx context.Context) error {
	if now, err := os.Stat(s.path); err != nil || !os.SameFile(now, s.file) {
		return fail.Wrap(fmt.Errorf("the file %s is no longer the one that was opened (%v): stop the service, put the file back, start again", s.path, err),
			fail.Unavailable, "Databasen har flyttats eller ersatts. Tjänsten måste startas om.", "The database has been moved or replaced. The service must be restarted.")
	}
	return s.SetSetting(ctx, "store.ping", time.Now().UTC().Format(time.RFC3339))
}

// query reads rows with a prepared statement.
func (s *Store) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := s.prepared(ctx, query)
	if err != nil {
		return nil, told(err)
	}
	defer metrics.Store("read", time.Now())
	rows, err := stmt.QueryContext(ctx, args...)
	return rows, told(err)
}

// scanner is a row, or the one that rows stand at.
type scanner interface{ Scan(dest ...any) error }

// row reads one row with a prepared statement; fail.NotFound when there is none.
func (s *Store) row(ctx context.Context, query string, args ...any) scanner {
	stmt, err := s.prepared(ctx, query)
	if err != nil {
		return failedRow{err}
	}
	defer metrics.Store("read", time.Now())
	return stmt.QueryRowContext(ctx, args...)
}

type failedRow struct{ err error }

func (r failedRow) Scan(...any) error { return r.err }

func (s *Store) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := s.stmts.Load(query); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := s.read.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if first, twice := s.stmts.LoadOrStore(query, stmt); twice {
		return first.(*sql.Stmt), stmt.Close()
	}
	return stmt, nil
}

// each calls scan at every row of a query.
func (s *Store) each(ctx context.Context, scan func(scanner) error, query string, args ...any) error {
	rows, err := s.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return told(err)
		}
	}
	return told(rows.Err())
}
