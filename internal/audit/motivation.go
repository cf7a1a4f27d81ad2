package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mognad/mognad/internal/format"
)

// words is a sentence in both languages, with the same arguments in the same
// order.
type words struct{ sv, en string }

func (w words) in(lang string, args ...any) string {
	if lang == "en" {
		return fmt.Sprintf(w.en, args...)
	}
	return fmt.Sprintf(w.sv, args...)
}

var outcomeWords = map[Outcome]words{
	Met:           {"uppfylld", "met"},
	PartlyMet:     {"delvis uppfylld", "partly met"},
	NotMet:        {"ej uppfylld", "not met"},
	NotAssessable: {"kan inte bedömas", "cannot be assessed"},
}

var wholeWords = map[Whole]words{
	Ensures:         {"säkerställer", "ensures"},
	EnsuresMostly:   {"säkerställer till övervägande del", "ensures for the most part"},
	EnsuresPartly:   {"säkerställer delvis", "ensures in part"},
	DoesNotEnsure:   {"säkerställer inte", "does not ensure"},
	WholeUnassessed: {"kan inte bedömas", "cannot be assessed"},
}

// In returns the outcome in words, lang "en", else Swedish.
func (o Outcome) In(lang string) string { return outcomeWords[o].in(lang) }

// In returns the verdict in words, lang "en", else Swedish.
func (w Whole) In(lang string) string { return wholeWords[w].in(lang) }

// Motivation says why the whole came out as it did, a sentence a line.
func (v *Verdict) Motivation(lang string) []string {
	out := []string{words{"Den samlade bedömningen: %s.", "The overall verdict: %s."}.in(lang, v.Overall.In(lang))}
	if v.Overall == WholeUnassessed {
		var ids []string
		for i := range v.Questions {
			if v.Questions[i].Outcome == NotAssessable {
				ids = append(ids, strings.ToUpper(v.Questions[i].ID))
			}
		}
		return append(out, words{"En fråga som inte kan bedömas gör att inte heller helheten kan det: %s.",
			"A question that cannot be assessed leaves the whole unassessed: %s."}.in(lang, format.And(ids, lang)))
	}
	count := map[Outcome]int{}
	for i := range v.Questions {
		count[v.Questions[i].Outcome]++
	}
	var parts []string
	for _, p := range []struct {
		of        Outcome
		one, many words
	}{
		{Met, words{"uppfylld", "met"}, words{"uppfyllda", "met"}},
		{PartlyMet, words{"delvis uppfylld", "partly met"}, words{"delvis uppfyllda", "partly met"}},
		{NotMet, words{"ej uppfylld", "not met"}, words{"ej uppfyllda", "not met"}},
	} {
		switch n := count[p.of]; {
		case n == 1:
			parts = append(parts, "1 "+p.one.in(lang))
		case n > 1 && n == len(v.Questions):
			return append(out, words{"Alla %d frågor är %s.", "All %d questions are %s."}.in(lang, n, p.many.in(lang)))
		case n > 1:
			parts = append(parts, fmt.Sprint(n, " ", p.many.in(lang)))
		}
	}
	return append(out, words{"Av %d frågor är %s.", "Of %d questions: %s."}.in(lang, len(v.Questions), format.And(parts, lang)))
}

// Explanation is why a question came out as it did, in words that a committee
// can read, a sentence or two a line. Figures have one decimal.
type Explanation struct {
	Summary      []string // the outcome, and what decided it
	Requirements []RequirementWords
	Knockouts    []string // those that struck
	Evidence     []string // current, aged, and missing
	Lift         []string // the smallest change that would lift the outcome
}

// RequirementWords is one requirement in words.
type RequirementWords struct {
	Text   string // the item's question, its id where it has no text
	Weight string // "vikt 2, kärnkrav"
	Finds  string // level, basis, n, and what it counts as
}

