package survey_test

import (
	"testing"

	"github.com/mognad/mognad/internal/survey"
)

// FuzzAnswer: what is read as an answer is written as the same word.
func FuzzAnswer(f *testing.F) {
	for _, word := range []string{"", "1", "5", "vet_ej", "ej_relevant", "6", "1 ", "\uff11"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		if a, err := survey.ParseAnswer(word); err == nil && a.String() != word {
			t.Errorf("%q is read as %q", word, a)
		}
	})
}
