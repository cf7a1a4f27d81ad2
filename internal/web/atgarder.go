package web

import (
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/recommend"
	"github.com/mognad/mognad/internal/round"
)

// actionsPage is what a result asks for and what is done about it: the
// recommendations that a unit's figures trigger, and the actions in the unit and
// below.
type actionsPage struct {
	Unit, Now, Round string
	UnitID           string
	Rounds           []link
	Units            []orgUnit // to choose among
	Hidden           string    // why the unit shows no figures, "" where it does
	MinGroup         int
	Elsewhere        string // where recommendations by facts are: "whole", "audit", "" for here
	Whole            link   // the organisation's page, for those by facts
	First, Rest      []recommended
	New              string // address of the form, "" for one who may not
	Filters          []actionFilter
	Rows             []actionRow
	All, Open, Late  int
	Mail             bool // there is a mail server for reminders
}

// recommended is a recommendation with the figures that triggered it.
type recommended struct {
	recommend.Triggered
	Figures      []recommendFigure
	Hidden       []string // the items that are not shown
	Question     int      // number of the audit question that it helps to lift, 0 for none
	QuestionHref string   // of the question
	Outcome      string   // of that question, where it is short; "" else
	Mean, Limit  string
	Near         bool   // it is below by less than is shown
	Href         string // of the form that takes it up, "" for one who may not
	Taken        *link  // an action that has taken it up
}

type recommendFigure struct {
	Text, Level string
	N           int
	Below       bool
}

type actionFilter struct {
	link
	Key string // a status, "sen" or "" for all
	N   int
}

// actionRow is an action in the list.
type actionRow struct {
	action.Action
	UnitName, Href string
	Late           bool
}

// firstShown is how many recommendations stand unfolded.
const firstShown = 3

func (s *Server) actionList(c *gin.Context) {
	p, unit, ok := s.actionUnit(c)
	if !ok {
		return
	}
	seals, err := s.followUpSeals(c, p)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.frozen(c, p, "atgarder", func() (any, error) { return s.actionsPage(c, p, unit) }, s.today(), seals)
}

// followUpSeals tells one state of the actions, and of the reviews of published
// rounds, from any other.
func (s *Server) followUpSeals(c *gin.Context, p published) ([]string, error) {
	seals, err := s.seals(c, p, s.reviews.Seal)
	if err != nil {
		return nil, err
	}
	actions, err := s.actions.Seal(c)
	return append(seals, actions), err
}

// actionUnit finds the round and the unit that were asked for with ?omgang= and
// ?enhet=; false when it has answered.
func (s *Server) actionUnit(c *gin.Context) (p published, unit string, ok bool) {
	p, ok = s.published(c, c.Query("omgang"))
	if !ok {
		return p, "", false
	}
	if unit = c.Query("enhet"); unit == "" {
		if unit, _, ok = s.top(c, p); !ok {
			return p, "", false
		}
	}
	return p, unit, s.unit(c, access.ReadActions, unit, p.tree)
}

func (s *Server) actionsPage(c *gin.Context, p published, unit string) (*actionsPage, error) {
	all, err := s.actionsWithin(c, p, unit)
	if err != nil {
		return nil, err
	}
	u, _ := p.tree.Unit(unit)
	page := &actionsPage{Unit: u.Name, UnitID: unit, Now: label(p.round), Round: p.round.ID, Units: near(p, access.ReadActions, unit), Mail: s.config.Mail != nil}
	page.Rounds = p.rounds(unit, asking("/atgarder"))
	page.New = newActionPath(p, unit)
	page.list(all, c.Query("lage"), s.today())
	return page, s.recommendations(c, p, unit, page, all)
}

func (s *Server) today() string { return dayOf(s.now()) }

