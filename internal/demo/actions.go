package demo

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/analysis"
)

// storyAction is an action of the story and how it goes. Those of its items get
// the level that their round shows to start from.
type storyAction struct {
	action.Action
	by    string // account of the demo
	steps []storyStep
}

type storyStep struct {
	year  int
	month time.Month
	day   int
	text  string
}

var storyActions = []storyAction{
	{action.Action{Unit: Root, Round: "2024", Title: "Samla alla digitala satsningar i en lista", Recommendation: "samordning", Owner: "digitaliseringssamordnare",
		What:  "Varje förvaltning lämnar sina digitala satsningar till en gemensam lista: vad, för vem, kostnad och när. Samordnaren för listan, och kommunens ledningsgrupp går igenom den två gånger om året.",
		Start: "2025-09-15", Due: "2026-12-15", Status: action.Underway, Items: []action.Item{{ID: "sty.prioritering.helhet", Expected: 4}}}, "demo-samordnare", []storyStep{
		{2025, time.November, 20, "Kommunledningen, omsorgen och samhällsbyggnad har lämnat sina satsningar. Barn och utbildning väntar på skolornas underlag."},
		{2026, time.March, 2, "Första genomgången i kommunens ledningsgrupp. Alla fyra förvaltningar är med nu. Två av satsningarna visade sig vara samma sak."},
		{2026, time.September, 7, "Andra genomgången är gjord. Nästa ligger i kalendern i mars."},
	}},
	{action.Action{Unit: "omsorg", Round: "2025", Title: "Mät nyttan av digital tillsyn på natten", Recommendation: "mat-nyttan", Owner: "avdelningschef hemtjänst",
		What:  "Mät två veckor före starten och två veckor efter: besök per natt, hur många som vaknade av besöket, och restid. Skriv ner skillnaden, och bestäm vad som ska fortsätta.",
		Start: "2026-01-15", Due: "2027-01-31", Status: action.Underway, Items: []action.Item{{ID: "sty.uppfoljning.effekt", Expected: 2.6}}}, "demo-chef", []storyStep{
		{2026, time.February, 10, "Mätningen före starten är klar: två veckor, alla nattpatruller."},
		{2026, time.October, 15, "Vi ligger efter. Mätningen efter starten skulle ha gjorts i september. Den som höll i den har bytt tjänst."},
	}},
	{action.Action{Unit: Root, Round: "2025", Title: "Ledarpass: från behov till nytta", Recommendation: "kunskap", Owner: "avdelningschef HR",
		What:  "Pass på två timmar för alla chefer, i grupper över förvaltningsgränserna. Var och en tar med ett behov ur sin verksamhet och går därifrån med en sak att pröva.",
		Start: "2026-03-02", Due: "2026-12-18", Status: action.Underway, Items: []action.Item{{ID: "kom.leda.mojligheter", Expected: 3}}}, "demo-hr", []storyStep{
		{2026, time.June, 4, "Fem pass är hållna. Det som flest tar med sig: någon att fråga på en annan förvaltning."},
		{2026, time.October, 30, "74 av 122 chefer har varit med. Två pass är kvar före jul."},
	}},
}

// actions plays what happens with the actions up to a moment, but for what is
// there already.
func (b *builder) actions(ctx context.Context, s *action.Service, until time.Time) error {
	there, err := s.All(ctx, func(action.Action) bool { return true })
	if err != nil {
		return err
	}
	for _, of := range storyActions {
		start, err := time.Parse(time.DateOnly, of.Start)
		if err != nil {
			return err
		}
		if b.now = day(start.Date()); b.now.After(until) {
			continue
		}
		i := slices.IndexFunc(there, func(a action.Action) bool { return a.Title == of.Title })
		var a action.Action
		if i >= 0 {
			a = there[i]
		} else if a, err = b.take(ctx, s, of); err != nil {
			return err
		}
		for n, step := range of.steps {
			if b.now = day(step.year, step.month, step.day); n < len(a.Log) || b.now.After(until) {
				continue
			}
			if a, err = s.Follow(ctx, of.by, a.ID, a.Revision, action.Underway, step.text); err != nil {
				return err
			}
		}
	}
	return nil
}

// take takes up an action of the story.
func (b *builder) take(ctx context.Context, s *action.Service, of storyAction) (action.Action, error) {
	r, err := b.service.Round(ctx, of.Round)
	if err != nil {
		return action.Action{}, err
	}
	d, err := b.service.Document(ctx, r, of.Unit)
	if err != nil {
		return action.Action{}, err
	}
	a := of.Action
	a.Items = slices.Clone(a.Items)
	for i := range a.Items {
		it := &a.Items[i]
		if f, ok := d.Figure(it.ID); ok && f.Suppressed == analysis.Shown {
			it.From = math.Round(f.Mean*10) / 10
		}
		if f, ok := d.Fact(it.ID); ok {
			it.From = float64(f.Level) // nothing above 2, and so it counts as it was stated
		}
	}
	return s.Create(ctx, of.by, a, func(item string) bool { _, ok := b.set.Item(item); return ok })
}
