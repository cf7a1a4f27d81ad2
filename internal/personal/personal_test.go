package personal_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/action"
	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/personal"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
	"github.com/mognad/mognad/surveys"
)

// world is two kommuner, a and b, each with a round that is open.
type world struct {
	*personal.Service
	t      *testing.T
	store  *sqlite.Store
	rounds *round.Service
	set    *survey.Set
	at     time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "mognad.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	w := &world{t: t, store: st, at: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)}
	now := func() time.Time { return w.at }
	w.rounds = round.NewService(st, keys.New(), now)
	w.Service = personal.New(st, w.rounds, now)
	if w.set, err = survey.LoadDir(surveys.FS, "insatser.yaml"); err != nil {
		t.Fatal(err)
	}
	units := []org.Unit{{ID: "alla", Name: "Alla"}, {ID: "a", Name: "Akommun", Parent: "alla"}, {ID: "b", Name: "Bkommun", Parent: "alla"}}
	var people []org.Person
	for _, unit := range []string{"a", "b"} {
		for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
			people = append(people, org.Person{ID: unit + n, Name: "Namn " + unit + n, Email: unit + n + "@" + unit + ".example", Unit: unit, Roles: []org.Role{org.Enhetschef}})
		}
	}
	w.check(st.PutOrganisation(t.Context(), units, people))
	for _, unit := range []string{"a", "b"} {
		_, err := w.rounds.Create(t.Context(), "test", round.Round{ID: unit + "26", Name: "Omgång " + unit, Top: unit, OpensOn: "2026-11-01", ClosesOn: "2026-11-20"})
		w.check(err)
		_, err = w.rounds.Open(t.Context(), "test", unit+"26", w.set, units, people)
		w.check(err)
	}
	return w
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// reach is that of a coordinator of a unit.
func (w *world) reach(unit string) *personal.Reach {
	w.t.Helper()
	r, err := w.Reach(w.t.Context(), access.Identity{Account: "eva", Grants: []access.Grant{{Role: access.Samordnare, Unit: unit}}})
	w.check(err)
	return r
}

// answer saves an answer of a person, with a comment that nobody else may read.
func (w *world) answer(id, person string) {
	w.t.Helper()
	inv, err := w.rounds.Person(w.t.Context(), id, person)
	w.check(err)
	level, comment := survey.Answer(3), "hemlig kommentar"
	for _, it := range w.set.Items {
		if it.Kind == survey.Rating && it.AskedTo(inv.Roles) {
			_, err = w.rounds.Save(w.t.Context(), inv, []round.Amendment{{Item: it.ID, Answer: &level, Comment: &comment}})
			w.check(err)
			return
		}
	}
	w.t.Fatal("nothing is asked")
}

func (w *world) letter(id, person string) {
	w.t.Helper()
	w.check(w.store.PutCard(w.t.Context(), card.Card{Kind: personal.LetterCards, ID: id + "/" + person, Body: []byte(`{"sent":1}`)}))
}

func (w *world) session(id, person string) []byte {
	w.t.Helper()
	hash := keys.Hash(id + person)
	w.check(w.store.PutSession(w.t.Context(), access.Session{Hash: hash, Round: id, Person: person, Until: time.Now().Add(time.Hour), Ends: time.Now().Add(time.Hour)}))
	return hash
}

// actions returns what the log tells of, the newest first.
func (w *world) actions() (out []string) {
	w.t.Helper()
	for e, err := range w.rounds.Log().Events(w.t.Context()) {
		w.check(err)
		out = append(out, e.Action)
	}
	return out
}

// A record has every place where something is stored of a person, and no answer.
func TestRecord(t *testing.T) {
	w := newWorld(t)
	w.answer("a26", "a1")
	w.letter("a26", "a1")
	w.session("a26", "a1")
	w.check(w.store.PutAccount(t.Context(), access.Account{ID: "a1@a.example", Name: "A", Email: "A1@a.example", Grants: []access.Grant{{Role: access.Chef, Unit: "a"}, {Role: access.Chef, Unit: "b"}}}))
	w.check(w.rounds.Log().Append(t.Context(), trail.Event{Actor: "x", Action: "person.move", Unit: "a", Round: "a26", Subject: "a1"}))
	w.check(w.rounds.Log().Append(t.Context(), trail.Event{Actor: "x", Action: "person.move", Unit: "b", Round: "b26", Subject: "a1"}))
	r, err := w.Record(t.Context(), w.reach("a"), "a1")
	w.check(err)
	if r.Organisation == nil || r.Organisation.UnitName != "Akommun" || len(r.Rounds) != 1 || r.Account == nil || len(r.Log) != 1 {
		t.Fatalf("%+v", r)
	}
	if len(r.Account.Grants) != 1 || r.Account.All {
		t.Errorf("the account is %+v: what it may do elsewhere is another's", r.Account)
	}
	in := r.Rounds[0]
	if in.Invitation.Status != round.Started || in.Response == nil || in.Response.Day != "2026-11-02" || in.Response.Bytes == 0 || string(in.Letters) != `{"sent":1}` || len(in.Sessions) != 1 {
		t.Errorf("%+v, %+v", in, in.Response)
	}
	content, err := json.Marshal(r)
	w.check(err)
	if strings.Contains(string(content), "hemlig") {
		t.Errorf("an answer is told: %s", content)
	}
}