// newActionPath is the address of the form of a new action in a unit, "" for one
// who may not take one up there.
func newActionPath(p published, unit string) string {
	if !p.who.May(access.ManageActions, unit, p.tree) {
		return ""
	}
	return "/atgarder/ny?" + url.Values{"enhet": {unit}, "omgang": {p.round.ID}}.Encode()
}

func actionsPath(unit, round string) string {
	return asking("/atgarder")(unit, round)
}

// near lists the units around one of the round with which the reader may do an
// action: those above it, itself, and those directly below or, where there are
// none, beside it. However large the organisation is, a list is one that can be
// read.
func near(p published, action access.Action, unit string) (out []orgUnit) {
	path := p.tree.Path(unit)
	below := p.tree.Children(unit)
	if len(below) == 0 && len(path) > 1 {
		path = path[:len(path)-1]
		below = p.tree.Children(path[len(path)-1].ID)
	}
	add := func(u org.Unit, depth int) {
		if p.who.May(action, u.ID, p.tree) {
			out = append(out, orgUnit{Unit: u, Depth: depth})
		}
	}
	for depth, u := range path {
		add(u, depth)
	}
	for _, u := range below {
		add(u, len(path))
	}
	for i, least := 0, 0; i < len(out); i++ {
		if i == 0 {
			least = out[0].Depth
		}
		out[i].Depth -= least
	}
	return out
}

// placed is an action with the units by which it is judged.
type placedAction struct {
	action.Action
	tree *org.Tree
}

// actionTree returns the units that tell where an action belongs, and so who may
// see it, whatever round is looked at: those of the newest published round that has
// the action's unit; nil where the reader knows none.
func (s *Server) actionTree(c *gin.Context, p published, a action.Action) (*org.Tree, error) {
	for _, r := range p.all {
		if r.State != round.Published {
			continue
		}
		tree, err := s.rounds.Tree(c, r)
		if err != nil {
			return nil, err
		}
		if _, ok := tree.Unit(a.Unit); ok {
			return tree, nil
		}
	}
	return nil, nil
}

// actionsWithin returns the actions of a unit and below it that the reader may see.
func (s *Server) actionsWithin(c *gin.Context, p published, unit string) (out []placedAction, err error) {
	all, err := s.actions.All(c, func(action.Action) bool { return true })
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		tree, err := s.actionTree(c, p, a)
		if err != nil {
			return nil, err
		}
		if p.who.May(access.ReadActions, a.Unit, tree) && tree.Within(a.Unit, unit) {
			out = append(out, placedAction{a, tree})
		}
	}
	return out, nil
}

// list fills in the actions of a status, "sen" for those that are late, "" for all.
func (page *actionsPage) list(all []placedAction, chosen, today string) {
	counts := map[string]int{}
	for _, a := range all {
		unit, _ := a.tree.Unit(a.Unit)
		row := actionRow{a.Action, unit.Name, actionPath(a.ID), a.Late(today)}
		counts[""]++
		counts[string(a.Status)]++
		if row.Late {
			counts["sen"]++
		}
		if chosen == "" || chosen == string(a.Status) || chosen == "sen" && row.Late {
			page.Rows = append(page.Rows, row)
		}
	}
	page.All, page.Late = len(all), counts["sen"]
	page.Open = counts[string(action.Planned)] + counts[string(action.Underway)]
	for _, key := range []string{"", "sen", string(action.Underway), string(action.Planned), string(action.Done), string(action.Stopped)} {
		if counts[key] > 0 || key == chosen {
			q := url.Values{"enhet": {page.UnitID}, "omgang": {page.Round}}
			if key != "" {
				q.Set("lage", key)
			}
			page.Filters = append(page.Filters, actionFilter{link{Href: "/atgarder?" + q.Encode() + "#atgarder", Current: key == chosen}, key, counts[key]})
		}
	}
}

func actionPath(id string) string { return "/atgarder/" + url.PathEscape(id) }

