// Package mailtest is a mail server on this machine for tests: it keeps what it
// is given, and refuses, breaks and keeps silent as it is told.
package mailtest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// User and Password are what the server lets in, where it asks.
const User, Password = "mognad", "hem/ligt@1"

// Server is a running mail server.
type Server struct {
	Addr  string         // HOST:PORT
	Roots *x509.CertPool // that its certificate is checked with

	mu      sync.Mutex
	letters []Letter
	onData  func()
	closed  bool
}

// Letter is what the server has taken.
type Letter struct {
	From, To string
	Raw      string
}

// Message reads the letter.
func (l Letter) Message(t testing.TB) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(l.Raw))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Security is how the server is reached.
type Security int

// The ways.
const (
	Plain Security = iota // and without a password
	StartTLS
	TLS
)

// Start runs a server until the test ends. What it does with a letter the name
// before @ in its receiver's address tells: "okand" is refused for good, "senare"
// for the moment, "skrap" for good once it has been read; with "bryt" the
// connection breaks before the letter is sent, with "tyst" after.
func Start(t testing.TB, how Security) *Server {
	t.Helper()
	certified := httptest.NewTLSServer(nil) // has a certificate for 127.0.0.1
	certified.Close()
	s := &Server{Roots: x509.NewCertPool()}
	s.Roots.AddCert(certified.Certificate())
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, conn: c.Conn(), in: how == Plain}, nil
	}))
	server.ErrorLog = log.New(io.Discard, "", 0)
	server.Domain = "mail.example"
	config := &tls.Config{Certificates: certified.TLS.Certificates}
	if how != Plain {
		server.TLSConfig = config
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = listener.Addr().String()
	if how == TLS {
		listener = tls.NewListener(listener, config)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return s
}

// Letters returns what the server has taken, also what it did not acknowledge.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.letters)
}

// To returns the letters to an address.
func (s *Server) To(address string) []Letter {
	return slices.DeleteFunc(s.Letters(), func(l Letter) bool { return l.To != address })
}

// OnData calls f for every letter that has been read, before it is acknowledged.
func (s *Server) OnData(f func()) { s.mu.Lock(); defer s.mu.Unlock(); s.onData = f }

// Busy makes the server turn everybody away, or take letters again.
func (s *Server) Busy(busy bool) { s.mu.Lock(); defer s.mu.Unlock(); s.closed = busy }

type session struct {
	server *Server
	conn   net.Conn
	in     bool
	letter Letter
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != User || password != Password {
			return smtp.ErrAuthFailed
		}
		s.in = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.server.mu.Lock()
	closed := s.server.closed
	s.server.mu.Unlock()
	if closed {
		return &smtp.SMTPError{Code: 421, Message: "closing"}
	}
	if !s.in {
		return smtp.ErrAuthRequired
	}
	s.letter.From = from
	return nil
}

func (s *session) name() string { name, _, _ := strings.Cut(s.letter.To, "@"); return name }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.letter.To = to
	switch s.name() {
	case "bryt":
		s.conn.Close()
		return errors.New("broken")
	case "okand":
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user " + to}
	case "senare":
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	var raw bytes.Buffer
	if _, err := io.Copy(&raw, r); err != nil {
		return err
	}
	if s.name() == "skrap" {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "spam"}
	}
	s.letter.Raw = raw.String()
	s.server.mu.Lock()
	s.server.letters = append(s.server.letters, s.letter)
	onData := s.server.onData
	s.server.mu.Unlock()
	if onData != nil {
		onData()
	}
	if s.name() == "tyst" {
		s.conn.Close()
	}
	return nil
}

func (s *session) Reset()        { s.letter = Letter{} }
func (s *session) Logout() error { return nil }
