package access

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
)

// LinkLife is how long a sign-in link that works once works.
const LinkLife = 30 * time.Minute

// link is a sign-in link that works once, stored as a card under the hash of its
// token. One account can have several: who asks for one takes none away from
// whoever has one already.
type link struct {
	Account string    `json:"account"`
	Until   time.Time `json:"until"`
	Used    bool      `json:"used,omitempty"`
}

const linkKind = "signin"

func linkID(token string) string { return hex.EncodeToString(keys.Hash(token)) }

// NewLink makes a sign-in link for an account and returns its token, which works
// once within LinkLife. The address is /in/TOKEN.
func (s *Service) NewLink(ctx context.Context, account string) (token string, err error) {
	for old, err := range s.store.DueCards(ctx, linkKind, s.now()) {
		if err != nil {
			return "", err
		}
		if err := s.store.DeleteCard(ctx, linkKind, old.ID); err != nil {
			return "", err
		}
	}
	token = keys.Random()
	_, err = card.Update(ctx, s.store, linkKind, linkID(token), func(l *link) (time.Time, error) {
		*l = link{Account: account, Until: s.now().Add(LinkLife)}
		return l.Until, nil
	})
	return token, err
}

// LinkFor makes a sign-in link for whoever has a role and an e-mail address:
// what is to be sent to it. fail.NotFound where nobody has.
func (s *Service) LinkFor(ctx context.Context, email string) (a Account, token string, err error) {
	if a, err = s.store.Account(ctx, normal(email)); err != nil {
		return a, "", err
	}
	grants, err := s.grants(ctx, a)
	if err != nil {
		return a, "", err
	}
	if a.Email == "" || len(grants) == 0 {
		return a, "", errLink
	}
	token, err = s.NewLink(ctx, a.ID)
	return a, token, err
}

func normal(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

var errLink = fail.New(fail.NotFound, "Länken gäller inte längre. Be om en ny.", "The link is no longer valid. Ask for a new one.")

// LinkAgain tells of a sign-in link whether it works again and again;
// fail.NotFound when it does not work at all.
func (s *Service) LinkAgain(ctx context.Context, token string) (bool, error) {
	l, err := card.Get[link](ctx, s.store, linkKind, linkID(token))
	if err != nil {
		return false, err
	}
	if l.Account != "" {
		return false, s.usable(&l)
	}
	_, err = s.lasting(ctx, token)
	return true, err
}

func (s *Service) usable(l *link) error {
	if l.Account == "" || l.Used || s.now().After(l.Until) {
		return errLink
	}
	return nil
}

// lasting returns the account of a link that works again and again.
func (s *Service) lasting(ctx context.Context, token string) (string, error) {
	a, err := s.store.AccountByLink(ctx, keys.Hash(token))
	if fail.Is(err, fail.NotFound) || err == nil && (!a.LinkAgain || s.now().After(a.LinkUntil)) {
		return "", errLink
	}
	return a.ID, err
}

// takeLink uses a link up, if it is one that works once, and returns its account.
func (s *Service) takeLink(ctx context.Context, token string) (account string, err error) {
	again, err := s.LinkAgain(ctx, token)
	if err != nil {
		return "", err
	}
	if again {
		return s.lasting(ctx, token)
	}
	l, err := card.Update(ctx, s.store, linkKind, linkID(token), func(l *link) (time.Time, error) {
		err := s.usable(l)
		l.Used = true
		return l.Until, err
	})
	return l.Account, err
}

// dropLinks takes back the links that an account has not used.
func (s *Service) dropLinks(ctx context.Context, account string) error {
	for c, err := range s.store.Cards(ctx, linkKind, "") {
		if err != nil {
			return err
		}
		l, err := card.Get[link](ctx, s.store, linkKind, c.ID)
		if err != nil {
			return err
		}
		if l.Account != account {
			continue
		}
		if err := s.store.DeleteCard(ctx, linkKind, c.ID); err != nil {
			return err
		}
	}
	return nil
}

// How often a sign-in link may be asked for, and a link tried that there is not.
// All processes count together.
const (
	limitLife    = 15 * time.Minute
	askedOfOne   = 3   // for one address
	askedOfAll   = 300 // for any
	unknownOfAll = 300
)

var errAskedTooMuch = fail.New(fail.TooMany, "Det har bett om för många länkar den senaste stunden. En länk som du redan har fått gäller ändå. Vänta en kvart och försök igen.",
	"Too many links have been asked for lately. A link that you already have still works. Wait a quarter of an hour and try again.").After(limitLife)

// Asked counts that a sign-in link is asked for with an address, and is
// fail.TooMany when that has been done too often: whether anybody has the
// address or not.
func (s *Service) Asked(ctx context.Context, email string) error {
	n, err := s.store.Tally(ctx, "signin asked", limitLife)
	if err == nil && n <= askedOfAll {
		var one int64
		if one, err = s.store.Tally(ctx, "signin asked "+linkID(normal(email)), limitLife); one <= askedOfOne {
			return err
		}
	}
	if err != nil {
		return err
	}
	return errAskedTooMuch
}

var errTriedTooMuch = fail.New(fail.TooMany, "Länken känns inte igen, och många felaktiga länkar har prövats den senaste stunden. Vänta en kvart, och öppna sedan länken direkt från mejlet. En riktig länk fungerar hela tiden.",
	"The link is not recognised, and many wrong links have been tried lately. Wait a quarter of an hour, then open the link directly from the letter. A right link works all the time.").After(limitLife)

// Unknown counts that a link has been tried that there is not, and is
// fail.TooMany when that has been done too often. Right links are not asked of.
func (s *Service) Unknown(ctx context.Context) error {
	n, err := s.store.Tally(ctx, "unknown links", limitLife)
	if err == nil && n > unknownOfAll {
		return errTriedTooMuch
	}
	return err
}
