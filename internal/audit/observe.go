package audit

import (
	"github.com/mognad/mognad/internal/analysis"
)

// Observe is the coding that a round gives: d is the frozen document of the
// whole organisation, asOf the day of assessment, 2006-01-02. A rating is the
// mean of the whole organisation, and has no level where the document hides it;
// a fact is as it was stated, since no reviewer has seen what it rests on
// (docs/method.md, Audit verdict, 1).
func (r *Rule) Observe(d *analysis.Document, asOf string) Coding {
	c := Coding{AsOf: asOf, MinN: d.MinGroup, Items: map[string]Coded{}}
	observe := func(item string, isFact bool) {
		if isFact {
			if f, ok := d.Fact(item); ok {
				c.Items[item] = Coded{Level: float64(f.Level), Basis: Stated, N: f.N}
			}
			return
		}
		switch f, ok := d.Figure(item); {
		case !ok || f.Suppressed == analysis.None:
		case f.Suppressed != analysis.Shown:
			c.Items[item] = Coded{Level: 1, Basis: Answers} // a level that Judge refuses, n being 0
		default:
			c.Items[item] = Coded{Level: f.Mean, Basis: Answers, N: f.N, Response: float64(f.N) / float64(f.Invited)}
		}
	}
	for _, q := range r.Questions {
		for _, req := range q.Requirements {
			observe(req.Item, req.Fact)
		}
		for _, k := range q.Knockouts {
			observe(k.Item, k.Fact)
		}
	}
	return c
}
