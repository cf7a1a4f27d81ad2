package web

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/survey"
)

func allTexts(t *testing.T) texts {
	t.Helper()
	all, err := readTexts(textFiles)
	check(t, err)
	return all
}

// call is one {{t "key" …}} of a template.
type call struct {
	file, key string
	args      int
}

// source is what the pages' templates and code say of texts.
type source struct {
	calls    *[]call
	words    map[string]bool // every string there is: keys, and patterns of keys
	literals map[string]bool // those of the templates
}

// readSource reads every template and every Go file of the package.
func readSource(t *testing.T) source {
	t.Helper()
	s := source{calls: new([]call), words: map[string]bool{}, literals: map[string]bool{}}
	for name, content := range templateSources(t) {
		trees := map[string]*parse.Tree{}
		tree := parse.New(name)
		tree.Mode = parse.SkipFuncCheck
		_, err := tree.Parse(content, "", "", trees)
		check(t, err)
		for _, tree := range trees {
			s.read(name, tree.Root)
		}
	}
	names, err := fs.Glob(os.DirFS("."), "*.go")
	check(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		check(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if word, err := strconv.Unquote(lit.Value); err == nil {
					s.words[word] = true
				}
			}
			return true
		})
	}
	return s
}

func templateSources(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	check(t, fs.WalkDir(templateFiles, "templates", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(templateFiles, name)
		out[name] = string(content)
		return err
	}))
	return out
}

// read collects the strings and the texts asked for in a template's node.
func (s source) read(file string, node parse.Node) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, c := range n.Nodes {
				s.read(file, c)
			}
		}
	case *parse.ActionNode:
		s.read(file, n.Pipe)
	case *parse.TemplateNode:
		s.read(file, n.Pipe)
	case *parse.IfNode:
		s.branch(file, &n.BranchNode)
	case *parse.RangeNode:
		s.branch(file, &n.BranchNode)
	case *parse.WithNode:
		s.branch(file, &n.BranchNode)
	case *parse.PipeNode:
		if n != nil {
			for i, c := range n.Cmds {
				s.command(file, c, i > 0)
			}
		}
	case *parse.StringNode:
		s.words[n.Text], s.literals[n.Text] = true, true
	}
}

func (s source) branch(file string, n *parse.BranchNode) {
	s.read(file, n.Pipe)
	s.read(file, n.List)
	s.read(file, n.ElseList)
}

func (s source) command(file string, n *parse.CommandNode, piped bool) {
	for _, arg := range n.Args {
		s.read(file, arg)
	}
	if id, ok := n.Args[0].(*parse.IdentifierNode); !ok || id.Ident != "t" || len(n.Args) < 2 {
		return
	}
	if key, ok := n.Args[1].(*parse.StringNode); ok {
		args := len(n.Args) - 2
		if piped {
			args++
		}
		*s.calls = append(*s.calls, call{file, key.Text, args})
	}
}

// composed returns what a string of the source says that keys look like, nil
// where it is no pattern: "round.state.%s" and "log.action.".
func composed(word string) *regexp.Regexp {
	if strings.ContainsAny(word, " /\n") || !strings.Contains(word, ".") || strings.HasPrefix(word, "%") || strings.HasPrefix(word, ".") {
		return nil
	}
	pattern := regexp.QuoteMeta(word)
	switch {
	case strings.HasSuffix(word, "."):
		pattern += `[a-z0-9_.]+`
	case strings.Contains(word, "%s"), strings.Contains(word, "%d"):
		pattern = strings.NewReplacer("%s", `[\p{Ll}0-9_ ]+`, "%d", `[0-9]+`).Replace(pattern)
	default:
		return nil
	}
	return regexp.MustCompile("^" + pattern + "$")
}

