package yamlfile

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

type words struct {
	Pos
	SV Val[string] `yaml:"sv,required"`
	EN Val[string] `yaml:"en,required"`
}

type thing struct {
	Pos
	ID     Val[string]     `yaml:"id,required"`
	Title  words           `yaml:"title"`
	Weight Val[float64]    `yaml:"weight"`
	Seats  Val[int]        `yaml:"seats"`
	Open   Val[bool]       `yaml:"open"`
	On     Val[Day]        `yaml:"on"`
	Tags   []Val[string]   `yaml:"tags"`
	Levels Val[Map[words]] `yaml:"levels"`
	Needs  Map[Val[int]]   `yaml:"needs"`
	Parts  []thing         `yaml:"parts"`
	Any    Ignored         `yaml:"any"`
}

const whole = `# a comment
id: å1
title: {sv: Räven, en: Fox}
weight: 1.5
seats: 3
open: true
on: 2024-02-29
tags: [a, "b", 7]
levels:
  1: {sv: ett, en: one}
  2:
    sv: >
      två
      rader
    en: |
      two
needs: {x: 1}
parts:
  - id: p
  - id: q
    weight: 2
any: {what: [ever, {it: is}]}
`

func TestDecode(t *testing.T) {
	var v thing
	if faults := Decode("f.yaml", []byte(whole), &v); len(faults) > 0 {
		t.Fatal(faults)
	}
	if v.ID.V != "å1" || v.Title.EN.V != "Fox" || v.Weight.V != 1.5 || v.Seats.V != 3 || !v.Open.V || v.On.V != "2024-02-29" {
		t.Errorf("scalars: %+v", v)
	}
	if len(v.Tags) != 3 || v.Tags[2].V != "7" {
		t.Errorf("tags: %+v", v.Tags)
	}
	if len(v.Levels.V) != 2 || v.Levels.V[1].Key.V != "2" || v.Levels.V[1].Value.SV.V != "två rader\n" {
		t.Errorf("levels: %+v", v.Levels)
	}
	if len(v.Needs) != 1 || v.Needs[0].Value.V != 1 || len(v.Parts) != 2 {
		t.Errorf("needs %+v, parts %+v", v.Needs, v.Parts)
	}
	for _, p := range []struct {
		name         string
		pos          Pos
		line, column int
	}{
		{"the file", v.Pos, 2, 1}, {"id", v.ID.Pos, 2, 5}, {"title", v.Title.Pos, 3, 8}, {"after å and ä", v.Title.EN.Pos, 3, 24},
		{"a quoted tag", v.Tags[1].Pos, 8, 11}, {"a key", v.Levels.V[1].Key.Pos, 11, 3}, {"a folded text", v.Levels.V[1].Value.SV.Pos, 12, 9},
		{"a part", v.Parts[1].Pos, 20, 5},
	} {
		if p.pos != (Pos{"f.yaml", p.line, p.column}) {
			t.Errorf("%s is at %+v, want %d:%d", p.name, p.pos, p.line, p.column)
		}
	}
	if v.Parts[0].Weight.Set() || v.Parts[0].Weight.Or(4) != 4 || v.Parts[1].Weight.Or(4) != 2 {
		t.Error("an absent value must give the default, a present one itself")
	}
}

func TestFaults(t *testing.T) {
	long := "id: a\n# " + strings.Repeat("x", MaxSize)
	tests := []struct{ name, src, want string }{
		{"absent key", "weight: 1", "1:1: “id” is missing"},
		{"empty key", "id:", "1:1: “id” is empty"},
		{"null", "id: null", "1:1: “id” is empty"},
		{"blank text", "id: '  '", "1:1: “id” is empty"},
		{"missing language", "id: a\ntitle: {sv: x}", "2:8: “en” is missing"},
		{"unknown key", "id: a\nwieght: 1", "2:1: unknown key “wieght” (allowed here: id, title, "},
		{"key twice", "id: a\nid: b", "2:1: “id” stands twice, first on line 1"},
		{"key twice in braces", "id: a\ntitle: {sv: x, sv: y, en: z}", "2:16: “sv” stands twice"},
		{"text for a number", "id: a\nweight: tung", "2:9: expected a number, not “tung”"},
		{"infinite number", "id: a\nweight: .inf", "2:9: expected a number"},
		{"number too large", "id: a\nweight: 1e999", "2:9: expected a number"},
		{"broken whole number", "id: a\nseats: 1.5", "2:8: expected a whole number"},
		{"text for yes or no", "id: a\nopen: ja", "2:7: expected true or false"},
		{"true for text", "id: true", "1:5: expected text"},
		{"map for text", "id: {a: b}", "1:5: expected text"},
		{"text for map", "id: a\ntitle: Titel", "2:8: expected keys with values"},
		{"map for list", "id: a\ntags: {a: b}", "2:7: expected a list"},
		{"empty entry", "id: a\ntags:\n  - a\n  -\n", "4:5: the list has an empty entry"},
		{"text for a part", "id: a\nparts: [b]", "2:9: expected keys with values"},
		{"no such day", "id: a\non: 2023-02-29", "2:5: expected a date (yyyy-mm-dd)"},
		{"key without value", "id: a\nneeds: {x: }", "2:9: “x” has no value"},
		{"composed key", "? id\n: 1", "1:1: expected a plain key"},
		{"anchor", "id: &a x", "1:5: anchors and aliases"},
		{"alias", "id: a\ntags: [*a]", "2:8: anchors and aliases"},
		{"merge key", "id: a\n<<: {weight: 1}", "2:1: anchors and aliases"},
		{"tag", "id: !!str a", "1:5: tags (!) are not allowed"},
		{"two documents", "id: a\n---\nid: b", "3:1: the file has more than one document"},
		{"empty file", "", "1:1: the file is empty"},
		{"only a comment", "# nothing\n", "1:1: the file is empty"},
		{"a list as file", "- id: a", "1:1: expected keys with values"},
		{"not UTF-8", "id: a\ntitle: {sv: r\xe4v, en: fox}", "2:14: the character is not UTF-8"},
		{"NUL", "id: a\x00", "1:6: the character is not UTF-8"},
		{"unclosed brace", "id: a\ntitle: {sv: x", "2:8: not readable as YAML"},
		{"unclosed quote", "id: \"a", "1:5: not readable as YAML"},
		{"tab as indentation", "title:\n\tsv: x", "2:1: not readable as YAML"},
		{"too large", long, "1:1: the file is too large"},
		{"too many keys", strings.Repeat("k: 1\n", MaxKeys+1), "20001:2: too many keys"},
		{"too deep in brackets", strings.Repeat("[", 500000), "nested too deeply"},
		{"too deep in dashes", strings.Repeat("- ", 500000), "nested too deeply"},
		{"too deep in question marks", strings.Repeat("? ", 500000), "nested too deeply"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var v thing
			faults := Decode("f.yaml", []byte(tt.src), &v)
			if len(faults) == 0 || !strings.HasPrefix(faults[0].Error(), "f.yaml:") || !strings.Contains(faults[0].Error(), tt.want) {
				t.Errorf("got %v\nwant %s", faults, tt.want)
			}
			for _, f := range faults {
				if f.Line < 1 || f.Column < 1 || f.SV == "" || f.SV == f.EN {
					t.Errorf("fault without place or Swedish: %+v", f)
				}
			}
		})
	}
}

