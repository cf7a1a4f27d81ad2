//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/training"
	"github.com/mognad/mognad/surveys"
)

// frozenPages are the pages that the answers are for. One that shows
// as much of a small organisation as of a large one must cost as much.
var frozenPages = []struct {
	path  string
	alike bool
}{
	{"/resultat", true},
	{"/resultat/f0", false},
	{"/jamfor", true},
	{"/jamfor?enhet=f0", false},
	{"/utveckling", true},
	{"/utveckling?enhet=f0", true},
	{"/kompetens", true},
	{"/kompetens/plan?budget=5000000", false}, // a plan for more people takes longer to choose
	{"/revision", true},
	{"/atgarder", true},
	{"/atgarder?enhet=f0", false},
	{"/register", true},
	{"/kommentarer", true},
	{"/resultat/k/ta-med", true},
	{"/resultat/k/samtal", true},
	{"/resultat/k/presentation", true},
	{"/resultat/k/rapport", true},
	{"/kompetens/planer", true},
	{"/kompetens/insatser", true},
	{"/kompetens/krav", true},
	{"/oppna-data", true},
}

// The organisations: of few units and of many, each with so many managers, and
// both with as much that has been made of the answers.
const (
	fewUnits, manyUnits = 50, 3000
	managersEach        = 5
	rounds              = 3
	commentsEach        = 100 // of a round
	documentsEach       = 100
	actionsEach         = action.MaxActions
	plansEach           = 20
)

// wide makes a tree of a kommun with ten förvaltningar and n units in all, the
// others directly below them in turn, and returns those.
func wide(n int) (all []org.Unit, leaves []string) {
	all = append(all, org.Unit{ID: "k", Name: "Kommunen", Kind: "kommun"})
	for f := range 10 {
		all = append(all, org.Unit{ID: fmt.Sprintf("f%d", f), Name: fmt.Sprintf("Förvaltning %d", f), Parent: "k", Kind: "forvaltning"})
	}
	for i := len(all); i < n; i++ {
		id := fmt.Sprintf("e%d", i)
		all = append(all, org.Unit{ID: id, Name: "Enhet " + strconv.Itoa(i), Parent: fmt.Sprintf("f%d", i%10), Kind: "enhet"})
		leaves = append(leaves, id)
	}
	return all, leaves
}

// published makes an installation of n units with its rounds published.
func (b *bench) published(n int) ([]place, error) {
	places, ctx, start := b.places("pages"+strconv.Itoa(n)), context.Background(), time.Now()
	w, err := openWorld(places[0])
	if err != nil {
		return nil, err
	}
	all, leaves := wide(n)
	var people []org.Person
	for i := range managersEach * len(leaves) {
		people = append(people, org.Person{ID: fmt.Sprintf("p%07d", i), Unit: leaves[i%len(leaves)], Roles: []org.Role{org.Enhetschef}})
	}
	err = w.store.PutOrganisation(ctx, all, people)
	for y := range rounds {
		if err != nil {
			break
		}
		err = w.wholeRound(ctx, fmt.Sprint("r", y), time.Now().AddDate(0, 0, y-rounds), all, people)
	}
	if err = errors.Join(err, w.follow(ctx), w.reader(ctx), w.store.Close()); err != nil {
		return nil, err
	}
	log.Printf("%d rounds of %d responses in %d units published in %.0f s", rounds, len(people), n, time.Since(start).Seconds())
	return places, b.copied(places, len(people))
}

// wholeRound opens a round, answers it, closes and publishes it.
func (w *world) wholeRound(ctx context.Context, id string, opens time.Time, all []org.Unit, people []org.Person) error {
	if _, err := w.round.Create(ctx, "bench", round.Round{ID: id, OpensOn: opens.Format(round.DayFormat), ClosesOn: time.Now().Format(round.DayFormat)}); err != nil {
		return err
	}
	if _, err := w.round.Open(ctx, "bench", id, w.set, all, people); err != nil {
		return err
	}
	if err := w.fill(ctx, id, commentsEach); err != nil {
		return err
	}
	if _, err := w.round.Close(ctx, "bench", id); err != nil {
		return err
	}
	if _, err := w.round.Publish(ctx, "bench", id); err != nil {
		return err
	}
	return w.decide(ctx, id)
}

// decide publishes every comment of a round.
func (w *world) decide(ctx context.Context, id string) error {
	r, err := w.round.Moderate(ctx, "bench", id)
	if err != nil {
		return err
	}
	said, err := w.round.Comments(ctx, r)
	if err != nil {
		return err
	}
	if len(said) != commentsEach {
		return fmt.Errorf("%d comments can be read, not %d", len(said), commentsEach)
	}
	var made []round.Decision
	for _, c := range said {
		made = append(made, round.Decision{Comment: c.ID, State: round.CommentPublished, Text: c.Text})
	}
	return w.round.Decide(ctx, "bench", r, made)
}

