package e2e

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestFromNothing goes the way that the README tells a kommun: import, serve,
// let the coordinator in, make and open a round, hand out links, answer, close,
// publish, read.
func TestFromNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	units := "id,name,parent,kind\nk,Exempelkommun,,kommun\nvo,Vård och omsorg,k,forvaltning\nsk,Skola,k,forvaltning\n"
	people := "id,name,email,unit,role\n"
	for i := range 12 {
		people += fmt.Sprintf("p%d,Person %d,p%d@example.org,%s,enhetschef\n", i, i, i, []string{"vo", "sk"}[i%2])
	}
	write(t, filepath.Join(dir, "units.csv"), units)
	write(t, filepath.Join(dir, "people.csv"), people)
	command(t, data, "import", "--units", filepath.Join(dir, "units.csv"), "--people", filepath.Join(dir, "people.csv"))
	p := serve(t, data)

	out := command(t, data, "admin", "add", "--base-url", p.base, "--role", "samordnare", "Eva.Falk@example.org")
	_, link, _ := strings.Cut(strings.TrimSpace(out), " ")
	b := newTab(t, p)
	b.visit(strings.TrimPrefix(link, p.base))
	if b.where() == "/omgangar" {
		t.Fatal("a link that works once is used up by being opened")
	}
	b.press(`main form button`)
	if b.where() != "/omgangar" {
		t.Fatalf("signing in leads to %s", b.where())
	}
	if again := newTab(t, p); again.visit(strings.TrimPrefix(link, p.base)) != http.StatusNotFound {
		t.Error("the link works twice")
	}
	b.visit("/resultat") // says that there is nothing yet
	b.checkPage("/resultat without a round")
	b.width(1280)
	b.visit("/omgangar")
	b.checkPage("/omgangar without a round")
	b.width(1280)
	b.press(`form[action="/omgangar"] button`) // as it is filled in beforehand
	id := strings.TrimPrefix(b.where(), "/omgangar/")
	b.stepOf(id, "oppna")

	for i, row := range strings.Split(strings.TrimSpace(command(t, data, "links", "--base-url", p.base, id)), "\n")[1:] {
		if i%6 == 5 {
			continue // some do not answer
		}
		_, link, _ := strings.Cut(row, ",")
		c := as(t, p, strings.TrimPrefix(link, p.base))
		for _, item := range unansweredItems(t, c) {
			if err := c.save(item, fmt.Sprint(1+(i+len(item))%5)); err != nil {
				t.Fatal(err)
			}
		}
		if a, err := c.post("/svara/lamna-in", url.Values{}); err != nil || a.status != http.StatusSeeOther {
			t.Fatalf("submit: %d, %v", a.status, err)
		}
	}
	b.visit("/omgangar/" + id)
	if got := b.text("h1"); !strings.Contains(got, "10") || !strings.Contains(got, "12") {
		t.Errorf("10 of 12 have submitted; the page says %q", got)
	}
	b.stepOf(id, "stang")
	b.stepOf(id, "publicera")
	b.press(`main a[href="/resultat?omgang=` + id + `"]`)
	if got := b.text("main"); !strings.Contains(got, "Exempelkommun") || !strings.Contains(got, "Vård och omsorg") {
		t.Errorf("the result: %s", got)
	}
	b.checkRadar(2)
	health := exec.Command(binary, "health", "--addr", strings.TrimPrefix(p.base, "http://"))
	if out, err := health.CombinedOutput(); err != nil {
		t.Errorf("health: %v %s", err, out)
	}
	if err := p.end(); err != nil {
		t.Error(err)
	}
	if exec.Command(binary, "health", "--addr", strings.TrimPrefix(p.base, "http://")).Run() == nil {
		t.Error("health says that what has ended is ready")
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// command runs a command of the program on an installation and returns what it prints.
func command(t *testing.T, data string, args ...string) string {
	t.Helper()
	cmd := exec.Command(binary, append(args, at(data)...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("mognad %v: %v %s", args, err, out)
	}
	return string(out)
}

// serve starts mognad serve on what is in data, with flags.
func serve(t *testing.T, data string, flags ...string) *program {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") // a port that nobody has
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	p := &program{data: data, base: "http://" + addr, ended: make(chan error, 1), cmd: exec.Command(binary, slices.Concat([]string{"serve", "--addr", addr}, at(data), flags)...)}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	t.Cleanup(p.kill)
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if a, err := newClient(p).get("/readyz"); err == nil && a.status == http.StatusOK {
			return p
		}
		if time.Now().After(deadline) {
			t.Fatal("mognad serve is not ready")
		}
	}
}
