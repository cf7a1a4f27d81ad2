package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/mognad/mognad/internal/transfer"
)

type copyCmd struct {
	From string `required:"" placeholder:"URL" help:"The store that is copied: sqlite:PATH or mongodb://HOST/DATABASE."`
	To   string `required:"" placeholder:"URL" help:"Where to: an empty store, or one that an earlier copy did not complete."`
}

// Run copies, and prints how many of each kind both stores have, with a hash of
// their contents. The keys are not copied: the new place needs the same.
func (c *copyCmd) Run(ctx context.Context) error {
	if path, ok := strings.CutPrefix(c.From, "sqlite:"); ok { // opening would make an empty one
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("--from: %w", err)
		}
	}
	from, err := openStore("--from", c.From)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := openStore("--to", c.To)
	if err != nil {
		return err
	}
	digest, err := transfer.Copy(ctx, from, to)
	if err := errors.Join(err, to.Close()); err != nil {
		return err
	}
	fmt.Print(digest)
	fmt.Println("both stores hold the same; the keys were not copied")
	return nil
}
