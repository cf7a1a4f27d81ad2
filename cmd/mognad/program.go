package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/chart"
	"github.com/mognad/mognad/internal/intake"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/paper"
	"github.com/mognad/mognad/internal/personal"
	"github.com/mognad/mognad/internal/recommend"
	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/store/mongo"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
	"github.com/mognad/mognad/internal/training"
	"github.com/mognad/mognad/internal/transfer"
	"github.com/mognad/mognad/internal/web"
	"github.com/mognad/mognad/surveys"
)

// place is where an installation's data are: the flags that every command which
// reads or changes them has.
type place struct {
	Data  string `default:"./data" placeholder:"DIR" help:"Folder of the database and the keys."`
	Store string `placeholder:"URL" help:"Another store than the database in the data folder: sqlite:PATH or mongodb://HOST/DATABASE."`
	Keys  string `placeholder:"FILE" help:"The key file; keys.txt in the data folder unless told otherwise."`
}

// address is how an installation is reached.
type address struct {
	Addr    string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen on."`
	BaseURL string `placeholder:"URL" help:"The address that people use, for links and secure cookies; http://ADDR unless told otherwise."`
}

// content is which questionnaires new rounds ask.
type content struct {
	Surveys string `placeholder:"DIR" type:"existingdir" help:"Folder of questionnaires to use in place of those that come with the program."`
}

// printing is what reports are printed as PDF with.
type printing struct {
	Chromium string `placeholder:"FILE" help:"The Chromium that prints reports as PDF: the first found of chromium, chromium-browser and google-chrome unless told otherwise; off for none."`
}

func (p printing) printer() (*paper.Printer, error) {
	printer, err := paper.Find(p.Chromium)
	if err != nil {
		return nil, fmt.Errorf("--chromium: %w", err)
	}
	return printer, nil
}

// Program is an installation, opened: what commands work on and tests start.
type Program struct {
	Store  store.Store
	Keys   *keys.Ring
	Rounds *round.Service
	Access *access.Service
	Log    *trail.Log
}

// site is an installation and how it is reached.
type site struct {
	place
	address
}

// openAt opens the installation, and returns the address that people use.
func (s site) openAt() (*Program, *url.URL, error) {
	base, err := s.url()
	if err != nil {
		return nil, nil, err
	}
	p, err := s.open()
	return p, base, err
}

// open opens the store and the keys of p, making both where there are none.
func (p place) open() (*Program, error) {
	st, err := p.store()
	if err != nil {
		return nil, err
	}
	ring, err := p.ring(context.Background(), st)
	if err == nil {
		err = transfer.Whole(context.Background(), st)
	}
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return &Program{Store: st, Keys: ring, Rounds: round.NewService(st, ring, time.Now), Access: access.NewService(st, ring, time.Now),
		Log: trail.New(st, ring, time.Now)}, nil
}

// ring returns the keys that st belongs to. With others the program would start,
// and neither old links nor old answers would be of use: so they are refused,
// and new ones are made only for a store that has no round. Of several processes
// that start on an empty store with keys of their own, one may go on.
func (p place) ring(ctx context.Context, st store.Store) (*keys.Ring, error) {
	belongs, err := st.Setting(ctx, transfer.KeysSetting)
	if err != nil {
		return nil, err
	}
	rounds, err := st.Rounds(ctx)
	if err != nil {
		return nil, err
	}
	ring, from, err := p.readRing(belongs == "" && len(rounds) == 0)
	if err != nil {
		return nil, err
	}
	if belongs == "" && fits(ctx, ring, st, rounds) {
		if belongs, err = st.ClaimSetting(ctx, transfer.KeysSetting, ring.Fingerprint()); err != nil {
			return nil, err
		}
	}
	if belongs != ring.Fingerprint() {
		return nil, fmt.Errorf("the keys in %s are not those that this database was made with: put the right ones there", from)
	}
	return ring, nil
}

// fits tells whether the first link of every round is made with the keys: for a
// database that has yet no fingerprint of them.
func fits(ctx context.Context, ring *keys.Ring, st store.Store, rounds []round.Round) bool {
	service := round.NewService(st, ring, time.Now)
	for _, r := range rounds {
		for inv, err := range st.Invitations(ctx, r.ID) {
			if err != nil || !bytes.Equal(keys.Hash(service.LinkToken(inv)), inv.Link) {
				return false
			}
			break
		}
	}
	return true
}

// readRing reads the keys; where there are none it makes them, if it may.
func (p place) readRing(make bool) (ring *keys.Ring, from string, err error) {
	if text := os.Getenv("MOGNAD_KEYRING"); text != "" { // for those who keep secrets in the environment
		if ring, err = keys.Parse(text); err != nil {
			err = fmt.Errorf("MOGNAD_KEYRING: %w", err)
		}
		return ring, "MOGNAD_KEYRING", err
	}
	file := p.Keys
	if file == "" {
		file = filepath.Join(p.Data, "keys.txt")
	}
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) && !make {
		return nil, file, fmt.Errorf("the key file %s is missing, and the answers in the database can't be read without it: put its copy there", file)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, file, err
	}
	ring, err = keys.LoadOrCreate(file)
	return ring, file, err
}

