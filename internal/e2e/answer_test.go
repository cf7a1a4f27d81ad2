package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// saved is true on a page whose script has nothing left to send and says so.
const saved = `/^(Sparat|Saved) \d\d:\d\d$/.test(document.querySelector(".m-saved")?.innerText.trim()) &&
	!Object.keys(localStorage).some(k => k.startsWith("mognad:"))`

// level is the label of one level of one item.
func level(item string, n int) string {
	return fmt.Sprintf(`[id="%s"] .m-ladder label:nth-of-type(%d)`, item, n)
}

func (b *tab) items() []string {
	b.t.Helper()
	return value[[]string](b, `[...document.querySelectorAll("fieldset.m-item")].map(f => f.id)`)
}

// begin follows a personal link and goes on to the first theme.
func (b *tab) begin(link string) {
	b.t.Helper()
	if status := b.visit(link); status != 200 || b.where() != "/svara" {
		b.t.Fatalf("the link leads to %s with %d", b.where(), status)
	}
	b.press(".m-go a.m-btn")
	if len(b.items()) == 0 {
		b.t.Fatalf("no questions on %s", b.where())
	}
}

// handIn submits from the page of review and checks the receipt: the radar and
// the same figures in a table.
func (b *tab) handIn(link string, answered int) {
	b.t.Helper()
	if b.where() != "/svara/granska" {
		b.t.Fatalf("the last theme leads to %s", b.where())
	}
	if n := b.count("#kvar"); n != 0 {
		b.t.Errorf("the review says that something is left: %s", b.text("#kvar"))
	}
	b.press("#lamna-in button")
	b.checkReceipt(link, answered)
}

func (b *tab) checkReceipt(link string, answered int) {
	b.t.Helper()
	if b.where() != "/svara/kvitto" {
		b.t.Fatalf("submitting leads to %s: %s", b.where(), b.text("main"))
	}
	if n := b.count(".m-own svg path"); n < 10 {
		b.t.Errorf("the radar has %d lines", n)
	}
	if n := b.count(".m-table tbody tr"); n < 5 {
		b.t.Errorf("the table beside the radar has %d rows", n)
	}
	m, err := as(b.t, b.p, link).mine()
	if err != nil || !m.Submitted || len(m.Answers) != answered {
		b.t.Errorf("stored: submitted %v, %d answers of %d, %v", m.Submitted, len(m.Answers), answered, err)
	}
}

func TestAnswerWithScripts(t *testing.T) {
	t.Parallel()
	link := fresh(t)
	b := newTab(t, shared)
	b.begin(link)
	first, items := b.where(), b.items()
	for _, item := range items {
		b.click(level(item, 3))
		b.until("the answer to be seen as saved", saved)
		m, err := as(t, shared, link).mine()
		if err != nil || m.byItem()[item] != "3" {
			t.Fatalf("the page says saved; stored is %v, %v", m.byItem(), err)
		}
	}
	b.click(`[id="` + items[0] + `"] summary`)
	b.do(chromedp.SendKeys(chromedp.CSS(`[id="`+items[0]+`"] textarea`), "Två rader\nmed å, ä och ö"))
	b.until("the comment to be seen as saved", saved)

	other := newTab(t, shared) // another device
	other.visit(link)
	if got := other.text(".m-go"); !strings.Contains(got, fmt.Sprint(len(items))) {
		t.Errorf("the start page does not say how far one has come: %q", got)
	}
	other.visit(first)
	if got := value[int](other, `document.querySelectorAll(".m-ladder input[value='3']:checked").length`); got != len(items) {
		t.Errorf("the other device shows %d answers of %d", got, len(items))
	}
	if got := value[string](other, `document.querySelector("textarea").value`); got != "Två rader\nmed å, ä och ö" {
		t.Errorf("the other device shows the comment %q", got)
	}

	answered := len(items)
	for b.press(".m-btn--next"); b.count("fieldset.m-item") > 0; b.press(".m-btn--next") {
		answered += value[int](b, `{ const all = document.querySelectorAll(".m-ladder label:nth-of-type(4) input"); all.forEach(i => i.click()); all.length }`)
		b.until("the theme to be saved", saved)
	}
	b.handIn(link, answered)
	again := newTab(t, shared)
	again.visit(link)
	again.press(".m-go a.m-btn")
	again.checkReceipt(link, answered)
}

