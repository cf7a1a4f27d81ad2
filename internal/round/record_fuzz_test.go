package round

import (
	"bytes"
	"testing"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// FuzzRecord: a record that is not one is refused without a panic and without
// taking more memory than it is long; one that is read is written the same.
func FuzzRecord(f *testing.F) {
	set := testSet(5)
	roles := []org.Role{org.Enhetschef, org.Samordnare}
	f.Add(encodeRecord(set, "enhet", roles, nil))
	f.Add(encodeRecord(set, "", nil, map[string]Entry{"led.t.a": {Answer: 3, Comment: "å\n\x00"}, "led.t.e": {Answer: survey.DontKnow, Evidence: "ä"}}))
	f.Add([]byte{recordFormat, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Add([]byte{recordFormat, 0x80})
	f.Fuzz(func(t *testing.T, b []byte) {
		var rec record
		rest, err := decodeAnswers(b, &rec)
		if err != nil {
			return
		}
		if len(rec.unit)+len(rec.answers)+len(rest) > len(b) {
			t.Fatalf("of %d bytes, unit %d, answers %d, rest %d", len(b), len(rec.unit), len(rec.answers), len(rest))
		}
		notes, err := decodeNotes(set, rest)
		if err != nil || len(rec.answers) != len(set.Items) {
			return
		}
		entries := map[string]Entry{}
		for _, e := range notes {
			if e.Item == "" {
				t.Fatal("a note of no item")
			}
			entries[e.Item] = e
		}
		for i, it := range set.Items {
			e := entries[it.ID]
			e.Answer = rec.answers[i]
			entries[it.ID] = e
		}
		// Numbers can be written longer than need be, and notes in another order:
		// what is written once more is the same as what was written from that.
		once := encodeRecord(set, rec.unit, rec.roles, entries)
		var again record
		rest, err = decodeAnswers(once, &again)
		if err != nil || again.unit != rec.unit || !bytes.Equal(bytesOf(again.answers), bytesOf(rec.answers)) || roleBits(again.roles) != roleBits(rec.roles) {
			t.Fatalf("%+v became %+v, %v", rec, again, err)
		}
		kept, err := decodeNotes(set, rest)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range kept {
			if was := entries[e.Item]; was.Comment != e.Comment || was.Evidence != e.Evidence {
				t.Errorf("%+v became %+v", was, e)
			}
		}
	})
}

func bytesOf(answers []survey.Answer) (out []byte) {
	for _, a := range answers {
		out = append(out, byte(a))
	}
	return out
}

// FuzzPart: a part of an item is read as it was written, and what is none is
// refused.
func FuzzPart(f *testing.F) {
	f.Add("led.t.a"+answerPart, []byte{3})
	f.Add("led.t.a"+commentPart, []byte("text"))
	f.Add("led.t.a"+evidencePart, []byte{0xff})
	f.Add("led.t.a/answer/", []byte{})
	f.Add("led.t.a", []byte{3, 1, 'k', 0})
	f.Fuzz(func(t *testing.T, name string, plain []byte) {
		a, err := decodePart(name, plain)
		if err != nil {
			return
		}
		whole := a.Answer != nil && a.Comment != nil && a.Evidence != nil
		for part, content := range a.parts() {
			again, err := decodePart(part, content)
			if err != nil {
				t.Fatalf("%q: %v", part, err)
			}
			if !whole && (part != name || !bytes.Equal(content, plain) || again.Item != a.Item) {
				t.Errorf("%q %q became %q %q", name, plain, part, content)
			}
		}
	})
}
