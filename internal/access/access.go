// Package access decides who may see and do what. There is one decision,
// Identity.May: a role grants actions, for a unit and everything below it, and
// what no grant allows is denied.
package access

import (
	"slices"
	"time"

	"github.com/mognad/mognad/internal/org"
)

// Role is what somebody does in mognad (beside answering, which needs a
// personal link and no role).
type Role string

// The roles.
const (
	Chef          Role = "chef"          // reads own unit and below
	HR            Role = "hr"            // reads results, plans training
	Ledning       Role = "ledning"       // reads and compares
	Revisor       Role = "revisor"       // reads all, reviews facts
	Samordnare    Role = "samordnare"    // runs the round
	Administrator Role = "administrator" // accounts and settings, no results
)

// Roles lists every role.
var Roles = []Role{Chef, HR, Ledning, Revisor, Samordnare, Administrator}

// Action is something that a page or command lets somebody do with a unit.
type Action string

// The actions.
const (
	ReadResults    Action = "read_results"    // a published round's documents
	ReadAudit      Action = "read_audit"      // the audit verdict of the whole organisation
	FollowRound    Action = "follow_round"    // numbers of invited and submitted
	ReadNames      Action = "read_names"      // who has not answered, and whose letters failed
	ManageRound    Action = "manage_round"    // create, open, close, reopen, publish; letters
	ManagePeople   Action = "manage_people"   // units and people; what is stored of a person
	ManageAccounts Action = "manage_accounts" // who may sign in, and as what
	ManageTexts    Action = "manage_texts"    // notices, contact, how long things are kept
	ReadLog        Action = "read_log"

	ReadComments     Action = "read_comments"     // published free text, by theme
	ModerateComments Action = "moderate_comments" // read all free text, and decide what is published
	ReadAnswers      Action = "read_answers"      // answers by name, of open rounds alone
	PlanTraining     Action = "plan_training"     // training plans, required levels, the catalogue
	ReadActions      Action = "read_actions"      // actions, and the recommendations they come from
	ManageActions    Action = "manage_actions"    // take up, change and end actions
	ReadRegisters    Action = "read_registers"    // steering documents, e-services, roles, goals, training held, minutes
	ManageRegisters  Action = "manage_registers"
	ReviewFacts      Action = "review_facts"   // set the level of a fact after seeing its evidence
	GiveOpenData     Action = "give_open_data" // let everybody have a published round's figures
)

// Actions lists every action.
var Actions = []Action{ReadResults, ReadAudit, FollowRound, ReadNames, ManageRound, ManagePeople, ManageAccounts, ManageTexts, ReadLog,
	ReadComments, ModerateComments, ReadAnswers, PlanTraining, ReadActions, ManageActions, ReadRegisters, ManageRegisters, ReviewFacts, GiveOpenData}

var allows = map[Role][]Action{
	Chef:    {ReadResults, ReadActions, ManageActions},
	HR:      {ReadResults, ReadAudit, FollowRound, ReadComments, ReadAnswers, PlanTraining, ReadActions, ManageActions, ReadRegisters},
	Ledning: {ReadResults, ReadAudit, FollowRound, ReadComments, ReadAnswers, ReadActions, ManageActions, ReadRegisters},
	Revisor: {ReadResults, ReadAudit, FollowRound, ReadLog, ReadComments, ReadActions, ReadRegisters, ReviewFacts},
	Samordnare: {ReadResults, ReadAudit, FollowRound, ReadNames, ManageRound, ManagePeople, ManageTexts, ReadLog,
		ReadComments, ModerateComments, ReadAnswers, PlanTraining, ReadActions, ManageActions, ReadRegisters, ManageRegisters, ReviewFacts, GiveOpenData},
	Administrator: {FollowRound, ReadNames, ManageRound, ManagePeople, ManageAccounts, ManageTexts, ReadLog},
}

// Grant gives a role for Unit and everything below it.
type Grant struct {
	Role Role   `json:"role"`
	Unit string `json:"unit"`
}

// Account is somebody who can sign in.
type Account struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Email  string  `json:"email"`
	Grants []Grant `json:"grants"`
	// Groups are those that the organisation's own sign-in told of last, at
	// GroupsAt, of the ones that give a role.
	Groups   []string  `json:"groups,omitempty"`
	GroupsAt time.Time `json:"groups_at,omitzero"`
	// Link is the hash of the token of a sign-in link that works again and again,
	// until LinkUntil; nil for none. Links that work once are cards.
	Link      []byte    `json:"-"`
	LinkUntil time.Time `json:"-"`
	LinkAgain bool      `json:"-"`
}

// Session is a signed-in browser: of an account, or of a respondent with a
// personal link. Only the hash of the cookie's value is stored.
type Session struct {
	Hash          []byte
	Account       string // account id, or "" for a respondent
	Round, Person string
	Until         time.Time // when it has run out, unless it is used before
	Ends          time.Time // when it has run out however much it is used
}

// Identity is who makes a request. The zero Identity may do nothing.
type Identity struct {
	Account string
	Name    string
	Email   string
	Grants  []Grant   // given by hand, and by groups
	Since   time.Time // when the browser was signed in
}

// May reports whether the identity may do action with unit, as the tree stands
// in the round it concerns. It is the only place where that is decided.
func (id Identity) May(action Action, unit string, tree *org.Tree) bool {
	if tree == nil {
		return false
	}
	return slices.ContainsFunc(id.Grants, func(g Grant) bool {
		return slices.Contains(allows[g.Role], action) && tree.Within(unit, g.Unit)
	})
}

// Has reports whether the identity may do action with any unit at all: whether
// a page is worth a link. What the page shows is decided by May.
func (id Identity) Has(action Action) bool {
	return slices.ContainsFunc(id.Grants, func(g Grant) bool { return slices.Contains(allows[g.Role], action) })
}

// Top returns the highest units in the tree with which the identity may do
// action, parents before children; none when it may nowhere.
func (id Identity) Top(action Action, tree *org.Tree) []org.Unit {
	var at []int // places in the tree, of the units that grants name
	for _, g := range id.Grants {
		if !slices.Contains(allows[g.Role], action) {
			continue
		}
		if i, ok := tree.Index(g.Unit); ok {
			at = append(at, i)
		} else if tree.Within(tree.Root().ID, g.Unit) { // it lies above
			at = append(at, 0)
		}
	}
	slices.Sort(at)
	var out []org.Unit
	for _, i := range at {
		if u := tree.Units()[i]; !slices.ContainsFunc(out, func(o org.Unit) bool { return tree.Within(u.ID, o.ID) }) {
			out = append(out, u)
		}
	}
	return out
}
