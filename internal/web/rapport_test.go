package web

import (
	"html"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/paper"
	"github.com/mognad/mognad/surveys"
)

// echo makes a printer whose PDF is the page that it was given; what a real
// Chromium makes of it is tested in internal/e2e.
func echo(t *testing.T, lines string) *paper.Printer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "chromium")
	check(t, os.WriteFile(path, []byte("#!/bin/sh\nfor a; do case $a in --print-to-pdf=*) out=${a#*=};; file://*) page=${a#file://};; esac; done\n"+lines), 0o755))
	p, err := paper.Find(path)
	check(t, err)
	return p
}

const echoes = `printf '%%PDF-1.4\n' >$out; cat $page >>$out; printf '%%%%EOF\n' >>$out`

// withAudit lets the service judge the audit questions that come with the program.
func (r *results) withAudit(t *testing.T) {
	t.Helper()
	rule, err := audit.Load(surveys.FS, r.set)
	check(t, err)
	r.config.Audit = rule
}

// The report has every part that the unit has figures for, in both languages; the
// audit is in that of the whole, for those who may read it.
func TestReport(t *testing.T) {
	r := newResults(t)
	r.withAudit(t)
	r.config.Paper = echo(t, echoes)
	all, chef := r.signIn(t, everything), r.signIn(t, access.Grant{Role: access.Chef, Unit: "kommun"})
	parts := func(body string) (out string) {
		for _, id := range []string{"summa", "ix", "tema", "omr", "enh", "varje", "andring", "fr", "kompetens", "revision"} {
			if strings.Contains(body, `id="`+id+`"`) {
				out += id + " "
			}
		}
		return out
	}
	for _, c := range []struct {
		path, want string
		who        *http.Cookie
	}{
		{"kommun/rapport", "summa ix tema omr enh varje andring fr kompetens revision ", all},
		{"kommun/rapport", "summa ix tema omr enh varje andring fr kompetens ", chef},
		{"omsorg/rapport", "summa ix tema omr enh varje andring fr kompetens ", all},
		{"hem/rapport", "summa ix tema omr andring fr kompetens ", all},
		{"kommun/rapport?omgang=2024", "summa ix tema omr enh varje fr kompetens revision ", all},
		{"plan/rapport", "", all},
	} {
		for _, lang := range []string{"sv", "en"} {
			status, body := r.get("/resultat/"+c.path, lang, c.who)
			body = mainOf(body)
			if got := parts(body); status != http.StatusOK || got != c.want || strings.Contains(body, "%!") {
				t.Errorf("%s %s: status %d, parts %q, want %q", c.path, lang, status, got, c.want)
			}
			for _, l := range strings.Split(body, `<li><a href="#`)[1:] {
				if id, _, _ := strings.Cut(l, `"`); id != "metod" && !strings.Contains(body, `id="`+id+`"`) {
					t.Errorf("%s: the contents name #%s, which is not there", c.path, id)
				}
			}
		}
	}
	if _, body := r.get("/resultat/omsorg", "sv", all); !strings.Contains(body, `href="/resultat/omsorg/rapport"`) || !strings.Contains(body, `href="/resultat/omsorg/samtal"`) {
		t.Error("the result does not link to its report")
	}
	if _, body := r.get("/resultat/omsorg/ta-med", "sv", all); !strings.Contains(body, `href="/resultat/omsorg/rapport"`) {
		t.Error("what can be taken along has no report")
	}
}

// Every mean that the report shows of a theme is the document's own, and nothing
// is shown of a unit that is hidden.
func TestReportShowsTheDocument(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	for _, unit := range []string{"kommun", "omsorg", "bygg"} {
		d := r.docs[unit]
		_, body := r.get("/resultat/"+unit+"/rapport", "sv", who)
		_, changes, _ := strings.Cut(html.UnescapeString(body), `id="andring"`)
		changes, _, _ = strings.Cut(changes, "</section>")
		v := views{lang: "sv"}
		rows := 0
		for _, f := range d.Figures {
			if f.Level == analysis.LevelTheme && f.Suppressed == analysis.Shown {
				rows++
				if want := `<td class="b">` + v.number(f.Mean) + "<small>"; !strings.Contains(changes, want) {
					t.Errorf("%s: no %s of %s", unit, want, f.ID)
				}
			}
		}
		if rows == 0 || strings.Count(changes, "<tr>") != rows+1 { // one of the head
			t.Errorf("%s: %d rows of themes, of %d", unit, strings.Count(changes, "<tr>"), rows)
		}
		for _, ch := range d.Children {
			if told := strings.Contains(body, "<dt>"+html.EscapeString(ch.Unit.Name)+" <small>"); told != (ch.Suppressed == analysis.Shown) {
				t.Errorf("%s: %s, %q, is told of: %v", unit, ch.Unit.ID, ch.Suppressed, told)
			}
		}
	}
}

