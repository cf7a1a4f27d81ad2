package access

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/trail"
)

// Office is one administrator at work: what is shown and changed lies where By
// may manage accounts, in the tree as it stands now.
type Office struct {
	*Service
	By   Identity
	Tree *org.Tree
}

// Entry is an account as an administrator sees it: of its roles, those that lie
// in reach.
type Entry struct {
	Account
	Key     string  // names it in addresses, and tells nothing of who it is
	Given   []Grant // by hand, within reach
	ByGroup []Grant
	Whole   bool // nothing that it may do lies out of reach, nor what its groups gave last
}

// reaches tells whether a grant lies where the administrator manages accounts. A
// unit that is gone is looked after by whoever manages the whole.
func (o Office) reaches(g Grant) bool {
	if _, there := o.Tree.Unit(g.Unit); !there {
		return o.By.May(ManageAccounts, o.Tree.Root().ID, o.Tree)
	}
	return o.By.May(ManageAccounts, g.Unit, o.Tree)
}

func (o Office) within(gs []Grant) []Grant {
	return slices.DeleteFunc(slices.Clone(gs), func(g Grant) bool { return !o.reaches(g) })
}

// Entries returns the accounts with a role within reach, by id.
func (o Office) Entries(ctx context.Context) ([]Entry, error) {
	accounts, err := o.store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := o.groups(ctx)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, a := range accounts {
		grouped := byGroup(a.Groups, rows)
		if o.now().After(a.GroupsAt.Add(AccountSession)) {
			grouped = nil
		}
		e := Entry{Account: a, Key: hex.EncodeToString(keys.Hash(a.ID))[:24], Given: o.within(a.Grants), ByGroup: o.within(grouped)}
		all := held(a, rows)
		e.Whole = len(o.within(all)) == len(all)
		if len(e.Given)+len(e.ByGroup) > 0 {
			out = append(out, e)
		}
	}
	return out, nil
}

var errNoAccount = fail.New(fail.Forbidden, "Kontot finns inte, eller har ingen roll där du sköter behörigheter. Gå tillbaka till listan.",
	"There is no such account, or it has no role where you manage access. Go back to the list.")

// Entry returns the account with a key; fail.Forbidden when it is out of reach,
// or is not.
func (o Office) Entry(ctx context.Context, key string) (Entry, error) {
	all, err := o.Entries(ctx)
	if err != nil {
		return Entry{}, err
	}
	i := slices.IndexFunc(all, func(e Entry) bool { return e.Key == key })
	if i < 0 {
		return Entry{}, errNoAccount
	}
	return all[i], nil
}

// check tells what is wrong with a grant that somebody wants to give.
func (o Office) check(g Grant) error {
	switch _, there := o.Tree.Unit(g.Unit); {
	case !slices.Contains(Roles, g.Role):
		return fail.New(fail.Invalid, "Välj en roll i listan.", "Choose a role in the list.").At("role")
	case !there || !o.reaches(g):
		return fail.New(fail.Invalid, "Välj en enhet i listan. Du kan bara ge roller där du själv sköter behörigheter.",
			"Choose a unit in the list. You can give roles only where you manage access yourself.").At("unit")
	}
	return nil
}

// Give gives a role to whoever has an address, making the account where there is
// none; fail.Invalid, with its field, when something is faulty. A name that is
// given changes one that stands there only where the whole account is in reach.
func (o Office) Give(ctx context.Context, email, name string, g Grant) error {
	email, name = normal(email), strings.TrimSpace(name)
	switch {
	case email == "" || !org.ValidAddress(email):
		return fail.New(fail.Invalid, "Skriv en hel e-postadress, till exempel anna.berg@kommunen.se.", "Write a whole e-mail address, for example anna.berg@kommunen.se.").At("email")
	case len(name) > 200:
		return fail.New(fail.Invalid, "Namnet är för långt. Korta det.", "The name is too long. Shorten it.").At("name")
	}
	if err := o.check(g); err != nil {
		return err
	}
	was, err := o.store.Account(ctx, email)
	if err != nil && !fail.Is(err, fail.NotFound) {
		return err
	}
	err = o.give(ctx, email, name, len(o.within(was.Grants)) == len(was.Grants), g, o.Tree)
	return o.noted(ctx, err, "access.grant", email, g)
}

