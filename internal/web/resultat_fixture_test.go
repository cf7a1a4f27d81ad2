package web

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/chart"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/training"
	"github.com/mognad/mognad/surveys"
)

// group is a unit of the test organisation: how many are placed in it, how many
// of them answer in each of two years, and about which level.
type group struct {
	id, name, parent, kind string
	invited                int
	answered               [2]int
	level                  [2]float64
}

// organisation holds every case of docs/method.md, What may be shown: a unit too
// small (plan), one hidden with it (gata), one that nobody answers in (tyst), one
// below a hidden one (dold), and an "övriga tillsammans" (skola).
var organisation = []group{
	{"kommun", "Testkommun", "", "kommun", 0, [2]int{0, 0}, [2]float64{0, 0}},
	{"omsorg", "Omsorgsförvaltningen", "kommun", "forvaltning", 1, [2]int{1, 1}, [2]float64{2.4, 3}},
	{"hem", "Hemtjänst", "omsorg", "avdelning", 10, [2]int{8, 9}, [2]float64{2.3, 3.2}},
	{"boende", "Särskilt boende", "omsorg", "avdelning", 9, [2]int{7, 8}, [2]float64{2.2, 2.8}},
	{"stod", "Funktionsstöd", "omsorg", "avdelning", 8, [2]int{6, 7}, [2]float64{2.4, 3.1}},
	{"ifo", "Individ- och familjeomsorg", "omsorg", "avdelning", 7, [2]int{6, 6}, [2]float64{2.4, 2.9}},
	{"bygg", "Samhällsbyggnad", "kommun", "forvaltning", 1, [2]int{1, 1}, [2]float64{2.5, 2.5}},
	{"lov", "Bygg & miljö", "bygg", "avdelning", 9, [2]int{7, 8}, [2]float64{2.5, 2.5}},
	{"gata", "Gata, park och hamn", "bygg", "avdelning", 1, [2]int{0, 0}, [2]float64{2.5, 2.5}},
	{"dold", "Hamn", "gata", "enhet", 6, [2]int{5, 5}, [2]float64{2.5, 2.5}},
	{"plan", "Plan och mark", "bygg", "avdelning", 4, [2]int{3, 3}, [2]float64{2.5, 2.5}},
	{"tyst", "Förråd", "bygg", "avdelning", 2, [2]int{0, 0}, [2]float64{2.5, 2.5}},
	{"skola", "Barn- och utbildningsförvaltningen", "kommun", "forvaltning", 6, [2]int{6, 6}, [2]float64{1.9, 2}},
	{"grund", "Grundskola", "skola", "avdelning", 12, [2]int{10, 11}, [2]float64{2, 2.1}},
}

// results is a service with two published rounds, 2024 and 2025, and an open one.
type results struct {
	*Server
	store *sqlite.Store
	set   *survey.Set
	docs  map[string]analysis.Document // of 2025
	keys  *keys.Ring
}

// newResults builds it with the real questionnaires and the real analysis over
// answers drawn with a fixed seed.
func newResults(t testing.TB) *results {
	t.Helper()
	r := newEmpty(t)
	r.docs = r.publish(t, 1, r.publish(t, 0, nil))
	return r
}

// newEmpty builds the service with the open round alone.
func newEmpty(t testing.TB) *results {
	t.Helper()
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	set, err := survey.LoadDir(surveys.FS, "insatser.yaml", "register.yaml", "rekommendationer.yaml")
	must(err)
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	must(err)
	t.Cleanup(func() { st.Close() })
	ring := keys.New()
	now := time.Now
	acc := access.NewService(st, ring, now)
	renderer, err := chart.New()
	must(err)
	base, _ := url.Parse("http://example.test")
	catalogue, err := training.Load(surveys.FS, set)
	must(err)
	server, err := New(Config{BaseURL: base, Surveys: set, Training: catalogue}, st, round.NewService(st, ring, now), acc, renderer, now)
	must(err)
	must(st.SetSetting(t.Context(), "owner", "Testkommun"))
	must(st.CreateRound(t.Context(), round.Round{ID: "2026", Name: "2026", State: round.Open, Mode: round.Confidential, MinGroup: 5, OpensOn: "2026-10-05", ClosesOn: "2026-10-23", Version: 1}))
	return &results{Server: server, store: st, set: set, keys: ring}
}

// publish draws a year's answers, and stores what the analysis makes of them as
// a published round.
func (r *results) publish(t testing.TB, year int, before map[string]analysis.Document) map[string]analysis.Document {
	t.Helper()
	return r.publishOf(t, round.Round{ID: fmt.Sprint(2024 + year)}, r.set, organisation, year, before)
}

