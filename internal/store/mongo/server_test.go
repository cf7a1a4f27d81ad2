//go:build mongo && linux

package mongo

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mognad/mognad/internal/store/mongo/mongotest"
)

var servers *mongotest.Set

func TestMain(m *testing.M) {
	var err error
	if servers, err = mongotest.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := servers.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func deposePrimary(t *testing.T) (back func()) {
	t.Helper()
	start, err := servers.Depose(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := start(); err != nil {
			t.Error(err)
		}
	}
}

var run = time.Now().UnixNano()

// testURI is the address of the database of a test, which is dropped at its end
// from a server that outlives the tests.
func testURI(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("mognad_test_%x_%x", run, sha256.Sum256([]byte(t.Name())))[:48]
	if !servers.Ours() {
		t.Cleanup(func() {
			if err := servers.Drop(name); err != nil {
				t.Error(err)
			}
		})
	}
	return servers.Database(name)
}

// opened opens the database of the test, for the length of it.
func opened(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), testURI(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// server is the addresses and options of the servers.
func server() string {
	_, server, _ := strings.Cut(servers.Database(""), "mongodb://")
	return server
}
