// Package round holds the yearly measurement (mätomgång): who is invited, what
// they have answered, and the life of the round from draft to published.
package round

import (
	"time"

	"github.com/mognad/mognad/internal/org"
)

// State is where a round is in its life: draft → open → closed → published.
// A closed round may be opened again; a published one is final, since what two
// versions of a result differ in would be one person's answer
// (docs/method.md, What may be shown).
type State string

// The states.
const (
	Draft     State = "draft"
	Open      State = "open"
	Closed    State = "closed"
	Published State = "published"
)

// Mode tells what becomes of the answers; it can't change once a round is open.
type Mode string

// The modes: in a confidential round no group under MinGroup is shown; in a
// named (öppen) one answers are shown by name to those whose role allows it.
const (
	Confidential Mode = "confidential"
	Named        Mode = "open"
)

// LeastGroup is the lowest MinGroup that a round may set (docs/method.md).
const LeastGroup = 5

// DayFormat is how a day is written: in a confidential round a response carries
// no time finer than this.
const DayFormat = "2006-01-02"

// TimeFormat is how a time of the day is written.
const TimeFormat = "15:04"

// Text is a sentence in both languages.
type Text struct{ SV, EN string }

// Round is one measurement of an organisation.
type Round struct {
	ID       string `json:"id"` // used in addresses: "2026"
	Name     string `json:"name"`
	State    State  `json:"state"`
	Mode     Mode   `json:"mode"`
	MinGroup int    `json:"min_group"`
	OpensOn  string `json:"opens_on"`      // day, first to answer
	ClosesOn string `json:"closes_on"`     // day, last to answer
	Top      string `json:"top,omitempty"` // the unit that is measured, with all below it; "" for the whole organisation

	// The Swedish time of those days, TimeFormat: "" for the first and the last
	// moment of the day. Scheduled tells that a draft opens by itself.
	OpensTime  string `json:"opens_time,omitempty"`
	ClosesTime string `json:"closes_time,omitempty"`
	Scheduled  bool   `json:"scheduled,omitempty"`
	Hindrance  *Text  `json:"hindrance,omitempty"` // why a scheduled opening failed

	Questionnaires []string           `json:"questionnaires,omitempty"` // ids of those asked; none for all
	Targets        map[string]float64 `json:"targets,omitempty"`        // theme id → level, where another than the questionnaire's own

	Previous string `json:"previous,omitempty"` // the earlier round whose own answers people are shown; set when it opens

	// Set when the round opens: content hashes of blobs, frozen from then on.
	Survey     string            `json:"survey,omitempty"`
	Units      string            `json:"units,omitempty"`
	Invited    int               `json:"invited,omitempty"`    // people who count (docs/method.md, Answers)
	Above      []string          `json:"above,omitempty"`      // ids of the units above Top
	Successors map[string]string `json:"successors,omitempty"` // unit of the round before → the one that followed it
	Forgotten  bool              `json:"forgotten,omitempty"`  // who was invited and what they answered is gone; the documents are there

	// Analysis is the generation of documents computed at closing; "" while
	// open, and while closed until the analysis is whole.
	Analysis string `json:"analysis,omitempty"`
	// Comments names the batch of comments that closing kept; "" for none.
	// Moderating tells that somebody has begun to read them: from then on the round
	// can't be opened again.
	Comments   string `json:"comments,omitempty"`
	Moderating bool   `json:"moderating,omitempty"`

	OpenedAt    time.Time `json:"opened_at,omitzero"`
	ClosedAt    time.Time `json:"closed_at,omitzero"`
	PublishedAt time.Time `json:"published_at,omitzero"`

	Version int64 `json:"version"` // one more at every change; for compare-and-swap
}

// Status is how far a person has come. That somebody has answered is known;
// what, is not.
type Status string

// The statuses.
const (
	Invited   Status = "invited"
	Started   Status = "started"
	Submitted Status = "submitted"
)

// Invitation is one person of a round's frozen population.
type Invitation struct {
	Round  string     `json:"round"`
	Person string     `json:"person"`
	Name   string     `json:"name"`
	Email  string     `json:"email"`
	Unit   string     `json:"unit"`
	Roles  []org.Role `json:"roles"`
	Counts bool       `json:"counts"` // asked at least one rating item
	Link   []byte     `json:"-"`      // hash of the personal link's token
	Issue  int        `json:"issue"`  // which link: one more when it is replaced
	Status Status     `json:"status"`
	Left   bool       `json:"left,omitempty"` // has left the organisation: gets no letters and can't answer
}

// Response is what one respondent has answered, as the store keeps it: sealed,
// under an HMAC of the person. What was answered is Record with Items laid over.
type Response struct {
	Round      string
	Respondent string
	Version    int64 // one more at every acknowledged change
	Submitted  bool
	Day        string            // of the last change, DayFormat
	Record     []byte            // sealed at submission; nil before
	Items      map[string][]byte // parts of items, sealed one by one, since Record
}

// Size returns how many bytes are sealed in the response.
func (r Response) Size() int {
	n := len(r.Record)
	for _, sealed := range r.Items {
		n += len(sealed)
	}
	return n
}

// SaveItems is a change of some items of one response. Person is only used to
// mark the invitation as started; it is never stored with the response.
type SaveItems struct {
	Round, Respondent, Person string
	Day                       string
	Items                     map[string][]byte
}

// Submission replaces all items of one response by one record.
type Submission struct {
	Round, Respondent, Person string
	Day                       string
	Version                   int64 // of the response that Record was made from
	Record                    []byte
}

// UnitCount is how many people placed directly in a unit have come how far,
// counting those with Invitation.Counts.
type UnitCount struct {
	Unit                        string
	Invited, Started, Submitted int // Started includes Submitted, Invited both
}
