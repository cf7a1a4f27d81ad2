// Package storetest is the suite that every store passes: what the interface
// store.Store promises, also when many write at once, contexts end and the
// store is opened again.
package storetest

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
)

// Open opens the store whose data belong to t: empty at the first call in a
// test, and with what is stored since at every later one, also while the
// earlier are open, as when several processes share a database. Run closes
// what it opens.
type Open func(t *testing.T) store.Store

// Run tests a store.
func Run(t *testing.T, open Open) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"Rounds", testRounds},
		{"UpdateRound", testUpdateRound},
		{"Blobs", testBlobs},
		{"Invitations", testInvitations},
		{"DropInvitations", testDropInvitations},
		{"InvitationStream", testInvitationStream},
		{"Counts", testCounts},
		{"SaveItems", testSaveItems},
		{"SaveNeedsOpenRound", testSaveNeedsOpenRound},
		{"Submit", testSubmit},
		{"SaveAfterSubmit", testSaveAfterSubmit},
		{"DuplicateSubmits", testDuplicateSubmits},
		{"StaleVersions", testStaleVersions},
		{"OddText", testOddText},
		{"OddRecords", testOddRecords},
		{"OddRounds", testOddRounds},
		{"OddOrder", testOddOrder},
		{"OddAccounts", testOddAccounts},
		{"OddCopies", testOddCopies},
		{"LongText", testLongText},
		{"Responses", testResponses},
		{"ResponsesOfManyItems", testResponsesOfManyItems},
		{"ManyResponses", testManyResponses},
		{"EveryResponse", testEveryResponse},
		{"StatusGiven", testStatusGiven},
		{"AllSessions", testAllSessions},
		{"AllSettings", testAllSettings},
		{"Leases", testLeases},
		{"RacingLeases", testRacingLeases},
		{"RacingClaims", testRacingClaims},
		{"DropSessions", testDropSessions},
		{"Documents", testDocuments},
		{"Log", testLog},
		{"Accounts", testAccounts},
		{"Sessions", testSessions},
		{"SessionEnds", testSessionEnds},
		{"ClockSteps", testClockSteps},
		{"TimeZones", testTimeZones},
		{"Organisation", testOrganisation},
		{"Settings", testSettings},
		{"Cards", testCards},
		{"OddCards", testOddCards},
		{"DueCards", testDueCards},
		{"ManyCards", testManyCards},
		{"PutCards", testPutCards},
		{"RacingCards", testRacingCards},
		{"Tallies", testTallies},
		{"OddTallies", testOddTallies},
		{"TallyEnds", testTallyEnds},
		{"RacingTallies", testRacingTallies},
		{"LogPlaces", testLogPlaces},
		{"DropLog", testDropLog},
		{"RacingLog", testRacingLog},
		{"DeleteRound", testDeleteRound},
		{"ForgetPerson", testForgetPerson},
		{"ForgetPeople", testForgetPeople},
		{"Left", testLeft},
		{"UpdateAccount", testUpdateAccount},
		{"RacingAccounts", testRacingAccounts},
		{"DeleteAccount", testDeleteAccount},
		{"DropAnswering", testDropAnswering},
		{"Cancelled", testCancelled},
		{"CancelledStream", testCancelledStream},
		{"Reopen", testReopen},
		{"RacingSaves", testRacingSaves},
		{"RacingSubmit", testRacingSubmit},
		{"SaveWhileClosing", testSaveWhileClosing},
		{"RacingUpdates", testRacingUpdates},
		{"AbandonedSaves", testAbandonedSaves},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open) })
	}
}

// opened opens a store for the length of the test.
func opened(t *testing.T, open Open) store.Store {
	t.Helper()
	s := open(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, what string, err error, code fail.Code) {
	t.Helper()
	if !fail.Is(err, code) {
		t.Errorf("%s: error %v, want code %d", what, err, code)
	}
}

// all reads a stream to its end.
func all[T any](t *testing.T, stream iter.Seq2[T, error]) []T {
	t.Helper()
	var out []T
	for v, err := range stream {
		ok(t, err)
		out = append(out, v)
	}
	return out
}

// letAnswer stores an open round and invites people to it.
func letAnswer(t *testing.T, s store.Store, id string, people ...round.Invitation) {
	t.Helper()
	ok(t, s.CreateRound(t.Context(), round.Round{ID: id, Name: id, State: round.Open, OpensOn: "2026-11-02", ClosesOn: "2026-11-23", Version: 1}))
	ok(t, s.PutInvitations(t.Context(), id, slices.Values(people)))
}

func setState(ctx context.Context, s store.Store, id string, state round.State) error {
	_, err := s.UpdateRound(ctx, id, func(r *round.Round) error {
		r.State = state
		return nil
	})
	return err
}

// invite makes an invitation that counts.
func invite(person, unit string) round.Invitation {
	return round.Invitation{Person: person, Unit: unit, Counts: true, Link: []byte("link of " + person), Status: round.Invited}
}

func items(pairs ...string) map[string][]byte {
	out := map[string][]byte{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = []byte(pairs[i+1])
	}
	return out
}

func save(id, respondent, person string, values map[string][]byte) round.SaveItems {
	return round.SaveItems{Round: id, Respondent: respondent, Person: person, Day: "2026-11-03", Items: values}
}

// wantItems compares items and reports only the keys that differ, as values may
// be long.
func wantItems(t *testing.T, what string, got, want map[string][]byte) {
	t.Helper()
	for k, v := range want {
		if !bytes.Equal(got[k], v) {
			t.Errorf("%s: item %q has %d bytes %.20q, want %d bytes %.20q", what, k, len(got[k]), got[k], len(v), v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d items, want %d", what, len(got), len(want))
	}
}

// oddIDs are ids that a database might take for something else, or for each
// other: in the second half each differs from another in what may be lost when
// ids are escaped, trimmed, folded, normalised or cut.
var oddIDs = []string{
	"led.strategi.plan", "$set", "a.$b.c", ".", "..", "$", "a'b\"c`d", "%s_%", "åäö", "ÅÄÖ", "a b", " a", "😀.👩‍👩‍👧", "שלום.عربي", "\u202eabc",
	"a\u0301", "\u00e1", "__proto__", "null", "0", "-1", "a/b\\c", "x;DROP TABLE response", strings.Repeat("l", 500),

	"a.b", "a%2Eb", "a$b", "a%24b", "a/b", "a%2Fb", "a%252Fb", "a%20b", "a+b", "a  b", "a ", "a", "%", "%25", "%%", "'", "''", "\"", "\\",
	"nul", "nul\x00", "nul\x00\x00", "nul\x01", "nul\x01\x01", "nul\x00a", "nula", "id", "ID", "\u00e5", "a\u030a", "\u212b", "\u00c5",
	"😀", "😁", "😀\ufe0f", "א", "א\u200f", "\u200fא", strings.Repeat("😀", 100), strings.Repeat("😀", 99) + "😁", strings.Repeat("😀", 99),
}

// oddTexts are what people may write.
var oddTexts = []string{
	"", "\x00", "före\x00efter", "😀 👩‍👩‍👧", "שלום عربي \u202e", "<script>alert('x')</script>", "'; DROP TABLE round; --", "{\"$gt\": \"\"}",
	"\r\n\t\u2028\ufeff", strings.Repeat("ö", 10_000),
}

// scattered names things in an order that is not that of their making.
func scattered(i int) string { return fmt.Sprintf("%08x", uint32(i)*2654435761) }
