// Package web is the service over HTTP: routes, pages, and the JSON of the
// answering page. It holds no rule: a handler reads a request, calls one domain
// function and renders one template.
package web

import (
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/chart"
	"github.com/mognad/mognad/internal/intake"
	"github.com/mognad/mognad/internal/mail"
	"github.com/mognad/mognad/internal/notice"
	"github.com/mognad/mognad/internal/oidc"
	"github.com/mognad/mognad/internal/opendata"
	"github.com/mognad/mognad/internal/paper"
	"github.com/mognad/mognad/internal/personal"
	"github.com/mognad/mognad/internal/recent"
	"github.com/mognad/mognad/internal/recommend"
	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/review"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
	"github.com/mognad/mognad/internal/training"
)

// Config is what a running service is told from outside.
type Config struct {
	BaseURL *url.URL // the address that people use; https makes cookies Secure
	Demo    bool     // says on every page that people and answers are made up
	Surveys *survey.Set
	Audit   *audit.Rule
	// Training is the catalogue that applies where HR has not changed it, nil for none.
	Training *training.Catalogue
	Mail     *mail.Service // nil without a mail server
	// Recommendations are those that figures trigger, nil for none.
	Recommendations *recommend.Book
	// TrustedProxies are the addresses, as CIDR, of those whose X-Forwarded-For is
	// believed; none where the log tells the address that asks.
	TrustedProxies []string
	Letters        Letters        // nil where no mail is sent
	OIDC           *oidc.Provider // the organisation's own sign-in, nil for none
	Paper          *paper.Printer // prints reports as PDF, nil where the machine has no Chromium
}

// Server answers requests. Everything it needs is given to New.
type Server struct {
	config   Config
	store    store.Store
	rounds   *round.Service
	access   *access.Service
	charts   *chart.Renderer
	log      *trail.Log
	personal *personal.Service
	notices  *notice.Service
	intake   *intake.Service
	register *register.Service
	training *training.Service
	actions  *action.Service
	opendata *opendata.Service
	reviews  *review.Service
	pages    *pages
	files    *files
	now      func() time.Time
	handler  http.Handler

	tree       atomic.Pointer[knownUnits] // as it last was read
	ownerWas   atomic.Pointer[string]     // when it last was read
	drawn      *recent.Bytes              // result pages, compressed, by all that they depend on
	making     chan struct{}              // one taken by the workbook that is being made
	background sync.WaitGroup             // closings that go on after their request
}

// New makes the service's handler. The error is a fault in a template, a text
// or a static file.
func New(config Config, st store.Store, rounds *round.Service, acc *access.Service, charts *chart.Renderer, now func() time.Time) (*Server, error) {
	if config.Letters == nil && config.Mail != nil {
		config.Letters = config.Mail
	}
	s := &Server{config: config, store: st, rounds: rounds, access: acc, charts: charts, now: now, making: make(chan struct{}, 1)}
	s.log, s.personal = rounds.Log(), personal.New(st, rounds, now)
	s.notices = notice.New(st, s.log, now)
	s.intake = intake.New(st, s.log, now)
	s.register = register.New(st, s.log)
	s.training = training.NewService(st, s.log, config.Surveys, config.Training, now)
	s.actions = action.New(st, s.log, now)
	s.opendata = opendata.New(st, s.log, now)
	s.reviews = review.New(st, s.log, now)
	s.drawn = recent.NewBytes(frozenBytes)
	var err error
	if s.files, err = newFiles(); err != nil {
		return nil, err
	}
	if s.pages, err = newPages(s.files); err != nil {
		return nil, err
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.UseRawPath = true // a unit's id may have a slash
	engine.ContextWithFallback = true
	engine.RemoteIPHeaders = []string{"X-Forwarded-For"}
	if err := engine.SetTrustedProxies(config.TrustedProxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	engine.Use(s.counted, s.logged, s.recovered, s.limited, s.headed, s.addressed)
	engine.NoRoute(func(c *gin.Context) { s.failed(c, errNoPage) })
	engine.NoMethod(func(c *gin.Context) { s.failed(c, errNoPage) })
	for _, r := range s.routes() {
		engine.Handle(r.method, r.path, r.rule(s, r.handle))
	}
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(http.HandlerFunc(s.refuseCrossOrigin))
	compressed, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(gzip.BestSpeed)) // pages are made to measure: speed counts
	if err != nil {
		return nil, err
	}
	s.handler = compressed(sameOrigin.Handler(engine))
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Wait returns when what requests have left under way is done.
func (s *Server) Wait() { s.background.Wait() }

// readyTime is how long the store may take to answer a process that is ready: a
// supervisor does not wait through an election.
const readyTime = 3 * time.Second

// ready tells whether the service can do its work.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	return s.store.Ping(ctx)
}
