// Package register holds what an organisation has that an audit asks for:
// steering documents, the plan of e-services, roles and responsibilities, goals,
// training held, minutes of forums. Every entry can be named as evidence for the
// facts it supports, and what it is worth is for the audit rule to say
// (docs/method.md, Audit verdict, 2).
package register

import (
	"cmp"
	"context"
	"slices"
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
	slices.SortStableFunc(all, compare)
	return all, err
}

// Entry returns one; fail.NotFound.
func (s *Service) Entry(ctx context.Context, unit, id string) (Entry, error) {
	e, err := card.Get[Entry](ctx, s.store, cardKind, unit+"/"+id)
	if err == nil && e.ID == "" {
		err = fail.New(fail.NotFound, "Posten finns inte i registret. Den kan ha tagits bort.", "There is no such entry in the register. It may have been removed.")
	}
	return e, err
}

// Put stores an entry that has been checked, in place of the one with its id.
func (s *Service) Put(ctx context.Context, actor string, e Entry) error {
	_, err := card.Update(ctx, s.store, cardKind, e.Unit+"/"+e.ID, func(now *Entry) (time.Time, error) {
		*now = e
		return time.Time{}, nil
	})
	if err == nil {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "register.save", Unit: e.Unit, Detail: string(e.Kind) + " " + e.ID})
	}
	return err
}

// Remove forgets an entry; an unknown one is no error.
func (s *Service) Remove(ctx context.Context, actor, unit, id string) error {
	err := s.store.DeleteCard(ctx, cardKind, unit+"/"+id)
	if err == nil {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "register.remove", Unit: unit, Detail: id})
	}
	return err
}

// compare orders entries as the page does.
func compare(a, b Entry) int {
	return cmp.Or(slices.Index(Kinds, a.Kind)-slices.Index(Kinds, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}
