package round

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// Open lets people answer: from now on the questionnaires, the units, the
// people and the mode are frozen. people is who is invited; those that lie
// outside the round's top unit, or that no item is asked to, are left out.
func (s *Service) Open(ctx context.Context, actor, id string, set *survey.Set, units []org.Unit, people []org.Person) (Round, error) {
	r, err := s.store.Round(ctx, id)
	if err != nil {
		return r, err
	}
	return s.openDraft(ctx, actor, r, set, units, people)
}

// openDraft opens a draft as it was read: fail.Conflict when it has been changed since.
func (s *Service) openDraft(ctx context.Context, actor string, r Round, set *survey.Set, units []org.Unit, people []org.Person) (Round, error) {
	if r.State != Draft {
		return r, notFrom(r, "öppnas", "opened")
	}
	tree, err := measured(r, units)
	if err != nil {
		return r, err
	}
	top := tree.Root().ID
	levels, _, err := s.Required(ctx, append(tree.Above(top), top))
	if err != nil {
		return r, err
	}
	set = set.Chosen(r.Questionnaires, r.Targets).Requiring(levels)
	for _, p := range people { // one whose unit is nowhere is a fault, one elsewhere is not
		if !slices.ContainsFunc(units, func(u org.Unit) bool { return u.ID == p.Unit }) {
			return r, fail.New(fail.Invalid, "Personen "+p.ID+" hör till en enhet som inte finns.", "The person "+p.ID+" belongs to a unit that doesn't exist.")
		}
	}
	people = tree.PeopleIn(people)
	invited := 0
	invitations := s.invite(r.ID, set, people, &invited)
	for range invitations { // a first walk, to count
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
	next.Above = tree.Above(tree.Root().ID)
	if next.Successors, err = card.Get[map[string]string](ctx, s.store, SuccessorCards, tree.Root().ID); err != nil {
		return r, err
	}
	err = s.alone(ctx, r.ID, func() error {
		r, err = s.openAlone(ctx, next, invitations)
		return err
	})
	if err == nil {
		s.note(ctx, actor, "round.open", r, fmt.Sprintf("%s, %d invited", r.Mode, r.Invited))
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
		if r.Version != next.Version { // what was frozen is not what it says now
			return fail.New(fail.Conflict, "Omgången ändrades medan den öppnades. Ladda om sidan och försök igen.", "The round was changed while it was being opened. Reload the page and try again.")
		}
		r.State, r.OpenedAt = Open, s.now().UTC()
		r.Survey, r.Units, r.Invited, r.Previous = next.Survey, next.Units, next.Invited, next.Previous
		r.Above, r.Successors, r.Scheduled, r.Hindrance = next.Above, next.Successors, false, nil
		return nil
	})
}

// SuccessorCards is the kind of the card that tells, under the id of the unit at
// the top, which unit followed which since the round before.
const SuccessorCards = "successors"

// measured returns the units that a round measures.
func measured(r Round, units []org.Unit) (*org.Tree, error) {
	tree, err := org.NewTree(units)
	if err != nil {
		return nil, fail.Wrap(err, fail.Invalid, "Läs in enheter och chefer innan omgången öppnas.", "Import units and people before the round is opened.")
	}
	if r.Top == "" {
		return tree, nil
	}
	if tree = tree.Subtree(r.Top); tree == nil {
		return nil, fail.New(fail.Invalid, "Enheten som omgången gäller finns inte längre.", "The unit that the round is about does not exist any more.")
	}
	return tree, nil
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
			if !slices.ContainsFunc(set.Items, func(it *survey.Item) bool { return it.AskedTo(p.Roles) }) {
				continue
			}
			inv := Invitation{Round: id, Person: p.ID, Name: p.Name, Email: p.Email, Unit: p.Unit, Roles: p.Roles, Counts: counts(set, p.Roles), Status: Invited}
			if inv.Counts {
				*invited++
			}
			inv.Link = keys.Hash(s.LinkToken(inv))
			if !yield(inv) {
				return
			}
		}
	}
}

// counts tells whether a person with roles is asked a rating
// (docs/method.md, Answers).
func counts(set *survey.Set, roles []org.Role) bool {
	return slices.ContainsFunc(set.Items, func(it *survey.Item) bool { return it.Kind == survey.Rating && it.AskedTo(roles) })
}

// LinkToken returns the secret of a person's link: /e/TOKEN.
func (s *Service) LinkToken(inv Invitation) string {
	return s.keys.Token("answer", inv.Round+"/"+inv.Person, inv.Issue)
}

// reopenedDays is how long a round may be answered that is opened again when its
// time is out; it can be changed then.
const reopenedDays = 7

// Reopen lets people answer in a closed round again, for a week more if its time
// is out. Its analysis is thrown away, unseen: results are shown from published
// rounds only.
func (s *Service) Reopen(ctx context.Context, actor, id string) (Round, error) {
	var discarded, batch string
	r, err := s.store.UpdateRound(ctx, id, func(r *Round) error {
		if r.State != Closed {
			return notFrom(*r, "öppnas igen", "opened again")
		}
		if r.Moderating {
			return errModerating
		}
		discarded, batch = generationOf(*r), r.Comments // also of a closing that was cut off before it was whole
		r.State, r.Analysis, r.Comments, r.ClosedAt = Open, "", "", time.Time{}
		if !r.ClosesAt().After(s.now()) { // or it would close by itself at once
			r.ClosesOn, r.ClosesTime = s.now().In(Sweden).AddDate(0, 0, reopenedDays).Format(DayFormat), ""
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	s.note(ctx, actor, "round.reopen", r, "analysis discarded: "+discarded+", closes "+r.ClosesAt().Format(time.RFC3339))
	ctx = context.WithoutCancel(ctx)
	return r, errors.Join(s.store.DropDocuments(ctx, id, discarded), s.dropBatch(ctx, id, batch))
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
		s.note(ctx, actor, "round.publish", r, "")
	}
	return r, err
}

func notFrom(r Round, sv, en string) error {
	names := map[State][2]string{Draft: {"ett utkast", "a draft"}, Open: {"öppen", "open"}, Closed: {"stängd", "closed"}, Published: {"publicerad", "published"}}
	is := names[r.State]
	return fail.New(fail.Conflict, fmt.Sprintf("Omgången är %s och kan inte %s.", is[0], sv), fmt.Sprintf("The round is %s and can't be %s.", is[1], en))
}
