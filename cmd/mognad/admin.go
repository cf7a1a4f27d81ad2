package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/intake"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/trail"
)

type adminCmd struct {
	Add    adminAddCmd    `cmd:"" help:"Give somebody a role, and print a sign-in link that works once within 30 minutes."`
	Remove adminRemoveCmd `cmd:"" help:"Take all roles from somebody, at once."`
}

type adminAddCmd struct {
	site
	Email        string `arg:"" help:"Who: the e-mail address, which is also the account's name."`
	Role         string `required:"" enum:"chef,hr,ledning,revisor,samordnare,administrator" help:"One of ${enum}; roles given before are kept."`
	Organisation string `placeholder:"NAME" help:"What the organisation is called, where nothing has been imported yet: it becomes the topmost unit, and units and people are imported in the browser."`
	Unit         string `help:"The role is for this unit and everything below it; for the whole organisation unless told otherwise; a chef's must be named."`
}

// Run adds the role to those the account has and prints its link. Run again it
// prints a new link; an old one works until it is used or its time is out.
func (c *adminAddCmd) Run(ctx context.Context) error {
	p, base, err := c.openAt()
	if err != nil {
		return err
	}
	defer p.Store.Close()
	tree, err := c.organisation(ctx, p)
	if err != nil {
		return err
	}
	if c.Unit == "" && c.Role == string(access.Chef) {
		return errors.New("--unit: name the unit that the chef reads the results of; everything below it is included")
	}
	if c.Unit == "" {
		c.Unit = tree.Root().ID
	}
	if _, ok := tree.Unit(c.Unit); !ok {
		return fmt.Errorf("--unit %q: there is no such unit", c.Unit)
	}
	email := accountID(c.Email)
	grant := access.Grant{Role: access.Role(c.Role), Unit: c.Unit}
	token, err := p.Access.Grant(ctx, email, grant)
	if err != nil {
		return err
	}
	if err := p.Log.Append(ctx, trail.Event{Actor: operator, Action: "access.grant", Unit: grant.Unit, Subject: email, Detail: string(grant.Role)}); err != nil {
		return err
	}
	fmt.Printf("%s %s/in/%s\n", c.Role, base, token)
	return nil
}

// organisation returns the units, making the topmost one where there is none.
func (c *adminAddCmd) organisation(ctx context.Context, p *Program) (*org.Tree, error) {
	units, _, err := p.Store.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	switch name := strings.TrimSpace(c.Organisation); {
	case len(units) > 0 && name != "" && name != units[0].Name:
		return nil, fmt.Errorf("--organisation: the organisation is called %q already; its name is changed in the browser", units[0].Name)
	case len(units) == 0 && name == "":
		return nil, errors.New("nothing has been imported yet: say what the organisation is called, --organisation \"Exempelkommun\"")
	case len(units) == 0:
		tree, err := org.NewTree([]org.Unit{{ID: "kommun", Name: name, Kind: "kommun"}})
		if err != nil {
			return nil, err
		}
		return tree, intake.New(p.Store, p.Log, time.Now).ReplaceAll(ctx, operator, tree, nil)
	}
	return org.NewTree(units)
}

// accountID is how an account is named: an address in small letters, another
// name as it is.
func accountID(name string) string {
	if strings.Contains(name, "@") {
		return strings.ToLower(name)
	}
	return name
}

type adminRemoveCmd struct {
	place
	Email string `arg:"" help:"Who."`
}

// Run takes every role away; who is signed in is so without any from the next
// page on.
func (c *adminRemoveCmd) Run(ctx context.Context) error {
	p, err := c.open()
	if err != nil {
		return err
	}
	defer p.Store.Close()
	email := accountID(c.Email)
	if err := p.Access.Revoke(ctx, email); err != nil {
		return fmt.Errorf("%s: %w", email, err)
	}
	if err := p.Log.Append(ctx, trail.Event{Actor: operator, Action: "access.revoke", Subject: email}); err != nil {
		return err
	}
	fmt.Printf("%s has no role any more\n", email)
	return nil
}