// TestTextsAreThoseThatAreUsed: every text that a template or a door asks for is
// there, with as many gaps as it is given words; and every text there is is
// asked for somewhere.
func TestTextsAreThoseThatAreUsed(t *testing.T) {
	all, s := allTexts(t), readSource(t)
	for _, c := range *s.calls {
		text, ok := all[c.key]
		if !ok {
			t.Errorf("%s asks for %q, which is not there", c.file, c.key)
			continue
		}
		if gaps := len(verbs(text.SV)); c.args != gaps {
			t.Errorf("%s gives %q %d words for %d gaps", c.file, c.key, c.args, gaps)
		}
	}
	if len(*s.calls) < 300 {
		t.Errorf("only %d texts are asked for", len(*s.calls))
	}
	var patterns []*regexp.Regexp
	for word := range s.words {
		if p := composed(word); p != nil {
			patterns = append(patterns, p)
		}
	}
	for _, d := range slices.Concat(menu, adminDoors) {
		if _, ok := all[d.key]; !ok {
			t.Errorf("the door to %s has no text %q", d.path, d.key)
		}
		s.words[d.key+".lead"] = true
	}
	for key := range all {
		if !s.words[key] && !slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(key) }) {
			t.Errorf("nothing asks for the text %q", key)
		}
	}
	// What the code names as a key, by its first words, is one.
	firsts := map[string]bool{}
	for key := range all {
		if parts := strings.Split(key, "."); len(parts) > 2 {
			firsts[parts[0]+"."+parts[1]] = true
		}
	}
	key := regexp.MustCompile(`^[a-z]+\.[a-z0-9_]+(\.[a-z0-9_]+)+$`)
	for word := range s.words {
		if parts := strings.Split(word, "."); key.MatchString(word) && firsts[parts[0]+"."+parts[1]] && all[word] == (survey.Text{}) && !strings.HasSuffix(word, ".lead") {
			t.Errorf("%q looks like a text, and there is none", word)
		}
	}
}

var verb = regexp.MustCompile(`%[-+#0]*(\[\d+\])?(\d+)?(\.\d+)?[a-zA-Z]`)

// verbs returns what stands in the gaps of a text, in order: kinds of fmt.
func verbs(text string) []string {
	return verb.FindAllString(strings.ReplaceAll(text, "%%", ""), -1)
}

// TestBothLanguagesHaveTheSameGaps, in the same order: a word that is given for
// one must not end up in the place of another.
func TestBothLanguagesHaveTheSameGaps(t *testing.T) {
	for key, text := range allTexts(t) {
		if sv, en := verbs(text.SV), verbs(text.EN); !slices.Equal(sv, en) {
			t.Errorf("%s: %q in Swedish, %q in English", key, sv, en)
		} else if len(sv) > 0 && (strings.Contains(verb.ReplaceAllString(strings.ReplaceAll(text.SV, "%%", ""), ""), "%") || strings.Contains(verb.ReplaceAllString(strings.ReplaceAll(text.EN, "%%", ""), ""), "%")) {
			t.Errorf("%s has a gap and a per cent that is not written %%%%", key)
		}
		if !utf8.ValidString(text.SV) || strings.TrimSpace(text.SV) != text.SV || strings.TrimSpace(text.EN) != text.EN {
			t.Errorf("%s has white space about it", key)
		}
	}
}

var templateAction = regexp.MustCompile(`(?s)\{\{.*?\}\}`)

// TestTemplatesHoldNoWords: what is read on a page comes from the catalogues.
func TestTemplatesHoldNoWords(t *testing.T) {
	word := regexp.MustCompile(`\pL{2,}`)
	names := []string{"Svenska", "English"}                                                 // of languages, in themselves
	address := regexp.MustCompile(`(?m)^\s*\x{b7}?/[a-z./-]+\x{b7}?\s*$|\b[a-z-]+="[^"]*"`) // or attributes, in a part of their own
	found := func(file, text string) {
		for _, w := range word.FindAllString(address.ReplaceAllString(html.UnescapeString(text), ""), -1) {
			if !slices.Contains(names, w) {
				t.Errorf("%s says %q", file, strings.TrimSpace(text))
				return
			}
		}
	}
	for file, content := range templateSources(t) {
		tokens := html.NewTokenizer(strings.NewReader(templateAction.ReplaceAllString(content, "\u00b7")))
		style := false
		for tokens.Next() != html.ErrorToken {
			token := tokens.Token()
			switch token.Type {
			case html.TextToken:
				if !style {
					found(file, token.Data)
				}
			case html.EndTagToken:
				style = false
			case html.StartTagToken, html.SelfClosingTagToken:
				style = token.Data == "style"
				for _, a := range token.Attr {
					if slices.Contains([]string{"alt", "title", "placeholder", "aria-label", "aria-description", "summary"}, a.Key) || a.Key == "data-l" {
						found(file, a.Val)
					}
				}
			}
		}
	}
	for word := range readSource(t).literals {
		if strings.ContainsAny(word, "åäöÅÄÖ") {
			t.Errorf("a template says %q", word)
		}
	}
}