// Two kommuner never see each other's people.
func TestReach(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		unit, person string
		there        bool
	}{{"a", "a1", true}, {"a", "b1", false}, {"b", "b1", true}, {"alla", "a1", true}, {"alla", "b1", true}, {"alla", "c1", false}} {
		if _, err := w.Record(t.Context(), w.reach(c.unit), c.person); (err == nil) != c.there || err != nil && !fail.Is(err, fail.NotFound) {
			t.Errorf("%s asks for %s: %v", c.unit, c.person, err)
		}
	}
	for unit, want := range map[string]int{"a": 6, "b": 6, "alla": 12} {
		hits, more, err := w.Search(t.Context(), w.reach(unit), " NAMN ")
		if err != nil || len(hits) != want || more {
			t.Errorf("%s finds %d, %v, %v", unit, len(hits), more, err)
		}
	}
	for text, want := range map[string]string{"a3@A.ex": "a3", "Namn A4": "a4", "a5": "a5"} {
		if hits, _, err := w.Search(t.Context(), w.reach("a"), text); err != nil || len(hits) != 1 || hits[0].ID != want {
			t.Errorf("%q finds %v, %v", text, hits, err)
		}
	}
	if _, err := w.Erase(t.Context(), "eva", w.reach("a"), "b1", true); !fail.Is(err, fail.NotFound) {
		t.Errorf("another's person is erased: %v", err)
	}
	if _, err := w.Correct(t.Context(), "eva", w.reach("a"), "b1", "x", ""); !fail.Is(err, fail.NotFound) {
		t.Errorf("another's person is corrected: %v", err)
	}
	nobody, err := w.Reach(t.Context(), access.Identity{Grants: []access.Grant{{Role: access.Revisor, Unit: "alla"}}})
	w.check(err)
	if _, err := w.Record(t.Context(), nobody, "a1"); !fail.Is(err, fail.NotFound) {
		t.Errorf("one who may not manage people reads: %v", err)
	}
}

// Who asks about oneself is not told of another who once had the same id.
func TestOwn(t *testing.T) {
	w := newWorld(t)
	own, err := w.Own(t.Context(), "a26", "a1")
	w.check(err)
	if r, err := w.Record(t.Context(), own, "a1"); err != nil || r.Organisation == nil || len(r.Rounds) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := w.Record(t.Context(), own, "a2"); !fail.Is(err, fail.NotFound) {
		t.Errorf("another's record: %v", err)
	}
	w.check(w.store.PutInvitations(t.Context(), "b26", slices.Values([]round.Invitation{{Round: "b26", Person: "a1", Name: "Någon annan", Email: "annan@b.example", Unit: "b", Link: []byte("x")}})))
	if r, err := w.Record(t.Context(), own, "a1"); err != nil || len(r.Rounds) != 1 || r.Rounds[0].Round != "a26" {
		t.Errorf("%+v, %v", r, err)
	}
}

// Nor of what other kommuner have of somebody with the same id and address: a
// coordinator could have written both.
func TestOwnStaysInTheKommun(t *testing.T) {
	w := newWorld(t)
	w.check(w.store.PutInvitations(t.Context(), "b26", slices.Values([]round.Invitation{{Round: "b26", Person: "a1", Name: "A", Email: "a1@a.example", Unit: "b", Link: []byte("x")}})))
	w.check(w.store.PutAccount(t.Context(), access.Account{ID: "a1@a.example", Email: "a1@a.example", Groups: []string{"b-chefer"}, Grants: []access.Grant{{Role: access.Chef, Unit: "a"}, {Role: access.HR, Unit: "b"}}}))
	own, err := w.Own(t.Context(), "a26", "a1")
	w.check(err)
	r, err := w.Record(t.Context(), own, "a1")
	if err != nil || len(r.Rounds) != 1 || r.Organisation == nil || r.Account == nil || len(r.Account.Grants) != 1 || r.Account.Groups != nil {
		t.Errorf("%+v, %+v, %v", r, r.Account, err)
	}
	if own, err = w.Own(t.Context(), "b26", "a1"); err != nil {
		t.Fatal(err)
	}
	r, err = w.Record(t.Context(), own, "a1")
	if err != nil || len(r.Rounds) != 1 || r.Rounds[0].Round != "b26" || r.Organisation != nil {
		t.Errorf("%+v, %v", r, err)
	}
	coordinator, err := w.Record(t.Context(), w.reach("a"), "a1")
	if err != nil || coordinator.Account.Groups != nil {
		t.Errorf("another kommun's groups are told: %+v, %v", coordinator.Account, err)
	}
}

