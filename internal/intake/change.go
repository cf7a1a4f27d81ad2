package intake

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/trail"
)

// Store is what bringing in units and people needs of a database.
type Store interface {
	card.Store
	PutOrganisation(ctx context.Context, units []org.Unit, people []org.Person) error
	Organisation(ctx context.Context) (units []org.Unit, people []org.Person, err error)
	SetSetting(ctx context.Context, key, value string) error
	Lease(ctx context.Context, name, holder string, life time.Duration) (bool, error)
}

// Service changes the organisation, and keeps imports that are under way.
type Service struct {
	store Store
	log   *trail.Log
	now   func() time.Time
}

// New ties the service to a store, and to the log of all that it changes.
func New(store Store, log *trail.Log, now func() time.Time) *Service {
	return &Service{store, log, now}
}

// The organisation is changed under a lease, by one at a time; work that takes
// longer than the lease is cut off.
const (
	leaseName = "organisation"
	leaseLife = 40 * time.Second
	workTime  = 30 * time.Second
	leaseWait = 5 * time.Second // for another's change to be done
)

var (
	errBusy   = fail.New(fail.Conflict, "Någon annan ändrar organisationen just nu. Försök igen om en stund.", "Somebody else is changing the organisation right now. Try again in a while.")
	errMoved  = fail.New(fail.Conflict, "Organisationen har ändrats sedan du granskade. Granska ändringarna på nytt innan du godkänner dem.", "The organisation has been changed since your review. Review the changes again before you accept them.")
	errNoTop  = fail.New(fail.Conflict, "Det finns inga enheter än. Den som driver tjänsten lägger in den översta med mognad import.", "There are no units yet. Whoever runs the service adds the topmost with mognad import.")
	errNoUndo = fail.New(fail.Conflict, "Importen går inte att ångra: organisationen har ändrats sedan dess.", "The import can't be undone: the organisation has been changed since.")
)

