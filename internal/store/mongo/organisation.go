package mongo

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
)

// The organisation is replaced as one change by the document "organisation",
// which tells the generation of units and people that is in force: a new one is
// written whole before it is told of, and only then is the former dropped.
type current struct {
	Generation string
	Size       int // of units and people together
}

// member is a unit or a person of a generation; Doc is it in JSON.
type member struct {
	ID         string `bson:"_id"`
	Generation string
	Made       int64 // second since 1970
	Kind       int   // units, then people
	Place      int
	Doc        string
}

const (
	isUnit = iota
	isPerson
)

// abandoned is after how long a generation that is not in force is one whose
// process died, and not one that is being written.
const abandoned = time.Hour

// PutOrganisation implements store.Store.
func (s *Store) PutOrganisation(ctx context.Context, units []org.Unit, people []org.Person) error {
	next := current{rand.Text(), len(units) + len(people)}
	members, err := appendMembers(make([]member, 0, next.Size), next.Generation, isUnit, units)
	if err != nil {
		return err
	}
	if members, err = appendMembers(members, next.Generation, isPerson, people); err != nil {
		return err
	}
	if err := chunked(ctx, s.organisation, slices.Values(members), func(m member) int { return len(m.Doc) }, func(m member) mongo.WriteModel {
		return mongo.NewReplaceOneModel().SetUpsert(true).SetFilter(bson.M{"_id": m.ID}).SetReplacement(m)
	}); err != nil {
		return err
	}
	var former current
	if err := s.meta.FindOneAndUpdate(ctx, bson.M{"_id": "organisation"}, bson.M{"$set": next}).Decode(&former); err != nil {
		return told(err)
	}
	_, err = s.organisation.DeleteMany(ctx, bson.M{"generation": bson.M{"$ne": next.Generation}, "$or": bson.A{
		bson.M{"generation": former.Generation}, bson.M{"made": bson.M{"$lt": time.Now().Add(-abandoned).Unix()}}}})
	return told(err)
}

func appendMembers[T any](out []member, generation string, kind int, values []T) ([]member, error) {
	made := time.Now().Unix()
	for i, v := range values {
		doc, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		out = append(out, member{key(generation, strconv.Itoa(kind), strconv.Itoa(i)), generation, made, kind, i, string(doc)})
	}
	return out, nil
}

// OrganisationVersion implements store.Store.
func (s *Store) OrganisationVersion(ctx context.Context) (string, error) {
	now, err := find[current](ctx, s.meta, bson.M{"_id": "organisation"})
	return now.Generation, err
}

// Organisation implements store.Store.
func (s *Store) Organisation(ctx context.Context) ([]org.Unit, []org.Person, error) {
	for last := ""; ; {
		now, err := find[current](ctx, s.meta, bson.M{"_id": "organisation"})
		if err != nil {
			return nil, nil, err
		}
		units, people, err := s.generation(ctx, now.Generation)
		if err != nil || len(units)+len(people) == now.Size {
			return units, people, err
		}
		if now.Generation == last {
			return nil, nil, fmt.Errorf("the organisation is damaged: %d of %d units and people are there; import it again", len(units)+len(people), now.Size)
		}
		last = now.Generation // it may have been replaced while it was read
	}
}

// generation reads the units and people of one.
func (s *Store) generation(ctx context.Context, id string) (units []org.Unit, people []org.Person, err error) {
	order := append(sorted("kind", 1), sorted("place", 1)...)
	for m, err := range stream(ctx, query[member]{s.organisation, func(last *member) bson.M {
		if last == nil {
			return bson.M{"generation": id}
		}
		return bson.M{"generation": id, "$or": bson.A{bson.M{"kind": bson.M{"$gt": last.Kind}}, bson.M{"kind": last.Kind, "place": bson.M{"$gt": last.Place}}}}
	}, order}, func(m *member) (*member, error) { return m, nil }) {
		if err != nil {
			return nil, nil, err
		}
		if m.Kind == isUnit {
			units = append(units, org.Unit{})
			err = json.Unmarshal([]byte(m.Doc), &units[len(units)-1])
		} else {
			people = append(people, org.Person{})
			err = json.Unmarshal([]byte(m.Doc), &people[len(people)-1])
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return units, people, nil
}

// Setting implements store.Store.
func (s *Store) Setting(ctx context.Context, key string) (string, error) {
	v, err := find[value](ctx, s.setting, bson.M{"_id": key})
	if fail.Is(err, fail.NotFound) {
		return "", nil
	}
	return v.Value, err
}

// value is a setting as it is stored.
type value struct {
	Key   string `bson:"_id"`
	Value string
}

// Settings implements store.Store.
func (s *Store) Settings(ctx context.Context) (map[string]string, error) {
	docs, err := all(ctx, query[value]{s.setting, func(last *value) bson.M {
		if last == nil {
			return bson.M{}
		}
		return bson.M{"_id": bson.M{"$gt": last.Key}}
	}, sorted("_id", 1)})
	out := make(map[string]string, len(docs))
	for _, v := range docs {
		out[v.Key] = v.Value
	}
	return out, err
}

// claimAgain is how soon a claim is repeated that is not to be read yet.
const claimAgain = 5 * time.Millisecond

// ClaimSetting implements store.Store. A claim that comes second changes nothing,
// so it may be answered before a majority has the first, and what is read then is
// nothing: it is repeated until there is something, which then stays.
func (s *Store) ClaimSetting(ctx context.Context, key, text string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	for ; ; time.Sleep(claimAgain) {
		if _, err := insert(ctx, s.setting, bson.M{"_id": key}, bson.M{"value": text}); err != nil {
			return "", err
		}
		v, err := find[value](ctx, s.setting, bson.M{"_id": key})
		if !fail.Is(err, fail.NotFound) {
			return v.Value, err
		}
	}
}

// SetSetting implements store.Store.
func (s *Store) SetSetting(ctx context.Context, key, value string) error {
	return upsert(ctx, s.setting, bson.M{"_id": key}, bson.M{"$set": bson.M{"value": value}})
}
