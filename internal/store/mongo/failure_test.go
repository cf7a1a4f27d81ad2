//go:build mongo && linux

package mongo

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store/mongo/mongotest"
)

// TestFailover takes the primary away among saves: they wait for the next one,
// each is stored once, and none that was acknowledged is lost.
func TestFailover(t *testing.T) {
	const savers = 8
	s := opened(t)
	openRound(t, s)
	for w := range savers {
		if err := save(t, s, fmt.Sprint("r", w)); err != nil {
			t.Fatal(err)
		}
	}
	var running sync.WaitGroup
	var stop atomic.Bool
	var saved atomic.Int64
	stored := make([]int64, savers)
	for w := range savers {
		running.Go(func() {
			for !stop.Load() {
				switch err := save(t, s, fmt.Sprint("r", w)); {
				case err == nil:
					stored[w]++
					saved.Add(1)
				case !fail.Is(err, fail.Closed):
					t.Errorf("saver %d: %v", w, err)
					return
				}
			}
		})
	}
	more := func(n int64) {
		for from := saved.Load(); saved.Load() < from+n && !t.Failed(); {
			time.Sleep(time.Millisecond)
		}
	}
	more(50)
	back := deposePrimary(t)
	more(200)
	setState(t, s, round.Closed)
	stop.Store(true)
	running.Wait()
	back()
	for w := range savers {
		if r, err := s.Response(t.Context(), "2026", fmt.Sprint("r", w)); err != nil || r.Version != 1+stored[w] {
			t.Errorf("response %d has version %d, %v; %d saves were acknowledged", w, r.Version, err, stored[w])
		}
	}
}

