package keys

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSealOpensOnlyWhereItBelongs(t *testing.T) {
	r := New()
	box, err := r.Seal([]byte("4"), "2026", "anna", "led.strategi.plan")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.Open(nil, box, "2026", "anna", "led.strategi.plan"); err != nil || string(got) != "4" {
		t.Fatalf("Open = %q, %v", got, err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"other round":      func() ([]byte, error) { return r.Open(nil, box, "2025", "anna", "led.strategi.plan") },
		"other respondent": func() ([]byte, error) { return r.Open(nil, box, "2026", "bo", "led.strategi.plan") },
		"joined parts":     func() ([]byte, error) { return r.Open(nil, box, "2026", "annaled.strategi.plan") },
		"other keys":       func() ([]byte, error) { return New().Open(nil, box, "2026", "anna", "led.strategi.plan") },
		"cut":              func() ([]byte, error) { return r.Open(nil, box[:10], "2026", "anna", "led.strategi.plan") },
		"changed": func() ([]byte, error) {
			bad := bytes.Clone(box)
			bad[len(bad)-1] ^= 1
			return r.Open(nil, bad, "2026", "anna", "led.strategi.plan")
		},
	} {
		if got, err := open(); err == nil {
			t.Errorf("%s: opened as %q", name, got)
		}
	}
}

func TestRotationKeepsOldBoxesAndNames(t *testing.T) {
	r := New()
	old, _ := r.Seal([]byte("old"), "2026", "x")
	name, link := r.Respondent("2026", "anna"), r.Token("answer", "anna", 0)
	r.Rotate()
	newer, _ := r.Seal([]byte("new"), "2026", "x")
	again, err := Parse(r.String())
	if err != nil {
		t.Fatal(err)
	}
	for box, want := range map[string]string{string(old): "old", string(newer): "new"} {
		if got, err := again.Open(nil, []byte(box), "2026", "x"); err != nil || string(got) != want {
			t.Errorf("Open = %q, %v, want %q", got, err, want)
		}
	}
	if again.Respondent("2026", "anna") != name || again.Token("answer", "anna", 0) != link {
		t.Error("rotation changed a respondent's name or a link")
	}
	if again.Token("answer", "anna", 1) == link {
		t.Error("a new issue has the old token")
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	r, err := LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode())
	}
	again, err := LoadOrCreate(path)
	if err != nil || again.String() != r.String() {
		t.Errorf("read back another ring: %v", err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreate(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key file that others can read: %v", err)
	}
}

func TestParseNamesTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "lookup key",
		"lookup short":          "line 1",
		"# c\nsomething else":   "line 2",
		"seal x " + "A":         "number",
		"lookup A\nseal 1 B\nC": "line 1",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q) = %v, want an error with %q", text, err, want)
		}
	}
}
