//go:build mongo && linux

package e2e

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/mognad/mognad/internal/demo"
	"github.com/mognad/mognad/internal/store/mongo/mongotest"
)

var servers *mongotest.Set

func init() {
	startMongo = func() (end func() error, err error) {
		if servers, err = mongotest.Find(); err != nil {
			return nil, err
		}
		database = servers.Database
		return servers.Close, nil
	}
}

// twoInstances starts two processes on one installation of the test's own.
func twoInstances(t *testing.T) (p, q *program) {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	if err := copyDemo(data); err != nil {
		t.Fatal(err)
	}
	return startIn(t, data), startIn(t, data)
}

// at another process the same browser is known: cookies know no port.
func (c *client) at(p *program) *client { return &client{c.Client, p} }

// TestTwoInstances does each thing at one process and the next at the other, as
// behind a load balancer.
func TestTwoInstances(t *testing.T) {
	t.Parallel()
	p, q := twoInstances(t)
	links, err := unanswered(p, 1)
	if err != nil {
		t.Fatal(err)
	}
	c := as(t, p, links[0])
	item := unansweredItems(t, c.at(q))[0]
	for i, at := range []*program{p, q, p, q} {
		if v, err := c.at(at).saveVersion(item, "4"); err != nil || v != int64(i+1) {
			t.Errorf("save %d: version %d, %v", i, v, err)
		}
	}
	if a, err := c.at(p).post("/svara/lamna-in", nil); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("submit: %d, %v", a.status, err)
	}
	if m, err := c.at(q).mine(); err != nil || !m.Submitted || m.byItem()[item] != "4" {
		t.Errorf("at the other: %+v, %v", m, err)
	}
	if a, err := c.at(p).post("/logga-ut", nil); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("sign out: %d, %v", a.status, err)
	}
	checkSignedOut(t, p, q, links[0])
	checkLinkOnce(t, p, q)

	sam := as(t, p, "samordnare")
	var both sync.WaitGroup // one closing, whoever asks
	for _, at := range []*program{p, q} {
		both.Go(func() {
			a, err := sam.at(at).post("/omgangar/"+demo.Open+"/stang", nil)
			if err != nil || a.status != http.StatusSeeOther && a.status != http.StatusConflict {
				t.Errorf("close: %d, %v", a.status, err)
			}
		})
	}
	both.Wait()
	for _, at := range []*program{p, q} {
		if state := settled(t, sam.at(at)); state != "closed" {
			t.Errorf("the round is %s", state)
		}
	}
	if err := c.at(q).save(item, "1"); err == nil {
		t.Error("a save in a closed round, by who has signed out")
	}
	if a, err := sam.at(q).post("/omgangar/"+demo.Open+"/publicera", nil); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("publish: %d, %v", a.status, err)
	}
	pages := make([]string, 0, 2)
	for _, at := range []*program{p, q} {
		a, err := sam.at(at).get("/resultat?omgang=" + demo.Open)
		if err != nil || a.status != http.StatusOK {
			t.Fatalf("the result: %d, %v", a.status, err)
		}
		pages = append(pages, a.body)
	}
	if pages[0] != pages[1] {
		t.Error("the processes show different results")
	}
}

