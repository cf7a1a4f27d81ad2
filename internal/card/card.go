// Package card holds the small documents that an installation keeps beside the
// rounds: letters, settings with a history, what a register lists. A card is
// under a kind and an id, and is changed by compare-and-swap, so that of two who
// change it at once neither loses what the other wrote.
package card

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/mognad/mognad/internal/fail"
)

// Card is one small document; Body is JSON, far below a store's limit of 16 MB.
type Card struct {
	Kind, ID string
	Version  int64     // one more at every change; 0 for one that is not stored
	Due      time.Time // when somebody should look at it, to the millisecond; zero for never
	Body     []byte
}

// Tally is a count under way.
type Tally struct {
	Name  string
	N     int64
	Until time.Time // when it begins anew, to the millisecond
}

// Store keeps cards. Errors carry a fail.Code.
type Store interface {
	// PutCard stores the card if the one stored has c.Version still (0: if there
	// is none), with a Version one more; fail.Conflict otherwise.
	PutCard(ctx context.Context, c Card) error
	// Card returns one; fail.NotFound.
	Card(ctx context.Context, kind, id string) (Card, error)
	// Cards streams those of a kind whose ids begin with prefix, by id; those of
	// every kind, by kind and id, where both are "".
	Cards(ctx context.Context, kind, prefix string) iter.Seq2[Card, error]
	// DueCards streams those of a kind that are due at a moment, the longest due
	// first.
	DueCards(ctx context.Context, kind string, at time.Time) iter.Seq2[Card, error]
	// PutCards stores cards as they are, in place of those that are there: only
	// for what nobody uses meanwhile.
	PutCards(ctx context.Context, cards iter.Seq[Card]) error
	// DeleteCard forgets one; an unknown one is no error.
	DeleteCard(ctx context.Context, kind, id string) error

	// Tally counts one more of what name stands for and returns how many there
	// are, this one too. The count begins anew when life has passed since the
	// first: for limits that several processes keep together, and for statistics.
	Tally(ctx context.Context, name string, life time.Duration) (int64, error)
	// Tallies streams the counts under way whose names begin with prefix, by name.
	Tallies(ctx context.Context, prefix string) iter.Seq2[Tally, error]
	// PutTallies stores counts as they are, in place of those that are there.
	PutTallies(ctx context.Context, tallies iter.Seq[Tally]) error
}

// Seal tells one state of something from another. A form carries that of what it
// was drawn from: of two who change the same thing, the second is told. v is
// what a card can hold.
func Seal(v any) string {
	content, err := json.Marshal(v)
	if err != nil { // what is stored as JSON can be written as JSON
		panic(err)
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// SealAll tells one state of all cards of a kind whose ids begin with prefix from
// any other, without decoding them.
func SealAll(ctx context.Context, s Store, kind, prefix string) (string, error) {
	sum := sha256.New()
	for c, err := range s.Cards(ctx, kind, prefix) {
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%q %d %d ", c.ID, c.Version, len(c.Body))
		sum.Write(c.Body) // a card that was deleted and made anew has the same version
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Get reads the body of a card; the zero T where there is none.
func Get[T any](ctx context.Context, s Store, kind, id string) (v T, err error) {
	c, err := s.Card(ctx, kind, id)
	if fail.Is(err, fail.NotFound) {
		return v, nil
	}
	if err == nil {
		err = json.Unmarshal(c.Body, &v)
	}
	return v, err
}

// Update applies change to the body of a card, the zero T where there is none,
// and stores what it leaves, due when it says (the zero time: never). When
// another has changed the card meanwhile it starts again with what that one
// wrote. An error of change is returned and nothing is stored.
func Update[T any](ctx context.Context, s Store, kind, id string, change func(*T) (due time.Time, err error)) (v T, err error) {
	for {
		c, err := s.Card(ctx, kind, id)
		if fail.Is(err, fail.NotFound) {
			c, err = Card{Kind: kind, ID: id}, nil
		}
		if err != nil {
			return v, err
		}
		v = *new(T)
		if c.Version > 0 {
			if err := json.Unmarshal(c.Body, &v); err != nil {
				return v, err
			}
		}
		if c.Due, err = change(&v); err != nil {
			return v, err
		}
		if c.Body, err = json.Marshal(v); err != nil {
			return v, err
		}
		if err = s.PutCard(ctx, c); !fail.Is(err, fail.Conflict) {
			return v, err
		}
	}
}

// All reads the bodies of every card of a kind whose id begins with prefix.
func All[T any](ctx context.Context, s Store, kind, prefix string) (out []T, err error) {
	for c, err := range s.Cards(ctx, kind, prefix) {
		if err != nil {
			return nil, err
		}
		var v T
		if err := json.Unmarshal(c.Body, &v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}
