package access

import (
	"context"
	"iter"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/trail"
)

// Store is what signing in needs of a database. Errors carry a fail.Code.
type Store interface {
	card.Store
	trail.Store
	// Lease gives holder the right to do what name stands for, alone among all
	// processes, for so long; true when nobody else has it. A life of 0 gives it
	// back.
	Lease(ctx context.Context, name, holder string, life time.Duration) (bool, error)

	// PutAccount stores an account, replacing the one with the same id.
	PutAccount(ctx context.Context, a Account) error
	// UpdateAccount applies change to the account as stored, a zero Account with
	// the ID where there is none, and stores what it leaves; of two at once
	// neither loses what the other changed. An error of change is returned and
	// nothing is stored.
	UpdateAccount(ctx context.Context, id string, change func(*Account) error) (Account, error)
	// DeleteAccount forgets an account and its sessions; an unknown one is no
	// error.
	DeleteAccount(ctx context.Context, id string) error
	// Account returns an account; fail.NotFound.
	Account(ctx context.Context, id string) (Account, error)
	// Accounts returns every account, by id.
	Accounts(ctx context.Context) ([]Account, error)
	// AccountByLink returns the one whose Link is hash; fail.NotFound.
	AccountByLink(ctx context.Context, hash []byte) (Account, error)

	// PutSession stores a session, replacing the one with the same hash.
	PutSession(ctx context.Context, s Session) error
	// Session returns a session that has not run out; fail.NotFound.
	Session(ctx context.Context, hash []byte) (Session, error)
	// TouchSession moves a session's Until; one that has been ended stays ended,
	// and is no error.
	TouchSession(ctx context.Context, hash []byte, until time.Time) error
	// DropSessions ends every session of an account.
	DropSessions(ctx context.Context, account string) error
	// DropAnswering ends every session of a respondent of a round.
	DropAnswering(ctx context.Context, round, person string) error
	// Sessions streams those that have not run out.
	Sessions(ctx context.Context) iter.Seq2[Session, error]
	// DeleteSession ends a session; an unknown one is no error.
	DeleteSession(ctx context.Context, hash []byte) error
}
