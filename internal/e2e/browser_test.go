package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// tab is a tab in a browser session of its own. When the test ends, it fails if
// a page asked another host for anything, broke its own content policy, or had
// a script that failed.
type tab struct {
	t      *testing.T
	ctx    context.Context
	p      *program
	mu     sync.Mutex
	bad    []string
	wire   map[network.RequestID]*request
	status int64 // of the page
}

// request is what the browser asked for and what came over the wire.
type request struct {
	url   string
	kind  network.ResourceType
	bytes float64
}

// patience is how long a page may take to show what a test waits for.
const patience = 15 * time.Second

func newTab(t *testing.T, p *program) *tab {
	t.Helper()
	b := &tab{t: t, p: p, wire: map[network.RequestID]*request{}}
	ctx, end := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.heard))
	b.ctx = ctx
	t.Cleanup(func() {
		end()
		for _, fault := range b.faults() {
			t.Errorf("in the browser: %s", fault)
		}
	})
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
			return err
		}
		// Every tab is in front of its own person, though tests run side by side.
		_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}), chromedp.EmulateViewport(1280, 900))
	return b
}

// heard is called with everything that the browser tells of the tab.
func (b *tab) heard(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.wire[e.RequestID] = &request{url: e.Request.URL, kind: e.Type}
		if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme != "data" && u.Scheme+"://"+u.Host != b.p.base {
			b.bad = append(b.bad, "asked for "+e.Request.URL)
		}
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			b.status = e.Response.Status
		}
	case *network.EventLoadingFinished:
		if r := b.wire[e.RequestID]; r != nil {
			r.bytes = e.EncodedDataLength
		}
	case *log.EventEntryAdded:
		if e.Entry.Source == log.EntrySourceSecurity || strings.Contains(e.Entry.Text, "Content Security Policy") {
			b.bad = append(b.bad, fmt.Sprintf("%s %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL))
		}
	case *runtime.EventExceptionThrown:
		what := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			what += " " + e.ExceptionDetails.Exception.Description
		}
		b.bad = append(b.bad, "script failed: "+what)
	}
}

func (b *tab) faults() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bad
}

// asked returns what has been asked for since the last call.
func (b *tab) asked() []*request {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []*request
	for _, r := range b.wire {
		out = append(out, r)
	}
	clear(b.wire)
	return out
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx); err != nil { // the first must not have a deadline: it is the tab's life
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%v\non %s", err, b.where())
	}
}

// visit opens a path of the program, and returns the status it answers with
// after any redirects.
func (b *tab) visit(path string) int64 {
	b.t.Helper()
	b.do(chromedp.Navigate(b.p.base + path))
	return b.arrived()
}

// follow does what leads to another page, and returns the status that page is
// answered with.
func (b *tab) follow(steps ...chromedp.Action[chromedp.Void]) int64 {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void]("window.leaving = true"))
	b.do(steps...)
	return b.arrived()
}

// arrived waits for the page that is on its way to be there, whole.
func (b *tab) arrived() int64 {
	b.t.Helper()
	b.until("another page", `!window.leaving && document.readyState === "complete"`)
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.status
}

// press clicks on what the selector finds and waits for the page it leads to.
func (b *tab) press(selector string) int64 {
	b.t.Helper()
	return b.follow(chromedp.Click(chromedp.CSS(selector)))
}

func (b *tab) click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// keys types as on a keyboard.
func (b *tab) keys(keys string, opts ...chromedp.KeyOption) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys, opts...))
}

// value evaluates a JavaScript expression in the page.
func value[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for an expression to be true, over navigations too.
func (b *tab) until(what, expression string) {
	b.t.Helper()
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		cancel()
		if err == nil && ok {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.t.Fatalf("waited in vain for %s on %s\n%s", what, b.where(), value[string](b, "document.body.innerText.slice(0, 600)"))
}

// text returns what a person reads in what the selector finds; "" where there
// is nothing.
func (b *tab) text(selector string) string {
	b.t.Helper()
	return value[string](b, "document.querySelector("+quote(selector)+")?.innerText ?? ''")
}

func (b *tab) count(selector string) int {
	b.t.Helper()
	return value[int](b, "document.querySelectorAll("+quote(selector)+").length")
}

// where returns the path of the page that is open.
func (b *tab) where() string {
	ctx, cancel := context.WithTimeout(b.ctx, 2*time.Second)
	defer cancel()
	at, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return err.Error()
	}
	return strings.TrimPrefix(at, b.p.base)
}

// withoutScripts turns JavaScript off in pages opened from now on.
func (b *tab) withoutScripts() {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
}

// offline cuts the tab off from the network, or connects it again.
func (b *tab) offline(off bool) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		none := network.Conditions{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}
		if _, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule,
			network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{&none}}); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, network.OverrideNetworkState,
			network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1})
		return err
	}))
}

// width makes the window so wide.
func (b *tab) width(px int64) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(px, 900))
}

// letters makes the letters so many times as large as a browser has them at first.
func (b *tab) letters(times int64) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.SetFontSizes, page.SetFontSizesParams{FontSizes: &page.FontSizes{Standard: 16 * times, Fixed: 13 * times}})
		return err
	}))
}

// quote writes a string as JavaScript does.
func quote(s string) string {
	out, _ := json.Marshal(s) // a string can always be written
	return string(out)
}
