package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/finding"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
)

// published is a published round with what was frozen with it, and what the
// reader may see of it.
type published struct {
	round  round.Round
	all    []round.Round // every round, the newest first
	also   []round.Round // others that the page is made of
	tree   *org.Tree
	who    access.Identity
	newest bool
	views  views
}

// published finds the round that was asked for with ?omgang=, the newest
// published one where none was. It has answered where ok is false: with the
// empty page where nothing is published yet.
func (s *Server) published(c *gin.Context, id string) (p published, ok bool) {
	var err error
	if p.all, err = s.rounds.Rounds(c); err == nil {
		p.who, err = s.identity(c)
	}
	if err == nil {
		p.all, err = s.within(c, p.all, p.who)
	}
	if err != nil {
		s.failed(c, err)
		return p, false
	}
	newest := slices.IndexFunc(p.all, func(r round.Round) bool { return r.State == round.Published })
	asked := newest
	if id != "" {
		asked = slices.IndexFunc(p.all, func(r round.Round) bool { return r.ID == id })
		if asked < 0 {
			s.failed(c, errNoRound)
			return p, false
		}
		if p.all[asked].State != round.Published {
			s.failed(c, errNotPublished)
			return p, false
		}
	}
	if asked < 0 {
		s.noResult(c, p.all)
		return p, false
	}
	p.round, p.newest = p.all[asked], asked == newest
	if p.tree, err = s.rounds.Tree(c, p.round); err != nil {
		s.failed(c, err)
		return p, false
	}
	set, err := s.rounds.Set(c, p.round)
	if err != nil {
		s.failed(c, err)
		return p, false
	}
	p.views = views{language(c), set, finding.NamesOf(set)}
	return p, true
}

// within leaves out the rounds of other organisations: those of a unit that
// neither lies in what the reader may see, nor holds it. Of an own organisation's
// rounds it is for the page to tell that the reader's unit was not part.
func (s *Server) within(c *gin.Context, rounds []round.Round, who access.Identity) (own []round.Round, err error) {
	for _, r := range rounds {
		if r.Top != "" && r.Units == "" {
			continue // a draft tells readers nothing
		}
		if r.Top != "" {
			tree, err := s.rounds.Tree(c, r)
			if err != nil {
				return nil, err
			}
			if len(who.Top(access.ReadResults, tree)) == 0 {
				continue
			}
		}
		own = append(own, r)
	}
	return own, nil
}

var (
	errNoRound      = fail.New(fail.NotFound, "Mätomgången finns inte. Välj en omgång på resultatsidan.", "There is no such round. Choose one on the results page.")
	errNotPublished = fail.New(fail.Conflict, "Resultatet är inte publicerat än.", "The results are not published yet.")
	errNoUnitThen   = fail.New(fail.Forbidden, "Den enhet som du får läsa fanns inte i den mätomgången.", "The unit that you may read was not part of that round.")
)

// top returns the highest unit that the reader may see in the round, and all
// that are as high as the reader's grants go. It has answered where ok is false.
func (s *Server) top(c *gin.Context, p published) (unit string, all []org.Unit, ok bool) {
	all = p.who.Top(access.ReadResults, p.tree)
	if len(all) == 0 {
		s.failed(c, errNoUnitThen)
		return "", nil, false
	}
	highest := slices.MinFunc(all, func(a, b org.Unit) int { return len(p.tree.Path(a.ID)) - len(p.tree.Path(b.ID)) })
	return highest.ID, all, true
}

// requested finds a published round, and in it the unit that was asked for and that
// the reader may see; "" is the newest round and the highest unit that the
// reader may see. It has answered where ok is false.
func (s *Server) requested(c *gin.Context, round, unit string) (p published, _ string, ok bool) {
	if p, ok = s.published(c, round); !ok {
		return p, "", false
	}
	if unit == "" {
		if unit, _, ok = s.top(c, p); !ok {
			return p, "", false
		}
	}
	return p, unit, s.unit(c, access.ReadResults, unit, p.tree)
}

// document is requested with the unit's document.
func (s *Server) document(c *gin.Context, round, unit string) (p published, d *analysis.Document, ok bool) {
	p, unit, ok = s.requested(c, round, unit)
	if !ok {
		return p, nil, false
	}
	d, err := s.rounds.Document(c, p.round, unit)
	if err != nil {
		s.failed(c, err)
	}
	return p, d, err == nil
}

func (s *Server) resultHome(c *gin.Context) {
	p, ok := s.published(c, c.Query("omgang"))
	if !ok {
		return
	}
	if unit, _, ok := s.top(c, p); ok {
		s.showResult(c, p, unit)
	}
}

func (s *Server) result(c *gin.Context) {
	p, ok := s.published(c, c.Query("omgang"))
	if ok && s.unit(c, access.ReadResults, c.Param("unit"), p.tree) {
		s.showResult(c, p, c.Param("unit"))
	}
}

// showResult renders the page of a unit that the reader may see.
func (s *Server) showResult(c *gin.Context, p published, unit string) {
	var comments string
	if p.who.May(access.ReadComments, unit, p.tree) {
		var err error
		if comments, err = s.rounds.CommentsSeal(c, p.round); err != nil {
			s.failed(c, err)
			return
		}
	}
	s.frozen(c, p, "resultat", func() (any, error) { return s.resultPage(c, p, unit) }, comments)
}

