package access

import (
	"context"
	"slices"

	"github.com/mognad/mognad/internal/org"
)

// Whoever manages all that an account may do can be shown a link to it, and so
// have a session as that account. When the account may do something elsewhere
// too, that session and link must be gone: its owner signs in anew.

// within tells whether a grant is for a unit where some others give something
// already, or below one: who manages those manages it too. Without a tree only
// the same unit counts.
func (g Grant) within(has []Grant, tree *org.Tree) bool {
	return slices.ContainsFunc(has, func(h Grant) bool { return h.Unit == g.Unit || tree != nil && tree.Within(g.Unit, h.Unit) })
}

// held is all that an account may do at some time: by hand, and by the groups
// last told of, which come back when its owner signs in.
func held(a Account, rows []GroupGrant) []Grant { return join(a.Grants, byGroup(a.Groups, rows)) }

// endWidened ends the sessions and links of an account that had some grants and
// is given others, unless those lie within.
func (s *Service) endWidened(ctx context.Context, id string, had, given []Grant, tree *org.Tree) error {
	if !slices.ContainsFunc(given, func(g Grant) bool { return !g.within(had, tree) }) {
		return nil
	}
	return s.endAll(ctx, id)
}
