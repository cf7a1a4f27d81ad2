package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/intake"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/metrics"
	"github.com/mognad/mognad/internal/trail"
)

// logged writes one line a request, by route: an address may hold a token.
func (s *Server) logged(c *gin.Context) {
	start := time.Now()
	id := keys.Random()
	c.Header("X-Request-Id", id)
	c.Set(requestKey, id)
	c.Next()
	if path := c.FullPath(); path != "/static/*file" && path != "/healthz" && path != "/readyz" && path != "/metrics" {
		slog.InfoContext(c, "request", "id", id, "method", c.Request.Method, "route", path, "status", c.Writer.Status(), "took", time.Since(start).Round(time.Microsecond))
	}
}

const requestKey = "request"

// methods are those that a route can have: another is what a stranger made up,
// and would make a label of its own.
var methods = map[string]string{http.MethodGet: "GET", http.MethodHead: "HEAD", http.MethodPost: "POST"}

// counted counts an answer; what has no route counts as one.
func (s *Server) counted(c *gin.Context) {
	start := time.Now()
	c.Next()
	method, route := methods[c.Request.Method], c.FullPath()
	if method == "" || route == "" {
		method, route = "other", "none"
	}
	metrics.Request(method, route, strconv.Itoa(c.Writer.Status()), start)
}

// recovered turns a panic into the page for a fault of ours.
func (s *Server) recovered(c *gin.Context) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			slog.ErrorContext(c, "panic", "id", c.GetString(requestKey), "panic", p, "stack", string(debug.Stack()))
			if !c.Writer.Written() {
				s.failed(c, fmt.Errorf("panic: %v", p))
			}
		}
	}()
	c.Next()
}

const maxBody = 1 << 20

var errTooMuch = fail.New(fail.Invalid, "Det du skickade är för stort, så inget av det är sparat. Gå tillbaka, korta texterna och försök igen.",
	"What you sent is too large, so none of it is saved. Go back, shorten the texts and try again.")

// limited refuses bodies no form of ours would send. Only the form for files
// sends large ones.
func (s *Server) limited(c *gin.Context) {
	limit := int64(maxBody)
	if path := c.FullPath(); path == importPath || path == registerImportPath {
		limit += intake.MaxUpload
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit)
	if c.ContentType() == gin.MIMEPOSTForm {
		// Read here: to the handlers a form that is too large would be an empty one.
		if _, large := errors.AsType[*http.MaxBytesError](c.Request.ParseForm()); large {
			s.failed(c, errTooMuch)
			return
		}
	}
	c.Next()
}

// headed sets the headers of every answer: nothing from another host, no inline
// script or style, no framing, no address given away.
func (s *Server) headed(c *gin.Context) {
	s.setHeaders(c.Writer.Header())
	c.Set(secureKey, s.config.BaseURL.Scheme == "https")
	c.Next()
}

func (s *Server) setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // with no-referrer Chromium sends forms with the Origin "null", which is refused
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	if s.config.BaseURL.Scheme == "https" {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// addressed lets the lines of the log tell from which address they came: the one
// that asks, or what a proxy that is trusted says that it is.
func (s *Server) addressed(c *gin.Context) {
	c.Request = c.Request.WithContext(trail.From(c.Request.Context(), c.ClientIP()))
	c.Next()
}

func (s *Server) refuseCrossOrigin(w http.ResponseWriter, r *http.Request) {
	slog.WarnContext(r.Context(), "cross-site request refused", "method", r.Method, "origin", r.Header.Get("Origin"), "site", r.Header.Get("Sec-Fetch-Site"))
	s.setHeaders(w.Header())
	http.Error(w, "Begäran kom från en annan webbplats och är avvisad. The request came from another site and is refused.", http.StatusForbidden)
}

var statusOf = map[fail.Code]int{
	fail.Internal: http.StatusInternalServerError, fail.Invalid: http.StatusUnprocessableEntity, fail.NotFound: http.StatusNotFound,
	fail.Conflict: http.StatusConflict, fail.Forbidden: http.StatusForbidden, fail.Closed: http.StatusConflict, fail.Unavailable: http.StatusServiceUnavailable,
	fail.TooMany: http.StatusTooManyRequests,
}

var errOurs = fail.New(fail.Internal, "Något gick fel hos oss. Försök igen om en stund. Det du har sparat är kvar.", "Something went wrong here. Try again in a while. What you have saved is still there.")

// problem returns what to tell the user of an error, and logs it whole.
func (s *Server) problem(c *gin.Context, err error) (status int, text *fail.Error) {
	e, ok := errors.AsType[*fail.Error](err)
	level := slog.LevelInfo
	if !ok || e.Code == fail.Internal || e.Code == fail.Unavailable {
		level = slog.LevelError
	}
	slog.Log(c, level, "request failed", "id", c.GetString(requestKey), "route", c.FullPath(), "err", err)
	if !ok {
		e = errOurs
	}
	if e == errNeedSignIn {
		return http.StatusUnauthorized, e
	}
	return statusOf[e.Code], e
}

// problemLog logs an error that no request is left to be told of.
func (s *Server) problemLog(ctx context.Context, what string, err error) {
	slog.ErrorContext(ctx, "background work failed", "what", what, "err", err)
}

// outOfReachKey is set where a request has found the store out of reach: the page
// that says so does not wait for it once more.
const outOfReachKey = "out of reach"

// failed answers with a page that says what is wrong and what to do; or with
// JSON where that was asked for.
func (s *Server) failed(c *gin.Context, err error) {
	status, e := s.problem(c, err)
	c.Set(outOfReachKey, e.Code == fail.Unavailable)
	c.Header("Cache-Control", "no-store")
	if e.Wait > 0 {
		c.Header("Retry-After", strconv.Itoa(int(e.Wait.Seconds())))
	}
	if wantsJSON(c) {
		c.AbortWithStatusJSON(status, gin.H{"error": e.In(language(c)), "request": c.GetString(requestKey)})
		return
	}
	c.Abort()
	s.render(c, status, "fel", fault{Status: status, Text: e.In(language(c)), Request: c.GetString(requestKey), SignIn: e == errNeedSignIn, Next: wanted(c)})
}

// fault is what the error page shows.
type fault struct {
	Status  int
	Text    string
	Request string
	SignIn  bool
	Next    string // where to go after signing in
}

// wanted is the page that somebody wanted who has to sign in first.
func wanted(c *gin.Context) string {
	if c.Request.Method != http.MethodGet {
		return "/"
	}
	return local(c.Request.URL.RequestURI())
}

func wantsJSON(c *gin.Context) bool {
	return strings.HasPrefix(c.Request.URL.Path, "/api/") || c.ContentType() == "application/json" || c.NegotiateFormat("text/html", "application/json") == "application/json"
}