// alone does work while nobody else changes the organisation.
func (s *Service) alone(ctx context.Context, work func(context.Context) error) error {
	holder := keys.Random()
	for until := time.Now().Add(leaseWait); ; {
		held, err := s.store.Lease(ctx, leaseName, holder, leaseLife)
		if err != nil {
			return err
		}
		if held {
			break
		}
		if time.Now().After(until) {
			return errBusy
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	ctx = context.WithoutCancel(ctx) // what has begun is done, though the browser has gone
	defer s.store.Lease(ctx, leaseName, holder, 0)
	ctx, cancel := context.WithTimeout(ctx, workTime)
	defer cancel()
	return work(ctx)
}

// whole returns the organisation with its tree; errNoTop where there is none.
func (s *Service) whole(ctx context.Context) (org.Organisation, *org.Tree, error) {
	units, people, err := s.store.Organisation(ctx)
	if err != nil {
		return org.Organisation{}, nil, err
	}
	if len(units) == 0 {
		return org.Organisation{}, nil, errNoTop
	}
	tree, err := org.NewTree(units)
	return org.Organisation{Units: units, People: people}, tree, err
}

// Scope returns the part of the organisation below top, as it stands;
// fail.NotFound for an unknown unit.
func (s *Service) Scope(ctx context.Context, top string) (*Scope, error) {
	all, tree, err := s.whole(ctx)
	if err != nil {
		return nil, err
	}
	return s.scope(ctx, all, tree, top)
}

func scopeOf(all org.Organisation, tree *org.Tree, top string) (*Scope, error) {
	unit, ok := tree.Unit(top)
	if !ok {
		return nil, errNoUnit
	}
	sc := &Scope{Top: unit, Now: all.Part(tree, top), units: map[string]bool{}, people: map[string]bool{}}
	sc.Hash = sc.Now.Hash()
	for _, u := range all.Units {
		sc.units[u.ID] = !tree.Within(u.ID, top)
	}
	for _, p := range all.People {
		sc.people[p.ID] = !tree.Within(p.Unit, top)
	}
	return sc, nil
}

// Doing is a change that somebody makes: who, to what lies below which unit, and
// what the log says of it.
type Doing struct {
	Actor, Top              string
	Action, Subject, Detail string
	Successors              map[string]string // unit that is gone → the one that follows it
	undo                    bool              // keep what was
}

// change lets work say what the part below d.Top is to be, and makes it so. An
// error of work is returned and nothing is changed.
func (s *Service) change(ctx context.Context, d Doing, work func(*Scope) (org.Organisation, error)) error {
	return s.alone(ctx, func(ctx context.Context) error {
		all, tree, err := s.whole(ctx)
		if err != nil {
			return err
		}
		scope, err := s.scope(ctx, all, tree, d.Top)
		if err != nil {
			return err
		}
		part, err := work(scope)
		if err != nil {
			return err
		}
		next, err := all.Replace(tree, d.Top, part)
		if err != nil {
			return fail.Wrap(err, fail.Conflict, "Ändringen går inte att göra: ett id används redan, eller en enhet hamnar utanför den översta. Kontrollera och försök igen.", "The change can't be made: an id is used already, or a unit would end outside the topmost. Check and try again.")
		}
		nextTree, err := org.NewTree(next.Units)
		if err != nil {
			return err
		}
		if d.undo {
			if err := s.keep(ctx, d, scope, next.Part(nextTree, d.Top).Hash()); err != nil {
				return err
			}
		}
		if err := s.remember(ctx, tree, nextTree); err != nil {
			return err
		}
		if err := s.store.PutOrganisation(ctx, nextTree.Units(), next.People); err != nil {
			return err
		}
		s.log.Note(ctx, trail.Event{Actor: d.Actor, Action: d.Action, Unit: d.Top, Subject: d.Subject, Detail: d.Detail})
		if err := s.outdate(ctx, d, tree); err != nil {
			return err
		}
		if err := s.follow(ctx, nextTree, d.Successors); err != nil {
			return err
		}
		if name := nextTree.Root().Name; name != tree.Root().Name {
			return s.store.SetSetting(ctx, "owner", name)
		}
		return nil
	})
}

// follow notes which unit follows one that is gone, on the card of every unit
// that a round with the follower in it can have at its top. Who followed one that
// is gone now follows it on; a unit that is back has no follower.
func (s *Service) follow(ctx context.Context, tree *org.Tree, successors map[string]string) error {
	cards := map[string]map[string]string{}
	for old, now := range successors {
		for _, u := range tree.Path(now) {
			if cards[u.ID] == nil {
				cards[u.ID] = map[string]string{}
			}
			cards[u.ID][old] = now
		}
	}
	for c, err := range s.store.Cards(ctx, round.SuccessorCards, "") {
		if err != nil {
			return err
		}
		if cards[c.ID] == nil {
			cards[c.ID] = map[string]string{}
		}
	}
	for top, more := range cards {
		_, err := card.Update(ctx, s.store, round.SuccessorCards, top, func(m *map[string]string) (time.Time, error) {
			if *m == nil {
				*m = map[string]string{}
			}
			for old, now := range *m {
				if next, gone := more[now]; gone {
					(*m)[old] = next
				}
			}
			maps.Copy(*m, more)
			maps.DeleteFunc(*m, func(old, _ string) bool { _, back := tree.Unit(old); return back })
			return time.Time{}, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ReplaceAll makes the organisation what it is told, whatever it was: for the
// command on the server.
func (s *Service) ReplaceAll(ctx context.Context, actor string, tree *org.Tree, people []org.Person) error {
	err := s.alone(ctx, func(ctx context.Context) error {
		_, was, err := s.whole(ctx)
		if err == nil {
			err = s.remember(ctx, was, tree)
		}
		if err != nil && !errors.Is(err, errNoTop) {
			return err
		}
		if err := s.store.PutOrganisation(ctx, tree.Units(), people); err != nil {
			return err
		}
		if err := s.Forget(ctx, func(string) bool { return true }); err != nil {
			return err
		}
		return s.store.SetSetting(ctx, "owner", tree.Root().Name)
	})
	if err != nil {
		return err
	}
	return s.log.Append(ctx, trail.Event{Actor: actor, Action: "organisation.import", Unit: tree.Root().ID, Detail: fmt.Sprintf("%d units, %d people", tree.Len(), len(people))})
}

// unitAt returns the place of a unit in the part, -1 for none.
func unitAt(o org.Organisation, id string) int {
	return slices.IndexFunc(o.Units, func(u org.Unit) bool { return u.ID == id })
}

func personAt(o org.Organisation, id string) int {
	return slices.IndexFunc(o.People, func(p org.Person) bool { return p.ID == id })
}
