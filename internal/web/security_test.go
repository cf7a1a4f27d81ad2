package web

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/round"
)

// always are the headers of every answer, whatever it is.
var always = map[string]string{
	"Content-Security-Policy":      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), microphone=(), geolocation=()",
}

// openFiles are the routes whose answers pages of other sites may read: what is
// given to everybody.
var openFiles = []string{openDataPath + "/katalog.jsonld", openDataPath + "/:round/:file"}

func headersOf(t *testing.T, a answered) {
	t.Helper()
	toAll := slices.Contains(openFiles, a.route) && a.status == http.StatusOK
	for name, want := range always {
		if toAll && name == "Cross-Origin-Resource-Policy" {
			want = "cross-origin"
		}
		if got := a.header.Get(name); got != want {
			t.Errorf("%v: %s is %q", a, name, got)
		}
	}
	if toAll {
		a.header = a.header.Clone()
		if got := a.header.Values("Access-Control-Allow-Origin"); len(got) != 1 || got[0] != "*" || a.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%v: not to all: %v", a, a.header)
		}
		a.header.Del("Access-Control-Allow-Origin")
	}
	for _, name := range []string{"Access-Control-Allow-Origin", "Server", "X-Powered-By"} {
		if got := a.header.Get(name); got != "" {
			t.Errorf("%v: %s is %q", a, name, got)
		}
	}
	if kind := a.header.Get("Content-Type"); a.body != "" && kind == "" || strings.HasPrefix(kind, "text/html") && kind != "text/html; charset=utf-8" {
		t.Errorf("%v: of the type %q", a, kind)
	}
}

// TestEveryPageStandsAgainstWhatWasWritten walks every route as everybody, where
// every name and free text means harm: no page runs, loads or leads to anything
// of it, every answer has its headers, and what is about people is not kept by
// the browser.
func TestEveryPageStandsAgainstWhatWasWritten(t *testing.T) {
	s := newSiege(t)
	pages, marked := 0, map[string]bool{}
	for _, a := range s.walk(t) {
		headersOf(t, a)
		if a.status >= 500 {
			t.Errorf("%v", a)
		}
		if strings.Contains(a.body, sign) {
			marked[a.route] = true
			// What the owner's name is on is all pages; more than that is of people.
			if open := slices.Contains(openRoutes, a.method+" "+a.route); !open && a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%v: Cache-Control is %q", a, a.header.Get("Cache-Control"))
			}
		}
		if !a.html() {
			if strings.HasPrefix(a.header.Get("Content-Type"), "application/json") && !json.Valid([]byte(a.body)) {
				t.Errorf("%v is no JSON: %s", a, a.body)
			}
			continue
		}
		pages++
		for _, h := range harm(a.body) {
			t.Errorf("%v has %s", a, h)
		}
		for _, secret := range s.secrets {
			if strings.Contains(a.body, secret) && !strings.Contains(a.route, "/brev") && !strings.HasSuffix(a.route, "/personer/:person") {
				t.Errorf("%v tells a token", a)
			}
		}
		if strings.ContainsRune(a.body, 0) {
			t.Errorf("%v has a NUL", a)
		}
	}
	if pages < 100 || len(marked) < 15 {
		t.Errorf("of %d pages only %d kinds have the hostile text: %v", pages, len(marked), marked)
	}
}

// TestHarmIsFound: the check of the test above fails where it should.
func TestHarmIsFound(t *testing.T) {
	for _, page := range []string{`<p onclick=x>`, `<p style="x">`, `<style>p{}</style>`, `<script>1</script>`, `<script src="https://x/"></script>`, `<a href="javascript:x">`,
		`<a href=" JavaScript:x">`, `<a href="//other.example/">`, `<iframe srcdoc="">`, `<svg onload=x>`, `<svg><set>`, `<base href="/">`, `<meta http-equiv=refresh content=0>`,
		`<form action="https://x">`, `<!-- x -->`, `<link rel=stylesheet href="https://x">`, `<p x"y=1>`, hostile} {
		if len(harm("<!doctype html>"+page)) == 0 {
			t.Errorf("%s passes", page)
		}
	}
	if got := harm(`<!doctype html><a href="/x?y=1#z">a</a><a href="mailto:a@b.example">b</a><script src="/static/js/x.js" defer></script><script type="application/json">{}</script>`); len(got) > 0 {
		t.Errorf("found %v", got)
	}
}

