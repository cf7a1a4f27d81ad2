package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store"
)

// reviewedAtOnce is how many comments a page of the review has: as many as one
// reads with care before one saves.
const reviewedAtOnce = 10

// moderationPage is where comments are moderated.
type moderationPage struct {
	Round     round.Round
	Name      string // what the round is called
	Begun     bool
	MayBegin  bool
	Rounds    []link
	Show      string // "vantar", "publicerade" or "innehallna"
	Shows     []moderationChoice
	Rows      []moderationRow
	More      int // of the same kind, after those that are shown
	Waiting   int
	Decided   int
	Problem   string
	Field     string
	Published bool // the results: readers see what is published
}

type moderationChoice struct {
	Show    string
	N       int
	Current bool
}

// moderationRow is one comment with what is decided or typed.
type moderationRow struct {
	ID, Theme, Item, Unit string
	Written               string // as it was written
	Choice                string // "", "published" or "withheld"
	Text                  string // to publish
	Rows                  int    // lines of the field
}

// reviewed finds the round that is named, or the newest that has something to
// review, when the signed-in person may moderate in it; false when it has answered.
func (s *Server) reviewed(c *gin.Context, id string) (r round.Round, tree *org.Tree, who access.Identity, all []round.Round, ok bool) {
	fail := func(err error) (round.Round, *org.Tree, access.Identity, []round.Round, bool) {
		s.failed(c, err)
		return r, nil, who, nil, false
	}
	rounds, err := s.rounds.Rounds(c)
	if err == nil {
		who, err = s.identity(c)
	}
	if err != nil {
		return fail(err)
	}
	for _, one := range rounds {
		if one.State != round.Closed && one.State != round.Published {
			continue
		}
		t, err := s.rounds.Tree(c, one)
		if err != nil {
			return fail(err)
		}
		if len(who.Top(access.ModerateComments, t)) == 0 {
			continue
		}
		all = append(all, one)
		if tree == nil && (id == one.ID || id == "") {
			r, tree = one, t
		}
	}
	if tree == nil && id != "" {
		return fail(store.ErrNotFound) // as where there is no such round
	}
	return r, tree, who, all, true
}

func (s *Server) commentsReview(c *gin.Context) {
	s.showModeration(c, http.StatusOK, c.Query("omgang"), c.Query("visa"), nil)
}

// showModeration renders the review; a problem keeps what has been typed.
func (s *Server) showModeration(c *gin.Context, status int, id, show string, problem *fail.Error) {
	r, tree, who, all, ok := s.reviewed(c, id)
	if !ok {
		return
	}
	page := moderationPage{Round: r, Name: label(r), Show: show, Published: r.State == round.Published, Begun: r.Moderating || r.State == round.Published}
	for _, one := range all {
		page.Rounds = append(page.Rounds, link{label(one), "/kommentarer/granska?omgang=" + url.QueryEscape(one.ID), one.ID == r.ID})
	}
	if tree != nil {
		page.MayBegin = r.Analysis != "" && who.May(access.ModerateComments, tree.Root().ID, tree)
	}
	if tree != nil && page.Begun {
		if err := s.moderationRows(c, &page, r, tree, who); err != nil {
			s.failed(c, err)
			return
		}
	}
	if problem != nil {
		page.Problem, page.Field = problem.In(language(c)), problem.Field
		page.typed(c)
	}
	s.render(c, status, "kommentarer-granska", page)
}

var moderationShows = map[string]round.CommentState{"vantar": round.Waiting, "publicerade": round.CommentPublished, "innehallna": round.Withheld}

func (s *Server) moderationRows(c *gin.Context, page *moderationPage, r round.Round, tree *org.Tree, who access.Identity) error {
	comments, err := s.rounds.Comments(c, r)
	if err != nil {
		return err
	}
	set, err := s.rounds.Set(c, r)
	if err != nil {
		return err
	}
	if _, known := moderationShows[page.Show]; !known {
		page.Show = "vantar"
	}
	names, lang, count := finding.NamesOf(set), language(c), map[round.CommentState]int{}
	for _, one := range comments {
		if !who.May(access.ModerateComments, one.Unit, tree) {
			continue
		}
		count[one.State]++
		if one.State != moderationShows[page.Show] {
			continue
		}
		if len(page.Rows) == reviewedAtOnce && page.Show == "vantar" {
			page.More++
			continue
		}
		unit, _ := tree.Unit(one.Unit)
		row := moderationRow{ID: one.ID, Theme: names.Of(one.Theme, lang), Item: names.Of(one.Item, lang), Unit: unit.Name,
			Written: one.Text, Choice: string(one.State), Text: one.Read()}
		row.Rows = min(max(3, len(row.Text)/70+1), 12)
		page.Rows = append(page.Rows, row)
	}
	page.Waiting, page.Decided = count[round.Waiting], count[round.CommentPublished]+count[round.Withheld]
	for _, show := range []string{"vantar", "publicerade", "innehallna"} {
		page.Shows = append(page.Shows, moderationChoice{show, count[moderationShows[show]], show == page.Show})
	}
	return nil
}

// typed puts what has been typed in the rows.
func (page *moderationPage) typed(c *gin.Context) {
	for i := range page.Rows {
		row := &page.Rows[i]
		if text, ok := c.GetPostForm("text-" + row.ID); ok {
			row.Text, row.Choice = newlines(text), c.PostForm("beslut-"+row.ID)
		}
	}
}

// commentsDecide stores what was chosen for the comments of a page; those left as
// they were stay.
func (s *Server) commentsDecide(c *gin.Context) {
	id, show := c.PostForm("omgang"), c.PostForm("visa")
	r, tree, who, _, ok := s.reviewed(c, id)
	if !ok {
		return
	}
	var err error
	var known []round.Comment
	if tree == nil {
		err = store.ErrNotFound
	} else {
		known, err = s.rounds.Comments(c, r)
	}
	var made []round.Decision
	for _, one := range c.PostFormArray("id") {
		i := slices.IndexFunc(known, func(k round.Comment) bool { return k.ID == one })
		d := round.Decision{Comment: one, State: round.CommentState(c.PostForm("beslut-" + one)), Text: newlines(c.PostForm("text-" + one))}
		switch {
		case err != nil:
		case i < 0 || !who.May(access.ModerateComments, known[i].Unit, tree):
			err = store.ErrNotFound
		case d.State != known[i].State || d.State == round.CommentPublished && d.Text != newlines(known[i].Read()):
			made = append(made, d)
		}
	}
	if err == nil {
		err = s.rounds.Decide(c, who.Account, r, made)
	}
	if problem, ok := errors.AsType[*fail.Error](err); ok && problem.Code == fail.Invalid {
		s.showModeration(c, http.StatusUnprocessableEntity, id, show, problem)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/kommentarer/granska?omgang="+url.QueryEscape(r.ID)+"&visa="+url.QueryEscape(show))
}

// commentsBegin begins the review of a closed round.
func (s *Server) commentsBegin(c *gin.Context) {
	r, tree, who, _, ok := s.reviewed(c, c.PostForm("omgang"))
	if !ok {
		return
	}
	err := error(store.ErrNotFound)
	if tree != nil && who.May(access.ModerateComments, tree.Root().ID, tree) {
		_, err = s.rounds.Moderate(c, who.Account, r.ID)
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/kommentarer/granska?omgang="+url.QueryEscape(r.ID))
}
