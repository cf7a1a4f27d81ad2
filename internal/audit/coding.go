package audit

import (
	"io/fs"

	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/yamlfile"
)

// Basis is what a level rests on.
type Basis string

// The bases: a rating's mean; a fact's level set by a reviewer who has seen
// what it rests on; a fact's level as those asked gave it.
const (
	Answers  Basis = "svar"
	Verified Basis = "styrkt"
	Stated   Basis = "uppgiven"
)

// Evidence is one document named for a fact. Days are written 2006-01-02, ""
// where they are not known.
type Evidence struct {
	Name      string `json:"name"`
	Adopted   string `json:"adopted,omitempty"`
	Reviewed  string `json:"reviewed,omitempty"` // the last time
	AdoptedBy string `json:"adopted_by,omitempty"`
	Paragraph string `json:"paragraph,omitempty"`
	ReviewBy  string `json:"review_by,omitempty"` // the next time
	Status    string `json:"status"`              // StatusDecided, or anything else
}

// StatusDecided is the one status by which a document counts.
const StatusDecided = "beslutat"

// Coded is what is known of one item. Level is 1–5, 0 for none. Of a rating,
// Response is the share 0–1 of those asked who answered and N how many
// answered; N of a fact is for showing only.
type Coded struct {
	Level    float64
	Basis    Basis
	Response float64
	N        int
	Evidence []Evidence
	Passage  string // of the report that the coding was made from, "" where there is none
}

// Coding is the observations of one assessment. AsOf is its day, 2006-01-02;
// MinN is k, the fewest answers that give a rating a level, and 0 where N is
// not known.
type Coding struct {
	AsOf  string
	MinN  int
	Items map[string]Coded
}

type fileCoding struct {
	yamlfile.Pos
	AsOf     yamlfile.Val[yamlfile.Day] `yaml:"as_of,required"`
	Coded    []fileCoded                `yaml:"coded,required"`
	Expected yamlfile.Ignored           `yaml:"expected"`
	Passage  yamlfile.Ignored           `yaml:"passage"`
}

type fileCoded struct {
	Item     yamlfile.Val[string]  `yaml:"item,required"`
	Level    yamlfile.Val[float64] `yaml:"level"`
	Basis    yamlfile.Val[string]  `yaml:"basis,required"`
	Response yamlfile.Val[float64] `yaml:"response"`
	Evidence []fileEvidence        `yaml:"evidence"`
	Passage  yamlfile.Val[string]  `yaml:"passage"`
	Expected yamlfile.Ignored      `yaml:"expected"`
}

type fileEvidence struct {
	Name      yamlfile.Val[string]       `yaml:"name,required"`
	Adopted   yamlfile.Val[yamlfile.Day] `yaml:"adopted"`
	Reviewed  yamlfile.Val[yamlfile.Day] `yaml:"reviewed"`
	AdoptedBy yamlfile.Val[string]       `yaml:"adopted_by"`
	Paragraph yamlfile.Val[string]       `yaml:"paragraph"`
	ReviewBy  yamlfile.Val[yamlfile.Day] `yaml:"review_by"`
	Status    yamlfile.Val[string]       `yaml:"status"`
}

// LoadCoding reads a coding from the file name of fsys and checks it against
// set. An item that is not coded, or coded without level, has no level; a
// response that is not given is 1. Which rule an item falls under is decided
// by its kind, not by the basis that is written. The error is yamlfile.Faults.
func LoadCoding(fsys fs.FS, name string, set *survey.Set) (*Coding, error) {
	var f fileCoding
	c := checker{Faults: yamlfile.ReadFile(fsys, name, &f), set: set}
	out := &Coding{AsOf: string(f.AsOf.V), Items: map[string]Coded{}}
	for _, fc := range f.Coded {
		c.item(fc.Item)
		if _, twice := out.Items[fc.Item.V]; twice && fc.Item.Set() {
			c.Addf(fc.Item.Pos, "”%s” är kodad två gånger", "“%s” is coded twice", fc.Item.V)
		}
		c.within(fc.Level, "level", 1, survey.Levels)
		c.within(fc.Response, "response", 0, 1)
		switch b := fc.Basis; Basis(b.V) {
		case Answers, Verified, Stated:
		default:
			if b.Set() {
				c.Addf(b.Pos, "okänd basis ”%s” (%s, %s eller %s)", "unknown basis “%s” (%s, %s or %s)", b.V, Verified, Stated, Answers)
			}
		}
		coded := Coded{Level: fc.Level.V, Basis: Basis(fc.Basis.V), Response: fc.Response.Or(1), Passage: fc.Passage.V}
		for _, e := range fc.Evidence {
			coded.Evidence = append(coded.Evidence, Evidence{Name: e.Name.V, Adopted: string(e.Adopted.V), Reviewed: string(e.Reviewed.V),
				AdoptedBy: e.AdoptedBy.V, Paragraph: e.Paragraph.V, ReviewBy: string(e.ReviewBy.V), Status: e.Status.V})
		}
		out.Items[fc.Item.V] = coded
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	return out, nil
}
