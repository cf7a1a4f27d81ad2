// Package fail holds the errors that a user is meant to read: a code that
// decides the HTTP status, and a text in Swedish and English that says what is
// wrong and what to do. Every other error is internal: whole in the log, and
// to the user only "something went wrong here".
package fail

import (
	"errors"
	"fmt"
	"time"
)

// Code sorts errors by who can mend them.
type Code int

// The codes, each with the HTTP status that internal/web gives it.
const (
	Internal    Code = iota // 500: ours
	Invalid                 // 422: what was sent is faulty
	NotFound                // 404: no such thing
	Conflict                // 409: something else came before
	Forbidden               // 403: not for this person
	Closed                  // 409: the round does not take answers now
	Unavailable             // 503: the store is out of reach; try again
	TooMany                 // 429: asked for too often; wait
)

// Error is an error with a text for the person who met it.
type Error struct {
	Code   Code
	SV, EN string
	Err    error         // the cause, for the log; may be nil
	Field  string        // what of that which was sent is faulty, "" where it is not one part
	Wait   time.Duration // how long to wait before trying again, 0 for not told
}

// New makes an Error without a cause.
func New(code Code, sv, en string) *Error { return &Error{Code: code, SV: sv, EN: en} }

// Wrap makes an Error that carries its cause to the log.
func Wrap(err error, code Code, sv, en string) *Error {
	return &Error{Code: code, SV: sv, EN: en, Err: err}
}

// At returns the error with the name of the field that is faulty.
func (e *Error) At(field string) *Error {
	at := *e
	at.Field = field
	return &at
}

// After returns the error with how long to wait before trying again.
func (e *Error) After(wait time.Duration) *Error {
	after := *e
	after.Wait = wait
	return &after
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.EN, e.Err)
	}
	return e.EN
}

func (e *Error) Unwrap() error { return e.Err }

// In returns the text in lang: "en", else Swedish.
func (e *Error) In(lang string) string {
	if lang == "en" {
		return e.EN
	}
	return e.SV
}

// CodeOf returns the code of the first Error in err's chain, Internal when
// there is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// Is reports whether err carries code.
func Is(err error, code Code) bool { return err != nil && CodeOf(err) == code }
