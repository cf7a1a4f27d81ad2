package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	lib "modernc.org/sqlite/lib"
)

// Backup writes a copy of the database to path, readable by its owner alone, as
// it stands at one moment; saving goes on meanwhile. The copy has been read
// through and synced to disk when Backup returns. A file that is there already
// is refused.
func (s *Store) Backup(ctx context.Context, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s exists already: name another file", path)
	}
	part := path + ".part" // until it is whole
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(part) // gone by then, when all is well
	if err := f.Close(); err != nil {
		return err
	}
	db, err := connect(s.path, 1)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", part)
	if err := errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	if err := Check(part); err != nil {
		return err
	}
	return install(part, path)
}

// Check reads a database file through: an error says what is wrong with it, or
// that this program can't open it. Nobody may have it open.
func Check(path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	db, err := connect(path, 1, "mode=ro", "immutable=1") // leaves no file beside it
	if err != nil {
		return err
	}
	version, err := examine(db, path)
	if err == nil && version == 0 {
		err = fmt.Errorf("%s holds no installation", path)
	}
	if err == nil {
		err = integrity(db, path, "integrity_check")
	}
	return errors.Join(err, db.Close())
}

// Restore puts a copy of the backup in the database's place. A database that is
// there is kept, renamed to what it returns; "" when there was none. No program
// may have it open: that is refused.
func Restore(backup, path string) (kept string, err error) {
	if _, err := os.Stat(backup + "-wal"); err == nil {
		return "", fmt.Errorf("%s is no backup but a database that is or was in use: its newest changes are in %[1]s-wal", backup)
	}
	if err := Check(backup); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	part := path + ".part"
	if err := copyFile(backup, part); err != nil {
		return "", errors.Join(err, os.Remove(part))
	}
	if kept, err = setAside(path); err != nil {
		return "", errors.Join(err, os.Remove(part))
	}
	return kept, install(part, path)
}

// setAside renames a database that nobody has open.
func setAside(path string) (kept string, err error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	for n := 1; ; n++ {
		kept = fmt.Sprintf("%s.before-restore-%d", path, n)
		if _, err := os.Lstat(kept); errors.Is(err, os.ErrNotExist) {
			break
		}
	}
	if err := unused(path); err != nil {
		return "", err
	}
	for _, end := range []string{"-wal", "-shm", ""} { // the log first: it must not be left for another database
		if err := os.Rename(path+end, kept+end); err != nil && !(end != "" && errors.Is(err, os.ErrNotExist)) {
			return "", err
		}
	}
	return kept, nil
}

// unused tells whether a process has the database open: then SQLite won't give
// it to us alone. One that is damaged can be set aside.
func unused(path string) error {
	db, err := connect(path, 1, "_pragma=locking_mode(EXCLUSIVE)", "_pragma=busy_timeout(0)")
	if err != nil {
		return err
	}
	_, err = db.Exec("BEGIN EXCLUSIVE; ROLLBACK")
	if err := errors.Join(err, db.Close()); codeOf(err) == lib.SQLITE_BUSY {
		return fmt.Errorf("the database %s is in use: stop the service first", path)
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// install gives a file its name once its contents are on the disk.
func install(part, path string) error {
	for _, step := range []func() error{
		func() error { return syncPath(part) },
		func() error { return os.Rename(part, path) },
		func() error { return syncPath(filepath.Dir(path)) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
