// Package mail writes and sends letters: invitations, reminders, links to sign in,
// and reminders of actions. Those of a round stand in a queue, a card a person, and are sent one by one
// by one process at a time. A letter is marked before it is handed to the server:
// should the process die in between it is not sent again by itself, so that
// nobody gets it twice.
package mail

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/metrics"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
)

// Store is what letters need of a database.
type Store interface {
	card.Store
	Lease(ctx context.Context, name, holder string, life time.Duration) (bool, error)
}

// Contact is whom receivers can ask; what is not known is "".
type Contact struct{ Name, Email, Phone string }

// Config is what letters are told from outside.
type Config struct {
	Server  *Server
	From    mail.Address // without a name letters are from the unit that is measured
	Rate    float64      // letters a second
	BaseURL *url.URL     // of links
	// Contact returns whom to ask about a round of the unit that path leads to.
	Contact func(ctx context.Context, path []string) (Contact, error)
}

// Service writes and sends letters. A nil Service is an installation without a
// mail server.
type Service struct {
	config   Config
	store    Store
	rounds   *round.Service
	actions  *action.Service
	log      *trail.Log
	now      func() time.Time
	defaults map[Kind]Template
	limit    *rate.Limiter
	holder   string // names this process to the others
	busy     sync.WaitGroup
	open     chan struct{} // sign-in letters under way
	rest     time.Time     // until when the server is left alone; only Tend's
}

// New ties letters to their store. The error is a fault in the texts.
func New(config Config, store Store, rounds *round.Service, now func() time.Time) (*Service, error) {
	texts, err := defaults()
	if err != nil {
		return nil, err
	}
	return &Service{config: config, store: store, rounds: rounds, actions: action.New(store, rounds.Log(), now), log: rounds.Log(), now: now, defaults: texts,
		limit: rate.NewLimiter(rate.Limit(config.Rate), 1), holder: keys.Random(), open: make(chan struct{}, signInsAtOnce)}, nil
}

// Wait returns when what was sent in the background is done.
func (s *Service) Wait() {
	if s != nil {
		s.busy.Wait()
	}
}

// textsKind is the kind of the cards that hold a kommun's own texts, under the
// id of the unit that is measured.
const textsKind = "letter.texts"

// Texts returns the texts that rounds of a top unit use, and which of them are
// its own.
func (s *Service) Texts(ctx context.Context, top string) (texts map[Kind]Template, own map[Kind]bool, err error) {
	stored, err := card.Get[map[Kind]Template](ctx, s.store, textsKind, top)
	texts, own = map[Kind]Template{}, map[Kind]bool{}
	for kind, t := range s.defaults {
		texts[kind] = t
		if changed, ok := stored[kind]; ok {
			texts[kind], own[kind] = changed, true
		}
	}
	return texts, own, err
}

// SetText stores a top unit's own text of a kind, in place of the one whose
// card.Seal was seen; nil goes back to the default. fail.Invalid At the field that
// is faulty; fail.NotFound for a kind whose text can't be changed; fail.Conflict
// when the text is no longer what was seen.
func (s *Service) SetText(ctx context.Context, actor, top string, kind Kind, text *Template, seen string) error {
	if !slices.Contains(Kinds, kind) {
		return errNoKind
	}
	if text != nil {
		if err := text.Check(); err != nil {
			return err
		}
	}
	_, err := card.Update(ctx, s.store, textsKind, top, func(all *map[Kind]Template) (time.Time, error) {
		now, own := (*all)[kind]
		if !own {
			now = s.defaults[kind]
		}
		if card.Seal(now) != seen {
			return time.Time{}, errTextMoved
		}
		next := maps.Clone(*all)
		if next == nil {
			next = map[Kind]Template{}
		}
		delete(next, kind)
		if text != nil {
			next[kind] = *text
		}
		*all = next
		return time.Time{}, nil
	})
	if err == nil {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "letter.text", Unit: top, Detail: string(kind)})
	}
	return err
}

var (
	errNoKind    = fail.New(fail.NotFound, "Det finns inget sådant brev.", "There is no such letter.")
	errTextMoved = fail.New(fail.Conflict, "Någon annan har ändrat brevets text sedan du öppnade sidan. Det du skrev står kvar här. Jämför med texten som den är nu, och spara igen om din ska gälla.",
		"Somebody else has changed the text of the letter since you opened the page. What you typed is still here. Compare it with the text as it is now, and save again if yours is to hold.")
)

// Write renders the letter of a kind to one person: what is sent, but for the
// link, which is given.
func (s *Service) Write(ctx context.Context, r round.Round, tree *org.Tree, t Template, name, link string) (Letter, Contact, error) {
	contact, err := s.contact(ctx, tree)
	if err != nil {
		return Letter{}, contact, err
	}
	sender := tree.Root().Name
	l, err := t.Render(Values{
		"namn": same(name), Link: same(link), "omgång": same(r.Name), "avsändare": same(sender), "kontakt": same(contact.words()),
		"sista dag": {SV: lastDay(r, "sv"), EN: lastDay(r, "en")},
	})
	return l, contact, err
}

func same(text string) survey.Text { return survey.Text{SV: text, EN: text} }

func (c Contact) words() string {
	return strings.Join(slices.DeleteFunc([]string{c.Name, c.Email, c.Phone}, func(s string) bool { return s == "" }), ", ")
}

