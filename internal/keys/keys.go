// Package keys holds the secrets of an installation, kept outside the database
// and its backups, and the four things that are done with them: naming a
// respondent without telling who, making links, sealing and opening answers.
// So a copy of the database tells neither who nor what.
package keys

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync"
)

// Ring is the installation's keys. It is safe for concurrent use.
type Ring struct {
	lookup []byte            // names respondents; never changed, or they are lost
	link   []byte            // derived from lookup: makes links
	line   []byte            // derived from lookup: seals lines of the log
	seals  map[uint32][]byte // by number; the highest seals, all open
	newest uint32

	aeads sync.Map // aeadID → cipher.AEAD
}

type aeadID struct {
	key   uint32
	round string
}

const keySize = 32

// maxSeals is far more sealing keys than an installation ever gets.
const maxSeals = 9999

var b64 = base64.RawURLEncoding

// New makes a ring of fresh random keys.
func New() *Ring {
	r := &Ring{lookup: random(keySize), seals: map[uint32][]byte{}}
	r.derive()
	r.Rotate()
	return r
}

// Rotate adds a new sealing key: what is sealed from now on uses it, and what
// the older ones sealed can still be opened.
func (r *Ring) Rotate() {
	r.newest++
	r.seals[r.newest] = random(keySize)
}

// LoadOrCreate reads the key file at path, or makes it (mode 0600) when there
// is none. A file that others can read is refused.
func LoadOrCreate(path string) (*Ring, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		r := New()
		return r, r.Save(path)
	}
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("key file %s can be read by others (mode %04o): run chmod 600 on it", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	r, err := Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return r, nil
}

// Parse reads the form that String writes.
func Parse(text string) (*Ring, error) {
	r := &Ring{seals: map[uint32][]byte{}}
	scan := bufio.NewScanner(strings.NewReader(text))
	for n := 1; scan.Scan(); n++ {
		f := strings.Fields(scan.Text())
		switch {
		case len(f) == 0 || strings.HasPrefix(f[0], "#"):
		case len(f) == 2 && f[0] == "lookup":
			key, err := decodeKey(f[1])
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			r.lookup = key
		case len(f) == 3 && f[0] == "seal":
			id, err := strconv.ParseUint(f[1], 10, 32)
			if err != nil || id < 1 || id > maxSeals {
				return nil, fmt.Errorf("line %d: number %q: write one from 1 to %d", n, f[1], maxSeals)
			}
			key, err := decodeKey(f[2])
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			r.seals[uint32(id)] = key
			r.newest = max(r.newest, uint32(id))
		default:
			return nil, fmt.Errorf("line %d: neither \"lookup KEY\" nor \"seal NUMBER KEY\"", n)
		}
	}
	if r.lookup == nil || len(r.seals) == 0 {
		return nil, errors.New("needs a lookup key and a seal key")
	}
	r.derive()
	return r, scan.Err()
}

func (r *Ring) derive() {
	r.link, r.line = derive(r.lookup, "mognad link", 32), derive(r.lookup, "mognad log", 32)
}

// String returns the ring's secrets as text: a line a key.
func (r *Ring) String() string {
	var b strings.Builder
	b.WriteString("# mognad's keys. Without them no stored answer can be read: keep a copy apart from the database's.\n")
	fmt.Fprintf(&b, "lookup %s\n", b64.EncodeToString(r.lookup))
	for id := uint32(1); id <= r.newest; id++ {
		if key, ok := r.seals[id]; ok {
			fmt.Fprintf(&b, "seal %d %s\n", id, b64.EncodeToString(key))
		}
	}
	return b.String()
}

// Save writes the ring to path, mode 0600: whole, or not at all.
func (r *Ring) Save(path string) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	_, err = f.WriteString(r.String())
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	return os.Rename(tmp, path)
}

// Fingerprint tells one ring from another, and nothing of its secrets. Rotating
// leaves it as it is.
func (r *Ring) Fingerprint() string {
	return b64.EncodeToString(derive(r.lookup, "mognad fingerprint", 12))
}

