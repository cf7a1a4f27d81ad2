package round

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"regexp"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

var idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// Create stores a new round as a draft. It fills in what is not given: name,
// mode (confidential) and least group.
func (s *Service) Create(ctx context.Context, actor string, r Round) (Round, error) {
	if !idPattern.MatchString(r.ID) {
		return r, fail.New(fail.Invalid, "Omgångens id får ha små bokstäver a–z, siffror och bindestreck, högst 32 tecken, till exempel 2026.",
			"The round's id may have lower-case letters a–z, digits and hyphens, 32 characters at most, for example 2026.").At("id")
	}
	if err := checkDays(r); err != nil {
		return r, err
	}
	if r.Name == "" {
		r.Name = r.ID
	}
	if r.Mode == "" {
		r.Mode = Confidential
	}
	if r.Mode != Confidential && r.Mode != Named {
		return r, fail.New(fail.Invalid, "Välj om omgången är konfidentiell eller öppen.", "Choose whether the round is confidential or open.").At("mode")
	}
	if r.MinGroup == 0 {
		r.MinGroup = LeastGroup
	}
	if r.MinGroup < LeastGroup {
		return r, fail.New(fail.Invalid, fmt.Sprintf("Minsta grupp som visas är ett heltal, %d eller mer.", LeastGroup), fmt.Sprintf("The smallest group shown is a whole number, %d or more.", LeastGroup)).At("min_group")
	}
	r.State, r.Version = Draft, 1
	if err := s.store.CreateRound(ctx, r); err != nil {
		return r, err
	}
	s.note(ctx, actor, "round.create", r.ID, string(r.Mode))
	return r, nil
}

func checkDays(r Round) error {
	opens, err1 := time.Parse(DayFormat, r.OpensOn)
	closes, err2 := time.Parse(DayFormat, r.ClosesOn)
	if err1 != nil || err2 != nil {
		field := "opens_on"
		if err1 == nil {
			field = "closes_on"
		}
		return fail.New(fail.Invalid, "Skriv första och sista svarsdag som år-månad-dag, till exempel 2026-11-02.",
			"Write the first and last day to answer as year-month-day, for example 2026-11-02.").At(field)
	}
	if closes.Before(opens) {
		return fail.New(fail.Invalid, "Sista svarsdag ligger före den första.", "The last day to answer is before the first.").At("closes_on")
	}
	return nil
}

// Open lets people answer: from now on the questionnaires, the units, the
// people and the mode are frozen. people is who is invited; those that no item
// is asked to are left out.
func (s *Service) Open(ctx context.Context, actor, id string, set *survey.Set, units []org.Unit, people []org.Person) (Round, error) {
	r, err := s.store.Round(ctx, id)
	if err != nil {
		return r, err
	}
	if r.State != Draft {
		return r, notFrom(r, "öppnas", "opened")
	}
	tree, err := org.NewTree(units)
	if err != nil {
		return r, fail.Wrap(err, fail.Invalid, "Läs in enheter och chefer innan omgången öppnas.", "Import units and people before the round is opened.")
	}
	invited := 0
	invitations := s.invite(id, set, people, &invited)
	for inv, err := range checked(invitations, tree) { // a first walk, so that nothing is stored of a faulty population
		if err != nil {
			return r, fail.Wrap(err, fail.Invalid, "Personen "+inv.Person+" hör till en enhet som inte finns.", "The person "+inv.Person+" belongs to a unit that doesn't exist.")
		}
	}
	if invited == 0 {
		return r, fail.New(fail.Invalid, "Ingen chef att fråga: läs in chefer innan omgången öppnas.", "No manager to ask: import people before the round is opened.")
	}
	next := r
	next.Invited = invited // invite counts again at every walk
	if next.Survey, next.Units, err = s.frozenContent(ctx, set, tree); err != nil {
		return r, err
	}
	previous, err := s.earlier(ctx, r, Open, Closed, Published)
	if err != nil {
		return r, err
	}
	if previous != nil {
		next.Previous = previous.ID
	}
	err = s.alone(ctx, id, func() error {
		r, err = s.openAlone(ctx, next, invitations)
		return err
	})
	if err == nil {
		s.note(ctx, actor, "round.open", id, fmt.Sprintf("%s, %d invited", r.Mode, r.Invited))
	}
	return r, err
}

