package register

import (
	"context"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
)

// Upload is a file that somebody has sent and not yet accepted. An account has one
// at a time.
type Upload struct {
	Unit   string    `json:"unit"`
	Files  []string  `json:"files"`
	Rows   []Row     `json:"rows"`
	Unread []Unread  `json:"unread,omitempty"`
	Until  time.Time `json:"until"`
}

const (
	uploadCards = "register.upload"
	uploadLife  = 24 * time.Hour
)

var errNoUpload = fail.New(fail.NotFound, "Det finns ingen fil att gå vidare med. Välj en fil först.", "There is no file to go on with. Choose a file first.")

// Keep stores a file for the account, in place of the one that was there, and
// forgets those whose time is over.
func (s *Service) Keep(ctx context.Context, account string, d Upload, now time.Time) error {
	if err := s.Sweep(ctx, now); err != nil {
		return err
	}
	d.Until = now.Add(uploadLife).UTC()
	_, err := card.Update(ctx, s.store, uploadCards, account, func(v *Upload) (time.Time, error) {
		*v = d
		return d.Until, nil
	})
	return err
}

// Uploaded returns the account's; fail.NotFound where there is none.
func (s *Service) Uploaded(ctx context.Context, account string, now time.Time) (Upload, error) {
	d, err := card.Get[Upload](ctx, s.store, uploadCards, account)
	if err == nil && (d.Rows == nil || now.After(d.Until)) {
		return Upload{}, errNoUpload
	}
	return d, err
}

// Drop forgets the account's file.
func (s *Service) Drop(ctx context.Context, account string) error {
	return s.store.DeleteCard(ctx, uploadCards, account)
}

// Sweep forgets files whose time is over.
func (s *Service) Sweep(ctx context.Context, now time.Time) error {
	for c, err := range s.store.DueCards(ctx, uploadCards, now) {
		if err == nil {
			err = s.store.DeleteCard(ctx, uploadCards, c.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