// TestStreamOutlivesItsServer takes the primary away in the middle of a stream.
func TestStreamOutlivesItsServer(t *testing.T) {
	const n = 3 * batchRows
	s := opened(t)
	openRound(t, s)
	if err := s.PutInvitations(t.Context(), "2027", func(yield func(round.Invitation) bool) {
		for i := range n {
			if !yield(round.Invitation{Person: fmt.Sprintf("p%05d", i), Unit: "u"}) {
				return
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	back, got := func() {}, 0
	for v, err := range s.Invitations(t.Context(), "2027") {
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("p%05d", got); v.Person != want {
			t.Fatalf("%s follows, want %s", v.Person, want)
		}
		if got++; got == 10 {
			back = deposePrimary(t)
		}
	}
	back()
	if got != n {
		t.Errorf("%d people of %d", got, n)
	}
}

// TestStatusHealed leaves the invitation behind the response, as a process that
// dies between the two: the next save brings it up.
func TestStatusHealed(t *testing.T) {
	s := opened(t)
	openRound(t, s)
	behind := func() {
		t.Helper()
		_, err1 := s.invitation.UpdateOne(t.Context(), invitationFilter("2026", "p"), bson.M{"$set": bson.M{"status": round.Invited}})
		_, err2 := s.response.UpdateOne(t.Context(), responseFilter("2026", "r"), bson.M{"$set": bson.M{"told": ""}})
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
	}
	status := func(want round.Status) {
		t.Helper()
		if inv, err := s.Invitation(t.Context(), "2026", "p"); err != nil || inv.Status != want {
			t.Errorf("%s, %v, want %s", inv.Status, err, want)
		}
	}
	for range 2 {
		if err := save(t, s, "r"); err != nil {
			t.Fatal(err)
		}
		status(round.Started)
		behind()
	}
	if _, err := s.Submit(t.Context(), round.Submission{Round: "2026", Respondent: "r", Person: "p", Version: 2, Record: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	status(round.Submitted)
	behind()
	if err := save(t, s, "r"); err != nil {
		t.Fatal(err)
	}
	status(round.Submitted)
}

// TestTooLarge refuses what fits in no document, in words.
func TestTooLarge(t *testing.T) {
	s := opened(t)
	openRound(t, s)
	if err := s.PutBlob(t.Context(), "h", make([]byte, 17<<20)); !fail.Is(err, fail.Invalid) {
		t.Errorf("a blob of 17 MB: %v", err)
	}
	if err := s.PutBlob(t.Context(), "h", make([]byte, largest)); err != nil {
		t.Errorf("a blob that fits: %v", err)
	}
	part := bytes.Repeat([]byte("x"), 9<<20)
	for i, want := range []bool{true, false} {
		_, err := s.SaveItems(t.Context(), round.SaveItems{Round: "2026", Respondent: "r", Items: map[string][]byte{fmt.Sprint("i", i): part}})
		if (err == nil) != want || err != nil && !fail.Is(err, fail.Invalid) {
			t.Errorf("item %d of 9 MB: %v", i, err)
		}
	}
}

// TestOrganisationAbandoned forgets the people of an import that was cut off.
func TestOrganisationAbandoned(t *testing.T) {
	s := opened(t)
	if _, err := s.organisation.InsertMany(t.Context(), []member{{ID: "old", Generation: "cut off", Made: time.Now().Add(-2 * abandoned).Unix()},
		{ID: "new", Generation: "going on", Made: time.Now().Unix()}}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"first", "second"} {
		if err := s.PutOrganisation(t.Context(), []org.Unit{{ID: name}}, nil); err != nil {
			t.Fatal(err)
		}
		if units, _, err := s.Organisation(t.Context()); err != nil || len(units) != 1 || units[0].ID != name {
			t.Errorf("%v, %v", units, err)
		}
	}
	if n, err := s.organisation.CountDocuments(t.Context(), bson.M{}); err != nil || n != 2 {
		t.Errorf("%d documents, %v, want those of the second and of the one going on", n, err)
	}
}

// TestSchema opens at once from many processes, and refuses what a newer program
// made.
func TestSchema(t *testing.T) {
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			s, err := Open(t.Context(), testURI(t))
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	s := opened(t)
	openRound(t, s)
	if err := save(t, s, "r"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.meta.UpdateOne(t.Context(), bson.M{"_id": "schema"}, bson.M{"$set": bson.M{"version": 1}}); err != nil {
		t.Fatal(err)
	}
	older := opened(t)
	if now, err := find[schema](t.Context(), older.meta, bson.M{"_id": "schema"}); err != nil || now.Version != len(migrations) {
		t.Errorf("brought up to %d of %d, %v", now.Version, len(migrations), err)
	}
	if _, err := older.Response(t.Context(), "2026", "r"); err != nil {
		t.Errorf("an answer from before: %v", err)
	}
	if _, err := s.meta.UpdateOne(t.Context(), bson.M{"_id": "schema"}, bson.M{"$inc": bson.M{"version": 1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), testURI(t)); err == nil || !strings.Contains(err.Error(), "newer mognad") {
		t.Errorf("a newer schema: %v", err)
	}
}

// TestAddresses tells in a sentence what is wrong with an address, and never a
// password.
func TestAddresses(t *testing.T) {
	for uri, want := range map[string]string{
		"mongodb://":                       "write it as mongodb://HOST/DATABASE",
		"mongodb://u:secret@/db":           "write it as mongodb://HOST/DATABASE",
		"mongodb://u:sec/ret@h/db":         "write it as mongodb://HOST/DATABASE",
		"mongodb://u:secret@h:port/db":     "write it as mongodb://HOST/DATABASE",
		"mongodb://h/db?w=1&journal=maybe": "write it as mongodb://HOST/DATABASE",
		"mongodb://u:secret@127.0.0.1:1/db?serverSelectionTimeoutMS=300": "at 127.0.0.1:1 can't be reached",
		"mongodb://u:secret@" + server():                                 "a user who may",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		s, err := Open(ctx, uri)
		cancel()
		if err == nil {
			t.Errorf("%s is opened", uri)
			s.Close()
			continue
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "ret@") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q", uri, err, want)
		}
	}
}

// TestUsers signs in with what the address says; whoever may not, or may only
// read, is told in a sentence without the password.
func TestUsers(t *testing.T) {
	if !servers.Ours() {
		return // the address of the tests names the user
	}
	set, err := mongotest.WithUsers("hemligt")
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	for name, role := range map[string]string{"mognad": "readWrite", "reader": "read"} {
		if err := set.Command("root", "hemligt", bson.D{{Key: "createUser", Value: name}, {Key: "pwd", Value: "ordet"},
			{Key: "roles", Value: bson.A{bson.M{"role": role, "db": "m"}}}}); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(t.Context(), set.As("mognad", "ordet", "m"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	openRound(t, s)
	if err := save(t, s, "r"); err != nil {
		t.Error(err)
	}
	for _, uri := range []string{set.Database("n"), set.As("mognad", "fel", "m"), set.As("mognad", "ordet", "n"), set.As("reader", "ordet", "n")} {
		other, err := Open(t.Context(), uri)
		if err == nil {
			t.Errorf("%s is opened", uri)
			other.Close()
			continue
		}
		if !strings.Contains(err.Error(), "a user who may") || strings.Contains(err.Error(), "ordet") {
			t.Errorf("%s: %v", uri, err)
		}
	}
}

// TestEnded uses a store that has been closed.
func TestEnded(t *testing.T) {
	s := opened(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.SetSetting(t.Context(), "x", "y"); !fail.Is(err, fail.Unavailable) {
		t.Errorf("a write: %v", err)
	}
	if _, err := s.Setting(t.Context(), "x"); !fail.Is(err, fail.Unavailable) {
		t.Errorf("a read: %v", err)
	}
}
