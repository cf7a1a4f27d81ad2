package storetest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
)

func testSaveItems(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	letAnswer(t, s, "2026", invite("p1", "u"), invite("p2", "u"))
	_, err := s.Response(ctx, "2026", "r1")
	wantCode(t, "no response yet", err, fail.NotFound)
	for i, step := range []map[string][]byte{items("a", "1", "b", "1"), items("b", "2"), items("c", "3", "a", "")} {
		version, err := s.SaveItems(ctx, save("2026", "r1", "p1", step))
		if err != nil || version != int64(i+1) {
			t.Errorf("save %d: version %d, %v", i, version, err)
		}
	}
	later := save("2026", "r2", "p2", items("a", "other"))
	later.Day = "2026-11-04"
	_, err = s.SaveItems(ctx, later)
	ok(t, err)
	later.Items, later.Day = items("b", "more"), "2026-11-05"
	_, err = s.SaveItems(ctx, later)
	ok(t, err)

	got, err := s.Response(ctx, "2026", "r1")
	ok(t, err)
	if got.Round != "2026" || got.Respondent != "r1" || got.Version != 3 || got.Submitted || got.Day != "2026-11-03" || got.Record != nil {
		t.Errorf("got %+v", got)
	}
	wantItems(t, "r1", got.Items, items("a", "", "b", "2", "c", "3"))
	got, err = s.Response(ctx, "2026", "r2")
	ok(t, err)
	wantItems(t, "r2", got.Items, items("a", "other", "b", "more"))
	if got.Day != "2026-11-05" || got.Version != 2 {
		t.Errorf("r2: %+v", got)
	}
	if n := len(all(t, s.Responses(ctx, "2026"))); n != 0 {
		t.Errorf("%d responses are streamed before any is submitted", n)
	}
	if inv, err := s.Invitation(ctx, "2026", "p1"); err != nil || inv.Status != round.Started {
		t.Errorf("status %v, %v", inv.Status, err)
	}
}

func testSaveNeedsOpenRound(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	letAnswer(t, s, "2026", invite("p1", "u"), invite("p2", "u"))
	version, err := s.SaveItems(ctx, save("2026", "r1", "p1", items("a", "1")))
	ok(t, err)
	submission := round.Submission{Round: "2026", Respondent: "r1", Person: "p1", Day: "2026-11-03", Version: version, Record: []byte("record")}
	for _, state := range []round.State{round.Draft, round.Closed, round.Published} {
		ok(t, setState(ctx, s, "2026", state))
		_, err := s.SaveItems(ctx, save("2026", "r1", "p1", items("a", "late", "b", "late")))
		wantCode(t, fmt.Sprint("save, ", state), err, fail.Closed)
		_, err = s.SaveItems(ctx, save("2026", "r2", "p2", items("a", "late")))
		wantCode(t, fmt.Sprint("first save, ", state), err, fail.Closed)
		_, err = s.Submit(ctx, submission)
		wantCode(t, fmt.Sprint("submit, ", state), err, fail.Closed)
	}
	got, err := s.Response(ctx, "2026", "r1")
	ok(t, err)
	wantItems(t, "what was refused", got.Items, items("a", "1"))
	if got.Version != version || got.Submitted {
		t.Errorf("got %+v", got)
	}
	_, err = s.Response(ctx, "2026", "r2")
	wantCode(t, "a refused first save", err, fail.NotFound)
	if inv, err := s.Invitation(ctx, "2026", "p2"); err != nil || inv.Status != round.Invited {
		t.Errorf("after a refused save: %v, %v", inv.Status, err)
	}
	_, err = s.SaveItems(ctx, save("2027", "r1", "p1", items("a", "1")))
	wantCode(t, "a round that doesn't exist", err, fail.Closed)
	ok(t, setState(ctx, s, "2026", round.Open))
	if version, err := s.SaveItems(ctx, save("2026", "r1", "p1", items("b", "2"))); err != nil || version != 2 {
		t.Errorf("opened again: version %d, %v", version, err)
	}
}

