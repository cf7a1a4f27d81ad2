package sqlite

import (
	"database/sql"
	"errors"

	sqlite3 "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/mognad/mognad/internal/store"
)

var (
	errNotFound = store.ErrNotFound
	errClosed   = store.ErrClosed
	errStale    = store.ErrStale
	errEnded    = store.ErrEnded
)

// told gives an error of the database the code that its reader needs.
func told(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return errNotFound
	}
	switch code := codeOf(err); {
	case code == lib.SQLITE_FULL:
		return store.ErrFull(err)
	case outOfReach(code):
		return store.ErrOutOfReach(err)
	}
	return err
}

// codeOf returns SQLite's primary result code, 0 when err is not SQLite's.
func codeOf(err error) int {
	if e, ok := errors.AsType[*sqlite3.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}

// outOfReach tells the codes that no change of the statement would mend.
func outOfReach(code int) bool {
	switch code {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_IOERR, lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY, lib.SQLITE_NOMEM, lib.SQLITE_PROTOCOL:
		return true
	}
	return false
}
