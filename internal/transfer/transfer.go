// Package transfer moves a whole installation from one store to another, of the
// same kind or not, and tells by a digest of each whether they hold the same.
package transfer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/trail"
)

// KeysSetting is where a store keeps the fingerprint of the keys it belongs to.
const KeysSetting = "keys"

// unfinishedSetting is set in a store that is being copied to, to the keys of
// what is copied: until it is empty the store is not to be used.
const unfinishedSetting = "transfer.unfinished"

// own are the settings that say something of one store and are not copied.
var own = []string{unfinishedSetting, "store.ping"}

var errUnfinished = errors.New("this database is the target of a copy that was not completed: run mognad copy again")

// Whole returns an error when st is the target of a copy that was cut off.
func Whole(ctx context.Context, st store.Store) error {
	from, err := st.Setting(ctx, unfinishedSetting)
	if err == nil && from != "" {
		err = errUnfinished
	}
	return err
}

// Copy makes to hold what from holds. It must be empty, or what an earlier copy
// from the same installation left when it was cut off: then it goes on, and
// responses that are there are not written again. Nobody may use either store
// meanwhile; that from was changed all the same is told as an error. The digest
// is of both.
func Copy(ctx context.Context, from, to store.Store) (Digest, error) {
	if err := Whole(ctx, from); err != nil {
		return nil, err
	}
	if err := claim(ctx, from, to); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context, store.Store, store.Store) error{organisation, accounts, rounds, cards, log, settings} {
		if err := step(ctx, from, to); err != nil {
			return nil, err
		}
	}
	until := time.Now().Add(soon)
	want, err := sum(ctx, from, until)
	if err != nil {
		return nil, err
	}
	got, err := sum(ctx, to, until)
	if err != nil {
		return nil, err
	}
	if faults := want.Differences(got); len(faults) > 0 {
		return nil, fmt.Errorf("the copy differs from what it was made of (%v): see to it that no mognad uses either, then run it again", faults)
	}
	return got, to.SetSetting(ctx, unfinishedSetting, "")
}

// claim marks the target as ours, or refuses one that holds something else.
func claim(ctx context.Context, from, to store.Store) error {
	source, err := from.Setting(ctx, KeysSetting)
	if err != nil {
		return err
	}
	if source == "" {
		return errors.New("there is no installation to copy: the store to copy from is empty")
	}
	mark, err := to.Setting(ctx, unfinishedSetting)
	if err != nil || mark == source {
		return err
	}
	held, err := to.Setting(ctx, KeysSetting)
	if err != nil {
		return err
	}
	if held != "" || mark != "" {
		return errors.New("the store to copy to holds an installation already: name an empty one")
	}
	return to.SetSetting(ctx, unfinishedSetting, source)
}

func organisation(ctx context.Context, from, to store.Store) error {
	units, people, err := from.Organisation(ctx)
	if err != nil {
		return err
	}
	return to.PutOrganisation(ctx, units, people)
}

func accounts(ctx context.Context, from, to store.Store) error {
	list, err := from.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range list {
		if err := to.PutAccount(ctx, a); err != nil {
			return err
		}
	}
	for v, err := range from.Sessions(ctx) {
		if err != nil {
			return err
		}
		if err := to.PutSession(ctx, v); err != nil {
			return err
		}
	}
	return nil
}

func rounds(ctx context.Context, from, to store.Store) error {
	list, err := from.Rounds(ctx)
	if err != nil {
		return err
	}
	there, err := to.Rounds(ctx)
	if err != nil {
		return err
	}
	for _, r := range list {
		for _, hash := range []string{r.Survey, r.Units} {
			if err := blob(ctx, from, to, hash); err != nil {
				return err
			}
		}
		i := slices.IndexFunc(there, func(o round.Round) bool { return o.ID == r.ID })
		if i < 0 {
			err = to.CreateRound(ctx, r)
		} else if !same(there[i], r) {
			err = fmt.Errorf("the round %s has changed since the copy began: copy to another, empty store", r.ID)
		}
		if err != nil {
			return err
		}
		if err := content(ctx, from, to, r); err != nil {
			return fmt.Errorf("round %s: %w", r.ID, err)
		}
	}
	return nil
}

func blob(ctx context.Context, from, to store.Store, hash string) error {
	if hash == "" { // of a draft
		return nil
	}
	b, err := from.Blob(ctx, hash)
	if err != nil {
		return err
	}
	return to.PutBlob(ctx, hash, b)
}

