package personal

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/trail"
)

// Record is all that is stored of one person, but for what was answered.
type Record struct {
	Person       string        `json:"person"`
	At           time.Time     `json:"at"`
	Organisation *Placed       `json:"organisation"` // nil when not in it
	Rounds       []InRound     `json:"rounds"`       // the newest first
	Account      *Account      `json:"account"`      // nil for none
	Actions      []InAction    `json:"actions"`      // that the person is reminded of
	Log          []trail.Event `json:"log"`          // lines about the person, the newest first
}

// Placed is a person in the organisation as it stands.
type Placed struct {
	org.Person
	UnitName string `json:"unit_name"`
}

// InAction is an action that has the person's address, to remind of it.
type InAction struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Email string `json:"email"`
}

// InRound is what a round has of a person.
type InRound struct {
	Round      string      `json:"round"`
	RoundName  string      `json:"round_name"`
	State      round.State `json:"state"`
	Mode       round.Mode  `json:"mode"`
	Invitation struct {
		Name     string       `json:"name"`
		Email    string       `json:"email"`
		Unit     string       `json:"unit"`
		UnitName string       `json:"unit_name"`
		Roles    []org.Role   `json:"roles"`
		Status   round.Status `json:"status"`
		Left     bool         `json:"left"`
		Links    int          `json:"links"` // personal links made, the one that works included
	} `json:"invitation"`
	Response *Response       `json:"response"` // nil when nothing is answered
	Letters  json.RawMessage `json:"letters"`  // as the card of letters has it; null for none
	Sessions []time.Time     `json:"sessions"` // when each browser that has followed the link is signed out
}

// Response is what may be told of a response without opening it.
type Response struct {
	Submitted bool   `json:"submitted"`
	Day       string `json:"day"` // of the last change
	Bytes     int    `json:"sealed_bytes"`
}

// Account is a person's account, as far as the one who asks may know it.
type Account struct {
	ID     string         `json:"id"`
	Name   string         `json:"name"`
	Email  string         `json:"email"`
	Grants []access.Grant `json:"grants"`
	Groups []string       `json:"groups"`
	All    bool           `json:"-"` // every role of it lies within the reach, so that it may be erased
}

var errNoPerson = fail.New(fail.NotFound, "Det finns inga uppgifter om den personen i din del av organisationen. Sök igen; id, namn eller e-post kan vara annorlunda skrivna.",
	"Nothing is stored of that person in your part of the organisation. Search again; the id, name or e-mail may be written differently.")

// Record gathers all that is stored of a person and lies within reach;
// fail.NotFound for nothing. person is the id, or that of an account.
func (s *Service) Record(ctx context.Context, reach *Reach, person string) (*Record, error) {
	r := &Record{Person: person, At: s.now().UTC().Truncate(time.Second), Rounds: []InRound{}, Log: []trail.Event{}}
	emails := []string{person}
	_, people, err := s.store.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		if p.ID == person && reach.person(p.ID, p.Email, p.Unit, reach.tree) {
			unit, _ := reach.tree.Unit(p.Unit)
			r.Organisation = &Placed{p, unit.Name}
			emails = append(emails, p.Email)
		}
	}
	for _, in := range reach.rounds {
		one, err := s.inRound(ctx, reach, in, person)
		if err != nil {
			return nil, err
		}
		if one != nil {
			r.Rounds = append(r.Rounds, *one)
			emails = append(emails, one.Invitation.Email)
		}
	}
	if err := s.sessions(ctx, r); err != nil {
		return nil, err
	}
	if r.Account, err = s.account(ctx, reach, emails); err != nil {
		return nil, err
	}
	if r.Account != nil {
		emails = append(emails, r.Account.ID, r.Account.Email)
	}
	reminded, err := s.actions.All(ctx, reach.reminded(emails))
	if err != nil {
		return nil, err
	}
	r.Actions = []InAction{}
	for _, a := range reminded {
		r.Actions = append(r.Actions, InAction{a.ID, a.Title, a.Email})
	}
	if r.Organisation == nil && len(r.Rounds) == 0 && r.Account == nil {
		return nil, errNoPerson
	}
	for e, err := range s.log.Events(ctx) {
		if err != nil {
			return nil, err
		}
		about := e.Subject == person || r.Account != nil && (e.Subject == r.Account.ID || e.Actor == r.Account.ID)
		if about && reach.line(e, r.Rounds) {
			r.Log = append(r.Log, e)
		}
	}
	return r, nil
}

