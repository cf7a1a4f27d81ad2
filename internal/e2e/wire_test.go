package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// What answering may cost, so that it works on a telephone in a corridor.
const (
	firstVisit  = 130_000 // bytes over the wire, typefaces too
	requests    = 8
	nextTheme   = 12_000 // bytes of HTML over the wire
	anotherPage = 3      // requests when everything else is in the browser already
)

// weigh opens a page and returns what it cost: bytes in all, bytes of HTML, and
// the number of requests.
func (b *tab) weigh(path string) (all, html float64, n int) {
	b.t.Helper()
	b.asked()
	b.visit(path)
	b.do(chromedp.Evaluate[chromedp.Void](`document.fonts.ready.then(() => {})`, chromedp.EvalAwaitPromise))
	for _, r := range b.asked() {
		if r.bytes == 0 {
			continue // from the browser's cache
		}
		all += r.bytes
		n++
		if r.kind == network.ResourceTypeDocument {
			html += r.bytes
		}
	}
	return all, html, n
}

func TestWireBudget(t *testing.T) {
	t.Parallel()
	b := newTab(t, shared)
	all, _, n := b.weigh(fresh(t))
	if all > firstVisit || n > requests {
		t.Errorf("the first page: %.0f bytes in %d requests", all, n)
	}
	b.press(".m-go a.m-btn")
	theme := b.where()
	b.press(".m-btn--next")
	next := b.where()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, network.ClearBrowserCache, cdp.Empty{})
		return err
	}))
	all, _, n = b.weigh(theme)
	t.Logf("a theme with nothing cached: %.0f bytes in %d requests", all, n)
	if all > firstVisit || n > requests || all < 20_000 {
		t.Errorf("a theme with nothing cached: %.0f bytes in %d requests", all, n)
	}
	_, html, n := b.weigh(next)
	t.Logf("the next theme: %.0f bytes of HTML, %d requests", html, n)
	if html > nextTheme || n > anotherPage || html < 1000 {
		t.Errorf("the next theme: %.0f bytes of HTML, %d requests", html, n)
	}
}
