package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/mognad/mognad/internal/store/sqlite"
)

type backupCmd struct {
	place
	File string `arg:"" help:"Where to write the copy; a file that is there already is refused."`
}

// Run copies the database while the service goes on, and tells what is in the
// copy. The keys are not in it: they are to be kept apart from it.
func (c *backupCmd) Run(ctx context.Context) error {
	path, err := c.database()
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil { // opening would make an empty one
		return fmt.Errorf("there is no database to copy: %w; name its folder with --data", err)
	}
	s, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Backup(ctx, c.File); err != nil {
		return err
	}
	copied, err := sqlite.Open(c.File)
	if err != nil {
		return err
	}
	defer copied.Close()
	fmt.Printf("%s is read through and whole; the keys are not in it\n", c.File)
	return tellContents(ctx, copied)
}

type restoreCmd struct {
	place
	File string `arg:"" type:"existingfile" help:"A file that mognad backup wrote."`
}

// Run puts a copy of the backup in the database's place, keeps the database
// that was there, and checks that the keys belong to what was restored.
func (c *restoreCmd) Run(ctx context.Context) error {
	path, err := c.database()
	if err != nil {
		return err
	}
	kept, err := sqlite.Restore(c.File, path)
	if err != nil {
		return err
	}
	fmt.Printf("%s is restored to %s\n", c.File, path)
	if kept != "" {
		fmt.Printf("what was there is kept as %s\n", kept)
	}
	p, err := c.open()
	if err != nil {
		return err
	}
	defer p.Store.Close()
	fmt.Println("the keys belong to it")
	return tellContents(ctx, p.Store.(*sqlite.Store))
}

// database returns the SQLite file of p.
func (p place) database() (string, error) {
	if p.Store == "" {
		return filepath.Join(p.Data, "mognad.db"), nil
	}
	if path, ok := strings.CutPrefix(p.Store, "sqlite:"); ok && path != "" {
		return path, nil
	}
	return "", errors.New("--store: this command copies a SQLite database; another store is copied with its own tools")
}

// tellContents prints a line a round, for whoever wants to know that a copy has
// what it should.
func tellContents(ctx context.Context, s *sqlite.Store) error {
	rounds, err := s.Rounds(ctx)
	if err != nil {
		return err
	}
	for _, r := range rounds {
		counts, err := s.Counts(ctx, r.ID)
		if err != nil {
			return err
		}
		invited, submitted := 0, 0
		for _, n := range counts {
			invited, submitted = invited+n.Invited, submitted+n.Submitted
		}
		fmt.Printf("round %s: %s, %d of %d have submitted\n", r.ID, r.State, submitted, invited)
	}
	return nil
}
