package storetest

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/trail"
)

// testOddRounds has a round of every odd id, alike in all else: each has what
// was stored in it, and what is done to one is not done to another.
func testOddRounds(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	for i, id := range oddIDs {
		v := invite("p", "u")
		v.Link, v.Name = fmt.Append(nil, "link ", i), id
		letAnswer(t, s, id, v)
		wantCode(t, "the same id again", s.CreateRound(ctx, round.Round{ID: id}), fail.Conflict)
		_, err := s.SaveItems(ctx, save(id, "r", "p", items("i", "x")))
		ok(t, err)
		_, err = s.Submit(ctx, round.Submission{Round: id, Respondent: "r", Person: "p", Version: 1, Record: []byte(id)})
		ok(t, err)
		ok(t, s.PutDocuments(ctx, id, "g", maps.All(map[string][]byte{"u": []byte("round " + id)})))
		ok(t, s.PutDocuments(ctx, "g", id, maps.All(map[string][]byte{"u": []byte("generation " + id)})))
		ok(t, s.PutBlob(ctx, id, []byte(id)))
		ok(t, s.AppendLog(ctx, trail.Event{Number: int64(i + 1), Actor: id, Action: "x", Round: id}))
	}
	if rounds, err := s.Rounds(ctx); err != nil || len(rounds) != len(oddIDs) {
		t.Errorf("%d rounds of %d, %v", len(rounds), len(oddIDs), err)
	}
	log := all(t, s.Log(ctx))
	slices.Reverse(log)
	for i, id := range oddIDs {
		wantOddRound(t, s, id)
		if log[i].Actor != id || log[i].Round != id {
			t.Errorf("%.20q: the log has %+v", id, log[i])
		}
	}
	for i, id := range oddIDs {
		ok(t, s.DropDocuments(ctx, id, "g"))
		ok(t, s.DropDocuments(ctx, "g", id))
		ok(t, setState(ctx, s, id, round.Closed))
		_, err := s.SaveItems(ctx, save(id, "r", "p", items("i", "late")))
		wantCode(t, fmt.Sprintf("save in %.20q, closed", id), err, fail.Closed)
		for _, later := range oddIDs[i+1:] {
			_, err1 := s.Document(ctx, later, "g", "u")
			_, err2 := s.Document(ctx, "g", later, "u")
			r, err3 := s.Round(ctx, later)
			if err1 != nil || err2 != nil || err3 != nil || r.State != round.Open {
				t.Errorf("%.20q, when %.20q was closed: %v, %v, %v, state %v", later, id, err1, err2, err3, r.State)
			}
		}
	}
}

// wantOddRound looks for what testOddRounds stored in a round.
func wantOddRound(t *testing.T, s store.Store, id string) {
	t.Helper()
	ctx := t.Context()
	r, err := s.Round(ctx, id)
	ok(t, err)
	inv, err := s.Invitation(ctx, id, "p")
	ok(t, err)
	invited, responses := all(t, s.Invitations(ctx, id)), all(t, s.Responses(ctx, id))
	counts, err := s.Counts(ctx, id)
	ok(t, err)
	if len(invited) != 1 || len(responses) != 1 || len(counts) != 1 {
		t.Fatalf("%.20q: %d invitations, %d responses and %d units, want one each", id, len(invited), len(responses), len(counts))
	}
	link, err := s.InvitationByLink(ctx, inv.Link)
	ok(t, err)
	response, err := s.Response(ctx, id, "r")
	ok(t, err)
	ofRound, err1 := s.Document(ctx, id, "g", "u")
	ofGeneration, err2 := s.Document(ctx, "g", id, "u")
	blob, err3 := s.Blob(ctx, id)
	if err1 != nil || err2 != nil || err3 != nil || string(ofRound) != "round "+id || string(ofGeneration) != "generation "+id || string(blob) != id {
		t.Errorf("%.20q: documents %.40q, %v, %.40q, %v, blob %.40q, %v", id, ofRound, err1, ofGeneration, err2, blob, err3)
	}
	for what, got := range map[string]string{"round": r.ID, "invitation's round": inv.Round, "invitation": inv.Name, "streamed invitation": invited[0].Name, "by link": link.Name,
		"response's round": response.Round, "record": string(response.Record), "streamed record": string(responses[0].Record)} {
		if got != id {
			t.Errorf("%.20q: the %s is of %.20q", id, what, got)
		}
	}
}

