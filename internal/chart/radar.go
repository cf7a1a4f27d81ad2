// Package chart turns figures into ECharts options, and draws them as SVG on the
// server with the same ECharts that the browser uses.
package chart

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/mognad/mognad/internal/format"
)

// Kind is what a series shows: one look each, the same everywhere.
type Kind int

// The kinds.
const (
	ThisYear Kind = iota // sea-coloured, solid and filled, dots
	LastYear             // ochre, dotted, hollow diamonds
	Target               // black, dashed
	Parent               // thin, grey
)

// Size is how large a radar is drawn.
type Size int

// The sizes: a small one is one of several and names only the areas.
const (
	Large Size = iota
	Small
)

// Axis is one theme of a radar; Group is its area's title. Axes of one group
// stand together.
type Axis struct {
	Label string // whole title
	Short string // one word, for narrow screens
	Group string
}

// Series is one line of a radar: a level 1–5 for each axis, nil where the figure
// is not shown.
type Series struct {
	Name   string
	Kind   Kind
	Values []*float64
}

// Radar is levels by theme, or with Percent whole per cents, 0–100. Title says in
// words what the picture shows, for those who can't see it; the figures are in the
// table beside it. Where Lang ("sv" or "en") is given, this year's levels stand at
// the axes as well.
type Radar struct {
	Title   string
	Axes    []Axis
	Series  []Series
	Size    Size
	Lang    string
	Percent bool
}

// ErrTooFew says that too few figures are there to draw: three axes of a radar,
// one point of a trend.
var ErrTooFew = errors.New("too few figures to draw")

const leastAxes = 3

// Option returns the ECharts option, the same bytes for the same radar. An axis
// where a series of this year has no figure is left out, and so is another
// series with a gap: a line drawn past what is hidden would show what isn't
// there. Fewer than three axes left: ErrTooFew.
func (r Radar) Option() (json.RawMessage, error) {
	if !r.Drawable() {
		return nil, ErrTooFew
	}
	r = r.withoutGaps()
	radar := charts.NewRadar()
	indicators := make([]*opts.Indicator, len(r.Axes))
	for i := range r.Axes {
		indicators[i] = &opts.Indicator{Min: 1, Max: 5}
		if r.Percent {
			indicators[i] = &opts.Indicator{Max: 100}
		}
	}
	radar.SetGlobalOptions(charts.WithRadarComponentOpts(opts.RadarComponent{
		Indicator: indicators, SplitNumber: 4, Shape: "circle",
		SplitArea: &opts.SplitArea{Show: opts.Bool(false)},
		SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: "#c6cfcd"}},
		AxisLine:  &opts.AxisLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: "#dde3e1"}},
	}))
	for _, s := range r.Series {
		values := make([]float64, len(s.Values))
		for i, v := range s.Values {
			values[i] = *v
		}
		l := looks[s.Kind]
		style := []charts.SeriesOpts{charts.WithLineStyleOpts(l.line), charts.WithItemStyleOpts(opts.ItemStyle{Color: l.line.Color})}
		if l.area != nil {
			style = append(style, charts.WithAreaStyleOpts(*l.area))
		}
		radar.AddSeries(s.Name, []opts.RadarData{{Name: s.Name, Value: values}}, style...)
	}
	return r.complete(radar.JSON())
}

type look struct {
	line       opts.LineStyle
	area       *opts.AreaStyle // nil where it is not filled
	symbol     string
	symbolSize int
	z          int
}

var looks = map[Kind]look{
	ThisYear: {line: opts.LineStyle{Color: "#0d4f5f", Width: 2.5, Type: "solid"}, area: &opts.AreaStyle{Color: "#0d4f5f", Opacity: opts.Float(0.13)}, symbol: "circle", symbolSize: 8, z: 5},
	LastYear: {line: opts.LineStyle{Color: "#b0781c", Width: 2, Type: "dotted"}, symbol: "emptyDiamond", symbolSize: 9, z: 4},
	Target:   {line: opts.LineStyle{Color: "#14242a", Width: 1.5, Type: "dashed"}, symbol: "none", z: 3},
	Parent:   {line: opts.LineStyle{Color: "#63747a", Width: 1.25, Type: "solid"}, symbol: "none", z: 2},
}