// GiveTo gives one more role to an account.
func (o Office) GiveTo(ctx context.Context, key string, g Grant) error {
	e, err := o.Entry(ctx, key)
	if err == nil {
		err = o.check(g)
	}
	if err != nil {
		return err
	}
	err = o.give(ctx, e.ID, "", false, g, o.Tree)
	return o.noted(ctx, err, "access.grant", e.ID, g)
}

// Take takes roles away that were given by hand: one, or all within reach where
// g is zero. sure is that who takes from themselves knows it.
func (o Office) Take(ctx context.Context, key string, g Grant, sure bool) error {
	return o.alone(ctx, func(ctx context.Context) error {
		e, err := o.Entry(ctx, key)
		if err != nil {
			return err
		}
		taken := e.Given
		if g != (Grant{}) {
			if !slices.Contains(e.Given, g) {
				return fail.New(fail.Conflict, "Rollen är redan borttagen. Ladda om sidan.", "The role has been taken away already. Reload the page.")
			}
			taken = []Grant{g}
		}
		if e.ID == o.By.Account && !sure {
			return fail.New(fail.Invalid, "Det är din egen roll. Kryssa för att du vet det, och försök igen.", "It is your own role. Tick that you know it, and try again.").At("sure")
		}
		if err := o.leavesSomebody(ctx, e.ID, taken); err != nil {
			return err
		}
		after, err := o.store.UpdateAccount(ctx, e.ID, func(a *Account) error {
			a.Grants = slices.DeleteFunc(a.Grants, func(has Grant) bool { return slices.Contains(taken, has) })
			return nil
		})
		if err != nil {
			return err
		}
		for _, t := range taken {
			o.note(ctx, "access.take", e.ID, t)
		}
		// Nothing is kept of somebody who may do nothing.
		if len(after.Grants) > 0 || len(after.Groups) > 0 {
			return nil
		}
		if err := o.endAll(ctx, e.ID); err != nil {
			return err
		}
		return o.store.DeleteAccount(ctx, e.ID)
	})
}

// leavesSomebody is LeavesSomebody of the accounts there are.
func (o Office) leavesSomebody(ctx context.Context, id string, taken []Grant) error {
	accounts, err := o.store.Accounts(ctx)
	if err != nil {
		return err
	}
	return LeavesSomebody(accounts, o.Tree, id, taken)
}

// LeavesSomebody is fail.Conflict where roles to be taken from an account are the
// last by hand that let somebody manage access for their units. What groups give
// does not count: it may be gone tomorrow.
func LeavesSomebody(accounts []Account, tree *org.Tree, id string, taken []Grant) error {
	for _, t := range taken {
		if !t.ManagesAccounts() {
			continue
		}
		if _, there := tree.Unit(t.Unit); !there {
			continue
		}
		if !slices.ContainsFunc(accounts, func(a Account) bool {
			left := slices.DeleteFunc(slices.Clone(a.Grants), func(g Grant) bool { return a.ID == id && slices.Contains(taken, g) })
			return Identity{Grants: left}.May(ManageAccounts, t.Unit, tree)
		}) {
			return fail.New(fail.Conflict, "Det är den sista administratören. Ge någon annan rollen administratör först.", "It is the last administrator. Make somebody else an administrator first.")
		}
	}
	return nil
}

// ManagesAccounts tells whether a grant lets somebody manage access.
func (g Grant) ManagesAccounts() bool { return slices.Contains(allows[g.Role], ManageAccounts) }

// EndSessions signs an account out everywhere.
func (o Office) EndSessions(ctx context.Context, key string) error {
	e, err := o.Entry(ctx, key)
	if err == nil {
		err = o.endAll(ctx, e.ID)
	}
	return o.noted(ctx, err, "access.sessions.end", e.ID, Grant{})
}

// Link makes a sign-in link for an account. One to be shown, and not sent to the
// account's own address, lets whoever sees it in as that account: so only where
// nothing that it may do lies out of reach.
func (o Office) Link(ctx context.Context, key string, shown bool) (e Entry, token string, err error) {
	if e, err = o.Entry(ctx, key); err != nil {
		return e, "", err
	}
	if shown && !e.Whole {
		return e, "", fail.New(fail.Forbidden, "Kontot har roller som du inte sköter. Då kan du inte få se en länk till det.", "The account has roles that you do not manage. So you can't be shown a link to it.")
	}
	if token, err = o.NewLink(ctx, e.ID); err != nil {
		return e, "", err
	}
	detail := "sent"
	if shown {
		detail = "shown"
	}
	o.log.Note(ctx, trail.Event{Actor: o.By.Account, Action: "access.link", Subject: e.ID, Detail: detail, Unit: o.unitOf(e)})
	return e, token, nil
}

