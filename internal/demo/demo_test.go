package demo

import (
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/surveys"
)

var today = time.Date(2026, time.November, 24, 10, 0, 0, 0, round.Sweden)

func built(t *testing.T) *round.Service {
	t.Helper()
	s, _ := builtIn(t)
	return s
}

func builtIn(t *testing.T) (*round.Service, *sqlite.Store) {
	t.Helper()
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	set, err := survey.LoadDir(surveys.FS)
	if err != nil {
		t.Fatal(err)
	}
	ring := keys.New()
	if err := Build(t.Context(), st, ring, set, today); err != nil {
		t.Fatal(err)
	}
	if err := Build(t.Context(), st, ring, set, today.AddDate(0, 1, 0)); err != nil {
		t.Errorf("built again: %v", err)
	}
	return round.NewService(st, ring, func() time.Time { return today }), st
}

// TestStory holds what the demo's pages will show against the story's tables.
func TestStory(t *testing.T) {
	s := built(t)
	for y, id := range years[:2] {
		r, err := s.Round(t.Context(), id)
		if err != nil || r.State != round.Published {
			t.Fatalf("%s: %+v, %v", id, r, err)
		}
		document := func(unit string) *analysis.Document {
			d, err := s.Document(t.Context(), r, unit)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		for d, unit := range departments {
			doc := document(unit)
			for _, f := range doc.Of(analysis.LevelTheme) {
				_, theme, _ := strings.Cut(f.ID, ".")
				if f.Suppressed != "" {
					t.Errorf("%s %s %s is hidden", id, unit, f.ID)
				} else if want := means[theme][y][d]; math.Abs(f.Mean-want) > 0.05 {
					t.Errorf("%s %s %s: %.3f, want %.1f", id, unit, theme, f.Mean, want)
				}
			}
			for _, c := range doc.Children {
				if n := submitted[c.Unit.ID][y]; c.Suppressed == analysis.Shown && c.Submitted != n {
					t.Errorf("%s %s: %d submitted, want %d", id, c.Unit.ID, c.Submitted, n)
				}
			}
		}
	}
	hidden := map[analysis.Reason][]string{}
	r, _ := s.Round(t.Context(), "2025")
	for _, unit := range departments {
		d, err := s.Document(t.Context(), r, unit)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range d.Children {
			if c.Suppressed != "" {
				hidden[c.Suppressed] = append(hidden[c.Suppressed], c.Unit.ID)
			}
		}
		changes(t, unit, d)
	}
	if !slices.Contains(hidden[analysis.Small], "samhallsbyggnad-plan") || !slices.Contains(hidden[analysis.Complementary], "samhallsbyggnad-gata") {
		t.Errorf("2025 hides %v", hidden)
	}
	schools, err := s.Document(t.Context(), r, camps)
	if err != nil {
		t.Fatal(err)
	}
	if f, _ := schools.Figure("organisation"); f.RWG == nil || *f.RWG >= 0.7 {
		t.Errorf("grundskolan agrees in organisation: %+v", f)
	}
}

// changes checks what the story says is confirmed, and that no förvaltning but
// omsorg falls in any theme, and that only in follow-up.
func changes(t *testing.T, unit string, d *analysis.Document) {
	t.Helper()
	for _, f := range d.Of(analysis.LevelTheme) {
		c, ok := d.Previous.Change(f.ID)
		if !ok {
			t.Errorf("%s %s has no change", unit, f.ID)
		}
		falls := unit == "omsorg" && f.ID == "styrning.uppfoljning"
		if got := c.Confirmed && c.Delta < 0; got != falls {
			t.Errorf("%s %s: confirmed fall %v: %+v", unit, f.ID, got, c)
		}
	}
	want := map[string]bool{"ledning.strategi": true, "ledning.engagemang": false, "kompetens.larande": false}
	for id, confirmed := range want {
		if c, _ := d.Previous.Change(id); unit == "utbildning" && c.Confirmed != confirmed {
			t.Errorf("utbildning %s: %+v", id, c)
		}
	}
}

// TestComments: some are read under a förvaltning and some under the kommun, one is
// changed and one withheld, and those of the open round are nobody's to read.
func TestComments(t *testing.T) {
	s := built(t)
	for id, want := range map[string]map[string]int{
		"2024": {Root + " ledning.forandring": 6, Root + " styrning.uppfoljning": 5},
		"2025": {Root + " ledning.strategi": 5, Root + " styrning.uppfoljning": 5, "omsorg styrning.uppfoljning": 5,
			Root + " organisation.utveckling": 5, "samhallsbyggnad organisation.utveckling": 5, Root + " kompetens.larande": 4, "utbildning kompetens.larande": 5},
	} {
		r, err := s.Round(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		some, err := s.PublishedComments(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, c := range some {
			got[c.Unit+" "+c.Theme]++
			if c.Text == withheld || edited[c.Text] != "" {
				t.Errorf("%s publishes %q", id, c.Text)
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
		if n, err := s.CommentsLeft(t.Context(), r); err != nil || n != 0 {
			t.Errorf("%s: %d wait, %v", id, n, err)
		}
	}
	r, err := s.Round(t.Context(), Open)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Comments(t.Context(), r); !fail.Is(err, fail.Conflict) {
		t.Errorf("of the open round: %v", err)
	}
}

func TestOpenRound(t *testing.T) {
	s := built(t)
	r, err := s.Round(t.Context(), Open)
	if err != nil || r.State != round.Open || r.Invited != 122 || r.ClosesOn != "2026-12-08" || r.OpensOn != "2026-11-02" {
		t.Fatalf("%+v, %v", r, err)
	}
	counts, err := s.Counts(t.Context(), Open)
	if err != nil {
		t.Fatal(err)
	}
	tree, _, err := Organisation()
	if err != nil {
		t.Fatal(err)
	}
	whole := round.Roll(tree, counts, 0)[0]
	if whole.Submitted != 61 || whole.Started != 61+begun || whole.Invited != 122 {
		t.Errorf("%+v", whole)
	}
	sheet, err := s.Sheet(t.Context(), Open, Respondent)
	if err != nil || len(sheet.Entries) != 0 || len(sheet.Before) < 30 {
		t.Errorf("the respondent has %d answers and %d of last year, %v", len(sheet.Entries), len(sheet.Before), err)
	}
}

// TestFacts: the lower median of each fact is the story's.
func TestFacts(t *testing.T) {
	s := built(t)
	for y, id := range years[:2] {
		r, err := s.Round(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		d, err := s.Document(t.Context(), r, Root)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Facts) != len(facts) {
			t.Errorf("%s has %d facts of %d", id, len(d.Facts), len(facts))
		}
		for _, f := range d.Facts {
			if f.Level != facts[f.Item].level[y].Level() {
				t.Errorf("%s %s: %d, want %d", id, f.Item, f.Level, facts[f.Item].level[y])
			}
		}
	}
}

func TestGenerateIsTheSameEveryTime(t *testing.T) {
	set, err := survey.LoadDir(surveys.FS)
	if err != nil {
		t.Fatal(err)
	}
	tree, people, err := Organisation()
	if err != nil {
		t.Fatal(err)
	}
	a, b := generate(set, tree, slices.Clone(people)), generate(set, tree, slices.Clone(people))
	written := 0
	for y := range years {
		if len(a[y]) != len(b[y]) {
			t.Fatalf("%s: %d and %d sheets", years[y], len(a[y]), len(b[y]))
		}
		for i := range a[y] {
			for id, e := range a[y][i].entries {
				if b[y][i].entries[id] != e || a[y][i].person.ID != b[y][i].person.ID {
					t.Fatalf("%s %s: %+v and %+v", a[y][i].person.ID, id, e, b[y][i].entries[id])
				}
				it, ok := set.Item(id)
				if !ok || !it.Takes(e.Answer) || !it.AskedTo(a[y][i].person.Roles) {
					t.Errorf("%s answers %s with %s", a[y][i].person.ID, id, e.Answer)
				}
				if e.Comment != "" {
					written++
				}
				if e.Answer == survey.DontKnow && (slices.Contains(departments, a[y][i].group) || neverDontKnow[a[y][i].group]) && it.Kind == survey.Rating {
					t.Errorf("%s in %s answers vet ej", a[y][i].person.ID, a[y][i].group)
				}
			}
		}
	}
	if written != len(comments) {
		t.Errorf("%d comments of %d are written", written, len(comments))
	}
	if !slices.ContainsFunc(people, func(p org.Person) bool { return p.ID == Respondent }) {
		t.Error("the respondent is nobody")
	}
}
