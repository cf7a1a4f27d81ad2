package fulltext

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFind(t *testing.T) {
	const text = "Gå till IT-avdelningen, säger cheféns lärare. Är det 2025?"
	for search, want := range map[string]string{
		"":               text,
		"it":             "Gå till [IT]-avdelningen, säger cheféns lärare. Är det 2025?",
		"LARARE chefens": "Gå till IT-avdelningen, säger [cheféns] [lärare]. Är det 2025?",
		"avdelning 20":   "Gå till IT-[avdelningen], säger cheféns lärare. Är det [2025]?",
		"a\u0308r":       "Gå till IT-avdelningen, säger cheféns lärare. [Är] det 2025?",
		"avdelning nej":  "",
		"ingen":          "", // inside a word is not its beginning
		"-- !":           text,
	} {
		parts, ok := Parse(search).Find(text)
		var b strings.Builder
		for _, p := range parts {
			if p.Hit {
				b.WriteString("[" + p.Text + "]")
			} else {
				b.WriteString(p.Text)
			}
		}
		if got := b.String(); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v, want %q", search, got, ok, want)
		}
	}
}

// TestPartsAreTheText, whatever is searched for in whatever.
func TestPartsAreTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, search := rapid.String().Draw(t, "text"), rapid.String().Draw(t, "search")
		parts, _ := Parse(search).Find(text)
		var b strings.Builder
		for _, p := range parts {
			b.WriteString(p.Text)
		}
		if b.String() != text {
			t.Fatalf("%q became %q", text, b.String())
		}
		if _, ok := Parse(text).Find(text); !ok {
			t.Fatalf("%q lacks words of its own", text)
		}
	})
}
