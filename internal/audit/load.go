package audit

import (
	"io/fs"
	"slices"

	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/yamlfile"
)

type fileText struct {
	SV yamlfile.Val[string] `yaml:"sv,required"`
	EN yamlfile.Val[string] `yaml:"en,required"`
}

func (t fileText) text() survey.Text { return survey.Text{SV: t.SV.V, EN: t.EN.V} }

type fileRule struct {
	yamlfile.Pos
	Version    yamlfile.Val[string] `yaml:"version"`
	Source     fileText             `yaml:"source"`
	Thresholds fileThresholds       `yaml:"thresholds,required"`
	Overall    []fileRow            `yaml:"overall,required"`
	Questions  []fileQuestion       `yaml:"questions,required"`
}

type fileThresholds struct {
	Met           yamlfile.Val[float64] `yaml:"met,required"`
	Partly        yamlfile.Val[float64] `yaml:"partly,required"`
	Core          yamlfile.Val[float64] `yaml:"core,required"`
	Unverified    yamlfile.Val[float64] `yaml:"unverified,required"`
	Coverage      yamlfile.Val[float64] `yaml:"coverage,required"`
	Response      yamlfile.Val[float64] `yaml:"response,required"`
	EvidenceYears yamlfile.Val[int]     `yaml:"evidence_years,required"`
}

type fileRow struct {
	yamlfile.Pos
	Verdict yamlfile.Val[string]  `yaml:"verdict,required"`
	Share   yamlfile.Val[float64] `yaml:"share,required"`
	Without yamlfile.Val[string]  `yaml:"without"`
}

type fileQuestion struct {
	yamlfile.Pos
	ID           yamlfile.Val[string] `yaml:"id,required"`
	Text         fileText             `yaml:"text,required"`
	Requirements []fileRequirement    `yaml:"requirements,required"`
	Knockouts    []fileKnockout       `yaml:"knockouts"`
}

type fileRequirement struct {
	Item   yamlfile.Val[string]  `yaml:"item,required"`
	Weight yamlfile.Val[float64] `yaml:"weight"`
	Core   yamlfile.Val[bool]    `yaml:"core"`
}

type fileKnockout struct {
	Item   yamlfile.Val[string]  `yaml:"item,required"`
	Below  yamlfile.Val[float64] `yaml:"below,required"`
	AtMost yamlfile.Val[string]  `yaml:"at_most,required"`
}

