package mail

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/survey"
)

// Message is a letter, ready to be sent.
type Message struct {
	From, To   mail.Address
	ReplyTo    string // an address, "" for the sender's own
	Subject    string
	Text, HTML string
	At         time.Time
}

// sendTime is how long a server may take over one letter.
const sendTime = 20 * time.Second

// outcome is what became of an attempt to send.
type outcome int

const (
	sent      outcome = iota
	later             // this letter was refused for the moment
	away              // the server could not be used at all
	refused           // for good
	uncertain         // handed over, but the receipt did not come
)

// delivery is an outcome, and why in words that a coordinator understands.
type delivery struct {
	outcome outcome
	fault   survey.Text
	err     error // for the program's log: without addresses
}

// send hands one letter to the server.
func (s *Server) send(ctx context.Context, m Message) delivery {
	msg, err := m.compose()
	if err != nil {
		return delivery{refused, survey.Text{SV: "Adressen går inte att skicka till. Rätta den.", EN: "The address can't be sent to. Correct it."}, errors.New("address refused")}
	}
	client, err := s.client()
	if err != nil {
		return delivery{away, faultAway, err}
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if err := client.DialWithContext(ctx); err != nil {
		// The server's own answer to a wrong password; the library has no name for it.
		if answer, ok := errors.AsType[*textproto.Error](err); ok && (answer.Code == 535 || answer.Code == 534 || answer.Code == 538) {
			return delivery{away, faultSignIn, errors.New("the mail server did not accept user and password")}
		}
		return delivery{away, faultAway, fmt.Errorf("mail server: %w", err)}
	}
	err = client.Send(msg)
	_ = client.Close() // what the server has taken it has taken
	if err == nil || msg.IsDelivered() {
		return delivery{outcome: sent}
	}
	return judge(err)
}

var (
	faultAway   = survey.Text{SV: "Mejlservern går inte att nå.", EN: "The mail server can't be reached."}
	faultSignIn = survey.Text{SV: "Mejlservern godtar inte programmets lösenord. Be den som sköter mognad att kontrollera --smtp.", EN: "The mail server does not accept the program's password. Ask whoever runs mognad to check --smtp."}
	faultLost   = survey.Text{SV: "Förbindelsen bröts när mejlet var lämnat. Det är okänt om det kom fram.", EN: "The connection broke once the letter was handed over. Whether it arrived is unknown."}
)

// judge tells what an error of sending means: only a server that was silent after
// the whole letter leaves it uncertain.
func judge(err error) delivery {
	e, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return delivery{away, faultAway, errors.New("mail server: sending failed")}
	}
	code := e.ErrorCode()
	logged := fmt.Errorf("mail server: %s: %d", e.Reason, code)
	said := survey.Text{SV: fmt.Sprintf("Mejlservern svarade %d.", code), EN: fmt.Sprintf("The mail server answered %d.", code)}
	switch {
	case code == 0 && e.Reason == gomail.ErrSMTPDataClose:
		return delivery{uncertain, faultLost, logged}
	case code == 0 || code == 421: // 421: the server is closing
		return delivery{away, faultAway, logged}
	case code < 500:
		return delivery{later, survey.Text{SV: "Mottagarens server tar inte emot just nu. " + said.SV, EN: "The receiver's server does not take letters at the moment. " + said.EN}, logged}
	case e.Reason == gomail.ErrSMTPMailFrom:
		return delivery{refused, survey.Text{SV: "Mejlservern godtar inte avsändaren. Be den som sköter mognad att kontrollera --mail-from. " + said.SV,
			EN: "The mail server does not accept the sender. Ask whoever runs mognad to check --mail-from. " + said.EN}, logged}
	case e.Reason == gomail.ErrSMTPRcptTo:
		return delivery{refused, survey.Text{SV: "Adressen finns inte, eller tar inte emot mejl. Kontrollera den. " + said.SV,
			EN: "There is no such address, or it takes no letters. Check it. " + said.EN}, logged}
	}
	return delivery{refused, survey.Text{SV: "Mottagarens server vägrade ta emot mejlet, kanske som skräppost. " + said.SV,
		EN: "The receiver's server refused the letter, perhaps as spam. " + said.EN}, logged}
}

// compose makes the message as it travels.
func (m Message) compose() (*gomail.Msg, error) {
	if unsafe(m.To.Address) || unsafe(m.From.Address) {
		return nil, errors.New("an address with control characters")
	}
	m.To.Name, m.From.Name = line(m.To.Name), line(m.From.Name)
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(m.From.String()), msg.To(m.To.String())); err != nil {
		return nil, err
	}
	if m.ReplyTo != "" {
		if err := msg.ReplyTo(m.ReplyTo); err != nil {
			return nil, err
		}
	}
	_, domain, _ := strings.Cut(m.From.Address, "@")
	msg.Subject(line(m.Subject))
	msg.SetDateWithValue(m.At)
	msg.SetMessageIDWithValue(keys.Random() + "@" + domain)
	// No out-of-office replies, please (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return msg, nil
}

// unsafe tells whether a text has characters that could end a header.
func unsafe(text string) bool { return text != line(text) }

// line makes a text one line, without characters that steer.
func line(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 }), " ")
}
