package round

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/trail"
)

// CommentState is what has been decided of a comment.
type CommentState string

// The states. Nothing is published by itself.
const (
	Waiting          CommentState = ""
	CommentPublished CommentState = "published"
	Withheld         CommentState = "withheld"
)

// Comment is something that was written to an item.
type Comment struct {
	ID    string
	Item  string
	Theme string // "area.theme"
	Unit  string // the lowest under which it may be read
	Text  string // as it was written; only for those who moderate
	State CommentState
	Shown string // what is published, where that is another text
}

// Read returns what is published.
func (c Comment) Read() string {
	if c.Shown != "" {
		return c.Shown
	}
	return c.Text
}

// Decision is what becomes of a comment: published as Text, or withheld.
type Decision struct {
	Comment string
	State   CommentState
	Text    string // to publish; the comment's own for one that is published as it is
}

// decided is what a card has of one comment.
type decided struct {
	State CommentState `json:"state"`
	Box   []byte       `json:"box,omitempty"` // the text that is published instead, sealed
}

// decisions is the body of a card: what is decided of the comments of a theme.
type decisions map[string]decided

var (
	errModerating = fail.New(fail.Conflict, "Omgången kan inte öppnas igen: granskningen av kommentarerna har börjat. Av två resultat efter varandra skulle det gå att se vem som har skrivit vad.",
		"The round can't be opened again: the review of its comments has begun. Two results after each other would tell who wrote what.")
	errNotClosed = fail.New(fail.Conflict, "Kommentarerna kan granskas när omgången har stängt och resultatet är räknat.", "Comments can be reviewed when the round has closed and its results are computed.")
	errNotBegun  = fail.New(fail.Conflict, "Granskningen har inte börjat än.", "The review has not begun yet.")
	errNoComment = fail.New(fail.NotFound, "Kommentaren finns inte längre. Ladda om sidan.", "The comment is not there any more. Reload the page.")
)

// Moderate begins the review of a closed round's comments, after which the round
// can't be opened again. In a published round it may begin without.
func (s *Service) Moderate(ctx context.Context, actor, id string) (Round, error) {
	begun := false
	r, err := s.store.UpdateRound(ctx, id, func(r *Round) error {
		if r.State != Closed && r.State != Published || r.Analysis == "" {
			return errNotClosed
		}
		begun = !r.Moderating
		r.Moderating = true
		return nil
	})
	if err == nil && begun {
		s.note(ctx, actor, "comment.review", r, "")
	}
	return r, err
}

// Comments returns every comment of a round that may be read at all, with what has
// been decided, in the order that closing left them in: for those who moderate.
// fail.Conflict while the round is neither published nor under review.
func (s *Service) Comments(ctx context.Context, r Round) ([]Comment, error) {
	if r.State != Published && (r.State != Closed || !r.Moderating) {
		return nil, errNotBegun
	}
	return s.allComments(ctx, r)
}

func (s *Service) allComments(ctx context.Context, r Round) ([]Comment, error) {
	all, err := s.written(ctx, r)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	set, err := s.Set(ctx, r)
	if err != nil {
		return nil, err
	}
	of := decisions{}
	for c, err := range s.store.Cards(ctx, DecisionCards, r.ID+"/"+r.Comments+"/") {
		if err == nil {
			err = json.Unmarshal(c.Body, &of) // adds what this card has
		}
		if err != nil {
			return nil, err
		}
	}
	out := make([]Comment, 0, len(all))
	for _, w := range all {
		it, ok := set.Item(w.Item)
		if !ok {
			continue
		}
		c := Comment{ID: w.ID, Item: w.Item, Theme: it.ThemeID(), Unit: w.Unit, Text: w.Text, State: of[w.ID].State}
		if box := of[w.ID].Box; box != nil {
			plain, err := s.keys.Open(nil, box, r.ID, DecisionCards, w.ID)
			if err != nil {
				return nil, fmt.Errorf("open comment: %w", err)
			}
			c.Shown = string(plain)
		}
		out = append(out, c)
	}
	return out, nil
}

