package mail

import (
	"net/mail"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/mail/mailtest"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/surveys"
)

// world is a kommun with a round, a store and a mail server.
type world struct {
	t      *testing.T
	store  *sqlite.Store
	keys   *keys.Ring
	rounds *round.Service
	server *mailtest.Server
	set    *survey.Set
	units  []org.Unit
	people []org.Person
	*Service

	mu  sync.Mutex
	now time.Time
}

func newWorld(t *testing.T, people ...string) *world {
	t.Helper()
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	must(t, err)
	t.Cleanup(func() { st.Close() })
	set, err := survey.LoadDir(surveys.FS)
	must(t, err)
	w := &world{t: t, store: st, keys: keys.New(), server: mailtest.Start(t, mailtest.Plain), set: set, now: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC),
		units: []org.Unit{{ID: "k", Name: "Exempelkommun"}}}
	for _, p := range people {
		w.people = append(w.people, person(p))
	}
	w.rounds = round.NewService(st, w.keys, w.time)
	w.Service = w.service(st)
	_, err = w.rounds.Create(t.Context(), "sam", round.Round{ID: "2026", Name: "Mätomgång 2026", OpensOn: "2026-11-02", ClosesOn: "2026-11-23", ClosesTime: "17:00"})
	must(t, err)
	return w
}

func person(id string) org.Person {
	p := org.Person{ID: id, Name: strings.ToUpper(id), Email: id + "@kommun.example", Unit: "k", Roles: []org.Role{org.Enhetschef}}
	if id == "utan" {
		p.Email = ""
	}
	return p
}

// service is one more process's.
func (w *world) service(st Store) *Service {
	w.t.Helper()
	base, _ := url.Parse("https://mognad.example")
	s, err := New(Config{Server: plainServer(w.t, w.server), From: mail.Address{Address: "mognad@kommun.example"}, Rate: 1e6, BaseURL: base}, st, w.rounds, w.time)
	must(w.t, err)
	return s
}

func (w *world) time() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now }

func (w *world) pass(d time.Duration) { w.mu.Lock(); defer w.mu.Unlock(); w.now = w.now.Add(d) }

func (w *world) open() round.Round {
	w.t.Helper()
	_, err := w.rounds.Open(w.t.Context(), "sam", "2026", w.set, w.units, w.people)
	must(w.t, err)
	return w.round()
}

func (w *world) round() round.Round {
	w.t.Helper()
	r, err := w.rounds.Round(w.t.Context(), "2026")
	must(w.t, err)
	return r
}

func (w *world) tend() { w.t.Helper(); must(w.t, w.Tend(w.t.Context())) }

func (w *world) submit(id string) {
	w.t.Helper()
	sheet, err := w.rounds.Sheet(w.t.Context(), "2026", id)
	must(w.t, err)
	_, err = w.rounds.Save(w.t.Context(), sheet.Invitation, []round.Amendment{round.Entry{Item: sheet.Items[0].ID, Answer: 3}.Amendment()})
	must(w.t, err)
	must(w.t, w.rounds.Submit(w.t.Context(), sheet.Invitation))
}

// want checks how many letters each person has got, in all.
func (w *world) want(what string, letters map[string]int) {
	w.t.Helper()
	for _, p := range w.people {
		if got := len(w.server.To(p.Email)); got != letters[p.ID] {
			w.t.Errorf("%s: %s has %d letters, want %d", what, p.ID, got, letters[p.ID])
		}
	}
}

// last checks how a person's latest letter stands.
func (w *world) last(id string, want Status) Entry {
	w.t.Helper()
	p, err := card.Get[Person](w.t.Context(), w.store, queueKind, "2026/"+id)
	must(w.t, err)
	e := p.Last("")
	if e == nil || e.Status != want {
		w.t.Fatalf("%s: %+v, want %s", id, e, want)
	}
	return *e
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
