package analysis

// ForReaders takes out of a document what is not for those who read results:
// how many have submitted in a hidden unit, which of a unit of one manager tells
// whether that manager has, and how many answered "vet ej" where the
// distribution that it is a part of is not shown (docs/method.md, What may be
// shown).
func (d *Document) ForReaders() {
	quiet(&d.Suppressed, &d.Submitted, d.Invited)
	quietFigures(d.Figures)
	quietCompetence(d.Competence, d.Invited)
	for _, r := range []*Reference{d.Parent, d.Root} {
		if r != nil {
			quietFigures(r.Figures)
			quietBy(r.Figures, &r.Submitted)
		}
	}
	if p := d.Previous; p != nil {
		quietFigures(p.Figures)
		quietBy(p.Figures, &p.Submitted)
	}
	for i := range d.Children {
		c := &d.Children[i]
		quiet(&c.Suppressed, &c.Submitted, c.Invited)
		quietFigures(c.Figures)
		quietCompetence(c.Competence, c.Invited)
	}
}

// quiet forgets how many of a hidden unit submitted, that nobody did too.
func quiet(reason *Reason, submitted *int, invited int) {
	if *reason != Shown {
		*submitted = 0
	}
	quietReason(reason, invited)
}

func quietReason(reason *Reason, invited int) {
	if *reason == None && invited > 0 {
		*reason = Small
	}
}

// quietBy forgets how many submitted where the total is hidden: a reference
// does not say whether its unit is.
func quietBy(figures []Figure, submitted *int) {
	if total, ok := figureByID(figures, TotalID); ok && total.Suppressed != Shown {
		*submitted = 0
	}
}

func quietFigures(figures []Figure) {
	for i := range figures {
		f := &figures[i]
		quietReason(&f.Suppressed, f.Invited)
		if f.Histogram == nil {
			f.DontKnow, f.NotApplicable = nil, nil
		}
	}
}

func quietCompetence(figures []CompetenceFigure, invited int) {
	for i := range figures {
		quietReason(&figures[i].Suppressed, invited)
	}
}
