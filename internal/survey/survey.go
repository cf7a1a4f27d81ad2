// Package survey holds what is asked: questionnaires (areas) with themes and
// items, and the answers an item takes.
package survey

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/mognad/mognad/internal/org"
)

// Text is one text in the languages of the product.
type Text struct {
	SV string `yaml:"sv" json:"sv"`
	EN string `yaml:"en" json:"en"`
}

// In returns the text in lang: "en", else Swedish.
func (t Text) In(lang string) string {
	if lang == "en" && t.EN != "" {
		return t.EN
	}
	return t.SV
}

// Kind tells what an item is about (docs/method.md, Answers).
type Kind string

// The kinds: a rating enters themes, areas and total; a fact is about the
// kommun as a whole and enters the audit verdict only.
const (
	Rating Kind = "skattning"
	Fact   Kind = "fakta"
)

// DontKnowRule is what "vet ej" means for an item's figures.
type DontKnowRule string

// The rules: missing and informative count as no answer, level1 as level 1,
// not offered cannot be chosen.
const (
	Missing     DontKnowRule = "missing"
	Informative DontKnowRule = "informative"
	Level1      DontKnowRule = "level1"
	NotOffered  DontKnowRule = "not_offered"
)

// Levels is the number of levels of every item.
const Levels = 5

// Item is one question with its five levels.
type Item struct {
	ID       string           `json:"id"`
	Area     string           `json:"area"`  // the questionnaire's id
	Theme    string           `json:"theme"` // the theme's id within the area
	Kind     Kind             `json:"kind"`
	Roles    []org.Role       `json:"roles,omitempty"` // none: every manager
	Name     Text             `json:"name,omitzero"`   // of a competence area, short
	Text     Text             `json:"text"`
	Help     Text             `json:"help"`
	Levels   [Levels]Text     `json:"levels"` // Levels[0] is level 1
	Weight   float64          `json:"weight"`
	Target   float64          `json:"target"` // level 1–5
	Required map[org.Role]int `json:"required,omitempty"`
	Released bool             `json:"released,omitempty"` // a competence area of which nothing is required in this round
	DontKnow DontKnowRule     `json:"dont_know"`
	NA       bool             `json:"na"`
	Audit    []string         `json:"audit,omitempty"`
	Evidence Text             `json:"evidence"`
	Source   Text             `json:"source"`

	Index int `json:"-"` // place in Set.Items
}

// ThemeID returns the theme's id in the whole set: "area.theme".
func (it *Item) ThemeID() string { return it.Area + "." + it.Theme }

// AskedTo reports whether a person with roles is asked the item.
func (it *Item) AskedTo(roles []org.Role) bool {
	if len(it.Roles) == 0 {
		return slices.ContainsFunc(roles, org.Role.Manager)
	}
	return slices.ContainsFunc(roles, func(r org.Role) bool { return slices.Contains(it.Roles, r) })
}

// RequiredOf returns the highest level that any of roles requires, 0 for none
// (docs/method.md, Competence gap).
func (it *Item) RequiredOf(roles []org.Role) int {
	most := 0
	for _, r := range roles {
		most = max(most, it.Required[r])
	}
	return most
}

// OwnCompetence reports whether the item is about the manager's own competence.
func (it *Item) OwnCompetence() bool { return it.Released || len(it.Required) > 0 }

// Takes reports whether a is one of the answers that the item offers.
func (it *Item) Takes(a Answer) bool {
	switch a {
	case None:
		return true
	case DontKnow:
		return it.DontKnow != NotOffered
	case NotApplicable:
		return it.NA
	}
	return a.Level() > 0
}

// Theme is a group of items within a questionnaire: one page to answer, one
// axis of the radar.
type Theme struct {
	ID    string  `json:"id"`
	Title Text    `json:"title"`
	Items []*Item `json:"-"`
}

// Questionnaire is one area: ledning, styrning, organisation, kompetens.
type Questionnaire struct {
	ID      string   `json:"id"`
	Version string   `json:"version"`
	Title   Text     `json:"title"`
	Purpose Text     `json:"purpose"`
	Themes  []*Theme `json:"themes"`
	Items   []*Item  `json:"items"`
}

// Set is the questionnaires that are asked together.
type Set struct {
	Questionnaires []*Questionnaire `json:"questionnaires"`
	Items          []*Item          `json:"-"` // all, in order; Item.Index is the place here

	byID map[string]*Item
}

// NewSet ties questionnaires together: it orders each one's items by theme and
// numbers them all. It trusts its input (see Load for the checks).
func NewSet(qs []*Questionnaire) *Set {
	s := &Set{Questionnaires: qs, byID: map[string]*Item{}}
	for _, q := range qs {
		for _, th := range q.Themes {
			th.Items = nil
			for _, it := range q.Items {
				if it.Theme == th.ID {
					it.Area, it.Index = q.ID, len(s.Items)
					th.Items = append(th.Items, it)
					s.Items = append(s.Items, it)
					s.byID[it.ID] = it
				}
			}
		}
	}
	return s
}

// Item returns the item with id.
func (s *Set) Item(id string) (*Item, bool) { it, ok := s.byID[id]; return it, ok }

// Frozen returns the set as JSON with its content hash: what a round keeps of
// its questionnaires from the day it opens.
func (s *Set) Frozen() (hash string, content []byte, err error) {
	content, err = json.Marshal(s)
	if err != nil {
		return "", nil, err
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]), content, nil
}

// Thaw reads a set back from Frozen's content.
func Thaw(content []byte) (*Set, error) {
	var s Set
	if err := json.Unmarshal(content, &s); err != nil {
		return nil, err
	}
	return NewSet(s.Questionnaires), nil
}
