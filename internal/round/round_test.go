package round_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/surveys"
)

// world is a small kommun on a real store: two förvaltningar of six managers.
type world struct {
	*round.Service
	store  store.Store
	keys   *keys.Ring
	set    *survey.Set
	units  []org.Unit
	people []org.Person
	now    time.Time
}

func newWorld(t *testing.T) *world {
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
	w := &world{store: st, keys: keys.New(), set: set, now: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC),
		units: []org.Unit{{ID: "k", Name: "Kommunen"}, {ID: "a", Name: "Omsorg", Parent: "k"}, {ID: "b", Name: "Bygg", Parent: "k"}}}
	for _, u := range []string{"a", "b"} {
		for i := range 6 {
			w.people = append(w.people, org.Person{ID: fmt.Sprintf("%s%d", u, i), Unit: u, Roles: []org.Role{org.Enhetschef}})
		}
	}
	w.people = append(w.people, org.Person{ID: "sam", Unit: "k", Roles: []org.Role{org.Samordnare}})
	w.Service = round.NewService(st, w.keys, func() time.Time { return w.now })
	return w
}

func (w *world) open(t *testing.T, id string) round.Round {
	t.Helper()
	if _, err := w.Create(t.Context(), "sam", round.Round{ID: id, OpensOn: id + "-11-02", ClosesOn: id + "-11-23"}); err != nil {
		t.Fatal(err)
	}
	r, err := w.Open(t.Context(), "sam", id, w.set, w.units, w.people)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// give saves what the entries have.
func (w *world) give(ctx context.Context, inv round.Invitation, entries ...round.Entry) error {
	var changes []round.Amendment
	for _, e := range entries {
		changes = append(changes, e.Amendment())
	}
	_, err := w.Save(ctx, inv, changes)
	return err
}

// answer gives the person the same level to everything asked, and submits.
func (w *world) answer(t *testing.T, id, person string, level survey.Answer) {
	t.Helper()
	inv, err := w.Invitation(t.Context(), id, person)
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := w.Sheet(t.Context(), id, person)
	if err != nil {
		t.Fatal(err)
	}
	var given []round.Entry
	for _, it := range sheet.Items {
		given = append(given, round.Entry{Item: it.ID, Answer: level})
	}
	if err := w.give(t.Context(), inv, given...); err != nil {
		t.Fatal(err)
	}
	if err := w.Submit(t.Context(), inv); err != nil {
		t.Fatal(err)
	}
}

func (w *world) everybody(t *testing.T, id string, level survey.Answer) {
	t.Helper()
	for _, p := range w.people {
		w.answer(t, id, p.ID, level)
	}
}

// result closes and publishes, and returns the whole organisation's document.
func (w *world) result(t *testing.T, id string) *analysis.Document {
	t.Helper()
	if _, err := w.Close(t.Context(), "sam", id); err != nil {
		t.Fatal(err)
	}
	r, err := w.Publish(t.Context(), "sam", id)
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.Document(t.Context(), r, "k")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWholeYear(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	r := w.open(t, "2026")
	if r.State != round.Open || r.Mode != round.Confidential || r.MinGroup != 5 || r.Invited != 12 {
		t.Fatalf("opened as %+v", r)
	}
	w.everybody(t, "2026", 3)
	if _, err := w.Document(ctx, r, "k"); !fail.Is(err, fail.Conflict) {
		t.Errorf("a document of an open round: %v", err)
	}
	r, err := w.Close(ctx, "sam", "2026")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Document(ctx, r, "k"); !fail.Is(err, fail.Conflict) {
		t.Errorf("a document of a round that is not published: %v", err)
	}
	if r, err = w.Publish(ctx, "sam", "2026"); err != nil {
		t.Fatal(err)
	}
	for unit, n := range map[string]int{"k": 12, "a": 6, "b": 6} {
		d, err := w.Document(ctx, r, unit)
		if err != nil {
			t.Fatal(err)
		}
		total, ok := d.Figure(analysis.TotalID)
		if !ok || total.N != n || total.Mean != 3 || total.Index != 50 || d.Submitted != n {
			t.Errorf("%s: %+v of %d", unit, total, d.Submitted)
		}
	}
	if _, err := w.Document(ctx, r, "x"); !fail.Is(err, fail.NotFound) {
		t.Errorf("unknown unit: %v", err)
	}
	if _, err := w.Reopen(ctx, "sam", "2026"); !fail.Is(err, fail.Conflict) {
		t.Errorf("a published round was opened again: %v", err)
	}
	if _, err := w.Publish(ctx, "sam", "2026"); !fail.Is(err, fail.Conflict) {
		t.Errorf("published twice: %v", err)
	}
}

func TestReopenDiscardsTheAnalysis(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2026")
	w.everybody(t, "2026", 2)
	closed, err := w.Close(ctx, "sam", "2026")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.give(ctx, round.Invitation{Round: "2026", Person: "a0", Roles: []org.Role{org.Enhetschef}}, round.Entry{Item: "led.strategi.plan", Answer: 5}); !fail.Is(err, fail.Closed) {
		t.Errorf("saved in a closed round: %v", err)
	}
	open, err := w.Reopen(ctx, "sam", "2026")
	if err != nil || open.State != round.Open || open.Analysis != "" {
		t.Fatalf("%+v, %v", open, err)
	}
	if _, err := w.store.Document(ctx, "2026", closed.Analysis, "k"); !fail.Is(err, fail.NotFound) {
		t.Errorf("the discarded analysis is there: %v", err)
	}
	w.answer(t, "2026", "a0", 4)
	if _, err := w.Close(ctx, "sam", "2026"); err != nil {
		t.Fatal(err)
	}
	r, err := w.Publish(ctx, "sam", "2026")
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.Document(ctx, r, "a")
	if err != nil {
		t.Fatal(err)
	}
	if total, _ := d.Figure(analysis.TotalID); total.N != 6 || total.Mean < 2.33 || total.Mean > 2.34 {
		t.Errorf("got %+v, want the mean of five 2 and a 4", total)
	}
	var log []string
	for e, err := range w.store.Log(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		log = append(log, e.Action)
	}
	if !slices.Contains(log, "round.reopen") {
		t.Errorf("nothing of the reopening in the log: %v", log)
	}
}

// TestChangeAfterSubmit: what is changed after submission, one item at a time,
// counts; a comment alone keeps the answer.
func TestChangeAfterSubmit(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2026")
	w.everybody(t, "2026", 2)
	inv, err := w.Invitation(ctx, "2026", "b1")
	if err != nil {
		t.Fatal(err)
	}
	note := "Vi har 😀 ändrat oss.\x00 <script>"
	if err := w.give(ctx, inv, round.Entry{Item: "led.strategi.plan", Answer: 5, Comment: note, Evidence: "Plan 2026"}); err != nil {
		t.Fatal(err)
	}
	sheet, err := w.Sheet(ctx, "2026", "b1")
	if err != nil {
		t.Fatal(err)
	}
	if e := sheet.Entry("led.strategi.plan"); e.Answer != 5 || e.Comment != note || e.Evidence != "Plan 2026" || !sheet.Submitted {
		t.Errorf("got %+v, submitted %v", e, sheet.Submitted)
	}
	d := w.result(t, "2026")
	if f, _ := d.Figure("led.strategi.plan"); f.N != 12 || f.Mean != 2.25 {
		t.Errorf("got %+v", f)
	}
}

func TestSaveRefuses(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2026")
	chef, err := w.Invitation(ctx, "2026", "a0")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		entry round.Entry
		code  fail.Code
	}{
		"unknown item":         {round.Entry{Item: "led.no.such", Answer: 3}, fail.Invalid},
		"item of another role": {round.Entry{Item: "led.strategi.antagen", Answer: 3}, fail.Forbidden},
		"no such answer":       {round.Entry{Item: "led.strategi.plan", Answer: 9}, fail.Invalid},
		"don't know":           {round.Entry{Item: "kom.leda.nytta", Answer: survey.DontKnow}, fail.Invalid},
		"not applicable":       {round.Entry{Item: "led.strategi.plan", Answer: survey.NotApplicable}, fail.Invalid},
		"too long":             {round.Entry{Item: "led.strategi.plan", Answer: 3, Comment: strings.Repeat("a", round.MaxNote+1)}, fail.Invalid},
		"too long, evidence":   {round.Entry{Item: "led.strategi.plan", Evidence: strings.Repeat("å", round.MaxNote+1)}, fail.Invalid},
		"not UTF-8":            {round.Entry{Item: "led.strategi.plan", Answer: 3, Comment: "\xff"}, fail.Invalid},
	} {
		good := round.Entry{Item: "led.strategi.riktning", Answer: 4}
		if err := w.give(ctx, chef, good, c.entry); !fail.Is(err, c.code) {
			t.Errorf("%s: %v, want code %v", name, err, c.code)
		}
	}
	sheet, err := w.Sheet(ctx, "2026", "a0")
	if err != nil || len(sheet.Entries) != 0 {
		t.Errorf("something of a refused save was stored: %v, %v", sheet.Entries, err)
	}
	if err := w.Submit(ctx, chef); !fail.Is(err, fail.Invalid) {
		t.Errorf("submitted nothing: %v", err)
	}
}

// TestTheDatabaseTellsNobody: neither a person's id nor an answer's text stands
// anywhere in what the responses store.
func TestStoredResponseTellsNeitherWhoNorWhat(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2026")
	inv, err := w.Invitation(ctx, "2026", "a3")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.give(ctx, inv, round.Entry{Item: "led.strategi.plan", Answer: 2, Comment: "hemligt ord"}); err != nil {
		t.Fatal(err)
	}
	if err := w.Submit(ctx, inv); err != nil {
		t.Fatal(err)
	}
	if err := w.give(ctx, inv, round.Entry{Item: "led.strategi.plan", Answer: 3, Comment: "hemligt ord"}); err != nil {
		t.Fatal(err)
	}
	n := 0
	for resp, err := range w.store.Responses(ctx, "2026") {
		if err != nil {
			t.Fatal(err)
		}
		n++
		all := fmt.Sprintf("%s %s %v %s", resp.Respondent, resp.Day, resp.Items, resp.Record)
		if strings.Contains(all, "a3") && strings.Contains(resp.Respondent, "a3") || strings.Contains(all, "hemligt") {
			t.Errorf("told: %s", all)
		}
		if resp.Day != "2026-11-03" {
			t.Errorf("day %q", resp.Day)
		}
	}
	if n != 1 {
		t.Errorf("%d responses", n)
	}
}

func TestLastYearsOwnAnswers(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2025")
	w.everybody(t, "2025", 2)
	if _, err := w.Close(ctx, "sam", "2025"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Publish(ctx, "sam", "2025"); err != nil {
		t.Fatal(err)
	}
	w.open(t, "2026")
	w.everybody(t, "2026", 4)
	sheet, err := w.Sheet(ctx, "2026", "a1")
	if err != nil || sheet.Round.Previous != "2025" || sheet.Before["led.strategi.plan"] != 2 || len(sheet.Items) != 36 {
		t.Fatalf("%+v, %v", sheet, err)
	}
	own, err := sheet.Own()
	if err != nil {
		t.Fatal(err)
	}
	if f, _ := own.Figure("ledning.strategi"); f.Mean != 4 {
		t.Errorf("own theme %+v", f)
	}
	if f, _ := own.Previous.Figure("ledning.strategi"); f.Mean != 2 {
		t.Errorf("own theme last year %+v", f)
	}
	d := w.result(t, "2026")
	if c, ok := d.Previous.Change(analysis.TotalID); !ok || c.Delta != 2 || !c.Confirmed {
		t.Errorf("change %+v", c)
	}
}

// TestSavesWhileClosing: every save that was acknowledged is in the analysis.
func TestSavesWhileClosing(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.open(t, "2026")
	w.everybody(t, "2026", 1)
	var wg sync.WaitGroup
	last := make([]survey.Answer, 6)
	for i := range 6 {
		wg.Go(func() {
			inv, err := w.Invitation(ctx, "2026", fmt.Sprintf("a%d", i))
			if err != nil {
				t.Error(err)
				return
			}
			for level := survey.Answer(1); ; level = level%5 + 1 {
				if err := w.give(context.WithoutCancel(ctx), inv, round.Entry{Item: "led.strategi.plan", Answer: level}); err != nil {
					if !fail.Is(err, fail.Closed) {
						t.Error(err)
					}
					return
				}
				last[i] = level
			}
		})
	}
	time.Sleep(30 * time.Millisecond)
	if _, err := w.Close(ctx, "sam", "2026"); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	r, err := w.Publish(ctx, "sam", "2026")
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.Document(ctx, r, "a")
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, l := range last {
		sum += l.Level()
	}
	if f, _ := d.Figure("led.strategi.plan"); int(f.Mean*6+0.5) != sum {
		t.Errorf("analysis has the sum %v, acknowledged were %d (%v)", f.Mean*6, sum, last)
	}
}

func TestCreateRefuses(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	good := round.Round{ID: "2026", OpensOn: "2026-11-02", ClosesOn: "2026-11-23"}
	for name, change := range map[string]func(*round.Round){
		"no id": func(r *round.Round) { r.ID = "" }, "odd id": func(r *round.Round) { r.ID = "../x" },
		"no day": func(r *round.Round) { r.OpensOn = "snart" }, "backwards": func(r *round.Round) { r.ClosesOn = "2026-11-01" },
		"mode": func(r *round.Round) { r.Mode = "hemlig" }, "too small groups": func(r *round.Round) { r.MinGroup = 4 },
	} {
		r := good
		change(&r)
		if _, err := w.Create(ctx, "sam", r); !fail.Is(err, fail.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.Create(ctx, "sam", good); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Create(ctx, "sam", good); !fail.Is(err, fail.Conflict) {
		t.Errorf("twice: %v", err)
	}
	if _, err := w.Open(ctx, "sam", "2026", w.set, nil, nil); !fail.Is(err, fail.Invalid) {
		t.Errorf("opened without an organisation: %v", err)
	}
	if _, err := w.Open(ctx, "sam", "2026", w.set, w.units, []org.Person{{ID: "x", Unit: "nowhere", Roles: []org.Role{org.Enhetschef}}}); !fail.Is(err, fail.Invalid) {
		t.Errorf("opened with a person nowhere: %v", err)
	}
	if _, err := w.Close(ctx, "sam", "2026"); !fail.Is(err, fail.Conflict) {
		t.Errorf("closed a draft: %v", err)
	}
}
