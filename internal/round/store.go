package round

import (
	"context"
	"iter"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/trail"
)

// Store is what the life of a round needs of a database. Every error a caller
// should tell apart carries a fail.Code; no call holds state between calls.
// Every write is durable when it returns without error.
type Store interface {
	trail.Store
	card.Store

	// CreateRound stores a new round. fail.Conflict when the id is taken.
	CreateRound(ctx context.Context, r Round) error
	// Round returns a round; fail.NotFound.
	Round(ctx context.Context, id string) (Round, error)
	// Rounds returns every round, by OpensOn, the newest first.
	Rounds(ctx context.Context) ([]Round, error)
	// UpdateRound applies change to the round as stored, and stores what it
	// leaves with Version one more, if nobody else has changed it meanwhile
	// (else it starts again with the newer). An error of change is returned
	// and nothing is stored.
	UpdateRound(ctx context.Context, id string, change func(*Round) error) (Round, error)

	// PutBlob stores content under its hash; storing it twice is no error.
	PutBlob(ctx context.Context, hash string, content []byte) error
	// Blob returns what PutBlob stored; fail.NotFound.
	Blob(ctx context.Context, hash string) ([]byte, error)

	// DropInvitations forgets everybody invited to a round that is still a
	// draft; fail.Conflict for another.
	DropInvitations(ctx context.Context, round string) error
	// DeleteRound forgets a round that is still a draft; fail.Conflict for
	// another.
	DeleteRound(ctx context.Context, id string) error
	// ForgetPerson forgets one person's invitation and the response stored under
	// respondent; that there is none is no error.
	ForgetPerson(ctx context.Context, round, person, respondent string) error
	// ForgetPeople forgets the invitations and responses of a round, not its
	// documents.
	ForgetPeople(ctx context.Context, round string) error
	// PutInvitations adds people to a round, replacing those with the same
	// person id but for their Status; without a Status one is Invited.
	PutInvitations(ctx context.Context, round string, people iter.Seq[Invitation]) error
	// Invitation returns one person's; fail.NotFound.
	Invitation(ctx context.Context, round, person string) (Invitation, error)
	// InvitationByLink returns the one whose Link is hash; fail.NotFound.
	InvitationByLink(ctx context.Context, hash []byte) (Invitation, error)
	// Invitations streams a round's people, by unit and person.
	Invitations(ctx context.Context, round string) iter.Seq2[Invitation, error]
	// Counts returns how far the people of each unit have come.
	Counts(ctx context.Context, round string) ([]UnitCount, error)

	// SaveItems lays parts of items over the response, making it if it is new,
	// and returns its new version. Other parts are untouched: of two concurrent
	// saves the later wins per part. fail.Closed, and nothing stored, when the
	// round is not open at that moment. Submitted stays as it is.
	SaveItems(ctx context.Context, s SaveItems) (version int64, err error)
	// Submit puts Record in place of the response's record and items and marks
	// it submitted. fail.Conflict when the response's version is another than
	// s.Version; fail.Closed as SaveItems; fail.NotFound.
	Submit(ctx context.Context, s Submission) (version int64, err error)
	// Response returns one response; fail.NotFound.
	Response(ctx context.Context, round, respondent string) (Response, error)
	// Responses streams the submitted responses of a round, whole, in an order
	// that tells nothing of when they came.
	Responses(ctx context.Context, round string) iter.Seq2[Response, error]
	// EveryResponse streams those that are not submitted too, by respondent.
	EveryResponse(ctx context.Context, round string) iter.Seq2[Response, error]
	// PutResponses stores responses as they are, whatever the state of the
	// round: only for one that nobody answers in meanwhile.
	PutResponses(ctx context.Context, responses iter.Seq[Response]) error

	// PutDocuments stores the analysis documents of one generation, by unit.
	PutDocuments(ctx context.Context, round, generation string, docs iter.Seq2[string, []byte]) error
	// Document returns one of them; fail.NotFound.
	Document(ctx context.Context, round, generation, unit string) ([]byte, error)
	// DropDocuments forgets one generation of the round's documents.
	DropDocuments(ctx context.Context, round, generation string) error

	// Lease gives holder the right to do what name stands for, alone among all
	// processes, for so long; true when nobody else has it. Who has it may ask
	// again to keep it; a life of 0 gives it back.
	Lease(ctx context.Context, name, holder string, life time.Duration) (bool, error)
	// Leased tells whether somebody has it.
	Leased(ctx context.Context, name string) (bool, error)
}

// The kinds of the cards that letters are: the plan of a round's, under its id,
// and those of each person in it, under ROUND/PERSON.
const (
	PlanCards   = "letter.plan"
	LetterCards = "letter"
)
