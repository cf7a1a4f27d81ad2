package round

import (
	"context"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/org"
)

// History is the published rounds of one organisation up to one of them, and
// which units of it were which in the rounds before (docs/method.md, Change
// between years).
type History struct {
	Rounds []Round // the oldest first
	trees  []*org.Tree
}

// History returns the published rounds of r's organisation up to r, which is
// published itself.
func (s *Service) History(ctx context.Context, r Round) (*History, error) {
	all, err := s.store.Rounds(ctx)
	if err != nil {
		return nil, err
	}
	var h History
	for i := len(all) - 1; i >= 0; i-- {
		if o := all[i]; o.State == Published && o.Top == r.Top && (o.ID == r.ID || o.OpensOn < r.OpensOn) {
			tree, err := s.Tree(ctx, o)
			if err != nil {
				return nil, err
			}
			h.Rounds, h.trees = append(h.Rounds, o), append(h.trees, tree)
		}
	}
	return &h, nil
}

// Was returns the id that a unit of the last round had in round i: by its own id,
// else that of the only one that it followed, round by round. It is "" where the
// unit was not part of the round; merged tells that it followed several there,
// and is none of them.
func (h *History) Was(unit string, i int) (was string, merged bool) {
	var successors []map[string]string // since the unit was last part of a round
	was = unit
	for at := len(h.trees) - 2; at >= i; at-- {
		successors = append(successors, h.Rounds[at+1].Successors)
		if was, merged = follows(unit, h.trees[at], successors...); merged {
			return "", true
		}
		if was != "" {
			unit, successors = was, nil
		}
	}
	return was, false
}

// follows returns what a unit was in an earlier round: itself, else the only one
// that it followed; several tells that there is more than one.
func follows(unit string, before *org.Tree, successors ...map[string]string) (was string, several bool) {
	if _, same := before.Unit(unit); same {
		return unit, false
	}
	for _, of := range successors {
		for old, now := range of {
			if _, there := before.Unit(old); !there || now != unit || old == was {
				continue
			}
			if was != "" {
				return "", true
			}
			was = old
		}
	}
	return was, false
}

// Documents returns the unit's documents in the rounds of the history, nil in a
// round that it was not part of.
func (s *Service) Documents(ctx context.Context, h *History, unit string) ([]*analysis.Document, error) {
	out := make([]*analysis.Document, len(h.Rounds))
	for i, r := range h.Rounds {
		was, _ := h.Was(unit, i)
		if was == "" {
			continue
		}
		d, err := s.Document(ctx, r, was)
		if err != nil {
			return nil, err
		}
		out[i] = d
	}
	return out, nil
}
