package recent

import (
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Bytes keeps contents that were used last, up to a number of bytes in all. Safe
// for concurrent use.
type Bytes struct {
	most  int
	mu    sync.Mutex
	bytes int
	lru   *simplelru.LRU[string, []byte]
}

// NewBytes makes an empty one of so many bytes.
func NewBytes(most int) *Bytes {
	b := &Bytes{most: most}
	var err error
	if b.lru, err = simplelru.NewLRU(most, func(_ string, content []byte) { b.bytes -= len(content) }); err != nil {
		panic(err) // only for a size below one
	}
	return b
}

// Get returns a content that is kept.
func (b *Bytes) Get(key string) ([]byte, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lru.Get(key)
}

// Add keeps a content, and drops those that were used longest ago for it. One
// larger than all that may be kept is not.
func (b *Bytes) Add(key string, content []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lru.Remove(key) // added twice, counted once
	b.lru.Add(key, content)
	for b.bytes += len(content); b.bytes > b.most; {
		b.lru.RemoveOldest()
	}
}

// Held tells how many contents are kept, and their bytes.
func (b *Bytes) Held() (contents, bytes int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lru.Len(), b.bytes
}