// leftovers returns what a page in one language says in the other, by the
// catalogues and the questionnaires.
func leftovers(page, lang string, other []string) (out []string) {
	text, was := said(page, lang)
	if was != lang {
		out = append(out, fmt.Sprintf("<html lang=%q>", was))
	}
	for _, words := range other {
		if at := strings.Index(text, words); at >= 0 && !letterAt(text, at-1) && !letterAt(text, at+len(words)) {
			out = append(out, words)
		}
	}
	text = strings.ReplaceAll(text, "Sölvesborg", "") // a name, in either language
	strange := regexp.MustCompile(`[^\n]*\p{Latin}*[åäöÅÄÖ][^\n]*`)
	if lang == "sv" {
		strange = regexp.MustCompile(`[^\n]*\b(the|and|your|with|from|which)\b[^\n]*`)
	}
	return append(out, strange.FindAllString(text, 3)...)
}

func letterAt(text string, at int) bool {
	return at >= 0 && at < len(text) && (text[at] >= 0x80 || text[at]|0x20 >= 'a' && text[at]|0x20 <= 'z')
}

// said returns what a page says in its own language, a line each, and which
// language it says that it is in. What is marked as another language is left out.
func said(page, lang string) (text, was string) {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return err.Error(), ""
	}
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			fmt.Fprintln(&b, strings.Join(strings.Fields(strings.ReplaceAll(n.Data, "\u00ad", "")), " "))
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "lang" && n.Data == "html":
				was = a.Val
			case a.Key == "lang" && a.Val != lang, n.Data == "script":
				return
			case slices.Contains([]string{"alt", "title", "placeholder", "aria-label"}, a.Key):
				fmt.Fprintln(&b, strings.Join(strings.Fields(a.Val), " "))
			}
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(doc)
	return b.String(), was
}

// fragments returns what is said in a language and not in the other, long
// enough to be known again: texts cut at their gaps. What roles are called in
// Swedish is what the log calls them too.
func fragments(all []survey.Text, lang, other string) (out []string) {
	var own strings.Builder
	for _, text := range all {
		fmt.Fprintln(&own, text.In(other))
	}
	for _, text := range all {
		for _, part := range verb.Split(text.In(lang), -1) {
			if part = strings.Trim(part, " .,:;–()"); len(part) >= 8 && !slices.Contains(access.Roles, access.Role(part)) && !strings.Contains(own.String(), part) && !strings.Contains(part, "\n") {
				out = append(out, part)
			}
		}
	}
	return out
}

// TestPagesSpeakOneLanguage: every page, as everybody, in Swedish has no English
// and in English no Swedish, but for what is marked as the other.
func TestPagesSpeakOneLanguage(t *testing.T) {
	s := newSiege(t)
	var all []survey.Text
	for _, text := range allTexts(t) {
		all = append(all, text)
	}
	for _, q := range s.set.Questionnaires {
		all = append(all, q.Title, q.Purpose)
		for _, it := range q.Items {
			all = append(all, it.Text, it.Help)
		}
	}
	other := map[string][]string{"sv": fragments(all, "en", "sv"), "en": fragments(all, "sv", "en")}
	pages, told := 0, map[string]bool{}
	for _, a := range s.walk(t) {
		if !a.html() || a.route == "/revision/exempel" && a.lang == "en" { // which names documents as they are called
			continue
		}
		pages++
		if got := a.header.Get("Content-Language"); got != a.lang {
			t.Errorf("%v: Content-Language is %q", a, got)
		}
		for _, words := range leftovers(a.body, a.lang, other[a.lang]) {
			if place := a.route + words; !told[place] {
				told[place] = true
				t.Errorf("%v says %q", a, words)
			}
		}
	}
	if pages < 100 {
		t.Errorf("only %d pages", pages)
	}
}

// TestLeftoversAreFound: the check above fails where it should.
func TestLeftoversAreFound(t *testing.T) {
	page := func(lang, text string) string {
		return `<!doctype html><html lang="` + lang + `"><body>` + text + `</body></html>`
	}
	for _, c := range []struct {
		lang, page string
		want       int
	}{
		{"en", page("en", "<p>Results</p>"), 0}, {"en", page("en", "<p>Mätomgång</p>"), 1}, {"en", page("en", "<p>Visa resultat</p>"), 1}, {"en", page("sv", "<p>Results</p>"), 1},
		{"en", page("en", `<img alt="Fråga">`), 1}, {"en", page("en", `<a lang="sv">Språk på svenska</a>`), 0}, {"sv", page("sv", "<p>what the round is</p>"), 1}, {"sv", page("sv", "<p>åäö</p>"), 0},
		{"en", page("en", "<p>Visa resultaten</p>"), 0},
	} {
		if got := leftovers(c.page, c.lang, []string{"Visa resultat"}); len(got) != c.want {
			t.Errorf("%s in %s: %q", c.page, c.lang, got)
		}
	}
}
