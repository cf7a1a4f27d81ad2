package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/analysis"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/review"
	"github.com/mognad/mognad/internal/survey"
)

// factView is the page where a fact is reviewed: what was answered, and the
// level that a reviewer sets after seeing what it rests on.
type factView struct {
	Item           *survey.Item
	Round, Now     string // id and name
	AsOf           string
	Answered       analysis.FactFigure
	Said           []saidEvidence
	Review         review.Review // as stored, or as typed
	Version        string        // of the stored one that the page was drawn from
	Stored         bool
	Day            string // of the stored one
	Near, Others   []factEntry
	Unverified     float64 // the highest level that counts without current evidence
	Years          int     // how old a decision may be
	Problem, Field string
}

// saidEvidence is what N of those who answered gave as evidence in the same words.
type saidEvidence struct {
	Text string
	N    int
}

func saidOf(texts []string) (out []saidEvidence) {
	slices.Sort(texts)
	for _, text := range texts {
		if n := len(out); n > 0 && out[n-1].Text == text {
			out[n-1].N++
		} else {
			out = append(out, saidEvidence{text, 1})
		}
	}
	return out
}

// factEntry is an entry of the register that can be named as evidence.
type factEntry struct {
	register.Entry
	State   audit.State
	Why     string // it does not count, in words
	Chosen  bool
	Missing bool // it was named, and is not in the register any more
}

var errNoFact = fail.New(fail.NotFound, "Ingen revisionsfråga prövar den faktafrågan i den här mätomgången.", "No audit question tests that fact in this round.")

// fact finds the round and the fact that the address names, for one who may
// review it; false when it has answered.
func (s *Server) fact(c *gin.Context) (p published, v factView, entries []register.Entry, ok bool) {
	if s.config.Audit == nil {
		s.failed(c, errNoAudit)
		return p, v, nil, false
	}
	if p, ok = s.published(c, c.Query("omgang")); !ok || !s.unit(c, access.ReviewFacts, p.tree.Root().ID, p.tree) {
		return p, v, nil, false
	}
	v = factView{Round: p.round.ID, Now: label(p.round), AsOf: dayOf(p.round.ClosedAt), Unverified: s.config.Audit.Thresholds.Unverified, Years: s.config.Audit.Thresholds.EvidenceYears}
	if v.Item, ok = p.views.set.Item(c.Param("item")); !ok || !s.config.Audit.AsksFact(v.Item.ID) {
		s.failed(c, errNoFact)
		return p, v, nil, false
	}
	d, err := s.rounds.Document(c, p.round, p.tree.Root().ID)
	var reviews map[string]review.Review
	if err == nil {
		v.Answered, _ = d.Fact(v.Item.ID)
		var texts []string
		texts, err = s.rounds.FactEvidence(c, p.round, v.Item.ID)
		v.Said = saidOf(texts)
	}
	if err == nil {
		reviews, err = s.reviews.Of(c, p.round.ID)
	}
	if err == nil {
		v.Review, v.Stored = reviews[v.Item.ID]
		v.Version, v.Day = v.Review.Version(), dayOf(v.Review.At)
		entries, err = s.register.Entries(c, p.tree.Root().ID)
	}
	if err != nil {
		s.failed(c, err)
		return p, v, nil, false
	}
	return p, v, entries, true
}

func (s *Server) factPage(c *gin.Context) {
	if _, v, entries, ok := s.fact(c); ok {
		v.list(entries, language(c))
		s.render(c, http.StatusOK, "revision-fakta", v)
	}
}

// factReview stores what the reviewer has found, or takes it away.
func (s *Server) factReview(c *gin.Context) {
	p, v, entries, ok := s.fact(c)
	if !ok {
		return
	}
	id, _ := s.identity(c) // fact has asked
	version, root := c.PostForm("version"), p.tree.Root().ID
	var err error
	if c.PostForm("do") == "ta-bort" {
		err = s.reviews.Remove(c, id.Account, root, p.round.ID, v.Item.ID, version)
	} else {
		typed := review.Review{Note: strings.TrimSpace(newlines(c.PostForm("note")))}
		typed.Level, _ = strconv.Atoi(c.PostForm("level")) // none chosen is no level, and Set says so
		for _, named := range slices.Compact(slices.Sorted(slices.Values(c.PostFormArray("evidence")))) {
			if i := slices.IndexFunc(entries, func(e register.Entry) bool { return e.ID == named }); i >= 0 {
				typed.Name(entries[i])
			} else if was := slices.IndexFunc(v.Review.Evidence, func(n review.Named) bool { return n.Entry == named }); was >= 0 {
				typed.Evidence = append(typed.Evidence, v.Review.Evidence[was])
			}
		}
		v.Review = typed
		err = s.reviews.Set(c, id.Account, root, p.round.ID, v.Item.ID, version, typed)
	}
	if fail.Is(err, fail.Invalid) || fail.Is(err, fail.Conflict) {
		status, e := s.problem(c, err)
		v.Problem, v.Field = e.In(language(c)), e.Field
		v.list(entries, language(c))
		s.render(c, status, "revision-fakta", v)
		return
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/revision?"+url.Values{"omgang": {p.round.ID}}.Encode()+"#krav-"+url.PathEscape(v.Item.ID))
}

// list puts the register's entries in: those that are said to support the fact,
// or are named, first; named ones that the register has lost, too.
func (v *factView) list(entries []register.Entry, lang string) {
	for _, e := range entries {
		judged := e.Evidence().Judge(v.AsOf, v.Years)
		view := factEntry{Entry: e, State: judged.State, Why: judged.Why(lang, v.Years), Chosen: v.Review.Names(e.ID)}
		if view.Chosen || slices.Contains(e.Supports, v.Item.ID) {
			v.Near = append(v.Near, view)
		} else {
			v.Others = append(v.Others, view)
		}
	}
	for _, n := range v.Review.Evidence {
		if !slices.ContainsFunc(entries, func(e register.Entry) bool { return e.ID == n.Entry }) {
			judged := n.Judge(v.AsOf, v.Years)
			v.Near = append(v.Near, factEntry{Entry: register.Entry{ID: n.Entry, Name: n.Name, DecidedBy: n.AdoptedBy, Decided: n.Adopted, Paragraph: n.Paragraph},
				State: judged.State, Why: judged.Why(lang, v.Years), Chosen: true, Missing: true})
		}
	}
}
