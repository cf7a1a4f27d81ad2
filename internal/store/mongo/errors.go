package mongo

import (
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/store"
)

// errTooLarge refuses what MongoDB holds in no document: more than 16 MB.
func errTooLarge(err error) error {
	return fail.Wrap(err, fail.Invalid, "Det är för stort att spara. Korta det.", "It is too large to be saved. Shorten it.")
}

// told gives an error of the database the code that its reader needs.
func told(err error) error {
	server := mongo.ServerError(nil)
	_, noServer := errors.AsType[topology.ServerSelectionError](err)
	isServer := errors.As(err, &server)
	switch {
	case err == nil, errors.Is(err, context.Canceled): // the caller has left
		return err
	case errors.Is(err, mongo.ErrNoDocuments):
		return store.ErrNotFound
	case errors.Is(err, mongo.ErrClientDisconnected):
		return store.ErrEnded
	case isServer && slices.ContainsFunc(full, server.HasErrorCode):
		return store.ErrFull(err)
	case isServer && slices.ContainsFunc(tooLarge, server.HasErrorCode):
		return errTooLarge(err)
	case noServer, mongo.IsTimeout(err), mongo.IsNetworkError(err),
		isServer && (server.HasErrorLabel("RetryableWriteError") || slices.ContainsFunc(outOfReach, server.HasErrorCode)):
		return store.ErrOutOfReach(err)
	}
	return err
}

// why is what an error says, in the words of the server or of the network where
// the driver adds all that it knows.
func why(err error) error {
	none, ok := errors.AsType[topology.ServerSelectionError](err)
	if !ok {
		return err
	}
	for _, server := range none.Desc.Servers {
		if server.LastError != nil {
			return server.LastError
		}
	}
	return none.Wrapped
}

// The codes of the server's errors that somebody should be told of.
var (
	full     = []int{14031}               // OutOfDiskSpace
	tooLarge = []int{10334, 17419, 17420} // BSONObjectTooLarge, and a document grown so by an update
	// outOfReach are those that no change of the command would mend: the server
	// is no primary or is ending, the majority did not follow, or a cursor or a
	// plan was lost to either.
	outOfReach = []int{
		6, 7, 89, 9001, // HostUnreachable, HostNotFound, NetworkTimeout, SocketException
		43, 175, 237, 262, 11601, // CursorNotFound, QueryPlanKilled, CursorKilled, ExceededTimeLimit, Interrupted
		64, 91, 100, 133, 189, // WriteConcernFailed, ShutdownInProgress, UnsatisfiableWriteConcern, FailedToSatisfyReadPreference, PrimarySteppedDown
		10107, 11600, 11602, 13435, 13436, // NotWritablePrimary, InterruptedAtShutdown, InterruptedDueToReplStateChange, NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary
	}
)