// checkSignedOut sees a session that ended at one process end at the other
// within a second.
func checkSignedOut(t *testing.T, p, q *program, link string) {
	t.Helper()
	c := as(t, p, link)
	u := c.Jar.Cookies(mustURL(t, q.base))
	if _, err := c.at(q).mine(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.post("/logga-ut", nil); err != nil {
		t.Fatal(err)
	}
	stolen := newClient(q)
	stolen.Jar.SetCookies(mustURL(t, q.base), u)
	time.Sleep(1100 * time.Millisecond)
	if _, err := stolen.mine(); err == nil {
		t.Error("the other process knows a session that has ended")
	}
}

// checkLinkOnce opens a sign-in link at both processes at once.
func checkLinkOnce(t *testing.T, p, q *program) {
	t.Helper()
	link := signInLink(t, p)
	var both sync.WaitGroup
	statuses := make([]int, 2)
	for i, at := range []*program{p, q} {
		both.Go(func() {
			a, err := newClient(at).post(link, nil)
			if err != nil {
				t.Error(err)
			}
			statuses[i] = a.status
		})
	}
	both.Wait()
	if statuses[0]+statuses[1] != http.StatusSeeOther+http.StatusNotFound {
		t.Errorf("a link that works once is answered %v", statuses)
	}
}

// TestPrimaryKilled kills the primary while people answer through two processes:
// saves go on after the election, none acknowledged is lost and none made twice.
func TestPrimaryKilled(t *testing.T) { // not in parallel: the others' servers too
	p, q := twoInstances(t)
	c := gather(t, 12, p, q)
	c.more(100)
	back, err := servers.Depose(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.more(300)
	if err := back(); err != nil {
		t.Fatal(err)
	}
	c.more(100)
	c.end(q)
	t.Logf("%d saves acknowledged, %d refused", c.saves.Load(), c.refused.Load())
}

// cutOff is how long the network is away: longer than any limit in time.
const cutOff = 25 * time.Second

// TestNetworkCut takes the servers out of reach: readers get a page that says
// so, whoever answers goes on typing, and all of it is saved when they are back.
func TestNetworkCut(t *testing.T) {
	p := ownDemo(t)
	links, err := unanswered(p, 1)
	if err != nil {
		t.Fatal(err)
	}
	ledning := as(t, p, "ledning")
	ledning.Timeout = 45 * time.Second // a page asks the store more than once, and each time may wait to its limit
	b := newTab(t, p)
	b.begin(links[0])
	items := b.items()
	b.click(level(items[0], 2))
	b.until("the answer to be seen as saved", saved)

	thaw, err := servers.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { thaw() }) // also when the test ends here
	cut := time.Now()
	b.click(level(items[0], 4))
	b.click(`[id="` + items[0] + `"] summary`)
	b.do(chromedp.SendKeys(chromedp.CSS(`[id="`+items[0]+`"] textarea`), "skrivet utan databas"))
	for _, path := range []string{"/resultat", "/readyz"} {
		a, err := ledning.get(path)
		if err != nil || a.status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d, %v", path, a.status, err)
		}
		if path == "/resultat" && !strings.Contains(a.body, "Tjänsten nås inte just nu") {
			t.Errorf("the page says %s", a.body)
		}
		t.Logf("%s answered %v after the cut", path, time.Since(cut).Round(time.Second))
	}
	b.until("the page to say that it is not saved", `document.querySelector(".m-saved--fail")?.innerText.includes("Inte sparat")`)
	time.Sleep(time.Until(cut.Add(cutOff)))
	if err := thaw(); err != nil {
		t.Fatal(err)
	}
	b.until("what was waiting to be saved", saved)
	m, err := as(t, p, links[0]).mine()
	if err != nil || len(m.Answers) != 1 || m.Answers[0].Answer != "4" || m.Answers[0].Comment != "skrivet utan databas" {
		t.Errorf("stored %+v, %v", m.Answers, err)
	}
	if a, err := ledning.get("/resultat"); err != nil || a.status != http.StatusOK {
		t.Errorf("after: %d, %v", a.status, err)
	}
}

// TestClosingTakenOver stops a process in the middle of a closing: the other
// completes it, and the first does no harm when it goes on.
func TestClosingTakenOver(t *testing.T) {
	t.Parallel()
	p, q := twoInstances(t)
	sam := as(t, q, "samordnare")
	go sam.at(p).post("/omgangar/"+demo.Open+"/stang", nil)
	time.Sleep(60 * time.Millisecond)
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if state := settled(t, sam.at(q)); state == "open" { // it had not come so far
		if a, err := sam.at(q).post("/omgangar/"+demo.Open+"/stang", nil); err != nil || a.status != http.StatusSeeOther {
			t.Fatalf("close: %d, %v", a.status, err)
		}
		settled(t, sam.at(q))
	}
	if a, err := sam.at(q).post("/omgangar/"+demo.Open+"/publicera", nil); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("publish: %d, %v", a.status, err)
	}
	before := results(t, sam.at(q), demo.Open, demo.Root)
	if err := p.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Second)
	if after := results(t, sam.at(p), demo.Open, demo.Root); len(after) == 0 || len(after) != len(before) {
		t.Errorf("%d rows of results, then %d", len(before), len(after))
	}
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
