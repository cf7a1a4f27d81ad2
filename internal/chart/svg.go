package chart

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dop251/goja"

	"github.com/mognad/mognad/internal/recent"
	"github.com/mognad/mognad/static"
)

// Renderer draws options as SVG. It is safe for concurrent use.
type Renderer struct {
	program func() ([]*goja.Program, error)
	slots   chan struct{} // one taken by each drawing under way
	mu      sync.Mutex
	idle    []*machine // the last used goes first, so that quiet times need one (some 30 MB each)
	drawn   *recent.Bytes
}

// cachedBytes is how much is kept of what has been drawn, some 1,000 charts.
const cachedBytes = 20 << 20

// timeLimit is far above the 40 ms that a drawing takes.
const timeLimit = 10 * time.Second

// New makes a renderer. The library is compiled when the first chart is drawn.
func New() (*Renderer, error) {
	return &Renderer{program: sync.OnceValues(compile), slots: make(chan struct{}, runtime.GOMAXPROCS(0)), drawn: recent.NewBytes(cachedBytes)}, nil
}

// Warm compiles the library, so that the first reader need not wait for it.
func (r *Renderer) Warm() error {
	_, err := r.program()
	return err
}

// nothing is left to do later when a chart has been drawn, so timers never fire.
const timers = "function setTimeout() { return 0; } function clearTimeout() {}"

func compile() ([]*goja.Program, error) {
	clock, err := goja.Compile("timers", timers, false)
	if err != nil {
		return nil, err
	}
	out := []*goja.Program{clock}
	for _, name := range []string{"vendor/echarts.js", "js/figure.js"} {
		source, err := static.FS.ReadFile(name)
		if err != nil {
			return nil, err
		}
		p, err := goja.Compile(name, string(source), false)
		if err != nil {
			return nil, fmt.Errorf("compile %s: %w", name, err)
		}
		out = append(out, p)
	}
	p, err := goja.Compile("draw", `function draw(option, width, height) {
		const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: width, height: height });
		try {
			mognadDraw(chart, JSON.parse(option), width, height);
			return chart.renderToSVGString();
		} finally { chart.dispose(); }
	}`, false)
	return append(out, p), err
}

// machine is one JavaScript runtime with ECharts loaded. One goroutine at a time.
type machine struct {
	vm   *goja.Runtime
	draw goja.Callable
}

func newMachine(programs []*goja.Program) (*machine, error) {
	vm := goja.New()
	for _, p := range programs {
		if _, err := vm.RunProgram(p); err != nil {
			return nil, err
		}
	}
	draw, ok := goja.AssertFunction(vm.Get("draw"))
	if !ok {
		return nil, fmt.Errorf("chart library has no draw function")
	}
	return &machine{vm, draw}, nil
}

// SVG draws an option made by this package, width × height units large, as an
// <svg> element to stand in a page: no script, no style of its own (a strict
// Content-Security-Policy holds), ids unlike those of other charts, and the
// chart's title for screen readers. The same option gives the same bytes.
func (r *Renderer) SVG(ctx context.Context, option []byte, width, height int) ([]byte, error) {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %s", width, height, option))
	key := hex.EncodeToString(sum[:])
	if svg, ok := r.drawn.Get(key); ok {
		return svg, nil
	}
	var o struct {
		Mognad layout `json:"mognad"`
	}
	if err := json.Unmarshal(option, &o); err != nil {
		return nil, fmt.Errorf("chart option: %w", err)
	}
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("draw chart: %w", ctx.Err())
	}
	// Another reader of the same page may have had it drawn while this one waited.
	if svg, ok := r.drawn.Get(key); ok {
		return svg, nil
	}
	raw, err := r.run(ctx, string(option), width, height)
	if err != nil {
		return nil, fmt.Errorf("draw chart: %w", err)
	}
	svg := []byte(tidy(raw, "c"+key[:8], o.Mognad.Label, width, height))
	r.drawn.Add(key, svg)
	return svg, nil
}

// run draws in a machine that nobody else uses. One that failed or was
// interrupted is not used again.
func (r *Renderer) run(ctx context.Context, option string, width, height int) (svg string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	m, err := r.machine()
	if err != nil {
		return "", err
	}
	limit := time.AfterFunc(timeLimit, func() { m.vm.Interrupt("took too long") })
	stop := context.AfterFunc(ctx, func() { m.vm.Interrupt(ctx.Err()) })
	v, err := m.draw(goja.Undefined(), m.vm.ToValue(option), m.vm.ToValue(width), m.vm.ToValue(height))
	inTime, wanted := limit.Stop(), stop()
	if err != nil {
		return "", err
	}
	svg = v.String()
	if inTime && wanted { // else an interruption may still be on its way
		r.mu.Lock()
		r.idle = append(r.idle, m)
		r.mu.Unlock()
	}
	return svg, nil
}

// machine takes the machine that was used last, or makes one.
func (r *Renderer) machine() (*machine, error) {
	r.mu.Lock()
	if last := len(r.idle) - 1; last >= 0 {
		m := r.idle[last]
		r.idle = r.idle[:last]
		r.mu.Unlock()
		return m, nil
	}
	r.mu.Unlock()
	programs, err := r.program()
	if err != nil {
		return nil, err
	}
	return newMachine(programs)
}

var (
	rootTag    = regexp.MustCompile(`^<svg[^>]*>`)
	styleTag   = regexp.MustCompile(`(?s)<style[^>]*>.*?</style>`)
	styleAttr  = regexp.MustCompile(` style="([^"]*)"`)
	otherAttrs = regexp.MustCompile(` (?:class|ecmeta_[a-z_]+)="[^"]*"`)
	ids        = regexp.MustCompile(`zr\d+-`)
)

// tidy makes ECharts' SVG fit to stand in a page, as SVG says.
func tidy(svg, prefix, label string, width, height int) string {
	svg = styleTag.ReplaceAllString(svg, "")
	svg = otherAttrs.ReplaceAllString(svg, "")
	svg = styleAttr.ReplaceAllStringFunc(svg, func(attr string) string {
		return attributes(html.UnescapeString(styleAttr.FindStringSubmatch(attr)[1]))
	})
	svg = ids.ReplaceAllString(svg, prefix+"-")
	root := fmt.Sprintf(`<svg class="m-chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="%s" role="img" aria-label="%s">`,
		width, height, html.EscapeString(fontFamily), html.EscapeString(label))
	return rootTag.ReplaceAllLiteralString(svg, root)
}

// attributes writes the declarations of a style attribute as attributes. The
// typeface is the same in all of a chart, and stands on its root.
func attributes(style string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(style, ";") {
		name, value, ok := strings.Cut(part, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch name {
		case "font-size", "font-weight", "fill", "stroke", "stroke-width", "opacity":
			if ok {
				b.WriteString(" " + name + `="` + html.EscapeString(value) + `"`)
			}
		case "font": // "600 12.5px family"
			for word := range strings.FieldsSeq(value) {
				if strings.HasSuffix(word, "px") {
					b.WriteString(` font-size="` + word + `"`)
				} else if _, err := strconv.Atoi(word); err == nil {
					b.WriteString(` font-weight="` + word + `"`)
				}
			}
		}
	}
	return b.String()
}
