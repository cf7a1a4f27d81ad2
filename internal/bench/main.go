//go:build linux

// Command bench measures what the product promises of speed, each as a ratio or
// a limit within one run on one machine (make bench). It prints a table, and
// ends with 1 when a promise is not kept.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/mognad/mognad/internal/store/mongo/mongotest"
)

// promise is one line of the table.
type promise struct {
	what   string
	figure string
	target string
	kept   bool
}

func main() {
	sizes := flag.String("responses", "10000,100000,1000000", "sizes of the rounds that are closed")
	seconds := flag.Int("seconds", 10, "seconds of saving")
	only := flag.String("only", "", "some parts alone, with commas between: saves, closings, pages, charts")
	child := flag.String("child", "", "close the round in this data folder (run by bench itself)")
	store := flag.String("store", "", "and in this store")
	flag.Parse()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	log.SetOutput(os.Stderr) // slog has taken it
	log.SetFlags(0)
	if *child != "" {
		if err := closeRound(place{*child, *store}); err != nil {
			log.Fatal(err)
		}
		return
	}
	promises, err := run(*sizes, *seconds, *only)
	fmt.Printf("\n%-72s %-34s %s\n", "What", "Measured", "Promised")
	broken := 0
	for _, p := range promises {
		mark := ""
		if !p.kept {
			mark, broken = "  NOT KEPT", broken+1
		}
		fmt.Printf("%-72s %-34s %s%s\n", p.what, p.figure, p.target, mark)
	}
	if err != nil {
		log.Fatal(err)
	}
	if broken > 0 {
		os.Exit(1)
	}
}

func run(sizes string, seconds int, only string) ([]promise, error) {
	dir, err := os.MkdirTemp("", "mognad-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	b := &bench{dir: dir, program: filepath.Join(dir, "mognad"), seconds: seconds}
	build := exec.Command("go", "build", "-o", b.program, "./cmd/mognad")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("build: %w", err)
	}
	for part := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, err
		}
		b.sizes = append(b.sizes, n)
	}
	if b.servers, err = mongotest.Find(); err != nil {
		log.Printf("MongoDB is not measured: %v", err)
	} else {
		defer b.servers.Close()
	}
	parts := map[string][]func() error{"saves": {b.saves, b.answering}, "closings": {b.closings, b.results}, "pages": {b.pages}, "charts": {b.charts}}
	names := []string{"saves", "closings", "pages", "charts"}
	if only != "" {
		names = strings.Split(only, ",")
	}
	for _, name := range names {
		if parts[name] == nil {
			return nil, fmt.Errorf("-only %s: the parts are saves, closings, pages and charts", name)
		}
		for _, do := range parts[name] {
			if err := do(); err != nil {
				return b.promises, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return b.promises, nil
}

// place is where an installation's data are: a folder, and the address of a
// database of MongoDB or "".
type place struct{ dir, store string }

func (p place) flags() []string {
	if p.store == "" {
		return []string{"--data", p.dir}
	}
	return []string{"--data", p.dir, "--store", p.store}
}

// kind names the store.
func (p place) kind() string {
	if p.store == "" {
		return "SQLite"
	}
	return "MongoDB"
}

// places returns where an installation of a name is, in each store there is.
func (b *bench) places(name string) []place {
	out := []place{{dir: filepath.Join(b.dir, name)}}
	if b.servers != nil {
		out = append(out, place{filepath.Join(b.dir, name+"-mongo"), b.servers.Database(name)})
	}
	return out
}

// bench gathers the promises as it goes.
type bench struct {
	dir, program string
	seconds      int
	sizes        []int
	servers      *mongotest.Set // nil for no MongoDB
	promises     []promise
}

func (b *bench) add(what, figure, target string, kept bool) {
	b.promises = append(b.promises, promise{what, figure, target, kept})
	log.Printf("%s: %s (%s)", what, figure, target)
}
