package round

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/recent"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
)

// Service is everything that can be done with rounds. It holds no state that
// another process would need: what it keeps never changes, or is kept for moments.
type Service struct {
	store Store
	keys  *keys.Ring
	now   func() time.Time
	log   *trail.Log

	frozen     sync.Map                             // hash → *survey.Set or *org.Tree
	openRounds *recent.Cache[string, Round]         // by id; none that is not open
	invited    *recent.Cache[[2]string, Invitation] // by round and person
	documents  *lru.Cache[string, *analysis.Document]
	comments   *lru.Cache[string, []written] // by batch
}

// What a save knows of the round and the person may be so old. That the round is
// open the store judges again when it saves; who is asked what stands while it is.
const (
	roundKept      = time.Second
	invitationKept = 10 * time.Second
)

// documentsKept is how many documents are kept read: the pages that people look
// at in a day.
const documentsKept = 512

// commentsKept is of how many rounds the comments are kept read.
const commentsKept = 4

// NewService ties rounds to a store and the installation's keys; now tells the
// time, so that the demo can make rounds of earlier years.
func NewService(store Store, ring *keys.Ring, now func() time.Time) *Service {
	documents, err := lru.New[string, *analysis.Document](documentsKept)
	if err != nil {
		panic(err) // only for a size below one
	}
	comments, err := lru.New[string, []written](commentsKept)
	if err != nil {
		panic(err) // as above
	}
	return &Service{store: store, keys: ring, now: now, comments: comments, log: trail.New(store, ring, now),
		openRounds: recent.New[string, Round](roundKept), invited: recent.New[[2]string, Invitation](invitationKept), documents: documents}
}

// Log returns the audit log that the service writes to.
func (s *Service) Log() *trail.Log { return s.log }

// Round returns one round; fail.NotFound.
func (s *Service) Round(ctx context.Context, id string) (Round, error) { return s.store.Round(ctx, id) }

// Rounds returns every round, the newest first.
func (s *Service) Rounds(ctx context.Context) ([]Round, error) { return s.store.Rounds(ctx) }

// Counts returns how far the people of each unit have come.
func (s *Service) Counts(ctx context.Context, id string) ([]UnitCount, error) {
	return s.store.Counts(ctx, id)
}

// Set returns the questionnaires that a round froze when it opened.
func (s *Service) Set(ctx context.Context, r Round) (*survey.Set, error) {
	return thaw(ctx, s, r.Survey, survey.Thaw)
}

// Tree returns the units that a round froze when it opened.
func (s *Service) Tree(ctx context.Context, r Round) (*org.Tree, error) {
	tree, err := thaw(ctx, s, r.Units, func(content []byte) (*org.Tree, error) {
		var units []org.Unit
		if err := json.Unmarshal(content, &units); err != nil {
			return nil, err
		}
		return org.NewTree(units)
	})
	if err == nil && len(r.Above) > 0 {
		tree = tree.Under(r.Above)
	}
	return tree, err
}

// thaw reads a frozen blob once a process: its hash is its name, so it is
// always the same.
func thaw[T any](ctx context.Context, s *Service, hash string, read func([]byte) (T, error)) (T, error) {
	if v, ok := s.frozen.Load(hash); ok {
		return v.(T), nil
	}
	var none T
	content, err := s.store.Blob(ctx, hash)
	if err != nil {
		return none, fmt.Errorf("frozen content %s: %w", hash, err)
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != hash {
		return none, fmt.Errorf("frozen content %s has been changed in the database", hash)
	}
	v, err := read(content)
	if err != nil {
		return none, fmt.Errorf("frozen content %s: %w", hash, err)
	}
	s.frozen.Store(hash, v)
	return v, nil
}

// note writes to the audit log what has been done to a round.
func (s *Service) note(ctx context.Context, actor, action string, r Round, detail string) {
	s.log.Note(ctx, trail.Event{Actor: actor, Action: action, Unit: r.Top, Round: r.ID, Detail: detail})
}
