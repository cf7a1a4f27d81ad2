package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"

	"github.com/gin-gonic/gin"
	"github.com/goccy/go-yaml"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/format"
	"github.com/mognad/mognad/internal/survey"
)

//go:embed templates
var templateFiles embed.FS

//go:embed texts
var textFiles embed.FS

// pages is every template in every language, parsed at start.
type pages struct {
	byLang    map[string]map[string]*template.Template // language → page → template
	texts     texts
	logGroups []string // what the log can be filtered by
}

// newPages reads templates/NAME.html, each with layout.html and the parts in
// templates/parts/, and texts/*.yaml.
func newPages(f *files) (*pages, error) {
	texts, err := readTexts(textFiles)
	if err != nil {
		return nil, err
	}
	p := &pages{byLang: map[string]map[string]*template.Template{}, texts: texts, logGroups: logGroupsOf(texts)}
	for _, lang := range []string{"sv", "en"} {
		funcs := functions(texts, f, lang)
		base, err := template.New("").Funcs(funcs).ParseFS(templateFiles, "templates/layout.html", "templates/parts/*.html")
		if err != nil {
			return nil, err
		}
		p.byLang[lang] = map[string]*template.Template{}
		names, err := fs.Glob(templateFiles, "templates/*.html")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			page := strings.TrimSuffix(path.Base(name), ".html")
			if page == "layout" {
				continue
			}
			t, err := template.Must(base.Clone()).ParseFS(templateFiles, name)
			own := template.New("").Funcs(funcs)
			for _, root := range []string{"layout", "paper"} { // those that fill is asked for
				if err == nil {
					err = used(t, own, root)
				}
			}
			if err != nil {
				return nil, err
			}
			p.byLang[lang][page] = own
		}
	}
	return p, nil
}

// used moves a template, and those that it uses, from one set to another: of the
// parts a page holds its own alone. All of them in every page are 100 MB.
func used(from, to *template.Template, name string) error {
	t := from.Lookup(name)
	if t == nil || to.Lookup(name) != nil {
		return nil // what is not there is told when the page is filled in
	}
	_, err := to.AddParseTree(name, t.Tree)
	for _, part := range namesIn(t.Tree.Root) {
		if err == nil {
			err = used(from, to, part)
		}
	}
	return err
}

// namesIn are the templates that a node calls for.
func namesIn(node parse.Node) (out []string) {
	switch n := node.(type) {
	case *parse.TemplateNode:
		return []string{n.Name}
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		for _, inner := range n.Nodes {
			out = append(out, namesIn(inner)...)
		}
	case *parse.IfNode:
		return append(namesIn(n.List), namesIn(n.ElseList)...)
	case *parse.RangeNode:
		return append(namesIn(n.List), namesIn(n.ElseList)...)
	case *parse.WithNode:
		return append(namesIn(n.List), namesIn(n.ElseList)...)
	}
	return out
}

// texts is every text of the interface: key → Swedish and English.
type texts map[string]survey.Text