// complete adds what go-echarts has no field for (symbols of a radar's series,
// the order of layers) and what figure.js needs to lay the chart out, and leaves
// out what go-echarts gives every chart and this one does without.
func (r Radar) complete(option map[string]any) (json.RawMessage, error) {
	b, err := json.Marshal(option)
	if err != nil {
		return nil, err
	}
	var o map[string]any
	if err := json.Unmarshal(b, &o); err != nil {
		return nil, err
	}
	for _, key := range []string{"color", "legend", "title", "toolbox", "tooltip"} {
		delete(o, key)
	}
	series, _ := o["series"].([]any)
	for i, s := range series {
		m, l := s.(map[string]any), looks[r.Series[i].Kind]
		m["symbol"], m["symbolSize"], m["z"] = l.symbol, l.symbolSize, l.z
	}
	o["animation"] = false
	o["textStyle"] = map[string]any{"fontFamily": fontFamily}
	o["mognad"] = r.layout()
	return json.Marshal(o)
}

// fontFamily is the pages' typeface for what is not a headline.
const fontFamily = "'Source Sans 3', sans-serif"

type layout struct {
	Label  string   `json:"label"`
	Small  bool     `json:"small"`
	Scale  []string `json:"scale,omitempty"` // what the rings are called, where they are no levels
	Axes   []names  `json:"axes"`
	Groups []group  `json:"groups"`
}

type names struct {
	Label string `json:"label"`
	Short string `json:"short"`
	Level string `json:"level,omitempty"` // as people read it
}

type group struct {
	Name string `json:"name"`
	Axes int    `json:"axes"`
}

func (r Radar) layout() layout {
	l := layout{Label: r.Title, Small: r.Size == Small}
	if r.Percent {
		for ring := range 4 {
			l.Scale = append(l.Scale, format.Percent(ring+1, 4, r.Lang))
		}
	}
	for i, a := range r.Axes {
		l.Axes = append(l.Axes, names{wrap(a.Label), wrap(a.Short), r.level(i)})
		if n := len(l.Groups); n > 0 && l.Groups[n-1].Name == a.Group {
			l.Groups[n-1].Axes++
		} else {
			l.Groups = append(l.Groups, group{a.Group, 1})
		}
	}
	return l
}

// level is what this year's level on axis i is written as at the axis.
func (r Radar) level(i int) string {
	for _, s := range r.Series {
		if s.Kind == ThisYear && r.Lang != "" && r.Size == Large {
			if r.Percent {
				return format.Percent(int(*s.Values[i]), 100, r.Lang)
			}
			return format.Decimal(*s.Values[i], 1, r.Lang)
		}
	}
	return ""
}

const lineLength = 14

// wrap breaks a title into lines of about lineLength characters.
func wrap(title string) string {
	var b strings.Builder
	length := 0
	for i, word := range strings.Fields(title) {
		n := len([]rune(word))
		switch {
		case i == 0:
		case length+1+n > lineLength:
			b.WriteByte('\n')
			length = 0
		default:
			b.WriteByte(' ')
			length++
		}
		b.WriteString(word)
		length += n
	}
	return b.String()
}

// withoutGaps leaves out axes and series as Option says.
func (r Radar) withoutGaps() Radar {
	keep := make([]bool, len(r.Axes))
	for i := range keep {
		keep[i] = true
		for _, s := range r.Series {
			if s.Kind == ThisYear && (i >= len(s.Values) || s.Values[i] == nil) {
				keep[i] = false
			}
		}
	}
	out := r
	out.Axes, out.Series = nil, nil
	for i, k := range keep {
		if k {
			out.Axes = append(out.Axes, r.Axes[i])
		}
	}
next:
	for _, s := range r.Series {
		values := make([]*float64, 0, len(out.Axes))
		for i, k := range keep {
			if k && (i >= len(s.Values) || s.Values[i] == nil) {
				continue next
			}
			if k {
				values = append(values, s.Values[i])
			}
		}
		s.Values = values
		out.Series = append(out.Series, s)
	}
	return out
}
