// Package analysis turns answers into results (docs/method.md): one pass over
// the responses adds up each unit's own people, the sums are rolled up the
// tree, small groups are hidden, and one Document a unit is frozen. It reads
// and writes nothing.
package analysis

import "encoding/json"

// The levels of a statistic, from the whole down to the single item.
const (
	LevelTotal = "total"
	LevelArea  = "area"
	LevelTheme = "theme"
	LevelItem  = "item"
)

// TotalID is the id of the statistic over all areas.
const TotalID = "total"

// Reason tells why a figure is not shown; "" is a figure that is
// (docs/method.md, What may be shown).
type Reason string

// The reasons.
const (
	Shown         Reason = ""
	Small         Reason = "small"         // fewer than the least group answered
	None          Reason = "none"          // nobody answered
	Complementary Reason = "complementary" // hidden so that no smaller group can be had by subtraction
	Parent        Reason = "parent"        // something above is hidden
)

// Figure is one statistic of one unit. Mean, SD, SE, the 95 % interval, Target
// and Gap are levels 1–5; Index is 0–100. Of a suppressed figure only Level,
// ID, Invited and Suppressed are set, and written as JSON.
type Figure struct {
	Level         string   `json:"level"` // total, area, theme or item
	ID            string   `json:"id"`    // "total", the questionnaire's id, "area.theme", the item's id
	Invited       int      `json:"invited"`
	N             int      `json:"n"` // people with a score
	Mean          float64  `json:"mean"`
	Index         float64  `json:"index"`
	SD            float64  `json:"sd"`
	SE            float64  `json:"se"`
	CILow         float64  `json:"ci_low"`
	CIHigh        float64  `json:"ci_high"`
	Target        float64  `json:"target"`
	Gap           float64  `json:"gap"`                      // Target − Mean
	RWG           *float64 `json:"rwg,omitempty"`            // areas: agreement
	Alpha         *float64 `json:"alpha,omitempty"`          // areas: reliability
	Histogram     []int    `json:"histogram,omitempty"`      // items: people per level, where N ≥ LeastDistribution
	DontKnow      *int     `json:"dont_know,omitempty"`      // items; nil in a Document where it would point at few
	NotApplicable *int     `json:"not_applicable,omitempty"` // likewise
	Suppressed    Reason   `json:"suppressed,omitempty"`
}

type hiddenFigure struct {
	Level      string `json:"level"`
	ID         string `json:"id"`
	Invited    int    `json:"invited"`
	Suppressed Reason `json:"suppressed"`
}

func (f Figure) hidden() hiddenFigure {
	return hiddenFigure{f.Level, f.ID, f.Invited, f.Suppressed}
}

type plainFigure Figure // without MarshalJSON

// LeastDistribution is how many people a distribution is shown of, at the least
// (docs/method.md, A unit's figures).
const LeastDistribution = 10

// MarshalJSON leaves every figure out of a suppressed one.
func (f Figure) MarshalJSON() ([]byte, error) {
	if f.Suppressed != Shown {
		return json.Marshal(f.hidden())
	}
	return json.Marshal(plainFigure(f))
}

// CompetenceFigure is one competence area (an item with required levels) of one
// unit (docs/method.md, Competence gap). Of a suppressed one only Item and
// Suppressed are set, and written as JSON.
type CompetenceFigure struct {
	Item       string  `json:"item"`
	Rated      int     `json:"rated"`    // people with a requirement who rated
	Below      int     `json:"below"`    // of them below their requirement
	Share      float64 `json:"share"`    // Below / Rated, 0–1
	Steps      int     `json:"steps"`    // levels missing in all
	MeanGap    float64 `json:"mean_gap"` // Steps / Rated
	Suppressed Reason  `json:"suppressed,omitempty"`
}

type hiddenCompetence struct {
	Item       string `json:"item"`
	Suppressed Reason `json:"suppressed"`
}

type plainCompetence CompetenceFigure

// MarshalJSON leaves every figure out of a suppressed one.
func (c CompetenceFigure) MarshalJSON() ([]byte, error) {
	if c.Suppressed != Shown {
		return json.Marshal(hiddenCompetence{c.Item, c.Suppressed})
	}
	return json.Marshal(plainCompetence(c))
}

// Row is a Figure with its unit: one line of `mognad analyse`.
type Row struct {
	Unit string
	Figure
}

// MarshalJSON writes the unit beside the figure's own fields.
func (r Row) MarshalJSON() ([]byte, error) {
	if r.Suppressed != Shown {
		return json.Marshal(struct {
			Unit string `json:"unit"`
			hiddenFigure
		}{r.Unit, r.hidden()})
	}
	return json.Marshal(struct {
		Unit string `json:"unit"`
		plainFigure
	}{r.Unit, plainFigure(r.Figure)})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Row) UnmarshalJSON(b []byte) error {
	var u struct {
		Unit string `json:"unit"`
	}
	if err := json.Unmarshal(b, &u); err != nil {
		return err
	}
	r.Unit = u.Unit
	return json.Unmarshal(b, &r.Figure)
}

// CompetenceRow is a CompetenceFigure with its unit.
type CompetenceRow struct {
	Unit string
	CompetenceFigure
}

// MarshalJSON writes the unit beside the figure's own fields.
func (r CompetenceRow) MarshalJSON() ([]byte, error) {
	if r.Suppressed != Shown {
		return json.Marshal(struct {
			Unit string `json:"unit"`
			hiddenCompetence
		}{r.Unit, hiddenCompetence{r.Item, r.Suppressed}})
	}
	return json.Marshal(struct {
		Unit string `json:"unit"`
		plainCompetence
	}{r.Unit, plainCompetence(r.CompetenceFigure)})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *CompetenceRow) UnmarshalJSON(b []byte) error {
	var u struct {
		Unit string `json:"unit"`
	}
	if err := json.Unmarshal(b, &u); err != nil {
		return err
	}
	r.Unit = u.Unit
	return json.Unmarshal(b, &r.CompetenceFigure)
}
