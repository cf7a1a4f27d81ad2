package export

import (
	"fmt"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/survey"
)

// words are those of the files, by key.
var words = map[string]survey.Text{
	"open.title": {SV: "Digital mognad i %s, mätomgång %s", EN: "Digital maturity in %s, round %s"},

	"round": {SV: "mätomgång", EN: "round"},
	"total": {SV: "Mognadsindex, alla områden", EN: "Maturity index, all areas"},

	"level.total":   {SV: "Totalt", EN: "Total"},
	"level.area":    {SV: "Område", EN: "Area"},
	"level.theme":   {SV: "Tema", EN: "Theme"},
	"level.item":    {SV: "Fråga", EN: "Question"},
	"confirmed.yes": {SV: "ja", EN: "yes"},
	"confirmed.no":  {SV: "nej", EN: "no"},

	"why.small":         {SV: "Visas inte: färre än %d svar.", EN: "Not shown: fewer than %d answers."},
	"why.none":          {SV: "Visas inte: ingen har fått frågan, och minst %d svar krävs.", EN: "Not shown: nobody was asked, and at least %d answers are needed."},
	"why.complementary": {SV: "Visas inte: annars kunde en grupp på färre än %d räknas fram.", EN: "Not shown: otherwise a group of fewer than %d could be worked out."},
	"why.parent":        {SV: "Visas inte: enheten ovanför visas inte, eftersom en grupp på färre än %d annars kunde räknas fram.", EN: "Not shown: the unit above is not shown, since a group of fewer than %d could otherwise be worked out."},

	"sheet.summary":    {SV: "Sammanfattning", EN: "Summary"},
	"sheet.units":      {SV: "Enheter", EN: "Units"},
	"sheet.items":      {SV: "Frågor", EN: "Questions"},
	"sheet.competence": {SV: "Kompetens", EN: "Competence"},
	"sheet.charts":     {SV: "Diagram", EN: "Charts"},

	"sheet.actions": {SV: "Åtgärder", EN: "Actions"},

	"action.title":          {SV: "Åtgärd", EN: "Action"},
	"action.what":           {SV: "Vad som ska göras", EN: "What is to be done"},
	"action.unit":           {SV: "Enhet", EN: "Unit"},
	"action.owner":          {SV: "Ansvarig", EN: "Responsible"},
	"action.status":         {SV: "Läge", EN: "Status"},
	"action.late":           {SV: "Försenad", EN: "Late"},
	"action.start":          {SV: "Första dag", EN: "First day"},
	"action.due":            {SV: "Sista dag", EN: "Last day"},
	"action.item":           {SV: "Fråga som ska lyftas", EN: "Question to lift"},
	"action.from.round":     {SV: "Kommer ur", EN: "Comes from"},
	"action.from":           {SV: "Utgångsläge", EN: "Starting point"},
	"action.expected":       {SV: "Väntat", EN: "Expected"},
	"action.measured.round": {SV: "Mätt i", EN: "Measured in"},
	"action.measured":       {SV: "Uppmätt", EN: "Measured"},
	"action.outcome":        {SV: "Utfall", EN: "Outcome"},

	"about.actions":    {SV: "Åtgärder i %s och enheterna under, som de står den dag filen görs. En rad per åtgärd och fråga.", EN: "Actions in %s and the units below, as they stand on the day that the file is made. A row per action and question."},
	"about.units":      {SV: "Varje enhets index, områden och teman. En rad per enhet och mått.", EN: "Each unit's index, areas and themes. A row per unit and measure."},
	"about.items":      {SV: "Varje fråga för %s. Hur svaren fördelar sig står där minst tio har svarat.", EN: "Each question for %s. How the answers are distributed is told where at least ten answered."},
	"about.competence": {SV: "Chefer under den nivå som rollen kräver, per enhet och område.", EN: "Managers below the level that their role requires, by unit and area."},
	"about.charts":     {SV: "Nivåer som radardiagram, med tabellen som de är ritade av.", EN: "Levels as radar charts, with the table that they are drawn from."},

	"sum.what":     {SV: "Vad", EN: "What"},
	"sum.title":    {SV: "Digital mognad, %s", EN: "Digital maturity, %s"},
	"sum.round":    {SV: "Mätomgång", EN: "Round"},
	"sum.days":     {SV: "Svarsperiod", EN: "Answers given"},
	"sum.finding":  {SV: "Resultat i ord", EN: "Result in words"},
	"sum.invited":  {SV: "Tillfrågade", EN: "People asked"},
	"sum.answered": {SV: "Har svarat (n)", EN: "Have answered (n)"},
	"sum.rate":     {SV: "Svarsfrekvens", EN: "Response rate"},
	"sum.index":    {SV: "Mognadsindex (0–100)", EN: "Maturity index (0–100)"},
	"sum.interval": {SV: "95 % intervall", EN: "95% interval"},
	"sum.least":    {SV: "Minsta grupp som visas", EN: "Least group shown"},
	"sum.hidden":   {SV: "Enheter som inte visas", EN: "Units not shown"},
	"sum.method":   {SV: "Så är siffrorna gjorda", EN: "How the figures are made"},
	"sum.day":      {SV: "Filen gjord", EN: "File made"},
	"sum.source":   {SV: "Källa", EN: "Source"},
	"sum.sheets":   {SV: "Bladen", EN: "The sheets"},
	"method": {
		SV: "Cheferna svarar på nivå 1–5. En enhets siffra är medelvärdet av personerna i den och under den; alla väger lika. Index är (nivå − 1) × 25. Intervallet visar osäkerheten av att några inte har svarat. Resultat för färre än %d personer visas aldrig, och går inte att räkna fram ur det som visas; därför döljs ibland också en större grupp. Siffrorna är frysta när omgången stängdes.",
		EN: "Managers answer at level 1–5. A unit's figure is the mean of the people in it and below it; each counts equally. The index is (level − 1) × 25. The interval tells the uncertainty of some not having answered. Results of fewer than %d people are never shown, and can't be worked out from what is; so a larger group is sometimes hidden too. The figures were frozen when the round closed.",
	},

	"item.text":    {SV: "Fråga", EN: "Question"},
	"item.dk":      {SV: "Vet ej", EN: "Don't know"},
	"item.na":      {SV: "Ej relevant", EN: "Not applicable"},
	"item.level":   {SV: "Nivå %d, antal", EN: "Level %d, people"},
	"comp.area":    {SV: "Kompetensområde", EN: "Competence area"},
	"comp.rated":   {SV: "Har krav och har svarat (n)", EN: "Have a requirement and answered (n)"},
	"comp.below":   {SV: "Under kravet", EN: "Below the requirement"},
	"comp.share":   {SV: "Andel under", EN: "Share below"},
	"comp.steps":   {SV: "Steg som saknas", EN: "Steps missing"},
	"comp.meangap": {SV: "Gap i medel", EN: "Mean gap"},

	"chart.areas":  {SV: "Nivå per område", EN: "Level by area"},
	"chart.themes": {SV: "Nivå per tema", EN: "Level by theme"},
	"chart.alt":    {SV: "Radardiagram, nivå 1–5: %s. Siffrorna står i tabellen bredvid.", EN: "Radar chart, level 1–5: %s. The figures are in the table beside it."},
	"target":       {SV: "Önskad nivå", EN: "Target"},
	"asof":         {SV: "n = %d av %d. %s. %s", EN: "n = %d of %d. %s. %s"},
}

func say(lang, key string, args ...any) string {
	text := words[key].In(lang)
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Why tells in words why a figure is not shown, "" of one that is; least is the
// least group that is.
func Why(lang string, reason analysis.Reason, least int) string {
	if reason == analysis.Shown {
		return ""
	}
	return say(lang, "why."+string(reason), least)
}
