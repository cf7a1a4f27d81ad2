package register

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/mognad/mognad/internal/audit"
)

// Flag is what an entry is worth as evidence on a day, and why.
type Flag string

// The flags: of an entry that counts, and of what keeps one from counting.
const (
	Counts       Flag = "current"
	TooOld       Flag = "too_old"
	ReviewPassed Flag = "review_passed"
	Undated      Flag = "undated"
	Later        Flag = "later" // decided or reviewed only after the day
	IsDraft      Flag = "draft"
	IsRepealed   Flag = "repealed"
	Undecided    Flag = "undecided" // nothing is said of a decision
)

// Flags lists every flag, in the order of choices.
var Flags = []Flag{Counts, TooOld, ReviewPassed, Undated, Later, IsDraft, IsRepealed, Undecided}

// Flag judges the entry on a day as the audit rule does; years is how old a
// decision may be.
func (e Entry) Flag(day string, years int) Flag {
	switch e.Evidence().Judge(day, years).Reason {
	case "":
		return Counts
	case audit.TooOld:
		return TooOld
	case audit.ReviewPassed:
		return ReviewPassed
	case audit.Undated:
		return Undated
	case audit.Later:
		return Later
	}
	switch e.Status {
	case Draft:
		return IsDraft
	case Repealed:
		return IsRepealed
	}
	return Undecided
}

// Dated is the day that the entry's age is counted from: of its last review, its
// decision, or what it bears itself; "" where none is known.
func (e Entry) Dated() string {
	return cmp.Or(e.Reviewed, e.Decided, e.Details["dated"], e.Details["date"])
}

// Age is how many whole months old the entry is on a day; false where its day
// isn't known or is still to come.
func (e Entry) Age(day string) (months int, ok bool) {
	from, err := time.Parse(time.DateOnly, e.Dated())
	to, err2 := time.Parse(time.DateOnly, day)
	if err != nil || err2 != nil || from.After(to) {
		return 0, false
	}
	months = 12*(to.Year()-from.Year()) + int(to.Month()) - int(from.Month())
	if to.Day() < from.Day() {
		months--
	}
	return months, true
}

// Orders lists how a list can be ordered: as it is, the newest or the oldest
// first, or what counts last.
var Orders = []string{"", "newest", "oldest", "flag"}

// Wanted says which entries somebody asks for. The zero value is all.
type Wanted struct {
	Kind  Kind
	Flag  Flag
	Query string // in any of the entry's values
	Order string // of Orders
}

// Select returns those wanted, judged on a day; entries keep their order where
// nothing tells them apart. What has no day comes last.
func Select(entries []Entry, w Wanted, day string, years int) (out []Entry) {
	for _, e := range entries {
		if (w.Kind == "" || e.Kind == w.Kind) && (w.Flag == "" || e.Flag(day, years) == w.Flag) && e.has(w.Query) {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Entry) int {
		switch w.Order {
		case "newest":
			return -strings.Compare(a.Dated(), b.Dated())
		case "oldest":
			return strings.Compare(cmp.Or(a.Dated(), "9"), cmp.Or(b.Dated(), "9"))
		case "flag":
			return slices.Index(Flags, b.Flag(day, years)) - slices.Index(Flags, a.Flag(day, years))
		}
		return 0
	})
	return out
}

func (e *Entry) has(query string) bool {
	query = strings.ToLower(strings.TrimSpace(query))
	return query == "" || slices.ContainsFunc(Fields(e.Kind), func(f Field) bool { return strings.Contains(strings.ToLower(e.Get(f.Key)), query) })
}

// For returns the entries that support an item, those that count first.
func For(entries []Entry, item, day string, years int) (out []Entry) {
	for _, e := range entries {
		if slices.Contains(e.Supports, item) {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Entry) int {
		return slices.Index(Flags, a.Flag(day, years)) - slices.Index(Flags, b.Flag(day, years))
	})
	return out
}

// Fulfils tells whether the entry is what its register is kept for: a document
// that counts, an e-service developed, a role documented, a goal with a measure,
// training held, a forum whose notes are kept.
func (e Entry) Fulfils(day string, years int) bool {
	switch e.Kind {
	case Document:
		return e.Flag(day, years) == Counts
	case EService:
		return e.Details["state"] == "färdigutvecklad"
	case Role:
		return e.Details["documented"] == "ja"
	case Goal:
		return e.Details["measure"] != ""
	case Training:
		return e.Details["state"] == "hållen"
	}
	return e.Details["notes_kept"] == "ja"
}
