// Package notice holds the texts that are the kommun's own: what it tells people
// of their personal data, how accessible the service is, and whom to ask. Until
// the kommun has written its own there are texts to begin with, in which what is
// to be filled in stands in [[double brackets]].
package notice

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/trail"
)

// Kind is what a text is about.
type Kind string

// The kinds.
const (
	Privacy       Kind = "privacy"       // integritetsmeddelande
	Accessibility Kind = "accessibility" // tillgänglighetsredogörelse
	Contact       Kind = "contact"
)

// Kinds lists every kind.
var Kinds = []Kind{Privacy, Accessibility, Contact}

// Text is what a kommun has written: Markdown in both languages, or whom to ask.
type Text struct {
	SV    string `json:"sv,omitempty"`
	EN    string `json:"en,omitempty"`
	Name  string `json:"name,omitempty"` // of Contact, as the two below
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// In returns the Markdown in lang: "en", else Swedish.
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.SV
}

// Gaps returns how many places are still to be filled in.
func (t Text) Gaps(kind Kind) int {
	if kind == Contact {
		n := 0
		for _, s := range []string{t.Name, cmp.Or(t.Email, t.Phone)} {
			if s == "" {
				n++
			}
		}
		return n
	}
	return gaps(t.SV) + gaps(t.EN)
}

// Version is a text as somebody left it.
type Version struct {
	Text
	By string    `json:"by"` // account id
	At time.Time `json:"at"`
}

// Kept is how many versions are kept of each text.
const Kept = 10

// MaxText is how long a text may be, in characters of one language.
const MaxText = 30_000

// Notice is a text and where it came from.
type Notice struct {
	Kind Kind
	Unit string // whose it is: "" for the installation's
	Text
	Versions []Version // the newest first; none where it is the text to begin with
}

// Number returns which version it is: one more at every change.
func (n Notice) Number() string {
	if len(n.Versions) == 0 {
		return ""
	}
	return n.Versions[0].At.UTC().Format(time.RFC3339Nano)
}

//go:embed texts
var defaults embed.FS

// Default returns the text to begin with.
func Default(kind Kind) Text {
	read := func(lang string) string {
		content, err := defaults.ReadFile("texts/" + string(kind) + "." + lang + ".md")
		if err != nil && kind != Contact {
			panic(err) // it is embedded above
		}
		return string(content)
	}
	return Text{SV: read("sv"), EN: read("en")}
}

// cards is the kind of the cards; their ids are KIND/UNIT.
const cards = "notice"

// Service keeps the texts.
type Service struct {
	store card.Store
	log   *trail.Log
	now   func() time.Time
}

// New ties the texts to a store and its log.
func New(st card.Store, log *trail.Log, now func() time.Time) *Service { return &Service{st, log, now} }

// Own returns the text of one unit, that to begin with where it has none.
func (s *Service) Own(ctx context.Context, kind Kind, unit string) (Notice, error) {
	n := Notice{Kind: kind, Unit: unit, Text: Default(kind)}
	versions, err := card.Get[[]Version](ctx, s.store, cards, string(kind)+"/"+unit)
	if len(versions) > 0 {
		n.Text, n.Versions = versions[0].Text, versions
	}
	return n, err
}

// Nearest returns the text that applies where path leads, ids from the top unit
// down: the lowest unit's that has one of its own, else the installation's.
func (s *Service) Nearest(ctx context.Context, kind Kind, path []string) (Notice, error) {
	for i := len(path) - 1; i >= 0; i-- {
		n, err := s.Own(ctx, kind, path[i])
		if err != nil || len(n.Versions) > 0 {
			return n, err
		}
	}
	return s.Own(ctx, kind, "")
}

// Contact returns whom to ask where path leads; empty where nobody has said.
func (s *Service) Contact(ctx context.Context, path []string) (Text, error) {
	n, err := s.Nearest(ctx, Contact, path)
	return n.Text, err
}

