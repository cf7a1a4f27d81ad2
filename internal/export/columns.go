package export

import (
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/survey"
)

// Column is a field of the rows that files give: a statistic of a unit.
type Column struct {
	Key     string      // its name for machines
	Title   survey.Text // for people
	Meaning survey.Text
	Type    string      // text, integer or number
	Unit    survey.Text // what it is counted in, empty where it is not a quantity
	format  string      // how a workbook shows the number
	width   float64
	value   func(row) any
}

var (
	levels = survey.Text{SV: "nivå 1–5", EN: "level 1–5"}
	people = survey.Text{SV: "personer", EN: "people"}
	points = survey.Text{SV: "0–100", EN: "0–100"}
)

// Number formats of a workbook.
const (
	oneDecimal = "0.0"
	whole      = "#,##0"
	signed     = "+0.0;-0.0;0.0"
	share      = "0%"
)

// columns are the fields, in the order that they stand.
var columns = []Column{
	{"round", survey.Text{SV: "Mätomgång", EN: "Round"}, survey.Text{SV: "Mätomgångens id.", EN: "The round's id."}, "text", survey.Text{}, "", 11,
		func(w row) any { return w.doc.Round }},
	{"unit_id", survey.Text{SV: "Enhetens id", EN: "Unit id"}, survey.Text{SV: "Enhetens id, detsamma år efter år.", EN: "The unit's id, the same year after year."}, "text", survey.Text{}, "", 16,
		func(w row) any { return w.doc.Unit.ID }},
	{"unit", survey.Text{SV: "Enhet", EN: "Unit"}, survey.Text{SV: "Enhetens namn.", EN: "The unit's name."}, "text", survey.Text{}, "", 38,
		func(w row) any { return w.doc.Unit.Name }},
	{"kind", survey.Text{SV: "Slag", EN: "Kind"}, survey.Text{SV: "Vad enheten är: kommun, förvaltning, avdelning eller enhet.", EN: "What the unit is: municipality, department, division or unit."}, "text", survey.Text{}, "", 14,
		func(w row) any { return finding.KindOf(w.r.Lang, w.doc.Unit.Kind).One }},
	{"parent_id", survey.Text{SV: "Överordnads id", EN: "Parent id"}, survey.Text{SV: "Id för enheten närmast ovanför. Tomt för den översta.", EN: "Id of the unit directly above. Empty for the topmost."}, "text", survey.Text{}, "", 16,
		func(w row) any { return parent(w.doc).ID }},
	{"parent", survey.Text{SV: "Överordnad", EN: "Parent"}, survey.Text{SV: "Namn på enheten närmast ovanför.", EN: "Name of the unit directly above."}, "text", survey.Text{}, "", 30,
		func(w row) any { return parent(w.doc).Name }},
	{"level", survey.Text{SV: "Mått", EN: "Measure"}, survey.Text{SV: "Vad siffran gäller: total (allt), area (område), theme (tema) eller item (fråga).", EN: "What the figure is of: total, area, theme or item (question)."}, "text", survey.Text{}, "", 10,
		func(w row) any { return w.figure.Level }},
	{"statistic_id", survey.Text{SV: "Måttets id", EN: "Measure id"}, survey.Text{SV: "Id för området, temat (område.tema) eller frågan. För allt: total.", EN: "Id of the area, theme (area.theme) or question. For the whole: total."}, "text", survey.Text{}, "", 24,
		func(w row) any { return w.figure.ID }},
	{"statistic", survey.Text{SV: "Namn", EN: "Name"}, survey.Text{SV: "Namn på området eller temat, eller frågans text.", EN: "Name of the area or theme, or the question's text."}, "text", survey.Text{}, "", 40, statistic},
	{"invited", survey.Text{SV: "Antal tillfrågade", EN: "People asked"}, survey.Text{SV: "De som har fått minst en av frågorna bakom siffran.", EN: "Those who were asked at least one of the questions behind the figure."}, "integer", people, whole, 11,
		func(w row) any { return w.figure.Invited }},
	{"n", survey.Text{SV: "n", EN: "n"}, survey.Text{SV: "Antal personer som siffran är räknad på. Minst så många som omgångens minsta grupp.", EN: "People that the figure is made of. At least as many as the round's least group."}, "integer", people, whole, 7,
		func(w row) any { return w.shown(w.figure.N) }},
	{"mean", survey.Text{SV: "Medel", EN: "Mean"}, survey.Text{SV: "Medelvärdet av personernas nivåer.", EN: "The mean of the people's levels."}, "number", levels, oneDecimal, 9,
		func(w row) any { return w.shown(w.figure.Mean) }},
	{"index", survey.Text{SV: "Index", EN: "Index"}, survey.Text{SV: "Medelvärdet omräknat: (nivå − 1) × 25.", EN: "The mean on another scale: (level − 1) × 25."}, "number", points, oneDecimal, 9,
		func(w row) any { return w.shown(w.figure.Index) }},
	{"ci_low", survey.Text{SV: "95 % lägst", EN: "95% low"}, survey.Text{SV: "Undre gräns för medlets 95 % intervall. Det visar osäkerheten av att några inte har svarat.", EN: "Lower end of the mean's 95% interval. It tells the uncertainty of some not having answered."}, "number", levels, oneDecimal, 10,
		func(w row) any { return w.shown(w.figure.CILow) }},
	{"ci_high", survey.Text{SV: "95 % högst", EN: "95% high"}, survey.Text{SV: "Övre gräns för medlets 95 % intervall.", EN: "Upper end of the mean's 95% interval."}, "number", levels, oneDecimal, 10,
		func(w row) any { return w.shown(w.figure.CIHigh) }},
	{"target", survey.Text{SV: "Önskad nivå", EN: "Target"}, survey.Text{SV: "Den nivå som är satt som mål.", EN: "The level that is set as a target."}, "number", levels, oneDecimal, 11,
		func(w row) any { return w.shown(w.figure.Target) }},
	{"gap", survey.Text{SV: "Gap", EN: "Gap"}, survey.Text{SV: "Önskad nivå minus medel. Negativt när målet är nått.", EN: "Target minus mean. Negative where the target is reached."}, "number", levels, signed, 8,
		func(w row) any { return w.shown(w.figure.Gap) }},
	{"change", survey.Text{SV: "Förändring", EN: "Change"}, survey.Text{SV: "Medel minus medel i förra publicerade omgången, där frågorna är desamma.", EN: "Mean less the mean of the previous published round, where the questions are the same."}, "number", levels, signed, 11,
		func(w row) any {
			if c, ok := w.change(); ok {
				return c.Delta
			}
			return nil
		}},
	{"confirmed", survey.Text{SV: "Säkerställd", EN: "Confirmed"}, survey.Text{SV: "yes när förändringens 95 % intervall inte innehåller noll, annars no.", EN: "yes where the change's 95% interval does not contain zero, else no."}, "text", survey.Text{}, "", 11, confirmed},
	{"reason", survey.Text{SV: "Orsak", EN: "Reason"}, survey.Text{SV: "Varför siffran inte visas: small (för få svar), complementary (skyddar en liten grupp), parent (enheten ovanför visas inte), none (ingen har fått frågan). Tomt när den visas.", EN: "Why the figure is not shown: small (too few answers), complementary (protects a small group), parent (the unit above is not shown), none (nobody was asked). Empty where it is shown."}, "text", survey.Text{}, "", 16,
		func(w row) any { return string(w.why()) }},
	{"note", survey.Text{SV: "Anmärkning", EN: "Note"}, survey.Text{SV: "Samma orsak i ord.", EN: "The same reason in words."}, "text", survey.Text{}, "", 52,
		func(w row) any { return Why(w.r.Lang, w.why(), w.doc.MinGroup) }},
}

func statistic(w row) any {
	if w.figure.ID == analysis.TotalID {
		return say(w.r.Lang, "total")
	}
	return w.names.Of(w.figure.ID, w.r.Lang)
}

func confirmed(w row) any {
	c, ok := w.change()
	switch {
	case !ok:
		return nil
	case c.Confirmed:
		return "yes"
	}
	return "no"
}

// inWords are the columns whose values are told in the reader's words in a
// workbook: what a machine reads as "theme" is "tema".
var inWords = map[string]bool{"level": true, "confirmed": true}

// pick returns the columns with the keys, in their order.
func pick(keys ...string) []Column {
	out := make([]Column, 0, len(keys))
	for _, key := range keys {
		for _, c := range columns {
			if c.Key == key {
				out = append(out, c)
			}
		}
	}
	return out
}

// words returns the value as a workbook's reader reads it.
func (c Column) words(w row) any {
	v := c.value(w)
	if s, ok := v.(string); ok && s != "" && inWords[c.Key] {
		return say(w.r.Lang, c.Key+"."+s)
	}
	return v
}
