package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/mognad/mognad/internal/fail"
)

// Lease implements round.Store. The times are those of the processes: their
// clocks must agree to within a part of a lease's life.
func (s *Store) Lease(ctx context.Context, name, holder string, life time.Duration) (bool, error) {
	now := time.Now()
	err := upsert(ctx, s.lease, bson.M{"_id": name, "$or": bson.A{bson.M{"holder": holder}, bson.M{"until": bson.M{"$lte": now.UnixMilli()}}}},
		bson.M{"$set": bson.M{"holder": holder, "until": now.Add(life).UnixMilli()}})
	if mongo.IsDuplicateKeyError(err) { // it is there, and another's
		return false, nil
	}
	return err == nil, err
}

// Leased implements round.Store.
func (s *Store) Leased(ctx context.Context, name string) (bool, error) {
	_, err := find[bson.M](ctx, s.lease, bson.M{"_id": name, "until": bson.M{"$gt": time.Now().UnixMilli()}})
	if fail.Is(err, fail.NotFound) {
		return false, nil
	}
	return err == nil, err
}
