package web

import (
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/format"
)

// talkPage is the sheet that a unit talks of its result from: one printed page.
type talkPage struct {
	Unit, Now, Then   string
	Answered, Invited int
	MinGroup          int
	Path, Rounds      []link
	Tops              []link // none: a sheet is of one unit
	Hidden            string // why nothing is shown, "" where it is
	Up                link   // the nearest unit above that is shown: its sheet
	Proud, Points     []talkPoint
	New               string   // address of the form of a new action, "" for one who may not take one up
	Missing           []string // what there is nothing to say of: parts of the texts' keys
}

// talkPoint is one thing to bring up.
type talkPoint struct {
	Concern   string // finding.Concern: part of the texts' keys
	Action    string // address of the form of an action for it, "" for one who may not take one up
	Text      string // the question that was answered, or the theme's or area's title
	Theme     string // that the question is of, "" for a theme or an area
	Own       bool   // it is about the managers' own competence
	Figure    figureView
	Low, High string // of the 95 % interval, "" where it is one figure
	Change    changeView
	Then      figureView
	Agreement string
	Now, Next *talkLevel // nil where it is no item
	NextLevel int
}

// talkLevel is a level of an item in its own words.
type talkLevel struct {
	Level int
	Word  string // key of the level's name
	Text  string
}

// talk shows what to talk about in a unit of a published round.
func (s *Server) talk(c *gin.Context) {
	p, ok := s.published(c, c.Query("omgang"))
	unit := c.Param("unit")
	if ok && s.unit(c, access.ReadResults, unit, p.tree) {
		s.frozen(c, p, "samtal", func() (any, error) { return s.talkPage(c, p, unit) })
	}
}

func (s *Server) talkPage(c *gin.Context, p published, unit string) (any, error) {
	d, err := s.rounds.Document(c, p.round, unit)
	if err != nil {
		return nil, err
	}
	page := talkPage{Unit: d.Unit.Name, Now: label(p.round), Then: p.then(d), Answered: d.Submitted, Invited: d.Invited,
		MinGroup: d.MinGroup, Path: p.path(d), Rounds: p.rounds(unit, inResult("samtal")), Hidden: string(d.Suppressed)}
	if d.Suppressed != analysis.Shown {
		page.Up, err = s.shownAbove(c, p, d, "samtal")
		return page, err
	}
	talk := finding.Unit{Doc: d, Names: p.views.names, Then: page.Then, Lang: p.views.lang}.Talk(p.views.set)
	for _, point := range talk.Proud {
		page.Proud = append(page.Proud, p.views.talkPoint(point))
	}
	page.New = newActionPath(p, unit)
	for _, point := range talk.Points {
		of := p.views.talkPoint(point)
		if of.Action = page.New; of.Action != "" && of.Now != nil {
			of.Action += "&item=" + url.QueryEscape(point.Figure.ID)
		}
		page.Points = append(page.Points, of)
	}
	for _, concern := range []finding.Concern{finding.Gap, finding.Disagree, finding.Fell} {
		if slices.ContainsFunc(talk.Points, func(p finding.Point) bool { return p.Concern == concern }) {
			continue
		}
		missing := string(concern)
		if concern == finding.Fell && d.Previous == nil {
			missing = "first"
		}
		page.Missing = append(page.Missing, missing)
	}
	return page, nil
}

func (v views) talkPoint(p finding.Point) talkPoint {
	f := p.Figure
	out := talkPoint{Concern: string(p.Concern), Text: v.names.Of(f.ID, v.lang), Figure: v.figure(f, true),
		Then: v.figure(p.Then, p.Then.N > 0), Change: v.change(p.Change, p.Change.ID != "", 1)}
	if low, high := v.number(f.CILow), v.number(f.CIHigh); low != high {
		out.Low, out.High = low, high
	}
	if p.Concern == finding.Disagree {
		out.Agreement = format.Decimal(p.Agreement, 2, v.lang)
	}
	if it, ok := v.set.Item(f.ID); ok && p.Step > 0 {
		out.Theme, out.Own = v.names.Of(it.ThemeID(), v.lang), it.OwnCompetence()
		words := ladderOf(out.Own).Words
		level := func(l int) *talkLevel { return &talkLevel{l, words[l-1], it.Levels[l-1].In(v.lang)} }
		out.Now, out.Next, out.NextLevel = level(p.Step), level(p.Step+1), p.Step+1
	}
	return out
}
