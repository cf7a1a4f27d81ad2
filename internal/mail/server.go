package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strconv"

	gomail "github.com/wneessen/go-mail"
)

// Server is the mail server that letters are handed to.
type Server struct {
	host           string
	port           int
	user, password string
	secure         security
	roots          *x509.CertPool // nil for the machine's own
}

// security is how the way to the server is protected.
type security int

const (
	startTLS security = iota // required: without it nothing is sent
	implicitTLS
	plain
)

// ParseServer reads the address of a mail server: smtp://USER:PASSWORD@HOST:587
// with STARTTLS required, smtps://HOST:465 with TLS from the first byte, or
// smtp://HOST:PORT?tls=none unprotected. The error never holds the password.
func ParseServer(address string) (*Server, error) {
	u, err := url.Parse(address)
	if err != nil { // its text repeats the address
		return nil, errors.New("--smtp can't be read as an address: write it as smtp://USER:PASSWORD@HOST:587, with %XX for characters in the password that an address can't have")
	}
	s := &Server{host: u.Hostname(), port: 587}
	switch u.Scheme {
	case "smtp":
	case "smtps":
		s.secure, s.port = implicitTLS, 465
	default:
		return nil, errors.New("--smtp must begin with smtp:// (STARTTLS) or smtps:// (TLS)")
	}
	if s.host == "" {
		return nil, errors.New("--smtp names no server: write it as smtp://HOST:587")
	}
	if u.Path != "" && u.Path != "/" || u.Fragment != "" || u.Opaque != "" {
		return nil, fmt.Errorf("--smtp for %s: nothing but ?tls=none may follow HOST:PORT", s.host)
	}
	if p := u.Port(); p != "" {
		if s.port, err = strconv.Atoi(p); err != nil || s.port < 1 || s.port > 65535 {
			return nil, fmt.Errorf("--smtp for %s: the port is a number from 1 to 65535", s.host)
		}
	}
	query, err := url.ParseQuery(u.RawQuery)
	if only := query["tls"]; err != nil || len(query) > 1 || len(query) == 1 && (len(only) != 1 || only[0] != "none") {
		return nil, fmt.Errorf("--smtp for %s: the only setting after ? is tls=none", s.host)
	}
	if len(query) == 1 {
		if s.secure == implicitTLS {
			return nil, fmt.Errorf("--smtp for %s: smtps:// and tls=none contradict each other", s.host)
		}
		s.secure = plain
	}
	if u.User != nil {
		s.user = u.User.Username()
		s.password, _ = u.User.Password()
		if s.user == "" || s.password == "" {
			return nil, fmt.Errorf("--smtp for %s: give both user and password, or neither", s.host)
		}
		if s.secure == plain && !local(s.host) {
			return nil, fmt.Errorf("--smtp for %s: a password is not sent unprotected; leave out tls=none", s.host)
		}
	}
	return s, nil
}

// local tells whether a host is this machine.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// ParseSender reads who letters are from: "Name <address>" or an address alone.
func ParseSender(text string) (*mail.Address, error) {
	a, err := mail.ParseAddress(text)
	if err != nil || unsafe(a.Name) {
		return nil, fmt.Errorf("--mail-from %q: write it as an address, or as \"Name <address>\"", text)
	}
	return a, nil
}

// client returns what speaks with the server, for one connection.
func (s *Server) client() (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithTimeout(sendTime), gomail.WithoutNoop()}
	switch s.secure {
	case startTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case implicitTLS:
		options = append(options, gomail.WithSSL())
	case plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.user != "" {
		auth := gomail.SMTPAuthAutoDiscover
		if s.secure == plain { // on this machine: ParseServer has seen to it
			auth = gomail.SMTPAuthPlainNoEnc
		}
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(s.user), gomail.WithPassword(s.password))
	}
	if s.roots != nil {
		options = append(options, gomail.WithTLSConfig(&tls.Config{ServerName: s.host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}))
	}
	// The port last: the choice of TLS sets one too.
	return gomail.NewClient(s.host, append(options, gomail.WithPort(s.port))...)
}
