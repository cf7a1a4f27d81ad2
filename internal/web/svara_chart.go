package web

import (
	"context"
	"errors"
	"html/template"

	"github.com/mognad/mognad/internal/chart"
)

// receiptChart is the person's own radar, drawn for a wide page and for a
// narrow one; which of them shows is for the style sheet to say.
type receiptChart struct {
	Wide, Narrow template.HTML
	Before       bool // last year's line is there
}

// receiptChart draws the receipt's radar; nil when there are too few themes to
// make a shape of.
func (s *Server) receiptChart(ctx context.Context, v receiptView) (*receiptChart, error) {
	say := func(sv, en string) string {
		if v.lang == "en" {
			return en
		}
		return sv
	}
	radar := chart.Radar{Title: say("Dina nivåer per tema. Samma siffror står i tabellen.", "Your levels by theme. The same figures are in the table.")}
	now, before, target := []*float64{}, []*float64{}, []*float64{}
	whole := true // last year's line has a figure on every axis of this year's
	for i, t := range v.Themes {
		title := t.Title.In(v.lang)
		radar.Axes = append(radar.Axes, chart.Axis{Label: title, Short: short(title), Group: t.Area.In(v.lang)})
		now, before, target = append(now, t.Now), append(before, t.Before), append(target, &v.Themes[i].Target)
		whole = whole && (t.Now == nil || t.Before != nil)
	}
	radar.Series = []chart.Series{
		{Name: say("Önskad nivå", "Wanted level"), Kind: chart.Target, Values: target},
		{Name: v.Round.Previous, Kind: chart.LastYear, Values: before},
		{Name: v.Round.ID, Kind: chart.ThisYear, Values: now},
	}
	option, err := radar.Option()
	if errors.Is(err, chart.ErrTooFew) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	wide, err := s.charts.SVG(ctx, option, 720, 600)
	if err != nil {
		return nil, err
	}
	narrow, err := s.charts.SVG(ctx, option, 340, 310)
	if err != nil {
		return nil, err
	}
	// html/template would escape it; the renderer escapes every text within.
	return &receiptChart{Wide: template.HTML(wide), Narrow: template.HTML(narrow), Before: whole}, nil
}
