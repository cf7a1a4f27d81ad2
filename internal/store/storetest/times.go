package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/trail"
)

// testClockSteps hands over days and times as a caller has them whose clock has
// been set back, or forward and back: they are stored as given, and the order is
// that in which things came.
func testClockSteps(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	letAnswer(t, s, "2026", invite("p", "u"))
	want := round.Response{Items: map[string][]byte{}}
	for i, day := range []string{"2026-11-05", "2026-11-03", "2036-01-01", "1970-01-01", "2026-11-05"} {
		want.Day = day
		want.Items[fmt.Sprint("i", i)] = []byte(day)
		v := save("2026", "r", "p", items(fmt.Sprint("i", i), day))
		v.Day = day
		_, err := s.SaveItems(ctx, v)
		ok(t, err)
		want.Version++
		wantResponse(t, "saved on "+day, s, want)
	}
	want.Submitted, want.Items = true, nil
	for _, day := range []string{"2026-11-04", "2026-11-02", "2000-02-29"} {
		want.Day, want.Record = day, []byte(day)
		_, err := s.Submit(ctx, round.Submission{Round: "2026", Respondent: "r", Person: "p", Day: day, Version: want.Version, Record: want.Record})
		ok(t, err)
		want.Version++
		wantResponse(t, "submitted on "+day, s, want)
		if got := all(t, s.Responses(ctx, "2026")); len(got) != 1 || got[0].Day != day {
			t.Errorf("streamed %+v, want the day %s", got, day)
		}
	}

	opened := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	for i, at := range []time.Time{opened, opened.Add(-time.Hour), opened.AddDate(10, 0, 0), time.Unix(0, 0), opened.Add(-time.Nanosecond)} {
		ok(t, s.AppendLog(ctx, trail.Event{Number: int64(i + 1), At: at, Action: fmt.Sprint(i)}))
		r, err := s.UpdateRound(ctx, "2026", func(r *round.Round) error {
			r.OpenedAt, r.ClosedAt = opened, at
			return nil
		})
		if err != nil || !r.OpenedAt.Equal(opened) || !r.ClosedAt.Equal(at) || r.Version != int64(i+2) {
			t.Errorf("closed at %v: %+v, %v", at, r, err)
		}
	}
	var actions []string
	for e, err := range s.Log(ctx) {
		ok(t, err)
		actions = append(actions, e.Action)
	}
	if want := []string{"4", "3", "2", "1", "0"}; !slices.Equal(actions, want) {
		t.Errorf("the log has %v, want %v", actions, want)
	}
}