// contact is whom receivers can ask: the sender's address where nobody has said.
func (s *Service) contact(ctx context.Context, tree *org.Tree) (c Contact, err error) {
	if s.config.Contact != nil {
		top := tree.Root().ID
		c, err = s.config.Contact(ctx, append(tree.Above(top), top))
	}
	if c.words() == "" {
		c.Email = s.config.From.Address
	}
	return c, err
}

// lastDay is the last day to answer, with the time where it is not the day's end.
func lastDay(r round.Round, lang string) string {
	day := format.Weekday(r.ClosesOn, lang)
	switch {
	case r.ClosesTime == "":
		return day
	case lang == "en":
		return day + " at " + r.ClosesTime
	}
	return day + " kl. " + strings.Replace(r.ClosesTime, ":", ".", 1)
}

// message addresses a letter.
func (s *Service) message(l Letter, sender string, c Contact, to mail.Address) Message {
	from := s.Sender(sender)
	m := Message{From: from, To: to, Subject: l.Subject, Text: l.Text, HTML: l.HTML, At: s.now()}
	if c.Email != from.Address {
		m.ReplyTo = c.Email
	}
	return m
}

// Sender is who letters of a unit's round are from.
func (s *Service) Sender(unit string) mail.Address {
	return mail.Address{Name: cmp.Or(s.config.From.Name, unit), Address: s.config.From.Address}
}

// A test letter goes to the one who asks, so many times an hour.
const testsAnHour = 20

// Test sends a letter of a kind, with a text that need not be stored, to the one
// who asks for it. Its link leads to the start page. The error is fail.Invalid
// for a faulty text, fail.Unavailable where the mail server did not take it.
func (s *Service) Test(ctx context.Context, r round.Round, tree *org.Tree, t Template, account, name, email string) error {
	if err := t.Check(); err != nil {
		return err
	}
	if email == "" || !org.ValidAddress(email) {
		return fail.New(fail.Invalid, "Ditt konto har ingen e-postadress att skicka till.", "Your account has no e-mail address to send to.")
	}
	n, err := s.store.Tally(ctx, "mail/test/"+account, time.Hour)
	if err != nil {
		return err
	}
	if n > testsAnHour {
		return fail.New(fail.Conflict, "Du har skickat många provbrev den här timmen. Vänta en stund.", "You have sent many test letters this hour. Wait a while.")
	}
	l, contact, err := s.Write(ctx, r, tree, t, name, s.config.BaseURL.String()+"/")
	if err != nil {
		return err
	}
	l.Subject = "[Prov] " + l.Subject
	d := s.config.Server.send(ctx, s.message(l, tree.Root().Name, contact, mail.Address{Name: name, Address: email}))
	s.count("test", d.outcome)
	s.log.Note(ctx, trail.Event{Actor: account, Action: "letter.test", Unit: tree.Root().ID, Round: r.ID})
	if d.outcome != sent {
		return fail.Wrap(d.err, fail.Unavailable, "Provbrevet skickades inte. "+d.fault.SV, "The test letter was not sent. "+d.fault.EN)
	}
	return nil
}

// What is done with a sign-in letter that the server does not take at once.
const signInsAtOnce = 8

var signInWaits = []time.Duration{0, 3 * time.Second, 10 * time.Second}

// SignIn sends a link to sign in with. It is sent at once in the background and
// stands in no queue: the link is a secret that the store must not have, is
// valid for moments, and can be asked for again. The error is fail.Unavailable
// where there is no mail server, or too much to do; a letter that fails later is
// in the log, without its receiver.
func (s *Service) SignIn(ctx context.Context, to, name, link string) error {
	if s == nil {
		return errNoServer
	}
	if to == "" || !org.ValidAddress(to) {
		return fail.New(fail.Invalid, "Skriv en hel e-postadress, till exempel anna@kommunen.se.", "Write a whole e-mail address, for example anna@kommunen.se.").At("email")
	}
	l, err := s.defaults[SignIn].Render(Values{"namn": same(cmp.Or(name, to)), Link: same(link), "avsändare": same(cmp.Or(s.config.From.Name, "mognad"))})
	if err != nil {
		return err
	}
	select {
	case s.open <- struct{}{}:
	default:
		return fail.New(fail.Unavailable, "Många loggar in just nu. Försök igen om en minut.", "Many are signing in at the moment. Try again in a minute.")
	}
	m := s.message(l, "mognad", Contact{Email: s.config.From.Address}, mail.Address{Name: name, Address: to})
	ctx = context.WithoutCancel(ctx)
	s.busy.Go(func() {
		defer func() { <-s.open }()
		s.insist(ctx, m)
	})
	return nil
}

// insist tries a few times, while the link is worth something.
func (s *Service) insist(ctx context.Context, m Message) {
	var d delivery
	for _, wait := range signInWaits {
		time.Sleep(wait)
		if d = s.config.Server.send(ctx, m); d.outcome != later && d.outcome != away {
			break
		}
	}
	s.count(SignIn, d.outcome)
	if d.outcome != sent {
		slog.ErrorContext(ctx, "sign-in letter not sent", "err", d.err)
	}
}

var errNoServer = fail.New(fail.Unavailable, "Programmet har ingen mejlserver. Be den som sköter mognad om en länk.", "The program has no mail server. Ask whoever runs mognad for a link.")

func (s *Service) count(kind Kind, o outcome) {
	metrics.Letter(string(kind), map[outcome]string{sent: metrics.Stored, later: "retried", away: "retried", refused: metrics.Refused, uncertain: "uncertain"}[o])
}
