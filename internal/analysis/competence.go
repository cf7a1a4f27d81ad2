package analysis

import "github.com/mognad/mognad/internal/survey"

// competenceSums counts gaps in competence area c of unit u, suppressed or not.
func (r *Result) competenceSums(u, c int) CompetenceFigure {
	f := CompetenceFigure{Item: r.competence[c].ID}
	for i, x := range part(part(r.all.competence, u, r.tree.Len()), c, len(r.competence)) {
		n, missing := int(x), i/survey.Levels-i%survey.Levels // required − own
		f.Rated += n
		if missing > 0 {
			f.Below += n
			f.Steps += n * missing
		}
	}
	return f
}

// competenceFigure is competence area c of unit u (docs/method.md, Competence
// gap).
func (r *Result) competenceFigure(u, c int) CompetenceFigure {
	if reason := r.hiddenComp[c][u]; reason != Shown {
		return CompetenceFigure{Item: r.competence[c].ID, Suppressed: reason}
	}
	f := r.competenceSums(u, c)
	f.Share = float64(f.Below) / float64(f.Rated)
	f.MeanGap = float64(f.Steps) / float64(f.Rated)
	return f
}

// LevelCount is how many people with one required level have one own level.
type LevelCount struct {
	Item     string `json:"item"`
	Required int    `json:"required"`
	Level    int    `json:"level"`
	People   int    `json:"people"`
}

// LevelCounts returns the people of the unit by required and own level: what a
// training plan is worked out from, in the areas where one may be (docs/method.md,
// Competence gap). The counts themselves are not to be shown.
func (r *Result) LevelCounts(unit string) []LevelCount {
	u, ok := r.tree.Index(unit)
	if !ok {
		return nil
	}
	var out []LevelCount
	for c, it := range r.competence {
		if r.unplanned[c][u] {
			continue
		}
		for i, x := range part(part(r.all.competence, u, r.tree.Len()), c, len(r.competence)) {
			if x > 0 {
				out = append(out, LevelCount{it.ID, i/survey.Levels + 1, i%survey.Levels + 1, int(x)})
			}
		}
	}
	return out
}
