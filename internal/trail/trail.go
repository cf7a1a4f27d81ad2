// Package trail is the audit log: who did what to which round, person, role or
// export, when and from where. Lines are only added, and each seals the one
// before it under the installation's keys, so that a line changed, taken away or
// put in afterwards is found by Verify. Whoever holds both the database and the
// keys could seal it all anew; and that lines were cut off at the end, or all
// seals taken away, is found only against an end that was noted elsewhere.
package trail

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
)

// Event is a line of the log. It holds no answer and no token.
type Event struct {
	Number  int64     `json:"number"` // its place, from 1
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"` // account id, "system" or "command line"
	Action  string    `json:"action"`
	Unit    string    `json:"unit,omitempty"`    // whose readers may see the line; "" for the installation's
	Round   string    `json:"round,omitempty"`   // round id
	Subject string    `json:"subject,omitempty"` // person or account that it was done to
	Detail  string    `json:"detail,omitempty"`
	From    string    `json:"from,omitempty"` // network address of the one who did it
	Before  string    `json:"before,omitempty"`
	Seal    string    `json:"seal,omitempty"` // "" in lines from before the log was sealed
}

// System is the actor of what the program does by itself.
const System = "system"

// Store keeps the lines.
type Store interface {
	// AppendLog adds a line at e.Number; fail.Conflict when there is one.
	AppendLog(ctx context.Context, e Event) error
	// Log streams the lines, the newest first.
	Log(ctx context.Context) iter.Seq2[Event, error]
	// DropLog forgets the lines with lower numbers than before.
	DropLog(ctx context.Context, before int64) error
}

// Log writes and checks the audit log.
type Log struct {
	store Store
	keys  *keys.Ring
	now   func() time.Time
}

// New ties the log to a store and the keys that seal it.
func New(store Store, ring *keys.Ring, now func() time.Time) *Log { return &Log{store, ring, now} }

type fromKey struct{}

// From returns a context whose lines tell the network address they came from.
func From(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, fromKey{}, address)
}

// Append adds a line: its number, time, address and seal are filled in. It is
// written though ctx has been cancelled, since what it tells of has been done.
func (l *Log) Append(ctx context.Context, e Event) error {
	e.From, _ = ctx.Value(fromKey{}).(string)
	e.At = l.now().UTC()
	// The seal is over the line as it is read back: what is not UTF-8 is lost then.
	for _, text := range []*string{&e.Actor, &e.Action, &e.Unit, &e.Round, &e.Subject, &e.Detail, &e.From} {
		*text = strings.ToValidUTF8(*text, "\ufffd")
	}
	ctx = context.WithoutCancel(ctx)
	for {
		last, err := l.last(ctx)
		if err != nil {
			return err
		}
		e.Number, e.Before = last.Number+1, last.Seal
		if e.Seal, err = l.seal(e); err != nil {
			return err
		}
		if err = l.store.AppendLog(ctx, e); !fail.Is(err, fail.Conflict) {
			return err
		}
	}
}

// Note appends a line about what has been done and can't be undone for want of
// a line: when it can't be stored, it goes to the program's own log.
func (l *Log) Note(ctx context.Context, e Event) {
	if err := l.Append(ctx, e); err != nil {
		slog.ErrorContext(ctx, "log line not stored", "action", e.Action, "round", e.Round, "err", err)
	}
}

func (l *Log) last(ctx context.Context) (Event, error) {
	for e, err := range l.store.Log(ctx) {
		return e, err
	}
	return Event{}, nil
}

// seal returns the seal of a line, over all that it says and the seal before it.
func (l *Log) seal(e Event) (string, error) {
	e.Seal = ""
	e.At = e.At.UTC()
	content, err := json.Marshal(e)
	return l.keys.SealLine(content), err
}

// Events streams the lines, the newest first.
func (l *Log) Events(ctx context.Context) iter.Seq2[Event, error] { return l.store.Log(ctx) }

