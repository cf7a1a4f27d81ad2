package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/mognad/mognad/internal/fail"
)

// migrations take an empty database, step by step, to the schema of this
// program; the document "schema" counts them. A step that has been released is
// never changed. Two processes may take one at the same time, and one that was
// cut off is taken again: each does what is not done yet.
var migrations = []func(*Store, context.Context) error{
	(*Store).begin,
	// From here on response.items names parts of items, which an older program
	// could not read.
	func(*Store, context.Context) error { return nil },
	(*Store).addCards,
}

// addCards makes the indexes of cards and tallies, and of whose the sessions are.
func (s *Store) addCards(ctx context.Context) error {
	return makeIndexes(ctx, map[*mongo.Collection][][]string{s.card: {{"place"}, {"kind", "due", "place"}}, s.tally: {{"until"}}, s.session: {{"account"}, {"person"}}})
}

// begin makes the indexes, and the documents that are changed and never added.
// No index but those of _id is unique: a sharded collection could not have it.
func (s *Store) begin(ctx context.Context) error {
	if err := makeIndexes(ctx, map[*mongo.Collection][][]string{
		s.round:        {{"opens_on"}},
		s.invitation:   {{"place"}, {"round", "counts", "unit", "status"}, {"link"}},
		s.response:     {{"round", "respondent"}},
		s.document:     {{"round", "generation", "unit"}},
		s.account:      {{"link"}},
		s.session:      {{"until"}},
		s.organisation: {{"generation", "kind", "place"}},
	}); err != nil {
		return err
	}
	return upsert(ctx, s.meta, bson.M{"_id": "organisation"}, bson.M{"$setOnInsert": bson.M{"generation": "", "size": 0}})
}

func makeIndexes(ctx context.Context, of map[*mongo.Collection][][]string) error {
	for coll, keys := range of {
		var models []mongo.IndexModel
		for _, fields := range keys {
			var index bson.D
			for _, name := range fields {
				index = append(index, bson.E{Key: name, Value: 1})
			}
			models = append(models, mongo.IndexModel{Keys: index})
		}
		if _, err := coll.Indexes().CreateMany(ctx, models); err != nil {
			return fmt.Errorf("make the indexes of %s: %w", coll.Name(), err)
		}
	}
	return nil
}

// schema is the document that tells which program the database is for.
type schema struct {
	Version int
}

// prepare reaches the server and takes the steps that the database lacks.
func (s *Store) prepare(ctx context.Context, name, hosts string) error {
	now, err := find[schema](ctx, s.meta, bson.M{"_id": "schema"})
	switch {
	case fail.Is(err, fail.NotFound): // an empty database
	case fail.Is(err, fail.Unavailable):
		return fmt.Errorf("the MongoDB server at %s can't be reached: see to it that it runs, that its replica set has a primary, and that the address is right (%v)", hosts, why(errors.Unwrap(err)))
	case err != nil:
		return fmt.Errorf("the database %s at %s can't be read (%w): the server must be MongoDB 4.4 or newer, and the address name a user who may read and write the database", name, hosts, err)
	case now.Version > len(migrations):
		return fmt.Errorf("the database %s at %s has schema %d, made by a newer mognad; this program knows %d: run the newer program", name, hosts, now.Version, len(migrations))
	}
	for version := now.Version; version < len(migrations); version++ {
		if err := migrations[version](s, ctx); err != nil {
			return fmt.Errorf("bring the database %s at %s to schema %d: %w", name, hosts, version+1, err)
		}
		if err := upsert(ctx, s.meta, bson.M{"_id": "schema"}, bson.M{"$max": bson.M{"version": version + 1}}); err != nil {
			return err
		}
	}
	return nil
}

// find reads one document; fail.NotFound when there is none.
func find[T any](ctx context.Context, coll *mongo.Collection, filter bson.M, opts ...options.Lister[options.FindOneOptions]) (T, error) {
	var v T
	err := coll.FindOne(ctx, filter, opts...).Decode(&v)
	return v, told(err)
}

// upsert changes a document, or makes it. Of two that make it at once a server
// may refuse one: that one then finds it there.
func upsert(ctx context.Context, coll *mongo.Collection, filter, update bson.M) error {
	return twice(func() error {
		_, err := coll.UpdateOne(ctx, filter, update, options.UpdateOne().SetUpsert(true))
		return err
	})
}

// insert makes a document, and tells whether there was none. A plain insert that
// is refused can keep a majority waiting until another write comes.
func insert(ctx context.Context, coll *mongo.Collection, filter, fields bson.M) (made bool, err error) {
	err = twice(func() error {
		done, err := coll.UpdateOne(ctx, filter, bson.M{"$setOnInsert": fields}, options.UpdateOne().SetUpsert(true))
		made = err == nil && done.UpsertedCount == 1
		return err
	})
	return made, err
}

// twice makes a write that another may come before, which it then finds.
func twice(write func() error) error {
	err := write()
	if mongo.IsDuplicateKeyError(err) {
		err = write()
	}
	return told(err)
}
