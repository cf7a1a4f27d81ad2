package mongo

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/store"
)

// account is an account as it is stored: Doc is what access.Account has in JSON,
// beside the link.
type account struct {
	ID        string `bson:"_id"`
	Doc       string
	Link      []byte
	LinkUntil int64 `bson:"link_until"`
	LinkAgain bool  `bson:"link_again"`
}

func (v *account) whole() (access.Account, error) {
	var a access.Account
	err := json.Unmarshal([]byte(v.Doc), &a)
	a.Link, a.LinkUntil, a.LinkAgain = v.Link, time.Unix(v.LinkUntil, 0), v.LinkAgain
	return a, err
}

// PutAccount implements access.Store.
func (s *Store) PutAccount(ctx context.Context, a access.Account) error {
	doc, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return upsert(ctx, s.account, bson.M{"_id": a.ID}, bson.M{"$set": accountFields(a, doc)})
}

// accountFields are those of an account but for its id; doc is its JSON.
func accountFields(a access.Account, doc []byte) bson.M {
	return bson.M{"doc": string(doc), "link": a.Link, "link_until": a.LinkUntil.Unix(), "link_again": a.LinkAgain}
}

// UpdateAccount implements access.Store.
func (s *Store) UpdateAccount(ctx context.Context, id string, change func(*access.Account) error) (access.Account, error) {
	for {
		was, err := find[account](ctx, s.account, bson.M{"_id": id})
		isNew := fail.Is(err, fail.NotFound)
		if err != nil && !isNew {
			return access.Account{}, err
		}
		a := access.Account{ID: id}
		if !isNew {
			if a, err = was.whole(); err != nil {
				return a, err
			}
		}
		if err := change(&a); err != nil {
			return a, err
		}
		doc, err := json.Marshal(a)
		if err != nil {
			return a, err
		}
		fields := accountFields(a, doc)
		if isNew {
			made, err := insert(ctx, s.account, bson.M{"_id": id}, fields)
			if err != nil || made {
				return a, err
			}
			continue
		}
		changed, err := s.account.UpdateOne(ctx, bson.M{"_id": id, "doc": was.Doc, "link": was.Link, "link_until": was.LinkUntil, "link_again": was.LinkAgain}, bson.M{"$set": fields})
		if err != nil || changed.MatchedCount == 1 {
			return a, told(err)
		}
	}
}

// DeleteAccount implements access.Store.
func (s *Store) DeleteAccount(ctx context.Context, id string) error {
	if err := s.DropSessions(ctx, id); err != nil {
		return err
	}
	_, err := s.account.DeleteOne(ctx, bson.M{"_id": id})
	return told(err)
}

// Account implements access.Store.
func (s *Store) Account(ctx context.Context, id string) (access.Account, error) {
	return s.oneAccount(ctx, bson.M{"_id": id})
}

// AccountByLink implements access.Store.
func (s *Store) AccountByLink(ctx context.Context, hash []byte) (access.Account, error) {
	if len(hash) == 0 {
		return access.Account{}, store.ErrNotFound
	}
	return s.oneAccount(ctx, bson.M{"link": hash})
}

func (s *Store) oneAccount(ctx context.Context, filter bson.M) (access.Account, error) {
	v, err := find[account](ctx, s.account, filter)
	if err != nil {
		return access.Account{}, err
	}
	return v.whole()
}

// Accounts implements access.Store.
func (s *Store) Accounts(ctx context.Context) ([]access.Account, error) {
	var out []access.Account
	for a, err := range stream(ctx, query[account]{s.account, func(last *account) bson.M {
		if last == nil {
			return bson.M{}
		}
		return bson.M{"_id": bson.M{"$gt": last.ID}}
	}, sorted("_id", 1)}, (*account).whole) {
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// session is a session as it is stored, until a second since 1970.
type session struct {
	Hash                   []byte `bson:"_id"`
	Account, Round, Person string
	Until                  int64
	Ends                   *int64 // missing in one from before sessions had it
}

// PutSession implements access.Store. Those that have run out are forgotten on
// the way.
func (s *Store) PutSession(ctx context.Context, v access.Session) error {
	if _, err := s.session.DeleteMany(ctx, bson.M{"until": bson.M{"$lte": time.Now().Unix()}}); err != nil {
		return told(err)
	}
	return upsert(ctx, s.session, bson.M{"_id": v.Hash},
		bson.M{"$set": bson.M{"account": v.Account, "round": v.Round, "person": v.Person, "until": v.Until.Unix(), "ends": v.Ends.Unix()}})
}

// Session implements access.Store.
func (s *Store) Session(ctx context.Context, hash []byte) (access.Session, error) {
	v, err := find[session](ctx, s.session, bson.M{"_id": hash, "until": bson.M{"$gt": time.Now().Unix()}})
	if err != nil {
		return access.Session{}, err
	}
	return v.whole()
}

// TouchSession implements access.Store.
func (s *Store) TouchSession(ctx context.Context, hash []byte, until time.Time) error {
	_, err := s.session.UpdateOne(ctx, bson.M{"_id": hash}, bson.M{"$set": bson.M{"until": until.Unix()}})
	return told(err)
}

// DropSessions implements access.Store.
func (s *Store) DropSessions(ctx context.Context, account string) error {
	_, err := s.session.DeleteMany(ctx, bson.M{"account": account})
	return told(err)
}

// DropAnswering implements access.Store.
func (s *Store) DropAnswering(ctx context.Context, round, person string) error {
	_, err := s.session.DeleteMany(ctx, bson.M{"account": "", "round": round, "person": person})
	return told(err)
}

// Sessions implements access.Store.
func (s *Store) Sessions(ctx context.Context) iter.Seq2[access.Session, error] {
	return stream(ctx, query[session]{s.session, func(last *session) bson.M {
		which := bson.M{"until": bson.M{"$gt": time.Now().Unix()}}
		if last != nil {
			which["_id"] = bson.M{"$gt": last.Hash}
		}
		return which
	}, sorted("_id", 1)}, (*session).whole)
}

func (v *session) whole() (access.Session, error) {
	ends := v.Until
	if v.Ends != nil {
		ends = *v.Ends
	}
	return access.Session{Hash: v.Hash, Account: v.Account, Round: v.Round, Person: v.Person, Until: time.Unix(v.Until, 0), Ends: time.Unix(ends, 0)}, nil
}

// DeleteSession implements access.Store.
func (s *Store) DeleteSession(ctx context.Context, hash []byte) error {
	_, err := s.session.DeleteOne(ctx, bson.M{"_id": hash})
	return told(err)
}