// unitOf is a unit whose readers may know what was done with an account.
func (o Office) unitOf(e Entry) string {
	for _, g := range slices.Concat(e.Given, e.ByGroup) {
		return g.Unit
	}
	return ""
}

// Groups returns what groups give within reach.
func (o Office) Groups(ctx context.Context) ([]GroupGrant, error) {
	rows, err := o.groups(ctx)
	return slices.DeleteFunc(rows, func(r GroupGrant) bool { return !o.reaches(r.Grant) }), err
}

// AddGroup lets a group give a role, from its members' next sign-in on.
func (o Office) AddGroup(ctx context.Context, r GroupGrant) error {
	r.Group = strings.TrimSpace(r.Group)
	if r.Group == "" || len(r.Group) > 200 {
		return fail.New(fail.Invalid, "Skriv gruppens namn eller id, som inloggningen skickar det.", "Write the group's name or id, as the sign-in sends it.").At("group")
	}
	if err := o.check(r.Grant); err != nil {
		return err
	}
	var had []GroupGrant
	_, err := card.Update(ctx, o.store, groupKind, groupID, func(m *groupMap) (time.Time, error) {
		had = slices.Clone(m.Rows)
		if !slices.Contains(m.Rows, r) {
			m.Rows = append(m.Rows, r)
		}
		return time.Time{}, nil
	})
	if err == nil {
		err = o.endGroup(ctx, r, had)
	}
	return o.noted(ctx, err, "access.group.add", r.Group, r.Grant)
}

// endGroup ends the sessions of those whom a group gives something already,
// where it now gives something elsewhere.
func (o Office) endGroup(ctx context.Context, r GroupGrant, had []GroupGrant) error {
	accounts, err := o.store.Accounts(ctx)
	for _, a := range accounts {
		if err == nil && slices.Contains(a.Groups, r.Group) {
			err = o.endWidened(ctx, a.ID, held(a, had), []Grant{r.Grant}, o.Tree)
		}
	}
	return err
}

// RemoveGroup ends that a group gives a role, at once.
func (o Office) RemoveGroup(ctx context.Context, r GroupGrant) error {
	if !o.reaches(r.Grant) {
		return errNoAccount
	}
	_, err := card.Update(ctx, o.store, groupKind, groupID, func(m *groupMap) (time.Time, error) {
		m.Rows = slices.DeleteFunc(m.Rows, func(has GroupGrant) bool { return has == r })
		return time.Time{}, nil
	})
	return o.noted(ctx, err, "access.group.remove", r.Group, r.Grant)
}

func (o Office) noted(ctx context.Context, err error, action, subject string, g Grant) error {
	if err == nil {
		o.note(ctx, action, subject, g)
	}
	return err
}

func (o Office) note(ctx context.Context, action, subject string, g Grant) {
	o.log.Note(ctx, trail.Event{Actor: o.By.Account, Action: action, Unit: g.Unit, Subject: subject, Detail: string(g.Role)})
}

const (
	aloneLife = 10 * time.Second
	aloneWait = 3 * time.Second
)

// alone runs work while nobody else gives or takes roles: of two administrators who
// remove each other at once one must be left. Work that takes longer is cut off.
func (s *Service) alone(ctx context.Context, work func(context.Context) error) error {
	holder := keys.Random()
	ctx, cancel := context.WithTimeout(ctx, aloneLife)
	defer cancel()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		held, err := s.store.Lease(ctx, "access", holder, aloneLife)
		if err != nil {
			return err
		}
		if held {
			break
		}
		if time.Since(began) > aloneWait {
			return fail.New(fail.Conflict, "Någon annan ändrar behörigheter just nu. Vänta en stund och försök igen.", "Somebody else is changing access right now. Wait a while and try again.")
		}
	}
	defer s.store.Lease(context.WithoutCancel(ctx), "access", holder, 0) // else it runs out
	return work(ctx)
}
