// Package personal holds what the installation does with what it stores of
// people: it tells one what that is, corrects it, erases it, and lets it go when
// its time is out (gallring). It never opens an answer.
package personal

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/intake"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/trail"
)

// LetterCards is the kind of the cards that a person's letters are; their ids are
// ROUND/PERSON.
const LetterCards = round.LetterCards

// Service does it. It holds no state that another process would need.
type Service struct {
	store   store.Store
	rounds  *round.Service
	intake  *intake.Service
	actions *action.Service
	log     *trail.Log
	now     func() time.Time
}

// New ties the service to a store and its rounds, to whose log it writes.
func New(st store.Store, rounds *round.Service, now func() time.Time) *Service {
	return &Service{st, rounds, intake.New(st, rounds.Log(), now), action.New(st, rounds.Log(), now), rounds.Log(), now}
}

// Reach is what somebody may know and do of people: what lies in the units where
// they may ManagePeople, in the organisation as it stands and in each round as
// it was frozen.
type Reach struct {
	id     access.Identity
	own    string    // the one person that it is, for one who asks about oneself,
	email  string    // by this address: an id may have been another's before,
	top    string    // and below this unit, "" for anywhere: others may write the same
	tree   *org.Tree // as it stands; nil where none is imported
	rounds []placedRound
}

type placedRound struct {
	round.Round
	tree *org.Tree
}

// Reach returns how far somebody's right to manage people goes at this moment.
func (s *Service) Reach(ctx context.Context, id access.Identity) (*Reach, error) {
	r := &Reach{id: id}
	units, _, err := s.store.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	if len(units) > 0 {
		if r.tree, err = org.NewTree(units); err != nil {
			return nil, err
		}
	}
	rounds, err := s.rounds.Rounds(ctx)
	if err != nil {
		return nil, err
	}
	for _, one := range rounds {
		if one.Units == "" {
			continue // a draft asks nobody yet
		}
		tree, err := s.rounds.Tree(ctx, one)
		if err != nil {
			return nil, err
		}
		r.rounds = append(r.rounds, placedRound{one, tree})
	}
	return r, nil
}

// Own returns the reach of a person who was invited to a round and asks about
// oneself.
func (s *Service) Own(ctx context.Context, id, person string) (*Reach, error) {
	in, err := s.rounds.Round(ctx, id)
	if err != nil {
		return nil, err
	}
	inv, err := s.rounds.Person(ctx, id, person)
	if err != nil {
		return nil, err
	}
	r, err := s.Reach(ctx, access.Identity{})
	if err == nil {
		r.own, r.email, r.top = person, inv.Email, in.Top
	}
	return r, err
}

// Whole tells whether it is the whole installation.
func (r *Reach) Whole() bool {
	return r.tree != nil && r.id.May(access.ManagePeople, r.tree.Root().ID, r.tree)
}

// person tells whether a person who is placed in a unit of a tree is within it.
func (r *Reach) person(person, email, unit string, tree *org.Tree) bool {
	return r.owns(unit, tree) && r.own == person && strings.EqualFold(r.email, email) || r.id.May(access.ManagePeople, unit, tree)
}

// owns tells whether one who asks about oneself may know of a unit of a tree.
func (r *Reach) owns(unit string, tree *org.Tree) bool {
	return r.own != "" && (r.top == "" || tree != nil && tree.Within(unit, r.top))
}

// grants returns those of an account that are for units within it.
func (r *Reach) grants(a access.Account) (out []access.Grant) {
	for _, g := range a.Grants {
		if r.owns(g.Unit, r.tree) || r.Whole() || r.id.May(access.ManagePeople, g.Unit, r.tree) {
			out = append(out, g)
		}
	}
	return out
}

// account tells whether an account is within it; one without any role is the
// installation's.
func (r *Reach) account(a access.Account) bool {
	return r.Whole() || r.own != "" && r.top == "" || len(r.grants(a)) > 0
}

// groups returns the groups of an account that may be told of: what they give may
// lie anywhere.
func (r *Reach) groups(a access.Account) []string {
	if r.Whole() || r.own != "" && r.top == "" {
		return a.Groups
	}
	return nil
}

// reminded tells of an action whether it is within it and one of some addresses is
// reminded of it.
func (r *Reach) reminded(emails []string) func(action.Action) bool {
	return func(a action.Action) bool {
		return a.Email != "" && slices.ContainsFunc(emails, func(email string) bool { return strings.EqualFold(email, a.Email) }) &&
			(r.Whole() || r.owns(a.Unit, r.tree) || r.id.May(access.ManagePeople, a.Unit, r.tree))
	}
}

// all tells whether everything that an account may do is within it: who else
// has given it a role is not to lose that. A role to manage access is theirs alone
// who manage it there.
func (r *Reach) all(a access.Account) bool {
	if slices.ContainsFunc(a.Grants, func(g access.Grant) bool { return g.ManagesAccounts() && !r.managesAccess(g.Unit) }) {
		return false
	}
	return r.Whole() || len(a.Grants) > 0 && len(r.grants(a)) == len(a.Grants)
}

// managesAccess tells whether it is of one who manages access in a unit; in one
// that is gone, whoever manages the whole.
func (r *Reach) managesAccess(unit string) bool {
	return r.tree != nil && (r.id.May(access.ManageAccounts, unit, r.tree) || r.id.May(access.ManageAccounts, r.tree.Root().ID, r.tree))
}

// line tells whether a line of the log about somebody is within it, who is known
// in some rounds; one who asks about oneself is told of those rounds alone.
func (r *Reach) line(e trail.Event, rounds []InRound) bool {
	if r.own != "" {
		return slices.ContainsFunc(rounds, func(in InRound) bool { return in.Round == e.Round })
	}
	return r.Whole() || e.Unit != "" && r.id.May(access.ManagePeople, e.Unit, r.tree)
}
