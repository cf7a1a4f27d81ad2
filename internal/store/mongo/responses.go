package mongo

import (
	"context"
	"iter"
	"maps"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
)

// response is a response as it is stored. With version 0 it is there for a first
// save to come, and nobody sees it.
type response struct {
	ID         string `bson:"_id"`
	Round      string
	Respondent string
	Version    int64
	Fence      int64 // fence.go
	Submitted  bool
	Day        string
	Record     []byte            `bson:"record,omitempty"`
	Items      map[string][]byte `bson:"items,omitempty"` // by field
	Told       round.Status      // what the invitation has been told
	Marks      map[string]int64  `bson:"marks,omitempty"` // together.go
}

// responseFilter names one response, by the key of a sharded collection too.
func responseFilter(id, respondent string) bson.M {
	return bson.M{"_id": key(id, respondent), "round": id, "respondent": respondent}
}

func (r *response) whole() (round.Response, error) {
	v := round.Response{Round: r.Round, Respondent: r.Respondent, Version: r.Version, Submitted: r.Submitted, Day: r.Day, Record: r.Record,
		Items: make(map[string][]byte, len(r.Items))}
	for name, sealed := range r.Items {
		id, err := item(name)
		if err != nil {
			return v, err
		}
		v.Items[id] = sealed
	}
	return v, nil
}

// saveFilter names a response that a save of an opening may change: known tells
// that it was there before the opening was read (fence.go).
func saveFilter(id, respondent string, opening int64, known bool) bson.M {
	filter := responseFilter(id, respondent)
	filter["fence"] = bson.M{"$lt": opening}
	if !known {
		filter["version"] = bson.M{"$gt": 0}
	}
	return filter
}

// SaveItems implements round.Store.
func (s *Store) SaveItems(ctx context.Context, v round.SaveItems) (version int64, err error) {
	opening, err := s.opening(ctx, v.Round, false)
	if err != nil {
		return 0, err
	}
	saved, found, err := s.save(ctx, v, opening)
	for err == nil && !found {
		if err := upsert(ctx, s.response, responseFilter(v.Round, v.Respondent),
			bson.M{"$setOnInsert": bson.M{"version": int64(0), "fence": int64(0), "submitted": false, "day": "", "told": ""}}); err != nil {
			return 0, err
		}
		if opening, err = s.opening(ctx, v.Round, true); err != nil {
			return 0, err
		}
		saved, err = s.changeResponse(ctx, saveFilter(v.Round, v.Respondent, opening, true), change(v))
		if found = !fail.Is(err, fail.NotFound); !found {
			err = nil
		}
	}
	if err != nil {
		return 0, err
	}
	return saved.Version, s.tell(ctx, saved, v.Person)
}

// change lays the parts of a save over a response.
func change(v round.SaveItems) bson.M {
	set := bson.M{"day": v.Day}
	for id, sealed := range v.Items {
		set["items."+field(id)] = sealed
	}
	return bson.M{"$set": set, "$inc": bson.M{"version": 1}}
}

// Submit implements round.Store.
func (s *Store) Submit(ctx context.Context, v round.Submission) (version int64, err error) {
	change := bson.M{"$set": bson.M{"submitted": true, "day": v.Day, "record": v.Record}, "$unset": bson.M{"items": ""}, "$inc": bson.M{"version": 1}}
	for {
		opening, err := s.opening(ctx, v.Round, true)
		if err != nil {
			return 0, err
		}
		filter := responseFilter(v.Round, v.Respondent)
		filter["fence"], filter["version"] = bson.M{"$lt": opening}, bson.M{"$eq": v.Version, "$gt": 0}
		saved, err := s.changeResponse(ctx, filter, change)
		if err == nil {
			return saved.Version, s.tell(ctx, saved, v.Person)
		}
		if !fail.Is(err, fail.NotFound) {
			return 0, err
		}
		now, err := s.find(ctx, v.Round, v.Respondent, options.FindOne().SetProjection(notAnswers))
		switch {
		case err != nil:
			return 0, err
		case now.Version != v.Version:
			return 0, store.ErrStale
		} // else the round has closed since it was read
	}
}