// The PDF's page is whole in itself: no address, no script that runs, nothing of
// the session; and it is for readers alone, and logged.
func TestReportPDF(t *testing.T) {
	r := newResults(t)
	r.config.Paper = echo(t, echoes)
	all, chef := r.signIn(t, everything), r.signIn(t, access.Grant{Role: access.Chef, Unit: "omsorg"})
	w := r.fetched("/resultat/omsorg/rapport.pdf", "en", all)
	page := w.Body.String()
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/pdf" || w.Header().Get("Content-Disposition") != `attachment; filename="mognad-2025-omsorg-rapport.pdf"` {
		t.Fatalf("status %d, %v", w.Code, w.Header())
	}
	for _, bad := range []string{"/static/", "http://", "src=", "<script src", all.Value, `url("../`} {
		if strings.Contains(strings.ReplaceAll(page, "http://www.w3.org/", ""), bad) {
			t.Errorf("the page to print has %q", bad)
		}
	}
	for _, want := range []string{`<html lang="en">`, "default-src 'none'", `content: "Omsorgsf`, "data:font/woff2;base64,", `id="tema"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page to print lacks %q", want)
		}
	}
	for path, want := range map[string]int{"/resultat/kommun/rapport.pdf": http.StatusForbidden, "/resultat/finns-inte/rapport.pdf": http.StatusForbidden, "/resultat/hem/rapport.pdf": http.StatusOK,
		"/resultat/omsorg/rapport.pdf?omgang=2026": http.StatusConflict, "/resultat/omsorg/rapport.pdf?omgang=1999": http.StatusNotFound} {
		if w := r.fetched(path, "sv", chef); w.Code != want {
			t.Errorf("a manager asks for %s: status %d, want %d", path, w.Code, want)
		}
	}
	if w := r.fetched("/resultat/plan/rapport.pdf", "sv", all); w.Code != http.StatusConflict {
		t.Errorf("a hidden unit: status %d", w.Code)
	}
	logged := 0
	for e, err := range r.rounds.Log().Events(t.Context()) {
		check(t, err)
		if e.Action == "export.pdf" {
			logged++
		}
	}
	if logged != 2 {
		t.Errorf("%d lines in the log, want one for each PDF that was made", logged)
	}
}

// Without a Chromium, or with one that fails, the page and the answer say what to
// do instead.
func TestReportWithoutPDF(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	if _, body := r.get("/resultat/omsorg/rapport", "sv", who); strings.Contains(body, "rapport.pdf") || !strings.Contains(body, "Skriv ut sidan med webbläsaren") {
		t.Error("without Chromium the page does not say to print it")
	}
	for name, c := range map[string]struct {
		printer *paper.Printer
		status  int
	}{"none": {nil, http.StatusConflict}, "fails": {echo(t, "exit 1"), http.StatusInternalServerError}} {
		r.config.Paper = c.printer
		w := r.fetched("/resultat/omsorg/rapport.pdf", "sv", who)
		if w.Code != c.status || !strings.Contains(w.Body.String(), "skriv ut den med webbläsaren") || w.Header().Get("Content-Disposition") != "" {
			t.Errorf("%s: status %d, %s", name, w.Code, mainOf(w.Body.String()))
		}
	}
}

// A table of gaps with more units than paper has room for is divided: the unit's own
// column stands first in each part, every other once, each with its own figures.
func TestGapsInParts(t *testing.T) {
	for _, columns := range []int{1, 2, 6, 7, 11, 12} {
		page := competencePage{Rows: []competenceRow{{Text: "a"}, {Text: "b"}}}
		for i := range columns {
			page.Columns = append(page.Columns, competenceColumn{Name: string(rune('A' + i))})
			for r := range page.Rows {
				page.Rows[r].Cells = append(page.Rows[r].Cells, competenceCell{Below: i, Rated: r})
			}
		}
		seen := ""
		for _, part := range page.parts(gapColumns) {
			if part.Columns[0].Name != "A" || len(part.Columns) > 1+gapColumns || len(part.Rows) != 2 {
				t.Errorf("%d columns: %v", columns, part)
			}
			for i, c := range part.Columns {
				if i > 0 {
					seen += c.Name
				}
				for r, row := range part.Rows {
					if cell := row.Cells[i]; string(rune('A'+cell.Below)) != c.Name || cell.Rated != r {
						t.Errorf("%d columns: under %s stands %v", columns, c.Name, cell)
					}
				}
			}
		}
		if want := "BCDEFGHIJKL"[:columns-1]; seen != want {
			t.Errorf("%d columns: %s, want %s", columns, seen, want)
		}
	}
	if (competencePage{}).parts(gapColumns) != nil {
		t.Error("parts of no table")
	}
}