// Gap is a text that is not filled in.
type Gap struct {
	Kind  Kind
	Count int // places to fill in
}

// Missing returns which texts that apply where path leads are still to be filled
// in.
func (s *Service) Missing(ctx context.Context, path []string) (out []Gap, err error) {
	for _, kind := range Kinds {
		n, err := s.Nearest(ctx, kind, path)
		if err != nil {
			return nil, err
		}
		if count := n.Gaps(kind); count > 0 {
			out = append(out, Gap{kind, count})
		}
	}
	return out, nil
}

// Put changes a unit's text. number is the Number of the one that it was written
// over; fail.Conflict when there is a newer, so that of two who write at once
// neither loses what the other wrote. fail.Invalid, At the field, for one that
// can't be.
func (s *Service) Put(ctx context.Context, actor string, kind Kind, unit, number string, t Text) error {
	t, err := checked(kind, t)
	if err != nil {
		return err
	}
	_, err = card.Update(ctx, s.store, cards, string(kind)+"/"+unit, func(versions *[]Version) (time.Time, error) {
		if now := (Notice{Versions: *versions}).Number(); now != number {
			return time.Time{}, errNewer
		}
		*versions = append([]Version{{t, actor, s.now().UTC()}}, *versions...)
		if len(*versions) > Kept {
			*versions = (*versions)[:Kept]
		}
		return time.Time{}, nil
	})
	if err == nil {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "notice.change", Unit: unit, Detail: string(kind)})
	}
	return err
}

var errNewer = fail.New(fail.Conflict, "Någon annan har ändrat texten medan du skrev. Det du skrev står kvar i rutorna. Öppna sidan i en ny flik för att se den andras text, och för sedan in det som ska ändras där.",
	"Somebody else has changed the text while you wrote. What you wrote is still in the boxes. Open the page in a new tab to see the other text, then make your changes there.")

// checked returns a text as it is stored.
func checked(kind Kind, t Text) (Text, error) {
	for _, f := range []struct {
		text  *string
		field string
		max   int
	}{{&t.SV, "sv", MaxText}, {&t.EN, "en", MaxText}, {&t.Name, "name", 200}, {&t.Email, "email", 200}, {&t.Phone, "phone", 200}} {
		*f.text = strings.TrimSpace(strings.ReplaceAll(*f.text, "\r\n", "\n"))
		if utf8.RuneCountInString(*f.text) > f.max {
			return t, fail.New(fail.Invalid, fmt.Sprintf("Texten är för lång. Skriv högst %d tecken.", f.max), fmt.Sprintf("The text is too long. Write %d characters at most.", f.max)).At(f.field)
		}
	}
	if kind != Contact {
		t.Name, t.Email, t.Phone = "", "", ""
		switch {
		case t.SV == "":
			return t, fail.New(fail.Invalid, "Skriv en svensk text.", "Write a Swedish text.").At("sv")
		case t.EN == "":
			return t, fail.New(fail.Invalid, "Skriv en engelsk text.", "Write an English text.").At("en")
		}
		return t, nil
	}
	t.SV, t.EN = "", ""
	if t.Name == "" {
		return t, fail.New(fail.Invalid, "Skriv vem man kan fråga: en person eller en funktion.", "Write whom to ask: a person or a function.").At("name")
	}
	if t.Email == "" && t.Phone == "" {
		return t, fail.New(fail.Invalid, "Skriv en e-postadress eller ett telefonnummer.", "Write an e-mail address or a telephone number.").At("email")
	}
	if a, err := mail.ParseAddress(t.Email); t.Email != "" && (err != nil || a.Address != t.Email) {
		return t, fail.New(fail.Invalid, "Det är ingen e-postadress. Skriv den som namn@kommunen.se.", "That is not an e-mail address. Write it as name@kommunen.se.").At("email")
	}
	return t, nil
}
