package round

import (
	"context"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
)

// requiredCards is the kind of the card that tells, under a unit's id, which
// levels are required there in place of the questionnaires' own.
const requiredCards = "required"

// required is such a card; without Changed it is none.
type required struct {
	Changed bool                `json:"changed"`
	Levels  survey.Requirements `json:"levels"`
}

var errRequiredMoved = fail.New(fail.Conflict, "Någon annan har ändrat de krävda nivåerna sedan du öppnade sidan. Det du valde står kvar här. Jämför med nivåerna som de är nu, och spara igen om dina ska gälla.",
	"Somebody else has changed the required levels since you opened the page. What you chose is still here. Compare it with the levels as they are now, and save again if yours are to hold.")

// Required returns the levels that the next round of a unit requires where they
// are others than the questionnaires' own: those of the nearest unit that has
// any, path being the ids of the unit and those above it, from the top down. of
// is that unit, "" where nobody has changed them.
func (s *Service) Required(ctx context.Context, path []string) (levels survey.Requirements, of string, err error) {
	for _, unit := range slices.Backward(path) {
		c, err := card.Get[required](ctx, s.store, requiredCards, unit)
		if err != nil {
			return nil, "", err
		}
		if c.Changed {
			return c.Levels, unit, nil
		}
	}
	return nil, "", nil
}

// SetRequired sets the levels required in rounds of a unit that are opened from
// now on, in every competence area of set; nil takes the unit's own away. Rounds
// that are open or published keep those they were opened with. fail.Invalid for
// what is no level, and where an area requires a level of some of the managers'
// roles it asks and not of others: whose answers alone are in one figure and not
// in another could be told (docs/method.md, What may be shown). fail.Conflict when
// the unit's own are no longer those whose card.Seal was seen, "" for none.
func (s *Service) SetRequired(ctx context.Context, actor, unit string, set *survey.Set, levels survey.Requirements, seen string) error {
	kept, err := checkedRequirements(set, levels)
	if err != nil {
		return err
	}
	_, err = card.Update(ctx, s.store, requiredCards, unit, func(c *required) (time.Time, error) {
		now := ""
		if c.Changed {
			now = card.Seal(c.Levels)
		}
		if now != seen {
			return time.Time{}, errRequiredMoved
		}
		*c = required{levels != nil, kept}
		return time.Time{}, nil
	})
	if err == nil {
		detail := ""
		if levels == nil {
			detail = "own of the questionnaires"
		}
		s.log.Note(ctx, trail.Event{Actor: actor, Action: "training.required", Unit: unit, Detail: detail})
	}
	return err
}

// checkedRequirements returns what SetRequired keeps of levels; fail.Invalid as it says.
func checkedRequirements(set *survey.Set, levels survey.Requirements) (survey.Requirements, error) {
	kept := survey.Requirements{}
	for _, it := range set.Items {
		asked, ok := levels[it.ID]
		if !it.OwnCompetence() || !ok {
			continue
		}
		some := 0
		for role, level := range asked {
			if level < 1 || level > survey.Levels || !role.Manager() {
				return nil, fail.New(fail.Invalid, "Välj en nivå från 1 till 5, eller ingen.", "Choose a level from 1 to 5, or none.").At(it.ID + "." + string(role))
			}
			some++
		}
		for _, role := range survey.RolesAsked(it) {
			if some > 0 && asked[role] == 0 {
				return nil, fail.New(fail.Invalid, "Ge alla roller en nivå i området, eller ingen av dem. Annars kan det gå att räkna ut vad någon i rollen utan krav har svarat.",
					"Give all roles a level in the area, or none of them. Otherwise it may be possible to work out what somebody in the role without one has answered.").At(it.ID + "." + string(role))
			}
		}
		kept[it.ID] = asked
	}
	return kept, nil
}
