package sqlite

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/round"
)

// TestPlans asks SQLite how it answers what grows with people and years: none of
// it reads a whole table, or sorts.
func TestPlans(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "mognad.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx := t.Context()
	askAll(t, s)
	whole := []string{cardColumns + "ORDER BY kind, id LIMIT ?", "SELECT key, value FROM setting"} // what they are for
	var queries []string
	s.stmts.Range(func(query, _ any) bool {
		queries = append(queries, query.(string))
		return true
	})
	for query := range s.writer.stmts { // the writer is at rest
		if first, _, _ := strings.Cut(query, " "); first == "DELETE" || first == "UPDATE" || first == "SELECT" {
			queries = append(queries, query)
		}
	}
	if len(queries) < 40 {
		t.Errorf("%d queries are asked of: %q", len(queries), queries)
	}
	for _, query := range queries {
		args := make([]any, strings.Count(query, "?"))
		rows, err := s.read.QueryContext(ctx, "EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			if (strings.HasPrefix(detail, "SCAN") || strings.Contains(detail, "TEMP B-TREE")) && !slices.Contains(whole, query) {
				t.Errorf("%s\n\t%s", query, detail)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// askAll asks the store for what grows, and most else that it may be asked, so that its queries
// are prepared.
func askAll(t *testing.T, s *Store) {
	t.Helper()
	ctx, now := t.Context(), time.Now()
	drain := func(errs ...error) {
		for _, err := range errs {
			if err != nil {
				t.Log(err) // the queries are prepared all the same
			}
		}
	}
	ok := slices.Values([]round.Invitation{{Person: "p", Unit: "u", Link: []byte("x")}})
	drain(s.CreateRound(ctx, round.Round{ID: "d", State: round.Draft}), s.PutInvitations(ctx, "d", ok), s.DropInvitations(ctx, "d"), s.ForgetPerson(ctx, "d", "p", "r"), s.ForgetPeople(ctx, "d"))
	_, err := s.UpdateRound(ctx, "d", func(r *round.Round) error { r.State = round.Open; return nil })
	_, err1 := s.SaveItems(ctx, round.SaveItems{Round: "d", Respondent: "r", Person: "p", Items: map[string][]byte{"a": {1}}})
	_, err2 := s.Submit(ctx, round.Submission{Round: "d", Respondent: "r", Person: "p", Version: 1, Record: []byte{1}})
	_, err3 := s.Response(ctx, "d", "r")
	_, err4 := s.Counts(ctx, "d")
	_, err5 := s.Invitation(ctx, "d", "p")
	_, err6 := s.InvitationByLink(ctx, []byte("x"))
	_, err7 := s.Document(ctx, "d", "g", "u")
	_, err8 := s.Tally(ctx, "t", time.Hour)
	_, err9 := s.Lease(ctx, "l", "h", time.Hour)
	drain(err, err1, err2, err3, err4, err5, err6, err7, err8, err9, s.DropDocuments(ctx, "d", "g"), s.DeleteRound(ctx, "x"))
	for range s.Invitations(ctx, "d") {
	}
	for range s.EveryResponse(ctx, "d") {
	}
	drain(s.PutSession(ctx, access.Session{Hash: []byte("h"), Until: now}), s.DropSessions(ctx, "a"), s.DropAnswering(ctx, "d", "p"), s.DeleteSession(ctx, []byte("h")), s.DeleteAccount(ctx, "a"))
	_, err = s.Session(ctx, []byte("h"))
	_, err1 = s.Account(ctx, "a")
	_, err2 = s.AccountByLink(ctx, []byte("l"))
	drain(err, err1, err2)
	for range s.Sessions(ctx) {
	}
	paging := func(yield func(card.Card) bool) {
		for i := range 3 * firstRows {
			if !yield(card.Card{Kind: "k", ID: time.Duration(i).String(), Due: now, Body: []byte("1")}) {
				return
			}
		}
	}
	drain(s.PutCards(ctx, paging), s.PutCard(ctx, card.Card{Kind: "k", ID: "x", Version: 1, Body: []byte("1")}), s.DeleteCard(ctx, "k", "x"), s.DropLog(ctx, 1))
	for _, kind := range []string{"k", ""} {
		for range s.Cards(ctx, kind, "") {
		}
	}
	for range s.DueCards(ctx, "k", now) {
	}
	counts := func(yield func(card.Tally) bool) {
		for i := range 3 * firstRows {
			if !yield(card.Tally{Name: time.Duration(i).String(), Until: now.Add(time.Hour)}) {
				return
			}
		}
	}
	drain(s.PutTallies(ctx, counts))
	for range s.Tallies(ctx, "") {
	}
	for range s.Log(ctx) {
	}
}
