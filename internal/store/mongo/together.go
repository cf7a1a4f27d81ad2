package mongo

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/mognad/mognad/internal/round"
)

// saver sends saves that wait at the same time together, so that they share the
// way to the servers and the wait for a majority's disks; one that is alone goes
// by itself at once. Of a save that went with others nothing is known but what is
// found afterwards: the response carries the mark of its last save. Where the
// mark is another's the save goes again, by itself. It may then be made twice,
// which changes nothing: until it is acknowledged it is concurrent with whatever
// was saved in between.
type saver struct {
	mu      sync.Mutex
	waiting []*saving
	senders int
}

// senders is how many a process has at a time: while one batch waits for the
// disks, another is made ready.
const senders = 2

// batchSaves is how many saves go together at most.
const batchSaves = 128

// saving is a save that waits for its outcome.
type saving struct {
	v       round.SaveItems
	opening int64
	mark    string
	done    chan outcome
}

type outcome struct {
	saved response
	found bool
	err   error
}

// save makes a save of an opening and returns the response it left; found is
// false when the response is not as it must be, and then nothing was saved.
func (s *Store) save(ctx context.Context, v round.SaveItems, opening int64) (saved response, found bool, err error) {
	if err := ctx.Err(); err != nil {
		return saved, false, err
	}
	w := &saving{v: v, opening: opening, mark: rand.Text()[:12], done: make(chan outcome, 1)}
	s.saver.mu.Lock()
	s.saver.waiting = append(s.saver.waiting, w)
	first := s.saver.senders < senders
	if first {
		s.saver.senders++
	}
	s.saver.mu.Unlock()
	if first {
		go s.send()
	}
	select {
	case o := <-w.done:
		return o.saved, o.found, o.err
	case <-ctx.Done():
		return saved, false, ctx.Err()
	}
}

// send takes batches until nothing waits.
func (s *Store) send() {
	for {
		batch := s.saver.take()
		if batch == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), callTime)
		if len(batch) == 1 {
			s.sendOne(ctx, batch[0])
		} else {
			s.sendTogether(ctx, batch)
		}
		cancel()
	}
}

// take returns what goes together next, no respondent twice; nil, and there is
// one sender less, when nothing waits.
func (q *saver) take() (batch []*saving) {
	q.mu.Lock()
	defer q.mu.Unlock()
	in := map[[2]string]bool{}
	var later []*saving
	for i, w := range q.waiting {
		if len(batch) == batchSaves {
			later = append(later, q.waiting[i:]...)
			break
		}
		who := [2]string{w.v.Round, w.v.Respondent}
		if in[who] {
			later = append(later, w)
			continue
		}
		in[who] = true
		batch = append(batch, w)
	}
	q.waiting = later
	if len(batch) == 0 {
		q.senders--
	}
	return batch
}

func (s *Store) sendTogether(ctx context.Context, batch []*saving) {
	models, ids := make([]mongo.WriteModel, len(batch)), make(bson.A, len(batch))
	for i, w := range batch {
		change := w.change()
		change["$set"].(bson.M)["mark"] = w.mark
		ids[i] = key(w.v.Round, w.v.Respondent)
		models[i] = mongo.NewUpdateOneModel().SetFilter(saveFilter(w.v.Round, w.v.Respondent, w.opening, false)).SetUpdate(change)
	}
	start := time.Now()
	_, err := s.response.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	if _, some := err.(mongo.BulkWriteException); err != nil && !some {
		for _, w := range batch {
			w.done <- outcome{err: told(err)}
		}
		return
	}
	_ = start
	left := map[string]response{}
	cursor, err := s.response.Find(ctx, bson.M{"_id": bson.M{"$in": ids}}, options.Find().SetProjection(notAnswers).SetBatchSize(batchSaves))
	if err == nil {
		var docs []response
		err = cursor.All(ctx, &docs)
		for _, d := range docs {
			left[d.ID] = d
		}
	}
	for _, w := range batch {
		d := left[key(w.v.Round, w.v.Respondent)]
		switch {
		case err != nil:
			w.done <- outcome{err: told(err)}
		case d.Mark == w.mark:
			w.done <- outcome{saved: d, found: true}
		default:
			s.sendOne(ctx, w)
		}
	}
}

func (s *Store) sendOne(ctx context.Context, w *saving) {
	saved, err := s.changeResponse(ctx, saveFilter(w.v.Round, w.v.Respondent, w.opening, false), w.change())
	w.done <- result(saved, err)
}

func (w *saving) change() bson.M {
	set := bson.M{"day": w.v.Day}
	for id, sealed := range w.v.Items {
		set["items."+field(id)] = sealed
	}
	return bson.M{"$set": set, "$inc": bson.M{"version": 1}}
}
