package intake

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
)

// sessionLife is how long a file is kept that nobody goes on with.
const sessionLife = 24 * time.Hour

// Session is an import under way. An account has one at a time.
type Session struct {
	Top    string      `json:"top"` // the unit whose part it replaces
	Files  []string    `json:"files"`
	Match  Match       `json:"match"`
	Until  time.Time   `json:"until"`
	Packed []byte      `json:"packed"`
	Sheets []org.Sheet `json:"-"`
	memory memory
}

var errNoSession = fail.New(fail.NotFound, "Det finns ingen import att gå vidare med. Välj en fil först.", "There is no import to go on with. Choose a file first.")

// Start reads files, guesses what they mean and keeps them for the account, in
// place of an import that was under way. Nothing else is stored.
func (s *Service) Start(ctx context.Context, account, top string, files []Upload) error {
	if err := s.Sweep(ctx); err != nil {
		return err
	}
	sheets, err := Read(files)
	if err != nil {
		return err
	}
	packed, err := pack(sheets)
	if err != nil {
		return err
	}
	learnt, err := card.Get[memory](ctx, s.store, matchCards, top)
	if err != nil {
		return err
	}
	fresh := Session{Top: top, Match: learnt.guess(sheets), Packed: packed, Until: s.now().Add(sessionLife).UTC()}
	for _, f := range files {
		fresh.Files = append(fresh.Files, f.Name)
	}
	_, err = card.Update(ctx, s.store, importCards, account, func(v *Session) (time.Time, error) {
		*v = fresh
		return v.Until, nil
	})
	return err
}

// Session returns the account's import; fail.NotFound where there is none.
func (s *Service) Session(ctx context.Context, account string) (*Session, error) {
	v, err := card.Get[Session](ctx, s.store, importCards, account)
	if err != nil {
		return nil, err
	}
	if v.Packed == nil || s.now().After(v.Until) {
		return nil, errNoSession
	}
	if v.memory, err = card.Get[memory](ctx, s.store, matchCards, v.Top); err != nil {
		return nil, err
	}
	return &v, unpack(v.Packed, &v.Sheets)
}

// Abandon forgets the account's import.
func (s *Service) Abandon(ctx context.Context, account string) error {
	return s.store.DeleteCard(ctx, importCards, account)
}

// Titles returns what is in the columns of roles, with what each is known or
// thought to mean.
func (v *Session) Titles() []Title { return v.Match.titles(v.Sheets, v.memory.Titles) }

// Use changes what a sheet holds and in which row its headings are, and guesses
// its columns anew.
func (v *Session) Use(sheet int, use string, heading int) {
	sm := SheetMatch{Use: use, Heading: heading}
	if use != Unused {
		sm.Fields = v.memory.guessFields(use, headingRow(v.Sheets[sheet], heading).Cells)
	}
	v.Match.Sheets[sheet] = sm
}

// Keep stores the session's match, which Check must have let through, and
// remembers it for the next import below the same unit.
func (s *Service) Keep(ctx context.Context, account string, v *Session) error {
	if err := v.Match.Check(v.Sheets); err != nil {
		return err
	}
	_, err := card.Update(ctx, s.store, importCards, account, func(stored *Session) (time.Time, error) {
		if stored.Packed == nil {
			return time.Time{}, errNoSession
		}
		stored.Match = v.Match
		return stored.Until, nil
	})
	if err != nil {
		return err
	}
	_, err = card.Update(ctx, s.store, matchCards, v.Top, func(m *memory) (time.Time, error) {
		m.learn(v.Sheets, v.Match)
		return time.Time{}, nil
	})
	return err
}

// Propose returns what the session would change, and a seal of what it was
// compared with and would make.
func (s *Service) Propose(ctx context.Context, v *Session) (p Proposal, seal string, err error) {
	scope, err := s.Scope(ctx, v.Top)
	if err != nil {
		return p, "", err
	}
	p = Build(scope, v.Sheets, v.Match)
	return p, sealOf(scope, p), nil
}

func sealOf(scope *Scope, p Proposal) string { return scope.Hash[:16] + p.Is.Hash()[:16] }

// Accept makes the changes whose seal was shown, as a whole; fail.Conflict when
// they would be others now, and fail.Invalid when something in the files is
// faulty. successors tells which unit follows one that is removed.
func (s *Service) Accept(ctx context.Context, account string, v *Session, seal string, successors map[string]string) error {
	var p Proposal
	d := Doing{Actor: account, Top: v.Top, Action: "organisation.import", undo: true, Successors: map[string]string{}}
	// The log's line is written when the change is made, and says how large it was.
	preview, _, err := s.Propose(ctx, v)
	if err != nil {
		return err
	}
	d.Detail = fmt.Sprintf("%d units and %d people changed", len(preview.Changes.Units), len(preview.Changes.People))
	if err := checkSuccessors(preview, successors, d.Successors); err != nil {
		return err
	}
	err = s.change(ctx, d, func(scope *Scope) (org.Organisation, error) {
		p = Build(scope, v.Sheets, v.Match)
		switch {
		case len(p.Faults) > 0:
			return p.Is, fail.New(fail.Invalid, "Filen har fel. Rätta dem och läs in filen igen.", "The file has faults. Correct them and import it again.")
		case sealOf(scope, p) != seal:
			return p.Is, errMoved
		}
		return p.Is, nil
	})
	if err != nil {
		return err
	}
	return s.Abandon(ctx, account)
}

// checkSuccessors copies to out those that name a unit that stays for one that
// goes.
func checkSuccessors(p Proposal, successors, out map[string]string) error {
	for old, now := range successors {
		if now == "" {
			continue
		}
		gone := slices.ContainsFunc(p.Changes.Units, func(c org.Change[org.Unit]) bool { return c.Removed() && c.Was.ID == old })
		if !gone || unitAt(p.Is, now) < 0 {
			return errMoved
		}
		out[old] = now
	}
	return nil
}

// Follower proposes which unit follows one that is removed: the new one with the
// same name, "" where there is none.
func (p Proposal) Follower(gone org.Unit) string {
	for _, c := range p.Changes.Units {
		if c.Added() && strings.EqualFold(c.Is.Name, gone.Name) {
			return c.Is.ID
		}
	}
	return ""
}
