// Package format writes figures and days as people read them, in Swedish or
// English (docs/method.md, Numbers on a page).
package format

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Decimal writes v with so many decimals, rounded half away from zero, with a
// true minus sign and, in Swedish, a decimal comma. Nothing is written as −0.
func Decimal(v float64, decimals int, lang string) string {
	scale := math.Pow10(decimals)
	// The nudge takes back what binary fractions lose: 2.25 stored as
	// 2.2499999999999996 is a half.
	rounded := math.Round(math.Abs(v)*scale+1e-9) / scale
	s := strconv.FormatFloat(rounded, 'f', decimals, 64)
	if lang != "en" {
		s = strings.Replace(s, ".", ",", 1)
	}
	if v < 0 && rounded != 0 {
		s = "−" + s
	}
	return s
}

// Signed writes v as Decimal does, with a plus before what is above zero.
func Signed(v float64, decimals int, lang string) string {
	s := Decimal(v, decimals, lang)
	if v > 0 && strings.Trim(s, "0,.") != "" {
		s = "+" + s
	}
	return s
}

// Percent writes part of whole as a whole per cent: "87 %"; "–" of nothing.
func Percent(part, whole int, lang string) string {
	if whole == 0 {
		return "–"
	}
	s := strconv.Itoa(int(math.Round(float64(part) / float64(whole) * 100)))
	if lang == "en" {
		return s + "%"
	}
	return s + "\u00a0%"
}

// Count writes n with thousands apart.
func Count(n int, lang string) string {
	s := strconv.Itoa(n)
	sep := "\u00a0"
	if lang == "en" {
		sep = ","
	}
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return s
}

var months = map[string][12]string{
	"sv": {"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"},
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

var weekdays = map[string][7]string{
	"sv": {"söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"},
	"en": {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

// Clock writes a time given as 15:04, in Swedish with a point: "17.00".
func Clock(at, lang string) string {
	if lang == "sv" {
		return strings.Replace(at, ":", ".", 1)
	}
	return at
}

// Day writes a day given as 2006-01-02 without its year: "11 december".
// What is no day is written as it is.
func Day(day, lang string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return strconv.Itoa(t.Day()) + " " + months[known(lang)][t.Month()-1]
}

// Date writes a day with its year, "6 oktober 2025"; what is no day is written as
// Day writes it.
func Date(day, lang string) string {
	if out := Day(day, lang); out != day && len(day) >= 4 {
		return out + " " + day[:4]
	}
	return day
}

// Weekday writes a day with its weekday: "fredag 11 december".
func Weekday(day, lang string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return weekdays[known(lang)][t.Weekday()] + " " + Day(day, lang)
}

// And joins words as a sentence does: "a, b och c".
func And(words []string, lang string) string {
	and := " och "
	if lang == "en" {
		and = " and "
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + and + words[len(words)-1]
}

func known(lang string) string {
	if lang == "en" {
		return "en"
	}
	return "sv"
}