// TestTabLeftOpen: a tab where an answer was saved, and changed elsewhere since,
// does not put it back when its form is sent.
func TestTabLeftOpen(t *testing.T) {
	t.Parallel()
	link := fresh(t)
	b := newTab(t, shared)
	b.begin(link)
	item := b.items()[0]
	b.click(level(item, 2))
	b.until("the answer to be seen as saved", saved)
	if err := as(t, shared, link).save(item, "4"); err != nil {
		t.Fatal(err)
	}
	b.press(".m-btn--next")
	if m, err := as(t, shared, link).mine(); err != nil || m.byItem()[item] != "4" {
		t.Errorf("stored %v, %v", m.byItem(), err)
	}
}

func TestAnswerWithoutScripts(t *testing.T) {
	t.Parallel()
	link := fresh(t)
	b := newTab(t, shared)
	b.withoutScripts()
	b.begin(link)
	answered, comment := 0, "Skrivet utan JavaScript"
	for themes := 0; b.count("fieldset.m-item") > 0; themes++ {
		if themes > 20 {
			t.Fatal("the themes never end")
		}
		for _, item := range b.items() {
			b.click(level(item, 2))
			answered++
		}
		if themes == 0 {
			item := b.items()[0]
			b.click(`[id="` + item + `"] summary`)
			b.do(chromedp.SendKeys(chromedp.CSS(`[id="`+item+`"] textarea`), comment))
		}
		if got := b.text(".m-saved"); strings.Contains(got, ":") {
			t.Errorf("a script has said %q", got)
		}
		b.press(".m-btn--next")
	}
	b.handIn(link, answered)
	m, err := as(t, shared, link).mine()
	if err != nil || m.Answers[0].Comment != comment {
		t.Errorf("stored first: %+v, %v", m.Answers[0], err)
	}
}

func TestAnswerInEnglish(t *testing.T) {
	t.Parallel()
	b := newTab(t, shared)
	b.visit(fresh(t))
	b.press(`a[hreflang="en"]`)
	b.press(".m-go a.m-btn")
	item := b.items()[0]
	b.click(level(item, 5))
	b.until("the answer to be seen as saved", saved)
	if got := b.text(".m-saved"); !strings.HasPrefix(got, "Saved") {
		t.Errorf("the state of saving is told as %q", got)
	}
	for _, page := range []string{"/svara", b.where(), "/svara/granska", "/om/skydd", "/finns-inte"} {
		b.visit(page)
		if lang := value[string](b, "document.documentElement.lang"); lang != "en" {
			t.Errorf("%s says it is in %q", page, lang)
		}
		// Names of units and people are in Swedish in any language.
		for _, word := range []string{"Svara", "fråga", "Spara", "Nästa", "Mätomgången"} {
			if strings.Contains(b.text("main"), word) {
				t.Errorf("%s says %q in English", page, word)
			}
		}
	}
}

// TestSwitchLanguageKeepsWhatIsTyped changes language in the middle of a theme,
// without scripts: what has been filled in goes along.
func TestSwitchLanguageKeepsWhatIsTyped(t *testing.T) {
	t.Parallel()
	b := newTab(t, shared)
	b.withoutScripts()
	b.begin(fresh(t))
	theme, item := b.where(), b.items()[0]
	b.click(level(item, 4))
	b.press(`button[name="till"][value="en"]`)
	if b.where() != theme || value[string](b, "document.documentElement.lang") != "en" {
		t.Fatalf("came to %s in %s", b.where(), value[string](b, "document.documentElement.lang"))
	}
	if !value[bool](b, `document.querySelector('[id="`+item+`"] input[value="4"]').checked`) {
		t.Error("what was chosen is gone")
	}
}

