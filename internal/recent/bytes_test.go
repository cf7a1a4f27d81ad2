package recent

import "testing"

func TestBytesKeepWhatWasUsedLast(t *testing.T) {
	b := NewBytes(10)
	b.Add("a", make([]byte, 4))
	b.Add("b", make([]byte, 4))
	b.Add("b", make([]byte, 4))
	b.Get("a")
	b.Add("c", make([]byte, 4))
	_, isA := b.Get("a")
	_, isB := b.Get("b")
	if n, bytes := b.Held(); !isA || isB || n != 2 || bytes != 8 {
		t.Errorf("a kept %v, b kept %v, %d of %d bytes", isA, isB, n, bytes)
	}
	b.Add("large", make([]byte, 11))
	if n, bytes := b.Held(); n != 0 || bytes != 0 {
		t.Errorf("%d of %d bytes after one too large", n, bytes)
	}
}