func TestCorrect(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ name, email, field string }{{" ", "", "name"}, {"Ny", "fel", "email"}, {"Ny", "A2@a.example", "email"}, {strings.Repeat("x", 201), "", "name"}} {
		_, err := w.Correct(t.Context(), "eva", w.reach("a"), "a1", c.name, c.email)
		if e, ok := err.(*fail.Error); !ok || e.Code != fail.Invalid || e.Field != c.field {
			t.Errorf("%q %q: %v", c.name, c.email, err)
		}
	}
	rounds, err := w.Correct(t.Context(), "eva", w.reach("a"), "a1", " Ny ", "ny@a.example")
	if err != nil || !slices.Equal(rounds, []string{"a26"}) {
		t.Fatalf("%v, %v", rounds, err)
	}
	r, err := w.Record(t.Context(), w.reach("a"), "a1")
	w.check(err)
	if r.Organisation.Name != "Ny" || r.Organisation.Email != "ny@a.example" || r.Rounds[0].Invitation.Name != "Ny" || r.Rounds[0].Invitation.Email != "ny@a.example" {
		t.Errorf("%+v", r)
	}
	_, people, err := w.store.Organisation(t.Context())
	if err != nil || len(people) != 12 {
		t.Errorf("%d people, %v", len(people), err)
	}
}

// After an erasure nothing is left of the person, and all of the others; what
// another process saves in the seconds after goes too.
func TestErase(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for _, p := range []string{"a1", "a2"} {
		w.answer("a26", p)
		w.letter("a26", p)
	}
	hash := w.session("a26", "a1")
	inv, err := w.rounds.Person(ctx, "a26", "a1")
	w.check(err)
	w.check(w.store.PutAccount(ctx, access.Account{ID: "a1@a.example", Email: "a1@a.example", Grants: []access.Grant{{Role: access.Chef, Unit: "a"}}}))
	gone, err := w.Erase(ctx, "eva", w.reach("a"), "a1", true)
	if err != nil || !gone.Organisation || !slices.Equal(gone.Rounds, []string{"a26"}) || gone.Letters != 1 || !gone.Account {
		t.Fatalf("%+v, %v", gone, err)
	}
	empty := func(when string) {
		t.Helper()
		if _, err := w.Record(ctx, w.reach("alla"), "a1"); !fail.Is(err, fail.NotFound) {
			t.Errorf("%s: a record: %v", when, err)
		}
		if _, err := w.rounds.Received(ctx, "a26", "a1"); !fail.Is(err, fail.NotFound) {
			t.Errorf("%s: a response: %v", when, err)
		}
		if _, err := w.store.Card(ctx, personal.LetterCards, "a26/a1"); !fail.Is(err, fail.NotFound) {
			t.Errorf("%s: a letter: %v", when, err)
		}
		if _, err := w.store.Session(ctx, hash); !fail.Is(err, fail.NotFound) {
			t.Errorf("%s: a session: %v", when, err)
		}
	}
	empty("at once")
	// As another process that still knows the invitation and the session.
	level := survey.Answer(2)
	for _, it := range w.set.Items {
		if it.Kind == survey.Rating && it.AskedTo(inv.Roles) {
			_, err := w.rounds.Save(ctx, inv, []round.Amendment{{Item: it.ID, Answer: &level}})
			w.check(err)
			break
		}
	}
	w.letter("a26", "a1")
	w.session("a26", "a1")
	w.check(w.Tend(ctx))
	if _, err := w.rounds.Received(ctx, "a26", "a1"); err != nil {
		t.Fatalf("the late answer is gone before it is due, or was never saved: %v", err)
	}
	w.at = w.at.Add(time.Minute)
	w.check(w.Tend(ctx))
	empty("a minute later")
	if r, err := w.Record(ctx, w.reach("a"), "a2"); err != nil || r.Organisation == nil || r.Rounds[0].Response == nil || string(r.Rounds[0].Letters) == "null" {
		t.Errorf("another is gone too: %+v, %v", r, err)
	}
	if a := w.actions(); !slices.Contains(a, "person.forget") || !slices.Contains(a, "access.forget") {
		t.Errorf("the log has %v", a)
	}
	for e, err := range w.rounds.Log().Events(ctx) {
		w.check(err)
		if strings.Contains(e.Detail, "Namn") || e.Action == "person.forget" && (e.Unit != "a" || e.Subject != "a1") {
			t.Errorf("%+v", e)
		}
	}
}

