// Package fulltext finds words in short texts, whatever their case and accents.
package fulltext

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Query is the words that a text must have: each of them, or one that begins so.
// An empty Query finds everything.
type Query []string

// Parse reads what somebody searches for.
func Parse(text string) Query {
	var q Query
	words(text, func(from, to int) { q = append(q, fold(text[from:to])) })
	slices.Sort(q)
	return slices.Compact(q)
}

// Part is a piece of a text; Hit tells that it is a word that was searched for.
type Part struct {
	Text string
	Hit  bool
}

// Find returns the text in parts, which together are the text; false where it
// lacks a word.
func (q Query) Find(text string) ([]Part, bool) {
	found := make([]bool, len(q))
	var parts []Part
	done := 0
	words(text, func(from, to int) {
		word, hit := fold(text[from:to]), false
		for i, w := range q {
			if strings.HasPrefix(word, w) {
				found[i], hit = true, true
			}
		}
		if !hit {
			return
		}
		if from > done {
			parts = append(parts, Part{Text: text[done:from]})
		}
		parts, done = append(parts, Part{text[from:to], true}), to
	})
	if done < len(text) {
		parts = append(parts, Part{Text: text[done:]})
	}
	return parts, !slices.Contains(found, false)
}

// words calls each with where every word of a text begins and ends: letters,
// digits and the marks that belong to them.
func words(text string, each func(from, to int)) {
	start := -1
	for i, r := range text {
		in := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
		switch {
		case in && start < 0:
			start = i
		case !in && start >= 0:
			each(start, i)
			start = -1
		}
	}
	if start >= 0 {
		each(start, len(text))
	}
}

// fold returns a word without case and accents.
func fold(word string) string {
	word = strings.ToLower(word)
	if ascii(word) {
		return word
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(word))
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
