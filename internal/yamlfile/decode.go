package yamlfile

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// decode reads node into v: a struct, a slice, a Map, a Val, or a scalar.
func (d *decoder) decode(v reflect.Value, node ast.Node) {
	if own, ok := v.Addr().Interface().(decodable); ok {
		own.decodeFrom(d, node)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.object(v, node)
	case reflect.Slice:
		d.list(v, node)
	default:
		d.scalar(v, node)
	}
}

type decodable interface{ decodeFrom(*decoder, ast.Node) }

func (v *Val[T]) decodeFrom(d *decoder, node ast.Node) {
	before := len(d.faults)
	d.decode(reflect.ValueOf(&v.V).Elem(), node)
	if len(d.faults) == before || reflect.TypeFor[T]().Kind() == reflect.Slice {
		v.Pos = d.pos(node)
	}
}

func (m *Map[T]) decodeFrom(d *decoder, node ast.Node) {
	for _, kv := range d.pairs(node) {
		var e Entry[T]
		e.Key = Val[string]{d.pos(kv.Key), keyText(kv.Key)}
		if kv.Value == nil || kv.Value.Type() == ast.NullType {
			d.faults.Addf(e.Key.Pos, "”%s” saknar värde", "“%s” has no value", e.Key.V)
			continue
		}
		d.decode(reflect.ValueOf(&e.Value).Elem(), kv.Value)
		*m = append(*m, e)
	}
}

// pairs returns the keys of a mapping with their values, each key once.
func (d *decoder) pairs(node ast.Node) []*ast.MappingValueNode {
	var all []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		all = n.Values
	case *ast.MappingValueNode:
		all = []*ast.MappingValueNode{n}
	default:
		d.wrong(node, "nycklar med värden (nyckel: värde)", "keys with values (key: value)")
		return nil
	}
	first, out := map[string]int{}, all[:0:0]
	for _, kv := range all {
		if _, ok := kv.Key.(*ast.MappingKeyNode); ok {
			d.wrong(kv.Key, "en enkel nyckel", "a plain key")
			continue
		}
		key := keyText(kv.Key)
		if line, twice := first[key]; twice {
			d.faults.Addf(d.pos(kv.Key), "”%s” står två gånger, första gången på rad %d", "“%s” stands twice, first on line %d", key, line)
			continue
		}
		first[key] = d.pos(kv.Key).Line
		out = append(out, kv)
	}
	return out
}

func keyText(key ast.MapKeyNode) string {
	if s, ok := key.(*ast.StringNode); ok {
		return s.Value
	}
	return key.GetToken().Value
}

// object reads a mapping into a struct by its fields' tags.
func (d *decoder) object(v reflect.Value, node ast.Node) {
	type field struct {
		index    int
		required bool
	}
	t, fields, names := v.Type(), map[string]field{}, []string(nil)
	var place reflect.Value
	for i := range t.NumField() {
		if t.Field(i).Type == reflect.TypeFor[Pos]() {
			place = v.Field(i)
		}
		name, option, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name != "" {
			fields[name] = field{i, option == "required"}
			names = append(names, name)
		}
	}
	before := len(d.faults)
	pairs := d.pairs(node)
	if pairs == nil && len(d.faults) > before {
		return
	}
	if place.IsValid() {
		place.Set(reflect.ValueOf(d.pos(node)))
	}
	seen := map[string]bool{}
	for _, kv := range pairs {
		key := keyText(kv.Key)
		f, known := fields[key]
		if !known {
			d.faults.Addf(d.pos(kv.Key), "okänd nyckel ”%s” (här får stå: %s)", "unknown key “%s” (allowed here: %s)", key, strings.Join(names, ", "))
			continue
		}
		seen[key] = true
		if f.required && blank(kv.Value) {
			d.faults.Addf(d.pos(kv.Key), "”%s” är tom", "“%s” is empty", key)
		} else if !null(kv.Value) {
			d.decode(v.Field(f.index), kv.Value)
		}
	}
	for _, name := range names {
		if fields[name].required && !seen[name] {
			d.faults.Addf(d.pos(node), "”%s” saknas", "“%s” is missing", name)
		}
	}
}

func null(node ast.Node) bool { return node == nil || node.Type() == ast.NullType }

// blank reports whether a required value holds nothing.
func blank(node ast.Node) bool {
	if null(node) {
		return true
	}
	switch n := node.(type) {
	case *ast.StringNode:
		return strings.TrimSpace(n.Value) == ""
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value) == ""
	case *ast.SequenceNode:
		return len(n.Values) == 0
	case *ast.MappingNode:
		return len(n.Values) == 0
	}
	return false
}

func (d *decoder) list(v reflect.Value, node ast.Node) {
	seq, ok := node.(*ast.SequenceNode)
	if !ok {
		d.wrong(node, "en lista", "a list")
		return
	}
	for _, n := range seq.Values {
		if null(n) {
			at := d.pos(node)
			if n != nil {
				at = d.pos(n)
			}
			d.faults.Add(at, "listan har en tom rad", "the list has an empty entry")
			continue
		}
		e := reflect.New(v.Type().Elem()).Elem()
		before := len(d.faults)
		d.decode(e, n)
		// Half an object is worth checking for more faults, half a scalar is not.
		if _, single := e.Addr().Interface().(decodable); !single || len(d.faults) == before {
			v.Set(reflect.Append(v, e))
		}
	}
}

func (d *decoder) scalar(v reflect.Value, node ast.Node) {
	switch v.Kind() {
	case reflect.String:
		if s, ok := text(node); ok {
			v.SetString(s)
			return
		}
		d.wrong(node, "text", "text")
	case reflect.Bool:
		if b, ok := node.(*ast.BoolNode); ok {
			v.SetBool(b.Value)
			return
		}
		d.wrong(node, "true eller false", "true or false")
	case reflect.Int:
		if n, ok := number(node); ok && n == math.Trunc(n) && math.Abs(n) < 1<<53 {
			v.SetInt(int64(n))
			return
		}
		d.wrong(node, "ett heltal", "a whole number")
	case reflect.Float64:
		if n, ok := number(node); ok {
			v.SetFloat(n)
			return
		}
		d.wrong(node, "ett tal", "a number")
	default:
		panic(fmt.Sprintf("yamlfile: no reading of %s", v.Type()))
	}
}

// text returns a scalar as it is written: a number where text is asked for, as
// in "paragraph: 129", loses nothing by it. True, false and null are no text.
func text(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode:
		return node.GetToken().Value, true
	}
	return "", false
}

func number(node ast.Node) (float64, bool) {
	switch n := node.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		f, err := strconv.ParseFloat(n.GetToken().Value, 64)
		return f, err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
	}
	return 0, false
}

// Day is a calendar day as 2006-01-02; days in this form sort as text.
type Day string

func (v *Day) decodeFrom(d *decoder, node ast.Node) {
	if s, ok := text(node); ok {
		if _, err := time.Parse(time.DateOnly, s); err == nil {
			*v = Day(s)
			return
		}
	}
	d.wrong(node, "ett datum (åååå-mm-dd)", "a date (yyyy-mm-dd)")
}

// wrong notes that node is not what stands in words, and quotes it if short.
func (d *decoder) wrong(node ast.Node, sv, en string) {
	sv, en = "här ska stå "+sv, "expected "+en
	if s, ok := text(node); ok && len(s) <= 40 {
		sv, en = sv+", inte ”"+s+"”", en+", not “"+s+"”"
	}
	d.faults.Add(d.pos(node), sv, en)
}
