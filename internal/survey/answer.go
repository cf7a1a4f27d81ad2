package survey

import "fmt"

// Answer is what was answered to an item: a level 1–5, DontKnow,
// NotApplicable, or None when the item is left empty.
type Answer uint8

// The answers that are no level.
const (
	None          Answer = 0
	DontKnow      Answer = 6
	NotApplicable Answer = 7
)

// ParseAnswer reads "1"–"5", "vet_ej", "ej_relevant" or "".
func ParseAnswer(s string) (Answer, error) {
	switch s {
	case "":
		return None, nil
	case "vet_ej":
		return DontKnow, nil
	case "ej_relevant":
		return NotApplicable, nil
	case "1", "2", "3", "4", "5":
		return Answer(s[0] - '0'), nil
	}
	return None, fmt.Errorf("unknown answer %q (1–5, vet_ej, ej_relevant or empty)", s)
}

// Level returns the level 1–5, 0 for an answer that is none.
func (a Answer) Level() int {
	if a >= 1 && a <= Levels {
		return int(a)
	}
	return 0
}

// String returns what ParseAnswer reads.
func (a Answer) String() string {
	switch {
	case a == DontKnow:
		return "vet_ej"
	case a == NotApplicable:
		return "ej_relevant"
	case a.Level() > 0:
		return string('0' + byte(a))
	}
	return ""
}

// Index turns a level 1–5 into an index 0–100.
func Index(level float64) float64 { return (level - 1) * 25 }
