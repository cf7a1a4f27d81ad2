package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A frozen page is compressed once and goes as it is to whoever takes it so; the
// others get the same page, and all get the same headers.
func TestFrozenPagesAreKeptCompressed(t *testing.T) {
	r := newResults(t)
	who := r.signIn(t, everything)
	ask := func(encoding string) *http.Response {
		q := httptest.NewRequest(http.MethodGet, "/resultat/omsorg", nil)
		q.AddCookie(who)
		if encoding != "" {
			q.Header.Set("Accept-Encoding", encoding)
		}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, q)
		return w.Result()
	}
	read := func(body io.Reader) string {
		t.Helper()
		b, err := io.ReadAll(body)
		check(t, err)
		return string(b)
	}
	first := ask("")
	plain := read(first.Body)
	if first.Header.Get("Content-Encoding") != "" || !strings.Contains(plain, "</html>") {
		t.Fatalf("who takes no compression gets %v", first.Header)
	}
	for encoding, packed := range map[string]bool{"gzip": true, "gzip, deflate, br, zstd": true, "br;q=1.0, GZIP;q=0.5": true, "gzip;q=0": false, "br": false, "identity": false, "gzip;q=x": false} {
		for range 2 {
			a := ask(encoding)
			body := io.Reader(a.Body)
			if got := a.Header.Get("Content-Encoding") == "gzip"; got != packed {
				t.Fatalf("%q: compressed is %v", encoding, got)
			}
			if packed {
				unpacked, err := gzip.NewReader(a.Body)
				check(t, err)
				body = unpacked
			}
			if page := read(body); page != plain {
				t.Errorf("%q: another page, of %d bytes", encoding, len(page))
			}
			for _, h := range []string{"Content-Type", "Content-Language", "Content-Security-Policy", "X-Content-Type-Options", "Cache-Control"} {
				if a.Header.Get(h) == "" || a.Header.Get(h) != first.Header.Get(h) {
					t.Errorf("%q: %s is %q", encoding, h, a.Header.Get(h))
				}
			}
			if vary := strings.Join(a.Header.Values("Vary"), ","); !strings.Contains(vary, "Cookie") || !strings.Contains(vary, "Accept-Encoding") {
				t.Errorf("%q varies by %q", encoding, vary)
			}
		}
	}
	if pages, bytes := r.drawn.Held(); pages != 1 || bytes > len(plain)/3 {
		t.Errorf("%d pages are kept, of %d bytes", pages, bytes)
	}
}

// A page that is kept drawn is drawn anew when another round is published.
func TestDrawnPagesFollowTheRounds(t *testing.T) {
	r := newEmpty(t)
	before := r.publish(t, 0, nil)
	who := r.signIn(t, everything)
	for _, path := range []string{"/resultat", "/jamfor", "/utveckling", "/kompetens", "/resultat/omsorg/rapport", "/resultat/omsorg/ta-med"} {
		if _, body := r.get(path, "sv", who); !strings.Contains(body, "2024") || strings.Contains(body, ">2025<") {
			t.Errorf("%s before: %s", path, mainOf(body))
		}
	}
	r.publish(t, 1, before)
	for _, path := range []string{"/resultat", "/jamfor", "/utveckling", "/kompetens", "/resultat/omsorg/rapport", "/resultat/omsorg/ta-med"} {
		if _, body := r.get(path, "sv", who); !strings.Contains(body, "2025") {
			t.Errorf("%s is as it was before the new round", path)
		}
	}
}
