package finding

import (
	"cmp"
	"math"
	"slices"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/survey"
)

// Trend makes the sentences of one unit over the rounds.
type Trend struct {
	Docs  []*analysis.Document // the oldest first, nil where the unit was not part; the last is there
	Years []string             // what the rounds are called
	Names Names
	Lang  string
}

func (t Trend) last() *analysis.Document { return t.Docs[len(t.Docs)-1] }

// since returns the oldest round that the index of the last one compares with;
// ok is false where there is none.
func (t Trend) since() (at int, change analysis.Change, ok bool) {
	for i, d := range t.Docs[:len(t.Docs)-1] {
		if d == nil {
			continue
		}
		if c, ok := analysis.Between(d, t.last(), analysis.TotalID); ok {
			return i, c, true
		}
	}
	return 0, change, false
}

// Headline tells what has become of the index since the oldest round that it
// compares with.
func (t Trend) Headline() string {
	d, name := t.last(), t.last().Unit.Name
	if total, _ := d.Figure(analysis.TotalID); d.Suppressed != analysis.Shown || total.Suppressed != analysis.Shown || total.N == 0 {
		return Unit{Doc: d, Names: t.Names, Lang: t.Lang}.Headline()
	}
	at, change, ok := t.since()
	switch {
	case len(t.Docs) == 1:
		return say(t.Lang, "%s har mätts en gång", "%s has been measured once", name)
	case !ok:
		return say(t.Lang, "Index för %s går inte att jämföra med tidigare år", "The index of %s can't be compared with earlier rounds", name)
	case up(change):
		return say(t.Lang, "%s har blivit digitalt mognare sedan %s", "%s has matured digitally since %s", name, t.Years[at])
	case down(change):
		return say(t.Lang, "%s har tappat i digital mognad sedan %s", "%s has lost digital maturity since %s", name, t.Years[at])
	}
	return say(t.Lang, "Ingen säkerställd förändring i %s sedan %s", "No confirmed change in %s since %s", name, t.Years[at])
}

// Lede tells the index then and now with their n, and how many themes have
// certainly moved.
func (t Trend) Lede() []string {
	at, change, ok := t.since()
	if !ok {
		return nil
	}
	then, _ := t.Docs[at].Figure(analysis.TotalID)
	now, _ := t.last().Figure(analysis.TotalID)
	ending := say(t.Lang, "Skillnaden är inte säkerställd.", "The difference is not confirmed.")
	if up(change) || down(change) {
		ending = say(t.Lang, "Skillnaden är säkerställd.", "The difference is confirmed.")
	}
	out := []string{say(t.Lang, "Mognadsindex var %s (n = %d) %s och är %s (n = %d) %s.", "The maturity index was %s (n = %d) in %s and is %s (n = %d) in %s.",
		t.number(then.Index), then.N, t.Years[at], t.number(now.Index), now.N, t.Years[len(t.Years)-1]), ending}
	rose, fell, all := 0, 0, 0
	for _, f := range shown(t.last().Of(analysis.LevelTheme)) {
		if c, ok := analysis.Between(t.Docs[at], t.last(), f.ID); ok {
			all++
			if up(c) {
				rose++
			}
			if down(c) {
				fell++
			}
		}
	}
	switch {
	case all == 0:
	case all == 1 && rose == 1:
		out = append(out, say(t.Lang, "Det enda jämförbara temat har ökat säkert.", "The only comparable theme has certainly risen."))
	case all == 1 && fell == 1:
		out = append(out, say(t.Lang, "Det enda jämförbara temat har minskat säkert.", "The only comparable theme has certainly fallen."))
	case all == 1:
		out = append(out, say(t.Lang, "Det enda jämförbara temat har ingen säker förändring.", "The only comparable theme has no certain change."))
	case all == rose:
		out = append(out, say(t.Lang, "Alla %s jämförbara teman har ökat säkert.", "All %s comparable themes have certainly risen.", numeral(all, t.Lang)))
	case all == fell:
		out = append(out, say(t.Lang, "Alla %s jämförbara teman har minskat säkert.", "All %s comparable themes have certainly fallen.", numeral(all, t.Lang)))
	default:
		out = append(out, say(t.Lang, "Av %s jämförbara teman har %s ökat och %s minskat säkert.", "Of %s comparable themes %s have certainly risen and %s fallen.",
			numeral(all, t.Lang), neuter(rose, t.Lang), neuter(fell, t.Lang)))
	}
	return out
}

func (t Trend) number(v float64) string { return format.Decimal(v, 1, t.Lang) }

// Move is how far a theme or a question has moved between two rounds.
type Move struct {
	Then, Now analysis.Figure
	Change    analysis.Change
}

// Moves returns the themes and rating items that have risen and fallen between
// two documents of a unit: the confirmed changes first, the largest of them
// first. What is shown as no change is in neither.
func Moves(then, now *analysis.Document, set *survey.Set) (rose, fell []Move) {
	for _, f := range now.Figures {
		if f.Level != analysis.LevelTheme && f.Level != analysis.LevelItem {
			continue
		}
		if it, ok := set.Item(f.ID); f.Level == analysis.LevelItem && (!ok || it.Kind != survey.Rating) {
			continue
		}
		c, ok := analysis.Between(then, now, f.ID)
		if !ok {
			continue
		}
		was, _ := then.Figure(f.ID)
		switch m := (Move{was, f, c}); {
		case seen(c) > 0:
			rose = append(rose, m)
		case seen(c) < 0:
			fell = append(fell, m)
		}
	}
	slices.SortStableFunc(rose, compareMoves)
	slices.SortStableFunc(fell, compareMoves)
	return rose, fell
}

func compareMoves(a, b Move) int {
	if a.Change.Confirmed != b.Change.Confirmed {
		if a.Change.Confirmed {
			return -1
		}
		return 1
	}
	return cmp.Compare(math.Abs(b.Change.Delta), math.Abs(a.Change.Delta))
}

// MovesTitle heads what has moved most.
func MovesTitle(rose, fell []Move, then, lang string) string {
	count := func(moves []Move) (n int) {
		for _, m := range moves {
			if m.Change.Confirmed {
				n++
			}
		}
		return n
	}
	if u, d := count(rose), count(fell); u+d > 0 {
		return say(lang, "Sedan %s syns %s och %s bland teman och frågor", "Since %s there are %s and %s among themes and questions", then,
			counted(u, lang, say(lang, "säker ökning", "certain rise"), say(lang, "säkra ökningar", "certain rises")),
			counted(d, lang, say(lang, "säker minskning", "certain fall"), say(lang, "säkra minskningar", "certain falls")))
	}
	return say(lang, "Ingen förändring sedan %s är säkerställd", "No change since %s is confirmed", then)
}

// counted is a number of something: "två ökningar".
func counted(n int, lang, one, many string) string {
	if n == 1 {
		return numeral(n, lang) + " " + one
	}
	return numeral(n, lang) + " " + many
}

// TrendLabel says in words what the drawing of a statistic over the rounds
// shows, for those who can't see it.
func TrendLabel(title, unit, lang string) string {
	return say(lang, "%s över åren för %s, med 95 %% intervall. Samma siffror står i tabellen på sidan.", "%s over the rounds for %s, with 95%% interval. The same figures are in the table on the page.", title, unit)
}
