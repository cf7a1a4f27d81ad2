// Package register holds what an organisation has that an audit asks for:
// steering documents, the plan of e-services, roles and responsibilities, goals,
// training held, minutes of forums. Every entry can be named as evidence for the
// facts it supports, and what it is worth is for the audit rule to say
// (docs/method.md, Audit verdict, 2).
package register

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/trail"
)

// Kind is what an entry is.
type Kind string

// The kinds.
const (
	Document Kind = "document" // a steering document
	EService Kind = "eservice"
	Role     Kind = "role"
	Goal     Kind = "goal"
	Training Kind = "training" // held or planned
	Minutes  Kind = "minutes"  // of a forum
)

// Kinds lists every kind, in the order of the page.
var Kinds = []Kind{Document, EService, Role, Goal, Training, Minutes}

// The statuses of a decision; what is not decided is no evidence.
const (
	Decided  = audit.StatusDecided
	Draft    = "arbetsmaterial"
	Repealed = "upphävt"
)

// Entry is one row of a register. Days are written 2006-01-02, "" where they are
// not known. Details are the kind's own fields.
type Entry struct {
	ID        string            `json:"id"`
	Unit      string            `json:"unit"` // the topmost unit of the organisation that it belongs to
	Kind      Kind              `json:"kind"`
	Name      string            `json:"name"`
	Status    string            `json:"status,omitempty"` // Decided, Draft, Repealed, or "" where it is not known
	DecidedBy string            `json:"decided_by,omitempty"`
	Decided   string            `json:"decided,omitempty"`
	Paragraph string            `json:"paragraph,omitempty"`
	Reviewed  string            `json:"reviewed,omitempty"`  // the last time
	ReviewBy  string            `json:"review_by,omitempty"` // the next time
	Link      string            `json:"link,omitempty"`
	Note      string            `json:"note,omitempty"`
	Supports  []string          `json:"supports,omitempty"` // ids of items
	Details   map[string]string `json:"details,omitempty"`
}

// Evidence is the entry as the audit rule reads it.
func (e Entry) Evidence() audit.Evidence {
	return audit.Evidence{Name: e.Name, Status: e.Status, AdoptedBy: e.DecidedBy, Adopted: e.Decided, Paragraph: e.Paragraph,
		Reviewed: e.Reviewed, ReviewBy: e.ReviewBy}
}

// Service keeps the registers.
type Service struct {
	store card.Store
	log   *trail.Log
}

// New ties the registers to a store and the audit log.
func New(store card.Store, log *trail.Log) *Service { return &Service{store, log} }

// cardKind is what an entry's card is under; its id is UNIT/ID.
const cardKind = "register"

// Entries returns those of an organisation, by kind and name.
func (s *Service) Entries(ctx context.Context, unit string) ([]Entry, error) {
	all, err := card.All[Entry](ctx, s.store, cardKind, unit+"/")
	// A unit's id may have a slash, and begin as another's.
	all = slices.DeleteFunc(all, func(e Entry) bool { return e.Unit != unit })
	sorted(all)
	return all, err
}

// Seal tells one state of an organisation's entries from any other.
func (s *Service) Seal(ctx context.Context, unit string) (string, error) {
	return card.SealAll(ctx, s.store, cardKind, unit+"/")
}

// Entry returns one; fail.NotFound.
func (s *Service) Entry(ctx context.Context, unit, id string) (Entry, error) {
	e, err := card.Get[Entry](ctx, s.store, cardKind, unit+"/"+id)
	if err == nil && (e.ID != id || e.Unit != unit) {
		e, err = Entry{}, fail.New(fail.NotFound, "Posten finns inte i registret. Den kan ha tagits bort.", "There is no such entry in the register. It may have been removed.")
	}
	return e, err
}

// Change is an entry to store, in place of the one whose seal was Seen; "" where
// there was none.
type Change struct {
	Is   Entry
	Seen string
}

var errMoved = fail.New(fail.Conflict, "Någon annan har ändrat eller tagit bort posten sedan du öppnade den. Det du skrev står kvar här. Jämför med posten som den är nu, och spara igen om din ändring ska gälla.", "Somebody else has changed or removed the entry since you opened it. What you typed is still here. Compare it with the entry as it is now, and save again if your change is to hold.")

