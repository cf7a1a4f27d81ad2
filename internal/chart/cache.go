package chart

import (
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// cachedBytes is how much is kept of what has been drawn, some 1,000 charts.
const cachedBytes = 20 << 20

// cache keeps the drawings that were used last, up to a number of bytes. Safe
// for concurrent use.
type cache struct {
	most  int
	mu    sync.Mutex
	bytes int
	lru   *simplelru.LRU[string, []byte]
}

func newCache(most int) (*cache, error) {
	c := &cache{most: most}
	var err error
	c.lru, err = simplelru.NewLRU(most, func(_ string, svg []byte) { c.bytes -= len(svg) })
	return c, err
}

func (c *cache) get(key string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lru.Get(key)
}

func (c *cache) add(key string, svg []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lru.Remove(key) // drawn twice, counted once
	c.lru.Add(key, svg)
	for c.bytes += len(svg); c.bytes > c.most; {
		c.lru.RemoveOldest()
	}
}
