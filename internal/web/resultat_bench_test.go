package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/register"
)

// BenchmarkPages is what a warm page costs, compressed, without a network.
func BenchmarkPages(b *testing.B) {
	r := newResults(b)
	check(b, r.store.PutOrganisation(b.Context(), []org.Unit{{ID: "kommun", Name: "Testkommun"}, {ID: "omsorg", Name: "Omsorg", Parent: "kommun"}}, nil))
	for i := range 100 {
		check(b, r.register.Save(b.Context(), "x", register.Change{Is: register.Entry{ID: fmt.Sprint("d", i), Unit: "kommun", Kind: register.Document, Name: fmt.Sprint("Dokument ", i), Status: register.Decided, Decided: "2020-01-02"}}))
	}
	ledning, hr := r.signIn(b, access.Grant{Role: access.Ledning, Unit: "kommun"}), r.signIn(b, planner)
	for _, page := range []struct {
		path string
		who  *http.Cookie
	}{{"/resultat", ledning}, {"/jamfor", ledning}, {"/kompetens/krav", hr}, {"/kompetens/insatser", hr}, {"/register", hr}} {
		b.Run(page.path, func(b *testing.B) {
			for b.Loop() {
				req := httptest.NewRequest("GET", page.path, nil)
				req.Header.Set("Accept-Encoding", "gzip")
				req.AddCookie(page.who)
				rec := httptest.NewRecorder()
				r.ServeHTTP(rec, req)
				if rec.Code != 200 {
					b.Fatal(rec.Code)
				}
			}
		})
	}
}
