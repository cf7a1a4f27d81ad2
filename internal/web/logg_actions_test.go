package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Every action that some code logs is told in words: the source is read for
// trail.Event{Action: …}, and where the action is a parameter or a field, for what
// is given for it.
func TestEveryActionHasWords(t *testing.T) {
	texts, err := readTexts(textFiles)
	check(t, err)
	found := map[string]bool{}
	for _, root := range []string{"../../cmd", ".."} {
		check(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() || strings.HasSuffix(d.Name(), "test") { // suites for tests log what they like
				return err
			}
			actionsOf(t, path, found)
			return nil
		}))
	}
	if len(found) < 20 || !found["round.open"] || !found["person.move"] || !found["access.grant"] || !found["log.prune"] {
		t.Fatalf("the source logs %v: what reads it has missed something", found)
	}
	for action := range found {
		if _, ok := texts["log.action."+action]; !ok {
			t.Errorf("texts/logg.yaml lacks log.action.%s, which the source logs", action)
		}
		if _, ok := texts["log.group."+logGroup(action)]; !ok {
			t.Errorf("texts/logg.yaml lacks log.group.%s", logGroup(action))
		}
	}
}

// actionsOf adds the actions that the Go files of a folder log.
func actionsOf(t *testing.T, dir string, found map[string]bool) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	check(t, err)
	p := &actionSource{consts: map[string]string{}, found: found, named: map[string]bool{}}
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, 0)
		check(t, err)
		p.files = append(p.files, f)
	}
	p.read()
}

// actionSource is one package, and what is known of it.
type actionSource struct {
	files  []*ast.File
	consts map[string]string // constants that are text
	found  map[string]bool
	named  map[string]bool // parameters, "function/place", that are known to be an action
}

func (p *actionSource) read() {
	p.each(func(_ *ast.FuncDecl, n ast.Node) {
		if v, ok := n.(*ast.ValueSpec); ok {
			for i, name := range v.Names {
				if i < len(v.Values) {
					if text, ok := literal(v.Values[i]); ok {
						p.consts[name.Name] = text
					}
				}
			}
		}
	})
	for before := -1; before != len(p.named); { // parameters that go on to other functions
		before = len(p.named)
		p.each(func(in *ast.FuncDecl, n ast.Node) {
			switch n := n.(type) {
			case *ast.KeyValueExpr: // of an Event, or of what becomes one
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Action" {
					p.action(in, n.Value)
				}
			case *ast.AssignStmt:
				for i, to := range n.Lhs {
					if s, ok := to.(*ast.SelectorExpr); ok && s.Sel.Name == "Action" && i < len(n.Rhs) {
						p.action(in, n.Rhs[i])
					}
				}
			case *ast.CallExpr:
				for i, argument := range n.Args {
					if p.named[called(n)+"/"+strconv.Itoa(i)] {
						p.action(in, argument)
					}
				}
			}
		})
	}
}

// each walks the package; in is the function that a node stands in, nil outside.
func (p *actionSource) each(visit func(in *ast.FuncDecl, n ast.Node)) {
	for _, f := range p.files {
		for _, d := range f.Decls {
			in, _ := d.(*ast.FuncDecl)
			ast.Inspect(d, func(n ast.Node) bool { visit(in, n); return true })
		}
	}
}

// action notes what is given for an action: text, a constant, or a parameter or
// variable of the function, for which it is looked for further.
func (p *actionSource) action(in *ast.FuncDecl, value ast.Expr) {
	if text, ok := literal(value); ok {
		p.found[text] = true
		return
	}
	name, ok := value.(*ast.Ident)
	if !ok {
		return
	}
	if text, ok := p.consts[name.Name]; ok {
		p.found[text] = true
		return
	}
	if in == nil {
		return
	}
	place := 0
	for _, field := range in.Type.Params.List {
		for _, parameter := range field.Names {
			if parameter.Name == name.Name {
				p.named[in.Name.Name+"/"+strconv.Itoa(place)] = true
			}
			place++
		}
	}
	ast.Inspect(in, func(n ast.Node) bool { // what a variable is set to, one by one
		if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == len(a.Rhs) {
			for i, to := range a.Lhs {
				if id, ok := to.(*ast.Ident); ok && id.Name == name.Name {
					if text, ok := literal(a.Rhs[i]); ok {
						p.found[text] = true
					}
				}
			}
		}
		return true
	})
}

func literal(e ast.Expr) (string, bool) {
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		text, err := strconv.Unquote(l.Value)
		return text, err == nil
	}
	return "", false
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}
