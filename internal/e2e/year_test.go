package e2e

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/mail/mailtest"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store/sqlite"
)

// managersAsked is how many the kommun of TestYear asks.
const managersAsked = 14

// TestYear takes a coordinator through a whole year in the browser, from a server
// with nothing on it: the organisation from the personnel system's own Excel file,
// a round that writes to those it asks, one who answers by the link in the letter,
// a reminder to the rest alone, the round closed at its time, and published.
func TestYear(t *testing.T) {
	t.Parallel()
	data, letters := filepath.Join(t.TempDir(), "data"), mailtest.Start(t, mailtest.Plain)
	out := command(t, data, "admin", "add", "--organisation", "Exempelkommun", "--role", "samordnare", "eva.falk@example.org")
	p := serve(t, data, "--smtp", "smtp://"+letters.Addr+"?tls=none", "--mail-from", "Digital mognad <mognad@example.org>", "--mail-rate", "100")
	b := newTab(t, p)
	b.visit(out[strings.LastIndex(strings.TrimSpace(out), "/in/"):len(strings.TrimSpace(out))])
	b.press(`main form button`)

	b.takeIn(personnel(t))
	id := b.planned()
	b.stepOf(id, "oppna")
	waitFor(t, "an invitation to everybody", func() bool { return len(letters.Letters()) == managersAsked })

	b2 := newTab(t, p)
	link := linkIn(t, p, letters.To("person0@example.org")[0])
	if status := b2.visit(link); status != http.StatusOK || !strings.HasPrefix(b2.where(), "/svara") {
		t.Fatalf("the link of the letter leads to %s, %d", b2.where(), status)
	}
	b2.handIn(link, b2.answerAll())
	for i := 1; i < 10; i++ {
		answerByLink(t, p, linkIn(t, p, letters.To(fmt.Sprintf("person%d@example.org", i))[0]))
	}

	b.visit("/omgangar/" + id)
	if got := b.text("h1"); !strings.Contains(got, "10 av 14") {
		t.Errorf("the round's page says %q", got)
	}
	b.remindNow(id) // a moment after the invitations nobody is reminded
	waitFor(t, "the reminder to nobody", func() bool {
		b.visit("/omgangar/" + id + "/brev")
		return strings.Contains(b.text("main"), "Mottagare: 0.")
	})
	twoHoursPass(t, data)
	b.remindNow(id)
	waitFor(t, "a reminder to the four that are left", func() bool { return len(letters.Letters()) == managersAsked+4 })
	for i := range managersAsked {
		want := 1
		if i >= 10 {
			want = 2
		}
		if got := len(letters.To(fmt.Sprintf("person%d@example.org", i))); got != want {
			t.Errorf("person %d has had %d letters, want %d", i, got, want)
		}
	}

	b.closesSoon(id)
	waitUntil(t, "the round closed at its time", 100*time.Second, func() bool {
		b.visit("/omgangar/" + id)
		return b.count(`form[action="/omgangar/`+id+`/publicera"]`) == 1
	})
	if got := len(letters.Letters()); got != managersAsked+4 {
		t.Errorf("%d letters in all", got)
	}
	b.stepOf(id, "publicera")
	b.press(`main a[href="/resultat?omgang=` + id + `"]`)
	if got := b.text("main"); !strings.Contains(got, "Exempelkommun") || !strings.Contains(got, "Vård och omsorg") {
		t.Errorf("the result: %s", got)
	}
	b.visit("/logg")
	b.checkPage("/logg after a year")
	if err := p.end(); err != nil {
		t.Error(err)
	}
	if out := command(t, data, "log", "verify"); !strings.HasPrefix(out, "lines: ") { // it exits with 1 where there is a fault
		t.Errorf("the log: %s", out)
	}
}

// personnel is a workbook as a personnel system gives it: titles, names of units
// by level, and nothing that mognad asks for.
func personnel(t *testing.T) string {
	t.Helper()
	f, name := excelize.NewFile(), filepath.Join(t.TempDir(), "chefer.xlsx")
	rows := [][]any{{"Anst.nr", "Namn", "E-post", "Förvaltning", "Enhet", "Befattning"}}
	for i := range managersAsked {
		department, unit, title := "Vård och omsorg", "Hemtjänst", "Enhetschef"
		if i%2 == 1 {
			department, unit, title = "Barn och utbildning", "Grundskola", "Rektor"
		}
		rows = append(rows, []any{1000 + i, fmt.Sprintf("Åsa Öberg %d", i), fmt.Sprintf("person%d@example.org", i), department, unit, title})
	}
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	return name
}

