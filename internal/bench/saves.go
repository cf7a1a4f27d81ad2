//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the same engine without the program around it

	"github.com/mognad/mognad/internal/keys"
)

const respondents = 64

// bareLoad is what SQLite is given with nothing around it.
type bareLoad struct {
	upserts []string // of ?1, a respondent, and ?2, something sealed
	size    int      // of what is sealed
	fresh   bool     // a new respondent every time
}

// The bare commits that the promise names are of whole responses, as a round
// fills with them. The others write again and again what these saves write again
// and again: the response's own row, which counts its versions, and an answer's.
var (
	wholeResponses = bareLoad{[]string{saveRows[1]}, 4096, true}
	sameRows       = bareLoad{saveRows, 33, false}
	saveRows       = []string{
		"INSERT INTO response (round, respondent, item, version, submitted, day) VALUES ('2026', ?1, '', 1, 0, '2026-11-03') ON CONFLICT DO UPDATE SET version = version + 1",
		"INSERT INTO response (round, respondent, item, sealed) VALUES ('2026', ?1, 'led.strategi.riktning/answer', ?2) ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
	}
)

// saves measures answers saved over HTTP, durable, against bare commits shared
// by as many writers, in turn; in each store, by the crowd and by four times it.
func (b *bench) saves() error {
	for _, p := range b.places("saves") {
		links, err := openToAll(p)
		if err != nil {
			return err
		}
		addr, _, end, err := b.serve(p)
		if err != nil {
			return err
		}
		err = errors.Join(b.savesBy(p, addr, links[:respondents]), b.savesBy(p, addr, links))
		end()
		if err != nil {
			return err
		}
	}
	return nil
}

// openToAll opens a round to everybody, and returns the paths of their links.
func openToAll(p place) (links []string, err error) {
	ctx := context.Background()
	w, err := openWorld(p)
	if err != nil {
		return nil, err
	}
	if err := w.open(ctx, 4*respondents, 60); err != nil {
		return nil, err
	}
	for inv, err := range w.round.Invitations(ctx, roundID) {
		if err != nil {
			return nil, err
		}
		links = append(links, "/e/"+w.round.LinkToken(inv))
	}
	return links, w.store.Close()
}

// bare is what the database does with nothing around it.
type bare struct {
	what    string
	commits func(writers int, d time.Duration) (rate float64, err error)
	least   float64 // promised of it over HTTP; 0 for no promise
}

func (b *bench) bares(p place) []bare {
	if p.store != "" {
		return []bare{{"of the bare driver's changes", func(writers int, d time.Duration) (float64, error) { return bareChanges(p.store, writers, d) }, 0.6}}
	}
	in := filepath.Join(b.dir, "bare.db")
	return []bare{
		{"of bare shared commits of responses", func(writers int, d time.Duration) (float64, error) { return wholeResponses.commits(in, writers, d) }, 0.4},
		{"of bare shared commits that change the same few rows", func(writers int, d time.Duration) (float64, error) { return sameRows.commits(in, writers, d) }, 0},
	}
}

