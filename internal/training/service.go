package training

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
)

// Service keeps what HR has made of the training: an organisation's own
// catalogue, and saved plans.
type Service struct {
	store   card.Store
	log     *trail.Log
	set     *survey.Set // whose items are the areas
	shipped []Activity
	now     func() time.Time
}

// NewService ties it to a store and the audit log. shipped is the catalogue that
// applies where nobody has changed it, nil for none.
func NewService(store card.Store, log *trail.Log, set *survey.Set, shipped *Catalogue, now func() time.Time) *Service {
	s := &Service{store: store, log: log, set: set, now: now}
	if shipped != nil {
		s.shipped = shipped.Activities
	}
	return s
}

// The kinds of card. A catalogue is under the id of the unit that it is of, a
// plan under ROUND/ID.
const (
	catalogueCards = "training.catalogue"
	planCards      = "training.plan"
)

// own is an organisation's own catalogue as it is stored; without Changed it is none.
type own struct {
	Changed    bool       `json:"changed"`
	Activities []Activity `json:"activities"`
}

// Activities returns the catalogue that applies to a unit: the nearest, path
// being the ids of the unit and those above it, from the top down. of is the
// unit whose own it is, "" for the shipped one.
func (s *Service) Activities(ctx context.Context, path []string) (activities []Activity, of string, err error) {
	for _, unit := range slices.Backward(path) {
		o, err := card.Get[own](ctx, s.store, catalogueCards, unit)
		if err != nil {
			return nil, "", err
		}
		if o.Changed {
			return o.Activities, unit, nil
		}
	}
	return s.shipped, "", nil
}

// Activity returns one of the catalogue that applies to a unit; fail.NotFound.
func (s *Service) Activity(ctx context.Context, path []string, id string) (Activity, error) {
	activities, _, err := s.Activities(ctx, path)
	if err != nil {
		return Activity{}, err
	}
	i := slices.IndexFunc(activities, func(a Activity) bool { return a.ID == id })
	if i < 0 {
		return Activity{}, errNoActivity
	}
	return activities[i], nil
}

var (
	errNoActivity = fail.New(fail.NotFound, "Insatsen finns inte i katalogen. Den kan ha tagits bort.", "There is no such activity in the catalogue. It may have been removed.")
	errMoved      = fail.New(fail.Conflict, "Någon annan har ändrat insatsen sedan du öppnade den. Det du skrev står kvar här. Jämför med insatsen som den är nu, och spara igen om din ändring ska gälla.",
		"Somebody else has changed the activity since you opened it. What you typed is still here. Compare it with the activity as it is now, and save again if your change is to hold.")
	errNotRemoved = fail.New(fail.Conflict, "Insatsen togs inte bort: någon annan har ändrat den sedan du öppnade den. Här är den som den är nu. Ta bort den igen om den ändå ska bort.",
		"The activity was not removed: somebody else has changed it since you opened it. Here it is as it is now. Remove it again if it is to go all the same.")
	errNotReset = fail.New(fail.Conflict, "Katalogen återställdes inte: någon annan har ändrat den sedan du öppnade sidan. Öppna den igen, och återställ den om den ändringen också ska bort.",
		"The catalogue was not restored: somebody else has changed it since you opened the page. Open it again, and restore it if that change is to go too.")
)

// SaveActivity puts an activity into a unit's own catalogue, in place of the one
// with its id, whose card.Seal was seen, or as a new one where the id is "". The
// first change makes the catalogue the unit's own, from that of the nearest unit
// above. path is as in Activities, its last the unit. Faults are fail.Invalid, at
// the field; fail.Conflict when the activity is no longer what was seen, and
// fail.NotFound when it is gone.
func (s *Service) SaveActivity(ctx context.Context, actor string, path []string, a Activity, seen string) (Activity, error) {
	if faults := a.faults(s.set); len(faults) > 0 {
		return a, invalid(faults[0])
	}
	fresh := a.ID == ""
	if fresh {
		a.ID = newID()
	}
	err := s.change(ctx, path, func(all []Activity) ([]Activity, error) {
		i := slices.IndexFunc(all, func(o Activity) bool { return o.ID == a.ID })
		if i < 0 && !fresh {
			return nil, errNoActivity
		}
		if i >= 0 && card.Seal(all[i]) != seen {
			return nil, errMoved
		}
		inArea := 0
		for _, o := range all {
			if o.Area == a.Area && o.ID != a.ID {
				inArea++
			}
		}
		if inArea >= MostInArea {
			return nil, invalid(tooMany)
		}
		if i < 0 {
			return append(all, a), nil
		}
		all[i] = a
		return all, nil
	})
	if err == nil {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "training.save", Unit: path[len(path)-1], Detail: a.Title.SV})
	}
	return a, err
}

