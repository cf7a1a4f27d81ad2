package round

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

var errUnpublished = fail.New(fail.Conflict, "Resultatet är inte publicerat än.", "The results are not published yet.")

// Document returns the frozen analysis of one unit in a published round.
// fail.NotFound when the unit was not in the round, fail.Conflict when the
// round is not published: until then nobody sees a result. The document is
// shared: not to be changed.
func (s *Service) Document(ctx context.Context, r Round, unit string) (*analysis.Document, error) {
	if r.State != Published {
		return nil, errUnpublished
	}
	return s.document(ctx, r, unit)
}

func (s *Service) document(ctx context.Context, r Round, unit string) (*analysis.Document, error) {
	key := r.ID + "\x00" + r.Analysis + "\x00" + unit
	if d, ok := s.documents.Get(key); ok {
		return d, nil
	}
	d, err := s.read(ctx, r, unit)
	if err == nil {
		s.documents.Add(key, d)
	}
	return d, err
}

func (s *Service) read(ctx context.Context, r Round, unit string) (*analysis.Document, error) {
	content, err := s.store.Document(ctx, r.ID, r.Analysis, unit)
	if err != nil {
		return nil, err
	}
	var d analysis.Document
	if err := json.Unmarshal(content, &d); err != nil {
		return nil, err
	}
	d.ForReaders()
	return &d, nil
}

// Each returns the documents of many units of a published round, each read when it
// is asked for and not kept: whoever goes through them all needs each once. Errors
// are as of Document.
func (s *Service) Each(ctx context.Context, r Round, units []string) iter.Seq2[*analysis.Document, error] {
	return func(yield func(*analysis.Document, error) bool) {
		if r.State != Published {
			yield(nil, errUnpublished)
			return
		}
		for _, unit := range units {
			d, err := s.read(ctx, r, unit)
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}

// LevelCounts returns the people of a unit in a published round by required and
// own level, in the competence areas where a plan may be: for working out a
// training plan, never to be shown (docs/method.md, Competence gap). There are
// none in a round that was closed before they were kept. Errors are as of
// Document.
func (s *Service) LevelCounts(ctx context.Context, r Round, unit string) ([]analysis.LevelCount, error) {
	if r.State != Published {
		return nil, errUnpublished
	}
	content, err := s.store.Document(ctx, r.ID, r.Analysis, unit)
	if err != nil {
		return nil, err
	}
	var frozen struct {
		Needs []byte `json:"needs"`
	}
	if err := json.Unmarshal(content, &frozen); err != nil || len(frozen.Needs) == 0 {
		return nil, err
	}
	plain, err := s.keys.Open(nil, frozen.Needs, r.ID, unit, needsName)
	if err != nil {
		return nil, err
	}
	var counts []analysis.LevelCount
	return counts, json.Unmarshal(plain, &counts)
}

// Own returns the person's own figures, as a document of one: what the receipt
// shows to nobody else.
func (s *Sheet) Own() (*analysis.Document, error) {
	now, err := s.own(func(it *survey.Item) survey.Answer { return s.Entries[it.ID].Answer }, nil)
	if err != nil || len(s.Before) == 0 {
		return now, err
	}
	before, err := s.own(func(it *survey.Item) survey.Answer { return s.Before[it.ID] }, nil)
	if err != nil {
		return nil, err
	}
	return s.own(func(it *survey.Item) survey.Answer { return s.Entries[it.ID].Answer }, before)
}

func (s *Sheet) own(answer func(*survey.Item) survey.Answer, before *analysis.Document) (*analysis.Document, error) {
	tree, err := org.NewTree([]org.Unit{{ID: s.Invitation.Unit}})
	if err != nil {
		return nil, err
	}
	acc := analysis.New(s.Set, tree, analysis.Options{Round: s.Round.ID, MinGroup: 1})
	answers := make([]survey.Answer, len(s.Set.Items))
	for i, it := range s.Set.Items {
		answers[i] = answer(it)
	}
	if err := acc.Invite(s.Invitation.Unit, s.Invitation.Roles); err != nil {
		return nil, err
	}
	if err := acc.Add(s.Invitation.Unit, s.Invitation.Roles, answers); err != nil {
		return nil, err
	}
	d := acc.Result().Document(s.Invitation.Unit, before)
	return &d, nil
}