// pruned is the action of the line that tells that older ones were dropped.
const pruned = "log.prune"

// Prune forgets the lines from before a day, but never the newest, and tells so
// in a new one. It returns how many went.
func (l *Log) Prune(ctx context.Context, before time.Time) (int64, error) {
	oldest, kept := int64(0), int64(0)
	for e, err := range l.store.Log(ctx) {
		if err != nil {
			return 0, err
		}
		if kept == 0 || !e.At.Before(before) {
			kept = e.Number
		}
		oldest = e.Number
	}
	if oldest == kept {
		return 0, nil
	}
	// First the line that says it: cut off in between, nothing is lost untold.
	if err := l.Append(ctx, Event{Actor: System, Action: pruned, Detail: fmt.Sprintf("lines before %d", kept)}); err != nil {
		return 0, err
	}
	return kept - oldest, l.store.DropLog(ctx, kept)
}

// Report is what Verify has found.
type Report struct {
	Lines    int64 // that were read
	Unsealed int64 // the oldest, from before the log was sealed
	Last     int64 // number of the newest line
	Seal     string
	Faults   []string
}

// Verify reads the log through and tells of every line that is not as it was
// written, is missing, or was put in. expect is the "NUMBER SEAL" of an earlier
// check, which must still be there unless it was pruned; "" for none.
func (l *Log) Verify(ctx context.Context, expect string) (r Report, err error) {
	var next Event // the line after the one at hand
	dropped := int64(0)
	met := expect == ""
	for e, err := range l.store.Log(ctx) {
		if err != nil {
			return r, err
		}
		if r.Lines == 0 {
			r.Last, r.Seal = e.Number, e.Seal
		}
		r.Lines++
		met = met || expect == fmt.Sprint(e.Number, " ", e.Seal)
		if fault, err := l.fault(e, next, r.Lines == 1); err != nil {
			return r, err
		} else if fault != "" {
			r.Faults = append(r.Faults, fault)
		}
		if e.Seal == "" {
			r.Unsealed++
		}
		if e.Action == pruned && e.Seal != "" {
			var before int64
			if _, err := fmt.Sscanf(e.Detail, "lines before %d", &before); err == nil {
				dropped = max(dropped, before)
			}
		}
		next = e
	}
	// Of those that were to be dropped, some may be there: that was cut off.
	if r.Lines > 0 && next.Seal != "" && next.Number > max(dropped, 1) {
		r.Faults = append(r.Faults, fmt.Sprintf("the lines before %d are missing", next.Number))
	}
	number := int64(0)
	if _, err := fmt.Sscan(expect, &number); !met && (err != nil || number >= dropped) {
		r.Faults = append(r.Faults, fmt.Sprintf("the line %q of an earlier check is not there", expect))
	}
	return r, nil
}

// fault tells what is wrong with a line, "" for nothing; next is the one that
// follows it.
func (l *Log) fault(e, next Event, newest bool) (string, error) {
	seal, err := l.seal(e)
	switch {
	case err != nil:
		return "", err
	case e.Number < 1:
		return fmt.Sprintf("line %d was put in before the first", e.Number), nil
	case e.Seal != "" && e.Seal != seal:
		return fmt.Sprintf("line %d is not as it was written", e.Number), nil
	case newest:
		return "", nil
	case e.Seal != "" && next.Seal == "": // only the oldest lines have none
		return fmt.Sprintf("line %d has lost its seal, or was put in", next.Number), nil
	case next.Seal == "":
		return "", nil
	case next.Number != e.Number+1:
		return fmt.Sprintf("lines are missing between %d and %d", e.Number, next.Number), nil
	case e.Seal == "" && next.Before != "":
		return fmt.Sprintf("line %d has lost its seal", e.Number), nil
	case next.Before != e.Seal:
		return fmt.Sprintf("line %d does not follow line %d", next.Number, e.Number), nil
	}
	return "", nil
}
