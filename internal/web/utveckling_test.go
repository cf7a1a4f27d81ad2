package web

import (
	"html"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/surveys"
)

// years is a service with three published rounds, 2023–2025, and their documents.
// In the last the unit "stod" is called "vard", which followed "halsa" in 2024 and
// that "stod"; "boende" has too few answers in 2024; and a question is replaced
// from 2025 on.
type years struct {
	*results
	docs map[string]map[string]analysis.Document // by round and unit
}

func newYears(t *testing.T) years {
	t.Helper()
	r := newEmpty(t)
	renamed := func(year int, names map[string]string) []group {
		out := slices.Clone(organisation)
		for i := range out {
			if to, ok := names[out[i].id]; ok {
				out[i].id, out[i].name = to, strings.ToUpper(to[:1])+to[1:]
			}
			if out[i].id == "boende" && year == 1 {
				out[i].answered[0] = 3
			}
		}
		return out
	}
	before := func(docs map[string]analysis.Document, id, was string) map[string]analysis.Document {
		docs[id] = docs[was]
		return docs
	}
	y := years{r, map[string]map[string]analysis.Document{}}
	y.docs["2023"] = r.publishOf(t, round.Round{ID: "2023"}, r.set, organisation, 0, nil)
	y.docs["2024"] = r.publishOf(t, round.Round{ID: "2024", Successors: map[string]string{"stod": "halsa"}}, r.set, renamed(1, map[string]string{"stod": "halsa"}), 0, before(y.docs["2023"], "halsa", "stod"))
	y.docs["2025"] = r.publishOf(t, round.Round{ID: "2025", Successors: map[string]string{"stod": "vard", "halsa": "vard"}}, replaced(t), renamed(2, map[string]string{"stod": "vard"}), 1, before(y.docs["2024"], "vard", "halsa"))
	return y
}

// replaced is the real questionnaires with one question of Uppföljning replaced.
func replaced(t *testing.T) *survey.Set {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(surveys.FS, "*.yaml")
	check(t, err)
	for _, name := range names {
		content, err := fs.ReadFile(surveys.FS, name)
		check(t, err)
		files[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(content), "- id: sty.uppfoljning.effekt\n", "- id: sty.uppfoljning.nytt\n"))}
	}
	set, err := survey.LoadDir(files, "insatser.yaml", "register.yaml", "rekommendationer.yaml")
	check(t, err)
	if _, ok := set.Item("sty.uppfoljning.nytt"); !ok {
		t.Fatal("no question was replaced")
	}
	return set
}

func (y years) page(t *testing.T, path, lang string, who *http.Cookie) string {
	t.Helper()
	status, body := y.get(path, lang, who)
	if dir := os.Getenv("MOGNAD_PAGES"); dir != "" {
		keep(t, dir, path+"-"+lang, body)
	}
	if status != http.StatusOK {
		t.Fatalf("%s: status %d", path, status)
	}
	return html.UnescapeString(mainOf(body))
}

// Every shown figure of every round stands in its row, with its n, and none that
// is not shown.
func TestTrendShowsEachRound(t *testing.T) {
	y := newYears(t)
	who := y.signIn(t, everything)
	for _, unit := range []string{"kommun", "omsorg", "boende", "vard", "bygg", "skola"} {
		for _, lang := range []string{"sv", "en"} {
			body := y.page(t, "/utveckling?enhet="+unit, lang, who)
			if found := regexp.MustCompile(`%!|<no value>|trend\.[a-z]|result\.[a-z]`).FindString(body); found != "" {
				t.Errorf("%s %s: broken text %q", unit, lang, found)
			}
			_, table, _ := strings.Cut(body, `aria-labelledby="ix"`)
			for _, id := range []string{"2023", "2024", "2025"} {
				d := y.docs[id][map[string]string{"2023vard": "stod", "2024vard": "halsa"}[id+unit]]
				if d.Unit.ID == "" {
					d = y.docs[id][unit]
				}
				_, line, _ := strings.Cut(table, `<tr><th scope="row">`+id)
				line, _, _ = strings.Cut(line, "</tr>")
				total, _ := d.Figure(analysis.TotalID)
				if d.Suppressed != analysis.Shown {
					if !strings.Contains(line, "r-hid") || strings.Contains(line, `class="b"`) {
						t.Errorf("%s %s: hidden, yet %s", unit, id, line)
					}
					continue
				}
				if want := `<td class="b">` + format.Decimal(total.Index, 1, lang) + "</td>"; !strings.Contains(line, want) {
					t.Errorf("%s %s %s: no %s in %s", unit, id, lang, want, line)
				}
			}
		}
	}
}

