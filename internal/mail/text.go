package mail

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/survey"
)

// Kind tells what a letter is for.
type Kind string

// The kinds. The texts of a sign-in letter and of those about an action are the
// program's own; the others' can be changed.
const (
	Invitation Kind = "invitation"
	Reminder   Kind = "reminder"
	NewLink    Kind = "link" // the personal link has been replaced
	SignIn     Kind = "signin"
	ActionSoon Kind = "action_soon" // the last day of an action is near
	ActionLate Kind = "action_late" // or has passed
)

// Kinds lists those whose texts can be changed.
var Kinds = []Kind{Invitation, Reminder, NewLink}

// Template is the text of a kind of letter. Both may hold placeholders; without
// English the letter is in Swedish alone.
type Template struct {
	Subject survey.Text `yaml:"subject" json:"subject"`
	Body    survey.Text `yaml:"body" json:"body"`
}

// Link is the placeholder that every letter must have.
const Link = "länk"

// Placeholders lists what a text may have between {{ and }}, the same in both
// languages.
var Placeholders = []string{"namn", Link, "omgång", "sista dag", "avsändare", "kontakt"}

// own are what the texts about an action may have besides.
var own = []string{"åtgärd", "enhet", "ansvarig"}

// The longest subject and body, in characters.
const (
	MaxSubject = 150
	MaxBody    = 5000
)

//go:embed texts.yaml
var textsFile []byte

// defaults are the texts that come with the program.
func defaults() (map[Kind]Template, error) {
	var all map[Kind]Template
	if err := yaml.UnmarshalWithOptions(textsFile, &all, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("texts of letters: %w", err)
	}
	for _, kind := range append([]Kind{SignIn, ActionSoon, ActionLate}, Kinds...) {
		t, may := all[kind], Placeholders
		if kind == ActionSoon || kind == ActionLate {
			may = slices.Concat(Placeholders, own)
		}
		if t.Subject.EN == "" || t.Body.EN == "" {
			return nil, fmt.Errorf("texts of letters: %q lacks a language", kind)
		}
		if err := t.check(may); err != nil {
			return nil, fmt.Errorf("texts of letters: %q: %w", kind, err)
		}
	}
	return all, nil
}

var placeholder = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// Check returns what is wrong with a text: fail.Invalid, At the field
// (subject_sv, body_sv, subject_en or body_en).
func (t Template) Check() error { return t.check(Placeholders) }

func (t Template) check(may []string) error {
	for _, f := range []struct {
		field, text string
		lang        survey.Text
		max         int
		needed      bool
	}{
		{"subject_sv", t.Subject.SV, survey.Text{SV: "Rubriken på svenska", EN: "The Swedish subject"}, MaxSubject, true},
		{"body_sv", t.Body.SV, survey.Text{SV: "Texten på svenska", EN: "The Swedish text"}, MaxBody, true},
		{"subject_en", t.Subject.EN, survey.Text{SV: "Rubriken på engelska", EN: "The English subject"}, MaxSubject, false},
		{"body_en", t.Body.EN, survey.Text{SV: "Texten på engelska", EN: "The English text"}, MaxBody, false},
	} {
		if err := checkPart(f.text, f.lang, strings.HasPrefix(f.field, "body"), f.max, f.needed, may); err != nil {
			return err.At(f.field)
		}
	}
	return nil
}

func checkPart(text string, name survey.Text, body bool, most int, needed bool, may []string) *fail.Error {
	invalid := func(sv, en string, args ...any) *fail.Error {
		return fail.New(fail.Invalid, fmt.Sprintf(name.SV+" "+sv, args...), fmt.Sprintf(name.EN+" "+en, args...))
	}
	switch {
	case strings.TrimSpace(text) == "" && needed:
		return invalid("är tom. Skriv den, eller gå tillbaka till standardtexten.", "is empty. Write it, or go back to the default text.")
	case strings.TrimSpace(text) == "":
		return nil
	case utf8.RuneCountInString(text) > most:
		return invalid("har %d tecken. Den får ha högst %d.", "has %d characters. It may have %d at most.", utf8.RuneCountInString(text), most)
	case !body && unsafe(text):
		return invalid("ska vara på en rad.", "must be on one line.")
	}
	link := false
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(may, m[1]) {
			return invalid("har {{%s}}, som inte finns. De som finns är %s.", "has {{%s}}, which does not exist. Those that do are %s.", m[1], written(may))
		}
		link = link || m[1] == Link
	}
	rest := placeholder.ReplaceAllString(text, "")
	switch {
	case strings.Contains(rest, "{{") || strings.Contains(rest, "}}"):
		return invalid("har {{ eller }} som inte hör ihop. Skriv till exempel {{namn}}.", "has a {{ or }} without the other. Write for example {{namn}}.")
	case body && !link:
		return invalid("saknar {{länk}}. Utan den kan ingen svara.", "lacks {{länk}}. Without it nobody can answer.")
	case !body && link:
		return invalid("får inte ha {{länk}}. Rubriken syns för fler än den som får mejlet.", "can't have {{länk}}. A subject is seen by others than the one it is for.")
	}
	return nil
}

