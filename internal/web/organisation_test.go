package web

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/intake"
	"github.com/mognad/mognad/internal/org"
)

// upload sends files as the form for choosing them does.
func (r *results) upload(t *testing.T, who *http.Cookie, top string, files map[string][]byte) (int, string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	check(t, form.WriteField("top", top))
	for name, content := range files {
		part, err := form.CreateFormFile("files", name)
		check(t, err)
		_, err = part.Write(content)
		check(t, err)
	}
	check(t, form.Close())
	q := httptest.NewRequest(http.MethodPost, importPath, &body)
	q.Header.Set("Content-Type", form.FormDataContentType())
	q.AddCookie(who)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, q)
	return w.Code, w.Body.String()
}

// chosen is a page's form as it stands: what is selected, typed or hidden.
func chosen(page string) url.Values {
	f := url.Values{}
	for _, m := range regexp.MustCompile(`(?s)<select id="[^"]*" name="([^"]+)"[^>]*>(.*?)</select>`).FindAllStringSubmatch(page, -1) {
		value := regexp.MustCompile(`<option value="([^"]*)" selected`).FindStringSubmatch(m[2])
		f.Set(html.UnescapeString(m[1]), html.UnescapeString(append(value, "", "")[1]))
	}
	for _, m := range regexp.MustCompile(`<input [^>]*name="((?:heading\d+|drawn\d+|seal))"[^>]*value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		f.Set(m[1], html.UnescapeString(m[2]))
	}
	return f
}

// hrList is what a personnel system gives: a title above, columns for levels, titles.
func hrList(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range [][]any{{"Chefer 2026"}, {"Namn", "Mail", "Befattning", "Förvaltning", "Avdelning"},
		{"Anna Berg", "anna@example.org", "Enhetschef", "Omsorgsförvaltningen", "Hemtjänst"},
		{"Bo <Ek>", "bo@example.org", "Stabsråd", "Omsorgsförvaltningen", "Stab & stöd"},
		{"Siv", "siv@example.org", "Sekreterare", "Omsorgsförvaltningen", ""}} {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		check(t, f.SetSheetRow("Sheet1", cell, &r))
	}
	var out bytes.Buffer
	check(t, f.Write(&out))
	return out.Bytes()
}

// From upload to undo, as a browser without scripts does it.
func TestImportFromUploadToUndo(t *testing.T) {
	r, who := newCoordinator(t)
	unitsBefore, peopleBefore, err := r.store.Organisation(t.Context())
	check(t, err)
	if status, page := r.upload(t, who, "kommun", map[string][]byte{"Chefer.xlsx": hrList(t)}); status != http.StatusSeeOther {
		t.Fatalf("upload: %d %s", status, page)
	}
	_, page := r.get(importPath+"/kolumner", "sv", who)
	form := chosen(page)
	if form.Get("use0") != "people" || form.Get("heading0") != "2" || form.Get("field0-2") != "role" || form.Get("field0-4") != "level2" {
		t.Errorf("guessed: %v", form)
	}
	wrong := url.Values{}
	for k, v := range form {
		wrong[k] = v
	}
	wrong.Set("field0-1", "")
	status, page := r.send(importPath+"/kolumner", who, wrong)
	includes(t, page, "<title>Fel:", "välj vilken kolumn som är e-post eller id", `href="#sheet0"`)
	if status != http.StatusUnprocessableEntity || chosen(page).Get("field0-0") != "name" || chosen(page).Get("field0-1") != "" {
		t.Errorf("a faulty match: %d, %v", status, chosen(page))
	}
	if status, page = r.send(importPath+"/kolumner", who, form); status != http.StatusSeeOther {
		t.Fatalf("match: %d %s", status, page)
	}
	_, page = r.get(importPath+"/roller", "sv", who)
	form = chosen(page)
	status, page = r.send(importPath+"/roller", who, form)
	if status != http.StatusUnprocessableEntity || strings.Count(page, `aria-invalid="true"`) != 2 || chosen(page).Get("title-enhetschef") != "enhetschef" {
		t.Errorf("titles that nothing is chosen for: %d %s", status, page)
	}
	form.Set("title-stabsråd", "avdelningschef")
	form.Set("title-sekreterare", "")
	_, page = r.send(importPath+"/roller", who, form)
	if missing := regexp.MustCompile(`<select id="(t\d)"[^>]* aria-invalid`).FindStringSubmatch(page); missing == nil || missing[1] == "t0" || !strings.Contains(page, `href="#`+missing[1]+`"`) {
		t.Errorf("the title that is left is %v; %s", missing, regexp.MustCompile(`href="#t\d"`).FindString(page))
	}
	form.Set("title-sekreterare", intake.Nobody)
	if status, page = r.send(importPath+"/roller", who, form); status != http.StatusSeeOther {
		t.Fatalf("titles: %d %s", status, page)
	}
	_, page = r.get(importPath+"/granska", "sv", who)
	includes(t, page, "2 nya", "Bo &lt;Ek&gt;", "Stab &amp; stöd", "inte ska få frågor: 1.", "anna@example.org", "Efter Barn- och utbildningsförvaltningen kommer")
	review := chosen(page)
	review.Set("follower-boende", "hem")
	stale := url.Values{"seal": {"x"}, "follower-boende": {"hem"}}
	if status, page = r.send(importPath+"/granska", who, stale); status != http.StatusConflict || !strings.Contains(page, "Organisationen har ändrats sedan du granskade") {
		t.Errorf("another review: %d", status)
	}
	if kept := chosen(page).Get("follower-boende"); kept != "hem" {
		t.Errorf("the unit that takes over was chosen, and is %q", kept)
	}
	if units, _, _ := r.store.Organisation(t.Context()); !slices.Equal(units, unitsBefore) {
		t.Error("something is stored before it is accepted")
	}
	if status, page = r.send(importPath+"/granska", who, review); status != http.StatusSeeOther {
		t.Fatalf("accept: %d %s", status, page)
	}
	_, page = r.get("/organisation?klart=import&q=bo", "sv", who)
	includes(t, page, "Ändringarna är gjorda", "Ångra importen", "bo@example.org", "Stab &amp; stöd")
	if status, page = r.send("/organisation/angra", who, url.Values{"top": {"kommun"}}); status != http.StatusSeeOther {
		t.Fatalf("undo: %d %s", status, page)
	}
	units, people, err := r.store.Organisation(t.Context())
	check(t, err)
	if c := org.Compare(org.Organisation{Units: unitsBefore, People: peopleBefore}, org.Organisation{Units: units, People: people}); !c.Empty() {
		t.Errorf("undone, but for %+v", c)
	}
	if status, page = r.send("/organisation/angra", who, url.Values{"top": {"kommun"}}); status != http.StatusConflict {
		t.Errorf("undone twice: %d %s", status, page)
	}
}

// What a sheet was guessed to hold, and where its headings are, can be chosen
// anew: the columns are shown for it, and the next press goes on.
func TestWhatASheetHoldsCanBeChosenAnew(t *testing.T) {
	r, who := newCoordinator(t)
	file := []byte("Vi mäter;;\nKod;Benämning;Överordnad\nhem2;Hemtjänst två;omsorg\n")
	if status, page := r.upload(t, who, "kommun", map[string][]byte{"enheter.csv": file}); status != http.StatusSeeOther {
		t.Fatalf("upload: %d %s", status, page)
	}
	_, page := r.get(importPath+"/kolumner", "sv", who)
	form := chosen(page)
	for _, want := range []struct{ use, heading string }{{"people", "2"}, {"people", "1"}, {"units", "3"}, {"units", "2"}} {
		if form.Get("use0") == want.use && form.Get("heading0") == want.heading {
			continue // as it was guessed
		}
		form.Set("use0", want.use)
		form.Set("heading0", want.heading)
		status, page := r.send(importPath+"/kolumner", who, form)
		form = chosen(page)
		if status != http.StatusOK || form.Get("use0") != want.use || form.Get("heading0") != want.heading {
			t.Fatalf("chosen anew: %d %v", status, form)
		}
	}
	form.Set("field0-0", "id")
	form.Set("field0-1", "name")
	form.Set("field0-2", "parent")
	if status, page := r.send(importPath+"/kolumner", who, form); status != http.StatusSeeOther {
		t.Fatalf("columns of what was chosen: %d %s", status, page)
	}
}

// What can't be read is told of the field for files, and the page says what to do.
func TestFaultyFiles(t *testing.T) {
	r, who := newCoordinator(t)
	for name, c := range map[string]struct {
		files map[string][]byte
		want  string
	}{
		"none":      {nil, "Välj en fil att läsa in."},
		"picture":   {map[string][]byte{"bild.png": append([]byte("\x89PNG\r\n"), 0, 0, 0)}, "bild.png är varken en Excel-arbetsbok"},
		"empty":     {map[string][]byte{"tom.csv": nil}, "Filen är tom"},
		"too large": {map[string][]byte{"stor.csv": bytes.Repeat([]byte("a;b\n"), 3<<20)}, "Filen är för stor: högst 10 MB"},
	} {
		status, page := r.upload(t, who, "kommun", c.files)
		if status != http.StatusUnprocessableEntity || !strings.Contains(page, c.want) || !strings.Contains(page, `href="#files"`) {
			t.Errorf("%s: %d %s", name, status, page)
		}
	}
	// A file above the limit of other forms is let through.
	long := []byte("namn;e-post;enhet;roll;x\n")
	for range 5000 {
		long = append(long, "A;a@example.org;hem;enhetschef;"+strings.Repeat("x", 300)+"\n"...)
	}
	if status, page := r.upload(t, who, "kommun", map[string][]byte{"lång.csv": long}); status != http.StatusSeeOther {
		t.Errorf("%d bytes: %d %s", len(long), status, page)
	}
	_, page := r.get(importPath+"/kolumner", "sv", who)
	r.send(importPath+"/kolumner", who, chosen(page))
	_, page = r.get(importPath+"/roller", "sv", who)
	r.send(importPath+"/roller", who, chosen(page))
	_, page = r.get(importPath+"/granska", "sv", who)
	includes(t, page, "Filen lång.csv, rad 3, kolumn e-post", "finns redan på rad 2", "Bara de första 100 felen visas")
	excludes(t, page, `name="seal"`)
}

// A coordinator of one part sees and changes that part alone.
func TestOrganisationOfOnePart(t *testing.T) {
	r, _ := newCoordinator(t)
	who := r.signIn(t, access.Grant{Role: access.Samordnare, Unit: "omsorg"})
	status, page := r.get("/organisation?q=a", "sv", who)
	if status != http.StatusOK {
		t.Fatal(status)
	}
	includes(t, page, "Hemtjänst", "Omsorgsförvaltningen")
	excludes(t, page, "Samhällsbyggnad", "Bygg &amp; miljö", "Grundskola")
	for _, path := range []string{"/organisation/enhet?id=bygg", "/organisation/enhet?under=kommun", "/organisation/person?enhet=bygg", "/organisation/person?id=ingen"} {
		if status, _ := r.get(path, "sv", who); status != http.StatusForbidden {
			t.Errorf("%s: %d", path, status)
		}
	}
	for path, form := range map[string]url.Values{
		"/organisation/enhet": {"id": {"bygg"}, "name": {"X"}, "parent": {"omsorg"}}, "/organisation/enhet/ta-bort": {"id": {"gata"}},
		"/organisation/person": {"name": {"X"}, "unit": {"bygg"}, "role": {"enhetschef"}}, "/organisation/angra": {"top": {"kommun"}},
	} {
		if status, _ := r.send(path, who, form); status != http.StatusForbidden {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _ := r.upload(t, who, "kommun", map[string][]byte{"a.csv": []byte("namn;e-post\n")}); status != http.StatusForbidden {
		t.Errorf("import to another part: %d", status)
	}
	if status, _ := r.send("/organisation/enhet", who, url.Values{"id": {"hem"}, "name": {"Hemtjänst"}, "parent": {"bygg"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("moved out: %d", status)
	}
}

// Who has lost the right meanwhile goes no further with an import.
func TestImportByOneWhoMayNoLonger(t *testing.T) {
	r, who := newCoordinator(t)
	if status, _ := r.upload(t, who, "kommun", map[string][]byte{"a.csv": []byte("namn;e-post;enhet\nEva Ek;eva@example.org;Hemtjänst\n")}); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	if status, _ := r.get("/organisation/import/kolumner", "sv", who); status != http.StatusOK {
		t.Fatal(status)
	}
	accounts, err := r.store.Accounts(t.Context())
	check(t, err)
	for _, a := range accounts {
		_, err := r.store.UpdateAccount(t.Context(), a.ID, func(a *access.Account) error {
			a.Grants = []access.Grant{{Role: access.Samordnare, Unit: "hem"}}
			return nil
		})
		check(t, err)
	}
	for _, step := range []string{"kolumner", "roller", "granska"} {
		if status, page := r.get("/organisation/import/"+step, "sv", who); status != http.StatusForbidden || strings.Contains(page, "Eva Ek") {
			t.Errorf("%s: %d", step, status)
		}
		if status, _ := r.send("/organisation/import/"+step, who, url.Values{}); status != http.StatusForbidden {
			t.Errorf("%s sent: %d", step, status)
		}
	}
}

// One unit and one person by form: what was typed stays when it is faulty.
func TestOrganisationForms(t *testing.T) {
	r, who := newCoordinator(t)
	person := url.Values{"name": {"Eva Ek"}, "email": {"eva"}, "unit": {"hem"}, "role": {"enhetschef", "samordnare"}}
	status, page := r.send("/organisation/person", who, person)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a faulty address: %d", status)
	}
	includes(t, page, `value="Eva Ek"`, `value="eva"`, `href="#email"`, `value="samordnare" checked`)
	person.Set("email", "eva@example.org")
	if status, _ = r.send("/organisation/person", who, person); status != http.StatusSeeOther {
		t.Errorf("a new person: %d", status)
	}
	_, page = r.get("/organisation?enhet=hem", "sv", who)
	includes(t, page, "eva@example.org", "Personer i Hemtjänst")
	_, page = r.get("/organisation?utan=epost", "sv", who)
	excludes(t, page, "eva@example.org")
	if status, page = r.send("/organisation/enhet/ta-bort", who, url.Values{"id": {"hem"}}); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Välj vart de ska flyttas") {
		t.Errorf("a unit with people: %d", status)
	}
	if status, _ = r.send("/organisation/enhet/ta-bort", who, url.Values{"id": {"hem"}, "follower": {"boende"}}); status != http.StatusSeeOther {
		t.Errorf("removed: %d", status)
	}
	if status, _ = r.send("/organisation/enhet", who, url.Values{"name": {"Ny stab"}, "kind": {"Förvaltning"}, "parent": {"kommun"}}); status != http.StatusSeeOther {
		t.Errorf("a new unit: %d", status)
	}
	_, page = r.get("/organisation?q=eva", "en", who)
	includes(t, page, "Ny stab", "department", "Särskilt boende")
	id := regexp.MustCompile(`/organisation/person\?id=(p-\w+)`).FindStringSubmatch(page)
	if id == nil {
		t.Fatalf("no way to the person: %s", page)
	}
	if status, _ = r.send("/organisation/person/ta-bort", who, url.Values{"id": {id[1]}}); status != http.StatusSeeOther {
		t.Errorf("removed: %d", status)
	}
	_, page = r.get("/organisation?q=eva", "sv", who)
	includes(t, page, "Ingen hittades")
}
