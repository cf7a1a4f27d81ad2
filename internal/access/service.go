package access

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/recent"
)

// How long a sign-in lasts, and a sign-in link that works once.
const (
	AccountSession = 12 * time.Hour
	AnswerSession  = 30 * 24 * time.Hour
	LinkLife       = 30 * time.Minute
)

// sessionKept is how long after it has ended another process may still know a
// respondent's session.
const sessionKept = time.Second

// Service signs people in and knows them again.
type Service struct {
	store    Store
	now      func() time.Time
	sessions *recent.Cache[string, Session] // respondents', by hash
}

// NewService ties signing in to a store.
func NewService(store Store, now func() time.Time) *Service {
	return &Service{store, now, recent.New[string, Session](sessionKept)}
}

// Grant adds g to what the account of an e-mail address may do, making the
// account where there is none, and returns the token of a sign-in link for it
// that works once within LinkLife. The address is /in/TOKEN.
func (s *Service) Grant(ctx context.Context, email string, g Grant) (token string, err error) {
	a, err := s.store.Account(ctx, email)
	if err != nil && !fail.Is(err, fail.NotFound) {
		return "", err
	}
	a.ID, a.Name, a.Email = email, cmp.Or(a.Name, email), email
	if !slices.Contains(a.Grants, g) {
		a.Grants = append(a.Grants, g)
	}
	token = keys.Random()
	a.Link, a.LinkUntil, a.LinkAgain = keys.Hash(token), s.now().Add(LinkLife), false
	return token, s.store.PutAccount(ctx, a)
}

// Revoke takes everything away that an account may do, its link and its sessions
// too; fail.NotFound where there is no such account.
func (s *Service) Revoke(ctx context.Context, id string) error {
	a, err := s.store.Account(ctx, id)
	if err != nil {
		return err
	}
	a.Grants, a.Link = nil, nil
	if err := s.store.PutAccount(ctx, a); err != nil {
		return err
	}
	return s.store.DropSessions(ctx, id)
}

// GrantLasting stores an account with a sign-in link that works again and
// again: for the demo, where the links are printed at every start.
func (s *Service) GrantLasting(ctx context.Context, a Account, token string) error {
	a.Link, a.LinkUntil, a.LinkAgain = keys.Hash(token), s.now().AddDate(100, 0, 0), true
	return s.store.PutAccount(ctx, a)
}

var errLink = fail.New(fail.NotFound, "Länken gäller inte längre. Be om en ny.", "The link is no longer valid. Ask for a new one.")

// LinkAgain tells of a sign-in link whether it works again and again;
// fail.NotFound when it does not work at all.
func (s *Service) LinkAgain(ctx context.Context, token string) (bool, error) {
	a, err := s.byLink(ctx, token)
	return a.LinkAgain, err
}

func (s *Service) byLink(ctx context.Context, token string) (Account, error) {
	a, err := s.store.AccountByLink(ctx, keys.Hash(token))
	if fail.Is(err, fail.NotFound) || err == nil && s.now().After(a.LinkUntil) {
		return Account{}, errLink
	}
	return a, err
}

// SignIn exchanges a sign-in link's token for a session and returns the
// cookie's value; fail.NotFound when the link has been used or has run out.
func (s *Service) SignIn(ctx context.Context, token string) (cookie string, err error) {
	a, err := s.byLink(ctx, token)
	if err != nil {
		return "", err
	}
	if !a.LinkAgain {
		if err := s.store.TakeLink(ctx, a.ID, a.Link); fail.Is(err, fail.NotFound) {
			return "", errLink
		} else if err != nil {
			return "", err
		}
	}
	return s.start(ctx, Session{Account: a.ID, Until: s.now().Add(AccountSession)})
}

// StartAnswering makes a session for a respondent whose personal link has been
// checked, and returns the cookie's value.
func (s *Service) StartAnswering(ctx context.Context, round, person string) (cookie string, err error) {
	// Ends with a day, lest the session tell the second when somebody began.
	return s.start(ctx, Session{Round: round, Person: person, Until: s.now().Add(AnswerSession).Truncate(24 * time.Hour)})
}

// start stores a session under a new random name: one that a stranger may have
// planted in the browser is never taken over (session fixation).
func (s *Service) start(ctx context.Context, session Session) (cookie string, err error) {
	cookie = keys.Random()
	session.Hash = keys.Hash(cookie)
	return cookie, s.store.PutSession(ctx, session)
}

// Identity returns who a cookie belongs to; the zero Identity, which may do
// nothing, when it belongs to no account.
func (s *Service) Identity(ctx context.Context, cookie string) (Identity, error) {
	session, err := s.session(ctx, cookie)
	if err != nil || session.Account == "" {
		return Identity{}, err
	}
	a, err := s.store.Account(ctx, session.Account)
	if fail.Is(err, fail.NotFound) {
		return Identity{}, nil
	}
	if err != nil {
		return Identity{}, err
	}
	return Identity{Account: a.ID, Name: a.Name, Grants: a.Grants}, nil
}

// Respondent returns the round and person that a cookie answers for; both ""
// when it is no respondent's.
func (s *Service) Respondent(ctx context.Context, cookie string) (round, person string, err error) {
	session, err := s.sessions.Get(string(keys.Hash(cookie)), func() (Session, error) {
		v, err := s.session(ctx, cookie)
		if err == nil && v.Person == "" {
			err = errNobody // strangers' cookies are not kept
		}
		return v, err
	})
	if errors.Is(err, errNobody) {
		err = nil
	}
	return session.Round, session.Person, err
}

var errNobody = errors.New("no respondent's session")

func (s *Service) session(ctx context.Context, cookie string) (Session, error) {
	if cookie == "" {
		return Session{}, nil
	}
	session, err := s.store.Session(ctx, keys.Hash(cookie))
	if fail.Is(err, fail.NotFound) || err == nil && s.now().After(session.Until) {
		return Session{}, nil
	}
	return session, err
}

// SignOut ends a session.
func (s *Service) SignOut(ctx context.Context, cookie string) error {
	if cookie == "" {
		return nil
	}
	defer s.sessions.Forget(string(keys.Hash(cookie)))
	return s.store.DeleteSession(ctx, keys.Hash(cookie))
}
