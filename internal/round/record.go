package round

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/survey"
)

// Entry is what a respondent has given to one item.
type Entry struct {
	Item     string
	Answer   survey.Answer
	Comment  string
	Evidence string // what the answer rests on
}

// Empty reports whether nothing is given.
func (e Entry) Empty() bool { return e.Answer == survey.None && e.Comment == "" && e.Evidence == "" }

// Amendment is a change of what a person gives to one item; what is nil stays
// as it is.
type Amendment struct {
	Item              string
	Answer            *survey.Answer
	Comment, Evidence *string
}

// Amendment returns the change that gives what e has.
func (e Entry) Amendment() Amendment {
	a := Amendment{Item: e.Item}
	if e.Answer != survey.None {
		a.Answer = &e.Answer
	}
	if e.Comment != "" {
		a.Comment = &e.Comment
	}
	if e.Evidence != "" {
		a.Evidence = &e.Evidence
	}
	return a
}

// Over returns e with what the amendment changes.
func (a Amendment) Over(e Entry) Entry {
	e.Item = a.Item
	if a.Answer != nil {
		e.Answer = *a.Answer
	}
	if a.Comment != nil {
		e.Comment = *a.Comment
	}
	if a.Evidence != nil {
		e.Evidence = *a.Evidence
	}
	return e
}

// An item's answer, comment and evidence are stored each on its own, so that a
// save writes what it changes and need not read the rest. These follow the
// item's id, which has no slash.
const (
	answerPart   = "/answer"
	commentPart  = "/comment"
	evidencePart = "/evidence"
)

// parts gives what is to be sealed, by the name it is stored under.
func (a Amendment) parts() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		_ = (a.Answer == nil || yield(a.Item+answerPart, []byte{byte(*a.Answer)})) &&
			(a.Comment == nil || yield(a.Item+commentPart, []byte(*a.Comment))) &&
			(a.Evidence == nil || yield(a.Item+evidencePart, []byte(*a.Evidence)))
	}
}

// decodePart reads one of the parts that an amendment was stored as.
func decodePart(name string, plain []byte) (Amendment, error) {
	at := strings.LastIndexByte(name, '/')
	if at < 0 {
		return decodeWhole(name, plain)
	}
	a, text := Amendment{Item: name[:at]}, string(plain)
	switch name[at:] {
	case answerPart:
		if len(plain) != 1 {
			return a, errCut
		}
		answer := survey.Answer(plain[0])
		a.Answer = &answer
	case commentPart:
		a.Comment = &text
	case evidencePart:
		a.Evidence = &text
	default:
		return a, fmt.Errorf("%q is no part of an item that this program knows", name)
	}
	return a, nil
}

// decodeWhole reads an item as databases of schema 1 have it: answer, comment
// and evidence in one.
func decodeWhole(item string, plain []byte) (Amendment, error) {
	d := decoder{b: plain}
	answer := survey.Answer(d.byte())
	comment, evidence := d.string(), d.string()
	return Amendment{Item: item, Answer: &answer, Comment: &comment, Evidence: &evidence}, d.err
}

// record is what the analysis reads of one submitted response. As it is sealed,
// what was written beside the answers comes after them, and need not be read.
type record struct {
	unit    string
	roles   []org.Role
	answers []survey.Answer // by Item.Index of the round's set
}

const recordFormat = 1

func encodeRecord(set *survey.Set, unit string, roles []org.Role, entries map[string]Entry) []byte {
	out := appendString([]byte{recordFormat}, unit)
	out = append(out, roleBits(roles))
	out = binary.AppendUvarint(out, uint64(len(set.Items)))
	for _, it := range set.Items {
		out = append(out, byte(entries[it.ID].Answer))
	}
	for _, it := range set.Items {
		if e := entries[it.ID]; e.Comment != "" || e.Evidence != "" {
			out = binary.AppendUvarint(out, uint64(it.Index))
			out = appendString(out, e.Comment)
			out = appendString(out, e.Evidence)
		}
	}
	return out
}

// decodeAnswers reads the part of a record that the analysis needs, into rec,
// whose slices are used again. It returns the rest, which decodeNotes reads.
func decodeAnswers(b []byte, rec *record) (rest []byte, err error) {
	if len(b) == 0 || b[0] != recordFormat {
		return nil, errors.New("response record of an unknown format")
	}
	d := decoder{b: b[1:]}
	unit := d.bytes()
	if string(unit) != rec.unit { // spares an allocation when many share a unit
		rec.unit = string(unit)
	}
	rec.roles = rolesOf(d.byte(), rec.roles[:0])
	n := d.uvarint()
	if d.err != nil || n > uint64(len(d.b)) {
		return nil, errCut
	}
	rec.answers = rec.answers[:0]
	for _, a := range d.b[:n] {
		rec.answers = append(rec.answers, survey.Answer(a))
	}
	return d.b[n:], nil
}

func decodeNotes(set *survey.Set, b []byte) ([]Entry, error) {
	d := decoder{b: b}
	var out []Entry
	for len(d.b) > 0 && d.err == nil {
		i := d.uvarint()
		if i >= uint64(len(set.Items)) {
			return nil, errCut
		}
		out = append(out, Entry{Item: set.Items[i].ID, Comment: d.string(), Evidence: d.string()})
	}
	return out, d.err
}

// roleBits writes roles as a set of bits, in the order of org.Roles: a change
// of that order would change the meaning of stored records.
func roleBits(roles []org.Role) byte {
	var bits byte
	for i, known := range org.Roles {
		for _, r := range roles {
			if r == known {
				bits |= 1 << i
			}
		}
	}
	return bits
}

func rolesOf(bits byte, out []org.Role) []org.Role {
	for i, r := range org.Roles {
		if bits&(1<<i) != 0 {
			out = append(out, r)
		}
	}
	return out
}

var errCut = errors.New("response record is cut short")

// decoder reads uvarints and length-prefixed strings; after the first fault
// every read gives the zero value.
type decoder struct {
	b   []byte
	err error
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.b, d.err = nil, errCut
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) byte() byte {
	if len(d.b) == 0 {
		d.err = errCut
		return 0
	}
	v := d.b[0]
	d.b = d.b[1:]
	return v
}

func (d *decoder) bytes() []byte {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.b, d.err = nil, errCut
		return nil
	}
	v := d.b[:n]
	d.b = d.b[n:]
	return v
}

func (d *decoder) string() string { return string(d.bytes()) }

func appendString(out []byte, s string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(s))), s...)
}
