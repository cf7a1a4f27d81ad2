// Package recent keeps what was read a moment ago, so that what every save asks
// of the store is not read at every save. Several processes may serve the same
// store, so nothing is kept longer than a change may take to be seen.
package recent

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const size = 4096 // respondents who save at the same time

// Cache holds values by key, each for its life. Faults are not kept.
type Cache[K comparable, V any] struct {
	life    time.Duration
	entries *lru.Cache[K, entry[V]]
	now     func() time.Time
}

type entry[V any] struct {
	value V
	read  time.Time
}

// New makes an empty cache of values that may be so old.
func New[K comparable, V any](life time.Duration) *Cache[K, V] {
	entries, err := lru.New[K, entry[V]](size)
	if err != nil {
		panic(err) // only for a size below one
	}
	return &Cache[K, V]{life, entries, time.Now}
}

// Get returns what read returned for key within its life; else it reads.
func (c *Cache[K, V]) Get(key K, read func() (V, error)) (V, error) {
	start := c.now()
	if e, ok := c.entries.Get(key); ok && start.Sub(e.read) < c.life {
		return e.value, nil
	}
	v, err := read()
	if err == nil {
		c.entries.Add(key, entry[V]{v, start})
	}
	return v, err
}

// Forget makes the next Get of key read.
func (c *Cache[K, V]) Forget(key K) { c.entries.Remove(key) }
