package round

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/metrics"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
)

// Close ends the answering: from now on no answer is saved. Then it computes
// the analysis once and freezes it, a document a unit; where another process is
// at that already, the round is returned without. A process that dies in between
// leaves a closed round without analysis, which Tend completes.
func (s *Service) Close(ctx context.Context, actor, id string) (Round, error) {
	return s.closeIf(ctx, actor, id, func(Round) bool { return true })
}

// closeIf closes the round if it still may be, as it stands in the step that
// closes it; fail.Conflict otherwise.
func (s *Service) closeIf(ctx context.Context, actor, id string, may func(Round) bool) (Round, error) {
	r, err := s.store.Round(ctx, id)
	if err != nil {
		return r, err
	}
	if r.State == Closed && r.Analysis == "" { // it was cut off
		return unlessBusy(s.analyse(ctx, r))
	}
	r, err = s.store.UpdateRound(ctx, id, func(r *Round) error {
		if r.State != Open {
			return notFrom(*r, "stängas", "closed")
		}
		if !may(*r) {
			return errChanged
		}
		r.State, r.ClosedAt = Closed, s.now().UTC()
		return nil
	})
	if err != nil {
		return r, err
	}
	s.note(ctx, actor, "round.close", r, "")
	return unlessBusy(s.analyse(ctx, r))
}

func unlessBusy(r Round, err error) (Round, error) {
	if errors.Is(err, errBusy) {
		err = nil
	}
	return r, err
}

func (s *Service) analyse(ctx context.Context, r Round) (frozen Round, err error) {
	err = s.alone(ctx, r.ID, func() error {
		frozen, err = s.analyseAlone(ctx, r)
		return err
	})
	if errors.Is(err, errBusy) {
		return r, err
	}
	return frozen, err
}

func (s *Service) analyseAlone(ctx context.Context, r Round) (Round, error) {
	start := time.Now()
	set, err := s.Set(ctx, r)
	if err != nil {
		return r, err
	}
	tree, err := s.Tree(ctx, r)
	if err != nil {
		return r, err
	}
	acc := analysis.New(set, tree, analysis.Options{Round: r.ID, MinGroup: r.MinGroup, Successors: r.Successors})
	for inv, err := range s.store.Invitations(ctx, r.ID) {
		if err != nil {
			return r, err
		}
		if inv.Left && inv.Status != Submitted {
			continue
		}
		if err := acc.Invite(inv.Unit, inv.Roles); err != nil {
			return r, fmt.Errorf("person %s: %w", inv.Person, err)
		}
	}
	var said heard
	n, err := s.addResponses(ctx, acc, &said, set, r)
	if err != nil {
		return r, err
	}
	previous, err := s.earlier(ctx, r, Published)
	if err != nil {
		return r, err
	}
	generation := generationOf(r)
	result := acc.Result()
	docs, failed := s.freeze(ctx, result, r, tree, previous)
	if err := s.store.PutDocuments(ctx, r.ID, generation, docs); err != nil {
		return r, err
	}
	if *failed != nil {
		return r, *failed
	}
	frozen, first, err := s.freezeRound(ctx, r, generation, said.kept(result))
	if err != nil || !first {
		return frozen, err
	}
	metrics.Analysis(start)
	s.note(ctx, trail.System, "round.analyse", r, fmt.Sprintf("%d responses, generation %s", n, generation))
	slog.InfoContext(ctx, "analysis frozen", "round", r.ID, "responses", n, "units", tree.Len(), "took", time.Since(start).Round(time.Millisecond))
	return frozen, nil
}

// freezeRound says in the round which documents and comments are its own; first
// tells that it had not been said before. fail.Conflict where the closing has been
// undone meanwhile.
func (s *Service) freezeRound(ctx context.Context, r Round, generation string, comments []written) (frozen Round, first bool, err error) {
	batch, err := s.putComments(ctx, r.ID, comments)
	if err != nil {
		return r, false, err
	}
	frozen, err = s.store.UpdateRound(ctx, r.ID, func(now *Round) error {
		switch {
		case now.Analysis == generation:
			return errFrozen
		case now.State != Closed || !now.ClosedAt.Equal(r.ClosedAt):
			return errChanged
		}
		now.Analysis, now.Comments = generation, batch
		return nil
	})
	switch {
	case errors.Is(err, errChanged):
		return r, false, errors.Join(err, s.store.DropDocuments(ctx, r.ID, generation), s.dropBatch(ctx, r.ID, batch))
	case errors.Is(err, errFrozen):
		if err := s.dropBatch(ctx, r.ID, batch); err != nil {
			return r, false, err
		}
		frozen, err = s.store.Round(ctx, r.ID)
		return frozen, false, err
	case err != nil:
		return r, false, err
	}
	return frozen, true, s.dropComments(ctx, r.ID, batch) // what tries that were cut off have left
}

