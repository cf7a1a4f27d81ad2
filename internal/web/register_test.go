package web

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/register"
)

// newRegisters is a service with an organisation and some entries in its register.
func newRegisters(t *testing.T) *results {
	t.Helper()
	r := newEmpty(t)
	check(t, r.store.PutOrganisation(t.Context(), []org.Unit{{ID: "kommun", Name: "Testkommun"}, {ID: "omsorg", Name: "Omsorg", Parent: "kommun"}}, nil))
	r.config.Audit = &audit.Rule{Thresholds: audit.Thresholds{EvidenceYears: 4}}
	check(t, r.register.Import(t.Context(), "x", "kommun", []register.Change{
		{Is: register.Entry{ID: "strategi", Unit: "kommun", Kind: register.Document, Name: "Digital strategi", Status: register.Decided, DecidedBy: "KF", Decided: "2026-03-24", Paragraph: "31", Supports: []string{"led.strategi.antagen"}}},
		{Is: register.Entry{ID: "reglemente", Unit: "kommun", Kind: register.Document, Name: "IT-reglemente", Status: register.Decided, Decided: "1997-02-24", Reviewed: "2004-05-06"}},
		{Is: register.Entry{ID: "bygglov", Unit: "kommun", Kind: register.EService, Name: "Ansökan om bygglov", Details: map[string]string{"state": "idé", "forvaltning": "Samhällsbyggnad", "avdelning": "lov"}}},
	}))
	return r
}

func entryOf(t *testing.T, r *results, id string) register.Entry {
	t.Helper()
	e, err := r.register.Entry(t.Context(), "kommun", id)
	check(t, err)
	return e
}

func TestRegisterPages(t *testing.T) {
	r := newRegisters(t)
	keeper := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "kommun"})
	reader := r.signIn(t, access.Grant{Role: access.Revisor, Unit: "kommun"})
	for path, want := range map[string][]string{
		"/register":                             {"1 av 2 styrdokument är aktuella", "2026-03-24 § 31", "för gammalt", "högst 4 år sedan"},
		"/register?flagga=too_old":              {"IT-reglemente", "1 av 2 visas.", "år sedan översynen 2004-05-06</small>"},
		"/register?q=finns+inte":                {"Inget i registret stämmer"},
		"/register?slag=eservice":               {"0 av 1 e-tjänster är färdigutvecklade", "Samhällsbyggnad, lov", "Förvaltning, avdelning"},
		"/register?slag=eservice&vy=tavla":      {"Ansökan om bygglov"},
		"/register?slag=role":                   {"Roller och ansvar: inget infört än", "Inför den första rollen"},
		"/register?slag=fragor":                 {"1 av 11 faktafrågor har aktuellt underlag", "Digital strategi", "Underlag saknas"},
		"/register/post?id=strategi":            {"Digital strategi"},
		"/register/post?slag=goal&enhet=kommun": {"Nytt mål"},
	} {
		status, page := r.get(path, "sv", keeper)
		for _, w := range want {
			if status != http.StatusOK || !strings.Contains(page, w) {
				t.Errorf("%s (%d) lacks %q", path, status, w)
			}
		}
	}
	if _, page := r.get("/register?flagga=too_old", "sv", keeper); strings.Contains(page, "Digital strategi") {
		t.Error("what is current is shown among what is too old")
	}
	if status, page := r.get("/register", "en", reader); status != http.StatusOK || !strings.Contains(page, "1 of 2 steering documents are current") || strings.Contains(page, "New steering document") {
		t.Errorf("a reader's page (%d)", status)
	}
	if status, page := r.get("/register/post?id=strategi", "sv", reader); status != http.StatusOK || strings.Contains(page, `action="/register/post"`) || !strings.Contains(page, "Har kommunen en antagen strategi") {
		t.Errorf("a reader's entry (%d) is a form, or lacks what it supports", status)
	}
	for path, want := range map[string]int{"/register/post?id=finns-inte": 404, "/register?slag=finns-inte": 404, "/register?enhet=omsorg": 403, "/register?enhet=finns-inte": 403, "/register/import/granska": 404} {
		if status, _ := r.get(path, "sv", keeper); status != want {
			t.Errorf("%s answers %d, want %d", path, status, want)
		}
	}
	if status, _ := r.send("/register/post", reader, url.Values{"slag": {"goal"}, "name": {"X"}}); status != http.StatusForbidden {
		t.Errorf("a reader saves: %d", status)
	}
	if status, _ := r.get("/register", "sv", r.signIn(t, access.Grant{Role: access.Chef, Unit: "kommun"})); status != http.StatusForbidden {
		t.Errorf("a chef reads: %d", status)
	}
}

