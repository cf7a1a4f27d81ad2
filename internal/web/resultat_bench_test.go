package web

import (
	"net/http/httptest"
	"testing"

	"github.com/mognad/mognad/internal/access"
)

// BenchmarkPages is what a warm result page costs, compressed, without a network.
func BenchmarkPages(b *testing.B) {
	r := newResults(b)
	who := r.signIn(b, access.Grant{Role: access.Ledning, Unit: "kommun"})
	for _, path := range []string{"/resultat", "/jamfor"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				req := httptest.NewRequest("GET", path, nil)
				req.Header.Set("Accept-Encoding", "gzip")
				req.AddCookie(who)
				rec := httptest.NewRecorder()
				r.ServeHTTP(rec, req)
				if rec.Code != 200 {
					b.Fatal(rec.Code)
				}
			}
		})
	}
}
