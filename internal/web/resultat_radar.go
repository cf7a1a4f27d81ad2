package web

import (
	"encoding/json"
	"errors"
	"html/template"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/chart"
	"github.com/mognad/mognad/internal/finding"
)

// The sizes in units of a radar's own, large and one of several.
const (
	radarWidth, radarHeight = 660, 620
	smallWidth, smallHeight = 300, 300
)

// axes are the themes that d has a figure of, grouped by area; ids are theirs.
func (v views) axes(d *analysis.Document) (axes []chart.Axis, ids []string) {
	for _, q := range v.set.Questionnaires {
		for _, th := range q.Themes {
			if id := q.ID + "." + th.ID; exists(d.Figure(id)) {
				title := th.Title.In(v.lang)
				axes = append(axes, chart.Axis{Label: title, Short: short(title), Group: q.Title.In(v.lang)})
				ids = append(ids, id)
			}
		}
	}
	return axes, ids
}

// short is the word of a title that an axis is known by where there is room for
// one: of two words the second, which is the noun ("Ledningens engagemang"), else
// the first ("Mål och budget"), unless it is too long ("Förutsättningar att lära").
func short(title string) string {
	words := strings.Fields(title)
	word := words[0]
	if len(words) == 2 || utf8.RuneCountInString(word) > 12 {
		word = words[len(words)-1]
	}
	first, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(first)) + word[size:]
}

func exists(_ analysis.Figure, ok bool) bool { return ok }

// line is a series of the levels that are shown.
func line(name string, kind chart.Kind, ids []string, figure func(string) (analysis.Figure, bool), value func(analysis.Figure) float64) chart.Series {
	s := chart.Series{Name: name, Kind: kind, Values: make([]*float64, len(ids))}
	for i, id := range ids {
		if f, ok := figure(id); ok && f.Suppressed == analysis.Shown && f.N > 0 {
			x := value(f)
			s.Values[i] = &x
		}
	}
	return s
}

func mean(f analysis.Figure) float64   { return f.Mean }
func target(f analysis.Figure) float64 { return f.Target }

// drawn reports whether a series is in the chart beside the unit's own: the
// chart leaves out one that lacks a figure where the unit has one.
func drawn(s, own chart.Series) bool {
	for i, x := range own.Values {
		if x != nil && s.Values[i] == nil {
			return false
		}
	}
	return true
}

// radar is a unit's themes with the unit above, the target and last year.
func (u unitViews) radar() (r chart.Radar, then, other bool) {
	axes, ids := u.axes(u.doc)
	own := line(u.doc.Unit.Name+" "+u.now, chart.ThisYear, ids, u.doc.Figure, mean)
	r = chart.Radar{Title: finding.RadarLabel(u.doc.Unit.Name, u.lang), Axes: axes, Series: []chart.Series{own}}
	if u.doc.Previous != nil {
		s := line(u.doc.Previous.Unit.Name+" "+u.say.Then, chart.LastYear, ids, u.doc.Previous.Figure, mean)
		r.Series, then = append(r.Series, s), drawn(s, own)
	}
	if ref := u.other(); ref != nil {
		s := line(ref.Unit.Name+" "+u.now, chart.Parent, ids, ref.Figure, mean)
		r.Series, other = append(r.Series, s), drawn(s, own)
	}
	r.Series = append(r.Series, line(finding.Target(u.lang), chart.Target, ids, u.doc.Figure, target))
	return r, then, other
}

// unitRadar draws a unit's radar, and notes which lines are there.
func (s *Server) unitRadar(c *gin.Context, u unitViews, v *themesView) (err error) {
	var r chart.Radar
	r, v.ThenDrawn, v.OtherDrawn = u.radar()
	v.Radar, err = s.draw(c, r, radarWidth, radarHeight)
	return err
}

// childRadar draws one of several units, with the unit that they are parts of.
func (s *Server) childRadar(c *gin.Context, v compareViews, unit string) (radarView, error) {
	child, ok := v.doc.Child(unit)
	if !ok {
		return radarView{}, nil
	}
	axes, ids := v.axes(v.doc)
	return s.draw(c, chart.Radar{Title: finding.RadarLabel(child.Unit.Name, v.lang), Axes: axes, Size: chart.Small, Series: []chart.Series{
		line(child.Unit.Name+" "+v.now, chart.ThisYear, ids, child.Figure, mean),
		line(v.doc.Unit.Name+" "+v.now, chart.Parent, ids, v.doc.Figure, mean),
		line(finding.Target(v.lang), chart.Target, ids, child.Figure, target),
	}}, smallWidth, smallHeight)
}

// drawable is a chart that can be told as an option.
type drawable interface {
	Option() (json.RawMessage, error)
}

// draw returns the chart, empty where too little is shown to make a shape of.
func (s *Server) draw(c *gin.Context, r drawable, width, height int) (radarView, error) {
	option, err := r.Option()
	if errors.Is(err, chart.ErrTooFew) {
		return radarView{}, nil
	}
	if err != nil {
		return radarView{}, err
	}
	svg, err := s.charts.SVG(c, option, width, height)
	if err != nil {
		return radarView{}, err
	}
	// Both are made by the chart package: an svg element without script, and
	// JSON by encoding/json, which writes < as an escape.
	return radarView{SVG: template.HTML(svg), Option: template.JS(option), Ratio: strconv.FormatFloat(float64(height)/float64(width), 'f', 3, 64)}, nil
}
