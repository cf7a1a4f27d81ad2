// Package recommend holds the recommendations that figures trigger, as data that
// the kommun edits (rekommendationer.yaml), and finds those that the figures of a
// unit trigger. It works nothing out from answers: what it is given is what may be
// shown.
package recommend

import (
	"io/fs"
	"slices"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/yamlfile"
)

// Book is the recommendations, in the order of the file.
type Book struct {
	Version         string
	Recommendations []Recommendation
}

// Recommendation is triggered by its items, which are either all ratings or all
// facts: ratings by a mean below Below, facts by one that counts as less.
type Recommendation struct {
	ID        string
	Title     survey.Text
	Why       survey.Text
	FirstStep survey.Text // within 30 days
	Good      survey.Text // how progress is seen in the next round
	Items     []string
	Facts     bool
	Below     float64  // level 1–5
	Priority  int      // 1 is to be taken first
	Owner     org.Role // who it is suggested to
	Audit     string   // the audit question whose verdict it helps to lift, "" for none
	FromAudit bool     // an audit has recommended it
}

// Find returns the recommendation with an id.
func (b *Book) Find(id string) (Recommendation, bool) {
	if b == nil {
		return Recommendation{}, false
	}
	i := slices.IndexFunc(b.Recommendations, func(r Recommendation) bool { return r.ID == id })
	if i < 0 {
		return Recommendation{}, false
	}
	return b.Recommendations[i], true
}

type fileText struct {
	SV yamlfile.Val[string] `yaml:"sv,required"`
	EN yamlfile.Val[string] `yaml:"en,required"`
}

func (t fileText) text() survey.Text { return survey.Text{SV: t.SV.V, EN: t.EN.V} }

type fileBook struct {
	Version         yamlfile.Val[string] `yaml:"version"`
	Recommendations []fileRecommendation `yaml:"recommendations,required"`
}

type fileRecommendation struct {
	yamlfile.Pos
	ID        yamlfile.Val[string]   `yaml:"id,required"`
	Title     fileText               `yaml:"title,required"`
	Why       fileText               `yaml:"why,required"`
	Items     []yamlfile.Val[string] `yaml:"items,required"`
	Trigger   fileTrigger            `yaml:"trigger,required"`
	Priority  yamlfile.Val[int]      `yaml:"priority,required"`
	Owner     yamlfile.Val[string]   `yaml:"owner_role,required"`
	FirstStep fileText               `yaml:"first_step,required"`
	Good      fileText               `yaml:"good,required"`
	Audit     yamlfile.Val[string]   `yaml:"audit"`
	FromAudit yamlfile.Val[bool]     `yaml:"from_audit"`
}

type fileTrigger struct {
	yamlfile.Pos
	Below     yamlfile.Val[float64] `yaml:"below"`
	FactBelow yamlfile.Val[float64] `yaml:"fact_below"`
}

// MaxPriority is the priority of what can wait the longest.
const MaxPriority = 3

// Load reads rekommendationer.yaml of fsys and checks it against set, whose items
// it names; a nil set (questionnaires that could not be read) leaves out that part
// of the check. The error is yamlfile.Faults with every fault found.
func Load(fsys fs.FS, set *survey.Set) (*Book, error) {
	var f fileBook
	faults := yamlfile.ReadFile(fsys, survey.RecommendationsFile, &f)
	c := checker{Faults: faults, set: set}
	out := &Book{Version: f.Version.V}
	ids := map[string]bool{}
	for i := range f.Recommendations {
		r := &f.Recommendations[i]
		if r.ID.Set() && ids[r.ID.V] {
			c.Addf(r.ID.Pos, "id ”%s” används två gånger", "id “%s” is used twice", r.ID.V)
		}
		ids[r.ID.V] = true
		c.recommendation(r)
		out.Recommendations = append(out.Recommendations, r.recommendation())
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

type checker struct {
	yamlfile.Faults
	set *survey.Set
}

func (c *checker) recommendation(r *fileRecommendation) {
	t := &r.Trigger
	limit := t.limit()
	switch {
	case t.Below.Set() == t.FactBelow.Set() && t.Set():
		c.Add(t.Pos, "trigger ska ha antingen below eller fact_below", "trigger must have either below or fact_below")
	case limit.Set() && (limit.V <= 1 || limit.V > survey.Levels):
		c.Addf(limit.Pos, "gränsen %v ska vara över 1 och högst 5", "the limit %v must be above 1 and at most 5", limit.V)
	}
	if p := r.Priority; p.Set() && (p.V < 1 || p.V > MaxPriority) {
		c.Addf(p.Pos, "priority (%d) ska vara 1–%d", "priority (%d) must be 1–%d", p.V, MaxPriority)
	}
	if o := r.Owner; o.Set() && !org.Role(o.V).Known() {
		c.Addf(o.Pos, "okänd roll ”%s” (en av %v)", "unknown role “%s” (one of %v)", o.V, org.Roles)
	}
	c.items(r)
}

func (t *fileTrigger) limit() yamlfile.Val[float64] {
	if t.FactBelow.Set() {
		return t.FactBelow
	}
	return t.Below
}

// items checks that the items are there, of the kind that the trigger judges, and
// that one of them counts for the audit question that is named.
func (c *checker) items(r *fileRecommendation) {
	if len(r.Items) == 0 && r.Set() {
		c.Add(r.Pos, "items är tom: nämn minst en fråga", "items is empty: name at least one item")
	}
	seen, counts := map[string]bool{}, false
	for _, id := range r.Items {
		if id.Set() && seen[id.V] {
			c.Addf(id.Pos, "”%s” står två gånger", "“%s” stands twice", id.V)
		}
		seen[id.V] = true
		if c.set == nil || !id.Set() {
			continue
		}
		it, ok := c.set.Item(id.V)
		switch {
		case !ok:
			c.Addf(id.Pos, "okänd fråga ”%s”: den finns inte i något frågeformulär", "unknown item “%s”: no questionnaire has it", id.V)
			continue
		case r.Trigger.Below.Set() && it.Kind != survey.Rating:
			c.Addf(id.Pos, "”%s” är ett sakförhållande: skriv fact_below, och blanda inte med skattningar", "“%s” is a fact: write fact_below, and do not mix it with ratings", id.V)
		case r.Trigger.FactBelow.Set() && it.Kind != survey.Fact:
			c.Addf(id.Pos, "”%s” är en skattning: skriv below, och blanda inte med sakförhållanden", "“%s” is a rating: write below, and do not mix it with facts", id.V)
		}
		counts = counts || slices.Contains(it.Audit, r.Audit.V)
	}
	if c.set != nil && r.Audit.Set() && !counts && len(r.Items) > 0 {
		c.Addf(r.Audit.Pos, "ingen av frågorna räknas i revisionsfrågan ”%s”", "none of the items counts in the audit question “%s”", r.Audit.V)
	}
}

func (r *fileRecommendation) recommendation() Recommendation {
	out := Recommendation{ID: r.ID.V, Title: r.Title.text(), Why: r.Why.text(), FirstStep: r.FirstStep.text(), Good: r.Good.text(),
		Facts: r.Trigger.FactBelow.Set(), Below: r.Trigger.limit().V, Priority: r.Priority.V, Owner: org.Role(r.Owner.V), Audit: r.Audit.V, FromAudit: r.FromAudit.V}
	for _, id := range r.Items {
		out.Items = append(out.Items, id.V)
	}
	return out
}
