// Package yamlfile reads the YAML that people write for the product, strictly:
// every fault of a file is collected with its place, none stops the reading
// of the rest, and what is read keeps its place, so that a checker of meaning
// can point at it too.
//
// A reader declares structs with `yaml:"key"` or `yaml:"key,required"` tags
// and scalars as Val[T]; keys that no field has are faults. Anchors, aliases,
// merge keys, tags and several documents in one file are refused: none is
// needed for what is written here, and aliases are how a small file becomes a
// large one.
package yamlfile

import (
	"bytes"
	"io/fs"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of a file: its size in bytes, how deeply it may be nested, and how
// many keys it may have (the parser takes time by their square; a large
// questionnaire has some two thousand).
const (
	MaxSize  = 1 << 20
	MaxDepth = 32
	MaxKeys  = 20000
)

// Pos is a place in a file; a struct that embeds it learns where it began.
type Pos struct {
	File         string
	Line, Column int
}

// Set reports whether the value was there at all.
func (p Pos) Set() bool { return p.Line > 0 }

// Val is a value with its place. A key that is absent or null leaves it unset.
type Val[T any] struct {
	Pos
	V T
}

// Or returns the value, or other when it is unset.
func (v Val[T]) Or(other T) T {
	if v.Set() {
		return v.V
	}
	return other
}

// Entry is one key of a Map with its value.
type Entry[T any] struct {
	Key   Val[string]
	Value T
}

// Map is a mapping whose keys are free, in the order of the file.
type Map[T any] []Entry[T]

// ReadFile decodes name of fsys into the struct that into points to.
func ReadFile(fsys fs.FS, name string, into any) Faults {
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		var faults Faults
		faults.Add(Pos{File: name, Line: 1, Column: 1}, "filen går inte att läsa", "the file cannot be read")
		return faults
	}
	return Decode(name, src, into)
}

// Decode reads src into the struct that into points to and returns every
// fault, none when all of it was understood. After faults, into holds what
// could be read. Of faults in the YAML syntax only the first is found, and
// into is left as it was.
func Decode(name string, src []byte, into any) Faults {
	d := &decoder{file: name}
	if node := d.parse(src); node != nil {
		d.decode(reflect.ValueOf(into).Elem(), node)
	}
	return d.faults
}

type decoder struct {
	file   string
	faults Faults
}

// parse returns the file's only document, nil after a fault that leaves
// nothing to read.
func (d *decoder) parse(src []byte) ast.Node {
	whole := Pos{File: d.file, Line: 1, Column: 1}
	if len(src) > MaxSize {
		d.faults.Addf(whole, "filen är för stor, högst %d byte", "the file is too large, at most %d bytes", MaxSize)
		return nil
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	if p, ok := firstInvalid(src); ok {
		p.File = d.file
		d.faults.Add(p, "tecknet är inte UTF-8: spara filen som UTF-8", "the character is not UTF-8: save the file as UTF-8")
		return nil
	}
	tokens := lexer.Tokenize(string(src))
	if !d.safe(tokens) {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		d.syntax(err)
		return nil
	}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if body != nil {
			d.faults.Add(d.pos(doc.Body), "filen har mer än ett dokument: ta bort raden ---", "the file has more than one document: remove the line ---")
			return nil
		}
		body = doc.Body
	}
	if body == nil {
		d.faults.Add(whole, "filen är tom", "the file is empty")
	}
	return body
}

// firstInvalid finds the first byte that is not UTF-8, or a NUL.
func firstInvalid(src []byte) (Pos, bool) {
	line, column := 1, 1
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		switch {
		case r == utf8.RuneError && size <= 1, r == 0:
			return Pos{Line: line, Column: column}, true
		case r == '\n':
			line, column = line+1, 1
		default:
			column++
		}
		i += size
	}
	return Pos{}, false
}

// safe looks through the tokens before the parser does, which follows any
// nesting however deep: it refuses what is too deep, and anchors, aliases,
// merge keys and tags with every place where they stand.
func (d *decoder) safe(tokens token.Tokens) bool {
	flow, keys, blocks, before := 0, 0, []int(nil), len(d.faults)
	for _, tk := range tokens {
		p := Pos{d.file, tk.Position.Line, tk.Position.Column}
		switch tk.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			d.faults.Add(p, "ankare och alias (&, *, <<) får inte användas: skriv ut värdet", "anchors and aliases (&, *, <<) are not allowed: write the value out")
		case token.TagType:
			d.faults.Add(p, "taggar (!) får inte användas: ta bort den", "tags (!) are not allowed: remove it")
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow = max(0, flow-1)
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType:
			column := tk.Position.Column
			if tk.Type == token.MappingValueType {
				keys++
				if tk.Prev != nil {
					column = tk.Prev.Position.Column
				}
			}
			for len(blocks) > 0 && blocks[len(blocks)-1] >= column {
				blocks = blocks[:len(blocks)-1]
			}
			if flow == 0 {
				blocks = append(blocks, column)
			}
		}
		if flow+len(blocks) > MaxDepth {
			d.faults.Addf(p, "för djupt nästlat, högst %d nivåer", "nested too deeply, at most %d levels", MaxDepth)
			return false
		}
		if keys > MaxKeys {
			d.faults.Addf(p, "för många nycklar, högst %d", "too many keys, at most %d", MaxKeys)
			return false
		}
	}
	return len(d.faults) == before
}

// syntax notes what the parser could not read. Its own words are English only.
func (d *decoder) syntax(err error) {
	p, words := Pos{File: d.file, Line: 1, Column: 1}, "unexpected content"
	if e, ok := err.(yaml.Error); ok { // not its Error, which prints the source about it
		words = e.GetMessage()
		if tk := e.GetToken(); tk != nil && tk.Position != nil {
			p.Line, p.Column = max(1, tk.Position.Line), max(1, tk.Position.Column)
		}
	}
	words, _, _ = strings.Cut(words, "\n")
	d.faults.Addf(p, "går inte att läsa som YAML (%s)", "not readable as YAML (%s)", words)
}

// pos returns where node begins.
func (d *decoder) pos(node ast.Node) Pos {
	tk := node.GetToken()
	switch n := node.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return d.pos(n.Values[0].Key)
		}
		tk = n.Start
	case *ast.MappingValueNode:
		return d.pos(n.Key)
	case *ast.LiteralNode:
		tk = n.Start
	}
	if tk == nil || tk.Position == nil {
		return Pos{d.file, 1, 1}
	}
	return Pos{d.file, max(1, tk.Position.Line), max(1, tk.Position.Column)}
}

// Ignored takes any value and keeps nothing of it.
type Ignored struct{}

func (*Ignored) decodeFrom(*decoder, ast.Node) {}
