package round_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
)

const (
	plan, riktning, behov = "led.strategi.plan", "led.strategi.riktning", "led.forandring.behov"
	antagen               = "led.strategi.antagen" // a fact
)

// say lets a person comment an item, who has submitted.
func (w *world) say(t *testing.T, id, person, item, text string) {
	t.Helper()
	inv, err := w.Invitation(t.Context(), id, person)
	if err == nil {
		err = w.give(t.Context(), inv, round.Entry{Item: item, Comment: text})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// commented is a closed round where all six of a and four of b write to one
// theme, and four of a to another.
func commented(t *testing.T) (*world, round.Round) {
	t.Helper()
	w := newWorld(t)
	w.open(t, "2026")
	for i := range 6 {
		w.say(t, "2026", fmt.Sprint("a", i), []string{plan, riktning}[i%2], fmt.Sprint("omsorg ", i))
		if i < 4 {
			w.say(t, "2026", fmt.Sprint("b", i), plan, fmt.Sprint("  bygg ", i, "\n"))
			w.say(t, "2026", fmt.Sprint("a", i), behov, fmt.Sprint("för få ", i))
		}
	}
	w.everybody(t, "2026", 3)
	w.say(t, "2026", "a5", riktning, "ändrad") // after it was submitted
	w.say(t, "2026", "b4", plan, "   ")
	r, err := w.Close(t.Context(), "sam", "2026")
	if err != nil {
		t.Fatal(err)
	}
	return w, r
}

// TestComments: what too few have written is not kept; what is kept is sealed,
// under nobody's name, and nobody reads it before the review has begun.
func TestComments(t *testing.T) {
	w, r := commented(t)
	ctx := t.Context()
	if _, err := w.Comments(ctx, r); !fail.Is(err, fail.Conflict) {
		t.Errorf("read before the review has begun: %v", err)
	}
	if n, err := w.CommentsLeft(ctx, r); err != nil || n != 10 {
		t.Errorf("%d wait, %v, want 10", n, err)
	}
	r, err := w.Moderate(ctx, "sam", "2026")
	if err != nil || !r.Moderating {
		t.Fatalf("%+v, %v", r, err)
	}
	all, err := w.Comments(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	where := map[string]string{}
	for _, c := range all {
		where[c.Text] = c.Unit + " " + c.Theme
		if c.State != round.Waiting || c.ID == "" {
			t.Errorf("%+v", c)
		}
	}
	want := map[string]string{"ändrad": "k ledning.strategi"} // b's are too few by themselves: those of a are read with them
	for i := range 5 {
		want[fmt.Sprint("omsorg ", i)] = "k ledning.strategi"
	}
	for i := range 4 {
		want[fmt.Sprint("bygg ", i)] = "k ledning.strategi"
	}
	if !maps.Equal(where, want) {
		t.Errorf("kept %v, want %v", where, want)
	}
	for c, err := range w.store.Cards(ctx, "", "") {
		if err != nil || bytes.Contains(c.Body, []byte("omsorg")) {
			t.Errorf("%s %s: %s, %v", c.Kind, c.ID, c.Body, err)
		}
	}
	if _, err := w.Reopen(ctx, "sam", "2026"); !fail.Is(err, fail.Conflict) {
		t.Errorf("opened again though its comments are being read: %v", err)
	}
}

// TestDecide: nothing is published by itself, readers get what was decided and
// not what was written, and a decision can be changed.
func TestDecide(t *testing.T) {
	w, _ := commented(t)
	ctx := t.Context()
	r, err := w.Moderate(ctx, "sam", "2026")
	if err != nil {
		t.Fatal(err)
	}
	all, err := w.Comments(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.PublishedComments(ctx, r); !fail.Is(err, fail.Conflict) {
		t.Errorf("comments of a round that is not published: %v", err)
	}
	if r, err = w.Publish(ctx, "sam", "2026"); err != nil {
		t.Fatal(err)
	}
	published := func() (texts []string) {
		t.Helper()
		some, err := w.PublishedComments(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range some {
			if c.Shown != "" {
				t.Errorf("two texts of one comment: %+v", c)
			}
			texts = append(texts, c.Text)
		}
		slices.Sort(texts)
		return texts
	}
	if got := published(); len(got) != 0 {
		t.Errorf("published by itself: %v", got)
	}
	one, two, three := all[0], all[1], all[2]
	made := []round.Decision{{one.ID, round.CommentPublished, one.Text}, {two.ID, round.CommentPublished, " Ändrad text "}, {three.ID, round.Withheld, ""}}
	for _, faulty := range []round.Decision{{three.ID, round.CommentPublished, " \n"}, {three.ID, "elsewhere", "x"}, {three.ID, round.CommentPublished, strings.Repeat("x", round.MaxNote+1)}} {
		err := w.Decide(ctx, "sam", r, []round.Decision{made[0], faulty})
		if e, ok := errors.AsType[*fail.Error](err); !ok || e.Code != fail.Invalid || e.Field != three.ID {
			t.Errorf("%+v: %v", faulty, err)
		}
	}
	if err := w.Decide(ctx, "sam", r, []round.Decision{made[0], {"unknown", round.Withheld, ""}}); !fail.Is(err, fail.NotFound) {
		t.Errorf("of an unknown comment: %v", err)
	}
	if got := published(); len(got) != 0 {
		t.Errorf("half of a refused change is stored: %v", got)
	}
	before, _ := w.CommentsSeal(ctx, r)
	if err := w.Decide(ctx, "sam", r, made); err != nil {
		t.Fatal(err)
	}
	if after, err := w.CommentsSeal(ctx, r); err != nil || after == before {
		t.Errorf("seal %s → %s, %v", before, after, err)
	}
	want := []string{one.Text, "Ändrad text"}
	slices.Sort(want)
	if got := published(); !slices.Equal(got, want) {
		t.Errorf("published %v, want %v", got, want)
	}
	if n, err := w.CommentsLeft(ctx, r); err != nil || n != len(all)-3 {
		t.Errorf("%d wait, %v", n, err)
	}
	other := round.NewService(w.store, w.keys, func() time.Time { return w.now }) // nothing is known in one process alone
	if some, err := other.PublishedComments(ctx, r); err != nil || len(some) != 2 {
		t.Errorf("another process: %v, %v", some, err)
	}
	if err := w.Decide(ctx, "sam", r, []round.Decision{{one.ID, round.Withheld, ""}, {two.ID, round.Waiting, ""}}); err != nil {
		t.Fatal(err)
	}
	if got := published(); len(got) != 0 {
		t.Errorf("taken back and still published: %v", got)
	}
	actions := map[string]bool{}
	for e, err := range w.store.Log(ctx) {
		if err != nil || strings.Contains(e.Detail, one.Text) || strings.Contains(e.Detail, "Ändrad") {
			t.Errorf("%+v, %v", e, err)
		}
		actions[e.Action] = true
	}
	for _, action := range []string{"comment.review", "comment.publish", "comment.edit", "comment.withhold", "comment.return"} {
		if !actions[action] {
			t.Errorf("the log lacks %s", action)
		}
	}
	for c, err := range w.store.Cards(ctx, round.DecisionCards, "") {
		if err != nil || bytes.Contains(c.Body, []byte("text")) {
			t.Errorf("%s: %s, %v", c.ID, c.Body, err)
		}
	}
}

func (w *world) commentCards(t *testing.T) (n int) {
	t.Helper()
	for _, kind := range []string{round.CommentCards, round.DecisionCards} {
		for _, err := range w.store.Cards(t.Context(), kind, "") {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
	}
	return n
}

// TestCommentsGoWithTheRest: opened again a round has none, and long after it was
// published none either.
func TestCommentsGoWithTheRest(t *testing.T) {
	w, r := commented(t)
	ctx := t.Context()
	if r.Comments == "" || w.commentCards(t) != 1 {
		t.Fatalf("%q, %d cards", r.Comments, w.commentCards(t))
	}
	r, err := w.Reopen(ctx, "sam", "2026")
	if err != nil || r.Comments != "" || w.commentCards(t) != 0 {
		t.Errorf("opened again: %q, %d cards, %v", r.Comments, w.commentCards(t), err)
	}
	if r, err = w.Close(ctx, "sam", "2026"); err == nil {
		r, err = w.Publish(ctx, "sam", "2026")
	}
	if err == nil {
		r, err = w.Moderate(ctx, "sam", "2026")
	}
	if err != nil {
		t.Fatal(err)
	}
	all, err := w.Comments(ctx, r)
	if err != nil || len(all) != 10 {
		t.Fatalf("%v, %v", all, err)
	}
	if err := w.Decide(ctx, "sam", r, []round.Decision{{all[0].ID, round.Withheld, ""}}); err != nil || w.commentCards(t) != 2 {
		t.Fatalf("%d cards, %v", w.commentCards(t), err)
	}
	retired, err := w.Retire(ctx, w.now.Add(time.Second))
	if err != nil || len(retired) != 1 || w.commentCards(t) != 0 {
		t.Fatalf("%v: %d cards are left, %v", retired, w.commentCards(t), err)
	}
	if some, err := w.PublishedComments(ctx, retired[0]); err != nil || len(some) != 0 {
		t.Errorf("%v, %v", some, err)
	}
}

// unfinished is a store that is gone once comments are written.
type unfinished struct{ store.Store }

func (unfinished) UpdateRound(context.Context, string, func(*round.Round) error) (round.Round, error) {
	return round.Round{}, errors.New("gone")
}

// TestCommentsOfATryThatWasCutOff are not there twice: of several tries those of
// one count, and nothing of the others is left.
func TestCommentsOfATryThatWasCutOff(t *testing.T) {
	w, _ := commented(t)
	ctx := t.Context()
	if _, err := w.store.UpdateRound(ctx, "2026", func(r *round.Round) error { r.Analysis, r.Comments = "", ""; return nil }); err != nil {
		t.Fatal(err)
	}
	dying := round.NewService(unfinished{w.store}, w.keys, func() time.Time { return w.now })
	if _, err := dying.Close(ctx, "sam", "2026"); err == nil || w.commentCards(t) != 2 {
		t.Fatalf("%d cards, %v", w.commentCards(t), err)
	}
	if err := w.Tend(ctx, nil); err != nil {
		t.Fatal(err)
	}
	r, err := w.Moderate(ctx, "sam", "2026")
	if err != nil {
		t.Fatal(err)
	}
	if all, err := w.Comments(ctx, r); err != nil || len(all) != 10 || w.commentCards(t) != 1 {
		t.Errorf("%d comments in %d cards, %v", len(all), w.commentCards(t), err)
	}
}

// TestFactEvidence: what was given as evidence of a fact is kept, as it was last,
// and of a rating it is not; it is read only once the round is published, and no
// comment is made of it.
func TestFactEvidence(t *testing.T) {
	w := newWorld(t)
	w.open(t, "2026")
	ctx := t.Context()
	rest := func(person, item, text string) {
		t.Helper()
		inv, err := w.Invitation(ctx, "2026", person)
		if err == nil {
			err = w.give(ctx, inv, round.Entry{Item: item, Evidence: text})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	rest("sam", antagen, "KF § 31")
	rest("a0", plan, "inget för granskaren")
	w.everybody(t, "2026", 3)
	rest("sam", antagen, " KF § 32 ") // after it was submitted
	r, err := w.Close(ctx, "sam", "2026")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.FactEvidence(ctx, r, antagen); !fail.Is(err, fail.Conflict) {
		t.Errorf("before the round is published: %v", err)
	}
	if r, err = w.Publish(ctx, "sam", "2026"); err != nil {
		t.Fatal(err)
	}
	for item, want := range map[string][]string{antagen: {"KF § 32"}, plan: nil} {
		if got, err := w.FactEvidence(ctx, r, item); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v, want %q", item, got, err, want)
		}
	}
	if all, err := w.Comments(ctx, r); err != nil || len(all) != 0 {
		t.Errorf("comments %v, %v", all, err)
	}
}
