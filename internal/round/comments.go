package round

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/survey"
)

// The kinds of the cards that comments are: what was written, as closing left
// it, under ROUND/BATCH/NUMBER, and what has been decided of it, under
// ROUND/BATCH/THEME. Neither has anybody's name, role, unit or time.
const (
	CommentCards  = "comment"
	DecisionCards = "comment.decision"
)

// commentBytes is about how many bytes of comments go in one card: far below
// what a store takes.
const commentBytes = 200_000

// written is a comment, or what was given as evidence of a fact, as it is stored:
// after closing nothing ties it to a person but its words.
type written struct {
	ID       string `json:"id"`
	Item     string `json:"item"`
	Unit     string `json:"unit,omitempty"` // under which a comment may be read
	Text     string `json:"text"`
	Evidence bool   `json:"evidence,omitempty"`
}

// sealedText is the body of a card of comments.
type sealedText struct {
	Box []byte `json:"box"`
}

// heard gathers, while closing reads the responses, what was written in them.
type heard struct {
	people   int
	remarks  []analysis.Remark
	texts    []string // of the remarks
	evidence []written
}

// add takes in what one person has written, by item.
func (h *heard) add(rec *record, set *survey.Set, notes map[string]Entry) {
	h.people++
	for item, note := range notes {
		if text := strings.TrimSpace(note.Comment); text != "" {
			h.remarks = append(h.remarks, analysis.Remark{Person: h.people, Roles: slices.Clone(rec.roles), Unit: rec.unit, Item: item})
			h.texts = append(h.texts, text)
		}
		if it, ok := set.Item(item); ok && it.Kind == survey.Fact {
			if text := strings.TrimSpace(note.Evidence); text != "" {
				h.evidence = append(h.evidence, written{ID: keys.Random(), Item: item, Text: text, Evidence: true})
			}
		}
	}
}

// notesByItem reads the notes that come after a record's answers into out, which
// is emptied first.
func notesByItem(set *survey.Set, rest []byte, out map[string]Entry) error {
	clear(out)
	notes, err := decodeNotes(set, rest)
	for _, n := range notes {
		out[n.Item] = n
	}
	return err
}

// kept returns the comments that may be read and what was given as evidence of
// facts, in random order: neither that nor their ids tell which of them belong
// together.
func (h *heard) kept(res *analysis.Result) []written {
	out := h.evidence
	for i, unit := range res.Attribute(h.remarks) {
		if unit != "" {
			out = append(out, written{ID: keys.Random(), Item: h.remarks[i].Item, Unit: unit, Text: h.texts[i]})
		}
	}
	rand.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// putComments stores what closing found under a name of its own, which it
// returns: of two who compute the same closing each stores its own, and the round
// says whose counts. "" where there are none.
func (s *Service) putComments(ctx context.Context, round string, comments []written) (batch string, err error) {
	if len(comments) == 0 {
		return "", nil
	}
	batch = keys.Random()
	var cards []card.Card
	for from := 0; from < len(comments); {
		to, size := from, 0
		for ; to < len(comments) && (to == from || size < commentBytes); to++ {
			size += len(comments[to].Text)
		}
		id := fmt.Sprintf("%s/%s/%04d", round, batch, len(cards))
		c := card.Card{Kind: CommentCards, ID: id, Version: 1}
		plain, err := json.Marshal(comments[from:to])
		if err != nil {
			return "", err
		}
		box, err := s.keys.Seal(plain, round, CommentCards, id)
		if err != nil {
			return "", err
		}
		if c.Body, err = json.Marshal(sealedText{box}); err != nil {
			return "", err
		}
		cards, from = append(cards, c), to
	}
	return batch, s.store.PutCards(ctx, slices.Values(cards))
}

// dropComments forgets the comments of a round but those of the batch keep, and
// what was decided of them.
func (s *Service) dropComments(ctx context.Context, round, keep string) error {
	return s.dropCards(ctx, round+"/", func(id string) bool { return keep != "" && strings.HasPrefix(id, round+"/"+keep+"/") })
}

// dropBatch forgets one batch.
func (s *Service) dropBatch(ctx context.Context, round, batch string) error {
	if batch == "" {
		return nil
	}
	return s.dropCards(ctx, round+"/"+batch+"/", func(string) bool { return false })
}

func (s *Service) dropCards(ctx context.Context, prefix string, keep func(id string) bool) error {
	for _, kind := range []string{CommentCards, DecisionCards} {
		var gone []string
		for c, err := range s.store.Cards(ctx, kind, prefix) {
			if err != nil {
				return err
			}
			if !keep(c.ID) {
				gone = append(gone, c.ID)
			}
		}
		for _, id := range gone {
			if err := s.store.DeleteCard(ctx, kind, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// written returns the comments of a round as closing left them.
func (s *Service) written(ctx context.Context, r Round) (comments []written, err error) {
	all, err := s.texts(ctx, r)
	for _, w := range all {
		if !w.Evidence {
			comments = append(comments, w)
		}
	}
	return comments, err
}

// FactEvidence returns what those asked a fact have written as evidence of it, in
// no order that says who. It is for those who review facts. fail.Conflict where
// the round is not published.
func (s *Service) FactEvidence(ctx context.Context, r Round, item string) (texts []string, err error) {
	if r.State != Published {
		return nil, errUnpublished
	}
	all, err := s.texts(ctx, r)
	for _, w := range all {
		if w.Evidence && w.Item == item {
			texts = append(texts, w.Text)
		}
	}
	return texts, err
}

// texts reads what was written in a round, as closing left it. It never changes:
// it is read once.
func (s *Service) texts(ctx context.Context, r Round) ([]written, error) {
	if r.Comments == "" {
		return nil, nil
	}
	if all, ok := s.comments.Get(r.Comments); ok {
		return all, nil
	}
	var all []written
	for c, err := range s.store.Cards(ctx, CommentCards, r.ID+"/"+r.Comments+"/") {
		if err != nil {
			return nil, err
		}
		var sealed sealedText
		if err := json.Unmarshal(c.Body, &sealed); err != nil {
			return nil, err
		}
		plain, err := s.keys.Open(nil, sealed.Box, r.ID, CommentCards, c.ID)
		if err != nil {
			return nil, fmt.Errorf("open comments: %w", err)
		}
		var some []written
		if err := json.Unmarshal(plain, &some); err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	s.comments.Add(r.Comments, all)
	return all, nil
}
