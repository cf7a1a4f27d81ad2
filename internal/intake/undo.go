package intake

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
)

// Cards of this package: an import under way, under the account's id; how files
// were matched last, and what the last import replaced, under the top unit's id.
const (
	importCards = "import"
	matchCards  = "import-match"
	undoCards   = "import-undo"
)

// undoLife is how long an import can be undone: what it took away is kept no
// longer than somebody can be thought to want it back.
const undoLife = 30 * 24 * time.Hour

// Undo tells of the last import, while it can be undone.
type Undo struct {
	At    time.Time `json:"at"`
	Actor string    `json:"actor"`
	After string    `json:"after"` // the hash of what it made
	// Was is what it replaced, packed, and Successors what the card said.
	Was        []byte            `json:"was"`
	Successors map[string]string `json:"successors"`
}

// keep puts away what an import is to replace.
func (s *Service) keep(ctx context.Context, d Doing, scope *Scope, after string) error {
	was, err := pack(scope.Now)
	if err != nil {
		return err
	}
	successors, err := card.Get[map[string]string](ctx, s.store, round.SuccessorCards, d.Top)
	if err != nil {
		return err
	}
	_, err = card.Update(ctx, s.store, undoCards, d.Top, func(u *Undo) (time.Time, error) {
		*u = Undo{At: s.now().UTC(), Actor: d.Actor, After: after, Was: was, Successors: successors}
		return s.now().Add(undoLife), nil
	})
	return err
}

// outdate forgets what earlier imports replaced that d's change has made too late to
// undo: it holds people who may be gone for good.
func (s *Service) outdate(ctx context.Context, d Doing, tree *org.Tree) error {
	for c, err := range s.store.Cards(ctx, undoCards, "") {
		_, there := tree.Unit(c.ID)
		touched := tree.Within(c.ID, d.Top) || tree.Within(d.Top, c.ID) || !there
		if err == nil && touched && !(d.undo && c.ID == d.Top) {
			err = s.store.DeleteCard(ctx, undoCards, c.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// LastImport returns the last import below scope's top if it can be undone: if
// nothing has been changed since. Its At is zero when it can't.
func (s *Service) LastImport(ctx context.Context, scope *Scope) (Undo, error) {
	u, err := card.Get[Undo](ctx, s.store, undoCards, scope.Top.ID)
	if err != nil || u.After != scope.Hash || s.now().After(u.At.Add(undoLife)) {
		return Undo{}, err
	}
	return u, nil
}

// Undo takes the last import below top back; fail.Conflict when something has
// been changed since.
func (s *Service) Undo(ctx context.Context, actor, top string) error {
	var last Undo
	err := s.change(ctx, Doing{Actor: actor, Top: top, Action: "organisation.undo"}, func(scope *Scope) (was org.Organisation, err error) {
		if last, err = s.LastImport(ctx, scope); err != nil {
			return was, err
		}
		if last.At.IsZero() {
			return was, errNoUndo
		}
		return was, unpack(last.Was, &was)
	})
	if err != nil {
		return err
	}
	_, err = card.Update(ctx, s.store, round.SuccessorCards, top, func(m *map[string]string) (time.Time, error) {
		*m = last.Successors
		return time.Time{}, nil
	})
	return err
}

// Sweep forgets imports that nobody has gone on with and what can't be undone any
// more.
func (s *Service) Sweep(ctx context.Context) error {
	for _, kind := range []string{importCards, undoCards} {
		for c, err := range s.store.DueCards(ctx, kind, s.now()) {
			if err == nil {
				err = s.store.DeleteCard(ctx, kind, c.ID)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// maxPacked keeps a card, with its content in base64, below what a store takes.
const maxPacked = 10 << 20

// pack returns v as compressed JSON.
func pack(v any) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	err := json.NewEncoder(w).Encode(v)
	if err == nil {
		err = w.Close()
	}
	if err == nil && out.Len() > maxPacked {
		err = fail.New(fail.Invalid, "Filen innehåller för mycket. Ta bort blad och kolumner som inte behövs.", "The file holds too much. Remove sheets and columns that are not needed.").At("files")
	}
	return out.Bytes(), err
}

// unpack reads what pack made.
func unpack(packed []byte, v any) error {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return json.Unmarshal(content, v)
}