// Explain puts the verdict into words, lang "en", else Swedish.
func (v *QuestionVerdict) Explain(lang string) Explanation {
	e := Explanation{Summary: v.summary(lang), Lift: v.Lift.sentences(lang)}
	for i := range v.Requirements {
		r := &v.Requirements[i]
		e.Requirements = append(e.Requirements, r.words(lang, &v.Thresholds))
		e.Evidence = append(e.Evidence, r.evidence(lang, &v.Thresholds)...)
	}
	for i := range v.Knockouts {
		if k := &v.Knockouts[i]; k.Struck {
			e.Knockouts = append(e.Knockouts, k.sentence(lang))
		}
	}
	return e
}

// Motivation is the explanation as lines of running text.
func (v *QuestionVerdict) Motivation(lang string) []string {
	e := v.Explain(lang)
	out := e.Summary
	for _, r := range e.Requirements {
		out = append(out, words{"”%s” (%s): %s", "“%s” (%s): %s"}.in(lang, r.Text, r.Weight, r.Finds))
	}
	return slices.Concat(out, e.Knockouts, e.Evidence, e.Lift)
}

func (v *QuestionVerdict) summary(lang string) []string {
	out := []string{words{"Frågan är %s.", "The question is %s."}.in(lang, v.Outcome.In(lang))}
	if v.Outcome == NotAssessable {
		out[0] = words{"Frågan kan inte bedömas.", "The question cannot be assessed."}.in(lang)
	}
	covered := words{"Det finns en nivå för %s procent av kravens vikt.", "There is a level for %s per cent of the weight of the requirements."}.
		in(lang, below(100*v.Covered, 100*v.Thresholds.Coverage, 0, lang))
	if v.Outcome == NotAssessable {
		return append(out, covered+words{" Det krävs minst %s.", " At least %s is needed."}.in(lang, format.Decimal(100*v.Thresholds.Coverage, 0, lang)))
	}
	index := below(*v.Index, v.Thresholds.Met, 1, lang)
	if !reaches(*v.Index, v.Thresholds.Partly) {
		index = below(*v.Index, v.Thresholds.Partly, 1, lang)
	}
	out = append(out, words{"Index är %s av 100. Gränsen är %s för uppfylld och %s för delvis uppfylld.",
		"The index is %s of 100. The threshold is %s for met and %s for partly met."}.
		in(lang, index, trimmed(v.Thresholds.Met, lang), trimmed(v.Thresholds.Partly, lang)), covered)
	if reaches(*v.Index, v.Thresholds.Met) && v.Outcome != Met {
		if short := v.coreShort(); len(short) > 0 {
			out = append(out, words{"Index räcker för uppfylld, men alla kärnkrav ska nå nivå %s. Det gör inte %s.",
				"The index is enough for met, but every core requirement must reach level %s. That is not so of %s."}.
				in(lang, format.Decimal(v.Thresholds.Core, 1, lang), format.And(quoted(short, lang), lang)))
		}
	}
	return out
}

// coreShort returns the core requirements that stand in the way of met.
func (v *QuestionVerdict) coreShort() (out []*Finding) {
	for i := range v.Requirements {
		if r := &v.Requirements[i]; r.Core && !(r.HasLevel() && reaches(r.CountsAs, v.Thresholds.Core)) {
			out = append(out, &r.Finding)
		}
	}
	return out
}

func quoted(fs []*Finding, lang string) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = f.name(lang)
	}
	return out
}

// name is the item's question in quotation marks, its id where it has no text.
func (f *Finding) name(lang string) string { return name(f.Text.In(lang), f.Item, lang) }

func name(text, id, lang string) string {
	return words{"”%s”", "“%s”"}.in(lang, cmp.Or(text, id))
}

var noLevelWords = map[NoLevel]words{
	Unanswered: {"Nivå saknas: ingen uppgift.", "No level: nothing is known."},
	TooFew:     {"Nivå saknas: för få har svarat för att visas.", "No level: too few answered for it to be shown."},
}

var basisWords = map[Basis]words{
	Verified: {"styrkt av granskare", "confirmed by a reviewer"},
	Stated:   {"uppgiven, inte styrkt", "stated, not confirmed"},
	Answers:  {"medelvärde av svaren", "mean of the answers"},
}

