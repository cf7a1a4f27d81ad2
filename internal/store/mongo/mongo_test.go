//go:build mongo && linux

package mongo

import (
	"testing"

	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Answered = 5000
	storetest.Run(t, func(t *testing.T) store.Store {
		t.Helper()
		s, err := Open(t.Context(), testURI(t))
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
