package main

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the same engine without the program around it
)

const respondents = 64

// The bare commits are of whole responses, which is what a store that keeps a
// document a response writes at every save; and, for comparison, of the single
// answers that ours writes.
const (
	responseSize = 4096
	answerSize   = 80
)

// saves measures answers saved over HTTP, durable, against bare commits of
// responses shared by as many writers, in turn.
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
	var rates, bares, rows, ninetyNines []float64
	for range 3 {
		bare, err := bareCommits(filepath.Join(b.dir, "bare.db"), responseSize, time.Duration(b.seconds)*time.Second/3)
		if err != nil {
			return err
		}
		row, err := bareCommits(filepath.Join(b.dir, "bare.db"), answerSize, time.Duration(b.seconds)*time.Second/3)
		if err != nil {
			return err
		}
		rows = append(rows, row)
		rate, p99, err := saveOverHTTP(addr, links, time.Duration(b.seconds)*time.Second/3)
		if err != nil {
			return err
		}
		bares, rates, ninetyNines = append(bares, bare), append(rates, rate), append(ninetyNines, p99)
	}
	for _, s := range [][]float64{rates, bares, rows, ninetyNines} {
		slices.Sort(s)
	}
	ratio := rates[1] / bares[1]
	b.add(fmt.Sprintf("Saves over HTTP by %d respondents, of bare shared commits of responses", respondents),
		fmt.Sprintf("%.2f (%.0f/s of %.0f/s)", ratio, rates[1], bares[1]), "≥ 0.35", ratio >= 0.35)
	b.add("… of bare shared commits of single answers, for comparison", fmt.Sprintf("%.2f (of %.0f/s)", rates[1]/rows[1], rows[1]), "no promise", true)
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
	in := bufio.NewReader(conn)
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", link, addr)
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		return nil, err
	}
	io.Copy(io.Discard, res.Body)
	if len(res.Cookies()) == 0 {
		return nil, fmt.Errorf("%s: no session: %s", link, res.Status)
	}
	cookie := res.Cookies()[0]
	for n := 0; time.Now().Before(until); n++ {
		body := fmt.Sprintf(`{"item":"led.strategi.riktning","answer":"%d","comment":"Vi har en plan som gäller till %d."}`, 1+n%5, 2026+n%9)
		request := fmt.Sprintf("POST /svara/spara HTTP/1.1\r\nHost: %s\r\nCookie: %s=%s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", addr, cookie.Name, cookie.Value, len(body), body)
		start := time.Now()
		if _, err := io.WriteString(conn, request); err != nil {
			return nil, err
		}
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			return nil, err
		}
		answer, _ := io.ReadAll(res.Body)
		if res.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("save: %s %s", res.Status, answer)
		}
		took = append(took, time.Since(start))
	}
	return took, nil
}

// bareCommits is what SQLite does of the same documents with nothing around it:
// upserts of so many sealed bytes, writers sharing commits, synced to disk.
func bareCommits(path string, size int, d time.Duration) (rate float64, err error) {
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
	if _, err := db.Exec("CREATE TABLE IF NOT EXISTS answer (round TEXT, respondent TEXT, item TEXT, sealed BLOB, PRIMARY KEY (round, respondent, item)) WITHOUT ROWID"); err != nil {
		return 0, err
	}
	type save struct {
		respondent int
		done       chan error
	}
	jobs := make(chan save, respondents)
	go func() {
		sealed := make([]byte, size)
		for first := range jobs {
			batch := []save{first}
			for len(jobs) > 0 {
				batch = append(batch, <-jobs)
			}
			err := func() error {
				tx, err := db.Begin()
				if err != nil {
					return err
				}
				stmt, err := tx.Prepare("INSERT INTO answer VALUES ('2026', ?, 'led.strategi.riktning', ?) ON CONFLICT DO UPDATE SET sealed = excluded.sealed")
				if err != nil {
					return err
				}
				for i, s := range batch {
					sealed[i]++
					if _, err := stmt.Exec(fmt.Sprintf("%032d", s.respondent), sealed); err != nil {
						return err
					}
				}
				return tx.Commit()
			}()
			for _, s := range batch {
				s.done <- err
			}
		}
	}()
	var wg sync.WaitGroup
	counts, faults := make([]int, respondents), make([]error, respondents)
	until := time.Now().Add(d)
	for i := range respondents {
		wg.Go(func() {
			done := make(chan error, 1)
			for time.Now().Before(until) {
				jobs <- save{i, done}
				if faults[i] = <-done; faults[i] != nil {
					return
				}
				counts[i]++
			}
		})
	}
	wg.Wait()
	close(jobs)
	sum := 0
	for i := range counts {
		if faults[i] != nil {
			return 0, faults[i]
		}
		sum += counts[i]
	}
	return float64(sum) / d.Seconds(), nil
}
