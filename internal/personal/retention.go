package personal

import (
	"context"
	"fmt"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/trail"
)

// Rules tell how long things are kept. Sessions run out by themselves; accounts
// are kept until somebody removes them, since only the kommun knows whose work
// goes on.
type Rules struct {
	Responses int `json:"responses"` // months after publishing: invitations and responses; results are kept
	Letters   int `json:"letters"`   // months after the round's last day to answer
	Log       int `json:"log"`       // years: lines of the audit log
}

// DefaultRules are those of an installation that has not set its own.
var DefaultRules = Rules{Responses: 24, Letters: 12, Log: 5}

// The longest that a rule may be: what is longer is most likely a slip.
const (
	MaxMonths = 120
	MaxYears  = 20
)

const (
	rulesCards  = "retention"
	ruleCard    = "rules"
	tendedCards = "tended"
)

// Rules returns what applies now.
func (s *Service) Rules(ctx context.Context) (Rules, error) {
	r, err := card.Get[Rules](ctx, s.store, rulesCards, ruleCard)
	if err == nil && r == (Rules{}) {
		r = DefaultRules
	}
	return r, err
}

// SetRules changes what applies from the next run on; fail.Invalid for what
// can't be, At "responses", "letters" or "log".
func (s *Service) SetRules(ctx context.Context, actor string, r Rules) error {
	for _, f := range []struct {
		field string
		n     int
		max   int
	}{{"responses", r.Responses, MaxMonths}, {"letters", r.Letters, MaxMonths}, {"log", r.Log, MaxYears}} {
		if f.n < 1 || f.n > f.max {
			return fail.New(fail.Invalid, fmt.Sprintf("Skriv ett helt tal från 1 till %d.", f.max), fmt.Sprintf("Write a whole number from 1 to %d.", f.max)).At(f.field)
		}
	}
	was, err := s.Rules(ctx)
	if err != nil || was == r {
		return err
	}
	if _, err := card.Update(ctx, s.store, rulesCards, ruleCard, func(now *Rules) (time.Time, error) { *now = r; return time.Time{}, nil }); err != nil {
		return err
	}
	s.log.Note(ctx, trail.Event{Actor: actor, Action: "retention.change", Detail: fmt.Sprintf("responses %d → %d months, letters %d → %d months, log %d → %d years",
		was.Responses, r.Responses, was.Letters, r.Letters, was.Log, r.Log)})
	return nil
}

// Run is what the last run of the retention let go; the zero Run when it has
// never run.
type Run struct {
	At      time.Time `json:"at"`
	Rounds  []string  `json:"rounds"`  // whose people and responses went
	Letters int       `json:"letters"` // people whose letters went
	Lines   int64     `json:"lines"`   // of the log
}

// LastRun returns the last run.
func (s *Service) LastRun(ctx context.Context) (Run, error) {
	return card.Get[Run](ctx, s.store, tendedCards, "retention")
}

// Retain lets go what the rules say that the time is out of, and returns what
// went. Each thing that went is in the log.
func (s *Service) Retain(ctx context.Context) (Run, error) {
	run := Run{At: s.now().UTC()}
	rules, err := s.Rules(ctx)
	if err != nil {
		return run, err
	}
	retired, err := s.rounds.Retire(ctx, run.At.AddDate(0, -rules.Responses, 0))
	for _, r := range retired {
		run.Rounds = append(run.Rounds, r.ID)
	}
	if err != nil {
		return run, err
	}
	if run.Letters, err = s.dropLetters(ctx, run.At.AddDate(0, -rules.Letters, 0)); err != nil {
		return run, err
	}
	run.Lines, err = s.log.Prune(ctx, run.At.AddDate(-rules.Log, 0, 0))
	return run, err
}

// dropLetters forgets the letters of the rounds whose last day was before a
// moment, or whose people are forgotten already.
func (s *Service) dropLetters(ctx context.Context, before time.Time) (n int, err error) {
	rounds, err := s.rounds.Rounds(ctx)
	if err != nil {
		return 0, err
	}
	for _, r := range rounds {
		if !r.Forgotten && (r.OpenedAt.IsZero() || !r.ClosesAt().Before(before)) {
			continue
		}
		of := 0
		for c, err := range s.store.Cards(ctx, LetterCards, r.ID+"/") {
			if err == nil {
				err = s.store.DeleteCard(ctx, LetterCards, c.ID)
			}
			if err != nil {
				return n, err
			}
			of++
		}
		if of > 0 {
			n += of
			s.log.Note(ctx, trail.Event{Actor: trail.System, Action: "letter.forget", Unit: r.Top, Round: r.ID, Detail: fmt.Sprint(of)})
		}
	}
	return n, nil
}
