package round

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/mognad/mognad/internal/fail"
)

var idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// Create stores a new round as a draft. It fills in what is not given: name,
// mode (confidential) and least group.
func (s *Service) Create(ctx context.Context, actor string, r Round) (Round, error) {
	if !idPattern.MatchString(r.ID) {
		return r, fail.New(fail.Invalid, "Omgångens id får ha små bokstäver a–z, siffror och bindestreck, högst 32 tecken, till exempel 2026.",
			"The round's id may have lower-case letters a–z, digits and hyphens, 32 characters at most, for example 2026.").At("id")
	}
	if err := r.complete(); err != nil {
		return r, err
	}
	r.State, r.Version = Draft, 1
	if err := s.store.CreateRound(ctx, r); err != nil {
		return r, err
	}
	s.note(ctx, actor, "round.create", r, string(r.Mode))
	return r, nil
}

// complete fills in what a draft lacks, and tells what is wrong with it.
func (r *Round) complete() error {
	if err := r.checkTimes(); err != nil {
		return err
	}
	if !r.OpensAt().Before(r.ClosesAt()) {
		return fail.New(fail.Invalid, "Omgången stänger innan den öppnar. Ändra sista svarsdag eller klockslag.", "The round closes before it opens. Change the last day to answer, or the time.").At("closes_on")
	}
	if r.Name == "" {
		r.Name = r.ID
	}
	if r.Mode == "" {
		r.Mode = Confidential
	}
	if r.Mode != Confidential && r.Mode != Named {
		return fail.New(fail.Invalid, "Välj om omgången är konfidentiell eller öppen.", "Choose whether the round is confidential or open.").At("mode")
	}
	if r.MinGroup == 0 {
		r.MinGroup = LeastGroup
	}
	if r.MinGroup < LeastGroup {
		return fail.New(fail.Invalid, fmt.Sprintf("Minsta grupp som visas är ett heltal, %d eller mer.", LeastGroup), fmt.Sprintf("The smallest group shown is a whole number, %d or more.", LeastGroup)).At("min_group")
	}
	for theme, target := range r.Targets {
		if !(target >= 1 && target <= 5) {
			return fail.New(fail.Invalid, "Önskad nivå är ett tal från 1 till 5.", "A target is a number from 1 to 5.").At("target-" + theme)
		}
	}
	return nil
}

func (r *Round) checkTimes() error {
	for _, day := range []struct{ field, value string }{{"opens_on", r.OpensOn}, {"closes_on", r.ClosesOn}} {
		if _, err := time.Parse(DayFormat, day.value); err != nil {
			return fail.New(fail.Invalid, "Skriv första och sista svarsdag som år-månad-dag, till exempel 2026-11-02.",
				"Write the first and last day to answer as year-month-day, for example 2026-11-02.").At(day.field)
		}
	}
	for _, clock := range []struct{ field, value string }{{"opens_time", r.OpensTime}, {"closes_time", r.ClosesTime}} {
		if _, err := time.Parse(TimeFormat, clock.value); err != nil && clock.value != "" {
			return fail.New(fail.Invalid, "Skriv klockslaget som timme:minut, till exempel 08:00.", "Write the time as hour:minute, for example 08:00.").At(clock.field)
		}
	}
	return nil
}

// OpensAt returns the moment from which people may answer.
func (r Round) OpensAt() time.Time { return r.moment(r.OpensOn, r.OpensTime, 0) }

// ClosesAt returns the moment after which nobody may answer.
func (r Round) ClosesAt() time.Time { return r.moment(r.ClosesOn, r.ClosesTime, 1) }

// moment is a time of a day in Sweden; without a time the midnight so many days
// after that day begins.
func (r Round) moment(day, clock string, days int) time.Time {
	if clock != "" {
		t, _ := time.ParseInLocation(DayFormat+" "+TimeFormat, day+" "+clock, Sweden) // checked when the round was made
		return t
	}
	t, _ := time.ParseInLocation(DayFormat, day, Sweden)
	return t.AddDate(0, 0, days)
}

// Change applies change to a round and stores it. A draft may be changed but for
// its id, top unit and state; of an open round only the name and when it closes;
// of a closed one the name. What else change does is not kept.
func (s *Service) Change(ctx context.Context, actor, id string, change func(*Round)) (Round, error) {
	before := Round{}
	r, err := s.store.UpdateRound(ctx, id, func(r *Round) error {
		before = *r
		next := *r
		change(&next)
		if r.State == Draft {
			next.ID, next.Top, next.State, next.Version = r.ID, r.Top, r.State, r.Version
			next.Hindrance = nil
			if err := next.complete(); err != nil {
				return err
			}
			*r = next
			return nil
		}
		r.Name = next.Name
		if r.State != Open {
			return nil
		}
		r.ClosesOn, r.ClosesTime = next.ClosesOn, next.ClosesTime
		if err := r.checkTimes(); err != nil {
			return err
		}
		if !r.ClosesAt().After(s.now()) { // it may be before OpensAt: a round can be opened early
			return fail.New(fail.Invalid, "Tiden har redan passerat. Välj en senare, eller stäng omgången.", "That time has passed. Choose a later one, or close the round.").At("closes_on")
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	s.openRounds.Forget(id)
	detail := ""
	if !before.ClosesAt().Equal(r.ClosesAt()) {
		detail = "closes " + r.ClosesAt().Format(time.RFC3339) + ", before " + before.ClosesAt().Format(time.RFC3339)
	}
	s.note(ctx, actor, "round.change", r, detail)
	return r, nil
}

// Delete forgets a draft; fail.Conflict for a round that has been open.
func (s *Service) Delete(ctx context.Context, actor, id string) error {
	r, err := s.store.Round(ctx, id)
	if err != nil {
		return err
	}
	if r.State != Draft {
		return notFrom(r, "tas bort", "deleted")
	}
	if err := s.store.DropInvitations(ctx, id); err != nil { // of an opening that was cut off
		return err
	}
	if err := s.store.DeleteRound(ctx, id); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	if err := s.store.DeleteCard(ctx, PlanCards, id); err != nil { // else it would be that of the next round with the id
		return err
	}
	s.note(ctx, actor, "round.delete", r, "")
	return nil
}

// Schedule lets a draft open by itself at OpensAt, or no longer.
func (s *Service) Schedule(ctx context.Context, actor, id string, on bool) (Round, error) {
	r, err := s.store.UpdateRound(ctx, id, func(r *Round) error {
		if r.State != Draft {
			return notFrom(*r, "öppnas", "opened")
		}
		if on && !r.OpensAt().After(s.now()) {
			return fail.New(fail.Conflict, "Omgångens första svarsdag är redan här. Öppna den nu, eller välj en senare dag.", "The first day to answer is here already. Open the round now, or choose a later day.")
		}
		r.Scheduled, r.Hindrance = on, nil
		return nil
	})
	if err == nil {
		s.note(ctx, actor, "round.schedule", r, fmt.Sprintf("%v, opens %s", on, r.OpensAt().Format(time.RFC3339)))
	}
	return r, err
}
