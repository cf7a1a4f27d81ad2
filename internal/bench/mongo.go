//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
)

// bareChanges is what the driver does of the same changes with nothing around it:
// an answer and the version of a writer's own response, which comes back, in the
// journals of a majority.
func bareChanges(uri string, writers int, d time.Duration) (rate float64, err error) {
	ctx, journal := context.Background(), true
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetMaxPoolSize(100).SetWriteConcern(&writeconcern.WriteConcern{W: writeconcern.WCMajority, Journal: &journal}))
	if err != nil {
		return 0, err
	}
	defer client.Disconnect(ctx)
	responses := client.Database("bare").Collection("response")
	back := options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After).SetProjection(bson.M{"version": 1})
	var wg sync.WaitGroup
	var count atomic.Int64
	faults := make([]error, writers)
	until := time.Now().Add(d)
	for i := range writers {
		wg.Go(func() {
			sealed := make([]byte, sameRows.size)
			for time.Now().Before(until) && faults[i] == nil {
				sealed[0]++
				faults[i] = responses.FindOneAndUpdate(ctx, bson.M{"_id": fmt.Sprint("2026/", i)},
					bson.M{"$set": bson.M{"day": "2026-11-03", "items.led%2Estrategi%2Eriktning/answer": sealed}, "$inc": bson.M{"version": 1}}, back).Err()
				count.Add(1)
			}
		})
	}
	wg.Wait()
	return float64(count.Load()) / d.Seconds(), errors.Join(faults...)
}
