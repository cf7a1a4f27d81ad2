// Package store gathers what the domain packages need of a database into one
// interface. Every implementation passes storetest, and holds no rule but
// atomicity.
package store

import (
	"context"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
)

// Store is a whole installation's data.
type Store interface {
	round.Store // and with it trail.Store and card.Store
	access.Store

	// PutOrganisation replaces all units and people, as one change.
	PutOrganisation(ctx context.Context, units []org.Unit, people []org.Person) error
	// Organisation returns what PutOrganisation stored, in the same order;
	// empty before.
	Organisation(ctx context.Context) (units []org.Unit, people []org.Person, err error)
	// OrganisationVersion names what Organisation returns, or returned before: after
	// every PutOrganisation it is another than ever.
	OrganisationVersion(ctx context.Context) (string, error)

	// Setting returns a value of the installation, "" when it is not set.
	Setting(ctx context.Context, key string) (string, error)
	// Settings returns all that are set.
	Settings(ctx context.Context) (map[string]string, error)
	// SetSetting stores one.
	SetSetting(ctx context.Context, key, value string) error
	// ClaimSetting stores one that is not set, and returns what it is then: of
	// several that claim it at once, all get the value of the first.
	ClaimSetting(ctx context.Context, key, value string) (string, error)

	// Ping tells whether the store can be reached and written;
	// fail.Unavailable when not.
	Ping(ctx context.Context) error
	Close() error
}
