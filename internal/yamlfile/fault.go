package yamlfile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing wrong in one place of a file, with a text for the person
// who is to mend it. Line and Column count from 1, in characters; a fault of
// the file or folder as a whole stands at 1:1.
type Fault struct {
	File         string
	Line, Column int
	SV, EN       string
}

// In returns "file:line:column: message", the message in lang: "en", else Swedish.
func (f Fault) In(lang string) string {
	text := f.SV
	if lang == "en" {
		text = f.EN
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, text)
}

func (f Fault) Error() string { return f.In("en") }

// Faults is every fault that was found, as one error.
type Faults []Fault

// In returns the faults in lang, one a line.
func (fs Faults) In(lang string) string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.In(lang)
	}
	return strings.Join(lines, "\n")
}

func (fs Faults) Error() string { return fs.In("en") }

// Add notes a fault at p.
func (fs *Faults) Add(p Pos, sv, en string) {
	*fs = append(*fs, Fault{File: p.File, Line: p.Line, Column: p.Column, SV: sv, EN: en})
}

// Addf notes a fault at p whose two texts take the same arguments.
func (fs *Faults) Addf(p Pos, sv, en string, args ...any) {
	fs.Add(p, fmt.Sprintf(sv, args...), fmt.Sprintf(en, args...))
}

// Err returns the faults in the order of the files, nil when there is none.
func (fs Faults) Err() error {
	if len(fs) == 0 {
		return nil
	}
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(fs)
}

// Of returns the faults that err carries, none for any other error.
func Of(err error) Faults {
	fs, _ := errors.AsType[Faults](err)
	return fs
}