func (r *RequirementVerdict) words(lang string, t *Thresholds) RequirementWords {
	weight := words{"vikt %s", "weight %s"}.in(lang, trimmed(r.Weight, lang))
	if r.Core {
		weight += words{", kärnkrav", ", core"}.in(lang)
	}
	return RequirementWords{cmp.Or(r.Text.In(lang), r.Item), weight, r.finds(lang, t)}
}

func (r *RequirementVerdict) finds(lang string, t *Thresholds) string {
	switch r.NoLevel {
	case Unanswered, TooFew:
		return noLevelWords[r.NoLevel].in(lang)
	case LowResponse:
		return words{"Nivå saknas: %s procent svarade, och det krävs minst %s.", "No level: %s per cent answered, and at least %s is needed."}.
			in(lang, below(100*r.Response, 100*t.Response, 0, lang), format.Decimal(100*t.Response, 0, lang))
	}
	out := words{"nivå %s, %s", "level %s, %s"}.in(lang, r.shown(r.Level, t, lang), basisWords[r.Basis].in(lang))
	if r.N > 0 {
		out += words{" (n = %d)", " (n = %d)"}.in(lang, r.N)
	}
	out += "."
	counts := format.Decimal(r.CountsAs, 1, lang)
	switch r.Capped {
	case CapUnverified:
		out += words{" Räknas som %s, eftersom ingen granskare har styrkt den.", " Counts as %s, since no reviewer has confirmed it."}.in(lang, counts)
	case CapNoEvidence:
		out += words{" Räknas som %s, eftersom aktuellt underlag saknas.", " Counts as %s, since there is no current evidence."}.in(lang, counts)
	}
	return out
}

// shown writes a level with one decimal; of a core requirement so that it does
// not seem to reach the level that it lacks.
func (r *RequirementVerdict) shown(level float64, t *Thresholds, lang string) string {
	if r.Core {
		return below(level, t.Core, 1, lang)
	}
	return format.Decimal(level, 1, lang)
}

// below writes x; where x lies under limit but rounds to it, "just under".
func below(x, limit float64, decimals int, lang string) string {
	s := format.Decimal(x, decimals, lang)
	if !reaches(x, limit) && s == format.Decimal(limit, decimals, lang) {
		return words{"knappt %s", "just under %s"}.in(lang, s)
	}
	return s
}

// trimmed writes a number of the rule's own: whole as it is, else with one decimal.
func trimmed(x float64, lang string) string {
	if x == float64(int(x)) {
		return format.Decimal(x, 0, lang)
	}
	return format.Decimal(x, 1, lang)
}

func (k *KnockoutVerdict) sentence(lang string) string {
	out := words{"Spärr: %s räknas som %s, och gränsen är %s.", "Knock-out: %s counts as %s, and the limit is %s."}.
		in(lang, k.name(lang), below(k.CountsAs, k.Below, 1, lang), format.Decimal(k.Below, 1, lang))
	if k.Lowered {
		return out + words{" Det sänker bedömningen till %s.", " That lowers the verdict to %s."}.in(lang, k.AtMost.In(lang))
	}
	if k.AtMost == NotMet {
		return out + words{" Redan det gör frågan ej uppfylld.", " That alone leaves the question not met."}.in(lang)
	}
	return out + words{" Frågan kan högst bli %s.", " The question can be %s at most."}.in(lang, k.AtMost.In(lang))
}

var stateWords = map[State]words{
	Current: {"Aktuellt underlag", "Current evidence"},
	Aged:    {"Inaktuellt underlag", "Aged evidence"},
	Missing: {"Underlag som inte räknas", "Evidence that does not count"},
}

// evidence tells what is named for a fact, and that nothing is where the level
// would need it.
func (r *RequirementVerdict) evidence(lang string, t *Thresholds) (out []string) {
	if !r.Fact {
		return nil
	}
	for _, state := range []State{Current, Aged, Missing} {
		var named []string
		for i := range r.Evidence {
			if e := &r.Evidence[i]; e.State == state {
				named = append(named, e.reference(lang)+e.comma(lang, t.EvidenceYears))
			}
		}
		if len(named) > 0 {
			out = append(out, words{"%s för %s: %s.", "%s for %s: %s."}.in(lang, stateWords[state].in(lang), r.name(lang), strings.Join(named, "; ")))
		}
	}
	if len(r.Evidence) == 0 && r.HasLevel() && !reaches(t.Unverified, r.Level) {
		out = append(out, words{"Underlag saknas för %s.", "Evidence is missing for %s."}.in(lang, r.name(lang)))
	}
	return out
}