// A reorganised unit is followed through its successors, and says what it was.
func TestTrendFollowsSuccessors(t *testing.T) {
	y := newYears(t)
	body := y.page(t, "/utveckling?enhet=vard", "sv", y.signIn(t, everything))
	for _, want := range []string{"då: Funktionsstöd", "då: Halsa", ">Vard<"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	// The right to the unit is the right to what it was.
	chef := y.signIn(t, access.Grant{Role: access.Chef, Unit: "vard"})
	if body := y.page(t, "/utveckling", "sv", chef); !strings.Contains(body, "då: Funktionsstöd") {
		t.Error("a manager does not see what the unit was")
	}
	for _, unit := range []string{"omsorg", "stod", "halsa", "finns-inte"} {
		if status, _ := y.get("/utveckling?enhet="+unit, "sv", chef); status != http.StatusForbidden {
			t.Errorf("a manager asks for %s: status %d", unit, status)
		}
	}
}

// Hidden in the middle: no figure of that round, a gap in the line, no n.
func TestTrendHiddenInTheMiddle(t *testing.T) {
	y := newYears(t)
	body := y.page(t, "/utveckling?enhet=boende", "sv", y.signIn(t, everything))
	if d := y.docs["2024"]["boende"]; d.Suppressed == analysis.Shown {
		t.Fatal("it is shown")
	}
	options := regexp.MustCompile(`\{"year":"2024"[^}]*\}`).FindAllString(body, -1)
	if len(options) == 0 {
		t.Fatal("no chart")
	}
	for _, o := range options {
		if !strings.Contains(o, `"shown":false`) || !strings.Contains(o, `"value":0,"low":0,"high":0`) || strings.Contains(o, "n = ") {
			t.Errorf("the chart holds %s", o)
		}
	}
	for _, name := range []string{"Strategi och riktning", "Samverkan"} {
		cells := strings.Split(row(t, body, name), "<td")[1:]
		if !strings.Contains(cells[1], "r-hid") || !strings.Contains(cells[1], "för få svar") {
			t.Errorf("%s: %s", name, cells[1])
		}
		if !strings.Contains(cells[3], "jämförs inte") {
			t.Errorf("%s is compared with a hidden round: %s", name, cells[3])
		}
	}
}

// Where the questions changed nothing is joined or compared; where they did not,
// all is.
func TestTrendChangedQuestions(t *testing.T) {
	y := newYears(t)
	body := y.page(t, "/utveckling?enhet=kommun", "sv", y.signIn(t, everything))
	for name, changed := range map[string]bool{"Uppföljning": true, "Styrning": true, "Strategi och riktning": false, "Ledning": false} {
		_, line, _ := strings.Cut(body, `scope="row">`+name+"</th>")
		line, _, _ = strings.Cut(line, "</tr>")
		cells := strings.Split(line, "<td")[1:]
		if strings.Contains(cells[2], "frågorna ändrades") != changed || strings.Contains(cells[1], "frågorna ändrades") {
			t.Errorf("%s: %s", name, line)
		}
		for _, c := range cells[3:] {
			if strings.Contains(c, "frågorna ändrades") != changed || strings.Contains(c, "<b>") == changed {
				t.Errorf("%s changed by %s", name, c)
			}
		}
	}
	last := regexp.MustCompile(`\{"year":"2025"[^}]*\}`).FindAllString(body, -1)
	if len(last) != 5 || !strings.Contains(last[0], `"changed":true`) || !strings.Contains(last[1], `"changed":false`) {
		t.Errorf("charts %q", last)
	}
	// A year that asks the same is compared.
	earlier := y.page(t, "/utveckling?enhet=kommun&omgang=2024", "sv", y.signIn(t, everything))
	if strings.Contains(earlier, "frågorna ändrades") && strings.Contains(earlier, `id="andrat"`) || strings.Contains(earlier, ">2025</th>") {
		t.Error("2024 tells of 2025")
	}
}

// What has moved most: of the years asked for, confirmed first.
func TestTrendMoves(t *testing.T) {
	y := newYears(t)
	who := y.signIn(t, everything)
	for _, path := range []string{"/utveckling?enhet=omsorg&alla=1", "/utveckling?enhet=omsorg&mot=2023&alla=1"} {
		body := y.page(t, path, "sv", who)
		_, moves, _ := strings.Cut(body, `class="u-moves"`)
		rose, fell, _ := strings.Cut(moves, "Mest ner")
		for side, sign := range map[string]string{rose: "+", fell: "−"} {
			lines := strings.Split(side, "<tr>")[1:]
			unsure := false
			for _, l := range lines[min(1, len(lines)):] {
				if !strings.Contains(l, "<b>"+sign) {
					t.Errorf("%s: not %s in %s", path, sign, l)
				}
				if is := strings.Contains(l, "ej säkerställd"); unsure && !is {
					t.Errorf("%s: confirmed after not confirmed: %s", path, l)
				} else {
					unsure = is
				}
			}
		}
		if strings.Contains(moves, "sty.uppfoljning") || !strings.Contains(rose, "<b>+") {
			t.Error("no moves")
		}
	}
	for path, want := range map[string]int{"/utveckling?mot=2025": 404, "/utveckling?mot=2026": 404, "/utveckling?omgang=2026": 409, "/utveckling?omgang=1": 404, "/utveckling?omgang=2023": 200, "/utveckling?omgang=2023&mot=2024": 200} {
		if status, _ := y.get(path, "sv", who); status != want {
			t.Errorf("%s: status %d, want %d", path, status, want)
		}
	}
}
