package demo

import "github.com/mognad/mognad/internal/survey"

// The years of the story, and the round that is open.
var years = []string{"2024", "2025", "2026"}

// What others start from.
const (
	Root       = "solvesborg"
	Chef       = "omsorg" // the unit of the demo's chef
	Open       = "2026"   // the round that takes answers
	Given      = "2025"   // the round that is given as open data
	Respondent = "enhetschef-hemtjanst-lister"
)

// departments are the förvaltningar, in the order of every table below.
var departments = []string{"kommunledning", "omsorg", "utbildning", "samhallsbyggnad"}

// submitted is how many managers have submitted by the unit they belong to: the
// förvaltning itself (placed in it directly) and its avdelningar. These counts
// decide which units are hidden.
var submitted = map[string][3]int{
	"kommunledning": {4, 4, 3}, "kommunledning-kansli": {5, 5, 4}, "kommunledning-ekonomi": {3, 5, 3},
	"kommunledning-hr": {2, 2, 1}, "kommunledning-it": {5, 5, 3}, "kommunledning-kultur": {3, 5, 2},
	"omsorg": {1, 1, 1}, "omsorg-sabo": {7, 9, 6}, "omsorg-hemtjanst": {6, 7, 6},
	"omsorg-funktionsstod": {5, 6, 4}, "omsorg-ifo": {5, 6, 3}, "omsorg-halsa": {4, 4, 2},
	"utbildning": {1, 1, 0}, "utbildning-forskola": {5, 6, 2}, "utbildning-grundskola": {7, 9, 4},
	"utbildning-gymnasium": {4, 5, 2}, "utbildning-elevhalsa": {2, 4, 1},
	"samhallsbyggnad": {1, 1, 1}, "samhallsbyggnad-bygg": {5, 7, 5}, "samhallsbyggnad-fastighet": {5, 6, 4},
	"samhallsbyggnad-gata": {3, 5, 2}, "samhallsbyggnad-plan": {3, 3, 2},
}

// factsAnswered is how many of those asked the facts have submitted.
var factsAnswered = [3]int{8, 9, 5}

// begun is how many managers of the open round have answered some and not
// submitted.
const begun = 11

// means is the level of each theme: year, then förvaltning.
var means = map[string][3][4]float64{
	"strategi":     {{2.5, 2.3, 1.9, 2.0}, {3.1, 2.8, 2.3, 2.8}, {3.3, 3.1, 2.5, 3.2}},
	"engagemang":   {{2.6, 2.4, 2.0, 2.0}, {2.9, 2.6, 2.1, 2.8}, {3.0, 2.8, 2.3, 3.1}},
	"forandring":   {{2.3, 2.6, 2.2, 1.9}, {2.5, 2.8, 2.3, 2.8}, {2.7, 3.0, 2.5, 3.1}},
	"mal":          {{2.5, 2.4, 1.8, 2.1}, {2.8, 2.6, 2.1, 2.7}, {3.0, 2.8, 2.3, 3.0}},
	"prioritering": {{2.1, 2.0, 1.7, 1.9}, {2.5, 2.3, 1.9, 2.6}, {2.9, 2.6, 2.1, 2.9}},
	"uppfoljning":  {{1.8, 2.3, 1.5, 1.6}, {2.2, 1.9, 1.7, 2.6}, {2.5, 2.2, 1.8, 2.9}},
	"sakerhet":     {{2.7, 2.6, 1.9, 2.2}, {2.9, 2.8, 2.1, 2.4}, {3.1, 3.0, 2.4, 2.7}},
	"ansvar":       {{2.4, 2.3, 1.9, 2.1}, {2.9, 2.6, 2.2, 2.7}, {3.2, 2.9, 2.5, 3.0}},
	"samverkan":    {{2.4, 2.5, 2.0, 1.9}, {2.7, 2.7, 2.1, 2.5}, {2.9, 2.9, 2.3, 2.8}},
	"utveckling":   {{2.2, 2.3, 2.0, 2.0}, {2.4, 2.5, 2.1, 3.0}, {2.6, 2.7, 2.3, 3.3}},
	"larande":      {{2.0, 2.6, 2.1, 1.8}, {2.3, 2.9, 2.2, 2.3}, {2.5, 3.1, 2.5, 2.6}},
	"leda":         {{2.5, 2.7, 2.2, 2.0}, {2.7, 3.1, 2.4, 2.6}, {2.8, 3.3, 2.6, 2.9}},
	"digital":      {{2.6, 2.8, 2.7, 2.1}, {2.8, 3.1, 2.9, 2.5}, {2.9, 3.3, 3.0, 2.7}},
}