func (s *Service) openAlone(ctx context.Context, next Round, invitations iter.Seq[Invitation]) (Round, error) {
	if err := s.store.DropInvitations(ctx, next.ID); err != nil { // of an opening that was cut off
		return next, err
	}
	if err := s.store.PutInvitations(ctx, next.ID, invitations); err != nil {
		return next, err
	}
	return s.store.UpdateRound(ctx, next.ID, func(r *Round) error {
		if r.State != Draft {
			return notFrom(*r, "öppnas", "opened")
		}
		r.State, r.OpenedAt = Open, s.now().UTC()
		r.Survey, r.Units, r.Invited, r.Previous = next.Survey, next.Units, next.Invited, next.Previous
		return nil
	})
}

// frozenContent stores what a round asks and of whom, and returns the hashes.
func (s *Service) frozenContent(ctx context.Context, set *survey.Set, tree *org.Tree) (surveyHash, unitsHash string, err error) {
	surveyHash, content, err := set.Frozen()
	if err != nil {
		return "", "", err
	}
	if err := s.store.PutBlob(ctx, surveyHash, content); err != nil {
		return "", "", err
	}
	units, err := json.Marshal(tree.Units())
	if err != nil {
		return "", "", err
	}
	sum := sha256.Sum256(units)
	unitsHash = hex.EncodeToString(sum[:])
	return surveyHash, unitsHash, s.store.PutBlob(ctx, unitsHash, units)
}

// invite makes the invitations of people, counting in invited those who count.
func (s *Service) invite(id string, set *survey.Set, people []org.Person, invited *int) iter.Seq[Invitation] {
	return func(yield func(Invitation) bool) {
		for _, p := range people {
			asked, counts := false, false
			for _, it := range set.Items {
				if it.AskedTo(p.Roles) {
					asked = true
					counts = counts || it.Kind == survey.Rating
				}
			}
			if !asked {
				continue
			}
			if counts {
				*invited++
			}
			inv := Invitation{Round: id, Person: p.ID, Name: p.Name, Email: p.Email, Unit: p.Unit, Roles: p.Roles, Counts: counts, Status: Invited}
			inv.Link = keys.Hash(s.LinkToken(inv))
			if !yield(inv) {
				return
			}
		}
	}
}

func checked(people iter.Seq[Invitation], tree *org.Tree) iter.Seq2[Invitation, error] {
	return func(yield func(Invitation, error) bool) {
		for inv := range people {
			var err error
			if _, ok := tree.Unit(inv.Unit); !ok {
				err = fmt.Errorf("unknown unit %q", inv.Unit)
			}
			if !yield(inv, err) {
				return
			}
		}
	}
}

// LinkToken returns the secret of a person's link: /e/TOKEN.
func (s *Service) LinkToken(inv Invitation) string {
	return s.keys.Token("answer", inv.Round+"/"+inv.Person, inv.Issue)
}

// Reopen lets people answer in a closed round again. Its analysis is thrown
// away, unseen: results are shown from published rounds only.
func (s *Service) Reopen(ctx context.Context, actor, id string) (Round, error) {
	discarded := ""
	r, err := s.store.UpdateRound(ctx, id, func(r *Round) error {
		if r.State != Closed {
			return notFrom(*r, "öppnas igen", "opened again")
		}
		discarded = generationOf(*r) // also of a closing that was cut off before it was whole
		r.State, r.Analysis, r.ClosedAt = Open, "", time.Time{}
		return nil
	})
	if err != nil {
		return r, err
	}
	s.note(ctx, actor, "round.reopen", id, "analysis discarded: "+discarded)
	return r, s.store.DropDocuments(context.WithoutCancel(ctx), id, discarded)
}

// Publish makes a closed round's results visible to those who may read them.
// It is final.
func (s *Service) Publish(ctx context.Context, actor, id string) (Round, error) {
	r, err := s.store.UpdateRound(ctx, id, func(r *Round) error {
		switch {
		case r.State != Closed:
			return notFrom(*r, "publiceras", "published")
		case r.Analysis == "":
			return fail.New(fail.Conflict, "Resultatet räknas fortfarande. Försök igen om en stund.", "The results are still being computed. Try again in a while.")
		}
		r.State, r.PublishedAt = Published, s.now().UTC()
		return nil
	})
	if err == nil {
		s.note(ctx, actor, "round.publish", id, "")
	}
	return r, err
}

func notFrom(r Round, sv, en string) error {
	names := map[State][2]string{Draft: {"ett utkast", "a draft"}, Open: {"öppen", "open"}, Closed: {"stängd", "closed"}, Published: {"publicerad", "published"}}
	is := names[r.State]
	return fail.New(fail.Conflict, fmt.Sprintf("Omgången är %s och kan inte %s.", is[0], sv), fmt.Sprintf("The round is %s and can't be %s.", is[1], en))
}
