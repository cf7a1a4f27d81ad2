package survey_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/yamlfile"
	"github.com/mognad/mognad/surveys"
)

// The shipped questionnaires load, in the product's order, and are what
// docs/content says: 36 ratings and 11 facts in 13 themes.
func TestLoadShipped(t *testing.T) {
	set, err := survey.LoadDir(surveys.FS)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	themes, facts := 0, 0
	for _, q := range set.Questionnaires {
		ids = append(ids, q.ID)
		themes += len(q.Themes)
	}
	for _, it := range set.Items {
		if it.Kind == survey.Fact {
			facts++
		}
	}
	if want := []string{"ledning", "styrning", "organisation", "kompetens"}; !slices.Equal(ids, want) {
		t.Errorf("questionnaires %v, want %v", ids, want)
	}
	if themes != 13 || facts != 11 || len(set.Items) != 47 {
		t.Errorf("%d items, %d of them facts, in %d themes", len(set.Items), facts, themes)
	}
}

const minimal = `id: x
version: "1"
title: {sv: S, en: E}
themes:
  - {id: t, title: {sv: S, en: E}}
items:
  - id: x.1
    theme: t
    text: {sv: S, en: E}
    levels:
      1: {sv: S, en: E}
      2: {sv: S, en: E}
      3: {sv: S, en: E}
      4: {sv: S, en: E}
      5: {sv: S, en: E}
`

const auditQuestion = "questions: [{id: rf1}]\n"

func load(files map[string]string) (*survey.Set, error) {
	fsys := fstest.MapFS{}
	for name, src := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(src)}
	}
	return survey.LoadDir(fsys)
}

func TestDefaults(t *testing.T) {
	set, err := load(map[string]string{"x.yaml": minimal})
	if err != nil {
		t.Fatal(err)
	}
	it, ok := set.Item("x.1")
	if !ok {
		t.Fatal("x.1 is not in the set")
	}
	if it.Kind != survey.Rating || it.Weight != 1 || it.Target != 4 || it.DontKnow != survey.Missing || it.NA || it.Roles != nil || it.Required != nil {
		t.Errorf("defaults: %+v", it)
	}
	if it.ThemeID() != "x.t" || it.Levels[4].EN != "E" || !it.AskedTo([]org.Role{org.Enhetschef}) || it.AskedTo([]org.Role{org.Samordnare}) {
		t.Errorf("read: %+v", it)
	}
}

func TestEveryKeyIsRead(t *testing.T) {
	set, err := load(map[string]string{"audit.yaml": auditQuestion, "x.yaml": minimal + `    kind: fakta
    roles: [kommunledning, samordnare]
    help: {sv: hjälp, en: help}
    weight: 2.5
    target: 3.5
    required: {enhetschef: 2, forvaltningschef: 4}
    dont_know: not_offered
    na: true
    audit: [rf1]
    evidence: {sv: beslut, en: decision}
    source: {sv: källa, en: source}
purpose: {sv: syfte, en: purpose}
`})
	if err != nil {
		t.Fatal(err)
	}
	it, _ := set.Item("x.1")
	if it.Kind != survey.Fact || len(it.Roles) != 2 || it.Help.EN != "help" || it.Weight != 2.5 || it.Target != 3.5 || it.Required[org.Forvaltningschef] != 4 ||
		it.DontKnow != survey.NotOffered || !it.NA || it.Audit[0] != "rf1" || it.Evidence.SV != "beslut" || it.Source.SV != "källa" {
		t.Errorf("read: %+v", it)
	}
	if q := set.Questionnaires[0]; q.Version != "1" || q.Title.SV != "S" || q.Purpose.EN != "purpose" {
		t.Errorf("read: %+v", q)
	}
}