func (s *Server) resultPage(c *gin.Context, p published, unit string) (any, error) {
	d, err := s.rounds.Document(c, p.round, unit)
	if err != nil {
		return nil, err
	}
	u := newUnitViews(p.views, d, label(p.round), p.then(d))
	page := u.page()
	page.Opens, page.Closes, page.Caution = p.round.OpensOn, p.closed(), s.fewAnswered(d)
	page.Path, page.Take, page.Meet, page.Charts = p.path(d), p.under(unit, "ta-med"), p.meetings(unit), saved(p.href(unit), s.unitDiagrams(u))
	for _, t := range p.who.Top(access.ReadResults, p.tree) {
		page.Tops = append(page.Tops, link{t.Name, p.href(t.ID), t.ID == unit})
	}
	page.Rounds = p.rounds(unit, inResult(""))
	if page.Hidden != "" {
		if page.Up, err = s.shownAbove(c, p, d, ""); err != nil {
			return nil, err
		}
	}
	if page.Children != nil {
		for i := range page.Children.Rows {
			if r := &page.Children.Rows[i]; r.Unit != "" {
				r.Href = p.href(r.Unit)
			}
		}
	}
	if page.Themes != nil {
		if page.Themes.Comments, err = s.commentsLink(c, p, unit); err != nil {
			return nil, err
		}
		if err := s.unitRadar(c, u, page.Themes); err != nil {
			return nil, err
		}
	}
	return page, nil
}

// rounds are the published rounds to choose from on a page of a unit, whose address
// at tells. In another organisation's round there is no such unit, and at is
// asked for the page of "".
func (p published) rounds(unit string, at func(unit, round string) string) (out []link) {
	for _, r := range p.all {
		if r.State != round.Published {
			continue
		}
		to := unit
		if r.Top != p.round.Top {
			to = ""
		}
		out = append(out, link{label(r), at(to, r.ID), r.ID == p.round.ID})
	}
	return out
}

// asking is the address of pages that ask for a unit and a round.
func asking(path string) func(unit, round string) string {
	return func(unit, round string) string {
		q := url.Values{"omgang": {round}}
		if unit != "" {
			q.Set("enhet", unit)
		}
		return path + "?" + q.Encode()
	}
}

// inResult is the address of a view of a unit's result, "" for the page itself.
func inResult(view string) func(unit, round string) string {
	return func(unit, round string) string {
		path := "/resultat"
		if unit != "" {
			path += "/" + url.PathEscape(unit)
		}
		if unit != "" && view != "" {
			path += "/" + view
		}
		return path + "?omgang=" + url.QueryEscape(round)
	}
}

// closed is the day that the round closed, where that was before it was to.
func (p published) closed() string {
	if day := dayOf(p.round.ClosedAt); day != "" && day < p.round.ClosesOn {
		return day
	}
	return p.round.ClosesOn
}

// fewAnswered tells whether fewer have answered than the audit verdict asks for.
func (s *Server) fewAnswered(d *analysis.Document) bool {
	a := s.config.Audit
	return a != nil && round.Progress{Invited: d.Invited, Submitted: d.Submitted}.Missing(a.Thresholds.Response) > 0
}

// shownAbove finds the nearest unit above that is shown and that the reader may
// open, with the way to a view of it, "" for its page; none where there is no
// such unit.
func (s *Server) shownAbove(c *gin.Context, p published, d *analysis.Document, view string) (link, error) {
	for _, ref := range slices.Backward(d.Path[:max(len(d.Path)-1, 0)]) {
		if !p.who.May(access.ReadResults, ref.ID, p.tree) {
			break
		}
		above, err := s.rounds.Document(c, p.round, ref.ID)
		if err != nil {
			return link{}, err
		}
		if above.Suppressed == analysis.Shown {
			href := p.href(ref.ID)
			if view != "" {
				href = p.under(ref.ID, view)
			}
			return link{Name: ref.Name, Href: href}, nil
		}
	}
	return link{}, nil
}

// path is the way from the top down to the unit; what the reader may not open
// is named without a link.
func (p published) path(d *analysis.Document) []link {
	var out []link
	for i, ref := range d.Path {
		l := link{Name: ref.Name, Current: i == len(d.Path)-1}
		if !l.Current && p.who.May(access.ReadResults, ref.ID, p.tree) {
			l.Href = p.href(ref.ID)
		}
		out = append(out, l)
	}
	return out
}

// href is the address of a unit's page in this round.
func (p published) href(unit string) string {
	return "/resultat/" + url.PathEscape(unit) + p.query("?")
}

// query keeps to the round where it is not the newest.
func (p published) query(sep string) string {
	if p.newest {
		return ""
	}
	return sep + "omgang=" + url.QueryEscape(p.round.ID)
}

// then is what the round that the document compares with is called.
func (p published) then(d *analysis.Document) string {
	if d.Previous == nil {
		return ""
	}
	i := slices.IndexFunc(p.all, func(r round.Round) bool { return r.ID == d.Previous.Round })
	if i < 0 {
		return d.Previous.Round
	}
	return label(p.all[i])
}

// label is what a round is called inside a sentence: its id where the name only
// adds words to it ("Mätomgång 2025").
func label(r round.Round) string {
	if r.Name == "" || strings.Contains(r.Name, r.ID) {
		return r.ID
	}
	return r.Name
}

// waitingPage says when results come.
type waitingPage struct {
	State string // of the nearest round, "" where there is none
	Name  string
	Day   string // it opens or closes
}

// noResult answers where no round is published: with what is awaited.
func (s *Server) noResult(c *gin.Context, all []round.Round) {
	page := waitingPage{}
	for _, state := range []round.State{round.Closed, round.Open, round.Draft} {
		i := slices.IndexFunc(all, func(r round.Round) bool { return r.State == state })
		if i < 0 {
			continue
		}
		page.State, page.Name, page.Day = string(state), label(all[i]), all[i].ClosesOn
		if state == round.Draft {
			page.Day = all[i].OpensOn
		}
		break
	}
	s.render(c, http.StatusOK, "resultat-vantar", page)
}