// written is a list of placeholders as one writes them.
func written(placeholders []string) string {
	all := make([]string, len(placeholders))
	for i, p := range placeholders {
		all[i] = "{{" + p + "}}"
	}
	return strings.Join(all, ", ")
}

// Values are what stands in the place of a text's placeholders, by name, for
// each language.
type Values map[string]survey.Text

// Letter is a text as its receiver sees it.
type Letter struct {
	Subject string
	Text    string
	HTML    string
}

// Render fills in a text that Check has nothing against: Swedish, then English
// where there is any.
func (t Template) Render(v Values) (Letter, error) {
	var parts []part
	for _, lang := range []string{"sv", "en"} {
		body := t.Body.SV
		if lang == "en" {
			body = t.Body.EN
		}
		if strings.TrimSpace(body) != "" {
			parts = append(parts, part{Lang: lang, Paragraphs: paragraphs(body, v, lang)})
		}
	}
	l := Letter{Subject: line(fill(t.Subject.SV, v, "sv"))}
	if t.Subject.EN != "" && len(parts) > 1 {
		l.Subject += " / " + line(fill(t.Subject.EN, v, "en"))
	}
	var texts []string
	for _, p := range parts {
		texts = append(texts, p.text())
	}
	l.Text = strings.Join(texts, "\n\n* * *\n\n") + "\n"
	var html bytes.Buffer
	err := page.Execute(&html, struct {
		Subject string
		Parts   []part
	}{l.Subject, parts})
	l.HTML = html.String()
	return l, err
}

// part is the letter in one language: paragraphs of lines of pieces.
type part struct {
	Lang       string
	Paragraphs [][][]piece
}

// piece is words, or a link with its address as its words.
type piece struct{ Words, Link string }

var blank = regexp.MustCompile(`\n[ \t]*\n\s*`)

func paragraphs(body string, v Values, lang string) (out [][][]piece) {
	body = strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\r", "\n")
	for _, paragraph := range blank.Split(strings.TrimSpace(body), -1) {
		var lines [][]piece
		for text := range strings.SplitSeq(paragraph, "\n") {
			lines = append(lines, pieces(text, v, lang))
		}
		out = append(out, lines)
	}
	return out
}

func pieces(text string, v Values, lang string) (out []piece) {
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		name := text[m[2]:m[3]]
		p := piece{Words: line(v[name].In(lang))}
		if name == Link {
			p.Link = p.Words
		}
		out = append(out, piece{Words: text[at:m[0]]}, p)
		at = m[1]
	}
	return append(out, piece{Words: text[at:]})
}

func fill(text string, v Values, lang string) string {
	var b strings.Builder
	for _, p := range pieces(text, v, lang) {
		b.WriteString(p.Words)
	}
	return b.String()
}

func (p part) text() string {
	var out []string
	for _, paragraph := range p.Paragraphs {
		var lines []string
		for _, pieces := range paragraph {
			var b strings.Builder
			for _, piece := range pieces {
				b.WriteString(piece.Words)
			}
			lines = append(lines, b.String())
		}
		out = append(out, strings.Join(lines, "\n"))
	}
	return strings.Join(out, "\n\n")
}

// page is the letter as HTML: nothing is fetched, so nobody is told that it was
// opened.
var page = template.Must(template.New("letter").Parse(`<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Subject}}</title></head>
<body style="margin:0;padding:24px;background:#ffffff;color:#14242a;font:17px/1.5 'Segoe UI',Helvetica,Arial,sans-serif">
<div style="max-width:34em">{{range $i, $p := .Parts}}
{{if $i}}<hr style="border:0;border-top:1px solid #c6cfcd;margin:32px 0">{{end}}<div lang="{{.Lang}}">{{range .Paragraphs}}
<p style="margin:0 0 1em">{{range $n, $line := .}}{{if $n}}<br>{{end}}{{range $line}}{{if .Link}}<a href="{{.Link}}" style="color:#0d4f5f;overflow-wrap:anywhere">{{.Words}}</a>{{else}}{{.Words}}{{end}}{{end}}{{end}}</p>{{end}}
</div>{{end}}
</div></body></html>
`))
