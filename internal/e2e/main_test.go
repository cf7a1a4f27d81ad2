// Package e2e tests the program as people meet it: the real binary, its real
// store, a real browser.
package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

var (
	binary  string          // the program under test
	browser context.Context // one Chromium; every test has tabs of its own
	shared  *program        // a demo that tests may answer in, but not close or stop

	// database returns the address of a MongoDB database by name; nil where the
	// program keeps to its own SQLite file. startMongo sets it, where the tests
	// are built with the tag mongo.
	database   func(name string) string
	startMongo func() (end func() error, err error)
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "mognad-e2e-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	if startMongo != nil {
		end, err := startMongo()
		if err != nil {
			return fail(err)
		}
		defer func() {
			if err := end(); err != nil {
				fail(err)
			}
		}()
	}
	binary = filepath.Join(dir, "mognad")
	build := exec.Command("go", "build", "-o", binary, "../../cmd/mognad")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fail(fmt.Errorf("build the program: %w", err))
	}
	ctx, end, err := startBrowser(dir)
	if err != nil {
		return fail(err)
	}
	defer end()
	browser = ctx
	if demoTemplate, err = makeDemo(filepath.Join(dir, "demo")); err != nil {
		return fail(err)
	}
	data := filepath.Join(dir, "shared")
	if err := copyDemo(data); err != nil {
		return fail(err)
	}
	if shared, err = start(data, "demo"); err != nil {
		return fail(err)
	}
	defer shared.kill()
	return m.Run()
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "end-to-end tests:", err)
	return 1
}

// startBrowser starts the Chromium that MOGNAD_TEST_CHROMIUM names, or the one
// of this machine. That there is none is a failure: nothing here is skipped.
func startBrowser(dir string) (context.Context, func(), error) {
	path := ""
	for _, name := range []string{os.Getenv("MOGNAD_TEST_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return nil, nil, fmt.Errorf("no Chromium: install it (scripts/chromium.sh), or name it in MOGNAD_TEST_CHROMIUM")
	}
	os.Setenv("MOGNAD_CHROMIUM", path) // it prints the program's reports too
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(filepath.Join(dir, "chromium")), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	alloc, endAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, endBrowser := chromedp.NewContext(alloc)
	end := func() { endBrowser(); endAlloc() }
	if err := chromedp.Do(ctx); err != nil {
		end()
		return nil, nil, fmt.Errorf("start %s: %w", path, err)
	}
	return ctx, end, nil
}
