package intake

import "context"

// Forget throws away what imports under some units replaced, so that nobody in
// it is kept or brought back: those imports can't be undone any more.
func (s *Service) Forget(ctx context.Context, under func(unit string) bool) error {
	for c, err := range s.store.Cards(ctx, undoCards, "") {
		if err == nil && under(c.ID) {
			err = s.store.DeleteCard(ctx, undoCards, c.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