// takeIn imports a workbook, step by step, as a coordinator does.
func (b *tab) takeIn(workbook string) {
	b.t.Helper()
	b.visit("/organisation/import")
	b.checkPage("/organisation/import")
	b.width(1280)
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{workbook}))
	b.press(`form[action="/organisation/import"] button`)
	if b.where() != "/organisation/import/kolumner" {
		b.t.Fatalf("after the file: %s %s", b.where(), b.text("main"))
	}
	b.checkPage("/organisation/import/kolumner")
	b.width(1280)
	b.press(`form[action="/organisation/import/kolumner"] > button`)
	if b.where() != "/organisation/import/roller" {
		b.t.Fatalf("after the columns: %s %s", b.where(), b.text("main"))
	}
	b.checkPage("/organisation/import/roller")
	b.width(1280)
	b.do(chromedp.Evaluate[chromedp.Void](`for (const s of document.querySelectorAll("main select")) if (!s.value) s.value = "enhetschef"`))
	b.press(`form[action="/organisation/import/roller"] button`)
	if got := b.text("main"); b.where() != "/organisation/import/granska" || !strings.Contains(got, "Hemtjänst") || !strings.Contains(got, "Åsa Öberg 13") {
		b.t.Fatalf("the review at %s: %s", b.where(), got)
	}
	b.checkPage("/organisation/import/granska")
	b.width(1280)
	b.press(`form[action="/organisation/import/granska"] button`)
	if got := b.text("main"); !strings.HasPrefix(b.where(), "/organisation?") || !strings.Contains(got, "14 personer") {
		b.t.Fatalf("after the import, at %s: %s", b.where(), got)
	}
}

// planned makes a round whose invitations go out when it opens.
func (b *tab) planned() (id string) {
	b.t.Helper()
	b.visit("/omgangar")
	b.press(`form[action="/omgangar"] button`) // as it is filled in beforehand
	id = strings.TrimPrefix(b.where(), "/omgangar/")
	b.visit("/omgangar/" + id + "/brev")
	b.checkPage("/omgangar/:round/brev of a draft")
	b.width(1280)
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('input[name="invite"]').checked = true`))
	b.press(`form.b-plan button`)
	b.visit("/omgangar/" + id)
	b.checkPage("/omgangar/:round, a draft with a checklist")
	b.width(1280)
	b.visit("/omgangar/" + id) // the check has unfolded everything
	return id
}

// remindNow sends reminders at once.
func (b *tab) remindNow(id string) {
	b.t.Helper()
	b.visit("/omgangar/" + id + "/brev")
	b.click(`.r-step:has(input[value="paminnelse"]) summary`)
	b.press(`form:has(input[value="paminnelse"]) button`)
}

var moment = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^"]*"`)

// twoHoursPass puts what the store says of letters two hours back.
func twoHoursPass(t *testing.T, data string) {
	t.Helper()
	st, err := sqlite.Open(filepath.Join(data, "mognad.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var cards []card.Card
	for _, kind := range []string{round.LetterCards, round.PlanCards} {
		for c, err := range st.Cards(t.Context(), kind, "") {
			if err != nil {
				t.Fatal(err)
			}
			c.Body = moment.ReplaceAllFunc(c.Body, func(b []byte) []byte {
				at, err := time.Parse(time.RFC3339, strings.Trim(string(b), `"`))
				if err != nil || at.IsZero() {
					return b
				}
				return fmt.Appendf(nil, "%q", at.Add(-2*time.Hour).Format(time.RFC3339Nano))
			})
			cards = append(cards, c)
		}
	}
	for _, c := range cards {
		if err := st.PutCard(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
}

// closesSoon lets a round close at the next whole minute.
func (b *tab) closesSoon(id string) {
	b.t.Helper()
	at := time.Now().In(round.Sweden).Add(70 * time.Second) // a minute's beginning that is yet to come when the form is sent
	b.visit("/omgangar/" + id + "/installningar")
	b.do(chromedp.SetValue(chromedp.CSS("#closes_on"), at.Format(round.DayFormat)), chromedp.SetValue(chromedp.CSS("#closes_time"), at.Format(round.TimeFormat)))
	b.press(`form[action$="/installningar"] button`)
	if b.where() != "/omgangar/"+id {
		b.t.Fatalf("the time was not taken: %s", b.text("main"))
	}
}

// answerAll chooses a level of every item, theme by theme, and returns how many.
func (b *tab) answerAll() (n int) {
	b.t.Helper()
	b.press(`main .m-btn--big`)
	for !strings.HasSuffix(b.where(), "/granska") {
		items := b.items()
		for _, item := range items {
			b.click(level(item, 3))
		}
		n += len(items)
		b.press(`button[name="till"][value="nasta"]`)
	}
	return n
}

// answerByLink answers everything over HTTP and hands it in.
func answerByLink(t *testing.T, p *program, link string) {
	t.Helper()
	c := as(t, p, link)
	for i, item := range unansweredItems(t, c) {
		if err := c.save(item, fmt.Sprint(1+i%5)); err != nil {
			t.Fatal(err)
		}
	}
	if a, err := c.post("/svara/lamna-in", url.Values{}); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("submit: %d, %v", a.status, err)
	}
}

// linkIn finds the personal link in a letter's text.
func linkIn(t *testing.T, p *program, l mailtest.Letter) string {
	t.Helper()
	m := l.Message(t)
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	part, err := parts.NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	var text io.Reader = part
	if part.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		text = quotedprintable.NewReader(part)
	}
	body, err := io.ReadAll(text)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(regexp.QuoteMeta(p.base) + `(/e/[\w-]+)`).FindSubmatch(body)
	if found == nil {
		t.Fatalf("no link in %s", body)
	}
	return string(found[1])
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	waitUntil(t, what, 30*time.Second, done)
}

func waitUntil(t *testing.T, what string, limit time.Duration, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