func (b *bench) savesBy(p place, addr string, links []string) error {
	part := time.Duration(b.seconds) * time.Second / 3
	bares := b.bares(p)
	rates, limits, ninetyNines := []float64{}, make([][]float64, len(bares)), []float64{}
	for range 3 {
		for i, l := range bares {
			rate, err := l.commits(len(links), part)
			if err != nil {
				return err
			}
			limits[i] = append(limits[i], rate)
		}
		rate, p99, err := saveOverHTTP(addr, links, part)
		if err != nil {
			return err
		}
		rates, ninetyNines = append(rates, rate), append(ninetyNines, p99)
	}
	rate, p99 := median(rates), median(ninetyNines)
	for i, l := range bares {
		ratio, target := rate/median(limits[i]), "no promise"
		if l.least > 0 {
			target = fmt.Sprintf("≥ %.2g", l.least)
		}
		b.add(fmt.Sprintf("%s: saves over HTTP by %d, %s", p.kind(), len(links), l.what), fmt.Sprintf("%.2f (%.0f/s of %.0f/s)", ratio, rate, median(limits[i])), target, ratio >= l.least)
	}
	target := "no promise"
	if len(links) == respondents && p.store == "" {
		target = "≤ 100 ms"
	}
	b.add(fmt.Sprintf("%s: saves over HTTP by %d, 99th percentile", p.kind(), len(links)), fmt.Sprintf("%.1f ms", p99), target, target == "no promise" || p99 <= 100)
	return nil
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// saveOverHTTP lets every respondent open the link and a page, and then save one
// answer after the other for so long; it returns saves a second and the 99th
// percentile in ms. The requests are written by hand: the generator shares the
// machine with what it measures.
func saveOverHTTP(addr string, links []string, d time.Duration) (rate, p99 float64, err error) {
	clients, faults := make([]*client, len(links)), make([]error, len(links))
	took := make([][]time.Duration, len(links))
	together := func(do func(i int)) error {
		var wg sync.WaitGroup
		for i := range links {
			wg.Go(func() { do(i) })
		}
		wg.Wait()
		return errors.Join(faults...)
	}
	if err := together(func(i int) { clients[i], faults[i] = arrive(addr, links[i]) }); err != nil {
		return 0, 0, err
	}
	until := time.Now().Add(d)
	err = together(func(i int) {
		took[i], faults[i] = clients[i].saves(until)
		clients[i].conn.Close()
	})
	if err != nil {
		return 0, 0, err
	}
	all := slices.Concat(took...)
	slices.Sort(all)
	return float64(len(all)) / d.Seconds(), all[len(all)*99/100].Seconds() * 1000, nil
}

// arrive follows a personal link and opens a page to answer on.
func arrive(addr, link string) (*client, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &client{addr: addr, conn: conn, in: bufio.NewReader(conn)}
	if _, err := c.do("GET " + link + " HTTP/1.1\r\nHost: " + addr + "\r\n\r\n"); err != nil {
		return nil, err
	}
	page, err := c.do("GET /svara/ledning/strategi HTTP/1.1\r\nHost: " + addr + "\r\nCookie: " + c.cookie + "\r\n\r\n")
	if err != nil {
		return nil, err
	}
	owner := ownerOf.FindSubmatch(page)
	if owner == nil {
		return nil, fmt.Errorf("%s: no page to answer on: %.200s", link, page)
	}
	c.owner = string(owner[1])
	return c, nil
}

// saves answers until then, and returns how long each save took.
func (c *client) saves(until time.Time) (took []time.Duration, err error) {
	for n := 0; time.Now().Before(until); n++ {
		body := fmt.Sprintf(`{"owner":"%s","item":"led.strategi.riktning","answer":"%d"}`, c.owner, 1+n%5)
		request := fmt.Sprintf("POST /svara/spara HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", c.addr, c.cookie, len(body), body)
		start := time.Now()
		if answer, err := c.do(request); err != nil {
			return nil, err
		} else if !bytes.Contains(answer, []byte(`"saved_at"`)) {
			return nil, fmt.Errorf("save: %s", answer)
		}
		took = append(took, time.Since(start))
	}
	return took, nil
}

var ownerOf = regexp.MustCompile(`data-owner="([^"]+)"`)

// client is as much of HTTP/1.1 as is needed to hear what the service answers:
// it takes less of the machine that it shares with the service than net/http.
type client struct {
	addr   string
	conn   net.Conn
	in     *bufio.Reader
	cookie string
	owner  string // whose pages they are
	body   []byte
}

// do sends a request and returns the answer's body, which is good until the next.
func (c *client) do(request string) ([]byte, error) {
	if _, err := io.WriteString(c.conn, request); err != nil {
		return nil, err
	}
	length := 0
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch string(name) {
		case "Content-Length":
			if length, err = strconv.Atoi(string(value)); err != nil {
				return nil, err
			}
		case "Transfer-Encoding":
			return nil, errors.New("an answer of unknown length")
		case "Set-Cookie":
			c.cookie, _, _ = strings.Cut(string(value), ";")
		}
	}
	c.body = slices.Grow(c.body[:0], length)[:length]
	_, err := io.ReadFull(c.in, c.body)
	return c.body, err
}

// commits makes as many writers share commits, synced to disk, and returns how
// many saves a second they had.
func (l bareLoad) commits(path string, writers int, d time.Duration) (rate float64, err error) {
	defer func() {
		for _, file := range []string{path, path + "-wal", path + "-shm"} {
			os.Remove(file)
		}
	}()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE response (round TEXT, respondent TEXT, item TEXT, version INTEGER, submitted INTEGER, day TEXT, sealed BLOB,
		PRIMARY KEY (round, respondent, item)) WITHOUT ROWID`); err != nil {
		return 0, err
	}
	jobs := make(chan bareSave, writers)
	go func() {
		for first := range jobs {
			batch := []bareSave{first}
			for len(jobs) > 0 {
				batch = append(batch, <-jobs)
			}
			err := l.commit(db, batch)
			for _, s := range batch {
				s.done <- err
			}
		}
	}()
	var wg sync.WaitGroup
	var count atomic.Int64
	faults := make([]error, writers)
	until := time.Now().Add(d)
	for i := range writers {
		wg.Go(func() {
			s := bareSave{keys.Random(), make(chan error, 1)}
			for time.Now().Before(until) && faults[i] == nil {
				if l.fresh {
					s.respondent = keys.Random()
				}
				jobs <- s
				faults[i] = <-s.done
				count.Add(1)
			}
		})
	}
	wg.Wait()
	close(jobs)
	return float64(count.Load()) / d.Seconds(), errors.Join(faults...)
}

type bareSave struct {
	respondent string
	done       chan error
}

func (l bareLoad) commit(db *sql.DB, batch []bareSave) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	sealed := make([]byte, l.size)
	for _, upsert := range l.upserts {
		stmt, err := tx.Prepare(upsert)
		if err != nil {
			return err
		}
		for i, s := range batch {
			sealed[i%len(sealed)]++
			args := []any{s.respondent, sealed}[:strings.Count(upsert, "?")]
			if _, err := stmt.Exec(args...); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}
