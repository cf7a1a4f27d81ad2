// Package training holds the activities (insatser) that close competence
// gaps, as data that the kommun edits (insatser.yaml).
package training

import (
	"io/fs"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/yamlfile"
)

// Catalogue is the activities to choose from, in the order of the file.
type Catalogue struct {
	Activities []Activity `json:"activities"`
}

// Activity takes people in one competence area from level From to level To
// (docs/method.md, Competence gap). Hours are per participant, Seats and Cost
// (kronor) per session; no Audience means everybody.
type Activity struct {
	ID       string      `json:"id"`
	Area     string      `json:"area"` // an item with required levels
	From     int         `json:"from"`
	To       int         `json:"to"`
	Title    survey.Text `json:"title"`
	Form     survey.Text `json:"form"`
	Audience []org.Role  `json:"audience,omitempty"`
	Hours    float64     `json:"hours"`
	Seats    int         `json:"seats"`
	Cost     float64     `json:"cost_per_session"`
	Summary  survey.Text `json:"summary"`
	FollowUp survey.Text `json:"follow_up"`
}

type fileText struct {
	SV yamlfile.Val[string] `yaml:"sv,required"`
	EN yamlfile.Val[string] `yaml:"en,required"`
}

func (t fileText) text() survey.Text { return survey.Text{SV: t.SV.V, EN: t.EN.V} }

type fileCatalogue struct {
	Activities []fileActivity `yaml:"insatser,required"`
}

type fileActivity struct {
	ID       yamlfile.Val[string]   `yaml:"id,required"`
	Area     yamlfile.Val[string]   `yaml:"area,required"`
	From     yamlfile.Val[int]      `yaml:"from,required"`
	To       yamlfile.Val[int]      `yaml:"to,required"`
	Title    fileText               `yaml:"title,required"`
	Form     fileText               `yaml:"form"`
	Audience []yamlfile.Val[string] `yaml:"audience"`
	Hours    yamlfile.Val[float64]  `yaml:"hours,required"`
	Seats    yamlfile.Val[int]      `yaml:"seats,required"`
	Cost     yamlfile.Val[float64]  `yaml:"cost_per_session,required"`
	Summary  fileText               `yaml:"summary"`
	FollowUp fileText               `yaml:"follow_up"`
}

// Load reads insatser.yaml of fsys and checks it against set, whose items are
// its areas; a nil set (questionnaires that could not be read) leaves out that
// part of the check. The error is yamlfile.Faults with every fault found.
func Load(fsys fs.FS, set *survey.Set) (*Catalogue, error) {
	var f fileCatalogue
	faults := yamlfile.ReadFile(fsys, survey.TrainingFile, &f)
	ids := map[string]bool{}
	out := &Catalogue{}
	for i := range f.Activities {
		a := &f.Activities[i]
		if a.ID.Set() && ids[a.ID.V] {
			faults.Addf(a.ID.Pos, "id ”%s” används två gånger", "id “%s” is used twice", a.ID.V)
		}
		ids[a.ID.V] = true
		checkArea(&faults, a.Area, set)
		a.check(&faults)
		out.Activities = append(out.Activities, a.activity())
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

func checkArea(faults *yamlfile.Faults, area yamlfile.Val[string], set *survey.Set) {
	if set == nil || !area.Set() {
		return
	}
	switch it, ok := set.Item(area.V); {
	case !ok:
		faults.Addf(area.Pos, "okänt kompetensområde ”%s”: ingen fråga har det id:t", "unknown competence area “%s”: no item has that id", area.V)
	case !it.OwnCompetence():
		faults.Addf(area.Pos, "”%s” är inget kompetensområde: frågan har ingen krävd nivå (required)", "“%s” is no competence area: the item has no required level", area.V)
	}
}

func (a *fileActivity) check(faults *yamlfile.Faults) {
	for _, level := range []yamlfile.Val[int]{a.From, a.To} {
		if level.Set() && (level.V < 1 || level.V > survey.Levels) {
			faults.Addf(level.Pos, "nivå %d ska vara 1–5", "level %d must be 1–5", level.V)
		}
	}
	if a.From.Set() && a.To.Set() && a.To.V <= a.From.V {
		faults.Addf(a.To.Pos, "to (%d) ska vara högre än from (%d)", "to (%d) must be higher than from (%d)", a.To.V, a.From.V)
	}
	if a.Seats.Set() && a.Seats.V < 1 {
		faults.Addf(a.Seats.Pos, "seats (%d) ska vara minst 1", "seats (%d) must be at least 1", a.Seats.V)
	}
	if a.Hours.Set() && a.Hours.V <= 0 {
		faults.Addf(a.Hours.Pos, "hours (%v) ska vara större än 0", "hours (%v) must be greater than 0", a.Hours.V)
	}
	if a.Cost.Set() && a.Cost.V < 0 {
		faults.Addf(a.Cost.Pos, "cost_per_session (%v) får inte vara negativ", "cost_per_session (%v) must not be negative", a.Cost.V)
	}
	for _, r := range a.Audience {
		if !org.Role(r.V).Known() {
			faults.Addf(r.Pos, "okänd roll ”%s” (en av %v)", "unknown role “%s” (one of %v)", r.V, org.Roles)
		}
	}
}

func (a *fileActivity) activity() Activity {
	out := Activity{ID: a.ID.V, Area: a.Area.V, From: a.From.V, To: a.To.V, Title: a.Title.text(), Form: a.Form.text(),
		Hours: a.Hours.V, Seats: a.Seats.V, Cost: a.Cost.V, Summary: a.Summary.text(), FollowUp: a.FollowUp.text()}
	for _, r := range a.Audience {
		out.Audience = append(out.Audience, org.Role(r.V))
	}
	return out
}
