package notice_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/notice"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/trail"
)

func newService(t *testing.T) (*notice.Service, *trail.Log) {
	t.Helper()
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	at := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	now := func() time.Time { at = at.Add(time.Second); return at }
	log := trail.New(st, keys.New(), now)
	return notice.New(st, log, now), log
}

// What people write is never run: whatever they try, no tag but those of
// Markdown comes out, and no link that is a script.
func TestHostileMarkdown(t *testing.T) {
	for _, in := range []string{
		"<script>alert(1)</script>",
		"<img src=x onerror=alert(1)>",
		"text <b onclick=alert(1)>x</b>",
		"[x](javascript:alert(1))",
		"[x](JaVaScRiPt:alert(1))",
		"[x](  javascript:alert(1))",
		"[x](vbscript:x)",
		"[x](data:text/html;base64,PHNjcmlwdD4=)",
		"![x](https://tracker.example/p.gif)",
		"![x](javascript:alert(1))",
		"<javascript:alert(1)>",
		"[x]: javascript:alert(1)\n\n[x]",
		"[[<script>alert(1)</script>]]",
		"[[\" onclick=alert(1)]]",
		"[a](/x \"[[onclick]]\")",
		"[a](/[[x]])",
		"<!-- --><svg onload=alert(1)>",
		"`<script>`\n\n```\n<script>\n```",
		"[x](/a\"onmouseover=\"alert(1))",
	} {
		html, err := notice.HTML(in)
		if err != nil {
			t.Fatal(err)
		}
		out := strings.ToLower(string(html))
		for _, bad := range []string{"<script", "<img", "<svg", "<b ", "=\"javascript:", "=\"vbscript:", "=\"data:", "tracker.example"} {
			if strings.Contains(out, bad) {
				t.Errorf("%q becomes %q", in, html)
			}
		}
		for tag := range strings.SplitSeq(out, "<") { // no attribute but those that Markdown makes
			inside, _, _ := strings.Cut(tag, ">")
			if strings.Contains(inside, " on") {
				t.Errorf("%q becomes %q", in, html)
			}
		}
	}
}

func TestMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"# Rubrik":                           "<h2>Rubrik</h2>\n",
		"### Rubrik":                         "<h3>Rubrik</h3>\n",
		"Till [[nämnd]] & co.":               "<p>Till <mark class=\"m-gap\">[nämnd]</mark> &amp; co.</p>\n",
		"[[a]] [b](https://c.example)":       "<p><mark class=\"m-gap\">[a]</mark> <a href=\"https://c.example\">b</a></p>\n",
		"[[en\nrad]]":                        "<p>[[en\nrad]]</p>\n",
		"[sida](/om/skydd), **fet**":         "<p><a href=\"/om/skydd\">sida</a>, <strong>fet</strong></p>\n",
		"[[(artikel 6.1 e i förordningen)]]": "<p><mark class=\"m-gap\">[(artikel 6.1 e i förordningen)]</mark></p>\n",
	} {
		if got, err := notice.HTML(in); err != nil || string(got) != want {
			t.Errorf("%q becomes %q, %v; want %q", in, got, err, want)
		}
	}
}

// The texts to begin with are marked as unfilled as many times in both languages,
// and every mark comes out as one.
func TestDefaultsAreVisiblyUnfilled(t *testing.T) {
	for _, kind := range []notice.Kind{notice.Privacy, notice.Accessibility} {
		text := notice.Default(kind)
		marks := map[string]int{}
		for _, lang := range []string{"sv", "en"} {
			html, err := notice.HTML(text.In(lang))
			if err != nil {
				t.Fatal(err)
			}
			marks[lang] = strings.Count(string(html), `<mark class="m-gap">`)
			if strings.Contains(string(html), "[[") {
				t.Errorf("%s %s: a place to fill in is not marked", kind, lang)
			}
		}
		if marks["sv"] == 0 || marks["sv"] != marks["en"] || text.Gaps(kind) != marks["sv"]+marks["en"] {
			t.Errorf("%s: %v marked, %d gaps", kind, marks, text.Gaps(kind))
		}
	}
}

