// Package finding puts a result into words by rule: headlines, ledes and
// section titles, in Swedish and English. A sentence says that something has
// changed, or is higher or lower, only where docs/method.md makes the
// difference certain; what is only a figure is told as a figure, with its n.
package finding

import (
	"fmt"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/survey"
)

// Names holds the titles of areas, themes and items by statistic id.
type Names map[string]survey.Text

// NamesOf returns the titles of everything in set. An item's is its question.
func NamesOf(set *survey.Set) Names {
	n := Names{}
	for _, q := range set.Questionnaires {
		n[q.ID] = q.Title
		for _, th := range q.Themes {
			n[q.ID+"."+th.ID] = th.Title
		}
	}
	for _, it := range set.Items {
		n[it.ID] = it.Text
		if it.Name != (survey.Text{}) {
			n[competence+it.ID] = it.Name
		}
	}
	return n
}

// competence stands before the id of an item that has a name of its own.
const competence = "competence:"

// Competence returns what a competence area is called: the item's name, its
// question where it has none.
func (n Names) Competence(item, lang string) string {
	if t := n[competence+item].In(lang); t != "" {
		return t
	}
	return n.Of(item, lang)
}

// Of returns the title of the statistic with id, the id itself where it has none.
func (n Names) Of(id, lang string) string {
	if t := n[id].In(lang); t != "" {
		return t
	}
	return id
}

// infinitives are verbs that a Swedish title may begin with: inside a sentence
// such a title needs an "att" before it.
var infinitives = map[string]bool{
	"leda": true, "lära": true, "arbeta": true, "utveckla": true, "samverka": true, "styra": true,
	"planera": true, "följa": true, "använda": true, "förstå": true, "driva": true, "skapa": true,
}

// inside returns a title as it stands inside a sentence: "uppföljning".
func inside(title, lang string) string {
	first, size := utf8.DecodeRuneInString(title)
	second, _ := utf8.DecodeRuneInString(title[size:])
	if unicode.IsUpper(second) { // "IT och säkerhet"
		return title
	}
	title = string(unicode.ToLower(first)) + title[size:]
	if word, _, more := strings.Cut(title, " "); more && lang != "en" && infinitives[word] {
		return "att " + title
	}
	return title
}

// join lists words; titles that hold an "och" themselves are kept apart by
// "samt".
func join(words []string, lang string) string {
	and, other := " och ", " samt "
	if lang == "en" {
		and, other = " and ", " as well as "
	}
	last := len(words) - 1
	if last < 1 || !strings.Contains(strings.Join(words, "\x00"), and) {
		return format.And(words, lang)
	}
	return strings.Join(words[:last], ", ") + other + words[last]
}

var numerals = map[string][13]string{
	"sv": {"inga", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"},
	"en": {"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"},
}

// numeral writes a small number as a word: "tre".
func numeral(n int, lang string) string {
	words, ok := numerals[lang]
	if !ok {
		words = numerals["sv"]
	}
	if n < 0 || n >= len(words) {
		return format.Count(n, lang)
	}
	return words[n]
}

// neuter is numeral for a thing that is "ett" in Swedish: "ett tema".
func neuter(n int, lang string) string {
	if n == 1 && lang != "en" {
		return "ett"
	}
	return numeral(n, lang)
}

// Capital makes the first letter of a sentence large.
func Capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// Kind is a kind of unit in the forms that sentences need.
type Kind struct{ One, The, Many, TheMany string }

var kinds = map[string]map[string]Kind{
	"sv": {
		"kommun":      {"kommun", "kommunen", "kommuner", "kommunerna"},
		"forvaltning": {"förvaltning", "förvaltningen", "förvaltningar", "förvaltningarna"},
		"avdelning":   {"avdelning", "avdelningen", "avdelningar", "avdelningarna"},
		"enhet":       {"enhet", "enheten", "enheter", "enheterna"},
	},
	"en": {
		"kommun":      {"municipality", "the municipality", "municipalities", "the municipalities"},
		"forvaltning": {"department", "the department", "departments", "the departments"},
		"avdelning":   {"division", "the division", "divisions", "the divisions"},
		"enhet":       {"unit", "the unit", "units", "the units"},
	},
}

// KindOf returns the forms of the kind that all of given are of; units of mixed
// or unknown kinds are called units. Kinds are free text in the kommun's own
// file, so the usual ones are known with and without their dots.
func KindOf(lang string, given ...string) Kind {
	if lang != "en" {
		lang = "sv"
	}
	name := ""
	for i, k := range given {
		k = strings.NewReplacer("ö", "o", "ä", "a", "å", "a").Replace(strings.ToLower(strings.TrimSpace(k)))
		if i > 0 && k != name {
			name = ""
			break
		}
		name = k
	}
	if k, ok := kinds[lang][name]; ok {
		return k
	}
	return kinds[lang]["enhet"]
}

// say returns the sentence in lang, with args put in as fmt.Sprintf does. Both
// sentences take the same args in the same order.
func say(lang, sv, en string, args ...any) string {
	if lang == "en" {
		return fmt.Sprintf(en, args...)
	}
	return fmt.Sprintf(sv, args...)
}

// CompareNames orders names as a Swedish reader expects: å, ä, ö last.
func CompareNames(a, b string) int { return collate.New(language.Swedish).CompareString(a, b) }

// ByName orders what has a name as CompareNames does, however many; those with the same
// name keep their order.
func ByName[T any](all []T, name func(T) string) {
	order := collate.New(language.Swedish)
	slices.SortStableFunc(all, func(a, b T) int { return order.CompareString(name(a), name(b)) })
}

func asIs(name string) string { return name }
