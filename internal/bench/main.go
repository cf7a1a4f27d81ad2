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
	only := flag.String("only", "", "one part alone: saves, answering or closings")
	child := flag.String("child", "", "close the round in this data folder (run by bench itself)")
	flag.Parse()
	log.SetFlags(0)
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	if *child != "" {
		if err := closeRound(*child); err != nil {
			log.Fatal(err)
		}
		return
	}
	promises, err := run(*sizes, *seconds, *only)
	fmt.Printf("\n%-64s %-30s %s\n", "What", "Measured", "Promised")
	broken := 0
	for _, p := range promises {
		mark := ""
		if !p.kept {
			mark, broken = "  NOT KEPT", broken+1
		}
		fmt.Printf("%-64s %-30s %s%s\n", p.what, p.figure, p.target, mark)
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
	for _, part := range []struct {
		name string
		do   func() error
	}{{"saves", b.saves}, {"answering", b.answering}, {"closings", b.closings}, {"results", b.results}} {
		if only != "" && only != part.name {
			continue
		}
		if err := part.do(); err != nil {
			return b.promises, fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return b.promises, nil
}

// bench gathers the promises as it goes.
type bench struct {
	dir, program string
	seconds      int
	sizes        []int
	promises     []promise
}

func (b *bench) add(what, figure, target string, kept bool) {
	b.promises = append(b.promises, promise{what, figure, target, kept})
	log.Printf("%s: %s (%s)", what, figure, target)
}
