//go:build linux

// Package mongotest gives tests and benchmarks a MongoDB replica set: the one at
// MOGNAD_TEST_MONGODB, or three servers of its own, of the program that
// MOGNAD_TEST_MONGOD names (scripts/with-mongo.sh fetches it).
package mongotest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Set is a replica set.
type Set struct {
	uri     string
	members []*member // none for a set that is not ours
	dir     string
}

// Find returns the set that the environment names, started if need be; an error
// says how to have one. Close it.
func Find() (*Set, error) {
	if uri := os.Getenv("MOGNAD_TEST_MONGODB"); uri != "" {
		return &Set{uri: uri}, nil
	}
	program := os.Getenv("MOGNAD_TEST_MONGOD")
	if program == "" {
		return nil, errors.New("MOGNAD_TEST_MONGODB is no server and MOGNAD_TEST_MONGOD no program: run it under scripts/with-mongo.sh")
	}
	dir, err := os.MkdirTemp(memory(), "mognad-mongo")
	if err != nil {
		return nil, err
	}
	s := &Set{dir: dir}
	if err := s.start(program, 3); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// WithUsers starts a set of one server that lets nobody in but "root", who may do
// all and has the password given. It needs MOGNAD_TEST_MONGOD.
func WithUsers(password string) (*Set, error) {
	dir, err := os.MkdirTemp(memory(), "mognad-mongo")
	if err != nil {
		return nil, err
	}
	s, key := &Set{dir: dir}, filepath.Join(dir, "key")
	err = os.WriteFile(key, []byte("c2VjcmV0IG9mIHRoZSBzZXJ2ZXJz"), 0o600)
	if err == nil {
		err = s.start(os.Getenv("MOGNAD_TEST_MONGOD"), 1, "--keyFile", key)
	}
	for deadline := time.Now().Add(10 * time.Second); err == nil; time.Sleep(50 * time.Millisecond) { // until it is primary
		err = command(direct(s.members[0].host), "admin", bson.D{{Key: "createUser", Value: "root"}, {Key: "pwd", Value: password}, {Key: "roles", Value: bson.A{"root"}}})
		if err == nil {
			return s, nil
		}
		if time.Now().Before(deadline) {
			err = nil
		}
	}
	return nil, errors.Join(err, s.Close())
}

// As is Database for a user.
func (s *Set) As(user, password, name string) string {
	uri := strings.Replace(s.Database(name), "mongodb://", "mongodb://"+user+":"+password+"@", 1)
	return uri + "&authSource=admin"
}

// Command runs one as a user.
func (s *Set) Command(user, password string, do bson.D) error {
	return command(s.As(user, password, "admin"), "admin", do)
}

// memory is a folder in memory, where there is one: three journals on one disk
// are what the tests would wait for.
func memory() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

// Close ends servers of ours and forgets what they hold.
func (s *Set) Close() error {
	var err error
	for _, m := range s.members {
		err = errors.Join(err, m.kill())
	}
	if s.dir != "" {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	return err
}

// Ours tells whether the servers were started here, and end with the tests.
func (s *Set) Ours() bool { return s.dir != "" }

// Database returns the address of a database of the set.
func (s *Set) Database(name string) string {
	address, query, _ := strings.Cut(s.uri, "?")
	hosts := strings.TrimPrefix(address, "mongodb://")
	hosts, _, _ = strings.Cut(hosts, "/")
	return "mongodb://" + hosts + "/" + name + "?" + query
}

// Drop forgets a database.
func (s *Set) Drop(name string) error {
	return command(s.uri, name, bson.D{{Key: "dropDatabase", Value: 1}})
}

// Depose takes the primary from among the servers: ours is killed, as by a power
// cut, and started again when back is called; another's steps down for a moment.
func (s *Set) Depose(ctx context.Context) (back func() error, err error) {
	if !s.Ours() {
		// The connections may be closed before the answer comes.
		_ = command(s.uri, "admin", bson.D{{Key: "replSetStepDown", Value: 3}, {Key: "force", Value: true}})
		return func() error { return nil }, nil
	}
	client, err := mongo.Connect(options.Client().ApplyURI(s.uri))
	if err != nil {
		return nil, err
	}
	defer client.Disconnect(context.WithoutCancel(ctx))
	var now struct{ Primary string }
	if err := client.Database("admin").RunCommand(ctx, bson.D{{Key: "isMaster", Value: 1}}).Decode(&now); err != nil {
		return nil, err
	}
	for _, m := range s.members {
		if m.host == now.Primary {
			return m.start, m.kill()
		}
	}
	return nil, fmt.Errorf("%s is no server of ours", now.Primary)
}

// Freeze stops all servers of ours where they are, until thaw is called: their
// connections stay and nothing comes back, as when the network is cut.
func (s *Set) Freeze() (thaw func() error, err error) {
	if !s.Ours() {
		return nil, errors.New("servers that are not ours can't be stopped")
	}
	signal := func(sig os.Signal) (err error) {
		for _, m := range s.members {
			err = errors.Join(err, m.cmd.Process.Signal(sig))
		}
		return err
	}
	return func() error { return signal(syscall.SIGCONT) }, signal(syscall.SIGSTOP)
}

// member is a mongod of ours.
type member struct {
	host string
	args []string
	cmd  *exec.Cmd
}

func (s *Set) start(program string, n int, args ...string) error {
	var members bson.A
	var hosts []string
	for i := range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		host := l.Addr().String()
		data := filepath.Join(s.dir, fmt.Sprint(i))
		if err := errors.Join(l.Close(), os.Mkdir(data, 0o700)); err != nil {
			return err
		}
		_, port, _ := net.SplitHostPort(host)
		m := &member{host: host, args: []string{program, "--dbpath", data, "--port", port, "--bind_ip", "127.0.0.1", "--nounixsocket", "--replSet", "test",
			"--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "256", "--logpath", data + ".log", "--logappend", "--quiet",
			"--setParameter", "replWriterThreadCount=2", "--setParameter", "diagnosticDataCollectionEnabled=false"}}
		m.args = append(m.args, args...)
		if err := m.start(); err != nil {
			return err
		}
		s.members = append(s.members, m)
		members = append(members, bson.M{"_id": i, "host": host})
		hosts = append(hosts, host)
	}
	s.uri = "mongodb://" + strings.Join(hosts, ",") + "/?replicaSet=test"
	config := bson.M{"_id": "test", "version": 1, "members": members, "settings": bson.M{"electionTimeoutMillis": 1000, "heartbeatIntervalMillis": 250, "catchUpTimeoutMillis": 500}}
	for _, host := range hosts { // all must answer before they are told of each other
		if err := command(direct(host), "admin", bson.D{{Key: "ping", Value: 1}}); err != nil {
			return err
		}
	}
	return command(direct(hosts[0]), "admin", bson.D{{Key: "replSetInitiate", Value: config}})
}

func direct(host string) string { return "mongodb://" + host + "/?directConnection=true" }

func (m *member) start() error {
	m.cmd = exec.Command(m.args[0], m.args[1:]...)
	m.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // when the tests are killed
	return m.cmd.Start()
}

// kill ends the server as a power cut would.
func (m *member) kill() error {
	if err := m.cmd.Process.Kill(); err != nil {
		return err
	}
	_ = m.cmd.Wait() // it was killed
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
