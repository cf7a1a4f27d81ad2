package survey

import (
	"cmp"
	"io/fs"
	"slices"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/yamlfile"
)

// The files of a folder that are no questionnaire but lie beside them.
const (
	AuditFile           = "audit.yaml"
	TrainingFile        = "insatser.yaml"
	RecommendationsFile = "rekommendationer.yaml"
	RegisterFile        = "register.yaml"
)

var otherFiles = []string{AuditFile, TrainingFile, RecommendationsFile, RegisterFile}

// order is how the product's own areas follow on each other, in the form and
// round the radar: from where the kommun is going to what each manager can.
// File names carry no order; areas of others come after, alphabetically, so
// that the same folder always gives the same order.
var order = []string{"ledning", "styrning", "organisation", "kompetens"}

type fileText struct {
	yamlfile.Pos
	SV yamlfile.Val[string] `yaml:"sv,required"`
	EN yamlfile.Val[string] `yaml:"en,required"`
}

func (t fileText) text() Text { return Text{SV: t.SV.V, EN: t.EN.V} }

type fileTheme struct {
	yamlfile.Pos
	ID    yamlfile.Val[string] `yaml:"id,required"`
	Title fileText             `yaml:"title,required"`
}

type fileItem struct {
	yamlfile.Pos
	ID       yamlfile.Val[string]                          `yaml:"id,required"`
	Theme    yamlfile.Val[string]                          `yaml:"theme,required"`
	Kind     yamlfile.Val[string]                          `yaml:"kind"`
	Roles    yamlfile.Val[[]yamlfile.Val[string]]          `yaml:"roles"`
	Name     fileText                                      `yaml:"name"`
	Text     fileText                                      `yaml:"text,required"`
	Help     fileText                                      `yaml:"help"`
	Levels   yamlfile.Val[yamlfile.Map[fileText]]          `yaml:"levels,required"`
	Weight   yamlfile.Val[float64]                         `yaml:"weight"`
	Target   yamlfile.Val[float64]                         `yaml:"target"`
	Required yamlfile.Val[yamlfile.Map[yamlfile.Val[int]]] `yaml:"required"`
	DontKnow yamlfile.Val[string]                          `yaml:"dont_know"`
	NA       yamlfile.Val[bool]                            `yaml:"na"`
	Audit    []yamlfile.Val[string]                        `yaml:"audit"`
	Evidence fileText                                      `yaml:"evidence"`
	Source   fileText                                      `yaml:"source"`
}

type fileQuestionnaire struct {
	yamlfile.Pos
	ID      yamlfile.Val[string] `yaml:"id,required"`
	Version yamlfile.Val[string] `yaml:"version,required"`
	Title   fileText             `yaml:"title,required"`
	Purpose fileText             `yaml:"purpose"`
	Themes  []fileTheme          `yaml:"themes,required"`
	Items   []fileItem           `yaml:"items,required"`
}

// LoadDir reads every questionnaire (*.yaml) at the top of fsys and checks
// them together, with the audit tags against audit.yaml where there is one.
// The error is yamlfile.Faults with every fault found. The set beside faults
// holds what could be read, to check other files against and for nothing else;
// it is nil when a whole file could not be read. Files named in except are
// passed over: what else lies in the folder and the caller knows of.
func LoadDir(fsys fs.FS, except ...string) (*Set, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(n string) bool { return slices.Contains(otherFiles, n) || slices.Contains(except, n) })
	c := checker{items: map[string]yamlfile.Pos{}, areas: map[string]yamlfile.Pos{}}
	if len(names) == 0 {
		c.Add(yamlfile.Pos{File: ".", Line: 1, Column: 1}, "mappen har inget frågeformulär (*.yaml)", "the folder has no questionnaire (*.yaml)")
		return nil, c.Err()
	}
	c.questions = auditQuestions(fsys)
	qs, whole := []*Questionnaire(nil), true
	for _, name := range names {
		var f fileQuestionnaire
		c.Faults = append(c.Faults, yamlfile.ReadFile(fsys, name, &f)...)
		if !f.Set() {
			whole = false
			continue
		}
		c.questionnaire(&f)
		qs = append(qs, f.questionnaire())
	}
	slices.SortStableFunc(qs, func(a, b *Questionnaire) int {
		return cmp.Or(cmp.Compare(rank(a.ID), rank(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	if !whole {
		return nil, c.Err()
	}
	set := NewSet(qs)
	for _, q := range qs {
		for _, it := range q.Items {
			if _, ok := set.byID[it.ID]; !ok { // its theme is unknown: that is fault enough
				set.byID[it.ID] = it
			}
		}
	}
	return set, c.Err()
}

func rank(id string) int {
	if i := slices.Index(order, id); i >= 0 {
		return i
	}
	return len(order)
}

// auditQuestions returns the ids that an item's audit may name; nil, so that
// anything goes, where there is no audit.yaml. That file's own faults are for
// the audit package to tell.
func auditQuestions(fsys fs.FS) []string {
	if _, err := fs.Stat(fsys, AuditFile); err != nil {
		return nil
	}
	var f struct {
		Questions []struct {
			ID yamlfile.Val[string] `yaml:"id"`
		} `yaml:"questions"`
	}
	yamlfile.ReadFile(fsys, AuditFile, &f)
	ids := []string{}
	for _, q := range f.Questions {
		ids = append(ids, q.ID.V)
	}
	return ids
}

func (f *fileQuestionnaire) questionnaire() *Questionnaire {
	q := &Questionnaire{ID: f.ID.V, Version: f.Version.V, Title: f.Title.text(), Purpose: f.Purpose.text()}
	for _, th := range f.Themes {
		q.Themes = append(q.Themes, &Theme{ID: th.ID.V, Title: th.Title.text()})
	}
	for i := range f.Items {
		q.Items = append(q.Items, f.Items[i].item())
	}
	return q
}

// item fills in the defaults of what the file leaves out.
func (f *fileItem) item() *Item {
	it := &Item{
		ID: f.ID.V, Theme: f.Theme.V, Kind: Kind(f.Kind.Or(string(Rating))),
		Name: f.Name.text(), Text: f.Text.text(), Help: f.Help.text(), Evidence: f.Evidence.text(), Source: f.Source.text(),
		Weight: f.Weight.Or(1), Target: f.Target.Or(4), NA: f.NA.V,
		DontKnow: DontKnowRule(f.DontKnow.Or(string(Missing))),
	}
	for _, r := range f.Roles.V {
		it.Roles = append(it.Roles, org.Role(r.V))
	}
	for _, e := range f.Levels.V {
		if n := levelOf(e.Key.V); n > 0 {
			it.Levels[n-1] = e.Value.text()
		}
	}
	for _, e := range f.Required.V {
		if it.Required == nil {
			it.Required = map[org.Role]int{}
		}
		it.Required[org.Role(e.Key.V)] = e.Value.V
	}
	for _, a := range f.Audit {
		it.Audit = append(it.Audit, a.V)
	}
	return it
}

// levelOf reads a level's key, 0 when it is none.
func levelOf(key string) int {
	a, err := ParseAnswer(key)
	if err != nil {
		return 0
	}
	return a.Level()
}
