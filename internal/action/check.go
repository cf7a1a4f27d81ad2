package action

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// How long a text may be, in characters, and how many items one may be about.
const (
	MaxTitle = 150
	MaxOwner = 100
	MaxText  = 4000
	MaxItems = 10
	// MaxLog is how many follow-ups there may be, MaxActions how many actions of one
	// unit from one round: a list is to be read, and every action may send letters.
	MaxLog     = 500
	MaxActions = 100
)

// line makes a text one line.
func line(text string) string { return strings.Join(strings.Fields(clean(text)), " ") }

// lines trims a text of several lines.
func lines(text string) string {
	return strings.TrimSpace(clean(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)))
}

// clean takes away what is no text.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

func (a *Action) tidy() {
	a.Title, a.Owner, a.Email, a.What = line(a.Title), line(a.Owner), strings.TrimSpace(a.Email), lines(a.What)
	a.Start, a.Due = strings.TrimSpace(a.Start), strings.TrimSpace(a.Due)
}

func invalid(field, sv, en string, args ...any) error {
	if len(args) > 0 {
		sv, en = fmt.Sprintf(sv, args...), fmt.Sprintf(en, args...)
	}
	return fail.New(fail.Invalid, sv, en).At(field)
}

// check returns the first fault of a tidy action: fail.Invalid, At "unit",
// "title", "what", "owner", "email", "start", "due", "status" or "item-0". ahead
// tells that the last day is one that somebody has just set.
func (a *Action) check(today string, ahead bool, known func(item string) bool) error {
	switch {
	case a.Unit == "":
		return invalid("unit", "Välj den enhet som åtgärden gäller.", "Choose the unit that the action is for.")
	case a.Title == "":
		return invalid("title", "Skriv vad åtgärden heter.", "Write what the action is called.")
	case utf8.RuneCountInString(a.Title) > MaxTitle:
		return invalid("title", "Rubriken får ha högst %d tecken. Skriv resten under Vad som ska göras.", "The title may have at most %d characters. Write the rest under What is to be done.", MaxTitle)
	case a.What == "":
		return invalid("what", "Skriv vad som ska göras.", "Write what is to be done.")
	case utf8.RuneCountInString(a.What) > MaxText:
		return invalid("what", "Texten får ha högst %d tecken.", "The text may have at most %d characters.", MaxText)
	case a.Owner == "":
		return invalid("owner", "Skriv vem som ansvarar, till exempel avdelningschef HR.", "Write who is responsible, for example head of HR.")
	case utf8.RuneCountInString(a.Owner) > MaxOwner:
		return invalid("owner", "Skriv den som ansvarar med högst %d tecken.", "Write who is responsible with at most %d characters.", MaxOwner)
	case !org.ValidAddress(a.Email):
		return invalid("email", "Skriv e-postadressen som namn@kommunen.se, eller lämna fältet tomt.", "Write the e-mail address as name@kommunen.se, or leave the field empty.")
	case !isDay(a.Start):
		return invalid("start", "Skriv dagen då åtgärden börjar som 2026-03-31.", "Write the day when the action begins as 2026-03-31.")
	case !isDay(a.Due):
		return invalid("due", "Skriv sista dagen som 2026-12-31.", "Write the last day as 2026-12-31.")
	case a.Due < a.Start:
		return invalid("due", "Sista dagen ligger före den första. Rätta den ena eller den andra.", "The last day is before the first. Correct either.")
	case ahead && a.Due < today && !a.Status.Over():
		return invalid("due", "Sista dagen har redan passerat. Välj en dag som ligger framåt.", "The last day has passed already. Choose a day ahead.")
	case !slices.Contains(Statuses, a.Status):
		return invalid("status", "Välj hur långt åtgärden har kommit.", "Choose how far the action has come.")
	}
	return a.checkItems(known)
}

func (a *Action) checkItems(known func(string) bool) error {
	switch {
	case len(a.Items) == 0:
		return invalid("item-0", "Välj minst en fråga som åtgärden ska påverka. Annars går det inte att se om den hjälpte.", "Choose at least one question that the action is to change. Otherwise nobody can see whether it helped.")
	case len(a.Items) > MaxItems:
		return invalid("item-0", "Välj högst %d frågor.", "Choose at most %d questions.", MaxItems)
	}
	for i, it := range a.Items {
		field := fmt.Sprintf("item-%d", i)
		switch {
		case !known(it.ID):
			return invalid(field, "Frågan finns inte i mätningen. Välj en annan.", "The survey has no such question. Choose another.")
		case slices.ContainsFunc(a.Items[:i], func(o Item) bool { return o.ID == it.ID }):
			return invalid(field, "Samma fråga är vald två gånger. Ta bort den ena.", "The same question is chosen twice. Take one away.")
		case !(it.Expected >= 1 && it.Expected <= survey.Levels):
			return invalid(field, "Skriv väntad nivå som ett tal från 1 till 5, till exempel 3,0.", "Write the expected level as a number from 1 to 5, for example 3.0.")
		case it.From > 0 && it.Expected < it.From:
			return invalid(field, "Väntad nivå är lägre än den som mättes. Skriv en högre.", "The expected level is lower than what was measured. Write a higher one.")
		}
	}
	return nil
}

func checkFollow(was, status Status, text string) error {
	switch {
	case !slices.Contains(Statuses, status):
		return invalid("status", "Välj hur långt åtgärden har kommit.", "Choose how far the action has come.")
	case text == "" && status == was:
		return invalid("text", "Skriv vad som har hänt, eller ändra läget.", "Write what has happened, or change the status.")
	case utf8.RuneCountInString(text) > MaxText:
		return invalid("text", "Texten får ha högst %d tecken.", "The text may have at most %d characters.", MaxText)
	}
	return nil
}

func isDay(day string) bool {
	_, err := time.Parse(round.DayFormat, day)
	return err == nil
}

// compare orders actions by last day, those that are over after the others.
func compare(a, b Action) int {
	over := func(a Action) int {
		if a.Status.Over() {
			return 1
		}
		return 0
	}
	return cmp.Or(over(a)-over(b), cmp.Compare(a.Due, b.Due), cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
}