// RemoveActivity takes the activity whose card.Seal was seen out of a unit's own
// catalogue. Saved plans keep it. Errors are as those of SaveActivity.
func (s *Service) RemoveActivity(ctx context.Context, actor string, path []string, id, seen string) error {
	title := ""
	err := s.change(ctx, path, func(all []Activity) ([]Activity, error) {
		i := slices.IndexFunc(all, func(o Activity) bool { return o.ID == id })
		if i < 0 {
			return nil, errNoActivity
		}
		if card.Seal(all[i]) != seen {
			return nil, errNotRemoved
		}
		title = all[i].Title.SV
		return slices.Delete(all, i, i+1), nil
	})
	if err == nil {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "training.remove", Unit: path[len(path)-1], Detail: title})
	}
	return err
}

// Reset forgets a unit's own catalogue, so that the one above applies again.
// fail.Conflict when it is no longer the activities whose card.Seal was seen.
func (s *Service) Reset(ctx context.Context, actor, unit, seen string) error {
	_, err := card.Update(ctx, s.store, catalogueCards, unit, func(o *own) (time.Time, error) {
		if o.Changed && card.Seal(o.Activities) != seen {
			return time.Time{}, errNotReset
		}
		*o = own{}
		return time.Time{}, nil
	})
	if err == nil {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "training.reset", Unit: unit})
	}
	return err
}

// change applies a change to the own catalogue of path's last unit.
func (s *Service) change(ctx context.Context, path []string, change func([]Activity) ([]Activity, error)) error {
	unit := path[len(path)-1]
	above, _, err := s.Activities(ctx, path[:len(path)-1])
	if err != nil {
		return err
	}
	_, err = card.Update(ctx, s.store, catalogueCards, unit, func(o *own) (time.Time, error) {
		if !o.Changed {
			o.Activities = slices.Clone(above)
		}
		next, err := change(o.Activities)
		if err == nil {
			o.Changed, o.Activities = true, next
		}
		return time.Time{}, err
	})
	return err
}

func invalid(f fault) error {
	return fail.New(fail.Invalid, sentence(f.sv), sentence(f.en)).At(f.field)
}

// sentence is a fault's text as it stands on a page.
func sentence(text string) string {
	r := []rune(text)
	if len(r) > 0 && r[0] >= 'a' && r[0] <= 'z' {
		r[0] -= 'a' - 'A'
	}
	return string(r) + "."
}

func newID() string {
	b := make([]byte, 6)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// Saved is a plan as it was when it was saved, and what has been held of it.
type Saved struct {
	ID      string          `json:"id"`
	Name    string          `json:"name"`
	Round   string          `json:"round"`
	Unit    string          `json:"unit"`
	At      string          `json:"at"` // day
	Wish    Wish            `json:"wish"`
	Outcome                 // as it was worked out then
	Held    map[string]Held `json:"held,omitempty"` // by activity
}

// Held is that an activity has been held: when last, and how many took part in all.
type Held struct {
	Day    string `json:"day"`
	People int    `json:"people"`
}

// Limits of a saved plan.
const (
	longestName = 80
	mostHeld    = 100_000
	mostPlans   = 200 // of one round
)

// today is the day in Sweden: a plan's days are Swedish days.
func (s *Service) today() string { return s.now().In(round.Sweden).Format(time.DateOnly) }

// Save keeps a plan under its name. fail.Invalid where the name is missing or too
// long, or nothing is planned.
func (s *Service) Save(ctx context.Context, actor string, p Saved) (Saved, error) {
	switch n := len([]rune(p.Name)); {
	case n == 0:
		return p, fail.New(fail.Invalid, "Skriv vad planen ska heta.", "Write what the plan is to be called.").At("namn")
	case n > longestName:
		return p, fail.New(fail.Invalid, fmt.Sprintf("Namnet är för långt: högst %d tecken.", longestName), fmt.Sprintf("The name is too long: %d characters at most.", longestName)).At("namn")
	case len(p.Effects) == 0:
		return p, fail.New(fail.Invalid, "Planen har ingen insats att spara. Höj budgeten eller ändra prioriteringen.", "The plan has no activity to save. Raise the budget or change the priorities.").At("budget")
	}
	before, err := s.Plans(ctx, p.Round)
	if err != nil {
		return p, err
	}
	if len(before) >= mostPlans {
		return p, fail.New(fail.Invalid, fmt.Sprintf("Det finns redan %d sparade planer. Ta bort någon först.", mostPlans), fmt.Sprintf("There are %d saved plans already. Remove one first.", mostPlans)).At("namn")
	}
	p.ID, p.At, p.Held = newID(), s.today(), nil
	_, err = card.Update(ctx, s.store, planCards, p.Round+"/"+p.ID, func(now *Saved) (time.Time, error) {
		*now = p
		return time.Time{}, nil
	})
	if err == nil {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "plan.save", Unit: p.Unit, Round: p.Round, Detail: p.Name})
	}
	return p, err
}

