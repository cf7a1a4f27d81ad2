package access

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/recent"
	"github.com/mognad/mognad/internal/trail"
)

// How long a sign-in lasts: an account's until it has not been used for
// AccountIdle, and AccountSession at the most; a respondent's AnswerSession.
const (
	AccountIdle    = time.Hour
	AccountSession = 12 * time.Hour
	AnswerSession  = 30 * 24 * time.Hour
)

const (
	// sessionKept is how long after it has ended another process may still know a
	// respondent's session.
	sessionKept = time.Second
	// touchEvery is how seldom it is stored that a session is used.
	touchEvery = 5 * time.Minute
)

// Service signs people in, knows them again, and says who may do what.
type Service struct {
	store    Store
	log      *trail.Log
	now      func() time.Time
	sessions *recent.Cache[string, Session] // respondents', by hash
}

// NewService ties signing in to a store, and to the keys that seal the log.
func NewService(store Store, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{store, trail.New(store, ring, now), now, recent.New[string, Session](sessionKept)}
}

// Grant adds g to what the account of an e-mail address may do, making the
// account where there is none, and returns the token of a sign-in link for it
// that works once within LinkLife. The address is /in/TOKEN.
func (s *Service) Grant(ctx context.Context, email string, g Grant) (token string, err error) {
	if err := s.give(ctx, email, "", false, g, nil); err != nil {
		return "", err
	}
	return s.NewLink(ctx, email)
}

// give adds a grant to an account, making it where there is none, while nobody
// takes roles away: Take forgets who has none left.
func (s *Service) give(ctx context.Context, email, name string, rename bool, g Grant, tree *org.Tree) error {
	return s.alone(ctx, func(ctx context.Context) error {
		rows, err := s.groups(ctx)
		if err != nil {
			return err
		}
		var had []Grant
		if _, err := s.store.UpdateAccount(ctx, email, func(a *Account) error {
			had = held(*a, rows)
			a.Name, a.Email = cmp.Or(a.Name, name, email), cmp.Or(a.Email, email)
			if rename && name != "" {
				a.Name = name
			}
			if !slices.Contains(a.Grants, g) {
				a.Grants = append(a.Grants, g)
			}
			return nil
		}); err != nil {
			return err
		}
		return s.endWidened(ctx, email, had, []Grant{g}, tree)
	})
}

// Revoke takes everything away that an account may do, its links and its
// sessions too; fail.NotFound where there is no such account. Roles that the
// organisation's own sign-in gives come back at the next one.
func (s *Service) Revoke(ctx context.Context, id string) error {
	if _, err := s.store.Account(ctx, id); err != nil {
		return err
	}
	if _, err := s.store.UpdateAccount(ctx, id, func(a *Account) error {
		a.Grants, a.Groups, a.Link = nil, nil, nil
		return nil
	}); err != nil {
		return err
	}
	return s.endAll(ctx, id)
}

// endAll ends an account's sessions, and the links that would begin new ones.
func (s *Service) endAll(ctx context.Context, id string) error {
	if err := s.dropLinks(ctx, id); err != nil {
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

// SignIn exchanges a sign-in link's token for a session and returns the
// cookie's value; fail.NotFound when the link has been used or has run out.
func (s *Service) SignIn(ctx context.Context, token string) (cookie string, err error) {
	id, err := s.takeLink(ctx, token)
	if err != nil {
		return "", err
	}
	return s.startAccount(ctx, id, "link")
}

// startAccount begins an account's session.
func (s *Service) startAccount(ctx context.Context, id, how string) (cookie string, err error) {
	now := s.now()
	if cookie, err = s.start(ctx, Session{Account: id, Until: now.Add(AccountIdle), Ends: now.Add(AccountSession)}); err != nil {
		return "", err
	}
	s.log.Note(ctx, trail.Event{Actor: id, Action: "access.signin", Subject: id, Detail: how})
	return cookie, nil
}

// StartAnswering makes a session for a respondent whose personal link has been
// checked, and returns the cookie's value.
func (s *Service) StartAnswering(ctx context.Context, round, person string) (cookie string, err error) {
	// Ends with a day, lest the session tell the second when somebody began.
	until := s.now().Add(AnswerSession).Truncate(24 * time.Hour)
	return s.start(ctx, Session{Round: round, Person: person, Until: until, Ends: until})
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
	grants, err := s.grants(ctx, a)
	if err != nil {
		return Identity{}, err
	}
	s.touch(ctx, session)
	return Identity{Account: a.ID, Name: a.Name, Email: a.Email, Grants: grants, Since: session.Ends.Add(-AccountSession)}, nil
}

// Unattended marks what a page asks for by itself: nobody need be there, and it
// keeps no session from running out.
func Unattended(ctx context.Context) context.Context {
	return context.WithValue(ctx, unattended{}, true)
}

type unattended struct{}

// touch notes that an account's session is used. That it could not be is no
// reason to turn somebody away.
func (s *Service) touch(ctx context.Context, session Session) {
	if ctx.Value(unattended{}) != nil {
		return
	}
	until := s.now().Add(AccountIdle)
	if until.Sub(session.Until) < touchEvery {
		return
	}
	if until.After(session.Ends) {
		until = session.Ends
	}
	if !until.After(session.Until) {
		return
	}
	if err := s.store.TouchSession(ctx, session.Hash, until); err != nil {
		slog.WarnContext(ctx, "that a session is used could not be stored", "err", err)
	}
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

// SignOutEverywhere ends every session of an account, and takes back the sign-in
// links that have not been used.
func (s *Service) SignOutEverywhere(ctx context.Context, account string) error {
	if err := s.endAll(ctx, account); err != nil {
		return err
	}
	s.log.Note(ctx, trail.Event{Actor: account, Action: "access.sessions.end", Subject: account})
	return nil
}