func testSubmit(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	letAnswer(t, s, "2026", invite("p1", "u"), invite("p2", "u"))
	v := round.Submission{Round: "2026", Respondent: "r1", Person: "p1", Day: "2026-11-05", Version: 1, Record: []byte("record")}
	_, err := s.Submit(ctx, v)
	wantCode(t, "nothing to submit", err, fail.NotFound)
	for _, value := range []string{"1", "2"} {
		_, err := s.SaveItems(ctx, save("2026", "r1", "p1", items("a", value, "b", value)))
		ok(t, err)
	}
	for _, stale := range []int64{0, 1, 3} {
		v.Version = stale
		_, err = s.Submit(ctx, v)
		wantCode(t, fmt.Sprint("version ", stale), err, fail.Conflict)
	}
	got, err := s.Response(ctx, "2026", "r1")
	ok(t, err)
	wantItems(t, "after a conflict", got.Items, items("a", "2", "b", "2"))
	if inv, err := s.Invitation(ctx, "2026", "p1"); err != nil || inv.Status != round.Started || got.Submitted {
		t.Errorf("after a conflict: %v, %+v, %v", inv.Status, got, err)
	}
	v.Version = 2
	version, err := s.Submit(ctx, v)
	if err != nil || version != 3 {
		t.Errorf("version %d, %v", version, err)
	}
	got, err = s.Response(ctx, "2026", "r1")
	ok(t, err)
	if !got.Submitted || got.Version != 3 || string(got.Record) != "record" || len(got.Items) != 0 || got.Day != "2026-11-05" {
		t.Errorf("submitted as %+v", got)
	}
	if inv, err := s.Invitation(ctx, "2026", "p1"); err != nil || inv.Status != round.Submitted {
		t.Errorf("status %v, %v", inv.Status, err)
	}
	if inv, err := s.Invitation(ctx, "2026", "p2"); err != nil || inv.Status != round.Invited {
		t.Errorf("the other's status %v, %v", inv.Status, err)
	}
}

func testSaveAfterSubmit(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	letAnswer(t, s, "2026", invite("p1", "u"))
	submitOne(t, s, "r1", "p1", "first")
	version, err := s.SaveItems(ctx, save("2026", "r1", "p1", items("a", "changed")))
	ok(t, err)
	got, err := s.Response(ctx, "2026", "r1")
	ok(t, err)
	if !got.Submitted || string(got.Record) != "first" || got.Version != version || version != 3 {
		t.Errorf("got %+v", got)
	}
	wantItems(t, "changed", got.Items, items("a", "changed"))
	if inv, err := s.Invitation(ctx, "2026", "p1"); err != nil || inv.Status != round.Submitted {
		t.Errorf("status %v, %v", inv.Status, err)
	}
	streamed := all(t, s.Responses(ctx, "2026"))
	if len(streamed) != 1 || string(streamed[0].Record) != "first" || streamed[0].Version != 3 {
		t.Fatalf("streamed %+v", streamed)
	}
	wantItems(t, "streamed", streamed[0].Items, items("a", "changed"))
	_, err = s.Submit(ctx, round.Submission{Round: "2026", Respondent: "r1", Person: "p1", Day: "2026-11-06", Version: 3, Record: []byte("second")})
	ok(t, err)
	streamed = all(t, s.Responses(ctx, "2026"))
	if len(streamed) != 1 || string(streamed[0].Record) != "second" || len(streamed[0].Items) != 0 || streamed[0].Day != "2026-11-06" || !streamed[0].Submitted {
		t.Errorf("submitted again: %+v", streamed)
	}
}

func submitOne(t *testing.T, s store.Store, respondent, person, record string) {
	t.Helper()
	version, err := s.SaveItems(t.Context(), save("2026", respondent, person, items("i", "x")))
	ok(t, err)
	_, err = s.Submit(t.Context(), round.Submission{Round: "2026", Respondent: respondent, Person: person, Day: "2026-11-03", Version: version, Record: []byte(record)})
	ok(t, err)
}

func testOddText(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	var people []round.Invitation
	for i, id := range oddIDs {
		v := invite(id, id)
		v.Name, v.Email = oddTexts[i%len(oddTexts)], oddTexts[(i+3)%len(oddTexts)]
		people = append(people, v)
	}
	letAnswer(t, s, "2026", people...)
	values := map[string][]byte{}
	for i, id := range oddIDs {
		values[id] = []byte(oddTexts[i%len(oddTexts)])
	}
	for i, id := range oddIDs {
		_, err := s.SaveItems(ctx, save("2026", "of "+id, id, values)) // all at once
		ok(t, err)
		_, err = s.SaveItems(ctx, save("2026", "of "+id, id, items(id, "changed"))) // one alone
		ok(t, err)
		got, err := s.Response(ctx, "2026", "of "+id)
		ok(t, err)
		values[id] = []byte("changed")
		wantItems(t, fmt.Sprintf("%.20q", id), got.Items, values)
		values[id] = []byte(oddTexts[i%len(oddTexts)])
		inv, err := s.Invitation(ctx, "2026", id)
		if err != nil || inv.Status != round.Started || inv.Name != people[i].Name || inv.Email != people[i].Email || inv.Unit != id {
			t.Errorf("invitation %.20q: status %v, %v", id, inv.Status, err)
		}
	}
	counts, err := s.Counts(ctx, "2026")
	if err != nil || len(counts) != len(oddIDs) {
		t.Errorf("%d units, %v", len(counts), err)
	}
}