// generationOf names the documents of a closed round for its closing: who
// computes the same closing again writes the same documents over the same.
func generationOf(r Round) string { return strconv.FormatInt(r.ClosedAt.UnixNano(), 36) }

var errFrozen = errors.New("another process has frozen the same closing")

var errChanged = fail.New(fail.Conflict, "Omgången ändrades medan resultatet räknades.", "The round was changed while the results were computed.")

// addResponses streams every submitted response into the analysis, and what is
// written in it into said. Nearly all are one box; those changed after they were
// submitted have items over it.
func (s *Service) addResponses(ctx context.Context, acc *analysis.Accumulator, said *heard, set *survey.Set, r Round) (n int, err error) {
	var plain []byte
	var rec record
	notes := map[string]Entry{} // by item
	for resp, err := range s.store.Responses(ctx, r.ID) {
		if err != nil {
			return n, err
		}
		if plain, err = s.keys.Open(plain[:0], resp.Record, resp.Round, resp.Respondent, recordName); err != nil {
			return n, fmt.Errorf("open record: %w", err)
		}
		rest, err := decodeAnswers(plain, &rec)
		if err == nil {
			err = notesByItem(set, rest, notes)
		}
		if err != nil {
			return n, err
		}
		for change, err := range s.changes(resp) {
			if err != nil {
				return n, err
			}
			if it, ok := set.Item(change.Item); ok && change.Answer != nil && it.Index < len(rec.answers) {
				rec.answers[it.Index] = *change.Answer
			}
			note := notes[change.Item]
			if change.Comment != nil {
				note.Comment = *change.Comment
			}
			if change.Evidence != nil {
				note.Evidence = *change.Evidence
			}
			notes[change.Item] = note
		}
		if err := acc.Add(rec.unit, rec.roles, rec.answers); err != nil {
			return n, err
		}
		said.add(&rec, set, notes)
		n++
	}
	return n, nil
}

// freeze makes the document of every unit, one at a time. What fails is left in
// failed, since the sequence itself can only end.
func (s *Service) freeze(ctx context.Context, res *analysis.Result, r Round, tree *org.Tree, previous *Round) (docs iter.Seq2[string, []byte], failed *error) {
	failed = new(error)
	return func(yield func(string, []byte) bool) {
		for _, u := range tree.Units() {
			before, err := s.documentBefore(ctx, r, u.ID, previous)
			if err != nil {
				*failed = err
				return
			}
			content, err := s.freezeUnit(res, r, u.ID, before)
			if err != nil {
				*failed = err
				return
			}
			if !yield(u.ID, content) {
				return
			}
		}
	}, failed
}

// documentBefore returns the document of the previous round that a unit compares with,
// nil where there is none: its own, else that of the only unit that it followed.
func (s *Service) documentBefore(ctx context.Context, r Round, unit string, previous *Round) (*analysis.Document, error) {
	if previous == nil {
		return nil, nil
	}
	tree, err := s.Tree(ctx, *previous)
	if err != nil {
		return nil, err
	}
	was, _ := follows(unit, tree, r.Successors)
	if was == "" {
		return nil, nil
	}
	d, err := s.document(ctx, *previous, was)
	if fail.Is(err, fail.NotFound) {
		return nil, nil
	}
	return d, err
}

// frozenUnit is what is stored of a unit: its document, and beside it, sealed,
// what a training plan is worked out from and nobody is to read.
type frozenUnit struct {
	analysis.Document
	Needs []byte `json:"needs,omitempty"` // analysis.LevelCounts as JSON
}

// needsName is what the counts are sealed as, beside the unit.
const needsName = "needs"

func (s *Service) freezeUnit(res *analysis.Result, r Round, unit string, before *analysis.Document) ([]byte, error) {
	frozen := frozenUnit{Document: res.Document(unit, before)}
	if counts := res.LevelCounts(unit); len(counts) > 0 {
		plain, err := json.Marshal(counts)
		if err != nil {
			return nil, err
		}
		if frozen.Needs, err = s.keys.Seal(plain, r.ID, unit, needsName); err != nil {
			return nil, err
		}
	}
	return json.Marshal(frozen)
}

// earlier returns the newest round of the same organisation that opened before r
// and is in one of the states, nil where there is none.
func (s *Service) earlier(ctx context.Context, r Round, states ...State) (*Round, error) {
	rounds, err := s.store.Rounds(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(rounds, func(o Round) bool {
		return o.Top == r.Top && slices.Contains(states, o.State) && o.OpensOn < r.OpensOn
	})
	if i < 0 {
		return nil, nil
	}
	return &rounds[i], nil
}