// Load reads audit.yaml of fsys and checks it against set, whose items it
// names; a nil set (questionnaires that could not be read) leaves out that
// part of the check. The error is yamlfile.Faults with every fault found.
func Load(fsys fs.FS, set *survey.Set) (*Rule, error) {
	var f fileRule
	c := checker{Faults: yamlfile.ReadFile(fsys, survey.AuditFile, &f), set: set}
	if f.Set() {
		c.rule(&f)
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	return f.rule(set), nil
}

type checker struct {
	yamlfile.Faults
	set *survey.Set
}

func (c *checker) rule(f *fileRule) {
	t := &f.Thresholds
	c.within(t.Met, "met", 0, 100)
	c.within(t.Partly, "partly", 0, 100)
	if t.Met.Set() && t.Partly.Set() && t.Partly.V >= t.Met.V {
		c.Addf(t.Partly.Pos, "partly (%v) ska vara lägre än met (%v)", "partly (%v) must be lower than met (%v)", t.Partly.V, t.Met.V)
	}
	c.within(t.Core, "core", 1, survey.Levels)
	c.within(t.Unverified, "unverified", 1, survey.Levels)
	c.within(t.Coverage, "coverage", 0, 1)
	c.within(t.Response, "response", 0, 1)
	if y := t.EvidenceYears; y.Set() && (y.V < 1 || y.V > 100) {
		c.Addf(y.Pos, "evidence_years (%d) ska vara 1–100", "evidence_years (%d) must be 1–100", y.V)
	}
	c.overall(f.Overall)
	ids := map[string]bool{}
	for i := range f.Questions {
		q := &f.Questions[i]
		if q.ID.Set() && ids[q.ID.V] {
			c.Addf(q.ID.Pos, "id ”%s” används två gånger", "id “%s” is used twice", q.ID.V)
		}
		ids[q.ID.V] = true
		c.question(q)
	}
}

func (c *checker) within(v yamlfile.Val[float64], name string, low, high float64) {
	if v.Set() && (v.V < low || v.V > high) {
		c.Addf(v.Pos, "%s (%v) ska vara %v–%v", "%s (%v) must be %v–%v", name, v.V, low, high)
	}
}

// overall checks that the rows go down and that the last one takes the rest.
func (c *checker) overall(rows []fileRow) {
	seen := map[string]bool{}
	for i, row := range rows {
		if v := row.Verdict; v.Set() && !slices.Contains(wholes, Whole(v.V)) {
			c.Addf(v.Pos, "okänt omdöme ”%s” (en av %v)", "unknown verdict “%s” (one of %v)", v.V, wholes)
		} else if v.Set() && seen[v.V] {
			c.Addf(v.Pos, "omdömet ”%s” står två gånger", "the verdict “%s” stands twice", v.V)
		}
		seen[row.Verdict.V] = true
		c.within(row.Share, "share", 0, 1)
		if i > 0 && row.Share.Set() && rows[i-1].Share.Set() && row.Share.V >= rows[i-1].Share.V {
			c.Addf(row.Share.Pos, "share (%v) ska vara lägre än raden ovanför (%v)", "share (%v) must be lower than that of the row above (%v)", row.Share.V, rows[i-1].Share.V)
		}
		if w := row.Without; w.Set() && !Outcome(w.V).known() {
			c.outcome(w)
		}
		if i == len(rows)-1 && (row.Share.V != 0 || row.Without.Set()) {
			c.Add(row.Pos, "sista raden ska ha share 0 och inget without, så att alltid någon rad gäller", "the last row must have share 0 and no without, so that some row always holds")
		}
	}
}

func (c *checker) outcome(v yamlfile.Val[string]) {
	c.Addf(v.Pos, "okänt omdöme ”%s” (%s, %s eller %s)", "unknown verdict “%s” (%s, %s or %s)", v.V, Met, PartlyMet, NotMet)
}

// maxRequirements keeps the search for the smallest change within bounds; no
// question of an audit rests on so many.
const maxRequirements = 30

func (c *checker) question(q *fileQuestion) {
	if len(q.Requirements) > maxRequirements {
		c.Addf(q.Pos, "högst %d krav i en fråga", "at most %d requirements in a question", maxRequirements)
	}
	seen := map[string]bool{}
	for _, r := range q.Requirements {
		c.item(r.Item)
		if r.Item.Set() && seen[r.Item.V] {
			c.Addf(r.Item.Pos, "”%s” står två gånger bland kraven", "“%s” stands twice among the requirements", r.Item.V)
		}
		seen[r.Item.V] = true
		if w := r.Weight; w.Set() && w.V <= 0 {
			c.Addf(w.Pos, "vikten %v ska vara större än 0", "the weight %v must be greater than 0", w.V)
		}
	}
	for _, k := range q.Knockouts {
		c.item(k.Item)
		c.within(k.Below, "below", 1, survey.Levels)
		switch m := k.AtMost; {
		case m.Set() && !Outcome(m.V).known():
			c.outcome(m)
		case m.Set() && Outcome(m.V) == Met:
			c.Addf(m.Pos, "at_most %s sänker inget: skriv %s eller %s", "at_most %s lowers nothing: write %s or %s", m.V, PartlyMet, NotMet)
		}
	}
}

func (c *checker) item(id yamlfile.Val[string]) {
	if c.set == nil || !id.Set() {
		return
	}
	if _, ok := c.set.Item(id.V); !ok {
		c.Addf(id.Pos, "okänd fråga ”%s”: den finns inte i något frågeformulär", "unknown item “%s”: no questionnaire has it", id.V)
	}
}

func (f *fileRule) rule(set *survey.Set) *Rule {
	t := f.Thresholds
	r := &Rule{
		Version: f.Version.V, Source: f.Source.text(),
		Thresholds: Thresholds{Met: t.Met.V, Partly: t.Partly.V, Core: t.Core.V, Unverified: t.Unverified.V,
			Coverage: t.Coverage.V, Response: t.Response.V, EvidenceYears: t.EvidenceYears.V},
	}
	for _, row := range f.Overall {
		r.Overall = append(r.Overall, OverallRow{Whole(row.Verdict.V), row.Share.V, Outcome(row.Without.V)})
	}
	for _, fq := range f.Questions {
		q := Question{ID: fq.ID.V, Text: fq.Text.text()}
		for _, fr := range fq.Requirements {
			text, fact := about(set, fr.Item.V)
			q.Requirements = append(q.Requirements, Requirement{fr.Item.V, text, fact, fr.Weight.Or(1), fr.Core.V})
		}
		for _, k := range fq.Knockouts {
			text, fact := about(set, k.Item.V)
			q.Knockouts = append(q.Knockouts, Knockout{k.Item.V, text, fact, k.Below.V, Outcome(k.AtMost.V)})
		}
		r.Questions = append(r.Questions, q)
	}
	return r
}

func about(set *survey.Set, id string) (text survey.Text, fact bool) {
	if set == nil {
		return text, false
	}
	it, ok := set.Item(id)
	if !ok {
		return text, false
	}
	return it.Text, it.Kind == survey.Fact
}
