package web

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/chart"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/training"
)

// planView is a plan as it is shown, worked out now or saved.
type planView struct {
	Budget, Cost, Spare string // kronor
	Rows                []planRow
	People, Sessions    int
	Hours               string
	Steps, Missing      int // closed, and missing before
	Left                int
	PerThousand         string
	Areas               []planAreaView
	Open                []planAreaView // areas that still lack steps
	Out                 []planOut
	Radar               radarView
	radar               chart.Radar
	Charts              savedCharts
	Now                 string
	Bar                 []planPart
}

// planRow is an activity of the plan.
type planRow struct {
	Number                   int
	ID, Title, Area, Form    string
	From, To                 int
	Audience                 []org.Role // nil where it is for all that are counted
	HoursEach, Hours         string
	People, Sessions, Steps  int
	Cost, SoFar, PerThousand string
	HeldDay                  string // "" where it has not been held
	HeldPeople               int
	TypedDay, TypedPeople    string // in a form that was faulty
}

// planAreaView is a competence area before and after the plan.
type planAreaView struct {
	training.Area
	Name string
}

// All is how many areas the unit has, counted or not.
func (v planView) All() (n int) {
	n = len(v.Areas)
	for _, o := range v.Out {
		n += len(o.Names)
	}
	return n
}

// Reached is how many reach the requirement before the plan.
func (a planAreaView) Reached() int { return a.Rated - a.Below }

// ReachedAfter is how many do if everybody takes part and gets there.
func (a planAreaView) ReachedAfter() int { return a.Rated - a.BelowAfter }

// Within is how many steps money or priority leaves open.
func (a planAreaView) Within() int { return a.StepsAfter - a.Beyond }

// planOut are areas that no plan is worked out for, by reason.
type planOut struct {
	Reason training.Reason
	Names  []string
}

// planPart is an activity's part of the budget, in per cent.
type planPart struct {
	At, Width, Middle string
	Number, Shade     int
	Narrow, Thin      bool // too narrow for its number: on a phone, anywhere
}

// The parts of a budget that have no room for a number: on a phone, and anywhere.
const narrow, thin = .07, .02

// notAll returns the roles that an activity is for, nil where they are all those
// of managers, who are all that are counted.
func notAll(audience []org.Role) []org.Role {
	for _, r := range org.Roles {
		if r.Manager() && !slices.Contains(audience, r) {
			return audience
		}
	}
	return nil
}

// planView puts a plan into words and figures; page is its address.
func (s *Server) planView(c *gin.Context, v views, p training.Saved, now, page string) (*planView, error) {
	before, after := p.Missing()
	view := &planView{Budget: kronor(p.Wish.Budget, v.lang), Cost: kronor(p.Cost, v.lang), Spare: kronor(p.Wish.Budget-p.Cost, v.lang), People: p.People,
		Sessions: p.Sessions, Hours: hours(p.Hours, v.lang), Steps: p.Steps, Missing: before, Left: after, Now: now,
		PerThousand: perThousand(training.Effect{Cost: p.Cost, Steps: p.Steps}, v.lang)}
	spent := 0.0
	for i, e := range p.Effects {
		a := e.Activity
		row := planRow{Number: i + 1, ID: a.ID, Title: a.Title.In(v.lang), Area: v.names.Competence(a.Area, v.lang), Form: a.Form.In(v.lang), From: a.From, To: a.To,
			Audience: notAll(a.Audience), HoursEach: hours(a.Hours, v.lang), Hours: hours(e.Hours, v.lang), People: e.People, Sessions: e.Sessions, Steps: e.Steps,
			Cost: kronor(e.Cost, v.lang), SoFar: kronor(spent+e.Cost, v.lang), PerThousand: perThousand(e, v.lang)}
		if h, ok := p.Held[a.ID]; ok {
			row.HeldDay, row.HeldPeople = h.Day, h.People
		}
		view.Rows = append(view.Rows, row)
		if p.Wish.Budget > 0 {
			percent := func(x float64) string { return fmt.Sprintf("%.2f%%", 100*x/p.Wish.Budget) }
			view.Bar = append(view.Bar, planPart{percent(spent), percent(e.Cost), percent(spent + e.Cost/2), i + 1, i % 4, e.Cost < narrow*p.Wish.Budget, e.Cost < thin*p.Wish.Budget})
		}
		spent += e.Cost
	}
	for _, a := range p.Areas {
		area := planAreaView{a, v.names.Competence(a.Item, v.lang)}
		view.Areas = append(view.Areas, area)
		if a.StepsAfter > 0 {
			view.Open = append(view.Open, area)
		}
	}
	for _, reason := range []training.Reason{training.Hidden, training.Few, training.Alone} {
		out := planOut{Reason: reason}
		for _, o := range p.Out {
			if o.Reason == reason {
				out.Names = append(out.Names, v.names.Competence(o.Item, v.lang))
			}
		}
		if out.Names != nil {
			view.Out = append(view.Out, out)
		}
	}
	view.radar = s.planRadar(v, p.Areas, now)
	view.Charts = saved(page, s.planDiagrams(v.lang, view))
	var err error
	view.Radar, err = s.draw(c, view.radar, radarWidth, radarHeight)
	return view, err
}

// planDiagrams is the radar, where it can be drawn.
func (s *Server) planDiagrams(lang string, view *planView) []diagram {
	if view == nil || !view.radar.Drawable() {
		return nil
	}
	label := s.pages.say(lang, "plan.chart")
	return []diagram{{name: "fore-efter", label: label, title: label, legend: view.radar.Drawn(), draw: s.drawOption(view.radar, radarWidth, radarHeight)}}
}

// planRadar is the share who reach the requirement, before and after the plan.
func (s *Server) planRadar(v views, areas []training.Area, now string) chart.Radar {
	r := chart.Radar{Title: s.pages.say(v.lang, "plan.radar.label"), Percent: true, Lang: v.lang,
		Series: []chart.Series{{Name: s.pages.say(v.lang, "plan.after"), Kind: chart.ThisYear}, {Name: now, Kind: chart.LastYear}}}
	for i, a := range areas {
		name := v.names.Competence(a.Item, v.lang)
		r.Axes = append(r.Axes, chart.Axis{Label: name, Short: strconv.Itoa(i + 1), Group: themeOf(v.set, a.Item, v.lang)})
		for i, below := range []int{a.BelowAfter, a.Below} {
			share := math.Round(100 * float64(a.Rated-below) / float64(a.Rated))
			r.Series[i].Values = append(r.Series[i].Values, &share)
		}
	}
	return r
}

// kronor is an amount as people read it, in whole kronor.
func kronor(v float64, lang string) string {
	amount := format.Count(int(math.Round(v)), lang)
	if lang == "en" {
		return "SEK\u00a0" + amount
	}
	return amount + "\u00a0kr"
}

// hours is a number of hours, with a decimal where there is one.
func hours(v float64, lang string) string {
	if v == math.Trunc(v) {
		return format.Count(int(v), lang)
	}
	return format.Decimal(v, 1, lang)
}

// perThousand is how many steps 1,000 kronor close, "–" for what costs nothing.
func perThousand(e training.Effect, lang string) string {
	if v := e.PerThousand(); !math.IsInf(v, 1) {
		return format.Decimal(v, 1, lang)
	}
	return "–"
}
