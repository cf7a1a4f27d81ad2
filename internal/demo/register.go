package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/mognad/mognad/internal/register"
	"github.com/mognad/mognad/internal/survey"
)

// Register returns the demo's entries, by kind. Their ids stay as they are:
// reviews name them.
func Register(set *survey.Set) ([]register.Entry, error) {
	content, err := files.ReadFile("register.yaml")
	if err != nil {
		return nil, err
	}
	if content, err = yaml.YAMLToJSON(content); err != nil {
		return nil, err
	}
	var kinds map[register.Kind][]register.Entry
	d := json.NewDecoder(bytes.NewReader(content))
	d.DisallowUnknownFields()
	if err := d.Decode(&kinds); err != nil {
		return nil, fmt.Errorf("register.yaml: %w", err)
	}
	var all []register.Entry
	for _, k := range register.Kinds {
		for _, e := range kinds[k] {
			e.Kind, e.Unit = k, Root
			e.Tidy()
			for _, fault := range e.Check(func(item string) bool { _, ok := set.Item(item); return ok }) {
				return nil, fmt.Errorf("register.yaml: %s: %w", e.ID, fault)
			}
			all = append(all, e)
		}
	}
	return all, nil
}

// registers stores the entries that are not there.
func (b *builder) registers(ctx context.Context, s *register.Service, today time.Time) error {
	b.now = today
	entries, err := Register(b.set)
	if err != nil {
		return err
	}
	there, err := s.Entries(ctx, Root)
	if err != nil {
		return err
	}
	var changes []register.Change
	for _, e := range entries {
		if !slices.ContainsFunc(there, func(t register.Entry) bool { return t.ID == e.ID }) {
			changes = append(changes, register.Change{Is: e})
		}
	}
	return s.Import(ctx, "demo", Root, changes)
}
