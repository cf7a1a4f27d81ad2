package main

import (
	"context"
	"log/slog"
	"net"

	"github.com/mognad/mognad/internal/web"
)

type serveCmd struct {
	site
	content
	letters
	signIn
	printing
	TrustedProxy []string `placeholder:"CIDR" help:"Address of a proxy whose X-Forwarded-For tells who asks, for the audit log; several with commas. Without it the log has the address that connects."`
}

// Run serves until the context ends.
func (c *serveCmd) Run(ctx context.Context) error {
	asked, err := c.load()
	if err != nil {
		return err
	}
	printer, err := c.printer()
	if err != nil {
		return err
	}
	p, base, err := c.openAt()
	if err != nil {
		return err
	}
	provider, err := c.provider(base)
	if err != nil {
		return err
	}
	demo, err := p.Store.Setting(ctx, "demo")
	if err != nil {
		return err
	}
	config := web.Config{BaseURL: base, Demo: demo != "", Surveys: asked.set, Audit: asked.audit, Training: asked.training, Recommendations: asked.recommendations, TrustedProxies: c.TrustedProxy, OIDC: provider, Paper: printer}
	if config.Mail, err = c.letters.service(p, base); err != nil {
		return err
	}
	return p.Serve(ctx, c.Addr, config, func(at net.Addr) { slog.Info("serving", "address", at.String(), "url", base.String()) })
}
