package sqlite

import (
	"database/sql"
	"errors"

	sqlite3 "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/mognad/mognad/internal/fail"
)

var (
	errNotFound = fail.New(fail.NotFound, "Det du söker finns inte.", "What you are looking for does not exist.")
	errClosed   = fail.New(fail.Closed, "Mätomgången är stängd. Svaret sparades inte.", "The round is closed. The answer was not saved.")
	errStale    = fail.New(fail.Conflict, "Någon annan ändrade samtidigt. Ladda om sidan och försök igen.", "Somebody else changed this at the same time. Load the page again and retry.")
	errEnded    = fail.New(fail.Unavailable, "Tjänsten håller på att avslutas. Försök igen om en stund.", "The service is ending. Try again in a while.")
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
		return fail.Wrap(err, fail.Unavailable, "Servern har ont om diskutrymme och kunde inte spara. Försök igen om en stund.", "The server is short of disk space and could not save. Try again in a while.")
	case outOfReach(code):
		return fail.Wrap(err, fail.Unavailable, "Databasen nås inte just nu. Försök igen om en stund.", "The database can't be reached right now. Try again in a while.")
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