func (s *Service) inRound(ctx context.Context, reach *Reach, in placedRound, person string) (*InRound, error) {
	inv, err := s.rounds.Person(ctx, in.ID, person)
	if fail.Is(err, fail.NotFound) || err == nil && !reach.person(person, inv.Email, inv.Unit, in.tree) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	one := &InRound{Round: in.ID, RoundName: in.Name, State: in.State, Mode: in.Mode, Sessions: []time.Time{}, Letters: json.RawMessage("null")}
	unit, _ := in.tree.Unit(inv.Unit)
	i := &one.Invitation
	i.Name, i.Email, i.Unit, i.UnitName, i.Roles, i.Status, i.Left, i.Links = inv.Name, inv.Email, inv.Unit, unit.Name, inv.Roles, inv.Status, inv.Left, inv.Issue+1
	response, err := s.rounds.Received(ctx, in.ID, person)
	switch {
	case err == nil:
		one.Response = &Response{response.Submitted, response.Day, response.Size()}
	case !fail.Is(err, fail.NotFound):
		return nil, err
	}
	letters, err := s.store.Card(ctx, LetterCards, in.ID+"/"+person)
	switch {
	case err == nil:
		one.Letters = letters.Body
	case !fail.Is(err, fail.NotFound):
		return nil, err
	}
	return one, nil
}

// sessions fills in when the browsers are signed out that answer for the person.
func (s *Service) sessions(ctx context.Context, r *Record) error {
	for session, err := range s.store.Sessions(ctx) {
		if err != nil {
			return err
		}
		if session.Person != r.Person {
			continue
		}
		if i := slices.IndexFunc(r.Rounds, func(in InRound) bool { return in.Round == session.Round }); i >= 0 {
			r.Rounds[i].Sessions = append(r.Rounds[i].Sessions, session.Until)
		}
	}
	return nil
}

// account returns the account with one of some addresses.
func (s *Service) account(ctx context.Context, reach *Reach, emails []string) (*Account, error) {
	accounts, err := s.store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		same := func(email string) bool {
			return email != "" && (strings.EqualFold(email, a.Email) || strings.EqualFold(email, a.ID))
		}
		if slices.ContainsFunc(emails, same) && reach.account(a) {
			return &Account{a.ID, a.Name, a.Email, reach.grants(a), reach.groups(a), reach.all(a)}, nil
		}
	}
	return nil, nil
}

// Hit is a person that a search has found.
type Hit struct {
	ID, Name, Email string
	Unit            string // name of the unit, "" for one who only has an account
	Account         bool   // who is found by the account alone
}

// SearchLimit is how many a search returns at most.
const SearchLimit = 50

// Search returns those within reach whose id, name or e-mail has text in it, by
// name; more tells that there are others beside those returned.
func (s *Service) Search(ctx context.Context, reach *Reach, text string) (hits []Hit, more bool, err error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil, false, nil
	}
	seen := map[string]bool{}
	add := func(h Hit) {
		match := strings.Contains(strings.ToLower(h.ID+"\n"+h.Name+"\n"+h.Email), text)
		if !match || seen[h.ID] || h.Account && h.Email != "" && seen[strings.ToLower(h.Email)] {
			return
		}
		seen[h.ID], seen[strings.ToLower(h.Email)] = true, true
		if len(hits) == SearchLimit {
			more = true
			return
		}
		hits = append(hits, h)
	}
	_, people, err := s.store.Organisation(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, p := range people {
		if reach.person(p.ID, p.Email, p.Unit, reach.tree) {
			unit, _ := reach.tree.Unit(p.Unit)
			add(Hit{p.ID, p.Name, p.Email, unit.Name, false})
		}
	}
	for _, in := range reach.rounds {
		for inv, err := range s.rounds.Invitations(ctx, in.ID) {
			if err != nil {
				return nil, false, err
			}
			if reach.person(inv.Person, inv.Email, inv.Unit, in.tree) {
				unit, _ := in.tree.Unit(inv.Unit)
				add(Hit{inv.Person, inv.Name, inv.Email, unit.Name, false})
			}
		}
	}
	accounts, err := s.store.Accounts(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, a := range accounts {
		if reach.account(a) {
			add(Hit{a.ID, a.Name, a.Email, "", true})
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(finding.CompareNames(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	return hits, more, nil
}
