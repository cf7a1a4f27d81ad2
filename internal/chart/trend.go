package chart

import (
	"encoding/json"
	"slices"
)

// Trend is one statistic over the rounds: a line with its 95 % interval, broken
// where a round shows none and where the questions were changed. Title says in
// words what the picture shows, for those who can't see it.
type Trend struct {
	Title  string  `json:"label"`
	Points []Point `json:"points"`
	Low    float64 `json:"low"` // of the axis
	High   float64 `json:"high"`
	Ticks  []Tick  `json:"ticks"`
	Target string  `json:"target"` // what the target is called, "" for none
	Broken string  `json:"broken"` // words where the questions were changed
	Size   Size    `json:"size"`
}

// Point is the statistic in one round. Where it is not shown only Year and Note
// stand.
type Point struct {
	Year     string  `json:"year"`
	Note     string  `json:"note"` // "n = 28", or why there is no figure
	Shown    bool    `json:"shown"`
	Value    float64 `json:"value"`
	Low      float64 `json:"low"` // of the interval
	High     float64 `json:"high"`
	Target   float64 `json:"target"`
	Text     string  `json:"text"`     // the value as people read it
	Interval string  `json:"interval"` // and the interval
	Changed  bool    `json:"changed"`  // made of other items than before
}

// Tick is a line of the axis with its figure.
type Tick struct {
	At   float64 `json:"at"`
	Text string  `json:"text"`
}

// Drawable tells whether a round has a figure.
func (t Trend) Drawable() bool {
	return slices.ContainsFunc(t.Points, func(p Point) bool { return p.Shown })
}

// Option returns the ECharts option, the same bytes for the same trend. A round
// without a figure stands in it as a gap, whatever its point holds.
func (t Trend) Option() (json.RawMessage, error) {
	if !t.Drawable() {
		return nil, ErrTooFew
	}
	points := slices.Clone(t.Points)
	for i, p := range points {
		if !p.Shown {
			points[i] = Point{Year: p.Year, Note: p.Note, Changed: p.Changed}
		}
	}
	t.Points = points
	return json.Marshal(map[string]any{"animation": false, "textStyle": map[string]any{"fontFamily": fontFamily}, "mognad": struct {
		Trend
		Trending bool `json:"trend"`
	}{t, true}})
}