// follow fills in what is made of the answers: entries of the register, actions
// and saved plans.
func (w *world) follow(ctx context.Context) error {
	keep := register.New(w.store, w.round.Log())
	for i := range documentsEach {
		e := register.Entry{ID: fmt.Sprint("d", i), Unit: "k", Kind: register.Document, Name: fmt.Sprint("Dokument ", i), Status: register.Decided,
			DecidedBy: "Kommunfullmäktige", Decided: fmt.Sprintf("%d-03-01", 2010+i%15), Paragraph: fmt.Sprint("§ ", i)}
		if err := keep.Save(ctx, "bench", register.Change{Is: e}); err != nil {
			return err
		}
	}
	last, day := fmt.Sprint("r", rounds-1), time.Now()
	actions, known := action.New(w.store, w.round.Log(), time.Now), func(string) bool { return true }
	for i := range actionsEach {
		a := action.Action{Unit: "k", Round: last, Title: fmt.Sprint("Åtgärd ", i), What: "Det som ska göras", Owner: "Digitaliseringschef", Status: action.Planned,
			Start: day.Format(round.DayFormat), Due: day.AddDate(0, 1+i%12, 0).Format(round.DayFormat), Items: []action.Item{{ID: w.set.Items[i%len(w.set.Items)].ID, From: 2, Expected: 3}}}
		if _, err := actions.Create(ctx, "bench", a, known); err != nil {
			return err
		}
	}
	catalogue, err := training.Load(surveys.FS, w.set)
	if err != nil {
		return err
	}
	plans := training.NewService(w.store, w.round.Log(), w.set, catalogue, time.Now)
	for i := range plansEach {
		p := training.Saved{Name: fmt.Sprint("Plan ", i), Round: last, Unit: "k", Wish: training.Wish{Budget: float64(1000 * i)}}
		for _, a := range catalogue.Activities[:10] {
			p.Effects = append(p.Effects, training.Effect{Activity: a, People: 20, Sessions: 2})
		}
		if _, err := plans.Save(ctx, "bench", p); err != nil {
			return err
		}
	}
	return nil
}

// pages reads each page by 16 at once, of many units and of few in turn.
func (b *bench) pages() error {
	few, err := b.published(fewUnits)
	if err != nil {
		return err
	}
	many, err := b.published(manyUnits)
	if err != nil {
		return err
	}
	for i := range many {
		if err := b.pagesOf(many[i].kind(), []place{few[i], many[i]}); err != nil {
			return err
		}
	}
	return b.workbook(many[0])
}

// workbook makes the workbook of every unit, three times over, in a program that
// has done nothing else.
func (b *bench) workbook(p place) error {
	br, end, err := b.readerOf(p)
	if err != nil {
		return err
	}
	defer end()
	var took []float64
	size := 0
	for range 3 {
		start := time.Now()
		body, err := br.get("/resultat/k/resultat.xlsx", false)
		if err != nil {
			return err
		}
		took, size = append(took, time.Since(start).Seconds()), len(body)
	}
	peak, err := peakMB(br.pid)
	if err != nil {
		return err
	}
	slowest := slices.Max(took)
	b.add(fmt.Sprintf("Workbook of %d units, the slowest of three (%.1f MB)", manyUnits, float64(size)/1e6), fmt.Sprintf("%.1f s", slowest), "≤ 10 s", slowest <= 10)
	b.add(fmt.Sprintf("Workbook of %d units, most memory of the program", manyUnits), fmt.Sprintf("%.0f MB", peak), "≤ 300 MB", peak <= 300)
	return nil
}

func (b *bench) pagesOf(kind string, places []place) error {
	var browsers []*browser
	for _, p := range places {
		br, end, err := b.readerOf(p)
		if err != nil {
			return err
		}
		defer end()
		browsers = append(browsers, br)
	}
	for _, page := range frozenPages {
		var medians [2][]float64
		var slowest []float64
		for range 5 {
			for i, br := range browsers {
				took, err := concurrently(br, page.path, 16, 2*time.Second/5)
				if err != nil {
					return err
				}
				medians[i] = append(medians[i], took[len(took)/2])
				if i == 1 {
					slowest = append(slowest, took[len(took)*99/100])
				}
			}
		}
		slices.Sort(slowest)
		slices.Sort(medians[0])
		slices.Sort(medians[1])
		worst := slowest[len(slowest)/2]
		b.add(fmt.Sprintf("%s: %s of %d units, 16 at once, 99th percentile", kind, page.path, manyUnits), fmt.Sprintf("%.1f ms", worst), "≤ 80 ms", worst <= 80)
		if page.alike {
			ratio := medians[1][2] / medians[0][2]
			b.add(fmt.Sprintf("%s: %s of %d units against %d, median", kind, page.path, manyUnits, fewUnits), fmt.Sprintf("%.2f (%.1f ms)", ratio, medians[1][2]), "≤ 1.3", ratio <= 1.3)
		}
	}
	return nil
}

// readerOf starts the program on an installation and signs its reader in.
func (b *bench) readerOf(p place) (*browser, func(), error) {
	ring, err := keys.LoadOrCreate(filepath.Join(p.dir, "keys.txt"))
	if err != nil {
		return nil, nil, err
	}
	addr, pid, end, err := b.serve(p)
	if err != nil {
		return nil, nil, err
	}
	br, err := newBrowser(addr)
	if err == nil {
		br.pid = pid
		_, err = br.get("/in/"+ring.Token("bench", "reader", 0), true)
	}
	if err != nil {
		end()
		return nil, nil, err
	}
	return br, end, nil
}
