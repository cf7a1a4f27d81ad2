package round_test

import (
	"compress/gzip"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/card"
	"github.com/mognad/mognad/internal/keys"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/trail"
	"github.com/mognad/mognad/surveys"
)

// A database of every schema that has been released is kept in testdata: with
// -keep, TestKeptDatabases writes the one of this program beside the others.
var keep = flag.Bool("keep", false, "write a database of this program's schema to testdata")

// keptWorld is what every kept database was made of, by the same calls.
func keptWorld(t *testing.T, path string, ring *keys.Ring) {
	t.Helper()
	st, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	set, err := survey.LoadDir(surveys.FS)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{store: st, keys: ring, set: set, now: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC), units: []org.Unit{{ID: "k", Name: "Kommunen"}}}
	for i := range 6 {
		w.people = append(w.people, org.Person{ID: fmt.Sprint("p", i), Unit: "k", Roles: []org.Role{org.Enhetschef}})
	}
	w.Service = round.NewService(st, ring, func() time.Time { return w.now })
	w.open(t, "2026")
	for i := range 5 { // the sixth only begins
		w.answer(t, "2026", fmt.Sprint("p", i), survey.Answer(1+i))
	}
	for _, p := range []string{"p0", "p5"} {
		inv, err := w.Service.Invitation(t.Context(), "2026", p)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.give(t.Context(), inv, round.Entry{Item: "led.strategi.plan", Answer: 5, Comment: "Ändrat", Evidence: "Planen"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := card.Update(t.Context(), st, "kept", "one", func(text *string) (time.Time, error) { *text = "åäö 😀"; return w.now, nil }); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestKeptDatabases opens a database of every schema: all of it is there, and the
// round goes on to its end.
func TestKeptDatabases(t *testing.T) {
	ring, err := keys.Parse("lookup AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\nseal 1 ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8\n")
	if err != nil {
		t.Fatal(err)
	}
	schema := schemaOf(t)
	if *keep {
		made := filepath.Join(t.TempDir(), "mognad.db")
		keptWorld(t, made, ring)
		pack(t, made, fmt.Sprintf("testdata/schema%d.db.gz", schema))
	}
	kept, err := filepath.Glob("testdata/schema*.db.gz")
	if err != nil || len(kept) != schema {
		t.Fatalf("%d databases are kept, want %d: run this test with -keep; %v", len(kept), schema, err)
	}
	for _, file := range kept {
		t.Run(filepath.Base(file), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "mognad.db")
			unpack(t, file, path)
			for range 2 { // brought up once, then as it is
				goesOn(t, path, ring)
				if !strings.HasSuffix(file, "schema1.db.gz") && !strings.HasSuffix(file, "schema2.db.gz") {
					wantKeptCard(t, path) // there have been cards since schema 3
				}
			}
		})
	}
}

// schemaOf returns the schema that this program gives a new database: it stands
// in the file's header (user_version).
func schemaOf(t *testing.T) int {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mognad.db")
	st, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	header, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return int(binary.BigEndian.Uint32(header[60:]))
}

func goesOn(t *testing.T, path string, ring *keys.Ring) {
	t.Helper()
	st, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	ctx, s := context.Background(), round.NewService(st, ring, time.Now)
	for _, person := range []string{"p0", "p5"} {
		sheet, err := s.Sheet(ctx, "2026", person)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := sheet.Entry("led.strategi.plan"), (round.Entry{Item: "led.strategi.plan", Answer: 5, Comment: "Ändrat", Evidence: "Planen"}); got != want {
			t.Errorf("%s: %+v, want %+v", person, got, want)
		}
	}
	r, err := s.Round(ctx, "2026")
	if err != nil {
		t.Fatal(err)
	}
	if r.State == round.Open {
		if _, err := s.Close(ctx, "sam", "2026"); err != nil {
			t.Fatal(err)
		}
		if r, err = s.Publish(ctx, "sam", "2026"); err != nil {
			t.Fatal(err)
		}
	}
	d, err := s.Document(ctx, r, "k")
	if err != nil {
		t.Fatal(err)
	}
	if f, _ := d.Figure("led.strategi.plan"); f.N != 5 || f.Mean != 3.8 {
		t.Errorf("the mean of 5, 2, 3, 4 and 5 is given as %+v", f)
	}
	// Lines from before the log was sealed are followed by sealed ones.
	if report, err := trail.New(st, ring, time.Now).Verify(ctx, ""); err != nil || len(report.Faults) > 0 || report.Lines < 5 || report.Unsealed == report.Lines {
		t.Errorf("the log: %+v, %v", report, err)
	}
}

func wantKeptCard(t *testing.T, path string) {
	t.Helper()
	st, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if text, err := card.Get[string](t.Context(), st, "kept", "one"); err != nil || text != "åäö 😀" {
		t.Errorf("the card says %q, %v", text, err)
	}
	due := 0
	for _, err := range st.DueCards(t.Context(), "kept", time.Now()) {
		if err != nil {
			t.Fatal(err)
		}
		due++
	}
	if due != 1 {
		t.Errorf("%d cards are due", due)
	}
}

func pack(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(out)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

func unpack(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