// recommendations fills in what the unit's figures trigger.
func (s *Server) recommendations(c *gin.Context, p published, unit string, page *actionsPage, taken []placedAction) error {
	root := p.tree.Root()
	levels, err := s.itemLevels(c, p.who, p.round, p.tree, unit)
	if err != nil || levels.unit == nil {
		return err
	}
	page.MinGroup, page.Hidden = levels.unit.MinGroup, string(levels.unit.Suppressed)
	switch {
	case s.config.Audit == nil || !p.who.May(access.ReadAudit, root.ID, p.tree):
		page.Elsewhere = "audit"
	case unit != root.ID:
		page.Elsewhere, levels.verdict = "whole", nil
		page.Whole = link{Name: root.Name, Href: actionsPath(root.ID, p.round.ID)}
	}
	outcomes, short := map[string]string{}, []string{}
	for _, q := range levels.verdict.Short() {
		outcomes[q.ID], short = q.Outcome.In(p.views.lang), append(short, q.ID)
	}
	for i, t := range s.config.Recommendations.Trigger(levels.unit, countsAs(levels.verdict), short...) {
		r := p.views.recommended(t)
		if levels.verdict != nil {
			r.Question, r.Outcome = s.auditQuestion(t.Audit), outcomes[t.Audit]
			r.QuestionHref = "/revision?omgang=" + url.QueryEscape(p.round.ID) + "#" + url.PathEscape(t.Audit)
		}
		if page.New != "" {
			r.Href = page.New + "&rekommendation=" + url.QueryEscape(t.ID)
		}
		for _, a := range taken {
			if a.Unit == unit && a.Recommendation == t.ID && !a.Status.Over() {
				r.Taken = &link{Name: a.Title, Href: actionPath(a.ID)}
			}
		}
		if i < firstShown {
			page.First = append(page.First, r)
		} else {
			page.Rest = append(page.Rest, r)
		}
	}
	return nil
}

// auditQuestion is the number of an audit question, 0 for none.
func (s *Server) auditQuestion(id string) int {
	if s.config.Audit == nil {
		return 0
	}
	return 1 + slices.IndexFunc(s.config.Audit.Questions, func(q audit.Question) bool { return q.ID == id })
}

// recommended puts the figures of a recommendation into words.
func (v views) recommended(t recommend.Triggered) recommended {
	r := recommended{Triggered: t, Mean: v.level(t.Level, t.Facts), Limit: v.level(t.Below, t.Facts), Near: tenths(t.Level) >= tenths(t.Below)}
	for _, f := range t.Figures {
		r.Figures = append(r.Figures, recommendFigure{v.names.Of(f.Item, v.lang), v.level(f.Level, t.Facts), f.N, f.Below})
	}
	for _, item := range t.Hidden {
		r.Hidden = append(r.Hidden, v.names.Of(item, v.lang))
	}
	return r
}

// level writes a level: that of a fact without decimals where it has none.
func (v views) level(level float64, fact bool) string {
	if fact && level == float64(int(level)) {
		return format.Decimal(level, 0, v.lang)
	}
	return v.number(level)
}

// Headline tells which of the page's headlines is true.
func (page *actionsPage) Headline() string {
	switch {
	case page.All == 0 && page.Hidden == string(analysis.Shown) && page.Triggered() > 0:
		return "triggered"
	case page.Late > 0:
		return "late"
	case page.Open > 0:
		return "open"
	}
	return "none"
}

// Triggered is how many recommendations there are.
func (page *actionsPage) Triggered() int { return len(page.First) + len(page.Rest) }

// itemChoices returns the items that somebody can choose, by theme.
func (v views) itemChoices() (out []itemGroup) {
	for _, q := range v.set.Questionnaires {
		for _, th := range q.Themes {
			g := itemGroup{Name: finding.Capital(th.Title.In(v.lang))}
			for _, it := range th.Items {
				g.Items = append(g.Items, itemChoice{it.ID, it.Text.In(v.lang)})
			}
			out = append(out, g)
		}
	}
	return out
}
