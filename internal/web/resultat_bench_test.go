package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/training"
)

// BenchmarkPages is what a warm page costs, compressed, without a network.
func BenchmarkPages(b *testing.B) {
	r := newResults(b)
	check(b, r.store.PutOrganisation(b.Context(), []org.Unit{{ID: "kommun", Name: "Testkommun"}, {ID: "omsorg", Name: "Omsorg", Parent: "kommun"}}, nil))
	for i := range 100 {
		check(b, r.register.Save(b.Context(), "x", register.Change{Is: register.Entry{ID: fmt.Sprint("d", i), Unit: "kommun", Kind: register.Document, Name: fmt.Sprint("Dokument ", i), Status: register.Decided, Decided: "2020-01-02"}}))
	}
	for i := range 100 {
		_, err := r.actions.Create(b.Context(), "x", action.Action{Unit: "kommun", Round: "2025", Title: fmt.Sprint("Åtgärd ", i), What: "Det som ska göras", Owner: "Digitaliseringschef", Status: action.Planned,
			Start: "2026-12-01", Due: fmt.Sprintf("2027-%02d-01", 1+i%12), Items: []action.Item{{ID: r.set.Items[0].ID, From: 2, Expected: 3}}}, func(string) bool { return true })
		check(b, err)
	}
	for i := range 20 {
		saved := training.Saved{Name: fmt.Sprint("Plan ", i), Round: "2025", Unit: "kommun", Wish: training.Wish{Budget: 1000}}
		for _, a := range r.config.Training.Activities[:10] {
			saved.Effects = append(saved.Effects, training.Effect{Activity: a, People: 20, Sessions: 2})
		}
		_, err := r.training.Save(b.Context(), "x", saved)
		check(b, err)
	}
	ledning, hr := r.signIn(b, access.Grant{Role: access.Ledning, Unit: "kommun"}), r.signIn(b, planner)
	for _, page := range []struct {
		path string
		who  *http.Cookie
	}{{"/resultat", ledning}, {"/jamfor", ledning}, {"/kompetens/krav", hr}, {"/kompetens/insatser", hr}, {"/register", hr}, {"/kompetens/planer", hr}, {"/atgarder", hr}} {
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
