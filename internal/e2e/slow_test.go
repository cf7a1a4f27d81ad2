package e2e

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// TestSlowClientsAreCutOff sends a header, and a body, that never end: the
// connection is taken from whoever does so (slowloris), while others are served.
func TestSlowClientsAreCutOff(t *testing.T) {
	for name, c := range map[string]struct {
		begin string
		limit time.Duration // the server's own, and some more
	}{
		"header": {"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", 15 * time.Second},
		"body":   {"POST /logga-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na=", 40 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", strings.TrimPrefix(shared.base, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := fmt.Fprint(conn, c.begin); err != nil {
				t.Fatal(err)
			}
			for start := time.Now(); time.Since(start) < c.limit; time.Sleep(time.Second) {
				if _, err := fmt.Fprint(conn, "a"); err != nil { // a little at a time
					return
				}
			}
			t.Errorf("still connected after %v", c.limit)
		})
	}
}
