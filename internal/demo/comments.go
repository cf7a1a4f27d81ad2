package demo

// comment is what somebody wrote to an item. The group that it comes from and
// the level that goes with it fit the words.
type comment struct {
	group, item, year string
	level             int
	text              string
}

var comments = []comment{
	{"kommunledning-kansli", "sty.prioritering.gemensam", "2024", 1, "Den som ropar högst får timmarna på IT. Ofta är det vi."},
	{"kommunledning-it", "led.engagemang.beslut", "2024", 2, "Inventeringen visades i ledningsgruppen. Alla nickade. Sedan kom budgeten."},
	{"kommunledning-ekonomi", "led.strategi.riktning", "2025", 4, "För första gången kan jag svara när medarbetarna frågar vart vi ska."},
	{"kommunledning-ekonomi", "sty.uppfoljning.atgard", "2025", 2, "Vi är bra på att följa upp andra. Våra egna åtgärder står kvar från i våras."},
	{"kommunledning-it", "sty.sakerhet.klassning", "2025", 3, "Tre möten per system. Det var värt det, men många system är kvar."},
	{"kommunledning-kansli", "org.ansvar.agare", "2026", 3, "Jag äger fyra system. Tiden för det finns på papperet."},
	{"omsorg-sabo", "led.forandring.arbetssatt", "2024", 2, "Tekniken kom på en tisdag, utbildningen två veckor senare."},
	{"omsorg-hemtjanst", "kom.larande.tid", "2024", 3, "Vi lär oss mellan två besök. Det går, men inte för alla."},
	{"omsorg-hemtjanst", "sty.uppfoljning.effekt", "2025", 1, "Så länge projektet hade pengar mätte vi varje månad. Sedan i våras har ingen frågat."},
	{"omsorg-funktionsstod", "org.utveckling.it", "2025", 4, "Nu vet jag vem på IT jag ska ringa. Det sparar mig en timme i veckan."},
	{"omsorg-sabo", "kom.leda.forandring", "2025", 4, "Andra gången vi bytte verktyg gick det på tre veckor. Då hade vi någon att fråga på varje pass."},
	{"omsorg-hemtjanst", "sty.sakerhet.avbrott", "2026", 3, "Vi körde på papper en förmiddag. Telefonlistan var två år gammal."},
	{"utbildning-grundskola", "org.ansvar.kant", "2024", 1, "Frågade tre personer vem som bestämmer om appar. Fick tre svar."},
	{"utbildning-grundskola", "sty.uppfoljning.effekt", "2024", 1, "Vi bytte lärplattform utan att veta vad den gamla hade gett."},
	{"utbildning-forskola", "led.strategi.riktning", "2025", 2, "Strategin är bra. Men vad betyder den för barn som är två år?"},
	{"utbildning-grundskola", "kom.digital.utforska", "2025", 2, "Lärarna prövar AI varje vecka. Jag försöker hinna ikapp."},
	{"utbildning-grundskola", "org.samverkan.erfarenhet", "2025", 1, "Skolan bredvid hade löst samma sak. Det fick jag veta på en parkering."},
	{"utbildning-grundskola", "kom.larande.behov", "2026", 3, "Nu har vi skrivit ner vad vi inte kan. Det blev en lång lista."},
	{"samhallsbyggnad-fastighet", "led.forandring.behov", "2024", 1, "Vi köpte först och letade efter behovet sedan."},
	{"samhallsbyggnad-bygg", "org.utveckling.anvandare", "2024", 1, "Ingen sökande hade provat blanketten. Det märktes första dagen."},
	{"samhallsbyggnad-bygg", "org.utveckling.anvandare", "2025", 4, "Fem byggherrar fick prova före start. På tio minuter hittade de det vi hade missat i ett år."},
	{"samhallsbyggnad-bygg", "sty.uppfoljning.effekt", "2025", 4, "Väntan på komplettering har gått från fem veckor till två. Nu vågar vi säga det högt."},
	{"samhallsbyggnad-fastighet", "kom.larande.tid", "2025", 1, "Bygglov fick tid att lära. Vi andra fick en länk."},
	{"samhallsbyggnad-bygg", "sty.prioritering.nytta", "2026", 3, "Vi räknar på nyttan nu. Det svåra är att säga nej."},
	{"omsorg-sabo", "sty.uppfoljning.effekt", "2025", 2, "Vi frågade personalen en gång. Svaren ligger i en pärm."},
	{"omsorg-funktionsstod", "sty.uppfoljning.effekt", "2025", 2, "Nyttan syns i vardagen, men ingen har bett oss visa den."},
	{"omsorg-halsa", "sty.uppfoljning.atgard", "2025", 1, "Åtgärderna skrevs ner i mars. Jag har inte sett listan sedan dess."},
	{"omsorg-ifo", "sty.uppfoljning.effekt", "2025", 1, "Sedan Karin i Hällevik slutade är det ingen som följer upp verktyget."},
	{"utbildning-gymnasium", "sty.uppfoljning.effekt", "2025", 2, "Vi mäter hur många som loggar in. Det säger inget om nyttan."},
	{"utbildning-grundskola", "sty.uppfoljning.atgard", "2025", 1, "Enkäten visade samma sak som förra året. Det gjorde åtgärderna också."},
	{"kommunledning-kansli", "sty.uppfoljning.effekt", "2025", 3, "För ärendehanteringen vet vi tiden före och efter. För resten gissar vi."},
	{"samhallsbyggnad-bygg", "org.utveckling.overlamning", "2025", 3, "Konsulten stannade en månad efter start. Det var den bästa månaden."},
	{"samhallsbyggnad-bygg", "org.utveckling.it", "2025", 4, "IT satt hos oss två dagar i veckan. Då slutade vi skriva ärenden."},
	{"samhallsbyggnad-fastighet", "org.utveckling.anvandare", "2025", 2, "Felanmälan prövades av oss på kontoret. De som anmäler fel sitter inte där."},
	{"samhallsbyggnad-fastighet", "org.utveckling.overlamning", "2025", 1, "Ny leverantör, nytt lösenord, ingen genomgång."},
	{"omsorg-hemtjanst", "org.utveckling.anvandare", "2025", 3, "Två undersköterskor var med hela vägen. Därför fungerar listorna nu."},
	{"utbildning-forskola", "org.utveckling.it", "2025", 1, "Vi vet inte vem som är vår person på IT. De vet nog inte heller."},
	{"utbildning-grundskola", "org.utveckling.overlamning", "2025", 1, "Plattformen kom i augusti. Lärarna fick veta det i klassrummet."},
	{"kommunledning-kultur", "org.utveckling.anvandare", "2025", 2, "Besökarna tycker om biljettsystemet. De anställda gör det inte."},
	{"utbildning-grundskola", "kom.larande.tid", "2025", 2, "Studiedagen räckte till inloggningen."},
	{"utbildning-grundskola", "kom.larande.behov", "2025", 1, "Ingen har frågat vad vi behöver lära oss. Alla har svar på det."},
	{"utbildning-forskola", "kom.larande.tid", "2025", 1, "Barngruppen väntar inte medan jag går en kurs på nätet."},
	{"utbildning-gymnasium", "kom.larande.uppdrag", "2025", 3, "Rektorerna fick ett tydligt uppdrag i våras. Det hjälpte mer än kursen."},
	{"utbildning-elevhalsa", "kom.larande.behov", "2025", 2, "Vi vet vad vi saknar. Vi vet inte vem vi ska säga det till."},
	{"omsorg-sabo", "kom.larande.tid", "2025", 4, "En kvart på varje arbetsplatsträff. Det är lite, men det blir av."},
	{"omsorg-funktionsstod", "kom.larande.uppdrag", "2025", 3, "Jag vet vad jag ska kunna. Nu vill jag veta när jag ska lära mig det."},
	{"kommunledning-it", "kom.larande.behov", "2025", 2, "Vi utbildar andra hela dagarna. Vår egen kurs har skjutits upp tre gånger."},
	{"omsorg-ifo", "kom.larande.tid", "2025", 2, "En av mina medarbetare har varit sjukskriven sedan systembytet, och då finns ingen tid att lära."},
	{"omsorg-hemtjanst", "led.strategi.plan", "2025", 3, "Två av målen i strategin står i vår plan. De andra fyra hittade ingen hemvist."},
	{"utbildning-grundskola", "led.strategi.riktning", "2025", 2, "Jag har läst strategin. Mina lärare har läst rubriken."},
	{"samhallsbyggnad-bygg", "led.strategi.plan", "2025", 4, "Bygglov på nätet stod först i strategin och sedan i vår budget. Så ska det gå till."},
	{"kommunledning-kansli", "led.forandring.ideer", "2024", 2, "Idélådan har ett lås. Ingen vet vem som har nyckeln."},
	{"utbildning-forskola", "led.forandring.arbetssatt", "2024", 1, "Vi fick surfplattor och ett datum."},
	{"samhallsbyggnad-bygg", "led.forandring.arbetssatt", "2024", 1, "Vi skannade blanketten och kallade den e-tjänst."},
	{"omsorg-hemtjanst", "led.forandring.balans", "2024", 3, "Det nya får den tid som blir över. Det blir ingen över."},
	{"kommunledning-ekonomi", "sty.uppfoljning.effekt", "2024", 2, "Kalkylen gjordes före beslutet. Efteråt öppnade ingen filen."},
	{"omsorg-sabo", "sty.uppfoljning.effekt", "2024", 3, "Larmen räknas. Lugnet på natten räknar ingen, och det var det vi köpte."},
	{"samhallsbyggnad-bygg", "sty.uppfoljning.atgard", "2024", 1, "Felen vi hittade i våras finns kvar i höst."},
	{"utbildning-gymnasium", "sty.uppfoljning.effekt", "2024", 2, "Vi vet vad licenserna kostar. Där slutar uppföljningen."},
	{"omsorg-funktionsstod", "sty.sakerhet.avbrott", "2026", 3, "Övningen i september visade att pärmen fattades. Nu finns den."},
	{"utbildning-gymnasium", "sty.uppfoljning.effekt", "2026", 3, "Första gången jag får en siffra jag kan visa för kollegiet."},
	{"omsorg-sabo", "sty.uppfoljning.effekt", "2026", 3, "Uppföljningen är tillbaka. Den är kortare, och någon läser den."},
	{"samhallsbyggnad-fastighet", "sty.uppfoljning.effekt", "2026", 3, "Energisystemet har betalat sig. Det hade vi inte vetat i fjol."},
	{"kommunledning-ekonomi", "sty.uppfoljning.atgard", "2026", 3, "Listan gås igenom varje kvartal. Två punkter är strukna för att de är klara."},
	{"omsorg-hemtjanst", "sty.uppfoljning.effekt", "2026", 2, "Vi mäter igen, men vi började om från noll."},
	{"utbildning-grundskola", "sty.uppfoljning.atgard", "2026", 2, "Nu får vi svar på vad som blev av det vi sade."},
}

// edited is what the coordinator publishes in place of what points at a person,
// withheld what is not published at all. The rest is published as it is.
var (
	edited   = map[string]string{"Sedan Karin i Hällevik slutade är det ingen som följer upp verktyget.": "Sedan en kollega slutade är det ingen som följer upp verktyget."}
	withheld = "En av mina medarbetare har varit sjukskriven sedan systembytet, och då finns ingen tid att lära."
)