// spread is the standard deviation of people's theme scores, by förvaltning.
var spread = [3][4]float64{{0.6, 0.5, 0.9, 0.7}, {0.6, 0.5, 0.9, 0.5}, {0.6, 0.5, 0.9, 0.5}}

// shift is how an avdelning differs from its förvaltning.
var shift = map[string][3]float64{
	"kommunledning-it": {0.4, 0.4, 0.4}, "kommunledning-kultur": {-0.3, -0.3, -0.3},
	"omsorg-hemtjanst": {0.2, 0.2, 0.2}, "omsorg-ifo": {-0.2, -0.2, -0.2},
	"utbildning-forskola": {-0.3, -0.3, -0.3}, "utbildning-gymnasium": {0.4, 0.4, 0.4},
	"samhallsbyggnad-bygg": {0, 0.4, 0.4}, "samhallsbyggnad-fastighet": {0, -0.4, -0.4},
}

// Grundskolan is two camps, schools ahead and schools behind, and furthest apart
// in organisation, so that its people do not agree there.
const (
	camps             = "utbildning-grundskola"
	campsApart        = 0.6
	campsOrganisation = 1.2
)

// itemShift is how an item differs from its theme.
var itemShift = map[string]float64{
	"led.engagemang.agenda": 0.3, "led.engagemang.resurser": -0.3, "led.forandring.behov": 0.2, "led.forandring.ideer": 0.2,
	"led.forandring.arbetssatt": -0.2, "led.forandring.balans": -0.2, "sty.mal.egna": 0.1, "sty.mal.budget": -0.1,
	"sty.prioritering.nytta": 0.2, "sty.prioritering.gemensam": -0.2, "sty.uppfoljning.atgard": 0.15, "sty.uppfoljning.effekt": -0.15,
	"sty.sakerhet.avbrott": 0.2, "sty.sakerhet.klassning": -0.2, "org.samverkan.extern": 0.3, "org.samverkan.erfarenhet": -0.3,
	"org.utveckling.it": 0.3, "org.utveckling.anvandare": -0.2, "org.utveckling.overlamning": -0.1, "kom.larande.tid": 0.1,
	"kom.larande.uppdrag": 0.1, "kom.larande.behov": -0.2, "kom.leda.forandring": 0.3, "kom.leda.nytta": -0.4, "kom.leda.bestallning": 0.1,
	"kom.digital.sakerhet": 0.3, "kom.digital.utforska": 0.3, "kom.digital.data": -0.5, "kom.digital.anvandare": -0.1,
}

// buildingItemShift is itemShift in samhällsbyggnad since its building permit
// project, where users took part.
var buildingItemShift = map[string]float64{"org.utveckling.anvandare": 0.3, "org.utveckling.it": -0.1, "org.utveckling.overlamning": -0.2}

// dontKnow is the share of vet ej, first and last year; other ratings have
// dontKnowElse, own competence none, förskola twice as much.
var dontKnow = map[string][2]float64{
	"sty.prioritering.gemensam": {0.14, 0.08}, "sty.sakerhet.klassning": {0.10, 0.07}, "org.ansvar.agare": {0.08, 0.05}, "sty.mal.budget": {0.09, 0.06},
}