func testLongText(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	letAnswer(t, s, "2026", invite("p", "u"))
	values := map[string][]byte{}
	for i := range 150 {
		values[fmt.Sprintf("led.strategi.item%d", i)] = bytes.Repeat([]byte{byte(i), 0, 255}, 7000) // 20 kB of text, sealed
	}
	version, err := s.SaveItems(ctx, save("2026", "r", "p", values))
	ok(t, err)
	got, err := s.Response(ctx, "2026", "r")
	ok(t, err)
	wantItems(t, "long", got.Items, values)
	record := strings.Repeat("långt ", 500_000)
	_, err = s.Submit(ctx, round.Submission{Round: "2026", Respondent: "r", Person: "p", Version: version, Record: []byte(record)})
	ok(t, err)
	if got := all(t, s.Responses(ctx, "2026")); len(got) != 1 || string(got[0].Record) != record {
		t.Errorf("the long record is not what was stored")
	}
}

// testResponses has more than a page, stored by many at once.
func testResponses(t *testing.T, open Open) {
	const n, savers = 4500, 32
	s, ctx := opened(t, open), t.Context()
	letAnswer(t, s, "2026")
	var running sync.WaitGroup
	for w := range savers {
		running.Go(func() {
			for i := w; i < n; i += savers {
				name := scattered(i)
				if _, err := s.SaveItems(ctx, save("2026", name, "", items("i", "x"))); err != nil {
					t.Error(err)
				}
				if i%10 == 0 {
					continue // never submitted
				}
				if _, err := s.Submit(ctx, round.Submission{Round: "2026", Respondent: name, Version: 1, Day: "2026-11-03", Record: []byte(name)}); err != nil {
					t.Error(err)
				}
				if i%10 == 1 {
					if _, err := s.SaveItems(ctx, save("2026", name, "", items("later", name, "i", "y"))); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	running.Wait()
	letAnswer(t, s, "2025")
	want := map[string]int{}
	for i := range n {
		if i%10 != 0 {
			want[scattered(i)] = i
		}
	}
	var names []string
	for v, err := range s.Responses(ctx, "2026") {
		ok(t, err)
		names = append(names, v.Respondent)
		i, known := want[v.Respondent]
		if !known || string(v.Record) != v.Respondent || v.Round != "2026" || !v.Submitted || v.Day != "2026-11-03" {
			t.Fatalf("got %+v", v)
		}
		if i%10 == 1 {
			wantItems(t, v.Respondent, v.Items, items("later", v.Respondent, "i", "y"))
		} else {
			wantItems(t, v.Respondent, v.Items, nil)
		}
		if wantVersion := int64(2 + min(1, max(0, 2-i%10))); i%10 >= 1 && v.Version != wantVersion {
			t.Errorf("version %d, want %d", v.Version, wantVersion)
		}
	}
	if len(names) != len(want) || !slices.IsSorted(names) {
		t.Errorf("%d responses of %d, in order: %v", len(names), len(want), slices.IsSorted(names))
	}
	for range 20 {
		for range s.Responses(ctx, "2026") {
			break
		}
	}
	for range s.Responses(ctx, "2025") {
		t.Error("a response in another round")
	}
}

// testResponsesOfManyItems has responses of very many and very long items, so
// that pages end inside them.
func testResponsesOfManyItems(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	letAnswer(t, s, "2026")
	want := map[string]map[string][]byte{}
	for r, c := range []struct{ items, size int }{{3, 10}, {6000, 10}, {1, 10}, {200, 20_000}, {200, 20_000}, {200, 20_000}, {0, 0}, {5000, 10}} {
		name := fmt.Sprint("r", r)
		submitOne(t, s, name, "", "record of "+name)
		if c.items == 0 {
			want[name] = nil
			continue
		}
		values := map[string][]byte{}
		for i := range c.items {
			values[fmt.Sprint("item.", i)] = bytes.Repeat([]byte{byte(i)}, c.size)
		}
		_, err := s.SaveItems(ctx, save("2026", name, "", values))
		ok(t, err)
		want[name] = values
	}
	n := 0
	for v, err := range s.Responses(ctx, "2026") {
		ok(t, err)
		n++
		if string(v.Record) != "record of "+v.Respondent {
			t.Errorf("%s has the record %q", v.Respondent, v.Record)
		}
		wantItems(t, v.Respondent, v.Items, want[v.Respondent])
	}
	if n != len(want) {
		t.Errorf("%d responses of %d", n, len(want))
	}
}
