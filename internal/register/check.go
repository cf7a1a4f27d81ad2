package register

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
)

// How many signs a value may have.
const (
	MaxLine = 200
	MaxText = 1000
)

// Tidy writes every value the one way it is stored: no blanks around, options by
// what they are stored as, paragraphs without their sign, items in one order.
func (e *Entry) Tidy() {
	for _, f := range Fields(e.Kind) {
		switch v := org.Clean(e.Get(f.Key)); {
		case f.Type == Items:
			e.Set(f.Key, v)
			slices.Sort(e.Supports)
			e.Supports = slices.Compact(e.Supports)
			if len(e.Supports) == 0 {
				e.Supports = nil
			}
		case f.Key == "paragraph":
			e.Set(f.Key, strings.TrimSpace(strings.TrimLeft(v, "§ \u00a0")))
		case f.Type == Number:
			if n, err := strconv.Atoi(v); err == nil {
				v = strconv.Itoa(n)
			}
			e.Set(f.Key, v)
		default:
			e.Set(f.Key, f.read(v))
		}
	}
	if len(e.Details) == 0 {
		e.Details = nil
	}
}

// Check returns what is wrong with a tidy entry, each fault with the key of its
// field; known tells which items there are.
func (e *Entry) Check(known func(item string) bool) (faults []*fail.Error) {
	for _, f := range Fields(e.Kind) {
		if err := f.check(e.Get(f.Key), known); err != nil {
			faults = append(faults, err.At(f.Key))
		}
	}
	for _, key := range []string{"reviewed", "review_by"} {
		if day := e.Get(key); len(faults) == 0 && day != "" && e.Decided != "" && day < e.Decided {
			label := FieldOf(e.Kind, key).Label
			faults = append(faults, invalid("%s kan inte vara före beslutet, %s. Rätta det ena eller det andra.", "%s can't be before the decision, %s. Correct either.", label.SV, label.EN, e.Decided).At(key))
		}
	}
	return faults
}

// invalid makes an error whose text begins with a name in either language.
func invalid(sv, en, nameSV, nameEN string, args ...any) *fail.Error {
	return fail.New(fail.Invalid, fmt.Sprintf(sv, slices.Concat([]any{nameSV}, args)...), fmt.Sprintf(en, slices.Concat([]any{nameEN}, args)...))
}

// check returns what is wrong with a value of the field, nil where nothing is.
func (f Field) check(v string, known func(string) bool) *fail.Error {
	wrong := func(sv, en string, args ...any) *fail.Error { return invalid(sv, en, f.Label.SV, f.Label.EN, args...) }
	if v == "" {
		if f.Required {
			return wrong("%s saknas. Skriv ett namn.", "%s is missing. Write a name.")
		}
		return nil
	}
	limit := MaxLine
	if f.Type == Text || f.Type == Items || f.Type == Link {
		limit = MaxText
	}
	if n := utf8.RuneCountInString(v); n > limit {
		return wrong("%s är för lång: %d tecken, högst %d. Korta texten.", "%s is too long: %d characters, at most %d. Shorten the text.", n, limit)
	}
	switch f.Type {
	case Day:
		if !within(v, time.DateOnly) {
			return wrong("%s: ”%s” är inget datum. Skriv det som 2026-03-31, eller lämna tomt om dagen är okänd.", "%s: “%s” is no date. Write it as 2026-03-31, or leave it empty if the day is not known.", v)
		}
	case Year:
		if !within(v, "2006") {
			return wrong("%s: ”%s” är inget år. Skriv det med fyra siffror, som 2026.", "%s: “%s” is no year. Write it with four digits, as 2026.", v)
		}
	case Number:
		if n, err := strconv.Atoi(v); err != nil || n < 0 || n > 99999 {
			return wrong("%s: ”%s” är inget nummer. Skriv ett heltal, högst 99999.", "%s: “%s” is no number. Write a whole number, at most 99999.", v)
		}
	case Choice:
		if !slices.ContainsFunc(f.Choices, func(o Option) bool { return o.Value == v }) {
			return fail.New(fail.Invalid, fmt.Sprintf("%s: ”%s” finns inte att välja. Välj något av: %s.", f.Label.SV, v, f.options("sv")),
				fmt.Sprintf("%s: “%s” is no choice. Choose one of: %s.", f.Label.EN, v, f.options("en")))
		}
	case Link:
		if u, err := url.Parse(v); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return wrong("%s: adressen ska börja med https:// eller http://.", "%s: the address is to begin with https:// or http://.")
		}
	case Items:
		for id := range strings.SplitSeq(v, ", ") {
			if !known(id) {
				return wrong("%s: det finns ingen fråga ”%s”. Skriv frågans id, som led.strategi.antagen, med komma mellan.", "%s: there is no question “%s”. Write the question's id, as led.strategi.antagen, with commas between.", id)
			}
		}
	}
	return nil
}

func (f Field) options(lang string) string {
	var labels []string
	for _, o := range f.Choices {
		labels = append(labels, o.Label.In(lang))
	}
	return strings.Join(labels, ", ")
}

// within tells whether v is a day or year of a layout that a register can have.
func within(v, layout string) bool {
	t, err := time.Parse(layout, v)
	return err == nil && t.Year() >= 1800 && t.Year() <= 2200
}

// sorted orders entries as the page does: by kind, those with a number by it, then
// by name as Swedish orders letters.
func sorted(entries []Entry) {
	type place struct {
		kind, number int
		name         []byte
	}
	swedish, buffer := collate.New(language.Swedish, collate.IgnoreCase, collate.Numeric), &collate.Buffer{}
	places := map[string]place{} // by id
	for _, e := range entries {
		places[e.ID] = place{slices.Index(Kinds, e.Kind), e.number(), swedish.KeyFromString(buffer, e.Name)}
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		is, as := places[a.ID], places[b.ID]
		return cmp.Or(is.kind-as.kind, is.number-as.number, bytes.Compare(is.name, as.name), cmp.Compare(a.ID, b.ID))
	})
}

// number is the entry's place in a numbered list, last where it has none.
func (e Entry) number() int {
	if n, err := strconv.Atoi(e.Details["nr"]); err == nil {
		return n
	}
	return 1 << 20
}
