//go:build pictures

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/mognad/mognad/internal/demo"
)

// picture is a page of the demo as one of its roles sees it.
type picture struct{ name, role, path string }

var pictures = []picture{
	{"resultat", "ledning", "/resultat"},
	{"resultat-forvaltning", "ledning", "/resultat/" + demo.Chef},
	{"jamfor", "ledning", "/jamfor"},
	{"jamfor-forvaltning", "ledning", "/jamfor?enhet=" + demo.Chef + "&mot=2024"},
	{"utveckling", "ledning", "/utveckling"},
	{"kompetens", "hr", "/kompetens"},
	{"kompetens-plan", "hr", "/kompetens/plan"},
	{"kompetens-planer", "hr", "/kompetens/planer"},
	{"kompetens-insatser", "hr", "/kompetens/insatser"},
	{"kompetens-krav", "hr", "/kompetens/krav"},
	{"revision", "revisor", "/revision"},
	{"revision-exempel", "revisor", "/revision/exempel"},
	{"revision-fakta", "revisor", "/revision/fakta/led.strategi.antagen"},
	{"atgarder", "ledning", "/atgarder"},
	{"atgarder-ny", "samordnare", "/atgarder/ny?rekommendation=kunskap"},
	{"register", "samordnare", "/register"},
	{"register-tavla", "samordnare", "/register?slag=eservice&vy=tavla"},
	{"register-post", "samordnare", "/register/post?id=it-reglemente"},
	{"kommentarer", "ledning", "/kommentarer"},
	{"kommentarer-granska", "samordnare", "/kommentarer/granska?omgang=2025&visa=publicerade"},
	{"ta-med", "ledning", "/resultat/" + demo.Chef + "/ta-med"},
	{"samtal", "ledning", "/resultat/" + demo.Chef + "/samtal"},
	{"presentation", "ledning", "/resultat/" + demo.Chef + "/presentation?bild=3"},
	{"rapport", "ledning", "/resultat/" + demo.Root + "/rapport"},
	{"oppna-data", "samordnare", "/oppna-data"},
	{"omgang", "samordnare", "/omgangar/" + demo.Open},
	{"svara", "respondent", "/svara"},
}

// TestPictures takes the pictures that a change of the pages is reviewed by, into
// the folder that MOGNAD_PICTURES names (make pictures).
func TestPictures(t *testing.T) {
	dir := os.Getenv("MOGNAD_PICTURES")
	if dir == "" {
		t.Fatal("MOGNAD_PICTURES names no folder")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p := ownDemo(t)
	tabs := map[string]*tab{}
	for _, lang := range []string{"sv", "en"} {
		for _, pic := range pictures {
			b := tabs[pic.role+lang]
			if b == nil {
				b = newTab(t, p)
				b.visit(p.links[pic.role])
				b.visit("/sprak/" + lang + "?till=/om/hjalp")
				tabs[pic.role+lang] = b
			}
			widths := []int64{1280, 390}
			if lang == "en" {
				widths = widths[:1]
			}
			for _, px := range widths {
				b.width(px)
				if status := b.visit(pic.path); status != 200 {
					t.Fatalf("%s answers %d", pic.path, status)
				}
				b.unrolled(px)
				time.Sleep(time.Second) // what scrolls into view is drawn then, and the page settles
				b.unrolled(px)
				b.picture(filepath.Join(dir, fmt.Sprintf("%s-%s-%d.webp", pic.name, lang, px)))
			}
		}
	}
}

// picture writes the whole page that is open to a file.
func (b *tab) picture(file string) {
	b.t.Helper()
	b.do(func(ctx context.Context, t *chromedp.Target) (none chromedp.Void, err error) {
		beyond, quality := true, int64(25)
		r, err := cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: &quality, CaptureBeyondViewport: &beyond})
		if err == nil {
			err = os.WriteFile(file, r.Data, 0o644)
		}
		return none, err
	})
}
