// Package sqlite is the store in one file with nothing to install. A write is
// acknowledged when SQLite has synced it to disk (WAL, synchronous=FULL);
// writers that wait at the same time share one commit.
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

	sqlite3 "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/store"
)

var _ store.Store = (*Store)(nil)

// Store is an open database file.
type Store struct {
	read   *sql.DB
	writer *writer
}

const (
	readers = 8
	// A check of every page is quick in a small file; a large one would keep
	// the service from starting.
	checkedSize = 64 << 20
)

// Open opens the database file at path, making it (and its folder) readable by
// its owner alone where there is none, and brings an older schema up to date.
// The error says what to do about a file that is damaged or newer than the
// program.
func Open(path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	info, err := f.Stat()
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	write, err := connect(path, 1)
	if err != nil {
		return nil, err
	}
	if err := prepare(write, path, info.Size()); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := connect(path, readers)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	w, err := newWriter(write)
	if err != nil {
		return nil, errors.Join(err, read.Close(), write.Close())
	}
	return &Store{read: read, writer: w}, nil
}

func connect(path string, connections int) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	dsn := (&url.URL{Scheme: "file", Path: abs, RawQuery: strings.Join([]string{
		"_pragma=busy_timeout(10000)", "_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)",
		"_pragma=wal_autocheckpoint(4000)", "_pragma=cache_size(-16000)", "_txlock=immediate"}, "&")}).String()
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// prepare checks the file and migrates it.
func prepare(db *sql.DB, path string, size int64) error {
	var found string
	if size <= checkedSize {
		if err := db.QueryRow("PRAGMA quick_check(1)").Scan(&found); err == nil && found != "ok" {
			return damaged(path, errors.New(found))
		} else if err != nil {
			return opening(path, err)
		}
	}
	var version int
	if err := db.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return opening(path, err)
	}
	if version > len(migrations) {
		return fmt.Errorf("the database %s has schema %d, made by a newer mognad; this program knows %d: run the newer program", path, version, len(migrations))
	}
	for ; version < len(migrations); version++ {
		if err := migrate(db, version); err != nil {
			return opening(path, fmt.Errorf("migrate to schema %d: %w", version+1, err))
		}
	}
	return nil
}

// migrate takes one step as one transaction. Another process may have taken it
// already.
func migrate(db *sql.DB, from int) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing after Commit
	var now int
	if err := tx.QueryRow("PRAGMA user_version").Scan(&now); err != nil || now > from {
		return err
	}
	if _, err := tx.Exec(migrations[from]); err != nil {
		return err
	}
	if _, err := tx.Exec(fmt.Sprintf("PRAGMA user_version = %d", from+1)); err != nil {
		return err
	}
	return tx.Commit()
}

func opening(path string, err error) error {
	if e, ok := errors.AsType[*sqlite3.Error](err); ok && (e.Code()&0xff == lib.SQLITE_NOTADB || e.Code()&0xff == lib.SQLITE_CORRUPT) {
		return damaged(path, err)
	}
	return fmt.Errorf("open database %s: %w", path, err)
}

func damaged(path string, err error) error {
	return fmt.Errorf("the database %s is damaged or no database (%w): put a backup in its place, or move it aside (with the files ending in -wal and -shm) to begin anew", path, err)
}

// Close ends the store when what waits has been written.
func (s *Store) Close() error { return errors.Join(s.writer.close(), s.read.Close()) }

// Ping tells whether the file can be read and written.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.read.QueryRowContext(ctx, "SELECT 1 FROM sqlite_master LIMIT 1").Scan(&one); err != nil {
		return told(err)
	}
	return s.writer.do(ctx, func(*tx) error { return nil })
}

var errNotFound = fail.New(fail.NotFound, "Det du söker finns inte.", "What you are looking for does not exist.")

// told gives an error of the database the code that its reader needs.
func told(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errNotFound
	}
	if e, ok := errors.AsType[*sqlite3.Error](err); ok {
		switch e.Code() & 0xff {
		case lib.SQLITE_FULL:
			return fail.Wrap(err, fail.Unavailable, "Servern har ont om diskutrymme och kunde inte spara. Försök igen om en stund.", "The server is short of disk space and could not save. Try again in a while.")
		case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_IOERR, lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY, lib.SQLITE_NOMEM, lib.SQLITE_PROTOCOL:
			return fail.Wrap(err, fail.Unavailable, "Databasen nås inte just nu. Försök igen om en stund.", "The database can't be reached right now. Try again in a while.")
		}
	}
	return err
}
