package mongo

import (
	"context"
	"iter"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/store"
)

// cardDoc is a card as it is stored. Place orders the cards of a kind by id, as
// one string. Due is in milliseconds since 1970, and missing for never.
type cardDoc struct {
	ID      string `bson:"_id"`
	Kind    string
	Card    string
	Place   string
	Version int64
	Due     *int64 `bson:"due,omitempty"`
	Body    []byte
}

func (d *cardDoc) whole() (card.Card, error) {
	c := card.Card{Kind: d.Kind, ID: d.Card, Version: d.Version, Body: d.Body}
	if d.Due != nil {
		c.Due = time.UnixMilli(*d.Due).UTC()
	}
	return c, nil
}

// cardFilter names one card, by the key of a sharded collection too.
func cardFilter(kind, id string) bson.M {
	return bson.M{"_id": key(kind, id), "kind": kind}
}

// PutCard implements card.Store; fail.Invalid for more than a document holds.
func (s *Store) PutCard(ctx context.Context, c card.Card) error {
	if len(c.Body) > largest {
		return errTooLarge(nil)
	}
	fields := bson.M{"body": c.Body, "version": c.Version + 1}
	if !c.Due.IsZero() {
		fields["due"] = c.Due.UnixMilli()
	}
	if c.Version == 0 {
		fields["card"], fields["place"] = c.ID, place(c.Kind, c.ID)
		made, err := insert(ctx, s.card, cardFilter(c.Kind, c.ID), fields)
		if err == nil && !made {
			err = store.ErrStale
		}
		return err
	}
	change := bson.M{"$set": fields}
	if c.Due.IsZero() {
		change["$unset"] = bson.M{"due": ""}
	}
	filter := cardFilter(c.Kind, c.ID)
	filter["version"] = c.Version
	changed, err := s.card.UpdateOne(ctx, filter, change)
	if err == nil && changed.MatchedCount == 0 {
		return store.ErrStale
	}
	return told(err)
}

// Card implements card.Store.
func (s *Store) Card(ctx context.Context, kind, id string) (card.Card, error) {
	d, err := find[cardDoc](ctx, s.card, cardFilter(kind, id))
	if err != nil {
		return card.Card{}, err
	}
	return d.whole()
}

// Cards implements card.Store. What begins with prefix stands together in the
// order of places, from the first on.
func (s *Store) Cards(ctx context.Context, kind, prefix string) iter.Seq2[card.Card, error] {
	found := stream(ctx, query[cardDoc]{s.card, func(last *cardDoc) bson.M {
		which, after := bson.M{}, bson.M{"$gte": place(kind, prefix)}
		if last != nil {
			after = bson.M{"$gt": last.Place}
		}
		if kind != "" {
			which["kind"], after["$lt"] = kind, place(kind)+"\x01"
		}
		which["place"] = after
		return which
	}, sorted("place", 1)}, (*cardDoc).whole)
	return while(found, func(c card.Card) bool { return strings.HasPrefix(c.ID, prefix) })
}

// DueCards implements card.Store.
func (s *Store) DueCards(ctx context.Context, kind string, at time.Time) iter.Seq2[card.Card, error] {
	until := bson.M{"kind": kind, "due": bson.M{"$lte": at.UnixMilli()}}
	return stream(ctx, query[cardDoc]{s.card, func(last *cardDoc) bson.M {
		if last == nil {
			return until
		}
		return bson.M{"kind": kind, "$and": bson.A{bson.M{"due": until["due"]}, bson.M{"$or": bson.A{
			bson.M{"due": bson.M{"$gt": *last.Due}}, bson.M{"due": *last.Due, "place": bson.M{"$gt": last.Place}}}}}}
	}, append(sorted("due", 1), sorted("place", 1)...)}, (*cardDoc).whole)
}

// PutCards implements card.Store.
func (s *Store) PutCards(ctx context.Context, cards iter.Seq[card.Card]) error {
	return chunked(ctx, s.card, cards, func(c card.Card) int { return len(c.Body) }, func(c card.Card) mongo.WriteModel {
		doc := cardDoc{ID: key(c.Kind, c.ID), Kind: c.Kind, Card: c.ID, Place: place(c.Kind, c.ID), Version: c.Version, Body: c.Body}
		if !c.Due.IsZero() {
			due := c.Due.UnixMilli()
			doc.Due = &due
		}
		return mongo.NewReplaceOneModel().SetUpsert(true).SetFilter(cardFilter(c.Kind, c.ID)).SetReplacement(doc)
	})
}

// DeleteCard implements card.Store.
func (s *Store) DeleteCard(ctx context.Context, kind, id string) error {
	_, err := s.card.DeleteOne(ctx, cardFilter(kind, id))
	return told(err)
}

// tally is a count as it is stored, until milliseconds since 1970.
type tally struct {
	Name  string `bson:"_id"`
	N     int64
	Until int64
}

// Tally implements card.Store. Those that have run out are forgotten on the way.
func (s *Store) Tally(ctx context.Context, name string, life time.Duration) (int64, error) {
	now := time.Now()
	if _, err := s.tally.DeleteMany(ctx, bson.M{"until": bson.M{"$lte": now.UnixMilli()}}); err != nil {
		return 0, told(err)
	}
	var after tally
	err := twice(func() error {
		return s.tally.FindOneAndUpdate(ctx, bson.M{"_id": name}, bson.M{"$inc": bson.M{"n": 1}, "$setOnInsert": bson.M{"until": now.Add(life).UnixMilli()}},
			options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After)).Decode(&after)
	})
	return after.N, err
}

// Tallies implements card.Store.
func (s *Store) Tallies(ctx context.Context, prefix string) iter.Seq2[card.Tally, error] {
	found := stream(ctx, query[tally]{s.tally, func(last *tally) bson.M {
		after := bson.M{"$gte": prefix}
		if last != nil {
			after = bson.M{"$gt": last.Name}
		}
		return bson.M{"_id": after, "until": bson.M{"$gt": time.Now().UnixMilli()}}
	}, sorted("_id", 1)}, func(t *tally) (card.Tally, error) {
		return card.Tally{Name: t.Name, N: t.N, Until: time.UnixMilli(t.Until).UTC()}, nil
	})
	return while(found, func(t card.Tally) bool { return strings.HasPrefix(t.Name, prefix) })
}

// PutTallies implements card.Store.
func (s *Store) PutTallies(ctx context.Context, tallies iter.Seq[card.Tally]) error {
	return chunked(ctx, s.tally, tallies, func(card.Tally) int { return 0 }, func(v card.Tally) mongo.WriteModel {
		return mongo.NewReplaceOneModel().SetUpsert(true).SetFilter(bson.M{"_id": v.Name}).SetReplacement(tally{v.Name, v.N, v.Until.UnixMilli()})
	})
}