// TestHeadersOfEveryKindOfAnswer: also of those that no route makes.
func TestHeadersOfEveryKindOfAnswer(t *testing.T) {
	s := newSiege(t)
	nobody := stranger{name: "nobody"}
	for _, c := range []struct {
		name, method, path string
		headers            map[string]string
		status             int
	}{
		{"page", "GET", "/logga-in", nil, 200}, {"no page", "GET", "/finns-inte", nil, 404}, {"no such file", "GET", "/static/x.css", nil, 404},
		{"file", "GET", "/static/css/mognad.css", nil, 200}, {"file that is kept", "GET", "/static/css/mognad.css", map[string]string{"If-None-Match": `"` + s.files.version["css/mognad.css"] + `"`}, 304},
		{"redirect", "GET", "/", nil, 303}, {"sign in first", "GET", "/omgangar", nil, 401}, {"JSON", "GET", "/api/v1/openapi.json", nil, 200},
		{"JSON of a fault", "GET", "/api/v1/rounds/2025/results", nil, 401}, {"bad link", "GET", "/e/x", nil, 404}, {"bad link to sign in", "GET", "/in/x", nil, 404},
		{"method that no route has", "DELETE", "/omgangar", nil, 404}, {"TRACE", "TRACE", "/logga-in", nil, 404}, {"OPTIONS", "OPTIONS", "/svara/spara", map[string]string{"Origin": "https://other.example"}, 404},
		{"from another site", "POST", "/logga-ut", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403}, {"health", "GET", "/healthz", nil, 200}, {"metrics", "GET", "/metrics", nil, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := s.ask(c.method, c.path, nobody, "sv", nil, c.headers)
			headersOf(t, a)
			if a.status != c.status {
				t.Errorf("%v, want %d", a, c.status)
			}
			if a.header.Get("Strict-Transport-Security") != "" {
				t.Error("over http says that https must be used")
			}
		})
	}
	s.config.BaseURL = &url.URL{Scheme: "https", Host: "mognad.example"}
	for _, path := range []string{"/logga-in", "/finns-inte", "/static/css/mognad.css"} {
		if got := s.ask("GET", path, nobody, "sv", nil, nil).header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
			t.Errorf("%s over https: Strict-Transport-Security is %q", path, got)
		}
	}
}

// TestOtherSitesAreRefusedEverywhere: what a page of another site makes the
// browser send is refused on every route that changes something, whoever is
// signed in, however the browser tells it.
func TestOtherSitesAreRefusedEverywhere(t *testing.T) {
	s := newSiege(t)
	routes := 0
	for _, r := range s.routes() {
		if r.method != http.MethodPost {
			continue
		}
		routes++
		path := filled(t, r.path, s.parameters())[0]
		for _, who := range s.people {
			for _, headers := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://other.example"}, {"Origin": "null"},
				{"Sec-Fetch-Site": "cross-site", "Origin": "http://example.com", "Sec-Fetch-Mode": "navigate"}} {
				a := s.ask(r.method, path, who, "sv", url.Values{"x": {"y"}}, headers)
				if a.status != http.StatusForbidden || !strings.Contains(a.body, "en annan webbplats") || a.header.Get("Set-Cookie") != "" {
					t.Errorf("%v with %v: %s", a, headers, a.body)
				}
			}
		}
	}
	if routes < 8 {
		t.Errorf("only %d routes change anything", routes)
	}
	// The same from our own pages comes through to the rule of the route.
	if a := s.ask("POST", "/logga-ut", stranger{}, "sv", nil, map[string]string{"Sec-Fetch-Site": "same-origin"}); a.status != http.StatusSeeOther {
		t.Errorf("%v", a)
	}
}

