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
)

const respondents = 64

// A save writes the response's own row and the item's, and so do the bare
// commits; those of whole responses are for comparison with a store that writes
// one at every save.
const (
	answerSize   = 120  // an answer with a comment of a line, sealed
	responseSize = 4096 // 36 of them
)

// saves measures answers saved over HTTP, durable, against bare commits of the
// same rows shared by as many writers, in turn.
func (b *bench) saves() error {
	ctx := context.Background()
	dir := filepath.Join(b.dir, "saves")
	w, err := openWorld(dir)
	if err != nil {
		return err
	}
	if err := w.open(ctx, respondents, 60); err != nil {
		return err
	}
	var links []string
	for inv, err := range w.round.Invitations(ctx, roundID) {
		if err != nil {
			return err
		}
		links = append(links, "/e/"+w.round.LinkToken(inv))
	}
	if err := w.store.Close(); err != nil {
		return err
	}
	addr, end, err := b.serve(dir)
	if err != nil {
		return err
	}
	defer end()
	part := time.Duration(b.seconds) * time.Second / 3
	var rates, bares, wholes, ninetyNines []float64
	for range 3 {
		bare, err := bareCommits(filepath.Join(b.dir, "bare.db"), saveRows, answerSize, part)
		if err != nil {
			return err
		}
		whole, err := bareCommits(filepath.Join(b.dir, "bare.db"), saveRows[1:], responseSize, part)
		if err != nil {
			return err
		}
		rate, p99, err := saveOverHTTP(addr, links, part)
		if err != nil {
			return err
		}
		bares, wholes, rates, ninetyNines = append(bares, bare), append(wholes, whole), append(rates, rate), append(ninetyNines, p99)
	}
	for _, s := range [][]float64{rates, bares, wholes, ninetyNines} {
		slices.Sort(s)
	}
	ratio := rates[1] / bares[1]
	b.add(fmt.Sprintf("Saves over HTTP by %d, of bare shared commits of the same rows", respondents),
		fmt.Sprintf("%.2f (%.0f/s of %.0f/s)", ratio, rates[1], bares[1]), "≥ 0.35", ratio >= 0.35)
	b.add("… of bare shared commits of whole responses of 4 kB", fmt.Sprintf("%.2f (of %.0f/s)", rates[1]/wholes[1], wholes[1]), "no promise", true)
	b.add("Saves over HTTP, 99th percentile", fmt.Sprintf("%.1f ms", ninetyNines[1]), "≤ 100 ms", ninetyNines[1] <= 100)
	return nil
}

// saveOverHTTP lets every respondent save one answer after the other, and
// returns saves a second and the 99th percentile in ms. The requests are written
// by hand: the generator shares the machine with what it measures.
func saveOverHTTP(addr string, links []string, d time.Duration) (rate, p99 float64, err error) {
	var wg sync.WaitGroup
	took := make([][]time.Duration, len(links))
	faults := make([]error, len(links))
	until := time.Now().Add(d)
	for i, link := range links {
		wg.Go(func() { took[i], faults[i] = saver(addr, link, until) })
	}
	wg.Wait()
	var all []time.Duration
	for i := range took {
		if faults[i] != nil {
			return 0, 0, faults[i]
		}
		all = append(all, took[i]...)
	}
	slices.Sort(all)
	return float64(len(all)) / d.Seconds(), all[len(all)*99/100].Seconds() * 1000, nil
}

func saver(addr, link string, until time.Time) (took []time.Duration, err error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	c := client{conn: conn, in: bufio.NewReader(conn)}
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
	for n := 0; time.Now().Before(until); n++ {
		body := fmt.Sprintf(`{"owner":"%s","item":"led.strategi.riktning","answer":"%d","comment":"Vi har en plan som gäller till %d."}`, owner[1], 1+n%5, 2026+n%9)
		request := fmt.Sprintf("POST /svara/spara HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", addr, c.cookie, len(body), body)
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
	conn   net.Conn
	in     *bufio.Reader
	cookie string
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

// saveRows are the upserts of one save: the response's own row, which counts
// its versions, and the item's.
var saveRows = []string{
	"INSERT INTO response (round, respondent, item, version, submitted, day) VALUES ('2026', ?1, '', 1, 0, '2026-11-03') ON CONFLICT DO UPDATE SET version = version + 1",
	"INSERT INTO response (round, respondent, item, sealed) VALUES ('2026', ?1, 'led.strategi.riktning', ?2) ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
}

// bareCommits is what SQLite does of the same rows with nothing around it:
// writers sharing commits, synced to disk.
func bareCommits(path string, upserts []string, size int, d time.Duration) (rate float64, err error) {
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
	jobs := make(chan bareSave, respondents)
	go func() {
		for first := range jobs {
			batch := []bareSave{first}
			for len(jobs) > 0 {
				batch = append(batch, <-jobs)
			}
			err := bareCommit(db, upserts, size, batch)
			for _, s := range batch {
				s.done <- err
			}
		}
	}()
	var wg sync.WaitGroup
	var count atomic.Int64
	faults := make([]error, respondents)
	until := time.Now().Add(d)
	for i := range respondents {
		wg.Go(func() {
			s := bareSave{fmt.Sprintf("%032d", i), make(chan error, 1)}
			for time.Now().Before(until) && faults[i] == nil {
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

func bareCommit(db *sql.DB, upserts []string, size int, batch []bareSave) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	sealed := make([]byte, size)
	for _, upsert := range upserts {
		stmt, err := tx.Prepare(upsert)
		if err != nil {
			return err
		}
		for i, s := range batch {
			sealed[i]++
			args := []any{s.respondent, sealed}[:strings.Count(upsert, "?")]
			if _, err := stmt.Exec(args...); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}
