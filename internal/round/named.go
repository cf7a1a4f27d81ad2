package round

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
)

// In an open round (öppen) people answer in their office, and their answers are
// shown by name to those whose role allows it (docs/method.md, What may be
// shown). What follows is the only way to them; it begins with named, which
// refuses every other round.

var (
	errConfidential = fail.New(fail.Forbidden, "Mätomgången är konfidentiell. Vad en person har svarat visas inte för någon.", "The round is confidential. What a person has answered is shown to nobody.")
	errNotSubmitted = fail.New(fail.NotFound, "Personen har inte lämnat in några svar i omgången, eller så är de gallrade.", "The person has submitted no answers in the round, or they have been removed.")
)

// named returns a round whose answers may be shown by name, as it is stored:
// fail.Forbidden for a confidential one, fail.Conflict for one whose results are
// not published, fail.NotFound for none.
func (s *Service) named(ctx context.Context, id string) (Round, *survey.Set, error) {
	r, err := s.store.Round(ctx, id)
	if err != nil {
		return r, nil, err
	}
	if r.Mode != Named {
		return r, nil, errConfidential
	}
	if r.State != Published {
		return r, nil, errUnpublished
	}
	set, err := s.Set(ctx, r)
	return r, set, err
}

// NamedPeople returns those who have submitted in an open round, by unit and
// person. Errors are as of named.
func (s *Service) NamedPeople(ctx context.Context, id string) ([]Invitation, error) {
	if _, _, err := s.named(ctx, id); err != nil {
		return nil, err
	}
	var out []Invitation
	for inv, err := range s.store.Invitations(ctx, id) {
		if err != nil {
			return nil, err
		}
		if inv.Status == Submitted {
			out = append(out, inv)
		}
	}
	return out, nil
}

// Named returns what a person has submitted in an open round. That actor has read
// it is in the log before it is returned. Errors are as of named; fail.NotFound
// also where nothing is submitted.
func (s *Service) Named(ctx context.Context, actor, id, person string) (*Sheet, error) {
	r, set, err := s.named(ctx, id)
	if err != nil {
		return nil, err
	}
	inv, err := s.store.Invitation(ctx, id, person)
	if fail.Is(err, fail.NotFound) || err == nil && inv.Status != Submitted {
		return nil, errNotSubmitted
	}
	if err != nil {
		return nil, err
	}
	resp, err := s.load(ctx, set, id, person)
	if err != nil {
		return nil, err
	}
	if !resp.Submitted {
		return nil, errNotSubmitted
	}
	if err := s.log.Append(ctx, trail.Event{Actor: actor, Action: "answers.read", Unit: r.Top, Round: id, Subject: person}); err != nil {
		return nil, err
	}
	sheet := &Sheet{Round: r, Invitation: inv, Set: set, Entries: resp.entries, Version: resp.Version, Submitted: true, Day: resp.Day}
	for _, it := range set.Items {
		if it.AskedTo(inv.Roles) {
			sheet.Items = append(sheet.Items, it)
		}
	}
	return sheet, nil
}

// Below is somebody who rates the own competence lower than the role requires.
type Below struct {
	Invitation
	Item            string
	Level, Required int
}

// NamedBelow returns who in a unit of an open round is below the required level in
// each competence area, or in one: item "" for all. In the order of the areas, the
// most steps missing first. That actor has read it is in the log before it is
// returned. Errors are as of named.
func (s *Service) NamedBelow(ctx context.Context, actor, id, unit, item string) ([]Below, error) {
	r, set, err := s.named(ctx, id)
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx, r)
	if err != nil {
		return nil, err
	}
	people := map[string]Invitation{} // by what their responses are stored under
	for inv, err := range s.store.Invitations(ctx, id) {
		if err != nil {
			return nil, err
		}
		if inv.Status == Submitted && tree.Within(inv.Unit, unit) {
			people[s.keys.Respondent(id, inv.Person)] = inv
		}
	}
	var out []Below
	for resp, err := range s.store.Responses(ctx, id) {
		if err != nil {
			return nil, err
		}
		inv, ok := people[resp.Respondent]
		if !ok {
			continue
		}
		entries, err := s.open(set, resp)
		if err != nil {
			return nil, err
		}
		for _, it := range set.Items {
			level, required := ownLevel(it, entries[it.ID].Answer), it.RequiredOf(inv.Roles)
			if (item == "" || item == it.ID) && it.OwnCompetence() && it.AskedTo(inv.Roles) && level > 0 && level < required {
				out = append(out, Below{inv, it.ID, level, required})
			}
		}
	}
	at := func(id string) int { it, _ := set.Item(id); return it.Index }
	slices.SortFunc(out, func(a, b Below) int {
		return cmp.Or(cmp.Compare(at(a.Item), at(b.Item)), cmp.Compare(b.Required-b.Level, a.Required-a.Level), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Person, b.Person))
	})
	if err := s.log.Append(ctx, trail.Event{Actor: actor, Action: "answers.list", Unit: r.Top, Round: id, Detail: strings.TrimSpace(unit + " " + item)}); err != nil {
		return nil, err
	}
	return out, nil
}

// ownLevel is the level that an answer counts as (docs/method.md, Answers).
func ownLevel(it *survey.Item, a survey.Answer) int {
	if a == survey.DontKnow && it.DontKnow == survey.Level1 {
		return 1
	}
	return a.Level()
}
