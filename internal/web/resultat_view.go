package web

import (
	"html/template"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/survey"
)

// figureView is one statistic in one cell of a page. Where it is not shown all
// but Reason is empty, so that no template can show what is hidden.
type figureView struct {
	Shown         bool
	Reason        string // analysis.Reason, for the text that says why
	Level         string // "2,9"
	Interval      string // "2,8–3,0"
	Index         string // "47,9"
	IndexInterval string
	N, Invited    int
	Target        string
	Gap           string // left to the target
	IndexTarget   string
	IndexGap      string
	Reached       bool   // nothing is left to the target
	Class         string // colour of a heat table's cell
}

// changeView is a difference with what may be said of it.
type changeView struct {
	Compared bool
	Delta    string // "+0,2"
	Sign     string // ▲ or ▼ where it is confirmed, else ""
	Text     string // key of the words for the sign: "up", "down", "unsure"
	Interval bool
	Low      string // of the 95 % interval
	High     string
}

// radarView is a chart with the option that the browser draws again.
type radarView struct {
	SVG    template.HTML
	Option template.JS
	Ratio  string // height by width
}

// link is a way to another page; Href is "" for what the reader may not open.
type link struct {
	Name, Href string
	Current    bool
}

// views turns frozen figures into what templates show, in one language.
type views struct {
	lang  string
	set   *survey.Set
	names finding.Names
}

func (v views) number(x float64) string { return format.Decimal(x, 1, v.lang) }

func (v views) interval(low, high float64) string { return v.number(low) + "–" + v.number(high) }

// figure prepares one statistic.
func (v views) figure(f analysis.Figure, ok bool) figureView {
	switch {
	case !ok:
		return figureView{Reason: string(analysis.None)}
	case f.Suppressed != analysis.Shown:
		return figureView{Reason: string(f.Suppressed)}
	case f.N == 0:
		return figureView{Reason: string(analysis.None)}
	}
	return figureView{
		Shown: true, Level: v.number(f.Mean), Interval: v.interval(f.CILow, f.CIHigh),
		Index: v.number(f.Index), IndexInterval: v.interval(survey.Index(f.CILow), survey.Index(f.CIHigh)),
		N: f.N, Invited: f.Invited,
		Target: v.number(f.Target), Gap: v.number(f.Gap),
		IndexTarget: v.number(survey.Index(f.Target)), IndexGap: v.number(f.Gap * indexStep),
		Reached: tenths(f.Gap) <= 0, Class: heat(f.Mean),
	}
}

// indexStep is index points a level.
const indexStep = 25

// change prepares a difference in levels; scale is indexStep for index points.
func (v views) change(c analysis.Change, ok bool, scale float64) changeView {
	if !ok {
		return changeView{}
	}
	out := changeView{
		Compared: true, Delta: format.Signed(c.Delta*scale, 1, v.lang), Text: "unsure",
		Interval: c.SE > 0, Low: format.Signed(c.CILow*scale, 1, v.lang), High: format.Signed(c.CIHigh*scale, 1, v.lang),
	}
	switch {
	case c.Confirmed && c.Delta > 0:
		out.Sign, out.Text = "▲", "up"
	case c.Confirmed && c.Delta < 0:
		out.Sign, out.Text = "▼", "down"
	}
	return out
}

// softened finds where a Swedish reader would break a long name: before the last
// part of "Kommunledningsförvaltningen".
var softened = regexp.MustCompile(`(\p{L}{5,})(förvaltning|avdelning|utbildning|verksamhet|nämnd|bolag|omsorg)`)

// soft lets a long name, or the names in a sentence, break there.
func soft(name string) string { return softened.ReplaceAllString(name, "$1\u00ad$2") }

// hard is such a name without, for what has no hyphens.
func hard(name string) string { return strings.ReplaceAll(name, "\u00ad", "") }

// tenths is a figure as it is shown, with one decimal.
func tenths(x float64) float64 { return math.Round(x*10+math.Copysign(1e-9, x)) / 10 }

// heat is the class of a level's colour. It goes by the figure as shown, so that
// 2,5 has one colour however it was rounded.
func heat(mean float64) string {
	step := int(math.Floor(tenths(mean)*2+1e-9)) - 2 // half levels above 2: 2,0–2,4 is 2
	return "h" + strconv.Itoa(min(max(step, 1), 6))
}

// scale is the part of an index or level axis that a row of marks is drawn on.
type scale struct{ Low, High float64 }

// levels is the whole scale of levels.
var levels = scale{1, survey.Levels}

// at is a value's place on the scale, as an SVG attribute takes it.
func (s scale) at(x float64) string {
	p := (x - s.Low) / (s.High - s.Low) * 100
	return strconv.FormatFloat(min(max(p, 0), 100), 'f', 2, 64) + "%"
}

// tick is a line of the axis with its figure.
type tick struct{ At, Anchor, Label, Word string }

// indexScale is the part of 0–100 that holds every value: whole tens, with room.
func indexScale(values ...float64) scale {
	s := scale{100, 0}
	for _, x := range values {
		s.Low, s.High = min(s.Low, x), max(s.High, x)
	}
	s.Low = max(0, math.Floor((s.Low-2)/10)*10)
	s.High = min(100, math.Ceil((s.High+2)/10)*10)
	return s
}

func (s scale) ticks() []tick {
	step := 10.0
	if s.High-s.Low > 60 {
		step = 20
	}
	var out []tick
	for x := s.Low; x <= s.High+1e-9; x += step {
		t := tick{At: s.at(x), Anchor: "middle", Label: strconv.Itoa(int(x))}
		switch x {
		case s.Low:
			t.Anchor = "start"
		case s.High:
			t.Anchor = "end"
		}
		out = append(out, t)
	}
	return out
}

// levelTicks are the five levels; Word is the key of the level's name.
func levelTicks() []tick {
	var out []tick
	for l := 1; l <= survey.Levels; l++ {
		t := tick{At: levels.at(float64(l)), Anchor: "middle", Label: strconv.Itoa(l), Word: "level." + strconv.Itoa(l)}
		switch l {
		case 1:
			t.Anchor = "start"
		case survey.Levels:
			t.Anchor = "end"
		}
		out = append(out, t)
	}
	return out
}

// mark is a figure drawn on a row: its point, and its interval where it has one.
type mark struct {
	Kind     string // unit, old or kom
	At       string
	Low      string
	High     string
	Interval bool
}

func (s scale) mark(kind string, mean, low, high float64) mark {
	return mark{Kind: kind, At: s.at(mean), Low: s.at(low), High: s.at(high), Interval: high-low > 1e-9}
}

func (s scale) indexMark(kind string, f analysis.Figure) mark {
	return s.mark(kind, f.Index, survey.Index(f.CILow), survey.Index(f.CIHigh))
}