func TestOrderOfOthers(t *testing.T) {
	files := map[string]string{}
	for i, id := range []string{"kompetens", "zebra", "ledning", "apa"} {
		files[string(rune('a'+i))+".yaml"] = strings.NewReplacer("id: x\n", "id: "+id+"\n", "x.1", id+".1").Replace(minimal)
	}
	set, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, q := range set.Questionnaires {
		ids = append(ids, q.ID)
	}
	if want := []string{"ledning", "kompetens", "apa", "zebra"}; !slices.Equal(ids, want) {
		t.Errorf("order %v, want %v", ids, want)
	}
}

// One file for each fault that a questionnaire can have, with its place.
func TestLoadFaults(t *testing.T) {
	last := "      5: {sv: S, en: E}\n"
	with := func(line string) [2]string { return [2]string{last, last + "    " + line + "\n"} }
	tests := []struct {
		name   string
		change [2]string
		want   string
	}{
		{"unknown key of a questionnaire", [2]string{"version:", "verison: 1\nversion:"}, "2:1: unknown key “verison”"},
		{"unknown key of an item", with("wieght: 1"), "16:5: unknown key “wieght”"},
		{"id left out", [2]string{"id: x\n", ""}, "1:1: “id” is missing"},
		{"version left out", [2]string{"version: \"1\"\n", ""}, "1:1: “version” is missing"},
		{"title left out", [2]string{"title: {sv: S, en: E}\nthemes", "themes"}, "1:1: “title” is missing"},
		{"themes left out", [2]string{"themes:\n  - {id: t, title: {sv: S, en: E}}\n", ""}, "1:1: “themes” is missing"},
		{"item without id", [2]string{"id: x.1\n    theme", "theme"}, "7:5: “id” is missing"},
		{"item without theme", [2]string{"    theme: t\n", ""}, "7:5: “theme” is missing"},
		{"item without text", [2]string{"    text: {sv: S, en: E}\n", ""}, "7:5: “text” is missing"},
		{"item without levels", [2]string{minimal[strings.Index(minimal, "    levels"):], ""}, "7:5: “levels” is missing"},
		{"no Swedish", [2]string{"text: {sv: S, en: E}", "text: {en: E}"}, "9:11: “sv” is missing"},
		{"no English in a level", [2]string{"3: {sv: S, en: E}", "3: {sv: S}"}, "13:10: “en” is missing"},
		{"empty English in a theme", [2]string{"title: {sv: S, en: E}}", "title: {sv: S, en: ''}}"}, "5:28: “en” is empty"},
		{"four levels", [2]string{last, ""}, "11:7: level 5 is missing"},
		{"six levels", [2]string{last, last + "      6: {sv: S, en: E}\n"}, "16:7: unknown level “6”"},
		{"level twice", [2]string{"2: {", "1: {"}, "12:7: “1” stands twice, first on line 11"},
		{"item id twice", [2]string{"items:\n", "items:\n" + minimal[strings.Index(minimal, "  - id: x.1"):]}, "16:9: id “x.1” is used twice, first in x.yaml line 7"},
		{"theme id twice", [2]string{"items:", "  - {id: t, title: {sv: S, en: E}}\nitems:"}, "6:10: id “t” is used twice"},
		{"id with a space", [2]string{"id: x.1", "id: x 1"}, "7:9: id “x 1”: only letters"},
		{"unknown theme", [2]string{"theme: t", "theme: u"}, "8:12: unknown theme “u”"},
		{"theme without item", [2]string{"items:", "  - {id: u, title: {sv: S, en: E}}\nitems:"}, "6:10: the theme “u” has no item"},
		{"unknown role", with("roles: [rektor]"), "16:13: unknown role “rektor”"},
		{"role twice", with("roles: [enhetschef, enhetschef]"), "16:25: the role “enhetschef” stands twice"},
		{"no role", with("roles: []"), "16:12: roles has no role"},
		{"unknown kind", with("kind: gissning"), "16:11: unknown kind “gissning”"},
		{"unknown dont_know", with("dont_know: kanske"), "16:16: unknown dont_know “kanske”"},
		{"weight 0", with("weight: 0"), "16:13: the weight 0 must be greater than 0"},
		{"weight below 0", with("weight: -1"), "16:13: the weight -1 must be greater than 0"},
		{"weight no number", with("weight: tung"), "16:13: expected a number"},
		{"target 0", with("target: 0"), "16:13: the target 0 must be 1–5"},
		{"target 5.5", with("target: 5.5"), "16:13: the target 5.5 must be 1–5"},
		{"required of unknown role", with("required: {rektor: 3}"), "16:16: unknown role “rektor”"},
		{"required level 6", with("required: {enhetschef: 6}"), "16:28: required level 6: it must be 1–5"},
		{"required level 0", with("required: {enhetschef: 0}"), "16:28: required level 0: it must be 1–5"},
		{"required half level", with("required: {enhetschef: 2.5}"), "16:28: expected a whole number"},
		{"na no truth value", with("na: ibland"), "16:9: expected true or false"},
		{"unknown audit question", with("audit: [rf9]"), "16:13: unknown audit question “rf9”: audit.yaml has [rf1]"},
		{"no UTF-8", [2]string{"text: {sv: S", "text: {sv: \xe5"}, "9:16: the character is not UTF-8"},
		{"no YAML", [2]string{"title: {sv: S", "title: {{sv: S"}, "not readable as YAML"},
		{"empty file", [2]string{minimal, ""}, "1:1: the file is empty"},
		{"alias", [2]string{"title: {sv: S, en: E}\nthemes", "title: &t {sv: S, en: E}\nthemes"}, "3:8: anchors and aliases"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := strings.Replace(minimal, tt.change[0], tt.change[1], 1)
			if src == minimal {
				t.Fatal("the change changes nothing")
			}
			_, err := load(map[string]string{"x.yaml": src, "audit.yaml": auditQuestion})
			faults := yamlfile.Of(err)
			if !slices.ContainsFunc(faults, func(f yamlfile.Fault) bool {
				return strings.HasPrefix(f.Error(), "x.yaml:") && strings.Contains(f.Error(), tt.want)
			}) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestFaultsOverFiles(t *testing.T) {
	_, err := load(map[string]string{"a.yaml": minimal, "b.yaml": minimal})
	want := "b.yaml:1:5: id “x” is used twice, first in a.yaml line 1\nb.yaml:7:9: id “x.1” is used twice, first in a.yaml line 7"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if _, err := load(nil); err == nil || !strings.Contains(err.Error(), "the folder has no questionnaire") {
		t.Errorf("an empty folder: %v", err)
	}
	set, err := load(map[string]string{"a.yaml": minimal, "b.yaml": "{"})
	if err == nil || set != nil {
		t.Errorf("a set of %v beside an unreadable file, error %v", set, err)
	}
}

// An audit tag is free where there is no audit.yaml to name the questions.
func TestAuditTagWithoutAudit(t *testing.T) {
	if _, err := load(map[string]string{"x.yaml": minimal + "    audit: [rf9]\n"}); err != nil {
		t.Error(err)
	}
}

func FuzzLoadDir(f *testing.F) {
	f.Add([]byte(minimal), []byte(auditQuestion))
	f.Add([]byte(minimal+"    roles: [enhetschef]\n    required: {enhetschef: 3}\n"), []byte(""))
	f.Fuzz(func(t *testing.T, src, audit []byte) {
		set, err := load(map[string]string{"x.yaml": string(src), "audit.yaml": string(audit)})
		if err == nil && (set == nil || len(set.Items) == 0) {
			t.Error("neither items nor a fault")
		}
		if err != nil {
			return
		}
		hash, content, err := set.Frozen()
		if err != nil {
			t.Fatal(err)
		}
		thawed, err := survey.Thaw(content)
		if err != nil {
			t.Fatal(err)
		}
		if again, _, err := thawed.Frozen(); err != nil || again != hash {
			t.Errorf("frozen as %s, thawed and frozen as %s, %v", hash, again, err)
		}
	})
}