// TestKeyboard answers everything, submits and reads the receipt with Tab,
// Space, arrows and Enter alone. Whatever has the focus can be seen.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	link := fresh(t)
	b := newTab(t, shared)
	b.visit(link)
	b.tabTo(".m-go a.m-btn")
	b.enter()
	answered := 0
	for themes := 0; b.count("fieldset.m-item") > 0; themes++ {
		if themes > 20 {
			t.Fatal("the themes never end")
		}
		b.skip()
		for _, item := range b.items() {
			b.tabTo(`[id="` + item + `"] input[type=radio]`)
			b.keys(" ")
			b.keys(kb.ArrowDown)
			b.keys(kb.ArrowDown)
			answered++
		}
		if got := value[int](b, `document.querySelectorAll(".m-ladder input[value='3']:checked").length`); got != len(b.items()) {
			t.Fatalf("%s: Space and two arrows choose level 3 in %d of %d: %v", b.where(), got, len(b.items()),
				value[[]string](b, `[...document.querySelectorAll("input[type=radio]:checked")].map(r => r.name + "=" + r.value)`))
		}
		b.tabTo(".m-btn--next")
		b.enter()
	}
	b.skip()
	b.tabTo("#lamna-in button")
	b.enter()
	b.checkReceipt(link, answered)
}

// skip uses the link past the menus.
func (b *tab) skip() {
	b.t.Helper()
	b.tabTo(".m-skip")
	b.keys(kb.Enter)
	b.until("the focus to be in the content", `document.activeElement.closest("main")`)
}

// enter presses Enter on what leads to another page.
func (b *tab) enter() {
	b.t.Helper()
	b.follow(chromedp.KeyEvent(kb.Enter))
}

// tabTo presses Tab until what the selector finds has the focus. On the way,
// what has the focus must be in sight, and not lie under something else.
func (b *tab) tabTo(selector string) {
	b.t.Helper()
	for range 80 {
		b.keys(kb.Tab)
		state := value[string](b, `(() => {
			const e = document.activeElement;
			if (!e || e === document.body) return "";
			const shown = e.closest("label") ?? e, r = shown.getBoundingClientRect();
			const x = Math.min(Math.max(r.left + Math.min(r.width, 20) / 2, 0), innerWidth - 1), y = r.top + Math.min(r.height, 20) / 2;
			const top = document.elementFromPoint(x, y);
			if (r.width < 2 || r.height < 2 || !top || !(shown.contains(top) || top.contains(shown))) return "hidden: " + e.outerHTML.slice(0, 120);
			return e.matches(`+quote(selector)+`) ? "there" : "";
		})()`)
		switch {
		case state == "there":
			return
		case state != "":
			b.t.Errorf("%s: the focus is on what can't be seen: %s", b.where(), state)
		}
	}
	b.t.Fatalf("%s: 80 presses of Tab do not reach %s", b.where(), selector)
}

func TestNetworkLost(t *testing.T) {
	t.Parallel()
	link := fresh(t)
	b := newTab(t, shared)
	b.begin(link)
	items := b.items()
	b.click(level(items[0], 2))
	b.until("the answer to be seen as saved", saved)

	b.offline(true)
	b.click(level(items[0], 4))
	b.click(`[id="` + items[0] + `"] summary`)
	b.do(chromedp.SendKeys(chromedp.CSS(`[id="`+items[0]+`"] textarea`), "skrivet utan nät"))
	b.until("the page to say that it is not saved", `document.querySelector(".m-saved--fail")?.innerText.includes("Inte sparat")`)
	if m, err := as(t, shared, link).mine(); err != nil || m.byItem()[items[0]] != "2" {
		t.Fatalf("the network was not lost: stored %v, %v", m.byItem(), err)
	}

	b.offline(false)
	b.until("what was waiting to be saved", saved)
	m, err := as(t, shared, link).mine()
	if err != nil || len(m.Answers) != 1 || m.Answers[0].Answer != "4" || m.Answers[0].Comment != "skrivet utan nät" {
		t.Errorf("stored %+v, %v", m.Answers, err)
	}
}