// testOddOrder invites a person of every odd id to a unit of every odd id: they
// are streamed in the order of the bytes of both, none twice and none left out.
func testOddOrder(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	var people []round.Invitation
	for i, unit := range oddIDs {
		for j := range 12 {
			v := invite(fmt.Sprint(oddIDs[(i+j)%len(oddIDs)], i), unit)
			v.Link = fmt.Append(nil, "link ", i, " ", j)
			people = append(people, v)
		}
	}
	letAnswer(t, s, "2026", people...)
	slices.SortFunc(people, func(a, b round.Invitation) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Person, b.Person))
	})
	got := all(t, s.Invitations(ctx, "2026"))
	if len(got) != len(people) {
		t.Fatalf("%d people, want %d", len(got), len(people))
	}
	for i, want := range people {
		if got[i].Unit != want.Unit || got[i].Person != want.Person {
			t.Fatalf("place %d: %.20q of %.20q, want %.20q of %.20q", i, got[i].Person, got[i].Unit, want.Person, want.Unit)
		}
	}
	counts, err := s.Counts(ctx, "2026")
	ok(t, err)
	for _, c := range counts {
		if !slices.Contains(oddIDs, c.Unit) || c.Invited != 12 {
			t.Errorf("counted %+v", c)
		}
	}
	if len(counts) != len(oddIDs) {
		t.Errorf("%d units of %d are counted", len(counts), len(oddIDs))
	}
}

// testOddAccounts has accounts, sessions, units and people of odd ids.
func testOddAccounts(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	until := time.Now().Add(time.Hour).Truncate(time.Second)
	var units []org.Unit
	var people []org.Person
	for i, id := range oddIDs {
		ok(t, s.PutAccount(ctx, access.Account{ID: id, Name: id, Grants: []access.Grant{{Role: access.Chef, Unit: id}}, Link: fmt.Append(nil, "link ", i), LinkUntil: until}))
		ok(t, s.PutSession(ctx, access.Session{Hash: []byte(id), Account: id, Round: id, Person: id, Until: until}))
		units = append(units, org.Unit{ID: id, Name: id, Parent: id, Kind: id})
		people = append(people, org.Person{ID: id, Name: id, Unit: id, Roles: []org.Role{org.Role(id)}})
	}
	ok(t, s.PutOrganisation(ctx, units, people))
	gotUnits, gotPeople, err := s.Organisation(ctx)
	ok(t, err)
	if !slices.Equal(gotUnits, units) || !slices.EqualFunc(gotPeople, people, func(a, b org.Person) bool {
		return a.ID == b.ID && a.Unit == b.Unit && slices.Equal(a.Roles, b.Roles)
	}) {
		t.Error("the organisation is not what was stored")
	}
	var ids []string
	accounts, err := s.Accounts(ctx)
	ok(t, err)
	for _, a := range accounts {
		ids = append(ids, a.ID)
	}
	if !slices.Equal(ids, slices.Sorted(slices.Values(oddIDs))) {
		t.Errorf("the accounts are %.20q", ids)
	}
	if sessions := all(t, s.Sessions(ctx)); len(sessions) != len(oddIDs) || slices.ContainsFunc(sessions, func(v access.Session) bool { return v.Account != string(v.Hash) }) {
		t.Errorf("%d sessions of %d: %.20q", len(sessions), len(oddIDs), sessions)
	}
	for i, id := range oddIDs {
		a, err := s.Account(ctx, id)
		if err != nil || a.Name != id || a.Grants[0].Unit != id {
			t.Errorf("account %.20q: %.20q, %v", id, a.Name, err)
		}
		if by, err := s.AccountByLink(ctx, fmt.Append(nil, "link ", i)); err != nil || by.ID != id {
			t.Errorf("by the link of %.20q: %.20q, %v", id, by.ID, err)
		}
		v, err := s.Session(ctx, []byte(id))
		if err != nil || v.Account != id || v.Round != id || v.Person != id {
			t.Errorf("session of %.20q: %.20q, %v", id, v.Account, err)
		}
		ok(t, s.DeleteSession(ctx, []byte(id)))
	}
}

