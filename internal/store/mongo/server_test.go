//go:build mongo && linux

package mongo

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// The tests use the server at MOGNAD_TEST_MONGODB, a replica set; or they start
// one of three with the program MOGNAD_TEST_MONGOD, and end it.
var (
	serverURI string
	servers   []*server // none for a server that is not ours
)

func TestMain(m *testing.M) {
	code, err := runWithServers(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runWithServers(m *testing.M) (code int, err error) {
	if serverURI = os.Getenv("MOGNAD_TEST_MONGODB"); serverURI != "" {
		return m.Run(), nil
	}
	program := os.Getenv("MOGNAD_TEST_MONGOD")
	if program == "" {
		return 1, errors.New("MOGNAD_TEST_MONGODB is no server and MOGNAD_TEST_MONGOD no program: run scripts/mongo-test.sh")
	}
	dir, err := os.MkdirTemp(memory(), "mognad-mongo")
	if err != nil {
		return 1, err
	}
	defer func() {
		for _, s := range servers {
			err = errors.Join(err, s.kill())
		}
		err = errors.Join(err, os.RemoveAll(dir))
	}()
	if err := startReplicaSet(program, dir); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// memory is a folder in memory, where there is one: three journals on one disk
// are what the tests would wait for.
func memory() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

// server is a mongod of ours.
type server struct {
	host string
	args []string
	cmd  *exec.Cmd
}

func startReplicaSet(program, dir string) error {
	var members bson.A
	var hosts []string
	for i := range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		host := l.Addr().String()
		data := filepath.Join(dir, fmt.Sprint(i))
		if err := errors.Join(l.Close(), os.Mkdir(data, 0o700)); err != nil {
			return err
		}
		_, port, _ := net.SplitHostPort(host)
		s := &server{host: host, args: []string{program, "--dbpath", data, "--port", port, "--bind_ip", "127.0.0.1", "--nounixsocket", "--replSet", "test",
			"--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "256", "--logpath", data + ".log", "--logappend", "--quiet",
			"--setParameter", "replWriterThreadCount=2", "--setParameter", "diagnosticDataCollectionEnabled=false"}}
		if err := s.start(); err != nil {
			return err
		}
		servers = append(servers, s)
		members = append(members, bson.M{"_id": i, "host": host})
		hosts = append(hosts, host)
	}
	serverURI = "mongodb://" + strings.Join(hosts, ",") + "/?replicaSet=test"
	config := bson.M{"_id": "test", "version": 1, "members": members, "settings": bson.M{"electionTimeoutMillis": 1000, "heartbeatIntervalMillis": 250, "catchUpTimeoutMillis": 500}}
	for _, host := range hosts { // all must answer before they are told of each other
		if err := command(direct(host), "admin", bson.D{{Key: "ping", Value: 1}}); err != nil {
			return err
		}
	}
	return command(direct(hosts[0]), "admin", bson.D{{Key: "replSetInitiate", Value: config}})
}

func direct(host string) string { return "mongodb://" + host + "/?directConnection=true" }

func (s *server) start() error {
	s.cmd = exec.Command(s.args[0], s.args[1:]...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // when the tests are killed
	return s.cmd.Start()
}

// kill ends the server as a power cut would.
func (s *server) kill() error {
	if err := s.cmd.Process.Kill(); err != nil {
		return err
	}
	_ = s.cmd.Wait() // it was killed
	return nil
}

func command(uri, db string, do bson.D) error {
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return errors.Join(client.Database(db).RunCommand(ctx, do).Err(), client.Disconnect(ctx))
}

// deposePrimary takes the primary from among the clients: ours is killed and
// started again when back is called, another's steps down for a moment.
func deposePrimary(t *testing.T) (back func()) {
	t.Helper()
	if servers == nil {
		// The connections may be closed before the answer comes.
		_ = command(serverURI, "admin", bson.D{{Key: "replSetStepDown", Value: 3}, {Key: "force", Value: true}})
		return func() {}
	}
	var now struct{ Primary string }
	client, err := mongo.Connect(options.Client().ApplyURI(serverURI))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Disconnect(context.Background())
	if err := client.Database("admin").RunCommand(t.Context(), bson.D{{Key: "isMaster", Value: 1}}).Decode(&now); err != nil {
		t.Fatal(err)
	}
	for _, s := range servers {
		if s.host == now.Primary {
			if err := s.kill(); err != nil {
				t.Fatal(err)
			}
			return func() {
				if err := s.start(); err != nil {
					t.Error(err)
				}
			}
		}
	}
	t.Fatalf("%s is no server of ours", now.Primary)
	return nil
}

var run = time.Now().UnixNano()

// testURI is the address of the database of a test, which is dropped at its end
// from a server that outlives the tests.
func testURI(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("mognad_test_%x_%x", run, sha256.Sum256([]byte(t.Name())))[:48]
	if servers == nil {
		t.Cleanup(func() {
			if err := command(serverURI, name, bson.D{{Key: "dropDatabase", Value: 1}}); err != nil {
				t.Error(err)
			}
		})
	}
	address, query, _ := strings.Cut(serverURI, "?")
	hosts := strings.TrimPrefix(address, "mongodb://")
	hosts, _, _ = strings.Cut(hosts, "/")
	return "mongodb://" + hosts + "/" + name + "?" + query
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
