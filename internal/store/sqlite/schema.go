package sqlite

// migrations take an empty file, step by step, to the schema of this program; a
// step that has been released is never changed. user_version counts them.
//
// Responses and answers are WITHOUT ROWID: rows in the order of their keys tell
// nothing of the order in which they came.
var migrations = []string{`
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
	round TEXT NOT NULL, respondent TEXT NOT NULL, version INTEGER NOT NULL, submitted INTEGER NOT NULL, day TEXT NOT NULL, record BLOB,
	PRIMARY KEY (round, respondent)) WITHOUT ROWID;
CREATE TABLE answer (
	round TEXT NOT NULL, respondent TEXT NOT NULL, item TEXT NOT NULL, sealed BLOB NOT NULL,
	PRIMARY KEY (round, respondent, item)) WITHOUT ROWID;
CREATE TABLE document (
	round TEXT NOT NULL, generation TEXT NOT NULL, unit TEXT NOT NULL, content BLOB NOT NULL,
	PRIMARY KEY (round, generation, unit));
CREATE TABLE account (id TEXT PRIMARY KEY, link BLOB, link_until INTEGER NOT NULL, link_again INTEGER NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX account_link ON account (link) WHERE link IS NOT NULL;
CREATE TABLE session (hash BLOB PRIMARY KEY, account TEXT NOT NULL, round TEXT NOT NULL, person TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX session_until ON session (until);
CREATE TABLE log (place INTEGER PRIMARY KEY AUTOINCREMENT, doc TEXT NOT NULL);
`}