// testOddCopies stores responses of odd respondents with odd items as they are.
func testOddCopies(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	letAnswer(t, s, "2026")
	values := map[string][]byte{}
	for _, id := range oddIDs {
		values[id] = []byte("of " + id)
	}
	var copies []round.Response
	for i, id := range oddIDs {
		v := round.Response{Round: "2026", Respondent: id, Version: int64(i + 1), Submitted: i%2 == 0, Record: []byte(id), Items: maps.Clone(values)}
		delete(v.Items, id)
		copies = append(copies, v)
	}
	ok(t, s.PutResponses(ctx, slices.Values(copies)))
	slices.SortFunc(copies, func(a, b round.Response) int { return cmp.Compare(a.Respondent, b.Respondent) })
	got := all(t, s.EveryResponse(ctx, "2026"))
	if len(got) != len(copies) {
		t.Fatalf("%d responses, want %d", len(got), len(copies))
	}
	for i, want := range copies {
		one, err := s.Response(ctx, "2026", want.Respondent)
		ok(t, err)
		for _, v := range []round.Response{got[i], one} {
			if v.Respondent != want.Respondent || v.Version != want.Version || v.Submitted != want.Submitted || !bytes.Equal(v.Record, want.Record) {
				t.Errorf("%.20q: got %.20q, version %d, submitted %v, record %.20q", want.Respondent, v.Respondent, v.Version, v.Submitted, v.Record)
			}
			wantItems(t, fmt.Sprintf("%.20q", want.Respondent), v.Items, want.Items)
		}
	}
}

// testOddRecords has records of what no text is: they are sealed, so any bytes.
func testOddRecords(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	letAnswer(t, s, "2026", invite("p", "u"))
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	version := int64(0)
	for _, odd := range []string{"", "\x00", "a\x00b\x00", "\xff\xfe", "\xc0\x80", "\xed\xa0\x80", "\xe2\x82", "\xf8\x88\x80\x80\x80", "\ufeff", string(every), strings.Repeat("\xc3(\x00å", 4000)} {
		version++
		v, err := s.SaveItems(ctx, save("2026", "r", "p", items("i", odd)))
		if err != nil || v != version {
			t.Fatalf("save of %.20q: version %d, %v", odd, v, err)
		}
		got, err := s.Response(ctx, "2026", "r")
		ok(t, err)
		wantItems(t, fmt.Sprintf("%.20q", odd), got.Items, items("i", odd))
		_, err = s.Submit(ctx, round.Submission{Round: "2026", Respondent: "r", Person: "p", Version: version, Record: []byte(odd)})
		ok(t, err)
		version++
		got, err = s.Response(ctx, "2026", "r")
		ok(t, err)
		streamed := all(t, s.Responses(ctx, "2026"))
		if len(streamed) != 1 || !bytes.Equal(got.Record, []byte(odd)) || !bytes.Equal(streamed[0].Record, []byte(odd)) {
			t.Errorf("record %.20q of %d bytes: %d bytes %.20q, streamed %d", odd, len(odd), len(got.Record), got.Record, len(streamed))
		}
	}
}