const dontKnowElse = 0.03

// neverDontKnow are units so near the least group that one vet ej would hide
// more than the story means, as would those placed in a förvaltning itself.
var neverDontKnow = map[string]bool{"omsorg-halsa": true, "utbildning-elevhalsa": true}

// notApplicable is the share of ej relevant, first and last year.
var notApplicable = map[string][2]float64{
	"sty.uppfoljning.effekt": {0.12, 0.12}, "org.utveckling.anvandare": {0.20, 0.12}, "org.utveckling.overlamning": {0.25, 0.15},
}

// fact is what kommunledning and samordnare say of a fact: the lower median of
// their levels, and what they say it rests on.
type fact struct {
	level    [3]survey.Answer
	evidence [3]string
}

var facts = map[string]fact{
	"led.strategi.antagen":      {[3]survey.Answer{2, 4, 4}, [3]string{"Uppdrag KS 2024-06-04 § 77", "Digitaliseringsstrategi 2025–2028, KF 2025-03-24 § 31", "Digitaliseringsstrategi 2025–2028, uppföljd KS 2026-04-14 § 66"}},
	"led.strategi.politik":      {[3]survey.Answer{3, 3, 4}, [3]string{"Handlingsprogram 2023–2026, KF 2023-05-22 § 74", "Handlingsprogram 2023–2026", "Handlingsprogram 2023–2026"}},
	"sty.mal.matbara":           {[3]survey.Answer{3, 3, 4}, [3]string{"Budget 2024, KF 2023-11-27 § 148", "Målen i digitaliseringsstrategin", "Mätning av målen, KS 2026-04-14 § 67"}},
	"sty.sakerhet.styrdokument": {[3]survey.Answer{2, 3, 3}, [3]string{"IT-reglemente 1997 och Säkerhetspolicy IT 2004", "Informationssäkerhetspolicy KF 2024-09-30 § 97, Regler för användare 2025-06-16", "Riktlinje för IT, KS 2026-03-10 § 41"}},
	"sty.prioritering.helhet":   {[3]survey.Answer{2, 3, 4}, [3]string{"Plan för e-tjänster (arbetsmaterial)", "Lista över digitala satsningar, kommunchefen 2025-09-15", "Genomgång av listan 2026-03-02 och 2026-09-07"}},
	"org.ansvar.dokumenterat":   {[3]survey.Answer{2, 3, 3}, [3]string{"Utkast 2024-08-30", "Ansvar för digitaliseringen, KS 2025-05-13 § 82", "Ansvar för digitaliseringen, KS 2025-05-13 § 82"}},
	"org.ansvar.samordnare":     {[3]survey.Answer{3, 3, 4}, [3]string{"Uppdrag för samordnaren, kommunchefen 2024-02-05", "Uppdrag för samordnaren", "Uppdrag för samordnaren, översett 2026-01-19"}},
	"org.utveckling.modell":     {[3]survey.Answer{2, 3, 3}, [3]string{"E-tjänster, roller 2019-09-06 (arbetsmaterial)", "E-tjänster, roller 2019-09-06 (arbetsmaterial)", "Modell för e-tjänster, kommunens ledningsgrupp 2026-01-26"}},
	"kom.larande.plan":          {[3]survey.Answer{1, 2, 3}, [3]string{"", "Utkast från HR 2025-09-01", "Plan för digital kompetens 2026–2027, kommunledningen 2026-02-16"}},
	"sty.uppfoljning.samlad":    {[3]survey.Answer{2, 3, 4}, [3]string{"Den här mätningen, prövad första gången", "Beslut om uppföljning, KS 2025-02-11 § 15", "Resultatet 2025 jämfört med 2024"}},
	"sty.uppfoljning.rapport":   {[3]survey.Answer{2, 3, 3}, [3]string{"Årsredovisning 2023", "Rapport till KS 2025-02-11 § 16", "KS 2026-02-10 § 18 och nämnderna i mars 2026"}},
}