// TestLogHasNoLineOfAStranger walks everything with line breaks and control
// characters in all that can be sent: every line of the log is one of ours, and
// none has a token, a name, an address or an answer.
func TestLogHasNoLineOfAStranger(t *testing.T) {
	s := newSiege(t)
	s.walk(t)
	form := url.Values{}
	for _, name := range []string{"id", "name", "email", "person", "unit", "top", "role", "opens_on", "closes_on", "min_group", "mode", "item", "answer", "comment", "text", "title", "account", "till"} {
		form.Set(name, hostileLine)
	}
	parameters := s.parameters()
	for name := range parameters {
		parameters[name] = append(parameters[name], url.PathEscape(hostileLine))
	}
	odd := map[string]string{"User-Agent": sign + " level=ERROR", "X-Forwarded-For": sign, "Referer": "https://" + sign, "Accept-Language": sign}
	for _, who := range s.people {
		for _, r := range s.routes() {
			if strings.Contains(r.path, "/logga-ut") {
				continue // what follows would be asked by nobody
			}
			for _, path := range filled(t, strings.Replace(r.path, "*file", url.PathEscape(hostileLine), 1), parameters) {
				if strings.Contains(path, sign) || strings.Contains(path, "%") || r.method == http.MethodPost && who.name == "samordnare" {
					s.ask(r.method, path+"?till="+url.QueryEscape(hostileLine), who, "sv", form, odd)
				}
			}
		}
	}
	s.ask("POST", "/logga-ut", stranger{}, "sv", form, map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": sign + " x"})
	line := regexp.MustCompile(`^time=\S+ level=(DEBUG|INFO|WARN|ERROR) msg=`)
	lines, failed := 0, 0
	for text := range strings.Lines(s.log.String()) {
		lines++
		if !line.MatchString(text) || strings.ContainsFunc(strings.TrimSuffix(text, "\n"), func(r rune) bool { return r < ' ' || r == 0x85 || r == 0x2028 || r == 0x202e }) {
			t.Errorf("a line of the log is %q", text)
		}
		if strings.Contains(text, sign) && !strings.Contains(text, "cross-site request refused") {
			t.Errorf("the log tells what was sent or stored: %s", text)
		}
		for _, secret := range s.secrets {
			if strings.Contains(text, secret) {
				t.Errorf("the log tells a token: %s", text)
			}
		}
		if failed < 20 && (strings.Contains(text, "msg=panic") || strings.Contains(text, "template failed")) {
			failed++
			t.Errorf("%s", text)
		}
	}
	if lines < 500 {
		t.Errorf("only %d lines", lines)
	}
}

// TestCookiesAreForThisHostAlone, out of reach of scripts, and over https never
// sent in the clear.
func TestCookiesAreForThisHostAlone(t *testing.T) {
	for _, scheme := range []string{"http", "https"} {
		s := newSiege(t)
		s.config.BaseURL = &url.URL{Scheme: scheme, Host: "mognad.example"}
		inv, err := s.store.Invitation(t.Context(), "2027", "u1p1")
		check(t, err)
		set := 0
		for _, path := range []string{"/e/" + s.rounds.LinkToken(inv), "/sprak/en"} {
			a := s.ask("GET", path, stranger{}, "sv", nil, nil)
			for _, c := range (&http.Response{Header: a.header}).Cookies() {
				set++
				if strings.HasPrefix(c.Name, "__Host-") != c.Secure {
					t.Errorf("%s: named %s", scheme, c.Name)
				}
				if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != (scheme == "https") || c.MaxAge <= 0 {
					t.Errorf("%s: %v", scheme, c)
				}
			}
			if a.status != http.StatusSeeOther || strings.Contains(a.header.Get("Location"), "/e/") {
				t.Errorf("%v leads to %q", a, a.header.Get("Location"))
			}
		}
		if set != 2 {
			t.Errorf("%s: %d cookies", scheme, set)
		}
		// One that was planted in the clear is not known over https.
		who := s.people[slices.IndexFunc(s.people, func(p stranger) bool { return p.name == "samordnare" })]
		if a := s.ask("GET", "/omgangar", who, "sv", nil, nil); (a.status == http.StatusOK) != (scheme == "http") {
			t.Errorf("%s: %v", scheme, a)
		}
	}
}

// TestHostHeaderIsNotBelieved: where a request says that it is going decides no
// link and no redirect.
func TestHostHeaderIsNotBelieved(t *testing.T) {
	s := newSiege(t)
	for _, who := range s.people {
		for _, path := range []string{"/", "/logga-in", "/omgangar", "/omgangar/2027", "/omgangar/2027/personer/u1p1", "/svara", "/sprak/en?till=/om/hjalp", "/resultat", "/favicon.ico", "/finns-inte"} {
			q := httptest.NewRequest(http.MethodGet, path, nil)
			q.Host = "other.example"
			q.Header.Set("X-Forwarded-Host", "other.example")
			q.Header.Set("Forwarded", "host=other.example")
			for _, c := range who.cookies {
				q.AddCookie(c)
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, q)
			if strings.Contains(w.Body.String(), "other.example") || strings.Contains(w.Header().Get("Location"), "other.example") {
				t.Errorf("%s: %s goes to the host that the request named", who.name, path)
			}
		}
	}
}

// TestNoFileBeyondStatic is over the wire, where an address comes as it was sent.
func TestNoFileBeyondStatic(t *testing.T) {
	k := newKommun(t, round.Confidential)
	address := strings.TrimPrefix(k.url, "http://")
	for _, path := range []string{"/static/../routes.go", "/static/..%2f..%2fgo.mod", "/static/%2e%2e/%2e%2e/go.mod", "/static/....//....//etc/passwd", "/static//etc/passwd", "/static/..\\..\\go.mod",
		"/static/css/../../../../etc/passwd", "/static/css%00.css", "/static/", "/static/css", "/static/css/", "/static", "/.git/config", "/keys.txt", "/static/.", "/static/%252e%252e/go.mod"} {
		if status, _ := raw(t, address, "GET "+path+" HTTP/1.1\r\nHost: "+address+"\r\nConnection: close\r\n\r\n"); status < 300 {
			t.Errorf("%s: %d", path, status)
		}
	}
	for _, request := range []string{"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\nGET /x", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
		"POST /logga-ut HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\nConnection: close\r\n\r\nabcde", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\x00\r\nConnection: close\r\n\r\n"} {
		if status, n := raw(t, address, request); status >= 500 || n > 1 {
			t.Errorf("%q is answered %d, %d times", request, status, n)
		}
	}
}

// raw sends bytes and returns the first answer's status, and how many answers
// came.
func raw(t *testing.T, address, request string) (status, answers int) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	check(t, err)
	defer conn.Close()
	check(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = io.WriteString(conn, request)
	check(t, err)
	in := bufio.NewReader(conn)
	for {
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			return status, answers
		}
		answers++
		if answers == 1 {
			status = res.StatusCode
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
}

// TestBodiesHaveALimit: more than any form of ours sends is refused, told of,
// and changes nothing.
func TestBodiesHaveALimit(t *testing.T) {
	v := newKommun(t, round.Confidential).arrive("2025", "chef")
	long := strings.Repeat("x", maxBody+1)
	for _, c := range []struct{ path, kind, body string }{
		{"/svara/spara", "application/json", `{"item":"led.strategi.plan","answer":"3","comment":"` + long + `"}`},
		{"/svara/spara", "application/x-www-form-urlencoded", "item=led.strategi.plan&answer=3&comment=" + long},
		{"/svara/ledning/strategi", "application/x-www-form-urlencoded", "led.strategi.plan=3&x=" + long},
	} {
		res := v.send(http.MethodPost, c.path, c.kind, c.body)
		if page := bodyOf(t, res); res.StatusCode != http.StatusUnprocessableEntity && res.StatusCode != http.StatusNotFound || len(page) > 100<<10 {
			t.Errorf("%s of %d bytes as %s: %d, %d bytes back", c.path, len(c.body), c.kind, res.StatusCode, len(page))
		}
	}
	if got := v.own("led.strategi.plan"); got.Answer != "" || got.Comment != "" {
		t.Errorf("kept %+v", got)
	}
}