var seenIn = regexp.MustCompile(`name="seen" value="([^"]*)"`)

func TestRegisterEntry(t *testing.T) {
	r := newRegisters(t)
	who := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "kommun"})
	form := url.Values{"slag": {"document"}, "name": {"  "}, "decided": {"i fjol"}, "note": {"Kvar på sidan"}, "supports": {"led.strategi.politik", "sty.mal.matbara"}}
	status, page := r.send("/register/post", who, form)
	for _, want := range []string{"Styrdokument saknas", "”i fjol” är inget datum", "Kvar på sidan", `value="i fjol"`, `href="#decided"`, `value="sty.mal.matbara" checked`} {
		if status != http.StatusUnprocessableEntity || !strings.Contains(page, want) {
			t.Errorf("a faulty entry (%d) lacks %q", status, want)
		}
	}
	form.Set("name", "Plan för <b>AI</b>")
	form.Set("decided", "2026-01-31")
	form.Set("sort", "strategy") // as a reader of English knows it
	if status, _ = r.send("/register/post", who, form); status != http.StatusSeeOther {
		t.Fatalf("saved with %d", status)
	}
	e := entryOf(t, r, "plan-for-b-ai-b")
	if e.Decided != "2026-01-31" || len(e.Supports) != 2 || e.Details["sort"] != "strategi" || e.Unit != "kommun" {
		t.Errorf("stored %+v", e)
	}
	if _, page = r.get("/register", "sv", who); !strings.Contains(page, "Plan för &lt;b&gt;AI") {
		t.Error("the new entry is not listed, or its name is not escaped")
	}
	if status, _ = r.send("/register/post", who, url.Values{"slag": {"finns-inte"}, "name": {"X"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown kind: %d", status)
	}
}

// TestRegisterTwoEditors: whoever saves last is shown what the first has changed,
// keeps what was typed, and may save again.
func TestRegisterTwoEditors(t *testing.T) {
	r := newRegisters(t)
	who := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "kommun"})
	_, page := r.get("/register/post?id=strategi", "sv", who)
	form := url.Values{"id": {"strategi"}, "slag": {"document"}, "seen": {seenIn.FindStringSubmatch(page)[1]}, "name": {"Min"}, "status": {"beslutat"}}
	other := entryOf(t, r, "strategi")
	other.Name = "Den andres"
	check(t, r.register.Save(t.Context(), "annan", register.Change{Is: other, Seen: form.Get("seen")}))

	status, page := r.send("/register/post", who, form)
	for _, want := range []string{"Någon annan har ändrat", "I registret: <b>Den andres</b>", "Du skrev: <b>Min</b>", `name="name" value="Min"`} {
		if status != http.StatusConflict || !strings.Contains(page, want) {
			t.Errorf("the second (%d) lacks %q", status, want)
		}
	}
	if got := entryOf(t, r, "strategi").Name; got != "Den andres" {
		t.Fatalf("overwritten with %q", got)
	}
	if status, _ = r.send("/register/post/ta-bort", who, form); status != http.StatusConflict {
		t.Errorf("removed what another has changed: %d", status)
	}
	form.Set("seen", seenIn.FindStringSubmatch(page)[1])
	if status, _ = r.send("/register/post", who, form); status != http.StatusSeeOther || entryOf(t, r, "strategi").Name != "Min" {
		t.Errorf("saved again: %d, %q", status, entryOf(t, r, "strategi").Name)
	}
	_, page = r.get("/register/post?id=strategi", "sv", who)
	form.Set("seen", seenIn.FindStringSubmatch(page)[1])
	if status, _ = r.send("/register/post/ta-bort", who, form); status != http.StatusSeeOther {
		t.Errorf("removed: %d", status)
	}
	status, page = r.send("/register/post", who, form)
	if status != http.StatusConflict || !strings.Contains(page, "Posten finns inte längre") || !strings.Contains(page, `name="seen" value=""`) {
		t.Errorf("saved after removal: %d", status)
	}
}

