package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

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
	Part      string // which page of them, as it was asked for
	Shows     []moderationChoice
	Rows      []moderationRow
	More      int // that wait, after those that are shown
	Numbers   []link
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
	Seen                  string // names what the row is drawn from
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
	s.showModeration(c, http.StatusOK, c.Query("omgang"), c.Query("visa"), c.Query("sida"), nil)
}

func moderationPath(round, show, part string) string {
	q := url.Values{"omgang": {round}, "visa": {show}}
	if part != "" && part != "1" {
		q.Set("sida", part)
	}
	return "/kommentarer/granska?" + q.Encode()
}

// seenOf names what is decided of a comment, so that a page that is sent tells
// what its reader saw.
func seenOf(one round.Comment) string {
	return string(one.State) + "." + textMark(one.Read())
}

// textMark tells one text from another.
func textMark(text string) string {
	sum := sha256.Sum256([]byte(newlines(text)))
	return hex.EncodeToString(sum[:8])
}

// showModeration renders the review; a problem keeps what has been typed.
func (s *Server) showModeration(c *gin.Context, status int, id, show, part string, problem *fail.Error) {
	r, tree, who, all, ok := s.reviewed(c, id)
	if !ok {
		return
	}
	page := moderationPage{Round: r, Name: label(r), Show: show, Part: part, Published: r.State == round.Published, Begun: r.Moderating || r.State == round.Published}
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
	number, skip := 1, 0
	if page.Show != "vantar" { // of what waits the first are next, whatever has been decided
		number, _ = strconv.Atoi(page.Part)
		number = max(number, 1)
		skip = (number - 1) * reviewedAtOnce
	}
	names, lang, count := finding.NamesOf(set), language(c), map[round.CommentState]int{}
	for _, one := range comments {
		if !who.May(access.ModerateComments, one.Unit, tree) {
			continue
		}
		count[one.State]++
		if one.State != moderationShows[page.Show] || count[one.State] <= skip {
			continue
		}
		if len(page.Rows) == reviewedAtOnce {
			continue
		}
		unit, _ := tree.Unit(one.Unit)
		row := moderationRow{ID: one.ID, Seen: seenOf(one), Theme: names.Of(one.Theme, lang), Item: names.Of(one.Item, lang), Unit: unit.Name,
			Written: one.Text, Choice: string(one.State), Text: one.Read()}
		row.Rows = min(max(3, len(row.Text)/70+1), 12)
		page.Rows = append(page.Rows, row)
	}
	if all := count[moderationShows[page.Show]]; page.Show == "vantar" {
		page.More = all - len(page.Rows)
	} else {
		for n := 1; (n-1)*reviewedAtOnce < all && all > reviewedAtOnce; n++ {
			page.Numbers = append(page.Numbers, link{strconv.Itoa(n), moderationPath(r.ID, page.Show, strconv.Itoa(n)), n == number})
		}
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
		if text, ok := c.GetPostForm("text-" + row.ID); ok && c.PostForm("sett-"+row.ID) == row.Seen {
			row.Text, row.Choice = newlines(text), c.PostForm("beslut-"+row.ID)
		}
	}
}

// errDecided is for a comment that somebody else has decided since the page was
// drawn.
var errDecided = fail.New(fail.Conflict, "Någon annan har granskat kommentaren sedan sidan visades. Nu ser du vad som gäller. Välj igen om du vill ändra det.",
	"Somebody else has reviewed the comment since the page was shown. Now you see what holds. Choose again if you want to change it.")

// commentsDecide stores what was changed of the comments of a page; those left as
// they were shown stay as they are now.
func (s *Server) commentsDecide(c *gin.Context) {
	id, show, part := c.PostForm("omgang"), c.PostForm("visa"), c.PostForm("sida")
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
		seen := c.PostForm("sett-" + one)
		state, text, _ := strings.Cut(seen, ".")
		changed := string(d.State) != state || d.State == round.CommentPublished && textMark(d.Text) != text
		switch {
		case err != nil:
		case i < 0 || !who.May(access.ModerateComments, known[i].Unit, tree):
			err = store.ErrNotFound
		case changed && seen != seenOf(known[i]):
			err = errDecided.At(one)
		case changed:
			made = append(made, d)
		}
	}
	if err == nil {
		err = s.rounds.Decide(c, who.Account, r, made)
	}
	if problem, ok := errors.AsType[*fail.Error](err); ok && (problem.Code == fail.Invalid || problem.Code == fail.Conflict) {
		status, _ := s.problem(c, err)
		s.showModeration(c, status, id, show, part, problem)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, moderationPath(r.ID, show, part))
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
