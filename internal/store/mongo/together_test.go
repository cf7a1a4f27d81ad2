//go:build mongo && linux

package mongo

import (
	"fmt"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// What a batch has saved is read back of no earlier moment than it was written:
// right after an election a majority's data may be older, and a save that seems
// not to have been made would be made once more.
func TestBatchReadsWhatItWrote(t *testing.T) {
	s, err := Open(t.Context(), testURI(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	openRound(t, s)
	db := s.response.Database()
	together := func() {
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() {
				if err := save(t, s, fmt.Sprint("r", i)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	together() // each is alone the first time
	if err := db.RunCommand(t.Context(), bson.D{{Key: "profile", Value: 2}}).Err(); err != nil {
		t.Fatal(err)
	}
	together()
	if err := db.RunCommand(t.Context(), bson.D{{Key: "profile", Value: 0}}).Err(); err != nil {
		t.Fatal(err)
	}
	cursor, err := db.Collection("system.profile").Find(t.Context(), bson.M{"command.find": "response", "command.filter._id.$in": bson.M{"$exists": true}})
	if err != nil {
		t.Fatal(err)
	}
	var reads []struct {
		Command struct {
			ReadConcern bson.M `bson:"readConcern"`
		}
	}
	if err := cursor.All(t.Context(), &reads); err != nil {
		t.Fatal(err)
	}
	if len(reads) == 0 {
		t.Fatal("no batch was read back")
	}
	for _, r := range reads {
		if r.Command.ReadConcern["afterClusterTime"] == nil || r.Command.ReadConcern["level"] != "majority" {
			t.Errorf("read with %v", r.Command.ReadConcern)
		}
	}
}