// sendFile posts a file to the import of registers.
func sendFile(t *testing.T, r *results, who *http.Cookie, name string, content []byte) (int, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("files", name)
	check(t, err)
	_, err = part.Write(content)
	check(t, err)
	check(t, w.Close())
	q := httptest.NewRequest(http.MethodPost, registerImportPath, &body)
	q.Header.Set("Content-Type", w.FormDataContentType())
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	q.AddCookie(who)
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, q)
	out, err := io.ReadAll(rec.Body)
	check(t, err)
	return rec.Code, string(out)
}

var sealIn = regexp.MustCompile(`name="seal" value="([^"]*)"`)

func TestRegisterImport(t *testing.T) {
	r := newRegisters(t)
	who := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "kommun"})
	reader := r.signIn(t, access.Grant{Role: access.Ledning, Unit: "kommun"})
	if status, page := sendFile(t, r, who, "fel.csv", []byte("Namn;Telefon\nKalle;1\n")); status != http.StatusUnprocessableEntity || !strings.Contains(page, "inga poster som går att känna igen") {
		t.Errorf("a file of something else: %d", status)
	}
	if status, _ := sendFile(t, r, reader, "plan.csv", []byte("Styrdokument;Status\nX;beslutat\n")); status != http.StatusForbidden {
		t.Errorf("a reader imports: %d", status)
	}
	file := "Styrdokument;Status;Beslutat den;Kostnad\nIT-reglemente;upphävt;1997-02-24;\nNy policy;arbetsmaterial;;1\nDigital strategi;beslutat;2026-03-24;\nFel;klart;;\n"
	if status, page := sendFile(t, r, who, "dokument.csv", []byte(file)); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, page)
	}
	if len(mustEntries(t, r)) != 3 {
		t.Error("something is stored before it is accepted")
	}
	status, page := r.get("/register/import/granska", "sv", who)
	for _, want := range []string{"Ny policy", "<del>beslutat</del>", "<ins>upphävt</ins>", "Filen dokument.csv, rad 5, kolumn Status", "finns inte att välja", "Kolumnen ”Kostnad”", "Oförändrade <b>1</b>", "Läs in 2 poster"} {
		if status != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("the review (%d) lacks %q", status, want)
		}
	}
	if status, _ := r.get("/register/import/granska", "sv", r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "omsorg"})); status != http.StatusNotFound {
		t.Errorf("another's file: %d", status)
	}
	seal := url.Values{"seal": {sealIn.FindStringSubmatch(page)[1]}}
	moved := entryOf(t, r, "reglemente")
	seen := moved.Seal()
	moved.Note = "Ändrad under tiden"
	check(t, r.register.Save(t.Context(), "annan", register.Change{Is: moved, Seen: seen}))
	status, page = r.send("/register/import/granska", who, seal)
	if status != http.StatusConflict || !strings.Contains(page, "Registret har ändrats sedan du granskade") || len(mustEntries(t, r)) != 3 {
		t.Errorf("accepted what was not shown: %d", status)
	}
	seal.Set("seal", sealIn.FindStringSubmatch(page)[1])
	if status, _ = r.send("/register/import/granska", who, seal); status != http.StatusSeeOther {
		t.Fatalf("accepted: %d", status)
	}
	if e := entryOf(t, r, "reglemente"); e.Status != register.Repealed || e.Note != "Ändrad under tiden" || len(mustEntries(t, r)) != 4 {
		t.Errorf("stored %+v of %d", e, len(mustEntries(t, r)))
	}
	if status, _ = r.get("/register/import/granska", "sv", who); status != http.StatusNotFound {
		t.Errorf("the file is kept: %d", status)
	}
	q := httptest.NewRequest(http.MethodGet, "/register/register.xlsx?enhet=kommun", nil)
	q.AddCookie(reader)
	q.AddCookie(&http.Cookie{Name: languageCookie, Value: "en"})
	book := httptest.NewRecorder()
	if r.ServeHTTP(book, q); book.Code != http.StatusOK {
		t.Fatalf("the workbook: %d", book.Code)
	}
	if status, _ = sendFile(t, r, who, "register.xlsx", book.Body.Bytes()); status != http.StatusSeeOther {
		t.Fatalf("the workbook is not taken back: %d", status)
	}
	if _, page = r.get("/register/import/granska", "sv", who); !strings.Contains(page, "Filen ändrar inget") || !strings.Contains(page, "Oförändrade <b>4</b>") {
		t.Error("the workbook read back changes something")
	}
	if status, _ = r.send("/register/import/avbryt", who, nil); status != http.StatusSeeOther {
		t.Errorf("abandoned: %d", status)
	}
	if status, _ = r.get("/register/import/granska", "sv", who); status != http.StatusNotFound {
		t.Errorf("an abandoned file is kept: %d", status)
	}
}

