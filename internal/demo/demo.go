// Package demo makes the made-up kommun: its organisation, and three rounds whose
// answers are drawn by a seeded generator and given through the same functions
// as real ones.
package demo

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/opendata"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/review"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/survey"
)

//go:embed units.csv people.csv register.yaml
var files embed.FS

// Organisation returns the demo's units and people.
func Organisation() (*org.Tree, []org.Person, error) {
	unitsCSV, err := files.ReadFile("units.csv")
	if err != nil {
		return nil, nil, err
	}
	units, err := org.ReadUnits("units.csv", bytes.NewReader(unitsCSV))
	if err != nil {
		return nil, nil, err
	}
	tree, err := org.NewTree(units)
	if err != nil {
		return nil, nil, err
	}
	peopleCSV, err := files.ReadFile("people.csv")
	if err != nil {
		return nil, nil, err
	}
	people, err := org.ReadPeople("people.csv", bytes.NewReader(peopleCSV), tree)
	return tree, people, err
}

// builtKey is the setting that says the demo is whole.
const builtKey = "demo"

// Build makes the demo in a store where it is not whole: one that was cut off
// goes on, since every step leaves what is there already. today decides the
// days of the open round. A store with other data is refused.
func Build(ctx context.Context, st store.Store, ring *keys.Ring, set *survey.Set, today time.Time) error {
	built, err := st.Setting(ctx, builtKey)
	if err != nil || built != "" {
		return err
	}
	tree, people, err := Organisation()
	if err != nil {
		return err
	}
	units, _, err := st.Organisation(ctx)
	if err != nil {
		return err
	}
	if len(units) > 0 && units[0].ID != Root {
		return errors.New("the data folder holds a real organisation: give the demo another with --data")
	}
	if err := st.PutOrganisation(ctx, tree.Units(), people); err != nil {
		return err
	}
	if err := st.SetSetting(ctx, "owner", tree.Root().Name); err != nil {
		return err
	}
	b := &builder{set: set, tree: tree, people: people}
	b.service = round.NewService(st, ring, func() time.Time { return b.now })
	actions := action.New(st, b.service.Log(), func() time.Time { return b.now })
	b.open = opendata.New(st, b.service.Log(), func() time.Time { return b.now })
	for y, sheets := range generate(set, tree, people) {
		opens, _ := days(y, today)
		if err := b.actions(ctx, actions, opens); err != nil {
			return fmt.Errorf("actions before %s: %w", years[y], err)
		}
		if err := b.round(ctx, y, sheets, today); err != nil {
			return fmt.Errorf("round %s: %w", years[y], err)
		}
	}
	if err := b.actions(ctx, actions, today); err != nil {
		return fmt.Errorf("actions: %w", err)
	}
	if err := b.registers(ctx, register.New(st, b.service.Log()), today); err != nil {
		return fmt.Errorf("registers: %w", err)
	}
	if err := b.reviews(ctx, review.New(st, b.service.Log(), func() time.Time { return b.now })); err != nil {
		return fmt.Errorf("reviews: %w", err)
	}
	if err := b.trainings(ctx, st, today); err != nil {
		return fmt.Errorf("training plans: %w", err)
	}
	return st.SetSetting(ctx, builtKey, "1")
}

// builder plays the years: its service's clock stands where the story is.
type builder struct {
	service *round.Service
	open    *opendata.Service
	set     *survey.Set
	tree    *org.Tree
	people  []org.Person
	now     time.Time
}

// days are the first and last day to answer of a year's round.
func days(y int, today time.Time) (opens, closes time.Time) {
	switch years[y] {
	case "2024":
		return day(2024, time.October, 7), day(2024, time.October, 25)
	case "2025":
		return day(2025, time.October, 6), day(2025, time.October, 24)
	}
	opens = day(2026, time.November, 2)
	if week := today.AddDate(0, 0, -7); week.Before(opens) {
		opens = week
	}
	return opens, today.AddDate(0, 0, 14)
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 9, 0, 0, 0, round.Sweden) }

func (b *builder) round(ctx context.Context, y int, sheets []*sheet, today time.Time) error {
	id := years[y]
	opens, closes := days(y, today)
	b.now = opens
	r, err := b.service.Round(ctx, id)
	if fail.Is(err, fail.NotFound) {
		r, err = b.service.Create(ctx, "demo", round.Round{ID: id, Name: "Mätomgång " + id,
			OpensOn: opens.Format(round.DayFormat), ClosesOn: closes.Format(round.DayFormat)})
	}
	if err != nil {
		return err
	}
	if r.State == round.Draft {
		if r, err = b.service.Open(ctx, "demo", id, b.set, b.tree.Units(), b.people); err != nil {
			return err
		}
	}
	if r.State == round.Open {
		last := closes
		if id == Open {
			last = today
		}
		if err := b.answers(ctx, id, sheets, opens, last); err != nil {
			return err
		}
	}
	if id == Open {
		return nil
	}
	b.now = closes.AddDate(0, 0, 3)
	if r.State == round.Open {
		if r, err = b.service.Close(ctx, "demo", id); err != nil {
			return err
		}
	}
	if r.State == round.Closed {
		if err := b.service.Tend(ctx, nil); err != nil {
			return err
		}
		if r, err = b.service.Publish(ctx, "demo", id); err != nil {
			return err
		}
	}
	if id == Given {
		if err := b.open.Give(ctx, "demo", r, opendata.MaxDepth, true); err != nil {
			return err
		}
	}
	return b.moderate(ctx, r)
}

// moderate publishes the comments of a round, but for what the story's coordinator
// changes or withholds.
func (b *builder) moderate(ctx context.Context, r round.Round) error {
	all, err := b.service.Comments(ctx, r)
	if err != nil {
		return err
	}
	var made []round.Decision
	for _, c := range all {
		d := round.Decision{Comment: c.ID, State: round.CommentPublished, Text: c.Text}
		if text, ok := edited[c.Text]; ok {
			d.Text = text
		}
		if c.Text == withheld {
			d.State = round.Withheld
		}
		if c.State == round.Waiting {
			made = append(made, d)
		}
	}
	return b.service.Decide(ctx, "demo", r, made)
}

// answerDays is how many days of a round somebody answers on: some, so that the
// round's curve looks like one, and not all, so that many answers share a commit
// and the demo is ready soon.
const answerDays = 12

// answers gives the sheets, spread over the days of the round.
func (b *builder) answers(ctx context.Context, id string, sheets []*sheet, opens, last time.Time) error {
	length := int(last.Sub(opens).Hours() / 24)
	for part := range answerDays {
		b.now = opens.AddDate(0, 0, length*part/answerDays)
		var wg sync.WaitGroup
		faults := make([]error, len(sheets))
		for i, s := range sheets {
			if i%answerDays == part {
				wg.Go(func() { faults[i] = b.give(ctx, id, s) })
			}
		}
		wg.Wait()
		if err := errors.Join(faults...); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) give(ctx context.Context, id string, s *sheet) error {
	inv, err := b.service.Invitation(ctx, id, s.person.ID)
	if err != nil {
		return err
	}
	var changes []round.Amendment
	for _, it := range b.set.Items {
		if e, ok := s.entries[it.ID]; ok && !e.Empty() {
			changes = append(changes, e.Amendment())
		}
	}
	if len(changes) == 0 {
		return nil
	}
	if _, err := b.service.Save(ctx, inv, changes); err != nil {
		return fmt.Errorf("%s: %w", s.person.ID, err)
	}
	if !s.submitted {
		return nil
	}
	return b.service.Submit(ctx, inv)
}
