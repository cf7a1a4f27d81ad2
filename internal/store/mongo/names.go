package mongo

import (
	"net/url"
	"strings"
)

// key is the _id of a document of several names: each is escaped, so that no two
// lists of names have the same.
func key(names ...string) string {
	escaped := make([]string, len(names))
	for i, name := range names {
		escaped[i] = url.PathEscape(name)
	}
	return strings.Join(escaped, "/")
}

// field is the name of an item's field in a response. MongoDB gives dots,
// dollars and NUL a meaning of its own.
func field(item string) string {
	return strings.ReplaceAll(url.QueryEscape(item), ".", "%2E")
}

// item is what field made the name of.
func item(field string) (string, error) { return url.QueryUnescape(field) }
