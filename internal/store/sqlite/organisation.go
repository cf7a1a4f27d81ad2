package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/mognad/mognad/internal/org"
)

// PutOrganisation implements store.Store.
func (s *Store) PutOrganisation(ctx context.Context, units []org.Unit, people []org.Person) error {
	return s.writer.do(ctx, func(t *tx) error {
		if err := replace(t, "unit", units); err != nil {
			return err
		}
		if err := replace(t, "person", people); err != nil {
			return err
		}
		return t.exec("UPDATE organisation SET version = ?", rand.Text())
	})
}

// OrganisationVersion implements store.Store.
func (s *Store) OrganisationVersion(ctx context.Context) (version string, err error) {
	err = s.row(ctx, "SELECT version FROM organisation").Scan(&version)
	return version, told(err)
}

func replace[T any](t *tx, table string, values []T) error {
	if err := t.exec("DELETE FROM " + table); err != nil {
		return err
	}
	for i, v := range values {
		doc, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if err := t.exec("INSERT INTO "+table+" (place, doc) VALUES (?, ?)", i, doc); err != nil {
			return err
		}
	}
	return nil
}

// Organisation implements store.Store. One statement reads both, as they were at
// one moment.
func (s *Store) Organisation(ctx context.Context) ([]org.Unit, []org.Person, error) {
	var units []org.Unit
	var people []org.Person
	err := s.each(ctx, func(row scanner) error {
		var isPerson bool
		var place int64
		var doc sql.RawBytes
		if err := row.Scan(&isPerson, &place, &doc); err != nil {
			return err
		}
		if isPerson {
			people = append(people, org.Person{})
			return json.Unmarshal(doc, &people[len(people)-1])
		}
		units = append(units, org.Unit{})
		return json.Unmarshal(doc, &units[len(units)-1])
	}, "SELECT 0 AS kind, place, doc FROM unit UNION ALL SELECT 1, place, doc FROM person ORDER BY kind, place")
	return units, people, err
}

// Setting implements store.Store.
func (s *Store) Setting(ctx context.Context, key string) (string, error) {
	var value string
	err := s.row(ctx, "SELECT value FROM setting WHERE key = ?", key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, told(err)
}

// Settings implements store.Store.
func (s *Store) Settings(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	err := s.each(ctx, func(row scanner) error {
		var key, value string
		err := row.Scan(&key, &value)
		out[key] = value
		return err
	}, "SELECT key, value FROM setting")
	return out, err
}

// ClaimSetting implements store.Store.
func (s *Store) ClaimSetting(ctx context.Context, key, value string) (now string, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		if err := t.exec("INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING", key, value); err != nil {
			return err
		}
		return t.row("SELECT value FROM setting WHERE key = ?", []any{key}, &now)
	})
	return now, err
}

// SetSetting implements store.Store.
func (s *Store) SetSetting(ctx context.Context, key, value string) error {
	return s.writer.do(ctx, func(t *tx) error {
		return t.exec("INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
	})
}
