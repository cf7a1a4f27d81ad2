//go:build linux

package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mognad/mognad/internal/keys"
)

// browser keeps cookies and asks for compressed answers, whose size on the wire
// it counts.
type browser struct {
	client http.Client
	base   string
	pid    int // of the program it talks to, where that is measured
}

func newBrowser(addr string) (*browser, error) {
	jar, err := cookiejar.New(nil)
	return &browser{client: http.Client{Jar: jar, Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 32}}, base: "http://" + addr}, err
}

// get returns a page's body as it came, and its bytes on the wire with headers
// reckoned at what they take.
func (b *browser) get(path string, gzip bool) (body []byte, err error) {
	req, err := http.NewRequest(http.MethodGet, b.base+path, nil)
	if err != nil {
		return nil, err
	}
	if gzip {
		req.Header.Set("Accept-Encoding", "gzip")
	}
	res, err := b.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err = io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, res.Status)
	}
	return body, err
}

var linked = regexp.MustCompile(`(?:href|src)="(/static/[^"#]+)`)

// answering counts what the answering page costs a phone: everything on the
// first visit, the page alone on the next.
func (b *bench) answering() error {
	p := b.places("saves")[0]
	ring, err := keys.LoadOrCreate(filepath.Join(p.dir, "keys.txt"))
	if err != nil {
		return err
	}
	addr, _, end, err := b.serve(p)
	if err != nil {
		return err
	}
	defer end()
	br, err := newBrowser(addr)
	if err != nil {
		return err
	}
	if _, err := br.get("/e/"+ring.Token("answer", roundID+"/p0000001", 0), true); err != nil {
		return err
	}
	const page = "/svara/organisation/utveckling"
	html, err := br.get(page, false)
	if err != nil {
		return err
	}
	packed, err := br.get(page, true)
	if err != nil {
		return err
	}
	files := []string{}
	for _, m := range linked.FindAllStringSubmatch(string(html), -1) {
		if !slices.Contains(files, m[1]) {
			files = append(files, m[1])
		}
	}
	total := len(packed)
	for _, f := range files {
		body, err := br.get(strings.ReplaceAll(f, "&amp;", "&"), true)
		if err != nil {
			return err
		}
		total += len(body)
	}
	b.add("Answering page, first visit, all over the wire", fmt.Sprintf("%.0f kB in %d requests", float64(total)/1000, 1+len(files)), "≤ 130 kB, ≤ 8", total <= 130_000 && len(files) < 8)
	b.add("Answering page, the next: its own HTML over the wire", fmt.Sprintf("%.1f kB", float64(len(packed))/1000), "≤ 12 kB", len(packed) <= 12_000)
	return nil
}

// results reads the largest round's result page and the smallest's in turn.
func (b *bench) results() error {
	for i := range b.places("") {
		if err := b.resultsOf(i); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) resultsOf(store int) error {
	large := b.sizes[len(b.sizes)-1]
	kind := b.places("")[store].kind()
	var browsers []*browser
	for _, n := range []int{1000, large} {
		br, end, err := b.readerOf(b.world(n)[store])
		if err != nil {
			return err
		}
		defer end()
		browsers = append(browsers, br)
	}
	for _, path := range []string{"/resultat", "/resultat/f1", "/jamfor"} {
		var medians [2][]float64
		var worst float64
		for range 5 {
			for i, br := range browsers {
				took, err := concurrently(br, path, 16, 2*time.Second/5)
				if err != nil {
					return err
				}
				medians[i] = append(medians[i], took[len(took)/2])
				if i == 1 {
					worst = max(worst, took[len(took)*99/100])
				}
			}
		}
		for i := range medians {
			slices.Sort(medians[i])
		}
		ratio := medians[1][2] / medians[0][2]
		b.add(fmt.Sprintf("%s: %s of %d responses against 1000, 16 at once", kind, path, large), fmt.Sprintf("%.2f (%.1f ms)", ratio, medians[1][2]), "≤ 1.3", ratio <= 1.3)
		b.add(fmt.Sprintf("%s: %s of %d responses, 99th percentile", kind, path, large), fmt.Sprintf("%.1f ms", worst), "≤ 50 ms", worst <= 50)
	}
	return nil
}

// concurrently reads a page by so many at once, after one reading to warm up,
// and returns how long each took in ms, sorted.
func concurrently(br *browser, path string, readers int, d time.Duration) ([]float64, error) {
	if _, err := br.get(path, true); err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	var all []float64
	var failed error
	until := time.Now().Add(d)
	for range readers {
		wg.Go(func() {
			for time.Now().Before(until) {
				start := time.Now()
				_, err := br.get(path, true)
				ms := time.Since(start).Seconds() * 1000
				mu.Lock()
				all = append(all, ms)
				if err != nil {
					failed = err
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.Sort(all)
	return all, failed
}
