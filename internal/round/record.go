package round

import (
	"encoding/binary"
	"errors"

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

// encodeEntry writes what is sealed as one item: answer, comment, evidence.
func encodeEntry(e Entry) []byte {
	out := []byte{byte(e.Answer)}
	out = appendString(out, e.Comment)
	return appendString(out, e.Evidence)
}

func decodeEntry(item string, b []byte) (Entry, error) {
	if len(b) == 0 {
		return Entry{}, errCut
	}
	d := decoder{b: b[1:]}
	e := Entry{Item: item, Answer: survey.Answer(b[0]), Comment: d.string(), Evidence: d.string()}
	return e, d.err
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