func (p place) store() (store.Store, error) {
	if p.Store == "" {
		return sqlite.Open(filepath.Join(p.Data, "mognad.db"))
	}
	return openStore("--store", p.Store)
}

// openStore opens the store that a flag names.
func openStore(flag, url string) (store.Store, error) {
	switch kind, path, _ := strings.Cut(url, ":"); {
	case kind == "sqlite" && path != "":
		return sqlite.Open(path)
	case kind == "mongodb" || kind == "mongodb+srv":
		st, err := mongo.Open(context.Background(), url)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", flag, err)
		}
		return st, nil
	default: // the rest of it may hold a password
		return nil, fmt.Errorf("%s %q: write it as sqlite:PATH or mongodb://HOST/DATABASE", flag, kind)
	}
}

// asked is what a folder of questionnaires has: nil where there is no file of
// that kind.
type asked struct {
	set             *survey.Set
	audit           *audit.Rule
	training        *training.Catalogue
	recommendations *recommend.Book
}

// load reads the questionnaires, the audit's questions, the catalogue of training
// and the recommendations.
func (c content) load() (a asked, err error) {
	fsys := os.DirFS(c.Surveys)
	if c.Surveys == "" {
		fsys = surveys.FS
	}
	if a.set, err = survey.LoadDir(fsys); err != nil {
		return a, err
	}
	if exists(fsys, survey.AuditFile) {
		if a.audit, err = audit.Load(fsys, a.set); err != nil {
			return a, err
		}
	}
	if exists(fsys, survey.TrainingFile) {
		if a.training, err = training.Load(fsys, a.set); err != nil {
			return a, err
		}
	}
	if exists(fsys, survey.RecommendationsFile) {
		a.recommendations, err = recommend.Load(fsys, a.set)
	}
	return a, err
}

// url returns the address that people use.
func (a address) url() (*url.URL, error) {
	if a.BaseURL == "" {
		return &url.URL{Scheme: "http", Host: a.Addr}, nil
	}
	u, err := url.Parse(strings.TrimSuffix(a.BaseURL, "/"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("--base-url %q: write it whole, for example https://mognad.kommunen.se", a.BaseURL)
	}
	return u, nil
}

// tendEvery is how often a serving process looks for what is due.
const tendEvery = 3 * time.Second

// tend opens and closes rounds whose time has come and completes closings that
// were cut off, erases what is to be erased, and lets go what has been kept long
// enough, now and as long as ctx lasts.
func (p *Program) tend(ctx context.Context, set *survey.Set) {
	source := func(ctx context.Context) (*survey.Set, []org.Unit, []org.Person, error) {
		units, people, err := p.Store.Organisation(ctx)
		return set, units, people, err
	}
	people := personal.New(p.Store, p.Rounds, time.Now)
	files := intake.New(p.Store, p.Log, time.Now)
	entries := register.New(p.Store, p.Log)
	for tick := time.NewTicker(tendEvery); ; {
		if err := people.Tend(ctx); err != nil && ctx.Err() == nil {
			slog.Error("what is due of personal data could not be done", "err", err)
		}
		if err := files.Sweep(ctx); err != nil && ctx.Err() == nil {
			slog.Error("imports that nobody has gone on with could not be forgotten", "err", err)
		}
		if err := entries.Sweep(ctx, time.Now()); err != nil && ctx.Err() == nil {
			slog.Error("files of the registers that nobody has gone on with could not be forgotten", "err", err)
		}
		if err := p.Rounds.Tend(ctx, source); err != nil && ctx.Err() == nil {
			slog.Error("what is due could not be done", "err", err)
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

// shutdownTime is how long requests under way may take to end.
const shutdownTime = 20 * time.Second

// Serve answers requests until ctx ends, then lets those under way finish.
// ready is called with the address it listens on.
func (p *Program) Serve(ctx context.Context, addr string, config web.Config, ready func(net.Addr)) error {
	charts, err := chart.New()
	if err != nil {
		return err
	}
	handler, err := web.New(config, p.Store, p.Rounds, p.Access, charts, time.Now)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w; is mognad running already, or choose another --addr", addr, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	if ready != nil {
		ready(listener.Addr())
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var tending sync.WaitGroup
	tending.Go(func() { p.tend(ctx, config.Surveys) })
	if config.Mail != nil {
		tending.Go(func() { send(ctx, config.Mail) })
	}
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	slog.Info("ending")
	deadline, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	err = server.Shutdown(deadline)
	handler.Wait()
	config.Mail.Wait()
	tending.Wait()
	return errors.Join(err, p.Store.Close())
}
