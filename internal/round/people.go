package round

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
)

// Invite asks one more person in an open round, or again one who was said to
// have left. fail.Conflict when the person is invited already; fail.Invalid when
// the round has no such unit or asks the person nothing.
func (s *Service) Invite(ctx context.Context, actor, id string, p org.Person) (Invitation, error) {
	return s.inTurn(ctx, id, func() (Invitation, error) { return s.inviteOne(ctx, actor, id, p) })
}

func (s *Service) inviteOne(ctx context.Context, actor, id string, p org.Person) (Invitation, error) {
	r, set, tree, err := s.openNow(ctx, id)
	if err != nil {
		return Invitation{}, err
	}
	if _, ok := tree.Unit(p.Unit); !ok {
		return Invitation{}, errNoUnit
	}
	inv, err := s.store.Invitation(ctx, id, p.ID)
	if err == nil && !inv.Left {
		return inv, fail.New(fail.Conflict, "Personen är redan inbjuden.", "The person is invited already.").At("id")
	}
	if err != nil && !fail.Is(err, fail.NotFound) {
		return inv, err
	}
	made := slices.Collect(s.invite(id, set, []org.Person{p}, new(int)))
	if len(made) == 0 {
		return inv, fail.New(fail.Invalid, "Omgången har ingen fråga till personens roll.", "The round asks nothing of the person's role.").At("role")
	}
	made[0].Issue = inv.Issue // the link that was sent before works again
	made[0].Link = keys.Hash(s.LinkToken(made[0]))
	if inv, err = s.putOne(ctx, actor, "person.invite", r, made[0], inv); err != nil {
		return inv, err
	}
	return s.settle(ctx, set, inv)
}

var errNoUnit = fail.New(fail.Invalid, "Enheten finns inte i omgången. Enheterna är låsta sedan den öppnade.", "The unit is not in the round. The units are fixed since it opened.").At("unit")

// Move places an invited person in another unit of an open round. What the
// person has answered moves along.
func (s *Service) Move(ctx context.Context, actor, id, person, unit string) (Invitation, error) {
	return s.inTurn(ctx, id, func() (Invitation, error) { return s.move(ctx, actor, id, person, unit) })
}

func (s *Service) move(ctx context.Context, actor, id, person, unit string) (Invitation, error) {
	r, set, tree, err := s.openNow(ctx, id)
	if err != nil {
		return Invitation{}, err
	}
	before, err := s.store.Invitation(ctx, id, person)
	if err != nil {
		return before, err
	}
	if _, ok := tree.Unit(unit); !ok {
		return before, errNoUnit
	}
	inv := before
	inv.Unit = unit
	if inv, err = s.putOne(ctx, actor, "person.move", r, inv, before); err != nil {
		return inv, err
	}
	return s.settle(ctx, set, inv)
}

// settle lays what a person has submitted under the unit and roles that the
// invitation has, and returns that as it is now.
func (s *Service) settle(ctx context.Context, set *survey.Set, inv Invitation) (Invitation, error) {
	inv, err := s.store.Invitation(ctx, inv.Round, inv.Person)
	if err != nil || inv.Status != Submitted {
		return inv, err
	}
	return inv, s.pack(ctx, set, inv, func(resp opened) (day string, err error) { return resp.Day, nil })
}

// Person returns one person's invitation as it is now; fail.NotFound.
func (s *Service) Person(ctx context.Context, id, person string) (Invitation, error) {
	return s.store.Invitation(ctx, id, person)
}

// Leave tells that an invited person has left: no letter goes out any more, and
// the link does not work. What was submitted counts; one who has not submitted
// is no longer counted among those asked.
func (s *Service) Leave(ctx context.Context, actor, id, person string) (Invitation, error) {
	return s.amend(ctx, actor, "person.leave", id, person, func(inv *Invitation, _ *survey.Set) {
		inv.Left, inv.Counts = true, inv.Counts && inv.Status == Submitted
	})
}

// Return takes back Leave.
func (s *Service) Return(ctx context.Context, actor, id, person string) (Invitation, error) {
	return s.amend(ctx, actor, "person.return", id, person, func(inv *Invitation, set *survey.Set) {
		inv.Left, inv.Counts = false, counts(set, inv.Roles)
	})
}

// Correct gives an invited person another name and address.
func (s *Service) Correct(ctx context.Context, actor, id, person, name, email string) (Invitation, error) {
	return s.amend(ctx, actor, "person.correct", id, person, func(inv *Invitation, _ *survey.Set) { inv.Name, inv.Email = name, email })
}

// ReplaceLink gives an invited person a new personal link; the old one stops
// working, but who has followed it is not signed out (access.Store.DropAnswering).
func (s *Service) ReplaceLink(ctx context.Context, actor, id, person string) (Invitation, error) {
	return s.amend(ctx, actor, "link.replace", id, person, func(inv *Invitation, _ *survey.Set) {
		inv.Issue++
		inv.Link = keys.Hash(s.LinkToken(*inv))
	})
}

