package intake

import (
	"context"
	"encoding/json"
)

// Forget throws away what imports under some units replaced, and the files of
// those under way, so that nobody in them is kept or brought back: those imports
// can't be undone any more, and these have to begin again.
func (s *Service) Forget(ctx context.Context, under func(unit string) bool) error {
	for c, err := range s.store.Cards(ctx, undoCards, "") {
		if err == nil && under(c.ID) {
			err = s.store.DeleteCard(ctx, undoCards, c.ID)
		}
		if err != nil {
			return err
		}
	}
	for c, err := range s.store.Cards(ctx, importCards, "") {
		var v Session
		if err == nil {
			err = json.Unmarshal(c.Body, &v)
		}
		if err == nil && under(v.Top) {
			err = s.store.DeleteCard(ctx, importCards, c.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
