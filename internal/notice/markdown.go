package notice

import (
	"bytes"
	"html/template"
	"regexp"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// HTML returns a text in Markdown as HTML. Raw HTML and links that run scripts
// are left out, pictures too; headings stand below the page's own. What is to be
// filled in is marked.
func HTML(markdown string) (template.HTML, error) {
	var out bytes.Buffer
	err := converter.Convert([]byte(markdown), &out)
	return template.HTML(out.String()), err // #nosec: goldmark escapes, and has raw HTML off
}

var converter = goldmark.New(
	goldmark.WithParserOptions(
		parser.WithInlineParsers(util.Prioritized(gapParser{}, 150)), // before links
		parser.WithASTTransformers(util.Prioritized(tamer{}, 100)),
	),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(gapRenderer{}, 100))),
)

// gap is a place to fill in.
var gap = regexp.MustCompile(`\[\[([^\[\]\n]+)\]\]`)

func gaps(markdown string) int { return len(gap.FindAllString(markdown, -1)) }

var gapKind = ast.NewNodeKind("Gap")

type gapNode struct {
	ast.BaseInline
	text []byte
}

func (*gapNode) Kind() ast.NodeKind              { return gapKind }
func (n *gapNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

type gapParser struct{}

func (gapParser) Trigger() []byte { return []byte{'['} }

func (gapParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	at := gap.FindSubmatchIndex(line)
	if at == nil || at[0] != 0 {
		return nil
	}
	block.Advance(at[1])
	return &gapNode{text: bytes.Clone(line[at[2]:at[3]])}
}

type gapRenderer struct{}

func (gapRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(gapKind, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(`<mark class="m-gap">[`)
			_, _ = w.Write(util.EscapeHTML(n.(*gapNode).text))
			_, _ = w.WriteString(`]</mark>`)
		}
		return ast.WalkSkipChildren, nil
	})
}

// tamer puts headings below the page's own, and leaves pictures out: the pages
// load nothing from other hosts.
type tamer struct{}

func (tamer) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var pictures []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Heading:
			if entering {
				n.Level = max(n.Level, 2)
			}
		case *ast.Image:
			if entering {
				pictures = append(pictures, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, p := range pictures {
		p.Parent().RemoveChild(p.Parent(), p)
	}
}