// PublishedComments returns the comments of a published round that have been
// published, with what is published alone. fail.Conflict for another round.
func (s *Service) PublishedComments(ctx context.Context, r Round) ([]Comment, error) {
	if r.State != Published {
		return nil, errUnpublished
	}
	all, err := s.allComments(ctx, r)
	if err != nil {
		return nil, err
	}
	var out []Comment
	for _, c := range all {
		if c.State == CommentPublished {
			c.Text, c.Shown = c.Read(), ""
			out = append(out, c)
		}
	}
	return out, nil
}

// CommentsSeal tells one state of what has been decided of a round's comments from
// any other.
func (s *Service) CommentsSeal(ctx context.Context, r Round) (string, error) {
	if r.Comments == "" {
		return "", nil
	}
	return card.SealAll(ctx, s.store, DecisionCards, r.ID+"/"+r.Comments+"/")
}

// CommentsLeft returns how many comments of a closed or published round nobody has
// decided of. It tells nothing of what they say, nor of whom.
func (s *Service) CommentsLeft(ctx context.Context, r Round) (n int, err error) {
	if r.State != Closed && r.State != Published {
		return 0, nil
	}
	all, err := s.allComments(ctx, r)
	for _, c := range all {
		if c.State == Waiting {
			n++
		}
	}
	return n, err
}

// Decide publishes and withholds comments. A decision can be changed: what should
// not have been published is withheld. All are stored, or with fail.Invalid At the
// id of a faulty one, or fail.NotFound, none.
func (s *Service) Decide(ctx context.Context, actor string, r Round, made []Decision) error {
	all, err := s.Comments(ctx, r)
	if err != nil {
		return err
	}
	known := make(map[string]Comment, len(all))
	for _, c := range all {
		known[c.ID] = c
	}
	themes, did := map[string]decisions{}, map[string][]string{}
	for _, d := range made {
		c, ok := known[d.Comment]
		if !ok {
			return errNoComment
		}
		one, action, err := s.decided(r, c, d)
		if err != nil {
			return err
		}
		if themes[c.Theme] == nil {
			themes[c.Theme] = decisions{}
		}
		themes[c.Theme][c.ID] = one
		did[action] = append(did[action], c.ID)
	}
	for theme, some := range themes {
		if _, err := card.Update(ctx, s.store, DecisionCards, r.ID+"/"+r.Comments+"/"+theme, func(now *decisions) (time.Time, error) {
			if *now == nil {
				*now = decisions{}
			}
			for id, d := range some {
				(*now)[id] = d
			}
			return time.Time{}, nil
		}); err != nil {
			return err
		}
	}
	for action, ids := range did {
		s.log.Note(ctx, trail.Event{Actor: actor, Action: action, Unit: r.Top, Round: r.ID, Detail: strings.Join(ids, " ")})
	}
	return nil
}

// decided checks one decision, and seals its text where that is another than what
// was written.
func (s *Service) decided(r Round, c Comment, d Decision) (one decided, action string, err error) {
	one.State = d.State
	switch d.State {
	case Withheld:
		return one, "comment.withhold", nil
	case Waiting:
		return one, "comment.return", nil
	case CommentPublished:
	default:
		return one, "", fail.New(fail.Invalid, "Välj om kommentaren ska publiceras eller hållas inne.", "Choose whether the comment is to be published or withheld.").At(c.ID)
	}
	text := strings.TrimSpace(d.Text)
	switch {
	case text == "":
		return one, "", fail.New(fail.Invalid, "Texten är tom. Skriv det som ska publiceras, eller håll inne kommentaren.", "The text is empty. Write what is to be published, or withhold the comment.").At(c.ID)
	case utf8.RuneCountInString(text) > MaxNote || !utf8.ValidString(text):
		return one, "", fail.New(fail.Invalid, "Texten är för lång eller går inte att läsa. Skriv högst 20 000 tecken.", "The text is too long or can't be read. Write 20,000 characters at most.").At(c.ID)
	case text == c.Text:
		return one, "comment.publish", nil
	}
	one.Box, err = s.keys.Seal([]byte(text), r.ID, DecisionCards, c.ID)
	return one, "comment.edit", err
}