func TestEveryFaultIsFound(t *testing.T) {
	src := "id: 1\ntitle: {sv: x}\nweight: x\nparts:\n  - id: a\n    seats: y\n  - weight: 1\n    oops: 2\n"
	var v thing
	faults := Decode("f.yaml", []byte(src), &v).Err()
	want := `f.yaml:2:8: “en” is missing
f.yaml:3:9: expected a number, not “x”
f.yaml:6:12: expected a whole number, not “y”
f.yaml:7:5: “id” is missing
f.yaml:8:5: unknown key “oops” (allowed here: id, title, weight, seats, open, on, tags, levels, needs, parts, any)`
	if faults == nil || faults.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", faults, want)
	}
	if got := Of(faults).In("sv"); !strings.HasPrefix(got, "f.yaml:2:8: ”en” saknas\n") {
		t.Errorf("in Swedish: %s", got)
	}
}

func TestLineEndsAndByteOrderMark(t *testing.T) {
	var v thing
	src := "\ufeff" + strings.ReplaceAll("id: a\ntitle: {sv: x, en: y}\nweight: q\n", "\n", "\r\n")
	faults := Decode("f.yaml", []byte(src), &v)
	if len(faults) != 1 || faults[0].Line != 3 || faults[0].Column != 9 || v.ID.V != "a" {
		t.Errorf("faults %v, read %+v", faults, v.ID)
	}
}

// A file within the size limit is read in about a second, whatever is in it. What
// is tested is that none takes minutes: a busy machine may be slow.
func TestLargestFilesAreQuick(t *testing.T) {
	fill := func(s string) string { return strings.Repeat(s, (MaxSize-100)/len(s)) }
	for name, src := range map[string]string{
		"keys":          strings.Repeat("k: 1\n", MaxKeys),
		"many parts":    "id: a\nparts:\n" + fill("  - {id: a, tags: [b, c]}\n"),
		"block parts":   "id: a\nparts:\n" + fill("  - id: a\n    weight: 1\n"),
		"unknown keys":  fill("k: 1\n"),
		"long text":     "id: >\n" + fill("  x\n"),
		"anchors":       "id: [" + fill("&a x, ") + "]",
		"documents":     fill("---\n"),
		"faulty values": "id: a\ntags:\n" + fill("  - {}\n"),
		"open quotes":   fill("\"a\n"),
		"comments":      fill("#\n"),
		"colons":        fill("a: "),
		"commas":        "[" + fill(",") + "]",
	} {
		t.Run(name, func(t *testing.T) {
			var v thing
			start := time.Now()
			Decode("f.yaml", []byte(src), &v)
			if took := time.Since(start); took > 2*time.Minute {
				t.Errorf("took %v", took)
			} else {
				t.Log(took)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("a: &x [*x, <<: {}]\n? b\n: - c\n"))
	f.Add([]byte("id: |+2\n   x\n...\n%YAML 1.2\n--- !t\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		var v thing
		lines := 1 + bytes.Count(src, []byte("\n")) + bytes.Count(src, []byte("\r"))
		for _, fault := range Decode("f.yaml", src, &v) {
			if fault.Line < 1 || fault.Line > lines || fault.Column < 1 || fault.SV == "" || fault.EN == "" {
				t.Errorf("fault without place or text: %+v", fault)
			}
		}
	})
}
