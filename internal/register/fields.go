package register

import (
	"slices"
	"strings"

	"github.com/mognad/mognad/internal/survey"
)

// Type is what a field takes.
type Type string

// The types.
const (
	Line    Type = "line"    // a line of text
	Text    Type = "text"    // a paragraph
	Day     Type = "day"     // 2006-01-02
	Year    Type = "year"    // 2006
	Number  Type = "number"  // a whole number, for the order of a list
	Choice  Type = "choice"  // one of Choices
	Suggest Type = "suggest" // a line, Choices being what is usual
	Items   Type = "items"   // ids of items
	Link    Type = "link"    // an address on the web
)

// Option is a value that a field can have, as it is stored and as people read it.
type Option struct {
	Value string
	Label survey.Text
}

// Field is one column of a register.
type Field struct {
	Key      string // of Entry in JSON, or of its Details
	Label    survey.Text
	Type     Type
	Required bool
	Choices  []Option
	Also     []string // other headings that kommuner have for it, in lower case
}

func tx(sv, en string) survey.Text { return survey.Text{SV: sv, EN: en} }

// same is an option that is stored in the words it has in Swedish.
func same(sv, en string) Option { return Option{sv, tx(sv, en)} }

var (
	yesNo = []Option{same("ja", "yes"), same("nej", "no")}
	// Statuses are those of a decision.
	Statuses = []Option{same(Decided, "decided"), same(Draft, "working paper"), same(Repealed, "repealed")}
	// States are those of an e-service, in the order in which it goes through them.
	States = []Option{same("idé", "idea"), same("planerad", "planned"), same("under utveckling", "in development"),
		same("färdigutvecklad", "developed"), same("avvecklad", "withdrawn")}
	sorts = []Option{same("strategi", "strategy"), same("policy", "policy"), same("riktlinje", "guideline"), same("regler", "rules"),
		same("reglemente", "regulations"), same("plan", "plan"), same("handlingsprogram", "action programme"), same("budget", "budget"),
		same("mål", "goals"), same("mål och vision", "goals and vision"), same("beslut", "decision"), same("rapport", "report"),
		same("årsredovisning", "annual report"), same("instruktion", "instruction"), same("rollbeskrivning", "role description"),
		same("inventering", "inventory"), same("annat", "other")}
)

// own has the fields that a kind has alone, in their order; the first of a row
// is what its entries are called.
var own = map[Kind][]Field{
	Document: {
		{Key: "name", Label: tx("Styrdokument", "Steering document"), Type: Line, Required: true, Also: []string{"dokument", "namn", "document", "titel"}},
		{Key: "sort", Label: tx("Slag", "Sort"), Type: Suggest, Choices: sorts, Also: []string{"typ", "dokumenttyp", "type"}},
		{Key: "dated", Label: tx("Daterat", "Dated"), Type: Day},
	},
	EService: {
		{Key: "nr", Label: tx("Nr", "No."), Type: Number, Also: []string{"nummer", "number"}},
		{Key: "name", Label: tx("Namn på tjänst", "Name of service"), Type: Line, Required: true, Also: []string{"e-tjänst", "tjänst", "namn", "e-service", "service"}},
		{Key: "forvaltning", Label: tx("Förvaltning", "Department"), Type: Line},
		{Key: "avdelning", Label: tx("Avdelning", "Section"), Type: Line},
		{Key: "orderer", Label: tx("Beställare", "Ordered by"), Type: Line},
		{Key: "developer", Label: tx("Utvecklare", "Developer"), Type: Line},
		{Key: "state", Label: tx("Läge", "State"), Type: Choice, Choices: States, Also: []string{"utvecklingsläge", "fas"}},
		{Key: "year", Label: tx("År", "Year"), Type: Year},
	},
	Role: {
		{Key: "name", Label: tx("Roll", "Role"), Type: Line, Required: true, Also: []string{"funktion", "namn"}},
		{Key: "responsibility", Label: tx("Ansvar", "Responsibility"), Type: Text, Also: []string{"ansvarar för", "uppgift"}},
		{Key: "documented", Label: tx("Dokumenterat", "Documented"), Type: Choice, Choices: yesNo},
		{Key: "documented_in", Label: tx("Står i", "Stands in"), Type: Line, Also: []string{"dokumenterat i", "documented in"}},
	},
	Goal: {
		{Key: "name", Label: tx("Mål", "Goal"), Type: Line, Required: true, Also: []string{"namn", "målformulering"}},
		{Key: "body", Label: tx("Nämnd eller verksamhet", "Committee or operations"), Type: Line, Also: []string{"nämnd", "verksamhet", "committee"}},
		{Key: "measure", Label: tx("Mått", "Measure"), Type: Line, Also: []string{"mäts med", "indikator"}},
		{Key: "target", Label: tx("Målvärde", "Target"), Type: Line},
		{Key: "document", Label: tx("Står i", "Stands in"), Type: Line, Also: []string{"dokument", "document"}},
		{Key: "year", Label: tx("Från år", "Since"), Type: Year, Also: []string{"år", "year"}},
		{Key: "follow_up", Label: tx("Uppföljning", "Follow-up"), Type: Text},
	},
	Training: {
		{Key: "name", Label: tx("Utbildning", "Training"), Type: Line, Required: true, Also: []string{"namn", "kurs"}},
		{Key: "state", Label: tx("Läge", "State"), Type: Choice, Choices: []Option{same("planerad", "planned"), same("pågår", "going on"),
			same("hållen", "held"), same("inte hållen", "not held")}},
		{Key: "when", Label: tx("När", "When"), Type: Line, Also: []string{"tid", "datum", "period"}},
		{Key: "audience", Label: tx("För vilka", "For whom"), Type: Line, Also: []string{"målgrupp", "audience"}},
		{Key: "held_by", Label: tx("Hölls av", "Held by"), Type: Line, Also: []string{"utbildare", "arrangör"}},
		{Key: "participants", Label: tx("Antal deltagare", "Participants"), Type: Line, Also: []string{"deltagare"}},
	},
	Minutes: {
		{Key: "name", Label: tx("Forum eller möte", "Forum or meeting"), Type: Line, Required: true, Also: []string{"forum", "möte", "namn"}},
		{Key: "date", Label: tx("Mötesdag", "Day of meeting"), Type: Day, Also: []string{"datum", "date"}},
		{Key: "scope", Label: tx("Inom eller utom kommunen", "Within or outside the kommun"), Type: Choice, Choices: []Option{
			{"intern", tx("inom kommunen", "within the kommun")}, {"extern", tx("med andra", "with others")}}},
		{Key: "participants", Label: tx("Deltagare", "Participants"), Type: Text},
		{Key: "frequency", Label: tx("Hur ofta", "How often"), Type: Line},
		{Key: "notes_kept", Label: tx("Anteckningar förs", "Notes are kept"), Type: Choice, Choices: yesNo},
	},
}

