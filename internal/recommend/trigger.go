package recommend

import (
	"cmp"
	"slices"

	"github.com/mognad/mognad/internal/analysis"
)

// Figure is a level that a recommendation was judged by.
type Figure struct {
	Item  string
	Level float64 // 1–5: a rating's mean, what a fact counts as in the audit verdict
	N     int     // people who answered
	Below bool    // the level itself is below the limit
}

// Triggered is a recommendation with the figures that triggered it.
type Triggered struct {
	Recommendation
	Figures []Figure // those that there are, in the order of its items
	Hidden  []string // items without a figure: hidden, not answered or not asked
	Level   float64  // ratings: the plain mean of the figures; facts: the lowest of them
	// ByVerdict tells that no figure did: its audit question is not met, and no
	// other recommendation for that question was triggered.
	ByVerdict bool
}

// Off is how far below the limit it is, in levels.
func (t Triggered) Off() float64 { return t.Below - t.Level }

// CountsAs tells what a fact counts as in the audit verdict (1–5) and how many
// have answered it; false where it has no level.
type CountsAs func(item string) (level float64, n int, ok bool)

// tolerance is the difference between two levels below which they are the same
// written by two sums, as in the audit rule.
const tolerance = 1e-9

// below reports whether a level is below a limit.
func below(level, limit float64) bool { return level < limit-tolerance }

// Trigger returns what a unit's document triggers, the first to be taken first: by
// priority, then by how far below, then as in the file. A mean is over the items
// that are shown; where none is, nothing is triggered. Facts are about the whole
// organisation: facts is nil for any unit but its topmost, and for a reader who
// may not see the audit. short are the audit questions that are judged and not met,
// of the topmost unit alone: what ForAudit says of them is there too.
func (b *Book) Trigger(d *analysis.Document, facts CountsAs, short ...string) (out []Triggered) {
	if b == nil {
		return nil
	}
	for _, r := range b.Recommendations {
		if t, ok := r.triggered(d, facts); ok {
			out = append(out, t)
		}
	}
	for _, question := range short {
		for _, t := range b.ForAudit(question, d, facts) {
			if t.ByVerdict {
				out = append(out, t)
			}
		}
	}
	order(out)
	return out
}

// ForAudit returns the recommendations that help to lift the verdict of an audit
// question that is not met, the first to be taken first: those that the figures of
// the topmost unit's document trigger; where they trigger none, all that name the
// question, as an outcome that is short asks for something to be done.
func (b *Book) ForAudit(question string, d *analysis.Document, facts CountsAs) (out []Triggered) {
	if b == nil || question == "" {
		return nil
	}
	var all []Triggered
	for _, r := range b.Recommendations {
		if r.Audit != question {
			continue
		}
		if t, ok := r.triggered(d, facts); ok {
			out = append(out, t)
		}
		t := r.judge(d, facts)
		t.ByVerdict = true
		all = append(all, t)
	}
	if out == nil {
		out = all
	}
	order(out)
	return out
}

// order puts first what is to be taken first.
func order(ts []Triggered) {
	slices.SortStableFunc(ts, func(x, y Triggered) int { return cmp.Or(x.Priority-y.Priority, -compareLevels(x.Off(), y.Off())) })
}

// triggered judges by the figures.
func (r Recommendation) triggered(d *analysis.Document, facts CountsAs) (Triggered, bool) {
	if r.Facts && facts == nil {
		return Triggered{}, false
	}
	t := r.judge(d, facts)
	return t, len(t.Figures) > 0 && below(t.Level, r.Below)
}

func compareLevels(x, y float64) int {
	switch {
	case below(x, y):
		return -1
	case below(y, x):
		return 1
	}
	return 0
}

// judge gathers the figures of the items.
func (r Recommendation) judge(d *analysis.Document, facts CountsAs) Triggered {
	t := Triggered{Recommendation: r}
	sum := 0.0
	for _, item := range r.Items {
		f, ok := r.figure(d, facts, item)
		if !ok {
			t.Hidden = append(t.Hidden, item)
			continue
		}
		f.Below = below(f.Level, r.Below)
		sum += f.Level
		if len(t.Figures) == 0 || f.Level < t.Level {
			t.Level = f.Level
		}
		t.Figures = append(t.Figures, f)
	}
	if !r.Facts && len(t.Figures) > 0 {
		t.Level = sum / float64(len(t.Figures))
	}
	return t
}

func (r Recommendation) figure(d *analysis.Document, facts CountsAs, item string) (Figure, bool) {
	if r.Facts && facts == nil {
		return Figure{}, false
	}
	if r.Facts {
		level, n, ok := facts(item)
		return Figure{Item: item, Level: level, N: n}, ok
	}
	f, ok := d.Figure(item)
	if !ok || d.Suppressed != analysis.Shown || f.Suppressed != analysis.Shown {
		return Figure{}, false
	}
	return Figure{Item: item, Level: f.Mean, N: f.N}, true
}
