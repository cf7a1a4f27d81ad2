package keys

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzParse: a key file is read or refused, and what is read is written as the
// same keys again.
func FuzzParse(f *testing.F) {
	ring := New()
	ring.Rotate()
	f.Add(ring.String())
	f.Add("lookup \nseal 4294967295 x")
	f.Add("seal 0 " + strings.Repeat("A", 43) + "\nlookup " + strings.Repeat("A", 43))
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(r.String())
		if err != nil {
			t.Fatalf("what was written can't be read: %v", err)
		}
		box, err := r.Seal([]byte("svar"), "2026", "about")
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := again.Open(nil, box, "2026", "about"); err != nil || string(plain) != "svar" {
			t.Errorf("the same keys open %q, %v", plain, err)
		}
		if r.Fingerprint() != again.Fingerprint() || r.Token("e", "x", 1) != again.Token("e", "x", 1) {
			t.Error("the same keys name differently")
		}
	})
}

// FuzzOpen: a box that was not sealed opens for nobody, and one that was opens
// only where it belongs and unchanged.
func FuzzOpen(f *testing.F) {
	ring := New()
	f.Add([]byte{}, []byte("text"), "2026", "a", 5)
	f.Add([]byte{0, 0, 0, 1}, []byte(""), "", "", 0)
	f.Add(bytes.Repeat([]byte{0}, 40), []byte("x"), "r", "item/answer", 39)
	f.Fuzz(func(t *testing.T, strange, plain []byte, round, about string, at int) {
		if _, err := ring.Open(nil, strange, round, about); err == nil {
			t.Errorf("opened what nobody sealed: %x", strange)
		}
		box, err := ring.Seal(plain, round, about)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ring.Open(nil, box, round, about); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("opened %q of %q, %v", got, plain, err)
		}
		for name, open := range map[string]func() ([]byte, error){
			"another round":      func() ([]byte, error) { return ring.Open(nil, box, round+"x", about) },
			"about another":      func() ([]byte, error) { return ring.Open(nil, box, round, about+"x") },
			"about one more":     func() ([]byte, error) { return ring.Open(nil, box, round, about, "") },
			"cut short":          func() ([]byte, error) { return ring.Open(nil, box[:uint(at)%uint(len(box))], round, about) },
			"with one bit other": func() ([]byte, error) { return ring.Open(nil, flipped(box, at), round, about) },
		} {
			if _, err := open(); err == nil {
				t.Errorf("opened %s", name)
			}
		}
	})
}

func flipped(box []byte, at int) []byte {
	out := bytes.Clone(box)
	out[uint(at)%uint(len(out))] ^= 1
	return out
}

// FuzzNames: who something is about goes into a token, and into the name of a
// response, so that no two lists of words give the same.
func FuzzNames(f *testing.F) {
	ring := New()
	f.Add("e", "ab", 1, "ea", "b", 1)
	f.Add("e", "1", 1, "e", "", 11)
	f.Add("2026", "\x01a", 0, "2026\x01", "a", 0)
	f.Fuzz(func(t *testing.T, p1, w1 string, i1 int, p2, w2 string, i2 int) {
		if same := p1 == p2 && w1 == w2; same != (ring.Respondent(p1, w1) == ring.Respondent(p2, w2)) {
			t.Errorf("respondents of %q %q and %q %q", p1, w1, p2, w2)
		}
		same := p1 == p2 && w1 == w2 && i1 == i2
		a, b := ring.Token(p1, w1, i1), ring.Token(p2, w2, i2)
		if same != (a == b) || same != bytes.Equal(Hash(a), Hash(b)) {
			t.Errorf("tokens of %q %q %d and %q %q %d", p1, w1, i1, p2, w2, i2)
		}
		if len(a) != 22 || strings.ContainsAny(a, "/+=?#&%. ") {
			t.Errorf("%q can't stand in an address", a)
		}
	})
}