// Plans returns those saved of a round, the newest first.
func (s *Service) Plans(ctx context.Context, round string) ([]Saved, error) {
	all, err := card.All[Saved](ctx, s.store, planCards, round+"/")
	slices.SortStableFunc(all, func(a, b Saved) int { return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(a.Name, b.Name)) })
	return all, err
}

// PlansSeal tells one state of a round's saved plans from any other.
func (s *Service) PlansSeal(ctx context.Context, round string) (string, error) {
	return card.SealAll(ctx, s.store, planCards, round+"/")
}

var errNoPlan = fail.New(fail.NotFound, "Planen finns inte. Den kan ha tagits bort.", "There is no such plan. It may have been removed.")

// Plan returns a saved plan; fail.NotFound.
func (s *Service) Plan(ctx context.Context, round, id string) (Saved, error) {
	p, err := card.Get[Saved](ctx, s.store, planCards, round+"/"+id)
	if err == nil && p.ID == "" {
		err = errNoPlan
	}
	return p, err
}

// MarkHeld notes that an activity of a plan has been held; the zero Held takes
// the note away.
func (s *Service) MarkHeld(ctx context.Context, actor, round, id, activity string, h Held) error {
	if h != (Held{}) {
		if day, err := time.Parse(time.DateOnly, h.Day); err != nil || h.Day > s.today() || day.Year() < 2000 {
			return fail.New(fail.Invalid, "Skriv dagen som år-månad-dag, till exempel 2026-03-02. Den får inte ligga i framtiden.",
				"Write the day as year-month-day, for example 2026-03-02. It may not be in the future.").At("dag")
		}
		if h.People < 1 || h.People > mostHeld {
			return fail.New(fail.Invalid, "Skriv hur många som har deltagit, ett helt tal från 1 till 100 000.", "Write how many have taken part, a whole number from 1 to 100,000.").At("antal")
		}
	}
	var p Saved
	_, err := card.Update(ctx, s.store, planCards, round+"/"+id, func(now *Saved) (time.Time, error) {
		if now.ID == "" {
			return time.Time{}, errNoPlan
		}
		if !slices.ContainsFunc(now.Effects, func(e Effect) bool { return e.Activity.ID == activity }) {
			return time.Time{}, errNoActivity
		}
		if now.Held == nil {
			now.Held = map[string]Held{}
		}
		if now.Held[activity] = h; h == (Held{}) {
			delete(now.Held, activity)
		}
		p = *now
		return time.Time{}, nil
	})
	if err == nil {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "plan.held", Unit: p.Unit, Round: p.Round, Detail: fmt.Sprintf("%s: %s %s %d", p.Name, activity, h.Day, h.People)})
	}
	return err
}

// Remove forgets a saved plan.
func (s *Service) Remove(ctx context.Context, actor string, p Saved) error {
	err := s.store.DeleteCard(ctx, planCards, p.Round+"/"+p.ID)
	if err == nil {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "plan.remove", Unit: p.Unit, Round: p.Round, Detail: p.Name})
	}
	return err
}
