package intake

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/org"
)

// goneCards is the kind of the cards that tell, under the id of a unit that has
// been taken away, the ids of the units from the top down to it. Its id stays
// theirs: roles are given for it, and rounds have results under it.
const goneCards = "unit-gone"

// remember notes the units of one tree that another lacks.
func (s *Service) remember(ctx context.Context, was, is *org.Tree) error {
	for _, u := range was.Units() {
		if _, stays := is.Unit(u.ID); stays {
			continue
		}
		path := append(was.Above(u.ID), u.ID)
		if _, err := card.Update(ctx, s.store, goneCards, u.ID, func(p *[]string) (time.Time, error) { *p = path; return time.Time{}, nil }); err != nil {
			return err
		}
	}
	return nil
}

// scope returns the part below top, knowing the ids that were others' too.
func (s *Service) scope(ctx context.Context, all org.Organisation, tree *org.Tree, top string) (*Scope, error) {
	sc, err := scopeOf(all, tree, top)
	if err != nil {
		return nil, err
	}
	for c, err := range s.store.Cards(ctx, goneCards, "") {
		if err != nil {
			return nil, err
		}
		if _, back := tree.Unit(c.ID); back {
			continue
		}
		var path []string
		if err := json.Unmarshal(c.Body, &path); err != nil {
			return nil, err
		}
		if !slices.Contains(path, top) {
			sc.units[c.ID] = true
		}
	}
	return sc, nil
}
