package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/demo"
	"github.com/mognad/mognad/internal/web"
)

type demoCmd struct {
	site
	content
	printing
	Verbose bool `help:"Print a line for every request."`
}

// Run builds the demo where there is none, prints a sign-in link for every role
// and serves until the context ends.
func (c *demoCmd) Run(ctx context.Context) error {
	if !c.Verbose {
		slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	}
	asked, err := c.load()
	if err != nil {
		return err
	}
	printer, err := c.printer()
	if err != nil {
		return err
	}
	p, err := c.open()
	if err != nil {
		return err
	}
	if err := demo.Build(ctx, p.Store, p.Keys, asked.set, time.Now()); err != nil {
		return fmt.Errorf("build the demo: %w", err)
	}
	links, err := c.links(ctx, p)
	if err != nil {
		return err
	}
	base, err := c.url()
	if err != nil {
		return err
	}
	return p.Serve(ctx, c.Addr, web.Config{BaseURL: base, Demo: true, Surveys: asked.set, Audit: asked.audit, Training: asked.training, Recommendations: asked.recommendations, Paper: printer}, func(at net.Addr) {
		if c.BaseURL == "" { // with --addr :0 the port is known only now
			base = &url.URL{Scheme: "http", Host: at.String()}
		}
		fmt.Printf("%s\n", base)
		for _, l := range links {
			fmt.Printf("%s %s%s\n", l.role, base, l.path)
		}
	})
}

type demoLink struct{ role, path string }

// demoRoles are the accounts of the demo, and the unit each has its role for.
var demoRoles = []access.Grant{
	{Role: access.Chef, Unit: demo.Chef}, {Role: access.HR, Unit: demo.Root}, {Role: access.Ledning, Unit: demo.Root},
	{Role: access.Revisor, Unit: demo.Root}, {Role: access.Samordnare, Unit: demo.Root}, {Role: access.Administrator, Unit: demo.Root},
}

// links gives every role an account whose link works again after a restart: its
// token is derived from the installation's keys.
func (c *demoCmd) links(ctx context.Context, p *Program) ([]demoLink, error) {
	inv, err := p.Rounds.Invitation(ctx, demo.Open, demo.Respondent)
	if err != nil {
		return nil, err
	}
	links := []demoLink{{"respondent", "/e/" + p.Rounds.LinkToken(inv)}}
	for _, g := range demoRoles {
		id := "demo-" + string(g.Role)
		token := p.Keys.Token("demo", id, 0)
		account := access.Account{ID: id, Name: string(g.Role), Email: id + "@example.org", Grants: []access.Grant{g}}
		if err := p.Access.GrantLasting(ctx, account, token); err != nil {
			return nil, err
		}
		links = append(links, demoLink{string(g.Role), "/in/" + token})
	}
	return links, nil
}
