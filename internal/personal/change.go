package personal

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/trail"
)

// Correct gives a person another name and address, in the organisation and in
// every open round within reach, and returns the rounds. Rounds that are closed
// keep what stood there. fail.Invalid when either can't be; fail.NotFound when
// the person is nowhere within reach.
func (s *Service) Correct(ctx context.Context, actor string, reach *Reach, person, name, email string) (rounds []string, err error) {
	name, email = strings.TrimSpace(name), strings.TrimSpace(email)
	switch {
	case name == "":
		return nil, fail.New(fail.Invalid, "Skriv ett namn.", "Write a name.").At("name")
	case !org.ValidAddress(email):
		return nil, fail.New(fail.Invalid, "Skriv e-postadressen som namn@kommunen.se, eller lämna fältet tomt.", "Write the e-mail address as name@kommunen.se, or leave the field empty.").At("email")
	}
	record, err := s.Record(ctx, reach, person)
	if err != nil {
		return nil, err
	}
	if record.Organisation != nil {
		p := record.Organisation.Person
		p.Name, p.Email = name, email
		if _, err := s.intake.PutPerson(ctx, actor, p.Unit, p); err != nil {
			return nil, err
		}
	}
	for _, in := range record.Rounds {
		if in.State != round.Open || in.Invitation.Name == name && in.Invitation.Email == email {
			continue
		}
		if _, err := s.rounds.Correct(ctx, actor, in.Round, person, name, email); err != nil {
			return rounds, err
		}
		rounds = append(rounds, in.Round)
	}
	return rounds, nil
}

// logUnit returns the unit under which the log tells of a change to somebody
// placed in unit; "" where that is the top.
func (r *Reach) logUnit(unit string) string {
	if r.tree == nil || unit == r.tree.Root().ID {
		return ""
	}
	return unit
}

// replaced tells whether an import under a unit may have replaced somebody within
// reach: one below it, or above.
func (r *Reach) replaced(unit string) bool {
	if r.tree == nil {
		return false
	}
	return r.id.May(access.ManagePeople, unit, r.tree) || slices.ContainsFunc(r.id.Top(access.ManagePeople, r.tree), func(u org.Unit) bool { return r.tree.Within(u.ID, unit) })
}

// Erased is what went.
type Erased struct {
	Organisation bool
	Rounds       []string
	Letters      int
	Actions      int // whose address to remind went
	Account      bool
}

// erasureCards is the kind of the cards that tell, under a person's id, in which
// rounds to erase once more: another process may have taken an answer in those
// seconds for which it knows an invitation.
const erasureCards = "erasure"

// onceMore is how long after an erasure it is done again: longer than a process
// knows an invitation and a session, and a save may take.
const onceMore = time.Minute

type erasure struct {
	Person string   `json:"person"`
	Rounds []string `json:"rounds"`
}

// Erase forgets a person: in the organisation, and in every round within reach
// the invitation, the response, the letters and the sessions; the address to
// remind in actions; and the account
// too, if asked and all its roles lie within reach: fail.Conflict when it is the
// last that manages access. What has been computed stays as it is, and so do the
// lines of the log, which hold ids alone.
func (s *Service) Erase(ctx context.Context, actor string, reach *Reach, person string, account bool) (Erased, error) {
	var gone Erased
	record, err := s.Record(ctx, reach, person)
	if err != nil {
		return gone, err
	}
	if account && record.Account != nil && !record.Account.All {
		return gone, fail.New(fail.Forbidden, "Kontot har roller som du inte sköter. Be en administratör att ta bort dem, och radera resten utan att kryssa i kontot.",
			"The account has roles that you do not manage. Ask an administrator to take them away, and erase the rest without ticking the account.")
	}
	if account && record.Account != nil {
		accounts, err := s.store.Accounts(ctx)
		if err == nil && reach.tree != nil {
			err = access.LeavesSomebody(accounts, reach.tree, record.Account.ID, record.Account.Grants)
		}
		if err != nil {
			return gone, err
		}
	}
	again := erasure{Person: person}
	for _, in := range record.Rounds {
		again.Rounds = append(again.Rounds, in.Round)
		if string(in.Letters) != "null" {
			gone.Letters++
		}
	}
	if len(again.Rounds) > 0 { // first, so that it is done though this is cut off
		if _, err := card.Update(ctx, s.store, erasureCards, person, func(e *erasure) (time.Time, error) {
			e.Person = person
			for _, id := range again.Rounds {
				if !slices.Contains(e.Rounds, id) {
					e.Rounds = append(e.Rounds, id)
				}
			}
			return s.now().Add(onceMore), nil
		}); err != nil {
			return gone, err
		}
	}
	unit := ""
	if record.Organisation != nil {
		unit = reach.logUnit(record.Organisation.Unit)
		if err := s.intake.RemovePerson(ctx, actor, record.Organisation.Unit, person); err != nil {
			return gone, err
		}
		gone.Organisation = true
	} else if len(record.Rounds) > 0 {
		unit = reach.logUnit(record.Rounds[0].Invitation.Unit)
	}
	if err := s.intake.Forget(ctx, reach.replaced); err != nil {
		return gone, err
	}
	if gone.Rounds, err = s.forget(ctx, again); err != nil {
		return gone, err
	}
	if gone.Actions, err = s.actions.Forget(ctx, func(a action.Action) bool {
		return slices.ContainsFunc(record.Actions, func(in InAction) bool { return in.ID == a.ID && strings.EqualFold(in.Email, a.Email) })
	}); err != nil {
		return gone, err
	}
	if gone.Organisation || len(gone.Rounds) > 0 || gone.Actions > 0 {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "person.forget", Unit: unit, Subject: person, Detail: strings.Join(gone.Rounds, ", ")})
	}
	if account && record.Account != nil {
		if err := s.store.DeleteAccount(ctx, record.Account.ID); err != nil {
			return gone, err
		}
		gone.Account = true
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "access.forget", Unit: unit, Subject: record.Account.ID})
	}
	return gone, nil
}

// forget forgets a person in some rounds.
func (s *Service) forget(ctx context.Context, e erasure) ([]string, error) {
	for _, id := range e.Rounds {
		if err := s.store.DropAnswering(ctx, id, e.Person); err != nil {
			return nil, err
		}
		if err := s.store.DeleteCard(ctx, LetterCards, id+"/"+e.Person); err != nil {
			return nil, err
		}
	}
	return s.rounds.Forget(ctx, e.Person, func(r round.Round) bool { return slices.Contains(e.Rounds, r.ID) })
}

// eraseAgain does the erasures that are to be done once more.
func (s *Service) eraseAgain(ctx context.Context) error {
	for c, err := range s.store.DueCards(ctx, erasureCards, s.now()) {
		if err != nil {
			return err
		}
		e, err := card.Get[erasure](ctx, s.store, erasureCards, c.ID)
		if err != nil {
			return err
		}
		for _, id := range e.Rounds { // the response may have come back, without the invitation
			if err := s.rounds.ForgetAgain(ctx, id, e.Person); err != nil {
				return err
			}
		}
		if _, err := s.forget(ctx, e); err != nil {
			return err
		}
		if err := s.store.DeleteCard(ctx, erasureCards, c.ID); err != nil {
			return err
		}
	}
	return nil
}
