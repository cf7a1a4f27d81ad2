package sqlite

import (
	"database/sql"
	"errors"
	"fmt"

	lib "modernc.org/sqlite/lib"
)

// applicationID stands in the file's header and tells it from other programs'.
const applicationID = 0x6d6f676e // "mogn"

// migrations take an empty file, step by step, to the schema of this program; a
// step that has been released is never changed. user_version counts them.
//
// Nothing that an answer leaves has a rowid: rows in the order of their keys
// tell nothing of the order in which they came. The row of a response whose
// item is "" holds its version and record; parts of items lie beside it, so
// that a save touches one place of the file.
var migrations = []string{`
PRAGMA application_id = 0x6d6f676e;
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE unit (place INTEGER PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE person (place INTEGER PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE round (id TEXT PRIMARY KEY, opens_on TEXT NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE blob (hash TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE invitation (
	round TEXT NOT NULL, person TEXT NOT NULL, unit TEXT NOT NULL, counts INTEGER NOT NULL, status TEXT NOT NULL,
	issue INTEGER NOT NULL, link BLOB NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL, roles TEXT NOT NULL,
	PRIMARY KEY (round, person)) WITHOUT ROWID;
CREATE UNIQUE INDEX invitation_link ON invitation (link);
CREATE INDEX invitation_unit ON invitation (round, unit, person, counts, status);
CREATE TABLE response (
	round TEXT NOT NULL, respondent TEXT NOT NULL, item TEXT NOT NULL,
	version INTEGER, submitted INTEGER, day TEXT, sealed BLOB,
	PRIMARY KEY (round, respondent, item)) WITHOUT ROWID;
CREATE TABLE document (
	round TEXT NOT NULL, generation TEXT NOT NULL, unit TEXT NOT NULL, content BLOB NOT NULL,
	PRIMARY KEY (round, generation, unit));
CREATE TABLE account (id TEXT PRIMARY KEY, link BLOB, link_until INTEGER NOT NULL, link_again INTEGER NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX account_link ON account (link) WHERE link IS NOT NULL;
CREATE TABLE session (hash BLOB PRIMARY KEY, account TEXT NOT NULL, round TEXT NOT NULL, person TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX session_until ON session (until);
CREATE TABLE log (place INTEGER PRIMARY KEY AUTOINCREMENT, doc TEXT NOT NULL);
`,
	// From here on response.item names a part of an item, which an older program
	// could not read.
	`CREATE TABLE lease (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;`,
	`
CREATE TABLE card (kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, due INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, id));
CREATE INDEX card_due ON card (kind, due, id);
CREATE TABLE tally (name TEXT PRIMARY KEY, n INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX tally_until ON tally (until);
ALTER TABLE invitation ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN ends INTEGER NOT NULL DEFAULT 0;
UPDATE session SET ends = until;
CREATE INDEX session_whose ON session (account, round, person);
`,
	// One row: which generation of units and people is in force.
	`
CREATE TABLE organisation (one INTEGER PRIMARY KEY CHECK (one = 1), version TEXT NOT NULL);
INSERT INTO organisation VALUES (1, '');
`,
}

// A check of every page is quick in a small file; a large one would keep the
// service from starting.
const checkedSize = 64 << 20

// prepare checks the file and migrates it.
func prepare(db *sql.DB, path string, size int64) error {
	if size > 0 && size <= checkedSize {
		if err := integrity(db, path, "quick_check"); err != nil {
			return err
		}
	}
	version, err := examine(db, path)
	if err != nil {
		return err
	}
	for ; version < len(migrations); version++ {
		if err := migrate(db, version); err != nil {
			return opening(path, fmt.Errorf("migrate to schema %d: %w", version+1, err))
		}
	}
	return nil
}

// integrity reads the file through with one of SQLite's checks.
func integrity(db *sql.DB, path, check string) error {
	var found string
	if err := db.QueryRow("PRAGMA " + check + "(1)").Scan(&found); err != nil {
		return opening(path, err)
	}
	if found != "ok" {
		return damaged(path, errors.New(found))
	}
	return nil
}

// examine returns the version of the file's schema, 0 for an empty file. One
// that is newer than the program, or another program's, is an error.
func examine(db *sql.DB, path string) (version int, err error) {
	var application, tables int
	if err := db.QueryRow("SELECT (SELECT user_version FROM pragma_user_version), (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)").
		Scan(&version, &application, &tables); err != nil {
		return 0, opening(path, err)
	}
	switch {
	case application != applicationID && (application != 0 || version != 0 || tables != 0):
		return 0, fmt.Errorf("the database %s is another program's: name another file", path)
	case version > len(migrations):
		return 0, fmt.Errorf("the database %s has schema %d, made by a newer mognad; this program knows %d: run the newer program", path, version, len(migrations))
	}
	return version, nil
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
	switch codeOf(err) {
	case lib.SQLITE_NOTADB, lib.SQLITE_CORRUPT:
		return damaged(path, err)
	case lib.SQLITE_BUSY:
		return fmt.Errorf("the database %s is busy (%w): another program holds it; end that, or try again in a while", path, err)
	}
	return fmt.Errorf("open database %s: %w", path, err)
}

func damaged(path string, err error) error {
	return fmt.Errorf("the database %s is damaged or no database (%w): put a backup in its place, or move it aside (with the files ending in -wal and -shm) to begin anew", path, err)
}
