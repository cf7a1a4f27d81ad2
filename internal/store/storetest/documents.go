package storetest

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/trail"
)

func testDocuments(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	docs := map[string][]byte{}
	for i, unit := range oddIDs {
		docs[unit] = fmt.Appendf(nil, `{"unit":%q}`, unit)
		if i < 3 {
			docs[unit] = bytes.Repeat(docs[unit], 100_000) // megabytes: a chunk each
		}
	}
	for i := range 3000 {
		docs[scattered(i)] = bytes.Repeat([]byte{byte(i)}, 500)
	}
	ok(t, s.PutDocuments(ctx, "2026", "g.1", maps.All(docs)))
	ok(t, s.PutDocuments(ctx, "2026", "g.2", maps.All(map[string][]byte{"k": []byte("second")})))
	ok(t, s.PutDocuments(ctx, "2025", "g.1", maps.All(map[string][]byte{"k": []byte("last year")})))
	ok(t, s.PutDocuments(ctx, "2026", "g.1", maps.All(map[string][]byte{"$set": []byte("replaced")})))
	docs["$set"] = []byte("replaced")
	for unit, want := range docs {
		if got, err := s.Document(ctx, "2026", "g.1", unit); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%.20q: %d bytes, %v", unit, len(got), err)
		}
	}
	has := func(id, generation, unit string) bool {
		t.Helper()
		_, err := s.Document(ctx, id, generation, unit)
		if err != nil {
			wantCode(t, "no document", err, fail.NotFound)
		}
		return err == nil
	}
	if has("2026", "g.1", "unknown") || has("2026", "g.3", "k") || has("2024", "g.1", "k") {
		t.Error("a document that was never stored")
	}
	ok(t, s.DropDocuments(ctx, "2026", "g.1"))
	if has("2026", "g.1", "$set") || !has("2026", "g.2", "k") || !has("2025", "g.1", "k") {
		t.Error("the generation g.1 of the round should be gone, and nothing else")
	}
	ok(t, s.DropDocuments(ctx, "2026", "never stored"))
}

func testLog(t *testing.T, open Open) {
	const n = 1500
	s, ctx := opened(t, open), t.Context()
	for range s.Log(ctx) {
		t.Error("a line in an empty log")
	}
	event := func(i int) trail.Event {
		return trail.Event{Number: int64(i + 1), At: time.Date(2026, 11, 3, 9, 0, i/100, 0, time.UTC), Actor: "a.$", Action: fmt.Sprint("round.", i), Round: "2026", Detail: oddTexts[i%(len(oddTexts)-1)]}
	}
	for i := range n {
		ok(t, s.AppendLog(ctx, event(i)))
	}
	i := n
	for got, err := range s.Log(ctx) {
		ok(t, err)
		i--
		want := event(i)
		if !got.At.Equal(want.At) {
			t.Errorf("at %v, want %v", got.At, want.At)
		}
		got.At = want.At
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	}
	if i != 0 {
		t.Errorf("%d lines are missing", i)
	}
	for range 20 {
		for range s.Log(ctx) {
			break
		}
	}
}
