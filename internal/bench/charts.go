//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/chart"
)

// charts draws radars as large as a unit's own: every one unlike the others, and
// one over and over.
func (b *bench) charts() error {
	r, err := chart.New()
	if err == nil {
		err = r.Warm()
	}
	if err != nil {
		return err
	}
	var cold, cached []float64
	for i := range 50 {
		took, err := drawn(r, i)
		if err != nil {
			return err
		}
		cold = append(cold, took)
	}
	for range 1000 {
		took, err := drawn(r, 0)
		if err != nil {
			return err
		}
		cached = append(cached, took)
	}
	slices.Sort(cold)
	slices.Sort(cached)
	b.add("A radar of 13 themes and four series drawn as SVG, median of 50", fmt.Sprintf("%.1f ms (slowest %.1f)", cold[25], cold[49]), "≤ 60 ms", cold[25] <= 60)
	b.add("The same, when it has been drawn, 99th percentile of 1000", fmt.Sprintf("%.3f ms", cached[990]), "≤ 1 ms", cached[990] <= 1)
	return nil
}

// drawn draws the nth radar and returns how long it took in ms.
func drawn(r *chart.Renderer, n int) (float64, error) {
	c := chart.Radar{Title: fmt.Sprint("Nivå per tema, enhet ", n), Lang: "sv"}
	for i := range 13 {
		c.Axes = append(c.Axes, chart.Axis{Label: fmt.Sprintf("Tema nummer %d med namn", i), Short: fmt.Sprint("Tema ", i), Group: fmt.Sprint("Område ", i/4)})
	}
	for k := range 4 {
		s := chart.Series{Name: fmt.Sprint("Serie ", k), Kind: chart.Kind(k)}
		for i := range 13 {
			level := 1 + float64((i*7+k*3+n)%9)/2
			s.Values = append(s.Values, &level)
		}
		c.Series = append(c.Series, s)
	}
	start := time.Now()
	option, err := c.Option()
	if err == nil {
		_, err = r.SVG(context.Background(), option, 660, 620)
	}
	return time.Since(start).Seconds() * 1000, err
}
