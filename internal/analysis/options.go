package analysis

// Options is what a round decides about its analysis.
type Options struct {
	Round    string // the round's id, written into every Document
	MinGroup int    // k: no figure of fewer people is shown; less than 1 counts as 1

	// Targets overrides önskad nivå: unit id → statistic id → level. The
	// targets above it in the same unit follow unless overridden themselves.
	Targets map[string]map[string]float64

	// Successors names, by id in the previous round, the unit that followed a
	// unit when the organisation changed.
	Successors map[string]string
}