// notAnswers are the fields of a response that are long.
var notAnswers = bson.M{"items": 0, "record": 0}

// changeResponse makes a change as one step and returns the response, without
// what was answered; fail.NotFound when none is as filter says.
func (s *Store) changeResponse(ctx context.Context, filter, change bson.M) (response, error) {
	var v response
	err := s.response.FindOneAndUpdate(ctx, filter, change, options.FindOneAndUpdate().SetReturnDocument(options.After).
		SetProjection(notAnswers)).Decode(&v)
	return v, told(err)
}

// tell brings the invitation up to what has become of the response, unless it
// has been told. It comes after the response, which must not be missing where the
// invitation says there is one; and where this is cut off, the save is not
// acknowledged, and the next one does it.
func (s *Store) tell(ctx context.Context, r response, person string) error {
	status, from := round.Started, any(round.Invited)
	if r.Submitted {
		status, from = round.Submitted, bson.M{"$ne": round.Submitted}
	}
	if r.Told == status {
		return nil
	}
	filter := invitationFilter(r.Round, person)
	filter["status"] = from
	if _, err := s.invitation.UpdateOne(ctx, filter, bson.M{"$set": bson.M{"status": status}}); err != nil {
		return told(err)
	}
	_, err := s.told.UpdateOne(ctx, responseFilter(r.Round, r.Respondent), bson.M{"$set": bson.M{"told": status}})
	return told(err)
}

// find returns a response that has been saved; fail.NotFound.
func (s *Store) find(ctx context.Context, id, respondent string, opts ...options.Lister[options.FindOneOptions]) (response, error) {
	filter := responseFilter(id, respondent)
	filter["version"] = bson.M{"$gt": 0}
	return find[response](ctx, s.response, filter, opts...)
}

// Response implements round.Store.
func (s *Store) Response(ctx context.Context, id, respondent string) (round.Response, error) {
	r, err := s.find(ctx, id, respondent)
	if err != nil {
		return round.Response{}, err
	}
	return r.whole()
}

// PutResponses implements round.Store. The invitations have their status
// already, and need not be told.
func (s *Store) PutResponses(ctx context.Context, responses iter.Seq[round.Response]) error {
	return chunked(ctx, s.response, responses, round.Response.Size, func(v round.Response) mongo.WriteModel {
		doc := response{ID: key(v.Round, v.Respondent), Round: v.Round, Respondent: v.Respondent, Version: v.Version, Submitted: v.Submitted,
			Day: v.Day, Record: v.Record, Items: make(map[string][]byte, len(v.Items)), Told: round.Started}
		if v.Submitted {
			doc.Told = round.Submitted
		}
		for item, sealed := range v.Items {
			doc.Items[field(item)] = sealed
		}
		return mongo.NewReplaceOneModel().SetUpsert(true).SetFilter(responseFilter(v.Round, v.Respondent)).SetReplacement(doc)
	})
}

// Responses implements round.Store. Each response is whole, as it was at one
// moment.
func (s *Store) Responses(ctx context.Context, id string) iter.Seq2[round.Response, error] {
	return s.responses(ctx, bson.M{"round": id, "submitted": true})
}

// EveryResponse implements round.Store.
func (s *Store) EveryResponse(ctx context.Context, id string) iter.Seq2[round.Response, error] {
	return s.responses(ctx, bson.M{"round": id, "version": bson.M{"$gt": 0}})
}

func (s *Store) responses(ctx context.Context, which bson.M) iter.Seq2[round.Response, error] {
	return stream(ctx, query[response]{s.response, func(last *response) bson.M {
		if last == nil {
			return which
		}
		after := maps.Clone(which)
		after["respondent"] = bson.M{"$gt": last.Respondent}
		return after
	}, sorted("respondent", 1)}, (*response).whole)
}
