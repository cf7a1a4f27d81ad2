package trail_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/trail"
)

// database is a log that somebody who can reach the database may change; the
// oldest line comes first. A line is kept as it comes back from a store: as JSON,
// which has no byte that is not UTF-8.
type database struct{ lines []trail.Event }

func (d *database) AppendLog(_ context.Context, e trail.Event) error {
	if slices.ContainsFunc(d.lines, func(o trail.Event) bool { return o.Number == e.Number }) {
		return fail.New(fail.Conflict, "upptagen", "taken")
	}
	for _, text := range []*string{&e.Actor, &e.Action, &e.Unit, &e.Round, &e.Subject, &e.Detail, &e.From} {
		*text = strings.ToValidUTF8(*text, "\ufffd")
	}
	d.lines = append(d.lines, e)
	return nil
}

func (d *database) Log(context.Context) iter.Seq2[trail.Event, error] {
	return func(yield func(trail.Event, error) bool) {
		for _, e := range slices.Backward(slices.Clone(d.lines)) {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (d *database) DropLog(_ context.Context, before int64) error {
	d.lines = slices.DeleteFunc(d.lines, func(e trail.Event) bool { return e.Number < before })
	return nil
}

var ring = keys.New()

// written returns a log of so many lines from before it was sealed and so many
// sealed ones, an hour apart.
func written(t interface{ Fatal(...any) }, unsealed, sealed int) (*database, *trail.Log) {
	d := &database{}
	now := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	for i := range unsealed {
		d.lines = append(d.lines, trail.Event{Number: int64(i + 1), At: now, Action: "old"})
		now = now.Add(time.Hour)
	}
	log := trail.New(d, ring, func() time.Time { return now })
	for i := range sealed {
		e := trail.Event{Actor: "eva", Action: "round.open", Unit: "k", Round: "2026", Subject: "p", Detail: fmt.Sprint(i)}
		if err := log.Append(trail.From(context.Background(), "192.0.2.7"), e); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	return d, log
}

func faults(t interface{ Fatal(...any) }, log *trail.Log, expect string) []string {
	r, err := log.Verify(context.Background(), expect)
	if err != nil {
		t.Fatal(err)
	}
	return r.Faults
}

func TestAppend(t *testing.T) {
	d, _ := written(t, 2, 3)
	for i, e := range d.lines[2:] {
		if e.Number != int64(i+3) || e.From != "192.0.2.7" || e.At.IsZero() || e.Seal == "" || i > 0 && e.Before != d.lines[i+1].Seal {
			t.Errorf("line %d is %+v", i, e)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // what is told of has been done
	log := trail.New(d, ring, time.Now)
	log.Note(ctx, trail.Event{Action: "x", From: "someone's claim", Seal: "a seal", Number: 99})
	if e := d.lines[5]; e.Number != 6 || e.From != "" || e.Seal == "a seal" {
		t.Errorf("got %+v", e)
	}
	if got := faults(t, log, ""); len(got) > 0 {
		t.Error(got)
	}
}

// TestVerifyFinds changes a log of four unsealed and six sealed lines in the
// database, in each way.
func TestVerifyFinds(t *testing.T) {
	forged := trail.New(&database{}, keys.New(), time.Now)
	for name, c := range map[string]struct {
		change func(d *database)
		fault  string
	}{
		"who":                     {func(d *database) { d.lines[5].Actor = "adam" }, "line 6 is not as it was written"},
		"what":                    {func(d *database) { d.lines[5].Action = "round.close" }, "line 6 is not as it was written"},
		"when":                    {func(d *database) { d.lines[5].At = d.lines[5].At.Add(time.Nanosecond) }, "line 6 is not as it was written"},
		"unit":                    {func(d *database) { d.lines[5].Unit = "" }, "line 6 is not as it was written"},
		"round":                   {func(d *database) { d.lines[5].Round = "2025" }, "line 6 is not as it was written"},
		"to whom":                 {func(d *database) { d.lines[5].Subject = "q" }, "line 6 is not as it was written"},
		"detail":                  {func(d *database) { d.lines[5].Detail += " " }, "line 6 is not as it was written"},
		"from where":              {func(d *database) { d.lines[5].From = "" }, "line 6 is not as it was written"},
		"text moved over":         {func(d *database) { d.lines[5].Subject, d.lines[5].Detail = "", "p1" }, "line 6 is not as it was written"},
		"the first sealed":        {func(d *database) { d.lines[4].Actor = "adam" }, "line 5 is not as it was written"},
		"the newest":              {func(d *database) { d.lines[9].Actor = "adam" }, "line 10 is not as it was written"},
		"another's seal":          {func(d *database) { d.lines[5].Seal = d.lines[6].Seal }, "line 6 is not as it was written"},
		"missing":                 {func(d *database) { d.lines = slices.Delete(d.lines, 5, 6) }, "lines are missing between 5 and 7"},
		"missing, renumbered":     {func(d *database) { d.lines = slices.Delete(d.lines, 8, 9); d.lines[8].Number = 9 }, "line 9 is not as it was written"},
		"the last unsealed":       {func(d *database) { d.lines = slices.Delete(d.lines, 3, 4) }, "lines are missing between 3 and 5"},
		"the oldest":              {func(d *database) { d.lines = d.lines[6:] }, "the lines before 7 are missing"},
		"all the unsealed":        {func(d *database) { d.lines = d.lines[4:] }, "the lines before 5 are missing"},
		"seal taken away":         {func(d *database) { d.lines[6].Seal = "" }, "line 7 has lost its seal"},
		"first seal taken away":   {func(d *database) { d.lines[4].Seal = "" }, "line 5 has lost its seal"},
		"newest without seal":     {func(d *database) { d.lines[9].Seal, d.lines[9].Actor = "", "adam" }, "line 10 has lost its seal"},
		"unsealed like the first": {func(d *database) { d.lines[4].Seal, d.lines[4].Before = "", "" }, "line 5 has lost its seal"},
		"swapped":                 {func(d *database) { d.lines[6], d.lines[7] = d.lines[7], d.lines[6] }, "lines are missing between"},
		"swapped, renumbered": {func(d *database) {
			d.lines[6], d.lines[7] = d.lines[7], d.lines[6]
			d.lines[6].Number, d.lines[7].Number = 7, 8
		}, "line 7 is not as it was written"},
		"put in":                  {func(d *database) { d.lines = append(d.lines, trail.Event{Number: 11, Action: "x"}) }, "line 11 has lost its seal, or was put in"},
		"put in under other keys": {func(d *database) { d.lines = append(d.lines, sealedBy(t, d, keys.New())) }, "line 11 is not as it was written"},
		"put in between":          {func(d *database) { d.lines = slices.Insert(d.lines, 7, trail.Event{Number: 8, Action: "x"}) }, "line"},
		"put in before the first": {func(d *database) { d.lines = slices.Insert(d.lines, 0, trail.Event{Number: 0, Action: "x"}) }, "line 0 was put in"},
		"of another course of things": {func(d *database) {
			other := &database{slices.Clone(d.lines[:7])} // as when a backup was gone on from
			log := trail.New(other, ring, time.Now)
			for range 2 {
				if err := log.Append(t.Context(), trail.Event{Action: "other"}); err != nil {
					t.Fatal(err)
				}
			}
			d.lines[8] = other.lines[8]
		}, "line 9 does not follow line 8"},
		"a copy": {func(d *database) { e := d.lines[7]; e.Number = 11; d.lines = append(d.lines, e) }, "line 11 is not as it was written"},
		"a line that tells of pruning": {func(d *database) {
			d.lines = append(d.lines[7:], trail.Event{Number: 11, Action: "log.prune", Detail: "lines before 8"})
		}, "the lines before 8 are missing"},
	} {
		d, log := written(t, 4, 6)
		if got := faults(t, log, ""); len(got) > 0 {
			t.Fatal("before any change:", got)
		}
		c.change(d)
		if got := faults(t, log, ""); !slices.ContainsFunc(got, func(fault string) bool { return strings.HasPrefix(fault, c.fault) }) {
			t.Errorf("%s: %q, want %q", name, got, c.fault)
		}
	}
	if r, err := forged.Verify(t.Context(), ""); err != nil || r.Lines != 0 || len(r.Faults) > 0 {
		t.Errorf("an empty log: %+v, %v", r, err)
	}
	d, _ := written(t, 0, 3)
	if got := faults(t, trail.New(d, keys.New(), time.Now), ""); len(got) != 3 {
		t.Errorf("under other keys: %q", got)
	}
}

// sealedBy returns the line that would come next, sealed under other keys.
func sealedBy(t *testing.T, d *database, other *keys.Ring) trail.Event {
	t.Helper()
	copied := &database{slices.Clone(d.lines)}
	if err := trail.New(copied, other, time.Now).Append(t.Context(), trail.Event{Action: "x"}); err != nil {
		t.Fatal(err)
	}
	return copied.lines[len(copied.lines)-1]
}

// TestVerifyExpects finds that the end was cut off, or all seals taken away,
// against an end that was noted.
func TestVerifyExpects(t *testing.T) {
	d, log := written(t, 2, 6)
	r, err := log.Verify(t.Context(), "")
	if err != nil || r.Lines != 8 || r.Unsealed != 2 || r.Last != 8 || r.Seal != d.lines[7].Seal {
		t.Fatalf("%+v, %v", r, err)
	}
	end, whole := fmt.Sprint(r.Last, " ", r.Seal), slices.Clone(d.lines)
	if err := log.Append(t.Context(), trail.Event{Action: "later"}); err != nil {
		t.Fatal(err)
	}
	if got := faults(t, log, end); len(got) > 0 {
		t.Error(got)
	}
	for name, change := range map[string]func(){
		"cut off": func() { d.lines = d.lines[:7] }, "emptied": func() { d.lines = nil },
		"without seals": func() {
			for i := range d.lines {
				d.lines[i].Seal, d.lines[i].Before = "", ""
			}
		},
		"cut off and written on": func() {
			d.lines = d.lines[:7]
			if err := log.Append(t.Context(), trail.Event{Action: "another"}); err != nil {
				t.Fatal(err)
			}
		},
	} {
		d.lines = slices.Clone(whole)
		change()
		if got := faults(t, log, ""); len(got) > 0 {
			t.Errorf("%s: %q, though nothing is expected", name, got)
		}
		if got := faults(t, log, end); len(got) != 1 || !strings.Contains(got[0], "earlier check") {
			t.Errorf("%s: %q", name, got)
		}
	}
	d.lines = whole
	if got := faults(t, log, "what nobody noted"); len(got) != 1 {
		t.Errorf("of no end: %q", got)
	}
}

// TestPrune: what is pruned is told of, and missed by nobody, also when it was
// cut off, and when an end was noted before.
func TestPrune(t *testing.T) {
	for _, unsealed := range []int{0, 3, 7} {
		d, log := written(t, unsealed, 10-unsealed)
		end := fmt.Sprint(d.lines[4].Number, " ", d.lines[4].Seal)
		if n, err := log.Prune(t.Context(), d.lines[0].At); n != 0 || err != nil || len(d.lines) != 10 {
			t.Errorf("%d lines went of none, %v", n, err)
		}
		whole := slices.Clone(d.lines)
		n, err := log.Prune(t.Context(), d.lines[5].At)
		if err != nil || n != 5 || len(d.lines) != 6 || d.lines[0].Number != 6 || d.lines[5].Action != "log.prune" || d.lines[5].Actor != trail.System {
			t.Fatalf("%d lines went, %v: %+v", n, err, d.lines)
		}
		if got := faults(t, log, end); len(got) > 0 {
			t.Errorf("with %d unsealed: %q", unsealed, got)
		}
		told := d.lines[5]
		d.lines = append(slices.Clone(whole[2:]), told) // as when it was cut off
		if got := faults(t, log, ""); len(got) > 0 {
			t.Errorf("cut off, with %d unsealed: %q", unsealed, got)
		}
		d.lines = append(slices.Clone(whole[8:]), told)
		if got := faults(t, log, ""); len(got) == 0 && unsealed < 8 {
			t.Errorf("more are missing than were pruned, with %d unsealed", unsealed)
		}
		d.lines = append(slices.Clone(whole[5:]), told)
		if n, err := log.Prune(t.Context(), time.Date(2126, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil || n != 5 || len(d.lines) != 2 {
			t.Errorf("%d lines went, %v: %+v", n, err, d.lines)
		}
		if got := faults(t, log, ""); len(got) > 0 {
			t.Errorf("pruned again, with %d unsealed: %q", unsealed, got)
		}
	}
}

// TestAnyLog: whatever is written, and pruned between, the log is found sound;
// and whatever line is changed then, is found.
func TestAnyLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }), rapid.SampledFrom([]string{"log.prune", "lines before 3", "<&>\u2028"}))
		now := time.Unix(0, 0)
		d, _ := written(t, rapid.IntRange(0, 3).Draw(t, "unsealed"), 0)
		log := trail.New(d, ring, func() time.Time { return now })
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			now = time.Unix(rapid.Int64Range(-1<<33, 1<<36).Draw(t, "now"), rapid.Int64Range(0, 1e9-1).Draw(t, "nanoseconds")).In(time.FixedZone("", rapid.IntRange(-12, 12).Draw(t, "zone")*3600))
			if rapid.IntRange(0, 9).Draw(t, "kind") == 0 {
				if _, err := log.Prune(context.Background(), now); err != nil {
					t.Fatal(err)
				}
				continue
			}
			e := trail.Event{Actor: text.Draw(t, "actor"), Action: "a" + text.Draw(t, "action"), Unit: text.Draw(t, "unit"), Round: text.Draw(t, "round"), Subject: text.Draw(t, "subject"), Detail: text.Draw(t, "detail")}
			if err := log.Append(trail.From(context.Background(), text.Draw(t, "from")), e); err != nil {
				t.Fatal(err)
			}
		}
		if got := faults(t, log, ""); len(got) > 0 {
			t.Fatalf("%q in %+v", got, d.lines)
		}
		var sealed []int
		for i, e := range d.lines {
			if e.Seal != "" {
				sealed = append(sealed, i)
			}
		}
		if len(sealed) == 0 {
			return
		}
		at := rapid.SampledFrom(sealed).Draw(t, "at")
		switch e := &d.lines[at]; rapid.IntRange(0, 3).Draw(t, "change") {
		case 0:
			e.Detail += "x"
		case 1:
			e.At = e.At.Add(time.Duration(rapid.Int64Range(1, 1<<40).Draw(t, "later")))
		case 2:
			e.Seal = "x" + e.Seal
		case 3:
			if at == len(d.lines)-1 || at == 0 && e.Number == 1 && len(sealed) > 1 && d.lines[1].Before == "" {
				return // the end may be missing
			}
			d.lines = slices.Delete(d.lines, at, at+1)
			if at == 0 && prunedBefore(d.lines) > at {
				return
			}
		}
		if got := faults(t, log, ""); len(got) == 0 {
			t.Fatalf("nothing is found in %+v", d.lines)
		}
	})
}

// prunedBefore tells how many lines tell of pruning: then the oldest may be gone.
func prunedBefore(lines []trail.Event) (n int) {
	for _, e := range lines {
		if e.Action == "log.prune" {
			n++
		}
	}
	return n
}
