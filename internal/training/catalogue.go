// Package training holds the activities (insatser) that close competence
// gaps, as data that the kommun edits (insatser.yaml).
package training

import (
	"fmt"
	"io/fs"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/yamlfile"
)

// MostInArea is how many activities one area may have: Best tries every choice
// of them.
const MostInArea = 6

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
	ids, inArea := map[string]bool{}, map[string]int{}
	out := &Catalogue{}
	for i := range f.Activities {
		a := &f.Activities[i]
		if a.ID.Set() && ids[a.ID.V] {
			faults.Addf(a.ID.Pos, "id ”%s” används två gånger", "id “%s” is used twice", a.ID.V)
		}
		ids[a.ID.V] = true
		if inArea[a.Area.V]++; a.Area.Set() && inArea[a.Area.V] > MostInArea {
			faults.Add(a.Area.Pos, tooMany.sv, tooMany.en)
		}
		one := a.activity()
		places := a.places()
		for _, fault := range one.faults(set) {
			if at, ok := places[fault.field]; ok { // what is missing altogether has been told of
				faults.Add(at, fault.sv, fault.en)
			}
		}
		out.Activities = append(out.Activities, one)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

// places are where the fields of an activity that are there stand in the file.
func (a *fileActivity) places() map[string]yamlfile.Pos {
	out := map[string]yamlfile.Pos{}
	put := func(field string, set bool, at yamlfile.Pos) {
		if set {
			out[field] = at
		}
	}
	put("area", a.Area.Set(), a.Area.Pos)
	put("from", a.From.Set(), a.From.Pos)
	put("to", a.To.Set() && a.From.Set(), a.To.Pos)
	put("hours", a.Hours.Set(), a.Hours.Pos)
	put("seats", a.Seats.Set(), a.Seats.Pos)
	put("cost", a.Cost.Set(), a.Cost.Pos)
	for _, text := range []struct {
		field string
		fileText
	}{{"title", a.Title}, {"form", a.Form}, {"summary", a.Summary}, {"follow_up", a.FollowUp}} {
		put(text.field+"_sv", text.SV.Set(), text.SV.Pos)
		put(text.field+"_en", text.EN.Set(), text.EN.Pos)
	}
	for i, r := range a.Audience {
		put(fmt.Sprint("audience-", i), r.Set(), r.Pos)
	}
	return out
}

// fault is what is wrong with a field of an activity, wherever it was written.
type fault struct{ field, sv, en string }

var tooMany = fault{"area", fmt.Sprintf("området har fler än %d insatser", MostInArea), fmt.Sprintf("the area has more than %d activities", MostInArea)}

// What an activity may be at the most; far above any real one.
const (
	mostHours   = 1000
	mostSeats   = 10_000
	mostCost    = 10_000_000
	longestText = 2000
)

// faults tells what is wrong with an activity, the same for one in the file and
// one that is written on a page. set is as in Load.
func (a Activity) faults(set *survey.Set) (out []fault) {
	add := func(field, sv, en string, args ...any) {
		out = append(out, fault{field, fmt.Sprintf(sv, args...), fmt.Sprintf(en, args...)})
	}
	if set != nil {
		switch it, ok := set.Item(a.Area); {
		case !ok:
			add("area", "okänt kompetensområde ”%[1]s”: ingen fråga har det id:t", "unknown competence area “%[1]s”: no item has that id", a.Area)
		case !it.OwnCompetence():
			add("area", "”%[1]s” är inget kompetensområde: frågan har ingen krävd nivå (required)", "“%[1]s” is no competence area: the item has no required level", a.Area)
		}
	}
	for _, text := range []struct {
		field  string
		needed bool
		survey.Text
	}{{"title", true, a.Title}, {"form", false, a.Form}, {"summary", false, a.Summary}, {"follow_up", false, a.FollowUp}} {
		for _, one := range [][2]string{{"_sv", text.SV}, {"_en", text.EN}} {
			if one[1] == "" && (text.needed || text.SV+text.EN != "") {
				add(text.field+one[0], "texten saknas: skriv den på både svenska och engelska", "the text is missing: write it in both Swedish and English")
			}
			if len([]rune(one[1])) > longestText {
				add(text.field+one[0], "texten är för lång: högst %d tecken", "the text is too long: %d characters at most", longestText)
			}
		}
	}
	for _, level := range []struct {
		field string
		is    int
	}{{"from", a.From}, {"to", a.To}} {
		if level.is < 1 || level.is > survey.Levels {
			add(level.field, "nivå %d ska vara 1–5", "level %d must be 1–5", level.is)
		}
	}
	if a.To <= a.From {
		add("to", "nivån efter (%d) ska vara högre än nivån före (%d)", "the level after (%d) must be higher than the one before (%d)", a.To, a.From)
	}
	if !(a.Hours > 0 && a.Hours <= mostHours) {
		add("hours", "timmarna ska vara ett tal över 0 och högst %d", "the hours must be a number above 0 and %d at the most", mostHours)
	}
	if a.Seats < 1 || a.Seats > mostSeats {
		add("seats", "platserna ska vara ett helt tal från 1 till %d", "the seats must be a whole number from 1 to %d", mostSeats)
	}
	if !(a.Cost >= 0 && a.Cost <= mostCost) {
		add("cost", "kostnaden ska vara ett tal från 0 till %d kronor", "the cost must be a number from 0 to %d kronor", mostCost)
	}
	for i, r := range a.Audience {
		if !r.Known() {
			add(fmt.Sprint("audience-", i), "okänd roll ”%s” (en av %v)", "unknown role “%s” (one of %v)", r, org.Roles)
		}
	}
	return out
}

func (a *fileActivity) activity() Activity {
	out := Activity{ID: a.ID.V, Area: a.Area.V, From: a.From.V, To: a.To.V, Title: a.Title.text(), Form: a.Form.text(),
		Hours: a.Hours.V, Seats: a.Seats.V, Cost: a.Cost.V, Summary: a.Summary.text(), FollowUp: a.FollowUp.text()}
	for _, r := range a.Audience {
		out.Audience = append(out.Audience, org.Role(r.V))
	}
	return out
}