// testSessionEnds asks for a session up to its last moment and from then on,
// while others are stored, as those that have run out are forgotten then.
func testSessionEnds(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	for _, past := range []time.Time{{}, time.Unix(-1, 0), time.Now().AddDate(-1, 0, 0), time.Now().Add(-time.Second), time.Now(), time.Now().Add(-time.Millisecond)} {
		ok(t, s.PutSession(ctx, access.Session{Hash: []byte("past"), Account: "a", Until: past}))
		_, err := s.Session(ctx, []byte("past"))
		wantCode(t, fmt.Sprint("stored with ", past), err, fail.NotFound)
		if got := all(t, s.Sessions(ctx)); len(got) != 0 {
			t.Errorf("stored with %v: streamed %+v", past, got)
		}
	}
	until := time.Now().Truncate(time.Second).Add(2 * time.Second)
	session := access.Session{Hash: []byte("s"), Account: "a", Until: until}
	ok(t, s.PutSession(ctx, session))
	asked := map[bool]int{}
	for t.Context().Err() == nil && time.Now().Before(until.Add(1200*time.Millisecond)) {
		ok(t, s.PutSession(ctx, access.Session{Hash: []byte("other"), Account: "b", Until: until.Add(time.Hour)}))
		before := time.Now()
		got, err := s.Session(ctx, session.Hash)
		streamed := len(all(t, s.Sessions(ctx)))
		if after := time.Now(); after.Before(until) {
			if asked[true]++; err != nil || !got.Until.Equal(until) || streamed != 2 {
				t.Fatalf("%v before its end: %+v, %v, %d streamed", until.Sub(after), got, err, streamed)
			}
		} else if !before.Before(until) {
			if asked[false]++; !fail.Is(err, fail.NotFound) || streamed != 1 {
				t.Fatalf("%v after its end: %+v, %v, %d streamed", before.Sub(until), got, err, streamed)
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	if asked[true] == 0 || asked[false] == 0 {
		t.Errorf("asked %d times before its end and %d times after", asked[true], asked[false])
	}
	session.Until = until.Add(time.Hour)
	ok(t, s.PutSession(ctx, session))
	if got, err := s.Session(ctx, session.Hash); err != nil || !got.Until.Equal(session.Until) {
		t.Errorf("prolonged when it had run out: %+v, %v", got, err)
	}
	session.Until = until
	ok(t, s.PutSession(ctx, session))
	_, err := s.Session(ctx, session.Hash)
	wantCode(t, "shortened to what has passed", err, fail.NotFound)
}

// zonedTimes are moments around the two changes of a year between summer time
// and winter time in Sweden, as clocks of several zones show them. The year is
// one that no session of a test has come to.
func zonedTimes(t *testing.T) (out []time.Time) {
	t.Helper()
	for _, name := range []string{"UTC", "Asia/Kathmandu", "Europe/Stockholm", "America/St_Johns", "Pacific/Apia"} {
		zone, err := time.LoadLocation(name)
		ok(t, err)
		for _, change := range []time.Time{time.Date(2096, 3, 25, 1, 0, 0, 0, time.UTC), time.Date(2096, 10, 28, 1, 0, 0, 0, time.UTC)} {
			_, before := change.Add(-time.Second).In(round.Sweden).Zone()
			if _, after := change.In(round.Sweden).Zone(); before == after {
				t.Fatalf("no clock is set at %v", change)
			}
			for _, d := range []time.Duration{-90 * time.Minute, -30 * time.Minute, -time.Second, 0, 30 * time.Minute, 24 * time.Hour} {
				out = append(out, change.Add(d).In(zone))
			}
		}
	}
	return out
}

// testTimeZones stores the same moments as clocks of several zones show them:
// they come back as the same moments, those of rounds and of the log to the
// nanosecond.
func testTimeZones(t *testing.T, open Open) {
	s, ctx := opened(t, open), t.Context()
	want := func(what string, got, want time.Time) {
		t.Helper()
		if !got.Equal(want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	ok(t, s.CreateRound(ctx, round.Round{ID: "updated"}))
	times := zonedTimes(t)
	for i, at := range times {
		name, fine := fmt.Sprintf("%03d", i), at.Add(123456789)
		ok(t, s.CreateRound(ctx, round.Round{ID: name, OpensOn: name, OpenedAt: at, ClosedAt: fine, PublishedAt: fine.Add(time.Hour)}))
		r, err := s.Round(ctx, name)
		ok(t, err)
		want("opened", r.OpenedAt, at)
		want("closed", r.ClosedAt, fine)
		want("published", r.PublishedAt, fine.Add(time.Hour))
		_, err = s.UpdateRound(ctx, "updated", func(r *round.Round) error {
			r.ClosedAt = fine
			return nil
		})
		ok(t, err)
		r, err = s.Round(ctx, "updated")
		ok(t, err)
		want("closed by an update", r.ClosedAt, fine)
		ok(t, s.AppendLog(ctx, trail.Event{Number: int64(i + 1), At: fine}))
		ok(t, s.PutSession(ctx, access.Session{Hash: []byte(name), Account: name, Until: at}))
		session, err := s.Session(ctx, []byte(name))
		ok(t, err)
		want("session", session.Until, at)
		ok(t, s.PutAccount(ctx, access.Account{ID: name, Link: []byte(name), LinkUntil: at}))
		account, err := s.Account(ctx, name)
		ok(t, err)
		want("link", account.LinkUntil, at)
	}
	rounds, err := s.Rounds(ctx)
	ok(t, err)
	accounts, err := s.Accounts(ctx)
	ok(t, err)
	log := all(t, s.Log(ctx))
	if len(rounds) != len(times)+1 || len(accounts) != len(times) || len(log) != len(times) {
		t.Fatalf("%d rounds, %d accounts and %d lines of %d", len(rounds), len(accounts), len(log), len(times))
	}
	for i, at := range times {
		last := len(times) - 1 - i
		want("of all rounds", rounds[last].OpenedAt, at)
		want("of all accounts", accounts[i].LinkUntil, at)
		want("log", log[last].At, at.Add(123456789))
	}
}