func (s *Service) amend(ctx context.Context, actor, action, id, person string, change func(*Invitation, *survey.Set)) (Invitation, error) {
	return s.inTurn(ctx, id, func() (Invitation, error) { return s.amendOne(ctx, actor, action, id, person, change) })
}

func (s *Service) amendOne(ctx context.Context, actor, action, id, person string, change func(*Invitation, *survey.Set)) (Invitation, error) {
	r, set, _, err := s.openNow(ctx, id)
	if err != nil {
		return Invitation{}, err
	}
	before, err := s.store.Invitation(ctx, id, person)
	if err != nil {
		return before, err
	}
	inv := before
	change(&inv, set)
	return s.putOne(ctx, actor, action, r, inv, before)
}

// turnWait is how long one who changes somebody of a round waits for another.
const turnWait = 5 * time.Second

// inTurn does work on the people of a round while nobody else changes any: what
// work reads of a person it may store.
func (s *Service) inTurn(ctx context.Context, id string, work func() (Invitation, error)) (inv Invitation, err error) {
	for until := time.Now().Add(turnWait); ; time.Sleep(10 * time.Millisecond) {
		begun := false
		err = s.alone(ctx, id+"/people", func() error {
			begun = true
			inv, err = work()
			return err
		})
		if begun || !errors.Is(err, errBusy) || time.Now().After(until) {
			return inv, err
		}
	}
}

// openNow returns a round that is open, what it asks and its units;
// fail.Conflict for another.
func (s *Service) openNow(ctx context.Context, id string) (Round, *survey.Set, *org.Tree, error) {
	r, err := s.store.Round(ctx, id)
	if err != nil {
		return r, nil, nil, err
	}
	if r.State != Open {
		return r, nil, nil, notFrom(r, "ändras så", "changed in that way")
	}
	set, err := s.Set(ctx, r)
	if err != nil {
		return r, nil, nil, err
	}
	tree, err := s.Tree(ctx, r)
	return r, set, tree, err
}

// putOne stores one person's invitation, and how many that makes.
func (s *Service) putOne(ctx context.Context, actor, action string, r Round, inv, before Invitation) (Invitation, error) {
	if err := s.store.PutInvitations(ctx, r.ID, slices.Values([]Invitation{inv})); err != nil {
		return inv, err
	}
	s.invited.Forget([2]string{r.ID, inv.Person})
	if inv.Counts != before.Counts {
		if err := s.recount(ctx, r.ID); err != nil {
			return inv, err
		}
	}
	detail := ""
	if action == "person.move" {
		detail = before.Unit + " → " + inv.Unit
	}
	s.log.Note(ctx, trail.Event{Actor: actor, Action: action, Unit: r.Top, Round: r.ID, Subject: inv.Person, Detail: detail})
	return inv, nil
}

// recount brings a round's Invited up to date. It counts anew in the step that
// stores it: so two changes at once are both counted, and none twice.
func (s *Service) recount(ctx context.Context, id string) error {
	_, err := s.store.UpdateRound(ctx, id, func(r *Round) error {
		counts, err := s.store.Counts(ctx, id)
		r.Invited = 0
		for _, c := range counts {
			r.Invited += c.Invited
		}
		return err
	})
	return err
}

// Forget forgets a person's invitation and answers in every round; the frozen
// documents stay as they are. It returns the rounds that the person was in.
func (s *Service) Forget(ctx context.Context, person string, in func(Round) bool) (rounds []string, err error) {
	all, err := s.store.Rounds(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if !in(r) {
			continue
		}
		inv, err := s.store.Invitation(ctx, r.ID, person)
		if fail.Is(err, fail.NotFound) {
			continue
		}
		if err != nil {
			return rounds, err
		}
		if err := s.store.ForgetPerson(ctx, r.ID, person, s.keys.Respondent(r.ID, person)); err != nil {
			return rounds, err
		}
		s.invited.Forget([2]string{r.ID, person})
		rounds = append(rounds, r.ID)
		if r.State == Open && inv.Counts {
			if err := s.recount(ctx, r.ID); err != nil {
				return rounds, err
			}
		}
	}
	return rounds, nil
}

// Retire forgets the invitations, responses and comments of the rounds that were
// published before a moment (gallring). The documents stay. It returns those rounds.
func (s *Service) Retire(ctx context.Context, before time.Time) (retired []Round, err error) {
	all, err := s.store.Rounds(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.State != Published || r.Forgotten || !r.PublishedAt.Before(before) {
			continue
		}
		if err := s.store.ForgetPeople(ctx, r.ID); err != nil {
			return retired, err
		}
		if err := s.dropComments(ctx, r.ID, ""); err != nil {
			return retired, err
		}
		if r, err = s.store.UpdateRound(ctx, r.ID, func(r *Round) error { r.Forgotten, r.Comments = true, ""; return nil }); err != nil {
			return retired, err
		}
		s.note(ctx, trail.System, "round.retire", r, "")
		retired = append(retired, r)
	}
	return retired, nil
}