// content copies what belongs to a round.
func content(ctx context.Context, from, to store.Store, r round.Round) error {
	var fault error
	invitations := plain(from.Invitations(ctx, r.ID), &fault)
	if err := to.PutInvitations(ctx, r.ID, invitations); err != nil || fault != nil {
		return errors.Join(fault, err)
	}
	responses := plain(missing(from.EveryResponse(ctx, r.ID), to.EveryResponse(ctx, r.ID)), &fault)
	if err := to.PutResponses(ctx, responses); err != nil || fault != nil {
		return errors.Join(fault, err)
	}
	docs := func(yield func(string, []byte) bool) {
		for d := range plain(documents(ctx, from, r), &fault) {
			if !yield(d.unit, d.content) {
				return
			}
		}
	}
	err := to.PutDocuments(ctx, r.ID, r.Analysis, docs)
	return errors.Join(fault, err)
}

// plain yields the values of a stream up to its first error, which it leaves in
// fault.
func plain[T any](stream iter.Seq2[T, error], fault *error) iter.Seq[T] {
	return func(yield func(T) bool) {
		for v, err := range stream {
			if err != nil {
				*fault = err
				return
			}
			if !yield(v) {
				return
			}
		}
	}
}

// missing yields what the second stream lacks of the first, or has of another
// version. Both are in the order of the respondents' names.
func missing(want, have iter.Seq2[round.Response, error]) iter.Seq2[round.Response, error] {
	return func(yield func(round.Response, error) bool) {
		next, stop := iter.Pull2(have)
		defer stop()
		there, err, more := next()
		for v, wantErr := range want {
			for err == nil && more && there.Respondent < v.Respondent {
				there, err, more = next()
			}
			if fault := errors.Join(wantErr, err); fault != nil {
				yield(v, fault)
				return
			}
			copied := more && there.Respondent == v.Respondent && there.Version == v.Version
			if !copied && !yield(v, nil) {
				return
			}
		}
	}
}

// cards copies cards and tallies as they are. Of a copy that was cut off, what has
// been taken away in the source since is left: that the digests differ then, tells.
func cards(ctx context.Context, from, to store.Store) error {
	var fault error
	if err := to.PutCards(ctx, plain(from.Cards(ctx, "", ""), &fault)); err != nil || fault != nil {
		return errors.Join(fault, err)
	}
	err := to.PutTallies(ctx, plain(from.Tallies(ctx, ""), &fault))
	return errors.Join(fault, err)
}

// log copies the lines that the target lacks. The store streams the newest
// first; they are few enough to be held.
func log(ctx context.Context, from, to store.Store) error {
	want, err := lines(ctx, from)
	if err != nil {
		return err
	}
	have, err := lines(ctx, to)
	if err != nil {
		return err
	}
	if len(have) > len(want) || !slices.EqualFunc(have, want[:len(have)], same[trail.Event]) {
		return errors.New("the log in the store to copy to is another's: name an empty store")
	}
	for _, e := range want[len(have):] {
		if err := to.AppendLog(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// same compares things as they are stored: a time may come back in another form.
func same[T any](a, b T) bool {
	textA, errA := json.Marshal(a)
	textB, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(textA, textB)
}

// lines returns the log, the oldest first.
func lines(ctx context.Context, st store.Store) (out []trail.Event, err error) {
	for e, err := range st.Log(ctx) {
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	slices.Reverse(out)
	return out, nil
}

func settings(ctx context.Context, from, to store.Store) error {
	all, err := from.Settings(ctx)
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if !slices.Contains(own, key) {
			if err := to.SetSetting(ctx, key, all[key]); err != nil {
				return err
			}
		}
	}
	return nil
}

// document is the analysis of one unit.
type document struct {
	unit    string
	content []byte
}

// documents streams the round's analysis, by the units that it froze.
func documents(ctx context.Context, st store.Store, r round.Round) iter.Seq2[document, error] {
	return func(yield func(document, error) bool) {
		if r.Analysis == "" {
			return
		}
		units, err := frozenUnits(ctx, st, r)
		for _, id := range units {
			var content []byte
			if content, err = st.Document(ctx, r.ID, r.Analysis, id); err != nil || !yield(document{id, content}, nil) {
				break
			}
		}
		if err != nil {
			yield(document{}, err)
		}
	}
}

func frozenUnits(ctx context.Context, st store.Store, r round.Round) (ids []string, err error) {
	content, err := st.Blob(ctx, r.Units)
	if err != nil {
		return nil, err
	}
	var units []org.Unit
	err = json.Unmarshal(content, &units)
	for _, u := range units {
		ids = append(ids, u.ID)
	}
	return ids, err
}