// common has the fields of every kind.
var common = []Field{
	{Key: "status", Label: tx("Status", "Status"), Type: Choice, Choices: Statuses},
	{Key: "decided_by", Label: tx("Beslutat av", "Decided by"), Type: Line, Also: []string{"beslutad av", "antaget av", "antagen av", "beslutsinstans"}},
	{Key: "decided", Label: tx("Beslutat den", "Decided on"), Type: Day, Also: []string{"beslutat", "beslutad", "antaget", "antagen", "beslutsdatum", "datum för beslut", "decided"}},
	{Key: "paragraph", Label: tx("Paragraf", "Paragraph"), Type: Line, Also: []string{"§"}},
	{Key: "reviewed", Label: tx("Senast översett", "Last reviewed"), Type: Day, Also: []string{"översett", "reviderat", "reviderad", "senast reviderad"}},
	{Key: "review_by", Label: tx("Ses över senast", "Review by"), Type: Day, Also: []string{"gäller till", "översyn", "revideras senast"}},
	{Key: "link", Label: tx("Länk", "Link"), Type: Link, Also: []string{"url", "webbadress"}},
	{Key: "note", Label: tx("Anteckning", "Note"), Type: Text, Also: []string{"kommentar", "notering", "comment"}},
	{Key: "supports", Label: tx("Underlag för", "Evidence for"), Type: Items, Also: []string{"stöder", "frågor"}},
}

// fields are those of each kind: its own, and those that all have.
var fields = func() map[Kind][]Field {
	all := map[Kind][]Field{}
	for k, its := range own {
		all[k] = slices.Concat(its, common)
	}
	return all
}()

// Fields returns the fields of a kind, in the order of forms and workbooks; nil
// for an unknown one.
func Fields(k Kind) []Field { return fields[k] }

// FieldOf returns one field of a kind; the zero one where it has none with key.
func FieldOf(k Kind, key string) Field {
	for _, f := range Fields(k) {
		if f.Key == key {
			return f
		}
	}
	return Field{}
}

// Show returns a value as a reader of lang knows it: an option by its label,
// else as it is.
func (f Field) Show(value, lang string) string {
	for _, o := range f.Choices {
		if o.Value == value {
			return o.Label.In(lang)
		}
	}
	return value
}

// read is Show backwards, from either language.
func (f Field) read(text string) string {
	for _, o := range f.Choices {
		if strings.EqualFold(text, o.Value) || strings.EqualFold(text, o.Label.SV) || strings.EqualFold(text, o.Label.EN) {
			return o.Value
		}
	}
	return text
}

// slot is where an entry keeps a common field; nil for one of its kind's own.
func (e *Entry) slot(key string) *string {
	switch key {
	case "name":
		return &e.Name
	case "status":
		return &e.Status
	case "decided_by":
		return &e.DecidedBy
	case "decided":
		return &e.Decided
	case "paragraph":
		return &e.Paragraph
	case "reviewed":
		return &e.Reviewed
	case "review_by":
		return &e.ReviewBy
	case "link":
		return &e.Link
	case "note":
		return &e.Note
	}
	return nil
}

// Get returns the value of a field as it is stored; of items, their ids with
// commas.
func (e *Entry) Get(key string) string {
	if key == "supports" {
		return strings.Join(e.Supports, ", ")
	}
	if p := e.slot(key); p != nil {
		return *p
	}
	return e.Details[key]
}

// Set gives a field a value.
func (e *Entry) Set(key, value string) {
	if key == "supports" {
		e.Supports = strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ';' || r == ' ' })
		return
	}
	if p := e.slot(key); p != nil {
		*p = value
		return
	}
	if value == "" {
		delete(e.Details, key)
		return
	}
	if e.Details == nil {
		e.Details = map[string]string{}
	}
	e.Details[key] = value
}