// Respondent returns the name that a person's response is stored under in a
// round: an HMAC, so that neither the person nor the same person's other rounds
// can be found without the key.
func (r *Ring) Respondent(round, person string) string {
	return b64.EncodeToString(r.mac(r.lookup, "respondent", round, person)[:24])
}

// Token returns the secret of a link: 128 bits that nobody without the key can
// tell from random. It is derived, not drawn, so that the same letter can be
// printed again though only its hash is stored. A new issue gives a new token.
func (r *Ring) Token(purpose, who string, issue int) string {
	return b64.EncodeToString(r.mac(r.link, purpose, who, strconv.Itoa(issue))[:16])
}

// SealLine returns the seal of a line of the audit log, which nobody without the
// key can make.
func (r *Ring) SealLine(content []byte) string {
	return b64.EncodeToString(r.mac(r.line, string(content)))
}

// Random returns a token of 128 random bits.
func Random() string { return b64.EncodeToString(random(16)) }

// Hash returns what is stored of a token.
func Hash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Seal encrypts plain for a round (AES-256-GCM). What the box is about is bound
// to it, so that a box moved to another respondent or item does not open.
func (r *Ring) Seal(plain []byte, round string, about ...string) ([]byte, error) {
	aead, err := r.aead(r.newest, round)
	if err != nil {
		return nil, err
	}
	box := make([]byte, 4+aead.NonceSize(), 4+aead.NonceSize()+len(plain)+aead.Overhead())
	binary.BigEndian.PutUint32(box, r.newest)
	if _, err := rand.Read(box[4:]); err != nil {
		return nil, err
	}
	return aead.Seal(box, box[4:], plain, associated(about)), nil
}

// Open decrypts what Seal made for the same round and about, appending to dst.
func (r *Ring) Open(dst, box []byte, round string, about ...string) ([]byte, error) {
	if len(box) < 4 {
		return nil, errors.New("sealed box is cut short")
	}
	aead, err := r.aead(binary.BigEndian.Uint32(box), round)
	if err != nil {
		return nil, err
	}
	box = box[4:]
	if len(box) < aead.NonceSize() {
		return nil, errors.New("sealed box is cut short")
	}
	return aead.Open(dst, box[:aead.NonceSize()], box[aead.NonceSize():], associated(about))
}

// aead returns the cipher of one round under one sealing key. A key a round
// keeps random nonces far from the number where two could be expected to meet.
func (r *Ring) aead(key uint32, round string) (cipher.AEAD, error) {
	id := aeadID{key, round}
	if a, ok := r.aeads.Load(id); ok {
		return a.(cipher.AEAD), nil
	}
	secret, ok := r.seals[key]
	if !ok {
		return nil, fmt.Errorf("sealed with key %d, which the key file lacks", key)
	}
	block, err := aes.NewCipher(derive(secret, "mognad round "+round, 32))
	if err != nil {
		return nil, err
	}
	a, err := cipher.NewGCM(block)
	if err == nil {
		r.aeads.Store(id, a)
	}
	return a, err
}

func (r *Ring) mac(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(associated(parts))
	return h.Sum(nil)
}

// associated joins parts so that no two lists of parts give the same bytes.
func associated(parts []string) []byte {
	var out []byte
	for _, p := range parts {
		out = binary.AppendUvarint(out, uint64(len(p)))
		out = append(out, p...)
	}
	return out
}

func derive(secret []byte, info string, n int) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, info, n)
	if err != nil {
		panic(err) // only for n beyond what SHA-256 gives
	}
	return key
}

func decodeKey(s string) ([]byte, error) {
	key, err := b64.DecodeString(s)
	if err == nil && len(key) != keySize {
		err = fmt.Errorf("a key is %d bytes, this is %d", keySize, len(key))
	}
	return key, err
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails (crypto/rand)
	return b
}
