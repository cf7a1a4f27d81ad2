// Package review keeps what a reviewer has found of the facts of a round: the
// level after seeing what it rests on, and the evidence named for it
// (docs/method.md, Audit verdict, 1 and 2).
package review

import (
	"context"
	"maps"
	"time"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
)

// Review is what a reviewer has found of one fact.
type Review struct {
	Level    int       `json:"level"` // 1–5
	Evidence []Named   `json:"evidence,omitempty"`
	Note     string    `json:"note,omitempty"`
	By       string    `json:"by"` // account
	At       time.Time `json:"at"`
}

// Named is a register's entry as it was when it was named: what is changed in
// the register later says nothing of what was seen then.
type Named struct {
	Entry string `json:"entry"` // its id
	audit.Evidence
}

// Names reports whether an entry of the register is among the evidence.
func (r Review) Names(entry string) bool {
	for _, n := range r.Evidence {
		if n.Entry == entry {
			return true
		}
	}
	return false
}

// Version tells one state of a review from another; "" where there is none.
func (r Review) Version() string {
	if r.At.IsZero() {
		return ""
	}
	return r.At.UTC().Format(time.RFC3339Nano)
}

// Name adds entries of the register to the evidence, as they are now.
func (r *Review) Name(entries ...register.Entry) {
	for _, e := range entries {
		r.Evidence = append(r.Evidence, Named{e.ID, e.Evidence()})
	}
}

// MaxNote is the longest note, in characters.
const MaxNote = 2000

// Service keeps the reviews of rounds.
type Service struct {
	store card.Store
	log   *trail.Log
	now   func() time.Time
}

// New ties reviews to a store and the audit log; now tells the time.
func New(store card.Store, log *trail.Log, now func() time.Time) *Service {
	return &Service{store, log, now}
}

// cardKind is what a round's reviews are under, all in one card.
const cardKind = "review"

// Of returns a round's reviews by item.
func (s *Service) Of(ctx context.Context, round string) (map[string]Review, error) {
	return card.Get[map[string]Review](ctx, s.store, cardKind, round)
}

// Seal tells one state of a round's reviews from any other.
func (s *Service) Seal(ctx context.Context, round string) (string, error) {
	c, err := s.store.Card(ctx, cardKind, round)
	if fail.Is(err, fail.NotFound) {
		return "", nil
	}
	return card.Seal(c), err
}

var (
	errNoLevel = fail.New(fail.Invalid, "Välj den nivå som underlaget visar.", "Choose the level that the evidence shows.").At("level")
	errLong    = fail.New(fail.Invalid, "Anteckningen är för lång. Korta den till högst 2 000 tecken.", "The note is too long. Shorten it to 2,000 characters at most.").At("note")
	errChanged = fail.New(fail.Conflict, "Någon annan har granskat faktafrågan sedan du öppnade sidan. Det du skrev står kvar. Jämför med den nya granskningen på revisionssidan och spara igen om din ska gälla.",
		"Somebody else has reviewed the fact since you opened the page. What you wrote is still here. Compare with the new review on the audit page, and save again if yours should stand.")
)

// Set stores the review of a fact in a round of the organisation whose topmost
// unit is unit. version is that of the review that it replaces. fail.Invalid for
// a level that is none or a note that is too long, fail.Conflict where another
// has reviewed the fact meanwhile.
func (s *Service) Set(ctx context.Context, actor, unit, round, item, version string, r Review) error {
	if r.Level < 1 || r.Level > survey.Levels {
		return errNoLevel
	}
	if len([]rune(r.Note)) > MaxNote {
		return errLong
	}
	r.By, r.At = actor, s.now().UTC()
	err := s.change(ctx, round, item, version, func(all map[string]Review) { all[item] = r })
	if err == nil {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "review.set", Unit: unit, Round: round, Subject: item, Detail: string(rune('0' + r.Level))})
	}
	return err
}

// Remove takes a review away, so that the fact counts as stated again.
func (s *Service) Remove(ctx context.Context, actor, unit, round, item, version string) error {
	err := s.change(ctx, round, item, version, func(all map[string]Review) { delete(all, item) })
	if err == nil {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "review.remove", Unit: unit, Round: round, Subject: item})
	}
	return err
}

func (s *Service) change(ctx context.Context, round, item, version string, how func(map[string]Review)) error {
	_, err := card.Update(ctx, s.store, cardKind, round, func(all *map[string]Review) (time.Time, error) {
		if (*all)[item].Version() != version {
			return time.Time{}, errChanged
		}
		changed := maps.Clone(*all)
		if changed == nil {
			changed = map[string]Review{}
		}
		how(changed)
		*all = changed
		return time.Time{}, nil
	})
	return err
}

// Verdict judges a published round: d is the document of the whole organisation,
// asOf the day of assessment, reviews those of the round.
func Verdict(rule *audit.Rule, d *analysis.Document, asOf string, reviews map[string]Review) *audit.Verdict {
	coding := rule.Observe(d, asOf)
	for item, r := range reviews {
		coded := coding.Items[item]
		coded.Level, coded.Basis, coded.Evidence = float64(r.Level), audit.Verified, nil
		for _, n := range r.Evidence {
			coded.Evidence = append(coded.Evidence, n.Evidence)
		}
		coding.Items[item] = coded
	}
	return rule.Judge(coding)
}
