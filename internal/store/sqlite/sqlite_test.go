package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/mognad/mognad/internal/store"
	"github.com/mognad/mognad/internal/store/sqlite"
	"github.com/mognad/mognad/internal/store/storetest"
)

func TestStore(t *testing.T) {
	folder := t.TempDir()
	storetest.Run(t, func(t *testing.T) store.Store {
		t.Helper()
		s, err := sqlite.Open(filepath.Join(folder, t.Name(), "mognad.db"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
