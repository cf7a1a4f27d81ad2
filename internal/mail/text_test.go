package mail

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/survey"
)

func aTemplate() Template {
	return Template{Subject: survey.Text{SV: "{{omgång}}", EN: "{{omgång}}"}, Body: survey.Text{SV: "Hej {{namn}}!\n\n{{länk}}", EN: "Hello {{ namn }},\n\n{{länk}}"}}
}

var someValues = Values{"namn": same("Åsa <b>"), Link: same("https://mognad.example/e/abc"), "omgång": same("Mätomgång 2026"),
	"sista dag": {SV: "fredag 23 oktober", EN: "Friday 23 October"}, "avsändare": same("Kommunen"), "kontakt": same("Eva")}

func TestDefaults(t *testing.T) {
	all, err := defaults()
	if err != nil {
		t.Fatal(err)
	}
	for kind, template := range all {
		l, err := template.Render(someValues)
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"text": l.Text, "html": l.HTML} {
			if strings.Count(text, someValues[Link].SV) < 2 || strings.Contains(text, "{{") || !strings.Contains(text, "Hej") || !strings.Contains(text, "Hello") {
				t.Errorf("%s, %s:\n%s", kind, name, text)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change       func(*Template)
		field, names string
	}{
		"good":                 {func(*Template) {}, "", ""},
		"no English":           {func(t *Template) { t.Subject.EN, t.Body.EN = "", " \n" }, "", ""},
		"no Swedish subject":   {func(t *Template) { t.Subject.SV = " " }, "subject_sv", "är tom"},
		"no Swedish body":      {func(t *Template) { t.Body.SV = "" }, "body_sv", "är tom"},
		"body without link":    {func(t *Template) { t.Body.SV = "Hej" }, "body_sv", "{{länk}}"},
		"English without link": {func(t *Template) { t.Body.EN = "Hello" }, "body_en", "{{länk}}"},
		"link in the subject":  {func(t *Template) { t.Subject.EN = "{{länk}}" }, "subject_en", "{{länk}}"},
		"unknown":              {func(t *Template) { t.Body.EN += "{{losenord}}" }, "body_en", "{{losenord}}"},
		"empty placeholder":    {func(t *Template) { t.Body.SV += "{{}}" }, "body_sv", "{{}}"},
		"half open":            {func(t *Template) { t.Body.SV += "{{namn}" }, "body_sv", "{{"},
		"half closed":          {func(t *Template) { t.Subject.SV += "}}" }, "subject_sv", "}}"},
		"subject of two lines": {func(t *Template) { t.Subject.SV = "a\nb" }, "subject_sv", "en rad"},
		"long subject":         {func(t *Template) { t.Subject.SV = strings.Repeat("å", MaxSubject+1) }, "subject_sv", "151"},
		"long body":            {func(t *Template) { t.Body.SV += strings.Repeat("å", MaxBody) }, "body_sv", "5000"},
	} {
		template := aTemplate()
		c.change(&template)
		err := template.Check()
		e, _ := errors.AsType[*fail.Error](err)
		switch {
		case c.field == "" && err != nil, c.field != "" && e == nil:
			t.Errorf("%s: %v", name, err)
		case e != nil && (e.Code != fail.Invalid || e.Field != c.field || !strings.Contains(e.SV, c.names) || e.EN == ""):
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestRender(t *testing.T) {
	template := aTemplate()
	l, err := template.Render(someValues)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Hej Åsa <b>!\n\nhttps://mognad.example/e/abc\n\n* * *\n\nHello Åsa <b>,\n\nhttps://mognad.example/e/abc\n"; l.Text != want {
		t.Errorf("text %q", l.Text)
	}
	if !strings.Contains(l.HTML, "Åsa &lt;b&gt;") || !strings.Contains(l.HTML, `<a href="https://mognad.example/e/abc"`) || strings.Contains(l.HTML, "<b>") || strings.Contains(l.HTML, "src=") {
		t.Errorf("html %s", l.HTML)
	}
	template.Body.EN = ""
	if l, _ = template.Render(someValues); strings.Contains(l.Text, "* * *") || l.Subject != "Mätomgång 2026" {
		t.Errorf("Swedish alone: %q, %q", l.Subject, l.Text)
	}
}

// TestPlaceholders holds for whatever is typed and whatever people are called:
// what Check lets through has its link, holds no placeholder that was not filled
// in, and as HTML has no element that we did not put there.
func TestPlaceholders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.SampledFrom([]string{"{{namn}}", "{{länk}}", "{{ kontakt }}", "{{sista dag}}", "{{okänd}}", "{{", "}}", "{", "}", "<script>", "\"", "&", "\n", "\n\n", "\r\n", "å", " ", "https://x.example"})
		typed := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(bits, 0, 12).Draw(t, "bits"), "") })
		value := rapid.OneOf(rapid.String(), typed)
		template := Template{Subject: survey.Text{SV: typed.Draw(t, "subject"), EN: typed.Draw(t, "subject en")}, Body: survey.Text{SV: typed.Draw(t, "body") + rapid.SampledFrom([]string{"", "{{länk}}"}).Draw(t, "link"), EN: typed.Draw(t, "body en")}}
		err := template.Check()
		if unknown := strings.Contains(template.Body.SV, "{{okänd}}"); unknown && err == nil {
			t.Fatal("an unknown placeholder was let through")
		}
		if err != nil {
			return
		}
		values := Values{}
		for _, name := range Placeholders {
			values[name] = same(value.Draw(t, name))
		}
		const link = "https://mognad.example/e/abc"
		values[Link] = same(link)
		l, err := template.Render(values)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(l.Text, link) || !strings.Contains(l.HTML, `<a href="`+link+`"`) || unsafe(l.Subject) || strings.Contains(l.Subject, link) {
			t.Fatalf("subject %q, text %q, html %q", l.Subject, l.Text, l.HTML)
		}
		if !utf8.ValidString(l.HTML) {
			return // a name that is no text
		}
		for tokens := html.NewTokenizer(strings.NewReader(l.HTML)); tokens.Next() != html.ErrorToken; {
			switch token := tokens.Token(); token.Data {
			case "script", "img", "b", "form":
				if token.Type != html.TextToken {
					t.Fatalf("the element %s in %q", token.Data, l.HTML)
				}
			}
		}
	})
}
