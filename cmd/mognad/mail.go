package main

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"time"

	"github.com/mognad/mognad/internal/mail"
	"github.com/mognad/mognad/internal/notice"
)

// letters is how letters are sent.
type letters struct {
	SMTP     string  `name:"smtp" placeholder:"URL" help:"Mail server: smtp://USER:PASSWORD@HOST:587 (STARTTLS) or smtps://HOST:465; with ?tls=none unprotected. With a password, give it in MOGNAD_SMTP. Without it no letters are sent."`
	MailFrom string  `placeholder:"ADDRESS" help:"Who letters are from: an address, or \"Name <address>\"; without a name they are from the unit that is measured."`
	MailRate float64 `default:"2" placeholder:"N" help:"Letters a second, at most."`
}

// service makes what sends letters; nil where no mail server is given.
func (c letters) service(p *Program, base *url.URL) (*mail.Service, error) {
	if c.SMTP == "" {
		if c.MailFrom != "" {
			return nil, errors.New("--mail-from is given without --smtp: give the mail server too")
		}
		return nil, nil
	}
	server, err := mail.ParseServer(c.SMTP)
	if err != nil {
		return nil, err
	}
	if c.MailFrom == "" {
		return nil, errors.New("--smtp is given without --mail-from: give the address that letters are from")
	}
	from, err := mail.ParseSender(c.MailFrom)
	if err != nil {
		return nil, err
	}
	if c.MailRate <= 0 {
		return nil, errors.New("--mail-rate must be more than 0 letters a second")
	}
	notices := notice.New(p.Store, p.Log, time.Now)
	return mail.New(mail.Config{Server: server, From: *from, Rate: c.MailRate, BaseURL: base, Contact: func(ctx context.Context, path []string) (mail.Contact, error) {
		n, err := notices.Contact(ctx, path)
		return mail.Contact{Name: n.Name, Email: n.Email, Phone: n.Phone}, err
	}}, p.Store, p.Rounds, time.Now)
}

// send sends the letters that are due, now and as long as ctx lasts.
func send(ctx context.Context, service *mail.Service) {
	for tick := time.NewTicker(mail.Every); ; {
		if err := service.Tend(ctx); err != nil && ctx.Err() == nil {
			slog.Error("letters could not be sent", "err", err)
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}