// reference names a document as minutes do: "Budget 2020 (Kommunfullmäktige
// 2019-12-09 § 212)".
func (e *Judged) reference(lang string) string {
	var by []string
	if e.AdoptedBy != "" {
		by = append(by, e.AdoptedBy)
	}
	if e.Adopted != "" {
		by = append(by, e.Adopted)
	}
	if e.Paragraph != "" {
		by = append(by, "§\u00a0"+strings.TrimSpace(strings.TrimPrefix(e.Paragraph, "§")))
	}
	if len(by) == 0 {
		return e.Name
	}
	return e.Name + " (" + strings.Join(by, " ") + ")"
}

func (e *Judged) comma(lang string, years int) string {
	if why := e.Why(lang, years); why != "" {
		return ", " + why
	}
	return ""
}

// Why tells what keeps the document from being current, lang "en", else Swedish;
// "" where nothing does.
func (e *Judged) Why(lang string, years int) string {
	switch e.Reason {
	case NotDecided:
		if e.Status == "" {
			return words{"inte beslutat", "not decided"}.in(lang)
		}
		return words{"inte beslutat (status: %s)", "not decided (status: %s)"}.in(lang, e.Status)
	case Undated:
		return words{"datum för beslutet saknas", "the day of the decision is missing"}.in(lang)
	case Later:
		if e.Reviewed != "" {
			return words{"översett först %s, efter bedömningens dag", "reviewed only on %s, after the day of assessment"}.in(lang, e.Reviewed)
		}
		return words{"beslutat efter bedömningens dag", "decided after the day of assessment"}.in(lang)
	case ReviewPassed:
		return words{"skulle ha setts över senast %s", "was due for review by %s"}.in(lang, e.ReviewBy)
	case TooOld:
		if e.Reviewed != "" {
			return words{"senast översett %s, för mer än %d år sedan", "last reviewed on %s, more than %d years ago"}.in(lang, e.Reviewed, years)
		}
		return words{"beslutat för mer än %d år sedan", "decided more than %d years ago"}.in(lang, years)
	}
	return ""
}

// sentences tells the smallest change, one raise a line.
func (l *Lift) sentences(lang string) []string {
	if l == nil {
		return nil
	}
	if l.To == "" {
		var names []string
		for _, r := range l.Raises {
			names = append(names, name(r.Text.In(lang), r.Item, lang))
		}
		return []string{words{"För att frågan ska kunna bedömas behövs en nivå för %s.", "For the question to be assessed a level is needed for %s."}.in(lang, format.And(names, lang))}
	}
	out := []string{words{"Minsta förändring som gör frågan %s:", "The smallest change that makes the question %s:"}.in(lang, l.To.In(lang))}
	for _, r := range l.Raises {
		out = append(out, r.sentence(lang))
	}
	return out
}

func (r *Raise) sentence(lang string) string {
	title, to := name(r.Text.In(lang), r.Item, lang), format.Decimal(r.To, 1, lang)
	switch {
	case r.LevelHeld:
		return words{"%s: nivån finns redan. En granskare styrker den mot aktuellt underlag, så att den räknas som %s.",
			"%s: the level is there already. A reviewer confirms it on current evidence, so that it counts as %s."}.in(lang, title, to)
	case r.From == 0:
		out := words{"%s: från ingen nivå till %s.", "%s: from no level to %s."}.in(lang, title, to)
		return out + r.needs(lang)
	}
	return words{"%s: från %s till %s.", "%s: from %s to %s."}.in(lang, title, below(r.From, r.To, 1, lang), to) + r.needs(lang)
}

func (r *Raise) needs(lang string) string {
	if !r.Evidence {
		return ""
	}
	return words{" Det kräver aktuellt underlag som en granskare har styrkt.", " That takes current evidence that a reviewer has confirmed."}.in(lang)
}
