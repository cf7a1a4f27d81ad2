package mongo

import (
	"context"
	"errors"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
)

// saver sends saves that wait at the same time together, so that they share the
// way to the servers and the wait for a majority's disks; one that is alone goes
// by itself at once. Of a save that went with others nothing is known but what is
// found afterwards: a response carries the mark of the last save that each
// process has made in it. Without its mark a save has not been made, and goes
// again by itself, which tells why.
type saver struct {
	process string // names this process among the marks

	mu      sync.Mutex
	marked  int64
	waiting []*saving
	out     map[[2]string]bool // whose saves are under way: none of theirs goes beside them
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
	mark    int64
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
	w := &saving{v: v, opening: opening, done: make(chan outcome, 1)}
	s.saver.mu.Lock()
	s.saver.marked++
	w.mark = s.saver.marked
	s.saver.waiting = append(s.saver.waiting, w)
	s.wake()
	s.saver.mu.Unlock()
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

// who names the response that a save is of.
func (w *saving) who() [2]string { return [2]string{w.v.Round, w.v.Respondent} }

// take returns what goes together next; nil, and there is one sender less, when
// nothing may.
func (q *saver) take() (batch []*saving) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.out == nil {
		q.out = map[[2]string]bool{}
	}
	var later []*saving
	for i, w := range q.waiting {
		if len(batch) == batchSaves {
			later = append(later, q.waiting[i:]...)
			break
		}
		if q.out[w.who()] {
			later = append(later, w)
			continue
		}
		q.out[w.who()] = true
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
		update := change(w.v)
		update["$set"].(bson.M)["marks."+s.saver.process] = w.mark
		ids[i] = key(w.v.Round, w.v.Respondent)
		models[i] = mongo.NewUpdateOneModel().SetFilter(saveFilter(w.v.Round, w.v.Respondent, w.opening, false)).SetUpdate(update)
	}
	left := map[string]response{}
	// Of one session, what is read is not older than what was written. Without it a
	// server that has just become primary may answer with what a majority had before.
	err := s.client.UseSession(ctx, func(ctx context.Context) error {
		_, err := s.response.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
		if refused, ok := errors.AsType[mongo.BulkWriteException](err); ok && len(refused.WriteErrors) > 0 && refused.WriteConcernError == nil {
			err = nil // of some: those lack their mark, and learn why by themselves
		}
		if err != nil {
			return err
		}
		docs, err := s.without(ctx, ids)
		for _, d := range docs {
			left[d.ID] = d
		}
		return err
	})
	for _, w := range batch {
		switch d := left[key(w.v.Round, w.v.Respondent)]; {
		case err != nil:
			s.settle(w, outcome{err: told(err)})
		case d.Marks[s.saver.process] == w.mark || d.Version == 0: // saved, or there was none to save in
			s.settle(w, outcome{saved: d, found: d.Version > 0})
		default:
			go func() {
				ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
				defer cancel()
				s.sendOne(ctx, w)
			}()
		}
	}
}

// without reads responses without what was answered.
func (s *Store) without(ctx context.Context, ids bson.A) (docs []response, err error) {
	cursor, err := s.response.Find(ctx, bson.M{"_id": bson.M{"$in": ids}}, options.Find().SetProjection(notAnswers).SetBatchSize(batchSaves+1))
	if err == nil {
		err = cursor.All(ctx, &docs)
	}
	return docs, err
}

func (s *Store) sendOne(ctx context.Context, w *saving) {
	saved, err := s.changeResponse(ctx, saveFilter(w.v.Round, w.v.Respondent, w.opening, false), change(w.v))
	if fail.Is(err, fail.NotFound) {
		s.settle(w, outcome{})
		return
	}
	s.settle(w, outcome{saved, err == nil, err})
}

// settle gives a save its outcome; what has waited for it may go.
func (s *Store) settle(w *saving, o outcome) {
	w.done <- o
	s.saver.mu.Lock()
	defer s.saver.mu.Unlock()
	delete(s.saver.out, w.who())
	s.wake()
}

// wake has something sent if something waits and not all are sending. The lock
// is held.
func (s *Store) wake() {
	if len(s.saver.waiting) > 0 && s.saver.senders < senders {
		s.saver.senders++
		go s.send()
	}
}
