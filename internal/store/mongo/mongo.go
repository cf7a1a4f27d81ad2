// Package mongo is the store in a MongoDB replica set or sharded cluster, or in
// a server that speaks its protocol: it uses no transaction, change stream or
// join, only changes of single documents and conditions on what they are. A
// write is acknowledged when a majority of the servers have it in their
// journals. Any number of processes may share a database.
package mongo

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"

	"github.com/mognad/mognad/internal/metrics"
	"github.com/mognad/mognad/internal/store"
)

var _ store.Store = (*Store)(nil)

// Store is an open database.
type Store struct {
	client *mongo.Client

	meta, setting, organisation *mongo.Collection
	round, blob, document       *mongo.Collection
	invitation, response        *mongo.Collection
	account, session, log       *mongo.Collection
	lease, card, tally          *mongo.Collection

	// Response for what need not outlive the server that acknowledges it: should
	// it be lost, that costs a repetition.
	told *mongo.Collection

	saver    saver
	openings sync.Map // round id → its opening when it last was read, an int64

	end   sync.Once
	ended error
}

// The limits in time: of one call, with all its retries; of looking for a
// primary, so that a save waits through an election and no longer; of opening.
// A call ends before the browser gives up (svara.js: 20 s), so that it is told.
// A server that says nothing is given up after heartbeat and connectTime.
const (
	callTime    = 18 * time.Second
	selectTime  = 15 * time.Second
	openTime    = 20 * time.Second
	connectTime = 5 * time.Second
	heartbeat   = 5 * time.Second
	idleTime    = 5 * time.Minute
)

// connections is how many a process has to each server at most. Those that wait
// for a majority are the most of them.
const connections = 100

// defaultName is the database of an address that names none.
const defaultName = "mognad"

// Open connects to the database that uri names, mongodb://HOST/DATABASE, makes
// what it lacks and brings an older schema up to date. The error is a sentence
// that says what to do, without the password that uri may hold.
func Open(ctx context.Context, uri string) (*Store, error) {
	address, err := connstring.ParseAndValidate(uri)
	if err != nil {
		return nil, fmt.Errorf("the address of the database can't be read (%w): write it as mongodb://HOST/DATABASE", err)
	}
	name := address.Database
	if name == "" {
		name = defaultName
	}
	client, err := mongo.Connect(settings(uri))
	if err != nil {
		return nil, fmt.Errorf("the address of the database asks for what can't be had (%w): mend it", err)
	}
	db := client.Database(name)
	light := options.Collection().SetWriteConcern(writeconcern.W1())
	s := &Store{
		client: client, saver: saver{process: rand.Text()},
		meta: db.Collection("meta"), setting: db.Collection("setting"), organisation: db.Collection("organisation"),
		round: db.Collection("round"), blob: db.Collection("blob"), document: db.Collection("document"),
		invitation: db.Collection("invitation"), response: db.Collection("response"),
		account: db.Collection("account"), session: db.Collection("session"), log: db.Collection("log"),
		lease: db.Collection("lease"), card: db.Collection("card"), tally: db.Collection("tally"),
		told: db.Collection("response", light),
	}
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	if err := s.prepare(ctx, name, strings.Join(address.Hosts, ",")); err != nil {
		_ = s.Close() // what was wrong is in err
		return nil, err
	}
	return s, nil
}

// settings are the driver's: what comes before the address can be told otherwise
// there, what comes after is what the store's promises rest on. Writes and reads
// that a failover cuts off are retried once by default.
func settings(uri string) *options.ClientOptions {
	journal := true
	return options.Client().
		SetAppName("mognad").
		SetTimeout(callTime).
		SetServerSelectionTimeout(selectTime).
		SetConnectTimeout(connectTime).
		SetHeartbeatInterval(heartbeat).
		SetMaxPoolSize(connections).
		SetMaxConnIdleTime(idleTime).
		SetMonitor(&event.CommandMonitor{
			Succeeded: func(_ context.Context, e *event.CommandSucceededEvent) { metrics.StoreTook(e.CommandName, e.Duration) },
			Failed:    func(_ context.Context, e *event.CommandFailedEvent) { metrics.StoreTook(e.CommandName, e.Duration) },
		}).
		ApplyURI(uri).
		SetReadPreference(readpref.Primary()).
		SetReadConcern(readconcern.Majority()).
		SetWriteConcern(&writeconcern.WriteConcern{W: writeconcern.WCMajority, Journal: &journal})
}

// Close ends the store; calls under way are cut off.
func (s *Store) Close() error {
	s.end.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), callTime)
		defer cancel()
		s.ended = s.client.Disconnect(ctx)
	})
	return s.ended
}

// Ping implements store.Store: it writes, as only that tells that a majority of
// the servers can be written.
func (s *Store) Ping(ctx context.Context) error {
	return s.SetSetting(ctx, "store.ping", time.Now().UTC().Format(time.RFC3339))
}
