package store

import "github.com/mognad/mognad/internal/fail"

// What every store refuses with, in the same words.
var (
	ErrNotFound = fail.New(fail.NotFound, "Det du söker finns inte.", "What you are looking for does not exist.")
	ErrClosed   = fail.New(fail.Closed, "Mätomgången är stängd. Svaret sparades inte.", "The round is closed. The answer was not saved.")
	ErrStale    = fail.New(fail.Conflict, "Någon annan ändrade samtidigt. Ladda om sidan och försök igen.", "Somebody else changed this at the same time. Load the page again and retry.")
	ErrEnded    = fail.New(fail.Unavailable, "Tjänsten håller på att avslutas. Försök igen om en stund.", "The service is ending. Try again in a while.")
)

// ErrTaken refuses a second round of the same id.
func ErrTaken(id string) error {
	return fail.New(fail.Conflict, "Det finns redan en mätomgång "+id+".", "There is a round "+id+" already.").At("id")
}

// ErrFull wraps the error of a database that has no room left.
func ErrFull(err error) error {
	return fail.Wrap(err, fail.Unavailable, "Servern har ont om diskutrymme och kunde inte spara. Försök igen om en stund.", "The server is short of disk space and could not save. Try again in a while.")
}

// ErrOutOfReach wraps an error that says nothing of what was asked, and may be
// gone the next time.
func ErrOutOfReach(err error) error {
	return fail.Wrap(err, fail.Unavailable, "Databasen nås inte just nu. Försök igen om en stund.", "The database can't be reached right now. Try again in a while.")
}
