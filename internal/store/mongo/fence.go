package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
)

// No answer may be stored once a round has closed, though the round is one
// document and a response another, and no transaction holds them together. So:
//
// A round counts its openings. A response has a fence: the last opening that is
// over for it. A save belongs to the opening that it read from the round, and
// changes a response only if that is later than the fence, in one step.
//
// Closing first stores that the round is closed, then sets the fence of every
// response there is, then tells that it has (Fenced), then returns. A save that
// read "open" before is either in its response before the fence and so there
// when closing returns, or meets the fence and reads the round again.
//
// A response that is made when the scan for fences has passed has none. So a
// response is made empty, with version 0, which nobody sees, and its first save
// belongs to an opening that was read when the response was there already
// (saveFilter: known). Had the scan passed it by, the round was closed before the
// response was made, thus before the round was read, and the save was refused.
// Had it not, there is a fence. Every other save requires a version above 0: of
// what it read before the response was there it makes nothing. So it may have read
// the opening however long ago, and a process need not read it at every save: a
// response of a version above 0 was there when the round was open, and has the
// fence of every opening that is over.
//
// Opening again needs no change of the responses: the next opening is later than
// all their fences. A fence of the former that comes late (two processes, one
// slow) is below the opening and stops nothing of it; and a save of the former
// that comes late meets the fence, or is stored in a round that is open.
//
// A process that dies after it stored "closed" leaves Fenced behind Opening.
// Whoever reads the round next sets the fences before it tells anybody the
// state: so none has seen the round closed when an answer is yet stored.

// fence sees to it that nothing more is saved in a round that is not open.
func (s *Store) fence(ctx context.Context, d roundDoc) error {
	if d.State == round.Open || d.Fenced >= d.Opening {
		return nil
	}
	behind := bson.M{"$lt": d.Opening}
	for tries := 0; ; tries++ {
		// In a sharded cluster that moves documents meanwhile a scan may pass
		// one by: the last one has found none.
		done, err := s.response.UpdateMany(ctx, bson.M{"round": d.ID, "fence": behind}, bson.M{"$set": bson.M{"fence": d.Opening}})
		if err == nil && done.ModifiedCount == 0 {
			break
		}
		if err = told(err); err != nil && (!fail.Is(err, fail.Unavailable) || tries == most || ctx.Err() != nil) {
			return err
		}
	}
	_, err := s.round.UpdateOne(ctx, bson.M{"_id": d.ID, "fenced": behind}, bson.M{"$set": bson.M{"fenced": d.Opening}})
	return told(err)
}