func TestPut(t *testing.T) {
	s, log := newService(t)
	ctx := t.Context()
	first := notice.Text{SV: "ett\r\ntvå", EN: "one"}
	if err := s.Put(ctx, "eva", notice.Privacy, "", "", first); err != nil {
		t.Fatal(err)
	}
	n, err := s.Own(ctx, notice.Privacy, "")
	if err != nil || n.SV != "ett\ntvå" || n.EN != "one" || len(n.Versions) != 1 || n.Versions[0].By != "eva" || n.Gaps(notice.Privacy) != 0 {
		t.Fatalf("%+v, %v", n, err)
	}
	if err := s.Put(ctx, "bo", notice.Privacy, "", "", notice.Text{SV: "x", EN: "y"}); !fail.Is(err, fail.Conflict) {
		t.Errorf("written over a version never seen: %v", err)
	}
	for i := range notice.Kept + 2 {
		n, _ := s.Own(ctx, notice.Privacy, "")
		if err := s.Put(ctx, "eva", notice.Privacy, "", n.Number(), notice.Text{SV: fmt.Sprint(i), EN: "e"}); err != nil {
			t.Fatal(err)
		}
	}
	if n, _ = s.Own(ctx, notice.Privacy, ""); len(n.Versions) != notice.Kept || n.SV != fmt.Sprint(notice.Kept+1) || n.Versions[1].SV != fmt.Sprint(notice.Kept) {
		t.Errorf("%d versions, the newest %q", len(n.Versions), n.SV)
	}
	lines := 0
	for e, err := range log.Events(ctx) {
		if err != nil || e.Action != "notice.change" || e.Actor != "eva" {
			t.Errorf("%+v, %v", e, err)
		}
		lines++
	}
	if lines != notice.Kept+3 {
		t.Errorf("%d lines", lines)
	}
}

func TestPutRefuses(t *testing.T) {
	s, _ := newService(t)
	for _, c := range []struct {
		kind  notice.Kind
		text  notice.Text
		field string
	}{
		{notice.Privacy, notice.Text{EN: "x"}, "sv"},
		{notice.Privacy, notice.Text{SV: "x", EN: " "}, "en"},
		{notice.Accessibility, notice.Text{SV: strings.Repeat("å", notice.MaxText+1), EN: "x"}, "sv"},
		{notice.Contact, notice.Text{Email: "a@b.se"}, "name"},
		{notice.Contact, notice.Text{Name: "Eva"}, "email"},
		{notice.Contact, notice.Text{Name: "Eva", Email: "eva"}, "email"},
		{notice.Contact, notice.Text{Name: "Eva", Email: "Eva <a@b.se>"}, "email"},
	} {
		err := s.Put(t.Context(), "eva", c.kind, "", "", c.text)
		e, ok := err.(*fail.Error)
		if !ok || e.Code != fail.Invalid || e.Field != c.field {
			t.Errorf("%s %+v: %v", c.kind, c.text, err)
		}
	}
}

// A part of the organisation has the text of the nearest unit with one of its
// own, and what is missing is asked for there.
func TestNearest(t *testing.T) {
	s, _ := newService(t)
	ctx := context.Background()
	put := func(unit, name string) {
		t.Helper()
		if err := s.Put(ctx, "eva", notice.Contact, unit, "", notice.Text{Name: name, Phone: "1"}); err != nil {
			t.Fatal(err)
		}
	}
	path := []string{"alla", "a", "a1"}
	missing := func() int {
		t.Helper()
		gaps, err := s.Missing(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		return len(gaps)
	}
	if missing() != 3 {
		t.Errorf("%d texts are missing at first", missing())
	}
	put("b", "b")
	if c, err := s.Contact(ctx, path); err != nil || c.Name != "" {
		t.Errorf("a is shown %+v, %v", c, err)
	}
	put("", "alla")
	if c, _ := s.Contact(ctx, path); c.Name != "alla" {
		t.Errorf("a is shown %+v", c)
	}
	put("a", "a")
	if c, _ := s.Contact(ctx, path); c.Name != "a" {
		t.Errorf("a is shown %+v", c)
	}
	if c, _ := s.Contact(ctx, []string{"alla", "b"}); c.Name != "b" {
		t.Errorf("b is shown %+v", c)
	}
	if missing() != 2 {
		t.Errorf("%d texts are missing when the contact is there", missing())
	}
}
