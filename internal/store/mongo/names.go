package mongo

import (
	"net/url"
	"strings"
)

// key is the _id of a document of several names: each is escaped, so that no two
// lists of names have the same. Nothing but what parts them is: some servers have
// a limit to how long an _id may be.
func key(names ...string) string {
	escaped := make([]string, len(names))
	for i, name := range names {
		escaped[i] = keyed.Replace(name)
	}
	return strings.Join(escaped, "/")
}

var keyed = strings.NewReplacer("%", "%25", "/", "%2F")

// place is a string for every list of names, in the order of their bytes: what
// parts two names comes before all that stands in one.
func place(names ...string) string {
	escaped := make([]string, len(names))
	for i, name := range names {
		escaped[i] = placed.Replace(name)
	}
	return strings.Join(escaped, "\x00")
}

var placed = strings.NewReplacer("\x00", "\x01\x01", "\x01", "\x01\x02")

// field is the name of an item's field in a response. MongoDB gives dots,
// dollars and NUL a meaning of its own.
func field(item string) string {
	return strings.ReplaceAll(url.QueryEscape(item), ".", "%2E")
}

// item is what field made the name of.
func item(field string) (string, error) { return url.QueryUnescape(field) }
