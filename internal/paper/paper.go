// Package paper prints a page of ours as PDF with the Chromium of the machine,
// where there is one. It speaks no protocol with it and opens no port: the page is
// a file, and so is what comes of it.
package paper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Off is the name of a Chromium that says to use none.
const Off = "off"

// names are what Chromium is called on the machines that have one.
var names = []string{"chromium", "chromium-browser", "google-chrome"}

const (
	patience = 45 * time.Second // from asking for a PDF till it is there, waiting for one's turn included
	goodbye  = 5 * time.Second  // for what is left of Chromium when it is to end
	told     = 4 << 10          // bytes of what Chromium says that are kept for the log
	largest  = 64 << 20         // bytes of a PDF: far more than any report
	stale    = 10 * time.Minute // after which nobody prints in a folder any more
	folder   = "mognad-pdf-*"
)

// ErrBusy is that others were printing for as long as one waits.
var ErrBusy = errors.New("another page is being printed")

// Printer prints with one Chromium, one page at a time. The nil Printer is that of
// a machine without Chromium.
type Printer struct {
	program  string
	patience time.Duration
	turn     chan struct{} // one taken by the page that is being printed
}

// Find returns a printer with the Chromium called program; with "" the first of
// the usual names that there is on the machine, nil where there is none. With Off
// it is nil. The error is that what was named is not there.
func Find(program string) (*Printer, error) {
	wanted := names
	switch program {
	case Off:
		return nil, nil
	case "":
	default:
		wanted = []string{program}
	}
	for _, name := range wanted {
		if path, err := exec.LookPath(name); err == nil {
			sweep()
			return &Printer{program: path, patience: patience, turn: make(chan struct{}, 1)}, nil
		}
	}
	if program != "" {
		return nil, fmt.Errorf("no program %s: name a Chromium, or %s for none", program, Off)
	}
	return nil, nil
}

// sweep removes what a service that was killed while it printed has left: a page
// with results on it.
func sweep() {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), folder)) // the pattern is well formed
	for _, dir := range left {
		if at, err := os.Lstat(dir); err == nil && at.IsDir() && time.Since(at.ModTime()) > stale {
			os.RemoveAll(dir) // another's stays: it is theirs to remove
		}
	}
}

// Print returns the PDF of an HTML page that holds all it needs, since no host is
// reached, and whose own content policy lets no script run. The PDF is tagged, in
// the page's language, with its title and an outline of its headings. It ends when
// ctx does.
func (p *Printer) Print(ctx context.Context, html []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, ErrBusy
	}
	dir, err := os.MkdirTemp("", folder)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	page, out := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.pdf")
	if err := os.WriteFile(page, html, 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, p.program, flags(dir, out, page)...)
	apart(cmd)
	// Nothing of ours goes along: the service's own environment has its keys.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "XDG_CONFIG_HOME=" + dir, "XDG_CACHE_HOME=" + dir, "LANG=C.UTF-8"}
	cmd.Dir, cmd.WaitDelay = dir, goodbye
	said := &last{most: told}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("chromium: %w: %s", errors.Join(err, ctx.Err()), said.text)
	}
	pdf, err := readUpTo(out, largest)
	if err != nil {
		return nil, fmt.Errorf("chromium: %w: %s", err, said.text)
	}
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || !bytes.Contains(pdf[max(0, len(pdf)-64):], []byte("%%EOF")) {
		return nil, fmt.Errorf("chromium made no whole PDF of %d bytes: %s", len(pdf), said.text)
	}
	return pdf, nil
}

// flags tell Chromium to print a page of ours and end. Its sandbox is for pages of
// strangers, and needs what a service or a container has not: this page is made
// here, runs no script and reaches no host. Nor does it make machine code, which a
// hardened service forbids.
func flags(dir, out, page string) []string {
	return []string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--disable-extensions", "--disable-crash-reporter", "--disable-breakpad", "--disable-dev-shm-usage", "--no-proxy-server",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--js-flags=--jitless", "--user-data-dir=" + filepath.Join(dir, "profile"),
		"--generate-pdf-document-outline", "--no-pdf-header-footer", "--print-to-pdf=" + out, "file://" + filepath.ToSlash(page)}
}

func readUpTo(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

// last keeps the end of what is written to it.
type last struct {
	text []byte
	most int
}

func (l *last) Write(p []byte) (int, error) {
	l.text = append(l.text, p...)
	if len(l.text) > l.most {
		l.text = l.text[len(l.text)-l.most:]
	}
	return len(p), nil
}