// put stores a change; fail.Conflict when the entry is no longer what was seen.
func (s *Service) put(ctx context.Context, c Change) error {
	if !idForm.MatchString(c.Is.ID) {
		return fail.New(fail.Invalid, "Postens id går inte att använda. Öppna posten från registret och försök igen.", "The entry's id can't be used. Open the entry from the register and try again.")
	}
	_, err := card.Update(ctx, s.store, cardKind, c.Is.Unit+"/"+c.Is.ID, func(now *Entry) (time.Time, error) {
		if now.Seal() != c.Seen {
			return time.Time{}, errMoved
		}
		*now = c.Is
		return time.Time{}, nil
	})
	return err
}

// Save stores an entry that has been checked; fail.Conflict when the one that is
// there is no longer what was seen.
func (s *Service) Save(ctx context.Context, actor string, c Change) error {
	err := s.put(ctx, c)
	if err == nil {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "register.save", Unit: c.Is.Unit, Detail: string(c.Is.Kind) + " " + c.Is.ID})
	}
	return err
}

// Import stores entries of one organisation that have been checked. When one of
// them is no longer what was seen nothing is stored and the error is
// fail.Conflict; only a change made in the same moment can stop it halfway, and
// what is stored then stays.
func (s *Service) Import(ctx context.Context, actor, unit string, changes []Change) error {
	entries, err := s.Entries(ctx, unit)
	if err != nil {
		return err
	}
	now := map[string]string{}
	for _, e := range entries {
		now[e.ID] = e.Seal()
	}
	for _, c := range changes {
		if c.Is.Unit != unit || now[c.Is.ID] != c.Seen {
			return errMoved
		}
	}
	stored := 0
	for _, c := range changes {
		if err = s.put(ctx, c); err != nil {
			break
		}
		stored++
	}
	if stored > 0 {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "register.import", Unit: unit, Detail: strconv.Itoa(stored)})
	}
	return err
}

var errChanged = fail.New(fail.Conflict, "Posten togs inte bort: någon annan har ändrat den sedan du öppnade den. Här är den som den är nu. Ta bort den igen om den ändå ska bort.", "The entry was not removed: somebody else has changed it since you opened it. Here it is as it is now. Remove it again if it is to go all the same.")

// Remove forgets the entry of a change; fail.Conflict when it is no longer what
// was seen.
func (s *Service) Remove(ctx context.Context, actor string, c Change) error {
	id := c.Is.Unit + "/" + c.Is.ID
	if _, err := s.Entry(ctx, c.Is.Unit, c.Is.ID); err != nil {
		return err
	}
	// Emptied first, which is refused where another has changed it in this moment:
	// an empty entry is none.
	_, err := card.Update(ctx, s.store, cardKind, id, func(now *Entry) (time.Time, error) {
		if now.Seal() != c.Seen {
			return time.Time{}, errChanged
		}
		*now = Entry{}
		return time.Time{}, nil
	})
	if err == nil {
		err = s.store.DeleteCard(ctx, cardKind, id)
	}
	if err == nil {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "register.remove", Unit: c.Is.Unit, Detail: string(c.Is.Kind) + " " + c.Is.ID})
	}
	return err
}

// Copy returns the entry with parts of its own.
func (e Entry) Copy() Entry {
	e.Supports, e.Details = slices.Clone(e.Supports), maps.Clone(e.Details)
	return e
}

// Seal tells one state of an entry from another; "" of the zero Entry.
func (e *Entry) Seal() string {
	if e.ID == "" {
		return ""
	}
	return card.Seal(e)
}

// IDs are the ids of entries.
func IDs(entries []Entry) map[string]bool {
	ids := map[string]bool{}
	for _, e := range entries {
		ids[e.ID] = true
	}
	return ids
}

// NewID makes an id of a name that is not taken.
func NewID(name string, taken map[string]bool) string {
	base := strings.Trim(notPlain.ReplaceAllString(plain.Replace(strings.ToLower(name)), "-"), "-")
	base = strings.Trim(base[:min(len(base), 40)], "-")
	if base == "" {
		base = "post"
	}
	id := base
	for n := 2; taken[id]; n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	return id
}

var (
	plain    = strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "é", "e", "ü", "u")
	idForm   = regexp.MustCompile("^[a-z0-9-]{1,60}$")
	notPlain = regexp.MustCompile("[^a-z0-9]+")
)
