package demo

import (
	"context"
	"fmt"

	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/review"
	"github.com/mognad/mognad/internal/round"
)

// finding is what the story's reviewer found of a fact in a year that is over:
// the level, the entries of the register that were seen, and a note.
type finding struct {
	level int
	seen  []string
	note  string
}

// reviewed is what was found in 2024 and 2025.
var reviewed = map[string][2]finding{
	"led.strategi.antagen": {{2, []string{"uppdrag-digitaliseringsstrategi"}, "Uppdraget är beslutat, strategin finns inte än."},
		{3, []string{"digitaliseringsstrategi-2025"}, "Strategin är antagen. Den är inte uppföljd än, så nivå 4 är för högt."}},
	"led.strategi.politik": {{3, []string{"handlingsprogram-2023"}, ""}, {3, []string{"handlingsprogram-2023"}, ""}},
	"sty.mal.matbara":      {{3, []string{"budget-2024"}, ""}, {3, []string{"digitaliseringsstrategi-2025"}, "Strategin har fem mål som går att mäta."}},
	"sty.sakerhet.styrdokument": {{2, []string{"it-reglemente", "sakerhetspolicy-it", "informationssakerhetspolicy-2024"}, "Policyn är ny, men reglementet är från 1997."},
		{2, []string{"it-reglemente", "sakerhetspolicy-it", "informationssakerhetspolicy-2024", "regler-anvandare-2025"}, "Två dokument är nya, men reglerna från 1997 och 2004 gäller fortfarande."}},
	"sty.prioritering.helhet": {{2, []string{"plan-e-tjanster"}, ""}, {3, []string{"lista-satsningar-2025"}, ""}},
	"org.ansvar.dokumenterat": {{2, []string{"utkast-ansvar-2024"}, ""}, {3, []string{"ansvar-digitaliseringen-2025"}, ""}},
	"org.ansvar.samordnare":   {{3, []string{"uppdrag-samordnaren-2024"}, ""}, {3, []string{"uppdrag-samordnaren-2024"}, ""}},
	"org.utveckling.modell":   {{2, []string{"e-tjanster-roller"}, ""}, {2, []string{"e-tjanster-roller"}, "Rollerna är beskrivna, men ledningen har inte beslutat om dem."}},
	"kom.larande.plan":        {{1, nil, "Det finns ingen plan."}, {2, []string{"utkast-kompetens-2025"}, ""}},
	"sty.uppfoljning.samlad":  {{2, []string{"matning-2024"}, ""}, {3, []string{"beslut-uppfoljning-2025"}, ""}},
	"sty.uppfoljning.rapport": {{1, []string{"arsredovisning-2023"}, "Årsredovisningen säger inget om digitaliseringen i sin helhet."}, {2, []string{"rapport-ks-2025"}, "Rapporten gick till kommunstyrelsen, inte till nämnderna."}},
}

// reviews stores the reviewer's findings, a week after each round was published.
func (b *builder) reviews(ctx context.Context, s *review.Service) error {
	entries, err := Register(b.set)
	if err != nil {
		return err
	}
	byID := map[string]register.Entry{}
	for _, e := range entries {
		byID[e.ID] = e
	}
	for y, id := range years[:2] {
		_, closed := days(y, b.now)
		there, err := s.Of(ctx, id)
		if err != nil {
			return err
		}
		b.now = closed.AddDate(0, 0, 10)
		for item, found := range reviewed {
			if _, done := there[item]; done {
				continue
			}
			if _, asked := b.set.Item(item); !asked {
				continue
			}
			r := review.Review{Level: found[y].level, Note: found[y].note}
			for _, seen := range found[y].seen {
				e, ok := byID[seen]
				if !ok {
					return fmt.Errorf("%s: the register has no %q", item, seen)
				}
				r.Name(then(e, closed.Format(round.DayFormat)))
			}
			if err := s.Set(ctx, "demo", Root, id, item, "", r); err != nil {
				return err
			}
		}
	}
	return nil
}

// then is an entry as it was on a day: not yet repealed, nor reviewed later.
func then(e register.Entry, day string) register.Entry {
	if e.Status == register.Repealed { // the story's all were in 2026
		e.Status = register.Decided
	}
	if e.Reviewed > day {
		e.Reviewed = ""
	}
	return e
}