func mustEntries(t *testing.T, r *results) []register.Entry {
	t.Helper()
	all, err := r.register.Entries(t.Context(), "kommun")
	check(t, err)
	return all
}

// TestRegistersOfTwo: who keeps two organisations' registers chooses between them;
// who keeps one sees nothing of the other.
func TestRegistersOfTwo(t *testing.T) {
	r := twoOrganisations(t)
	for _, unit := range []string{"a", "b"} {
		check(t, r.register.Import(t.Context(), "x", unit, []register.Change{{Is: register.Entry{ID: "x", Unit: unit, Kind: register.Document, Name: "Plan " + unit + secret}}}))
	}
	both := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "a"}, access.Grant{Role: access.Revisor, Unit: "b"})
	if _, page := r.get("/register?enhet=b", "sv", both); !strings.Contains(page, "Plan b") || strings.Contains(page, "Plan a") || strings.Contains(page, "Nytt styrdokument") || !strings.Contains(page, "enhet=a") {
		t.Error("the other register is not shown as it is to a reader")
	}
	form := url.Values{"enhet": {"b"}, "id": {"x"}, "slag": {"document"}, "name": {"Ändrad"}}
	if status, _ := r.send("/register/post", both, form); status != http.StatusForbidden {
		t.Errorf("a reader of b saves there: %d", status)
	}
	one := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "a"})
	for _, path := range []string{"/register?enhet=b", "/register/post?id=x&enhet=b", "/register/register.xlsx?enhet=b", "/register/import?enhet=b"} {
		if status, page := r.get(path, "sv", one); status != http.StatusForbidden || strings.Contains(page, "Plan b") {
			t.Errorf("%s: %d", path, status)
		}
	}
	for _, path := range []string{"/register/post", "/register/post/ta-bort"} {
		if status, _ := r.send(path, one, form); status != http.StatusForbidden {
			t.Errorf("%s: %d", path, status)
		}
	}
	if _, page := r.get("/register", "sv", one); !strings.Contains(page, "Plan a") || strings.Contains(page, "Plan b") {
		t.Error("who keeps one sees another, or not their own")
	}
}
