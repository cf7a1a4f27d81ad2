package e2e

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/demo"
)

// demoTemplate is the data folder of a demo as it is when just built.
var demoTemplate string

// makeDemo lets the program build its demo, and returns the folder.
func makeDemo(dir string) (string, error) {
	p, err := start(dir, "demo")
	if err != nil {
		return "", err
	}
	return dir, p.end()
}

// at returns the flags that name an installation: a data folder, and the
// database that belongs to it where the tests run on MongoDB.
func at(data string) []string {
	if database == nil {
		return []string{"--data", data}
	}
	sum := sha256.Sum256([]byte(data))
	return []string{"--data", data, "--store", database(fmt.Sprintf("mognad_e2e_%x", sum[:8]))}
}

// copyDemo makes an installation of its own from the template.
func copyDemo(dir string) error {
	if err := os.CopyFS(dir, os.DirFS(demoTemplate)); err != nil {
		return err
	}
	if database != nil {
		from, to := at(demoTemplate), at(dir)
		if out, err := exec.Command(binary, "copy", "--from", from[3], "--to", to[3]).CombinedOutput(); err != nil {
			return fmt.Errorf("mognad copy: %w\n%s", err, out)
		}
	}
	return os.Chmod(filepath.Join(dir, "keys.txt"), 0o600) // the program refuses keys that others can read
}

// program is a running mognad.
type program struct {
	cmd   *exec.Cmd
	data  string
	base  string            // http://127.0.0.1:PORT
	links map[string]string // role → path of its sign-in link; of the demo only
	log   *bytes.Buffer     // what it has written to standard error
	ended chan error
}

// startTime is how long the program may take to be up. It has the demo to build
// the first time.
const startTime = time.Minute

// start runs a command of the program that serves, and returns when it does.
func start(data string, args ...string) (*program, error) {
	addr := "127.0.0.1:0"
	p := &program{data: data, links: map[string]string{}, log: &bytes.Buffer{}, ended: make(chan error, 1)}
	p.cmd = exec.Command(binary, append(append(args, "--addr", addr), at(data)...)...)
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	lines := make(chan string)
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
		close(lines)
		p.ended <- p.cmd.Wait()
	}()
	deadline := time.After(startTime)
	for len(p.links) < len(roles) {
		select {
		case line, ok := <-lines:
			if !ok {
				return nil, fmt.Errorf("mognad %v ended: %w\n%s", args, <-p.ended, p.log)
			}
			if p.base == "" {
				p.base = line
				continue
			}
			role, link, _ := strings.Cut(line, " ")
			p.links[role] = strings.TrimPrefix(link, p.base)
		case <-deadline:
			p.cmd.Process.Kill()
			return nil, fmt.Errorf("mognad %v had not started after %v\n%s", args, startTime, p.log)
		}
	}
	go func() {
		for range lines { // nothing more is expected; it must not block
		}
	}()
	return p, nil
}

// roles are those whose links the demo prints.
var roles = []string{"respondent", "chef", "hr", "ledning", "revisor", "samordnare", "administrator"}

// end asks the program to end, and returns an error unless it does so cleanly
// and soon.
func (p *program) end() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-p.ended:
		if err != nil {
			err = fmt.Errorf("ended with %w\n%s", err, p.log)
		}
		return err
	case <-time.After(5 * time.Second):
		p.kill()
		return errors.New("had not ended 5 seconds after SIGTERM")
	}
}

// kill ends the program as a power cut would.
func (p *program) kill() {
	if p.cmd.Process.Kill() == nil {
		<-p.ended
	}
}

// ownDemo starts a demo of the test's own.
func ownDemo(t *testing.T) *program {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	if err := copyDemo(data); err != nil {
		t.Fatal(err)
	}
	return startIn(t, data)
}

// startIn starts a demo on what is in data.
func startIn(t *testing.T, data string) *program {
	t.Helper()
	p, err := start(data, "demo")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

var (
	freshOnce sync.Once
	freshList []string
	freshErr  error
	freshNext atomic.Int64
)

// fresh returns the path of a personal link to the shared demo's open round
// that no other test uses, of somebody who has answered nothing.
func fresh(t *testing.T) string {
	t.Helper()
	freshOnce.Do(func() { freshList, freshErr = unanswered(shared, 30) })
	if freshErr != nil {
		t.Fatal(freshErr)
	}
	i := int(freshNext.Add(1)) - 1
	if i >= len(freshList) {
		t.Fatalf("the demo has only %d people who have answered nothing", len(freshList))
	}
	return freshList[i]
}

// manyItems is what is asked of a manager at least; those who run digitalisation
// are only asked the few facts about the whole kommun.
const manyItems = 20

// unanswered returns the paths of at most n personal links of managers who have
// answered nothing yet.
func unanswered(p *program, n int) ([]string, error) {
	out, err := exec.Command(binary, append([]string{"links", demo.Open, "--base-url", p.base}, at(p.data)...)...).Output()
	if err != nil {
		return nil, fmt.Errorf("mognad links: %w", err)
	}
	rows, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, row := range rows[1:] {
		path := strings.TrimPrefix(row[1], p.base)
		c := newClient(p)
		if _, err := c.get(path); err != nil {
			return nil, err
		}
		mine, err := c.mine()
		if err != nil {
			return nil, err
		}
		left, err := c.unansweredItems()
		if err != nil {
			return nil, err
		}
		if len(mine.Answers) == 0 && !mine.Submitted && len(left) >= manyItems {
			if paths = append(paths, path); len(paths) == n {
				break
			}
		}
	}
	return paths, nil
}

// client is a browser without a screen: it keeps cookies and shows where it is
// sent on.
type client struct {
	*http.Client
	p *program
}

func newClient(p *program) *client {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &client{&http.Client{Jar: jar, Timeout: 50 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, p}
}

// answer is what came back, read whole.
type answer struct {
	status int
	header http.Header
	body   string
}

func (c *client) do(method, path string, header http.Header, body string) (answer, error) {
	req, err := http.NewRequestWithContext(context.Background(), method, c.p.base+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := c.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	var text bytes.Buffer
	_, err = text.ReadFrom(resp.Body)
	return answer{resp.StatusCode, resp.Header, text.String()}, err
}

func (c *client) get(path string) (answer, error) { return c.do(http.MethodGet, path, nil, "") }

func (c *client) post(path string, form url.Values) (answer, error) {
	return c.do(http.MethodPost, path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, form.Encode())
}

// as returns a client that has followed a role's link, or any other path that
// signs in.
func as(t *testing.T, p *program, role string) *client {
	t.Helper()
	path, ok := p.links[role]
	if !ok {
		path = role
	}
	c := newClient(p)
	a, err := c.get(path)
	if err != nil {
		t.Fatal(err)
	}
	if a.status != http.StatusSeeOther {
		t.Fatalf("%s: the link answers %d\n%s", role, a.status, a.body)
	}
	return c
}
