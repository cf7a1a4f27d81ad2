package demo

import (
	"context"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/training"
	"github.com/mognad/mognad/surveys"
)

// sessions is the kommun's own activity: leadership sessions.
var sessions = training.Activity{Area: "kom.leda.mojligheter", From: 2, To: 3, Hours: 6, Seats: 25, Cost: 12_000,
	Title: survey.Text{SV: "Ledarpass: från behov till nytta", EN: "Leadership sessions: from need to benefit"},
	Form:  survey.Text{SV: "tre pass på två timmar", EN: "three sessions of two hours"},
	Summary: survey.Text{SV: "Varje chef tar med ett behov från sin verksamhet och går därifrån med en beräknad nytta. Tid, platser och kostnad är uppskattade.",
		EN: "Each manager brings a need from their operations and leaves with its benefit worked out. Hours, seats and cost are estimates."},
	Audience: []org.Role{org.Kommunledning, org.Forvaltningschef, org.Avdelningschef, org.Enhetschef}}

// trainings saves HR's plans after the rounds, with what has been held of them.
// Questionnaires without the area, and a demo that has a plan, are left alone.
func (b *builder) trainings(ctx context.Context, st card.Store, today time.Time) error {
	if _, ok := b.set.Item(sessions.Area); !ok {
		return nil
	}
	catalogue, err := training.Load(surveys.FS, b.set)
	if err != nil {
		return err
	}
	s := training.NewService(st, b.service.Log(), b.set, catalogue, func() time.Time { return b.now })
	if there, err := s.Plans(ctx, years[1]); err != nil || len(there) > 0 {
		return err
	}
	b.now = day(2024, time.November, 18)
	first, err := b.plan(ctx, s, training.Saved{Round: years[0], Name: "Försök våren 2025", Wish: training.Wish{Budget: 80_000}})
	if err != nil {
		return err
	}
	b.now = day(2025, time.November, 10)
	activity, err := s.SaveActivity(ctx, "demo", []string{Root}, sessions, "")
	if err != nil {
		return err
	}
	second, err := b.plan(ctx, s, training.Saved{Round: years[1], Name: "Utbildningsplan 2026",
		Wish: training.Wish{Budget: 250_000, Priority: map[string]float64{sessions.Area: 2, "kom.digital.data": 2}}})
	if err != nil {
		return err
	}
	b.now = today
	if len(first.Effects) > 0 {
		e := first.Effects[0]
		if err := s.MarkHeld(ctx, "demo", first.Round, first.ID, e.Activity.ID, training.Held{Day: "2025-04-10", People: e.People}); err != nil {
			return err
		}
	}
	last := min("2026-10-12", today.Format(time.DateOnly))
	return s.MarkHeld(ctx, "demo", second.Round, second.ID, activity.ID, training.Held{Day: last, People: 74})
}

// plan works out and saves a plan for the whole kommun.
func (b *builder) plan(ctx context.Context, s *training.Service, p training.Saved) (training.Saved, error) {
	r, err := b.service.Round(ctx, p.Round)
	if err != nil {
		return p, err
	}
	d, err := b.service.Document(ctx, r, Root)
	if err != nil {
		return p, err
	}
	counts, err := b.service.LevelCounts(ctx, r, Root)
	if err != nil {
		return p, err
	}
	activities, _, err := s.Activities(ctx, []string{Root})
	if err != nil {
		return p, err
	}
	p.Unit, p.Outcome = Root, training.WorkOut(d.Competence, counts, activities, p.Wish)
	return s.Save(ctx, "demo", p)
}
