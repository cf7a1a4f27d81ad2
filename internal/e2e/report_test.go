package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/demo"
)

// outline is a heading in a PDF's outline, in UTF-16 where it has other letters
// than those of ASCII.
var outline = regexp.MustCompile(`/Title (\([^)]*\)|<FEFF[0-9A-F]+>)`)

// TestReportAsPDF prints reports with the real Chromium, several asked for at once:
// each is tagged, in its language, with title, outline and pages.
func TestReportAsPDF(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		role, unit, lang string
		pages            int
	}{"the whole": {"ledning", demo.Root, "sv", 7}, "a unit": {"chef", demo.Chef, "en", 6}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			who := as(t, shared, c.role)
			if a, err := who.get("/sprak/" + c.lang); err != nil || a.status != http.StatusSeeOther {
				t.Fatalf("choose language: %d, %v", a.status, err)
			}
			a, err := who.get("/resultat/" + c.unit + "/rapport.pdf")
			if err != nil || a.status != http.StatusOK {
				t.Fatalf("status %d, %v: %.200s", a.status, err, a.body)
			}
			for _, want := range []string{"%PDF-", "/Marked true", "/StructTreeRoot", "/Lang (" + c.lang + ")", "/Outlines", "%%EOF"} {
				if !strings.Contains(a.body, want) {
					t.Errorf("the PDF lacks %q", want)
				}
			}
			for _, bad := range []string{"/JavaScript", "/Launch", "127.0.0.1"} {
				if strings.Contains(a.body, bad) {
					t.Errorf("the PDF has %q", bad)
				}
			}
			if n := strings.Count(a.body, "/Type /Page\n"); n < c.pages || n > 2*c.pages {
				t.Errorf("%d pages, want about %d", n, c.pages)
			}
			if n := len(outline.FindAllString(a.body, -1)); n < 12 {
				t.Errorf("%d headings in the outline", n)
			}
		})
	}
}

// TestReportWithoutChromium starts the program on a machine that has none.
func TestReportWithoutChromium(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := copyDemo(data); err != nil {
		t.Fatal(err)
	}
	p, err := start(data, "demo", "--chromium", "off")
	if err != nil {
		t.Fatal(err)
	}
	defer p.kill()
	who := as(t, p, "chef")
	page, err := who.get("/resultat/" + demo.Chef + "/rapport")
	if err != nil || page.status != http.StatusOK || strings.Contains(page.body, "rapport.pdf") || !strings.Contains(page.body, "Skriv ut sidan med webbläsaren") {
		t.Errorf("the report: %d, %v", page.status, err)
	}
	if a, err := who.get("/resultat/" + demo.Chef + "/rapport.pdf"); err != nil || a.status != http.StatusConflict {
		t.Errorf("its PDF: %d, %v", a.status, err)
	}
}
