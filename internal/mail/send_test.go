package mail

import (
	"bufio"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/mail/mailtest"
)

func TestParseServer(t *testing.T) {
	for _, good := range []struct {
		address, host string
		port          int
		secure        security
		user          string
	}{
		{"smtp://user:pa%2Fss@mail.example:2525", "mail.example", 2525, startTLS, "user"},
		{"smtp://mail.example", "mail.example", 587, startTLS, ""},
		{"smtps://mail.example", "mail.example", 465, implicitTLS, ""},
		{"smtp://127.0.0.1:1025?tls=none", "127.0.0.1", 1025, plain, ""},
		{"smtp://a:b@localhost:1025?tls=none", "localhost", 1025, plain, "a"},
	} {
		s, err := ParseServer(good.address)
		if err != nil {
			t.Errorf("%s: %v", good.address, err)
			continue
		}
		if s.host != good.host || s.port != good.port || s.secure != good.secure || s.user != good.user {
			t.Errorf("%s: %+v", good.address, s)
		}
		if c, err := s.client(); err != nil || c.ServerAddr() != net.JoinHostPort(good.host, strings.TrimPrefix(c.ServerAddr(), good.host+":")) || !strings.HasSuffix(c.ServerAddr(), ":"+strings.TrimSpace(itoa(good.port))) {
			t.Errorf("%s: client at %v, %v", good.address, c.ServerAddr(), err)
		}
	}
	for _, bad := range []string{"", "mail.example", "http://u:hemligt@h", "smtp://u:hemligt@", "smtp://u:hemligt@h:0", "smtp://u:hemligt@h:99999", "smtp://u:hem%ligt@h",
		"smtp://u:hemligt@h/path", "smtp://u:hemligt@h?tls=off", "smtp://u:hemligt@h?tls=none&x=1", "smtps://u:hemligt@h?tls=none", "smtp://u@h", "smtp://:hemligt@h",
		"smtp://u:hemligt@mail.example?tls=none", "smtp://u:hemligt@h:x1", "smtp://u:hemligt@h#x", "smtp:u:hemligt@h"} {
		if s, err := ParseServer(bad); err == nil {
			t.Errorf("%s: taken as %+v", bad, s)
		} else if strings.Contains(err.Error(), "hemligt") || strings.Contains(err.Error(), "hem%ligt") || !strings.Contains(err.Error(), "--smtp") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func itoa(n int) string { return (&net.TCPAddr{Port: n}).String()[1:] }

// serverAt is the server of a test, spoken to in a way.
func serverAt(t *testing.T, ms *mailtest.Server, how, login string) *Server {
	t.Helper()
	s, err := ParseServer(how + "://" + login + ms.Addr)
	if err != nil {
		t.Fatal(err)
	}
	s.roots = ms.Roots
	return s
}

func plainServer(t *testing.T, ms *mailtest.Server) *Server {
	t.Helper()
	s, err := ParseServer("smtp://" + ms.Addr + "?tls=none")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func aMessage(to string) Message {
	return Message{From: mail.Address{Name: "Exempelkommun", Address: "mognad@kommun.example"}, To: mail.Address{Name: "Åsa Öberg", Address: to}, ReplyTo: "eva@kommun.example",
		Subject: "Mätomgång 2026: svara senast fredag 23 oktober", Text: "Hej Åsa!\n", HTML: "<p>Hej Åsa!</p>", At: time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC)}
}

func TestSendProtected(t *testing.T) {
	login := url.UserPassword(mailtest.User, mailtest.Password).String() + "@"
	for _, c := range []struct {
		name, scheme, login string
		how                 mailtest.Security
		trust               bool
		want                outcome
	}{
		{"STARTTLS and password", "smtp", login, mailtest.StartTLS, true, sent},
		{"TLS and password", "smtps", login, mailtest.TLS, true, sent},
		{"unknown certificate", "smtp", login, mailtest.StartTLS, false, away},
		{"wrong password", "smtp", mailtest.User + ":fel@", mailtest.StartTLS, true, away},
		{"server without TLS", "smtp", "", mailtest.Plain, true, away},
	} {
		t.Run(c.name, func(t *testing.T) {
			ms := mailtest.Start(t, c.how)
			s := serverAt(t, ms, c.scheme, c.login)
			if !c.trust {
				s.roots = nil
			}
			d := s.send(t.Context(), aMessage("asa@kommun.example"))
			if d.outcome != c.want || len(ms.Letters()) != map[bool]int{true: 1}[c.want == sent] {
				t.Fatalf("outcome %d (%v), %d letters", d.outcome, d.err, len(ms.Letters()))
			}
			if c.name == "wrong password" && d.fault != faultSignIn {
				t.Errorf("told as %q", d.fault.SV)
			}
		})
	}
}

func TestSendOutcomes(t *testing.T) {
	ms := mailtest.Start(t, mailtest.Plain)
	s := plainServer(t, ms)
	for to, want := range map[string]outcome{"asa": sent, "okand": refused, "senare": later, "skrap": refused, "bryt": away, "tyst": uncertain} {
		d := s.send(t.Context(), aMessage(to+"@kommun.example"))
		if d.outcome != want {
			t.Errorf("%s: outcome %d, want %d (%v)", to, d.outcome, want, d.err)
		}
		if want != sent && (d.fault.SV == "" || d.fault.EN == "" || d.err == nil || strings.Contains(d.err.Error(), "@")) {
			t.Errorf("%s: told as %q, logged as %v", to, d.fault, d.err)
		}
	}
	ms.Busy(true)
	if d := s.send(t.Context(), aMessage("asa@kommun.example")); d.outcome != away {
		t.Errorf("busy: outcome %d", d.outcome)
	}
	gone, _ := net.Listen("tcp", "127.0.0.1:0")
	gone.Close()
	nobody, _ := ParseServer("smtp://" + gone.Addr().String() + "?tls=none")
	if d := nobody.send(t.Context(), aMessage("asa@kommun.example")); d.outcome != away {
		t.Errorf("nobody there: outcome %d", d.outcome)
	}
}

func TestHeaders(t *testing.T) {
	ms := mailtest.Start(t, mailtest.Plain)
	if d := plainServer(t, ms).send(t.Context(), aMessage("asa@kommun.example")); d.outcome != sent {
		t.Fatal(d.err)
	}
	m := ms.Letters()[0].Message(t)
	words := new(mime.WordDecoder)
	subject, _ := words.DecodeHeader(m.Header.Get("Subject"))
	if subject != aMessage("").Subject {
		t.Errorf("Subject %q", subject)
	}
	for name, want := range map[string]string{"Date": "Mon, 05 Oct 2026 08:00:00 +0000", "Auto-Submitted": "auto-generated", "Reply-To": "<eva@kommun.example>",
		"From": `"Exempelkommun" <mognad@kommun.example>`, "List-Unsubscribe": "", "User-Agent": "", "X-Mailer": ""} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if id := m.Header.Get("Message-Id"); !strings.HasSuffix(id, "@kommun.example>") || len(id) < 30 {
		t.Errorf("Message-ID %q", id)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s, %v", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []string{"Hej Åsa!\n", "<p>Hej Åsa!</p>"} {
		p, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(p) // quoted-printable is undone by the reader
		if strings.ReplaceAll(string(body), "\r\n", "\n") != want {
			t.Errorf("part %q, want %q", body, want)
		}
	}
}

// TestHeaderInjection sends names and subjects that would add headers or
// receivers.
func TestHeaderInjection(t *testing.T) {
	ms := mailtest.Start(t, mailtest.Plain)
	s := plainServer(t, ms)
	for _, evil := range []string{"A\r\nBcc: ond@ondska.example", "A\nX-Evil: 1", "A\rX-Evil: 1", "A\" <ond@ondska.example>, \"B", "A\r\n\r\nbody", "A\u2028X-Evil: 1", "A\x00\x85X-Evil: 1", "=?utf-8?q?A=0AX-Evil:_1?="} {
		m := aMessage("asa@kommun.example")
		m.Subject, m.To.Name, m.From.Name = evil, evil, evil
		if d := s.send(t.Context(), m); d.outcome != sent {
			t.Errorf("%q: %v", evil, d.err)
			continue
		}
		l := ms.Letters()[len(ms.Letters())-1]
		h := l.Message(t).Header
		if h.Get("Bcc") != "" || h.Get("X-Evil") != "" || l.To != "asa@kommun.example" {
			t.Errorf("%q came through: %v to %s", evil, h, l.To)
		}
		if to, err := h.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != "asa@kommun.example" {
			t.Errorf("%q: To %v, %v", evil, to, err)
		}
		head, _, _ := strings.Cut(l.Raw, "\r\n\r\n")
		for lines := bufio.NewScanner(strings.NewReader(head)); lines.Scan(); {
			if text := lines.Text(); !strings.HasPrefix(text, " ") && !strings.Contains(text, ": ") {
				t.Errorf("%q made the header line %q", evil, text)
			}
		}
	}
	for _, address := range []string{"asa@kommun.example\r\nRCPT TO:<ond@ondska.example>", "asa@kommun.example>\nX: <", "asa", ""} {
		before := len(ms.Letters())
		if d := s.send(t.Context(), aMessage(address)); d.outcome != refused || len(ms.Letters()) != before {
			t.Errorf("%q: outcome %d", address, d.outcome)
		}
	}
}