func readTexts(files fs.FS) (texts, error) {
	names, err := fs.Glob(files, "texts/*.yaml")
	if err != nil {
		return nil, err
	}
	all := texts{}
	for _, name := range names {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		var some texts
		if err := yaml.UnmarshalWithOptions(content, &some, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for key, text := range some {
			if _, twice := all[key]; twice {
				return nil, fmt.Errorf("%s: text %q is there twice", name, key)
			}
			if text.SV == "" || text.EN == "" {
				return nil, fmt.Errorf("%s: text %q lacks a language", name, key)
			}
			all[key] = text
		}
	}
	return all, nil
}

// say returns the text with key in lang, args put in as fmt.Sprintf does.
func (t texts) say(lang, key string, args ...any) (string, error) {
	text, ok := t[key]
	if !ok {
		return "", fmt.Errorf("no text %q", key)
	}
	if len(args) == 0 {
		return text.In(lang), nil
	}
	return fmt.Sprintf(text.In(lang), args...), nil
}

// functions is what templates can call; all of them speak lang.
func functions(texts texts, f *files, lang string) template.FuncMap {
	return template.FuncMap{
		"t":       func(key string, args ...any) (string, error) { return texts.say(lang, key, args...) },
		"text":    func(t survey.Text) string { return t.In(lang) },
		"decimal": func(v float64) string { return format.Decimal(v, 1, lang) },
		"signed":  func(v float64) string { return format.Signed(v, 1, lang) },
		"percent": func(part, whole int) string { return format.Percent(part, whole, lang) },
		"count":   func(n int) string { return format.Count(n, lang) },
		"day":     func(day string) string { return format.Day(day, lang) },
		"date":    func(day string) string { return format.Date(day, lang) },
		"clock":   func(at string) string { return format.Clock(at, lang) },
		"weekday": func(day string) string { return format.Weekday(day, lang) },
		"joined":  func(words []string) string { return format.And(words, lang) },
		"file":    f.url,
		"segment": url.PathEscape, // one step of a path, whatever signs it has
		"add":     func(a, b int) int { return a + b },
		"sub":     func(a, b int) int { return a - b },
		// share is a length in an SVG, in per cent.
		"share": func(part, whole int) string {
			return strconv.FormatFloat(100*float64(part)/float64(max(whole, 1)), 'f', 1, 64)
		},
		"lower": strings.ToLower,
		"soft":  soft,
		// dict hands a part more than one value: key, value, key, value.
		"dict": func(pairs ...any) (map[string]any, error) {
			if len(pairs)%2 != 0 {
				return nil, fmt.Errorf("dict: a key without value")
			}
			m := map[string]any{}
			for i := 0; i < len(pairs); i += 2 {
				m[fmt.Sprint(pairs[i])] = pairs[i+1]
			}
			return m, nil
		},
	}
}

// view is what every template gets; Data is the page's own.
type view struct {
	Lang     string
	Path     string // of this page, for the way back after choosing a language
	Page     string // the template's name
	Demo     bool
	Owner    string // the kommun's name
	Identity access.Identity
	Nav      []navItem
	Data     any
}

// navItem is a link of the main menu that the signed-in person may follow.
type navItem struct {
	Key, Path string
	Current   bool
}

// door is a page that has a link to it, and what it takes to see the link.
type door struct {
	key, path string
	action    access.Action
}

// menu is the main menu.
var menu = []door{
	{"nav.result", "/resultat", access.ReadResults},
	{"nav.compare", "/jamfor", access.ReadResults},
	{"nav.trend", "/utveckling", access.ReadResults},
	{"nav.competence", "/kompetens", access.ReadResults},
	{"nav.audit", "/revision", access.ReadAudit},
	{"nav.register", "/register", access.ReadRegisters},
	{"nav.actions", "/atgarder", access.ReadActions},
	{"nav.round", "/omgangar", access.FollowRound},
	{"nav.admin", "/administration", access.ReadLog},
}

// adminDoors are the pages that stand on /administration, each with a sentence
// (its key and ".lead") that says what it is for.
var adminDoors = []door{
	{"nav.organisation", "/organisation", access.ManagePeople},
	{"nav.personal", "/personuppgifter", access.ManagePeople},
	{"nav.texts", "/texter", access.ManageTexts},
	{"nav.open", openDataPath, access.GiveOpenData},
	{"nav.accounts", "/behorigheter", access.ManageAccounts},
	{"nav.log", "/logg", access.ReadLog},
}

// doors returns those of some pages that the signed-in person may see.
func doors(of []door, id access.Identity, path string) (out []navItem) {
	for _, d := range of {
		if id.Has(d.action) {
			out = append(out, navItem{d.key, d.path, path == d.path || strings.HasPrefix(path, d.path+"/")})
		}
	}
	return out
}

// administration lists the pages for those who look after the installation.
func (s *Server) administration(c *gin.Context) {
	id, err := s.identity(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.render(c, http.StatusOK, "administration", doors(adminDoors, id, ""))
}

// render answers with a page.
func (s *Server) render(c *gin.Context, status int, page string, data any) {
	out, err := s.html(c, page, data)
	if err != nil {
		slog.ErrorContext(c, "template failed", "page", page, "err", err)
		if page != "fel" {
			s.failed(c, err)
			return
		}
		c.String(http.StatusInternalServerError, errOurs.SV)
		return
	}
	s.send(c, status, out)
}

func (s *Server) send(c *gin.Context, status int, html []byte) {
	c.Header("Content-Language", language(c))
	c.Writer.Header().Add("Vary", "Cookie") // beside what the compression says
	c.Data(status, "text/html; charset=utf-8", html)
}

// html fills in a page's template.
func (s *Server) html(c *gin.Context, page string, data any) ([]byte, error) {
	return s.fill(s.view(c, page, data), "layout")
}

// view is what a page's templates get.
func (s *Server) view(c *gin.Context, page string, data any) view {
	v := view{Lang: language(c), Path: c.Request.URL.RequestURI(), Page: page, Demo: s.config.Demo, Owner: s.owner(c), Data: data}
	v.Identity, _ = s.identity(c) // an error page must come through without the store
	if strings.HasPrefix(c.Request.URL.Path, "/svara") {
		v.Identity = access.Identity{} // one who answers is not shown another role's menu
	}
	v.Nav = doors(menu, v.Identity, c.Request.URL.Path)
	if slices.ContainsFunc(adminDoors, func(d door) bool { return strings.HasPrefix(c.Request.URL.Path, d.path) }) {
		for i := range v.Nav {
			v.Nav[i].Current = v.Nav[i].Path == "/administration"
		}
	}
	return v
}

// fill fills in one of the templates that a page has.
func (s *Server) fill(v view, template string) ([]byte, error) {
	var out bytes.Buffer
	err := s.pages.byLang[v.Lang][v.Page].ExecuteTemplate(&out, template, v)
	return out.Bytes(), err
}

// owner returns the name of the organisation's topmost unit; while the store is
// out of reach, as it was.
func (s *Server) owner(c *gin.Context) string {
	if !c.GetBool(outOfReachKey) {
		if name, err := s.store.Setting(c, "owner"); err == nil {
			s.ownerWas.Store(&name)
		}
	}
	if was := s.ownerWas.Load(); was != nil {
		return *was
	}
	return ""
}
