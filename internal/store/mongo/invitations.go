package mongo

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
)

// invitation is an invitation as it is stored. Place orders a round's people by
// unit, as one string: some servers have a limit to how long the strings of an
// index may be together.
type invitation struct {
	ID          string `bson:"_id"`
	Round       string
	Person      string
	Place       string
	Unit        string
	Counts      bool
	Status      round.Status
	Issue       int
	Link        []byte
	Name, Email string
	Roles       []org.Role
	Left        bool
	Population  int64 // roundDoc
}

func (v *invitation) whole() (round.Invitation, error) {
	return round.Invitation{Round: v.Round, Person: v.Person, Name: v.Name, Email: v.Email, Unit: v.Unit, Roles: v.Roles,
		Counts: v.Counts, Link: v.Link, Issue: v.Issue, Status: v.Status, Left: v.Left}, nil
}

// invitationFilter names one invitation, by the key of a sharded collection too.
func invitationFilter(id, person string) bson.M {
	return bson.M{"_id": key(id, person), "round": id, "person": person}
}

// DropInvitations implements round.Store. That the round is a draft is judged in
// the step that begins a new population; the former is then deleted, and may be
// later too: whoever is invited from that step on is not of it.
func (s *Store) DropInvitations(ctx context.Context, id string) error {
	var d roundDoc
	err := told(s.round.FindOneAndUpdate(ctx, bson.M{"_id": id, "state": round.Draft}, bson.M{"$inc": bson.M{"population": 1}}).Decode(&d))
	if fail.Is(err, fail.NotFound) {
		if _, err := find[roundDoc](ctx, s.round, bson.M{"_id": id}); err != nil {
			return err
		}
		return store.ErrStale
	}
	if err != nil {
		return err
	}
	_, err = s.invitation.DeleteMany(ctx, bson.M{"round": id, "population": bson.M{"$lte": d.Population}})
	return told(err)
}

// ForgetPerson implements round.Store.
func (s *Store) ForgetPerson(ctx context.Context, id, person, respondent string) error {
	if _, err := s.response.DeleteOne(ctx, responseFilter(id, respondent)); err != nil {
		return told(err)
	}
	_, err := s.invitation.DeleteOne(ctx, invitationFilter(id, person))
	return told(err)
}

// ForgetPeople implements round.Store.
func (s *Store) ForgetPeople(ctx context.Context, id string) error {
	if _, err := s.response.DeleteMany(ctx, bson.M{"round": id}); err != nil {
		return told(err)
	}
	_, err := s.invitation.DeleteMany(ctx, bson.M{"round": id})
	return told(err)
}

// PutInvitations implements round.Store.
func (s *Store) PutInvitations(ctx context.Context, id string, people iter.Seq[round.Invitation]) error {
	d, err := find[roundDoc](ctx, s.round, bson.M{"_id": id})
	if err != nil && !fail.Is(err, fail.NotFound) {
		return err
	}
	return chunked(ctx, s.invitation, people, func(round.Invitation) int { return 0 }, func(v round.Invitation) mongo.WriteModel {
		return mongo.NewUpdateOneModel().SetUpsert(true).SetFilter(invitationFilter(id, v.Person)).SetUpdate(bson.M{
			"$set": bson.M{"place": place(id, v.Unit, v.Person), "unit": v.Unit, "counts": v.Counts, "issue": v.Issue, "link": v.Link,
				"name": v.Name, "email": v.Email, "roles": v.Roles, "left": v.Left, "population": d.Population},
			"$setOnInsert": bson.M{"status": cmp.Or(v.Status, round.Invited)}})
	})
}

// Invitation implements round.Store.
func (s *Store) Invitation(ctx context.Context, id, person string) (round.Invitation, error) {
	return s.oneInvited(ctx, invitationFilter(id, person))
}

// InvitationByLink implements round.Store.
func (s *Store) InvitationByLink(ctx context.Context, hash []byte) (round.Invitation, error) {
	if len(hash) == 0 {
		return round.Invitation{}, store.ErrNotFound
	}
	return s.oneInvited(ctx, bson.M{"link": hash})
}

func (s *Store) oneInvited(ctx context.Context, filter bson.M) (round.Invitation, error) {
	v, err := find[invitation](ctx, s.invitation, filter)
	if err != nil {
		return round.Invitation{}, err
	}
	return v.whole()
}

// Invitations implements round.Store.
func (s *Store) Invitations(ctx context.Context, id string) iter.Seq2[round.Invitation, error] {
	return stream(ctx, query[invitation]{s.invitation, func(last *invitation) bson.M {
		after := place(id, "")
		if last != nil {
			after = last.Place
		}
		return bson.M{"round": id, "place": bson.M{"$gt": after, "$lt": place(id) + "\x01"}}
	}, sorted("place", 1)}, (*invitation).whole)
}

// Counts implements round.Store; an index has all that it reads.
func (s *Store) Counts(ctx context.Context, id string) ([]round.UnitCount, error) {
	cursor, err := s.invitation.Aggregate(ctx, bson.A{
		bson.M{"$match": bson.M{"round": id, "counts": true}},
		bson.M{"$group": bson.M{"_id": bson.M{"unit": "$unit", "status": "$status"}, "people": bson.M{"$sum": 1}}},
	})
	if err != nil {
		return nil, told(err)
	}
	var groups []struct {
		ID struct {
			Unit   string
			Status round.Status
		} `bson:"_id"`
		People int
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	if err := cursor.All(ctx, &groups); err != nil {
		return nil, told(err)
	}
	units := map[string]*round.UnitCount{}
	for _, g := range groups {
		c := units[g.ID.Unit]
		if c == nil {
			c = &round.UnitCount{Unit: g.ID.Unit}
			units[g.ID.Unit] = c
		}
		c.Invited += g.People
		if g.ID.Status != round.Invited {
			c.Started += g.People
		}
		if g.ID.Status == round.Submitted {
			c.Submitted += g.People
		}
	}
	out := make([]round.UnitCount, 0, len(units))
	for _, c := range units {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b round.UnitCount) int { return cmp.Compare(a.Unit, b.Unit) })
	return out, nil
}
