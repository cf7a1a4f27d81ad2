package web

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
)

// answering is what every page of the answering shows; the page's own view
// embeds it.
type answering struct {
	*round.Sheet
	Base     string // where the pages lie: /svara, or the preview's address
	Preview  string // the role whose pages are previewed, "" where somebody answers
	Open     bool   // the round takes answers
	Owner    string // names what this person's browser keeps until it is saved
	Total    int    // items asked
	Given    int    // items answered
	Begun    bool
	LastYear string // the round before, where its id is a year
	lang     string
}

func (s *Server) answering(c *gin.Context, sheet *round.Sheet) answering {
	a := answering{Sheet: sheet, Base: "/svara", Open: sheet.Round.State == round.Open, Owner: waitingName(sheet.Invitation),
		Total: len(sheet.Items), Given: sheet.Answered(), lang: language(c)}
	for _, e := range sheet.Entries {
		a.Begun = a.Begun || !e.Empty()
	}
	if _, err := time.Parse("2006", sheet.Round.Previous); err == nil {
		a.LastYear = sheet.Round.Previous
	}
	return a
}

// waitingName names one respondent in the browser's own storage, where answers
// wait until the server has them. It is made of the personal link's hash: the
// same for every session of the same person, and nothing that the next person
// at the same computer could work out.
func waitingName(inv round.Invitation) string {
	sum := sha256.Sum256(fmt.Appendf(inv.Link, "/%s/%s", inv.Round, inv.Person))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// Number writes n in words up to twelve, as running text does.
func (a answering) Number(n int) string {
	words := map[string]string{
		"sv": "noll en två tre fyra fem sex sju åtta nio tio elva tolv",
		"en": "no one two three four five six seven eight nine ten eleven twelve",
	}
	if w := strings.Fields(words[a.lang]); n >= 0 && n < len(w) {
		return w[n]
	}
	return fmt.Sprint(n)
}

// Begin writes a word as a sentence begins.
func (answering) Begin(word string) string {
	r := []rune(word)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// RoundName returns what stands after "Mätomgång": many name a round with that
// very word.
func (a answering) RoundName() string { return strings.TrimPrefix(a.Round.Name, "Mätomgång ") }

// One tells which form of a word goes with n.
func (answering) One(n int) string {
	if n == 1 {
		return "1"
	}
	return "n"
}

// Minutes is an honest time for so many items: 36 took 25 minutes the first
// year; said in fives, rounded up.
func (a answering) Minutes() int { return (a.Total*25 + 36*5 - 1) / (36 * 5) * 5 }

// Facts returns how many of the person's items are about the whole kommun.
func (a answering) Facts() int {
	n := 0
	for _, it := range a.Items {
		if it.Kind == survey.Fact {
			n++
		}
	}
	return n
}

// startView is the page that greets, continues, thanks or tells that the round
// is closed.
type startView struct {
	answering
	Roles        []org.Role
	Manages      bool // every role is the head of a unit
	Unit, Within string
	Areas        []areaView
	Next         *round.SheetTheme // first with something unanswered, else the first of all
	Others       int               // managers beside this one
}

// ThemeCount returns how many themes the person is asked.
func (v startView) ThemeCount() int {
	n := 0
	for _, a := range v.Areas {
		n += len(a.Themes)
	}
	return n
}

// Steps returns the levels.
func (startView) Steps() []int { return []int{1, 2, 3, 4, 5} }

// areaView is one area as one person is asked it.
type areaView struct {
	Area   *survey.Questionnaire
	Themes []round.SheetTheme
	Items  int
}

func areasOf(themes []round.SheetTheme) []areaView {
	var out []areaView
	for _, th := range themes {
		if len(out) == 0 || out[len(out)-1].Area != th.Area {
			out = append(out, areaView{Area: th.Area})
		}
		a := &out[len(out)-1]
		a.Themes, a.Items = append(a.Themes, th), a.Items+len(th.Items)
	}
	return out
}

func (s *Server) answerStart(c *gin.Context) {
	sheet, ok := s.sheet(c)
	if !ok {
		return
	}
	tree, err := s.rounds.Tree(c, sheet.Round)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, http.StatusOK, "svara-start", s.startView(c, sheet, tree))
}

func (s *Server) startView(c *gin.Context, sheet *round.Sheet, tree *org.Tree) startView {
	themes := sheet.Themes()
	v := startView{answering: s.answering(c, sheet), Roles: sheet.Invitation.Roles, Areas: areasOf(themes), Others: sheet.Round.Invited}
	if sheet.Invitation.Counts {
		v.Others--
	}
	v.Manages = !slices.ContainsFunc(v.Roles, func(r org.Role) bool { return r == org.Kommunledning || r == org.Samordnare })
	if path := tree.Path(sheet.Invitation.Unit); len(path) > 0 {
		v.Unit = path[len(path)-1].Name
		if len(path) > 2 {
			v.Within = path[1].Name // the förvaltning
		}
	}
	v.Next = &themes[0]
	if i := slices.IndexFunc(themes, func(th round.SheetTheme) bool { return th.Answered < len(th.Items) }); i > 0 {
		v.Next = &themes[i]
	}
	return v
}

// ownAnswer is one item of mina.json.
type ownAnswer struct {
	Item     string `json:"item"`
	Answer   string `json:"answer"` // as survey.ParseAnswer reads it
	Comment  string `json:"comment"`
	Evidence string `json:"evidence"`
}

func (s *Server) answerMine(c *gin.Context) {
	sheet, ok := s.sheet(c)
	if !ok {
		return
	}
	answers := []ownAnswer{}
	for _, it := range sheet.Set.Items {
		if e := sheet.Entry(it.ID); !e.Empty() {
			answers = append(answers, ownAnswer{it.ID, e.Answer.String(), e.Comment, e.Evidence})
		}
	}
	c.JSON(http.StatusOK, gin.H{"submitted": sheet.Submitted, "answers": answers})
}

// itemChange is what is new about one item; what is nil stays as it is stored.
type itemChange struct {
	Item     string  `json:"item"`
	Answer   *string `json:"answer"`
	Comment  *string `json:"comment"`
	Evidence *string `json:"evidence"`
	// Owner is whose page it was given on, where the page says so.
	Owner *string `json:"owner"`
}

// errOther: a tab left open must not save as whoever opened a link after.
var errOther = fail.New(fail.Forbidden, "Sidan öppnades med en annan personlig länk än den som gäller nu i webbläsaren. Öppna din länk igen i en ny flik och försök sedan en gång till.",
	"The page was opened with another personal link than the one this browser now uses. Open your link again in a new tab, then try once more.")

// ours reports whether a page was drawn for the person who now is answering.
func ours(owner *string, inv round.Invitation) bool {
	return owner == nil || *owner == waitingName(inv)
}

var (
	errBadJSON   = fail.New(fail.Invalid, "Svaret kom inte fram helt. Ladda om sidan och försök igen.", "The answer did not arrive whole. Reload the page and try again.")
	errBadAnswer = fail.New(fail.Invalid, "Det svaret finns inte på frågan. Välj ett av dem som visas.", "The question has no such answer. Choose one of those shown.")
)

// amendment is the change as the round takes it.
func (ch itemChange) amendment() (round.Amendment, error) {
	a := round.Amendment{Item: ch.Item}
	if ch.Answer != nil {
		answer, err := survey.ParseAnswer(*ch.Answer)
		if err != nil {
			return a, errBadAnswer
		}
		a.Answer = &answer
	}
	if ch.Comment != nil {
		text := newlines(*ch.Comment)
		a.Comment = &text
	}
	if ch.Evidence != nil {
		text := newlines(*ch.Evidence)
		a.Evidence = &text
	}
	return a, nil
}

// newlines takes back what browsers do to the line breaks of a form's text, so
// that the same text is the same however it came.
func newlines(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// answerSave saves one item: JSON from the script, or the same as form fields.
func (s *Server) answerSave(c *gin.Context) {
	html := strings.Contains(c.GetHeader("Accept"), "text/html")
	refuse := func(err error) {
		if html {
			s.failed(c, err)
			return
		}
		status, e := s.problem(c, err)
		c.AbortWithStatusJSON(status, gin.H{"error": e.In(language(c)), "request": c.GetString(requestKey)})
	}
	change, err := readChange(c)
	if err != nil {
		refuse(err)
		return
	}
	who := c.MustGet(respondentKey).(round.Invitation)
	inv, err := s.rounds.Invitation(c, who.Round, who.Person)
	if err == nil && !ours(change.Owner, inv) {
		err = errOther
	}
	if err != nil {
		refuse(err)
		return
	}
	amendment, err := change.amendment()
	if err != nil {
		refuse(err)
		return
	}
	version, err := s.rounds.Save(c, inv, []round.Amendment{amendment})
	if err != nil {
		refuse(err)
		return
	}
	if html {
		s.backToItem(c, change.Item)
		return
	}
	c.JSON(http.StatusOK, gin.H{"version": version, "saved_at": s.now().In(round.Sweden).Format(time.RFC3339), "drawn": drawnFrom(amendment)})
}

// backToItem goes to where an item saved without the script stands.
func (s *Server) backToItem(c *gin.Context, item string) {
	sheet, ok := s.sheet(c)
	if !ok {
		return
	}
	if it, ok := sheet.Set.Item(item); ok {
		c.Redirect(http.StatusSeeOther, "/svara/"+it.Area+"/"+it.Theme+"#"+it.ID)
		return
	}
	c.Redirect(http.StatusSeeOther, "/svara")
}

func readChange(c *gin.Context) (itemChange, error) {
	var ch itemChange
	if c.ContentType() == "application/json" {
		if err := json.NewDecoder(c.Request.Body).Decode(&ch); err != nil {
			return ch, errBadJSON // not wrapped: the decoder's error may quote an answer, and goes to the log
		}
		return ch, nil
	}
	if err := c.Request.ParseForm(); err != nil {
		return ch, errBadJSON
	}
	form := c.Request.PostForm
	ch.Item = form.Get("item")
	ch.Answer, ch.Comment, ch.Evidence, ch.Owner = field(form, "answer"), field(form, "comment"), field(form, "evidence"), field(form, ownerField)
	return ch, nil
}

// field returns a form's field, nil when it was not sent.
func field(form map[string][]string, name string) *string {
	if v := form[name]; len(v) > 0 {
		return &v[0]
	}
	return nil
}
