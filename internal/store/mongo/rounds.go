package mongo

import (
	"context"
	"encoding/json"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
)

// roundDoc is a round as it is stored: Doc is the round in JSON, as a date of
// MongoDB's own would lose what is finer than a millisecond. What fences are,
// fence.go tells.
type roundDoc struct {
	ID      string `bson:"_id"`
	Doc     string
	State   round.State
	OpensOn string `bson:"opens_on"`
	Version int64

	Opening int64 // counts how often the round has opened
	Fenced  int64 // the last opening after which every response has been fenced

	Population int64 // counts how often the invited were dropped
}

// put lays a round over the document.
func (d *roundDoc) put(r round.Round) error {
	doc, err := json.Marshal(r)
	if r.State == round.Open && d.State != round.Open {
		d.Opening++
	}
	d.ID, d.Doc, d.State, d.OpensOn, d.Version = r.ID, string(doc), r.State, r.OpensOn, r.Version
	return err
}

// settled returns the round, once its responses are fenced if they should be.
func (s *Store) settled(ctx context.Context, d *roundDoc) (r round.Round, err error) {
	if err := s.fence(ctx, *d); err != nil {
		return r, err
	}
	err = json.Unmarshal([]byte(d.Doc), &r)
	return r, err
}

// CreateRound implements round.Store.
func (s *Store) CreateRound(ctx context.Context, r round.Round) error {
	var d roundDoc
	if err := d.put(r); err != nil {
		return err
	}
	made, err := insert(ctx, s.round, bson.M{"_id": r.ID}, bson.M{"doc": d.Doc, "state": d.State, "opens_on": d.OpensOn, "version": d.Version,
		"opening": d.Opening, "fenced": d.Fenced, "population": d.Population})
	if err == nil && !made {
		return store.ErrTaken(r.ID)
	}
	return err
}

// Round implements round.Store.
func (s *Store) Round(ctx context.Context, id string) (round.Round, error) {
	d, err := find[roundDoc](ctx, s.round, bson.M{"_id": id})
	if err != nil {
		return round.Round{}, err
	}
	return s.settled(ctx, &d)
}

// Rounds implements round.Store.
func (s *Store) Rounds(ctx context.Context) ([]round.Round, error) {
	docs, err := all(ctx, query[roundDoc]{s.round, func(last *roundDoc) bson.M {
		if last == nil {
			return bson.M{}
		}
		return bson.M{"$or": bson.A{bson.M{"opens_on": bson.M{"$lt": last.OpensOn}}, bson.M{"opens_on": last.OpensOn, "_id": bson.M{"$lt": last.ID}}}}
	}, append(sorted("opens_on", -1), sorted("_id", -1)...)})
	if err != nil {
		return nil, err
	}
	out := make([]round.Round, len(docs))
	for i := range docs {
		if out[i], err = s.settled(ctx, &docs[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// UpdateRound implements round.Store. Once the change is stored its caller can't
// leave what follows from it: another would have to do it.
func (s *Store) UpdateRound(ctx context.Context, id string, change func(*round.Round) error) (round.Round, error) {
	for {
		d, err := find[roundDoc](ctx, s.round, bson.M{"_id": id})
		if err != nil {
			return round.Round{}, err
		}
		before, err := s.settled(ctx, &d)
		if err != nil {
			return before, err
		}
		after := before
		if err := change(&after); err != nil {
			return before, err
		}
		after.Version = before.Version + 1
		if err := d.put(after); err != nil {
			return before, err
		}
		changed, err := s.round.UpdateOne(ctx, bson.M{"_id": id, "version": before.Version}, bson.M{"$set": bson.M{
			"doc": d.Doc, "state": d.State, "opens_on": d.OpensOn, "version": d.Version, "opening": d.Opening}})
		if err != nil {
			return before, told(err)
		}
		if changed.MatchedCount == 1 {
			return after, s.fence(context.WithoutCancel(ctx), d)
		}
	}
}

// DeleteRound implements round.Store.
func (s *Store) DeleteRound(ctx context.Context, id string) error {
	gone, err := s.round.DeleteOne(ctx, bson.M{"_id": id, "state": round.Draft})
	if err != nil || gone.DeletedCount > 0 {
		return told(err)
	}
	if _, err := find[roundDoc](ctx, s.round, bson.M{"_id": id}); err != nil {
		return err
	}
	return store.ErrStale
}

// PutBlob implements round.Store; fail.Invalid for more than a document holds.
func (s *Store) PutBlob(ctx context.Context, hash string, content []byte) error {
	if len(content) > largest {
		return errTooLarge(nil)
	}
	_, err := insert(ctx, s.blob, bson.M{"_id": hash}, bson.M{"content": content})
	return err
}

// largest is what fits in a document beside its names.
const largest = 16<<20 - 16<<10

type blob struct{ Content []byte }

// Blob implements round.Store.
func (s *Store) Blob(ctx context.Context, hash string) ([]byte, error) {
	b, err := find[blob](ctx, s.blob, bson.M{"_id": hash})
	return b.Content, err
}

// opening returns which opening of the round is going on; fail.Closed when none
// is. Unless it is to be read anew it may be an earlier one, which is over: then
// the fences tell (fence.go).
func (s *Store) opening(ctx context.Context, id string, anew bool) (int64, error) {
	if was, ok := s.openings.Load(id); ok && !anew {
		return was.(int64), nil
	}
	d, err := find[roundDoc](ctx, s.round, bson.M{"_id": id})
	if fail.Is(err, fail.NotFound) || err == nil && d.State != round.Open {
		err = store.ErrClosed
	}
	if err == nil {
		s.openings.Store(id, d.Opening)
	}
	return d.Opening, err
}