// publishOf is publish with questionnaires and units of the round's own; of what
// the groups answer it takes the year given.
func (r *results) publishOf(t testing.TB, of round.Round, set *survey.Set, groups []group, year int, before map[string]analysis.Document) map[string]analysis.Document {
	t.Helper()
	ctx, id := t.Context(), of.ID
	var units []org.Unit
	for _, g := range groups {
		units = append(units, org.Unit{ID: g.id, Name: g.name, Parent: g.parent, Kind: g.kind})
	}
	tree, err := org.NewTree(units)
	if err != nil {
		t.Fatal(err)
	}
	acc := analysis.New(set, tree, analysis.Options{Round: id, MinGroup: 5, Successors: of.Successors})
	random := rand.New(rand.NewPCG(7, uint64(year)))
	roles := []org.Role{org.Enhetschef}
	for _, g := range groups {
		for i := range g.invited {
			if err := acc.Invite(g.id, roles); err != nil {
				t.Fatal(err)
			}
			if i < g.answered[year] {
				if err := acc.Add(g.id, roles, answersTo(set, random, g.level[year], roles)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	result, docs := acc.Result(), map[string]analysis.Document{}
	for _, u := range units {
		var prev *analysis.Document
		if d, ok := before[u.ID]; ok {
			prev = &d
		}
		docs[u.ID] = result.Document(u.ID, prev)
	}
	hash, content, err := set.Frozen()
	if err == nil {
		err = r.store.PutBlob(ctx, hash, content)
	}
	if err != nil {
		t.Fatal(err)
	}
	unitsJSON, _ := json.Marshal(tree.Units())
	if err := r.store.PutBlob(ctx, blobName(unitsJSON), unitsJSON); err != nil {
		t.Fatal(err)
	}
	err = r.store.CreateRound(ctx, round.Round{ID: id, Name: "Mätomgång " + id, State: round.Published, Mode: round.Confidential, MinGroup: 5,
		OpensOn: id + "-10-06", ClosesOn: id + "-10-24", Survey: hash, Units: blobName(unitsJSON), Successors: of.Successors, Analysis: "a", Version: 1})
	if err != nil {
		t.Fatal(err)
	}
	err = r.store.PutDocuments(ctx, id, "a", func(yield func(string, []byte) bool) {
		for unit, d := range docs {
			plain, _ := json.Marshal(result.LevelCounts(unit))
			needs, err := r.keys.Seal(plain, id, unit, "needs") // as round.Close does
			if err != nil {
				t.Fatal(err)
			}
			content, _ := json.Marshal(struct {
				analysis.Document
				Needs []byte `json:"needs"`
			}{d, needs})
			if !yield(unit, content) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

// answersTo draws one person's: themes differ, some answers are "vet ej".
func answersTo(set *survey.Set, random *rand.Rand, level float64, roles []org.Role) []survey.Answer {
	out := make([]survey.Answer, len(set.Items))
	own := level + 0.5*random.NormFloat64()
	for i, it := range set.Items {
		if !it.AskedTo(roles) {
			continue
		}
		shift := map[string]float64{"samverkan": 0.7, "uppfoljning": -0.8}[it.Theme]
		out[i] = survey.Answer(min(max(math.Round(own+shift+0.4*random.NormFloat64()), 1), 5))
		if it.DontKnow != survey.NotOffered && random.Float64() < 0.04 {
			out[i] = survey.DontKnow
		}
	}
	return out
}

// signIn returns the cookie of somebody with grants.
func (r *results) signIn(t testing.TB, grants ...access.Grant) *http.Cookie {
	t.Helper()
	id := fmt.Sprint("account ", grants)
	token := ""
	for _, g := range grants {
		var err error
		if token, err = r.access.Grant(context.Background(), id, g); err != nil {
			t.Fatal(err)
		}
	}
	value, err := r.access.SignIn(context.Background(), token)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Cookie{Name: accountCookie, Value: value}
}

// get asks for a page as the person with the cookie, in Swedish or English.
func (r *results) get(path, lang string, who *http.Cookie) (status int, body string) {
	q := httptest.NewRequest(http.MethodGet, path, nil)
	if who != nil {
		q.AddCookie(who)
	}
	q.AddCookie(&http.Cookie{Name: languageCookie, Value: lang})
	w := httptest.NewRecorder()
	r.ServeHTTP(w, q)
	return w.Code, strings.NewReplacer("&nbsp;", " ", "\u00a0", " ", "\u00ad", "").Replace(w.Body.String())
}

// keep writes a page to a folder, to look at.
func keep(t testing.TB, dir, name, body string) {
	t.Helper()
	name = strings.NewReplacer("/", "_", "?", "_", "=", "_").Replace(name)
	if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(body), 0o644); err != nil {
		t.Fatal(err)
	}
}

var everything = access.Grant{Role: access.Ledning, Unit: "kommun"}

// row returns the table row of a page that begins with a name.
func row(t testing.TB, body, name string) string {
	t.Helper()
	rows := strings.Split(body, "<tr")
	i := slices.IndexFunc(rows, func(s string) bool { return strings.Contains(s, ">"+name+"<") })
	if i < 0 {
		t.Fatalf("no row of %s", name)
	}
	text, _, _ := strings.Cut(rows[i], "</tr>")
	return text
}
