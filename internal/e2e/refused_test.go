package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestRefusedThenMended: what the form was refused for is told at the top of the
// page, until the script has saved all of the item that it speaks of.
func TestRefusedThenMended(t *testing.T) {
	t.Parallel()
	link := fresh(t)
	b := newTab(t, shared)
	b.begin(link)
	item := b.items()[0]
	write := func(text string) {
		b.do(chromedp.Evaluate[chromedp.Void](`{ const f = document.querySelector('[id="` + item + `"] textarea'); f.value = "` + text + `"; f.dispatchEvent(new Event("input", {bubbles: true})) }`))
	}
	b.click(level(item, 3))
	write(strings.Repeat("lång ", 5000))
	b.until("the text to be refused", `document.querySelector(".m-saved").textContent.startsWith("Inte sparat.")`)
	if status := b.press(".m-btn--next"); status != 422 || b.count(".m-errors li") != 1 || b.count(".m-item--fault") != 1 || !strings.HasPrefix(value[string](b, "document.title"), "Fel: ") {
		t.Fatalf("the form is answered with %d: %s", status, b.text("main"))
	}
	write("kort")
	b.until("the text to be seen as saved", saved)
	if b.count(".m-errors, .m-item--fault, .m-field__error") > 0 || strings.HasPrefix(value[string](b, "document.title"), "Fel: ") {
		t.Errorf("the page still speaks of a fault: %q, %s", value[string](b, "document.title"), b.text("main"))
	}
	m, err := as(t, shared, link).mine()
	if err != nil || m.byItem()[item] != "3" {
		t.Errorf("stored is %v, %v", m.byItem(), err)
	}
}
