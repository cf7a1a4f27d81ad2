package transfer

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/trail"
)

// Digest tells what a store holds, a part for each kind of thing.
type Digest []Part

// Part is how many there are of a kind, and a hash of them all: the sum
// (exclusive or) of the SHA-256 of each, so that their order does not matter.
type Part struct {
	Kind  string
	Count int
	sum   [sha256.Size]byte
}

// Hash returns the hash as text.
func (p Part) Hash() string { return hex.EncodeToString(p.sum[:]) }

// Differences returns the kinds of which d and other hold different things.
func (d Digest) Differences(other Digest) []string {
	var out []string
	for _, p := range d {
		if !slices.Contains(other, p) {
			out = append(out, p.Kind)
		}
	}
	return out
}

// summing gathers a digest; the first fault ends it.
type summing struct {
	digest Digest
	until  time.Time
	err    error
}

// add counts a thing and mixes it in. Things are written as JSON, whose maps are
// sorted and whose times are made UTC before.
func (s *summing) add(kind string, thing any) {
	at := slices.IndexFunc(s.digest, func(p Part) bool { return p.Kind == kind })
	if at < 0 {
		at, s.digest = len(s.digest), append(s.digest, Part{Kind: kind})
	}
	content, err := json.Marshal(thing)
	if err != nil {
		s.err = err
		return
	}
	p, sum := &s.digest[at], sha256.Sum256(content)
	p.Count++
	subtle.XORBytes(p.sum[:], p.sum[:], sum[:])
}

// soon is more than it takes to read two stores.
const soon = 2 * time.Hour

// Sum reads a store through. Sessions and tallies that run out within two hours,
// and what is a store's own, are left out.
func Sum(ctx context.Context, st store.Store) (Digest, error) {
	return sum(ctx, st, time.Now().Add(soon))
}

// sum leaves out what runs out before until.
func sum(ctx context.Context, st store.Store, until time.Time) (Digest, error) {
	s := &summing{until: until}
	for _, kind := range []string{"setting", "unit", "person", "account", "session", "round", "blob", "invitation", "response", "document", "card", "tally", "log"} {
		s.digest = append(s.digest, Part{Kind: kind})
	}
	for _, step := range []func(context.Context, store.Store, *summing) error{sumInstallation, sumAccounts, sumRounds, sumCards} {
		if err := step(ctx, st, s); err != nil {
			return nil, err
		}
	}
	return s.digest, s.err
}

func sumInstallation(ctx context.Context, st store.Store, s *summing) error {
	settings, err := st.Settings(ctx)
	if err != nil {
		return err
	}
	for key, value := range settings {
		if !slices.Contains(own, key) {
			s.add("setting", []string{key, value})
		}
	}
	units, people, err := st.Organisation(ctx)
	if err != nil {
		return err
	}
	for i, u := range units {
		s.add("unit", placed[org.Unit]{i, u})
	}
	for i, p := range people {
		s.add("person", placed[org.Person]{i, p})
	}
	events, err := lines(ctx, st)
	for i, e := range events {
		e.At = e.At.UTC()
		s.add("log", placed[trail.Event]{i, e})
	}
	return err
}

// placed is a thing whose place among the others matters.
type placed[T any] struct {
	Place int
	Thing T
}

func sumAccounts(ctx context.Context, st store.Store, s *summing) error {
	accounts, err := st.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		s.add("account", account{a, a.Link, a.LinkUntil.Unix(), a.LinkAgain})
	}
	for v, err := range st.Sessions(ctx) {
		if err != nil {
			return err
		}
		if v.Until.After(s.until) {
			s.add("session", session{v.Hash, v.Account, v.Round, v.Person, v.Until.Unix(), v.Ends.Unix()})
		}
	}
	return nil
}

// account is an account with its link, which its own JSON leaves out.
type account struct {
	access.Account
	Hash  []byte
	Until int64
	Again bool
}

type session struct {
	Hash                   []byte
	Account, Round, Person string
	Until, Ends            int64
}

func sumCards(ctx context.Context, st store.Store, s *summing) error {
	for c, err := range st.Cards(ctx, "", "") {
		if err != nil {
			return err
		}
		c.Due = c.Due.UTC()
		s.add("card", c)
	}
	for v, err := range st.Tallies(ctx, "") {
		if err != nil {
			return err
		}
		if v.Until.After(s.until) {
			v.Until = v.Until.UTC()
			s.add("tally", v)
		}
	}
	return nil
}

func sumRounds(ctx context.Context, st store.Store, s *summing) error {
	rounds, err := st.Rounds(ctx)
	if err != nil {
		return err
	}
	blobs := map[string]bool{"": true}
	for _, r := range rounds {
		s.add("round", r)
		for _, hash := range []string{r.Survey, r.Units} {
			if blobs[hash] {
				continue
			}
			blobs[hash] = true
			content, err := st.Blob(ctx, hash)
			if err != nil {
				return err
			}
			s.add("blob", [][]byte{[]byte(hash), content})
		}
		if err := sumRound(ctx, st, r, s); err != nil {
			return fmt.Errorf("round %s: %w", r.ID, err)
		}
	}
	return nil
}

func sumRound(ctx context.Context, st store.Store, r round.Round, s *summing) error {
	for v, err := range st.Invitations(ctx, r.ID) {
		if err != nil {
			return err
		}
		s.add("invitation", invitation{v, v.Link})
	}
	for v, err := range st.EveryResponse(ctx, r.ID) {
		if err != nil {
			return err
		}
		if len(v.Items) == 0 {
			v.Items = nil
		}
		s.add("response", v)
	}
	for d, err := range documents(ctx, st, r) {
		if err != nil {
			return err
		}
		s.add("document", [][]byte{[]byte(r.ID), []byte(d.unit), d.content})
	}
	return nil
}

// invitation is an invitation with its link, which its own JSON leaves out.
type invitation struct {
	round.Invitation
	Hash []byte
}

// String returns a line a kind.
func (d Digest) String() string {
	var b strings.Builder
	for _, p := range d {
		fmt.Fprintf(&b, "%-10s %9d  %s\n", p.Kind, p.Count, p.Hash())
	}
	return b.String()
}