// An account that others have given roles is not theirs to take.
func TestEraseLeavesAnothersAccount(t *testing.T) {
	w := newWorld(t)
	w.check(w.store.PutAccount(t.Context(), access.Account{ID: "a1@a.example", Email: "a1@a.example", Grants: []access.Grant{{Role: access.Chef, Unit: "a"}, {Role: access.HR, Unit: "b"}}}))
	if _, err := w.Erase(t.Context(), "eva", w.reach("a"), "a1", true); !fail.Is(err, fail.Forbidden) {
		t.Errorf("%v", err)
	}
	if _, err := w.Record(t.Context(), w.reach("a"), "a1"); err != nil {
		t.Errorf("half of it was done: %v", err)
	}
	if gone, err := w.Erase(t.Context(), "eva", w.reach("a"), "a1", false); err != nil || gone.Account {
		t.Errorf("%+v, %v", gone, err)
	}
	if _, err := w.store.Account(t.Context(), "a1@a.example"); err != nil {
		t.Error(err)
	}
}

// Who does not manage access takes no administrator away, and nobody the last.
func TestEraseLeavesAdministrators(t *testing.T) {
	w := newWorld(t)
	admin := access.Grant{Role: access.Administrator, Unit: "a"}
	account := func(id string, g access.Grant) {
		t.Helper()
		w.check(w.store.PutAccount(t.Context(), access.Account{ID: id, Email: id, Grants: []access.Grant{g}}))
	}
	account("a1@a.example", admin)
	account("rut@a.example", admin)
	for _, person := range []string{"a1", "rut@a.example"} {
		if _, err := w.Erase(t.Context(), "eva", w.reach("a"), person, true); !fail.Is(err, fail.Forbidden) {
			t.Errorf("a coordinator takes %s away: %v", person, err)
		}
	}
	office, err := w.Reach(t.Context(), access.Identity{Account: "a1@a.example", Grants: []access.Grant{admin}})
	w.check(err)
	if gone, err := w.Erase(t.Context(), "a1@a.example", office, "rut@a.example", true); err != nil || !gone.Account {
		t.Errorf("%+v, %v", gone, err)
	}
	if _, err := w.Erase(t.Context(), "a1@a.example", office, "a1", true); !fail.Is(err, fail.Conflict) {
		t.Errorf("the last administrator is taken away: %v", err)
	}
	if _, err := w.Record(t.Context(), w.reach("a"), "a1"); err != nil {
		t.Errorf("half of it was done: %v", err)
	}
}

// The address by which somebody is reminded of actions is told of and erased with
// the rest, where it lies within reach; the actions stay.
func TestRemindedOfActions(t *testing.T) {
	w := newWorld(t)
	actions := action.New(w.store, w.rounds.Log(), func() time.Time { return w.at })
	for title, of := range map[string][2]string{"hers": {"a", "A1@a.example"}, "another's": {"a", "a2@a.example"}, "out of reach": {"b", "a1@a.example"}} {
		_, err := actions.Create(t.Context(), "eva", action.Action{Unit: of[0], Round: of[0] + "26", Title: title, What: "x", Owner: "chef", Email: of[1], Start: "2026-11-02", Due: "2027-01-01",
			Status: action.Planned, Items: []action.Item{{ID: "x", Expected: 3}}}, func(string) bool { return true })
		w.check(err)
	}
	record, err := w.Record(t.Context(), w.reach("a"), "a1")
	w.check(err)
	if len(record.Actions) != 1 || record.Actions[0].Title != "hers" {
		t.Errorf("told: %+v", record.Actions)
	}
	gone, err := w.Erase(t.Context(), "eva", w.reach("a"), "a1", false)
	if w.check(err); gone.Actions != 1 {
		t.Errorf("erased: %+v", gone)
	}
	all, err := actions.All(t.Context(), func(action.Action) bool { return true })
	w.check(err)
	for _, a := range all {
		if (a.Email == "") != (a.Title == "hers") {
			t.Errorf("%s has %q", a.Title, a.Email)
		}
	}
}
